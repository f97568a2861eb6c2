"""Excel workbooks (.xlsx) as rows of text, read as a stream.

A number is kept as the sender stored it: an identity number that Excel turned into 4.21224E+17 must be seen to be
damaged, not be rounded into another person's. Only the parts that hold cells are opened; their declared sizes are
limited before a byte is unpacked.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.services.household_list.number_formats import NumberFormat

LARGEST_PART = 1_500_000_000
LARGEST_TEXTS = 300_000_000
LARGEST_TREE = 32_000_000
"""Bytes of a part that is held in memory as a whole: the sheets by name, the formats."""
MOST_PARTS = 5_000
DEEPEST, MOST_WITHIN, LONGEST_PIECE = 50, 300_000, 4_000_000
"""Elements in one another, elements in a row, bytes of one mark-up or text: 16,384 cells of rich text have fewer."""
MOST_COLUMNS = 1_000
"""Cells further right are not read: no list has them, and a stray format can claim 16,384."""

MOST_COLUMNS_OF_EXCEL = 16_384
"""Where the headings stand below each other, each column is a household."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet by its name and its part inside the archive; a hidden one is seen by nobody who opens the workbook.

    One that is very hidden cannot even be shown from Excel's menu; to the reader of a list both are the same.
    """

    name: str
    part: str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Workbook:
    """An Excel workbook whose shared texts and formats are known: of dates, and those that show more than figures."""

    path: Path
    sheets: tuple[Sheet, ...]
    texts: tuple[str, ...] = field(repr=False)
    date_styles: frozenset[int] = field(repr=False)
    from_1904: bool = False
    formats: Mapping[int, NumberFormat] = field(repr=False, default_factory=dict)

    def rows(self, sheet: Sheet, *, most_columns: int = MOST_COLUMNS) -> Iterator[tuple[int, list[str]]]:
        """Each row of ``sheet`` with its number in Excel. A cell merged downwards stands in each of its rows.

        Raises Actionable ``list_damaged``.
        """
        with explained(), zipfile.ZipFile(self.path) as archive:
            merges = _merges(archive, sheet)
            number = 0
            for row in elements(archive, sheet.part, "row"):
                number = row_number(row, number + 1)
                cells: list[str] = []
                for cell in row:
                    if _local(cell.tag) != "c":
                        continue
                    column = _column(cell.get("r", ""), len(cells))
                    if column >= most_columns:
                        break
                    while len(cells) <= column:
                        cells.append("")
                    cells[column] = self._text(cell)
                merges.fill(number, cells)
                yield number, cells

    def merged_into(self, sheet: Sheet, column: int) -> frozenset[int]:
        """The rows of ``sheet`` whose cell in ``column`` was merged with the one above. Raises Actionable."""
        with explained(), zipfile.ZipFile(self.path) as archive:
            merges = _merges(archive, sheet).starting
        longest = 1_000  # rows; a column merged from top to bottom is no person's
        return frozenset(
            number
            for first, found in merges.items()
            for merged, last in found
            if merged == column and last - first < longest
            for number in range(first + 1, last + 1)
        )

    def _text(self, cell: ElementTree.Element) -> str:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return _written(cell)
        value = formula = ""
        for part in cell:
            if _local(part.tag) == "v":
                value = part.text or ""
            elif _local(part.tag) == "f":
                formula = part.text or ""
        if kind == "s":
            return self.texts[int(value)] if value.isdecimal() and int(value) < len(self.texts) else ""
        if not value:
            # What a program wrote and Excel never calculated: the formula is the text that is there.
            return f"={formula}" if formula else ""
        if kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        if kind in ("str", "e", "d"):
            return _unescaped(value)
        style = cell.get("s", "0")
        place = int(style) if style.isdecimal() else 0
        text = self._number(value, is_date=place in self.date_styles)
        return self._seen(text, self.formats[place]) if place in self.formats else text

    def _seen(self, text: str, shown: NumberFormat) -> str:
        """A number with the unit that its format shows beside it."""
        try:
            return shown.seen(Decimal(text), text)
        except InvalidOperation:
            return text

    def _number(self, value: str, *, is_date: bool) -> str:
        try:
            number = Decimal(value)
        except InvalidOperation:
            return value
        if not number.is_finite():
            return value
        if is_date and 1 <= number < _LAST_SERIAL:
            return day_of_serial(int(number), from_1904=self.from_1904).isoformat()
        if abs(number) >= 10**15:
            return f"{number:.14E}" if abs(number.adjusted()) < _GREATEST_EXPONENT else value[:40]
        if number and number.adjusted() < -_GREATEST_EXPONENT:
            return "0"
        # Excel keeps binary fractions: 3.3 is stored as 3.2999999999999998.
        shortest = Decimal(repr(float(number)))
        return f"{int(shortest)}" if shortest == shortest.to_integral_value() else f"{shortest:f}"


def open_workbook(path: Path) -> Workbook:
    """The workbook at ``path``, without its rows.

    Raises Actionable ``list_damaged`` for an archive that is broken or no workbook, ``list_too_large`` for one that
    unpacks beyond the limits.
    """
    with explained(), zipfile.ZipFile(path) as archive:
        _check_sizes(archive)
        book = _tree(archive, "xl/workbook.xml")
        targets, kinds = _targets(archive)
        sheets = []
        for element in book.iter():
            if _local(element.tag) != "sheet":
                continue
            relation = next((value for key, value in element.attrib.items() if _local(key) == "id"), "")
            if (part := targets.get(relation)) and part in archive.namelist() and "/worksheets/" in f"/{part}":
                sheets.append(Sheet(element.get("name", ""), part, hidden=element.get("state", "visible") != "visible"))
        if not sheets:
            raise _damaged()
        properties = next((each for each in book.iter() if _local(each.tag) == "workbookPr"), None)
        from_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        dates, formats = _styles(archive, kinds)
        return Workbook(path, tuple(sheets), _shared_texts(archive, kinds), dates, from_1904, formats)


def day_of_serial(serial: int, *, from_1904: bool = False) -> date:
    """The day of Excel's day number, which counts a 29 February 1900 that never was."""
    if from_1904:
        return date(1904, 1, 1) + timedelta(days=serial)
    return date(1899, 12, 30 if serial > 59 else 31) + timedelta(days=serial)


