"""The live figures beside an application: schedule, yearly cost, what the customer can bear, what is missing.

Pure and quick enough to run at every keystroke.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from fieldapp.domain import products
from fieldapp.domain.affordability import debt_service_ratio, disposable_needed, largest_principal, monthly_burden
from fieldapp.domain.application_checklist import (
    OpenItem,
    Step,
    existing_debt_service,
    item_of,
    monthly_accounts,
    open_items,
)
from fieldapp.domain.capitals import capitals_with_currency
from fieldapp.domain.case_file import CaseFile
from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import Money
from fieldapp.domain.records import Application, Product
from fieldapp.domain.revolving_plan import RevolvingPlan, revolving_plan
from fieldapp.domain.schedules import Instalment, LoanTerms, RepaymentMethod, Schedule, refusals, repayment_schedule
from fieldapp.domain.yearly_cost import YearlyCost, yearly_cost

STANDARD_TERMS = (12, 24, 36)
"""Months for which debt service is shown, beside the chosen term [G]."""


class DebtState(StrEnum):
    """Debt service against the product's two thresholds; a threshold itself is still within."""

    OK = "ok"
    TIGHT = "tight"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class TermBurden:
    """What the loan would ask of a month over ``months``; ``ratio`` is None when there is no income to serve it."""

    months: int
    monthly: Money
    ratio: Decimal | None
    state: DebtState
    chosen: bool


@dataclass(frozen=True, slots=True)
class Affordability:
    """What the customer can bear (DOMAIN C6); thresholds are fractions, the largest loans are over the chosen term.

    ``terms`` is empty until amount and method are known, the largest loans None until term and method are. What is
    needed is what would have to be left each month for the loan asked for, over the chosen term.
    """

    disposable: Money
    existing: Money
    tight: Decimal
    limit: Decimal
    terms: tuple[TermBurden, ...] = ()
    largest_within_tight: Money | None = None
    largest_within_limit: Money | None = None
    needed_within_tight: Money | None = None
    needed_within_limit: Money | None = None

    @property
    def chosen(self) -> TermBurden | None:
        """The burden of the chosen term."""
        return next((term for term in self.terms if term.chosen), None)

    @property
    def better(self) -> tuple[TermBurden, ...]:
        """The terms over which the same loan would weigh less than the state it has over the chosen one."""
        chosen = self.chosen
        if chosen is None:
            return ()
        states = list(DebtState)
        return tuple(term for term in self.terms if states.index(term.state) < states.index(chosen.state))


