"""How an application moves from one status to the next, and who may move it (DOMAIN B, Application; E3, E13).

An officer writes until the application is submitted; from then on it is head office's. Reviewer and approver never
set a status: they record a decision, and head office moves the application by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fieldapp.domain.application_records import DecisionLevel, DecisionOutcome
from fieldapp.domain.errors import Invalid
from fieldapp.domain.records import ApplicationStatus, Role
from fieldapp.domain.wording import Sentence

Actor = Role | Literal["head_office"]
"""Who moves an application: a member of staff by their role, or head office itself."""

Act = Literal["submit", "withdraw", "return", "approve", "decline", "contract", "disburse"]

EDITABLE: tuple[ApplicationStatus, ...] = ("draft", "returned")
"""In which the officer writes; in every other the application stands as it was signed (E14)."""

AMENDABLE: tuple[ApplicationStatus, ...] = ("approved", "contracted")
"""In which a change of mind makes a successor beside the application (see docs/decisions/amendments.md)."""

UNDER_WAY: tuple[ApplicationStatus, ...] = ("submitted", "approved", "contracted", "disbursed")
"""In which an application was handed in and not given up."""

LEVELS: dict[Role, DecisionLevel] = {"reviewer": "review", "approver": "approval"}
"""Which decision each role takes."""


@dataclass(frozen=True, slots=True)
class Move:
    """One legal step; ``by_decision`` when it follows from a recorded decision and from nothing else."""

    act: Act
    old: ApplicationStatus
    new: ApplicationStatus
    actors: tuple[Actor, ...]
    by_decision: bool = False


_LENDERS: tuple[Actor, ...] = ("officer", "branch_head")
_OFFICE: tuple[Actor, ...] = ("head_office",)

MOVES: tuple[Move, ...] = (
    Move("submit", "draft", "submitted", _LENDERS),
    Move("withdraw", "draft", "withdrawn", _LENDERS),
    Move("submit", "returned", "submitted", _LENDERS),
    Move("withdraw", "returned", "withdrawn", _LENDERS),
    Move("return", "submitted", "returned", ("branch_head",)),
    Move("return", "submitted", "returned", ("reviewer", "approver"), by_decision=True),
    Move("decline", "submitted", "declined", ("reviewer", "approver"), by_decision=True),
    Move("approve", "submitted", "approved", ("approver",), by_decision=True),
    Move("withdraw", "submitted", "withdrawn", _OFFICE),
    Move("withdraw", "approved", "withdrawn", _OFFICE),
    Move("withdraw", "contracted", "withdrawn", _OFFICE),
    Move("contract", "approved", "contracted", _OFFICE),
    Move("disburse", "contracted", "disbursed", _OFFICE),
)
"""Every legal step; declined, withdrawn and disbursed are the ends."""


def refusal_of_move(old: str, new: str, actor: Actor, *, by_decision: bool = False) -> Invalid | None:
    """Why ``actor`` may not move an application from ``old`` to ``new``; None when they may.

    ``status_move``: nobody may. ``not_yours``: somebody else may.
    """
    steps = [move for move in MOVES if (move.old, move.new) == (old, new)]
    if not steps:
        return Invalid("status_move", Sentence("This status cannot follow the present one."), field="status")
    if any(actor in move.actors and move.by_decision == by_decision for move in steps):
        return None
    return Invalid("not_yours", Sentence("This is head office's to change, not yours."), field="status")


def status_after(level: DecisionLevel, outcome: DecisionOutcome) -> ApplicationStatus | None:
    """What a decision makes of a submitted application; None when it stays submitted, for the next level."""
    if outcome == "return":
        return "returned"
    if outcome == "decline":
        return "declined"
    return "approved" if level == "approval" else None
