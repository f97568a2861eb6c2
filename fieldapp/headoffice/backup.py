"""Backups that count: copied in one moment, opened and read through before anybody relies on them (SYNC 36).

Laptops are told how far the second newest good backup reaches, and keep everything they sent after it: so even falling
back by one backup loses nothing that a laptop could give back.
"""

from __future__ import annotations

import logging
import os
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.audit import StreamAudit, audit
from fieldapp.headoffice.database import discard_database, in_the_making, is_whole, make_private_file, open_database
from fieldapp.headoffice.enrolment import HEAD_OFFICE_ID
from fieldapp.headoffice.instants import iso
from fieldapp.headoffice.storage.engines import is_postgresql
from fieldapp.headoffice.storage.store import Store, Unit
from fieldapp.protocol.identifiers import Clock

log = logging.getLogger(__name__)

_GOOD = "good_backups"
_TRYING = "backup_being_tried"
"""Changes with every trial: the copy under trial has an older one, or none."""


class GoodBackup(msgspec.Struct, frozen=True):
    """A backup that was opened and read through at ``tried_at`` (UTC): each stream up to its number.

    ``mark`` tells it from others: that of the trial before it was made. The same backup tried again stays one.
    """

    tried_at: str
    reaches: dict[str, int]
    mark: str = ""

    @property
    def entries(self) -> int:
        """How much it holds. Of two copies of one head office the newer holds more, whatever a clock said."""
        return sum(self.reaches.values())

    def is_same(self, other: GoodBackup) -> bool:
        """Whether both tell of one backup, or of two that hold the same."""
        return (self.mark, self.reaches) == (other.mark, other.reaches)


@dataclass(frozen=True, slots=True)
class Tried:
    """What a trial found: how far the backup reaches, and how far laptops are told that everything is safe."""

    backup: GoodBackup
    durable: dict[str, int]


def back_up(store: Store, location: str, target: Path, clock: Clock) -> Tried:
    """Copy the SQLite head office at ``location`` to ``target`` while it is at work, and try the copy.

    The file appears when it is whole. Raises Actionable: ``postgresql`` (use the database's own backup, then
    ``note_tried``), ``exists``, ``backup_under_way``, ``no_folder``, ``no_permission``, ``disk_full``, ``backup`` (the
    copy is not sound); no file is left behind then.
    """
    if is_postgresql(location):
        raise Actionable(
            "postgresql",
            Sentence("PostgreSQL is backed up with its own tools."),
            advice=Sentence("Restore the backup on trial and name that database with --tried."),
        )
    if target.exists():
        raise Actionable(
            "exists",
            Sentence("There is already a file {path}.", path=str(target)),
            advice=Sentence("Name another. Should this be a backup that was not tried yet, name it with --tried."),
        )
    if not target.parent.is_dir():
        raise Actionable("no_folder", Sentence("There is no folder {path}.", path=str(target.parent)))
    _copy_whole(Path(location), target)
    try:
        return note_tried(store, str(target), clock)
    except BaseException:
        discard_database(str(target))
        raise


def note_tried(store: Store, restored: str, clock: Clock) -> Tried:
    """Read through the backup that was restored at ``restored``, a file or a PostgreSQL database, and count it as good.

    Raises Actionable: ``backup`` when it is not sound or not of this head office, and what ``open_database`` raises.
    """
    if not is_postgresql(restored) and not Path(restored).exists():
        raise Actionable("no_file", Sentence("There is no file {path}.", path=restored))
    with store.writing() as unit:
        unit.accounts.set_setting(_TRYING, os.urandom(16).hex())
    trial = open_database(restored)
    try:
        found = _read_through(trial)
    finally:
        trial.close()
    if not all(stream.sound for stream in found.streams):
        raise _not_good(Sentence("The backup's journals do not hold."))
    ends = {stream.stream: (stream.entries, stream.hash) for stream in found.streams}
    with store.writing() as unit:
        known = unit.records.journal.hashes([(stream, seq) for stream, (seq, _hash) in ends.items()])
        same = all(known.get((stream, seq)) == chain_hash for stream, (seq, chain_hash) in ends.items())
        if unit.accounts.setting(_TRYING) == found.trying:
            raise _not_good(Sentence("This is the database in use, and no backup of it."))
        if found.identity != unit.accounts.setting(HEAD_OFFICE_ID) or not same:
            raise _not_good(Sentence("This is not a backup of this head office."))
        good = GoodBackup(iso(clock.now()), {stream: seq for stream, (seq, _hash) in ends.items()}, found.trying or "")
        others = [backup for backup in _good_backups(unit) if not backup.is_same(good)]
        kept = sorted([*others, good], key=lambda backup: backup.entries)[-2:]
        unit.accounts.set_setting(_GOOD, msgspec.json.encode(kept).decode())
        log.info("backup_tried", extra={"streams": len(ends)})
        return Tried(good, _durable(kept))


@dataclass(frozen=True, slots=True)
class _Found:
    """What stands in a backup: whose it is, the mark of the trial before it was made, and its journals."""

    identity: str | None
    trying: str | None
    streams: list[StreamAudit]


def _read_through(trial: Store) -> _Found:
    """Raises Actionable ``backup`` where a part of the backup cannot be read."""
    try:
        with trial.reading() as unit:
            whole = is_whole(unit.connection)
            identity, trying = unit.accounts.setting(HEAD_OFFICE_ID), unit.accounts.setting(_TRYING)
        streams = list(audit(trial))
    except DBAPIError as error:
        raise _damaged() from error
    if not whole:
        raise _damaged()
    return _Found(identity, trying, streams)


def durable(unit: Unit) -> dict[str, int]:
    """The number up to which the second newest good backup holds each stream; empty before there are two."""
    return _durable(_good_backups(unit))


def _good_backups(unit: Unit) -> list[GoodBackup]:
    kept = unit.accounts.setting(_GOOD)
    return msgspec.json.decode(kept, type=list[GoodBackup]) if kept else []


def _durable(kept: list[GoodBackup]) -> dict[str, int]:
    return dict(kept[0].reaches) if len(kept) > 1 else {}


def _copy_whole(path: Path, target: Path) -> None:
    """The copy at ``target``, which has another name until it is whole."""
    partial = in_the_making(target)
    if partial.exists():
        raise Actionable(
            "backup_under_way",
            Sentence("A backup that is not finished stands at {path}.", path=str(partial)),
            advice=Sentence("Wait until it is. If none is running, delete it: it holds personal data."),
        )
    make_private_file(partial)
    try:
        _copy(path, partial)
        partial.replace(target)
    except BaseException:
        discard_database(str(partial))
        raise


def _copy(path: Path, target: Path) -> None:
    try:
        with closing(dbapi2.connect(os.fspath(path))) as source, closing(dbapi2.connect(os.fspath(target))) as copy:
            source.backup(copy)  # in one step: one moment, whatever is written meanwhile
        with target.open("rb+") as file:
            os.fsync(file.fileno())
        with closing(dbapi2.connect(os.fspath(target))) as copy:
            sound = copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    except (dbapi2.DatabaseError, OSError) as error:
        raise _not_good(Sentence("The copy could not be written, or not be read back.")) from error
    if not sound:
        raise _not_good(Sentence("The copy could not be written, or not be read back."))


def _damaged() -> Actionable:
    return _not_good(Sentence("The backup is damaged: a part of it cannot be read."))


def _not_good(sentence: Sentence) -> Actionable:
    return Actionable("backup", sentence, advice=Sentence("Nothing counts on it. Make another backup."))