@dataclass(frozen=True, slots=True)
class Quote:
    """The figures; None for what cannot be reckoned yet. ``problems`` are values refused, by the product or for good.

    ``open_items`` has everything that stands between the application and its submission, the problems among it.
    ``revolving`` follows from the draws and repayments planned; the yearly cost is theirs then.
    """

    schedule: Schedule | None
    cost: YearlyCost | None
    amount_in_capitals: str | None
    affordability: Affordability | None
    problems: tuple[Invalid, ...]
    open_items: tuple[OpenItem, ...]
    revolving: RevolvingPlan | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing stands in the way of submission."""
        return not self.open_items

    @property
    def first(self) -> Instalment | None:
        """The first instalment."""
        return self.schedule.instalments[0] if self.schedule is not None else None

    @property
    def last(self) -> Instalment | None:
        """The last instalment, which absorbs the residue."""
        return self.schedule.instalments[-1] if self.schedule is not None else None


def quote(
    file: CaseFile,
    product: Product | None,
    today: date,
    *,
    still_sold: bool = True,
    also: tuple[Invalid, ...] = (),
) -> Quote:
    """Everything the screen shows beside the form, for what is typed now; ``also`` are values refused before.

    ``today`` is the business day. Raises nothing: what cannot be reckoned is among the problems.
    """
    application = file.application
    problems = [*also]
    schedule: Schedule | None = None
    cost: YearlyCost | None = None
    affordability: Affordability | None = None
    revolving: RevolvingPlan | None = None
    if product is not None:
        problems += products.refusals(product, file, still_sold=still_sold)
        terms = _terms(product, application, today, problems)
        if terms is not None:
            schedule = repayment_schedule(terms)
            revolving = _plan(terms, application, problems)
            cost = revolving.cost if revolving is not None else _cost(schedule, problems)
        affordability = _affordability(product, application, schedule)
    chosen = affordability.chosen if affordability is not None else None
    items = open_items(
        file, today, needs_reason=chosen is not None and chosen.state is not DebtState.OK, product=product
    )
    return Quote(
        schedule,
        cost,
        _capitals(application),
        affordability,
        tuple(problems),
        _in_order(items, [item_of(problem) for problem in problems]),
        revolving,
    )


def _terms(product: Product, application: Application, today: date, problems: list[Invalid]) -> LoanTerms | None:
    """The terms if a schedule can be made of them; why not joins ``problems`` unless it is said there already."""
    try:
        terms = products.loan_terms(product, application, today)
    except Invalid as problem:
        _join(problems, problem)
        return None
    if terms is None:
        return None
    refused = list(refusals(terms))
    for refusal in refused:
        field = _FIELDS.get(refusal.field, refusal.field)
        _join(problems, Invalid(refusal.code, refusal.sentence, field=field))
    return None if refused else terms


_FIELDS = {"principal": "amount_fen"}


def _join(problems: list[Invalid], problem: Invalid) -> None:
    if all(known.field != problem.field for known in problems):
        problems.append(problem)


def _cost(schedule: Schedule, problems: list[Invalid]) -> YearlyCost | None:
    try:
        return yearly_cost(schedule)
    except Invalid as problem:
        problems.append(Invalid(problem.code, problem.sentence, field="amount_fen"))
        return None


def _plan(terms: LoanTerms, application: Application, problems: list[Invalid]) -> RevolvingPlan | None:
    if terms.method is not RepaymentMethod.REVOLVING or not application.movements:
        return None
    try:
        return revolving_plan(terms, application.movements)
    except Invalid as problem:
        _join(problems, problem)
        return None


def _capitals(application: Application) -> str | None:
    if application.amount_fen is None:
        return None
    try:
        return capitals_with_currency(Money(application.amount_fen))
    except Invalid:
        return None


def _affordability(product: Product, application: Application, schedule: Schedule | None) -> Affordability | None:
    accounts = monthly_accounts(application)
    if accounts is None:
        return None
    disposable, existing = accounts.disposable, existing_debt_service(application)
    tight, limit = products.tight_threshold(product), products.limit_threshold(product)
    if schedule is None:
        return Affordability(disposable, existing, tight, limit)
    terms = schedule.terms
    burdens = []
    for months in _terms_to_show(product, terms.months):
        other = schedule if months == terms.months else repayment_schedule(replace(terms, months=months))
        monthly = monthly_burden(other)
        ratio = debt_service_ratio(disposable, existing, monthly)
        state = _state(ratio, tight, limit)
        burdens.append(TermBurden(months, monthly, ratio, state, chosen=months == terms.months))
    largest_tight, largest_limit = (
        largest_principal(disposable, existing, threshold, terms.yearly_rate, terms.months, terms.method, terms.fees)
        for threshold in (tight, limit)
    )
    chosen = next(burden.monthly for burden in burdens if burden.chosen)
    needed_tight, needed_limit = (disposable_needed(existing, chosen, threshold) for threshold in (tight, limit))
    return Affordability(
        disposable, existing, tight, limit, tuple(burdens), largest_tight, largest_limit, needed_tight, needed_limit
    )


def _terms_to_show(product: Product, chosen: int) -> list[int]:
    offered = {months for months in STANDARD_TERMS if product.min_months <= months <= product.max_months}
    return sorted(offered | {chosen})


def _state(ratio: Decimal | None, tight: Decimal, limit: Decimal) -> DebtState:
    if ratio is None or ratio > limit:
        return DebtState.OVER
    return DebtState.TIGHT if ratio > tight else DebtState.OK


def _in_order(lacking: list[OpenItem], refused: list[OpenItem]) -> tuple[OpenItem, ...]:
    """Everything once, by step; a field that is refused is not also called missing."""
    named = {item.field for item in refused}
    items = [*(item for item in lacking if item.code != "missing" or item.field not in named), *refused]
    order = {step: place for place, step in enumerate(Step)}
    unique = {(item.field, item.code): item for item in items}
    return tuple(sorted(unique.values(), key=lambda item: order[item.step]))
