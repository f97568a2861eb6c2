"""Which part of a village the rows of a list belong to, where a row between them says so: 一组, 上河村 二组."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fieldapp.services.household_list.heading_text import comparable


def part_named(cells: Sequence[str], used: set[int], name_column: int | None, titles: set[str]) -> str | None:
    """The part of the village that a row between the others says follows, 一组 or 上河村 二组; None for any other row.

    A village in place of a name could be somebody: it is none. Empty is a part that cannot be told: 张湾片 一组二组.
    """
    filled = [(column, comparable(cell)) for column, cell in enumerate(cells) if comparable(cell)]
    if name_column is None or not filled:
        return None
    if heads_a_part(filled, name_column):
        return _IN_BRACKETS.sub("", dict(filled)[name_column])
    column, word = filled[0]
    if len(filled) > 1 or column > name_column or word in titles:
        return None
    if column < name_column and column not in used and (part := _PART.fullmatch(word) or _VILLAGE.fullmatch(word)):
        return _IN_BRACKETS.sub("", part[0])
    return "" if _SOME_PART.search(word) else None


class Parts:
    """Which part of the village each row belongs to: what the rows between said last, a group within its village."""

    def __init__(self) -> None:
        self._village = self._group = ""

    def begin(self, part: str | None) -> None:
        """Another part follows; None changes nothing, and where it cannot be told nothing is known of what follows."""
        if part is None:
            return
        if not part or _VILLAGE.fullmatch(part):
            self._village, self._group = part, ""
        else:
            self._group = part

    def put(self, cells: list[str], column: int) -> list[str]:
        """The cells with the part in a column of its own."""
        return [*cells[:column], *[""] * (column - len(cells)), self._village + self._group, *cells[column:]]


def heads_a_part(filled: Sequence[tuple[int, str]], name_column: int | None) -> bool:
    """Whether a row only says which part of the list follows: 一组, behind a running number at most."""
    return name_column in dict(filled) and all(
        _PART.fullmatch(comparable(cell)) if column == name_column else len(comparable(cell)) <= _SHORT
        for column, cell in filled
    )


_SHORT = 3
_PART = re.compile(
    r"(?:[^\W\d]{1,8}村)?(?:第?[一二三四五六七八九十\d]{1,4}(?:村民)?(?:小组|组|队|片区?|网格)|[^\W\d]{1,6}组)(?:[(（].*[)）])?"
)
_VILLAGE = re.compile(r"[^\W\d]{2,10}(?:村|社区|居委会)(?:[(（].*[)）])?")
_SOME_PART = re.compile("[组队村片湾塆屯寨]|社区|网格")
_IN_BRACKETS = re.compile(r"[(（].*")
