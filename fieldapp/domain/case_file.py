"""What an application rests on, read together: the form, the prospect, the people, the household, the business.

A screen sees it as one flat form. The application's own fields stand under their names, those of the other records
under ``person.``, ``spouse.``, ``household.``, ``business.`` and ``prospect.``; values are plain JSON values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from fieldapp.domain import debts, materials
from fieldapp.domain.backing import Backing
from fieldapp.domain.business_code import normalised_business_code
from fieldapp.domain.errors import Invalid
from fieldapp.domain.identity import normalised_identity_number
from fieldapp.domain.kinds import Values, values_of
from fieldapp.domain.money import GREATEST_FEN
from fieldapp.domain.phone import phone_number
from fieldapp.domain.record_rules import NAME_LIMIT, TEXT_LIMIT
from fieldapp.domain.records import Application, Business, Household, Person, Prospect, Record, Use
from fieldapp.domain.wording import Sentence
from fieldapp.domain.writing import compact_code, one_line, paragraphs

APPLICATION = "application"
PARTS: Mapping[str, type[Record]] = {
    APPLICATION: Application,
    "prospect": Prospect,
    "person": Person,
    "spouse": Person,
    "household": Household,
    "business": Business,
}

_NOT_TYPED = {
    APPLICATION: {
        "deleted",
        "number",
        "officer",
        "person",
        "business",
        "status",
        "submitted_at",
        "decision_note",
        "replaces",
    },
    "prospect": set(Prospect.__struct_fields__) - {"customer_type"},
    "person": {"deleted", "relation"},
    "spouse": {"deleted", "relation"},
    "household": {"deleted"},
    "business": {"deleted"},
}
_LINES = ("uses", "movements")
_PARAGRAPHS = frozenset(("repayment_source", "second_source", "related_party_detail", "over_limit_reason"))


@dataclass(frozen=True, slots=True)
class CaseFile:
    """The records of one application; None for what nobody has recorded yet.

    ``backing`` is who and what stands behind the loan: rows of their own, never part of the flat form.
    """

    application: Application
    prospect: Prospect
    person: Person | None = None
    spouse: Person | None = None
    household: Household | None = None
    business: Business | None = None
    backing: Backing = field(default_factory=Backing)

    def part(self, name: str) -> Record:
        """The record called ``name`` in ``PARTS``, an empty one when there is none yet."""
        record: Record | None = getattr(self, name)
        if record is not None:
            return record
        return Person(relation="spouse") if name == "spouse" else PARTS[name]()


def fields_of(file: CaseFile) -> Values:
    """Every field that may be typed, as one flat form."""
    return {
        flat_name(part, name): value
        for part in PARTS
        for name, value in values_of(file.part(part)).items()
        if name not in _NOT_TYPED[part]
    }


def flat_name(part: str, field: str) -> str:
    """The name of a record's field in the flat form."""
    return field if part == APPLICATION else f"{part}.{field}"


def by_part(typed: Mapping[str, Any]) -> dict[str, Values]:
    """A flat form as fields per record, each text cleaned and each number in its normal form.

    An empty text in a field that may be unknown becomes None. Raises Invalid (``not_typed``) for a field that nobody
    types, and what ``cleaned`` refuses.
    """
    parts: dict[str, Values] = {}
    for flat, value in typed.items():
        part, _, field = flat.rpartition(".")
        part = part or APPLICATION
        if field not in _typed_fields(part):
            raise Invalid("not_typed", Sentence("There is no field '{field}' to fill in.", field=flat[:60]), field=flat)
        parts.setdefault(part, {})[field] = cleaned(part, field, value)
    return parts


