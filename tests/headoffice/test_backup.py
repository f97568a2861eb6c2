"""Backups that count are those that were tried; laptops keep the rest (SYNC 36)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from fieldapp.domain.errors import Actionable
from fieldapp.headoffice.administration import create_head_office, open_head_office
from tests.headoffice.changes_to_send import FixedClock
from tests.sync.office import LI, Laptop, Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office.new(tmp_path / "office.db")


def refusal(office: Office, target: Path | None = None, tried: str = "") -> str:
    def work() -> None:
        if target is not None:
            office.administration.back_up(str(office.path), target)
        else:
            office.administration.note_tried(tried)

    with pytest.raises(Actionable) as refused:
        work()
    return refused.value.code


def sent(laptop: Laptop) -> int:
    with laptop.store.reading() as view:
        return len(view.outbox.newest_sent(100))


def test_laptops_keep_what_they_sent_until_the_second_newest_backup_holds_it(office: Office, tmp_path: Path) -> None:
    laptop = office.laptop(LI, tmp_path / "laptop")
    prospect, _person = laptop.prospect()
    laptop.sync_with(office)
    first = office.administration.back_up(str(office.path), tmp_path / "first.backup")
    assert first.durable == {}
    assert first.backup.reaches["TS01"] == 2
    laptop.visit(prospect, "between")
    laptop.sync_with(office)
    assert sent(laptop) == 3
    office.clock.move(days=1)
    second = office.administration.back_up(str(office.path), tmp_path / "second.backup")
    assert second.durable == first.backup.reaches
    laptop.visit(prospect, "after")
    again = Office.at(office.path, office.clock)  # another process, or a minute later
    laptop.sync_with(again)
    assert sent(laptop) == 2
    again.close()
    laptop.store.close()
    office.close()


def test_which_backup_is_newer_is_told_by_what_it_holds_and_not_by_the_clock(office: Office, tmp_path: Path) -> None:
    laptop = office.laptop(LI, tmp_path / "laptop")
    prospect, _person = laptop.prospect()
    laptop.sync_with(office)
    reached = []
    for number, days in enumerate((30_000, -30_000, 0, -40)):  # once the clock stood decades ahead
        laptop.visit(prospect, f"visit {number}")
        laptop.sync_with(office)
        office.clock.move(days=days)
        tried = office.administration.back_up(str(office.path), tmp_path / f"{number}.backup")
        assert tried.durable == (reached[-1] if reached else {})
        reached.append(tried.backup.reaches)
    assert office.administration.note_tried(str(tmp_path / "0.backup")).durable == reached[2]  # an old one once more
    laptop.store.close()
    office.close()


def test_copy_is_a_head_office_and_nobody_elses_to_read(office: Office, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    office.administration.back_up(str(office.path), copy)
    assert copy.stat().st_mode & 0o077 == 0
    back = open_head_office(copy, office.clock)
    assert [b.code for b in back.branches()] == [b.code for b in office.administration.branches()]
    back.store.close()
    office.close()


def test_what_is_no_good_backup_counts_for_nothing(office: Office, tmp_path: Path) -> None:
    here = str(office.path)
    copy = tmp_path / "copy.db"
    office.administration.back_up(here, copy)
    assert refusal(office, copy) == "exists"
    assert refusal(office, tmp_path / "no" / "x.db") == "no_folder"
    assert refusal(office, tried=str(tmp_path / "nothing.db")) == "no_file"
    with_another = create_head_office(tmp_path / "another.db", FixedClock())
    with_another.store.close()
    assert refusal(office, tried=str(tmp_path / "another.db")) == "backup"
    tampered = open_head_office(copy, office.clock)
    with tampered.store.writing() as unit:
        unit.connection.execute(text("UPDATE stream_head SET seq = seq + 1 WHERE stream = 'bank'"))
    tampered.store.close()
    assert refusal(office, tried=str(copy)) == "backup"
    office.close()


def test_backup_with_a_damaged_page_counts_for_nothing_wherever_the_page_is(office: Office, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    office.administration.back_up(str(office.path), copy)
    whole = copy.read_bytes()
    damaged = tmp_path / "damaged.db"
    used = [page for page in range(4096, len(whole), 4096) if whole[page : page + 4096].strip(b"\x00")]
    for page in used:
        damaged.write_bytes(whole[:page] + bytes(4096) + whole[page + 4096 :])
        assert refusal(office, tried=str(damaged)) in ("backup", "not_head_office")
    office.close()


def test_one_backup_tried_twice_is_not_two(office: Office, tmp_path: Path) -> None:
    first = office.administration.back_up(str(office.path), tmp_path / "first.db")
    assert office.administration.note_tried(str(tmp_path / "first.db")).durable == {}
    second = office.administration.back_up(str(office.path), tmp_path / "second.db")
    assert second.durable == first.backup.reaches
    office.close()


def test_the_database_in_use_is_no_backup_of_itself(office: Office, tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(office.path)
    for name in (office.path, tmp_path / "link.db"):
        assert refusal(office, tried=str(name)) == "backup"
    assert office.administration.back_up(str(office.path), tmp_path / "first.db").durable == {}
    office.close()


def test_copy_that_cannot_be_written_leaves_nothing_behind(office: Office, tmp_path: Path) -> None:
    class Full:
        def backup(self, _target: object) -> None:
            (tmp_path / "copy.db.partial-journal").touch()  # SQLite leaves it where the disk is full
            raise OSError(28, "No space left on device")

        def close(self) -> None:
            pass

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("fieldapp.headoffice.backup.dbapi2.connect", lambda _path: Full())
        assert refusal(office, tmp_path / "copy.db") == "backup"
    assert not list(tmp_path.glob("copy.db*"))
    office.close()


KILLED_WHILE_COPYING = """
import os, signal, sys
from pathlib import Path
from fieldapp.headoffice.administration import open_head_office
from fieldapp.protocol.identifiers import SystemClock

office = open_head_office(sys.argv[1], SystemClock())
os.fsync = lambda _file: os.kill(os.getpid(), signal.SIGKILL)
office.back_up(sys.argv[1], Path(sys.argv[2]))
"""


def test_backup_that_was_killed_is_taken_for_none(office: Office, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    words = [sys.executable, "-c", KILLED_WHILE_COPYING, str(office.path), str(target)]
    assert subprocess.run(words, check=False).returncode == -9
    assert not target.exists()
    assert refusal(office, target) == "backup_under_way"
    (tmp_path / "copy.db.partial").unlink()
    office.administration.back_up(str(office.path), target)
    assert [path.name for path in tmp_path.glob("copy.db*")] == ["copy.db"]
    office.close()


def test_backup_that_was_not_tried_any_more_is_named_and_counts_once_it_is(office: Office, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("fieldapp.headoffice.backup.note_tried", lambda *_: None)  # killed right before it
        office.administration.back_up(str(office.path), target)
    with pytest.raises(Actionable) as refused:
        office.administration.back_up(str(office.path), target)
    assert refused.value.code == "exists"
    assert "--tried" in str(refused.value.advice)
    assert office.administration.note_tried(str(target)).backup.reaches
    office.close()
