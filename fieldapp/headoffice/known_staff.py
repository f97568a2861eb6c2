"""A member of staff whom somebody names to head office."""

from __future__ import annotations

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.storage.accounts import StaffAccount
from fieldapp.headoffice.storage.store import Unit


def known_staff(unit: Unit, staff: str) -> StaffAccount:
    """The account under that number, of who has left too. Raises Actionable ``staff_unknown``."""
    account = unit.accounts.staff(staff)
    if account is None:
        raise Actionable("staff_unknown", Sentence("Nobody on the staff has the number {staff}.", staff=staff))
    return account


def active_staff(unit: Unit, staff: str) -> StaffAccount:
    """The account of who works here. Raises Actionable ``staff_unknown``, ``staff_inactive``."""
    account = known_staff(unit, staff)
    if not account.active:
        raise Actionable("staff_inactive", Sentence("This member of staff is no longer active."))
    return account
