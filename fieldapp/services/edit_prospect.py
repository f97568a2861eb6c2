"""Changing what is known of a prospect, field by field: each with the value the screen showed and the one typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from fieldapp.domain.errors import Actionable, Invalid, InvalidRecord
from fieldapp.domain.kinds import KINDS, Values, record_of
from fieldapp.domain.record_rules import problems_of
from fieldapp.domain.records import ProspectStage
from fieldapp.domain.stages import require_move
from fieldapp.domain.wording import Sentence
from fieldapp.reference import places
from fieldapp.services.business_day import business_date
from fieldapp.services.typed_fields import FieldCleaner, FieldWarning
from fieldapp.store.database import Store
from fieldapp.store.records import StoredRecord
from fieldapp.store.unit import Unit

Shown = dict[str, Any]
"""What the screen showed, by field, as the record keeps it (JSON values)."""


@dataclass(frozen=True, slots=True)
class Edited:
    """``changed`` is False when everything was typed back to what was shown."""

    changed: bool
    warnings: tuple[FieldWarning, ...] = ()


def edit_fields(store: Store, record: str, shown: Shown, typed: dict[str, Any]) -> Edited:
    """Save what was typed into a person, household, business or prospect.

    ``typed`` holds texts, days, amounts and numbers as the form has them; ``shown`` the values of the same fields as
    ``ProspectPage.values`` gave them. Stage and next date have rules of their own: see ``change_stage`` and
    ``reschedule``. Raises Actionable (``gone``) and InvalidRecord with everything that is wrong.
    """
    if own := typed.keys() & _HAVE_THEIR_OWN_RULES:
        raise ValueError(f"these fields are not edited by hand: {sorted(own)}")
    today = business_date(store.clock)

    def work(unit: Unit) -> Edited:
        stored = _editable(unit, record)
        cleaner = FieldCleaner(today)
        complete = {**typed, "id_type": typed.get("id_type", stored.screen.get("id_type", "resident"))}
        cleaned = cleaner.clean(stored.kind, complete if "id_number" in typed else typed)
        cleaned = {name: value for name, value in cleaned.items() if name in typed}
        if "village_code" in cleaned:
            cleaned |= _village(cleaned["village_code"], cleaner)
        cleaner.require()
        pairs = {name: (shown.get(name, stored.screen.get(name)), value) for name, value in cleaned.items()}
        change = unit.edit(record, pairs)
        return Edited(change is not None, tuple(cleaner.warnings))

    return store.write(work)


def add_to_prospect(store: Store, prospect: str, kind: str, typed: dict[str, Any]) -> Edited:
    """Record the household, business or a further person of a prospect that has none yet.

    Raises Actionable (``gone``) and InvalidRecord.
    """
    today = business_date(store.clock)

    def work(unit: Unit) -> Edited:
        _editable(unit, prospect)
        cleaner = FieldCleaner(today)
        cleaned = {name: value for name, value in cleaner.clean(kind, typed).items() if value is not None}
        cleaner.require()
        if not cleaned:
            return Edited(changed=False)
        if problems := problems_of(kind, cleaned):
            raise InvalidRecord(problems)
        unit.create(kind, record_of(KINDS[kind].record, cleaned), parent=prospect)
        return Edited(changed=True, warnings=tuple(cleaner.warnings))

    return store.write(work)


def reschedule(
    store: Store, prospect: str, shown: Shown, next_date: date | None, next_time: str | None = None, purpose: str = ""
) -> Edited:
    """Move the follow-up; None takes it off the list. ``shown`` are next_date, next_time and next_purpose as shown.

    Raises InvalidRecord (``next_date``) for a day in the past, Actionable (``gone``).
    """
    today = business_date(store.clock)

    def work(unit: Unit) -> Edited:
        stored = _editable(unit, prospect)
        cleaner = FieldCleaner(today)
        if next_date is not None and next_date < today:
            cleaner.problems.append(
                Invalid("next_date", Sentence("The next date lies in the past."), field="next_date")
            )
        typed: dict[str, Any] = {"next_date": next_date, "next_time": next_time if next_date else None}
        if purpose or next_date is None:
            typed["next_purpose"] = purpose
        cleaned = cleaner.clean("prospect", typed)
        cleaner.require()
        pairs = {name: (shown.get(name, stored.screen.get(name)), value) for name, value in cleaned.items()}
        return Edited(unit.edit(prospect, pairs) is not None)

    return store.write(work)


def change_stage(
    store: Store, prospect: str, shown: ProspectStage, stage: ProspectStage, *, lost_reason: str = ""
) -> Edited:
    """Move a prospect to another stage by hand; ``lost_reason`` is needed for lost, and its follow-up ends then.

    Raises InvalidRecord or Invalid: ``stage`` for a move the rules do not allow, ``required`` without a reason;
    Actionable (``gone``).
    """
    today = business_date(store.clock)

    def work(unit: Unit) -> Edited:
        stored = _editable(unit, prospect)
        require_move(shown, stage, by_hand=True)
        cleaner = FieldCleaner(today)
        reason = cleaner.clean("prospect", {"lost_reason": lost_reason})
        cleaner.require()
        pairs = {
            "stage": (shown, stage),
            "lost_reason": (stored.screen.get("lost_reason"), reason["lost_reason"] if stage == "lost" else None),
        }
        if stage == "lost":
            pairs |= {name: (stored.screen.get(name), None) for name in ("next_date", "next_time", "next_purpose")}
        return Edited(unit.edit(prospect, pairs) is not None)

    return store.write(work)


_HAVE_THEIR_OWN_RULES = frozenset(
    ("stage", "lost_reason", "next_date", "next_time", "owner", "person", "deleted", "marketed_by")
)


def _editable(unit: Unit, record: str) -> StoredRecord:
    stored = unit.records.get(record)
    if stored is None or stored.deleted:
        raise Actionable(
            "gone",
            Sentence("This record is no longer on this laptop."),
            advice=Sentence("It was deleted or given to a colleague. Nothing else was changed."),
        )
    return stored


def _village(code: str | None, cleaner: FieldCleaner) -> Values:
    if code is None:
        return {}
    village = places().village(code)
    if village is None:
        problem = Sentence("No village has the code {code}.", code=code[:40])
        cleaner.problems.append(Invalid("village_unknown", problem, field="village_code"))
        return {}
    return {"village": village.name}
