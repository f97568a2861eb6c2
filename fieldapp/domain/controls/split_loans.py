"""One loan cut into several: what hangs together within some months is summed (DOMAIN E11 [G])."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from fieldapp.domain.controls.alerts import Noticed, yuan
from fieldapp.domain.controls.limits import Limits
from fieldapp.domain.wording import Sentence

Tie = Literal["borrower", "household", "address", "phone", "payee", "account", "guarantor"]
"""By what two applications hang together."""

_SENTENCES: Mapping[Tie, Sentence] = {
    "borrower": Sentence(
        "With earlier applications of the same borrower: {sum} yuan in {days} days, in {count} applications."
    ),
    "household": Sentence(
        "With applications of the same household: {sum} yuan in {days} days, in {count} applications."
    ),
    "address": Sentence("With applications from the same address: {sum} yuan in {days} days, in {count} applications."),
    "phone": Sentence("With applications with the same telephone: {sum} yuan in {days} days, in {count} applications."),
    "payee": Sentence(
        "With applications that pay the same seller: {sum} yuan in {days} days, in {count} applications."
    ),
    "account": Sentence(
        "With applications paid to the same account: {sum} yuan in {days} days, in {count} applications."
    ),
    "guarantor": Sentence(
        "With applications of the same guarantor: {sum} yuan in {days} days, in {count} applications."
    ),
}


@dataclass(frozen=True, slots=True)
class Tied:
    """An application that hangs together with the one looked at."""

    application: str
    tie: Tie
    amount_fen: int
    submitted_on: date


def split_alerts(amount_fen: int, submitted_on: date, tied: Iterable[Tied], limits: Limits) -> list[Noticed]:
    """One alert for each kind of tie under which the sums, this application among them, go over the limit."""
    since = submitted_on - timedelta(days=limits.split_days)
    together: dict[Tie, dict[str, int]] = {}
    for one in tied:
        if one.submitted_on >= since:
            together.setdefault(one.tie, {})[one.application] = one.amount_fen
    return [
        Noticed(
            "E11",
            f"split_{tie}",
            Sentence(
                _SENTENCES[tie].text,
                sum=yuan(amount_fen + sum(others.values())),
                days=str(limits.split_days),
                count=str(len(others) + 1),
            ),
        )
        for tie, others in together.items()
        if amount_fen + sum(others.values()) > limits.split_fen
    ]
