"""The officer's own telephone and account, as they gave them on this laptop: never a customer's (DOMAIN E12).

They stay on this laptop. Head office has the staff's numbers from elsewhere and looks again at each submission.
"""

from __future__ import annotations

import msgspec

from fieldapp.domain.case_file import cleaned
from fieldapp.domain.controls.nominee import Number
from fieldapp.domain.errors import Invalid
from fieldapp.store.database import Store
from fieldapp.store.state import State
from fieldapp.store.unit import Unit

_NAME = "own_numbers"


class OwnNumbers(msgspec.Struct, frozen=True, kw_only=True):
    """In the form in which applications keep such numbers; empty while not given."""

    mobile: str = ""
    account: str = ""

    def is_mine(self, number: Number, written: str | None) -> bool:
        """Whether what stands in an application is the officer's own."""
        mine = self.mobile if number == "mobile" else self.account
        return bool(mine) and written == mine


NO_NUMBERS = OwnNumbers()
"""Nothing given: nothing is the officer's own."""


def keep_own_numbers(store: Store, mobile: str, account: str) -> OwnNumbers:
    """Keep what the officer gives. Raises Invalid (``phone``, ``too_long``) naming ``mobile`` or ``account``."""
    numbers = OwnNumbers(
        mobile=_cleaned("person", "mobile", mobile, "mobile"),
        account=_cleaned("application", "payout_account", account, "account"),
    )

    def keep(unit: Unit) -> None:
        unit.state.set(_NAME, numbers)
        unit.tell("settings")

    store.write(keep)
    return numbers


def read_own_numbers(store: Store) -> OwnNumbers:
    """What the officer gave."""
    with store.reading() as view:
        return own_numbers(view.state)


def own_numbers(state: State) -> OwnNumbers:
    """The same within a look at the store."""
    return state.get(_NAME, OwnNumbers) or NO_NUMBERS


def _cleaned(part: str, field: str, typed: str, name: str) -> str:
    try:
        return cleaned(part, field, typed) or ""
    except Invalid as problem:
        raise Invalid(problem.code, problem.sentence, field=name, advice=problem.advice) from problem
