"""What an officer does with consents: shows and has them signed, prints, looks them up, takes a withdrawal."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from fieldapp.desktop.application_form.consent_history import show_history
from fieldapp.desktop.application_form.consent_sheet import ConsentSheet
from fieldapp.desktop.application_form.consents_panel import KIND_NAMES, ConsentsPanel
from fieldapp.desktop.components.entry import Note
from fieldapp.desktop.components.field import Field
from fieldapp.desktop.page import Shell
from fieldapp.desktop.people.dialog_draft import DialogDraft, Keep
from fieldapp.desktop.people.small_form import open_small_form
from fieldapp.desktop.session import DesktopSession
from fieldapp.domain.application_records import ConsentKind
from fieldapp.domain.errors import InvalidRecord
from fieldapp.domain.identifiers import RecordId
from fieldapp.services.consent_texts import ConsentText
from fieldapp.services.half_typed import Place
from fieldapp.services.print_documents import DocumentKind
from fieldapp.services.record_consent import ConsentCase, ConsentEntry, ConsentRow, Consents
from fieldapp.translation import explain, tr

PAPERS: dict[ConsentKind, DocumentKind] = {
    "credit_inquiry": DocumentKind.CREDIT,
    "personal_information": DocumentKind.PRIVACY,
}


class ConsentActs(QObject):
    """``counted`` tells (valid, needed) after every reading; ``changed`` that something was signed, withdrawn or
    declared; ``paper_wanted`` tells the DocumentKind and the person.
    """

    counted = Signal(int, int)
    changed = Signal()
    paper_wanted = Signal(object, str)

    def __init__(self, shell: Shell, session: DesktopSession, panel: ConsentsPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._shell, self._panel = shell, panel
        self._session = session
        self.service = Consents(session.store)
        self._application = ""
        self._typed: DialogDraft | None = None  # what is half typed of the declaration
        self.sheet: ConsentSheet | None = None
        panel.sign_wanted.connect(self._show_text)
        panel.paper_wanted.connect(self._show_paper)
        panel.withdraw_wanted.connect(self._ask_to_withdraw)
        panel.history_wanted.connect(self._show_history)
        panel.declared.connect(self._declare)

    def open(self, application: str) -> None:
        """Show the consents of an application as they stand now."""
        if application != self._application and self._typed is not None:
            self._typed.put_aside()
            self._typed = None
        self._application = application
        work = partial(self.service.open, application)
        self._shell.jobs.run(work, owner=self, done=self._show, failed=self._shell.explain)

    def _show(self, case: ConsentCase) -> None:
        if case.application == self._application:
            self._panel.show_case(case)
            self._keep_declaration()
            self.counted.emit(case.given, len(case.rows))

    def _keep_declaration(self) -> None:
        """From now on, what is typed of a declaration is kept, and shown again after a flat battery."""
        declaration = self._panel.declaration
        if self._typed is None and declaration.asks():
            keep = Keep(self._session.store, Place(self._application, "declaration"))
            declaration.begin()
            self._typed = DialogDraft(self._shell, keep, declaration.controls(), declaration)

    def _show_text(self, row: ConsentRow) -> None:
        work = partial(self.service.text, row.kind)
        self._shell.jobs.run(work, owner=self, done=partial(self._open_sheet, row), failed=self._shell.explain)

    def _open_sheet(self, row: ConsentRow, text: ConsentText) -> None:
        self.sheet = ConsentSheet(self._shell, self.service, self._application, row, text, partial(self._signed, row))
        self.sheet.overlay.closed.connect(self._sheet_closed)
        self.sheet.open()

    def _sheet_closed(self) -> None:
        self.sheet = None

    def _signed(self, row: ConsentRow, _consent: RecordId) -> None:
        name = row.who.name[:40]
        self._done(lambda: tr("{kind} of {name} recorded", kind=KIND_NAMES[row.kind](), name=name))

    def _show_paper(self, row: ConsentRow) -> None:
        self.paper_wanted.emit(PAPERS[row.kind], row.who.person)

    def _show_history(self, row: ConsentRow) -> None:
        def shown(entries: list[ConsentEntry]) -> None:
            show_history(self._shell, self._session, row, entries)

        work = partial(self.service.history, self._application, row.who.person, row.kind)
        self._shell.jobs.run(work, owner=self, done=shown, failed=self._shell.explain)

    def _ask_to_withdraw(self, row: ConsentRow) -> None:
        reason = Note(lines=2)
        consent = row.consent or ""
        open_small_form(
            self._shell,
            lambda: tr("Withdraw {name}'s consent?", name=row.who.name[:40]),
            lambda: tr(
                "From now on it may not be used any more; what was done with it before stays lawful. The entry stays "
                "in the history."
            ),
            {"reason": Field(lambda: tr("How the person asked for it"), reason)},
            verb=lambda: tr("Record the withdrawal"),
            stay=lambda: tr("Keep it"),
            work=lambda: partial(self.service.withdraw, consent, reason.text()),
            done=lambda _: self._withdrawn(row),
            keep=Keep(self._session.store, Place(self._application, "withdraw_consent", consent)),
            danger=True,
        )

    def _withdrawn(self, row: ConsentRow) -> None:
        self._done(lambda: tr("Withdrawal of {name} recorded", name=row.who.name[:40]))

    def _declare(self, none: bool, detail: str) -> None:
        if self._typed is not None and not self._typed.over():  # pressed again, it is on its way already
            work = partial(self.service.declare, self._application, none=none, detail=detail)
            self._typed.record(work, done=lambda _: self._declared(), failed=self._not_declared)

    def _declared(self) -> None:
        self._typed = None
        self._done(lambda: tr("Declaration recorded"))

    def _not_declared(self, error: Exception) -> None:
        if isinstance(error, InvalidRecord):
            self._panel.declaration.show_error(lambda: explain(error))
        else:
            self._shell.explain(error)

    def _done(self, words: Callable[[], str]) -> None:
        self._shell.toast(words, lambda: tr("Only on this laptop until head office confirms it"))
        self.open(self._application)
        self.changed.emit()
