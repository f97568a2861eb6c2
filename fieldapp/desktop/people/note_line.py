"""A line over the timeline of a prospect: what was just said, recorded as a contact with one key."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from fieldapp.desktop.components.arrange import Column, Line
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.entry import Entry
from fieldapp.desktop.components.segmented import Segmented
from fieldapp.desktop.look import Icon
from fieldapp.desktop.page import Shell
from fieldapp.desktop.pages.contact import NOBODY_AGAIN, open_contact
from fieldapp.desktop.record_words import CHANNELS
from fieldapp.desktop.session import DesktopSession
from fieldapp.services.prospect_page import ProspectPage
from fieldapp.services.prospects import ProspectLine
from fieldapp.services.record_contact import NewContact, record_contact
from fieldapp.translation import tr


class NoteLine(Column):
    """Enter records what is typed; where that would leave no next date, the contact form asks for one."""

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        self._shell, self._session = shell, session
        self._line: ProspectLine | None = None
        self.entry = Entry(lambda: tr("A line: what was said by phone, in person, on WeChat"), icon=Icon.CHAT, key="C")
        self._channel = Segmented(CHANNELS, first_digit=1)
        self._keep = Button(lambda: tr("Record it"), Kind.SOFT, key="Return")
        self._how = Line((self._channel, 1), self._keep, gap=8)
        self._how.hide()
        super().__init__(self.entry, self._how, gap=12)
        self.entry.installEventFilter(self)
        self.entry.textEdited.connect(lambda typed: self._how.setVisible(bool(typed.strip())))
        self._channel.choose("in_person")
        self._keep.clicked.connect(self._record)

    def show_page(self, page: ProspectPage) -> None:
        """Note for this prospect from now on."""
        self._line = page.line

    def forget(self) -> None:
        """Another prospect is being looked up: nothing is noted for them before they are known."""
        self._line = None
        self._clear()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
                self._record()
                return True
            if event.key() == Qt.Key.Key_Escape and self.entry.text():
                self._clear()
                return True
        return super().eventFilter(watched, event)

    def _clear(self) -> None:
        self.entry.clear()
        self._how.hide()

    def _record(self) -> None:
        line, note = self._line, self.entry.text().strip()
        if line is None or not note:
            return
        channel = self._channel.value() or "in_person"
        if line.next_date is None or line.late_days:
            typed = {"who": line.prospect, "channel": channel, "result": "call_again", "next": 3, "note": note}
            open_contact(self._shell, self._session, typed=typed)
            self._clear()
            return
        new = NewContact(
            who=line.prospect,
            channel=channel,  # type: ignore[arg-type]
            result="call_again",
            next_date=line.next_date,
            next_time=line.next_time,
            next_purpose=line.next_purpose,
            source="walk_in" if channel == "at_branch" else "outbound",
            note=note,
        )
        self._keep.setEnabled(False)
        self._shell.jobs.run(
            partial(record_contact, self._session.store, new),
            owner=self,
            done=lambda saved: self._recorded(line.prospect, saved.contact, channel, note),
            failed=self._refused,
        )

    def _recorded(self, prospect: str, contact: str, channel: object, note: str) -> None:
        self._keep.setEnabled(True)
        self._clear()
        next_date = self._line.next_date.isoformat() if self._line is not None and self._line.next_date else None
        typed = {
            "who": prospect, "channel": channel, "result": "call_again", "note": note, "amends": contact,
            "next": None if next_date else NOBODY_AGAIN, "date": next_date,
        }  # fmt: skip
        shell, session = self._shell, self._session
        shell.toast(
            lambda: tr("Contact recorded"),
            lambda: tr("Only on this laptop"),
            lambda: open_contact(shell, session, typed=typed),
        )

    def _refused(self, error: Exception) -> None:
        self._keep.setEnabled(True)
        self._shell.explain(error)
