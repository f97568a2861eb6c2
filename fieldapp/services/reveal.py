"""Showing a masked fact in clear. Each time leaves an event that says who saw what (DOMAIN E15)."""

from __future__ import annotations

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.store.database import Store
from fieldapp.store.privacy import PrivacyEvent
from fieldapp.store.unit import Unit

MASKED_FIELDS = frozenset(("id_number", "mobile", "payout_account"))
"""The fields that screens show masked until they are revealed."""


def reveal(store: Store, record: str, field: str) -> str:
    """The clear value of a masked field, empty when it is not known; the event is kept before it is told.

    Raises Actionable (``gone``) when the record is not on this laptop, ValueError for a field that is never masked.
    """
    if field not in MASKED_FIELDS:
        raise ValueError(f"{field} is not a masked field")

    def work(unit: Unit) -> str:
        stored = unit.records.get(record)
        if stored is None:
            raise Actionable("gone", Sentence("This record is no longer on this laptop."))
        note_revealed(unit, record, field)
        return str(stored.screen.get(field) or "")

    return store.write(work)


def note_revealed(unit: Unit, record: str, field: str) -> None:
    """Keep the event that ``field`` of ``record`` is shown in clear."""
    at = unit.clock.now().isoformat(timespec="milliseconds")
    unit.privacy.add(PrivacyEvent(at, unit.enrolment.staff, "reveal", record, field))