_TEXTS_AND_STYLES = ("xl/sharedstrings.xml", "xl/styles.xml")
_LAST_SERIAL = 2_958_466
_GREATEST_EXPONENT = 300
_DATE_FORMATS = frozenset((*range(14, 18), 22, *range(27, 32), 36, 50, 51, 52, 53, 54, 57, 58))
_OWN_FORMATS = {9: NumberFormat.of("0%"), 10: NumberFormat.of("0.00%")}
"""What Excel knows without writing its code into the workbook."""
_NO_DATE_IN_FORMAT = re.compile(r'"[^"]*"|\\.|_.|\[[^\]]*\]')
_CELL = re.compile(r"([A-Z]{1,3})\d*")
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell[^>]*?\bref=\"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})\"")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MOST_MERGES = 200_000


@dataclass(slots=True)
class _Merges:
    """The cells that are merged downwards; the text of the first row stands for all of them."""

    starting: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    open: dict[int, tuple[int, str]] = field(default_factory=dict)

    def fill(self, number: int, cells: list[str]) -> None:
        if not self.starting and not self.open:
            return
        for column, (last, text) in list(self.open.items()):
            if number > last:
                del self.open[column]
            elif any(cells):
                while len(cells) <= column:
                    cells.append("")
                cells[column] = cells[column] or text
        for column, last in self.starting.pop(number, ()):
            if column < len(cells) and cells[column]:
                self.open[column] = (last, cells[column])


