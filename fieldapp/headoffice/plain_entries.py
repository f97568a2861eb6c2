"""New visits and contacts as laptops mostly send them, recognised at a glance: most of what ever arrives is just that.

Whatever is not plain is read and merged at length, so that nothing is accepted, refused or kept otherwise here.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from fieldapp.domain.money import GREATEST_FEN
from fieldapp.domain.record_rules import TEXT_LIMIT, rules_broken
from fieldapp.domain.records import Contact, PersonMet, Photo, Visit

_Nothing = Annotated[dict[str, Any], msgspec.Meta(max_length=0)]
_None = Annotated[tuple[Any, ...], msgspec.Meta(max_length=0)]
_Number = Annotated[int, msgspec.Meta(ge=0, lt=2**62)]
_Moment = Annotated[str, msgspec.Meta(max_length=64)]


class PlainEntry(msgspec.Struct, gc=False):
    """A new entry that nothing is wrong with by itself: what its change names, and who it says made it with whom.

    The ``values`` are as they are kept; nothing else of what was typed is here.
    """

    new: ClassVar[bool] = True
    group: ClassVar[None] = None
    needs: ClassVar[tuple[str, ...]] = ()

    id: str
    n: int
    stream: str
    kind: str
    record: str
    parent: str
    actor: str
    made_at: str
    staff: str
    second_officer: str | None
    values: bytes


def plain_entry(body: bytes) -> PlainEntry | None:
    """The new entry that a change makes; None where a closer look is needed.

    Most of what is read is let go at once: a full request of it is more than a processor keeps at hand.
    """
    if len(body) > TEXT_LIMIT:  # within it, every text is
        return None
    try:
        sent, typed = _read(body)
        values = _encoder.encode(typed)
        entry: Contact | Visit = _SHAPES[sent.kind].decode(values)
    except (msgspec.DecodeError, RecursionError, ValueError):
        return None
    if not sent.new or not typed or rules_broken(entry) or not _is_named_well(sent):
        return None
    return PlainEntry(
        sent.id,
        sent.n,
        sent.stream,
        sent.kind,
        sent.record,
        sent.parent,
        sent.actor,
        sent.made_at,
        entry.staff,
        getattr(entry, "second_officer", None),
        values,
    )


def _read(body: bytes) -> tuple[_Sent, dict[str, msgspec.Raw]]:
    """What a change says, and what was typed, which stays as it came. Raises msgspec.DecodeError."""
    if b'"values":' in body:
        brief = _brief.decode(body)
        return brief, brief.values
    paired = _paired.decode(body)
    return paired, {name: typed for name, (_shown, typed) in paired.fields.items()}


class _Sent(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A change that makes an entry and says nothing else."""

    id: str
    n: _Number
    stream: str
    kind: Literal["contact", "visit"]
    record: str
    actor: str
    made_at: _Moment
    new: bool
    parent: str
    guard: _Nothing = {}
    after: _None = ()
    group: None = None
    needs: _None = ()
    digests: _None = ()


class _Brief(_Sent, frozen=True, kw_only=True, gc=False):
    """The same in the brief form."""

    values: dict[str, msgspec.Raw]
    fields: None = None


class _Paired(_Sent, frozen=True, kw_only=True, gc=False):
    """The same, each field a pair of what was shown, which is nothing, and what was typed."""

    fields: dict[str, tuple[None, msgspec.Raw]]


def _is_named_well(sent: _Sent) -> bool:
    names = f"{sent.id} {sent.record} {sent.stream} {sent.actor} {sent.parent}"
    return _NAMES.fullmatch(names) is not None and "\x00" not in sent.made_at


_NAMES = re.compile(r"[A-Za-z0-9_-]{1,64}(?: [A-Za-z0-9_-]{1,64}){4}", re.ASCII)

_Fen = Annotated[int, msgspec.Meta(ge=0, le=GREATEST_FEN)]
_NoPhotos = Annotated[tuple[Photo, ...], msgspec.Meta(max_length=0)]


class _PersonMet(PersonMet, frozen=True, forbid_unknown_fields=True):
    """Nothing but what this version knows."""


class _Contact(Contact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing but what this version knows, and amounts as they may be."""

    promised_fen: _Fen | None = None


class _Visit(Visit, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same, and no photos: those are registered one by one."""

    people: tuple[_PersonMet, ...] = ()
    photos: _NoPhotos = ()
    promised_fen: _Fen | None = None


_SHAPES: dict[str, msgspec.json.Decoder[Any]] = {
    "contact": msgspec.json.Decoder(_Contact),
    "visit": msgspec.json.Decoder(_Visit),
}
_brief = msgspec.json.Decoder(_Brief)
_paired = msgspec.json.Decoder(_Paired)
_encoder = msgspec.json.Encoder()