def cleaned(part: str, field: str, value: object) -> Any:
    """One typed value as it is kept.

    Raises Invalid (``too_long``, ``phone``, ``amount``) with the flat name of the field.
    """
    plain = msgspec.to_builtins(value)
    flat = flat_name(part, field)
    if isinstance(plain, int) and not 0 <= plain <= GREATEST_FEN:
        raise _beyond_reason(flat)
    if isinstance(plain, str):
        text = _CODES[field](plain, flat) if field in _CODES else _text(field, plain, flat)
        return text if text or not _may_be_unknown(part, field) else None
    if field in _LINES and isinstance(plain, list):
        return [_cleaned_line(line, flat) for line in plain]
    if field == "materials" and isinstance(plain, list) and materials.unknown(plain) is not None:
        raise Invalid("material", Sentence("There is no such paper on the list."), field=flat)
    return plain


def with_typed(file: CaseFile, typed: Mapping[str, Any]) -> tuple[CaseFile, list[Invalid]]:
    """``file`` as it would be with what is typed, and what of it cannot be taken.

    A field that is refused counts as not filled in: figures of the value before it would mislead.
    """
    problems: list[Invalid] = []
    records: dict[str, Record] = {}
    for flat, value in typed.items():
        part = flat.rpartition(".")[0] or APPLICATION
        field = flat.rpartition(".")[2]
        try:
            fields = by_part({flat: value})[part]
            records[part] = _set(records.get(part, file.part(part)), fields, flat)
        except Invalid as problem:
            problems.append(problem)
            if field in _typed_fields(part) and _blank(part, field) in _BLANKS:
                emptied = {field: _blank(part, field)}
                records[part] = msgspec.structs.replace(records.get(part, file.part(part)), **emptied)
    held: dict[str, Any] = {part: records.get(part, getattr(file, part)) for part in PARTS}
    held[APPLICATION] = debts.with_debts(held[APPLICATION], file.backing)
    return replace(file, **held), problems


def uses_in_full(application: Application) -> tuple[Use, ...]:
    """What the loan is for; a single use without an amount stands for the whole loan."""
    uses = application.uses
    if len(uses) == 1 and not uses[0].amount_fen and application.amount_fen:
        return (msgspec.structs.replace(uses[0], amount_fen=application.amount_fen),)
    return uses


def _typed_fields(part: str) -> frozenset[str]:
    shape = PARTS.get(part)
    return frozenset(shape.__struct_fields__) - _NOT_TYPED[part] if shape is not None else frozenset()


def _set(record: Record, fields: Values, flat: str) -> Record:
    try:
        return msgspec.convert({**values_of(record), **fields}, type(record))
    except msgspec.ValidationError:
        raise Invalid("shape", Sentence("This value does not have the form it should."), field=flat) from None


_BLANKS = (None, "", ())


def _blank(part: str, field: str) -> object:
    return getattr(PARTS[part](), field)


def _may_be_unknown(part: str, field: str) -> bool:
    return _blank(part, field) is None


def _beyond_reason(flat: str) -> Invalid:
    return Invalid("amount", Sentence("An amount cannot be negative or beyond reason."), field=flat)


def _text(field: str, text: str, flat: str) -> str:
    if field in _PARAGRAPHS:
        return paragraphs(text, field=flat, limit=TEXT_LIMIT)
    return one_line(text, field=flat, limit=NAME_LIMIT)


def _cleaned_line(line: Any, flat: str) -> Any:
    if not isinstance(line, dict):
        return line
    for value in line.values():
        if isinstance(value, int) and not 0 <= value <= GREATEST_FEN:
            raise _beyond_reason(flat)
    return {
        name: one_line(value, field=flat, limit=NAME_LIMIT) if isinstance(value, str) else value
        for name, value in line.items()
    }


def _phone(text: str, flat: str) -> str:
    return phone_number(text, flat).digits if text.strip() else ""


def _compact(text: str, flat: str) -> str:
    return compact_code(one_line(text, field=flat, limit=NAME_LIMIT))


def _identity(text: str, flat: str) -> str:
    return normalised_identity_number(one_line(text, field=flat, limit=NAME_LIMIT))


def _business(text: str, flat: str) -> str:
    return normalised_business_code(one_line(text, field=flat, limit=NAME_LIMIT))


_CODES: Mapping[str, Callable[[str, str], str]] = {
    "mobile": _phone,
    "id_number": _identity,
    "uscc": _business,
    "payout_account": _compact,
}
