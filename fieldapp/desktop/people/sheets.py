"""The facts an officer may change in place: of the person, the household, the business and the prospect itself."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal

from fieldapp.desktop.components.arrange import STRETCH, Column, Line
from fieldapp.desktop.components.button import Kind
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.formats import listing
from fieldapp.desktop.page import Shell
from fieldapp.desktop.people.deeds import open_correction
from fieldapp.desktop.people.fact_fields import Fact
from fieldapp.desktop.people.fact_sheet import FactSheet
from fieldapp.desktop.people.revealed import LowLink, MaskedLine
from fieldapp.desktop.record_words import BUSINESS_STAGES, CUSTOMER_TYPES, MARITAL, PREMISES, SEXES
from fieldapp.desktop.session import DesktopSession
from fieldapp.reference import Industry, industries
from fieldapp.services.prospect_page import MaskedPerson, ProspectPage
from fieldapp.translation import Language, language, tr

PERSON = (
    Fact("name", lambda: tr("Name")),
    Fact("birth", lambda: tr("Born"), "day"),
    Fact("sex", lambda: tr("Sex"), "choice", SEXES),
    Fact("marital", lambda: tr("Marital status"), "choice", MARITAL),
    Fact("actual_address", lambda: tr("Lives at")),
    Fact("registered_address", lambda: tr("Registered at")),
)
PROSPECT = (
    Fact("customer_type", lambda: tr("Customer type"), "choice", CUSTOMER_TYPES),
    Fact("wished_fen", lambda: tr("Wished amount"), "money"),
    Fact("remark", lambda: tr("Remark"), "note"),
)
HOUSEHOLD = (
    Fact("size", lambda: tr("People in the household"), "whole"),
    Fact("labour", lambda: tr("Able to work"), "whole"),
    Fact("dependants", lambda: tr("Dependants"), "whole"),
    Fact("income_fen", lambda: tr("Income of a year"), "money"),
    Fact("expense_fen", lambda: tr("Expenses of a year"), "money"),
)


class PersonSheet(Column):
    """The person, the masked facts with their eye, and what the prospect itself says."""

    saved = Signal()

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        self._shell, self._session = shell, session
        self._person: MaskedPerson | None = None
        self._facts = FactSheet(shell, session, "person", PERSON)
        self._prospect = FactSheet(shell, session, "prospect", PROSPECT)
        self._mobile = MaskedLine(shell, session, lambda: tr("Mobile"), "mobile")
        self._identity = MaskedLine(shell, session, lambda: tr("Identity no."), "id_number")
        super().__init__(
            self._with_correction(self._mobile, "mobile", lambda: tr("Mobile")),
            self._with_correction(self._identity, "id_number", lambda: tr("Identity no.")),
            self._facts,
            self._prospect,
            STRETCH,
            gap=12,
        )
        self.sheets = (self._facts, self._prospect)
        for sheet in self.sheets:
            sheet.saved.connect(self.saved)

    def show_page(self, page: ProspectPage) -> None:
        """Show another prospect, or the same one anew."""
        self._person = page.person
        if page.person is not None:
            self._mobile.show_masked(page.person.record, page.person.mobile)
            self._identity.show_masked(page.person.record, page.person.id_number)
            self._facts.show_facts(page.record, page.person.record, page.person.values, page.half_typed)
        self._prospect.show_facts(page.record, page.record, page.values, page.half_typed)

    def _with_correction(self, line: MaskedLine, field: str, name: Words) -> Line:
        button = LowLink(lambda: tr("Correct"), Kind.LINK, small=True)
        button.clicked.connect(lambda: self._correct(field, name))
        return Line((line, 1), button, gap=8)

    def _correct(self, field: str, name: Words) -> None:
        if self._person is not None:
            open_correction(self._shell, self._session, self._person.record, field, name)


class HouseholdSheet(Column):
    """The household's figures, and who else belongs to it."""

    saved = Signal()

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        self._facts = FactSheet(shell, session, "household", HOUSEHOLD)
        self._family = Text("", Role.SECOND, wrap=True)
        self.sheets = (self._facts,)
        super().__init__(self._facts, self._family, STRETCH, gap=12)
        self._facts.saved.connect(self.saved)

    def show_page(self, page: ProspectPage) -> None:
        """Show another prospect, or the same one anew."""
        record, _, values = page.household or (None, None, {})
        self._facts.show_facts(page.record, record, values, page.half_typed)
        names = listing(person.person.name for person in page.family)
        self._family.say((lambda: tr("Also of this household: {names}", names=names)) if names else "")


class BusinessSheet(Column):
    """The trade the prospect lives from."""

    saved = Signal()

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        self._facts = FactSheet(shell, session, "business", _business())
        self.sheets = (self._facts,)
        super().__init__(self._facts, STRETCH, gap=12)
        self._facts.saved.connect(self.saved)

    def show_page(self, page: ProspectPage) -> None:
        """Show another prospect, or the same one anew."""
        record, _, values = page.business or (None, None, {})
        self._facts.show_facts(page.record, record, values, page.half_typed)


def industry_words(letter: str | None) -> Words:
    """``C 制造业``; empty when it is not known."""
    found = next((industry for industry in industries() if industry.letter == letter), None)
    return _industry(found) if found is not None else (letter or "")


def _business() -> tuple[Fact, ...]:
    letters = [(industry.letter, _industry(industry)) for industry in industries()]
    return (
        Fact("name", lambda: tr("Name of the business")),
        Fact("trade", lambda: tr("Trade")),
        Fact("industry", lambda: tr("Industry"), "choice", letters),
        Fact("uscc", lambda: tr("Social credit code")),
        Fact("since", lambda: tr("Since"), "day"),
        Fact("stage", lambda: tr("Stage of the business"), "choice", BUSINESS_STAGES),
        Fact("staff", lambda: tr("People employed"), "whole"),
        Fact("premises", lambda: tr("Premises"), "choice", PREMISES),
        Fact("address", lambda: tr("Address of the business")),
        Fact("qr_merchant_id", lambda: tr("QR merchant number")),
        Fact("monthly_sales_fen", lambda: tr("Sales of a month"), "money"),
    )


def _industry(industry: Industry) -> Callable[[], str]:
    def words() -> str:
        name = industry.name_zh if language() is Language.CHINESE else industry.name_en
        return f"{industry.letter} {name}"

    return words
