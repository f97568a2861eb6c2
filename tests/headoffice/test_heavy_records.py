"""Records grow no heavier than can be told and given back, and few heavy ones are in memory at once."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.storage.records import Records
from fieldapp.protocol.messages import MAX_BODY_BYTES, MAX_RECORD_BYTES
from tests.headoffice import changes_to_send as send
from tests.headoffice.a_case import (
    Enrol,
    codes,
    customer,
    decision,
    employ_deciders,
    filled,
    kept,
    submission,
)
from tests.headoffice.consents_to_send import signed_case
from tests.headoffice.test_what_rescues_may_not import give_back, rescue_of


def test_a_record_grows_no_further_than_can_be_given_back(laptop_of: Enrol) -> None:
    laptop, hu = laptop_of("zhang"), laptop_of("hu")
    laptop.sync(send.prospect())
    long = "长" * 15_000
    receipts = []
    for turn in range(6):
        fields = {f"newer_{turn}_{place}": (None, long) for place in range(6)}
        receipts += laptop.sync(send.change("prospect", "p1", fields, guard={"deleted": False})).receipts
    refused = [one for one in receipts if one.outcome == "refused"]
    assert [one.outcome for one in receipts[:3]] == ["accepted"] * 3
    assert refused
    assert {one.code for one in refused} == {"full"}
    hu.sync()
    assert len(msgspec.json.encode(hu.base["p1"])) < MAX_BODY_BYTES
    emptied = {f"newer_0_{place}": (long, None) for place in range(6)}
    assert hu.outcomes(send.change("prospect", "p1", emptied, actor="hu")) == ["accepted"]
    assert hu.outcomes(send.change("prospect", "p1", {"newer_9": (None, long)}, actor="hu")) == ["accepted"]


def test_what_is_given_back_after_a_restore_is_kept_where_there_is_no_room(laptop_of: Enrol) -> None:
    laptop, hu = laptop_of("zhang"), laptop_of("hu")
    long = {f"newer_{place}": (None, "长" * 15_000) for place in range(20)}
    assert {*codes(laptop, send.prospect(), send.change("prospect", "p1", long))} == {"accepted"}
    otherwise = send.change("prospect", "p1", dict.fromkeys([*long][:3], (None, "短" * 15000)))
    assert give_back(laptop, rescue_of(otherwise)) == ["p1"]
    hu.sync()
    assert len(msgspec.json.encode(hu.base["p1"])) < MAX_BODY_BYTES
    emptied = {name: (new, None) for name, (_shown, new) in [*long.items()][3:]}
    assert codes(hu, send.change("prospect", "p1", emptied, actor="hu")) == ["accepted"]
    assert give_back(laptop, rescue_of(otherwise)) == []


def test_a_full_application_is_decided_on_and_handed_on_all_the_same(office: Administration, laptop_of: Enrol) -> None:
    employ_deciders(office)
    zhang, chen, deng = laptop_of("zhang"), laptop_of("chen"), laptop_of("deng")
    case = [*customer(), send.visit(second_officer="li", purpose="investigation"), filled(), *signed_case()]
    full = {f"newer_{place}": (None, "x" * 19_000) for place in range(50)}
    assert {*codes(zhang, *case, send.change("application", "a1", full))} == {"accepted"}
    room = MAX_RECORD_BYTES - len(msgspec.json.encode(kept(office, "a1"))) - 200  # some is left for the submission
    more = {f"more_{start}": (None, "x" * min(20_000, room - start)) for start in range(0, room, 20_020)}
    assert codes(zhang, send.change("application", "a1", more)) == ["accepted"]
    assert codes(zhang, submission()) == ["accepted"]
    assert codes(chen, decision("chen", "review")) == ["accepted"]
    assert codes(deng, decision("deng", "approval", conditions="长" * 5_000)) == ["accepted"]
    assert kept(office, "a1")["status"] == "approved"
    chen.sync()
    assert len(msgspec.json.encode(chen.base["a1"])) < MAX_BODY_BYTES


def test_few_heavy_records_are_read_at_once(laptop_of: Enrol, monkeypatch: pytest.MonkeyPatch) -> None:
    laptop = laptop_of("zhang")
    for number in range(40):
        heavy = send.prospect(f"p{number}")
        more = {f"newer_{place}": (None, "长" * 15_000) for place in range(8)}
        laptop.sync(msgspec.structs.replace(heavy, fields=heavy.fields | more))
    read: list[int] = []
    told = Records.told

    def noted(self: Records, *asked: Any) -> Any:
        rows = told(self, *asked)
        read.append(len(rows))
        return rows

    monkeypatch.setattr(Records, "told", noted)
    new = laptop_of("zhang")
    new.sync()
    assert len([name for name in new.base if name.startswith("p")]) == 40
    assert max(read) <= 25
