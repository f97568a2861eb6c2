"""The steps about people and their living: the applicant, the spouse, the household, the business, the month."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from fieldapp.desktop.application_form import bound
from fieldapp.desktop.application_form.backing_words import debt_rows, debt_total, party_rows
from fieldapp.desktop.application_form.bound import Bound, Heard
from fieldapp.desktop.application_form.masked_entry import MaskedEntry, masked
from fieldapp.desktop.application_form.rows_panel import RowsPanel
from fieldapp.desktop.components.arrange import STRETCH, Column, Grid, Line
from fieldapp.desktop.components.button import Button
from fieldapp.desktop.components.card import Rule
from fieldapp.desktop.components.choice_cards import CardChoice, ChoiceCards
from fieldapp.desktop.components.entry import Choice, Entry
from fieldapp.desktop.components.field import Field
from fieldapp.desktop.components.figures import TotalLine
from fieldapp.desktop.components.money_field import MoneyField
from fieldapp.desktop.components.segmented import Segmented
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.formats import amount
from fieldapp.desktop.look import Icon
from fieldapp.desktop.record_words import BUSINESS_STAGES, CUSTOMER_TYPES, MARITAL, PREMISES
from fieldapp.domain import debts
from fieldapp.domain.affordability import MonthlyAccounts
from fieldapp.domain.case_file import CaseFile
from fieldapp.domain.errors import Invalid
from fieldapp.domain.masking import masked_identity_number, masked_phone
from fieldapp.domain.money import Money
from fieldapp.reference import Industry, industries
from fieldapp.translation import Language, language, tr, trc


class ApplicantStep(Column):
    """The person who applies, the spouse when there is one, and the household. ``masked`` are the masked fields."""

    def __init__(self, heard: Heard) -> None:
        self.bounds: list[Bound] = []
        self.masked: list[tuple[str, MaskedEntry]] = []
        self._heard = heard
        self.name = Entry()
        self._marital = Segmented(MARITAL)
        name = self._text("person.name", lambda: tr("Name"), self.name)
        identity = self._masked("person.id_number", lambda: tr("Identity number"), masked_identity_number)
        mobile = self._masked("person.mobile", lambda: tr("Telephone"), masked_phone)
        valid = self._text("person.id_valid_until", lambda: tr("Identity card valid until"))
        ethnic = self._text("person.ethnic", lambda: tr("Ethnic group"))
        marital = Field(lambda: tr("Marital status"), self._marital, key="Alt 1–4")
        self.bounds.append(bound.choice("person.marital", marital, self._marital, heard))
        customers = ChoiceCards([CardChoice(key, words) for key, words in CUSTOMER_TYPES])
        customer = Field(lambda: tr("Kind of customer"), customers)
        self.bounds.append(bound.choice("prospect.customer_type", customer, customers, heard))
        lives = self._text("person.actual_address", lambda: tr("Lives at"))
        registered = self._text("person.registered_address", lambda: tr("Registered at"))
        years = self._count("person.years_there", lambda: tr("Years there"))
        self._spouse = Column(
            Rule(),
            Text(lambda: tr("Spouse"), Role.HEADING),
            self._text("spouse.name", lambda: trc("spouse", "Name")),
            self._masked("spouse.id_number", lambda: trc("spouse", "Identity number"), masked_identity_number),
            self._masked("spouse.mobile", lambda: trc("spouse", "Telephone"), masked_phone),
            gap=12,
        )
        household = Grid(
            self._count("household.size", lambda: tr("People")),
            self._count("household.labour", lambda: tr("Who earn")),
            self._count("household.dependants", lambda: tr("Dependants")),
            columns=3,
            narrow=240,
        )
        self.parties = RowsPanel(
            lambda: tr("Who else is in it"),
            lambda: tr("Nobody else yet. Guarantors and owners of collateral are entered on the step 'Security'."),
            lambda: tr("Add a co-borrower"),
            "Alt+A",
        )
        super().__init__(
            name, identity, mobile, marital, self._spouse, Rule(), self.parties, Rule(), customer, lives, registered,
            Grid(years, ethnic, narrow=240), valid, Rule(),
            Text(lambda: tr("Household"), Role.HEADING), household, STRETCH, gap=12,
        )  # fmt: skip
        self.show_spouse()

    def show_spouse(self) -> None:
        """Ask for the spouse of somebody who is married."""
        self._spouse.setVisible(self._marital.value() == "married")

    def show_parties(self, file: CaseFile) -> None:
        """Show who stands beside the applicant."""
        self.parties.show_rows(party_rows(file))

    def first(self) -> QWidget:
        """Where the keyboard begins."""
        return self.name

    def _text(self, name: str, label: Words, control: Entry | None = None) -> Field:
        entry = control or Entry()
        field = Field(label, entry)
        self.bounds.append(bound.text(name, field, entry, self._heard))
        return field

    def _count(self, name: str, label: Words) -> Field:
        entry = Entry(right=True)
        field = Field(label, entry)
        self.bounds.append(bound.count(name, field, entry, self._heard))
        return field

    def _masked(self, name: str, label: Words, mask: Callable[[str], str]) -> Field:
        control = MaskedEntry(mask)
        field = Field(label, control)
        self.masked.append((name, control))
        self.bounds.append(masked(name, field, control, self._heard))
        return field


class BusinessStep(Column):
    """What the customer lives from, the month as rebuilt on site (DOMAIN C6), and the debts there are."""

    def __init__(self, heard: Heard) -> None:
        self.bounds: list[Bound] = []
        self._heard = heard
        self.trade = Entry(lambda: tr("a beancurd shop, a repair shop, pigs"))
        trade = Field(lambda: tr("Trade"), self.trade)
        self.bounds.append(bound.text("business.trade", trade, self.trade, heard))
        sections = Choice([(one.letter, partial(_industry_name, one)) for one in industries()],
                          nothing=lambda: tr("choose an industry"))  # fmt: skip
        industry = Field(lambda: tr("Industry"), sections)
        self.bounds.append(bound.choice("business.industry", industry, sections, heard))
        stages = Segmented(BUSINESS_STAGES)
        stage = Field(lambda: tr("Stage of the business"), stages, key="Alt 1–4")
        self.bounds.append(bound.choice("business.stage", stage, stages, heard))
        premises = Segmented(PREMISES, first_digit=5)
        place = Field(lambda: tr("Premises"), premises, key="Alt 5–6")
        self.bounds.append(bound.choice("business.premises", place, premises, heard))
        self.debts = RowsPanel(
            lambda: tr("Debts there are"),
            lambda: tr("Enter each debt by itself, or write only what they come to."),
            lambda: tr("Add a debt"),
            "Alt+A",
            second_add=lambda: tr("Add a guarantee given"),
        )
        self._owed, self._paid = MoneyField(big=False), MoneyField(big=False)
        self._from_rows = Text(lambda: tr("Both follow from the rows above and are not typed."), Role.HINT, wrap=True)
        self._from_rows.hide()
        self.rebuild = Button(lambda: tr("Rebuild the accounts"), icon=Icon.RIGHT, key="Alt+R", small=True)
        self._net = TotalLine(lambda: tr("Left each month before debts"), big=False)
        super().__init__(
            trade, industry, stage,
            Rule(), Text(lambda: tr("A month, as rebuilt on site"), Role.HEADING), Line(self.rebuild, STRETCH),
            Grid(
                self._money("sales_fen", lambda: tr("Sales")),
                self._money("goods_fen", lambda: tr("Cost of goods")),
                self._money("costs_fen", lambda: tr("Business costs")),
                self._money("other_income_fen", lambda: tr("Other income")),
                self._money("family_fen", lambda: tr("Family expenses")),
                narrow=240,
            ),
            self._net,
            Rule(), self.debts,
            Grid(
                self._money("existing_debt_fen", lambda: tr("Owed in all"), self._owed),
                self._money("existing_instalments_fen", lambda: tr("Paid each month"), self._paid),
                narrow=240,
            ),
            self._from_rows,
            Rule(), Text(lambda: tr("The business on paper"), Role.HEADING),
            self._text("business.name", lambda: tr("Name on the licence")),
            self._text("business.uscc", lambda: tr("Social credit code")),
            self._text("business.address", lambda: tr("Address of the business")),
            place,
            self._count("business.staff", lambda: tr("People who work there")),
            self._text("business.qr_merchant_id", lambda: tr("QR merchant number")),
            STRETCH, gap=12,
        )  # fmt: skip

    def show_accounts(self, accounts: MonthlyAccounts | None) -> None:
        """Show what a month leaves."""
        self._net.show_figure(amount(accounts.disposable) if accounts is not None else "–")

    def show_debts(self, file: CaseFile) -> None:
        """Show the rows; the two totals follow from them as soon as there is a debt."""
        self.debts.show_rows(debt_rows(file), debt_total(file))
        derived = debts.follow_from_rows(file.backing)
        self._from_rows.setVisible(derived)
        held = (file.application.existing_debt_fen, file.application.existing_instalments_fen)
        for control, fen in zip((self._owed, self._paid), held, strict=True):
            control.entry.setReadOnly(derived)
            if derived and fen is not None and not _holds(control, fen):
                control.set_value(Money(fen))

    def first(self) -> QWidget:
        """Where the keyboard begins."""
        return self.trade

    def _text(self, name: str, label: Words) -> Field:
        entry = Entry()
        field = Field(label, entry)
        self.bounds.append(bound.text(name, field, entry, self._heard))
        return field

    def _count(self, name: str, label: Words) -> Field:
        entry = Entry(right=True)
        field = Field(label, entry)
        self.bounds.append(bound.count(name, field, entry, self._heard))
        return field

    def _money(self, name: str, label: Words, control: MoneyField | None = None) -> Field:
        control = control or MoneyField(big=False)
        field = Field(label, control)
        self.bounds.append(bound.money(name, field, control, self._heard))
        return field


def _holds(control: MoneyField, fen: int) -> bool:
    try:
        found = control.value()
    except Invalid:
        return False
    return found is not None and found.fen == fen


def _industry_name(section: Industry) -> str:
    return f"{section.letter}  {section.name_en if language() is Language.ENGLISH else section.name_zh}"
