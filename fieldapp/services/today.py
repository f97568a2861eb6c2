"""The officer's day: who is late, who is due, what was promised, the way through the villages, the month so far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from fieldapp.domain.money import Money, total
from fieldapp.services.business_day import business_date
from fieldapp.services.prospects import ProspectLine, lines_of
from fieldapp.store.database import Store
from fieldapp.store.prospect_list import Filter
from fieldapp.store.view import View

MOST_LINES = 500
"""Lines of one section; the counts are exact beyond it."""


@dataclass(frozen=True, slots=True)
class Section:
    """Follow-ups in the order to do them; ``count`` is exact even when there are more than are listed."""

    count: int
    lines: tuple[ProspectLine, ...]


@dataclass(frozen=True, slots=True)
class Promise:
    """An amount promised for ``day``; ``late_days`` is 0 on the day itself."""

    prospect: str
    name: str
    amount: Money
    day: date
    late_days: int


@dataclass(frozen=True, slots=True)
class Stop:
    """A village on the way; ``starts`` and ``ends`` are the first and the last agreed time there, if any."""

    village_code: str | None
    village: str
    starts: str | None
    ends: str | None
    people: tuple[ProspectLine, ...]


@dataclass(frozen=True, slots=True)
class MonthSoFar:
    """This officer's month up to and including the day. ``outbound_percent`` is None without contacts."""

    first_day: date
    visits: int
    contacts: int
    outbound_contacts: int
    newly_disbursed: int

    @property
    def outbound_percent(self) -> int | None:
        """The share of contacts the officer sought, in whole per cent, half up."""
        if self.contacts == 0:
            return None
        return (self.outbound_contacts * 200 + self.contacts) // (self.contacts * 2)


@dataclass(frozen=True, slots=True)
class Day:
    """One local business date. ``promises_total`` sums what was promised for the day itself."""

    day: date
    overdue: Section
    today: Section
    done_today: int
    tomorrow: Section
    promises: tuple[Promise, ...]
    promises_total: Money
    late_promises: tuple[Promise, ...]
    route: tuple[Stop, ...]
    month: MonthSoFar

    @property
    def households(self) -> int:
        """How many people the route visits."""
        return sum(len(stop.people) for stop in self.route)


def todays_work(store: Store, day: date | None = None) -> Day:
    """What ``day`` (today unless told) asks of the officer of this laptop. A prospect without a date is not in it."""
    day = day or business_date(store.clock)
    with store.reading() as view:
        staff = view.state.enrolment().staff
        overdue = _section(view, Filter(due_until=_iso(day, -1), owner=staff), day)
        due = _section(view, Filter(due_from=_iso(day), due_until=_iso(day), owner=staff), day)
        tomorrow = _section(view, Filter(due_from=_iso(day, 1), due_until=_iso(day, 1), owner=staff), day)
        met = view.activities.prospects_met(staff, day.isoformat())
        promises = _promises(view, day, staff)
        first_day = day.replace(day=1)
        activity = view.activities.of(staff, first_day.isoformat(), day.isoformat())
    for_today = tuple(promise for promise in promises if promise.day == day)
    return Day(
        day=day,
        overdue=overdue,
        today=due,
        done_today=len(met),
        tomorrow=tomorrow,
        promises=for_today,
        promises_total=total([promise.amount for promise in for_today]),
        late_promises=tuple(promise for promise in promises if promise.day < day),
        route=_route(due.lines, overdue.lines),
        month=MonthSoFar(
            first_day, activity.visits, activity.contacts, activity.outbound_contacts, activity.newly_disbursed
        ),
    )


def _section(view: View, wanted: Filter, day: date) -> Section:
    rows = view.prospects.page(wanted, MOST_LINES)
    count = len(rows) if len(rows) < MOST_LINES else view.prospects.count(wanted)
    return Section(count, lines_of(view, rows, day))


def _promises(view: View, day: date, staff: str) -> tuple[Promise, ...]:
    found = []
    for promise in view.promises.until(day.isoformat()):
        row = view.prospects.get(promise.prospect)
        if row is not None and row.owner == staff:
            due = date.fromisoformat(promise.day)
            found.append(Promise(row.id, row.name, Money(promise.amount_fen), due, (day - due).days))
    return tuple(found)


def _route(due: tuple[ProspectLine, ...], overdue: tuple[ProspectLine, ...]) -> tuple[Stop, ...]:
    """Villages by the first time agreed there, then those without a time; who is overdue joins their village."""
    stops: dict[str, Stop] = {}
    for line in (*due, *overdue):
        time = line.next_time if line.late_days == 0 else None
        key = line.village_code or line.village
        stop = stops.get(key) or Stop(line.village_code, line.village, None, None, ())
        stops[key] = replace(
            stop,
            starts=min(filter(None, (stop.starts, time)), default=None),
            ends=max(filter(None, (stop.ends, time)), default=None),
            people=(*stop.people, line),
        )
    return tuple(sorted(stops.values(), key=lambda stop: (stop.starts is None, stop.starts or "")))


def _iso(day: date, days: int = 0) -> str:
    return (day + timedelta(days=days)).isoformat()
