"""The pull of one exchange: what changed for this reader, in order, up to one head (SYNC 22 to 26)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from fieldapp.headoffice.cursor import Position, encode_cursor
from fieldapp.headoffice.push import Knowledge
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.scope import Author
from fieldapp.headoffice.storage.records import Head, Records, Sight
from fieldapp.protocol.messages import Gone, Mark, RecordState

PAGE_BYTES = 4 * 1024 * 1024
"""About the most a page carries; one record is always sent, however large."""

_AT_ONCE = 500


@dataclass(slots=True)
class Page:
    """What the reply says besides the receipts."""

    states: list[RecordState] = field(default_factory=list)
    records: list[RecordState] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    heads: dict[str, Mark] = field(default_factory=dict)
    cursor: str = ""
    more: bool = False
    restart: bool = False


def page_of(
    records: Records,
    author: Author,
    positions: dict[str, Position],
    changed: Iterable[str],
    knowledge: Knowledge,
    most: int,
) -> Page:
    """The states that receipts need and the next page, all from one moment of the database.

    ``changed`` are the records this request got receipts for; ``most`` is the greatest number of records wanted.
    """
    audiences = author.audiences()
    heads = records.heads(audiences)  # before the rows: what commits later has a higher number (SYNC 24)
    page = Page(heads={stream: (head.seq, head.hash) for stream, head in heads.items()})
    page.restart = any(_starts_anew(positions.get(s), author.scope_tag(s), head) for s, head in heads.items())
    settled = _settle(records, audiences, page, sorted(set(changed)), knowledge)
    if page.restart:
        settled = set()
        positions = {s: Position(0, "", author.scope_tag(s), head.floor, head.seq) for s, head in heads.items()}
    under_way = any(positions[stream].until > positions[stream].seq for stream in heads)
    budget = _Budget(max(1, most))
    for stream, head in heads.items():
        position = positions[stream]
        until = position.until if under_way else head.seq
        reading = _Reading(records, stream, audiences[stream], position, max(position.seq, until))
        positions = positions | {stream: reading.read(page, settled, budget)}
    page.cursor = encode_cursor({stream: positions[stream] for stream in heads})
    return page


def _starts_anew(position: Position | None, scope: str, head: Head) -> bool:
    if position is None or position.scope != scope:
        return True
    return position.seq < head.floor and position.floor != head.floor


def _settle(
    records: Records, audiences: dict[str, str], page: Page, changed: list[str], knowledge: Knowledge
) -> set[str]:
    """Tell the states that the receipts leave open; returns the records of which the laptop then knows all."""
    if not changed:
        return set()
    live = records.live(audiences, changed)
    for record in records.find(changed).values():
        if record.record not in live:
            page.gone.append(Gone(record.stream, record.kind, record.record))
        elif not knowledge.knows(record):
            page.states.append(record.state())
    return set(changed)


@dataclass(slots=True)
class _Budget:
    records: int
    bytes: int = PAGE_BYTES

    @property
    def spent(self) -> bool:
        return self.records <= 0 or self.bytes <= 0


@dataclass(slots=True)
class _Reading:
    """One stream's part of a page."""

    source: Records
    stream: str
    audience: str
    position: Position
    until: int

    def read(self, page: Page, settled: set[str], budget: _Budget) -> Position:
        """Add rows until ``until`` or the budget's end; returns where the next page starts."""
        last = self.position.seq
        while last < self.until and not budget.spent:
            wanted = min(budget.records, _AT_ONCE)
            sights = self.source.sights(self.stream, self.audience, last, self.until, wanted)
            known = self.source.find(s.record for s in sights if not s.gone and s.record not in settled)
            for sight in sights:
                if budget.spent:
                    break
                self._tell(page, sight, known.get(sight.record), settled, budget)
                last = sight.seq
            else:
                if len(sights) < wanted:
                    last = self.until
        page.more = page.more or last < self.until
        chain_hash = self.source.hashes([(self.stream, last)])[self.stream, last]
        return Position(last, chain_hash, self.position.scope, self.position.floor, self.until)

    def _tell(self, page: Page, sight: Sight, record: StoredRecord | None, settled: set[str], budget: _Budget) -> None:
        budget.records -= 1
        if sight.record in settled:
            return
        if sight.gone:
            if not page.restart:
                page.gone.append(Gone(self.stream, sight.kind, sight.record))
        elif record is not None:
            state = record.state()
            page.records.append(state)
            budget.bytes -= len(msgspec.json.encode(state))
