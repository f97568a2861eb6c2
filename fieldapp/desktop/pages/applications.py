"""The page Applications: what still waits for the officer first, then what head office has."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QStackedWidget, QWidget

from fieldapp.desktop.application_form.application_chip import status_chip
from fieldapp.desktop.application_form.term_choice import months_in_words
from fieldapp.desktop.blank_forms import BlankForms
from fieldapp.desktop.components.arrange import STRETCH, Column, Line, fill_with
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.empty import Empty
from fieldapp.desktop.components.header import Header
from fieldapp.desktop.components.row_list import RowList
from fieldapp.desktop.components.rows import Avatar, Heading, Row, RowModel
from fieldapp.desktop.components.text import Tone
from fieldapp.desktop.day_packs import DayPacks
from fieldapp.desktop.formats import amount, near_day
from fieldapp.desktop.look import Icon
from fieldapp.desktop.page import Page, Shell
from fieldapp.desktop.paper_check import PaperCheck
from fieldapp.desktop.session import DesktopSession
from fieldapp.services.application_list import ListedApplication, listed_applications
from fieldapp.translation import Language, language, tr, trn

_WAITING = ("returned", "draft")


class ApplicationsPage(Page):
    """Entering a row opens its application."""

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        super().__init__(shell)
        self.title = lambda: tr("Applications")
        self._session = session
        self._listed: tuple[ListedApplication, ...] | None = None
        self.model = RowModel()
        self._open = Button(lambda: tr("Open"), Kind.FILLED, icon=Icon.RIGHT)
        self.list = RowList(self.model)
        self.packs = DayPacks(shell, session, self)
        self.check = PaperCheck(shell, session, self)
        all_packs = Button(lambda: tr("Packs of the day"), icon=Icon.EXPORT)
        self.blank = BlankForms(shell, session, self)
        blank = Button(lambda: tr("Blank forms"), Kind.LINK, icon=Icon.APPLICATION)
        check = Button(lambda: tr("Check a paper"), Kind.LINK, icon=Icon.ENCRYPTED)
        self._header = Header(lambda: tr("Applications"), self._counted, all_packs, self._open)
        start = Button(lambda: tr("Go to the prospects"), Kind.SOFT, icon=Icon.PROSPECTS)
        self._empty = Empty(
            Icon.APPLICATION,
            lambda: tr("No applications yet"),
            lambda: tr("An application is started on a prospect's page."),
            start,
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(Card(self.list, margins=(0, 6)))
        self._stack.addWidget(Card(self._empty))
        foot = Line(check, blank, STRETCH, gap=16)
        fill_with(self, Column(self._header, self.packs.progress, (self._stack, 1), foot, gap=14))
        self.list.opened.connect(self._go)
        self._open.clicked.connect(self._open_current)
        all_packs.clicked.connect(self.packs.begin)
        blank.clicked.connect(self.blank.begin)
        check.clicked.connect(self.check.begin)
        start.clicked.connect(lambda: self.shell.go("prospects"))
        session.changed.connect(self._heed)
        self.dress()

    def shown(self, **_where: object) -> None:
        """Ask again."""
        work = partial(listed_applications, self._session.store)
        self.shell.jobs.run(work, owner=self, done=self._show, failed=self.shell.explain)

    def first_focus(self) -> QWidget:
        return self.list

    def retranslate(self) -> None:
        if self._listed is not None:
            self._show(self._listed)

    def _show(self, listed: tuple[ListedApplication, ...]) -> None:
        self._listed = listed
        current = self.list.current()
        waiting = [one for one in listed if one.status in _WAITING]
        done = [one for one in listed if one.status not in _WAITING]
        rows: list[Row | Heading] = []
        if waiting:
            rows += [Heading(lambda: tr("To finish"), Tone.AMBER, len(waiting)), *map(self._row, waiting)]
        if done:
            rows += [Heading(lambda: tr("With head office"), count=len(done)), *map(self._row, done)]
        self.model.show(rows)
        self._header.beside.retranslate()
        self._stack.setCurrentIndex(0 if rows else 1)
        self._open.setVisible(bool(rows))
        if current is None or not self.list.choose(current.key):
            self.list.choose_first()

    def _row(self, one: ListedApplication) -> Row:
        right, tone = _where_it_is(one)
        return Row(
            one.id,
            one.name or tr("customer without a name"),
            second=lambda: self._second_line(one),
            beside=one.number,
            lead=Avatar(one.name),
            chip=status_chip(one.status),
            right=right,
            right_tone=tone,
            amount=amount(one.amount) if one.amount is not None else "",
        )

    def _second_line(self, one: ListedApplication) -> str:
        today = self._session.today()
        day = near_day(one.day, today)
        begun = one.status in (*_WAITING, "withdrawn")
        when = tr("begun {day}", day=day) if begun else tr("submitted {day}", day=day)
        term = months_in_words(one.months) if one.months else ""
        product = (language() is Language.ENGLISH and one.product_en) or one.product
        return " • ".join(part for part in (when, product, term) if part)

    def _counted(self) -> str:
        if not self._listed:
            return ""
        return trn("{count} application", "{count} applications", len(self._listed))

    def _go(self, application: object) -> None:
        self.shell.go("application", application=application)

    def _open_current(self) -> None:
        row = self.list.current()
        if row is not None:
            self._go(row.key)

    def _heed(self, changed: Any) -> None:
        if self.isVisible() and (changed.kinds & {"application", "person"} or changed.topics & {"outbox", "drafts"}):
            self.shown()


def _where_it_is(one: ListedApplication) -> tuple[str, Tone]:
    if one.in_conflict:
        return tr("waits for a decision"), Tone.SEAL
    if one.half_typed:
        return tr("typed, not finished"), Tone.AMBER
    if one.only_here:
        return tr("Only on this laptop"), Tone.AMBER
    return tr("Confirmed by head office"), Tone.SECOND
