"""What changing any row behind an application has in common: only while it is open, removed with a way back."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from fieldapp.domain import debts
from fieldapp.domain.case_file import CaseFile
from fieldapp.domain.errors import Actionable, Invalid, InvalidRecord
from fieldapp.domain.kinds import Values, record_of
from fieldapp.domain.money import GREATEST_FEN
from fieldapp.domain.record_rules import NAME_LIMIT
from fieldapp.domain.records import Record
from fieldapp.domain.wording import Sentence
from fieldapp.domain.writing import one_line
from fieldapp.services.case_records import Case, read_case
from fieldapp.services.editable_application import require_editable
from fieldapp.services.half_typed import forget
from fieldapp.store.database import Store
from fieldapp.store.records import StoredRecord
from fieldapp.store.unit import Unit

R = TypeVar("R", bound=Record)

ROWS = ("party", "external_debt", "collateral", "guarantee")
"""The kinds of the rows."""


def open_case(unit: Unit, application: str) -> Case:
    """The application, to be changed. Raises Actionable (``gone``, ``submitted``)."""
    case = read_case(unit.records, application)
    require_editable(unit, case)
    return case


def open_row(unit: Unit, row: str) -> tuple[StoredRecord, Case]:
    """A row and its application, to be changed. Raises Actionable (``gone``, ``submitted``)."""
    stored = unit.records.get(row)
    if stored is None or stored.kind not in ROWS or stored.deleted or stored.parent is None:
        raise Actionable(
            "gone",
            Sentence("This row is not on this laptop any more."),
            advice=Sentence("It was removed, or the customer now belongs to a colleague. Nothing else was changed."),
        )
    return stored, open_case(unit, stored.parent)


def remove_row(store: Store, row: str) -> tuple[str, ...]:
    """Take a row away, with what means nothing without it; returns what was removed, for ``restore_rows``.

    A guarantor goes with their guarantee. Raises Actionable (``gone``, ``submitted``).
    """

    def work(unit: Unit) -> tuple[str, ...]:
        stored, case = open_row(unit, row)
        removed = [row]
        if stored.kind == "party" and stored.screen.get("role") == "guarantor":
            held = case.file.backing.guarantees
            removed += [record for record, one in held.items() if one.guarantor == stored.screen.get("person")]
        for record in removed:
            unit.delete(record)
        forget(unit, case.application.id, removed)
        keep_totals(unit, case)
        return tuple(removed)

    return store.write(work)


def restore_rows(store: Store, rows: tuple[str, ...]) -> None:
    """Take a removal back. Raises Actionable (``gone``, ``submitted``)."""

    def work(unit: Unit) -> None:
        case = None
        for row in rows:
            stored = unit.records.get(row)
            if stored is None or stored.parent is None:
                raise Actionable("gone", Sentence("This row is not on this laptop any more."))
            case = open_case(unit, stored.parent)
            unit.edit(row, {"deleted": (True, False)})
        if case is not None:
            keep_totals(unit, case)

    store.write(work)


def keep_totals(unit: Unit, before: Case) -> None:
    """Let the application say what its debts come to now; without any rows left the totals are open again."""
    application = before.application.id
    now = read_case(unit.records, application)
    stored = now.application
    if not debts.follow_from_rows(now.file.backing):
        if not debts.follow_from_rows(before.file.backing):
            return
        wanted: Values = dict.fromkeys(debts.DERIVED)
    else:
        wanted = {name: getattr(now.file.application, name) for name in debts.DERIVED}
    unit.edit(application, {name: (stored.screen.get(name), value) for name, value in wanted.items()})


def row_record(shape: type[R], fields: Values) -> R:
    """Typed fields of a row as a record. Raises InvalidRecord (``shape``, ``amount``, ``too_long``) by field."""
    problems: list[Invalid] = []
    cleaned: dict[str, Any] = {}
    for name, value in fields.items():
        try:
            cleaned[name] = _cleaned(name, value)
        except Invalid as problem:
            problems.append(problem)
    if problems:
        raise InvalidRecord(problems)
    try:
        return record_of(shape, {name: value for name, value in cleaned.items() if value is not None})
    except msgspec.ValidationError as error:
        field = str(error).rpartition("`$.")[2].rstrip("`") or next(iter(fields), "record")
        raise Invalid("shape", Sentence("This value does not have the form it should."), field=field) from error


def edit_row(unit: Unit, row: StoredRecord, shown: Values, record: Record) -> bool:
    """Save a row as ``record`` says; ``shown`` are the values the screen showed. True when anything differed."""
    values = msgspec.to_builtins(record)
    fields = {
        name: (shown.get(name, row.screen.get(name)), value)
        for name, value in values.items()
        if name != "deleted" and (name in row.screen or value not in (None, "", []))
    }
    return unit.edit(row.id, fields) is not None


def refuse(problems: list[Invalid]) -> None:
    """Raises InvalidRecord with all of ``problems``, if there are any."""
    if problems:
        raise InvalidRecord(problems)


def file_of(unit: Unit, application: str) -> CaseFile:
    """The application as it stands inside the transaction."""
    return read_case(unit.records, application).file


def _cleaned(name: str, value: object) -> object:
    plain = msgspec.to_builtins(value)
    if isinstance(plain, str):
        return one_line(plain, field=name, limit=NAME_LIMIT)
    if isinstance(plain, int) and not isinstance(plain, bool) and not 0 <= plain <= GREATEST_FEN:
        raise Invalid("amount", Sentence("An amount cannot be negative or beyond reason."), field=name)
    return plain
