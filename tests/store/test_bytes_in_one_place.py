"""A change's bytes stay where they were saved: files of before, what is found without reading them, and receipts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from sqlite_utils import Database

from fieldapp.domain.records import Person, Prospect
from fieldapp.protocol.changes import Change, encode_change
from fieldapp.protocol.identifiers import new_change_id
from fieldapp.protocol.messages import Receipt
from fieldapp.store import migrations
from fieldapp.store.connection import Connection, connect
from fieldapp.store.database import Store
from fieldapp.store.faults import StorageFault, translated_faults
from fieldapp.store.outbox import Outbox, Queued
from fieldapp.store.unit import Unit
from tests.made_laptop import KEY, ME, FixedClock, enrolled_store, told

STREAM = "QS01"
PAGE_BYTES = 4096


def change(n: int, record: str, **rest: object) -> Change:
    return Change(
        id=f"{n:032x}", n=n, stream=STREAM, kind="person", record=record, fields={"name": (None, f"名{n}")},
        actor=ME, made_at=f"2026-11-23T06:31:{n:02}.000+00:00", **rest,
    )  # fmt: skip


@contextmanager
def file_of_before(path: Path) -> Iterator[Connection]:
    """A laptop's file whose last step was the one before the bytes stayed in one place."""
    connection = connect(path, KEY)
    migrations.laptop.apply(Database(connection), stop_before="bytes_in_one_place")
    try:
        yield connection
    finally:
        connection.close()


def put_before(connection: Connection, table: str, one: Change, **more: object) -> None:
    row = {"n": one.n, "change": one.id, "kind": one.kind, "record": one.record, "body": encode_change(one), **more}
    names, places = ", ".join(row), ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", tuple(row.values()))


