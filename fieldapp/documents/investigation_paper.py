"""What document 2, the household and business investigation, is made of: plain values, looked up by the services.

``None`` (or an empty text) means "not known yet": the place stays empty for the pen. Choices are values of the records.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from fieldapp.documents.papers import DocumentMark, Letterhead, MetPerson
from fieldapp.domain.affordability import MonthlyAccounts
from fieldapp.domain.money import Money


@dataclass(frozen=True, slots=True)
class MemberLine:
    """One member of the household; ``income`` is a year's."""

    name: str
    relation: str = ""
    age: int | None = None
    health_school: str = ""
    work: str = ""
    income: Money | None = None


@dataclass(frozen=True, slots=True)
class AssetLine:
    """Something owned. ``evidence`` is seen, document or stated."""

    item: str
    note: str = ""
    quantity: str = ""
    value: Money | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class LiabilityLine:
    """Something owed; ``instalment`` is what a month asks."""

    item: str
    note: str = ""
    instalment: Money | None = None
    balance: Money | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class FlowTotal:
    """One line of income or cost over its year; ``flow`` is sales, goods, costs, other_income or family."""

    flow: str
    item: str
    year: Money


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One cross-check: the sum, what it gives, how far that is off (a fraction) and what that means."""

    item: str
    working: str = ""
    estimate: Money | None = None
    deviation: Decimal | None = None
    verdict: str | None = None
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class LookLine:
    """What was found of one look or meter, and how many photographs prove it."""

    subject: str
    facts: str
    photos: int = 0


@dataclass(frozen=True, slots=True)
class InvestigationPaper:
    """Document 2. ``months`` are January to December or empty; ``tolerance`` and the check's deviations are fractions.

    ``claimed`` is the equity the customer names, ``equity`` what the balance sheet leaves.
    """

    letterhead: Letterhead
    mark: DocumentMark
    customer: str = ""
    started: datetime | None = None
    ended: datetime | None = None
    place: str = ""
    officer: str = ""
    second_officer: str = ""
    people: tuple[MetPerson, ...] = ()
    members: tuple[MemberLine, ...] = ()
    assets: tuple[AssetLine, ...] = ()
    liabilities: tuple[LiabilityLine, ...] = ()
    total_assets: Money | None = None
    total_liabilities: Money | None = None
    equity: Money | None = None
    claimed: Money | None = None
    equity_check: CheckLine | None = None
    seasons: tuple[str, ...] = ()
    months: tuple[MonthlyAccounts, ...] = ()
    flows: tuple[FlowTotal, ...] = ()
    net: Money | None = None
    existing_instalments: Money | None = None
    bearable: Money | None = None
    tolerance: Decimal | None = None
    checks: tuple[CheckLine, ...] = ()
    looks: tuple[LookLine, ...] = ()
    first_opinion: str = ""
    second_opinion: str = ""
