"""100 photos of 300 kB up and down, beside plain HTTP PUT and GET of the same bytes from and into plain SQLite.

Ours are encrypted on the laptop, sent in pieces that can be resumed, and verified by their digest on both sides.
"""

from __future__ import annotations

import http.client
import random
import socket
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgspec
from sqlcipher3 import dbapi2 as sqlite

from bench.measuring import Measured, arguments, tell, timed
from bench.sides import OurLaptop, new_office, our_server, serving
from bench.visits_made import visits
from fieldapp.domain.records import Photo
from fieldapp.services.synchronise import synchronise_laptop
from fieldapp.store.unit import Unit

PHOTO_BYTES = 300_000


def main() -> None:
    options = arguments(runs=5)
    number = max(1, int(100 * options.scale))
    ours, limit = [], []
    for run in range(options.runs):
        photos = [random.Random(run * 1000 + place).randbytes(PHOTO_BYTES) for place in range(number)]
        with tempfile.TemporaryDirectory() as folder:
            limit.append(_limit(Path(folder), photos))
            ours.append(_ours(Path(folder), photos))
    measured = []
    for work in ("send", "fetch"):
        ours_s, limit_s = (statistics.median(run[work] for run in runs) for runs in (ours, limit))
        told = f"{number * PHOTO_BYTES / 1e6 / ours_s:.0f} MB/s"
        measured.append(Measured(f"{work} {number} photos of {PHOTO_BYTES // 1000} kB", ours_s, limit_s, told))
    tell(measured, as_json=options.json)


def _ours(folder: Path, photos: list[bytes]) -> dict[str, float]:
    office, staff = new_office(folder / "office.db")
    with our_server(folder / "office.db") as server:
        first, second = (OurLaptop(folder / name, office, staff, server.port) for name in ("one", "two"))
        first.prepare()
        first.add_prospects(1)
        first.laptop.store.write(lambda unit: _record(unit, first, photos))
        for one in (first, second):
            synchronise_laptop(one.laptop, photos=False)
        times = {"send": timed(first.push), "fetch": timed(second.pull)}
        with second.laptop.store.reading() as view:
            assert not view.attachments.waiting("to_fetch")
        first.close()
        second.close()
    office.store.close()
    return times


def _record(unit: Unit, laptop: OurLaptop, photos: list[bytes]) -> None:
    for content, visit in zip(photos, visits(random.Random(0), laptop.staff, len(photos)), strict=True):
        digest = unit.attachments.add(content, "image/jpeg", None)
        named = Photo(digest=digest, name="照片.jpg", size=len(content), media_type="image/jpeg")
        unit.create("visit", msgspec.structs.replace(visit, photos=(named,)), parent=laptop.roots[0])


def _limit(folder: Path, photos: list[bytes]) -> dict[str, float]:
    names = [f"/{number}" for number in range(len(photos))]
    command = [sys.executable, "-m", "bench.plain_files", str(folder / "plain.db")]
    with serving(lambda port: [*command, str(port)]) as server:
        first, second = (_database(folder / name) for name in ("one.db", "two.db"))
        first.executemany("INSERT INTO photo VALUES (?, ?)", list(zip(names, photos, strict=True)))
        line = http.client.HTTPConnection("127.0.0.1", server.port)
        line.connect()
        line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def send() -> None:
            for name in names:
                content = first.execute("SELECT bytes FROM photo WHERE name = ?", (name,)).fetchone()[0]
                line.request("PUT", name, content)
                line.getresponse().read()

        def fetch() -> None:
            for name in names:
                line.request("GET", name)
                second.execute("INSERT INTO photo VALUES (?, ?)", (name, line.getresponse().read()))

        times = {"send": timed(send), "fetch": timed(fetch)}
        line.close()
        first.close()
        second.close()
    return times


def _database(path: Path) -> Any:
    database = sqlite.connect(str(path), isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE photo (name TEXT PRIMARY KEY, bytes BLOB NOT NULL)")
    return database


if __name__ == "__main__":
    main()
