"""Where a laptop's pull stands; opaque to it, and short: it travels with every question (SYNC 24, 26)."""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache
from typing import Annotated

import msgspec

from fieldapp.protocol.messages import SHORT_HASH


class Position(msgspec.Struct, frozen=True, array_like=True):
    """Read up to ``seq`` of a stream, whose chain hash there begins with ``hash``.

    ``scope`` is the reader's scope tag and ``floor`` the stream's floor when this pull began. ``until`` is the head
    the pull began with: it ends there, however busy the branch is.
    """

    seq: int
    hash: str
    scope: str
    floor: int
    until: int


def encode_cursor(positions: dict[str, Position]) -> str:
    """The positions as one text that travels."""
    rows = [
        _Row(stream, p.seq, bytes.fromhex(p.hash[:SHORT_HASH]), bytes.fromhex(p.scope), p.floor, p.until - p.seq)
        for stream, p in positions.items()
    ]
    return base64.urlsafe_b64encode(_packed.encode(rows)).decode().rstrip("=")


def decode_cursor(text: str | None) -> dict[str, Position]:
    """The positions in ``text``; none when there is no cursor or it is not ours, and the pull starts anew."""
    if not text:
        return {}
    return (_positions if len(text) > _USUAL else _known_positions)(text).copy()


def _positions(text: str) -> dict[str, Position]:
    try:
        rows = _rows.decode(base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    if any("\x00" in row.stream or len(row.hash) not in (0, SHORT_HASH // 2) for row in rows):
        return {}
    return {r.stream: Position(r.seq, r.hash.hex(), r.scope.hex(), r.floor, r.seq + r.to_go) for r in rows}


_USUAL = 500
"""Characters of a cursor that is remembered; one that head office gave has a fifth of that."""

_known_positions = lru_cache(maxsize=256)(_positions)
"""A laptop that asks again and again asks with the same cursor, and each question looks into it several times."""

_Number = Annotated[int, msgspec.Meta(ge=0, lt=2**62)]


class _Row(msgspec.Struct, frozen=True, array_like=True):
    stream: str
    seq: _Number
    hash: bytes
    scope: bytes
    floor: _Number
    to_go: _Number


_packed = msgspec.msgpack.Encoder()
_rows = msgspec.msgpack.Decoder(list[_Row])
