"""The second officer confirms on their own laptop, once (E5)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.services.confirm_visits import confirm_visit, visits_to_confirm
from tests.sync.office import LI, ZHAO, Laptop, Office, visit_of


@pytest.fixture
def laptops(tmp_path: Path) -> Iterator[tuple[Office, Laptop, Laptop]]:
    office = Office.new(tmp_path / "office.db")
    li, zhao = (office.laptop(name, tmp_path / name) for name in (LI, ZHAO))
    yield office, li, zhao
    for laptop in (li, zhao):
        laptop.store.close()
    office.close()


def test_a_visit_is_confirmed_once_on_the_second_officers_laptop(laptops: tuple[Office, Laptop, Laptop]) -> None:
    office, li, zhao = laptops
    prospect, _ = li.prospect("张三")
    li.create("visit", msgspec.structs.replace(visit_of(LI, "38 tables"), second_officer=ZHAO), prospect)
    li.sync_with(office)
    zhao.sync_with(office)
    (waiting,) = visits_to_confirm(zhao.store)
    assert (waiting.customer, waiting.facts) == ("张三", "38 tables")
    assert visits_to_confirm(li.store) == ()
    confirm_visit(zhao.store, waiting.id)
    assert visits_to_confirm(zhao.store) == ()
    with pytest.raises(Actionable) as again:
        confirm_visit(zhao.store, waiting.id)
    assert again.value.code == "confirmed"
    assert zhao.sync_with(office).accepted == 1
    with pytest.raises(Actionable) as gone:
        confirm_visit(zhao.store, "nothing")
    assert gone.value.code == "gone"
