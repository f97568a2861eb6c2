"""Debts to other lenders and guarantees given, row by row; their totals are the application's (DOMAIN B, C6)."""

from __future__ import annotations

from fieldapp.domain.application_records import ExternalDebt
from fieldapp.domain.errors import Actionable, Invalid, InvalidRecord
from fieldapp.domain.identifiers import RecordId
from fieldapp.domain.kinds import Values
from fieldapp.services.business_day import business_date
from fieldapp.services.case_records import Case
from fieldapp.services.case_rows import edit_row, keep_totals, open_case, open_row, row_record
from fieldapp.services.consent_register import require_bureau_consent
from fieldapp.store.database import Store
from fieldapp.store.unit import Unit


def add_debt(store: Store, application: str, typed: Values) -> RecordId:
    """Enter a debt, or a guarantee given (``guarantee``); ``typed`` are fields of ExternalDebt.

    The application's totals follow in the same transaction. Raises InvalidRecord by field, among them ``source`` for
    what a bureau told without the borrower's consent (E7), Actionable (``gone``, ``submitted``); nothing is saved then.
    """

    def work(unit: Unit) -> RecordId:
        case = open_case(unit, application)
        debt = row_record(ExternalDebt, typed)
        _require_consent(unit, case, debt)
        made = unit.create("external_debt", debt, parent=application)
        keep_totals(unit, case)
        return made

    return store.write(work)


def edit_debt(store: Store, row: str, shown: Values, typed: Values) -> None:
    """Save what was typed in a row; ``shown`` are the values the screen showed. Raises like ``add_debt``."""

    def work(unit: Unit) -> None:
        stored, case = open_row(unit, row)
        debt = row_record(ExternalDebt, typed)
        if stored.screen.get("source") != "bureau":
            _require_consent(unit, case, debt)
        edit_row(unit, stored, shown, debt)
        keep_totals(unit, case)

    store.write(work)


def _require_consent(unit: Unit, case: Case, debt: ExternalDebt) -> None:
    """What a credit bureau told is written down only after the borrower consented to the inquiry (E7)."""
    if debt.source != "bureau":
        return
    borrower = case.file.application.person or ""
    try:
        require_bureau_consent(unit.records, case, borrower, "application", unit.clock.now(), business_date(unit.clock))
    except Actionable as problem:
        refused = Invalid(problem.code, problem.sentence, field="source", advice=problem.advice)
        raise InvalidRecord([refused]) from problem
