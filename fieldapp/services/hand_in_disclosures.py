"""Handing in who saw which personal fact in clear, with each synchronisation (DOMAIN E15)."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from fieldapp.domain.records import Disclosed, Disclosure
from fieldapp.store.database import Store
from fieldapp.store.privacy import Act, PrivacyEvent
from fieldapp.store.unit import Unit

AT_ONCE = 200
"""Events in one record."""

_HANDED_IN = "disclosed"


def hand_in_disclosures(store: Store) -> int:
    """Queue the events that were not handed in yet, many in one record; returns how many. They stay here as well."""
    with store.reading() as view:
        waiting = view.privacy.after(view.state.get(_HANDED_IN, int) or 0, 1)
    return store.write(_hand_in) if waiting else 0


def _hand_in(unit: Unit) -> int:
    done = 0
    while events := unit.privacy.after(unit.state.get(_HANDED_IN, int) or 0, AT_ONCE):
        shown = tuple(_disclosed(event) for _, event in events)
        unit.create("disclosure", Disclosure(staff=unit.enrolment.staff, events=shown))
        unit.state.set(_HANDED_IN, events[-1][0])
        done += len(events)
    return done


def _disclosed(event: PrivacyEvent) -> Disclosed:
    at = datetime.fromisoformat(event.at)
    return Disclosed(
        at=at if at.tzinfo is not None else at.replace(tzinfo=UTC),
        act=msgspec.convert(event.act, Act),
        record=event.record,
        field=event.field,
    )
