"""Many laptops at work for a while on bad lines to a head office that is killed and started again, and what came of it.

``python -m tests.offline.soak --laptops 200 --minutes 10`` starts a PostgreSQL of its own and two server processes,
prints what happened as JSON, and ends with status 1 when anything was lost or doubled.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from fieldapp.domain.records import Branch
from fieldapp.headoffice.storage.accounts import StaffAccount
from fieldapp.sync.troubles import NotHeadOffice, SyncTrouble, TryLater
from tests.commands.typed_commands import command, environment
from tests.offline.fault_proxy import DRIP, LOST_REPLY, LOST_REQUEST, PASS, TWICE, Fault, FaultProxy, answering
from tests.offline.oracle import MIRRORS, of_people
from tests.postgresql import new_postgresql_database, postgresql_server
from tests.sync.office import Laptop, Office, closing

HANDS = 8
"""Laptops that do something at the same moment."""

FAULTY = 0.12
"""The part of all requests that something befalls."""

MOST_SYNCS = 40
"""After the faults ended every laptop comes to rest within so many synchronisations."""


@dataclass
class Told:
    """What came of it; times in seconds. ``lost``, ``doubled`` and ``differing`` must be 0."""

    laptops: int
    records: int = 0
    changes: int = 0
    syncs: int = 0
    retries: int = 0
    kills: int = 0
    conflicts: int = 0
    decided: int = 0
    refused: int = 0
    lost: int = 0
    doubled: int = 0
    differing: int = 0
    p50_s: float = 0.0
    p99_s: float = 0.0
    troubles: dict[str, int] = field(default_factory=dict)

    @property
    def sound(self) -> bool:
        """Whether nothing was lost, doubled or different anywhere."""
        return not (self.lost or self.doubled or self.differing)


def soak(
    location: str, folder: Path, *, laptops: int, seconds: float, workers: int, seed: int, kill_every_s: float
) -> Told:
    """Let ``laptops`` work for ``seconds`` against the new database at ``location``, then compare everything."""
    draw = random.Random(seed)
    office = Office.made(location)
    crew = _staffed(office, laptops)
    told = Told(laptops)
    served = _Served(location, workers)
    with served, FaultProxy(served.port, keeping=False) as line:
        fleet = [
            _Worker(office.laptop(staff, folder / f"laptop{number}", address=line.url), told, draw.randrange(2**32))
            for number, staff in enumerate(crew)
        ]
        line.choose = _Weather(draw)
        ends = time.monotonic() + seconds
        over = threading.Event()
        with ThreadPoolExecutor(HANDS + 1) as hands:
            killing = hands.submit(served.be_killed, over, kill_every_s)
            working = [hands.submit(_work, fleet[hand::HANDS], ends) for hand in range(HANDS)]
            for done in working:
                done.result()
            over.set()
            told.kills = killing.result()
        line.choose = lambda _request: PASS
        _come_to_rest(fleet)
        _judge(office, fleet, folder, line.url, told)
    for worker in fleet:
        worker.laptop.store.close()
    office.close()
    return told


def _staffed(office: Office, laptops: int) -> list[str]:
    """One officer per laptop, eight to a branch with one branch head, who works as well."""
    crew = []
    for number in range(laptops):
        branch = f"S{number // 8:03}"
        if number % 8 == 0:
            office.administration.add_branch(
                Branch(
                    code=branch,
                    name=f"支行{number // 8}",
                    name_en=f"Sub-branch {number // 8}",
                    bank="示例农商银行",
                    bank_en="Sample Rural Commercial Bank",
                    complaint_phone="0715-12345678",
                    area_code="421224",
                )
            )
        staff = f"staff{number:04}"
        role = "branch_head" if number % 8 == 0 else "officer"
        with office.store.writing() as unit:
            unit.accounts.put_staff(StaffAccount(staff, staff, role, branch, active=True))  # type: ignore[arg-type]
        crew.append(staff)
    return crew


class _Weather:
    """What befalls a request, drawn anew for each."""

    def __init__(self, draw: random.Random) -> None:
        self._draw, self._lock = draw, threading.Lock()
        self._bad = (
            LOST_REPLY,
            LOST_REQUEST,
            TWICE,
            answering(502, "<html>bad gateway</html>"),
            answering(503, "", Retry_After="1"),
            answering(429, "", Retry_After="1"),
            answering(200, "<html>Welcome to our hotel</html>", Content_Type="text/html"),
        )

    def __call__(self, request: bytes) -> Fault:
        with self._lock:
            if self._draw.random() >= FAULTY:
                return PASS
            chosen = self._draw.randrange(len(self._bad) + 3)
            if chosen < len(self._bad):
                return self._bad[chosen]
            if chosen == len(self._bad):
                return DRIP if len(request) < 600 else PASS
            return Fault(reply_part=self._draw.random())


class _Served:
    """``fieldapp headoffice serve`` on one port, killed now and then with all its workers and started again."""

    def __init__(self, location: str, workers: int) -> None:
        self._location, self._workers = location, str(workers)
        self.port = 0

    def __enter__(self) -> _Served:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.communicate()

    def _start(self) -> None:
        words = ("--database", self._location, "--port", str(self.port), "--workers", self._workers, "--json")
        self._process = subprocess.Popen(
            command("headoffice", "serve", *words),
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdout is not None
        self.port = int(json.loads(self._process.stdout.readline())["url"].rpartition(":")[2])

    def be_killed(self, over: threading.Event, every_s: float) -> int:
        """Shoot and start again until it is over; how often."""
        kills = 0
        while not over.wait(every_s):
            self._process.kill()
            self._process.communicate()
            self._start()
            kills += 1
        return kills


class _Worker:
    """One laptop and what its officer did on it."""

    def __init__(self, laptop: Laptop, told: Told, seed: int) -> None:
        self.laptop, self._told, self._draw = laptop, told, random.Random(seed)
        self.saved: set[str] = set()
        self.seconds: list[float] = []
        self._roots: deque[str] = deque(maxlen=20)

    def act(self) -> None:
        """Something an officer does: a new prospect, a visit, an edit, a decision."""
        draw = self._draw.random()
        if draw < 0.15 or not self._roots:
            prospect, person = self.laptop.prospect(f"王{self._draw.randrange(1000)}")
            self._roots.append(prospect)
            self.saved |= {prospect, person}
        elif draw < 0.6:
            self.saved.add(self.laptop.visit(self._roots[-1], f"事实 {self._draw.random()}"))
        elif draw < 0.9:
            self._edit_something()
        else:
            self._decide_something()

    def _edit_something(self) -> None:
        """Of all that is here: a branch head edits what the officers edit too."""
        people = [kept.id for kept in self.laptop.all_records().values() if kept.kind == "person"]
        if people:
            mobile = f"138{self._draw.randrange(100_000_000):08}"
            self.laptop.edit(self._draw.choice(people), mobile=mobile)

    def _decide_something(self) -> None:
        disputed = [kept for kept in self.laptop.all_records().values() if kept.conflicts]
        if disputed:
            kept = self._draw.choice(disputed)
            conflict = kept.conflicts[0]
            value = self._draw.choice((conflict.value, kept.screen.get(conflict.field)))
            if self.laptop.decide(kept.id, conflict.field, value):
                self._told.decided += 1

    def synchronise(self) -> bool:
        """Whether it went through and nothing is left to do."""
        began = time.monotonic()
        try:
            summary = self.laptop.sync()
        except NotHeadOffice:
            self._note("not head office")
        except TryLater as trouble:
            self._note(trouble.code or "try later")
        except SyncTrouble as trouble:
            self._note(type(trouble).__name__)
        else:
            self.seconds.append(time.monotonic() - began)
            self._told.conflicts += summary.conflicts
            self._told.refused += summary.refused
            return not summary.moved
        return False

    def _note(self, trouble: str) -> None:
        self._told.retries += 1
        self._told.troubles[trouble] = self._told.troubles.get(trouble, 0) + 1


def _work(fleet: list[_Worker], ends: float) -> None:
    while time.monotonic() < ends:
        for worker in fleet:
            for _ in range(3):
                worker.act()
            worker.synchronise()
            if time.monotonic() >= ends:
                return


def _come_to_rest(fleet: list[_Worker]) -> None:
    """Synchronise everybody until nothing moves on any laptop."""
    with ThreadPoolExecutor(HANDS) as hands:
        for _ in range(MOST_SYNCS):
            if all(list(hands.map(_Worker.synchronise, fleet))):
                return
    raise AssertionError("it never comes to rest")


def _judge(office: Office, fleet: list[_Worker], folder: Path, address: str, told: Told) -> None:
    """Compare what was saved, what head office holds and what a fresh laptop of every branch shows."""
    told.syncs = sum(len(worker.seconds) for worker in fleet)
    times = sorted(second for worker in fleet for second in worker.seconds)
    told.p50_s, told.p99_s = (round(times[int(len(times) * part)], 3) for part in (0.5, 0.99))
    saved = set().union(*(worker.saved for worker in fleet))
    held: set[str] = set()
    branches = sorted({worker.laptop.enrolment.branch for worker in fleet})
    for branch in branches:
        counted = Counter(entry.change for entry in office.journal(branch) if entry.effect == "change")
        told.changes += len(counted)
        told.doubled += sum(count - 1 for count in counted.values())
        office.administration.verify_chain(branch)
        here = {w.laptop.enrolment.staff: of_people(w.laptop) for w in fleet if w.laptop.enrolment.branch == branch}
        told.lost += sum(bool(w.laptop.queued()) for w in fleet if w.laptop.enrolment.branch == branch)
        heads = [w for w in fleet if w.laptop.enrolment.branch == branch and w.laptop.enrolment.role == "branch_head"]
        with closing(office.laptop(heads[0].laptop.enrolment.staff, folder / f"fresh{branch}", address=address)) as (
            fresh,
        ):
            while fresh.sync().moved:
                pass
            whole = {name: kept for name, kept in fresh.all_records().items() if kept.kind not in MIRRORS}
            shown = of_people(fresh)
        held |= whole.keys()
        for records in here.values():
            told.differing += sum(shown.get(name) != value for name, value in records.items())
    told.records = len(held)
    told.lost += len(saved - held)
    told.doubled += len(held - saved)


@contextmanager
def _postgresql_database() -> Iterator[str]:
    with postgresql_server() as url:
        yield new_postgresql_database(url)


def main() -> None:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--laptops", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kill-every", type=float, default=45, help="seconds")
    options = parser.parse_args()
    with _postgresql_database() as location, tempfile.TemporaryDirectory() as folder:
        told = soak(
            location,
            Path(folder),
            laptops=options.laptops,
            seconds=options.minutes * 60,
            workers=options.workers,
            seed=options.seed,
            kill_every_s=options.kill_every,
        )
    known: dict[str, Any] = asdict(told)
    print(json.dumps(known, ensure_ascii=False))
    sys.exit(0 if told.sound else 1)


if __name__ == "__main__":
    main()
