"""What an application still lacks, step by step: all may be saved incomplete, nothing is submitted incomplete."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fieldapp.domain import debts, materials, parties, security
from fieldapp.domain.affordability import MonthlyAccounts
from fieldapp.domain.case_file import CaseFile, uses_in_full
from fieldapp.domain.errors import Invalid
from fieldapp.domain.identity import identity_facts
from fieldapp.domain.money import ZERO, Money
from fieldapp.domain.records import Application, Product
from fieldapp.domain.wording import Sentence

LEAST_EXPLANATION = 6
"""Characters under which a reason or a source of repayment says nothing."""


class Step(StrEnum):
    """The six steps of the form, in order."""

    APPLICANT = "applicant"
    BUSINESS = "business"
    LOAN = "loan"
    GUARANTEE = "guarantee"
    DECLARATIONS = "declarations"
    SIGNING = "signing"


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One thing to settle before submission; ``field`` is its name in the flat form, ``code`` is stable for scripts."""

    step: Step
    field: str
    code: str
    sentence: Sentence


def step_of(field: str) -> Step:
    """The step on which a field of the flat form is filled in."""
    if field.startswith(("person.", "spouse.", "prospect.")):
        return Step.APPLICANT
    if field.startswith(("household.", "business.", "accounts.")) or field in _ACCOUNTS:
        return Step.BUSINESS
    if field.startswith("consents."):
        return Step.DECLARATIONS
    return _STEPS.get(field.partition("/")[0], Step.LOAN)


def open_items(
    file: CaseFile, today: date, *, needs_reason: bool = False, product: Product | None = None
) -> list[OpenItem]:
    """What is missing or cannot stand, in the order of the form; the product's own rules are ``products.refusals``.

    ``needs_reason``: debt service lies beyond the product's threshold, so that the reviewer must be told why. What is
    missing in a row behind the loan names it, as ``debts/<record>``.
    """
    return sorted(_found(file, today, product, needs_reason=needs_reason), key=lambda item: _ORDER[item.step])


def item_of(problem: Invalid) -> OpenItem:
    """A refused value as an item of its step."""
    return OpenItem(step_of(problem.field), problem.field, problem.code, problem.sentence)


def monthly_accounts(application: Application) -> MonthlyAccounts | None:
    """The month as rebuilt on site, None until the sales are known; other figures not known yet count as nothing."""
    if application.sales_fen is None:
        return None
    return MonthlyAccounts(
        sales=Money(application.sales_fen),
        goods=_or_zero(application.goods_fen),
        costs=_or_zero(application.costs_fen),
        other_income=_or_zero(application.other_income_fen),
        family=_or_zero(application.family_fen),
    )


def existing_debt_service(application: Application) -> Money:
    """What the customer pays a month for debts they have; nothing while not known."""
    return _or_zero(application.existing_instalments_fen)


_ORDER = {step: place for place, step in enumerate(Step)}
_ACCOUNTS = {
    "sales_fen": Sentence("The monthly sales are missing."),
    "goods_fen": Sentence("The monthly cost of goods is missing; write 0 if there is none."),
    "costs_fen": Sentence("The monthly business costs are missing; write 0 if there are none."),
    "other_income_fen": Sentence("The other monthly income is missing; write 0 if there is none."),
    "family_fen": Sentence("The family's monthly expenses are missing."),
    "existing_debt_fen": Sentence("The debts are missing; write 0 if there are none."),
    "existing_instalments_fen": Sentence("What is paid a month for other debts is missing; write 0 if nothing."),
}
_STEPS = {
    "parties": Step.APPLICANT,
    "debts": Step.BUSINESS,
    "guarantee_mode": Step.GUARANTEE,
    "guarantees": Step.GUARANTEE,
    "collateral": Step.GUARANTEE,
    "materials": Step.DECLARATIONS,
    "related_party": Step.DECLARATIONS,
    "related_party_detail": Step.DECLARATIONS,
    "conflict_declaration": Step.DECLARATIONS,
    "conflicts": Step.SIGNING,
}


def _found(file: CaseFile, today: date, product: Product | None, *, needs_reason: bool) -> Iterator[OpenItem]:
    yield from _applicant(file, today)
    yield from map(item_of, parties.lacking(file, today))
    yield from _business(file)
    yield from map(item_of, debts.lacking(file.backing))
    yield from _loan(file.application, today, needs_reason=needs_reason)
    yield from _guarantee_and_declarations(file.application)
    yield from map(item_of, security.lacking(file))
    yield from map(item_of, materials.lacking(product, file.application))


def _missing(field: str, sentence: Sentence, code: str = "missing") -> OpenItem:
    return OpenItem(step_of(field), field, code, sentence)


