"""Enrolment leaves either an officer's laptop or nothing that stands in the way of the next try."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from fieldapp.domain.errors import Actionable, Invalid
from fieldapp.headoffice.serve import RunningHeadOffice
from fieldapp.protocol.messages import EnrolReply, EnrolRequest
from fieldapp.store.profile import Profile
from fieldapp.sync.enrol import enrol
from fieldapp.sync.transport import HeadOffice
from fieldapp.sync.troubles import StrangeAnswer
from tests.sync.office import Office

PASSPHRASE = "a good passphrase"


def test_enrolment_cut_off_by_a_crash_does_not_block_the_next_one(tmp_path: Path) -> None:
    office = Office.new(tmp_path / "office.db")
    profile = Profile(tmp_path / "profile")
    profile.begin_enrolment()
    profile.create(PASSPHRASE, office.clock).close()  # here the power goes: the marker stays

    assert not profile.is_taken()
    with pytest.raises(Actionable, match="There is no profile"):
        profile.unlock(PASSPHRASE, office.clock)

    code = office.administration.issue_code("li").code
    with RunningHeadOffice(office.store, office.clock) as running:
        enrol(
            profile, address=running.url, code=code, passphrase=PASSPHRASE, device_name="laptop", clock=office.clock
        ).close()
    assert profile.is_taken()
    profile.unlock(PASSPHRASE, office.clock).close()


def test_refused_passphrase_leaves_nothing_behind(tmp_path: Path) -> None:
    office = Office.new(tmp_path / "office.db")
    profile = Profile(tmp_path / "profile")
    with pytest.raises(Invalid):
        enrol(profile, address="http://127.0.0.1:9", code="X", passphrase="short", device_name="l", clock=office.clock)
    assert list(profile.folder.iterdir()) == []


@pytest.mark.parametrize(
    "odd",
    [
        {"token": ""},
        {"token": "a" * 43 + "\r\nX-Evil: 1"},
        {"token": "长" * 30},
        {"device": ""},
        {"staff": "a\x00b"},
        {"branch": "支行"},
    ],
)
def test_an_enrolment_that_no_laptop_can_use_leaves_nothing_behind(
    odd: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office.new(tmp_path / "office.db")
    profile = Profile(tmp_path / "profile")
    enrolled = HeadOffice.enrol

    def oddly(self: HeadOffice, request: EnrolRequest) -> EnrolReply:
        return msgspec.structs.replace(enrolled(self, request), **odd)

    monkeypatch.setattr(HeadOffice, "enrol", oddly)
    code = office.administration.issue_code("li").code
    with RunningHeadOffice(office.store, office.clock) as running, pytest.raises(StrangeAnswer):
        enrol(profile, address=running.url, code=code, passphrase=PASSPHRASE, device_name="l", clock=office.clock)
    assert not profile.is_taken()
    assert list(profile.folder.iterdir()) == []
