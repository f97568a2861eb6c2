"""Counts and digests by which both ends can tell whether they hold the same records (SYNC 37)."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

Totals = dict[str, dict[str, tuple[int, str]]]
"""Per stream and kind: how many records, and the sum of their digests as 32 hexadecimal digits."""

_MODULUS = 1 << 128
_canonical = msgspec.json.Encoder(order="deterministic")


class Adding:
    """Sums as they grow: a few numbers, however many records are added."""

    def __init__(self) -> None:
        self._sums: dict[tuple[str, str], tuple[int, int]] = {}

    def add(self, stream: str, kind: str, record: str, moves: int, seq: int, values: dict[str, Any]) -> None:
        """Count a record in: SHA-256 over id, revision and its values as JSON with sorted keys, the first 16 bytes."""
        state = b"\0".join((f"{record}\0{moves}\0{stream}\0{seq}".encode(), _canonical.encode(values)))
        digest = int.from_bytes(hashlib.sha256(state).digest()[:16])
        count, total = self._sums.get((stream, kind), (0, 0))
        self._sums[stream, kind] = (count + 1, (total + digest) % _MODULUS)

    def totals(self) -> Totals:
        """The sums as they travel."""
        found: Totals = {}
        for (stream, kind), (count, total) in sorted(self._sums.items()):
            found.setdefault(stream, {})[kind] = (count, f"{total:032x}")
        return found
