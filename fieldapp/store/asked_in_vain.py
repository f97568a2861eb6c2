"""Photos that head office did not have when it was asked for them.

One that was taken a minute ago comes soon; one whose laptop is lost never does. So each is asked for again after as
long as it has been waited for already, and after a day at most.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

import msgspec

from fieldapp.store.state import State

LONGEST = timedelta(days=1)
"""However long it has been waited for."""

_NAME = "photos_in_vain"


class Asked(msgspec.Struct, frozen=True, array_like=True):
    """When it was asked for in vain the first time and the last, by the laptop's clock (UTC)."""

    first: datetime
    last: datetime

    def rests(self, now: datetime) -> bool:
        """Whether it is too soon to ask again; never by a clock that went back."""
        return timedelta(0) <= now - self.last < min(self.last - self.first, LONGEST)


def note_in_vain(state: State, digest: str, now: datetime, awaited: Collection[str]) -> None:
    """Head office does not have this one of the ``awaited`` photos; what is not awaited any more is forgotten."""
    known = {one: asked for one, asked in _known(state).items() if one in awaited}
    before = known.get(digest)
    first = before.first if before is not None and before.first <= now else now
    state.set(_NAME, known | {digest: Asked(first, now)})


def resting(state: State, now: datetime) -> set[str]:
    """The photos that are not to be asked for now."""
    return {digest for digest, asked in _known(state).items() if asked.rests(now)}


def _known(state: State) -> Mapping[str, Asked]:
    return state.get(_NAME, dict[str, Asked]) or {}
