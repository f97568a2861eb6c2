"""The running program: its window, and what happens between unlocking and locking."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

from fieldapp.desktop.automatic_sync import SyncState
from fieldapp.desktop.chosen_look import ChosenLook
from fieldapp.desktop.components.palette import Found
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.entries import FIRST, REVIEW, page_entries
from fieldapp.desktop.formats import near_moment
from fieldapp.desktop.jobs import JobRunner
from fieldapp.desktop.look import Icon
from fieldapp.desktop.own_place import bank_name, branch_name
from fieldapp.desktop.pages.enrol import EnrolPage
from fieldapp.desktop.pages.unlock import UnlockPage
from fieldapp.desktop.pages.welcome import Welcome
from fieldapp.desktop.role_words import role_name
from fieldapp.desktop.session import DesktopSession, Unlocked, read_unlocked
from fieldapp.desktop.window import Window
from fieldapp.domain.application_status import LEVELS
from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.protocol.identifiers import Clock
from fieldapp.services import prospects
from fieldapp.services.laptop import Card, Laptop, Preferences, Profile
from fieldapp.services.synchronise import HandedIn, Pace
from fieldapp.translation import tr

FOUND_PEOPLE = 8


class Desk(QObject):
    """One profile's window. ``open`` shows it, covered by the page that unlocks or enrols.

    ``first`` is the page that stands after unlocking. ``opened`` tells the DesktopSession once the records are open,
    ``locked`` once they are closed again.
    """

    opened = Signal(object)
    locked = Signal()

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        jobs: JobRunner,
        chosen: ChosenLook,
        *,
        pace: Pace | None = None,
        first: str = FIRST,
    ) -> None:
        super().__init__()
        self._first = first
        self._profile, self._clock, self._jobs, self._chosen, self._pace = Profile(folder), clock, jobs, chosen, pace
        self._session: DesktopSession | None = None
        self._locking: DesktopSession | None = None
        self.window = Window(jobs, page_entries(self.session), sources=[(lambda: tr("Prospects"), self._people)])
        self.window.contact_wanted.connect(self._record_contact)
        self.window.lock_wanted.connect(self.lock)
        self.window.closing.connect(self._close_session)
        jobs.count_changed.connect(self._lock_when_quiet)

    def session(self) -> DesktopSession:
        """The records now open. Raises Actionable ``closed`` while none are."""
        if self._session is None:
            raise Actionable("closed", Sentence("Your records are locked. Unlock them first."))
        return self._session

    def open(self, unlocked: Laptop | None = None) -> None:
        """Show the window, covered with the page to unlock or at the first start to enrol, unless ``unlocked``."""
        card = self._profile.card()
        if card is not None:
            known = self._chosen.preferences()
            self._chosen.restore(msgspec.structs.replace(known, language=card.language, theme=card.theme))
        cover = self._cover()
        self.window.show()
        if unlocked is not None:
            self._jobs.run(partial(read_unlocked, unlocked), owner=self, done=partial(self._open, cover))
            return
        if isinstance(cover, UnlockPage) and card is not None and card.remembered:
            cover.try_remembered()

    def lock(self) -> None:
        """Cover everything and close the records, once what the pages still had to save is saved."""
        if self._session is None:
            return
        self.window.cover_with(_Curtain(self._chosen, partial(bank_name, self._session.card)))
        self._locking = self._session
        self._close_session()
        self._lock_when_quiet()

    def finish(self) -> None:
        """The window is gone: let what is still being saved finish, and close the records."""
        session = self._session or self._locking
        self._close_session()
        self._jobs.shut_down(cancel=False)
        if session is not None:
            session.laptop.lock()

    def _record_contact(self) -> None:
        from fieldapp.desktop.pages.contact import open_contact  # as the pages: imported when first wanted

        open_contact(self.window, self.session())

    def _cover(self, set_aside: Path | None = None) -> Welcome:
        cover: Welcome
        if self._profile.is_taken():
            unlock = UnlockPage(
                self._profile.folder, self._profile.card() or _nobody(), self._clock, self._jobs, self._chosen
            )
            unlock.unlocked.connect(partial(self._open, unlock))
            unlock.set_aside.connect(self._cover)
            cover = unlock
        else:
            enrol = EnrolPage(self._profile.folder, self._clock, self._jobs, self._chosen, set_aside)
            enrol.enrolled.connect(partial(self._open, enrol))
            cover = enrol
        self.window.cover_with(cover)
        return cover

    def _open(self, cover: Welcome, unlocked: Unlocked) -> None:
        preferences = self._preferences(cover, unlocked)
        session = DesktopSession(unlocked, self._clock, self._jobs, self._chosen, pace=self._pace, parent=self)
        self._session = session
        self._chosen.restore(preferences)
        who = unlocked.enrolment
        self.window.rail.show_place(partial(branch_name, unlocked.card))
        self.window.offer(REVIEW, who.role in LEVELS)
        self.window.rail.show_officer(who.staff_name, lambda: role_name(who.role))
        session.sync.state_changed.connect(self._show_sync)
        session.sync.finished.connect(self._heed_end)
        self._show_sync(session.sync.state())
        self.window.uncover()
        session.open()
        self.window.go(self._first)
        self.opened.emit(session)

    def _preferences(self, cover: Welcome, unlocked: Unlocked) -> Preferences:
        """What the profile keeps, unless another language or theme was chosen before unlocking: that is kept then."""
        if not cover.looks_changed:
            return unlocked.preferences
        now = self._chosen.preferences()
        wanted = msgspec.structs.replace(unlocked.preferences, language=now.language, theme=now.theme)
        self._jobs.run(partial(unlocked.laptop.prefer, wanted), owner=self)
        return wanted

    def _close_session(self) -> None:
        if self._session is not None:
            self._session.close()
            self._locking, self._session = self._session, None

    def _lock_when_quiet(self) -> None:
        session = self._locking
        if session is None or not self.window.isVisible():
            return
        syncing = session.sync.state().running
        if self._jobs.running() > (1 if syncing else 0):
            return
        self._locking = None
        self._jobs.run(session.laptop.lock, owner=self, done=lambda _: self._locked(session), failed=self._explain)

    def _locked(self, session: DesktopSession) -> None:
        self.window.forget_pages()
        session.deleteLater()
        self._cover()
        self.locked.emit()

    def _explain(self, error: Exception) -> None:
        self.window.explain(error)
        self._cover()

    def _show_sync(self, state: SyncState) -> None:
        status = state.status
        if status is None:
            return
        confirmed = partial(self._confirmed, status.last_at) if status.last_at is not None else ""
        self.window.status.show_state(online=state.online, only_here=status.unsent, confirmed=confirmed)
        self.window.rail.show_count("sync", status.badge, urgent=True)

    def _heed_end(self, ended: object) -> None:
        """Shut out by head office: what was open is closed for good, and the page to enrol says why."""
        if isinstance(ended, HandedIn):
            self.lock()

    def _confirmed(self, at: datetime) -> str:
        if self._session is None:
            return ""
        return tr("head office confirmed up to {when}", when=near_moment(at, self._session.today()))

    def _people(self, text: str, deliver: Callable[[Sequence[Found]], None]) -> None:
        store = self.session().store

        def tell(page: prospects.Page) -> None:
            deliver([self._found(line) for line in page.lines])

        self._jobs.run(
            partial(prospects.page, store, prospects.Wanted(typed=text), order="name", limit=FOUND_PEOPLE),
            owner=self.window,
            done=tell,
        )

    def _found(self, line: prospects.ProspectLine) -> Found:
        second = " · ".join(part for part in (line.village, line.trade, line.mobile) if part)
        return Found(line.name, partial(self.window.go, "prospect", prospect=line.prospect), Icon.PERSON, second)


class _Curtain(Welcome):
    """Hides everything while the last work is being saved."""

    def __init__(self, chosen: ChosenLook, bank: Words) -> None:
        super().__init__(chosen, bank)


def _nobody() -> Card:
    return Card(staff_name="", role="", branch_name="", bank="")
