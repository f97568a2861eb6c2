"""Processes killed in the middle of much work: a server in a big push, a laptop at each step of push, pull and sent."""

from __future__ import annotations

import random
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from fieldapp.headoffice.serve import RunningHeadOffice
from fieldapp.store.backup import verify
from fieldapp.store.unit import Unit
from fieldapp.sync.troubles import TryLater
from tests.offline.fault_proxy import Fault, FaultProxy
from tests.offline.oracle import saved_once_everywhere
from tests.offline.processes import Forked, HeadOfficeProcess, synchronise_once
from tests.sync.office import LI, Laptop, Office, closing, visit_of


def many_visits(laptop: Laptop, count: int) -> list[str]:
    """``count`` visits to one prospect, in transactions of a thousand; every id that was saved."""
    prospect, person = laptop.prospect()
    saved = [prospect, person]
    staff = laptop.enrolment.staff
    while len(saved) < count + 2:
        size = min(1_000, count + 2 - len(saved))

        def record(unit: Unit, first: int = len(saved), size: int = size) -> list[str]:
            return [
                unit.create("visit", visit_of(staff, f"facts {first + place}"), parent=prospect)
                for place in range(size)
            ]

        saved += laptop.write(record)
    return saved


def kill_the_server(folder: Path, count: int, kills: int) -> None:
    draw = random.Random(count)
    path = folder / "office.db"
    office = Office.new(path)
    with closing(office, office.laptop(LI, folder / "li")) as (_, laptop), HeadOfficeProcess(path) as server:
        saved = many_visits(laptop, count)
        for _ in range(kills):
            shot = threading.Event()
            answered = draw.randrange(0, 4)  # so many requests are answered, then it dies with one in its hands

            def shoot(server: HeadOfficeProcess = server, shot: threading.Event = shot) -> None:
                server.kill()
                shot.set()

            with FaultProxy(server.port) as line:
                killing = threading.Timer(draw.random() * 0.05, shoot)
                line.plan.extend([Fault()] * answered + [Fault(then=killing.start)])
                with suppress(TryLater):
                    laptop.sync(line.url)
                if killing.ident is not None:
                    killing.join()
            server.kill()
            server.serve()
        saved_once_everywhere(office, laptop, saved, folder / "fresh", server.url)


@pytest.mark.long
def test_server_killed_in_a_push_of_many_counts_each_once(tmp_path: Path) -> None:
    kill_the_server(tmp_path, count=1_200, kills=3)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_server_killed_at_twenty_points_of_ten_thousand_counts_each_once(tmp_path: Path) -> None:
    kill_the_server(tmp_path, count=10_000, kills=20)


def kill_the_laptop(folder: Path, count: int, points: int) -> None:
    """At ``points`` moments from the first byte out to the last row written, of push and pull in one exchange."""
    draw = random.Random(points)
    office = Office.new(folder / "office.db")
    first, second = office.laptop(LI, folder / "first"), office.laptop(LI, folder / "second")
    with closing(office, second), RunningHeadOffice(office.store, office.clock) as running, Forked() as process:
        saved = many_visits(first, count)
        first.store.close()
        for point in range(points):
            saved += many_visits(second, count // points)  # so that there is always something to pull as well
            second.sync(running.url)
            process.start(synchronise_once, first.folder, first.key.hex(), running.url)
            for line in process.lines_until_killed():
                if line == "syncing":
                    threading.Timer(draw.random() * 0.6 * point / points, process.shoot).start()
            verify(first.folder / "records.db", first.key)
        reopened = Laptop(first.folder, first.key, office.clock)
        with closing(reopened):
            assert {*saved[: count + 2]} <= reopened.all_records().keys(), "what was said to be saved is gone"
            saved_once_everywhere(office, reopened, saved, folder / "fresh", running.url)


def test_laptop_killed_in_push_pull_and_marking_as_sent_loses_nothing(tmp_path: Path) -> None:
    kill_the_laptop(tmp_path, count=900, points=4)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_laptop_killed_at_twenty_points_loses_nothing(tmp_path: Path) -> None:
    kill_the_laptop(tmp_path, count=4_000, points=20)
