"""New visits and contacts as laptops mostly send them, recognised at a glance: most of what ever arrives is just that.

Whatever is not plain is read and merged at length, so that nothing is accepted, refused or kept otherwise here.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from fieldapp.domain.money import GREATEST_FEN
from fieldapp.domain.record_rules import TEXT_LIMIT, rules_broken
from fieldapp.domain.records import Contact, PersonMet, Photo, Record, Visit
from fieldapp.protocol.changes import Change


def plain_values(change: Change, size: int) -> str | None:
    """The values, as they are kept, of a new entry that nothing is wrong with; None where a closer look is needed.

    ``size`` is that of its body in bytes: where it is within the limit of a text, every text is.
    """
    shape = _SHAPES.get(change.kind)
    if shape is None or size > TEXT_LIMIT or not change.new or change.parent is None or change.guard or change.after:
        return None
    if not change.fields or change.group is not None or change.needs or change.digests:
        return None
    shown, typed = zip(*change.fields.values(), strict=True)
    if shown.count(None) != len(shown):
        return None
    values = dict(zip(change.fields, typed, strict=True))
    try:
        entry = msgspec.convert(values, shape)
    except msgspec.ValidationError:
        return None
    return None if rules_broken(entry) else _encoder.encode(values).decode()


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


_SHAPES: dict[str, type[Record]] = {"contact": _Contact, "visit": _Visit}
_encoder = msgspec.json.Encoder()
