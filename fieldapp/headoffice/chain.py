"""The chain of a stream: each accepted change carries a hash over everything before it (DOMAIN E8, SYNC 1)."""

from __future__ import annotations

import hashlib
import secrets

import msgspec

GENESIS = ""
"""The hash before the first entry."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One journal entry. ``effect`` is what it did to ``record``: ``change``, ``objection``, ``assignment``,
    or, when it went to another stream, ``departure`` here and ``arrival`` there.

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
    hash: str = ""

    def after(self, previous: str) -> Entry:
        """The entry with its hash, given the one before it."""
        return msgspec.structs.replace(self, hash=self._hash(previous))

    def follows(self, previous: str) -> bool:
        """Whether the entry is untouched and stands right after ``previous``."""
        return self.hash == self._hash(previous)

    def _hash(self, previous: str) -> str:
        told = (self.stream, self.seq, self.change, self.record, self.effect, self.actor, self.device, self.accepted_at)
        entry = msgspec.json.encode((*told, hashlib.sha256(self.body).hexdigest()))
        return hashlib.sha256(previous.encode() + entry + self.random).hexdigest()


def fresh_random() -> bytes:
    """Sixteen bytes for one entry."""
    return secrets.token_bytes(16)
