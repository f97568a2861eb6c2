"""What follows at head office, in the same transaction, when an application is submitted or decided on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldapp.domain.application_records import Decision
from fieldapp.domain.application_status import status_after
from fieldapp.domain.kinds import record_of
from fieldapp.domain.stages import next_stages
from fieldapp.headoffice.case import case_of
from fieldapp.headoffice.ledger import Ledger
from fieldapp.headoffice.merge import merge
from fieldapp.headoffice.reassignment import HEAD_OFFICE
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.storage.reviews import Reviews
from fieldapp.headoffice.storage.store import Unit
from fieldapp.protocol.changes import Change, body_digest, encode_change
from fieldapp.protocol.identifiers import new_change_id

_STAGES = {"approved": "approved", "disbursed": "disbursed"}
"""The prospect's stage that follows an application's status."""


def after_change(
    unit: Unit, ledger: Ledger, change: Change, before: StoredRecord | None, after: StoredRecord, at: str
) -> None:
    """Let the consequences of one accepted change stand beside it; ``after`` is its record, numbered."""
    if after.kind == "application" and is_submission(before, after):
        open_to_review(unit, ledger, change, after)
    elif after.kind == "decision" and before is None and after.parent is not None:
        _follow_decision(ledger, after, at)


def is_submission(before: StoredRecord | None, after: StoredRecord) -> bool:
    """Whether the application is submitted now and was not before."""
    was = before.values.get("status") if before is not None else None
    return after.values.get("status") == "submitted" and was != "submitted"


def open_to_review(unit: Unit, ledger: Ledger, change: Change, application: StoredRecord) -> None:
    """Those who decide in the branch read the customer from now on: each record reaches them under a new number."""
    reviews = Reviews(unit.connection)
    if reviews.is_open(application.stream, application.root):
        return
    reviews.open(application.stream, application.root)
    body = encode_change(change)
    for member in ledger.family(application):
        if member.record != application.record:
            ledger.enter(change, body, body_digest(body), member, effect="review")


def move_application(ledger: Ledger, application: StoredRecord, fields: Mapping[str, Any], at: str) -> StoredRecord:
    """Set ``fields`` of an application as head office; the prospect's stage follows its status."""
    moved = set_by_head_office(ledger, application, fields, at)
    stage = _STAGES.get(str(fields.get("status")))
    prospect = ledger.fetch(application.root)
    if stage is not None and prospect is not None and prospect.kind == "prospect":
        standing = prospect.values.get("stage", "contact")
        if standing != stage and stage in next_stages(standing):
            set_by_head_office(ledger, prospect, {"stage": stage}, at)
    return moved


def set_by_head_office(ledger: Ledger, record: StoredRecord, fields: Mapping[str, Any], at: str) -> StoredRecord:
    """Write ``fields`` over what stands, with head office as their author. Raises ValueError when a rule forbids it."""
    change = Change(
        id=new_change_id(),
        n=0,
        stream=record.stream,
        kind=record.kind,
        record=record.record,
        fields={name: (record.values.get(name), value) for name, value in fields.items()},
        actor=HEAD_OFFICE,
        made_at=at,
    )
    merged = merge(record, change, None)
    if merged.record is None or merged.outcome != "merged":
        raise ValueError("head office's own change did not merge")
    body = encode_change(change)
    return ledger.enter(change, body, body_digest(body), merged.record)


def _follow_decision(ledger: Ledger, stored: StoredRecord, at: str) -> None:
    application = ledger.fetch(stored.parent or "")
    decision = record_of(Decision, stored.values)
    status = status_after(decision.level, decision.outcome)
    if application is None or status is None:
        return
    note = decision.conditions if decision.outcome == "approve" else decision.reason
    move_application(ledger, case_of(ledger, application).stored, {"status": status, "decision_note": note}, at)
