"""The pull of one exchange: what changed for this reader, in order, up to one head (SYNC 22 to 26)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fieldapp.headoffice.cursor import Position, encode_cursor
from fieldapp.headoffice.knowledge import Knowledge
from fieldapp.headoffice.push import Pushed
from fieldapp.headoffice.scope import Author
from fieldapp.headoffice.storage.records import Head, Records, live_in
from fieldapp.headoffice.whereabouts import starts_anew
from fieldapp.protocol.messages import Gone, Mark, RecordState

PAGE_BYTES = 4 * 1024 * 1024
"""About the most a page carries; one record is always sent, however large."""

_AT_FIRST = 25
_AT_ONCE = 500
"""Rows of one look: few until it is seen that they are light, for they are read whole."""

_LIGHT_BYTES = 8 * 1024
_ENVELOPE_BYTES = 200


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
    to_come: int = 0
    at_heads: bool = False

    @property
    def says_nothing(self) -> bool:
        """Whether the laptop had read everything already: nothing is told, and nothing is left behind a pull's end."""
        return self.at_heads and not (self.states or self.records or self.gone or self.restart)


def page_of(
    records: Records,
    author: Author,
    positions: dict[str, Position],
    heads: dict[str, Head],
    pushed: Pushed,
    most: int,
) -> Page:
    """The states that receipts need and the next page of at most ``most`` records, from one moment of the database.

    ``heads`` are those of the author's streams at that moment.
    """
    audiences = author.audiences()
    page = Page(heads={stream: (head.seq, head.hash) for stream, head in heads.items()})
    page.restart = any(starts_anew(positions.get(s), author.scope_tag(s), head) for s, head in heads.items())
    _settle(records, audiences, page, pushed)
    known, own = pushed.knowledge, pushed.entered
    if page.restart:
        known, own = Knowledge({}), {}
        positions = {s: Position(0, "", author.scope_tag(s), head.floor, head.seq) for s, head in heads.items()}
        page.to_come = sum(records.count_told(s, audiences[s], head.seq) for s, head in heads.items())
    under_way = any(positions[stream].until > positions[stream].seq for stream in heads)
    budget = _Budget(max(1, most))
    for stream, head in heads.items():
        position = positions[stream]
        until = max(position.seq, min(position.until, head.seq) if under_way else head.seq)
        reading = _Reading(records, stream, audiences[stream], position, until, own.get(stream, (0, 0)))
        last = reading.read(page, known, budget)
        chain_hash = head.hash if last == head.seq else records.journal.hashes([(stream, last)])[stream, last]
        positions = positions | {stream: Position(last, chain_hash, position.scope, position.floor, until)}
    page.cursor = encode_cursor({stream: positions[stream] for stream in heads})
    page.at_heads = all(positions[stream].seq >= head.seq for stream, head in heads.items())
    return page


def looks_before_page(
    records: Records, author: Author, positions: dict[str, Position], heads: Mapping[str, int], most: int
) -> None:
    """What ``page_of`` asks first where the heads are at the numbers ``heads``, asked within ``Records.foresee``."""
    for stream, audience in author.audiences().items():
        position, seq = positions.get(stream), heads.get(stream, 0)
        if position is not None and position.until <= position.seq < seq:
            records.told(stream, audience, position.seq, seq, min(max(1, most), _AT_FIRST))


def _settle(records: Records, audiences: dict[str, str], page: Page, pushed: Pushed) -> None:
    """Tell the states that the receipts leave open; the laptop then knows them."""
    known = pushed.knowledge
    unsure = [record for record in pushed.changed if known.sure_of(record) is None]
    found = records.find(unsure, pushed.streams)
    for record in unsure:
        standing = found.get(record)
        if standing is not None and live_in(standing, audiences):
            page.states.append(standing.state())
        else:
            page.gone.append(pushed.changed[record])  # where the receipts say, for it may have moved since
        if standing is not None:
            known.tell(record, standing.rev)


@dataclass(slots=True)
class _Budget:
    records: int
    bytes: int = PAGE_BYTES

    @property
    def spent(self) -> bool:
        return self.records <= 0 or self.bytes <= 0


@dataclass(slots=True)
class _Reading:
    """One stream's part of a page; the numbers in ``own`` (after, until) are this very request's, and known."""

    source: Records
    stream: str
    audience: str
    position: Position
    until: int
    own: tuple[int, int]

    def read(self, page: Page, known: Knowledge, budget: _Budget) -> int:
        """Add rows until ``until`` or the budget's end; returns the number after which the next page starts."""
        last, knows, at_once = self.position.seq, known.of_any, _AT_FIRST
        while last < self.until and not budget.spent:
            own_after, own_until = self.own
            if own_after <= last < own_until:
                last = own_until
                continue
            until = min(self.until, own_after) if last < own_after else self.until
            wanted = min(budget.records, at_once)
            rows = self.source.told(self.stream, self.audience, last, until, wanted)
            light = sum(size for _seq, _state, size, _departure in rows) <= len(rows) * _LIGHT_BYTES
            at_once = min(at_once * 4, _AT_ONCE) if light else _AT_FIRST
            for seq, state, size, departure in rows:
                if budget.spent:
                    break
                budget.records -= 1
                last = seq
                if state is not None:
                    if not knows or known.sure_of(state.record) != state.rev:
                        page.records.append(state)
                        budget.bytes -= size + _ENVELOPE_BYTES
                elif departure is not None and not page.restart:
                    page.gone.append(Gone(self.stream, departure.kind, departure.record))
            else:
                if len(rows) < wanted:
                    last = until
        page.more = page.more or last < self.until
        return last
