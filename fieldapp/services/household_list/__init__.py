"""Household lists as branches send them: opened, recognised, and cleaned row by row. Nothing is recorded here."""

from fieldapp.services.household_list.doubts import DOUBTS
from fieldapp.services.household_list.file import HouseholdListFile, ListSheet, Preview
from fieldapp.services.household_list.headings import Field, Guess
from fieldapp.services.household_list.opening import open_list
from fieldapp.services.household_list.outcomes import HouseholdRow, Outcome, RowOutcome, RowWarning
from fieldapp.services.household_list.refused import require_place_for_refused, write_refused
from fieldapp.services.household_list.rows import clean_rows

__all__ = [
    "DOUBTS",
    "Field",
    "Guess",
    "HouseholdListFile",
    "HouseholdRow",
    "ListSheet",
    "Outcome",
    "Preview",
    "RowOutcome",
    "RowWarning",
    "clean_rows",
    "open_list",
    "require_place_for_refused",
    "write_refused",
]
