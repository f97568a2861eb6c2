"""W2: twenty laptops push 500 visits each at once, then all pull the 10,000 at once, beside the limit doing the same.

Every laptop is a process of its own. The time is from the word go until head office holds all that was pushed, or the
last laptop is done. A synchronisation goes both ways: what others pushed in the meantime comes with the push, so that
all down compares like with like only together with that.
``--database`` measures on a PostgreSQL server (a URL of an empty database) with as many ``--workers``.
"""

from __future__ import annotations

import multiprocessing
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from multiprocessing.synchronize import Barrier
from pathlib import Path

from bench.measuring import Measured, arguments, tell, timed
from bench.sides import BRANCH, OurLaptop, PlainLaptop, Side, new_office, our_server, plain_server
from fieldapp.headoffice.administration import Administration, open_head_office
from fieldapp.protocol.identifiers import SystemClock

LAPTOPS = 20
EACH = 500
WAIT_S = 300


def main() -> None:
    options = arguments(
        runs=3, database=("a PostgreSQL URL of an empty database", ""), workers=("processes of the server", "1")
    )
    each = int(EACH * options.scale)
    ours, limit = [], []
    for _run in range(options.runs):
        with tempfile.TemporaryDirectory() as folder:
            limit.append(_limit(Path(folder), each))
            ours.append(ours_of_many(Path(folder), each, options.database, options.workers))
    tell(
        [
            Measured(
                f"{work} ({LAPTOPS} laptops, {each} visits each)",
                statistics.median(run[work] for run in ours),
                statistics.median(run[work] for run in limit),
            )
            for work in ours[0]
        ],
        as_json=options.json,
    )


def ours_of_many(folder: Path, each: int, database: str = "", workers: str = "1") -> dict[str, float]:
    """Seconds by work of this program, on the empty PostgreSQL database at the URL ``database``, if named."""
    location = database or str(folder / "office.db")
    office, staff = new_office(location)
    office.store.close()
    with our_server(location, "--workers", workers) as server:
        one = _our_laptop(folder / "root", location, staff, server.port, [])
        one.add_prospects(100)
        one.push()
        roots = one.roots
        one.close()
        office = open_head_office(location, SystemClock())
        before = _taken_in(office)
        try:
            return _crowd(
                each,
                lambda number: partial(_our_laptop, folder / f"laptop{number}", location, staff, server.port, roots),
                lambda: _taken_in(office) - before,
            )
        finally:
            office.store.close()


def _taken_in(office: Administration) -> int:
    """Changes that the sub-branch's stream holds."""
    with office.store.reading() as unit:
        return unit.records.heads([BRANCH])[BRANCH].seq


def _our_laptop(folder: Path, location: str, staff: str, port: int, roots: list[str]) -> OurLaptop:
    office = open_head_office(location, SystemClock())
    laptop = OurLaptop(folder, office, staff, port)
    office.store.close()
    laptop.prepare()
    laptop.roots = roots
    return laptop


def _limit(folder: Path, each: int) -> dict[str, float]:
    with plain_server(folder / "limit.db") as server, closing(sqlite3.connect(folder / "limit.db")) as database:
        return _crowd(
            each,
            lambda number: partial(PlainLaptop, folder / f"laptop{number}.db", server.port),
            lambda: database.execute("SELECT coalesce(max(seq), 0) FROM visit").fetchone()[0],
        )


def _crowd(each: int, making: Callable[[int], Callable[[], Side]], taken_in: Callable[[], int]) -> dict[str, float]:
    """``taken_in`` tells how many visits the server holds."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(LAPTOPS + 1)
    laptops = [
        context.Process(target=_one, args=(making(number), each, number, barrier), daemon=True)
        for number in range(LAPTOPS)
    ]
    for laptop in laptops:
        laptop.start()
    barrier.wait(WAIT_S)  # everybody is ready
    began = time.monotonic()
    while taken_in() < each * LAPTOPS and time.monotonic() - began < WAIT_S:
        time.sleep(0.002)
    pushed = time.monotonic() - began
    barrier.wait(WAIT_S)
    up = time.monotonic() - began
    barrier.wait(WAIT_S)
    down = timed(lambda: barrier.wait(WAIT_S))
    measured = {"push at once": pushed, "all down after that": down, "up and all down": up + down}
    for laptop in laptops:
        laptop.join(WAIT_S)
        if laptop.exitcode != 0:
            raise RuntimeError("a laptop failed")
    return measured


def _one(make: Callable[[], Side], each: int, number: int, barrier: Barrier) -> None:
    laptop = make()
    laptop.record(each, number)
    for work in (laptop.push, laptop.pull):
        barrier.wait(WAIT_S)
        work()
        barrier.wait(WAIT_S)
    held = laptop.count()
    laptop.close()
    if held != each * LAPTOPS:
        raise RuntimeError(f"{held} visits instead of {each * LAPTOPS}")


if __name__ == "__main__":
    main()
