"""A head office, and laptops that speak to it without a network between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.sync.office import FixedClock, Laptop, Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office.new(tmp_path / "总行.db")
    yield made
    made.close()


@pytest.fixture
def laptop_of(office: Office, tmp_path: Path) -> Iterator[Callable[..., Laptop]]:
    """A new laptop of a member of staff."""
    numbers = count(1)
    made: list[Laptop] = []

    def enrolled(staff: str, clock: FixedClock | None = None) -> Laptop:
        made.append(office.laptop(staff, tmp_path / f"{staff} {next(numbers)}", clock))
        return made[-1]

    yield enrolled
    for laptop in made:
        laptop.store.close()
