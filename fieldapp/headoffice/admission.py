"""Whose work is taken in: a laptop and its officer, looked at once more where that happens.

A body may take a minute to arrive, and on PostgreSQL somebody may change a member of staff while it is taken in. They
change only under the head of their sub-branch's stream: whoever holds that, and looks then, sees them as they stay.
"""

from __future__ import annotations

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.sender import Sender
from fieldapp.headoffice.storage.accounts import StaffAccount
from fieldapp.headoffice.storage.store import Busy, Unit


class Moved(Busy):
    """The officer is not who they were when the laptop asked."""


def admit(unit: Unit, sender: Sender, counter: int) -> None:
    """Lock the laptop's row, so that its own requests follow each other.

    Raises Actionable (``revoked``, ``clone``), and Moved.
    """
    if unit.accounts.admit(sender.device, sender.author, counter=counter, at=sender.at):
        return
    account = unit.accounts.device(sender.device)
    if account is None or account.revoked_at is not None:
        raise revoked()
    require_admitted(sender, unit.accounts.staff(account.staff))
    if counter < account.counter:
        raise clone()
    raise Moved("the officer had another place a moment ago")


def require_admitted(sender: Sender, staff: StaffAccount | None) -> None:
    """That the sender's account at head office, ``staff``, is still as the sender tells; of work that was handed in
    by somebody who has left, what they were.

    Raises Actionable (``revoked``), and Moved.
    """
    if staff is None or not (staff.active or sender.late):
        raise revoked()
    if staff.author != sender.author:
        raise Moved("the officer has another place by now")


def clone() -> Actionable:
    """That the laptop speaks with two voices."""
    return Actionable(
        "clone",
        Sentence("Another copy of this laptop's data has already spoken to head office."),
        advice=Sentence("Hand in the work on this copy and enrol the laptop anew."),
    )


def revoked() -> Actionable:
    """That the laptop is shut out, or its officer has left."""
    return Actionable("revoked", Sentence("This laptop's access has been withdrawn."))
