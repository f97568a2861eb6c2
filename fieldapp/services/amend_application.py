"""A new version beside an approved or signed application, which itself is never changed (DOMAIN E14)."""

from __future__ import annotations

import msgspec

from fieldapp.domain.application_status import AMENDABLE, EDITABLE, LEVELS, UNDER_WAY
from fieldapp.domain.errors import Actionable
from fieldapp.domain.identifiers import RecordId
from fieldapp.domain.kinds import FORM_PARTS, KINDS, record_of
from fieldapp.domain.records import Application
from fieldapp.domain.wording import Sentence
from fieldapp.services.application_number import next_application_number
from fieldapp.services.business_day import business_date
from fieldapp.services.case_records import read_case
from fieldapp.store.state import Enrolment
from fieldapp.store.unit import Unit


def may_amend(application: Application, enrolment: Enrolment) -> bool:
    """Whether a new version may be begun on this laptop."""
    mine = application.officer == enrolment.staff or enrolment.role == "branch_head"
    return mine and enrolment.role not in LEVELS and application.status in AMENDABLE


def begin_successor(unit: Unit, application: str) -> RecordId:
    """The draft that replaces ``application`` once it is signed itself; one that was begun before is found again.

    Raises Actionable: ``not_amendable``, ``gone``.
    """
    case = read_case(unit.records, application)
    held = case.file.application
    if not may_amend(held, unit.enrolment):
        raise Actionable(
            "not_amendable", Sentence("This application cannot be amended: it is neither approved nor signed.")
        )
    for other in unit.records.children(case.prospect.id, "application"):
        if other.screen.get("replaces") == application and other.screen.get("status") in (*EDITABLE, *UNDER_WAY):
            return RecordId(other.id)
    successor = msgspec.structs.replace(
        held,
        number=next_application_number(unit),
        officer=unit.enrolment.staff,
        start=max(held.start, business_date(unit.clock)) if held.start is not None else business_date(unit.clock),
        status="draft",
        submitted_at=None,
        decision_note="",
        replaces=application,
    )
    with unit.together():
        made = unit.create("application", successor, parent=case.prospect.id)
        for part in unit.records.children(application, *sorted(FORM_PARTS)):
            if not part.deleted and part.screen.get("author") != "reviewer":
                unit.create(part.kind, record_of(KINDS[part.kind].record, part.screen), parent=made)
    return made
