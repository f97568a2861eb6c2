"""Copies and restores: a laptop that was copied, a head office that was set back, another process at work."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest
from filelock import FileLock

from fieldapp.protocol.messages import SyncReply, SyncRequest
from fieldapp.sync.exchange import synchronise
from fieldapp.sync.troubles import AnotherSync, CloneFound
from tests.sync.office import LI, Direct, Laptop, Office, closing

LaptopOf = Callable[..., Laptop]


def test_another_process_at_work_is_told(office: Office, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    laptop.prospect()
    with FileLock(str(laptop.store.path) + ".sync"), pytest.raises(AnotherSync) as told:
        laptop.sync_with(office)
    assert told.value.code == "already_running"
    assert laptop.sync_with(office).accepted == 2


def test_copied_laptop_is_found_and_both_keep_their_work(office: Office, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    prospect, _person = laptop.prospect()
    laptop.sync_with(office)
    laptop.store.close()
    shutil.copytree(laptop.folder, laptop.folder.with_name("copy"))
    laptop.open()
    copy = Laptop(laptop.folder.with_name("copy"), laptop.key, office.clock)
    with closing(copy):
        for number in range(2):
            laptop.visit(prospect, f"facts {number}")
            laptop.sync_with(office)
        copy.visit(prospect, "on the copy")
        with pytest.raises(CloneFound):
            copy.sync_with(office)
        assert len(copy.queued()) == 1
    assert laptop.sync_with(office).unsent == 0
    assert len(office.of_kind("visit")) == 2


def test_head_office_restored_to_what_this_laptop_knows_is_the_same(office: Office, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    laptop.prospect()
    laptop.sync_with(office)
    backup = laptop.folder.with_name("backup.db")
    office.back_up(backup)
    laptop.prospect()
    restored = Office.at(backup, office.clock)
    with closing(restored):
        assert laptop.sync_with(restored).accepted == 2


def test_two_processes_never_make_a_laptop_look_like_its_own_clone(office: Office, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    laptop.prospect("甲")

    class Held(Direct):
        """While this process waits for its reply, another one exchanges several times."""

        held = False

        def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
            reply = super().exchange(request, *_how)
            if not self.held:
                self.held = True
                for number in range(3):
                    (laptop.folder / "records.db.sync").unlink(missing_ok=True)
                    laptop.prospect(f"乙{number}")
                    laptop.sync_with(office)
            return reply

    synchronise(laptop.store, Held(office, laptop.enrolment.device))
    laptop.prospect("丙")
    assert laptop.sync_with(office).accepted == 2
