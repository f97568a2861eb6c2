"""Delimited text as rows of cells, whatever encoding and delimiter the sender's program used.

Lists pass through several hands: one file can hold UTF-8 and GB18030 lines, a quotation mark that never closes, NUL
bytes. Each line is decoded for itself and a broken quotation costs one row, not the rest of the file.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence

DELIMITERS = (",", ";", "\t", "|", "，")
LONGEST_LINE = 4_000_000
"""Characters; a longer line is no row of a list."""


class Encoding(StrEnum):
    """How the bytes of a text file stand for characters; the value is what the officer is told."""

    UTF_8 = "UTF-8"
    GB18030 = "GB18030"
    UTF_16 = "UTF-16"
    MIXED = "UTF-8 + GB18030"


@dataclass(frozen=True, slots=True)
class TextTable:
    """A delimited text file whose encoding and delimiter are known."""

    path: Path
    encoding: Encoding
    codec: str
    delimiter: str

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each record with its number in the file, the first being 1. Raises Actionable ``list_not_a_table``."""
        return _records(_lines(self.path, self.encoding, self.codec), self.delimiter)

    def is_blank(self) -> bool:
        """Whether nothing is written in it, not even a quotation mark. Raises Actionable ``list_not_a_table``."""
        lines = _lines(self.path, self.encoding, self.codec)
        return all(character.isspace() or character in DELIMITERS for line in lines for character in line)


def recognise_encoding(path: Path) -> tuple[Encoding, str]:
    """The encoding of the whole file and the codec that reads it.

    A byte-order mark decides. Without one the file is UTF-8 if all of it is, else GB18030, else a mixture of both;
    a line that can be either is UTF-8 only where no other line is GB18030. Raises Actionable ``list_not_a_table``
    for bytes that are no text.
    """
    with path.open("rb") as file:
        start = file.read(65_536)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Encoding.UTF_16, "utf-16"
    if len(start) >= 4 and b"\x00" in start[:200]:
        even, odd = start[0:4096:2].count(0), start[1:4096:2].count(0)
        half = len(start[:4096]) // 2
        if odd > half * 0.2 and odd > 4 * even:
            return Encoding.UTF_16, "utf-16-le"
        if even > half * 0.2 and even > 4 * odd:
            return Encoding.UTF_16, "utf-16-be"
    # A file that was saved on a full stick, or whose program died, ends in zeros.
    written = start.rstrip(b"\x00")
    if not written or sum(map(written.count, _NOT_TEXT)) > max(16, len(written) // 50):
        raise _not_a_table()
    utf_8, gb18030, either = _lines_of_each(path)
    if not gb18030 and (utf_8 or not either or start.startswith(codecs.BOM_UTF8)):
        return Encoding.UTF_8, "utf-8"
    return (Encoding.MIXED if utf_8 > (gb18030 + either) * 0.02 else Encoding.GB18030), "gb18030"


_NOT_TEXT = tuple(bytes((code,)) for code in range(32) if code not in (9, 10, 11, 12, 13, 26, 27))
_TWO_BYTE_UTF_8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]")
_LONGEST_QUOTATION = 100


def _lines_of_each(path: Path) -> tuple[int, int, int]:
    """How many lines are UTF-8 and nothing else, how many are not UTF-8, and how many can be GB18030 as well."""
    utf_8 = gb18030 = either = 0
    with path.open("rb") as file:
        while line := file.readline(LONGEST_LINE):
            if line.isascii():
                continue
            if _is_utf_8(line):
                utf_8 += 1
            elif _is_only_two_byte_utf_8(line):
                either += 1
            else:
                gb18030 += 1
    return utf_8, gb18030, either


def _is_only_two_byte_utf_8(line: bytes) -> bool:
    """Whether a line reads as UTF-8, all of it in letters of two bytes: Uyghur, Cyrillic, é; or else in GB18030."""
    return _TWO_BYTE_UTF_8.sub(b"", line).isascii()


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    # Two-byte sequences alone are as likely two Chinese characters of GB18030 (the old "联通" trap).
    return not (_TWO_BYTE_UTF_8.search(line) and _TWO_BYTE_UTF_8.sub(b"", line).isascii() and _is_gb18030(line))


def _is_gb18030(line: bytes) -> bool:
    try:
        line.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True


def _lines(path: Path, encoding: Encoding, codec: str) -> Iterator[str]:
    if encoding is Encoding.UTF_16:
        with path.open(encoding=codec, errors="replace", newline="\n") as text:
            while part := text.readline(LONGEST_LINE):
                yield from _mended(part)
        return
    with path.open("rb") as file:
        while line := file.readline(LONGEST_LINE):
            yield from _mended(_decoded(line, encoding))


def _decoded(line: bytes, encoding: Encoding) -> str:
    if encoding is Encoding.UTF_8 or line.isascii() or (encoding is Encoding.MIXED and _is_utf_8(line)):
        return line.decode("utf-8", "replace")
    if _is_gb18030(line):
        return line.decode("gb18030")
    return line.decode("utf-8" if encoding is Encoding.MIXED else "gb18030", "replace")


def _mended(line: str) -> list[str]:
    whole = line.replace("\x00", "").removeprefix("\ufeff")
    if len(whole) >= LONGEST_LINE:
        raise _not_a_table()
    body = whole.rstrip("\r\n")
    return body.split("\r")


def _records(lines: Iterator[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    number = 0
    waiting: list[str] = []
    while True:
        line = waiting.pop(0) if waiting else next(lines, None)
        if line is None:
            return
        number += 1
        if '"' not in line:
            yield number, line.split(delimiter)
            continue
        taken = [line]
        row = _parsed(taken, delimiter)
        while row is None and len(taken) < _LONGEST_QUOTATION and sum(map(len, taken)) < LONGEST_LINE:
            following = waiting.pop(0) if waiting else next(lines, None)
            if following is None:
                break
            taken.append(following)
            # Only a line with a quotation mark can end the quotation: the others need no try.
            if '"' in following:
                row = _parsed(taken, delimiter)
        if not row:
            # The last quotation mark of the line is the one that never closes.
            row = _parsed(["".join(line.rsplit('"', 1))], delimiter) or line.split(delimiter)
            waiting[:0] = taken[1:]
        yield number, row


def _parsed(lines: list[str], delimiter: str) -> list[str] | None:
    """The record of ``lines``, None while its quotation is still open, nothing when it will never close.

    It never does where only the marks of a whole record behind it would close it: they are that record's.
    """
    csv.field_size_limit(LONGEST_LINE)
    text = [*(f"{line}\n" for line in lines[:-1]), lines[-1]]
    try:
        return next(csv.reader(text, delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        if "unexpected end" in str(error):
            return None
    if len(lines) > 1 and _is_a_record(lines[-1], delimiter):
        return []
    rows = list(csv.reader(text, delimiter=delimiter))
    return rows[0] if len(rows) == 1 else None


def _is_a_record(line: str, delimiter: str) -> bool:
    """Whether a line begins a record of several cells by itself, with each quotation in its place."""
    try:
        return len(next(csv.reader([line], delimiter=delimiter, strict=True), [])) > 1
    except csv.Error as error:
        return "unexpected end" in str(error) and len(next(csv.reader([line], delimiter=delimiter), [])) > 1


def _not_a_table() -> Actionable:
    return Actionable(
        "list_not_a_table",
        Sentence("This file is not a household list."),
        advice=Sentence("Choose a list saved as CSV or as Excel workbook (.xlsx)."),
    )
