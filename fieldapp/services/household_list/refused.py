"""The refused rows as a file to mend and import again: the list's own columns, and the reason in the last one."""

from __future__ import annotations

import csv
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Protocol

from openpyxl import Workbook  # type: ignore[import-untyped]  # published without types
from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]  # likewise

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.services.household_list.file import HouseholdListFile
from fieldapp.services.household_list.rows import RowOutcome
from fieldapp.translation import explain, tr


def write_refused(path: Path, file: HouseholdListFile, refused: Iterable[RowOutcome]) -> int:
    """Writes the refused among ``refused`` to ``path`` and returns their number; a file that is there is replaced.

    ``.xlsx`` gives a workbook, anything else a CSV in UTF-8 with a byte-order mark. No cell becomes a formula. The file
    appears whole or not at all. Raises Actionable ``refused_over_list`` for the list itself, ``refused_not_written``
    when the disk is full or the folder closed.
    """
    with suppress(OSError):
        if path.samefile(file.path):
            raise Actionable(
                "refused_over_list",
                Sentence("The refused rows would overwrite the list itself."),
                advice=Sentence("Choose another name for the file of refused rows."),
            )
    reason_heading = tr("Reason for refusal")
    # A refused file that is imported again already has the column: its old reasons give way to the new ones.
    headings = file.headings[:-1] if file.headings[-1:] == (reason_heading,) else file.headings
    counted = _Counted(refused, len(headings), drop_last=len(headings) < len(file.headings))
    rows = chain([(*headings, reason_heading)], counted)
    write = _write_workbook if path.suffix.lower() == ".xlsx" else _write_text
    try:
        _replace(path, rows, write)
    except OSError as error:
        raise Actionable(
            "refused_not_written",
            Sentence(
                "The refused rows could not be written to {name}: {reason}.",
                name=path.name,
                reason=error.strerror or "?",
            ),
            advice=Sentence("The import itself is not touched. Free some space or choose another folder."),
        ) from error
    return counted.count


class _Writer(Protocol):
    def __call__(self, target: Path, rows: Iterable[Sequence[str]]) -> None: ...


class _Counted:
    def __init__(self, outcomes: Iterable[RowOutcome], width: int, *, drop_last: bool) -> None:
        self._outcomes = outcomes
        self._width = width
        self._drop_last = drop_last
        self.count = 0

    def __iter__(self) -> Iterator[Sequence[str]]:
        for outcome in self._outcomes:
            if outcome.reason is not None:
                self.count += 1
                cells = list(outcome.cells[: self._width] if self._drop_last else outcome.cells)
                while len(cells) > self._width and not cells[-1].strip():
                    cells.pop()
                yield (*cells, *[""] * (self._width - len(cells)), explain(outcome.reason))


_CALCULATED = re.compile(r"\s*[=+\-@]|[\t\r]")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST_CELL = 32_767


def _write_text(target: Path, rows: Iterable[Sequence[str]]) -> None:
    with target.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        # A spreadsheet would calculate such a cell; reading the list again takes the apostrophe off.
        guarded = ([f"'{cell}" if _CALCULATED.match(cell) else cell for cell in row] for row in rows)
        csv.writer(file).writerows(guarded)


def _write_workbook(target: Path, rows: Iterable[Sequence[str]]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(tr("Refused rows"))
    for row in rows:
        written = []
        for text in row:
            cell = WriteOnlyCell(sheet, _NOT_IN_XML.sub("", text)[:_LONGEST_CELL])
            cell.data_type = "s"
            cell.number_format = "@"
            written.append(cell)
        sheet.append(written)
    book.save(target)


def _replace(path: Path, rows: Iterable[Sequence[str]], write: _Writer) -> None:
    handle, name = tempfile.mkstemp(prefix=".refused-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        write(temporary, rows)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
