"""One transaction: records, changes and lists together; what a change carries; who hears of it."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlcipher3 import dbapi2 as sqlite

from fieldapp.domain.errors import Actionable, InvalidRecord
from fieldapp.domain.identifiers import RecordId
from fieldapp.domain.records import Contact, Person, Prospect
from fieldapp.protocol.changes import Change
from fieldapp.store import database
from fieldapp.store.connection import connect
from fieldapp.store.database import Store
from fieldapp.store.notices import Changed
from fieldapp.store.privacy import PrivacyEvent
from fieldapp.store.prospect_list import Filter
from fieldapp.store.records import StoredRecord
from fieldapp.store.unit import Unit
from tests.made_laptop import ME, NOON, TODAY, screen_of, told


def make(unit: Unit) -> tuple[RecordId, RecordId]:
    prospect = unit.create("prospect", Prospect(owner=ME))
    return prospect, unit.create("person", Person(name="张三", mobile="13800138000"), parent=prospect)


def changes_of(store: Store, record: str) -> list[Change]:
    with store.reading() as view:
        return [queued.decoded() for queued in view.outbox.of_record(record)]


def test_a_record_and_its_change_are_committed_together_or_not_at_all(store: Store) -> None:
    def fail(unit: Unit) -> None:
        make(unit)
        raise RuntimeError("the program has a bug")

    with pytest.raises(RuntimeError):
        store.write(fail)
    with store.reading() as view:
        assert view.outbox.count() == 0
        assert view.prospects.count(Filter()) == 0
        assert view.state.get("n", int) is None


def test_what_is_done_also_stands_or_falls_with_the_write(store: Store) -> None:
    def note(unit: Unit) -> None:
        unit.state.set("noted", 1)

    def fail(_unit: Unit) -> None:
        raise RuntimeError("the program has a bug")

    with store.also(note):
        with pytest.raises(RuntimeError):
            store.write(fail)
        with pytest.raises(RuntimeError), store.also(fail):
            store.write(make)
        with store.reading() as view:
            assert (view.outbox.count(), view.state.get("noted", int)) == (0, None)
        elsewhere = threading.Thread(target=lambda: store.write(make))  # what others write is not concerned
        elsewhere.start()
        elsewhere.join()
        with store.reading() as view:
            assert view.state.get("noted", int) is None
        store.write(make)
    with store.reading() as view:
        assert view.state.get("noted", int) == 1
    store.write(lambda unit: unit.state.set("noted", 2))
    store.write(make)
    with store.reading() as view:
        assert view.state.get("noted", int) == 2


def test_a_new_record_says_everything_and_nothing_it_does_not_know(store: Store) -> None:
    prospect, person = store.write(make)
    (change,) = changes_of(store, person)
    assert change.new
    assert change.parent == prospect
    assert change.fields["mobile"] == (None, "13800138000")
    assert "id_number" not in change.fields
    assert (change.actor, change.stream, change.n) == (ME, "QS01", 2)
    assert change.made_at == "2026-11-23T06:31:08.250+00:00"


def test_an_edit_names_the_own_queued_change_and_guards_its_group(store: Store) -> None:
    _, person = store.write(make)
    (created,) = changes_of(store, person)
    store.write(lambda unit: unit.edit(person, {"id_number": (None, "X1"), "mobile": ("13800138000", "139")}))
    second = changes_of(store, person)[-1]
    assert set(second.after) == {(created.id, "mobile")}
    assert second.guard == {"deleted": False, "id_type": "resident"}
    store.write(lambda unit: unit.edit(person, {"mobile": ("139", "137")}))
    third = changes_of(store, person)[-1]
    assert third.after == ((second.id, "mobile"),)
    assert third.guard == {"deleted": False}
    store.write(lambda unit: unit.delete(person))
    fourth = changes_of(store, person)[-1]
    assert fourth.fields == {"deleted": (False, True)}
    assert fourth.guard["mobile"] == "137"
    assert [change.n for change in changes_of(store, person)] == [2, 3, 4, 5]


def test_typing_back_what_was_shown_is_no_change_but_a_decision_is(store: Store) -> None:
    _, person = store.write(make)
    told(store, person, {})
    same = {"mobile": ("13800138000", "13800138000")}
    assert store.write(lambda unit: unit.edit(person, same)) is None
    assert changes_of(store, person) == []
    assert store.write(lambda unit: unit.edit(person, same, after=(("e5" * 16, "mobile"),), decides=True))
    assert changes_of(store, person)[0].after == (("e5" * 16, "mobile"),)


def test_two_edits_in_one_transaction_build_on_each_other(store: Store) -> None:
    _, person = store.write(make)

    def twice(unit: Unit) -> None:
        unit.edit(person, {"mobile": ("13800138000", "1")})
        unit.edit(person, {"mobile": ("1", "2")})

    store.write(twice)
    _, first, second = changes_of(store, person)
    assert second.after == ((first.id, "mobile"),)
    assert screen_of(store, person)["mobile"] == "2"


def test_a_rule_is_kept_on_every_edit(store: Store) -> None:
    _, person = store.write(make)
    for fields in ({"name": ("张三", " ")}, {"years_there": (None, "many")}, {"remark": (None, "长" * 20_001)}):
        with pytest.raises(InvalidRecord):
            store.write(lambda unit, fields=fields: unit.edit(person, fields))
    with pytest.raises(LookupError):
        store.write(lambda unit: unit.edit("0" * 32, {"name": (None, "x")}))
    assert len(changes_of(store, person)) == 1


@pytest.mark.parametrize("column", ["n = 99", "change = 'x'", "body = x'00'", "made_at = 'x'", "record = 'x'"])
def test_a_saved_change_is_never_altered(store: Store, column: str) -> None:
    store.write(make)
    with pytest.raises(sqlite.IntegrityError, match="never altered"):
        store.write(lambda unit: unit.connection.execute(f"UPDATE saved_change SET {column}"))


def test_contacts_stay_as_they_were_written(store: Store) -> None:
    prospect, _ = store.write(make)
    contact = Contact(
        staff=ME, at=NOON, business_date=TODAY, zone="Asia/Shanghai", channel="phone", source="outbound",
        result="interested", note="原话",
    )  # fmt: skip
    entry = store.write(lambda unit: unit.create("contact", contact, parent=prospect))
    for column in ("screen = json_set(screen, '$.note', 'x')", "kind = 'person'"):
        with pytest.raises(sqlite.IntegrityError, match="amended by a new entry"):
            store.write(lambda unit, column=column: unit.connection.execute(f"UPDATE record SET {column}"))
    assert screen_of(store, entry)["note"] == "原话"


def test_privacy_events_are_only_ever_added(store: Store) -> None:
    store.write(lambda unit: unit.privacy.add(PrivacyEvent("2026", ME, "reveal", "r", "mobile")))
    for statement in ("DELETE FROM privacy_event", "UPDATE privacy_event SET staff = 'x'"):
        with pytest.raises(sqlite.IntegrityError):
            store.write(lambda unit, statement=statement: unit.connection.execute(statement))


def test_listeners_hear_what_changed_after_the_commit_and_nothing_of_what_was_undone(store: Store) -> None:
    heard: list[Changed] = []
    told_event = threading.Event()

    def listen(changed: Changed) -> None:
        heard.append(changed)
        told_event.set()

    def fail(_: Changed) -> None:
        raise RuntimeError("a listener with a bug")

    store.notices.subscribe(fail)
    stop = store.notices.subscribe(listen)

    def broken(unit: Unit) -> None:
        make(unit)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.write(broken)
    prospect, _ = store.write(make)
    assert told_event.wait(5)
    assert heard == [Changed(frozenset(("prospect", "person")), frozenset((prospect,)), frozenset(("outbox",)))]
    stop()
    store.write(make)
    store.write(lambda _unit: None)
    assert len(heard) == 1


def test_readers_see_one_moment_while_the_writer_goes_on(store: Store) -> None:
    with store.reading() as view:
        before = view.prospects.count(Filter())
        store.write(make)
        assert view.prospects.count(Filter()) == before
    with store.reading() as view:
        assert view.prospects.count(Filter()) == before + 1


def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(Actionable), store.reading() as view:
        view.state.set("x", 1)


def test_writes_of_many_threads_are_numbered_without_gap_or_double(store: Store) -> None:
    threads = [threading.Thread(target=lambda: [store.write(make) for _ in range(10)]) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as view:
        numbers = [queued.n for queued in view.outbox.batch(0, 1_000, 10**9)]
    assert numbers == list(range(1, 121))


def test_a_locked_store_says_so(store: Store) -> None:
    store.close()
    store.close()
    with pytest.raises(Actionable) as locked:
        store.write(make)
    assert locked.value.code == "closed"


def test_a_locked_store_is_not_read_either(store: Store) -> None:
    store.close()
    with pytest.raises(Actionable) as locked, store.reading():
        pass
    assert locked.value.code == "closed"
    with pytest.raises(Actionable) as locked:
        store.glance(lambda view: view.outbox.count())
    assert locked.value.code == "closed"


def test_who_still_reads_when_a_store_is_locked_ends_and_leaves_no_connection(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_now: list[sqlite.Connection] = []

    def connected(*how: Any, **more: Any) -> sqlite.Connection:
        open_now.append(connect(*how, **more))
        return open_now[-1]

    monkeypatch.setattr(database, "connect", connected)
    with store.reading() as first, store.reading() as second:  # more than were open at rest
        store.close()
        assert first.outbox.count() == second.outbox.count() == 0
    assert open_now
    for connection in open_now:
        with pytest.raises(sqlite.ProgrammingError):
            connection.execute("SELECT 1")


def test_an_amendment_takes_a_promise_back_in_whatever_order_they_arrive(store: Store) -> None:
    prospect, _ = store.write(make)
    values: dict[str, Any] = {
        "staff": ME, "at": "2026-11-23T06:31:08Z", "business_date": "2026-11-23", "zone": "Asia/Shanghai",
        "channel": "phone", "source": "outbound", "result": "interested", "next_date": "2026-11-24",
    }  # fmt: skip
    promise = {**values, "promised_fen": 100}
    amendment = {**values, "amends": "a" * 32}

    def arrive(unit: Unit, record: str, said: dict[str, Any]) -> None:
        unit.put_new(StoredRecord(record, "contact", prospect, "QS01", said["at"], 0, 1, said, said))

    store.write(lambda unit: arrive(unit, "b" * 32, amendment))
    store.write(lambda unit: arrive(unit, "a" * 32, promise))
    with store.reading() as view:
        assert view.promises.until("2026-12-31") == []
    store.write(lambda unit: arrive(unit, "c" * 32, promise))
    with store.reading() as view:
        assert [each.record for each in view.promises.until("2026-12-31")] == ["c" * 32]
