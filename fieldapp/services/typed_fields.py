"""One typed field made fit to keep: cleaned, checked by its rule, with the doubts the officer should hear."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from fieldapp.domain.business_code import business_facts
from fieldapp.domain.errors import Actionable, Invalid, InvalidRecord
from fieldapp.domain.identity import OLDEST_YEARS, Sex, area_warning, identity_facts
from fieldapp.domain.kinds import KINDS, Values
from fieldapp.domain.money import GREATEST_FEN, Money
from fieldapp.domain.phone import phone_number
from fieldapp.domain.record_rules import NAME_LIMIT, TEXT_LIMIT
from fieldapp.domain.wording import Sentence
from fieldapp.domain.writing import one_line, paragraphs
from fieldapp.reference import places
from fieldapp.services.household_list.cells import person_name

GREATEST_COUNT = 10_000
"""People, years: beyond it nobody means what they typed."""


@dataclass(frozen=True, slots=True)
class FieldWarning:
    """A doubt about a field that is kept; ``code`` is stable for scripts."""

    code: str
    field: str
    sentence: Sentence


class FieldCleaner:
    """Cleans the fields of one form; gathers what is refused and what is doubtful, in the order of the form."""

    def __init__(self, today: date) -> None:
        self.problems: list[Invalid] = []
        self.warnings: list[FieldWarning] = []
        self._today = today

    def clean(self, kind: str, typed: dict[str, Any]) -> Values:
        """The fields of one record as plain JSON values. A field that is refused is left out."""
        cleaned: Values = {}
        foreign_id = typed.get("id_type") == "other"
        for field, value in typed.items():
            try:
                cleaned[field] = self._field(kind, field, value, foreign_id=foreign_id)
            except Invalid as problem:
                self.problems.append(problem)
        return cleaned

    def require(self) -> None:
        """Raises InvalidRecord with everything that was refused so far."""
        if self.problems:
            raise InvalidRecord(self.problems)

    def _field(self, kind: str, field: str, value: Any, *, foreign_id: bool) -> Any:
        if isinstance(value, Money):
            value = value.fen
        if isinstance(value, str):
            return self._text(kind, field, value, foreign_id=foreign_id)
        if isinstance(value, date):
            if field in _PAST_DAYS:
                self._require_past(field, value)
            return value.isoformat()
        if isinstance(value, int) and not isinstance(value, bool):
            _require_reasonable(field, value)
        return value

    def _text(self, kind: str, field: str, text: str, *, foreign_id: bool) -> str | None:
        if (kind, field) == ("person", "name"):
            return person_name(text, limit=NAME_LIMIT)
        nothing = "" if (kind, field) in _NEVER_NONE else None
        if field in LONG_TEXTS:
            return paragraphs(text, field=field, limit=TEXT_LIMIT) or nothing
        line = one_line(text, field=field, limit=_LIMITS.get(field, NAME_LIMIT))
        if not line:
            return nothing
        if field == "id_number" and not foreign_id:
            facts = identity_facts(line, self._today, field)
            self._doubt("identity_area", field, area_warning(facts.area_code, _KnownAreas()))
            return facts.number
        if field in _NUMBERS:
            number, doubt = _NUMBERS[field](line, field)
            self._doubt(f"{field}_implausible", field, doubt)
            return number
        return line

    def _require_past(self, field: str, day: date) -> None:
        if day > self._today:
            raise Invalid("date", Sentence("This day lies in the future."), field=field)
        if self._today.year - day.year > OLDEST_YEARS:
            raise Invalid(
                "date", Sentence("This day lies more than {years} years back.", years=OLDEST_YEARS), field=field
            )

    def _doubt(self, code: str, field: str, sentence: Sentence | None) -> None:
        if sentence is not None:
            self.warnings.append(FieldWarning(code, field, sentence))


def told_by_identity(number: str, today: date) -> Values:
    """Birth and sex as a checked identity number tells them; empty for any other text."""
    try:
        facts = identity_facts(number, today, "id_number")
    except Actionable:
        return {}
    return {"birth": facts.birth.isoformat(), "sex": "M" if facts.sex is Sex.MALE else "F"}


LONG_TEXTS = frozenset(("remark", "lost_reason", "note", "facts", "opinion"))
"""Fields of several paragraphs; every other text is one line."""
_NEVER_NONE = frozenset(
    (kind.name, field.name)
    for kind in KINDS.values()
    for field in msgspec.structs.fields(kind.record)
    if field.default == ""
)
_PAST_DAYS = frozenset(("birth", "since"))
_LIMITS = {"registered_address": 500, "actual_address": 500, "address": 500, "next_purpose": 500}


class _KnownAreas:
    """All county codes, asked one by one."""

    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and places().area(code) is not None


def _mobile(text: str, field: str) -> tuple[str, Sentence | None]:
    number = phone_number(text, field)
    return number.digits, number.warning


def _uscc(text: str, field: str) -> tuple[str, Sentence | None]:
    return business_facts(text, field).code, None


def _time_of_day(text: str, field: str) -> tuple[str, Sentence | None]:
    match = _TIME.fullmatch(text)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise Invalid("time", Sentence("This is not a time of day. Write it like 09:30."), field=field)
    return f"{int(match[1]):02}:{match[2]}", None


_TIME = re.compile(r"([0-9]{1,2})[:：]([0-9]{2})")
_NUMBERS: dict[str, Callable[[str, str], tuple[str, Sentence | None]]] = {
    "mobile": _mobile,
    "uscc": _uscc,
    "next_time": _time_of_day,
}


def _require_reasonable(field: str, number: int) -> None:
    greatest = GREATEST_FEN if field.endswith("_fen") else GREATEST_COUNT
    if number < 0 or number > greatest:
        raise Invalid("amount", Sentence("A number cannot be negative or beyond reason."), field=field)
