"""How a quiet question, one more visit and head office's memory grow with what is held: 10,000 to 1,000,000 visits.

Two laptops and head office hold all of it. The limit of each line is the same work with the first 10,000, so that the
ratio is the growth. Then more laptops come, one after the other, and keep their connections.
``--most`` stops earlier, ``--database`` measures on a PostgreSQL server (a URL of an empty database).
"""

from __future__ import annotations

import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.measuring import Measured, arguments, tell, timed
from bench.sides import OurLaptop, Serving, new_office, our_server
from fieldapp.headoffice.administration import Administration

LEAST = 10_000
STEP = 10
AT_ONCE = 10_000
"""Visits recorded and pushed at once while filling up."""

QUIET_TIMES = 300
MORE_TIMES = 40


@dataclass(frozen=True, slots=True)
class Held:
    """What it costs with so many visits held: seconds, bytes of memory."""

    visits: int
    quiet_s: float
    more_s: float
    memory: int
    peak: int


def main() -> None:
    options = arguments(
        runs=1,
        most=("visits held at the end", "1000000"),
        laptops=("laptops that come at the end", "100"),
        database=("a PostgreSQL URL of an empty database", ""),
    )
    with tempfile.TemporaryDirectory() as folder:
        measured = growth(Path(folder), int(options.most), int(options.laptops), options.database)
    tell(measured, as_json=options.json)


def growth(folder: Path, most: int, laptops: int, database: str) -> list[Measured]:
    """What each amount costs beside the least one."""
    location = database or str(folder / "office.db")
    office, staff = new_office(location)
    with our_server(location) as server:
        first, second = (OurLaptop(folder / name, office, staff, server.port) for name in ("one", "two"))
        first.prepare()
        first.add_prospects(LEAST // 100)
        first.push()
        second.prepare()
        found = []
        wanted = LEAST
        while wanted <= most:
            found.append(_held(first, second, server, wanted))
            wanted *= STEP
        before = _memory(server)
        crowd = [_came(folder, office, server, number) for number in range(laptops)]
        after = _memory(server)
        for laptop in (first, second, *crowd):
            laptop.close()
    office.store.close()
    told = [line for one in found for line in _told(one, found[0])]
    held = found[-1].visits
    if laptops:
        more = Measured(f"memory with {laptops} laptops more ({held:,} held)", after[0], before[0], unit="B")
        told.append(more)
    return told


def _held(first: OurLaptop, second: OurLaptop, server: Serving, wanted: int) -> Held:
    while (lacking := wanted - first.count()) > 0:
        first.record(min(AT_ONCE, lacking), wanted + lacking)
        first.push()
        second.pull()
    first.pull()
    quiet = first.pull
    quiet()
    quiet_s = statistics.median(timed(quiet) for _ in range(QUIET_TIMES))
    more = []
    for turn in range(MORE_TIMES):
        first.record(1, wanted + turn)
        more.append(timed(first.push) + timed(second.pull))
    assert first.count() == second.count() == wanted + MORE_TIMES
    memory, peak = _memory(server)
    return Held(wanted, quiet_s, statistics.median(more), memory, peak)


def _came(folder: Path, office: Administration, server: Serving, number: int) -> OurLaptop:
    """One more laptop, of an officer of its own."""
    laptop = OurLaptop(folder / f"more{number}", office, office.add_staff(f"王{number}", "officer", "QS"), server.port)
    laptop.prepare()
    laptop.add_prospects(1)
    laptop.record(10, number)
    laptop.push()
    return laptop


def _told(one: Held, least: Held) -> list[Measured]:
    held = f"({one.visits:,} held)"
    return [
        Measured(f"nothing changed {held}", one.quiet_s, least.quiet_s),
        Measured(f"one more, push and pull {held}", one.more_s, least.more_s),
        Measured(f"memory of head office {held}", one.memory, least.memory, f"peak {one.peak:,} B", unit="B"),
    ]


def _memory(server: Serving) -> tuple[int, int]:
    """Bytes that head office's process holds, and the most it ever held (Linux)."""
    status = Path(f"/proc/{server.pid}/status").read_text()
    kib = {
        name: int(rest.split()[0])
        for name, _, rest in (line.partition(":") for line in status.splitlines())
        if name in ("VmRSS", "VmHWM")
    }
    return kib["VmRSS"] * 1024, kib.get("VmHWM", kib["VmRSS"]) * 1024


if __name__ == "__main__":
    main()
