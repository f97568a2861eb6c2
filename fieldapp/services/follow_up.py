"""What a talk or a visit means for its prospect: the next date, the stage, why it was lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from fieldapp.domain.errors import Actionable, Invalid
from fieldapp.domain.kinds import Values
from fieldapp.domain.stages import after_talk, may_be_lost
from fieldapp.domain.wording import Sentence
from fieldapp.services.typed_fields import FieldCleaner
from fieldapp.store.records import StoredRecord
from fieldapp.store.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """What was agreed. ``next_date`` None: nobody will follow up. ``interested`` None: the talk does not tell."""

    next_date: date | None
    next_time: str | None = None
    next_purpose: str = ""
    interested: bool | None = None
    lost_reason: str = ""


def cleaned_follow_up(follow_up: FollowUp, day: date, cleaner: FieldCleaner) -> Values:
    """The follow-up as JSON values of a prospect; problems go to ``cleaner``. ``day`` is the day of the talk."""
    if follow_up.next_date is not None and follow_up.next_date < day:
        problem = Sentence("The next date lies before the day of the talk.")
        cleaner.problems.append(Invalid("next_date", problem, field="next_date"))
    return cleaner.clean(
        "prospect",
        {
            "next_date": follow_up.next_date,
            "next_time": follow_up.next_time if follow_up.next_date else None,
            "next_purpose": follow_up.next_purpose,
            "lost_reason": follow_up.lost_reason,
        },
    )


def require_prospect(unit: Unit, prospect: str) -> StoredRecord:
    """The prospect a talk is recorded under. Raises Actionable (``gone``) when it is not on this laptop."""
    stored = unit.records.get(prospect)
    if stored is None or stored.kind != "prospect" or stored.deleted:
        raise Actionable(
            "gone",
            Sentence("This prospect is no longer on this laptop."),
            advice=Sentence("What you typed is kept as a draft. Choose another prospect or record a new one."),
        )
    return stored


def require_reason(stage: str, follow_up: FollowUp, cleaner: FieldCleaner) -> None:
    """A prospect without interest whom nobody will see again is lost, and that has a reason."""
    if _is_lost(stage, follow_up) and not follow_up.lost_reason.strip():
        problem = Sentence("Say why nobody will follow up, or set a next date.")
        cleaner.problems.append(Invalid("required", problem, field="lost_reason"))


def apply_follow_up(unit: Unit, prospect: StoredRecord, follow_up: FollowUp, cleaned: Values) -> None:
    """Bring the prospect up to date in the transaction that records the talk."""
    stage = str(prospect.screen.get("stage", "contact"))
    new: dict[str, Any] = {name: cleaned.get(name) for name in ("next_date", "next_time", "next_purpose")}
    if _is_lost(stage, follow_up):
        new |= {"stage": "lost", "lost_reason": cleaned["lost_reason"]}
    elif follow_up.interested is not None:
        moved = after_talk(stage, interested=follow_up.interested)  # type: ignore[arg-type] # as stored, hence valid
        if moved != stage:
            new |= {"stage": moved, "lost_reason": None}
    unit.edit(prospect.id, {name: (prospect.screen.get(name), value) for name, value in new.items()})


def _is_lost(stage: str, follow_up: FollowUp) -> bool:
    return (
        follow_up.interested is False and follow_up.next_date is None and may_be_lost(stage)  # type: ignore[arg-type] # as stored, hence valid
    )
