"""What was shown in clear is known at head office after the next synchronisation, and on no other laptop (E15)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldapp.services.hand_in_disclosures import AT_ONCE, hand_in_disclosures
from fieldapp.services.reveal import reveal
from tests.sync.office import BRANCH, LI, WANG, Laptop, Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office.new(tmp_path / "office.db")
    yield made
    made.close()


@pytest.fixture
def li(office: Office, tmp_path: Path) -> Iterator[Laptop]:
    laptop = office.laptop(LI, tmp_path / "li")
    yield laptop
    laptop.store.close()


def handed_in(office: Office) -> list[tuple[str, str, str]]:
    with office.store.reading() as unit:
        found = unit.records.of_kind(BRANCH, "disclosure")
    return [(str(e["act"]), str(e["record"]), str(e["field"])) for one in found for e in one.values["events"]]


def test_a_revealed_number_is_known_at_head_office_and_handed_in_once(office: Office, li: Laptop) -> None:
    _, person = li.prospect("张三", mobile="13800000001")
    reveal(li.store, person, "mobile")
    assert hand_in_disclosures(li.store) == 1
    assert hand_in_disclosures(li.store) == 0
    li.sync_with(office)
    assert handed_in(office) == [("reveal", person, "mobile")]
    with li.store.reading() as view:
        assert len(view.privacy.newest(9)) == 1


def test_nobodys_laptop_is_told_of_it(office: Office, li: Laptop, tmp_path: Path) -> None:
    _, person = li.prospect("张三", mobile="13800000001")
    reveal(li.store, person, "mobile")
    hand_in_disclosures(li.store)
    li.sync_with(office)
    for staff in (LI, WANG):
        other = office.laptop(staff, tmp_path / f"other {staff}")
        other.sync_with(office)
        kinds = {one.kind for one in other.all_records().values()}
        other.store.close()
        assert "person" in kinds
        assert "disclosure" not in kinds


def test_many_go_in_a_few_records(office: Office, li: Laptop) -> None:
    _, person = li.prospect("张三", mobile="13800000001")
    for _ in range(AT_ONCE + 1):
        reveal(li.store, person, "mobile")
    before = len(li.queued())
    assert hand_in_disclosures(li.store) == AT_ONCE + 1
    assert len(li.queued()) == before + 2
    li.sync_with(office)
    assert len(handed_in(office)) == AT_ONCE + 1


def test_the_comparison_of_both_ends_leaves_them_out(
    office: Office, li: Laptop, caplog: pytest.LogCaptureFixture
) -> None:
    _, person = li.prospect("张三", mobile="13800000001")
    reveal(li.store, person, "mobile")
    hand_in_disclosures(li.store)
    li.sync_with(office)
    li.sync_with(office)
    assert "totals_differ" not in [record.message for record in caplog.records]
