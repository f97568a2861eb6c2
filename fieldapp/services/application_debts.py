"""Debts to other lenders and guarantees given, row by row; their totals are the application's (DOMAIN B, C6)."""

from __future__ import annotations

from fieldapp.domain.application_records import ExternalDebt
from fieldapp.domain.identifiers import RecordId
from fieldapp.domain.kinds import Values
from fieldapp.services.case_rows import edit_row, keep_totals, open_case, open_row, row_record
from fieldapp.store.database import Store
from fieldapp.store.unit import Unit


def add_debt(store: Store, application: str, typed: Values) -> RecordId:
    """Enter a debt, or a guarantee given (``guarantee``); ``typed`` are fields of ExternalDebt.

    The application's totals follow in the same transaction. Raises InvalidRecord by field, Actionable (``gone``,
    ``submitted``); nothing is saved then.
    """

    def work(unit: Unit) -> RecordId:
        case = open_case(unit, application)
        made = unit.create("external_debt", row_record(ExternalDebt, typed), parent=application)
        keep_totals(unit, case)
        return made

    return store.write(work)


def edit_debt(store: Store, row: str, shown: Values, typed: Values) -> None:
    """Save what was typed in a row; ``shown`` are the values the screen showed. Raises like ``add_debt``."""

    def work(unit: Unit) -> None:
        stored, case = open_row(unit, row)
        edit_row(unit, stored, shown, row_record(ExternalDebt, typed))
        keep_totals(unit, case)

    store.write(work)
