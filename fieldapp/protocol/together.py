"""Cutting a long row of changes into portions, without dividing what belongs together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def portions(
    row: Sequence[T],
    *,
    group: Callable[[T], str | None],
    size: Callable[[T], int],
    most: int,
    most_of_group: int,
    most_bytes: int,
) -> Iterator[list[T]]:
    """``row`` in portions of at most ``most`` and ``most_bytes`` by ``size``; one alone may be larger.

    A group comes whole at the place of its last, where its changes would be taken too, if it has no more than
    ``most_of_group`` and ``most_bytes``; a larger one is divided.
    """
    portion: list[T] = []
    filled = 0
    for whole in _wholes(row, group):
        fits = len(whole) <= most_of_group and sum(map(size, whole)) <= most_bytes
        for part in [whole] if fits else [[one] for one in whole]:
            added = sum(map(size, part))
            if portion and (len(portion) + len(part) > most or filled + added > most_bytes):
                yield portion
                portion, filled = [], 0
            portion = portion + part
            filled += added
    if portion:
        yield portion


def _wholes(row: Iterable[T], group: Callable[[T], str | None]) -> Iterator[list[T]]:
    named = [(group(one), one) for one in row]
    last = {name: place for place, (name, _) in enumerate(named)}
    members: dict[str, list[T]] = {}
    for place, (name, one) in enumerate(named):
        if name is None:
            yield [one]
            continue
        members.setdefault(name, []).append(one)
        if last[name] == place:
            yield members.pop(name)
