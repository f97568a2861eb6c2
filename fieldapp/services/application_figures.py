"""The live figures of an application, with what its laptop alone knows: products held, the officer's own numbers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from fieldapp.domain import products
from fieldapp.domain.case_file import CaseFile
from fieldapp.domain.controls.nominee import refusal_of_nominee
from fieldapp.domain.errors import Invalid
from fieldapp.domain.loan_quote import Quote, quote
from fieldapp.domain.records import Product
from fieldapp.domain.wording import Sentence
from fieldapp.services.own_numbers import OwnNumbers


def figures_of(
    file: CaseFile,
    known: tuple[Product, ...],
    today: date,
    refused: Iterable[Invalid],
    in_conflict: tuple[str, ...],
    own: OwnNumbers,
) -> Quote:
    """What the screen shows beside the form and what stands between it and its submission; raises nothing.

    ``refused`` was refused before, ``in_conflict`` are fields that wait for a person.
    """
    application = file.application
    sold = products.on_sale(known)
    product = products.version_of(known, application)
    also = list(refused)
    mobile = file.person.mobile if file.person is not None else None
    nominee = refusal_of_nominee(
        {"mobile": own.is_mine("mobile", mobile), "account": own.is_mine("account", application.payout_account)}
    )
    if nominee is not None:
        also.append(nominee)
    if not sold and product is None:
        also.append(no_products())
    elif application.product is not None and product is None:
        also.append(_version_missing())
    if in_conflict:
        also.append(
            Invalid(
                "conflict",
                Sentence("Somebody else changed the same thing. Decide on the page Sync which value stands."),
                field="conflicts",
            )
        )
    still_sold = any(one.code == application.product for one in sold)
    return quote(file, product, today, still_sold=still_sold, also=tuple(also))


def no_products() -> Invalid:
    """Nothing can be chosen yet."""
    return Invalid(
        "no_products",
        Sentence("No loan products have arrived from head office yet."),
        field="product",
        advice=Sentence("Fill in and save everything else; synchronise once, then choose the product."),
    )


def _version_missing() -> Invalid:
    return Invalid(
        "product_version",
        Sentence("The version of the product chosen here is not on this laptop."),
        field="product",
        advice=Sentence("Synchronise, or choose a product again."),
    )
