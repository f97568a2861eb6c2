"""The six steps one behind the other, and everything typed on them as one form."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from functools import partial
from typing import TypeAlias

from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from fieldapp.desktop.application_form.bound import Heard, TypedForm
from fieldapp.desktop.application_form.loan_steps import DeclarationsStep, GuaranteeStep, LoanStep
from fieldapp.desktop.application_form.masked_entry import MaskedEntry
from fieldapp.desktop.application_form.people_steps import ApplicantStep, BusinessStep
from fieldapp.desktop.application_form.rows_panel import RowsPanel
from fieldapp.desktop.application_form.signing_step import SigningStep
from fieldapp.desktop.components.arrange import fill_with
from fieldapp.domain import materials
from fieldapp.domain.application_checklist import OpenItem, Step, monthly_accounts
from fieldapp.domain.case_file import CaseFile
from fieldapp.domain.loan_quote import Quote
from fieldapp.domain.money import Money
from fieldapp.services.apply_for_loan import OpenApplication
from fieldapp.services.half_typed import Place
from fieldapp.translation import say

_Panel: TypeAlias = ApplicantStep | BusinessStep | LoanStep | GuaranteeStep | DeclarationsStep | SigningStep


class Steps(QStackedWidget):
    """One panel per step; ``form`` is what is typed on all of them."""

    def __init__(self, heard: Heard, today: Callable[[], date]) -> None:
        super().__init__()
        self.form = TypedForm()
        self.applicant, self.business = ApplicantStep(heard), BusinessStep(heard)
        self.loan = LoanStep(heard, today)
        self.guarantee, self.declarations = GuaranteeStep(heard), DeclarationsStep(heard)
        self.signing = SigningStep()
        self._panels: dict[Step, _Panel] = {
            Step.APPLICANT: self.applicant,
            Step.BUSINESS: self.business,
            Step.LOAN: self.loan,
            Step.GUARANTEE: self.guarantee,
            Step.DECLARATIONS: self.declarations,
            Step.SIGNING: self.signing,
        }
        for typed in (self.applicant, self.business, self.loan, self.guarantee, self.declarations):
            self.form.add(typed.bounds)
        self._leaves = {step: _Leaf(panel) for step, panel in self._panels.items()}
        for leaf in self._leaves.values():
            self.addWidget(leaf)

    def show_step(self, step: Step) -> None:
        """Show a step; the others take no room."""
        self.setCurrentWidget(self._leaves[step])
        for one, leaf in self._leaves.items():
            leaf.take_room(one is step)

    def first(self, step: Step) -> QWidget:
        """Where the keyboard begins on a step."""
        return self._panels[step].first()

    def rows(self) -> dict[str, RowsPanel]:
        """The lists of rows by the name that an open item gives them."""
        return {
            "parties": self.applicant.parties,
            "debts": self.business.debts,
            "guarantees": self.guarantee.guarantors,
            "collateral": self.guarantee.collateral,
        }

    def show_row_errors(self, items: tuple[OpenItem, ...]) -> None:
        """Say under each list what it lacks as a whole."""
        for name, panel in self.rows().items():
            item = next((one for one in items if one.field == name), None)
            panel.show_error(partial(say, item.sentence) if item is not None else "")

    def show_half_typed(self, places: Collection[Place]) -> None:
        """Say at the rows, and where rows are added, what is half typed there."""
        asked = {place.asks for place in places if not place.row}
        rows = {place.row for place in places if place.row}
        self.applicant.parties.show_half_typed(rows, add="co_borrower" in asked)
        self.business.debts.show_half_typed(rows, add="debt" in asked, other="guarantee_given" in asked)
        self.guarantee.guarantors.show_half_typed(rows, add="guarantor" in asked)
        self.guarantee.collateral.show_half_typed(rows, add="collateral" in asked)

    def masked(self) -> list[tuple[str, MaskedEntry]]:
        """The masked fields by their names."""
        return [*self.applicant.masked, *self.loan.masked]

    def seal(self, sealed: bool) -> None:
        """Let nothing be typed any more, or let it again; what is printed can always be printed."""
        for step, panel in self._panels.items():
            panel.setEnabled(not sealed or step in (Step.SIGNING, Step.DECLARATIONS))
        self.declarations.seal(sealed)
        self.signing.withdraw.setVisible(not sealed)

    def offer_products(self, opened: OpenApplication) -> None:
        """Offer what is sold now."""
        self.loan.product.offer(opened.products, opened.known_products, opened.newer, opened.changed)

    def show_figures(self, file: CaseFile, quote: Quote, items: tuple[OpenItem, ...]) -> None:
        """Show what follows from what is typed, on the steps themselves."""
        fen = file.application.amount_fen
        self.applicant.show_spouse()
        self.applicant.show_parties(file)
        self.business.show_debts(file)
        self.guarantee.show_security(file)
        self.business.show_accounts(monthly_accounts(file.application))
        self.loan.show_quote(quote, Money(fen) if fen else None)
        self.declarations.show_detail()
        self.declarations.materials.show_required(materials.required(self.loan.product.product(), file.application))
        self.signing.items.show_items(items)


class _Leaf(QWidget):
    """A step's panel that asks for no height while another is shown; else a stack is as high as its highest panel."""

    def __init__(self, panel: QWidget) -> None:
        super().__init__()
        fill_with(self, panel)

    def take_room(self, taken: bool) -> None:
        """Ask for the panel's height, or for none."""
        policy = self.sizePolicy()
        policy.setVerticalPolicy(QSizePolicy.Policy.Preferred if taken else QSizePolicy.Policy.Ignored)
        self.setSizePolicy(policy)

    def heightForWidth(self, width: int) -> int:
        ignored = self.sizePolicy().verticalPolicy() == QSizePolicy.Policy.Ignored
        return 0 if ignored else super().heightForWidth(width)
