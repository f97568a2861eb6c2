"""The list of all prospects with the chosen one, or the form of a new one, beside it."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from fieldapp.desktop.components.arrange import NARROW, STRETCH, Column, Line, fill_with, logical_width
from fieldapp.desktop.components.button import Button
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.empty import Empty
from fieldapp.desktop.components.header import Header
from fieldapp.desktop.components.key_cap import bind_key
from fieldapp.desktop.components.segmented import Segmented
from fieldapp.desktop.look import Icon, px
from fieldapp.desktop.page import Page, Shell
from fieldapp.desktop.people.detail import ProspectDetail
from fieldapp.desktop.people.new_prospect import NewProspectForm
from fieldapp.desktop.people.prospect_list import ProspectList
from fieldapp.desktop.record_words import STAGES
from fieldapp.desktop.session import DesktopSession
from fieldapp.services.prospects import Counts
from fieldapp.translation import tr

LIST_WIDTH = 336
DETAIL, FORM, NOBODY = range(3)
"""What stands beside the list."""


class ProspectsPage(Page):
    """``shell.go("prospects", prospect=id)`` selects one, ``new=True`` opens the form of a new one."""

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        super().__init__(shell)
        self.title = lambda: tr("Prospects")
        self._was_narrow: bool | None = None
        self._stages = Segmented([("", lambda: tr("All")), *STAGES], first_digit=0, fitted=True)
        self._stages.choose("")
        self._new = Button(lambda: tr("New prospect"), icon=Icon.PERSON_ADD, key="N")
        self._header = Header(self.title, "", self._new)
        self._stages_below = Line(STRETCH)
        self.people = ProspectList(shell, session, self._beside)
        self.detail = ProspectDetail(shell, session)
        self.form = NewProspectForm(shell, session)
        self._right = QStackedWidget()
        for content in (self.detail, self.form, _nobody()):
            self._right.addWidget(Card(content, margins=(20, 16)))
        self._right.setCurrentIndex(NOBODY)
        across = Line(self.people, (self._right, 1), gap=14, grows=True)
        fill_with(self, Column(self._header, self._stages_below, (across, 1), gap=14))
        self._fresh = QTimer(self, singleShot=True, interval=150)
        self._fresh.timeout.connect(self.people.freshen)
        session.changed.connect(self._heed)
        self._connect()
        self.dress()

    def shown(self, **where: object) -> None:
        prospect = where.get("prospect")
        if prospect is not None:
            self.people.ask_for(str(prospect))
        self.reload()
        if where.get("new"):
            self.open_form()

    def leaving(self) -> None:
        self.form.put_aside()
        self.detail.keep_now()

    def first_focus(self) -> QWidget | None:
        return self.people.rows

    def open_form(self) -> None:
        """Show the form of a new prospect beside the list."""
        self._right.setCurrentIndex(FORM)
        self._fit()
        self.form.begin()

    def reload(self) -> None:
        """Ask for the first rows anew, with the filter as it is."""
        self.people.reload()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    def restyle(self) -> None:
        self._fit()

    def _connect(self) -> None:
        self._new.clicked.connect(self.open_form)
        self._stages.chosen.connect(lambda stage: self.people.want_stage(stage or None))
        self.people.first_wanted.connect(self.open_form)
        self.people.chosen.connect(self._show_chosen)
        self.people.opened.connect(self._open_alone)
        self.people.touched.connect(self._open_alone)
        self.people.counted.connect(self._show_counts)
        self.people.widened.connect(lambda: self._stages.choose(""))
        self.form.left.connect(self._form_left)
        self.form.same_chosen.connect(self._same_chosen)
        self.detail.gone.connect(self._nobody_left)
        self.detail.removed.connect(self._nobody_left)
        empty = bind_key(self.people.search, "Escape")
        empty.activated.connect(self.people.clear_search)
        # The form that puts aside what is typed has the same key, and Qt gives a key of two to neither.
        self._right.currentChanged.connect(lambda shown: empty.setEnabled(shown != FORM))

    def _beside(self) -> str | None:
        shown = self.detail.page() if self._right.currentIndex() == DETAIL else None
        return shown.line.prospect if shown is not None else None

    def _show_counts(self, counted: Counts) -> None:
        self._stages.set_count("", counted.all_stages)
        for stage, _ in STAGES:
            self._stages.set_count(stage, counted.by_stage.get(stage, 0))

    def _show_chosen(self, prospect: str | None, of_itself: bool) -> None:
        formed = self._right.currentIndex() == FORM
        if prospect is None or self._narrow() or (of_itself and formed):
            return
        if formed:
            self.form.put_aside()
        self._right.setCurrentIndex(DETAIL)
        self.detail.show_prospect(prospect)

    def _open_alone(self, prospect: str | None) -> None:
        if prospect is not None and self._narrow():
            self.shell.go("prospect", prospect=prospect)

    def _form_left(self, prospect: object) -> None:
        self._right.setCurrentIndex(DETAIL if self.detail.page() is not None else NOBODY)
        self._fit()
        if prospect is not None and self._narrow():
            self.shell.go("prospect", prospect=prospect)
            return
        if prospect is not None:
            self._show_asked(str(prospect))
            self.people.reload()
        elif self._right.currentIndex() == NOBODY:
            self._show_chosen(self.people.current(), of_itself=False)  # whom the list marked while the form stood here
        self.people.take_focus()

    def _same_chosen(self, prospect: str) -> None:
        self.form.put_aside()
        if self._narrow():
            self.shell.go("prospect", prospect=prospect)
            return
        self._show_asked(prospect)
        self.people.want_all()

    def _show_asked(self, prospect: str) -> None:
        """Show one at once, and in the list as soon as it has come."""
        self.people.ask_for(prospect)
        self._show_chosen(prospect, of_itself=False)

    def _nobody_left(self) -> None:
        """The one shown is gone; nothing of them stays on the screen, and no key records for them."""
        if self._right.currentIndex() == DETAIL:
            self._right.setCurrentIndex(NOBODY)
        self.people.take_focus()
        self.people.reload()

    def _heed(self, changed: object) -> None:
        if getattr(changed, "roots", ()) and self.isVisible():
            self._fresh.start()

    def _narrow(self) -> bool:
        return logical_width(self) < NARROW

    def _fit(self) -> None:
        """Beside the list there is room for the detail from 1200 on; below it, Enter opens a page of its own."""
        narrow, form = self._narrow(), self._right.currentIndex() == FORM
        if narrow != self._was_narrow:
            self._was_narrow = narrow
            (self._stages_below if narrow else self._header).put(self._stages, 0 if narrow else 1)
            self._stages_below.setVisible(narrow)
        self._right.setVisible(not narrow or form)
        self.people.setVisible(not (narrow and form))
        self.people.setMinimumWidth(0 if narrow else px(LIST_WIDTH))
        self.people.setMaximumWidth(16_777_215 if narrow else px(LIST_WIDTH))


def _nobody() -> QWidget:
    return Empty(Icon.PERSON, lambda: tr("Choose a prospect in the list."), lambda: tr("↑ ↓ move, Enter opens."))
