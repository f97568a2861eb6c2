"""A laptop whose access was withdrawn hands in its unsent work, sealed, and only then destroys its key (SYNC 42)."""

from __future__ import annotations

import os
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.headoffice.parcel_key import PARCEL_KEY
from fieldapp.headoffice.serve import RunningHeadOffice
from fieldapp.protocol.parcel import NotOurs, Parcel, new_parcel_key, public_parcel_key, seal, unseal
from fieldapp.services.laptop import Laptop as Unlocked
from fieldapp.services.synchronise import HandedIn, synchronise_laptop
from fieldapp.store.drafts import Draft
from fieldapp.store.in_use import InUse
from fieldapp.store.profile import Profile
from fieldapp.store.state import HandIn
from fieldapp.sync.hand_in import hand_in
from fieldapp.sync.transport import HeadOffice
from fieldapp.sync.troubles import Cancelled, OpenElsewhere, SyncTrouble
from tests.headoffice import loopback
from tests.offline.fault_proxy import LOST_REPLY, LOST_REQUEST, Fault, FaultProxy, answering
from tests.sync.office import LI, WANG, ZHAO, Laptop, Office, closing

KEY_FILE = "key.json"


def shut_out(office: Office, laptop: Laptop) -> Unlocked:
    """The laptop as its officer has it, after head office withdrew its access."""
    (laptop.folder / KEY_FILE).write_bytes(os.urandom(200))
    office.administration.revoke(laptop.enrolment.device)
    return Unlocked(Profile(laptop.folder), laptop.store)


def handed_in(laptop: Unlocked) -> HandedIn:
    with pytest.raises(HandedIn) as told:
        synchronise_laptop(laptop)
    return told.value


@pytest.fixture
def laptop(office: Office, line: FaultProxy, tmp_path: Path) -> Any:
    with closing(office.laptop(LI, tmp_path / "records", address=line.url)) as (made,):
        yield made


def test_everything_unsent_is_handed_in_and_admitted_as_late_work(
    office: Office, line: FaultProxy, laptop: Laptop, tmp_path: Path
) -> None:
    prospect, person = laptop.prospect("王小明")
    laptop.sync()
    laptop.edit(person, mobile="13900000001")
    photo = os.urandom(1_300_000)
    visit = laptop.visit(prospect, "说好了", (photo,))
    newcomer, _ = laptop.prospect("李小红")
    laptop.write(lambda unit: unit.drafts.save(Draft("d1", "visit", prospect, {"facts": "写到一半"}, "2026-06-01")))
    told = handed_in(shut_out(office, laptop))
    assert (told.changes, told.photos) == (4, 1)
    assert not (laptop.folder / KEY_FILE).exists()
    assert not Profile(laptop.folder).is_taken()
    assert office.record(visit) is None, "nothing is let in without a person"
    (row,) = office.administration.hand_ins()
    assert row.whole
    found = office.administration.look_into(row.hand_in)
    assert found.changes == {"person": 2, "visit": 1, "prospect": 1}
    assert (found.drafts, found.photos, found.staff) == ({"visit": 1}, 1, LI)
    with pytest.raises(Actionable) as refused:
        office.administration.admit(row.hand_in, LI)
    assert refused.value.code == "own_hand_in"
    done = office.administration.admit(row.hand_in, WANG)
    assert done.outcomes == {"accepted": 3, "conflict": 1}
    assert done.photos == 1
    assert office.administration.incomplete() == []
    assert office.record(visit).values["facts"] == "说好了"
    assert office.record(newcomer).owner == LI
    assert office.record(person).values.get("mobile") is None, "late work sets nothing"
    assert [one.value for one in office.record(person).conflicts] == ["13900000001"]
    entries = len(office.journal())
    office.administration.admit(row.hand_in, WANG)
    assert len(office.journal()) == entries, "admitted again it changes nothing"
    with closing(office.laptop(WANG, tmp_path / "head", address=line.url)) as (head,):
        head.sync()
        assert head.screen(visit)["facts"] == "说好了"


