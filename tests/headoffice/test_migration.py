"""Bringing an older database to this version: with a sound copy first, whole or not at all."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlcipher3 import dbapi2

from fieldapp.domain.errors import Actionable
from fieldapp.headoffice import migration
from fieldapp.headoffice.administration import Administration, create_head_office, open_head_office
from fieldapp.headoffice.migration import look_at, migrate
from fieldapp.headoffice.storage.attachments import Holding, Reference
from fieldapp.headoffice.storage.engines import is_postgresql, open_engine
from fieldapp.headoffice.versions import MIGRATIONS, steps_after, this_version, upgrade
from tests.headoffice.changes_to_send import BRANCH, FixedClock, branch
from tests.headoffice.first_release import AWAITED, PHOTO, take_back_to_the_first_release

STEPS = tuple(f"{number:04}" for number in range(2, int(this_version()) + 1))
"""What came after the first release."""


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(Actionable) as refused:
        work()
    assert str(refused.value.sentence)
    return refused.value.code


@pytest.fixture
def older(location: str, clock: FixedClock) -> str:
    """A head office as the first release left it."""
    made = create_head_office(location, clock)
    made.add_branch(branch())
    made.add_staff("张三", "officer", BRANCH)
    made.store.close()
    take_back_to_the_first_release(location)
    return location


def test_what_the_first_release_told_is_told_still(older: str, clock: FixedClock) -> None:
    migrate(older, clock)
    office = open_head_office(older, clock)
    with office.store.reading() as unit:
        (told,) = unit.records.receipts([("bank", "c1")]).values()
        ((_seq, _state, _size, left),) = unit.records.told("bank", "own:li", 0, 9, 5)
    office.store.close()
    assert (told.digest, told.receipt.outcome, told.receipt.rev) == ("d1", "merged", (0, "bank", 1))
    assert left == ("r1", "person", 1)


def test_photos_that_came_or_were_awaited_are_so_still(older: str, clock: FixedClock) -> None:
    migrate(older, clock)
    office = open_head_office(older, clock)
    with office.store.reading() as unit:
        assert unit.attachments.holding(PHOTO) == Holding(3, complete=True, device="d")
        assert list(unit.attachments.pieces(PHOTO)) == [(0, b"ab"), (2, b"c")]
        assert unit.attachments.missing_among([PHOTO, AWAITED]) == [AWAITED]
    assert office.incomplete() == [Reference("bank", AWAITED, "r1")]
    office.store.close()


def contents(office: Administration) -> tuple[object, ...]:
    told = (office.branches(), office.staff(), office.products(), office.verify_chain("bank"))
    office.store.close()
    return told


def test_older_database_is_not_opened_and_not_changed_by_trying(older: str, clock: FixedClock) -> None:
    assert refusal(lambda: open_head_office(older, clock)) == "older"
    seen = look_at(older)
    assert (seen.version, seen.target, seen.steps, seen.backup) == ("0001", this_version(), STEPS, None)
    assert look_at(older) == seen


def test_every_step_is_taken_and_nothing_lost(older: str, clock: FixedClock, location: str) -> None:
    done = migrate(older, clock)
    assert (done.version, done.target, done.steps) == ("0001", this_version(), STEPS)
    branches, staff, products, entries = contents(open_head_office(older, clock))
    assert ([b.code for b in branches], [s.name for s in staff]) == ([BRANCH], ["张三"])  # type: ignore[attr-defined]
    assert (len(products), entries) == (3, 5)  # type: ignore[arg-type]
    engine = open_engine(older)
    with engine.connect() as connection:
        assert "record_in_conflict" in {index["name"] for index in inspect(connection).get_indexes("record")}
    engine.dispose()
    again = migrate(older, clock)
    assert (again.steps, again.backup) == ((), None)
    if is_postgresql(older):
        assert done.backup is None
        return
    assert done.backup is not None
    assert stat.S_IMODE(done.backup.stat().st_mode) == 0o600
    assert look_at(str(done.backup)).version == "0001"
    migrate(str(done.backup), clock)
    assert contents(open_head_office(done.backup, clock)) == (branches, staff, products, entries)


def test_database_of_a_newer_program_is_refused_kindly(location: str, clock: FixedClock) -> None:
    made = create_head_office(location, clock, products=False)
    with made.store.writing() as unit:
        unit.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    made.store.close()
    assert refusal(lambda: migrate(location, clock)) == "newer"
    assert refusal(lambda: look_at(location)) == "newer"
    assert refusal(lambda: open_head_office(location, clock)) == "newer"


def test_step_that_fails_leaves_the_database_as_it_was(
    older: str, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(connection: object) -> None:
        connection.execute(text("CREATE TABLE half (a INTEGER)"))  # type: ignore[attr-defined]
        raise RuntimeError("the power went")

    with monkeypatch.context() as patched:
        patched.setattr(migration, "upgrade", half)
        with pytest.raises(RuntimeError):
            migrate(older, clock)
    engine = open_engine(older)
    with engine.connect() as connection:
        assert not inspect(connection).has_table("half")
    engine.dispose()
    assert look_at(older).version == "0001"
    clock.move(seconds=1)
    assert migrate(older, clock).steps == STEPS


@pytest.mark.parametrize("location", ["sqlite"], indirect=True)
def test_what_is_sorted_for_an_index_is_not_kept_in_memory(
    older: str, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored: list[int] = []

    def seen(connection: Connection) -> None:
        stored.append(connection.execute(text("PRAGMA temp_store")).scalar_one())
        upgrade(connection)

    monkeypatch.setattr(migration, "upgrade", seen)
    assert migrate(older, clock).steps == STEPS
    assert stored == [1]  # a file


@pytest.mark.parametrize("location", ["sqlite"], indirect=True)
def test_without_a_sound_copy_nothing_is_changed(
    older: str, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(older).parent
    before = sorted(path.name for path in folder.iterdir())
    answers = iter(range(100))
    monkeypatch.setattr(migration, "_contents", lambda _connection: next(answers))
    assert refusal(lambda: migrate(older, clock)) == "backup"
    assert look_at(older).version == "0001"
    assert sorted(path.name for path in folder.iterdir() if not path.name.endswith(("-wal", "-shm"))) == before


@pytest.mark.parametrize("location", ["sqlite"], indirect=True)
def test_copy_that_stands_in_the_way_is_never_overwritten(older: str, clock: FixedClock) -> None:
    taken = Path(f"{older}.0001.20260601T010000Z.backup")
    taken.write_text("mine")
    assert refusal(lambda: migrate(older, clock)) == "exists"
    assert taken.read_text() == "mine"
    assert look_at(older).version == "0001"


KILLED_WHILE_COPYING = """
import os, signal, sys
from fieldapp.headoffice.migration import migrate
from fieldapp.protocol.identifiers import SystemClock

