"""A customer reached or paid by way of the bank's own staff is a nominee (DOMAIN E12 [G])."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from fieldapp.domain.controls.alerts import Noticed
from fieldapp.domain.errors import Invalid
from fieldapp.domain.wording import Sentence

Number = Literal["mobile", "account"]
"""What of a member of staff may stand where a customer's should: a telephone number, an account."""

_FIELDS: Mapping[Number, str] = {"mobile": "person.mobile", "account": "payout_account"}
_WORDS: Mapping[Number, Sentence] = {
    "mobile": Sentence("This is the officer's own telephone number, not the customer's."),
    "account": Sentence("This is the officer's own account. The loan is paid to the customer or the seller."),
}


def refusal_of_nominee(mine: Mapping[Number, bool]) -> Invalid | None:
    """Why the application is refused when ``mine`` says which of its numbers are the officer's own."""
    for number, is_mine in mine.items():
        if is_mine:
            return Invalid("nominee", _WORDS[number], field=_FIELDS[number])
    return None


def colleague_alerts(theirs: Mapping[Number, bool]) -> list[Noticed]:
    """What is noticed when ``theirs`` says which numbers belong to another member of staff."""
    found = []
    if theirs.get("mobile"):
        found.append(
            Noticed("E12", "staff_mobile", Sentence("The customer's telephone number is that of a member of staff."))
        )
    if theirs.get("account"):
        found.append(
            Noticed("E12", "staff_account", Sentence("The account for the loan belongs to a member of staff."))
        )
    return found
