"""What can go wrong with the file: one clear sentence each, and nothing lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import deque
from pathlib import Path

import keyring.errors
import pytest

from fieldapp.domain.errors import Actionable, Invalid
from fieldapp.services.add_prospect import NewProspect, add_prospect
from fieldapp.services.prospects import Wanted, counts
from fieldapp.store import keys
from fieldapp.store.backup import newest_sound_backup, verify
from fieldapp.store.connection import connect
from fieldapp.store.database import Store
from fieldapp.store.faults import StorageFault
from fieldapp.store.keys import change_passphrase, create_key, open_key
from fieldapp.store.profile import Profile
from tests.made_laptop import KEY, FixedClock, enrolled_store

PASSPHRASE = "青石-2026-口令"


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A closed database with one prospect."""
    with enrolled_store(tmp_path) as store:
        add_prospect(store, NewProspect(name="张三"))
    return tmp_path / "records.db"


def code_of_opening(path: Path) -> str:
    before = path.read_bytes()
    with pytest.raises(StorageFault) as fault:
        Store(path, KEY, FixedClock())
    assert fault.value.advice is not None
    assert path.read_bytes() == before
    return fault.value.code


def test_a_wrong_passphrase_is_told_and_the_right_one_still_opens(tmp_path: Path) -> None:
    key = create_key(tmp_path / "key.json", PASSPHRASE)
    for wrong in ("", "青石-2026-口", PASSPHRASE + " ", "长" * 100_000, "\ud800"):
        with pytest.raises(StorageFault) as fault:
            open_key(tmp_path / "key.json", wrong)
        assert fault.value.code == "wrong_passphrase"
    assert open_key(tmp_path / "key.json", PASSPHRASE) == key