def test_cut_anywhere_it_goes_on_and_the_key_stays_until_the_end(
    office: Office, line: FaultProxy, laptop: Laptop
) -> None:
    prospect, _ = laptop.prospect()
    for number in range(3):
        laptop.visit(prospect, f"facts {number}", (os.urandom(900_000),))
    unlocked = shut_out(office, laptop)
    faults = (LOST_REQUEST, LOST_REPLY, Fault(reply_part=0.5), answering(502), answering(200, "<html>hotel"))
    for passing, fault in product(range(4), faults):
        line.plan.extend([Fault()] * passing + [fault])
        with pytest.raises(SyncTrouble) as told:
            synchronise_laptop(unlocked)
        line.plan.clear()
        if isinstance(told.value, HandedIn):
            break
        assert (laptop.folder / KEY_FILE).exists(), "its key is gone before its work is safe"
    if (laptop.folder / KEY_FILE).exists():
        handed_in(unlocked)
    (row,) = (one for one in office.administration.hand_ins() if one.whole)
    found = office.administration.look_into(row.hand_in)
    assert found.changes == {"prospect": 1, "person": 1, "visit": 3}
    assert found.photos == 3
    assert office.administration.admit(row.hand_in, WANG).photos == 3
    assert office.administration.incomplete() == []


@pytest.mark.skipif(sys.platform == "win32", reason="there nobody is kept off")
def test_the_key_stays_while_another_program_has_the_records_open(office: Office, laptop: Laptop) -> None:
    unlocked = shut_out(office, laptop)
    with InUse(laptop.folder):
        with pytest.raises(OpenElsewhere):
            synchronise_laptop(unlocked)
        laptop.prospect()
    assert (laptop.folder / KEY_FILE).exists()
    handed_in(unlocked)
    assert {"prospect": 1, "person": 1} in [
        office.administration.look_into(row.hand_in).changes for row in office.administration.hand_ins()
    ]
    assert not (laptop.folder / KEY_FILE).exists()


def test_what_is_left_after_it_was_let_in_is_another_hand_in(office: Office, line: FaultProxy, laptop: Laptop) -> None:
    """The last answer is lost, a person lets the work in, and the officer saves something more."""
    prospect, _ = laptop.prospect()
    unlocked = shut_out(office, laptop)
    line.plan.extend([Fault()] * 3 + [LOST_REPLY] * 20)
    with pytest.raises(SyncTrouble):
        synchronise_laptop(unlocked)
    line.plan.clear()
    (first,) = office.administration.hand_ins()
    assert first.whole
    office.administration.admit(first.hand_in, WANG)
    visit = laptop.visit(prospect, "more")
    handed_in(unlocked)
    (second,) = (row for row in office.administration.hand_ins() if row.hand_in != first.hand_in)
    assert (second.whole, second.admitted_at) == (True, None)
    assert office.administration.admit(second.hand_in, WANG).outcomes == {"accepted": 1}
    assert office.record(visit).values["facts"] == "more"
    assert not (laptop.folder / KEY_FILE).exists()


