"""The list of prospects: search, filter, pages, counts. What the list shows is masked where it tells too much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from fieldapp.domain.masking import masked_phone
from fieldapp.domain.money import Money
from fieldapp.services.business_day import business_date
from fieldapp.store.database import Store
from fieldapp.store.prospect_list import Filter, ProspectRow
from fieldapp.store.view import View

Order = Literal["due", "name"]

LONGEST_SEARCH = 200
"""Characters of a search that are looked at."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the officer wants to see; days are inclusive. ``without_date`` finds those nobody will follow up."""

    typed: str = ""
    stage: str | None = None
    village_code: str | None = None
    due_from: date | None = None
    due_until: date | None = None
    without_date: bool = False
    mine_only: bool = False


@dataclass(frozen=True, slots=True)
class ProspectLine:
    """One line of the list. ``late_days`` counts from the next date; ``unsent`` tells that work is only here."""

    prospect: str
    name: str
    mobile: str
    village_code: str | None
    village: str
    trade: str
    customer_type: str
    stage: str
    next_date: date | None
    next_time: str | None
    next_purpose: str
    wished: Money | None
    late_days: int
    in_conflict: bool
    unsent: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended; handed back to get the next one."""

    row: ProspectRow


@dataclass(frozen=True, slots=True)
class Page:
    """Lines in order; ``after`` is None when these are the last."""

    lines: tuple[ProspectLine, ...]
    after: Place | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many prospects there are under the filter, and of each stage under the rest of it."""

    found: int
    by_stage: dict[str, int]

    @property
    def all_stages(self) -> int:
        """The sum over the stages."""
        return sum(self.by_stage.values())


@dataclass(frozen=True, slots=True)
class VillageCount:
    """A village and how many prospects live there."""

    code: str
    name: str
    prospects: int


def page(store: Store, wanted: Wanted, *, after: Place | None = None, order: Order = "due", limit: int = 100) -> Page:
    """The next ``limit`` lines. The cost does not grow with how far one has scrolled."""
    today = business_date(store.clock)
    with store.reading() as view:
        rows = view.prospects.page(_filter(wanted, view), limit + 1, after.row if after else None, order)
        more, rows = len(rows) > limit, rows[:limit]
        return Page(lines_of(view, rows, today), Place(rows[-1]) if more else None)


def counts(store: Store, wanted: Wanted) -> Counts:
    """What the filter leaves, and what each stage would."""
    with store.reading() as view:
        by_stage = view.prospects.count_by_stage(_filter(wanted, view))
    return Counts(by_stage.get(wanted.stage, 0) if wanted.stage else sum(by_stage.values()), by_stage)


def villages(store: Store) -> tuple[VillageCount, ...]:
    """The villages that have prospects, most first."""
    with store.reading() as view:
        return tuple(VillageCount(code, name or code, number) for code, name, number in view.prospects.villages())


def line(store: Store, prospect: str) -> ProspectLine | None:
    """One prospect as the list shows it; None when it is not, or no longer, on this laptop."""
    with store.reading() as view:
        row = view.prospects.get(prospect)
        return lines_of(view, [row], business_date(store.clock))[0] if row else None


def lines_of(view: View, rows: list[ProspectRow], today: date) -> tuple[ProspectLine, ...]:
    """Rows of the store as the screens show them."""
    unsent = view.outbox.unsent_roots([row.id for row in rows]) if rows else set()
    return tuple(_line(row, today, unsent=row.id in unsent) for row in rows)


def _line(row: ProspectRow, today: date, *, unsent: bool) -> ProspectLine:
    next_date = date.fromisoformat(row.next_date) if row.next_date else None
    return ProspectLine(
        prospect=row.id,
        name=row.name,
        mobile=masked_phone(row.mobile) if row.mobile else "",
        village_code=row.village_code,
        village=row.village or "",
        trade=row.trade or "",
        customer_type=row.customer_type,
        stage=row.stage,
        next_date=next_date,
        next_time=row.next_time,
        next_purpose=row.next_purpose or "",
        wished=Money(row.wished_fen) if row.wished_fen is not None else None,
        late_days=max(0, (today - next_date).days) if next_date else 0,
        in_conflict=row.in_conflict,
        unsent=unsent,
    )


def _filter(wanted: Wanted, view: View) -> Filter:
    return Filter(
        wanted.typed[:LONGEST_SEARCH],
        wanted.stage,
        wanted.village_code,
        _WITHOUT_DATE if wanted.without_date else _iso(wanted.due_from),
        None if wanted.without_date else _iso(wanted.due_until),
        view.state.enrolment().staff if wanted.mine_only else None,
    )


_WITHOUT_DATE = "9999"  # how the list orders prospects without a next date


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
