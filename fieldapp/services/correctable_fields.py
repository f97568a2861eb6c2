"""How a field is corrected by hand: typed, chosen from a list, or not at all because the program writes it."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from fieldapp.domain.errors import Invalid, InvalidRecord
from fieldapp.domain.kinds import KINDS
from fieldapp.domain.wording import Sentence
from fieldapp.services.business_day import local_time
from fieldapp.services.labels import choice_label


@dataclass(frozen=True, slots=True)
class Correctable:
    """``choices`` are the values with their names; none means that it is typed. ``moment``: a day and a time."""

    choices: tuple[tuple[object, Sentence], ...] = ()
    moment: bool = False


def way_of(kind: str, field: str, staff: Mapping[str, str]) -> Correctable | None:
    """How a field of ``kind`` is corrected; None for what a person never types. ``staff`` are the names by id."""
    types = _types_of(kind, field)
    if field in _WRITTEN_BY_THE_PROGRAM or (kind, field) in _REFERENCES or not types:
        return None
    nobody = ((None, Sentence("(empty)")),) if type(None) in types else ()
    if (kind, field) in _NAMES_STAFF:
        people = tuple((identity, Sentence("{value}", value=name)) for identity, name in staff.items())
        return Correctable((*people, *nobody))
    chosen = [value for one in types if typing.get_origin(one) is typing.Literal for value in typing.get_args(one)]
    if bool in types:
        return Correctable(((True, Sentence("Yes")), (False, Sentence("No"))))
    if chosen:
        return Correctable((*((value, choice_label(field, value)) for value in chosen), *nobody))
    if datetime in types:
        return Correctable(moment=True)
    return Correctable() if types & {str, int, date} else None


def moment_written(value: object, zone: str) -> object:
    """An instant as the bank's clock showed it, ``2026-11-24 09:30``; what is none, as it is."""
    try:
        return local_time(datetime.fromisoformat(str(value)), zone).strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError):
        return value


def moment_of(text: str, zone: str, field: str) -> str:
    """The instant that was typed, in UTC. Raises InvalidRecord (``moment``)."""
    try:
        typed = datetime.strptime(text.strip(), "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(zone))
        return typed.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError) as error:
        sentence = Sentence("This is not a day and a time. Write it like 2026-11-24 09:30.")
        raise InvalidRecord([Invalid("moment", sentence, field=field)]) from error


@cache
def _types_of(kind: str, field: str) -> frozenset[object]:
    definition = KINDS.get(kind)
    hint = typing.get_type_hints(definition.record).get(field) if definition is not None else None
    if hint is None:
        return frozenset()
    return (
        frozenset([hint]) if typing.get_origin(hint) is typing.Literal else frozenset(typing.get_args(hint) or [hint])
    )


_WRITTEN_BY_THE_PROGRAM = frozenset(
    (
        *("deleted", "zone", "at", "business_date", "amends", "submitted_at", "status", "list_name", "place"),
        *("village_code", "number", "product_version", "yearly_rate"),
    )
)
_REFERENCES = frozenset(
    (
        *(("visit", "staff"), ("contact", "staff"), ("prospect", "person")),
        *(("application", "person"), ("application", "business"), ("application", "product")),
    )
)
_NAMES_STAFF = frozenset(
    (
        *(("prospect", "owner"), ("prospect", "marketed_by")),
        *(("visit", "second_officer"), ("application", "officer")),
    )
)
