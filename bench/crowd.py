"""W2: twenty laptops push 500 visits each at once, then all pull the 10,000 at once, beside the limit doing the same.

Every laptop is a process of its own. The time is from the word go until the last one is done: has its word for all it
pushed, and kept that; holds all. A synchronisation goes both ways: what others pushed in the meantime comes with the
push, so that all down compares like with like only together with the push.
``--database`` measures on a PostgreSQL server (a URL of an empty database) with as many ``--workers``.
"""

from __future__ import annotations

import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing.synchronize import Barrier
from pathlib import Path

from bench.measuring import Measured, arguments, tell, timed
from bench.sides import OurLaptop, PlainLaptop, Side, new_office, our_server, plain_server
from fieldapp.headoffice.administration import open_head_office
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
        return _crowd(
            each, lambda number: partial(_our_laptop, folder / f"laptop{number}", location, staff, server.port, roots)
        )


def _our_laptop(folder: Path, location: str, staff: str, port: int, roots: list[str]) -> OurLaptop:
    office = open_head_office(location, SystemClock())
    laptop = OurLaptop(folder, office, staff, port)
    office.store.close()
    laptop.prepare()
    laptop.roots = roots
    return laptop


def _limit(folder: Path, each: int) -> dict[str, float]:
    with plain_server(folder / "limit.db") as server:
        return _crowd(each, lambda number: partial(PlainLaptop, folder / f"laptop{number}.db", server.port))


def _crowd(each: int, making: Callable[[int], Callable[[], Side]]) -> dict[str, float]:
    context = multiprocessing.get_context("spawn")
    barrier, settled = context.Barrier(LAPTOPS + 1), context.Array("d", LAPTOPS)
    laptops = [
        context.Process(target=_one, args=(making(number), each, number, barrier, settled), daemon=True)
        for number in range(LAPTOPS)
    ]
    for laptop in laptops:
        laptop.start()
    measured, began = {}, []
    for work in ("push at once, and what comes with it", "pull at once"):
        barrier.wait(WAIT_S)  # everybody is ready
        began.append(time.monotonic())
        measured[work] = timed(lambda: barrier.wait(WAIT_S))
    measured["both together"] = sum(measured.values())
    measured["push at once"] = max(settled) - began[0]
    for laptop in laptops:
        laptop.join(WAIT_S)
        if laptop.exitcode != 0:
            raise RuntimeError("a laptop failed")
    return measured


def _one(make: Callable[[], Side], each: int, number: int, barrier: Barrier, settled: Sequence[float]) -> None:
    laptop = make()
    laptop.record(each, number)
    for work in (laptop.push, laptop.pull):
        barrier.wait(WAIT_S)
        work()
        settled[number] = laptop.settled_at  # type: ignore[index] # an array that the processes share
        barrier.wait(WAIT_S)
    held = laptop.count()
    laptop.close()
    if held != each * LAPTOPS:
        raise RuntimeError(f"{held} visits instead of {each * LAPTOPS}")


if __name__ == "__main__":
    main()
