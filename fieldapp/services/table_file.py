"""Tables as files for a spreadsheet: CSV in UTF-8 with a byte-order mark, or a workbook. No cell becomes a formula."""

from __future__ import annotations

import csv
import errno
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

_CALCULATED = re.compile(r"\s*[=+\-@]|[\t\r]")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST_CELL = 32_767


def require_writable(path: Path) -> None:
    """Raises OSError where ``write_table`` could not put its file: no such folder, no permission, a device, a folder.

    A file that is there and open in a spreadsheet is found out where the system forbids to replace it.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    _refuse_device(path)
    handle, name = tempfile.mkstemp(prefix=".table-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    Path(name).unlink()
    if path.exists():
        path.replace(path)


def write_table(path: Path, title: str, rows: Iterable[Sequence[str]]) -> None:
    """Write ``rows`` to ``path``: a workbook when it ends in ``.xlsx``, anything else as CSV.

    The file appears whole or not at all; one that is there is replaced. Rows are taken one by one. Raises OSError, also
    where a device or a pipe has that name: replacing would do away with it.
    """
    _refuse_device(path)
    handle, name = tempfile.mkstemp(prefix=".table-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        if path.suffix.lower() == ".xlsx":
            _write_workbook(temporary, title, rows)
        else:
            _write_text(temporary, rows)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _refuse_device(path: Path) -> None:
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise OSError(errno.ENOTSUP, "not an ordinary file", str(path))


def _write_text(target: Path, rows: Iterable[Sequence[str]]) -> None:
    with target.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        # A spreadsheet would calculate such a cell; reading the file again takes the apostrophe off.
        guarded = ([f"'{cell}" if _CALCULATED.match(cell) else cell for cell in row] for row in rows)
        csv.writer(file).writerows(guarded)


def _write_workbook(target: Path, title: str, rows: Iterable[Sequence[str]]) -> None:
    # Here alone: it takes a good part of every start, and a workbook is seldom written.
    from openpyxl import Workbook  # type: ignore[import-untyped]  # published without types
    from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]  # likewise
    from openpyxl.writer.excel import ExcelWriter  # type: ignore[import-untyped]  # likewise

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    with target.open("wb") as file:
        archive = ZipFile(file, "w", ZIP_DEFLATED)
        try:
            for row in rows:
                sheet.append([_as_text(WriteOnlyCell(sheet, _writable(text))) for text in row])
            ExcelWriter(book, archive).save()
        except BaseException:
            # Half-written parts would complain on standard error when they are collected.
            archive.fp = None
            with suppress(Exception):
                sheet.close()
            raise


def _writable(text: str) -> str:
    return _NOT_IN_XML.sub("", text)[:_LONGEST_CELL]


def _as_text(cell: Any) -> Any:
    cell.data_type = "s"
    cell.number_format = "@"
    return cell
