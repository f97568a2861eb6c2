"""The few facts a profile keeps about itself: who it belongs to, how far it has synchronised, how it likes to look."""

from __future__ import annotations

from functools import cached_property
from typing import TypeVar

import msgspec

from fieldapp.protocol.messages import Limits, Mark
from fieldapp.store.connection import Connection

T = TypeVar("T")


class Enrolment(msgspec.Struct, frozen=True, kw_only=True):
    """Whose laptop this is and how it speaks to head office. Inside the encrypted file, the token too."""

    device: str
    token: str
    staff: str
    staff_name: str
    role: str
    branch: str
    branch_name: str
    bank: str
    stream: str
    head_office: str
    address: str
    certificate: str | None = None
    parcel_key: str = ""


class HandIn(msgspec.Struct, frozen=True, kw_only=True):
    """How far a laptop that was shut out has come in handing in its work, so that a cut repeats nothing.

    ``parcels`` are with head office, with ``photos`` whole, and ``piece_of`` up to ``piece_to``. The changes in them
    are known by their ids (``HandedIn``).
    """

    id: str
    parcels: int = 0
    photos: tuple[str, ...] = ()
    piece_of: str = ""
    piece_to: int = 0
    done: bool = False


class SealKey(msgspec.Struct, frozen=True, kw_only=True):
    """What this laptop seals papers with, in PEM form: its private key, and the certificates once it has them."""

    key: str
    certificate: str | None = None
    authority: str | None = None


class LastExchange(msgspec.Struct, frozen=True, kw_only=True):
    """How the last exchange ended, for the status bar and the Sync page.

    ``at`` is when head office last answered to the end, UTC by the laptop's clock; None until it first did.
    ``restored_at`` is when it was last found set back to an older copy.
    """

    at: str | None = None
    accepted: int = 0
    conflicts: int = 0
    refused: int = 0
    received: int = 0
    skew_s: int = 0
    trouble: str | None = None
    restored_at: str | None = None


class Pull(msgspec.Struct, frozen=True, kw_only=True):
    """How far a full pull is that has not ended: ``told`` records of about ``of``, 0 where head office did not say."""

    told: int
    of: int


class State:
    """Named values in the ``state`` table: a dozen, read together when the first is asked for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @cached_property
    def _values(self) -> dict[str, str]:
        return dict(self._connection.execute("SELECT name, value FROM state").fetchall())

    def get(self, name: str, shape: type[T]) -> T | None:
        """The value of that name, None when it was never set."""
        value = self._values.get(name)
        return msgspec.json.decode(value, type=shape) if value is not None else None

    def set(self, name: str, value: object) -> None:
        """Keep a value under a name."""
        text = msgspec.json.encode(value).decode()
        if self._values.get(name) == text:
            return
        self._connection.execute(
            "INSERT INTO state (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, text),
        )
        self._values[name] = text

    def unset(self, *names: str) -> None:
        """Forget the values under these names."""
        self._connection.executemany("DELETE FROM state WHERE name = ?", [(name,) for name in names])
        for name in names:
            self._values.pop(name, None)

    def enrolment(self) -> Enrolment:
        """Whose laptop this is. Raises LookupError before enrolment has finished."""
        found = self.get("enrolment", Enrolment)
        if found is None:
            raise LookupError("this profile is not enrolled")
        return found

    def steps(self) -> int:
        """How many migration steps the file has seen."""
        return int(self._connection.execute("SELECT count(*) FROM _sqlite_migrations").fetchone()[0])

    def limits(self) -> Limits:
        """What head office said it takes, or its defaults."""
        return self.get("limits", Limits) or Limits()

    def too_large(self) -> list[str]:
        """The queued changes that head office said it cannot take at once, at the last exchange."""
        return self.get("too_large", list[str]) or []

    def set_too_large(self, changes: list[str]) -> None:
        """Keep them."""
        self.set("too_large", changes)

    def pull(self) -> Pull | None:
        """The full pull that is under way."""
        return self.get("pull", Pull | None)  # type: ignore[arg-type] # a union is a shape to msgspec

    def marks(self) -> dict[str, Mark]:
        """The highest number and hash of each stream ever told (SYNC 3)."""
        return {row[0]: (row[1], row[2]) for row in self._connection.execute("SELECT stream, seq, hash FROM mark")}

    def raise_marks(self, heads: dict[str, Mark]) -> None:
        """Remember higher marks; a lower one never replaces a higher."""
        self._connection.executemany(
            "INSERT INTO mark (stream, seq, hash) VALUES (?, ?, ?) ON CONFLICT (stream) DO UPDATE"
            " SET seq = excluded.seq, hash = excluded.hash WHERE excluded.seq > mark.seq",
            [(stream, seq, chain) for stream, (seq, chain) in heads.items()],
        )
