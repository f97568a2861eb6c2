"""The list of all prospects with the chosen one beside it; it holds the rows one has scrolled to, never all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from fieldapp.desktop.components.arrange import NARROW, STRETCH, Column, Line, fill_with, logical_width
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.empty import Empty
from fieldapp.desktop.components.entry import Entry
from fieldapp.desktop.components.header import Header
from fieldapp.desktop.components.key_cap import bind_key
from fieldapp.desktop.components.row_list import RowList
from fieldapp.desktop.components.rows import RowModel
from fieldapp.desktop.components.segmented import Segmented
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.look import Icon, px
from fieldapp.desktop.page import Page, Shell
from fieldapp.desktop.people.detail import ProspectDetail
from fieldapp.desktop.people.menu_link import MenuLink
from fieldapp.desktop.people.new_prospect import NewProspectForm
from fieldapp.desktop.people.rows import listed
from fieldapp.desktop.record_words import STAGES
from fieldapp.desktop.session import DesktopSession
from fieldapp.services import prospects
from fieldapp.services.prospects import Counts, Order, Place, Wanted
from fieldapp.translation import tr, trn

PAUSE_MS = 80
PAGE = 100
VILLAGES_OFFERED = 30
LIST_WIDTH = 336


class ProspectsPage(Page):
    """``shell.go("prospects", prospect=id)`` selects one, ``new=True`` opens the form of a new one."""

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        super().__init__(shell)
        self.title = lambda: tr("Prospects")
        self._session = session
        self._wanted = Wanted()
        self._sought = False
        self._order: Order = "due"
        self._turn = 0
        self._after: Place | None = None
        self._select: str | None = None
        self._was_narrow: bool | None = None
        self._reloading = False
        self._make_head()
        self._make_list()
        self.detail = ProspectDetail(shell, session)
        self.form = NewProspectForm(shell, session)
        self._right = QStackedWidget()
        for content in (self.detail, self.form, self._nobody()):
            self._right.addWidget(Card(content, margins=(20, 16)))
        self._right.setCurrentIndex(2)
        self._across = Line(self._left, (self._right, 1), gap=14, grows=True)
        fill_with(self, Column(self._header, self._stages_below, (self._across, 1), gap=14))
        self._connect()
        self.dress()

    def shown(self, **where: object) -> None:
        prospect = where.get("prospect")
        if prospect is not None:
            self._select = str(prospect)
        self.reload()
        if where.get("new"):
            self.open_form()

    def leaving(self) -> None:
        self.form.put_aside()
        self.detail.keep_now()

    def first_focus(self) -> QWidget | None:
        return self._rows

    def open_form(self) -> None:
        """Show the form of a new prospect beside the list."""
        self._right.setCurrentIndex(1)
        self._fit()
        self.form.begin()

    def reload(self) -> None:
        """Ask for the first rows anew, with the filter as it is; older answers are dropped."""
        if self._timer.isActive():
            # Something was saved or fetched while one types: what is typed is looked for now, not dropped.
            self._timer.stop()
            self._wanted = replace(self._wanted, typed=self._search.text())
            self._sought = True
        self._turn += 1
        turn = self._turn
        store, wanted = self._session.store, self._wanted
        run = self.shell.jobs.run
        first = partial(prospects.page, store, wanted, order=self._order, limit=PAGE)
        run(first, owner=self, done=lambda page: self._show(turn, page), failed=self.shell.explain)
        count = partial(prospects.counts, store, wanted)
        run(count, owner=self, done=lambda counted: self._show_counts(turn, counted), failed=self.shell.explain)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    def restyle(self) -> None:
        self._fit()

    def _make_head(self) -> None:
        self._stages = Segmented([("", lambda: tr("All")), *STAGES], first_digit=0, fitted=True)
        self._stages.choose("")
        self._new = Button(lambda: tr("New prospect"), icon=Icon.PERSON_ADD, key="N")
        self._header = Header(self.title, "", self._new)
        self._stages_below = Line(STRETCH)

    def _make_list(self) -> None:
        self._search = Entry(lambda: tr("Name, pinyin initials, phone digits"), icon=Icon.SEARCH, key="/")
        self._by = MenuLink([("due", lambda: tr("By date")), ("name", lambda: tr("By name"))])
        self._village = MenuLink([(None, lambda: tr("Villages"))])
        self._when = MenuLink(
            [
                (None, lambda: tr("Dates")),
                ("late", lambda: tr("Overdue")),
                ("today", lambda: tr("Due today")),
                ("week", lambda: tr("Due in 7 days")),
                ("none", lambda: tr("No next date")),
            ]
        )
        self._found = Text("", Role.HINT, right=True)
        self._model = RowModel(self)
        self._rows = RowList(self._model)
        self._list = QStackedWidget()
        self._list.addWidget(self._rows)
        self._clear = Button(lambda: tr("Show all prospects"), Kind.SOFT)
        self._list.addWidget(
            Empty(Icon.SEARCH, lambda: tr("Nobody fits what is searched and filtered."), action=self._clear)
        )
        self._first = Button(lambda: tr("Record a prospect"), Kind.SOFT, icon=Icon.PERSON_ADD)
        self._list.addWidget(
            Empty(
                Icon.PROSPECTS,
                lambda: tr("No prospects yet."),
                lambda: tr("Record the first one, or import a household list in Settings."),
                self._first,
            )
        )
        filters = Line(self._by, self._village, self._when, STRETCH, self._found, gap=4)
        self._left = Column(self._search, filters, (Card(self._list, margins=(0, 8)), 1), gap=8)
        self._timer = QTimer(self, singleShot=True, interval=PAUSE_MS)

    def _nobody(self) -> QWidget:
        return Empty(Icon.PERSON, lambda: tr("Choose a prospect in the list."), lambda: tr("↑ ↓ move, Enter opens."))

    def _connect(self) -> None:
        self._search.textEdited.connect(lambda _text: self._timer.start())
        self._search.returnPressed.connect(self._enter_list)
        self._timer.timeout.connect(self._searched)
        self._stages.chosen.connect(lambda stage: self._filter(replace(self._wanted, stage=stage or None)))
        self._by.chosen.connect(self._sort)
        self._village.chosen.connect(lambda code: self._filter(replace(self._wanted, village_code=code)))
        self._when.chosen.connect(self._filter_dates)
        self._village.wanted.connect(self._ask_villages)
        self._model.more_wanted.connect(self._more)
        self._rows.chosen.connect(self._chosen)
        self._rows.opened.connect(self._opened)
        self._rows.clicked.connect(lambda _index: self._opened(self._current()) if self._narrow() else None)
        self._new.clicked.connect(self.open_form)
        self._first.clicked.connect(self.open_form)
        self._clear.clicked.connect(self._show_all)
        self.form.left.connect(self._form_left)
        self.form.same_chosen.connect(self._same_chosen)
        self.detail.gone.connect(self._nobody_left)
        self.detail.removed.connect(self._nobody_left)
        self._session.changed.connect(self._heed)
        self._fresh = QTimer(self, singleShot=True, interval=150)
        self._fresh.timeout.connect(self._refresh)
        empty = bind_key(self._search, "Escape")
        empty.activated.connect(self._clear_search)
        # The form that puts aside what is typed has the same key, and Qt gives a key of two to neither.
        self._right.currentChanged.connect(lambda shown: empty.setEnabled(shown != 1))

    def _searched(self) -> None:
        self._filter(replace(self._wanted, typed=self._search.text()))

    def _filter(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._sought = True
        self.reload()

    def _sort(self, order: object) -> None:
        self._order = "name" if order == "name" else "due"
        self.reload()

    def _filter_dates(self, key: object) -> None:
        today = self._session.today()
        spans = {
            "late": (None, today - timedelta(days=1)),
            "today": (today, today),
            "week": (today, today + timedelta(days=7)),
        }
        since, until = spans.get(str(key), (None, None))
        self._filter(replace(self._wanted, due_from=since, due_until=until, without_date=key == "none"))

    def _show_all(self) -> None:
        self._search.clear()
        self._stages.choose("")
        self._village.choose(None)
        self._when.choose(None)
        self._filter(Wanted())

    def _clear_search(self) -> None:
        self._search.clear()
        self._searched()
        self._rows.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask_villages(self) -> None:
        work = partial(prospects.villages, self._session.store)
        self.shell.jobs.run(work, owner=self, done=self._offer_villages, failed=self.shell.explain)

    def _offer_villages(self, found: tuple[prospects.VillageCount, ...]) -> None:
        offered: list[tuple[object, Words]] = [(None, lambda: tr("Villages"))]
        offered += [(each.code, f"{each.name}  {each.prospects:,}") for each in found[:VILLAGES_OFFERED]]
        self._village.offer(offered)
        self._village.open()

    def _show(self, turn: int, page: prospects.Page) -> None:
        if turn != self._turn:
            return
        self._reloading = self._select is None
        self._show_page(page)
        self._reloading = False

    def _show_page(self, page: prospects.Page) -> None:
        today = self._session.today()
        asked, self._select = self._select, None
        current = self._current()
        self._after = page.after
        self._model.show([listed(line, today) for line in page.lines], more=page.after is not None)
        unfiltered = self._wanted == Wanted()
        self._list.setCurrentIndex(0 if page.lines else 2 if unfiltered else 1)
        sought, self._sought = self._sought, False
        beside = self.detail.page() if self._right.currentIndex() == 0 else None  # perhaps too far down to be listed
        wanted = asked or current
        if wanted is not None and self._rows.choose(wanted):
            return
        if asked is not None:
            if beside is None or beside.line.prospect != asked:
                self._chosen(asked)
        elif page.lines and (sought or self._right.currentIndex() == 2 or (current is None and beside is None)):
            self._rows.choose_first()  # whom one looked for is shown, so that no key records for somebody else

    def _more(self) -> None:
        if self._after is None:
            return
        turn = self._turn
        work = partial(
            prospects.page, self._session.store, self._wanted, after=self._after, order=self._order, limit=PAGE
        )
        self.shell.jobs.run(work, owner=self, done=lambda page: self._append(turn, page), failed=self.shell.explain)

    def _append(self, turn: int, page: prospects.Page) -> None:
        if turn == self._turn:
            self._after = page.after
            today = self._session.today()
            self._model.append([listed(line, today) for line in page.lines], more=page.after is not None)

    def _show_counts(self, turn: int, counted: Counts) -> None:
        if turn != self._turn:
            return
        self._stages.set_count("", counted.all_stages)
        for stage, _ in STAGES:
            self._stages.set_count(stage, counted.by_stage.get(stage, 0))
        found = counted.found
        self._found.say(lambda: trn("{number} found", "{number} found", found, number=f"{found:,}"))

    def _current(self) -> str | None:
        row = self._rows.current()
        return str(row.key) if row is not None else None

    def _chosen(self, key: object) -> None:
        if key is None or self._narrow() or (self._reloading and self._right.currentIndex() == 1):
            return
        if self._right.currentIndex() == 1:
            self.form.put_aside()
        self._right.setCurrentIndex(0)
        self.detail.show_prospect(str(key))

    def _opened(self, key: object) -> None:
        if key is not None and self._narrow():
            self.shell.go("prospect", prospect=key)

    def _enter_list(self) -> None:
        if self._timer.isActive():
            self._searched()
        self._rows.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._rows.current() is None:
            self._rows.choose_first()

    def _form_left(self, prospect: object) -> None:
        self._right.setCurrentIndex(0 if self.detail.page() is not None else 2)
        self._fit()
        if prospect is not None and self._narrow():
            self.shell.go("prospect", prospect=prospect)
            return
        if prospect is not None:
            self._select = str(prospect)
            self._chosen(prospect)
            self.reload()
        self._rows.setFocus(Qt.FocusReason.OtherFocusReason)

    def _nobody_left(self) -> None:
        """The one shown is gone; nothing of them stays on the screen, and no key records for them."""
        if self._right.currentIndex() == 0:
            self._right.setCurrentIndex(2)
        self._rows.setFocus(Qt.FocusReason.OtherFocusReason)
        self.reload()

    def _same_chosen(self, prospect: str) -> None:
        self.form.put_aside()
        if self._narrow():
            self.shell.go("prospect", prospect=prospect)
            return
        self._select = prospect
        self._chosen(prospect)
        self._show_all()

    def _heed(self, changed: object) -> None:
        if getattr(changed, "roots", ()) and self.isVisible():
            self._fresh.start()

    def _refresh(self) -> None:
        """Records changed: the rows that stand are asked for again where they are, so that nothing jumps."""
        if self._rows.verticalScrollBar().value() == 0:
            self.reload()
            return
        store, key = self._session.store, self._current()
        if key is not None:
            work = partial(prospects.line, store, key)
            self.shell.jobs.run(work, owner=self, done=self._replace, failed=self.shell.explain)

    def _replace(self, line: prospects.ProspectLine | None) -> None:
        if line is not None:
            self._model.replace(listed(line, self._session.today()))

    def _narrow(self) -> bool:
        return logical_width(self) < NARROW

    def _fit(self) -> None:
        """Beside the list there is room for the detail from 1200 on; below it, Enter opens a page of its own."""
        narrow, form = self._narrow(), self._right.currentIndex() == 1
        if narrow != self._was_narrow:
            self._was_narrow = narrow
            (self._stages_below if narrow else self._header).put(self._stages, 0 if narrow else 1)
            self._stages_below.setVisible(narrow)
        self._right.setVisible(not narrow or form)
        self._left.setVisible(not (narrow and form))
        self._left.setMinimumWidth(0 if narrow else px(LIST_WIDTH))
        self._left.setMaximumWidth(16_777_215 if narrow else px(LIST_WIDTH))