def _merges(archive: zipfile.ZipFile, sheet: Sheet) -> _Merges:
    merges = _Merges()
    found = 0
    with archive.open(sheet.part) as stream:
        tail = b""
        while block := stream.read(1 << 20):
            window = tail + block
            consumed = 0
            for match in _MERGE.finditer(window):
                consumed = match.end()
                first, last = int(match[2]), int(match[4])
                if last > first and match[1] == match[3] and found < _MOST_MERGES:
                    found += 1
                    column = _column(match[1].decode(), 0)
                    merges.starting.setdefault(first, []).append((column, last))
            tail = window[max(consumed, len(window) - 200) :]
    return merges


def row_number(row: ElementTree.Element, expected: int) -> int:
    """The number of a row in Excel; ``expected`` where none is stated or rows run backwards."""
    stated = row.get("r", "")
    return max(int(stated), expected) if stated.isdecimal() and len(stated) < 9 else expected


def _column(reference: str, expected: int) -> int:
    match = _CELL.match(reference)
    if match is None:
        return expected
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return column - 1


def _written(element: ElementTree.Element) -> str:
    """The text of a string item without the phonetic guide some programs put beside it."""
    pieces = []
    for part in element:
        name = _local(part.tag)
        if name == "t":
            pieces.append(part.text or "")
        elif name in ("r", "is"):
            pieces.append(_written(part))
    return _unescaped("".join(pieces))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _shared_texts(archive: zipfile.ZipFile, kinds: Mapping[str, str]) -> tuple[str, ...]:
    if (part := kinds.get("sharedStrings", "xl/sharedStrings.xml")) not in archive.namelist():
        return ()
    _check_size(archive, part, LARGEST_TEXTS)
    return tuple(_written(item) for item in elements(archive, part, "si"))


def _styles(archive: zipfile.ZipFile, kinds: Mapping[str, str]) -> tuple[frozenset[int], dict[int, NumberFormat]]:
    """The styles of dates, and those whose format shows more than the figures."""
    if (part := kinds.get("styles", "xl/styles.xml")) not in archive.namelist():
        return frozenset(), {}
    tree = _tree(archive, part)
    dates, formats = set(_DATE_FORMATS), dict(_OWN_FORMATS)
    for element in tree.iter():
        if _local(element.tag) == "numFmt" and element.get("numFmtId", "").isdecimal():
            number, code = int(element.get("numFmtId", "0")), element.get("formatCode", "")
            if _is_of_dates(code):
                dates.add(number)
            elif (shown := NumberFormat.of(code)).says_something:
                formats[number] = shown
    styles = next((each for each in tree.iter() if _local(each.tag) == "cellXfs"), None)
    used = [style.get("numFmtId", "") for style in (styles if styles is not None else ())]
    numbers = {place: int(number) for place, number in enumerate(used) if number.isdecimal()}
    return (
        frozenset(place for place, number in numbers.items() if number in dates),
        {place: formats[number] for place, number in numbers.items() if number in formats and number not in dates},
    )


def _is_of_dates(code: str) -> bool:
    bare = _NO_DATE_IN_FORMAT.sub("", code.split(";")[0]).lower()
    counts = any(digit in bare for digit in "0#") and "s" not in bare
    return ("y" in bare or "d" in bare or "年" in bare) and "e+" not in bare and not counts


def _targets(archive: zipfile.ZipFile) -> tuple[dict[str, str], dict[str, str]]:
    """The parts of the workbook by their ids and by their kinds; exporters differ in capitals, Excel does not mind."""
    targets: dict[str, str] = {}
    kinds: dict[str, str] = {}
    names = {name.lower(): name for name in archive.namelist()}
    for element in _tree(archive, "xl/_rels/workbook.xml.rels").iter():
        if element.get("Id") and element.get("Target"):
            target = element.get("Target", "")
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            targets[element.get("Id", "")] = part = names.get(part.lower(), part)
            kinds[element.get("Type", "").rpartition("/")[2]] = part
    return targets, kinds


