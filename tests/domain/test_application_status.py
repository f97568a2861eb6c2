"""Every move of an application, by everybody who might try it."""

from __future__ import annotations

from typing import get_args

import pytest

from fieldapp.domain.application_status import MOVES, refusal_of_move, status_after
from fieldapp.domain.records import ApplicationStatus, Role

STATUSES = get_args(ApplicationStatus)
ACTORS = (*get_args(Role), "head_office")

OFFICERS = {
    ("draft", "submitted"),
    ("draft", "withdrawn"),
    ("returned", "submitted"),
    ("returned", "withdrawn"),
}
HEAD_OFFICES = {
    ("submitted", "withdrawn"),
    ("approved", "withdrawn"),
    ("contracted", "withdrawn"),
    ("approved", "contracted"),
    ("contracted", "disbursed"),
}
BY_HAND = {
    "officer": OFFICERS,
    "branch_head": OFFICERS | {("submitted", "returned")},
    "head_office": HEAD_OFFICES,
}
BY_DECISION = {
    "reviewer": {("submitted", "returned"), ("submitted", "declined")},
    "approver": {("submitted", "returned"), ("submitted", "declined"), ("submitted", "approved")},
}


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("by_decision", [False, True])
def test_nobody_makes_a_move_but_those_it_is_given_to(actor: str, by_decision: bool) -> None:
    allowed = (BY_DECISION if by_decision else BY_HAND).get(actor, set())
    for old in STATUSES:
        for new in STATUSES:
            refusal = refusal_of_move(old, new, actor, by_decision=by_decision)
            assert (refusal is None) == ((old, new) in allowed), (old, new)


def test_a_move_nobody_may_make_says_so_and_one_of_anothers_says_that() -> None:
    assert refusal_of_move("draft", "disbursed", "head_office").code == "status_move"  # type: ignore[union-attr]
    assert refusal_of_move("submitted", "approved", "officer").code == "not_yours"  # type: ignore[union-attr]


def test_declined_withdrawn_and_disbursed_are_the_ends() -> None:
    assert set(STATUSES) - {move.old for move in MOVES} == {"declined", "withdrawn", "disbursed"}


def test_a_review_in_favour_leaves_the_application_for_the_approver() -> None:
    assert status_after("review", "approve") is None
    assert status_after("approval", "approve") == "approved"
    assert [status_after(level, "return") for level in ("review", "approval")] == ["returned"] * 2
    assert [status_after(level, "decline") for level in ("review", "approval")] == ["declined"] * 2
