"""One prospect: who, what happened, what is known, what to do next. Shown beside the list and as a page of its own."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import Column, fill_with
from fieldapp.desktop.formats import listing
from fieldapp.desktop.look import Living
from fieldapp.desktop.page import Shell
from fieldapp.desktop.people.prospect_head import ProspectHead
from fieldapp.desktop.people.prospect_tabs import ProspectTabs
from fieldapp.desktop.people.removal import ask_to_remove
from fieldapp.desktop.session import DesktopSession
from fieldapp.services.prospect_page import ProspectPage, prospect_page
from fieldapp.services.prospects import ProspectLine
from fieldapp.translation import tr


class ProspectDetail(Living, QWidget):
    """``show_prospect`` asks for a prospect. ``gone`` tells that it is not on this laptop any more, ``removed`` that
    the officer removed it here.
    """

    gone = Signal()
    removed = Signal()

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        super().__init__()
        self._shell, self._session = shell, session
        self._prospect: str | None = None
        self._page: ProspectPage | None = None
        self._turn = 0
        self.head = ProspectHead(shell, session)
        self.tabs = ProspectTabs(shell, session)
        fill_with(self, Column(self.head, (self.tabs, 1), gap=12))
        self.head.page_wanted.connect(self._go)
        self.head.removal_wanted.connect(self._ask_to_remove)
        self.tabs.saved.connect(self.reload)
        session.changed.connect(self._heed)
        self._again = QTimer(self, singleShot=True, interval=0)
        self._again.timeout.connect(self.reload)
        self.dress()

    def show_prospect(self, prospect: str | None) -> None:
        """Show another prospect."""
        if prospect != self._prospect:
            self._page = None
            self.head.forget()
            self.tabs.forget()
        self._prospect = prospect
        self.reload()

    def reload(self) -> None:
        """Ask again for what is shown, once what was typed about it has been kept: it may just have been left."""
        prospect = self._prospect
        if prospect is None:
            return
        self._turn += 1
        self._session.typing.after(partial(self._read, self._turn, prospect))

    def keep_now(self) -> None:
        """Keep what stands half typed: this is about to be left."""
        self.tabs.keep_now()

    def page(self) -> ProspectPage | None:
        """What is shown now."""
        return self._page

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.tabs.timeline.fit(self.width())
        super().resizeEvent(event)

    def restyle(self) -> None:
        self.tabs.timeline.fit(self.width())

    def _read(self, turn: int, prospect: str) -> None:
        if turn != self._turn:
            return
        self._shell.jobs.run(
            partial(prospect_page, self._session.store, prospect),
            owner=self,
            done=lambda page: self._show(turn, page),
            failed=lambda error: self._failed(turn, error),
        )

    def _show(self, turn: int, page: ProspectPage) -> None:
        if turn != self._turn:
            return
        fresh, self._page = self._page is None, page
        self.head.show_page(page)
        self.tabs.show_page(page)
        if fresh:
            self._tell_found_again()

    def _tell_found_again(self) -> None:
        """What was found again may stand under another tab than the one shown."""
        tabs = self.tabs.half_typed()
        if tabs:
            self._shell.toast(
                lambda: tr("Found again: what was typed and not saved"),
                lambda: tr("It stands under {tabs}", tabs=listing(words() for words in tabs)),
            )

    def _failed(self, turn: int, error: Exception) -> None:
        if turn == self._turn:
            self._forget()
            self.gone.emit()
            self._shell.explain(error)

    def _heed(self, changed: object) -> None:
        if self._prospect in getattr(changed, "roots", ()) and self.isVisible():
            self._again.start()

    def _go(self, page: str) -> None:
        if self._prospect is not None:
            self._shell.go(page, prospect=self._prospect)

    def _ask_to_remove(self) -> None:
        if self._page is None:
            return
        line = self._page.line
        ask_to_remove(
            self._shell,
            self._session,
            line,
            self,
            doing=self._leave,
            done=self.removed.emit,
            failed=partial(self._stay, line),
        )

    def _leave(self) -> None:
        """Nothing is asked of a prospect that is being removed: the answer could only be that it is gone."""
        self._forget()
        self._turn += 1

    def _stay(self, line: ProspectLine, error: Exception) -> None:
        self.show_prospect(line.prospect)
        self._shell.explain(error)

    def _forget(self) -> None:
        self._prospect = self._page = None
        self.head.forget()
        self.tabs.timeline.forget()
