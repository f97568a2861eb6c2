"""Everything of a sub-branch, or of the bank, as tables in a folder: the same bytes for the same records."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

import msgspec

from fieldapp.domain.errors import Actionable
from fieldapp.domain.identifiers import BANK_STREAM
from fieldapp.domain.kinds import KINDS
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.chain import Entry
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.storage.extracts import every_attachment, every_record, streams
from fieldapp.headoffice.storage.store import Store, Unit

log = logging.getLogger(__name__)

ExportFormat = Literal["csv", "jsonl"]


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: the folder, how many rows each file has, and how many attachments."""

    folder: Path
    counts: dict[str, int]
    attachments: int


def export(
    store: Store,
    folder: Path,
    *,
    branch: str | None = None,
    shape: ExportFormat = "csv",
    attachments: bool = False,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Exported:
    """Write every record, journal entry and laptop of ``branch``, of the whole bank for None, as of one moment.

    The folder must not be there, or be empty; it appears when all is written. Of the bank's own records a branch's
    export holds those that are about it. Each kind has a table of its own, but for those that this version does not
    know, which share ``other_kinds``. A table's text that a spreadsheet would take for a formula has an
    apostrophe before it. Raises Actionable: ``branch_unknown``, ``export_exists``, ``export_under_way``,
    ``export_folder``.
    """
    with _appearing(folder) as partial, store.reading() as unit:
        known = streams(unit.connection)
        if branch is not None and (branch not in known or branch == BANK_STREAM):
            raise Actionable("branch_unknown", Sentence("There is no sub-branch {code}.", code=branch))
        chosen = known if branch is None else sorted({BANK_STREAM, branch})
        with ExitStack() as stack:
            tables = _Tables(partial, shape, stack, progress)
            for stream in chosen:
                with closing(every_record(unit.connection, stream)) as records:
                    for record in records:
                        if branch is None or _concerns(record, branch):
                            tables.add(_table_of(record), _columns(record), _row(record))
                if branch is None or stream == branch:
                    with closing(unit.records.journal.entries(stream)) as entries:
                        for entry in entries:
                            tables.add("journal", _JOURNAL, _entry(entry))
            for name, row in _devices(unit, branch):
                tables.add(name, _DEVICE, row)
        written = _attachments(unit, partial, [s for s in chosen if branch in (None, s)]) if attachments else 0
        heads = {stream: [head.seq, head.hash] for stream, head in unit.records.heads(chosen).items()}
        manifest = {"scope": branch or "bank", "heads": heads, "files": tables.facts(), "attachments": written}
        _private(partial / "manifest.json").write_text(
            json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
        )
    log.info("exported", extra={"branch": branch or BANK_STREAM, "records": sum(tables.counts().values())})
    return Exported(folder, tables.counts(), written)


def _concerns(record: StoredRecord, branch: str) -> bool:
    """Whether a record of the bank's own stream is about one sub-branch, or about all."""
    if record.stream != BANK_STREAM:
        return True
    about = {"branch": "code", "staff": "branch"}.get(record.kind)
    return about is None or record.values.get(about) == branch


_OF_RECORD = ("record", "parent", "root", "owner", "stream", "moves", "seq", "late")
_BESIDE = ("other", "conflicts", "history", "written", "had")
_JOURNAL = ("stream", "seq", "change", "record", "effect", "actor", "device", "accepted_at", "body", "random", "hash")
_DEVICE = ("device", "name", "staff", "branch", "enrolled_at", "last_seen", "revoked_at")


_OTHER_KINDS = "other_kinds"


def _table_of(record: StoredRecord) -> str:
    """Kinds that this version does not know stand in one table: their names are whatever a laptop sent."""
    return record.kind if record.kind in KINDS else _OTHER_KINDS


def _columns(record: StoredRecord) -> tuple[str, ...]:
    definition = KINDS.get(record.kind)
    if definition is None:
        return ("kind", *_OF_RECORD, *_BESIDE)
    return (*_OF_RECORD, *(_column(name) for name in definition.record.__struct_fields__), *_BESIDE)


def _column(field: str) -> str:
    """A field's column; a prospect's ``owner`` is a field and a fact about the record."""
    return f"{field}_typed" if field in (*_OF_RECORD, *_BESIDE) else field


def _row(record: StoredRecord) -> dict[str, Any]:
    definition = KINDS.get(record.kind)
    fields = definition.record.__struct_fields__ if definition is not None else ()
    known = {_column(name): record.values.get(name) for name in fields}
    return {
        **({"kind": record.kind} if definition is None else {}),
        **{name: getattr(record, name) for name in _OF_RECORD},
        **known,
        "other": {name: value for name, value in sorted(record.values.items()) if name not in fields},
        "conflicts": msgspec.to_builtins(record.conflicts),
        "history": msgspec.to_builtins(record.history),
        "written": msgspec.to_builtins(record.written),
        "had": record.had,
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        **{name: getattr(entry, name) for name in _JOURNAL},
        "body": entry.body.decode(errors="replace"),
        "random": entry.random.hex(),
    }


def _devices(unit: Unit, branch: str | None) -> Iterator[tuple[str, dict[str, Any]]]:
    staff = {account.staff: account for account in unit.accounts.all_staff()}
    for device in unit.accounts.devices():
        of = staff[device.staff].branch
        if branch in (None, of):
            facts = {**asdict(device), "branch": of}
            yield "device", {name: facts[name] for name in _DEVICE}


class _Tables:
    """One open file for each kind of row; nothing is held but the line being written."""

    def __init__(self, folder: Path, shape: ExportFormat, stack: ExitStack, progress: Callable[[int], None]) -> None:
        self._folder = folder
        self._shape = shape
        self._stack = stack
        self._progress = progress
        self._open: dict[str, _Table] = {}
        self._rows = 0

    def add(self, name: str, columns: tuple[str, ...], row: Mapping[str, Any]) -> None:
        """One row more; the first of its name makes the file."""
        table = self._open.get(name)
        if table is None:
            path = _private(self._folder / f"{name}.{self._shape}")
            table = self._open[name] = _Table(self._stack.enter_context(path.open("wb")), columns, self._shape)
        table.add(row)
        self._rows += 1
        if self._rows % 1000 == 0:
            self._progress(self._rows)

    def counts(self) -> dict[str, int]:
        """Rows of each file, by its name."""
        return {f"{name}.{self._shape}": table.count for name, table in sorted(self._open.items())}

    def facts(self) -> dict[str, dict[str, object]]:
        """What each file must be to be the one that was written."""
        return {
            f"{name}.{self._shape}": {"rows": table.count, "bytes": table.size, "sha256": table.sha.hexdigest()}
            for name, table in sorted(self._open.items())
        }


class _Table:
    def __init__(self, file: BinaryIO, columns: tuple[str, ...], shape: ExportFormat) -> None:
        self._file = file
        self._columns = columns
        self._shape = shape
        self.count = 0
        self.size = 0
        self.sha = hashlib.sha256()
        if shape == "csv":
            self._write(b"\xef\xbb\xbf" + _line(columns))  # the mark by which a spreadsheet knows UTF-8

    def add(self, row: Mapping[str, Any]) -> None:
        if self._shape == "csv":
            self._write(_line(_cell(row[name]) for name in self._columns))
        else:
            self._write(json.dumps(row, ensure_ascii=False, default=list).encode("utf-8", "replace") + b"\n")
        self.count += 1

    def _write(self, line: bytes) -> None:
        self._file.write(line)
        self.sha.update(line)
        self.size += len(line)


def _line(cells: Iterable[str]) -> bytes:
    line = io.StringIO(newline="")
    csv.writer(line).writerow(cells)
    return line.getvalue().encode("utf-8", "replace")


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case str():
            return f"'{value}" if value.lstrip().startswith(_FORMULA) or value.startswith(_CONTROL) else value
        case _:
            return json.dumps(value, ensure_ascii=False, default=list) if value else ""


_CONTROL = ("\t", "\r", "\n")
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet may take for the start of a formula, in both widths."""


def _attachments(unit: Unit, folder: Path, chosen: list[str]) -> int:
    """The bytes that are here in full, each in a file named by its digest."""
    place = folder / "attachments"
    place.mkdir(mode=0o700)
    count = 0
    for stream in chosen:
        with closing(every_attachment(unit.connection, stream)) as digests:
            for digest in digests:
                path = place / digest
                if path.exists() or not unit.attachments.holding(digest).complete:
                    continue
                with _private(path).open("wb") as file:
                    for _start, piece in unit.attachments.pieces(digest):
                        file.write(piece)
                count += 1
    return count


def _private(path: Path) -> Path:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    return path


@contextmanager
def _appearing(folder: Path) -> Iterator[Path]:
    """A folder beside the wanted one that takes its name when it is whole, and goes when it will not be.

    One that is there already is somebody's, or another export's that is under way: it is left alone.
    """
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise Actionable("export_exists", Sentence("There already is something at {path}.", path=str(folder)))
        partial = folder.absolute().with_name(f"{folder.absolute().name}.partial")
        partial.mkdir(mode=0o700)
    except FileExistsError as error:
        raise _under_way(partial) from error
    except (OSError, ValueError) as error:
        raise _cannot(folder) from error
    try:
        yield partial
        with suppress(FileNotFoundError):
            folder.rmdir()  # an empty one may have been there
        partial.replace(folder)
    except OSError as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise _cannot(folder) from error
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def _under_way(partial: Path) -> Actionable:
    return Actionable(
        "export_under_way",
        Sentence("An export that is not finished stands at {path}.", path=str(partial)[:300]),
        advice=Sentence("Wait until it is. If none is running, delete it: it holds personal data."),
    )


def _cannot(folder: Path) -> Actionable:
    return Actionable(
        "export_folder",
        Sentence("Nothing could be written at {path}.", path=str(folder)[:300]),
        advice=Sentence("Name another place, or free some space."),
    )
