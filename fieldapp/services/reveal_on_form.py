"""Showing a masked number of an application's form in clear; each time leaves an event (DOMAIN E15)."""

from __future__ import annotations

from fieldapp.services.case_records import read_case
from fieldapp.services.reveal import MASKED_FIELDS, note_revealed
from fieldapp.store.database import Store
from fieldapp.store.unit import Unit


def reveal_on_form(store: Store, application: str, name: str) -> str:
    """The clear value of the masked field ``name`` of the flat form, empty when it is not known.

    Raises Actionable (``gone``), ValueError for a field that is never masked.
    """
    part, _, field = name.rpartition(".")
    if field not in MASKED_FIELDS:
        raise ValueError(f"{name} is not a masked field")

    def work(unit: Unit) -> str:
        case = read_case(unit.records, application)
        stored = case.stored.get(part) if part else case.application
        if stored is None:
            return ""
        note_revealed(unit, stored.id, field)
        return str(stored.screen.get(field) or "")

    return store.write(work)
