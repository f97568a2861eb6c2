"""What a new laptop needs to begin its day, told before everything else and outside the cursor (SYNC 29)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from fieldapp.domain.record_rules import is_of_our_time
from fieldapp.headoffice.scope import Author
from fieldapp.headoffice.storage.own_days import OwnDays
from fieldapp.headoffice.storage.store import Unit
from fieldapp.protocol.messages import RecordState

MOST_CUSTOMERS = 300
MOST_BYTES = 1024 * 1024
"""Bounds of what comes before the first page; the rest of the day follows with the pages."""

_AT_ONCE = 25
_PROMISES_SINCE = timedelta(days=90)


def own_day(unit: Unit, author: Author, day: date) -> list[RecordState]:
    """The customers that ``day`` asks of the author, whole: due on it, overdue, promised, and due the day after.

    Nothing for those who have no customers of their own.
    """
    if author.decides or not is_of_our_time(day):
        return []
    states: list[RecordState] = []
    size = 0
    for state, state_bytes in _of_the_day(unit, author, day):
        states.append(state)
        size += state_bytes
        if size > MOST_BYTES:
            break
    return states


def _of_the_day(unit: Unit, author: Author, day: date) -> Iterator[tuple[RecordState, int]]:
    days, audience = OwnDays(unit.connection), author.audiences()[author.branch]
    tomorrow = (day + timedelta(days=1)).isoformat()
    since = (day - _PROMISES_SINCE).isoformat()
    roots = days.due(author.branch, author.staff, day.isoformat(), tomorrow, MOST_CUSTOMERS)
    roots += days.promised(author.branch, author.staff, since, tomorrow, MOST_CUSTOMERS)
    wanted = list(dict.fromkeys(roots))[:MOST_CUSTOMERS]
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        for _seq, state, state_bytes, _gone in unit.records.told_under(author.branch, audience, author.staff, some):
            if state is not None:
                yield state, state_bytes
