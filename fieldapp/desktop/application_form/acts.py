"""What a person asks of the application as a whole: a number in clear, a paper, its questions, another version."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from fieldapp.desktop.application_form.asked import show_questions
from fieldapp.desktop.application_form.bound import same
from fieldapp.desktop.application_form.keeping import Keeping
from fieldapp.desktop.application_form.masked_entry import MaskedEntry
from fieldapp.desktop.application_form.turning_points import ask_to_amend, ask_to_withdraw
from fieldapp.desktop.page import Shell
from fieldapp.desktop.review.talk import open_answer
from fieldapp.desktop.session import DesktopSession
from fieldapp.services.apply_for_loan import ApplyForLoan, OpenApplication
from fieldapp.services.print_documents import DocumentKind
from fieldapp.services.reveal_on_form import reveal_on_form


class FormActs(QObject):
    """``opened`` tells the application, ``name`` its customer's.

    ``answered`` tells the application whose question was answered, ``amended`` the version begun beside it, and
    ``place_wanted`` the field that a question is about.
    """

    answered = Signal(str)
    withdrawn = Signal()
    amended = Signal(object)
    place_wanted = Signal(str)

    def __init__(
        self,
        shell: Shell,
        session: DesktopSession,
        keeping: Keeping,
        opened: Callable[[], OpenApplication | None],
        name: Callable[[], str],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._shell, self._session, self._keeping = shell, session, keeping
        self._opened, self._name = opened, name

    def rebuild_accounts(self) -> None:
        """Show the customer's accounts."""
        opened = self._opened()
        if opened is not None:
            self._shell.go("accounts", application=opened.id)

    def reveal(self, field: str, control: MaskedEntry) -> None:
        """Show a number in clear; that leaves a trace, unless it was typed on this form."""
        opened = self._opened()
        if opened is None:
            return
        if not same(control.text(), opened.fields.get(field)):
            control.show_clear(control.text())  # typed on this form and found again: nobody's secret from its writer
            return
        work = partial(reveal_on_form, self._session.store, opened.id, field)
        self._shell.jobs.run(work, owner=self, done=control.show_clear, failed=self._shell.explain)

    def show_questions(self) -> None:
        """Show what reviewers asked, to be answered."""
        opened = self._opened()
        if opened is None:
            return
        answered = partial(self.answered.emit, opened.id)
        show_questions(
            self._shell.host(),
            opened.questions,
            self._session.local,
            self._session.today(),
            answer=lambda asked: open_answer(self._shell, self._session.store, opened.id, asked, answered),
            go=self.place_wanted.emit,
            half_typed={place.row for place in opened.half_typed if place.asks == "answer"},
        )

    def show_paper(self, kind: DocumentKind, record: str, about: str) -> None:
        """Show a paper on a page of its own."""
        self._shell.go("paper", kind=kind.value, record=record, about=about)

    def show_pack(self) -> None:
        """Show all papers, of what is typed until now."""
        opened = self._opened()
        if opened is not None:
            self._keeping.keep_now()
            self._shell.go("pack", application=opened.id)

    def withdraw(self) -> None:
        """Ask whether the customer does not want the loan, and withdraw it."""
        ask_to_withdraw(self._shell.host(), self._name, lambda: self._keeping.withdraw(lambda _: self.withdrawn.emit()))

    def amend(self) -> None:
        """Ask whether to begin another version, and begin it."""
        opened = self._opened()
        if opened is not None:
            work = partial(ApplyForLoan(self._session.store).amend, opened.id)
            amend = partial(self._shell.jobs.run, work, owner=self, done=self.amended.emit, failed=self._shell.explain)
            ask_to_amend(self._shell.host(), self._name, amend)
