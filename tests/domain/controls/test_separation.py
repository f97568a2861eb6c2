"""E3: who investigates, who reviews and who approves differ."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from fieldapp.domain.application_records import Decision
from fieldapp.domain.controls.separation import investigators, is_fresh, refusal_of_decision, refusal_of_level
from fieldapp.domain.records import Application, Visit

SUBMITTED = datetime(2026, 6, 1, 2, tzinfo=UTC)
APPLICATION = Application(officer="zhang", amount_fen=10_000_000, months=12, status="submitted", submitted_at=SUBMITTED)
VISIT = Visit(
    staff="zhang",
    second_officer="li",
    purpose="investigation",
    started_at=SUBMITTED - timedelta(hours=2),
    ended_at=SUBMITTED - timedelta(hours=1),
    business_date=date(2026, 6, 1),
    zone="Asia/Shanghai",
)
LOOKED = investigators(APPLICATION, [VISIT])
REVIEW = Decision(
    level="review",
    outcome="approve",
    staff="chen",
    at=SUBMITTED + timedelta(hours=1),
    business_date=date(2026, 6, 1),
    submission=SUBMITTED,
)
APPROVAL = msgspec.structs.replace(REVIEW, level="approval", staff="deng", amount_fen=8_000_000, months=12)


def changed(decision: Decision, **fields: object) -> Decision:
    return msgspec.structs.replace(decision, **fields)


def test_three_people_review_and_approve() -> None:
    assert refusal_of_decision(REVIEW, "reviewer", APPLICATION, [], LOOKED) is None
    assert refusal_of_decision(APPROVAL, "approver", APPLICATION, [REVIEW], LOOKED) is None


@pytest.mark.parametrize("staff", ["zhang", "li"])
def test_neither_the_officer_nor_the_second_officer_decides(staff: str) -> None:
    refusal = refusal_of_decision(changed(REVIEW, staff=staff), "reviewer", APPLICATION, [], LOOKED)
    assert refusal is not None
    assert refusal.code == "separation"


def test_the_reviewer_does_not_approve_after_a_change_of_position() -> None:
    refusal = refusal_of_decision(changed(APPROVAL, staff="chen"), "approver", APPLICATION, [REVIEW], LOOKED)
    assert refusal is not None
    assert refusal.code == "separation"


@pytest.mark.parametrize("role", ["officer", "teller", "branch_head", "administrator"])
def test_no_other_position_decides(role: str) -> None:
    refusal = refusal_of_level("chen", role, APPLICATION, [], LOOKED)  # type: ignore[arg-type]
    assert refusal is not None
    assert refusal.code == "role"


def test_an_approval_waits_for_the_review() -> None:
    refusal = refusal_of_decision(APPROVAL, "approver", APPLICATION, [], LOOKED)
    assert refusal is not None
    assert refusal.code == "not_reviewed"


def test_a_level_is_decided_once() -> None:
    refusal = refusal_of_decision(changed(REVIEW, staff="fang"), "reviewer", APPLICATION, [REVIEW], LOOKED)
    assert refusal is not None
    assert refusal.code == "already_decided"


def test_a_review_of_an_earlier_submission_does_not_count_for_the_next() -> None:
    again = msgspec.structs.replace(APPLICATION, submitted_at=SUBMITTED + timedelta(days=1))
    stale = refusal_of_decision(REVIEW, "reviewer", again, [], LOOKED)
    unreviewed = refusal_of_decision(
        changed(APPROVAL, submission=again.submitted_at), "approver", again, [REVIEW], LOOKED
    )
    assert stale is not None
    assert unreviewed is not None
    assert (stale.code, unreviewed.code) == ("stale", "not_reviewed")


@pytest.mark.parametrize("fields", [{"amount_fen": 10_000_001}, {"amount_fen": 0}, {"amount_fen": None}, {"months": 0}])
def test_no_more_is_approved_than_was_asked_for(fields: dict[str, object]) -> None:
    refusal = refusal_of_decision(changed(APPROVAL, **fields), "approver", APPLICATION, [REVIEW], LOOKED)
    assert refusal is not None
    assert refusal.code == "terms"


@pytest.mark.parametrize("status", ["draft", "returned", "approved", "declined", "withdrawn"])
def test_only_a_submitted_application_is_decided_on(status: str) -> None:
    other = msgspec.structs.replace(APPLICATION, status=status)
    refusal = refusal_of_decision(REVIEW, "reviewer", other, [], LOOKED)
    assert refusal is not None
    assert refusal.code == "not_submitted"


def test_a_decision_is_fresh_for_ten_minutes_either_way() -> None:
    assert is_fresh(SUBMITTED, SUBMITTED + timedelta(minutes=10))
    assert is_fresh(SUBMITTED, SUBMITTED - timedelta(minutes=10))
    assert not is_fresh(SUBMITTED, SUBMITTED + timedelta(minutes=10, seconds=1))
