"""Telling receipts shortly: what was accepted as sent, one after the other, is one run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from fieldapp.protocol.messages import SHORT_HASH, Mark, Receipt, Rev, Run


def plain_receipt(change: str, stream: str, seq: int, chain_hash: str) -> Receipt:
    """The receipt of a new record that was taken as sent."""
    rev = (0, stream, seq)
    return Receipt(change=change, outcome="accepted", stream=stream, seq=seq, hash=chain_hash, rev=rev, taken=True)


@dataclass(slots=True)
class EnteredRun:
    """New entries of one stream, taken as sent and numbered one after the other: the first has the number ``seq``.

    Each place of the lists tells of one entry; ``digests`` are those of their bodies, ``hashes`` the chain's at its
    number.
    """

    stream: str
    seq: int
    changes: list[str]
    records: list[str]
    digests: list[str]
    hashes: list[str]

    @property
    def last(self) -> int:
        """The number of the last."""
        return self.seq + len(self.changes) - 1

    def receipts(self) -> list[Receipt]:
        """The receipt of each."""
        return [self.receipt(place) for place in range(len(self.changes))]

    def receipt(self, place: int) -> Receipt:
        """The receipt of the entry at that place."""
        return plain_receipt(self.changes[place], self.stream, self.seq + place, self.hashes[place])

    def revisions(self) -> Iterator[tuple[str, Rev]]:
        """Each record with its revision."""
        stream = self.stream
        return ((record, (0, stream, seq)) for seq, record in enumerate(self.records, self.seq))


Answer = Receipt | EnteredRun
"""What is said to one change, or to several that follow each other."""


@dataclass(frozen=True, slots=True)
class Told:
    """The receipts of one reply and the heads it was read against."""

    runs: list[Run]
    receipts: list[Receipt]
    heads: dict[str, Mark]


def in_runs(answers: Sequence[Answer], heads: dict[str, Mark]) -> Told:
    """The answers to a request's changes, in their order, as runs and the rest; chain hashes cut short."""
    runs: list[Run] = []
    others: list[Receipt] = []
    open_run: _Accepted | None = None
    place = 0
    for answer in answers:
        accepted = _accepted(answer, place)
        place += accepted.count if accepted is not None else 1
        if accepted is not None and open_run is not None and accepted.follows(open_run):
            open_run = replace(open_run, count=open_run.count + accepted.count, hash=accepted.hash)
            continue
        if open_run is not None:
            runs.append(open_run.told())
        open_run = accepted
        if accepted is None and isinstance(answer, Receipt):
            others.append(answer)
    if open_run is not None:
        runs.append(open_run.told())
    return Told(runs, others, {stream: (seq, told[:SHORT_HASH]) for stream, (seq, told) in heads.items()})


@dataclass(frozen=True, slots=True)
class _Accepted:
    first: int
    count: int
    stream: str
    seq: int
    hash: str

    def follows(self, before: _Accepted) -> bool:
        return (self.stream, self.seq) == (before.stream, before.seq + before.count)

    def told(self) -> Run:
        return Run(self.first, self.count, self.stream, self.seq, self.hash[:SHORT_HASH])


def _accepted(answer: Answer, place: int) -> _Accepted | None:
    if isinstance(answer, EnteredRun):
        return _Accepted(place, len(answer.changes), answer.stream, answer.seq, answer.hashes[-1])
    return _Accepted(place, 1, answer.stream, answer.seq, answer.hash) if answer.outcome == "accepted" else None
