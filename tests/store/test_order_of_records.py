"""What finds records, and in which order: by what they belong to, by kind and instant."""

from __future__ import annotations

from pathlib import Path

from sqlite_utils import Database

from fieldapp.store import migrations
from fieldapp.store.connection import connect
from fieldapp.store.database import Store
from fieldapp.store.records import StoredRecord
from fieldapp.store.unit import Unit
from tests.made_laptop import COLLEAGUE, KEY, FixedClock

ROOT = "d4" * 16


def visits(unit: Unit, parent: str, *instants: str) -> None:
    for at in instants:
        number = unit.records.count("visit") + 1
        unit.put_new(StoredRecord(f"{number:032x}", "visit", parent, "QS", at, 0, number, {}, {"staff": COLLEAGUE}))


def test_what_belongs_to_a_record_is_found_by_it_and_comes_newest_first(store: Store) -> None:
    def ask(unit: Unit) -> None:
        visits(unit, ROOT, "2026-11-02", "2026-11-03", "2026-11-01", "2026-11-03")
        visits(unit, "e5" * 16, *["2026-11-03"] * 5)
        said: list[str] = []
        unit.connection.set_trace_callback(said.append)
        found = unit.records.children(ROOT, "visit")
        unit.connection.set_trace_callback(None)
        assert [int(one.id, 16) for one in found] == [4, 2, 1, 3]
        assert [one.at for one in unit.records.newest("visit", "2026-11-02", 20)] == ["2026-11-03"] * 7 + ["2026-11-02"]
        plan = " ".join(row[3] for row in unit.connection.execute(f"EXPLAIN QUERY PLAN {said[-1]}"))
        assert "record_of_parent (parent=? AND kind=?)" in plan

    store.write(ask)


def test_pages_of_entries_at_the_same_instant_miss_none_and_repeat_none(store: Store) -> None:
    store.write(lambda unit: visits(unit, ROOT, *["2026-11-03", "2026-11-02", "2026-11-03"] * 7))
    with store.reading() as view:
        seen: list[str] = []
        before: tuple[str, str] | None = None
        while page := view.records.newest("visit", "", 4, before):
            seen += [one.id for one in page]
            before = page[-1].at or "", page[-1].id
        assert seen == [one.id for one in view.records.newest("visit", "", 100)]
    assert len(set(seen)) == 21


def test_a_file_of_before_gets_the_shorter_indexes(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    old = connect(path, KEY)
    migrations.laptop.apply(Database(old), stop_before="shorter_indexes")
    old.execute("INSERT INTO record (id, kind, stream, seq, screen) VALUES ('a', 'person', 'QS', 8, '{}')")
    old.close()
    with Store(path, KEY, FixedClock()) as store:
        indexes = store.write(
            lambda unit: {
                name: [row[2] for row in unit.connection.execute(f"PRAGMA index_info({name})")]
                for name in ("record_of_parent", "record_of_kind")
            }
        )
        with store.reading() as view:
            assert [one.id for one in view.records.of_kind("person")] == ["a"]
    assert indexes == {"record_of_parent": ["parent", "kind", "id"], "record_of_kind": ["kind", "at"]}
