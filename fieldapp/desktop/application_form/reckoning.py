"""The figures and every error of what is typed now, reckoned live."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QTimer, Signal

from fieldapp.desktop.application_form.asked import at_the_fields
from fieldapp.desktop.application_form.bound import Typed
from fieldapp.desktop.application_form.figures import AffordabilityCard, CostCard
from fieldapp.desktop.application_form.findings import Findings
from fieldapp.desktop.application_form.steps import Steps
from fieldapp.domain.application_checklist import OpenItem
from fieldapp.domain.case_file import with_typed
from fieldapp.domain.errors import Invalid
from fieldapp.domain.loan_quote import Quote
from fieldapp.services.apply_for_loan import OpenApplication


class Reckoning(QObject):
    """``opened`` and ``typed`` say what is reckoned; ``reckoned`` tells what is open once it is shown everywhere."""

    reckoned = Signal(object)

    def __init__(
        self,
        steps: Steps,
        cost: CostCard,
        affordability: AffordabilityCard,
        opened: Callable[[], OpenApplication | None],
        typed: Callable[[], Typed],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._steps, self._cost, self._affordability = steps, cost, affordability
        self._opened, self._typed = opened, typed
        self._findings = Findings()
        self.quote: Quote | None = None
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.now)

    def begin(self) -> None:
        """Forget what was found of another application."""
        self._findings = Findings()

    def soon(self) -> None:
        """Reckon once this event is over, however often it is asked for."""
        self._soon.start()

    def pending(self) -> bool:
        """Whether something is about to be reckoned."""
        return self._soon.isActive()

    def now(self) -> None:
        """The figures and every error for what is typed now."""
        opened = self._opened()
        if opened is None:
            return
        typed = self._typed()
        self.quote = quote = opened.quote(typed.to_reckon)
        file, _ = with_typed(opened.file, typed.to_reckon)
        items = self._findings.items(quote, typed)
        editable = opened.sealed is None
        self._cost.show_quote(quote)
        self._affordability.show_quote(quote, reason_given=bool(file.application.over_limit_reason.strip()))
        self._steps.show_figures(file, quote, items if editable else ())
        self._steps.show_row_errors(items if editable and self._findings.asked_all else ())
        errors = self._findings.errors(self._steps.form, quote, typed) if editable else {}
        self._steps.form.show_errors(at_the_fields(opened.questions) | errors)
        self.reckoned.emit(items)

    def items(self) -> tuple[OpenItem, ...]:
        """What is open in what is typed now, by the figures last reckoned."""
        return self._findings.items(self.quote, self._typed()) if self.quote is not None else ()

    def ask_for_all(self) -> None:
        """Say from now on everything that is missing, wherever it is."""
        self._findings.asked_all = True

    def asked_for_all(self) -> bool:
        """Whether everything missing was asked for."""
        return self._findings.asked_all

    def refuse(self, problems: Iterable[Invalid]) -> None:
        """Saving refused these; each stands until something else is typed there."""
        self._findings.refuse(tuple(problems), self._typed().everything)
