"""What happened with a prospect, newest first: contacts, visits, applications, and how it was recorded at first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar

import msgspec

from fieldapp.domain.kinds import record_of
from fieldapp.domain.money import Money
from fieldapp.domain.records import Application, Contact, PersonMet, Photo, Record, Visit
from fieldapp.services.business_day import local_time, made_at
from fieldapp.store.records import StoredRecord
from fieldapp.store.view import View

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class ShownPhoto:
    """A photo of a visit. ``held`` tells whether its bytes are on this laptop, ``confirmed`` at head office."""

    photo: Photo
    held: bool
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What all entries have. ``at`` is in the zone of the act, ``day`` its business date; ``by`` names the author."""

    record: str
    at: datetime
    day: date
    by: str
    unsent: bool
    in_conflict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactEntry(Entry):
    """A talk. ``amends`` is the entry this one corrects, ``amended_by`` the one that corrects it."""

    channel: str
    source: str
    result: str
    note: str
    next_date: date | None
    promised: Money | None
    amends: str | None
    amended_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitEntry(Entry):
    """A visit; ``minutes`` from start to end. ``number`` counts the prospect's visits from the first on."""

    number: int
    purpose: str
    ended_at: datetime
    minutes: int
    people: tuple[PersonMet, ...]
    second_officer: str
    facts: str
    opinion: str
    outcome: str
    next_date: date | None
    next_purpose: str
    promised: Money | None
    photos: tuple[ShownPhoto, ...]
    photos_complete: bool
    amends: str | None
    amended_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationEntry(Entry):
    """An application, placed where it was begun or submitted."""

    number: str
    status: str
    amount: Money | None
    months: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreationEntry(Entry):
    """The prospect was recorded; ``list_name`` tells from which list, ``source`` how it was found."""

    source: str
    list_name: str


TimelineEntry = ContactEntry | VisitEntry | ApplicationEntry | CreationEntry


def timeline_of(view: View, prospect: StoredRecord, zone: str, names: dict[str, str]) -> tuple[TimelineEntry, ...]:
    """Everything about a prospect, newest first. ``names`` are the names of staff by id."""
    contacts = view.records.children(prospect.id, "contact")
    visits = view.records.children(prospect.id, "visit")
    applications = view.records.children(prospect.id, "application")
    everything = [*contacts, *visits, *applications, prospect]
    unsent = view.outbox.unsent_among([stored.id for stored in everything])
    amended = {str(s.screen["amends"]): s.id for s in reversed([*contacts, *visits]) if s.screen.get("amends")}
    entries: list[TimelineEntry] = []
    entries += (
        _contact(stored.id, contact, names, amended.get(stored.id), unsent=stored.id in unsent)
        for stored in contacts
        if (contact := readable(stored, Contact))
    )
    first_on = [stored for stored in reversed(visits) if not stored.screen.get("amends")]
    numbers = {stored.id: place for place, stored in enumerate(first_on, start=1)}
    for stored in visits:
        if visit := readable(stored, Visit):
            number = numbers.get(stored.id) or numbers.get(str(visit.amends)) or len(numbers)
            entries.append(
                _visit(view, stored.id, visit, number, names, amended.get(stored.id), unsent=stored.id in unsent)
            )
    entries += (
        _application(stored, application, zone, names, unsent=stored.id in unsent)
        for stored in applications
        if (application := readable(stored, Application))
    )
    # Of one second, ids tell the order: they are made in it.
    entries.sort(key=lambda entry: (entry.at.astimezone(UTC), entry.record), reverse=True)
    creation = _creation(prospect, entries, zone, names, unsent=prospect.id in unsent)
    # Of a day it comes first, whatever its hour: who is talked to is recorded by then.
    earlier = next((place for place, entry in enumerate(entries) if entry.day < creation.day), len(entries))
    return (*entries[:earlier], creation, *entries[earlier:])


def readable(stored: StoredRecord, shape: type[R]) -> R | None:
    """The record, or None when a newer program wrote it in a way this one cannot read."""
    try:
        return record_of(shape, stored.screen)
    except msgspec.ValidationError:
        return None


def _contact(
    record: str, contact: Contact, names: dict[str, str], amended_by: str | None, *, unsent: bool
) -> ContactEntry:
    return ContactEntry(
        record=record,
        at=local_time(contact.at, contact.zone),
        day=contact.business_date,
        by=names.get(contact.staff, ""),
        unsent=unsent,
        channel=contact.channel,
        source=contact.source,
        result=contact.result,
        note=contact.note,
        next_date=contact.next_date,
        promised=_money(contact.promised_fen),
        amends=contact.amends,
        amended_by=amended_by,
    )


def _visit(
    view: View,
    record: str,
    visit: Visit,
    number: int,
    names: dict[str, str],
    amended_by: str | None,
    *,
    unsent: bool,
) -> VisitEntry:
    photos = tuple(_photo(view, photo) for photo in visit.photos)
    return VisitEntry(
        record=record,
        at=local_time(visit.started_at, visit.zone),
        day=visit.business_date,
        by=names.get(visit.staff, ""),
        unsent=unsent or not all(photo.confirmed for photo in photos),
        number=number,
        purpose=visit.purpose,
        ended_at=local_time(visit.ended_at, visit.zone),
        minutes=int((visit.ended_at - visit.started_at).total_seconds() // 60),
        people=visit.people,
        second_officer=names.get(visit.second_officer or "", ""),
        facts=visit.facts,
        opinion=visit.opinion,
        outcome=visit.outcome,
        next_date=visit.next_date,
        next_purpose=visit.next_purpose or "",
        promised=_money(visit.promised_fen),
        photos=photos,
        photos_complete=all(photo.held for photo in photos),
        amends=visit.amends,
        amended_by=amended_by,
    )


def _application(
    stored: StoredRecord, application: Application, zone: str, names: dict[str, str], *, unsent: bool
) -> ApplicationEntry:
    at = local_time(application.submitted_at or made_at(stored.id) or _UNKNOWN, zone)
    return ApplicationEntry(
        record=stored.id,
        at=at,
        day=at.date(),
        by=names.get(application.officer, ""),
        unsent=unsent,
        in_conflict=bool(stored.conflicts),
        number=application.number,
        status=application.status,
        amount=_money(application.amount_fen),
        months=application.months,
    )


def _creation(
    prospect: StoredRecord, later: list[TimelineEntry], zone: str, names: dict[str, str], *, unsent: bool
) -> CreationEntry:
    earliest = later[-1].at if later else _UNKNOWN
    at = local_time(made_at(prospect.id) or earliest, zone)
    return CreationEntry(
        record=prospect.id,
        at=at,
        day=at.date(),
        by=names.get(str(prospect.screen.get("marketed_by") or prospect.screen.get("owner") or ""), ""),
        unsent=unsent,
        in_conflict=bool(prospect.conflicts),
        source=str(prospect.screen.get("source", "outbound")),
        list_name=str(prospect.screen.get("list_name") or ""),
    )


def _photo(view: View, photo: Photo) -> ShownPhoto:
    attachment = view.attachments.get(photo.digest)
    if attachment is None:
        return ShownPhoto(photo, held=False, confirmed=True)
    return ShownPhoto(photo, held=attachment.is_here, confirmed=attachment.state in ("complete", "to_fetch"))


_UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)


def _money(fen: int | None) -> Money | None:
    return Money(fen) if fen is not None else None
