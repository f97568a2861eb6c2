"""What stands on the record of a visit (document 6), taken from the records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec

from fieldapp.documents.papers import DocumentMark, MetPerson, PaperState, PhotoPrint, VisitPaper
from fieldapp.domain.errors import Actionable
from fieldapp.domain.kinds import record_of
from fieldapp.domain.records import Person, Photo, Visit
from fieldapp.domain.wording import Sentence
from fieldapp.services.application_number import record_mark
from fieldapp.services.business_day import local_time
from fieldapp.services.paper_sources import letterhead, money_of, named
from fieldapp.services.staff_names import staff_names
from fieldapp.store.records import Records, StoredRecord
from fieldapp.store.view import View


def visit_paper(view: View, record: str) -> VisitPaper:
    """Document 6, a visit.

    Raises Actionable: ``gone``, ``no_branch``, ``photo_missing`` while a photo's bytes are not on this laptop.
    """
    stored = view.records.get(record)
    visit = visit_of(stored) if stored is not None and stored.kind == "visit" else None
    if stored is None or visit is None:
        raise Actionable("gone", Sentence("This visit is not on this laptop any more."))
    corrected = view.records.get(visit.amends) if visit.amends else None
    amended = visit_of(corrected) if corrected is not None else None
    enrolment = view.state.enrolment()
    customer, branch, names = _customer(view.records, stored), enrolment.branch, staff_names(view)
    return VisitPaper(
        letterhead=letterhead(view.records, enrolment),
        mark=visit_mark(stored.id, visit, branch),
        customer=customer.name if customer is not None else "",
        started=local_time(visit.started_at, visit.zone),
        ended=local_time(visit.ended_at, visit.zone),
        officer=named(names, visit.staff) or "",
        purpose=visit.purpose,
        outcome=visit.outcome,
        identity_number=customer.id_number if customer is not None else None,
        mobile=customer.mobile if customer is not None else None,
        place=visit.place,
        second_officer=named(names, visit.second_officer),
        people=tuple(MetPerson(met.name, met.relation) for met in visit.people),
        facts=visit.facts,
        opinion=visit.opinion,
        promised=money_of(visit.promised_fen),
        next_date=visit.next_date,
        next_action=visit.next_purpose or "",
        photos=tuple(_photo(photo, visit.zone, view.attachments.content) for photo in visit.photos),
        amends=_amended_number(visit, amended, branch),
    )


def visit_mark(record: str, visit: Visit, branch: str) -> DocumentMark:
    """A visit is never edited: its paper is ready for signature from the start."""
    number = f"{branch}-{visit.business_date.year}-{record_mark(record)}/6"
    return DocumentMark(number, PaperState.FOR_SIGNATURE, visit.business_date)


def visit_of(stored: StoredRecord) -> Visit | None:
    """The visit, None when a newer version of the program wrote it."""
    try:
        return record_of(Visit, stored.screen)
    except msgspec.ValidationError:
        return None


def _customer(records: Records, visit: StoredRecord) -> Person | None:
    prospect = records.get(visit.parent) if visit.parent is not None else None
    wanted = prospect.screen.get("person") if prospect is not None else None
    stored = records.get(wanted) if wanted else None
    return record_of(Person, stored.screen) if stored is not None else None


def _amended_number(visit: Visit, amended: Visit | None, branch: str) -> str | None:
    return visit_mark(visit.amends, amended or visit, branch).number if visit.amends else None


def _photo(photo: Photo, zone: str, content: Callable[[str], bytes | None]) -> PhotoPrint:
    image = content(photo.digest)
    if image is None:
        raise Actionable(
            "photo_missing",
            Sentence("The photo '{name}' has not arrived on this laptop completely.", name=photo.name[:60]),
            advice=Sentence("Synchronise, then print the visit again."),
        )
    return PhotoPrint(photo.name, image, photo.digest, _wall_clock(photo.taken_at, zone))


def _wall_clock(at: datetime | None, zone: str) -> datetime | None:
    """A camera's time has no zone and is the place's own; an instant is shown as clocks there showed it."""
    if at is None or at.tzinfo is None:
        return at
    return local_time(at, zone)
