"""Debts to other lenders and guarantees given: what they come to, and that the form says the same (DOMAIN B, C6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from fieldapp.domain.application_records import ExternalDebt
from fieldapp.domain.backing import Backing
from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import Money
from fieldapp.domain.records import Application
from fieldapp.domain.wording import Sentence

DERIVED = ("existing_debt_fen", "existing_instalments_fen")
"""The application's fields that follow from the rows as soon as there is one."""


@dataclass(frozen=True, slots=True)
class DebtTotals:
    """What is owed, what is paid for it a month, and what was guaranteed for others."""

    owed: Money
    monthly: Money
    guaranteed: Money
    debts: int
    guarantees: int


def totals(backing: Backing) -> DebtTotals:
    """The sums of the rows; an amount not known yet counts as nothing and is asked for by ``lacking``."""
    owed = [debt for debt in backing.debts.values() if not debt.guarantee]
    given = [debt for debt in backing.debts.values() if debt.guarantee]
    return DebtTotals(
        Money(sum(debt.balance_fen or 0 for debt in owed)),
        Money(sum(debt.instalment_fen or 0 for debt in owed)),
        Money(sum(debt.balance_fen or 0 for debt in given)),
        len(owed),
        len(given),
    )


def follow_from_rows(backing: Backing) -> bool:
    """Whether the two totals of the form come from rows and are not typed."""
    return any(not debt.guarantee for debt in backing.debts.values())


def with_debts(application: Application, backing: Backing) -> Application:
    """The application with the totals of its rows; as it is while there are none."""
    if not follow_from_rows(backing):
        return application
    found = totals(backing)
    return msgspec.structs.replace(
        application, existing_debt_fen=found.owed.fen, existing_instalments_fen=found.monthly.fen
    )


def lacking(backing: Backing) -> Iterator[Invalid]:
    """What the rows still lack before submission; ``field`` is ``debts/<record>``."""
    for record, debt in backing.debts.items():
        yield from _lacking(debt, f"debts/{record}")


def _lacking(debt: ExternalDebt, field: str) -> Iterator[Invalid]:
    name = debt.lender[:40]
    if debt.balance_fen is None:
        yield Invalid("balance", Sentence("{name}: how much is owed is missing.", name=name), field=field)
    if not debt.guarantee and debt.instalment_fen is None:
        sentence = Sentence("{name}: what is paid a month is missing; write 0 if nothing.", name=name)
        yield Invalid("instalment", sentence, field=field)
