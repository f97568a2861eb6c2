"""A head office on real storage, with officers Zhang and Li, their branch head Hu, and Wu of another branch."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from fieldapp.headoffice.administration import Administration, create_head_office, open_head_office
from fieldapp.headoffice.exchange import Exchange
from fieldapp.headoffice.storage.accounts import DeviceAccount, StaffAccount
from fieldapp.headoffice.tokens import token_hash
from tests.headoffice.changes_to_send import BRANCH, FixedClock, branch
from tests.headoffice.laptops import Laptop
from tests.postgresql import database_name, drop_database, new_postgresql_database

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
def location(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a new head office may be made, or ``office`` stands where a test has it; each kind of storage in turn."""
    stands = "office" in request.fixturenames
    if request.param == "sqlite":
        path = tmp_path / "总行 head office.db"
        if stands:
            shutil.copy(request.getfixturevalue("made_file"), path)
        yield str(path)
        return
    server = request.getfixturevalue("postgresql")
    made = new_postgresql_database(server, request.getfixturevalue("made_database") if stands else "template1")
    yield made
    drop_database(server, made)  # 8 MB each: four hundred of them filled the memory of whatever ran beside


@pytest.fixture(scope="session")
def made_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A head office that every test's own is a copy of: making it takes longer than most tests."""
    path = tmp_path_factory.mktemp("made") / "office.db"
    _make(str(path))
    return path


@pytest.fixture(scope="session")
def made_database(postgresql: str) -> str:
    """The same on PostgreSQL, to be used as a template."""
    url = new_postgresql_database(postgresql)
    _make(url)
    return database_name(url)


def _make(location: str) -> None:
    administration = create_head_office(location, FixedClock(), products=False)
    for code in (BRANCH, "CB02"):
        administration.add_branch(branch(code))
    with administration.store.writing() as unit:
        for name, (role, code) in STAFF.items():
            unit.accounts.put_staff(StaffAccount(name, name.title(), role, code, active=True))  # type: ignore[arg-type]
    administration.store.close()


@pytest.fixture
def office(location: str, clock: FixedClock) -> Iterator[Administration]:
    administration = open_head_office(location, clock)
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
