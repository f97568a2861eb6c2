"""A head office on loopback, a bad line to it, and laptops at the other end of the line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from fieldapp.headoffice.serve import RunningHeadOffice
from tests.offline.fault_proxy import FaultProxy
from tests.sync.office import FixedClock, Laptop, Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office.new(tmp_path / "office.db")
    yield made
    made.close()


@pytest.fixture
def line(office: Office) -> Iterator[FaultProxy]:
    with RunningHeadOffice(office.store, office.clock) as running, FaultProxy(running.port) as proxy:
        yield proxy


@pytest.fixture
def laptop_of(office: Office, line: FaultProxy, tmp_path: Path) -> Iterator[Callable[..., Laptop]]:
    """A new laptop of a member of staff, at the far end of the line."""
    numbers = count(1)
    made: list[Laptop] = []

    def enrolled(staff: str, clock: FixedClock | None = None) -> Laptop:
        made.append(office.laptop(staff, tmp_path / f"{staff} {next(numbers)}", clock, line.url))
        return made[-1]

    yield enrolled
    for laptop in made:
        laptop.store.close()
