"""Recording a talk: who, how, the result, the next date. Append-only: a mistake is amended by a new entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from fieldapp.domain.errors import Actionable, Invalid
from fieldapp.domain.identifiers import RecordId
from fieldapp.domain.money import Money
from fieldapp.domain.records import Channel, Contact, ContactResult, Source
from fieldapp.domain.wording import Sentence
from fieldapp.services.add_prospect import NewProspect, create_prospect
from fieldapp.services.business_day import business_date, day_of, whole_second
from fieldapp.services.follow_up import (
    FollowUp,
    apply_follow_up,
    cleaned_follow_up,
    require_prospect,
    require_reason,
)
from fieldapp.services.typed_fields import FieldCleaner, FieldWarning
from fieldapp.store.database import Store
from fieldapp.store.records import StoredRecord
from fieldapp.store.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContact:
    """What the officer typed. ``who`` is a prospect's id, or a new prospect to be recorded with the talk.

    ``next_date`` None: nobody will follow up; without interest that needs ``lost_reason``. ``promised`` is to be paid
    on the next date. ``at`` is now unless told. ``amends`` is the entry this one corrects. ``draft`` is the draft
    the form was kept in: saving drops it, and saving it twice records once.
    """

    who: str | NewProspect
    channel: Channel
    result: ContactResult
    next_date: date | None
    source: Source = "outbound"
    next_time: str | None = None
    next_purpose: str = ""
    note: str = ""
    lost_reason: str = ""
    promised: Money | None = None
    at: datetime | None = None
    amends: str | None = None
    draft: str | None = None


@dataclass(frozen=True, slots=True)
class SavedContact:
    """The entry, its prospect, and what the officer should look at again."""

    contact: RecordId
    prospect: RecordId
    warnings: tuple[FieldWarning, ...] = ()


def record_contact(store: Store, new: NewContact) -> SavedContact:
    """Record a talk and bring its prospect up to date, in one transaction.

    Raises InvalidRecord with everything that is wrong, Actionable (``gone``); nothing is saved then.
    """
    return store.write(lambda unit: _record(unit, new))


def amended_entry(unit: Unit, amends: str | None, kind: str, prospect: str) -> StoredRecord | None:
    """The entry that is amended. Raises Actionable (``gone``) unless it is one of this prospect and this kind."""
    if amends is None:
        return None
    stored = unit.records.get(amends)
    if stored is None or stored.kind != kind or stored.parent != prospect:
        raise Actionable("gone", Sentence("The entry you want to amend is not on this laptop."))
    return stored


def is_newest(unit: Unit, prospect: str, amended: StoredRecord) -> bool:
    """Whether nothing happened since the entry that is amended: only then it speaks for the follow-up."""
    entries = [*unit.records.children(prospect, "contact")[:1], *unit.records.children(prospect, "visit")[:1]]
    newest = max(entries, key=lambda entry: (entry.at or "", entry.id))
    return (newest.at or "") <= (amended.at or "")


def _record(unit: Unit, new: NewContact) -> SavedContact:
    if new.draft and (before := unit.records.get(new.draft)):
        return SavedContact(RecordId(before.id), RecordId(before.parent or ""))
    zone, now = unit.clock.zone, unit.clock.now()
    amended = amended_entry(unit, new.amends, "contact", new.who if isinstance(new.who, str) else "")
    at = new.at or (datetime.fromisoformat(str(amended.screen["at"])) if amended else now)
    day = day_of(at, zone)
    follow_up = FollowUp(
        next_date=new.next_date,
        next_time=new.next_time,
        next_purpose=new.next_purpose,
        interested={"interested": True, "not_interested": False}.get(new.result),
        lost_reason=new.lost_reason or new.note,
    )
    cleaner = FieldCleaner(business_date(unit.clock))
    agreed = cleaned_follow_up(follow_up, day, cleaner)
    note = cleaner.clean("contact", {"note": new.note, "promised_fen": new.promised})
    prospect = require_prospect(unit, new.who) if isinstance(new.who, str) else None
    require_reason(str(prospect.screen.get("stage", "contact")) if prospect else "contact", follow_up, cleaner)
    require_promise_day(new.promised, new.next_date, cleaner)
    cleaner.require()
    warnings = tuple(cleaner.warnings)
    if isinstance(new.who, NewProspect):
        saved = create_prospect(unit, new.who, business_date(unit.clock))
        prospect = require_prospect(unit, saved.prospect)
        warnings += saved.warnings
    assert prospect is not None  # noqa: S101 - one of the two ways above
    contact = Contact(
        staff=unit.enrolment.staff,
        at=whole_second(at),
        business_date=day,
        zone=zone,
        channel=new.channel,
        source=new.source,
        result=new.result,
        next_date=new.next_date,
        note=note["note"],
        promised_fen=note["promised_fen"],
        amends=new.amends,
    )
    speaks_for_follow_up = amended is None or is_newest(unit, prospect.id, amended)
    record_id = RecordId(new.draft) if new.draft else None
    entry = unit.create("contact", contact, parent=prospect.id, record_id=record_id)
    if speaks_for_follow_up:
        apply_follow_up(unit, prospect, follow_up, agreed)
    if new.draft:
        unit.drafts.drop(new.draft)
        unit.tell("drafts")
    return SavedContact(entry, RecordId(prospect.id), warnings)


def require_promise_day(promised: Money | None, next_date: date | None, cleaner: FieldCleaner) -> None:
    """A promise to pay is an amount above zero and has a day: the next date."""
    if promised is None:
        return
    if promised.fen <= 0:
        problem = Sentence("A promise to pay is more than 0.")
        cleaner.problems.append(Invalid("amount", problem, field="promised_fen"))
    if next_date is None:
        problem = Sentence("Say on which day it is promised: set the next date.")
        cleaner.problems.append(Invalid("required", problem, field="next_date"))
