"""Where a laptop's pull stands; opaque to it (SYNC 24, 26)."""

from __future__ import annotations

import base64
import binascii

import msgspec


class Position(msgspec.Struct, frozen=True, array_like=True):
    """Read up to ``seq`` of a stream, whose chain hash there is ``hash``.

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
    return base64.urlsafe_b64encode(msgspec.json.encode(positions)).decode().rstrip("=")


def decode_cursor(text: str | None) -> dict[str, Position]:
    """The positions in ``text``; none when there is no cursor or it is not ours, and the pull starts anew."""
    if not text:
        return {}
    try:
        plain = base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
        positions = msgspec.json.decode(plain, type=dict[str, Position])
    except (binascii.Error, ValueError, RecursionError):
        return {}
    whole = all(0 <= number < 2**62 for p in positions.values() for number in (p.seq, p.floor, p.until))
    return positions if whole and not any("\x00" in stream for stream in positions) else {}
