"""A household list as a file: what it is, where its table begins, and its rows one after the other."""

from __future__ import annotations

import mmap
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from fieldapp.domain.errors import Actionable
from fieldapp.domain.places import Places
from fieldapp.domain.wording import Sentence
from fieldapp.reference import places as known_places
from fieldapp.services.household_list.beside_the_head import NOBODY_BESIDE, Beside, MemberColumns
from fieldapp.services.household_list.between_rows import is_between_rows
from fieldapp.services.household_list.headings import (
    LONGEST_HEADING,
    Field,
    Guess,
    comparable,
    phone_columns,
    remark_columns,
)
from fieldapp.services.household_list.named_once import FromAbove
from fieldapp.services.household_list.recognised import Recognised, Row, below_each_other, recognised
from fieldapp.services.household_list.text_table import DELIMITERS, TextTable, recognise_encoding
from fieldapp.services.household_list.unseen import Unseen, unseen_in
from fieldapp.services.household_list.workbook import Sheet, Workbook, open_workbook, password_protected

LARGEST_FILE = 200_000_000
"""Bytes; a list of a whole county has a tenth of that."""


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
    _table: TextTable | tuple[Workbook, Sheet] = field(repr=False)
    _as_opened: tuple[int, int] = field(repr=False)
    _heading_rows: tuple[tuple[str, ...], ...] = field(repr=False)
    _block: int = field(repr=False)
    _named_once: frozenset[int] = field(repr=False)
    _hidden: frozenset[int] = field(repr=False, default=frozenset())
    hidden_columns: frozenset[int] = frozenset()
    hidden_rows: int = 0
    reads_hidden_rows: bool = False
    _beside: Beside = field(repr=False, default=NOBODY_BESIDE)

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
        used = {*(columns or self.columns).values(), *self._of_members(columns)}
        name_column = (columns or self.columns).get(Field.NAME)
        repeated = [[comparable(cell) for cell in row] for row in (self.headings, *self._heading_rows)]
        titles = {comparable(part) for part in self.title.split("\n")} - {""}
        above: list[str] = []
        from_above = FromAbove(columns or self.columns, self._named_once)
        with _reading(self.path):
            for number, cells in below_each_other(self._unchanged(_raw_rows(self._table)), self._block):
                if self.heading_row is not None and number <= self.heading_row:
                    continue
                if not is_between_rows(cells, used, name_column, repeated, titles):
                    # 同上 means the row above in the sheet, seen or not.
                    above = from_above.filled(_as_above([_without_guard(cell) for cell in cells], above))
                    if self.reads_hidden_rows or number not in self._hidden:
                        yield number, above

    def rows_that_go_on(self, column: int) -> frozenset[int]:
        """The numbers of rows whose cell in ``column`` was merged with the one above: they say more of the same person.

        Raises Actionable when the file has changed or gone.
        """
        if isinstance(self._table, TextTable) or self._block:
            return frozenset()
        with _reading(self.path):
            book, sheet = self._table
            return book.merged_into(sheet, column)

    def _of_members(self, columns: Mapping[Field, int] | None) -> set[int]:
        return {column for each in self.members(columns) for column in each.columns.values()}

    def _unchanged(self, rows: Iterator[Row]) -> Iterator[Row]:
        """The rows, none of which was read after the file became another: its columns would be somebody else's."""
        while some := list(islice(rows, _READ_AT_ONCE)):
            if _state(self.path) != self._as_opened:
                raise _changed(self.path)
            yield from some


def open_list(
    path: Path, places: Places | None = None, *, sheet: str | None = None, hidden_rows: bool | None = None
) -> HouseholdListFile:
    """Opens a household list, CSV or XLSX whatever its name says, and recognises its columns.

    Of a workbook ``sheet`` is read, or the one that looks most like a list; hidden ones only where no other does. Rows
    that are hidden are left out unless ``hidden_rows``, or where all are.

    Raises Actionable with the reason it cannot be read: ``list_not_found``, ``list_is_folder``, ``list_no_permission``,
    ``list_empty``, ``list_too_large``, ``list_not_a_table``, ``list_old_excel``, ``list_password_protected``,
    ``list_damaged``, ``list_without_headings``, ``list_sheet_unknown``.
    """
    places = places or known_places()
    with _reading(path):
        _check_file(path)
        state = _state(path)
        with path.open("rb") as file:
            start = file.read(4096)
        if start.startswith(b"PK\x03\x04"):
            return _open_workbook(path, places, state, sheet, hidden_rows=hidden_rows)
        _refuse_other_formats(path, start)
        if sheet is not None:
            raise _sheet_unknown(sheet, ())
        return _open_text(path, places, state)


