"""The write-ahead log of a head office in a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlcipher3 import dbapi2

from fieldapp import copying_back
from fieldapp.headoffice.administration import create_head_office
from fieldapp.headoffice.storage.store import Store
from tests.headoffice.changes_to_send import FixedClock

MEGABYTE = "x" * 1_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "office.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    store = create_head_office(path, FixedClock()).store
    yield store
    store.close()


def write(store: Store, megabytes: int) -> None:
    for number in range(megabytes):
        with store.writing() as unit:
            unit.accounts.set_setting(f"long {number}", MEGABYTE)


@contextmanager
def watching(path: Path) -> Iterator[Any]:
    """One more connection to the file: the last to close it would copy all of the log."""
    with closing(dbapi2.connect(str(path))) as connection:
        connection.execute("SELECT count(*) FROM setting").fetchone()
        yield connection


def copied(watcher: Any) -> int:
    return int(watcher.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()[2])


def test_a_long_log_is_copied_back_by_nobody_who_writes(store: Store, path: Path) -> None:
    with watching(path):
        write(store, 18)
        store.close()  # which waits for the thread
        assert path.stat().st_size >= 0.9 * copying_back.AFTER_PAGES * 4096, (
            "however often the log began anew meanwhile"
        )


def test_a_short_log_is_left_alone(store: Store, path: Path) -> None:
    with watching(path) as watcher:
        write(store, 3)
        store.close()
        assert copied(watcher) == 0


def test_what_cannot_be_copied_back_harms_no_writer(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full() -> None:
        raise dbapi2.OperationalError("database or disk is full")

    monkeypatch.setattr(store._engine, "raw_connection", full)
    write(store, 20)
    store.close()
    assert "not_copied_back" in caplog.messages
    monkeypatch.undo()
    with store.reading() as unit:
        assert unit.accounts.setting("long 19") == MEGABYTE


def test_the_log_of_a_server_has_its_length_from_the_start(store: Store, path: Path) -> None:
    store.ready_to_serve()
    log = path.with_name(path.name + "-wal")
    length = log.stat().st_size
    assert length >= 0.9 * copying_back.AFTER_PAGES * 4096
    write(store, 3)
    assert log.stat().st_size == length
    with store.reading() as unit:
        assert unit.accounts.setting("long 2") == MEGABYTE
        assert unit.connection.exec_driver_sql("SELECT 1 FROM sqlite_schema WHERE name = 'room'").fetchall() == []


def test_where_the_disk_has_no_room_for_it_the_log_stays_short(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    with store.writing() as unit:
        driver = unit.connection.connection.driver_connection
        assert driver is not None
        (pages,) = driver.execute("PRAGMA page_count").fetchone()
    driver.execute(f"PRAGMA max_page_count={pages + 500}")
    store.ready_to_serve()
    assert "log_not_lengthened" in caplog.messages
    write(store, 1)
    with store.reading() as unit:
        assert unit.accounts.setting("long 0") == MEGABYTE


def test_a_log_that_would_take_most_of_the_room_stays_short(
    store: Store, path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It grew until nothing was left, and gave nothing back."""
    log = path.with_name(path.name + "-wal")
    before = log.stat().st_size
    room = 2 * copying_back.AFTER_PAGES * 4096
    monkeypatch.setattr(copying_back.shutil, "disk_usage", lambda _path: SimpleNamespace(free=room))
    store.ready_to_serve()
    assert "log_not_lengthened" in caplog.messages
    assert log.stat().st_size == before
