"""How a prospect moves through its stages (DOMAIN B, Prospect: legal transitions only)."""

from __future__ import annotations

from fieldapp.domain.errors import Invalid
from fieldapp.domain.records import ProspectStage
from fieldapp.domain.wording import Sentence

STAGES: tuple[ProspectStage, ...] = ("contact", "interested", "applied", "approved", "disbursed", "lost")
"""In the order of the funnel; lost stands last."""

_NEXT: dict[ProspectStage, tuple[ProspectStage, ...]] = {
    "contact": ("interested", "applied", "lost"),
    "interested": ("contact", "applied", "lost"),
    "applied": ("interested", "approved", "lost"),
    "approved": ("applied", "disbursed", "lost"),
    "disbursed": ("interested", "applied"),  # a borrower who is won for a further loan
    "lost": ("contact", "interested"),
}

_DECIDED_BY_HEAD_OFFICE: frozenset[ProspectStage] = frozenset(("approved", "disbursed"))
_SET_BY_SUBMISSION: frozenset[ProspectStage] = frozenset(("applied",))


def next_stages(stage: ProspectStage) -> tuple[ProspectStage, ...]:
    """The stages that may follow ``stage``."""
    return _NEXT[stage]


def stages_by_hand(stage: ProspectStage) -> tuple[ProspectStage, ...]:
    """The stages an officer may choose after ``stage``: applied comes of an application, the rest of a decision."""
    return tuple(s for s in _NEXT[stage] if s not in _DECIDED_BY_HEAD_OFFICE | _SET_BY_SUBMISSION)


def require_move(old: ProspectStage, new: ProspectStage, *, by_hand: bool = False) -> None:
    """Raises Invalid (``stage``) unless ``new`` is ``old`` or may follow it; ``by_hand`` when an officer chose it."""
    if new == old:
        return
    if new not in _NEXT[old]:
        raise Invalid("stage", Sentence("This stage cannot follow the present one."), field="stage")
    if by_hand and new in _SET_BY_SUBMISSION:
        sentence = Sentence("A prospect has applied when an application is submitted.")
        raise Invalid("stage", sentence, field="stage", advice=Sentence("Fill in the application and submit it."))
    if by_hand and new in _DECIDED_BY_HEAD_OFFICE:
        sentence = Sentence("Only head office approves and disburses. The stage follows by itself.")
        raise Invalid("stage", sentence, field="stage")


def after_talk(stage: ProspectStage, *, interested: bool) -> ProspectStage:
    """The stage after a talk: interest wins a new or lost prospect; the later stages follow the application."""
    return "interested" if interested and stage in ("contact", "lost") else stage


def may_be_lost(stage: ProspectStage) -> bool:
    """Whether a talk without interest may end the courtship: not while an application or a loan is running."""
    return stage in ("contact", "interested")
