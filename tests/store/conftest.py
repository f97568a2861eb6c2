"""An officer's unlocked laptop, empty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldapp.store.database import Store
from tests.made_laptop import FixedClock, enrolled_store


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock) -> Iterator[Store]:
    with enrolled_store(tmp_path, clock) as opened:
        yield opened
