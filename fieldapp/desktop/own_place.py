"""The names of the officer's own bank and sub-branch, in the language now spoken."""

from __future__ import annotations

from fieldapp.services.laptop import Card
from fieldapp.translation import Language, language


def bank_name(card: Card) -> str:
    """The bank; in Chinese while its English name is not known."""
    return (language() is Language.ENGLISH and card.bank_en) or card.bank


def branch_name(card: Card) -> str:
    """The sub-branch; in Chinese while its English name is not known."""
    return (language() is Language.ENGLISH and card.branch_name_en) or card.branch_name
