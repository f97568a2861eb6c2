"""The page Paper: one document large, with the ways to print and to save it."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import Column, fill_with
from fieldapp.desktop.components.banner import Banner
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.dialog import ask
from fieldapp.desktop.components.header import Header
from fieldapp.desktop.components.paper_view import PaperView
from fieldapp.desktop.components.text import Tone
from fieldapp.desktop.look import Icon
from fieldapp.desktop.page import Page, Shell
from fieldapp.desktop.paper_out import PaperOut
from fieldapp.desktop.session import DesktopSession
from fieldapp.domain.errors import Actionable
from fieldapp.services.paper_kinds import PAPER_KINDS
from fieldapp.services.print_documents import Document, DocumentKind, PaperState, PrintDocuments
from fieldapp.services.seal_documents import SealDocuments
from fieldapp.translation import say, tr, trc


class PaperPage(Page):
    """``shown(kind=…, record=…, about=…)``: a DocumentKind or its value, the application or visit it is made of, and
    the person for a paper that is only of one.
    """

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        super().__init__(shell)
        self._session = session
        self._documents = PrintDocuments(session.store)
        self._document: Document | None = None
        self._kind = DocumentKind.APPLICATION
        self._wish = 0
        self.title = self._name
        self.paper = PaperView(whole_page=True)
        self.out = PaperOut(shell, self._documents, self)
        back = Button(lambda: trc("paper", "Back"), key="Alt+Left")
        self._save = Button(lambda: tr("Save as a file"), icon=Icon.SAVE, key="Ctrl+S")
        self._print = Button(lambda: tr("Print"), Kind.FILLED, icon=Icon.PRINT, key="Ctrl+P")
        self._next = Button(self._next_verb, icon=Icon.ENCRYPTED)
        self._header = Header(self._name, self._number, back, self._next, self._save, self._print)
        self.banner = Banner()
        self.banner.hide()
        fill_with(self, Column(self._header, self.banner, (Card(self.paper, sunken=True, margins=(12, 10)), 1), gap=14))
        back.clicked.connect(shell.go_back)
        for button, wanted in ((self._save, self.paper.save_wanted), (self._print, self.paper.print_wanted)):
            button.clicked.connect(lambda _checked=False, wanted=wanted: wanted.emit())
        self._next.clicked.connect(self._ask_next)
        self.paper.save_wanted.connect(self._save_it)
        self.paper.print_wanted.connect(self._print_it)
        self.dress()

    def shown(self, **where: object) -> None:
        """Make the paper anew: its data may have changed."""
        kind, record, about = where.get("kind"), where.get("record"), str(where.get("about", ""))
        if not isinstance(kind, str) or not isinstance(record, str):
            self.shell.go_back()
            return
        self._kind, self._document = DocumentKind(kind), None
        self._wish += 1
        self.paper.document.close()
        self.paper.show_busy(True)
        self.banner.hide()
        self._dress()
        self.shell.jobs.run(
            partial(self._work, record, about),
            owner=self,
            done=partial(self._made, self._wish),
            failed=partial(self._not_made, self._wish),
        )

    def first_focus(self) -> QWidget:
        return self.paper.view

    def retranslate(self) -> None:
        self._dress()

    def _work(self, record: str, about: str) -> Document:
        document = self._documents.make(self._kind, record, about=about)
        self._documents.note_showing(document)
        return document

    def _made(self, wish: int, document: Document) -> None:
        if wish != self._wish:
            return
        self._document = document
        self.paper.show_busy(False)
        self.paper.show_pdf(document.pdf)
        self._tell_state(document)
        self._dress()

    def _not_made(self, wish: int, error: Exception) -> None:
        if wish != self._wish:
            return
        self.paper.show_busy(False)
        if isinstance(error, Actionable):
            second = error.advice
            self.paper.show_trouble(
                lambda: say(error.sentence), (lambda: say(second)) if second else "", keep_pages=False
            )
        else:
            self.shell.explain(error)
        self._dress()

    def _dress(self) -> None:
        self._header.title.retranslate()
        self._header.beside.retranslate()
        for button in (self._save, self._print):
            button.setEnabled(self._document is not None)
        self._next.setVisible(self._document is not None and self._document.state is not PaperState.SEALED)
        self._next.retranslate()

    def _name(self) -> str:
        return PAPER_KINDS[self._kind].name()

    def _number(self) -> str:
        return self._document.number if self._document is not None else ""

    def _frozen(self) -> bool:
        document = self._document
        return document is not None and document.held is not None and not document.changed

    def _next_verb(self) -> str:
        return tr("Seal") if self._frozen() else tr("Freeze for signature")

    def _ask_next(self) -> None:
        document = self._document
        if document is None:
            return
        seals = self._frozen()
        sealing = SealDocuments(self._session.store)
        do = sealing.seal if seals else sealing.freeze
        work = partial(do, document.kind, document.record, about=document.about)
        ask(
            self.shell.host(),
            (lambda: tr("Has everybody signed this paper?")) if seals else (lambda: tr("Freeze for signature?")),
            (
                (lambda: tr("The sealed file is kept and sent to head office. Any change to it is found from then on."))
                if seals
                else (lambda: tr("This very file is kept from now on. What changes later becomes a new version."))
            ),
            verb=self._next_verb,
            stay=lambda: trc("paper", "Not yet"),
            do=lambda: self._go_on(work),
        )

    def _go_on(self, work: partial[Document]) -> None:
        self._wish += 1
        self.paper.show_busy(True)
        self._next.setEnabled(False)
        self.shell.jobs.run(
            work, owner=self, done=partial(self._kept, self._wish), failed=partial(self._not_kept, self._wish)
        )

    def _kept(self, wish: int, document: Document) -> None:
        self._next.setEnabled(True)
        self._made(wish, document)

    def _not_kept(self, wish: int, error: Exception) -> None:
        self._next.setEnabled(True)
        if wish == self._wish:
            self.paper.show_busy(False)
        self.shell.explain(error)

    def _tell_state(self, document: Document) -> None:
        held = document.held
        self.banner.setVisible(held is not None)
        if held is None:
            return
        at = self._session.local(held.made_at)
        when = {"version": held.version, "day": f"{at:%Y-%m-%d}", "time": f"{at:%H:%M}"}
        if document.changed:
            self.banner.show_message(
                lambda: tr("The data have changed since this paper was frozen"),
                lambda: tr(
                    "Version {version} of {day} {time} stays as it was. Below is a draft of the next version.", **when
                ),
                Tone.AMBER,
            )
        elif held.state is PaperState.SEALED:
            self.banner.show_message(
                lambda: tr("Sealed"), lambda: tr("Version {version}, sealed on {day} at {time}.", **when), Tone.PINE
            )
        else:
            self.banner.show_message(
                lambda: tr("Frozen for signature"),
                lambda: tr("Version {version}, frozen on {day} at {time}. Seal it when everybody has signed.", **when),
                Tone.SKY,
            )

    def _save_it(self) -> None:
        if self._document is not None:
            self.out.save(self._document)

    def _print_it(self) -> None:
        if self._document is not None:
            self.out.print(self._document)
