"""A head office on real storage, with officers Zhang and Li, their branch head Hu, and Wu of another branch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from fieldapp.headoffice.administration import Administration, create_head_office
from fieldapp.headoffice.exchange import Exchange
from fieldapp.headoffice.storage.accounts import DeviceAccount, StaffAccount
from fieldapp.headoffice.tokens import token_hash
from tests.headoffice.changes_to_send import BRANCH, FixedClock, branch
from tests.headoffice.laptops import Laptop
from tests.postgresql import new_postgresql_database

STAFF = {
    "zhang": ("officer", BRANCH),
    "li": ("officer", BRANCH),
    "hu": ("branch_head", BRANCH),
    "wu": ("branch_head", "CB02"),
}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(params=["sqlite", "postgresql"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new head office may be made, on each kind of storage in turn."""
    if request.param == "sqlite":
        return str(tmp_path / "总行 head office.db")
    return new_postgresql_database(request.getfixturevalue("postgresql"))


@pytest.fixture
def office(location: str, clock: FixedClock) -> Iterator[Administration]:
    administration = create_head_office(location, clock, products=False)
    for code in (BRANCH, "CB02"):
        administration.add_branch(branch(code))
    with administration.store.writing() as unit:
        for name, (role, code) in STAFF.items():
            unit.accounts.put_staff(StaffAccount(name, name.title(), role, code, active=True))  # type: ignore[arg-type]
    yield administration
    administration.store.close()


@pytest.fixture
def exchange(office: Administration, clock: FixedClock) -> Exchange:
    return Exchange(office.store, clock)


@pytest.fixture
def laptop_of(office: Administration, exchange: Exchange) -> Callable[[str], Laptop]:
    """A new laptop of a member of staff; its token is its id."""
    numbers = count(1)

    def enrolled(staff: str) -> Laptop:
        device = f"{staff}-laptop-{next(numbers)}-0123456789"
        with office.store.writing() as unit:
            unit.accounts.add_device(DeviceAccount(device, staff, "", 0, "", None, None), token_hash(device))
            account = unit.accounts.staff(staff)
        assert account is not None
        return Laptop(exchange, account.author, device)

    return enrolled
