"""What is known of a prospect, in short, beside their timeline: masked where it tells too much."""

from __future__ import annotations

from fieldapp.desktop.components.arrange import STRETCH, Column
from fieldapp.desktop.components.card import Rule
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.components.words import Words, said
from fieldapp.desktop.formats import listing
from fieldapp.desktop.page import Shell
from fieldapp.desktop.people.revealed import FactLine, MaskedLine
from fieldapp.desktop.people.sheets import industry_words
from fieldapp.desktop.record_words import PREMISES, word_for
from fieldapp.desktop.session import DesktopSession
from fieldapp.domain.cross_checks import short_amount
from fieldapp.domain.money import Money
from fieldapp.services.prospect_page import ProspectPage
from fieldapp.translation import tr, trn


class KnownFacts(Column):
    """How to reach them, their household and business, and who is responsible."""

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        self.mobile = MaskedLine(shell, session, lambda: tr("Mobile"), "mobile")
        self._identity = MaskedLine(shell, session, lambda: tr("Identity"), "id_number")
        self._address = FactLine(lambda: tr("Address"))
        self._spouse = FactLine(lambda: tr("Spouse"))
        self._people = FactLine(lambda: tr("People"))
        self._industry = FactLine(lambda: tr("Industry"))
        self._years = FactLine(lambda: tr("Years"))
        self._sales = FactLine(lambda: tr("Sales"))
        self._owner = FactLine(lambda: tr("Officer"))
        self._marketed = FactLine(lambda: tr("Won by"))
        self._session = session
        super().__init__(
            Text(lambda: tr("To reach"), Role.STRONG),
            self.mobile,
            self._identity,
            self._address,
            Rule(),
            Text(lambda: tr("Household"), Role.STRONG),
            self._spouse,
            self._people,
            Rule(),
            Text(lambda: tr("Business"), Role.STRONG),
            self._industry,
            self._years,
            self._sales,
            Rule(),
            Text(lambda: tr("Responsible"), Role.STRONG),
            self._owner,
            self._marketed,
            STRETCH,
            gap=5,
        )

    def show_page(self, page: ProspectPage) -> None:
        """Show another prospect, or the same one anew."""
        person = page.person
        if person is not None:
            self.mobile.show_masked(person.record, person.mobile)
            self._identity.show_masked(person.record, person.id_number)
            self._address.show_fact(
                person.person.actual_address or person.person.registered_address or page.line.village
            )
        self._spouse.show_fact(listing(one.person.name for one in page.family if one.person.relation == "spouse"))
        household = page.household[1] if page.household else None
        self._people.show_fact(_people(household.size, household.labour) if household is not None else "")
        business = page.business[1] if page.business else None
        since, premises, sales = (
            (business.since, business.premises, business.monthly_sales_fen) if business else (None, None, None)
        )
        self._industry.show_fact(industry_words(business.industry) if business is not None else "")
        years = (self._session.today() - since).days // 365 if since is not None else None
        self._years.show_fact(_years(years, premises))
        self._sales.show_fact(
            (lambda: tr("{amount} a month", amount=short_amount(Money(sales)))) if sales is not None else ""
        )
        self._owner.show_fact(page.owner)
        self._marketed.show_fact(page.marketed_by)


def _people(size: int | None, labour: int | None) -> Words:
    if size is None:
        return ""
    if labour is None:
        return lambda: trn("{count} person", "{count} people", size)
    return lambda: trn(
        "{count} person, {labour} able to work", "{count} people, {labour} able to work", size, labour=labour
    )


def _years(years: int | None, premises: str | None) -> Words:
    if years is None:
        return word_for(PREMISES, premises)
    if premises is None:
        return lambda: trn("{count} year", "{count} years", years)
    return lambda: trn("{count} year", "{count} years", years) + ", " + said(word_for(PREMISES, premises))