_READ_AT_ONCE = 50
_SAMPLED = 200
_LONGEST_DITTO = 20
_DITTO = frozenset(("同上", "上同", "同前", "〃", "″", "′′", "''", "＂", '"', "“", "”", "ditto", "do.", "sameasabove"))
_NUMBERING = re.compile(r"序号?|编号|no|sn|s/n")
_WEB_PAGE = re.compile(rb"<(?:html|!doctype|\?xml|table|head|meta)|mime-version:")
_GUARDED = re.compile(r"'(?=\s*[=+\-@\d]|[\t\r])")
_TEXT_FORMULA = re.compile(r'\s*="([^"=]*)"\s*')


def _open_workbook(
    path: Path, places: Places, state: tuple[int, int], wanted: str | None, *, hidden_rows: bool | None
) -> HouseholdListFile:
    book = open_workbook(path)
    sheets: list[ListSheet] = []
    best: tuple[Recognised, Sheet, Unseen] | None = None
    for sheet in book.sheets:
        unseen = unseen_in(book, sheet)
        found = _recognised_on(book, sheet, places, unseen, seen_only=not hidden_rows)
        if found or _says_something(islice(book.rows(sheet), _SAMPLED)):
            sheets.append(ListSheet(sheet.name, sheet.hidden, is_list=found is not None))
        if found is None or wanted not in (None, sheet.name):
            continue
        # A list of last year that somebody hid is never read in place of the one that is seen.
        if best is None or (not sheet.hidden, found.score) > (not best[1].hidden, best[0].score):
            best = found, sheet, unseen
    if best is None:
        if not sheets:
            raise _empty()
        if wanted is not None:
            raise _sheet_unknown(wanted, [sheet.name for sheet in sheets if sheet.is_list])
        raise _without_headings()
    found, sheet, unseen = best
    file = HouseholdListFile(
        path, "xlsx", sheet.name, tuple(sheets), _title(found, sheet.name), found.heading_row, found.headings,
        found.guesses, (book, sheet), state, found.heading_rows, found.block, found.named_once,
        unseen.rows, unseen.columns, reads_hidden_rows=True, _beside=found.beside,
    )  # fmt: skip
    if not unseen.rows:
        return replace(file, reads_hidden_rows=False)
    numbers = [number for number, _ in file.rows()]
    hidden = sum(number in unseen.rows for number in numbers)
    if hidden == len(numbers) and hidden_rows is None:
        return _open_workbook(path, places, state, wanted, hidden_rows=True)
    return replace(file, hidden_rows=hidden, reads_hidden_rows=bool(hidden_rows))


def _recognised_on(
    book: Workbook, sheet: Sheet, places: Places, unseen: Unseen, *, seen_only: bool
) -> Recognised | None:
    """The table of a sheet by what is seen of it, or by all of it: exported forms hide a row of field codes."""
    found = None
    if seen_only and unseen.rows:
        seen = (row for row in book.rows(sheet) if row[0] not in unseen.rows)
        found = recognised(list(islice(seen, _SAMPLED)), places, unseen.columns)
    if found is not None and found.heading_row is not None:
        return found
    return recognised(list(islice(book.rows(sheet), _SAMPLED)), places, unseen.columns) or found


