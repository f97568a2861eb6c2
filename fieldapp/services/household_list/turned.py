"""Lists whose headings stand below each other with a household in each column, turned so that each has a row.

They are short, a row for each heading, and are turned in memory. What only looks like one (a form of one household, two
such tables below each other, a page of instructions) is ``UNCERTAIN``: read either way it would give wrong people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import islice

from fieldapp.services.household_list.beside_the_head import NOBODY_BESIDE, beside_the_head, names_a_member
from fieldapp.services.household_list.heading_rows import find_headings
from fieldapp.services.household_list.heading_text import comparable
from fieldapp.services.household_list.headings import (
    Field,
    field_of,
    find_heading_row,
    is_a_relation,
    is_somebodys_number,
    recognise,
)
from fieldapp.services.household_list.names import may_be_a_name
from fieldapp.services.household_list.stated_units import unit_of
from fieldapp.services.household_list.text_table import TextTable
from fieldapp.services.household_list.workbook import MOST_COLUMNS_OF_EXCEL, Sheet, Workbook

Row = tuple[int, list[str]]
MOST_HEADINGS = 200
"""Rows of a list that may be turned; its headings are fewer."""


class Lying(Enum):
    """How a table lies where that cannot be said."""

    UNCERTAIN = "uncertain"


UNCERTAIN = Lying.UNCERTAIN


@dataclass(frozen=True, slots=True)
class Turned:
    """A table with its headings in the column ``headings`` (from 0), of whose rows ``first`` to ``last`` are turned.

    ``title`` is what stands above.
    """

    table: TextTable | tuple[Workbook, Sheet]
    headings: int
    first: int
    last: int
    title: str

    def rows(self) -> Iterator[Row]:
        """Each column as a row under its number, the first being 1. Raises Actionable as the table does."""
        lines = [cells for _, cells in self._lines()]
        width = max(map(len, lines), default=0)
        for column in range(width):
            yield column + 1, [cells[column] if column < len(cells) else "" for cells in lines]

    def places_of(self, numbers: frozenset[int]) -> frozenset[int]:
        """Where the rows of the table with these numbers stand among the headings."""
        return frozenset(place for place, (number, _) in enumerate(self._lines()) if number in numbers)

    def _lines(self) -> list[Row]:
        return [
            row
            for row in islice(_rows_of(self.table), MOST_HEADINGS)
            if self.first <= row[0] <= self.last and any(row[1])
        ]


def turned(table: TextTable | tuple[Workbook, Sheet], sample: Sequence[Row]) -> Turned | Lying | None:
    """The table as one whose headings stand below each other, ``UNCERTAIN``, or None for any other.

    ``sample`` are its first rows.
    """
    filled = [row for row in sample if any(map(comparable, row[1]))]
    rows = [cells for _, cells in filled]
    if _is_a_form(rows):
        return UNCERTAIN
    column = max(range(_MOST_BEFORE), key=lambda place: len(_fields_below(rows, place)))
    fields = _fields_below(rows, column)
    if len(fields) < _LEAST and not (Field.NAME in fields and fields.keys() & _NUMBERS):
        return None
    labelled = [place for places in fields.values() for place in places]
    if not _is_certain(rows, column, fields, whole=len(sample) < MOST_HEADINGS):
        apart = len(fields) < _LEAST and max(labelled) - min(labelled) >= len(labelled)
        return None if apart or _has_a_row_of_headings(rows, column) else UNCERTAIN
    first, last = _with_neighbours(rows, min(labelled), max(labelled))
    title = "\n".join(cell.strip()[:200] for cells in rows[:first] for cell in cells if cell.strip())
    return Turned(table, column, filled[first][0], filled[last][0], title)


_MOST_BEFORE = 3
_LEAST = 3
_SURE = 100
_ENOUGH = 0.7
_SEARCHED, _SEVERAL, _MOST_OF_THEM = 60, 2, 0.6
_ONE_OF = 3
"""Of so many rows one may begin with a heading in a list that is not turned: 联系电话 and 负责人 at its end."""
_MOST_HEADINGS_AMONG_VALUES = 0.2
_NUMBERS = frozenset((Field.PHONE, Field.OTHER_PHONE, Field.IDENTITY))
_FIGURES = frozenset((Field.BIRTH, Field.HOUSEHOLD_SIZE, Field.YEARLY_INCOME, Field.WISHED_AMOUNT))


def _is_a_form(rows: Sequence[Sequence[str]]) -> bool:
    """Whether one household is told above a table of its people: 户主姓名 张三 联系电话 …, then 姓名 与户主关系 ….

    Read as a list its wife and children would each be a household.
    """
    headings = find_headings(rows[:_SEARCHED])
    if headings is None or headings.first == 0:
        return False
    told = [pair for cells in rows[: headings.first] for pair in _labelled(cells)]
    names = [value for field, value in told if field is Field.NAME]
    others = {field for field, _ in told} - {Field.NAME}
    if not any(may_be_a_name(name) for name in names):
        return False
    relation = any(map(is_a_relation, headings.texts)) and Field.HOUSEHOLD not in recognise(headings.texts)
    return relation or len(others) >= _SEVERAL


def _labelled(cells: Sequence[str]) -> Iterator[tuple[Field, str]]:
    """What a row of a form tells: 户主姓名 and its value in the next cell, or behind a colon in the same."""
    filled = [cell.strip() for cell in cells if comparable(cell)]
    for cell, following in zip(filled, (*filled[1:], ""), strict=True):
        label, colon, value = cell.replace("：", ":").partition(":")
        said = value.strip() if colon and value.strip() else following
        if _heads(label) and (match := field_of(label)) and said and not _heads(said):
            yield match[0], said


def _rows_of(table: TextTable | tuple[Workbook, Sheet]) -> Iterator[Row]:
    if isinstance(table, TextTable):
        return table.rows()
    book, sheet = table
    return book.rows(sheet, most_columns=MOST_COLUMNS_OF_EXCEL)


def _heads(cell: str) -> bool:
    """Whether a cell is surely a heading; 电话打不通 in a remark is none."""
    match = field_of(cell) if comparable(cell) else None
    return match is not None and match[1] >= _SURE


def _fields_below(rows: Sequence[Sequence[str]], column: int) -> dict[Field, list[int]]:
    """The places of the rows that a heading begins, by the field it means, but for those of people beside the head."""
    texts = _texts_below(rows, column)
    beside = beside_the_head(texts) if len(texts) > 1 else NOBODY_BESIDE
    fields: dict[Field, list[int]] = {}
    for place, text in enumerate(beside.of_the_head(texts)):
        if _heads(text) and (match := field_of(text)):
            fields.setdefault(match[0], []).append(place)
    return fields


def _texts_below(rows: Sequence[Sequence[str]], column: int) -> list[str]:
    """The cells of a column; behind 配偶, which may be merged over several rows, as the spouse's."""
    texts = []
    group = ""
    for row in rows:
        group = (row[column - 1] if 0 < column <= len(row) else "") or group
        text = row[column] if column < len(row) else ""
        texts.append(f"{group} {text}" if text and group and names_a_member(group) else text)
    return texts


