"""What head office refuses around an application, whatever the laptop believed it may (DOMAIN E3, E13, E14)."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from fieldapp.domain.application_records import Decision
from fieldapp.domain.application_status import AMENDABLE, EDITABLE, UNDER_WAY
from fieldapp.domain.controls.separation import is_fresh, not_online, refusal_of_decision
from fieldapp.domain.errors import Invalid
from fieldapp.domain.kinds import FORM_PARTS, record_of
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.case import Case, case_of, instant
from fieldapp.headoffice.ledger import Ledger
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.scope import Author
from fieldapp.protocol.changes import Change

_TALK = frozenset(("question", "answer", "decision"))


def concerns_a_case(kind: str) -> bool:
    """Whether a change of this kind is judged here at all; visits and contacts never are."""
    return kind in FORM_PARTS or kind in _TALK or kind == "application"


def refusal_in_case(
    ledger: Ledger,
    author: Author,
    change: Change,
    current: StoredRecord | None,
    now: str,
    screen: Callable[[Case], Invalid | None],
) -> Invalid | None:
    """Why ``author`` may not make this change of a case; None when they may, or when its parent is not known yet.

    ``screen`` judges a case as it would be submitted.
    """
    if change.kind == "application":
        refusal = _refusal_of_resubmission(ledger, change, current)
        return refusal or _refusal_of_submission(ledger, change, current, screen)
    parent = current.parent if current is not None else change.parent
    application = ledger.fetch(parent) if parent is not None else None
    if application is None or application.kind != "application":
        return None
    if change.kind in FORM_PARTS:
        return _refusal_of_part(author, application)
    if current is not None:
        return None  # an entry of a talk is never changed: the merge says so
    return _refusal_of_talk(ledger, author, change, application, now)


def submits(change: Change, current: StoredRecord | None) -> bool:
    """Whether the change would hand an application in."""
    typed = change.fields.get("status", (None, None))[1]
    standing = current.values.get("status") if current is not None else None
    return change.kind == "application" and typed == "submitted" and standing != "submitted"


def _refusal_of_resubmission(ledger: Ledger, change: Change, current: StoredRecord | None) -> Invalid | None:
    """A submission carries a time of its own: else what was decided on the one before would count for it (E3)."""
    if current is None or not submits(change, current):
        return None
    standing = current.values.get("submitted_at")  # a client need not send what it has nothing to say of
    claimed = change.fields["submitted_at"][1] if "submitted_at" in change.fields else standing
    decided = [one.values.get("submission") for one in case_of(ledger, current).family if one.kind == "decision"]
    if claimed not in decided:
        return None
    sentence = Sentence("This is the time of an earlier submission. Submit the application again.")
    return Invalid("submitted_at", sentence, field="submitted_at")


def _refusal_of_submission(
    ledger: Ledger, change: Change, current: StoredRecord | None, screen: Callable[[Case], Invalid | None]
) -> Invalid | None:
    """What the controls refuse of the application as it would stand after the change."""
    parent = ledger.fetch((current.parent if current is not None else change.parent) or "")
    if not submits(change, current) or parent is None:
        return None
    standing = current or StoredRecord(
        kind=change.kind,
        record=change.record,
        stream=parent.stream,
        root=parent.root,
        owner=parent.owner,
        parent=parent.record,
    )
    typed = {name: new for name, (_shown, new) in change.fields.items()}
    case = case_of(ledger, msgspec.structs.replace(standing, values=standing.values | typed))
    return _refusal_of_successor(case) or screen(case)


def _refusal_of_successor(case: Case) -> Invalid | None:
    """An amendment names an application of the same customer that is approved and has no other successor."""
    replaced = case.stored.values.get("replaces")
    if replaced is None:
        return None
    applications = [one for one in case.family if one.kind == "application" and one.record != case.stored.record]
    amendable = any(one.record == replaced and one.values.get("status") in AMENDABLE for one in applications)
    rivals = any(
        one.values.get("replaces") == replaced and one.values.get("status") in UNDER_WAY for one in applications
    )
    if amendable and not rivals:
        return None
    sentence = Sentence("The application it replaces cannot be amended any more, or is amended already.")
    return Invalid("replaces", sentence, field="replaces")


def _refusal_of_part(author: Author, application: StoredRecord) -> Invalid | None:
    if author.decides or application.values.get("status") in EDITABLE:
        return None  # who decides writes figures of their own beside the officer's, and nothing else (scope)
    return Invalid(
        "submitted",
        Sentence("The application is submitted: nothing in it is changed any more."),
        field="status",
        advice=Sentence("A reviewer can return it; an approved one is amended by a successor."),
    )


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
