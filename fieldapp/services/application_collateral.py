"""Things that secure a loan, row by row; whose they are is a party to the application (DOMAIN B)."""

from __future__ import annotations

from fieldapp.domain import security
from fieldapp.domain.application_records import Collateral
from fieldapp.domain.identifiers import RecordId
from fieldapp.domain.kinds import Values
from fieldapp.services.application_parties import PartyDraft, enter_pledgor
from fieldapp.services.case_rows import edit_row, file_of, open_case, open_row, refuse, row_record
from fieldapp.store.database import Store
from fieldapp.store.unit import Unit


def add_collateral(store: Store, application: str, typed: Values, pledgor: PartyDraft | None = None) -> RecordId:
    """Enter what secures the loan; ``pledgor`` is its owner when that is nobody in the application yet.

    Raises InvalidRecord by field, Actionable (``gone``, ``submitted``); nothing is saved then.
    """

    def work(unit: Unit) -> RecordId:
        case = open_case(unit, application)
        owner = enter_pledgor(unit, case, pledgor) if pledgor is not None else typed.get("owner")
        thing = row_record(Collateral, {**typed, "owner": owner})
        refuse(security.collateral_refusals(file_of(unit, application), thing))
        return unit.create("collateral", thing, parent=application)

    return store.write(work)


def edit_collateral(store: Store, row: str, shown: Values, typed: Values) -> None:
    """Save what was typed in a row; ``shown`` are the values the screen showed. Raises like ``add_collateral``."""

    def work(unit: Unit) -> None:
        stored, case = open_row(unit, row)
        thing = row_record(Collateral, typed)
        refuse(security.collateral_refusals(case.file, thing))
        edit_row(unit, stored, shown, thing)

    store.write(work)
