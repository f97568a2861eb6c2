"""``docs/protocol.md`` tells of every kind of record what somebody needs who writes another client."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fieldapp.domain.kinds import KINDS

DOCUMENT = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text("utf-8")
ROWS = {
    name: cells
    for line in DOCUMENT.partition("| Kind | Parent |")[2].split("\n\n")[0].splitlines()[2:]
    for cells in [[cell.strip() for cell in line.strip("|").split("|")]]
    for name in re.findall(r"`(\w+)`", cells[0])
}


def test_every_kind_is_there_and_no_other() -> None:
    assert sorted(ROWS) == sorted(KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_its_groups_and_who_writes_it_are_told_as_they_are(name: str) -> None:
    _kind, parent, groups, remark = ROWS[name]
    kind = KINDS[name]
    told = {frozenset(re.findall(r"`(\w+)`", group)) for group in re.findall(r"\(([^)]*)\)", groups)}
    assert told == set(kind.groups)
    assert ("append-only" in remark, "head office's alone" in remark, "told to nobody" in remark) == (
        kind.append_only,
        kind.mirror,
        kind.untold,
    )
    assert re.findall(r"\w+", parent) == [*kind.parents]