def test_what_is_saved_at_the_last_moment_is_handed_in_before_the_key_goes(
    office: Office, line: FaultProxy, laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    prospect, _ = laptop.prospect()
    unlocked = shut_out(office, laptop)
    saved: list[str] = []

    def handing_in(*told: Any, **rest: Any) -> HandIn:
        done = hand_in(*told, **rest)
        assert (laptop.folder / KEY_FILE).exists()
        if not saved:
            saved.append(laptop.visit(prospect))
        return done

    monkeypatch.setattr("fieldapp.services.synchronise.hand_in", handing_in)
    handed_in(unlocked)
    assert not (laptop.folder / KEY_FILE).exists()
    found = [office.administration.look_into(row.hand_in).changes for row in office.administration.hand_ins()]
    assert sorted(found, key=len) == [{"visit": 1}, {"prospect": 1, "person": 1}]


def test_stopped_by_the_officer_it_keeps_everything(office: Office, laptop: Laptop) -> None:
    laptop.prospect()
    unlocked = shut_out(office, laptop)
    with pytest.raises(Cancelled):
        synchronise_laptop(unlocked, cancelled=lambda: True)
    assert (laptop.folder / KEY_FILE).exists()
    assert len(laptop.queued()) == 2


def test_nobody_else_is_believed_to_have_shut_it_out(office: Office, line: FaultProxy, laptop: Laptop) -> None:
    laptop.prospect()
    (laptop.folder / KEY_FILE).write_bytes(b"key")
    problem = '{"code":"revoked","text":"go away"}'
    line.plan.append(answering(403, problem, Content_Type="application/vnd.fieldapp+json"))
    with pytest.raises(SyncTrouble) as told:
        synchronise_laptop(Unlocked(Profile(laptop.folder), laptop.store))
    assert told.value.code == "not_head_office"
    assert (laptop.folder / KEY_FILE).exists()


def test_what_was_begun_and_never_ended_is_not_admitted(office: Office, line: FaultProxy, laptop: Laptop) -> None:
    prospect, _ = laptop.prospect()
    laptop.visit(prospect, photos=(os.urandom(700_000),))
    unlocked = shut_out(office, laptop)
    line.choose = lambda request: answering(503) if b"parcel-last: ?1" in request.lower()[:2000] else Fault()
    with pytest.raises(SyncTrouble):
        synchronise_laptop(unlocked)
    (row,) = office.administration.hand_ins()
    with pytest.raises(Actionable) as told:
        office.administration.admit(row.hand_in, WANG)
    assert told.value.code == "hand_in_unfinished"


def test_parcel_is_opened_by_no_other_key_and_no_damage_passes(office: Office, laptop: Laptop) -> None:
    mine = new_parcel_key()
    sealed = seal(Parcel(device="d", changes=[b"{}"]), public_parcel_key(mine))
    assert unseal(sealed, mine).changes == [b"{}"]
    for broken in (b"", b"x", sealed[:-1], sealed + b"x", bytes([sealed[0] ^ 1]) + sealed[1:]):
        with pytest.raises(NotOurs):
            unseal(broken, mine)
    with pytest.raises(NotOurs):
        unseal(sealed, new_parcel_key())
    laptop.prospect()
    handed_in(shut_out(office, laptop))
    with office.store.writing() as unit:
        unit.accounts.set_setting(PARCEL_KEY, new_parcel_key())
    (row,) = office.administration.hand_ins()
    with pytest.raises(Actionable) as told:
        office.administration.look_into(row.hand_in)
    assert told.value.code == "hand_in_unreadable"


def test_only_a_laptop_that_was_shut_out_may_hand_in(office: Office, laptop: Laptop, tmp_path: Path) -> None:
    def asked(token: str, body: bytes = b"x", **headers: str) -> tuple[int, str]:
        wanted = {"Parcel-Hand-In": "0" * 32, "Parcel-Number": "0", "Content-Type": "application/octet-stream"}
        wanted |= {name.replace("_", "-"): value for name, value in headers.items()}
        with RunningHeadOffice(office.store, office.clock) as running:
            answer = loopback.post(
                f"{running.url}/parcel", content=body, headers={"Authorization": f"Bearer {token}", **wanted}
            )
        return answer.status_code, answer.json().get("code", "")

    token = laptop.enrolment.token
    assert asked(token) == (409, "not_revoked")
    assert asked("A" * 40) == (401, "token")
    office.administration.revoke(laptop.enrolment.device)
    assert asked(token, Parcel_Hand_In="../etc") == (422, "malformed")
    assert asked(token, Parcel_Number="-1") == (422, "malformed")
    assert asked(token, Content_Type="text/html") == (415, "media_type")
    assert asked(token, b"x" * (1024 * 1024 + 1)) == (413, "too_large")
    assert asked(token) == (200, "")


def test_it_is_told_what_of_its_marks_head_office_has_forgotten(
    office: Office, line: FaultProxy, laptop: Laptop
) -> None:
    laptop.prospect()
    laptop.sync()
    with laptop.store.reading() as view:
        known = view.state.marks()
    assert known.keys() == {"TS01", "bank"}
    forgotten = {"TS01": (known["TS01"][0] + 1, "f" * 64), "bank": known["bank"]}
    office.administration.revoke(laptop.enrolment.device)
    with HeadOffice(line.url, laptop.enrolment.token) as head_office:
        assert [head_office.parcel_key(marks).fork for marks in ({}, known, forgotten)] == [[], [], ["TS01"]]
        for unreadable in ("TS 01", "x" * 65):
            with pytest.raises(SyncTrouble) as told:
                head_office.parcel_key({unreadable: (1, "f" * 16)})
            assert told.value.code == "malformed"


def test_officer_who_left_hands_in_too(office: Office, laptop: Laptop) -> None:
    laptop.prospect()
    (laptop.folder / KEY_FILE).write_bytes(b"key")
    office.administration.retire_staff(LI)
    told = handed_in(Unlocked(Profile(laptop.folder), laptop.store))
    assert told.changes == 2
    (row,) = office.administration.hand_ins()
    assert office.administration.admit(row.hand_in, ZHAO).outcomes == {"accepted": 2}
