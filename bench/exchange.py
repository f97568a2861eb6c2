"""Synchronise 10,000 visits, beside bare HTTP: msgspec, zstd and one bulk insert into plain SQLite, and back."""

from __future__ import annotations

import http.client
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import zstandard
from sqlcipher3 import dbapi2 as sqlite

from bench.measuring import Measured, arguments, tell, timed
from bench.visits_made import person_and_prospect, visits
from fieldapp.domain.records import Branch
from fieldapp.headoffice.administration import Administration, create_head_office
from fieldapp.protocol.identifiers import SystemClock, new_record_id
from fieldapp.services.laptop import Laptop, enrol_laptop
from fieldapp.services.synchronise import synchronise_laptop
from fieldapp.store.unit import Unit

PASSPHRASE = "benchmark passphrase"


def main() -> None:
    options = arguments(runs=5)
    number = int(10_000 * options.scale)
    ours, limit = [], []
    for run in range(options.runs):
        with tempfile.TemporaryDirectory() as folder:
            limit.append(_limit(Path(folder) / "limit", number))
            ours.append(_ours(Path(folder) / "ours", number, run))
    measured = [
        Measured(
            f"{work} ({number:,} visits held)",
            statistics.median(run[work] for run in ours),
            statistics.median(run[work] for run in limit),
        )
        for work in ours[0]
    ]
    measured = [replace(m, detail=f"requests {count}") if (count := ours[0].get("requests")) else m for m in measured]
    tell(measured, as_json=options.json)


def _ours(folder: Path, number: int, seed: int) -> dict[str, float]:
    folder.mkdir()
    clock = SystemClock()
    office = create_head_office(folder / "office.db", clock)
    office.add_branch(
        Branch(code="QS", name="青石支行", name_en="Q", bank="B", bank_en="B", complaint_phone="1", area_code="421224")
    )
    staff = office.add_staff("李四", "officer", "QS")
    command = [sys.executable, "-m", "fieldapp", "headoffice", "serve", "--database", str(folder / "office.db")]
    with _serving(command) as port:
        first, second = (_enrolled(folder / name, office, staff, port) for name in ("first", "second"))
        for laptop in (first, second):
            synchronise_laptop(laptop)
        roots = first.store.write(lambda unit: _prospects(unit, staff, number // 100))
        synchronise_laptop(first)
        synchronise_laptop(second)
        stream = visits(random.Random(seed), staff, number)
        first.store.write(
            lambda unit: [unit.create("visit", v, parent=roots[i % len(roots)]) for i, v in enumerate(stream)]
        )
        times = {"push": timed(lambda: synchronise_laptop(first)), "pull": timed(lambda: synchronise_laptop(second))}
        times["nothing changed"] = statistics.median(timed(lambda: synchronise_laptop(first)) for _ in range(20))
        times["one more, push and pull"] = statistics.median(
            _one_more(first, second, staff, roots[0]) for _ in range(10)
        )
        for laptop in (first, second):
            laptop.lock()
    return times


def _one_more(first: Laptop, second: Laptop, staff: str, root: str) -> float:
    visit = next(visits(random.Random(), staff, 1))
    first.store.write(lambda unit: unit.create("visit", visit, parent=root))
    return timed(lambda: (synchronise_laptop(first), synchronise_laptop(second)))


def _prospects(unit: Unit, staff: str, number: int) -> list[str]:
    rng = random.Random(0)
    roots = []
    for _ in range(max(1, number)):
        person_id, root = new_record_id(), new_record_id()
        person, prospect = person_and_prospect(rng, staff, person_id)
        roots.append(unit.create("prospect", prospect, record_id=root))
        unit.create("person", person, parent=root, record_id=person_id)
    return [str(root) for root in roots]


def _enrolled(folder: Path, office: Administration, staff: str, port: int) -> Laptop:
    return enrol_laptop(
        folder,
        address=f"http://127.0.0.1:{port}",
        code=office.issue_code(staff).code,
        passphrase=PASSPHRASE,
        clock=SystemClock(),
    )


@dataclass(slots=True)
class _PlainLaptop:
    """The limit's client: plain SQLite and a bare connection."""

    database: Any
    http: http.client.HTTPConnection

    def push(self) -> None:
        rows = self.database.execute("SELECT id, body FROM visit WHERE dirty").fetchall()
        if rows:
            self._ask("POST", "/", zstandard.ZstdCompressor(level=3).compress(msgspec.json.encode(rows)))
            self.database.execute("UPDATE visit SET dirty = 0 WHERE dirty")

    def pull(self) -> None:
        since = self.database.execute("SELECT coalesce(max(seq), 0) FROM visit").fetchone()[0]
        packed = self._ask("GET", f"/?{since}", None)
        rows = msgspec.json.decode(zstandard.ZstdDecompressor().decompress(packed))
        if rows:
            self.database.execute("BEGIN IMMEDIATE")
            self.database.executemany("INSERT OR REPLACE INTO visit (seq, id, body, dirty) VALUES (?, ?, ?, 0)", rows)
            self.database.execute("COMMIT")

    def _ask(self, method: str, path: str, body: bytes | None) -> bytes:
        self.http.request(method, path, body)
        return self.http.getresponse().read()


def _limit(folder: Path, number: int) -> dict[str, float]:
    folder.mkdir()
    bodies = [msgspec.json.encode(visit).decode() for visit in visits(random.Random(0), "staff", number + 20)]
    with _serving([sys.executable, "-m", "bench.plain_server", str(folder / "server.db")], positional=True) as port:
        first, second = (_plain(folder / name, port) for name in ("first.db", "second.db"))
        _record(first, bodies[:number])
        times = {"push": timed(first.push), "pull": timed(second.pull)}
        first.pull()
        times["nothing changed"] = statistics.median(timed(lambda: (first.push(), first.pull())) for _ in range(20))
        more = []
        for body in bodies[number : number + 10]:
            _record(first, [body])
            more.append(timed(lambda: (first.push(), second.pull())))
        times["one more, push and pull"] = statistics.median(more)
    return times


def _record(laptop: _PlainLaptop, bodies: list[str]) -> None:
    laptop.database.execute("BEGIN IMMEDIATE")
    laptop.database.executemany(
        "INSERT INTO visit (id, body, dirty) VALUES (?, ?, 1)", [(new_record_id(), body) for body in bodies]
    )
    laptop.database.execute("COMMIT")


def _plain(path: Path, port: int) -> _PlainLaptop:
    database = sqlite.connect(str(path), isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute(
        "CREATE TABLE visit (id TEXT PRIMARY KEY, seq INTEGER, body TEXT NOT NULL, dirty INTEGER NOT NULL)"
    )
    database.execute("CREATE INDEX waiting ON visit (dirty) WHERE dirty")
    database.execute("CREATE INDEX in_order ON visit (seq)")
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return _PlainLaptop(database, connection)


@contextmanager
def _serving(command: list[str], *, positional: bool = False) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([*command, *([str(port)] if positional else ["--port", str(port)])])
    try:
        for _ in range(2_000):
            try:
                socket.create_connection(("127.0.0.1", port), 0.05).close()
                break
            except OSError:
                if process.poll() is not None:
                    raise
                time.sleep(0.01)
        yield port
    finally:
        process.terminate()
        process.wait(20)


if __name__ == "__main__":
    main()
