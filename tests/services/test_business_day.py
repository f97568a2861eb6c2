"""An instant as clocks somewhere show it; no list fails for one line that says something strange."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fieldapp.services.business_day import day_of, local_time

AT = datetime(2026, 6, 1, 17, tzinfo=UTC)


def test_the_day_is_that_of_the_zone() -> None:
    assert str(day_of(AT, "Asia/Shanghai")) == "2026-06-02"


@pytest.mark.parametrize("zone", ["Nowhere/Nowhere", "", "../../etc/passwd", "Asia", "a\x00b", "中国"])
def test_a_zone_that_nobody_here_knows_shows_the_time_as_it_was_written_down(zone: str) -> None:
    assert local_time(AT, zone) == AT


@pytest.mark.parametrize("at", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_the_first_and_the_last_instant_have_a_day(at: datetime, zone: str) -> None:
    assert abs((day_of(at, zone) - at.date()).days) <= 1


def test_a_time_without_its_zone_is_no_instant() -> None:
    with pytest.raises(ValueError, match="zone"):
        local_time(AT.replace(tzinfo=None), "Asia/Shanghai")
