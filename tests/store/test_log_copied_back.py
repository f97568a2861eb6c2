"""The laptop's write-ahead log is copied back by nobody who saves."""

from __future__ import annotations

import threading
from contextlib import closing
from functools import partial

import pytest

from fieldapp import copying_back
from fieldapp.store import database
from fieldapp.store.connection import connect
from fieldapp.store.database import Store
from fieldapp.store.faults import damaged_file
from fieldapp.store.unit import Unit
from tests.made_laptop import KEY

MEGABYTE = "x" * 1_000_000


def save(store: Store, megabytes: int) -> None:
    def note(unit: Unit, number: int) -> None:
        unit.state.set(f"long {number}", MEGABYTE)

    for number in range(megabytes):
        store.write(partial(note, number=number))


def test_a_long_log_is_copied_on_a_thread_of_its_own(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    copied_by: list[str] = []

    def another(*args: object) -> object:
        copied_by.append(threading.current_thread().name)
        return connect(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(database, "connect", another)
    with closing(connect(store.path, KEY)) as watcher:  # the last to close would copy all of the log
        watcher.execute("SELECT count(*) FROM state").fetchone()
        save(store, 3)
        assert copied_by == []
        save(store, 18)
        store.close()
        assert set(copied_by) == {"copying-back"}
        assert store.path.stat().st_size >= 0.9 * copying_back.AFTER_PAGES * 4096


def test_what_cannot_be_copied_back_harms_nobody_who_saves(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def damaged(*_args: object) -> object:
        raise damaged_file()

    with store.reading():  # the reader is there already
        pass
    monkeypatch.setattr(database, "connect", damaged)
    save(store, 20)
    with store.reading() as view:
        assert view.state.get("long 19", str) == MEGABYTE
    store.close()
    assert "not_copied_back" in caplog.messages
