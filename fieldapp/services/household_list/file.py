"""A household list that was opened: what it is, what of it is read, and its rows one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.services.household_list.beside_the_head import NOBODY_BESIDE, Beside, MemberColumns
from fieldapp.services.household_list.between_rows import heads_another_table, is_between_rows
from fieldapp.services.household_list.heading_text import comparable
from fieldapp.services.household_list.headings import LONGEST_HEADING, Field, Guess, phone_columns, remark_columns
from fieldapp.services.household_list.named_once import FromAbove
from fieldapp.services.household_list.parts import Parts, part_named
from fieldapp.services.household_list.recognised import Row, below_each_other
from fieldapp.services.household_list.text_table import TextTable
from fieldapp.services.household_list.turned import Turned
from fieldapp.services.household_list.workbook import Sheet, Workbook

Table = TextTable | tuple[Workbook, Sheet] | Turned


@dataclass(frozen=True, slots=True)
class Preview:
    """What the officer sees before the import: the guesses and the first rows of the table."""

    headings: tuple[str, ...]
    guesses: Mapping[Field, Guess]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class ListSheet:
    """A sheet with something in it. ``hidden`` is one that nobody sees who opens the workbook."""

    name: str
    hidden: bool
    is_list: bool


@dataclass(frozen=True, slots=True)
class HouseholdListFile:
    """An opened list. ``heading_row`` is the last of the rows that name the columns, None when none does.

    ``kind`` is ``csv`` or ``xlsx``; ``how_written`` says the encoding of a text file or the sheet of a workbook, and
    ``sheets`` all that is in it. ``title`` is what stands above the headings. ``hidden_rows`` counts the households in
    rows that nobody sees; they are read where ``reads_hidden_rows`` says so. ``hidden_columns`` are always read.
    """

    path: Path
    kind: str
    how_written: str
    sheets: tuple[ListSheet, ...]
    title: str
    heading_row: int | None
    headings: tuple[str, ...]
    guesses: Mapping[Field, Guess]
    _table: Table = field(repr=False)
    _as_opened: tuple[int, int] = field(repr=False)
    _heading_rows: tuple[tuple[str, ...], ...] = field(repr=False)
    _block: int = field(repr=False)
    _named_once: frozenset[int] = field(repr=False)
    _hidden: frozenset[int] = field(repr=False, default=frozenset())
    hidden_columns: frozenset[int] = frozenset()
    hidden_rows: int = 0
    reads_hidden_rows: bool = False
    _beside: Beside = field(repr=False, default=NOBODY_BESIDE)
    _parts: int | None = field(repr=False, default=None)

    @property
    def lies_across(self) -> bool:
        """Whether the headings stand below each other: each household has a column, whose number is told as a row's."""
        return isinstance(self._table, Turned)

    @property
    def other_sheets(self) -> tuple[str, ...]:
        """The sheets with something in them that are not read."""
        return tuple(sheet.name for sheet in self.sheets if sheet.name != self.how_written)

    @property
    def other_lists(self) -> tuple[str, ...]:
        """The sheets that look like lists and are not read."""
        return tuple(sheet.name for sheet in self.sheets if sheet.is_list and sheet.name != self.how_written)

    @property
    def sheet_is_hidden(self) -> bool:
        """Whether nobody sees the sheet that is read."""
        return any(sheet.hidden for sheet in self.sheets if sheet.name == self.how_written)

    @property
    def hidden_headings(self) -> tuple[str, ...]:
        """The headings of the hidden columns that have one."""
        headings = (" ".join(self.headings[c].split()) for c in sorted(self.hidden_columns) if c < len(self.headings))
        return tuple(heading[:LONGEST_HEADING] for heading in headings if heading)

    @property
    def columns(self) -> dict[Field, int]:
        """The guessed columns, to be changed by the officer and handed to ``clean_rows``."""
        return {name: guess.column for name, guess in self.guesses.items()}

    @property
    def headings_of_head(self) -> tuple[str, ...]:
        """The headings, with those of people beside the head as what they are: somebody else's."""
        return self._beside.of_the_head(self.headings)

    def members(self, columns: Mapping[Field, int] | None = None) -> tuple[MemberColumns, ...]:
        """Whose columns beside the head are read; nobody's in a list that has a row for each member.

        A column that ``columns`` takes for something else is not the member's.
        """
        chosen = columns or self.columns
        if Field.HOUSEHOLD in chosen:
            return ()
        used = set(chosen.values())
        left = (
            replace(each, columns={name: column for name, column in each.columns.items() if column not in used})
            for each in self._beside.members
        )
        return tuple(each for each in left if Field.NAME in each.columns)

    def unread(self, columns: Mapping[Field, int]) -> tuple[str, ...]:
        """The headings of the columns that nothing is taken from, but for running numbers."""
        used = {*columns.values(), *self._of_members(columns)}
        if Field.OTHER_PHONE in columns:
            used |= {guess.column for guess in phone_columns(self.headings_of_head)}
        if Field.REMARK in columns:
            used |= set(remark_columns(self.headings_of_head))
        return tuple(
            " ".join(heading.split())[:LONGEST_HEADING]
            for column, heading in enumerate(self.headings)
            if column not in used and comparable(heading) and not _NUMBERING.fullmatch(comparable(heading))
        )

    def heads_another_table(self, cells: Sequence[str]) -> bool:
        """Whether a row names its columns otherwise than the headings do: what follows is another table's."""
        return bool(self.headings) and heads_another_table(cells, (self.headings, *self._heading_rows))

    def preview(self, count: int = 20) -> Preview:
        """The guesses and the first ``count`` rows. Raises Actionable when the file has changed or gone."""
        rows = tuple((number, tuple(cells)) for number, cells in islice(self.rows(), count))
        return Preview(self.headings, self.guesses, rows)

    def count_rows(self) -> int:
        """How many rows ``rows`` gives, for showing progress; reads the file once."""
        return sum(1 for _ in self.rows())

    def rows(self, columns: Mapping[Field, int] | None = None) -> Iterator[Row]:
        """The rows of the table, without empty rows, totals, notes and headings repeated on each printed page.

        Hidden rows are left out unless ``reads_hidden_rows``. Raises Actionable when the file has changed or gone since
        it was opened.
        """
        used = {*(columns or self.columns).values(), *self._of_members(columns)} - {self._parts}
        name_column = (columns or self.columns).get(Field.NAME)
        repeated = [[comparable(cell) for cell in row] for row in (self.headings, *self._heading_rows)]
        titles = {comparable(part) for part in self.title.split("\n")} - {""}
        above: list[str] = []
        parts = Parts()
        from_above = FromAbove(columns or self.columns, self._named_once)
        with reading(self.path):
            for number, cells in below_each_other(self._unchanged(_raw_rows(self._table)), self._block):
                if self.heading_row is not None and number <= self.heading_row:
                    continue
                if is_between_rows(cells, used, name_column, repeated, titles):
                    parts.begin(part_named(cells, used, name_column, titles))
                else:
                    # 同上 means the row above in the sheet, seen or not.
                    above = from_above.filled(_as_above([_without_guard(cell) for cell in cells], above))
                    if self.reads_hidden_rows or number not in self._hidden:
                        yield number, above if self._parts is None else parts.put(above, self._parts)

    def rows_that_go_on(self, column: int) -> frozenset[int]:
        """The numbers of rows whose cell in ``column`` was merged with the one above: they say more of the same person.

        Raises Actionable when the file has changed or gone.
        """
        if isinstance(self._table, TextTable | Turned) or self._block:
            return frozenset()
        with reading(self.path):
            book, sheet = self._table
            return book.merged_into(sheet, column)

    def _of_members(self, columns: Mapping[Field, int] | None) -> set[int]:
        return {column for each in self.members(columns) for column in each.columns.values()}

    def _unchanged(self, rows: Iterator[Row]) -> Iterator[Row]:
        """The rows, none of which was read after the file became another: its columns would be somebody else's."""
        while some := list(islice(rows, _READ_AT_ONCE)):
            if state_of(self.path) != self._as_opened:
                raise _changed(self.path)
            yield from some


