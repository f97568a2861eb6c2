"""The list of prospects with its search and filters; it holds the rows one has scrolled to, never all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from fieldapp.desktop.components.arrange import Column
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.empty import Empty
from fieldapp.desktop.components.entry import Entry
from fieldapp.desktop.components.row_list import RowList
from fieldapp.desktop.components.rows import RowModel
from fieldapp.desktop.look import Icon
from fieldapp.desktop.page import Shell
from fieldapp.desktop.people.prospect_filters import ProspectFilters
from fieldapp.desktop.people.rows import listed
from fieldapp.desktop.session import DesktopSession
from fieldapp.services import prospects
from fieldapp.services.prospects import Counts, Page, Place, Wanted
from fieldapp.translation import tr

PAUSE_MS = 80
"""How long typing rests before what is typed is looked for."""

PAGE = 100


class ProspectList(Column):
    """``beside`` tells which prospect the page shows beside the list, None for none.

    ``chosen`` tells the prospect of the row that became current, None for none, and whether the list chose it of itself
    while it was filled anew. ``opened`` tells the one entered, ``touched`` the one clicked. ``first_wanted`` asks to
    record the first prospect there is. ``counted`` tells how many each stage has, ``widened`` that all are wanted.
    """

    chosen = Signal(object, bool)
    opened = Signal(object)
    touched = Signal(object)
    first_wanted = Signal()
    counted = Signal(object)
    widened = Signal()

    def __init__(self, shell: Shell, session: DesktopSession, beside: Callable[[], str | None]) -> None:
        self._shell, self._session, self._beside = shell, session, beside
        self._wanted = Wanted()
        self._sought = False
        self._turn = 0
        self._after: Place | None = None
        self._asked: str | None = None
        self._of_itself = False
        self.search = Entry(lambda: tr("Name, pinyin initials, phone digits"), icon=Icon.SEARCH, key="/")
        self.filters = ProspectFilters()
        self.model = RowModel()
        self.rows = RowList(self.model)
        self.show_all = Button(lambda: tr("Show all prospects"), Kind.SOFT)
        self._first = Button(lambda: tr("Record a prospect"), Kind.SOFT, icon=Icon.PERSON_ADD)
        self.states = QStackedWidget()
        for state in (self.rows, *self._empty_states()):
            self.states.addWidget(state)
        super().__init__(self.search, self.filters, (Card(self.states, margins=(0, 8)), 1), gap=8)
        self.model.setParent(self)
        self._typing = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._connect()

    def reload(self) -> None:
        """Ask for the first rows anew, with the filter as it is; older answers are dropped."""
        if self._typing.isActive():
            # Something was saved or fetched while one types: what is typed is looked for now, not dropped.
            self._typing.stop()
            self._wanted = replace(self._wanted, typed=self.search.text())
            self._sought = True
        self._turn += 1
        turn = self._turn
        store, wanted, order = self._session.store, self._wanted, self.filters.order()
        run, failed = self._shell.jobs.run, self._shell.explain
        first = partial(prospects.page, store, wanted, order=order, limit=PAGE)
        run(first, owner=self, done=lambda page: self._show(turn, page), failed=failed)
        count = partial(prospects.counts, store, wanted)
        run(count, owner=self, done=lambda counted: self._tell_counts(turn, counted), failed=failed)

    def freshen(self) -> None:
        """Records changed: the rows that stand are asked for again where they are, so that nothing jumps."""
        if self.rows.verticalScrollBar().value() == 0:
            self.reload()
            return
        current = self.current()
        if current is not None:
            work = partial(prospects.line, self._session.store, current)
            self._shell.jobs.run(work, owner=self, done=self._replace, failed=self._shell.explain)

    def ask_for(self, prospect: str) -> None:
        """Choose ``prospect`` when the rows come that are asked for next, or tell it where they are without it."""
        self._asked = prospect

    def want_stage(self, stage: str | None) -> None:
        """Only those in ``stage``, None for all."""
        self._look_for(replace(self._wanted, stage=stage))

    def want_all(self) -> None:
        """Forget what is searched and filtered."""
        self.search.clear()
        self.filters.clear()
        self.widened.emit()
        self._look_for(Wanted())

    def clear_search(self) -> None:
        """Empty the search and go on in the rows."""
        self.search.clear()
        self.look_now()
        self.take_focus()

    def look_now(self) -> None:
        """Look for what is typed."""
        self._typing.stop()
        self._look_for(replace(self._wanted, typed=self.search.text()))

    def take_focus(self) -> None:
        """Give the rows the keyboard."""
        self.rows.setFocus(Qt.FocusReason.OtherFocusReason)

    def current(self) -> str | None:
        """The prospect of the selected row."""
        row = self.rows.current()
        return str(row.key) if row is not None else None

    def _empty_states(self) -> tuple[QWidget, QWidget]:
        nobody_fits = Empty(Icon.SEARCH, lambda: tr("Nobody fits what is searched and filtered."), action=self.show_all)
        nobody_yet = Empty(
            Icon.PROSPECTS,
            lambda: tr("No prospects yet."),
            lambda: tr("Record the first one, or import a household list in Settings."),
            self._first,
        )
        return nobody_fits, nobody_yet

    def _connect(self) -> None:
        self.search.textEdited.connect(lambda _text: self._typing.start())
        self.search.returnPressed.connect(self._enter)
        self._typing.timeout.connect(self.look_now)
        self.filters.order_changed.connect(self.reload)
        self.filters.changed.connect(lambda: self._look_for(self.filters.narrowed(self._wanted, self._session.today())))
        self.filters.villages_wanted.connect(self._ask_villages)
        self.show_all.clicked.connect(self.want_all)
        self._first.clicked.connect(self.first_wanted)
        self.model.more_wanted.connect(self._more)
        self.rows.chosen.connect(lambda key: self.chosen.emit(key, self._of_itself))
        self.rows.opened.connect(self.opened)
        self.rows.clicked.connect(lambda _index: self.touched.emit(self.current()))

    def _look_for(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._sought = True
        self.reload()

    def _enter(self) -> None:
        if self._typing.isActive():
            self.look_now()
        self.take_focus()
        if self.rows.current() is None:
            self.rows.choose_first()

    def _ask_villages(self) -> None:
        work = partial(prospects.villages, self._session.store)
        self._shell.jobs.run(work, owner=self, done=self.filters.offer_villages, failed=self._shell.explain)

    def _show(self, turn: int, page: Page) -> None:
        if turn != self._turn:
            return
        asked, self._asked = self._asked, None
        self._of_itself = asked is None
        try:
            self._fill(page, asked)
        finally:
            self._of_itself = False

    def _fill(self, page: Page, asked: str | None) -> None:
        today, current = self._session.today(), self.current()
        self._after = page.after
        self.model.show([listed(line, today) for line in page.lines], more=page.after is not None)
        self.states.setCurrentIndex(0 if page.lines else 2 if self._wanted == Wanted() else 1)
        sought, self._sought = self._sought, False
        wanted = asked or current
        if wanted is not None and self.rows.choose(wanted):
            return
        beside = self._beside()  # perhaps too far down to be listed
        if asked is not None:
            if beside != asked:
                self.chosen.emit(asked, False)
        elif sought or beside is None:
            self.rows.choose_first()  # whom one looked for is shown, so that no key records for somebody else

    def _more(self) -> None:
        if self._after is None:
            return
        turn, order = self._turn, self.filters.order()
        work = partial(prospects.page, self._session.store, self._wanted, after=self._after, order=order, limit=PAGE)
        run, failed = self._shell.jobs.run, self._shell.explain
        run(work, owner=self, done=lambda page: self._append(turn, page), failed=failed)

    def _append(self, turn: int, page: Page) -> None:
        if turn == self._turn:
            self._after = page.after
            today = self._session.today()
            self.model.append([listed(line, today) for line in page.lines], more=page.after is not None)

    def _tell_counts(self, turn: int, counted: Counts) -> None:
        if turn == self._turn:
            self.filters.say_found(counted.found)
            self.counted.emit(counted)

    def _replace(self, line: prospects.ProspectLine | None) -> None:
        if line is not None:
            self.model.replace(listed(line, self._session.today()))
