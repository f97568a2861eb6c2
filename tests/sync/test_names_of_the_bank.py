"""No laptop makes a record under the name of one of the bank's own: every reader of the branch holds both."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldapp.headoffice.arrivals import arrival_of
from fieldapp.headoffice.bank_records import BankRecords
from fieldapp.protocol.changes import Change, encode_change
from tests.headoffice import changes_to_send as send
from tests.headoffice.laptops import Laptop as SmallLaptop
from tests.sync.office import LI, WANG, Laptop, Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office.new(tmp_path / "office.db")


def forged(name: str) -> list[Change]:
    """A customer, a visit and a record of a kind that nobody knows, under that name."""
    return [
        send.prospect(name, actor=LI),
        send.visit(name, actor=LI),
        send.change("grid", name, {"a": (None, 1)}, actor=LI, new=True),
    ]


def names_of_the_bank(laptop: Laptop) -> list[str]:
    return [name for name, one in laptop.all_records().items() if one.stream == "bank"]


@pytest.mark.parametrize("what", range(3))
def test_the_banks_records_stay_what_they_are_on_every_laptop(office: Office, tmp_path: Path, what: int) -> None:
    wang, device = office.laptop(WANG, tmp_path / "wang"), office.laptop(LI, tmp_path / "li").enrolment.device
    li = SmallLaptop(office.exchange, office.caller(device).author, device)
    assert li.outcomes(*(send.prospect(f"p{number}", actor=LI) for number in range(1, 9))) == ["accepted"] * 8
    office.administration.add_staff("钱七", "officer", "TS01")
    wang.sync_with(office)
    before = {name: wang.kept(name) for name in names_of_the_bank(wang)}
    assert len(before) > 1
    for name in before:
        (receipt,) = li.sync(forged(name)[what]).receipts
        assert (receipt.outcome, receipt.code) == ("refused", "record_exists")
    wang.sync_with(office)
    fresh = office.laptop(WANG, tmp_path / "fresh")
    fresh.sync_with(office)
    for laptop in (wang, fresh):
        kept = {name: laptop.kept(name) for name in names_of_the_bank(laptop)}
        assert {name: (one.kind, one.screen) for name, one in kept.items()} == {
            name: (one.kind, one.screen) for name, one in before.items()
        }
        laptop.store.close()
    office.close()


def test_a_name_is_the_banks_as_soon_as_the_bank_has_it(office: Office) -> None:
    bank = BankRecords()

    def kept_apart(record: str) -> bool:
        with office.store.writing() as unit:
            head = unit.records.heads(["bank"])["bank"]
            (one,) = bank.kept_apart(unit, [arrival_of(encode_change(send.visit(record)))], head)
        return one.flaw is not None and one.flaw.code == "record_exists" and one.plain is None

    assert not kept_apart("another")
    assert kept_apart(office.administration.add_staff("钱七", "officer", "TS01"))
    office.close()
