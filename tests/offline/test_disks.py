"""Disks that fill, fail or forget, on a laptop in the middle of an exchange and at head office: told, nothing lost."""

from __future__ import annotations

import random
import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from fieldapp.headoffice.serve import RunningHeadOffice
from fieldapp.store.faults import StorageFault
from fieldapp.sync.troubles import CloneFound, TryLater
from tests.offline.oracle import saved_once_everywhere, until_quiet
from tests.offline.processes import HeadOfficeProcess, serve_on_a_small_disk
from tests.sync.office import LI, Laptop, Office, closing

PAGE_BYTES = 4096


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """The system refuses to write further than ``size`` bytes into any file, as a failing disk would."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def much(laptop: Laptop, count: int = 60) -> list[str]:
    """A prospect with visits of which nothing can be compressed."""
    prospect, person = laptop.prospect()
    facts = (f"{number} {random.Random(number).randbytes(3_000).hex()}" for number in range(count))
    return [prospect, person, *(laptop.visit(prospect, one) for one in facts)]


def test_disk_that_fills_while_a_page_is_written_loses_nothing(office: Office, tmp_path: Path) -> None:
    other, laptop = office.laptop(LI, tmp_path / "other"), office.laptop(LI, tmp_path / "li")
    with closing(other, laptop), RunningHeadOffice(office.store, office.clock) as running:
        saved = much(other)
        other.sync(running.url)
        saved += much(laptop, 3)
        pages = laptop.write(lambda unit: unit.connection.execute("PRAGMA page_count").fetchone()[0])
        limit = f"PRAGMA max_page_count = {pages + 4}"
        laptop.write(lambda unit: unit.connection.execute(limit).fetchone())
        for _ in range(3):
            with pytest.raises(StorageFault) as told:
                laptop.sync(running.url)
            assert told.value.code == "disk_full"
            assert told.value.advice is not None
            assert laptop.cursor() is None
            assert len(laptop.queued()) == 5, "what head office took is asked for again, and counted once"
        laptop.write(lambda unit: unit.connection.execute("PRAGMA max_page_count = 1000000").fetchone())
        saved_once_everywhere(office, laptop, saved, tmp_path / "fresh", running.url)


@pytest.mark.long
def test_disk_error_in_the_middle_of_an_exchange_loses_nothing(office: Office, tmp_path: Path) -> None:
    other, laptop = office.laptop(LI, tmp_path / "other"), office.laptop(LI, tmp_path / "li")
    with closing(other, laptop), HeadOfficeProcess(office.path) as running:
        saved = much(other, 200)
        other.sync(running.url)
        saved += much(laptop, 3)
        log_bytes = (laptop.folder / "records.db-wal").stat().st_size
        with no_file_beyond(log_bytes + 10 * PAGE_BYTES), pytest.raises(StorageFault) as told:
            laptop.sync(running.url)
        assert told.value.code in ("io_error", "disk_full")
        assert {*saved[-5:]} <= laptop.all_records().keys()
        saved_once_everywhere(office, laptop, saved, tmp_path / "fresh", running.url)


@pytest.mark.parametrize("part", [0.1, 0.35, 0.5, 0.8, 0.99])
def test_log_that_lost_its_end_leaves_records_and_outbox_together(part: float, office: Office, tmp_path: Path) -> None:
    """A disk that confirmed what it had not written: the last saves may be gone, never half of one."""
    laptop = office.laptop(LI, tmp_path / "li")
    prospect, person = laptop.prospect()
    visits = [laptop.visit(prospect, f"facts {number}") for number in range(30)]
    after = tmp_path / "after"
    shutil.copytree(laptop.folder, after)
    laptop.store.close()
    log = after / "records.db-wal"
    content = log.read_bytes()
    log.write_bytes(content[: int(len(content) * part)])
    with closing(Laptop(after, laptop.key, office.clock)) as (reopened,):
        here = set(reopened.all_records())
        assert {one.record for one in reopened.queued()} == here
        assert here in [set(), *({prospect, person, *visits[:count]} for count in range(31))], "a save is there by half"
        if not here:
            return  # not even the enrolment was left
        with RunningHeadOffice(office.store, office.clock) as running:
            saved_once_everywhere(office, reopened, here, tmp_path / "fresh", running.url)


def test_damaged_page_is_told_and_never_sent_as_if_it_were_right(office: Office, tmp_path: Path) -> None:
    laptop = office.laptop(LI, tmp_path / "li")
    much(laptop, 10)
    written = {one.record: one.body for one in laptop.queued()}
    laptop.store.close()
    content = (laptop.folder / "records.db").read_bytes()
    told: list[str] = []
    with RunningHeadOffice(office.store, office.clock) as running:
        for page in range(1, len(content) // PAGE_BYTES, 3):
            damaged = bytearray(content)
            damaged[page * PAGE_BYTES + 100] ^= 0xFF
            (laptop.folder / "records.db").write_bytes(damaged)
            try:
                laptop.open()
                with suppress(TryLater, CloneFound):  # each copy is one of before the last exchange
                    laptop.sync(running.url)
            except StorageFault as fault:
                told.append(fault.code)
            finally:
                laptop.store.close()
                for left in laptop.folder.glob("records.db-*"):
                    left.unlink()
    assert {*told} == {"damaged"}
    bodies = {entry.record: entry.body for entry in office.journal()}
    assert bodies.items() <= written.items()


@pytest.mark.long
def test_full_disk_at_head_office_is_told_and_no_laptop_believes_it_was_taken(tmp_path: Path) -> None:
    path = tmp_path / "office.db"
    office = Office.new(path)
    with closing(office, office.laptop(LI, tmp_path / "li")) as (_, laptop), HeadOfficeProcess(path) as server:
        saved = much(laptop, 200)
        server.kill()
        server.serve(serve_on_a_small_disk)
        for _ in range(3):
            with pytest.raises(TryLater) as told:
                laptop.sync(server.url)
            assert told.value.code == "busy"
        receipted = len(saved) - len(laptop.queued())
        assert receipted <= len(office.journal())
        server.kill()
        server.serve()
        until_quiet(laptop, server.url)
        saved_once_everywhere(office, laptop, saved, tmp_path / "fresh", server.url)
