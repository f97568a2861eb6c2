"""Changes as they arrive: read and checked before anything is locked (SYNC 10)."""

from __future__ import annotations

import logging
import re

import msgspec

from fieldapp.domain.errors import Invalid
from fieldapp.domain.kinds import KINDS
from fieldapp.domain.record_rules import TEXT_LIMIT
from fieldapp.headoffice.flaws import malformed
from fieldapp.headoffice.json_values import strangeness
from fieldapp.headoffice.merge import broken_by_itself
from fieldapp.headoffice.plain_entries import PlainEntry, plain_entry
from fieldapp.protocol.changes import Change, body_digest, decode_change

log = logging.getLogger(__name__)


class Arrival(msgspec.Struct, gc=False):
    """One change with its bytes; ``change`` is None when they could not be read, ``flaw`` then says why.

    ``plain`` is the new entry that it makes, where that is as most are; None of any other change.
    """

    id: str
    body: bytes
    digest: str
    read: Change | None
    flaw: Invalid | None = None
    plain: PlainEntry | None = None

    @property
    def change(self) -> Change | None:
        """What the change says, in full."""
        if self.read is None and self.plain is not None:
            self.read = decode_change(self.body)
        return self.read

    @property
    def named(self) -> Change | PlainEntry | None:
        """What the change names, read no further than it was."""
        return self.read if self.plain is None else self.plain


def is_digest(text: str) -> bool:
    """Whether ``text`` is a SHA-256 in small hexadecimal digits."""
    return _DIGEST.fullmatch(text) is not None


def photo_digests(change: Change) -> list[str]:
    """The digests of the photos that a change records."""
    _shown, photos = change.fields.get("photos", (None, None))
    if not isinstance(photos, list):
        return []
    digests = [photo.get("digest") for photo in photos if isinstance(photo, dict)]
    return [digest for digest in digests if isinstance(digest, str) and is_digest(digest)]


_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Unreadable(ValueError):
    """The bytes do not even name a change, so no receipt could be given."""


def arrival_of(body: bytes) -> Arrival:
    """Read one change. Raises Unreadable when it has no usable id.

    Whatever else is wrong with it is wrong with it alone, also what nobody foresaw: the changes beside it go on.
    """
    try:
        return _read(body)
    except Unreadable:
        raise
    except Exception:  # a fault of ours: told in the log, and the change is refused
        named = _id_of(body)
        log.exception("unforeseen_change", extra={"change": named})
        return Arrival(named, body, body_digest(body), None, malformed("change"))


def _read(body: bytes) -> Arrival:
    digest = body_digest(body)
    plain = plain_entry(body)
    if plain is not None:
        return Arrival(plain.id, body, digest, None, None, plain)
    try:
        change = decode_change(body)
    except (msgspec.DecodeError, RecursionError, ValueError):
        return Arrival(_id_of(body), body, digest, None, malformed("change"))
    known = _names_known(change)
    where = _malformed_part(change, names_known=known)
    if where == "id":
        raise Unreadable("a change without a usable id")
    tie = _malformed_tie(change)
    if tie is not None:
        change = msgspec.structs.replace(change, group=None, needs=(), digests=())
    if where is not None or tie is not None:
        return Arrival(change.id, body, digest, _with_names(change), malformed(where or tie or ""))
    simple = known and len(body) <= TEXT_LIMIT and all(map(_is_plain, change.fields.values()))
    return Arrival(change.id, body, digest, change, broken_by_itself(change, plain=simple))


def _with_names(change: Change) -> Change:
    """With others in place of names that are none: nothing is looked for, or held, under what no database keeps, nor
    behind a number that no correction could have.
    """
    numbered = 0 <= change.n < _GREATEST_N
    return msgspec.structs.replace(
        change,
        record=change.record if numbered and _ID.fullmatch(change.record) else change.id,
        stream=change.stream if _ID.fullmatch(change.stream) else _NOWHERE,
        parent=change.parent if change.parent is not None and _ID.fullmatch(change.parent) else None,
        n=change.n if numbered else 0,
    )


class _Named(msgspec.Struct):
    id: str


_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}", re.ASCII)
_NOWHERE = "-" * 64
"""No stream has so long a name."""

_MOST_NAMES = 200
_MOST_NEEDS = 1000
_GREATEST_N = 2**62
_LONGEST_MOMENT = 64


def _id_of(body: bytes) -> str:
    try:
        named = msgspec.json.decode(body, type=_Named)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise Unreadable("a change without an id") from error
    if not _ID.fullmatch(named.id):
        raise Unreadable("a change without a usable id")
    return named.id


def _names_known(change: Change) -> bool:
    """Whether this version knows every field that the change names; then none of them holds more than its type."""
    fields = _FIELDS.get(change.kind)
    return fields is not None and change.fields.keys() <= fields and change.guard.keys() <= fields


def _is_plain(pair: tuple[object, object]) -> bool:
    """Whether a value of a known field, in a body shorter than any text may be, needs no further look."""
    shown, new = pair
    return shown is None and (type(new) is str or strangeness(new) is None)


_FIELDS = {name: frozenset(kind.record.__struct_fields__) for name, kind in KINDS.items()}


def _malformed_part(change: Change, *, names_known: bool) -> str | None:
    for where, text in (
        ("id", change.id),
        ("record", change.record),
        ("stream", change.stream),
        ("actor", change.actor),
    ):
        if not _ID.fullmatch(text):
            return where
    if change.parent is not None and not _ID.fullmatch(change.parent):
        return "parent"
    if not _NAME.fullmatch(change.kind):
        return "kind"
    if not 0 <= change.n < _GREATEST_N:
        return "n"
    if len(change.made_at) > _LONGEST_MOMENT or "\x00" in change.made_at:
        return "made_at"
    for where, names in (("fields", change.fields), ("guard", change.guard)) if not names_known else ():
        if len(names) > _MOST_NAMES or not all(map(_NAME.fullmatch, names)):
            return where
    if len(change.after) > _MOST_NAMES:
        return "after"
    return None


def _malformed_tie(change: Change) -> str | None:
    """Which of the names that tie a change to others is none."""
    if change.group is not None and not _ID.fullmatch(change.group):
        return "group"
    if len(change.needs) > _MOST_NEEDS or not all(map(_ID.fullmatch, change.needs)):
        return "needs"
    if len(change.digests) > _MOST_NEEDS or not all(map(is_digest, change.digests)):
        return "digests"
    return None
