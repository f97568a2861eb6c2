"""How the screens call the fixed choices of records, and how they show a prospect in one line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from fieldapp.desktop.components.chip import ChipLook, Ground
from fieldapp.desktop.components.words import Words
from fieldapp.domain.wording import Sentence
from fieldapp.services.prospects import ProspectLine

Choices: TypeAlias = Sequence[tuple[str, Sentence]]

STAGES: Choices = (
    ("contact", Sentence("Contacted")),
    ("interested", Sentence("Interested")),
    ("applied", Sentence("Applied")),
    ("approved", Sentence("Approved")),
    ("disbursed", Sentence("Disbursed")),
    ("lost", Sentence("Lost")),
)
CHANNELS: Choices = (
    ("in_person", Sentence("In person")),
    ("phone", Sentence("By phone")),
    ("wechat", Sentence("WeChat")),
    ("at_branch", Sentence("At the branch")),
)
RESULTS: Choices = (
    ("interested", Sentence("Interested")),
    ("call_again", Sentence("Talk again")),
    ("not_interested", Sentence("Not interested")),
    ("handed_over", Sentence("Handed over")),
)
PURPOSES: Choices = (
    ("marketing", Sentence("Marketing")),
    ("investigation", Sentence("Investigation")),
    ("post_loan", Sentence("Post-loan")),
    ("collection", Sentence("Collection")),
)
OUTCOMES: Choices = (
    ("interested", Sentence("Interested")),
    ("needs_follow_up", Sentence("Needs another visit")),
    ("application", Sentence("Wants to apply")),
    ("promise_to_pay", Sentence("Promised to pay")),
    ("not_interested", Sentence("Not interested")),
    ("not_home", Sentence("Nobody at home")),
)
SOURCES: Choices = (
    ("outbound", Sentence("Sought out")),
    ("walk_in", Sentence("Walked in")),
    ("referral", Sentence("Referred")),
    ("list", Sentence("From a list")),
)
CUSTOMER_TYPES: Choices = (
    ("farm_household", Sentence("Farm household")),
    ("sole_trader", Sentence("Sole trader")),
    ("small_business_owner", Sentence("Small-business owner")),
    ("small_business", Sentence("Small business")),
)
BUSINESS_STAGES: Choices = (
    ("starting", Sentence("Starting")),
    ("growing", Sentence("Growing")),
    ("mature", Sentence("Mature")),
    ("declining", Sentence("Declining")),
)
PREMISES: Choices = (("own", Sentence("Own premises")), ("rent", Sentence("Rented premises")))
MARITAL: Choices = (
    ("single", Sentence("Single")),
    ("married", Sentence("Married")),
    ("divorced", Sentence("Divorced")),
    ("widowed", Sentence("Widowed")),
)
SEXES: Choices = (("M", Sentence("Man")), ("F", Sentence("Woman")))
SAME_REASONS: Choices = (
    ("identity", Sentence("same identity number")),
    ("mobile", Sentence("same telephone")),
    ("other_phone", Sentence("telephone of the family or in the remark")),
    ("name", Sentence("same name")),
)
APPLICATION_STATES: Choices = (
    ("draft", Sentence("Application begun")),
    ("submitted", Sentence("Application submitted")),
    ("returned", Sentence("Application sent back")),
    ("approved", Sentence("Application approved")),
    ("contracted", Sentence("Contract signed")),
    ("declined", Sentence("Application declined")),
    ("withdrawn", Sentence("Application withdrawn")),
    ("disbursed", Sentence("Loan disbursed")),
)

_GROUNDS = {
    "contact": Ground.NEUTRAL,
    "interested": Ground.PINE,
    "applied": Ground.SKY,
    "approved": Ground.SKY,
    "disbursed": Ground.OUTLINE,
    "lost": Ground.NEUTRAL,
}


def word_for(choices: Choices, key: str | None) -> Words:
    """The words of a choice; one this version does not know stands as it is."""
    return dict(choices).get(key or "", key or "")


def stage_chip(stage: str) -> ChipLook:
    """The chip of a prospect's stage."""
    return ChipLook(word_for(STAGES, stage), _GROUNDS.get(stage, Ground.NEUTRAL))


def place_and_trade(line: ProspectLine) -> str:
    """``上河村 • 豆腐坊``: what tells namesakes apart."""
    return " • ".join(part for part in (line.village, line.trade) if part)
