"""What people are called on screens by their role at the bank."""

from __future__ import annotations

from fieldapp.domain.wording import Sentence
from fieldapp.translation import say

_ROLES = {
    "officer": Sentence("Field officer"),
    "teller": Sentence("Teller"),
    "branch_head": Sentence("Branch head"),
    "reviewer": Sentence("Reviewer"),
    "approver": Sentence("Approver"),
    "administrator": Sentence("Administrator"),
}


def role_name(role: str) -> str:
    """The role in the language now spoken; one this version does not know as head office wrote it."""
    return say(_ROLES[role]) if role in _ROLES else role
