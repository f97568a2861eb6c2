"""Laptops at work on bad lines to server processes that are killed: for seconds every day, for minutes by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.offline.soak import soak
from tests.postgresql import new_postgresql_database


@pytest.mark.parametrize(
    ("laptops", "seconds"),
    [pytest.param(6, 3.0, id="brief"), pytest.param(40, 60.0, id="longer", marks=pytest.mark.long)],
)
def test_laptops_on_bad_lines_lose_and_double_nothing(
    laptops: int, seconds: float, postgresql: str, tmp_path: Path
) -> None:
    told = soak(
        new_postgresql_database(postgresql),
        tmp_path,
        laptops=laptops,
        seconds=seconds,
        workers=2,
        seed=laptops,
        kill_every_s=seconds / 3,
    )
    assert told.sound, told
    assert told.kills >= 1
    assert told.retries or seconds < 10  # seconds on a busy machine are too few for a fault to be sure
    assert told.records > laptops
