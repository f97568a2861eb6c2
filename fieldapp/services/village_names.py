"""Villages to offer while one is being typed: by part of the name, by pinyin, by its initials, or by code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from fieldapp.reference import places
from fieldapp.store.search import sort_key

LONGEST_TYPED = 40


@dataclass(frozen=True, slots=True)
class VillageName:
    """A village with the town it lies in, because namesakes are common."""

    code: str
    name: str
    town: str


def villages_like(typed: str, limit: int = 8) -> tuple[VillageName, ...]:
    """Villages that ``typed`` may become: first those that begin with it, then those that hold it; none for nothing.

    Reads the reference tables at the first call: not for the thread that draws.
    """
    wanted = "".join(typed[:LONGEST_TYPED].casefold().split())
    if not wanted:
        return ()
    ranked = [(rank, village) for village, keys in _entered() if (rank := _rank(wanted, keys)) is not None]
    ranked.sort(key=lambda pair: (pair[0], pair[1].code))
    return tuple(village for _, village in ranked[:limit])


@cache
def _entered() -> tuple[tuple[VillageName, tuple[str, ...]], ...]:
    entered = []
    for village in places().villages:
        syllables = sort_key(village.name).split()
        initials = "".join(syllable[0] for syllable in syllables)
        keys = (village.name.casefold(), "".join(syllables), initials, village.code)
        entered.append((VillageName(village.code, village.name, village.town), keys))
    return tuple(entered)


def _rank(wanted: str, keys: tuple[str, ...]) -> int | None:
    if any(key.startswith(wanted) for key in keys):
        return 0
    return 1 if wanted in keys[0] else None
