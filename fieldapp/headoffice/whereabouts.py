"""Where a laptop stands in the streams that it reads, beside where these stand now."""

from __future__ import annotations

from fieldapp.headoffice.cursor import Position
from fieldapp.headoffice.push import Pushed
from fieldapp.headoffice.scope import Author
from fieldapp.headoffice.storage.records import Head, Records
from fieldapp.protocol.messages import SHORT_HASH, Mark

FEW = 20
"""Numbers that are read so quickly that to wake a thread for them would take longer."""

_LITTLE = 200
"""Numbers that are read while other writers of a stream wait."""


def starts_anew(position: Position | None, scope: str, head: Head) -> bool:
    """Whether a reader at ``position`` of a stream is told all of it again (SYNC 26)."""
    if position is None or position.scope != scope:
        return True
    return position.seq < head.floor and position.floor != head.floor


def forks(
    records: Records, marks: dict[str, Mark], positions: dict[str, Position], heads: dict[str, Head]
) -> list[str]:
    """The streams in which head office has forgotten what it told this laptop (SYNC 33)."""
    told = {(stream, seq, chain_hash) for stream, (seq, chain_hash) in marks.items()}
    told |= {(stream, position.seq, position.hash) for stream, position in positions.items()}
    kept = {(stream, head.seq): head.hash for stream, head in heads.items()}
    kept |= records.journal.hashes({(stream, seq) for stream, seq, _hash in told} - kept.keys())
    return sorted({stream for stream, seq, told_hash in told if not is_hash(kept.get((stream, seq)), told_hash)})


def is_hash(kept: str | None, told: str) -> bool:
    """Whether ``told`` is the kept chain hash, or enough of its beginning."""
    return kept is not None and kept.startswith(told) and len(told) >= min(SHORT_HASH, len(kept))


def few_behind(author: Author, positions: dict[str, Position], heads: dict[str, Head]) -> bool:
    """Whether a laptop at ``positions`` misses few numbers, and no restore shows, and it need not read all anew."""
    return (
        positions.keys() == heads.keys()
        and all(_may_go_on(position, heads[stream]) for stream, position in positions.items())
        and not any(starts_anew(position, author.scope_tag(s), heads[s]) for s, position in positions.items())
        and sum(heads[stream].seq - position.seq for stream, position in positions.items()) <= FEW
    )


def _may_go_on(position: Position, head: Head) -> bool:
    """Whether the stream's head shows no restore to a laptop at ``position``."""
    return position.seq < head.seq or (position.seq == head.seq and is_hash(head.hash, position.hash))


def stands_still(author: Author, positions: dict[str, Position], heads: dict[str, Head], pushed: Pushed) -> bool:
    """Whether a reply would read little, and of locked streams only: what others may write to now, the laptop has read.

    Only then do several statements see one moment of a database with many writers.
    """
    if not pushed.answers or not is_little(positions, heads) or not pushed.streams <= pushed.heads.keys():
        return False
    free = {stream: head for stream, head in heads.items() if stream not in pushed.heads}
    return all_read(author, {stream: positions[stream] for stream in free}, free)


def is_little(positions: dict[str, Position], heads: dict[str, Head]) -> bool:
    """Whether a laptop at ``positions`` has few numbers to read up to ``heads``."""
    return (
        positions.keys() == heads.keys()
        and sum(head.seq - positions[stream].seq for stream, head in heads.items()) <= _LITTLE
    )


def all_read(author: Author, positions: dict[str, Position], heads: dict[str, Head]) -> bool:
    """Whether the author's laptop at ``positions`` has read everything up to ``heads``."""
    return positions.keys() == heads.keys() and all(
        position.seq == position.until == heads[stream].seq and position.scope == author.scope_tag(stream)
        for stream, position in positions.items()
    )
