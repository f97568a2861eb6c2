"""How much was done in a period, counted inside the database: an officer's month may hold thousands of entries."""

from __future__ import annotations

from dataclasses import dataclass

from fieldapp.store.connection import Connection


@dataclass(frozen=True, slots=True)
class Activity:
    """One person's entries of a period. An entry that a later one amends does not count beside it."""

    visits: int
    contacts: int
    outbound_contacts: int
    newly_disbursed: int


class Activities:
    """Counts over contacts, visits and applications."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, staff: str, first_day: str, last_day: str) -> Activity:
        """What ``staff`` did from one business date to another, both inclusive (ISO).

        Newly disbursed are the prospects with a disbursed loan of this officer that starts in the period.
        """
        visits, _ = self._entries("visit", staff, first_day, last_day)
        contacts, outbound = self._entries("contact", staff, first_day, last_day)
        disbursed = self._connection.execute(
            "SELECT count(DISTINCT parent) FROM record WHERE kind = 'application' AND deleted = 0"
            " AND screen ->> 'status' = 'disbursed' AND screen ->> 'officer' = ?"
            " AND screen ->> 'start' BETWEEN ? AND ?",
            (staff, first_day, last_day),
        ).fetchone()[0]
        return Activity(visits, contacts, outbound, disbursed)

    def prospects_met(self, staff: str, day: str) -> set[str]:
        """The prospects with whom ``staff`` had a contact or a visit on a business date."""
        rows = self._connection.execute(
            "SELECT DISTINCT parent FROM record WHERE kind IN ('contact', 'visit') AND at >= date(?1, '-2 days')"
            " AND deleted = 0 AND screen ->> 'staff' = ?2 AND screen ->> 'business_date' = ?1",
            (day, staff),
        )
        return {row[0] for row in rows}

    def _entries(self, kind: str, staff: str, first_day: str, last_day: str) -> tuple[int, int]:
        # The index is by the instant; two days cover any difference between the instant's day and the business date.
        row = self._connection.execute(
            "WITH entry AS (SELECT id, screen FROM record WHERE kind = ?1 AND at >= date(?3, '-2 days')"
            " AND at < date(?4, '+3 days') AND deleted = 0 AND screen ->> 'staff' = ?2"
            " AND screen ->> 'business_date' BETWEEN ?3 AND ?4)"
            " SELECT count(*), coalesce(sum(screen ->> 'source' = 'outbound'), 0) FROM entry"
            " WHERE id NOT IN (SELECT screen ->> 'amends' FROM entry WHERE screen ->> 'amends' IS NOT NULL)",
            (kind, staff, first_day, last_day),
        ).fetchone()
        return int(row[0]), int(row[1])
