"""The two sides that are compared: this program, and the least that could do the same (plain SQLite over bare HTTP)."""

from __future__ import annotations

import http.client
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec
import zstandard

from bench.plain_visits import FIELDS, Row, open_plain, row_of, upsert
from bench.visits_made import person_and_prospect, visits
from fieldapp.domain.records import Branch
from fieldapp.headoffice.administration import Administration, create_head_office
from fieldapp.protocol.identifiers import SystemClock, new_record_id
from fieldapp.services.laptop import Laptop, enrol_laptop
from fieldapp.services.synchronise import synchronise_laptop
from fieldapp.store.unit import Unit

PASSPHRASE = "benchmark passphrase"
KEEP = upsert("dirty")
BRANCH = "QS"


class Side(Protocol):
    """One laptop of either side."""

    def record(self, number: int, seed: int) -> None:
        """Record visits; not part of what is measured."""

    def push(self) -> None:
        """Send what is new."""

    def pull(self) -> None:
        """Fetch what is new."""

    def count(self) -> int:
        """Visits held."""

    def close(self) -> None:
        """Let go of the files and the connection."""


class OurLaptop:
    """This program: encrypted, searchable, with rules, merge, numbering, chain and receipts."""

    def __init__(self, folder: Path, office: Administration, staff: str, port: int) -> None:
        self.laptop: Laptop = enrol_laptop(
            folder,
            address=f"http://127.0.0.1:{port}",
            code=office.issue_code(staff).code,
            passphrase=PASSPHRASE,
            clock=SystemClock(),
        )
        self.staff = staff
        self.roots: list[str] = []

    def prepare(self) -> None:
        """A first synchronisation, so that the bank's own records are here, and found to be the same."""
        while synchronise_laptop(self.laptop).uncompared:
            pass

    def add_prospects(self, number: int) -> None:
        """Prospects to visit."""
        self.roots = self.laptop.store.write(lambda unit: _prospects(unit, self.staff, number))

    def record(self, number: int, seed: int) -> None:
        made = list(visits(random.Random(seed), self.staff, number))
        roots = self.roots
        self.laptop.store.write(
            lambda unit: [unit.create("visit", v, parent=roots[i % len(roots)]) for i, v in enumerate(made)]
        )

    def push(self) -> None:
        synchronise_laptop(self.laptop)

    pull = push

    def count(self) -> int:
        """Visits held."""
        with self.laptop.store.reading() as view:
            return view.records.count("visit")

    def close(self) -> None:
        self.laptop.lock()


class PlainLaptop:
    """The limit: plain SQLite, a bare connection, no rules."""

    def __init__(self, path: Path, port: int) -> None:
        self.database = open_plain(str(path), "dirty INTEGER NOT NULL", "waiting ON visit (dirty) WHERE dirty = 1")
        self.database.execute("CREATE TABLE place (seq INTEGER NOT NULL)")
        self.database.execute("INSERT INTO place VALUES (0)")
        self.http = http.client.HTTPConnection("127.0.0.1", port)
        self.http.connect()
        self.http.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def record(self, number: int, seed: int) -> None:
        prospect = new_record_id()
        made = visits(random.Random(seed), "staff", number)
        self._keep([[*row_of(new_record_id(), prospect, visit), 1] for visit in made])

    def push(self) -> None:
        rows = self.database.execute(f"SELECT {', '.join(FIELDS)} FROM visit WHERE dirty = 1").fetchall()
        if rows:
            self._ask("POST", "/", zstandard.ZstdCompressor(level=3).compress(msgspec.json.encode(rows)))
            self.database.execute("BEGIN IMMEDIATE")
            self.database.executemany("UPDATE visit SET dirty = 0 WHERE id = ?", [row[:1] for row in rows])
            self.database.execute("COMMIT")

    def pull(self) -> None:
        since = self.database.execute("SELECT seq FROM place").fetchone()[0]
        packed = self._ask("GET", f"/?{since}", None)
        if packed:
            rows = msgspec.json.decode(zstandard.ZstdDecompressor().decompress(packed))
            last = rows[-1][-1]
            for row in rows:
                row[-1] = 0
            self._keep(rows, last)

    def count(self) -> int:
        return int(self.database.execute("SELECT count(*) FROM visit").fetchone()[0])

    def close(self) -> None:
        self.http.close()
        self.database.close()

    def _keep(self, rows: list[Row], seq: int | None = None) -> None:
        self.database.execute("BEGIN IMMEDIATE")
        self.database.executemany(KEEP, rows)
        if seq is not None:
            self.database.execute("UPDATE place SET seq = ?", (seq,))
        self.database.execute("COMMIT")

    def _ask(self, method: str, path: str, body: bytes | None) -> bytes:
        self.http.request(method, path, body)
        return self.http.getresponse().read()


def new_office(location: str | Path) -> tuple[Administration, str]:
    """A head office with one sub-branch and one officer; returns the officer's number too."""
    office = create_head_office(location, SystemClock())
    office.add_branch(
        Branch(
            code=BRANCH, name="青石支行", name_en="Q", bank="B", bank_en="B", complaint_phone="1", area_code="421224"
        )
    )
    return office, office.add_staff("李四", "officer", BRANCH)


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that listens on loopback."""

    port: int
    pid: int


@contextmanager
def our_server(location: str | Path, *rest: str) -> Iterator[Serving]:
    """Head office as it is served to a bank."""
    command = [sys.executable, "-m", "fieldapp", "headoffice", "serve", "--database", str(location), *rest]
    with serving(lambda port: [*command, "--port", str(port)]) as server:
        yield server


@contextmanager
def plain_server(path: Path) -> Iterator[Serving]:
    """The limit's server."""
    with serving(lambda port: [sys.executable, "-m", "bench.plain_server", str(path), str(port)]) as server:
        yield server


@contextmanager
def serving(command: Callable[[int], list[str]]) -> Iterator[Serving]:
    """A server on a free port, once it listens; ``command`` makes its command line from the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(command(port), stdout=subprocess.DEVNULL)
    try:
        for _ in range(3_000):
            try:
                socket.create_connection(("127.0.0.1", port), 0.05).close()
                break
            except OSError:
                if process.poll() is not None:
                    raise
                time.sleep(0.01)
        yield Serving(port, process.pid)
    finally:
        process.terminate()
        process.wait(20)


def _prospects(unit: Unit, staff: str, number: int) -> list[str]:
    rng = random.Random(0)
    roots = []
    for _ in range(max(1, number)):
        person_id, root = new_record_id(), new_record_id()
        person, prospect = person_and_prospect(rng, staff, person_id)
        roots.append(str(unit.create("prospect", prospect, record_id=root)))
        unit.create("person", person, parent=root, record_id=person_id)
    return roots