def _open_text(path: Path, places: Places, state: tuple[int, int]) -> HouseholdListFile:
    encoding, codec = recognise_encoding(path)
    best: tuple[Recognised, TextTable] | None = None
    something = False
    for delimiter in DELIMITERS:
        table = TextTable(path, encoding, codec, delimiter)
        sample = list(islice(table.rows(), _SAMPLED))
        something = something or _says_something(sample)
        found = recognised(sample, places)
        if found and (best is None or found.score > best[0].score):
            best = found, table
    if not something:
        raise _empty() if TextTable(path, encoding, codec, DELIMITERS[0]).is_blank() else _wrong_type()
    if best is None:
        raise _without_headings()
    found, table = best
    return HouseholdListFile(
        path, "csv", encoding.value, (), found.title, found.heading_row, found.headings, found.guesses, table, state,
        found.heading_rows, found.block, found.named_once, _beside=found.beside,
    )  # fmt: skip


def _says_something(rows: Iterable[Row]) -> bool:
    return any(comparable(cell) for _, cells in rows for cell in cells)


def _title(found: Recognised, sheet: str) -> str:
    return f"{found.title}\n{sheet}".strip()


def _raw_rows(table: TextTable | tuple[Workbook, Sheet]) -> Iterator[Row]:
    if isinstance(table, TextTable):
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


def _state(path: Path) -> tuple[int, int]:
    """Size and time of change: what tells one content of a file from another without reading it."""
    state = path.stat()
    return state.st_size, state.st_mtime_ns


def _check_file(path: Path) -> None:
    if "\0" in str(path):
        raise FileNotFoundError(path)
    state = path.stat()
    if stat.S_ISDIR(state.st_mode):
        raise Actionable(
            "list_is_folder",
            Sentence("{name} is a folder.", name=path.name or str(path)),
            advice=Sentence("Choose a household list in it, CSV or Excel (.xlsx)."),
        )
    if not stat.S_ISREG(state.st_mode):
        raise _wrong_type()
    if state.st_size == 0:
        raise _empty()
    if state.st_size > LARGEST_FILE:
        raise Actionable(
            "list_too_large",
            Sentence(
                "This file has {size} MB; a household list may have {limit} MB.",
                size=state.st_size // 1_000_000,
                limit=LARGEST_FILE // 1_000_000,
            ),
            advice=Sentence("Check that it is the right file, or divide the list by town."),
        )


def _refuse_other_formats(path: Path, start: bytes) -> None:
    if start.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            if content.find("EncryptedPackage".encode("utf-16-le")) >= 0:
                raise password_protected()
        raise Actionable(
            "list_old_excel",
            Sentence("This is a workbook of an old Excel (.xls)."),
            advice=Sentence("Open it in Excel or WPS, save it as .xlsx and choose the new file."),
        )
    beginning = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if _WEB_PAGE.match(beginning) or (beginning.startswith(b"<") and b"<table" in beginning):
        raise Actionable(
            "list_web_page",
            Sentence("This file is a web page with the name of a list."),
            advice=Sentence("Open it in Excel or WPS, save it as .xlsx and choose the new file."),
        )
    if beginning.startswith((b"[{", b'{"')):
        raise _wrong_type()
    if start.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"GIF8", b"\x1f\x8b", b"MZ", b"\x7fELF", b"{\\rtf", b"SQLite format", b"PK")):  # fmt: skip  # noqa: E501 - one list of signatures
        raise _wrong_type()


@contextmanager
def _reading(path: Path) -> Iterator[None]:
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


def _sheet_unknown(sheet: str, lists: Sequence[str]) -> Actionable:
    advice = Sentence("Choose one of its lists: {sheets}", sheets=" / ".join(lists)) if lists else None
    return Actionable(
        "list_sheet_unknown",
        Sentence("There is no list on a sheet of the name {sheet}.", sheet=sheet[:40]),
        advice=advice or Sentence("Look into the file for the sheet with the list."),
    )


def _empty() -> Actionable:
    return Actionable(
        "list_empty", Sentence("This file is empty."), advice=Sentence("Ask the sender for the list again.")
    )


def _wrong_type() -> Actionable:
    return Actionable(
        "list_not_a_table",
        Sentence("This file is not a household list."),
        advice=Sentence("Choose a list saved as CSV or as Excel workbook (.xlsx)."),
    )


def _without_headings() -> Actionable:
    return Actionable(
        "list_without_headings",
        Sentence("No row of this file names its columns."),
        advice=Sentence("Write headings such as 姓名, 联系电话 and 所在村 above the columns and choose it again."),
    )
