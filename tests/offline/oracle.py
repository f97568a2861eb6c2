"""What every fault is measured by: what the officer was told is saved, head office and a fresh laptop are the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.sync.office import LI, Laptop, Office, closing

MIRRORS = ("branch", "staff", "product")
ROUNDS = 10


def saved_once_everywhere(office: Office, laptop: Laptop, saved: Iterable[str], folder: Path, address: str) -> None:
    """Sync until quiet, then compare ids and fields on ``laptop``, at head office and on a fresh laptop of its officer.

    Raises AssertionError when something is missing, twice or different anywhere, or still waits to be sent.
    """
    until_quiet(laptop, address)
    assert laptop.queued() == [], "the queue did not empty unaided"
    counted = Counter(entry.change for entry in office.journal() if entry.effect == "change")
    assert set(counted.values()) <= {1}, "a change was counted twice"
    assert office.administration.verify_chain("TS01") == len(office.journal())
    with closing(office.laptop(LI, folder, address=address)) as (fresh,):
        until_quiet(fresh, address)
        here, there = of_people(laptop), of_people(fresh)
        missing = {*saved} - here.keys()
        assert not missing, f"{len(missing)} of the saved records are gone"
        assert here == there, "a fresh laptop shows something else"
        at_office = office.live_for(fresh.enrolment.device, [*here])
        assert {name: (record.rev, record.values) for name, record in at_office.items()} == here
        kinds = ("prospect", "person", "visit", "household", "application", "contact")
        assert {one.record for kind in kinds for one in office.of_kind(kind)} == here.keys(), "more than was saved"


def of_people(laptop: Laptop) -> dict[str, tuple[tuple[int, str, int | None], dict[str, object]]]:
    """Every record that people made: its revision and its values, which the screen shows as they are."""
    told = {}
    for name, kept in laptop.all_records().items():
        if kept.kind not in MIRRORS:
            assert kept.screen == kept.base
            told[name] = ((kept.moves, kept.stream, kept.seq), kept.base)
    return told


def until_quiet(laptop: Laptop, address: str) -> None:
    """Synchronise until nothing moves."""
    for _ in range(ROUNDS):
        summary = laptop.sync(address)
        if not summary.moved and not summary.photos_received:
            return
    raise AssertionError("it never comes to rest")
