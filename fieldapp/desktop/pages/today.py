"""The officer's day: first what is late, then today by the hour, then tomorrow; beside it the way and the promises."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QWidget

from fieldapp.desktop.components.arrange import (
    NARROW,
    Column,
    ScrollPage,
    SideBySide,
    fill_with,
    logical_width,
)
from fieldapp.desktop.components.button import Button, Kind, icon_button
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.empty import Empty
from fieldapp.desktop.components.header import Header
from fieldapp.desktop.components.row_list import RowList
from fieldapp.desktop.components.rows import Heading, Row, RowModel
from fieldapp.desktop.components.text import Tone
from fieldapp.desktop.formats import day, long_day
from fieldapp.desktop.look import Icon
from fieldapp.desktop.page import Page, Shell
from fieldapp.desktop.pages.contact import open_contact
from fieldapp.desktop.people.confirm_banner import ConfirmBanner
from fieldapp.desktop.people.day_side import DaySide
from fieldapp.desktop.people.deeds import open_reschedule
from fieldapp.desktop.people.revealed import copy_mobile
from fieldapp.desktop.people.rows import due
from fieldapp.desktop.people.unfinished_banner import UnfinishedBanner
from fieldapp.desktop.session import DesktopSession
from fieldapp.services.drafts import FoundDraft
from fieldapp.services.prospect_page import prospect_page
from fieldapp.services.prospects import ProspectLine
from fieldapp.services.today import Day, Section, todays_work
from fieldapp.translation import tr, trn


class TodayPage(Page):
    """The first page. V records a visit to the selected person, R moves the follow-up, Enter opens the person."""

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        super().__init__(shell)
        self.title = lambda: tr("Today")
        self._session = session
        self._turn = 0
        self._lines: dict[object, ProspectLine] = {}
        self._visit = Button(lambda: tr("Record visit"), Kind.FILLED, icon=Icon.VISIT, key="V", small=True)
        self._move = Button(lambda: tr("Move"), key="R", small=True)
        self._call = icon_button(lambda: tr("Show and copy the telephone number"), Icon.PHONE, small=True)
        self._model = RowModel(self)
        self._rows = RowList(self._model, row_height=54, actions=[self._visit, self._move, self._call])
        self._pick = Button(lambda: tr("Pick from the prospects"), Kind.SOFT, icon=Icon.LIST)
        nothing = Empty(
            Icon.PLANT,
            lambda: tr("Nothing is due today or tomorrow"),
            lambda: tr("Plan the next talks from the list of prospects."),
            self._pick,
        )
        self._main = QStackedWidget()
        for content in (self._rows, nothing):
            self._main.addWidget(content)
        self._unfinished = UnfinishedBanner(shell, session)
        self._header = Header(self.title, lambda: long_day(session.today()))
        self._side = DaySide()
        main = Column(self._unfinished, (Card(self._main, margins=(0, 8)), 1), gap=12)
        columns = SideBySide(main, self._side)
        columns.stacked.connect(self._stack)
        self._stack(logical_width(columns) < NARROW)
        self.confirm = ConfirmBanner(shell, session)
        fill_with(self, Column(self._header, self.confirm, (ScrollPage(columns), 1), gap=14))
        self._connect()
        self.dress()

    def shown(self, **_where: object) -> None:
        self.reload()
        self.confirm.refresh()

    def first_focus(self) -> QWidget | None:
        return self._rows

    def reload(self) -> None:
        """Ask for the day anew; an older answer is dropped."""
        self._turn += 1
        turn = self._turn
        work = partial(todays_work, self._session.store)
        self.shell.jobs.run(work, owner=self, done=lambda today: self._show(turn, today), failed=self.shell.explain)
        self._unfinished.refresh()

    def _connect(self) -> None:
        self._visit.clicked.connect(lambda: self._with_line(self._record_visit))
        self._move.clicked.connect(
            lambda: self._with_line(lambda line: open_reschedule(self.shell, self._session, line))
        )
        self._call.clicked.connect(lambda: self._with_line(self._copy_mobile))
        self._rows.opened.connect(lambda key: self.shell.go("prospects", prospect=key))
        self._pick.clicked.connect(lambda: self.shell.go("prospects"))
        self._unfinished.go_on_wanted.connect(self._go_on)
        self._session.changed.connect(self._heed)
        self._fresh = QTimer(self, singleShot=True, interval=100)
        self._fresh.timeout.connect(self.reload)

    def _show(self, turn: int, today: Day) -> None:
        if turn != self._turn:
            return
        selected = self._rows.current()
        self._header.beside.say(lambda: long_day(today.day))
        self._show_rows(today)
        self._main.setCurrentIndex(0 if self._lines else 1)
        if selected is None or not self._rows.choose(selected.key):
            self._choose_first(today)
        self._side.show_day(today)

    def _show_rows(self, today: Day) -> None:
        promised = {promise.prospect: promise.amount for promise in (*today.promises, *today.late_promises)}
        rows: list[Row | Heading] = []
        self._lines = {}

        def put(section: Section, heading: Heading) -> None:
            if section.count:
                rows.append(heading)
                rows.extend(due(line, today.day, promised) for line in section.lines)
                self._lines.update({line.prospect: line for line in section.lines})

        done = today.done_today
        overdue = Heading(lambda: tr("Overdue follow-ups"), Tone.SEAL, today.overdue.count, lambda: tr("Start here"))
        put(today.overdue, overdue)
        put(
            today.today,
            Heading(
                lambda: tr("Due today"),
                count=today.today.count,
                right=lambda: trn("{count} done", "{count} done", done),
            ),
        )
        tomorrow = today.tomorrow.lines[0].next_date if today.tomorrow.lines else None
        put(
            today.tomorrow,
            Heading(lambda: tr("Tomorrow {day}", day=day(tomorrow) if tomorrow else ""), count=today.tomorrow.count),
        )
        self._model.show(rows)

    def _choose_first(self, today: Day) -> None:
        """Today's first is where the day goes on; the overdue ones stand above it in red."""
        if today.today.lines:
            self._rows.choose(today.today.lines[0].prospect)
            self._rows.scrollToTop()
        else:
            self._rows.choose_first()

    def _go_on(self, found: FoundDraft) -> None:
        if found.form == "visit":
            self.shell.go("visit", draft=found.draft)
        elif found.form == "prospect":
            self.shell.go("prospects", new=True)
        else:
            open_contact(self.shell, self._session, found.about)

    def _with_line(self, do: Callable[[ProspectLine], object]) -> None:
        row = self._rows.current()
        line = self._lines.get(row.key) if row is not None else None
        if line is not None:
            do(line)

    def _record_visit(self, line: ProspectLine) -> None:
        self.shell.go("visit", prospect=line.prospect)

    def _copy_mobile(self, line: ProspectLine) -> None:
        def found(page: object) -> None:
            person = getattr(page, "person", None)
            if person is not None:
                copy_mobile(self.shell, self._session, person.record, self)

        work = partial(prospect_page, self._session.store, line.prospect)
        self.shell.jobs.run(work, owner=self, done=found, failed=self.shell.explain)

    def _heed(self, _changed: object) -> None:
        if self.isVisible():
            self._fresh.start()

    def _stack(self, stacked: bool) -> None:
        self._rows.set_whole(stacked)