_READ_AT_ONCE = 50
_LONGEST_DITTO = 20
_DITTO = frozenset(("同上", "上同", "同前", "〃", "″", "′′", "''", "＂", '"', "“", "”", "ditto", "do.", "sameasabove"))
_NUMBERING = re.compile(r"序号?|编号|no|sn|s/n")
_GUARDED = re.compile(r"'(?=\s*[=+\-@\d]|[\t\r])")
_TEXT_FORMULA = re.compile(r'\s*="([^"=]*)"\s*')


def _raw_rows(table: Table) -> Iterator[Row]:
    if isinstance(table, TextTable | Turned):
        return table.rows()
    book, sheet = table
    return book.rows(sheet)


def _as_above(cells: list[str], above: Sequence[str]) -> list[str]:
    """The cells with what stands in the row above in place of 同上 and 〃."""
    for column, text in enumerate(cells):
        if len(text) <= _LONGEST_DITTO and "".join(text.split()).lower() in _DITTO and column < len(above):
            cells[column] = above[column]
    return cells


def _without_guard(cell: str) -> str:
    """A cell without what keeps a spreadsheet from calculating it: ``'=1`` and ``="0715"`` mean =1 and 0715."""
    if cell.startswith("'"):
        return _GUARDED.sub("", cell, count=1)
    match = _TEXT_FORMULA.fullmatch(cell) if '="' in cell[:10] else None
    return match[1] if match else cell


def state_of(path: Path) -> tuple[int, int]:
    """Size and time of change: what tells one content of a file from another without reading it."""
    state = path.stat()
    return state.st_size, state.st_mtime_ns


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """File trouble as the officer can act on it."""
    try:
        yield
    except FileNotFoundError as error:
        raise Actionable(
            "list_not_found",
            Sentence("{name} is not there any more.", name=path.name),
            advice=Sentence("Check the folder or the USB stick and choose the file again."),
        ) from error
    except PermissionError as error:
        raise Actionable(
            "list_no_permission",
            Sentence("You have no permission to read {name}.", name=path.name),
            advice=Sentence("Close it in other programs, or copy it into your documents and choose the copy."),
        ) from error
    except OSError as error:
        raise Actionable(
            "list_unreadable",
            Sentence("{name} cannot be read: {reason}.", name=path.name[:100], reason=error.strerror or "?"),
            advice=Sentence("Copy it to this computer's disk and choose the copy."),
        ) from error


def _changed(path: Path) -> Actionable:
    return Actionable(
        "list_changed",
        Sentence("{name} was changed after you chose it.", name=path.name),
        advice=Sentence("Choose it again and look at its columns once more."),
    )
