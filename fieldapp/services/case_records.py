"""Reading the records of one application from the store, and saving what was typed on its form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from fieldapp.domain import debts
from fieldapp.domain.case_file import APPLICATION, PARTS, CaseFile, by_part, flat_name
from fieldapp.domain.errors import Actionable, Invalid, InvalidRecord
from fieldapp.domain.kinds import Values, record_of, values_of
from fieldapp.domain.records import Record
from fieldapp.domain.wording import Sentence
from fieldapp.services.backing_records import read_backing
from fieldapp.services.business_day import business_date
from fieldapp.services.labels import strange_field
from fieldapp.services.typed_fields import FieldCleaner, told_by_identity
from fieldapp.store.records import Records, StoredRecord
from fieldapp.store.unit import Unit

_KIND = {APPLICATION: "application", "prospect": "prospect", "person": "person", "spouse": "person",
         "household": "household", "business": "business"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """An application's records as stored, by their name in ``PARTS``, and as one file."""

    stored: Mapping[str, StoredRecord]
    file: CaseFile

    @property
    def application(self) -> StoredRecord:
        """The application."""
        return self.stored[APPLICATION]

    @property
    def prospect(self) -> StoredRecord:
        """The prospect it belongs to."""
        return self.stored["prospect"]

    @property
    def in_conflict(self) -> tuple[str, ...]:
        """The fields of the flat form with a value that waits for a person."""
        return tuple(
            flat_name(part, conflict.field) for part, stored in self.stored.items() for conflict in stored.conflicts
        )


def read_case(records: Records, application: str) -> Case:
    """The records of an application. Raises Actionable (``gone``) when it is not on this laptop any more."""
    stored = records.get(application)
    prospect = records.get(stored.parent) if stored is not None and stored.parent is not None else None
    if stored is None or stored.kind != "application" or stored.deleted or prospect is None:
        raise Actionable(
            "gone",
            Sentence("This application is not on this laptop any more."),
            advice=Sentence("It was deleted, or the customer now belongs to a colleague. Synchronise and look again."),
        )
    people = records.children(prospect.id, "person")
    wanted = stored.screen.get("person") or prospect.screen.get("person")
    found = {
        APPLICATION: stored,
        "prospect": prospect,
        "person": next((one for one in people if one.id == wanted), None),
        "spouse": next((one for one in people if one.id != wanted and one.screen.get("relation") == "spouse"), None),
        "household": next(iter(records.children(prospect.id, "household")), None),
        "business": _business_of(records, stored, prospect),
    }
    present = {part: one for part, one in found.items() if one is not None}
    spouse = present.get("spouse")
    try:
        held: dict[str, Any] = {part: record_of(PARTS[part], one.screen) for part, one in present.items()}
        backing = read_backing(records, application, spouse.id if spouse is not None else None)
    except msgspec.ValidationError as error:
        raise Actionable(
            "newer",
            Sentence(
                "This application was filled in with a newer version of the program: {field} has a value that this one"
                " does not know.",
                field=strange_field(error),
            ),
            advice=Sentence("It was left untouched. Install the newer version to open it."),
        ) from error
    held[APPLICATION] = debts.with_debts(held[APPLICATION], backing)
    return Case(present, CaseFile(**held, backing=backing))


def save_typed(unit: Unit, case: Case, typed: Mapping[str, Any], shown: Mapping[str, Any]) -> bool:
    """Save the typed fields that differ from what the screen showed, each on its record; True when any did.

    A record that nobody had made yet is made. Raises InvalidRecord naming the fields of the flat form; nothing is
    saved then.
    """
    edits = _edits(unit, case, typed, shown)
    saved = False
    for part, fields in edits.items():
        saved |= _save_part(unit, case, part, fields)
    return saved


