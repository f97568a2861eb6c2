"""No unsecured loan to a related party, and no better terms with security (DOMAIN E1; Commercial Bank Law art. 40).

Related are the bank's directors, supervisors, managers and credit staff, their close kin, and the firms they invest
or hold a senior post in. Who they are is known at head office alone; a laptop knows what the customer declared.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from fieldapp.domain import products
from fieldapp.domain.controls.alerts import Noticed
from fieldapp.domain.errors import Invalid
from fieldapp.domain.records import Application, Product
from fieldapp.domain.wording import Sentence


def refusal_of_related(application: Application, product: Product | None) -> Invalid | None:
    """Why a related party does not get this loan; None when it is secured and no cheaper than for anybody else.

    ``related_party`` names the security, ``related_party_rate`` the rate; without the product nothing says what
    anybody else would pay, and the rate is left to those who decide.
    """
    if application.guarantee_mode in (None, "unsecured"):
        return Invalid(
            "related_party",
            Sentence("A related party of the bank gets no unsecured loan. Choose another security."),
            field="guarantee_mode",
        )
    asked = _rate(application.yearly_rate)
    if product is None or asked is None or asked >= products.yearly_rate(product):
        return None
    return Invalid(
        "related_party_rate",
        Sentence("A related party of the bank gets no better terms than others: the rate is below the product's."),
        field="yearly_rate",
    )


def related_alerts(application: Application, *, listed: bool) -> list[Noticed]:
    """What those who decide must know of a secured loan to a related party.

    ``listed``: the applicant, somebody who signs or their firm stands on the bank's list.
    """
    if listed and not application.related_party:
        return [
            Noticed(
                "E1",
                "undeclared",
                Sentence("Somebody in this application is on the list of related parties, and it was not declared."),
            )
        ]
    if listed or application.related_party:
        return [Noticed("E1", "related", Sentence("This is a loan to a related party of the bank."))]
    return []


def _rate(written: str | None) -> Decimal | None:
    try:
        return Decimal(written) if written else None
    except InvalidOperation:
        return None