def _check_sizes(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if "xl/workbook.xml" not in archive.namelist():
        raise _damaged()
    texts = sum(part.file_size for part in parts if part.filename.lower() in _TEXTS_AND_STYLES)
    largest = max((part.file_size for part in parts if part.filename.startswith("xl/worksheets/")), default=0)
    if len(parts) > MOST_PARTS or texts > LARGEST_TEXTS or largest > LARGEST_PART:
        raise _too_large()


def _check_size(archive: zipfile.ZipFile, part: str, limit: int) -> None:
    """A part may have any name: what is opened is measured by itself too."""
    if archive.getinfo(part).file_size > limit:
        raise _too_large()


def _tree(archive: zipfile.ZipFile, part: str) -> ElementTree.Element:
    _check_size(archive, part, LARGEST_TREE)
    with archive.open(part) as stream:
        return ElementTree.parse(_Guarded(stream, LARGEST_TREE)).getroot()  # noqa: S314 - entities are refused by _Guarded


def elements(archive: zipfile.ZipFile, part: str, name: str) -> Iterator[ElementTree.Element]:
    """Each finished element called ``name``, forgotten as soon as the next is asked for, like what stands between.

    Raises Actionable ``list_damaged`` for one that holds more than any can, ``list_too_large``.
    """
    _check_size(archive, part, LARGEST_PART)
    with archive.open(part) as stream:
        guarded = _Guarded(stream, LONGEST_PIECE)
        parents: list[ElementTree.Element] = []
        wanted = within = 0
        for event, element in ElementTree.iterparse(guarded, events=("start", "end")):  # noqa: S314 - likewise
            guarded.since_element = 0
            is_wanted = _local(element.tag) == name
            if event == "start":
                parents.append(element)
                wanted += is_wanted
                within += wanted > 0
                if len(parents) > DEEPEST or within > MOST_WITHIN:
                    raise _damaged()
                continue
            parents.pop()
            wanted -= is_wanted
            if is_wanted:
                yield element
            if not wanted:
                within = 0
                if parents:
                    parents[-1].clear()


class _Guarded:
    """A part's bytes; a document type in front is refused, since only hostile files define entities.

    ``since_element`` are the bytes read since its reader set it to 0, as at each element: more than ``longest`` are no
    mark-up or text that ends, and are refused too.
    """

    def __init__(self, stream: IO[bytes], longest: int) -> None:
        self.since_element = 0
        self._longest = longest
        self._stream = stream
        self._fresh = True

    def read(self, size: int = -1) -> bytes:
        block = self._stream.read(size)
        if self._fresh:
            self._fresh = False
            if b"<!DOCTYPE" in block or b"<\x00!\x00D" in block or b"\x00<\x00!\x00D" in block:
                raise _damaged()
        self.since_element += len(block)
        if self.since_element > self._longest:
            raise _damaged()
        return block


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


@contextmanager
def explained() -> Iterator[None]:
    """What goes wrong with an archive, as the officer can act on it."""
    broken = (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        zlib.error,
        ElementTree.ParseError,
        KeyError,
        EOFError,
        NotImplementedError,  # a compression that zipfile does not know
        ValueError,
        OverflowError,
    )
    try:
        yield
    except broken as error:
        raise _damaged() from error
    except RuntimeError as error:
        if "encrypted" in str(error) or "password" in str(error):
            raise password_protected() from error
        raise


def password_protected() -> Actionable:
    """A workbook nobody can read without its password."""
    return Actionable(
        "list_password_protected",
        Sentence("This workbook is protected with a password."),
        advice=Sentence("Open it in Excel or WPS, save it without the password and choose it again."),
    )


def _too_large() -> Actionable:
    return Actionable(
        "list_too_large",
        Sentence("This workbook unpacks to more than a household list can need."),
        advice=Sentence("Copy the list alone into a new workbook and save it."),
    )


def _damaged() -> Actionable:
    return Actionable(
        "list_damaged",
        Sentence("This Excel workbook is damaged or is not a workbook."),
        advice=Sentence("Open it in Excel or WPS, save it again as .xlsx and choose the new file."),
    )
