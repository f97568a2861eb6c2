"""A backup put in the place of the records by a program that is killed on the way: tried again, it is done."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from fieldapp.store.connection import connect
from fieldapp.store.profile import Profile
from tests.made_laptop import KEY, FixedClock, enrolled_store

STEPS = ("touch", "replace", "rename")


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profile:
    """One whose newest drafts are in the log beside its database, as a program leaves them that was killed."""
    lived, found = tmp_path / "lived", tmp_path / "found"
    lived.mkdir()
    with enrolled_store(lived) as store:
        store.write(lambda unit: unit.state.set("word", "backed up"))
        store.back_up()
        store.write(lambda unit: unit.state.set("word", "newest"))
        shutil.copytree(lived, found)
    assert (found / "records.db-wal").stat().st_size > 0
    monkeypatch.setattr(Profile, "_key", lambda _profile, _passphrase: KEY)
    (found / "key.json").write_bytes(b"a key")
    return Profile(found)


def word_in(database: Path) -> str:
    connection = connect(database, KEY)
    try:
        return str(connection.execute("SELECT value FROM state WHERE name = 'word'").fetchone()[0])
    finally:
        connection.close()


def dying(at: int, work: Callable[[], object]) -> bool:
    """Do ``work`` in a process that is killed before its step number ``at``; whether it was."""
    child = os.fork()
    if child == 0:
        steps = count(1)

        def counted(step: Callable[..., Any]) -> Callable[..., Any]:
            def taken(*parts: Any, **rest: Any) -> Any:
                if next(steps) == at:
                    os.kill(os.getpid(), signal.SIGKILL)
                return step(*parts, **rest)

            return taken

        for name in STEPS:
            setattr(Path, name, counted(getattr(Path, name)))
        shutil.copyfile = counted(_in_halves)
        os._exit(0 if work() else 1)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _in_halves(source: Path, target: Path) -> None:
    """A copy with a moment in its middle."""
    content = Path(source).read_bytes()
    with Path(target).open("r+b") as file:
        file.write(content[: len(content) // 2])
        file.flush()
        Path(f"{target}").touch()
        file.write(content[len(content) // 2 :])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes that are killed are made by forking")
def test_restore_that_was_killed_anywhere_is_done_when_tried_again(profile: Profile, tmp_path: Path) -> None:
    for at in count(1):
        folder = tmp_path / f"killed at {at}"
        shutil.copytree(profile.folder, folder)
        killed = Profile(folder)
        if not dying(at, lambda killed=killed: killed.restore_newest("")):
            break
        killed.restore_newest("")
        assert word_in(folder / "records.db") == '"backed up"'
        (aside,) = folder.glob("records-set-aside-*.db")
        assert word_in(aside) == '"newest"', f"killed at {at}: what was set aside lacks what was in its log"
        assert not (folder / "records-restored.db").exists()
        with killed.unlock("", FixedClock()) as store:
            store.verify()
    assert at > 4


def test_restore_writes_over_nothing_that_was_set_aside_before(profile: Profile) -> None:
    """Also where somebody took one of them away."""
    profile.restore_newest("")
    profile.restore_newest("")
    (profile.folder / "records-set-aside-1.db").unlink()
    (profile.folder / "records-set-aside-2.db").write_bytes(b"kept")
    profile.restore_newest("")
    assert (profile.folder / "records-set-aside-2.db").read_bytes() == b"kept"
    profile.database.unlink()
    profile.restore_newest("")
    assert word_in(profile.database) == '"backed up"'
    assert (profile.folder / "records-set-aside-2.db").read_bytes() == b"kept"