os.fsync = lambda _file: os.kill(os.getpid(), signal.SIGKILL)
migrate(sys.argv[1], SystemClock())
"""


@pytest.mark.parametrize("location", ["sqlite"], indirect=True)
def test_copy_that_was_killed_is_taken_for_none(older: str, clock: FixedClock) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED_WHILE_COPYING, older], check=False)
    assert killed.returncode == -9
    assert not list(Path(older).parent.glob("*.backup"))
    assert migrate(older, clock).steps == STEPS
    assert len(list(Path(older).parent.glob("*.backup"))) == 1


@pytest.mark.parametrize("location", ["sqlite"], indirect=True)
def test_database_that_is_written_to_is_said_to_be_in_use(
    older: str, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fieldapp.headoffice.storage.engines._READY_SQLITE", ("PRAGMA busy_timeout=1",))
    other = dbapi2.connect(os.fspath(older), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        assert refusal(lambda: migrate(older, clock)) == "busy"
    finally:
        other.close()
    assert look_at(older).version == "0001"


@pytest.mark.parametrize("location", ["postgresql"], indirect=True)
def test_postgresql_that_is_in_use_is_said_to_be(
    older: str, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fieldapp.headoffice.storage.engines._TIMEOUTS", "-c lock_timeout=200ms")
    engine = open_engine(older)
    with engine.connect() as other, other.begin():
        other.execute(text("LOCK TABLE record IN ROW EXCLUSIVE MODE"))
        assert refusal(lambda: migrate(older, clock)) == "busy"
    engine.dispose()
    assert look_at(older).version == "0001"


def test_the_steps_are_told_by_their_files_as_alembic_would() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    told = [step.revision for step in script.walk_revisions()][::-1]
    assert (told[-1], steps_after(told[0])) == (this_version(), told[1:])


def test_a_server_never_loads_what_only_migrating_needs() -> None:
    asked = "import sys, fieldapp.commands.head_office_server; print('alembic' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
