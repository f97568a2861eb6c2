"""New visits and contacts as laptops mostly send them, recognised at a glance: most of what ever arrives is just that.

Whatever is not plain is read and merged at length, so that nothing is accepted, refused or kept otherwise here.
"""

from __future__ import annotations

import string
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import msgspec

from fieldapp.domain.money import GREATEST_FEN
from fieldapp.domain.record_rules import TEXT_LIMIT, is_of_our_time, rules_broken
from fieldapp.domain.records import Contact, PersonMet, Photo, Visit
from fieldapp.protocol.changes import BRIEF_MARK

_MOST_BRACKETS = 64

_Nothing = Annotated[dict[str, Any], msgspec.Meta(max_length=0)]
_None = Annotated[tuple[Any, ...], msgspec.Meta(max_length=0)]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_Number = Annotated[int, msgspec.Meta(ge=0, lt=2**62)]
_Moment = Annotated[str, msgspec.Meta(max_length=64)]


class PlainEntry(msgspec.Struct, gc=False):
    """A new entry that nothing is wrong with by itself: what its change names, and who it says made it with whom.

    ``values`` are those that its row must keep, for its day is looked for in them; most often they are empty, and left
    to the journal, which keeps the change (``said_by``).
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
        sent, values = _read(body)
        entry: Contact | Visit = _SHAPES[sent.kind].decode(values)
        if not sent.new or not is_of_our_time(_begins(entry)) or rules_broken(entry) or not _is_named_well(sent):
            return None
        looked_for = entry.deleted or entry.promised_fen is not None
        kept = said_by(body).values if looked_for else b""
    except (msgspec.DecodeError, RecursionError, ValueError):
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
        kept,
    )


def _begins(entry: Contact | Visit) -> datetime:
    return entry.started_at if isinstance(entry, Visit) else entry.at


class Said(NamedTuple):
    """What the change that made a plain entry says: the values as they are kept, and who typed them, when, with what.

    ``values`` are a JSON object in which each name stands once.
    """

    values: bytes
    by: str
    at: str
    change: str


def said_by(body: bytes) -> Said:
    """What the ``body`` of a plain entry's change says.

    Raises msgspec.DecodeError, ValueError or RecursionError where it is none: of none that ``plain_entry`` took.
    """
    str(body, "utf-8")
    if BRIEF_MARK in body:
        brief = _said_in_brief.decode(body)
        return Said(_encoder.encode(brief.values), brief.actor, brief.made_at, brief.id)
    paired = _said_in_pairs.decode(body)
    return Said(_unpaired(paired.fields), paired.actor, paired.made_at, paired.id)


def _read(body: bytes) -> tuple[_Sent, bytes | msgspec.Raw]:
    """What a change says, and what was typed, which stays JSON. Raises msgspec.DecodeError, ValueError."""
    if BRIEF_MARK in body and body.count(_VALUES) == 1 and b"\\" not in body:  # no other spelling hides a second one
        at_once = _brief.decode(body)
        return at_once, at_once.values
    str(body, "utf-8")  # also what is passed over, for a later one of the same name
    if body.count(b"[") + body.count(b"{") > _MOST_BRACKETS:  # however deep a reader's stack is, it can go that deep
        raise ValueError("nested")
    if BRIEF_MARK in body:
        brief = _brief_by_names.decode(body)
        return brief, _encoder.encode(brief.values)
    paired = _paired.decode(body)
    return paired, _unpaired(paired.fields)


def _unpaired(fields: dict[str, tuple[None, msgspec.Raw]]) -> bytes:
    return _encoder.encode({name: typed for name, (_shown, typed) in fields.items()})


_VALUES = BRIEF_MARK.removesuffix(b":")
"""The name, however far from it the colon stands."""


class _Sent(msgspec.Struct, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True):
    """A change that makes an entry and says nothing else, so that nothing in it goes unread."""

    id: _Name
    n: _Number
    stream: _Name
    kind: Literal["contact", "visit"]
    record: _Name
    actor: _Name
    made_at: _Moment
    new: bool
    parent: _Name
    guard: _Nothing = {}
    after: _None = ()
    group: None = None
    needs: _None = ()
    digests: _None = ()


class _Brief(_Sent, frozen=True, kw_only=True, gc=False):
    """The same in the brief form."""

    values: msgspec.Raw
    fields: None = None


class _BriefByNames(_Sent, frozen=True, kw_only=True, gc=False):
    """The same, whatever stands there looked into as ``said_by`` will."""

    values: dict[str, msgspec.Raw]
    fields: None = None


class _Paired(_Sent, frozen=True, kw_only=True, gc=False):
    """The same, each field a pair of what was shown, which is nothing, and what was typed."""

    fields: dict[str, tuple[None, msgspec.Raw]]


class _SaidInBrief(msgspec.Struct, frozen=True, gc=False):
    id: str
    actor: str
    made_at: str
    values: dict[str, msgspec.Raw]


class _SaidInPairs(msgspec.Struct, frozen=True, gc=False):
    id: str
    actor: str
    made_at: str
    fields: dict[str, tuple[None, msgspec.Raw]]


def _is_named_well(sent: _Sent) -> bool:
    """Whether nothing else is in the names than there may be, said sooner than a pattern can."""
    names = f"{sent.id}{sent.record}{sent.stream}{sent.actor}{sent.parent}".encode()
    return not names.translate(None, _OF_NAMES) and "\x00" not in sent.made_at


_OF_NAMES = f"{string.ascii_letters}{string.digits}_-".encode()

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
_brief_by_names = msgspec.json.Decoder(_BriefByNames)
_paired = msgspec.json.Decoder(_Paired)
_said_in_brief = msgspec.json.Decoder(_SaidInBrief)
_said_in_pairs = msgspec.json.Decoder(_SaidInPairs)
_encoder = msgspec.json.Encoder()
