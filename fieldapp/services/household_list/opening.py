"""Opening a household list: what kind of file it is, on which sheet the list stands, and where its table begins."""

from __future__ import annotations

import mmap
import re
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from fieldapp.domain.errors import Actionable
from fieldapp.domain.places import Places
from fieldapp.domain.wording import Sentence
from fieldapp.reference import places as known_places
from fieldapp.services.household_list.file import HouseholdListFile, ListSheet, Table, reading, state_of
from fieldapp.services.household_list.heading_text import comparable
from fieldapp.services.household_list.recognised import Recognised, Row, recognised
from fieldapp.services.household_list.text_table import DELIMITERS, TextTable, recognise_encoding
from fieldapp.services.household_list.turned import UNCERTAIN, Lying, Turned, turned
from fieldapp.services.household_list.unseen import NOTHING_UNSEEN, Unseen, unseen_in
from fieldapp.services.household_list.workbook import Sheet, Workbook, open_workbook, password_protected

LARGEST_FILE = 200_000_000
"""Bytes; a list of a whole county has a tenth of that."""


def open_list(
    path: Path, places: Places | None = None, *, sheet: str | None = None, hidden_rows: bool | None = None
) -> HouseholdListFile:
    """Opens a household list, CSV or XLSX whatever its name says, and recognises its columns.

    Of a workbook ``sheet`` is read, or the one that looks most like a list; hidden ones only where no other does. Rows
    that are hidden are left out unless ``hidden_rows``, or where all are.

    Raises Actionable with the reason it cannot be read: ``list_not_found``, ``list_is_folder``, ``list_no_permission``,
    ``list_empty``, ``list_too_large``, ``list_not_a_table``, ``list_old_excel``, ``list_password_protected``,
    ``list_damaged``, ``list_without_headings``, ``list_lies_across``, ``list_sheet_unknown``.
    """
    places = places or known_places()
    with reading(path):
        _check_file(path)
        state = state_of(path)
        with path.open("rb") as file:
            start = file.read(4096)
        if start.startswith(b"PK\x03\x04"):
            return _open_workbook(path, places, state, sheet, hidden_rows=hidden_rows)
        _refuse_other_formats(path, start)
        if sheet is not None:
            raise _sheet_unknown(sheet, ())
        return _open_text(path, places, state)


_SAMPLED = 200
_LEAST_COLUMNS = 2
_WEB_PAGE = re.compile(rb"<(?:html|!doctype|\?xml|table|head|meta)|mime-version:")


@dataclass(frozen=True, slots=True)
class _Found:
    """A list in a file: its table as it was recognised, where that is read from, and what of it nobody sees."""

    recognised: Recognised
    table: Table
    unseen: Unseen = NOTHING_UNSEEN


def _open_workbook(
    path: Path, places: Places, state: tuple[int, int], wanted: str | None, *, hidden_rows: bool | None
) -> HouseholdListFile:
    book = open_workbook(path)
    sheets: list[ListSheet] = []
    best: tuple[_Found, Sheet] | None = None
    uncertain: set[str] = set()
    for sheet in book.sheets:
        found = _found_on(book, sheet, places, seen_only=not hidden_rows)
        if found is UNCERTAIN:
            uncertain.add(sheet.name)
        is_list = isinstance(found, _Found)
        if is_list or _says_something(islice(book.rows(sheet), _SAMPLED)):
            sheets.append(ListSheet(sheet.name, sheet.hidden, is_list=is_list))
        if not isinstance(found, _Found) or wanted not in (None, sheet.name):
            continue
        # A list of last year that somebody hid is never read in place of the one that is seen.
        if best is None or (not sheet.hidden, found.recognised.score) > (not best[1].hidden, best[0].recognised.score):
            best = found, sheet
    if best is None:
        raise _no_list(sheets, wanted, uncertain)
    found, sheet = best
    unseen = found.unseen
    file = replace(
        _file(path, "xlsx", sheet.name, found, state, title=_title(found.recognised, sheet.name)),
        sheets=tuple(sheets),
        hidden_columns=unseen.columns,
        reads_hidden_rows=True,
        _hidden=unseen.rows,
    )
    if not unseen.rows:
        return replace(file, reads_hidden_rows=False)
    numbers = [number for number, _ in file.rows()]
    hidden = sum(number in unseen.rows for number in numbers)
    if hidden == len(numbers) and hidden_rows is None:
        return _open_workbook(path, places, state, wanted, hidden_rows=True)
    return replace(file, hidden_rows=hidden, reads_hidden_rows=bool(hidden_rows))


