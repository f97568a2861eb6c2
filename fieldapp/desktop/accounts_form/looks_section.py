"""The three looks and the three meters: what was found of each, with photographs as evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from fieldapp.desktop.accounts_form.item_words import SUBJECT_NAMES, said_by
from fieldapp.desktop.components.arrange import STRETCH, Column, Grid
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.entry import Note
from fieldapp.desktop.components.field import Field
from fieldapp.desktop.components.photo_strip import Photo as Tile
from fieldapp.desktop.components.photo_strip import PhotoStrip
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.page import Shell
from fieldapp.desktop.people.thumbnails import read_files, read_kept
from fieldapp.desktop.session import DesktopSession
from fieldapp.domain.accounts_sheet import SUBJECTS
from fieldapp.domain.application_records import LookSubject
from fieldapp.domain.errors import Invalid
from fieldapp.domain.records import Photo
from fieldapp.translation import explain, tr

_HINTS: dict[LookSubject, Words] = {
    "character": lambda: tr("what neighbours, suppliers and workers say"),
    "product": lambda: tr("how it sells, how long it lies"),
    "collateral": lambda: tr("what there is, whose it is, what it would bring"),
    "water": lambda: tr("reading, month before, year before"),
    "electricity": lambda: tr("reading, month before, year before"),
    "tax": lambda: tr("kind, paid until when"),
}


class LooksSection(Column):
    """``edited`` after each change. Photographs already kept stay: evidence is never taken away."""

    edited = Signal()

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        self.parts = {subject: LookCard(subject, shell, session) for subject in SUBJECTS}
        super().__init__(Grid(*self.parts.values(), columns=2, narrow=700), STRETCH, gap=14)
        for part in self.parts.values():
            part.edited.connect(self.edited)

    def show_findings(
        self,
        facts: Mapping[LookSubject, str],
        files: Mapping[LookSubject, Sequence[str]],
        kept: Mapping[LookSubject, Sequence[Photo]],
    ) -> None:
        """Show what is typed, the files chosen and the photographs kept."""
        for subject, part in self.parts.items():
            part.show_finding(facts.get(subject, ""), files.get(subject, ()), kept.get(subject, ()))

    def facts(self) -> dict[LookSubject, str]:
        """What is typed."""
        return {subject: part.facts.text() for subject, part in self.parts.items() if part.facts.text()}

    def files(self) -> dict[LookSubject, tuple[str, ...]]:
        """The files chosen and not kept yet."""
        return {subject: tuple(map(str, part.files)) for subject, part in self.parts.items() if part.files}

    def show_refused(self, refused: Mapping[str, Invalid]) -> None:
        """Show beside its field what cannot be kept."""
        for part in self.parts.values():
            part.show_refused(refused)

    def first(self) -> QWidget:
        """Where the keyboard begins."""
        return self.parts["character"].facts


class LookCard(Card):
    """One look or meter."""

    edited = Signal()

    def __init__(self, subject: LookSubject, shell: Shell, session: DesktopSession) -> None:
        self._subject, self._shell, self._session = subject, shell, session
        self.files: list[Path] = []
        self._kept: list[Photo] = []
        self._pictures: dict[Any, QImage] = {}
        self.facts = Note(_HINTS[subject], lines=2)
        self.field = Field(said_by(SUBJECT_NAMES[subject]), self.facts)
        self.strip = PhotoStrip(small=True)
        super().__init__(self.field, self.strip, gap=8, margins=(14, 12))
        self.facts.edited.connect(lambda _text: self.edited.emit())
        self.strip.add_wanted.connect(self._choose)
        self.strip.dropped.connect(self.add_files)
        self.strip.removed.connect(self._remove)

    def show_finding(self, facts: str, files: Sequence[str], kept: Sequence[Photo]) -> None:
        """Show what is typed without telling it."""
        self.facts.blockSignals(True)
        self.facts.setText(facts)
        self.facts.blockSignals(False)
        self.files, self._kept = [Path(name) for name in files], list(kept)
        self._show_tiles()
        if self.files:
            read_files(self._shell, self, self.files, self._take_pictures)
        if self._kept:
            read_kept(self._shell, self._session, self, [photo.digest for photo in self._kept], self._take_pictures)

    def show_refused(self, refused: Mapping[str, Invalid]) -> None:
        """Show what of it cannot be kept."""
        places = (f"findings.{self._subject}.{name}" for name in ("facts", "photos"))
        problem = next((refused[place] for place in places if place in refused), None)
        self.field.show_error(partial(explain, problem) if problem is not None else None)

    def add_files(self, paths: Sequence[Path]) -> None:
        """Add picture files; their small pictures are read off the UI thread."""
        fresh = [path for path in dict.fromkeys(paths) if path not in self.files]
        if fresh:
            self.files += fresh
            self._show_tiles()
            read_files(self._shell, self, fresh, self._take_pictures)
            self.edited.emit()

    def _choose(self) -> None:
        dialog = QFileDialog(self, tr("Photographs as evidence"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(tr("Pictures (*.jpg *.jpeg *.png *.webp)"))
        dialog.filesSelected.connect(lambda names: self.add_files([Path(name) for name in names]))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _remove(self, key: object) -> None:
        if key in self.files:
            self.files = [path for path in self.files if path != key]
            self._show_tiles()
            self.edited.emit()

    def _take_pictures(self, pictures: Mapping[Any, QImage]) -> None:
        self._pictures |= pictures
        self._show_tiles()

    def _show_tiles(self) -> None:
        none = QImage()
        kept = [Tile(photo.digest, self._pictures.get(photo.digest, none), photo.name) for photo in self._kept]
        files = [Tile(path, self._pictures.get(path, none), path.name) for path in self.files]
        self.strip.show_photos([*kept, *files])
