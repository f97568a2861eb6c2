"""Whether a laptop that has read everything holds what head office holds (SYNC 37)."""

from __future__ import annotations

from fieldapp.headoffice.storage.records import Records
from fieldapp.protocol.totals import Adding, Totals

_AT_ONCE = 500


def differences(records: Records, audiences: dict[str, str], told: Totals) -> dict[str, list[str]]:
    """The streams and kinds in which ``told`` is not what these audiences may see now; empty when all is the same."""
    held = totals_of(records, audiences)
    found: dict[str, list[str]] = {}
    for stream in sorted(held.keys() | told.keys()):
        here, there = held.get(stream, {}), told.get(stream, {})
        kinds = sorted(kind for kind in here.keys() | there.keys() if here.get(kind) != there.get(kind))
        if kinds:
            found[stream] = kinds
    return found


def totals_of(records: Records, audiences: dict[str, str]) -> Totals:
    """What these audiences may see, counted and summed; few records at a time are in memory."""
    adding = Adding()
    for stream, head in records.heads(audiences).items():
        after = 0
        while rows := records.told(stream, audiences[stream], after, head.seq, _AT_ONCE):
            for _seq, state, _size, _departure in rows:
                if state is not None:
                    adding.add(stream, state.kind, state.record, state.rev[0], state.rev[2], state.values)
            after = rows[-1][0]
    return adding.totals()
