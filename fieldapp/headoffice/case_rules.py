"""What head office refuses around an application, whatever the laptop believed it may (DOMAIN E2, E3, E13, E14)."""

from __future__ import annotations

import msgspec

from fieldapp.domain.application_records import Decision
from fieldapp.domain.application_status import EDITABLE
from fieldapp.domain.consents import refusal_of_conflict
from fieldapp.domain.controls.separation import is_fresh, not_online, refusal_of_decision
from fieldapp.domain.errors import Invalid
from fieldapp.domain.kinds import FORM_PARTS, record_of
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.case import case_of, instant
from fieldapp.headoffice.ledger import Ledger
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.scope import Author, sets_nothing
from fieldapp.protocol.changes import Change

_TALK = frozenset(("question", "answer", "decision"))


def concerns_a_case(kind: str) -> bool:
    """Whether a change of this kind is judged here at all; visits and contacts never are."""
    return kind in FORM_PARTS or kind in _TALK or kind == "application"


def refusal_in_case(
    ledger: Ledger, author: Author, change: Change, current: StoredRecord | None, now: str
) -> Invalid | None:
    """Why ``author`` may not make this change of a case; None when they may, or when its parent is not known yet.

    Whether an application may be handed in is ``submission``'s to say.
    """
    if change.kind == "application":
        return _refusal_of_interest(ledger, author, current) if current is not None else None
    parent = current.parent if current is not None else change.parent
    application = ledger.fetch(parent) if parent is not None else None
    if application is None or application.kind != "application":
        return None
    if current is not None and sets_nothing(change, current):
        return None
    if change.kind in FORM_PARTS:
        return _refusal_of_part(author, application) or _refusal_of_interest(ledger, author, application)
    if current is not None:
        return None  # an entry of a talk is never changed: the merge says so
    return _refusal_of_talk(ledger, author, change, application, now)


def _refusal_of_part(author: Author, application: StoredRecord) -> Invalid | None:
    if author.decides or application.values.get("status") in EDITABLE:
        return None  # who decides writes figures of their own beside the officer's, and nothing else (scope)
    return Invalid(
        "submitted",
        Sentence("The application is submitted: nothing in it is changed any more."),
        field="status",
        advice=Sentence("A reviewer can return it; an approved one is amended by a successor."),
    )


def _refusal_of_interest(ledger: Ledger, author: Author, application: StoredRecord) -> Invalid | None:
    """Who declared kin or an interest in a case changes nothing in it any more (E2)."""
    refusal = refusal_of_conflict(case_of(ledger, application).declarations, author.staff)
    return refusal if refusal is not None and refusal.code == "conflict_of_interest" else None


def _refusal_of_talk(
    ledger: Ledger, author: Author, change: Change, application: StoredRecord, now: str
) -> Invalid | None:
    if change.kind == "answer":
        question = change.fields.get("question", (None, None))[1]
        asked = ledger.fetch(question) if isinstance(question, str) else None
        if asked is None or asked.kind != "question" or asked.parent != application.record:
            return Invalid("question", Sentence("There is no such question on this application."), field="question")
        return None
    made_at = change.fields.get("at", (None, None))[1]
    try:
        if not isinstance(made_at, str) or not is_fresh(instant(made_at), instant(now)):
            return not_online()
    except (TypeError, ValueError):
        return not_online()
    if application.values.get("submitted_at") is None or application.values.get("status") == "draft":
        return Invalid("not_submitted", Sentence("This application was not submitted yet."), field="status")
    return _refusal_of_decision(ledger, author, change, application) if change.kind == "decision" else None


def _refusal_of_decision(ledger: Ledger, author: Author, change: Change, application: StoredRecord) -> Invalid | None:
    if application.conflicts:
        sentence = Sentence("Two people changed this application at once; one value must be chosen before a decision.")
        return Invalid("conflict", sentence, field="conflicts")
    case = case_of(ledger, application)
    try:
        decision = record_of(Decision, {name: new for name, (_shown, new) in change.fields.items()})
        return refusal_of_decision(decision, author.role, case.application, case.decisions, case.looked_into_by)
    except msgspec.ValidationError:
        return Invalid("shape", Sentence("This value does not have the form it should."), field="record")
