"""What happened with a prospect and what comes next, a line to note more of it, and what is known beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt

from fieldapp.desktop.components.arrange import STRETCH, Column, Line, logical_width
from fieldapp.desktop.components.card import SidewaysRule
from fieldapp.desktop.components.photo_strip import PhotoStrip
from fieldapp.desktop.components.timeline import Timeline
from fieldapp.desktop.look import px
from fieldapp.desktop.page import Shell
from fieldapp.desktop.pages.contact import open_contact, typed_of
from fieldapp.desktop.people.happenings import Doings, happenings
from fieldapp.desktop.people.known_facts import KnownFacts
from fieldapp.desktop.people.note_line import NoteLine
from fieldapp.desktop.people.thumbnails import fill_strip
from fieldapp.desktop.session import DesktopSession
from fieldapp.services.prospect_page import ProspectPage
from fieldapp.services.timeline import ApplicationEntry, ContactEntry, ShownPhoto, VisitEntry

FACTS_BESIDE = 620
"""Logical pixels this needs to set the facts beside the timeline; below that they leave it the room."""


class TimelineSheet(Line):
    """The timeline goes on where an entry asks for it: an application opens, a visit shows its paper."""

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        self._shell, self._session = shell, session
        self._page: ProspectPage | None = None
        self.note = NoteLine(shell, session)
        self.facts = KnownFacts(shell, session)
        self._timeline = Timeline()
        self._rule = SidewaysRule()
        history = Column(self.note, self._timeline, STRETCH, gap=12)
        super().__init__((history, 1), self._rule, self.facts, gap=16, grows=True)
        self.align(Qt.AlignmentFlag.AlignTop)
        self.layout().setAlignment(self._rule, Qt.AlignmentFlag(0))  # type: ignore[union-attr]
        self._timeline.opened.connect(self._opened)
        self._doings = Doings(self.amend, self._fill, self._show_paper)

    def show_page(self, page: ProspectPage) -> None:
        """Show another prospect, or the same one anew."""
        self._page = page
        self.note.show_page(page)
        self._timeline.show_happenings(happenings(page, self._session.today(), self._doings))
        self.facts.show_page(page)

    def forget(self) -> None:
        """Do nothing more for whom is shown."""
        self._page = None
        self.note.forget()

    def amend(self, entry: ContactEntry | VisitEntry) -> None:
        """Let the officer say anew what an entry says."""
        if self._page is None:
            return
        if isinstance(entry, ContactEntry):
            open_contact(self._shell, self._session, typed=typed_of(entry, self._page.record))
        else:
            self._shell.go("visit", prospect=self._page.record, amends=entry.record)

    def fit(self, across: int) -> None:
        """Set the facts beside the timeline where ``across`` pixels leave room for both."""
        wide = across >= px(FACTS_BESIDE)
        self._rule.setVisible(wide)
        self.facts.setVisible(wide)
        self.facts.setFixedWidth(px(300 if logical_width(self) >= 1600 else 205))

    def _fill(self, strip: PhotoStrip, photos: tuple[ShownPhoto, ...]) -> None:
        fill_strip(self._shell, self._session, strip, photos)

    def _show_paper(self, entry: VisitEntry) -> None:
        self._shell.go("paper", kind="visit", record=entry.record)

    def _opened(self, key: object) -> None:
        entries = self._page.timeline if self._page is not None else ()
        if any(isinstance(entry, ApplicationEntry) and entry.record == key for entry in entries):
            self._shell.go("application", application=key)
