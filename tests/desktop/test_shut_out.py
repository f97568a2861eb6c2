"""Head office withdraws the laptop's access while the program is open: it hands in, closes and says why."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from fieldapp.desktop.pages.enrol import EnrolPage
from fieldapp.domain.records import Prospect
from fieldapp.protocol.identifiers import SystemClock
from tests.desktop.desks import desk_on, shows, the, unlock
from tests.desktop.head_office import PASSPHRASE, head_office


def test_laptop_that_was_shut_out_closes_and_says_so_and_can_be_enrolled_anew(qtbot: QtBot, tmp_path: Path) -> None:
    with head_office(tmp_path, SystemClock()) as office:
        laptop = office.laptop_of("李四", "mine")
        device, owner = laptop.enrolment().device, office.staff["李四"]
        laptop.lock()
        with desk_on(qtbot, tmp_path / "mine", office.clock, first="today") as desk:
            session = unlock(qtbot, desk, PASSPHRASE)
            session.sync.stop()
            session.store.write(lambda unit: unit.create("prospect", Prospect(person="x", owner=owner)))
            office.administration.revoke(device)
            session.sync.start()
            session.sync.sync_now()
            qtbot.waitUntil(lambda: bool(desk.window.findChildren(EnrolPage)), timeout=20_000)
            page = the(desk.window, EnrolPage)
            assert shows(page, "总行已停用这台电脑")()
        assert not (tmp_path / "mine" / "key.json").exists()
        (row,) = office.administration.hand_ins()
        assert row.whole
        assert office.administration.look_into(row.hand_in).changes == {"prospect": 1}
        with desk_on(qtbot, tmp_path / "mine", office.clock) as desk:
            assert shows(the(desk.window, EnrolPage), "总行已停用这台电脑")()
        again = office.laptop_of("周到", "mine")
        assert not again.profile.was_handed_in()
