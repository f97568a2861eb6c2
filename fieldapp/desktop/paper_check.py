"""Checking a paper that comes back: a file or a photograph of a page is chosen, the answer is told over the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from fieldapp.desktop.components.arrange import Column
from fieldapp.desktop.components.banner import Banner
from fieldapp.desktop.components.dialog import ask
from fieldapp.desktop.components.overlay import Overlay
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.formats import amount
from fieldapp.desktop.page import Shell
from fieldapp.desktop.session import DesktopSession
from fieldapp.services.check_paper import CheckedPaper, SealState, Verdict, check_file
from fieldapp.services.laptop_papers import LaptopPapers
from fieldapp.translation import say, tr

AskFile = Callable[[QWidget], Path | None]

_TONES = {
    Verdict.GENUINE: Tone.PINE,
    Verdict.SAME_DATA: Tone.PINE,
    Verdict.SUPERSEDED: Tone.AMBER,
    Verdict.DRAFT: Tone.AMBER,
    Verdict.SEALED_ELSEWHERE: Tone.SKY,
    Verdict.UNKNOWN: Tone.AMBER,
    Verdict.CHANGED: Tone.SEAL,
    Verdict.OTHER_DATA: Tone.SEAL,
}


def ask_file(window: QWidget) -> Path | None:
    """The file to check; None when a person thinks better of it."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    kinds = tr("Papers and pictures") + " (*.pdf *.png *.jpg *.jpeg *.webp)"
    chosen, _ = QFileDialog.getOpenFileName(window, tr("Check a paper"), folder, kinds)
    return Path(chosen) if chosen else None


class PaperCheck(QObject):
    """Asks for a file, checks it in a job, tells what it is."""

    def __init__(self, shell: Shell, session: DesktopSession, parent: QObject, *, file: AskFile = ask_file) -> None:
        super().__init__(parent)
        self._shell, self._session, self._ask_file = shell, session, file
        self.answer: Overlay | None = None

    def begin(self) -> None:
        """Ask for a file."""
        path = self._ask_file(self._shell.host())
        if path is not None:
            work = partial(check_file, LaptopPapers(self._session.store), path)
            self._shell.jobs.run(work, owner=self, done=partial(self._tell, path.name), failed=self._shell.explain)

    def _tell(self, name: str, checked: Sequence[CheckedPaper]) -> None:
        self.answer = ask(
            self._shell.host(),
            lambda: tr("Check of a paper"),
            name,
            verb=lambda: tr("Check another"),
            stay=lambda: tr("Close"),
            do=self.begin,
            content=Column(*(self._found(paper) for paper in checked), gap=8),
        )

    def _found(self, paper: CheckedPaper) -> QWidget:
        said = Banner(lambda: say(paper.sentence), lambda: self._second(paper), _TONES[paper.verdict])
        return Column(said, *(Text(line, Role.HINT, wrap=True) for line in self._digests(paper)), gap=4)

    def _second(self, paper: CheckedPaper) -> str:
        parts = []
        if paper.number:
            parts.append(tr("Number {number}, version {version}", number=paper.number, version=paper.version))
        if paper.amount is not None:
            parts.append(tr("Amount held: {amount}", amount=amount(paper.amount)))
        if paper.seal.state is SealState.VALID and paper.seal.at is not None:
            at = self._session.local(paper.seal.at)
            parts.append(tr("sealed on {day} at {time}", day=f"{at:%Y-%m-%d}", time=f"{at:%H:%M}"))
        return " • ".join(parts)

    @staticmethod
    def _digests(paper: CheckedPaper) -> list[str]:
        lines = [tr("Data digest {digest}", digest=paper.digest)] if paper.digest else []
        if paper.held is not None and not paper.held.data_digest.startswith(paper.digest or "-"):
            lines.append(tr("Held under this number: {digest}", digest=paper.held.data_digest))
        return lines
