"""By what a household is known again: within a list, across imports and among what was typed."""

from __future__ import annotations

import re
from hashlib import blake2b

from fieldapp.services.household_list.outcomes import HouseholdRow
from fieldapp.services.household_list.phones import is_mobile


def telling_phone(row: HouseholdRow) -> str | None:
    """The telephone by which a household is known again, plausible or not.

    None for what many households of one name may share: words such as 不详, 1.38E+10, a row of zeros, a short number.
    """
    if row.phone is None or row.phone_plausible or _DIALLED.fullmatch(row.phone):
        return row.phone
    return None


def household_keys(row: HouseholdRow) -> tuple[bytes, ...]:
    """Under what a household is known, the surest first: name and telephone, whichever of several.

    Without a telephone it is the identity number, else all that the row says; the rows of members say nothing of it.
    """
    if phone := telling_phone(row):
        return tuple(_digest(("phone", row.name, each)) for each in (phone, *row.other_phones))
    return (_digest(("identity", row.name, row.identity) if row.identity else row.of_the_head),)


def incomplete_key(row: HouseholdRow) -> bytes:
    """Under what it is known that a household came in while one of its members was refused."""
    return _digest(("incomplete", household_keys(row)[0]))


def member_key(row: HouseholdRow, name: str) -> bytes:
    """Under what a member of an incomplete household is known to have come in."""
    return _digest(("member", household_keys(row)[0], name))


def sought_keys(row: HouseholdRow) -> tuple[bytes, ...]:
    """By what a row is looked for among those known: its number, and its other mobile numbers.

    Who has an identity number is found by that: a second number may be the whole village's. So may a landline.
    """
    if (phone := telling_phone(row)) is None or row.identity:
        return household_keys(row)[:1]
    return tuple(_digest(("phone", row.name, each)) for each in (phone, *filter(is_mobile, row.other_phones)))


def _digest(shared: object) -> bytes:
    return blake2b(repr(shared).encode("utf-8", "replace"), digest_size=16).digest()


_DIALLED = re.compile(r"\+?(?!(\d)\1+$)\d{7,}", re.ASCII)
