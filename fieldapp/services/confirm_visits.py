"""The second officer confirms, on a laptop of their own, the visits that name them (DOMAIN E5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from fieldapp.domain.errors import Actionable
from fieldapp.domain.identifiers import RecordId
from fieldapp.domain.kinds import record_of
from fieldapp.domain.records import VisitConfirmation, VisitToConfirm
from fieldapp.domain.wording import Sentence
from fieldapp.services.business_day import business_date, whole_second
from fieldapp.services.staff_names import staff_names
from fieldapp.store.database import Store
from fieldapp.store.unit import Unit


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """A visit that waits for the second officer's word; ``officer`` is the name of who recorded it."""

    id: str
    officer: str
    customer: str
    started_at: datetime
    business_date: date
    facts: str


def visits_to_confirm(store: Store) -> tuple[ToConfirm, ...]:
    """Those that name the officer of this laptop and were not confirmed, newest first."""
    with store.reading() as view:
        me, names = view.state.enrolment().staff, staff_names(view)
        found = []
        for stored in view.records.of_kind("visit_to_confirm"):
            try:
                asked = record_of(VisitToConfirm, stored.screen)
            except msgspec.ValidationError:
                continue  # a newer head office's
            if asked.second_officer == me and not view.records.children(stored.id, "visit_confirmation"):
                officer = names.get(asked.staff, asked.staff)
                found.append(
                    ToConfirm(stored.id, officer, asked.customer, asked.started_at, asked.business_date, asked.facts)
                )
    return tuple(sorted(found, key=lambda one: one.started_at, reverse=True))


def confirm_visit(store: Store, asked: str) -> RecordId:
    """Say that one was there; sent with everything else. Raises Actionable (``gone``, ``confirmed``)."""

    def work(unit: Unit) -> RecordId:
        stored = unit.records.get(asked)
        if stored is None or stored.kind != "visit_to_confirm":
            raise Actionable("gone", Sentence("This visit does not wait for your confirmation any more."))
        if unit.records.children(asked, "visit_confirmation"):
            raise Actionable("confirmed", Sentence("You have confirmed this visit already."))
        confirmation = VisitConfirmation(
            visit=str(stored.screen.get("visit", "")),
            staff=unit.enrolment.staff,
            at=whole_second(unit.clock.now()),
            business_date=business_date(unit.clock),
            zone=unit.clock.zone,
        )
        return unit.create("visit_confirmation", confirmation, parent=asked)

    return store.write(work)
