"""The battery dies, at any moment: what the officer was told is saved is there once, at both ends."""

from __future__ import annotations

import random
import threading
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from fieldapp.headoffice.serve import RunningHeadOffice
from fieldapp.store.backup import verify
from fieldapp.sync.troubles import TryLater
from tests.offline.fault_proxy import Fault, FaultProxy
from tests.offline.processes import Forked, HeadOfficeProcess, work
from tests.sync.office import LI, Laptop, Office, closing

ROUNDS = 10


def work_until_killed(process: Forked, laptop: Laptop, address: str, lines: int, delay_s: float) -> list[str]:
    """Let a laptop work in its own process and kill it; returns the ids it had said were saved.

    It is killed ``delay_s`` after its line number ``lines``, so that kills fall inside saves and exchanges alike.
    """
    process.start(work, laptop.folder, laptop.key.hex(), address)
    said: list[str] = []
    for line in process.lines_until_killed():
        said.append(line)
        if len(said) == lines:
            threading.Timer(delay_s, process.shoot).start()
    return [name for line in said if line.startswith("saved") for name in line.split()[1:]]


def everything_is_there_once(office: Office, laptop: Laptop, saved: list[str]) -> None:
    counted = Counter(entry.change for entry in office.journal() if entry.effect == "change")
    assert set(counted.values()) <= {1}, "a change was counted twice"
    here = {name: kept for name, kept in laptop.all_records().items() if kept.kind != "branch"}
    assert set(saved) <= here.keys(), "a saved record is gone"
    for record, kept in here.items():
        assert kept.base == kept.screen == office.record(record).values
    there = [record.record for kind in ("prospect", "person", "visit") for record in office.of_kind(kind)]
    assert len(there) == len(set(there)) == len(here)
    visits = [str(record.values["facts"]) for record in office.of_kind("visit")]
    assert len(visits) == len(set(visits)), "a visit is there twice"


def kills(folder: Path, runs: int, seed: int) -> None:
    """Kill one laptop ``runs`` times, and look at everything each time."""
    draw = random.Random(seed)
    office = Office.new(folder / "office.db")
    first, second = office.laptop(LI, folder / "first"), office.laptop(LI, folder / "second")
    first.store.close()
    saved: list[str] = []
    with closing(office, second), RunningHeadOffice(office.store, office.clock) as running, Forked() as process:
        for run in range(runs):
            saved += work_until_killed(process, first, running.url, draw.randint(1, 14), draw.random() * 0.04)
            verify(first.folder / "records.db", first.key)
            reopened = Laptop(first.folder, first.key, office.clock)
            with closing(reopened):
                assert set(saved) <= reopened.all_records().keys(), "what was said to be saved is gone"
                until_quiet(reopened, running.url)
                everything_is_there_once(office, reopened, saved)
                if run in (0, runs - 1):
                    until_quiet(second, running.url)
                    everything_is_there_once(office, second, saved)
                    assert photos_of(second) == photos_of(reopened)
        assert office.administration.incomplete() == []


def until_quiet(laptop: Laptop, address: str) -> None:
    for _ in range(ROUNDS):
        summary = laptop.sync(address)
        if not summary.moved and not summary.photos_received:
            return
    raise AssertionError("it never comes to rest")


def photos_of(laptop: Laptop) -> dict[str, bytes | None]:
    digests = [p["digest"] for k in laptop.all_records().values() for p in k.screen.get("photos") or ()]
    with laptop.store.reading() as view:
        photos = {digest: view.attachments.content(digest) for digest in digests}
    assert None not in photos.values(), "a photo's bytes are missing"
    return photos


def test_nothing_saved_is_lost_or_doubled_when_the_power_goes(tmp_path: Path) -> None:
    kills(tmp_path, runs=6, seed=1)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20))
@pytest.mark.timeout(600)
def test_nothing_saved_is_lost_or_doubled_in_two_hundred_power_cuts(seed: int, tmp_path: Path) -> None:
    kills(tmp_path, runs=10, seed=seed)


@pytest.mark.long
def test_head_office_that_dies_with_the_request_in_hand_counts_it_once(tmp_path: Path) -> None:
    path = tmp_path / "office.db"
    office = Office.new(path)
    laptop = office.laptop(LI, tmp_path / "li")
    with closing(office, laptop), HeadOfficeProcess(path) as server, FaultProxy(server.port) as line:
        prospect, _person = laptop.prospect()
        laptop.visit(prospect, photos=(b"photo" * 100_000,))
        line.plan.append(Fault(then=server.kill))
        with pytest.raises(TryLater):
            laptop.sync(line.url)
        with pytest.raises(TryLater) as nobody:
            laptop.sync(server.url)
        assert nobody.value.code == "unreachable"
        server.serve()
        laptop.sync(line.url)
        everything_is_there_once(office, laptop, [prospect])
        assert office.administration.verify_chain("TS01") == 3
        assert office.administration.incomplete() == []


def kill_servers(folder: Path, runs: int, seed: int) -> None:
    draw = random.Random(seed)
    path = folder / "office.db"
    office = Office.new(path)
    laptop = office.laptop(LI, folder / "li")
    with closing(office, laptop), HeadOfficeProcess(path) as server:
        prospect, person = laptop.prospect()
        for run in range(runs):
            for number in range(60):
                laptop.visit(prospect, f"facts {run} {number}")
            laptop.visit(prospect, f"photo {run}", (draw.randbytes(600_000),))
            laptop.edit(person, name=f"王{run}")
            killing = threading.Timer(draw.random() * 0.12, server.kill)
            killing.start()
            with suppress(TryLater):
                laptop.sync(server.url)
            killing.join()
            server.serve()
        laptop.sync(server.url)
        until_quiet(laptop, server.url)
        everything_is_there_once(office, laptop, [prospect, person])
        assert len(office.of_kind("visit")) == runs * 61
        assert office.administration.verify_chain("TS01") == len(office.journal())
        assert office.administration.incomplete() == []


def test_head_office_killed_at_any_moment_of_a_push_counts_it_once(tmp_path: Path) -> None:
    kill_servers(tmp_path, runs=3, seed=1)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.timeout(600)
def test_head_office_killed_a_hundred_times_counts_all_once(seed: int, tmp_path: Path) -> None:
    kill_servers(tmp_path, runs=20, seed=seed)
