"""10,000 visits up and down, a new laptop, a quiet question, one more visit: time and bytes beside the limit.

They go down into a laptop that holds nothing but what the bank tells everybody. The new laptop never spoke before: it
is told its officer's day before all else, and then everything, that day once more. The limit is bare HTTP: msgspec,
zstd and one bulk insert into plain SQLite, and back. ``--bytes`` counts what travels instead of timing it.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.measuring import Measured, arguments, collector_at_rest, tell, timed
from bench.relay import Relay
from bench.sides import OurLaptop, PlainLaptop, Side, new_office, our_server, plain_server

Gauge = Callable[[Callable[[], object]], float]

QUIET_TIMES = 50
MORE_TIMES = 15


def main() -> None:
    options = arguments(runs=5, bytes=("count bytes, headers and all, instead of seconds", False))
    number = int(10_000 * options.scale)
    ours, limit = [], []
    for run in range(options.runs):
        with tempfile.TemporaryDirectory() as folder:
            limit.append(limit_of(Path(folder), number, run, count=options.bytes))
            ours.append(ours_of(Path(folder), number, run, count=options.bytes))
    tell(
        [
            Measured(
                f"{work} ({number:,} visits held)",
                statistics.median(run[work] for run in ours),
                statistics.median(run[work] for run in limit),
                unit="B" if options.bytes else "s",
            )
            for work in ours[0]
        ],
        as_json=options.json,
    )


def ours_of(folder: Path, number: int, seed: int, *, count: bool = False, database: str = "") -> dict[str, float]:
    """Seconds by work, or bytes, of this program; on the empty PostgreSQL database at ``database``, if named."""
    location = database or str(folder / "office.db")
    office, staff = new_office(location)
    with our_server(location) as server:
        relay = Relay(server.port) if count else None
        first, second, new = (
            OurLaptop(folder / n, office, staff, relay.port if relay else server.port) for n in ("one", "two", "new")
        )
        first.prepare()
        second.prepare()
        first.add_prospects(number // 100)
        first.push()
        second.pull()
        measured = _measured(first, second, new, number, seed, _gauge(relay))
        assert first.count() == second.count() == new.count() + MORE_TIMES
        for laptop in (first, second, new):
            laptop.close()
    office.store.close()
    return measured


def limit_of(folder: Path, number: int, seed: int, *, count: bool = False) -> dict[str, float]:
    """The same of the limit."""
    with plain_server(folder / "limit.db") as server:
        relay = Relay(server.port) if count else None
        first, second, new = (
            PlainLaptop(folder / n, relay.port if relay else server.port) for n in ("one.db", "two.db", "new.db")
        )
        measured = _measured(first, second, new, number, seed, _gauge(relay))
        for laptop in (first, second, new):
            laptop.close()
    return measured


def _measured(first: Side, second: Side, new: Side, number: int, seed: int, gauge: Gauge) -> dict[str, float]:
    with collector_at_rest():
        return _measured_alone(first, second, new, number, seed, gauge)


def _measured_alone(first: Side, second: Side, new: Side, number: int, seed: int, gauge: Gauge) -> dict[str, float]:
    first.record(number, seed)
    measured = {"push": gauge(first.push), "pull": gauge(second.pull), "a new laptop's first": gauge(new.pull)}
    first.pull()
    quiet = first.pull
    quiet()
    measured["nothing changed"] = statistics.median(gauge(quiet) for _ in range(QUIET_TIMES))
    more = []
    for turn in range(MORE_TIMES):
        first.record(1, number + turn)
        more.append(gauge(first.push) + gauge(second.pull))
    measured["one more, push and pull"] = statistics.median(more)
    return measured


def _gauge(relay: Relay | None) -> Gauge:
    if relay is None:
        return timed

    def count(work: Callable[[], object]) -> float:
        relay.counted()
        work()
        return relay.counted()

    return count


if __name__ == "__main__":
    main()
