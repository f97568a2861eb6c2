"""Import and search with 50,000 prospects and 200,000 visits, beside bare SQL through the same encrypted driver."""

from __future__ import annotations

import random
import resource
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from bench.measuring import Measured, arguments, median_of, tell, timed
from bench.visits_made import person_and_prospect, visits
from fieldapp.domain.kinds import values_of
from fieldapp.protocol.identifiers import SystemClock, new_record_id
from fieldapp.store.connection import connect
from fieldapp.store.database import Store
from fieldapp.store.prospect_list import Filter
from fieldapp.store.search import search_terms
from fieldapp.store.state import Enrolment
from fieldapp.store.unit import Unit

BATCH = 500
KEY = bytes(32)


def main() -> None:
    options = arguments(runs=15)
    prospects, visits_each = int(50_000 * options.scale), 4
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "records.db", KEY, SystemClock())
        store.write(lambda unit: unit.state.set("enrolment", _enrolment()))
        bare = _bare(Path(folder) / "bare.db")
        measured = [
            _import_prospects(store, bare, prospects),
            _import_visits(store, bare, prospects, visits_each),
            *(_search(store, bare, typed, options.runs) for typed in ("张三", "zs", "5678", "王伟 新城")),
            _page(store, bare, options.runs),
        ]
        store.close()
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    tell(measured, as_json=options.json)
    if not options.json:
        print(f"peak memory {peak_mib:.0f} MiB")


def _import_prospects(store: Store, bare: Any, number: int) -> Measured:
    """A prospect and its person, their changes and search terms; bare: the same rows and terms, made before."""

    def ours() -> None:
        rng = random.Random(1)
        for start in range(0, number, BATCH):
            store.write(lambda unit, start=start: _create(unit, rng, min(BATCH, number - start)))

    rng = random.Random(1)
    made = [person_and_prospect(rng, "staff", "person") for _ in range(number)]
    terms = [(search_terms(person.name, person.mobile, prospect.village),) for person, prospect in made]
    bodies = [tuple(msgspec.json.encode(record).decode() for record in pair) for pair in made]

    def limit() -> None:
        for start in range(0, number, BATCH):
            some = slice(start, start + BATCH)
            bare.execute("BEGIN IMMEDIATE")
            for shape in (0, 1):
                rows = [(new_record_id(), pair[shape]) for pair in bodies[some]]
                bare.executemany("INSERT INTO record VALUES (?, ?)", rows)
                bare.executemany("INSERT INTO outbox (body) VALUES (?)", [(body,) for _, body in rows])
            bare.executemany(
                "INSERT INTO listed (name, mobile, village, due) VALUES (?, ?, ?, ?)",
                [(p.name, p.mobile, q.village, str(q.next_date or "9999")) for p, q in made[some]],
            )
            bare.executemany("INSERT INTO search (terms) VALUES (?)", terms[some])
            bare.execute("COMMIT")

    return Measured(f"import {number:,} prospects", timed(ours), timed(limit))


def _create(unit: Unit, rng: random.Random, number: int) -> None:
    for _ in range(number):
        root, person_id = new_record_id(), new_record_id()
        person, prospect = person_and_prospect(rng, "staff", person_id)
        unit.create("prospect", prospect, record_id=root)
        unit.create("person", person, parent=root, record_id=person_id)


def _import_visits(store: Store, bare: Any, prospects: int, each: int) -> Measured:
    number = prospects * each
    with store.reading() as view:
        roots = [row.id for row in view.prospects.page(Filter(), prospects)]

    def ours() -> None:
        rng = random.Random(2)
        stream = visits(rng, "staff", number)
        for start in range(0, number, BATCH):

            def some(unit: Unit, start: int = start) -> None:
                for index in range(start, min(start + BATCH, number)):
                    unit.create("visit", next(stream), parent=roots[index % prospects])

            store.write(some)

    def limit() -> None:
        rng = random.Random(2)
        stream = visits(rng, "staff", number)
        for start in range(0, number, BATCH):
            rows = [
                (new_record_id(), msgspec.json.encode(values_of(next(stream))).decode())
                for _ in range(min(BATCH, number - start))
            ]
            bare.execute("BEGIN IMMEDIATE")
            bare.executemany("INSERT INTO record VALUES (?, ?)", rows)
            bare.executemany("INSERT INTO outbox (body) VALUES (?)", [(body,) for _, body in rows])
            bare.execute("COMMIT")

    return Measured(f"record {number:,} visits", timed(ours), timed(limit))


def _search(store: Store, bare: Any, typed: str, runs: int) -> Measured:
    found: list[int] = []

    def ours() -> None:
        with store.reading() as view:
            found.append(len(view.prospects.page(Filter(typed=typed), 50)))

    def limit() -> None:
        match = " AND ".join(f'"{word}"*' for word in typed.split())
        query = (
            "SELECT * FROM listed WHERE row IN (SELECT rowid FROM search WHERE search MATCH ?) ORDER BY due LIMIT 50"
        )
        bare.execute(query, (match,)).fetchall()

    return _beside(f"search “{typed}”, first 50", ours, limit, runs, lambda: f"{found[-1]} rows")


def _page(store: Store, bare: Any, runs: int) -> Measured:
    def ours() -> None:
        with store.reading() as view:
            view.prospects.page(Filter(), 50)
            view.prospects.count_by_stage(Filter())

    def limit() -> None:
        bare.execute("SELECT * FROM listed ORDER BY due, row LIMIT 50").fetchall()
        bare.execute("SELECT village, count(*) FROM listed GROUP BY village").fetchall()

    return _beside("open the list: first 50 and the counts", ours, limit, runs, lambda: "")


def _beside(
    work: str, ours: Callable[[], None], limit: Callable[[], None], runs: int, detail: Callable[[], str]
) -> Measured:
    ours()
    limit()
    return Measured(work, median_of(runs, ours), median_of(runs, limit), detail())


def _bare(path: Path) -> Any:
    bare = connect(path, KEY)
    bare.execute("CREATE TABLE record (id TEXT PRIMARY KEY, body TEXT NOT NULL)")
    bare.execute("CREATE TABLE outbox (n INTEGER PRIMARY KEY, body TEXT NOT NULL)")
    bare.execute("CREATE TABLE listed (row INTEGER PRIMARY KEY, name TEXT, mobile TEXT, village TEXT, due TEXT)")
    bare.execute("CREATE INDEX listed_due ON listed (due, row)")
    bare.execute("CREATE INDEX listed_village ON listed (village)")
    bare.execute("CREATE VIRTUAL TABLE search USING fts5 (terms, content = '', detail = 'none', prefix = '1 2 3')")
    return bare


def _enrolment() -> Enrolment:
    return Enrolment(
        device="device",
        token="",
        staff="staff",
        staff_name="李四",
        role="officer",
        branch="QS",
        branch_name="青石支行",
        bank="示例农村商业银行",
        stream="QS",
        head_office="head",
        address="http://127.0.0.1:1",
    )


if __name__ == "__main__":
    main()
