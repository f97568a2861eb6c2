"""The officer's day: first what is late, then today by the hour, then tomorrow; beside it the way and the promises."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QWidget

from fieldapp.desktop.components.arrange import (
    NARROW,
    STRETCH,
    Column,
    ScrollPage,
    SideBySide,
    fill_with,
    logical_width,
)
from fieldapp.desktop.components.banner import Banner
from fieldapp.desktop.components.button import Button, Kind, icon_button
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.empty import Empty
from fieldapp.desktop.components.figures import FigureLine, TotalLine
from fieldapp.desktop.components.header import Header
from fieldapp.desktop.components.row_list import RowList
from fieldapp.desktop.components.rows import Heading, Row, RowModel
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.formats import amount, clock, day, lateness, long_day
from fieldapp.desktop.look import Icon
from fieldapp.desktop.page import Page, Shell
from fieldapp.desktop.pages.contact import open_contact
from fieldapp.desktop.people.confirm_banner import ConfirmBanner
from fieldapp.desktop.people.deeds import open_reschedule
from fieldapp.desktop.people.revealed import copy_mobile
from fieldapp.desktop.people.route_list import RouteList
from fieldapp.desktop.people.rows import due
from fieldapp.desktop.session import DesktopSession
from fieldapp.services.drafts import FoundDraft, all_drafts
from fieldapp.services.prospect_page import prospect_page
from fieldapp.services.prospects import ProspectLine
from fieldapp.services.today import Day, Section, todays_work
from fieldapp.translation import tr, trn

MOST_PROMISES = 6


class TodayPage(Page):
    """The first page. V records a visit to the selected person, R moves the follow-up, Enter opens the person."""

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        super().__init__(shell)
        self.title = lambda: tr("Today")
        self._session = session
        self._turn = 0
        self._lines: dict[object, ProspectLine] = {}
        self._draft: FoundDraft | None = None
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
        self._unfinished = Banner()
        self._unfinished.hide()
        self._header = Header(self.title, lambda: long_day(session.today()))
        self._make_side()
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
        store, run = self._session.store, self.shell.jobs.run
        run(
            partial(todays_work, store),
            owner=self,
            done=lambda today: self._show(turn, today),
            failed=self.shell.explain,
        )
        run(partial(all_drafts, store), owner=self, done=self._show_drafts, failed=self.shell.explain)

    def _make_side(self) -> None:
        self._stops = Text("", Role.HINT, right=True)
        self._route = RouteList()
        self._no_route = Text(lambda: tr("No village is due today."), Role.SECOND, wrap=True)
        self._route_card = Card(
            self._route, self._no_route, heading=lambda: tr("Plan of the day"), beside=self._stops, gap=6
        )
        self._promise_count = Text("", Role.HINT, right=True)
        self._promise_lines = Column(gap=4)
        self._promise_total = TotalLine(lambda: tr("Total (yuan)"))
        self._late_promises = Text("", Role.SECOND, tone=Tone.SEAL, wrap=True)
        self._promise_card = Card(
            self._promise_lines,
            self._promise_total,
            self._late_promises,
            heading=lambda: tr("Promised for today"),
            beside=self._promise_count,
            gap=6,
        )
        self._until = Text("", Role.HINT, right=True)
        self._visits = FigureLine(lambda: tr("Visits"), strong=True)
        self._contacts = FigureLine(lambda: tr("Contacts"), strong=True)
        self._borrowers = FigureLine(lambda: tr("New borrowers"), strong=True)
        self._outbound = FigureLine(lambda: tr("Contacts sought out"), strong=True)
        month = Card(
            self._visits,
            self._contacts,
            self._borrowers,
            self._outbound,
            heading=lambda: tr("This month"),
            beside=self._until,
            gap=4,
        )
        self._side = Column(self._route_card, self._promise_card, month, STRETCH, gap=12)

    def _connect(self) -> None:
        self._visit.clicked.connect(lambda: self._with_line(self._record_visit))
        self._move.clicked.connect(
            lambda: self._with_line(lambda line: open_reschedule(self.shell, self._session, line))
        )
        self._call.clicked.connect(lambda: self._with_line(self._copy_mobile))
        self._rows.opened.connect(lambda key: self.shell.go("prospects", prospect=key))
        self._pick.clicked.connect(lambda: self.shell.go("prospects"))
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
        self._show_side(today)

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

    def _show_side(self, today: Day) -> None:
        stops, households = len(today.route), today.households
        self._stops.say(
            lambda: (
                f"{trn('{count} stop', '{count} stops', stops)} • "
                f"{trn('{count} household', '{count} households', households)}"
            )
        )
        self._route.show_stops(today.route)
        self._route.setVisible(bool(today.route))
        self._no_route.setVisible(not today.route)
        promises = today.promises
        self._promise_card.setVisible(bool(promises or today.late_promises))
        self._promise_count.say(lambda: trn("{count} promise", "{count} promises", len(promises)))
        self._promise_lines.clear()
        for promise in promises[:MOST_PROMISES]:
            self._promise_lines.put(FigureLine(promise.name, amount(promise.amount)))
        if len(promises) > MOST_PROMISES:
            rest = len(promises) - MOST_PROMISES
            self._promise_lines.put(Text(lambda: trn("and {count} more", "and {count} more", rest), Role.HINT))
        self._promise_total.show_figure(amount(today.promises_total))
        late = today.late_promises
        self._late_promises.setVisible(bool(late))
        if late:
            self._late_promises.say(
                lambda: tr("Not kept: {names}", names="、".join(_late(p.name, p.day, today) for p in late[:3]))
            )
        month = today.month
        self._until.say(lambda: tr("to {day}", day=day(today.day)))
        self._visits.show_figure(f"{month.visits:,}")
        self._contacts.show_figure(f"{month.contacts:,}")
        self._borrowers.show_figure(f"{month.newly_disbursed:,}")
        self._outbound.show_figure("–" if month.outbound_percent is None else f"{month.outbound_percent} %")

    def _show_drafts(self, drafts: tuple[FoundDraft, ...]) -> None:
        """The newest form that a crash or another task interrupted; applications have a page of their own."""
        mine = [draft for draft in drafts if draft.form != "application"]
        self._unfinished.setVisible(bool(mine))
        if not mine:
            return
        found = mine[0]
        self._draft = found
        others = len(mine) - 1

        def second() -> str:
            kept = tr("Saved {time} on this laptop.", time=f"{day(found.saved_at)} {clock(found.saved_at)}")
            rest = trn("One more is unfinished.", "{count} more are unfinished.", others) if others else ""
            return f"{kept} {rest}".strip()

        self._unfinished.show_message(
            lambda: _unfinished(found), second, Tone.AMBER, action=lambda: tr("Go on"), act=self._go_on
        )
        self._unfinished.show()

    def _go_on(self) -> None:
        found = self._draft
        if found is None:
            return
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


def _unfinished(draft: FoundDraft) -> str:
    name = (draft.name or str(draft.body.get("name") or "")).strip()[:40]
    if draft.form == "visit":
        return tr("Unfinished visit: {name}", name=name) if name else tr("Unfinished visit")
    if draft.form == "prospect":
        return tr("Unfinished new prospect: {name}", name=name) if name else tr("Unfinished new prospect")
    return tr("Unfinished contact: {name}", name=name) if name else tr("Unfinished contact")


def _late(name: str, promised: date, today: Day) -> str:
    return f"{name} {lateness(promised, today.day)}"
