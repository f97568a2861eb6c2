"""Telling receipts shortly: what was accepted as sent, one after the other, is one run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fieldapp.protocol.messages import SHORT_HASH, Mark, Receipt, Run


@dataclass(frozen=True, slots=True)
class Told:
    """The receipts of one reply and the heads it was read against."""

    runs: list[Run]
    receipts: list[Receipt]
    heads: dict[str, Mark]


def in_runs(receipts: Sequence[Receipt], heads: dict[str, Mark]) -> Told:
    """The receipts of a request's changes, in their order, as runs and the rest; chain hashes cut short."""
    runs: list[Run] = []
    others: list[Receipt] = []
    first = 0
    for place, receipt in enumerate(receipts):
        if receipt.outcome != "accepted":
            others.append(receipt)
        elif not _ends_before(receipts, place):
            continue
        else:
            start = receipts[first]
            runs.append(Run(first, place + 1 - first, start.stream, start.seq, receipt.hash[:SHORT_HASH]))
        first = place + 1
    return Told(runs, others, {stream: (seq, told[:SHORT_HASH]) for stream, (seq, told) in heads.items()})


def _ends_before(receipts: Sequence[Receipt], place: int) -> bool:
    """Whether no run goes on after the receipt at ``place``."""
    if place + 1 == len(receipts):
        return True
    this, following = receipts[place], receipts[place + 1]
    return following.outcome != "accepted" or (following.stream, following.seq) != (this.stream, this.seq + 1)
