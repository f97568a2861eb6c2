"""Promises to pay that customers made on contacts and visits."""

from __future__ import annotations

from dataclasses import dataclass

from fieldapp.store.connection import Connection


@dataclass(frozen=True, slots=True)
class PromiseToPay:
    """``amount_fen`` was promised by ``prospect`` for ``day`` (ISO)."""

    record: str
    prospect: str
    day: str
    amount_fen: int


class Promises:
    """The ``promise`` table; a later promise of the same prospect replaces an earlier one, so does an amendment."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def until(self, day: str) -> list[PromiseToPay]:
        """What is promised up to and including ``day``, each prospect's newest promise only, earliest day first."""
        rows = self._connection.execute(
            "SELECT record, prospect, day, amount_fen, max(made_at) FROM promise GROUP BY prospect"
            " HAVING day <= ? ORDER BY day, prospect",
            (day,),
        )
        return [PromiseToPay(*row[:4]) for row in rows]