def _edits(
    unit: Unit, case: Case, typed: Mapping[str, Any], shown: Mapping[str, Any]
) -> dict[str, dict[str, tuple[Any, Any]]]:
    seen = {name: msgspec.to_builtins(value) for name, value in shown.items()}
    derived = debts.DERIVED if debts.follow_from_rows(case.file.backing) else ()
    moved = {
        name: value
        for name, value in typed.items()
        if name not in derived and msgspec.to_builtins(value) != seen.get(name, _UNSEEN)
    }
    edits: dict[str, dict[str, tuple[Any, Any]]] = {}
    problems: list[Invalid] = []
    for part, raw in _grouped(moved).items():
        fields, refused = _cleaned(part, raw, unit)
        problems += refused
        stored = case.stored.get(part)
        edits[part] = {
            field: (_shown(stored, part, field, seen), new)
            for field, new in fields.items()
        }  # fmt: skip
    if problems:
        raise InvalidRecord(problems)
    return edits


_UNSEEN = object()


def _grouped(typed: Mapping[str, Any]) -> dict[str, Values]:
    parts: dict[str, Values] = {}
    for flat, value in typed.items():
        part, _, field = flat.rpartition(".")
        parts.setdefault(part or APPLICATION, {})[field] = value
    return parts


def _cleaned(part: str, raw: Values, unit: Unit) -> tuple[Values, list[Invalid]]:
    if part == APPLICATION:
        fields: Values = {}
        problems: list[Invalid] = []
        for field, value in raw.items():
            try:
                fields |= by_part({field: value})[APPLICATION]
            except Invalid as problem:
                problems.append(problem)
        return fields, problems
    for field in raw:
        by_part({flat_name(part, field): None})  # a field that nobody types is refused whatever it holds
    today = business_date(unit.clock)
    cleaner = FieldCleaner(today)
    fields = cleaner.clean(_KIND[part], raw)
    if fields.get("id_number"):
        fields |= told_by_identity(fields["id_number"], today)
    return fields, [_named(problem, part) for problem in cleaner.problems]


def _shown(stored: StoredRecord | None, part: str, field: str, seen: Mapping[str, Any]) -> Any:
    """What the screen showed of a field; a record that lacks it showed its default, which head office never had."""
    standing = stored.screen.get(field) if stored is not None else None
    value = seen.get(flat_name(part, field), standing)
    if stored is not None and field in stored.screen:
        return value
    return None if value == values_of(PARTS[part]()).get(field) else value


def _save_part(unit: Unit, case: Case, part: str, fields: dict[str, tuple[Any, Any]]) -> bool:
    stored = case.stored.get(part)
    try:
        if stored is not None:
            return unit.edit(stored.id, fields) is not None
        if all(new in (None, "", []) for _, new in fields.values()):
            return False
        blank = values_of(case.file.part(part))
        record = _as_record(PARTS[part], {**blank, **{field: new for field, (_, new) in fields.items()}})
        made = unit.create(_KIND[part], record, parent=case.prospect.id)
    except InvalidRecord as refused:
        raise InvalidRecord([_named(problem, part) for problem in refused.problems]) from refused
    if part == "business":
        unit.edit(case.application.id, {"business": (case.application.screen.get("business"), made)})
    if part == "person":
        unit.edit(case.application.id, {"person": (case.application.screen.get("person"), made)})
    return True


def _as_record(shape: type[Record], values: Values) -> Record:
    try:
        return record_of(shape, values)
    except msgspec.ValidationError as error:
        field = str(error).rpartition("`$.")[2].rstrip("`") or "record"
        problem = Invalid("shape", Sentence("This value does not have the form it should."), field=field)
        raise InvalidRecord([problem]) from error


def _named(problem: Invalid, part: str) -> Invalid:
    field = flat_name(part, problem.field.partition("[")[0].partition(".")[0])  # the form has no uses[0].payee
    return Invalid(problem.code, problem.sentence, field=field, advice=problem.advice)


def _business_of(records: Records, application: StoredRecord, prospect: StoredRecord) -> StoredRecord | None:
    businesses = records.children(prospect.id, "business")
    wanted = application.screen.get("business")
    return next((one for one in businesses if one.id == wanted), businesses[0] if businesses else None)
