"""The steps about the loan: amount and repayment, security, declarations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from PySide6.QtWidgets import QRadioButton, QWidget

from fieldapp.desktop.application_form import bound
from fieldapp.desktop.application_form.backing_words import collateral_rows, guarantee_rows
from fieldapp.desktop.application_form.bound import Bound, Heard
from fieldapp.desktop.application_form.consents_panel import ConsentsPanel
from fieldapp.desktop.application_form.masked_entry import MaskedEntry, masked
from fieldapp.desktop.application_form.materials_seen import MaterialsSeen, materials
from fieldapp.desktop.application_form.movements_table import MovementsTable, movements
from fieldapp.desktop.application_form.product_choice import ProductChoice, cap_in_words
from fieldapp.desktop.application_form.product_choice import product as product_bound
from fieldapp.desktop.application_form.rows_panel import RowsPanel
from fieldapp.desktop.application_form.term_choice import TermChoice, term
from fieldapp.desktop.application_form.uses_table import UsesTable, uses
from fieldapp.desktop.components.arrange import STRETCH, Column, Grid
from fieldapp.desktop.components.card import Rule
from fieldapp.desktop.components.choice_cards import CardChoice, ChoiceCards
from fieldapp.desktop.components.date_field import DateField
from fieldapp.desktop.components.entry import Entry, Note
from fieldapp.desktop.components.field import Field
from fieldapp.desktop.components.money_field import MoneyField
from fieldapp.desktop.components.segmented import Segmented
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.formats import full_day
from fieldapp.domain.capitals import capitals_with_currency
from fieldapp.domain.case_file import CaseFile
from fieldapp.domain.loan_quote import DebtState, Quote
from fieldapp.domain.masking import masked_account
from fieldapp.domain.money import Money
from fieldapp.translation import tr, trc


class LoanStep(Column):
    """How much, for how long, repaid how, for what, from what."""

    def __init__(self, heard: Heard, today: Callable[[], date]) -> None:
        self.product = ProductChoice()
        self.amount = MoneyField(capitals=capitals_with_currency)
        self.term = TermChoice()
        self.start = DateField(today, hint=False)
        self.first_due = DateField(today, hint=False)
        self.movements = MovementsTable(today)
        self._methods: Segmented | None = None
        self.uses = UsesTable()
        self._first_due = Text("", Role.HINT, elide=True)
        self.reason = Note(lines=2)
        self._rate = Entry(unit="%", right=True)
        self._rate.setReadOnly(True)
        self._rate.setFocusPolicy(self._rate.focusPolicy().NoFocus)
        methods = Segmented(
            [
                ("equal_instalments", lambda: trc("repayment", "Level")),
                ("equal_principal", lambda: trc("repayment", "Linear")),
                ("interest_first", lambda: trc("repayment", "Bullet")),
                ("revolving", lambda: trc("repayment", "Revolving")),
            ],
            first_digit=5,
        )
        payees = Segmented(
            [("entrusted", lambda: tr("Paid to the seller")), ("own", lambda: tr("Paid to the borrower"))],
            first_digit=0,
        )
        source, second = Note(lines=2), Entry()
        own, account = MoneyField(big=False), MaskedEntry(masked_account)
        product = Field(lambda: tr("Product"), self.product)
        much = Field(lambda: tr("Loan amount"), self.amount)
        long = Field(lambda: tr("Term"), self.term, key="Alt 1–4")
        method = Field(lambda: tr("Repayment"), methods, key="Alt 5–8")
        rate = Field(lambda: tr("Yearly rate"), self._rate)
        start = Field(lambda: tr("Day of the loan"), self.start, below=self._first_due)
        first = Field(lambda: tr("First due"), self.first_due)
        self._planned = Field(lambda: tr("Draws and repayments planned"), self.movements)
        self._planned.hide()
        self._methods = methods
        purposes = Field(lambda: tr("What for"), self.uses)
        payee = Field(lambda: tr("Payment"), payees)
        from_what = Field(lambda: tr("Repaid from"), source)
        also_from = Field(lambda: tr("If that fails"), second)
        own_funds = Field(lambda: tr("Own funds"), own)
        to_account = Field(lambda: tr("Account to pay into"), account)
        self._reason = Field(lambda: tr("Reason for the reviewer"), self.reason)
        self._reason.hide()
        self.masked = [("payout_account", account)]
        self.bounds: list[Bound] = [
            product_bound(product, self.product, heard),
            bound.money("amount_fen", much, self.amount, heard),
            term("months", long, self.term, heard),
            bound.choice("method", method, methods, heard),
            bound.day("start", start, self.start, heard),
            bound.day("first_due", first, self.first_due, heard),
            movements("movements", self._planned, self.movements, heard),
            uses("uses", purposes, self.uses, heard),
            bound.choice("payee_mode", payee, payees, heard),
            bound.text("repayment_source", from_what, source, heard),
            bound.text("second_source", also_from, second, heard),
            bound.money("own_funds_fen", own_funds, own, heard),
            masked("payout_account", to_account, account, heard),
            bound.text("over_limit_reason", self._reason, self.reason, heard),
        ]
        super().__init__(
            product, much, long, method, Grid(rate, start, first, narrow=240), self._planned, purposes, payee,
            from_what, self._reason,
            Rule(), also_from, own_funds, to_account, STRETCH, gap=12,
        )  # fmt: skip

    def show_quote(self, quote: Quote, loan: Money | None) -> None:
        """Show what follows: the rate, the limit beside the amount, whether a reason is asked for."""
        product = self.product.product()
        self.amount.set_limit((lambda: cap_in_words(product)) if product is not None else "")
        held = self.product.held()["yearly_rate"]
        self._rate.setText(_percent(held))
        self.uses.show_loan(loan)
        first = quote.first
        self._first_due.say((lambda: tr("first due {day}", day=full_day(first.due))) if first is not None else "")
        chosen = quote.affordability.chosen if quote.affordability is not None else None
        asked = chosen is not None and chosen.state is not DebtState.OK
        self._reason.setVisible(asked or bool(self.reason.text().strip()))
        self._planned.setVisible(self._methods is not None and self._methods.value() == "revolving")

    def first(self) -> QWidget:
        """Where the keyboard begins: at the product, or at the amount once there is one."""
        return self.product if self.product.product() is None else self.amount


class GuaranteeStep(Column):
    """How the loan is secured."""

    def __init__(self, heard: Heard) -> None:
        self._modes = ChoiceCards(
            [
                CardChoice("unsecured", lambda: tr("Unsecured"), lambda: tr("on their own name")),
                CardChoice("joint", lambda: tr("Joint guarantee"), lambda: tr("either may be asked")),
                CardChoice("general", lambda: tr("General guarantee"), lambda: tr("the customer first")),
                CardChoice("mortgage", lambda: tr("Mortgage"), lambda: tr("house, land, machines")),
                CardChoice("pledge", lambda: tr("Pledge"), lambda: tr("deposit, receipts")),
            ]
        )
        mode = Field(lambda: tr("Security"), self._modes)
        self.bounds: list[Bound] = [bound.choice("guarantee_mode", mode, self._modes, heard)]
        note = Text(
            lambda: tr("A guarantee whose mode is not written down counts as a general one by law."),
            Role.HINT,
            wrap=True,
        )
        self.guarantors = RowsPanel(
            lambda: tr("Guarantors"),
            lambda: tr("Nobody guarantees yet."),
            lambda: tr("Add a guarantor"),
            "Alt+A",
        )
        self.collateral = RowsPanel(
            lambda: tr("Collateral"),
            lambda: tr("Nothing secures the loan yet."),
            lambda: tr("Add collateral"),
            "Alt+K",
        )
        super().__init__(mode, note, Rule(), self.guarantors, Rule(), self.collateral, STRETCH, gap=12)

    def show_security(self, file: CaseFile) -> None:
        """Show who guarantees and what secures the loan."""
        self.guarantors.show_rows(guarantee_rows(file))
        self.collateral.show_rows(collateral_rows(file))

    def first(self) -> QWidget:
        """Where the keyboard begins: at the chosen way, which a ring around another one would put in doubt."""
        ways = self._modes.findChildren(QRadioButton)
        return next((way for way in ways if way.isChecked()), ways[0])


class DeclarationsStep(Column):
    """The consents, and whether the applicant or close kin belong to the bank (DOMAIN E1)."""

    def __init__(self, heard: Heard) -> None:
        self._related = Segmented([(False, lambda: tr("No")), (True, lambda: tr("Yes"))])
        self._detail = Note(lines=3)
        related = Field(lambda: tr("Related to the bank"), self._related, key="Alt 1–2")
        self._who = Field(lambda: tr("Who, in which post, how related"), self._detail)
        self.bounds: list[Bound] = [
            bound.choice("related_party", related, self._related, heard),
            bound.text("related_party_detail", self._who, self._detail, heard),
        ]
        question = Text(
            lambda: tr(
                "Ask the applicant: are you, your spouse, parents, children or siblings a director, supervisor, "
                "manager or credit officer of this bank, or do they own a firm of one?"
            ),
            Role.SECOND,
            wrap=True,
        )
        self.consents = ConsentsPanel()
        related_party = Column(Text(lambda: tr("Related parties"), Role.HEADING), question, related, self._who, gap=10)
        self.materials = MaterialsSeen()
        seen = Field(lambda: tr("Papers seen"), self.materials)
        self.bounds.append(materials("materials", seen, self.materials, heard))
        self._typed_here = Column(related_party, Rule(), seen, gap=12)
        super().__init__(self.consents, Rule(), self._typed_here, STRETCH, gap=12)
        self.show_detail()

    def seal(self, sealed: bool) -> None:
        """Let nothing be typed any more; a consent can be withdrawn and looked up at any time."""
        self._typed_here.setEnabled(not sealed)

    def show_detail(self) -> None:
        """Ask who it is when there is somebody."""
        self._who.setVisible(self._related.value() is True or bool(self._detail.text().strip()))

    def first(self) -> QWidget:
        """Where the keyboard begins."""
        return self.consents.first() or self._related.findChild(QRadioButton) or self._related


def _percent(rate: object) -> str:
    try:
        return f"{Decimal(str(rate)) * 100:.2f}" if rate is not None else ""
    except ArithmeticError:
        return "?"
