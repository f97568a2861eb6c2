"""A line over the timeline of a prospect: what was just said, recorded as a contact with one key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from fieldapp.desktop.components.arrange import Column, Line
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.entry import Entry
from fieldapp.desktop.components.segmented import Segmented
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.formats import clock, day
from fieldapp.desktop.look import Icon
from fieldapp.desktop.page import Shell
from fieldapp.desktop.pages.contact import open_contact
from fieldapp.desktop.people.kept_facts import KeptFacts
from fieldapp.desktop.people.standing import hear
from fieldapp.desktop.record_words import CHANNELS
from fieldapp.desktop.session import DesktopSession
from fieldapp.domain.kinds import Values
from fieldapp.services.drafts import save_draft
from fieldapp.services.half_typed import FoundText, Place
from fieldapp.services.prospect_page import ProspectPage
from fieldapp.services.prospects import ProspectLine
from fieldapp.services.record_contact import NewContact, SavedContact, record_contact
from fieldapp.translation import tr


class NoteLine(Column):
    """Enter records what is typed; where that would leave no next date, the contact form asks for one.

    What is typed is kept as one types, and stands here again with its prospect until it is recorded or taken back.
    """

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        self._shell, self._session = shell, session
        self._line: ProspectLine | None = None
        self._recording = ""
        self._away = False
        self.entry = Entry(lambda: tr("What was said by phone, in person, on WeChat"), icon=Icon.CHAT, key="C")
        self._channel = Segmented(CHANNELS, first_digit=1)
        self._keep = Button(lambda: tr("Record it"), Kind.SOFT, key="Return")
        self._found = Text("", Role.HINT)
        self._how = Column(self._found, Line((self._channel, 1), self._keep, gap=8), gap=8)
        self._how.hide()
        super().__init__(self.entry, self._how, gap=12)
        self.kept = KeptFacts(shell, session, self._half_typed, self)
        self.entry.installEventFilter(self)
        self._channel.choose("in_person")
        for control in (self.entry, self._channel):
            hear(control, self._touched)
        self._keep.clicked.connect(self._record)

    def show_page(self, page: ProspectPage) -> None:
        """Note for this prospect from now on. Of another than before, what is half typed stands again."""
        another, self._line = self._line is None, page.line
        if another or self._away:
            place = Place(page.record, "note")
            self._begin(place, page.half_typed.get(place), self.entry.text() if another else "")

    def forget(self) -> None:
        """Another prospect is being looked up: nothing is noted for them before they are known."""
        self.kept.leave()
        self._line, self._recording, self._away = None, "", False
        self._keep.setEnabled(True)
        self._clear()

    def go_away(self) -> None:
        """Another page comes: keep what stands here. It may be gone on with there, so it is looked up anew after."""
        self.kept.keep_now()
        self._away = True

    def half_typed(self) -> bool:
        """Whether a line stands here that is not recorded."""
        return bool(self._half_typed()[0])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
                self._record()
                return True
            if event.key() == Qt.Key.Key_Escape and self.entry.text():
                self._clear()
                self.kept.touch()
                return True
        return super().eventFilter(watched, event)

    def _begin(self, place: Place, found: FoundText | None, typed_meanwhile: str) -> None:
        self._away = False
        self.kept.begin(place, found.typed if found is not None else {})
        note = ""
        if found is not None:
            note, at = str(found.typed.get("note", "")), found.saved_at
            self._channel.choose(found.typed.get("channel"))
            self._found.say(lambda: tr("typed until {time}, not recorded", time=f"{day(at)} {clock(at)}"))
        self.entry.setText(note + typed_meanwhile)
        self._fit(found=found is not None)
        if typed_meanwhile:
            self.kept.touch()

    def _half_typed(self) -> tuple[Values, Values]:
        """What stands here beyond what is being recorded."""
        note = self.entry.text().removeprefix(self._recording)
        return ({"note": note, "channel": self._channel.value()} if note.strip() else {}), {}

    def _touched(self) -> None:
        self._away = False
        self._fit(found=False)
        self.kept.touch()

    def _fit(self, *, found: bool) -> None:
        self._how.setVisible(bool(self.entry.text().strip()))
        self._found.setVisible(found)

    def _clear(self) -> None:
        self.entry.clear()
        self._fit(found=False)

    def _record(self) -> None:
        line, typed = self._line, self.entry.text()
        if line is None or not typed.strip() or self._recording:
            return
        self.kept.keep_now()
        self._recording = typed
        self._keep.setEnabled(False)
        channel, note = self._channel.value() or "in_person", typed.strip()
        if line.next_date is None or line.late_days:
            self._ask_for_the_next_date(line, channel, note)
            return
        new = NewContact(
            who=line.prospect,
            channel=cast(Any, channel),
            result="call_again",
            next_date=line.next_date,
            next_time=line.next_time,
            next_purpose=line.next_purpose,
            source="walk_in" if channel == "at_branch" else "outbound",
            note=note,
        )
        again = {"who": line.prospect, "channel": channel, "result": "call_again", "note": note, "next": None}
        again["date"] = line.next_date.isoformat()
        self._do(partial(record_contact, self._session.store, new), lambda saved: self._tell_recorded(saved, again))

    def _ask_for_the_next_date(self, line: ProspectLine, channel: object, note: str) -> None:
        """The contact form goes on with the line: what was kept of it here is kept there from then on."""
        typed = {"who": line.prospect, "channel": channel, "result": "call_again", "next": 3, "note": note}
        self._do(
            partial(save_draft, self._session.store, "contact", typed, about=line.prospect),
            lambda draft: open_contact(self._shell, self._session, typed=typed, draft=draft),
        )

    def _do(self, job: Callable[[], Any], done: Callable[[Any], object]) -> None:
        """Do ``job``, which records the line; what was typed on meanwhile stays, as the next line."""
        recording = self._recording

        def ended(result: Any) -> None:
            if self._recording == recording:
                self._over()
                self.entry.setText(self.entry.text().removeprefix(recording))
                self._fit(found=False)
            done(result)

        def refused(error: Exception) -> None:
            if self._recording == recording:
                self._over()
            self._shell.explain(error)

        self.kept.record(("note", "channel"), job, ended, refused)

    def _over(self) -> None:
        self._keep.setEnabled(True)
        self._recording = ""

    def _tell_recorded(self, saved: SavedContact, again: dict[str, Any]) -> None:
        shell, session = self._shell, self._session
        shell.toast(
            lambda: tr("Contact recorded"),
            lambda: tr("Only on this laptop"),
            lambda: open_contact(shell, session, typed={**again, "amends": saved.contact}),
        )
