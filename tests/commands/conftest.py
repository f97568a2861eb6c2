"""A head office that really listens, and laptops enrolled with it, all through commands; paths as people name them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from fieldapp.headoffice.administration import open_head_office
from fieldapp.headoffice.serve import RunningHeadOffice
from fieldapp.protocol.identifiers import SystemClock
from fieldapp.translation import Language, use_language
from tests.commands.typed_commands import typed


@dataclass(frozen=True, slots=True)
class Office:
    """Where head office keeps its records and where it listens."""

    database: Path
    url: str
    staff: str

    def code(self) -> str:
        """A fresh enrolment code for the officer."""
        code: str = typed("headoffice", "enrol-code", "--database", self.database, self.staff, "--json").facts()["code"]
        return code


@pytest.fixture(autouse=True)
def _language_as_before() -> Iterator[None]:
    yield
    use_language(Language.CHINESE)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A head office's file, and the number of its officer."""
    file = tmp_path_factory.mktemp("总行 office") / "head office 数据.db"
    assert typed("headoffice", "create", "--database", file).code == 0
    assert typed("headoffice", "branch", "add", "--database", file, "QS", "青石支行").code == 0
    added = typed("headoffice", "staff", "add", "--database", file, "李四", "--branch", "QS", "--json").facts()
    return file, added["staff"]


@pytest.fixture
def office(database: tuple[Path, str]) -> Iterator[Office]:
    """Served anew for each test: head office slows down whoever tries many codes."""
    file, staff = database
    administration = open_head_office(file, SystemClock())
    with RunningHeadOffice(administration.store, SystemClock()) as running:
        yield Office(file, running.url, staff)
    administration.store.close()


@pytest.fixture
def enrolled(office: Office, tmp_path: Path) -> Callable[[], Path]:
    """Makes profiles of new laptops."""
    numbers = count(1)

    def profile() -> Path:
        folder = tmp_path / f"我的 资料 {next(numbers)}"
        answered = typed("enrol", "--profile", folder, "--address", office.url, "--code", office.code(), "--json")
        assert answered.facts()["branch"] == "QS"
        return folder

    return profile


@pytest.fixture
def laptop(enrolled: Callable[[], Path]) -> Path:
    """The profile of an officer's laptop."""
    return enrolled()
