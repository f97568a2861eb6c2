"""The number of an application: ``0412-2026-7KQ3A1``, unique without asking head office.

The branch and the year are followed by four characters of the laptop and a counter of that laptop and year. Two laptops
of a branch share the four characters once in a million; the record's id, not the number, is what the program goes by.
The alphabet has no I, L, O and U, which are misread on paper.
"""

from __future__ import annotations

import hashlib

from fieldapp.services.business_day import business_date
from fieldapp.store.unit import Unit

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LAPTOP_CHARACTERS = 4
_COUNTER_CHARACTERS = 2
_COUNTERS = "application_numbers"


def next_application_number(unit: Unit) -> str:
    """A number this laptop has not given before; the counter is kept in the same transaction.

    After a restored backup the counter stands lower: numbers that are already on the laptop are passed over.
    """
    year = str(business_date(unit.clock).year)
    enrolment = unit.enrolment
    counters = unit.state.get(_COUNTERS, dict[str, int]) or {}
    taken = {stored.screen.get("number") for stored in unit.records.of_kind("application")}
    count = counters.get(year, 0)
    while (number := f"{enrolment.branch}-{year}-{laptop_mark(enrolment.device)}{counted(count)}") in taken:
        count += 1
    unit.state.set(_COUNTERS, {**counters, year: count + 1})
    return number


def laptop_mark(device: str) -> str:
    """Four characters that stand for a laptop."""
    digest = hashlib.blake2b(device.encode(), digest_size=8).digest()
    return _written(int.from_bytes(digest, "big") % len(_ALPHABET) ** _LAPTOP_CHARACTERS, _LAPTOP_CHARACTERS)


def counted(count: int) -> str:
    """A counter in two characters; a third is added beyond 1,023."""
    return _written(count, _COUNTER_CHARACTERS)


def record_mark(record: str) -> str:
    """Eight characters that stand for a record, of the random end of its id: for papers that have no number."""
    digest = hashlib.blake2b(record.encode(), digest_size=8).digest()
    return _written(int.from_bytes(digest, "big") % len(_ALPHABET) ** 8, 8)


def _written(number: int, least: int) -> str:
    text = ""
    while number or len(text) < least:
        number, digit = divmod(number, len(_ALPHABET))
        text = _ALPHABET[digit] + text
    return text
