"""Opening a household list: what kind of file it is, on which sheet the list stands, and where its table begins."""

from __future__ import annotations

import mmap
import re
import stat
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from fieldapp.domain.errors import Actionable
from fieldapp.domain.places import Places
from fieldapp.domain.wording import Sentence
from fieldapp.reference import places as known_places
from fieldapp.services.household_list.file import HouseholdListFile, ListSheet, reading, state_of
from fieldapp.services.household_list.headings import comparable
from fieldapp.services.household_list.recognised import Recognised, Row, recognised
from fieldapp.services.household_list.text_table import DELIMITERS, TextTable, recognise_encoding
from fieldapp.services.household_list.unseen import Unseen, unseen_in
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
    ``list_damaged``, ``list_without_headings``, ``list_sheet_unknown``.
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
_WEB_PAGE = re.compile(rb"<(?:html|!doctype|\?xml|table|head|meta)|mime-version:")


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
