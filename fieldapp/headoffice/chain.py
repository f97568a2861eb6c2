"""The chain of a stream: each accepted change carries a hash over everything before it (DOMAIN E8, SYNC 1)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

GENESIS = ""
"""The hash before the first entry."""


class Entry(NamedTuple):
    """One journal entry. ``effect`` is what it did to ``record``: ``change``, ``objection``, ``assignment``,
    ``rescue`` after a restore, or, when it went to another stream, ``departure`` here and ``arrival`` there.

    ``random`` makes the same changes, accepted again after a restore, end in another hash.
    """

    stream: str
    seq: int
    change: str
    record: str
    effect: str
    actor: str
    device: str
    accepted_at: str
    body: bytes
    random: bytes
    hash: str

    def follows(self, previous: str) -> bool:
        """Whether the entry is untouched and stands right after ``previous``."""
        told = (self.stream, self.seq, self.change, self.record, self.effect, self.actor, self.device, self.accepted_at)
        return self.hash == chained(previous, told, hashlib.sha256(self.body).hexdigest(), self.random)


def chained(previous: str, told: tuple[str, int, str, str, str, str, str, str], digest: str, random: bytes) -> str:
    """The hash of an entry: what is ``told`` of it (all up to ``accepted_at``), the SHA-256 of its body, its bytes."""
    return hashlib.sha256(previous.encode() + _encoder.encode((*told, digest)) + random).hexdigest()


def chained_on(
    previous: str, told: tuple[str, int, str, str, str], random: bytes, entries: Iterable[tuple[str, str, str]]
) -> list[str]:
    """The hashes of new entries that follow each other, each as ``chained`` finds it, at a fourth of the time.

    ``told`` is what they agree in: stream, number of the first, actor, laptop and time. Each of ``entries`` is its
    change, its record and the digest of its body; in these and in the stream nothing stands that JSON would escape.
    """
    stream, first, *rest = told
    begun, ended = f'["{stream}",', f',"change",{_encoder.encode(rest).decode()[1:-1]},"'
    hashes = []
    for seq, (change, record, digest) in enumerate(entries, first):
        entry = f'{previous}{begun}{seq},"{change}","{record}"{ended}{digest}"]'
        previous = hashlib.sha256(entry.encode() + random).hexdigest()
        hashes.append(previous)
    return hashes


class Randomness:
    """Fresh random bytes for the entries of one request, drawn from the system in one go."""

    def __init__(self) -> None:
        self._drawn = b""

    def sixteen_bytes(self) -> bytes:
        """Sixteen bytes that were never given before."""
        if not self._drawn:
            self._drawn = secrets.token_bytes(16 * 64)
        given, self._drawn = self._drawn[:16], self._drawn[16:]
        return given


_encoder = msgspec.json.Encoder()
