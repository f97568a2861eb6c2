"""What follows at head office, in the same transaction, when an application is submitted or decided on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldapp.domain.application_records import Alert, Decision
from fieldapp.domain.application_status import status_after
from fieldapp.domain.controls.limits import Limits
from fieldapp.domain.kinds import record_of, values_of
from fieldapp.domain.stages import next_stages
from fieldapp.headoffice.case import case_of, instant
from fieldapp.headoffice.ledger import Ledger
from fieldapp.headoffice.merge import Merge, merge
from fieldapp.headoffice.reassignment import HEAD_OFFICE
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.scope import REVIEW
from fieldapp.headoffice.screening import Screener
from fieldapp.headoffice.storage.records import ALERT
from fieldapp.headoffice.storage.reviews import Reviews
from fieldapp.headoffice.storage.screening import Screening
from fieldapp.headoffice.storage.store import Unit
from fieldapp.protocol.changes import Change, body_digest, encode_change
from fieldapp.protocol.identifiers import new_change_id, new_record_id

_STAGES = {"approved": "approved", "disbursed": "disbursed"}
"""The prospect's stage that follows an application's status."""


class CaseEffects:
    """What one request lets follow; everything goes through its ``ledger`` and counts with the change itself."""

    def __init__(self, unit: Unit, ledger: Ledger, at: str, limits: Limits) -> None:
        self._unit = unit
        self._ledger = ledger
        self._at = at
        self._limits = limits

    def after_change(self, change: Change, before: StoredRecord | None, after: StoredRecord) -> None:
        """Let the consequences of one accepted change stand beside it; ``after`` is its record, numbered."""
        if after.kind == "decision" and before is None and after.parent is not None:
            self._follow_decision(after)
        elif after.kind == "application" and _status(after) != (_status(before) if before is not None else None):
            if _status(after) == "submitted":
                open_to_review(self._unit, self._ledger, change, after)
                self._screen(after)
            else:
                Screening(self._unit.connection).set_status(after.record, _status(after))

    def move_application(self, application: StoredRecord, fields: Mapping[str, Any]) -> StoredRecord:
        """Set ``fields`` of an application as head office; the prospect's stage follows its status."""
        moved = set_by_head_office(self._ledger, application, fields, self._at)
        Screening(self._unit.connection).set_status(moved.record, _status(moved))
        stage = _STAGES.get(_status(moved))
        prospect = self._ledger.fetch(application.root)
        if stage is not None and prospect is not None and prospect.kind == "prospect":
            standing = prospect.values.get("stage", "contact")
            if standing != stage and stage in next_stages(standing):
                set_by_head_office(self._ledger, prospect, {"stage": stage}, self._at)
        return moved

    def _follow_decision(self, stored: StoredRecord) -> None:
        application = self._ledger.fetch(stored.parent or "")
        decision = record_of(Decision, stored.values)
        status = status_after(decision.level, decision.outcome)
        if application is None or status is None:
            return
        note = decision.conditions if decision.outcome == "approve" else decision.reason
        self.move_application(application, {"status": status, "decision_note": note})

    def _screen(self, application: StoredRecord) -> None:
        """Keep what the controls noticed, where those who decide read it."""
        submitted_at = case_of(self._ledger, application).application.submitted_at
        for noticed in Screener(self._unit, self._limits).notice(case_of(self._ledger, application), self._at):
            alert = Alert(
                control=noticed.control,
                code=noticed.code,
                text=noticed.sentence.text,
                values={name: str(value) for name, value in noticed.sentence.values.items()},
                submission=submitted_at,
                at=instant(self._at),
            )
            fields = {name: (None, value) for name, value in values_of(alert).items() if value is not None}
            change = Change(
                id=new_change_id(),
                n=0,
                stream=application.stream,
                kind=ALERT,
                record=new_record_id(),
                parent=application.record,
                fields=fields,
                new=True,
                actor=HEAD_OFFICE,
                made_at=self._at,
            )
            _enter(self._ledger, change, merge(None, change, application))


def open_to_review(unit: Unit, ledger: Ledger, change: Change, application: StoredRecord) -> None:
    """Those who decide in the branch read the customer from now on: each record reaches them under a new number.

    Of other customers they read the people who stand in the application, and nothing else.
    """
    reviews, stream = Reviews(unit.connection), application.stream
    opened: list[StoredRecord] = []
    if not reviews.is_open(stream, application.root):
        reviews.open(stream, application.root)
        opened += [member for member in ledger.family(application) if member.record != application.record]
    for stranger in case_of(ledger, application).strangers:
        if not reviews.is_open(stream, stranger.record) and not reviews.is_open(stream, stranger.root):
            reviews.open(stream, stranger.record)
            opened.append(stranger)
    body = encode_change(change)
    for member in opened:
        ledger.reach(ledger.enter(change, body, body_digest(body), member, effect="review"), REVIEW)


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
    return _enter(ledger, change, merge(record, change, None, unbounded=True))


def _enter(ledger: Ledger, change: Change, merged: Merge) -> StoredRecord:
    if merged.record is None or merged.outcome not in ("merged", "created"):
        raise ValueError("head office's own change did not merge")
    body = encode_change(change)
    return ledger.enter(change, body, body_digest(body), merged.record)


def _status(application: StoredRecord) -> str:
    return str(application.values.get("status", "draft"))