def test_what_is_queued_and_sent_in_a_file_of_before_is_all_there_after_the_step(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    queued = [change(n, "waiting", new=n == 3) for n in range(3, 503)]
    sent = [change(1, "gone", new=True), change(2, "gone")]
    with file_of_before(path) as old:
        old.execute(
            "INSERT INTO record (id, kind, stream, seq, screen) VALUES ('gone', 'person', ?, 8, '{}'),"
            " ('waiting', 'person', ?, NULL, '{}')",
            (STREAM, STREAM),
        )
        for one in queued:
            put_before(old, "outbox", one, made_at=one.made_at, waits=one.n == 4)
        for one, outcome, receipt in ((sent[0], "accepted", None), (sent[1], "merged", b"{}")):
            put_before(
                old, "sent", one, stream=STREAM, seq=6 + one.n, outcome=outcome, receipt=receipt, told_at="2026-11-24"
            )
    with Store(path, KEY, FixedClock()) as store:
        with store.reading() as view:
            assert view.outbox.count() == 500
            found = view.outbox.batch(0, 1_000, 10**9)
            assert [(one.n, one.change, one.made_at, one.body) for one in found] == [
                (one.n, one.id, one.made_at, encode_change(one)) for one in queued
            ]
            assert [one.n for one in found if one.waits] == [4]
            assert [(one.n, one.seq, one.outcome) for one in view.outbox.newest_sent(9)] == [
                (2, 8, "merged"), (1, 7, "accepted"),
            ]  # fmt: skip
            assert [view.records.get(name).seq for name in ("gone", "waiting")] == [8, None]
        store.write(lambda unit: unit.outbox.forget_durable({STREAM: 7, "elsewhere": 900}))
        store.write(lambda unit: unit.outbox.send_again())
        with store.reading() as view:
            assert [one.n for one in view.outbox.batch(0, 1_000, 10**9)] == [*range(2, 503)]
            assert view.outbox.batch(0, 1, 10**9)[0].body == encode_change(sent[1])
        assert len(list((tmp_path / "backups").glob("*.db"))) == 1, "a copy was made first"


def test_a_number_that_a_file_of_before_has_twice_does_not_shut_it(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    with file_of_before(path) as old:
        queued, sent = change(5, "r"), msgspec.structs.replace(change(5, "r"), id="other")
        put_before(old, "outbox", queued, made_at=queued.made_at)
        put_before(old, "sent", sent, stream=STREAM, seq=1, outcome="accepted", told_at="2026-11-24")
    with Store(path, KEY, FixedClock()) as store, store.reading() as view:
        assert [(one.n, one.change) for one in view.outbox.listed(9)] == [(5, queued.id)]
        assert view.outbox.newest_sent(9) == []


def accepted(unit: Unit, queued: list[Queued], seq: int, told_at: str = "2026-11-24") -> None:
    assert unit.outbox.receipted_run(queued, STREAM, seq, told_at) is not None


def people(store: Store, number: int) -> list[Queued]:
    """New customers' changes, just queued."""

    def make(unit: Unit) -> None:
        root = unit.create("prospect", Prospect(owner=ME))
        for _ in range(number - 1):
            unit.create("person", Person(name="张三"), parent=root)

    with store.reading() as view:
        before = max((one.n for one in view.outbox.listed(1)), default=0)
    store.write(make)
    with store.reading() as view:
        return view.outbox.batch(before, number, 10**9)


def test_nothing_that_is_asked_of_the_outbox_reads_through_what_was_sent(store: Store) -> None:
    sent = people(store, 40)
    store.write(lambda unit: accepted(unit, sent, 1))
    queued = people(store, 3)
    root, person = queued[0].record, queued[1].record
    said: list[str] = []

    def ask(unit: Unit) -> None:
        unit.connection.set_trace_callback(said.append)
        outbox = unit.outbox
        outbox.batch(0, 10, 10**9)
        outbox.goes_on_after(0)
        outbox.of_record(root)
        outbox.of_group(new_change_id())
        outbox.rename_needed({new_change_id()}, None)
        outbox.count()
        outbox.listed(3)
        outbox.get(queued[0].change)
        outbox.of_family(root, person)
        outbox.waiting_under(root)
        outbox.newest_sent(10)
        outbox.unsent_among([root, person])
        outbox.unsent_roots([root])
        unit.rest(0)
        outbox.receipted_run(queued, STREAM, 41, "2026-11-25")
        unit.records.known([root, person])
        unit.records.revisions([root, person])
        unit.records.confirm_run({root: 41, person: 42}, STREAM)
        outbox.forget_durable({STREAM: 43})
        unit.connection.set_trace_callback(None)
        plans = [
            (row[3], statement)
            for statement in said
            if not statement.startswith("--")  # what a trigger or the engine does within a statement
            for row in unit.connection.execute(f"EXPLAIN QUERY PLAN {statement}")
        ]
        assert len(said) > 15
        assert [(step, of) for step, of in plans if step.startswith(("SCAN saved_change", "SCAN record"))] == []

    store.write(ask)


def test_newest_receipts_come_first_and_no_more_than_wanted(store: Store) -> None:
    first = people(store, 5)
    store.write(lambda unit: accepted(unit, first[1:], 11, "2026-11-24T09"))
    late = [(first[0], Receipt(change=first[0].change, outcome="merged", stream=STREAM, seq=15))]
    store.write(lambda unit: unit.outbox.receipted(late, "2026-11-24T10"))
    with store.reading() as view:
        newest = [(one.n, one.seq, one.outcome, one.told_at) for one in view.outbox.newest_sent(3)]
        assert len(view.outbox.newest_sent(100)) == 5
    assert newest == [
        (1, 15, "merged", "2026-11-24T10"), (5, 14, "accepted", "2026-11-24T09"), (4, 13, "accepted", "2026-11-24T09"),
    ]  # fmt: skip


def test_a_number_follows_from_the_run_also_where_others_are_known(store: Store) -> None:
    changes = people(store, 9)
    store.write(lambda unit: accepted(unit, changes[2:4], 70))
    store.write(lambda unit: accepted(unit, changes[5:8], 90))
    with store.reading() as view:
        assert [view.records.get(one.record).seq for one in changes] == [
            None, None, 70, 71, None, 90, 91, 92, None,
        ]  # fmt: skip
        held = view.records.revisions([one.record for one in changes])
    assert held == {changes[at].record: (0, STREAM, seq) for at, seq in ((2, 70), (3, 71), (5, 90), (6, 91), (7, 92))}


@pytest.mark.parametrize("act", ["edit", "told"])
def test_what_more_is_known_of_a_record_is_noted_in_its_row(store: Store, act: str) -> None:
    changes = people(store, 3)
    store.write(lambda unit: accepted(unit, changes, 1))
    person = changes[2].record
    if act == "edit":
        store.write(lambda unit: unit.edit(person, {"name": ("张三", "李四")}))
    else:
        told(store, person, {"name": "李四"})
    with store.reading() as view:
        kept = view.records.get(person)
    assert (kept.seq, kept.base["name"], kept.screen["name"]) == (
        (3, "张三", "李四") if act == "edit" else (7, "李四", "李四")
    )
    store.write(lambda unit: unit.connection.execute("DELETE FROM taken"))
    with store.reading() as view:
        assert view.records.get(person) == kept, "it needs no run any more"


def test_reading_all_anew_lets_go_of_runs_that_are_durable(store: Store) -> None:
    changes = people(store, 6)
    store.write(lambda unit: accepted(unit, changes[:3], 1))
    store.write(lambda unit: accepted(unit, changes[3:], 4))
    store.write(lambda unit: unit.outbox.forget_durable({STREAM: 5}))

    def runs(unit: Unit) -> list[tuple[int, int]]:
        return unit.connection.execute("SELECT first, last FROM taken").fetchall()

    assert store.write(runs) == [(1, 3), (4, 6)]
    store.write(lambda unit: unit.records.turn_stale())
    assert store.write(runs) == [(4, 6)]
    with store.reading() as view:
        known = view.records.known([one.record for one in changes])
    assert [(known[one.record].seq, known[one.record].stale) for one in changes] == [(n, True) for n in range(1, 7)]


def queued_in(path: Path) -> list[bytes]:
    """The bytes of what is queued, read as they are for a request."""
    with translated_faults():
        connection = connect(path, KEY, read_only=True)
        try:
            return [queued.body for queued in Outbox(connection).batch(0, 10, 10**9)]
        finally:
            connection.close()


def test_a_damaged_page_is_told_before_what_it_held_could_be_sent(tmp_path: Path) -> None:
    with enrolled_store(tmp_path) as store:
        for _ in range(3):
            store.write(lambda unit: unit.create("prospect", Prospect(owner=ME, remark="长" * 3_000)))
        with store.reading() as view:
            written = [queued.body for queued in view.outbox.batch(0, 10, 10**9)]
    content = store.path.read_bytes()
    codes: list[str] = []
    for page in range(1, len(content) // PAGE_BYTES):
        damaged = bytearray(content)
        damaged[page * PAGE_BYTES + 100] ^= 0xFF
        store.path.write_bytes(damaged)
        try:
            assert queued_in(store.path) == written
        except StorageFault as fault:
            codes.append(fault.code)
    assert {*codes} == {"damaged"}
    assert len(codes) >= len(written) * 2, "each change has a page or two of its own"


def test_a_change_that_is_not_queued_as_it_was_read_is_no_run(store: Store) -> None:
    changes = people(store, 4)
    store.write(lambda unit: unit.outbox.reissue(changes[1], new_change_id()))
    assert store.write(lambda unit: unit.outbox.receipted_run(changes, STREAM, 1, "")) is None
    store.write(lambda unit: unit.outbox.remove([changes[2].n]))
    assert store.write(lambda unit: unit.outbox.receipted_run(changes[2:], STREAM, 1, "")) is None
    with store.reading() as view:
        assert [one.n for one in view.outbox.listed(9)] == [4, 2, 1]
        assert view.outbox.newest_sent(9) == []