def _applicant(file: CaseFile, today: date) -> Iterator[OpenItem]:
    person = file.part("person")
    for field, sentence in (
        ("name", Sentence("The applicant's name is missing.")),
        ("id_number", Sentence("The applicant's identity number is missing.")),
        ("mobile", Sentence("The applicant's telephone number is missing.")),
        ("marital", Sentence("The marital status is missing.")),
        ("actual_address", Sentence("The address where the applicant lives is missing.")),
    ):
        if not getattr(person, field):
            yield _missing(f"person.{field}", sentence)
    yield from _identity(file, "person", today)
    if getattr(person, "marital", None) != "married":
        return
    if file.spouse is None or not file.spouse.name:
        yield _missing("spouse.name", Sentence("The applicant is married: the spouse's name is missing."))
    if file.spouse is None or not file.spouse.id_number:
        sentence = Sentence("The applicant is married: the spouse's identity number is missing.")
        yield _missing("spouse.id_number", sentence)
    yield from _identity(file, "spouse", today)


def _identity(file: CaseFile, part: str, today: date) -> Iterator[OpenItem]:
    person = file.spouse if part == "spouse" else file.person
    if person is None or not person.id_number or person.id_type != "resident":
        return
    try:
        identity_facts(person.id_number, today, f"{part}.id_number")
    except Invalid as problem:
        yield item_of(problem)


def _business(file: CaseFile) -> Iterator[OpenItem]:
    business = file.part("business")
    for field, sentence in (
        ("trade", Sentence("What the applicant does for a living is missing.")),
        ("industry", Sentence("The industry is missing.")),
        ("stage", Sentence("The stage of the business is missing.")),
    ):
        if not getattr(business, field) and not (field == "trade" and getattr(business, "name", None)):
            yield _missing(f"business.{field}", sentence)
    for field, sentence in _ACCOUNTS.items():
        if getattr(file.application, field) is None:
            yield _missing(field, sentence)


def _loan(application: Application, today: date, *, needs_reason: bool) -> Iterator[OpenItem]:
    for field, sentence in (
        ("product", Sentence("Choose a product.")),
        ("amount_fen", Sentence("The amount is missing.")),
        ("months", Sentence("The term is missing.")),
        ("method", Sentence("Choose how the loan is repaid.")),
        ("yearly_rate", Sentence("The yearly rate is missing.")),
        ("start", Sentence("The day of the loan is missing.")),
        ("payee_mode", Sentence("Choose to whom the loan is paid.")),
    ):
        if getattr(application, field) is None:
            yield _missing(field, sentence)
    if application.start is not None and application.start < today:
        yield _missing("start", Sentence("The day of the loan has passed. Choose a later one."), "start")
    yield from _uses(application)
    if len(application.repayment_source.strip()) < LEAST_EXPLANATION:
        sentence = Sentence(
            "Write where the money for each month comes from, at least {count} characters.", count=LEAST_EXPLANATION
        )
        yield _missing("repayment_source", sentence)
    if needs_reason and len(application.over_limit_reason.strip()) < LEAST_EXPLANATION:
        sentence = Sentence("Debt service is beyond the threshold: write a sentence of reason for the reviewer.")
        yield _missing("over_limit_reason", sentence)


def _uses(application: Application) -> Iterator[OpenItem]:
    uses = uses_in_full(application)
    if not uses or not all(use.purpose.strip() for use in uses):
        yield _missing("uses", Sentence("Write what the loan is for."))
        return
    used = Money(sum(use.amount_fen for use in uses))
    if any(use.amount_fen <= 0 for use in uses):
        yield _missing("uses", Sentence("Each purpose needs an amount of its own."), "uses")
    elif application.amount_fen is not None and used.fen != application.amount_fen:
        sentence = Sentence(
            "The purposes add up to {used} yuan, the loan is {amount} yuan.",
            used=f"{used.decimal_yuan:,.2f}",
            amount=f"{Money(application.amount_fen).decimal_yuan:,.2f}",
        )
        yield _missing("uses", sentence, "uses")
    if application.payee_mode == "entrusted" and not all(use.payee.strip() for use in uses):
        yield _missing("uses", Sentence("The bank pays the seller: write who is paid for each purpose."), "payee")


def _guarantee_and_declarations(application: Application) -> Iterator[OpenItem]:
    if application.guarantee_mode is None:
        yield _missing("guarantee_mode", Sentence("Choose how the loan is secured."))
    if application.related_party is None:
        sentence = Sentence("Ask whether the applicant or close kin is a related party of the bank.")
        yield _missing("related_party", sentence)
    if application.related_party and not application.related_party_detail.strip():
        sentence = Sentence("Write the related person's name, post and relation.")
        yield _missing("related_party_detail", sentence)
    if application.related_party and application.guarantee_mode == "unsecured":
        # DOMAIN E1, Commercial Bank Law art. 40
        sentence = Sentence("A related party of the bank gets no unsecured loan. Choose another security.")
        yield _missing("guarantee_mode", sentence, "related_party")


def _or_zero(fen: int | None) -> Money:
    return ZERO if fen is None else Money(fen)
