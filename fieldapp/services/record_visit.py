"""Recording a visit: when, who was met, facts apart from opinion, the outcome, photos. Append-only, as a talk is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from fieldapp.domain.errors import Invalid, InvalidRecord
from fieldapp.domain.identifiers import RecordId
from fieldapp.domain.kinds import values_of
from fieldapp.domain.money import Money
from fieldapp.domain.record_rules import NAME_LIMIT, problems_of
from fieldapp.domain.records import PersonMet, Photo, Visit, VisitOutcome, VisitPurpose
from fieldapp.domain.wording import Sentence
from fieldapp.domain.writing import one_line
from fieldapp.services.business_day import business_date, day_of, whole_second
from fieldapp.services.follow_up import (
    FollowUp,
    apply_follow_up,
    cleaned_follow_up,
    require_prospect,
    require_reason,
)
from fieldapp.services.photo_files import PhotoFile, read_photo
from fieldapp.services.record_contact import amended_entry, is_newest, require_promise_day
from fieldapp.services.typed_fields import FieldCleaner, FieldWarning
from fieldapp.store.database import Store
from fieldapp.store.unit import Unit

MOST_PHOTOS = 20
MOST_PEOPLE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVisit:
    """What the officer typed. ``photos`` are files; ``kept_photos`` those of the visit that this one amends.

    ``next_date`` None: nobody will follow up; without interest that needs ``lost_reason``. ``promised`` is to be paid
    on the next date. ``draft`` is the draft the form was kept in: saving drops it, and saving it twice records once.
    """

    prospect: str
    purpose: VisitPurpose
    started_at: datetime
    ended_at: datetime
    outcome: VisitOutcome
    next_date: date | None
    next_time: str | None = None
    next_purpose: str = ""
    people: tuple[PersonMet, ...] = ()
    facts: str = ""
    opinion: str = ""
    second_officer: str | None = None
    place: str = ""
    lost_reason: str = ""
    promised: Money | None = None
    photos: tuple[Path, ...] = ()
    kept_photos: tuple[Photo, ...] = ()
    amends: str | None = None
    draft: str | None = None


@dataclass(frozen=True, slots=True)
class SavedVisit:
    """The entry, its prospect, and what the officer should look at again."""

    visit: RecordId
    prospect: RecordId
    warnings: tuple[FieldWarning, ...] = ()


def record_visit(store: Store, new: NewVisit) -> SavedVisit:
    """Record a visit with its photos and bring its prospect up to date, in one transaction.

    Raises InvalidRecord with everything that is wrong, a photo that cannot be kept among it; Actionable (``gone``).
    Nothing is saved then.
    """
    with store.reading() as view:
        limit = view.state.limits().attachment_bytes
        saved_before = view.records.get(new.draft) if new.draft else None
    files, problems = ((), []) if saved_before else _read_files(new, limit)
    return store.write(lambda unit: _record(unit, new, files, problems))


def _read_files(new: NewVisit, limit: int) -> tuple[tuple[PhotoFile, ...], list[Invalid]]:
    """The files, read before the transaction: the writer does not wait for a slow stick."""
    if len(new.photos) + len(new.kept_photos) > MOST_PHOTOS:
        sentence = Sentence("A visit has at most {most} photos.", most=MOST_PHOTOS)
        return (), [Invalid("photos_too_many", sentence, field="photos")]
    files: list[PhotoFile] = []
    problems: list[Invalid] = []
    for path in new.photos:
        try:
            files.append(read_photo(path, limit))
        except Invalid as problem:
            problems.append(problem)
    return tuple(files), problems


def _record(unit: Unit, new: NewVisit, files: tuple[PhotoFile, ...], problems: list[Invalid]) -> SavedVisit:
    if new.draft and (before := unit.records.get(new.draft)):
        return SavedVisit(RecordId(before.id), RecordId(before.parent or ""))
    prospect = require_prospect(unit, new.prospect)
    amended = amended_entry(unit, new.amends, "visit", prospect.id)
    zone = unit.clock.zone
    day = day_of(new.started_at, zone)
    follow_up = FollowUp(
        next_date=new.next_date,
        next_time=new.next_time,
        next_purpose=new.next_purpose,
        interested={"interested": True, "application": True, "not_interested": False}.get(new.outcome),
        lost_reason=new.lost_reason,
    )
    cleaner = FieldCleaner(business_date(unit.clock))
    texts = cleaner.clean(
        "visit", {"facts": new.facts, "opinion": new.opinion, "place": new.place, "promised_fen": new.promised}
    )
    people = _people(new.people, cleaner)
    agreed = cleaned_follow_up(follow_up, day, cleaner)
    require_reason(str(prospect.screen.get("stage", "contact")), follow_up, cleaner)
    require_promise_day(new.promised, new.next_date, cleaner)
    if new.outcome == "promise_to_pay" and new.promised is None:
        problem = Sentence("Enter the amount that was promised.")
        cleaner.problems.append(Invalid("required", problem, field="promised_fen"))
    cleaner.problems.extend(problems)
    cleaner.require()
    visit = Visit(
        staff=unit.enrolment.staff,
        purpose=new.purpose,
        started_at=whole_second(new.started_at),
        ended_at=whole_second(new.ended_at),
        business_date=day,
        zone=zone,
        second_officer=new.second_officer,
        people=people,
        facts=texts["facts"],
        opinion=texts["opinion"],
        outcome=new.outcome,
        next_date=new.next_date,
        next_purpose=agreed["next_purpose"],
        photos=_photos(new.kept_photos, files),
        place=texts["place"],
        promised_fen=texts["promised_fen"],
        amends=new.amends,
    )
    if broken := problems_of("visit", values_of(visit)):
        raise InvalidRecord(broken)
    speaks_for_follow_up = amended is None or is_newest(unit, prospect.id, amended)
    record_id = RecordId(new.draft) if new.draft else None
    entry = unit.create("visit", visit, parent=prospect.id, record_id=record_id)
    for file in files:
        unit.attachments.add(file.content, file.media_type, entry)
    if speaks_for_follow_up:
        apply_follow_up(unit, prospect, follow_up, agreed)
    if new.draft:
        unit.drafts.drop(new.draft)
        unit.tell("drafts")
    return SavedVisit(entry, RecordId(prospect.id), tuple(cleaner.warnings))


def _people(people: Iterable[PersonMet], cleaner: FieldCleaner) -> tuple[PersonMet, ...]:
    cleaned: list[PersonMet] = []
    try:
        for person in people:
            name = one_line(person.name, field="people", limit=NAME_LIMIT)
            if name:
                cleaned.append(PersonMet(name, one_line(person.relation, field="people", limit=NAME_LIMIT)))
    except Invalid as problem:
        cleaner.problems.append(problem)
    if len(cleaned) > MOST_PEOPLE:
        too_many = Sentence("At most {most} people can be named.", most=MOST_PEOPLE)
        cleaner.problems.append(Invalid("people", too_many, field="people"))
    return tuple(cleaned)


def _photos(kept: tuple[Photo, ...], files: tuple[PhotoFile, ...]) -> tuple[Photo, ...]:
    """Each picture once, however often it was chosen."""
    photos = {photo.digest: photo for photo in kept}
    for file in files:
        digest = file.digest
        photos.setdefault(
            digest, Photo(digest=digest, name=file.name, size=len(file.content), media_type=file.media_type)
        )
    return tuple(photos.values())