def _found_on(book: Workbook, sheet: Sheet, places: Places, *, seen_only: bool) -> _Found | Lying | None:
    unseen = unseen_in(book, sheet)
    lying = turned((book, sheet), list(islice(book.rows(sheet), _SAMPLED)))
    if lying is UNCERTAIN:
        return UNCERTAIN
    if lying is not None:
        hidden = Unseen(frozenset(column + 1 for column in unseen.columns), lying.places_of(unseen.rows))
        return _found_across(lying, places, hidden, seen_only=seen_only)
    found = _recognised_on(book, sheet, places, unseen, seen_only=seen_only)
    return _Found(found, (book, sheet), unseen) if found else None


def _found_across(lying: Turned, places: Places, unseen: Unseen, *, seen_only: bool) -> _Found | None:
    rows = list(islice(lying.rows(), _SAMPLED))
    seen = [row for row in rows if not seen_only or row[0] not in unseen.rows]
    found = recognised(seen, places, unseen.columns) or recognised(rows, places, unseen.columns)
    return _Found(replace(found, title=f"{lying.title}\n{found.title}".strip()), lying, unseen) if found else None


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
    best: _Found | None = None
    something = uncertain = False
    for delimiter in DELIMITERS:
        table = TextTable(path, encoding, codec, delimiter)
        sample = list(islice(table.rows(), _SAMPLED))
        something = something or _says_something(sample)
        lying = turned(table, sample)
        if lying is UNCERTAIN:
            uncertain = True
            continue
        if lying is not None:
            found = _found_across(lying, places, NOTHING_UNSEEN, seen_only=False)
        else:
            plain = recognised(sample, places)
            found = _Found(plain, table) if plain else None
        if found and (best is None or found.recognised.score > best.recognised.score):
            best = found
    if not something:
        raise _empty() if TextTable(path, encoding, codec, DELIMITERS[0]).is_blank() else _wrong_type()
    if uncertain and (best is None or len(best.recognised.headings) < _LEAST_COLUMNS):
        raise _lies_across()
    if best is None:
        raise _without_headings()
    return _file(path, "csv", encoding.value, best, state, title=best.recognised.title)


def _file(
    path: Path, kind: str, how_written: str, found: _Found, state: tuple[int, int], *, title: str
) -> HouseholdListFile:
    seen = found.recognised
    return HouseholdListFile(
        path, kind, how_written, (), title, seen.heading_row, seen.headings, seen.guesses, found.table, state,
        seen.heading_rows, seen.block, seen.named_once, _beside=seen.beside, _parts=seen.parts,
    )  # fmt: skip


def _no_list(sheets: Sequence[ListSheet], wanted: str | None, uncertain: set[str]) -> Actionable:
    if not sheets:
        return _empty()
    if uncertain and wanted in (None, *uncertain):
        return _lies_across()
    if wanted is not None:
        return _sheet_unknown(wanted, [sheet.name for sheet in sheets if sheet.is_list])
    return _without_headings()


def _says_something(rows: Iterable[Row]) -> bool:
    return any(comparable(cell) for _, cells in rows for cell in cells)


def _title(found: Recognised, sheet: str) -> str:
    return f"{found.title}\n{sheet}".strip()


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


def _lies_across() -> Actionable:
    return Actionable(
        "list_lies_across",
        Sentence("The headings of this list seem to stand below each other, and it is not certain whose is what."),
        advice=Sentence(
            "Write the headings into one row and each household into a row of its own (in Excel: copy, paste special,"
            " transpose), and choose it again."
        ),
    )
