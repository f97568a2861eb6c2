"""A change: what one person typed into one record, with what the screen showed them. Immutable once saved."""

from __future__ import annotations

import hashlib
from typing import Any, Literal

import msgspec

Shown = Any
New = Any


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One change, as it is stored in the outbox, sent, and kept in head office's journal.

    ``fields`` maps a field to what the screen showed and what was typed; ``guard`` holds what else had to stand still
    for the change to mean what its author meant. ``after`` names the author's own queued change of a field, or the
    conflicts that a person decided with it, as ``(change, field)``. ``new`` marks the change that creates its record.
    Changes of one ``group`` stand or fall together. What a submission ``needs`` are the changes that head office must
    have taken before, and the ``digests`` of the attachments that it must hold (SYNC 20).
    ``made_at`` (UTC) and ``n`` (the laptop's own counter) are facts for people; neither decides anything.
    """

    id: str
    n: int
    stream: str
    kind: str
    record: str
    fields: dict[str, tuple[Shown, New]]
    actor: str
    made_at: str
    new: bool = False
    parent: str | None = None
    guard: dict[str, Shown] = {}
    after: tuple[tuple[str, str], ...] = ()
    group: str | None = None
    needs: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()

    @property
    def waits_for_others(self) -> bool:
        """Whether it is taken only after what it names: other changes, or whole attachments."""
        return bool(self.needs or self.digests)


class BriefChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A change that makes a record, of which nothing was shown: ``values`` instead of pairs, all else as in Change."""

    id: str
    n: int
    stream: str
    kind: str
    record: str
    values: dict[str, New]
    actor: str
    made_at: str
    new: Literal[True]
    parent: str | None = None
    guard: dict[str, Shown] = {}
    after: tuple[tuple[str, str], ...] = ()
    group: str | None = None
    needs: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()


BRIEF_MARK = b'"values":'
"""Stands in every change of the brief form as it is encoded here, and in none of the other: in a text the quotes are
escaped."""

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Change)
_brief_decoder = msgspec.json.Decoder(BriefChange)


def encode_change(change: Change, *, brief: bool = False) -> bytes:
    """The bytes that are kept, sent and digested; they never change afterwards.

    ``brief``: in the brief form, which not every head office reads, where the change has one.
    """
    if brief and change.new and all(shown is None for shown, _new in change.fields.values()):
        told = msgspec.structs.asdict(change)
        fields = told.pop("fields")
        return _encoder.encode(BriefChange(values={name: new for name, (_shown, new) in fields.items()}, **told))
    return _encoder.encode(change)


def decode_change(body: bytes | msgspec.Raw) -> Change:
    """Read a change in either form; fields a newer peer added are ignored here and live on in ``body``.

    Raises msgspec.DecodeError (ValidationError among it) when the bytes are no change.
    """
    try:
        return _decoder.decode(body)
    except msgspec.ValidationError as error:
        try:
            told = msgspec.structs.asdict(_brief_decoder.decode(body))
        except msgspec.ValidationError:
            raise error from None
    values = told.pop("values")
    return Change(fields={name: (None, new) for name, new in values.items()}, **told)


def body_digest(body: bytes | msgspec.Raw) -> str:
    """SHA-256 of the bytes as sent, in hexadecimal: the same id with another digest is ``id_reuse`` (SYNC 11)."""
    return hashlib.sha256(body).hexdigest()