def test_the_passphrase_is_nowhere_in_the_key_file_and_the_key_neither(tmp_path: Path) -> None:
    key = create_key(tmp_path / "key.json", PASSPHRASE)
    content = (tmp_path / "key.json").read_bytes()
    assert key not in content
    assert PASSPHRASE.encode() not in content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"\xff\xfe",
        b'{"version":1',
        b'{"version":1,"cost":{"time":1,"memory_kib":8,"lanes":1},"salt":"*","nonce":"*","sealed":"*"}',
        b'{"version":1,"cost":{"time":0,"memory_kib":0,"lanes":0},"salt":"AAAA","nonce":"AAAA","sealed":"AAAA"}',
        b'{"version":1,"cost":{"time":-9,"memory_kib":99999999999,"lanes":1},"salt":"","nonce":"","sealed":""}',
        b'{"version":1,"cost":{"time":4000000000,"memory_kib":8,"lanes":1},"salt":"AAAAAAAAAAA=","nonce":"","sealed":""}',
    ],
)
def test_a_damaged_key_file_is_told_as_damage_of_the_key(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key.json").write_bytes(content)
    with pytest.raises(StorageFault) as fault:
        open_key(tmp_path / "key.json", PASSPHRASE)
    assert fault.value.code == "key_damaged"


def test_a_flipped_byte_in_the_sealed_key_never_yields_another_key(tmp_path: Path) -> None:
    create_key(tmp_path / "key.json", PASSPHRASE)
    kept = json.loads((tmp_path / "key.json").read_text())
    kept["sealed"] = ("B" if kept["sealed"][0] != "B" else "C") + kept["sealed"][1:]
    (tmp_path / "key.json").write_text(json.dumps(kept))
    with pytest.raises(StorageFault):
        open_key(tmp_path / "key.json", PASSPHRASE)


def test_a_new_passphrase_opens_the_same_records_and_the_old_one_no_longer(tmp_path: Path) -> None:
    key = create_key(tmp_path / "key.json", PASSPHRASE)
    change_passphrase(tmp_path / "key.json", PASSPHRASE, "another one 2")
    assert open_key(tmp_path / "key.json", "another one 2") == key
    with pytest.raises(StorageFault):
        open_key(tmp_path / "key.json", PASSPHRASE)
    with pytest.raises(Invalid, match="at least"):
        change_passphrase(tmp_path / "key.json", "another one 2", "short")
    assert open_key(tmp_path / "key.json", "another one 2") == key


def test_a_crash_while_the_passphrase_changes_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = create_key(tmp_path / "key.json", PASSPHRASE)

    def no_space(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OSError, match="space"):
        change_passphrase(tmp_path / "key.json", PASSPHRASE, "another one 2")
    monkeypatch.undo()
    assert open_key(tmp_path / "key.json", PASSPHRASE) == key
    assert [path.name for path in tmp_path.iterdir()] == ["key.json"]


def test_nothing_in_the_file_can_be_read_without_the_key(filled: Path) -> None:
    content = b"".join(path.read_bytes() for path in filled.parent.iterdir() if path.is_file())
    assert "张三".encode() not in content
    assert b"SQLite format" not in content
    with pytest.raises(StorageFault) as fault:
        Store(filled, bytes(32), FixedClock())
    assert fault.value.code == "damaged"


@pytest.mark.parametrize("place", [0, 17, 4_000])
def test_flipped_bytes_at_the_start_are_told_as_damage_and_left_alone(filled: Path, place: int) -> None:
    content = bytearray(filled.read_bytes())
    content[place] ^= 0xFF
    filled.write_bytes(content)
    assert code_of_opening(filled) == "damaged"


def test_a_file_of_something_else_is_told_as_damage(filled: Path) -> None:
    filled.write_bytes(b"PK\x03\x04" + os.urandom(50_000))
    assert code_of_opening(filled) == "damaged"


def test_damage_further_inside_is_found_by_the_check(filled: Path) -> None:
    content = bytearray(filled.read_bytes())
    content[len(content) // 2] ^= 0xFF
    filled.write_bytes(content)
    with pytest.raises(StorageFault) as fault:
        verify(filled, KEY)
    assert fault.value.code == "damaged"


def test_a_truncated_file_is_told_as_damage(filled: Path) -> None:
    content = filled.read_bytes()
    filled.write_bytes(content[: len(content) // 2])
    with pytest.raises(StorageFault) as fault:
        verify(filled, KEY)
    assert fault.value.code == "damaged"


def test_an_emptied_file_is_damage_and_not_a_new_beginning(tmp_path: Path) -> None:
    profile = Profile(tmp_path / "档案 一")
    profile.create(PASSPHRASE, FixedClock()).close()
    profile.database.write_bytes(b"")
    for path in profile.folder.glob("records.db-*"):
        path.unlink()
    with pytest.raises(StorageFault) as fault:
        profile.unlock(PASSPHRASE, FixedClock())
    assert fault.value.code == "damaged"
    assert profile.database.read_bytes() == b""


def test_a_file_of_a_newer_program_is_refused_and_untouched(filled: Path) -> None:
    connection = connect(filled, KEY)
    connection.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('fieldapp.laptop', 'of_2031', '')"
    )
    connection.close()
    assert code_of_opening(filled) == "newer"


def test_a_full_disk_loses_nothing_and_saving_works_again_with_space(tmp_path: Path) -> None:
    with enrolled_store(tmp_path) as store:
        first = add_prospect(store, NewProspect(name="张三"))
        pages = store.write(lambda unit: unit.connection.execute("PRAGMA page_count").fetchone()[0])
        store.write(lambda unit: unit.connection.execute(f"PRAGMA max_page_count = {pages + 2}").fetchone())
        with pytest.raises(StorageFault) as fault:
            deque((add_prospect(store, NewProspect(name=f"户{n}", remark="长" * 10_000)) for n in range(1_000)), 0)
        assert fault.value.code == "disk_full"
        held = counts(store, Wanted()).found
        with store.reading() as view:
            assert view.records.get(first.prospect) is not None
            assert view.outbox.count() == held * 2
        store.write(lambda unit: unit.connection.execute("PRAGMA max_page_count = 100000").fetchone())
        add_prospect(store, NewProspect(name="有地方了", remark="长" * 10_000))
        assert counts(store, Wanted()).found == held + 1


def test_a_folder_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "文件").write_text("not a folder")
    with pytest.raises(StorageFault) as fault:
        Profile(tmp_path / "文件" / "profile").create(PASSPHRASE, FixedClock())
    assert fault.value.code == "no_permission"
    with pytest.raises(StorageFault) as fault:
        Store(tmp_path / "文件" / "records.db", KEY, FixedClock())
    assert fault.value.code == "no_permission"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_one_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StorageFault) as fault:
            Profile(tmp_path / "profile").create(PASSPHRASE, FixedClock())
        assert fault.value.code == "no_permission"
    finally:
        tmp_path.chmod(0o700)


def test_a_folder_without_a_profile_is_told_apart_from_damage(tmp_path: Path) -> None:
    with pytest.raises(Actionable) as told:
        Profile(tmp_path / "没有").unlock(PASSPHRASE, FixedClock())
    assert told.value.code == "no_profile"


def test_a_profile_is_never_made_over_another(tmp_path: Path) -> None:
    profile = Profile(tmp_path)
    profile.create(PASSPHRASE, FixedClock()).close()
    key = profile.key_file.read_bytes()
    with pytest.raises(Actionable) as told:
        profile.create(PASSPHRASE, FixedClock())
    assert told.value.code == "profile_exists"
    assert profile.key_file.read_bytes() == key


def test_what_somebody_laid_among_the_backups_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    strange = [
        "2026年-alt.db",
        "20260101-asked.db",
        "12-asked.db",
        "000009-.db",
        "000009-Kopie von mir.db",
        "a-asked.db",
    ]
    for name in strange:
        (folder / name).write_bytes(b"mine")
    with Store(tmp_path / "records.db", KEY, FixedClock()) as store:
        made = [store.back_up().name for _ in range(7)]
    assert made == [f"{number:06d}-asked.db" for number in range(1, 8)]
    assert sorted(one.name for one in folder.iterdir()) == sorted(strange + made[2:])
    assert newest_sound_backup(tmp_path / "records.db", KEY) == folder / made[-1]


def test_a_backup_is_checked_encrypted_and_opens_with_the_same_key(tmp_path: Path) -> None:
    with enrolled_store(tmp_path) as store:
        add_prospect(store, NewProspect(name="张三"))
        backups = [store.back_up() for _ in range(7)]
    assert len(list((tmp_path / "backups").glob("*.db"))) == 5
    verify(backups[-1], KEY)
    with Store(backups[-1], KEY, FixedClock()) as copy:
        assert counts(copy, Wanted(typed="张三")).found == 1


_DIE_WHILE_WRITING = """
import os, signal, sys
from pathlib import Path
from fieldapp.services.add_prospect import NewProspect, add_prospect, create_prospect
from tests.made_laptop import TODAY, enrolled_store

store = enrolled_store(Path(sys.argv[1]))
for number in range(3):
    add_prospect(store, NewProspect(name=f"存了{number}"))
    print(number, flush=True)

def die(unit):
    create_prospect(unit, NewProspect(name="没存"), TODAY)
    unit.finish()
    os.kill(os.getpid(), signal.SIGKILL)

store.write(die)
"""


def test_a_power_cut_before_the_commit_loses_only_what_was_not_confirmed(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _DIE_WHILE_WRITING, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert ended.stdout.split() == ["0", "1", "2"]
    with Store(tmp_path / "records.db", KEY, FixedClock()) as store:
        assert counts(store, Wanted()).found == counts(store, Wanted(typed="存了")).found == 3
        with store.reading() as view:
            assert view.outbox.count() == 6
            assert view.state.get("n", int) == 6
    verify(tmp_path / "records.db", KEY)


def test_records_whose_key_the_system_keeps_open_without_the_key_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[tuple[str, str], str] = {}
    monkeypatch.setattr(keys.keyring, "set_password", lambda service, name, key: kept.update({(service, name): key}))
    monkeypatch.setattr(keys.keyring, "get_password", lambda service, name: kept.get((service, name)))
    profile = Profile(tmp_path / "profile")
    profile.create(PASSPHRASE, FixedClock()).close()
    profile.remember(PASSPHRASE)
    profile.key_file.unlink()
    store = profile.unlock_remembered(FixedClock())
    assert store is not None
    store.close()
    with pytest.raises(StorageFault) as fault:
        profile.change_passphrase(PASSPHRASE, "another one 2")
    assert fault.value.code == "key_missing"


def test_a_system_without_a_keyring_asks_for_the_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise keyring.errors.NoKeyringError

    for name in ("set_password", "get_password", "delete_password"):
        monkeypatch.setattr(keys.keyring, name, none)
    assert keys.remember_key("profile", KEY) is False
    assert keys.remembered_key("profile") is None
    keys.forget_key("profile")


def test_a_key_that_the_program_makes_costs_what_rfc_9106_advises(tmp_path: Path) -> None:
    """The second recommended option; the tests make theirs cheaply, so another process is asked for one."""
    path = tmp_path / "key.json"
    make = "import sys, pathlib, fieldapp.store.keys as keys; keys.create_key(pathlib.Path(sys.argv[1]), 'x' * 20)"
    subprocess.run([sys.executable, "-c", make, path], check=True)
    assert json.loads(path.read_bytes())["cost"] == {"time": 3, "memory_kib": 64 * 1024, "lanes": 4}
    assert len(open_key(path, "x" * 20)) == 32
