"""How a laptop stands towards head office, each in one look: before an exchange, and after its last reply."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from fieldapp.protocol.messages import Mark
from fieldapp.store.connection import Connection
from fieldapp.store.images import IMAGES_DUE
from fieldapp.store.state import Enrolment, LastExchange


class Standing(NamedTuple):
    """``cursor`` stands for all that was ever told and ``counter`` for the next request, where ``at_rest``.

    ``at_rest`` tells that the laptop has no change to send and nothing to find out: it can only ask for news, or first
    have its totals compared, where it read everything anew and they are to ``compare``. ``disclosures_wait`` that
    somebody saw a personal fact in clear and head office has not been told, ``photos_wait`` that photos are to be sent
    or fetched all the same, and ``photos_kb_per_s`` how much of the line the officer would leave them.
    """

    enrolment: Enrolment
    at_rest: bool
    compare: bool
    disclosures_wait: bool
    photos_wait: bool
    photos_kb_per_s: int | None
    cursor: str
    counter: int
    last_exchange: LastExchange | None


class Rest(NamedTuple):
    """What an exchange has left to do.

    ``unsent`` counts the changes that are only on this laptop; ``behind`` tells that some were saved after those that
    had their answer. ``images`` are to be offered, the totals to ``compare``, ``photos`` to be sent or fetched.
    """

    unsent: int
    behind: bool
    images: bool
    compare: bool
    photos: bool


def rest(connection: Connection, answered: int) -> Rest:
    """What is left when the changes numbered up to ``answered`` had their answer."""
    unsent, *left = connection.execute(_LEFT, (answered,)).fetchone()
    return Rest(unsent, *map(bool, left))


def standing(connection: Connection) -> Standing:
    """The laptop's standing now. Raises LookupError before enrolment has finished."""
    enrolment, cursor, counter, read_to, last, marks, waits, compare, disclosures_wait, photos_wait, photos_kb_per_s = (
        connection.execute(_LOOK).fetchone()
    )
    if enrolment is None:
        raise LookupError("this profile is not enrolled")
    read_so_far = msgspec.json.decode(cursor, type=str | None) if cursor is not None else None
    all_read = read_to is not None and _marks.decode(read_to) == _marks.decode(marks)
    return Standing(
        msgspec.json.decode(enrolment, type=Enrolment),
        bool(read_so_far) and all_read and not waits,
        bool(compare),
        bool(disclosures_wait),
        bool(photos_wait),
        photos_kb_per_s,
        read_so_far or "",
        (msgspec.json.decode(counter, type=int) if counter is not None else 0) + 1,
        msgspec.json.decode(last, type=LastExchange) if last is not None else None,
    )


_COMPARE = "EXISTS (SELECT 1 FROM state WHERE name = 'compare' AND value = 'true')"
_marks = msgspec.json.Decoder(dict[str, Mark])
_LOOK = f"""
SELECT
    (SELECT value FROM state WHERE name = 'enrolment'),
    (SELECT value FROM state WHERE name = 'cursor'),
    (SELECT value FROM state WHERE name = 'counter'),
    (SELECT value FROM state WHERE name = 'cursor_heads'),
    (SELECT value FROM state WHERE name = 'last_exchange'),
    (SELECT json_group_object(stream, json_array(seq, hash)) FROM mark),
    EXISTS (SELECT 1 FROM queue) OR ({IMAGES_DUE}),
    {_COMPARE},
    EXISTS (
        SELECT 1 FROM privacy_event
        WHERE rowid > coalesce((SELECT CAST(value AS INTEGER) FROM state WHERE name = 'disclosed'), 0)
    ),
    EXISTS (SELECT 1 FROM attachment WHERE state <> 'complete'),
    (SELECT value ->> 'photos_kb_per_s' FROM state WHERE name = 'preferences')
"""  # noqa: S608 - made of constants
_LEFT = f"""
SELECT
    (SELECT count(*) FROM queue),
    EXISTS (SELECT 1 FROM queue WHERE n > ?),
    {IMAGES_DUE},
    {_COMPARE},
    EXISTS (SELECT 1 FROM attachment WHERE state <> 'complete')
"""  # noqa: S608 - made of constants
