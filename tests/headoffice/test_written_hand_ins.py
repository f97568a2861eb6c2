"""Everything a shut-out laptop handed in can be read by people, also what is never let in."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.headoffice import written_hand_ins
from fieldapp.headoffice.administration import Administration
from fieldapp.protocol.changes import encode_change
from fieldapp.protocol.parcel import Parcel, Unfinished
from tests.headoffice import changes_to_send as send
from tests.headoffice.laptops import Laptop
from tests.headoffice.test_handed_in import HAND_IN, hand_in, of_photo


@pytest.fixture
def handed_in(office: Administration, laptop_of: Callable[[str], Laptop]) -> None:
    laptop = laptop_of("zhang")
    half = Unfinished(form="visit", subject="p1", saved_at="2026-06-01", body={"facts": "写到一半"})
    parts = (
        Parcel(device=laptop.device, changes=[encode_change(send.prospect("p1", remark="茶园"))]),
        of_photo(laptop, b"a photo"),
        Parcel(device=laptop.device, refused=[encode_change(send.prospect("p2", owner="li")), b"\xff no change"]),
        Parcel(device=laptop.device, drafts=[half]),
    )
    hand_in(office, laptop, *parts)


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(Actionable) as refused:
        work()
    return refused.value.code


@pytest.mark.usefixtures("handed_in")
def test_all_of_it_but_photos_is_written_for_people_to_read(office: Administration, tmp_path: Path) -> None:
    file = tmp_path / "handed in.jsonl"
    assert office.write_out(HAND_IN, file) == 4
    told = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [one["is"] for one in told] == ["unsent", "refused", "refused", "unfinished"]
    assert told[0]["change"]["fields"]["remark"] == [None, "茶园"]
    assert told[1]["change"]["record"] == "p2"
    assert "no change" in told[2]["change"]
    assert (told[3]["form"], told[3]["body"]) == ("visit", {"facts": "写到一半"})
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if "handed" in path.name] == [file.name]


@pytest.mark.usefixtures("handed_in")
def test_what_cannot_be_written_leaves_nothing(office: Administration, tmp_path: Path) -> None:
    file = tmp_path / "taken"
    file.write_text("mine")
    assert refusal(lambda: office.write_out(HAND_IN, file)) == "exists"
    assert file.read_text() == "mine"
    assert refusal(lambda: office.write_out("nothing", tmp_path / "x")) == "hand_in_unknown"
    assert refusal(lambda: office.write_out(HAND_IN, tmp_path / "no folder" / "x")) == "no_permission"
    assert not list(tmp_path.glob("x*"))


def test_what_no_text_holds_keeps_nothing_else_from_being_read(
    office: Administration, laptop_of: Callable[[str], Laptop], tmp_path: Path
) -> None:
    """A laptop in other hands may hand in what it likes."""
    laptop = laptop_of("zhang")
    odd = Unfinished(form="visit", subject="p1", saved_at="2026-06-01", body={"facts": b"\xff"})
    changes = [b'{"half of a sign": "\\ud842"}', encode_change(send.prospect("p1", remark="茶园"))]
    hand_in(office, laptop, Parcel(device=laptop.device, changes=changes, drafts=[odd]))
    file = tmp_path / "odd.jsonl"
    assert office.write_out(HAND_IN, file) == 3
    half, whole, draft = map(json.loads, file.read_text("utf-8").splitlines())
    assert half["change"] == {"half of a sign": "\ud842"}
    assert whole["change"]["fields"]["remark"] == [None, "茶园"]
    assert "facts" in draft["body"]


@pytest.mark.usefixtures("handed_in")
def test_a_writing_out_that_fails_leaves_nothing_of_it(
    office: Administration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_body: bytes) -> object:
        raise RuntimeError("the program has a bug")

    monkeypatch.setattr(written_hand_ins, "_read", fail)
    with pytest.raises(RuntimeError):
        office.write_out(HAND_IN, tmp_path / "x.jsonl")
    assert not list(tmp_path.glob("*x.jsonl*"))