def _is_certain(rows: Sequence[Sequence[str]], column: int, fields: dict[Field, list[int]], *, whole: bool) -> bool:
    """Whether there is one row of names, what stands in it are names, and figures stand where they should."""
    if not whole or len(fields.get(Field.NAME, ())) != 1 or _has_units_between(rows, fields):
        return False
    values = {name: _values(rows[places[0]], column) for name, places in fields.items()}
    names = values[Field.NAME]
    every = [value for each in values.values() for value in each]
    if not names or _share(names, [may_be_a_name(name) and not _heads(name) for name in names]) < _ENOUGH:
        return False
    if sum(map(_heads, every)) > len(every) * _MOST_HEADINGS_AMONG_VALUES:
        return False
    numbers = [is_somebodys_number(value) for name in _NUMBERS & values.keys() for value in values[name]]
    if numbers:
        return sum(numbers) * 2 >= len(numbers)
    figures = [any(map(str.isdigit, value)) for name in _FIGURES & values.keys() for value in values[name]]
    return len(names) > 1 and sum(figures) * 2 >= len(figures) > 0


def _has_units_between(rows: Sequence[Sequence[str]], fields: Mapping[Field, Sequence[int]]) -> bool:
    """Whether a line between the headings names a unit for those below, 二、收入（万元）: it would not be theirs."""
    places = [place for each in fields.values() for place in each]
    return any(
        len(filled) == 1 and unit_of(filled[0]) != 1
        for row in rows[min(places) : max(places)]
        if (filled := [cell for cell in row if comparable(cell)])
    )


def _values(row: Sequence[str], column: int) -> list[str]:
    return [cell for cell in row[column + 1 :] if comparable(cell)]


def _share(values: Sequence[str], right: Sequence[bool]) -> float:
    return sum(right) / len(values)


def _has_a_row_of_headings(rows: Sequence[Sequence[str]], column: int) -> bool:
    """Whether a row names several columns: most of its cells do, or hardly a heading begins a row below it."""
    texts = rows[:_SEARCHED]
    row = find_heading_row(texts)
    fields = len(recognise(texts[row])) if row is not None else 0
    if row is None or fields < _SEVERAL:
        return False
    if fields >= _LEAST and fields > sum(1 for cell in texts[row] if comparable(cell)) * _MOST_OF_THEM:
        return True
    below = [cells[column] for cells in rows[row + 1 :] if column < len(cells) and comparable(cells[column])]
    return not below or (not _heads(below[0]) and sum(map(_heads, below)) * _ONE_OF <= len(below))


def _with_neighbours(rows: Sequence[Sequence[str]], first: int, last: int) -> tuple[int, int]:
    """The rows that belong to the table too: those beside it with something in several columns."""
    while first > 0 and _fills_several(rows[first - 1]):
        first -= 1
    while last + 1 < len(rows) and _fills_several(rows[last + 1]):
        last += 1
    return first, last


def _fills_several(row: Sequence[str]) -> bool:
    return sum(1 for cell in row if comparable(cell)) > 1
