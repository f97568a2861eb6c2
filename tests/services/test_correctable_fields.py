"""How each field of a refused change is corrected by hand."""

from __future__ import annotations

import msgspec
import pytest

from fieldapp.domain.errors import InvalidRecord
from fieldapp.domain.kinds import KINDS
from fieldapp.services.correctable_fields import moment_of, moment_written, way_of


def test_every_field_of_every_kind_has_a_way_or_is_written_by_the_program() -> None:
    for kind in KINDS.values():
        for field in msgspec.structs.fields(kind.record):
            way = way_of(kind.name, field.name, {"s1": "李四"})
            assert way is None or not (way.moment and way.choices), (kind.name, field.name)


def test_what_a_person_never_types_is_left_out() -> None:
    for kind, field in (("visit", "staff"), ("prospect", "person"), ("visit", "photos"), ("application", "status")):
        assert way_of(kind, field, {}) is None, (kind, field)
    assert way_of("newer kind", "field", {}) is None


def test_stage_offers_the_stages_of_its_kind_only() -> None:
    prospect, business = way_of("prospect", "stage", {}), way_of("business", "stage", {})
    assert prospect is not None
    assert business is not None
    assert {key for key, _ in prospect.choices} & {key for key, _ in business.choices} == set()


def test_officer_is_chosen_by_name() -> None:
    way = way_of("prospect", "owner", {"s1": "李四"})
    assert way is not None
    assert [key for key, _ in way.choices] == ["s1"]


def test_moment_is_written_and_read_as_the_banks_clock_shows_it() -> None:
    assert moment_written("2026-11-24T01:30:00Z", "Asia/Shanghai") == "2026-11-24 09:30"
    assert moment_of("2026-11-24 09:30", "Asia/Shanghai", "ended_at") == "2026-11-24T01:30:00Z"


@pytest.mark.parametrize("hostile", ["", "09:30", "长" * 100_000, "2026-13-40 99:99", "0001-01-01 00:00", "‮2026"])
def test_moment_that_is_none_is_told_at_its_field(hostile: str) -> None:
    with pytest.raises(InvalidRecord) as told:
        moment_of(hostile, "Asia/Shanghai", "ended_at")
    assert told.value.problems[0].field == "ended_at"
    assert moment_written(hostile, "Asia/Shanghai") == hostile
