"""Who investigates, who reviews and who approves are three people (DOMAIN E3; Commercial Bank Law art. 35)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from fieldapp.domain.application_records import Decision
from fieldapp.domain.application_status import LEVELS
from fieldapp.domain.errors import Invalid
from fieldapp.domain.records import Application, Role, Visit
from fieldapp.domain.wording import Sentence

FRESH = timedelta(minutes=10)
"""How far a decision's time may lie from head office's: further, and it was not made online (E9, E13 [G])."""


def investigators(application: Application, visits: Iterable[Visit]) -> frozenset[str]:
    """Who looked into the case: the officer who took it, and everybody who visited the customer, also as second."""
    went = {staff for visit in visits for staff in (visit.staff, visit.second_officer) if staff}
    return frozenset(went | {application.officer})


def standing_decisions(application: Application, decisions: Iterable[Decision]) -> list[Decision]:
    """The decisions on the application as it was last submitted; those on an earlier submission are history."""
    return [one for one in decisions if one.submission == application.submitted_at]


def refusal_of_level(
    staff: str, role: Role, application: Application, decisions: Iterable[Decision], looked_into: frozenset[str]
) -> Invalid | None:
    """Why ``staff`` may not decide on ``application`` now; None when it waits for them.

    ``role``: they decide nothing. ``separation``: they took part before. ``not_submitted``, ``already_decided``,
    ``not_reviewed``: it is not their turn. A laptop and head office ask the same question here (E3).
    """
    level = LEVELS.get(role)
    if level is None:
        return Invalid("role", Sentence("Only a reviewer or an approver decides on an application."), field="level")
    if staff in looked_into:
        return _same_person(Sentence("You took part in the investigation of this case; somebody else decides on it."))
    if application.status != "submitted":
        return Invalid(
            "not_submitted", Sentence("This application does not wait for a decision any more."), field="status"
        )
    standing = standing_decisions(application, decisions)
    if any(one.outcome != "approve" for one in standing) or any(one.level == level for one in standing):
        return Invalid("already_decided", Sentence("This has been decided already."), field="level")
    reviews = [one for one in standing if one.level == "review"]
    if level == "approval" and not reviews:
        return Invalid("not_reviewed", Sentence("The review comes before the approval."), field="level")
    if any(one.staff == staff for one in standing):
        return _same_person(Sentence("You reviewed this case; somebody else approves it."))
    return None


def refusal_of_decision(
    decision: Decision,
    role: Role,
    application: Application,
    earlier: Sequence[Decision],
    looked_into: frozenset[str],
) -> Invalid | None:
    """Why ``decision``, by somebody of ``role``, cannot stand beside the ``earlier`` ones; None when it can.

    Besides what ``refusal_of_level`` says: ``stale`` when the application was submitted anew meanwhile, ``terms``
    when an approval names no amount and term, or more than was asked for.
    """
    if decision.submission != application.submitted_at:
        return Invalid(
            "stale",
            Sentence("The application was submitted anew meanwhile. Synchronise and read it again."),
            field="submission",
        )
    if (found := refusal_of_level(decision.staff, role, application, earlier, looked_into)) is not None:
        return found
    if decision.level != LEVELS[role]:
        return Invalid("role", Sentence("This level is decided by somebody else."), field="level")
    return _refusal_of_terms(decision, application) if decision.outcome == "approve" else None


def is_fresh(decided: datetime, now: datetime) -> bool:
    """Whether something that is only done online was made just now; both in UTC (E13)."""
    return abs(now - decided) <= FRESH


def not_online(field: str = "at") -> Invalid:
    """A decision or question that was not made in contact with head office (E13)."""
    return Invalid(
        "not_online",
        Sentence("This is decided in contact with head office only; it came late, or a clock is wrong."),
        field=field,
    )


def _refusal_of_terms(decision: Decision, application: Application) -> Invalid | None:
    if decision.level == "review" and decision.amount_fen is None and decision.months is None:
        return None
    asked, months = application.amount_fen or 0, decision.months or 0
    if not decision.amount_fen or not 0 < decision.amount_fen <= asked:
        return Invalid("terms", Sentence("An amount is approved up to what was applied for."), field="amount_fen")
    if not 0 < months <= 360:
        return Invalid("terms", Sentence("A term runs from 1 to at most 360 months."), field="months")
    return None


def _same_person(sentence: Sentence) -> Invalid:
    return Invalid("separation", sentence, field="staff")
