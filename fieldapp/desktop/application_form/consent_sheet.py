"""One consent over the page: read to the end and choose, then sign on the pad, or on paper with a photo of the page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QSizePolicy, QStackedWidget, QWidget

from fieldapp.desktop.application_form.consent_reading import ConsentReading
from fieldapp.desktop.components.arrange import STRETCH, Column, Line
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.overlay import Overlay, Panel
from fieldapp.desktop.components.photo_strip import Photo as Tile
from fieldapp.desktop.components.photo_strip import PhotoStrip
from fieldapp.desktop.components.signature_pad import SignaturePad
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.look import Icon
from fieldapp.desktop.page import Shell
from fieldapp.desktop.people.thumbnails import read_files
from fieldapp.domain.application_records import Signature
from fieldapp.domain.errors import Actionable
from fieldapp.domain.identifiers import RecordId
from fieldapp.services.consent_texts import ConsentText
from fieldapp.services.record_consent import ConsentRow, Consents, NewConsent
from fieldapp.translation import explain, tr

WIDE = 880


class ConsentSheet(QObject):
    """Open it with ``open``; ``done`` is called with the consent's id once it is recorded.

    Nothing is kept before that: what a person has not signed was not said.
    """

    def __init__(
        self,
        shell: Shell,
        service: Consents,
        application: str,
        row: ConsentRow,
        text: ConsentText,
        done: Callable[[RecordId], object],
    ) -> None:
        super().__init__(shell.host())
        self._shell, self._service, self._application = shell, service, application
        self._row, self._text, self._done = row, text, done
        self._signed: dict[str, Signature] = {}
        self._paths: list[Path] = []
        self.reading = ConsentReading(text)
        self.pad = SignaturePad(row.who.name)
        self.photos = PhotoStrip()
        self._stack = QStackedWidget()
        self._trouble = Text("", Role.SECOND, tone=Tone.SEAL, wrap=True)
        self._trouble.hide()
        self._pages = (self.reading, self._signing_page(), self._paper_page())
        for page in self._pages:
            self._stack.addWidget(page)
        self._make_buttons()
        title = Text(lambda: text.title.zh, Role.DIALOG)
        second = Text(lambda: f"{text.title.en} · {row.who.name} · {text.version}", Role.SECOND, elide=True)
        foot = Line(self.cancel, self.back, STRETCH, self.paper, self.sign, self.next, self.finish, gap=8)
        self._content = Column(Column(title, second, gap=2), (self._stack, 1), self._trouble, foot, gap=12)
        self.overlay = Overlay(shell.host().window(), Panel(self._content), wide=WIDE)
        self.overlay.setAccessibleName(title.words())
        self.overlay.closed.connect(self._end)
        self._connect()
        self._show_page(0)

    def open(self) -> None:
        """Show the text from its beginning."""
        self.overlay.open()
        self.reading.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.reading.view.verticalScrollBar().setValue(0)

    def add_photos(self, paths: list[Path]) -> None:
        """Add pictures of the signed page."""
        self._paths = list(dict.fromkeys([*self._paths, *paths]))
        self._show_tiles({})
        read_files(self._shell, self.photos, self._paths, self._show_tiles)
        self._trouble.hide()

    def _signing_page(self) -> QWidget:
        self._part = Text("", Role.HEADING, wrap=True)
        self._undo = Button(lambda: tr("Take back one stroke"), icon=Icon.UNDO, small=True)
        self._clear = Button(lambda: tr("Write anew"), icon=Icon.TRASH, small=True)
        hint = Text(
            lambda: tr("Hand the laptop to the person who signs. The pen's pressure is kept where there is a pen."),
            Role.HINT,
            wrap=True,
        )
        return Column(self._part, self.pad, Line((hint, 1), self._undo, self._clear), STRETCH, gap=12)

    def _paper_page(self) -> QWidget:
        how = Text(
            lambda: tr(
                "Print the text, let the person tick and sign it by hand, and add a photo of each signed page. Before, "
                "copy here what was ticked on the paper: go back to the text."
            ),
            Role.SECOND,
            wrap=True,
        )
        return Column(Text(lambda: tr("Signed on paper"), Role.HEADING), how, self.photos, STRETCH, gap=12)

    def _make_buttons(self) -> None:
        self.cancel = Button(lambda: tr("Cancel"), key="Escape")
        self.back = Button(lambda: tr("Back to the text"))
        self.paper = Button(lambda: tr("Signed on paper…"))
        self.sign = Button(lambda: tr("Sign here…"), Kind.FILLED, icon=Icon.PENCIL)
        self.next = Button(lambda: tr("Next signature"), Kind.FILLED)
        self.finish = Button(lambda: tr("Record the consent"), Kind.FILLED, icon=Icon.CHECK)

    def _connect(self) -> None:
        self.cancel.clicked.connect(self.overlay.close_panel)
        self.back.clicked.connect(lambda: self._show_page(0))
        self.paper.clicked.connect(lambda: self._show_page(2))
        self.sign.clicked.connect(self._begin_signing)
        self.next.clicked.connect(self._keep_signature)
        self.finish.clicked.connect(self._finish)
        self._undo.clicked.connect(self.pad.undo)
        self._clear.clicked.connect(self.pad.clear)
        self.pad.changed.connect(self._dress)
        self.photos.add_wanted.connect(self._choose_files)
        self.photos.dropped.connect(self.add_photos)
        self.photos.removed.connect(self._remove_photo)
        self.reading.read_to_end.connect(self._dress)
        self.reading.answered.connect(self._dress)

    def _show_page(self, page: int) -> None:
        self._trouble.hide()
        self._stack.setCurrentIndex(page)
        self._fit()
        if page != 1:
            self._signed.clear()  # what was chosen may change: each signature is for the choice it stands under
        self._dress()
        if page == 1:
            self.pad.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fit(self) -> None:
        """The text takes the room there is; the pad, and what is to be done on paper, what they need."""
        shown = self._stack.currentWidget()
        for page in self._pages:
            needs = QSizePolicy.Policy.Preferred if page is shown else QSizePolicy.Policy.Ignored
            page.setSizePolicy(needs, needs)
        reading = self._stack.currentIndex() == 0
        self._content.setMinimumHeight(self._shell.host().window().height() * 3 // 4 if reading else 0)
        self.overlay.refit()

    def _dress(self) -> None:
        page = self._stack.currentIndex()
        last = len(self._signed) == len(self._text.signed_parts) - 1
        self.back.setVisible(page != 0)
        self.paper.setVisible(page == 0)
        self.sign.setVisible(page == 0)
        self.next.setVisible(page == 1 and not last)
        self.finish.setVisible(page == 2 or (page == 1 and last))
        written = not self.pad.is_empty()
        self.next.setEnabled(written)
        self.finish.setEnabled(written if page == 1 else bool(self._paths))
        for button in (self._undo, self._clear):
            button.setEnabled(bool(self.pad.strokes()))

    def _begin_signing(self) -> None:
        if not self.reading.at_end():
            self._complain(lambda: tr("Read the text to its end first: the last lines were not shown yet."))
            self.reading.turn(1)
        elif self.reading.missing() is not None:
            self._complain(lambda: tr("Choose agree or do not agree everywhere."))
            self.reading.show_missing()
        else:
            self._show_page(1)
            self._show_part()

    def _show_part(self) -> None:
        parts = self._text.signed_parts
        place = len(self._signed)
        name = parts[place]
        heading = next((part.heading for part in self._text.parts if part.name == name), self._text.title)
        answer = self.reading.choices().get(name)
        chosen = "" if answer is None else (self._text.agree.zh if answer else self._text.decline.zh)
        count, total = place + 1, len(parts)

        def words() -> str:
            said = tr("Signature {count} of {total}: {part}", count=count, total=total, part=heading.zh)
            return f"{said} · {chosen}" if chosen else said

        self._part.say(words)
        self.pad.clear()
        self._dress()

    def _keep_signature(self) -> None:
        self._take_signature()
        self._show_part()
        self.pad.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_signature(self) -> None:
        part = self._text.signed_parts[len(self._signed)]
        self._signed[part] = Signature(under=part, strokes=self.pad.strokes())

    def _finish(self) -> None:
        on_paper = self._stack.currentIndex() == 2
        if not on_paper:
            self._take_signature()
        new = NewConsent(
            application=self._application,
            person=self._row.who.person,
            kind=self._row.kind,
            digest=self._text.digest,
            choices=self.reading.choices(),
            purposes=self.reading.chosen_purposes(),
            signing="paper" if on_paper else "screen",
            signatures=() if on_paper else tuple(self._signed.values()),
            photos=tuple(self._paths) if on_paper else (),
        )
        self.finish.setEnabled(False)
        work = partial(self._service.give, new)
        self._shell.jobs.run(work, owner=self, done=self._recorded, failed=self._refused)

    def _recorded(self, consent: RecordId) -> None:
        self.overlay.close_panel()
        self._done(consent)

    def _refused(self, error: Exception) -> None:
        if self._stack.currentIndex() == 1:
            self._signed.pop(self._text.signed_parts[-1], None)
        self._dress()
        if isinstance(error, Actionable):
            self._complain(lambda: explain(error))
        else:
            self._shell.explain(error)

    def _complain(self, words: Callable[[], str]) -> None:
        self._trouble.say(words)
        self._trouble.show()

    def _choose_files(self) -> None:
        dialog = QFileDialog(self.overlay, tr("Photos of the signed page"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(tr("Pictures (*.jpg *.jpeg *.png *.webp)"))
        dialog.filesSelected.connect(lambda names: self.add_photos([Path(name) for name in names]))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _remove_photo(self, key: object) -> None:
        self._paths = [path for path in self._paths if path != key]
        self._show_tiles({})
        read_files(self._shell, self.photos, self._paths, self._show_tiles)

    def _show_tiles(self, pictures: dict[Path, QImage]) -> None:
        self.photos.show_photos([Tile(path, pictures.get(path, QImage()), path.name) for path in self._paths])
        self._dress()

    def _end(self) -> None:
        self.overlay.deleteLater()
        self.deleteLater()
