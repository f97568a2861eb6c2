"""How an application's status is shown: a word first, its colour second."""

from __future__ import annotations

from fieldapp.desktop.components.chip import ChipLook, Ground
from fieldapp.translation import trc

_GROUNDS = {
    "draft": Ground.AMBER,
    "returned": Ground.SEAL,
    "submitted": Ground.SKY,
    "approved": Ground.PINE,
    "contracted": Ground.PINE,
    "disbursed": Ground.OUTLINE,
}


def status_word(status: str) -> str:
    """``草稿``, ``已提交``; a status of a newer head office stands as it is."""
    match status:
        case "draft":
            return trc("application", "Draft")
        case "submitted":
            return trc("application", "Submitted")
        case "returned":
            return trc("application", "Returned")
        case "approved":
            return trc("application", "Approved")
        case "contracted":
            return trc("application", "Contract signed")
        case "declined":
            return trc("application", "Declined")
        case "withdrawn":
            return trc("application", "Withdrawn")
        case "disbursed":
            return trc("application", "Disbursed")
        case _:
            return status


def status_chip(status: str) -> ChipLook:
    """The chip of a status."""
    return ChipLook(lambda: status_word(status), _GROUNDS.get(status, Ground.NEUTRAL))
