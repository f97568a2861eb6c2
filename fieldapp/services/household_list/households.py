"""Which rows are one household: where the list itself says so, by a number or head and by each one's relation.

A relation alone says it not: who stands as 配偶 in a list of borrowers need not belong to the row above.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fieldapp.services.household_list.cells import is_blank, squeezed
from fieldapp.services.household_list.headings import Field, names_the_head

Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class RowsOfOne:
    """Rows that follow each other and are one household; ``head`` is the place of the head among them.

    ``head`` is None for a single row that stands for itself, ``unclear`` tells that the list calls it a member; and for
    rows that go on with the person of the first. ``first`` is the first row of the household that the list tells.
    """

    rows: tuple[Row, ...]
    head: int | None = None
    unclear: bool = False
    first: Row | None = None


def rows_of_households(
    rows: Iterable[Row], columns: Mapping[Field, int], going_on: frozenset[int] = frozenset()
) -> Iterator[RowsOfOne]:
    """The rows, those of one household together, in the order of the file.

    ``going_on`` are numbers of rows that say more of the person above, where the list has no column of households.
    """
    if Field.HOUSEHOLD not in columns and going_on:
        yield from _persons(rows, columns, going_on)
        return
    said = _Said(columns)
    waiting: list[Row] = []
    for row in rows:
        if waiting and not said.belong_together(waiting, row[1]):
            yield from _closed(waiting, said)
            waiting = []
        waiting.append(row)
        if Field.HOUSEHOLD not in columns:
            yield from _closed(waiting, said)
            waiting = []
    if waiting:
        yield from _closed(waiting, said)


def with_named_heads(rows: Iterable[Row], columns: Mapping[Field, int], headings: Sequence[str]) -> Iterator[Row]:
    """The rows; one that names the head where the others do, and nobody in the column of names, is the head's."""
    household, name = columns.get(Field.HOUSEHOLD, -1), columns.get(Field.NAME, -1)
    if not (0 <= household < len(headings) and names_the_head(headings[household])):
        yield from rows
        return
    said = _Said(columns)
    for number, cells in rows:
        if name < len(cells) and is_blank(cells[name]) and said.key(cells) and not said.is_member(cells):
            cells[name] = cells[household]
        yield number, cells


def is_head(relation: str) -> bool:
    """Whether a relation to the head is that of the head: 户主, 本人, self."""
    return _HEAD.fullmatch(squeezed(relation).lower()) is not None


def is_spouse(relation: str) -> bool:
    """Whether a relation to the head is that of husband or wife."""
    return _SPOUSE.fullmatch(squeezed(relation).lower()) is not None


_MOST_MEMBERS = 100
"""Rows; a number that more rows share is no household's, and not all of a list is kept in memory for it."""
_HEAD = re.compile(
    r"\d{0,2}(?:户主|本人|户主本人|本人或户主|本人[(/]?户主\)?|户主[(/]?本人\)?|head(?:ofhousehold)?|self|householder|householdhead)"
)
_SPOUSE = re.compile(
    r"\d{0,2}(?:户主)?之?(?:配偶|妻子?|夫|丈夫|老婆|老公|爱人|媳妇|夫妻|spouse|wife|husband)(?:\((?:妻|夫)\))?"
)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a row says of its household."""

    columns: Mapping[Field, int]

    def belong_together(self, waiting: Sequence[Row], cells: Sequence[str]) -> bool:
        """Whether a row goes on with the household of those before it."""
        if len(waiting) >= _MOST_MEMBERS or not (key := self.key(waiting[0][1])):
            return False
        if self.is_head(cells):
            return self.key(cells) == key and not any(self.is_head(before) for _, before in waiting)
        return self.key(cells) == key or (not self.key(cells) and self.is_member(cells))

    def key(self, cells: Sequence[str]) -> str:
        return self._of(Field.HOUSEHOLD, cells)

    def relation(self, cells: Sequence[str]) -> str:
        return self._of(Field.RELATION, cells)

    def is_head(self, cells: Sequence[str]) -> bool:
        """By the relation; where none is stated, by the name in the column of heads."""
        if relation := self.relation(cells):
            return _HEAD.fullmatch(relation.lower()) is not None
        return bool(self.key(cells)) and self.key(cells) == self._of(Field.NAME, cells)

    def is_member(self, cells: Sequence[str]) -> bool:
        """By the relation; in a list that tells none, by another name or nobody in the column of heads."""
        if Field.RELATION in self.columns:
            return bool(self._of(Field.RELATION, cells)) and not self.is_head(cells)
        if Field.HOUSEHOLD not in self.columns or any(map(str.isdigit, self.key(cells))):
            return False
        return bool(self._of(Field.NAME, cells)) and not self.is_head(cells)

    def _of(self, field: Field, cells: Sequence[str]) -> str:
        column = self.columns.get(field, -1)
        text = cells[column] if 0 <= column < len(cells) else ""
        return "" if is_blank(text) else squeezed(text)


def _persons(rows: Iterable[Row], columns: Mapping[Field, int], going_on: frozenset[int]) -> Iterator[RowsOfOne]:
    said = _Said(columns)
    waiting: list[Row] = []
    for row in rows:
        if waiting and (row[0] not in going_on or len(waiting) >= _MOST_MEMBERS):
            yield RowsOfOne(tuple(waiting), unclear=said.is_member(waiting[0][1]))
            waiting = []
        waiting.append(row)
    if waiting:
        yield RowsOfOne(tuple(waiting), unclear=said.is_member(waiting[0][1]))


def _closed(rows: Sequence[Row], said: _Said) -> Iterator[RowsOfOne]:
    head = next((place for place, (_, cells) in enumerate(rows) if said.is_head(cells)), None)
    if head is None and Field.RELATION in said.columns and not said.relation(rows[0][1]):
        # Whom the others are told to be wife and child of stands above them, without a word.
        head = 0 if all(said.relation(cells) for _, cells in rows[1:]) else None
    if len(rows) > 1 and head is not None:
        yield RowsOfOne(tuple(rows), head)
        return
    for row in rows:
        yield RowsOfOne((row,), unclear=said.is_member(row[1]), first=rows[0])
