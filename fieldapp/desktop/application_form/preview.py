"""The paper beside the form: made anew in a job a moment after the typing stops, and never an older one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer, Signal

from fieldapp.desktop.components.arrange import STRETCH, Line
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.paper_view import PaperView
from fieldapp.desktop.components.segmented import Segmented
from fieldapp.desktop.page import Shell
from fieldapp.desktop.paper_out import PaperOut
from fieldapp.domain.errors import Actionable
from fieldapp.services.print_documents import Document, DocumentKind, PrintDocuments
from fieldapp.translation import say, tr, trc

PAUSE_MS = 120
"""A paper is set in about 50 ms: the new page stands within 0.3 s of the last key."""


class LivePreview(Card):
    """Tabs per document over the real pages. ``whole_wanted`` tells kind, record and person of what to show large."""

    whole_wanted = Signal(object, object, str)
    shown = Signal()

    def __init__(self, shell: Shell, documents: PrintDocuments) -> None:
        self._shell, self._documents = shell, documents
        self.tabs = Segmented(
            [
                (DocumentKind.APPLICATION, lambda: trc("paper", "Form")),
                (DocumentKind.COVER, lambda: trc("paper", "Cover")),
                (DocumentKind.INVESTIGATION, lambda: trc("paper", "Survey")),
                (DocumentKind.CREDIT, lambda: trc("paper", "Credit")),
                (DocumentKind.PRIVACY, lambda: trc("paper", "Notice")),
                (DocumentKind.SCHEDULE, lambda: trc("paper", "Plan")),
                (DocumentKind.COST, lambda: trc("paper", "Costs")),
                (DocumentKind.VISIT, lambda: trc("paper", "Visit")),
            ],
            first_digit=0,
            fitted=True,
        )
        self.tabs.choose(DocumentKind.APPLICATION)
        self.paper = PaperView()
        self._application = ""
        self._visit: str | None = None
        self._typed: Mapping[str, Any] = {}
        self._document: Document | None = None
        self._wanted, self._made_of = 0, -1
        self._running = False
        self._edition = 0
        self._set_before: dict[tuple[DocumentKind, str], tuple[int, Document]] = {}
        """Papers of other tabs and of which edition of the form they are: turning back to one sets no page anew."""
        self._noted: set[tuple[DocumentKind, str]] = set()
        self._people: dict[DocumentKind, str] = {}
        super().__init__(Line(self.tabs, STRETCH), (self.paper, 1), sunken=True, gap=8, margins=(12, 10))
        self.out = PaperOut(shell, documents, self)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._begin)
        self.tabs.chosen.connect(self._turn)
        self.paper.whole_wanted.connect(self._show_large)
        self.paper.print_wanted.connect(self.print)
        self.paper.save_wanted.connect(self.save)

    def open(self, application: str, typed: Mapping[str, Any]) -> None:
        """Show the papers of an application, as it is typed now."""
        if application != self._application:
            self._application, self._visit, self._document = application, None, None
            self._noted.clear()
            self._people.clear()
            self._set_before.clear()
            self.paper.document.close()
            pack = partial(self._documents.pack, application)
            self._shell.jobs.run(pack, owner=self, done=self._know_visits, failed=self._shell.explain)
        self._take(typed)
        self._begin()

    def heed(self, typed: Mapping[str, Any]) -> None:
        """Something was typed: the paper follows when the typing pauses."""
        self._take(typed)
        self._pause.start()

    def choose(self, kind: DocumentKind, about: str = "") -> None:
        """Show another of the papers, ``about`` the person it is only of."""
        if self.tabs.value() != kind or (about and self._people.get(kind) != about):
            if about:
                self._people[kind] = about
            self.tabs.choose(kind)
            self._turn(kind)

    def print(self) -> None:
        """Print the paper shown, as it stands on the screen."""
        self._with_document(self.out.print)

    def save(self) -> None:
        """Save the paper shown."""
        self._with_document(self.out.save)

    def _take(self, typed: Mapping[str, Any]) -> None:
        self._typed = dict(typed)
        self._wanted += 1
        self._edition += 1

    def _turn(self, _kind: object) -> None:
        """Another tab: its page as it was set before, or none. The page of the tab before never stands under it."""
        self._document = None
        self._wanted += 1
        edition, document = self._set_before.get(self._shown_paper(), (0, None))
        if document is not None and edition == self._edition:
            self._show(self._wanted, document)
            return
        self.paper.clear()
        self._begin()

    def _shown_paper(self) -> tuple[DocumentKind, str]:
        kind = DocumentKind(str(self.tabs.value()))
        return kind, self._people.get(kind, "")

    def _begin(self) -> None:
        self._pause.stop()
        if self._running or not self._application:
            return  # what runs ends soon; the newest wish is served then
        kind = self.tabs.value()
        if kind is DocumentKind.VISIT and self._visit is None:
            self._made_of = self._wanted
            self.paper.show_trouble(lambda: tr("No visit to this customer has been recorded yet"), keep_pages=False)
            return
        self._running = True
        self.paper.show_busy(True)
        self._shell.jobs.run(
            self._work(),
            owner=self,
            done=partial(self._made, self._wanted, self._edition),
            failed=partial(self._not_made, self._wanted),
            cancelled=self._ended,
        )

    def _work(self) -> Callable[[], Document]:
        kind = DocumentKind(str(self.tabs.value()))
        if kind is DocumentKind.VISIT:
            return partial(self._documents.make, kind, self._visit or "")
        about = self._shown_paper()[1]
        first = (kind, about) not in self._noted
        self._noted.add((kind, about))
        return partial(self._paper, kind, self._application, dict(self._typed), about, first_look=first)

    def _paper(
        self, kind: DocumentKind, record: str, typed: Mapping[str, Any], about: str, *, first_look: bool
    ) -> Document:
        document = self._documents.make(kind, record, typed, about=about)
        if first_look:
            self._documents.note_showing(document)
        return document

    def _made(self, wish: int, edition: int, document: Document) -> None:
        if self._still_wanted(wish):
            self._set_before[self._shown_paper()] = (edition, document)
            self._show(wish, document)

    def _show(self, wish: int, document: Document) -> None:
        self._document, self._made_of = document, wish
        self.paper.show_pdf(document.pdf)
        self.shown.emit()

    def _not_made(self, wish: int, error: Exception) -> None:
        if not self._still_wanted(wish):
            return
        self._document, self._made_of = None, wish
        if isinstance(error, Actionable):
            same_paper = error.code not in ("terms", "gone", "no_branch")
            second = error.advice
            self.paper.show_trouble(
                lambda: say(error.sentence), (lambda: say(second)) if second else "", keep_pages=same_paper
            )
            self.shown.emit()
        else:
            self._shell.explain(error)

    def _still_wanted(self, wish: int) -> bool:
        self._ended()
        if wish == self._wanted:
            return True
        if not self._pause.isActive() and self._made_of != self._wanted:
            self._begin()
        return False

    def _ended(self) -> None:
        self._running = False
        self.paper.show_busy(False)

    def _know_visits(self, lines: object) -> None:
        if isinstance(lines, list):
            self._visit = next((line.record for line in lines if line.kind is DocumentKind.VISIT), None)
            for line in lines:
                if line.about:
                    self._people.setdefault(line.kind, line.about)
        if self.tabs.value() in (DocumentKind.VISIT, *self._people):
            self._turn(self.tabs.value())

    def _show_large(self) -> None:
        kind = self.tabs.value()
        record = self._visit if kind is DocumentKind.VISIT else self._application
        self.whole_wanted.emit(kind, record, self._people.get(DocumentKind(str(kind)), ""))

    def _with_document(self, use: Callable[[Document], object]) -> None:
        """The paper on the screen when it is the newest one, otherwise that one as soon as it is made."""
        if self._document is not None and self._made_of == self._wanted:
            use(self._document)
        elif self._application:
            self._shell.jobs.run(self._work(), owner=self, done=use, failed=self._shell.explain)
