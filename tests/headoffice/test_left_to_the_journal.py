"""What a new visit says stands in the journal alone until somebody changes it, and whoever reads it sees it all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from itertools import count
from typing import Any

import msgspec
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from sqlalchemy import Executable, select, text, update

from fieldapp.domain.errors import Actionable
from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.database import damage_in_words
from fieldapp.headoffice.exchange import Exchange
from fieldapp.headoffice.plain_entries import plain_entry, said_by
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.serve import RunningHeadOffice
from fieldapp.headoffice.storage import tables
from fieldapp.headoffice.storage.extracts import every_record
from fieldapp.headoffice.storage.journal import Damaged, Journal
from fieldapp.headoffice.storage.pieces import LastRead, packed_bodies
from fieldapp.protocol.changes import Change, decode_change, encode_change
from fieldapp.sync.transport import HeadOffice
from fieldapp.sync.troubles import TryLater
from tests.headoffice import changes_to_send as send
from tests.headoffice.laptops import Laptop

Enrol = Callable[[str], Laptop]
BRANCH = send.BRANCH


def visits(number: int, **values: Any) -> list[Change]:
    return [send.visit(f"v{place}", facts=f"账 {place}", **values) for place in range(number)]


def typed_in(change: Change) -> dict[str, Any]:
    """What the change says of each field, as JSON has it."""
    typed: dict[str, Any] = {name: new for name, (_shown, new) in change.fields.items()}
    return msgspec.json.decode(msgspec.json.encode(typed), type=dict[str, Any])


@pytest.fixture(params=[1, 9], ids=["alone", "in a piece"])
def made(request: pytest.FixtureRequest, laptop_of: Enrol) -> list[Change]:
    """Visits that Zhang's laptop sent."""
    laptop = laptop_of("zhang")
    laptop.sync(send.prospect())
    made = visits(request.param)
    laptop.sync(*made)
    return made


def rows(office: Administration, *columns: str) -> dict[str, tuple[Any, ...]]:
    """These columns of every visit's row, by record."""
    t = tables.record
    query = select(t.c.record, *(t.c[column] for column in columns)).where(t.c.kind == "visit")
    with office.store.reading() as unit:
        return {row[0]: tuple(row[1:]) for row in unit.connection.execute(query)}


def read(office: Administration) -> dict[str, StoredRecord]:
    """Every record of the branch, as each of the ways to read them says alike."""
    with office.store.reading() as unit:
        with closing(every_record(unit.connection, BRANCH)) as every:
            streamed = {one.record: one for one in every}
        assert unit.records.find(streamed, [BRANCH]) == streamed
        of_kind = {record: one for record, one in streamed.items() if one.kind == "visit"}
        assert {one.record: one for one in unit.records.of_kind(BRANCH, "visit")} == of_kind
        of_root = {record: one for record, one in streamed.items() if one.root == "p1"}
        assert {one.record: one for one in unit.records.of_root(BRANCH, "p1")} == of_root
    return streamed


def test_row_of_a_new_visit_leaves_out_what_its_change_says(office: Administration, made: list[Change]) -> None:
    assert rows(office, "field_values", "written") == {change.record: ("", "") for change in made}
    found = read(office)
    for change in made:
        kept = found[change.record]
        assert kept.values == typed_in(change)
        assert {field: (w.by, w.at, w.change) for field, w in kept.written.items()} == {
            "*": ("zhang", send.AT, change.id)
        }


def test_another_laptop_is_told_all_of_it_in_pages_of_any_size(made: list[Change], laptop_of: Enrol) -> None:
    for size in (1, 4, 2000):
        laptop = laptop_of("zhang")
        laptop.sync(page=size)
        assert {change.record: laptop.base[change.record].values for change in made} == {
            change.record: typed_in(change) for change in made
        }


@pytest.mark.parametrize("heir", ["li", "wu"], ids=["of the branch", "of another branch"])
def test_customer_who_was_handed_over_has_visits_that_say_all_by_themselves(
    office: Administration, made: list[Change], heir: str
) -> None:
    before = read(office)
    office.reassign("p1", heir)
    assert all(all(row) for row in rows(office, "field_values", "written").values())
    with office.store.reading() as unit:
        after = {one.record: one for one in unit.records.of_root({"li": BRANCH, "wu": "CB02"}[heir], "p1")}
    told = ("values", "written", "history", "conflicts", "parent", "root")
    for change in made:
        for name in told:
            assert getattr(after[change.record], name) == getattr(before[change.record], name)


def test_request_that_goes_on_with_its_own_visits_sees_them(office: Administration, laptop_of: Enrol) -> None:
    laptop = laptop_of("zhang")
    first, second, third = made = visits(3)
    reply = laptop.sync(send.prospect(), send.person(), first, second, send.application(), third)
    assert [receipt.outcome for receipt in reply.receipts] == ["accepted"] * 6
    found = read(office)
    assert [found[change.record].values for change in made] == [*map(typed_in, made)]
    assert office.verify_chain(BRANCH) == 6


def test_application_is_begun_and_filled_in_without_a_look_at_the_visits(
    made: list[Change], laptop_of: Enrol, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(Journal, "said", lambda _self, _stream, seqs: asked.extend(seqs) or {})
    laptop = laptop_of("zhang")
    laptop.cursor = None
    changes = [send.application(), send.change("application", "a1", {"months": (12, 24)})]
    reply = laptop.ask(laptop.request(*changes, page=0))
    assert [receipt.outcome for receipt in reply.receipts] == ["accepted"] * 2
    assert made
    assert not asked


def test_promise_and_deleted_visit_keep_their_values_at_hand(office: Administration, laptop_of: Enrol) -> None:
    laptop = laptop_of("zhang")
    laptop.sync(send.prospect())
    promise = send.visit("promise", promised_fen=5_000, next_date=send.START.date() + timedelta(days=3))
    laptop.sync(promise, send.visit("gone", deleted=True), send.visit("usual"))
    kept = {record: bool(values) for record, (values,) in rows(office, "field_values").items()}
    assert kept == {"promise": True, "gone": True, "usual": False}
    assert read(office)["promise"].values["promised_fen"] == 5_000


def alter(office: Administration, statement: Executable) -> None:
    """Do to the journal what only somebody can who can do everything with the database."""
    with office.store.writing() as unit:
        for table in ("journal", "journal_run"):
            if unit.connection.dialect.name == "sqlite":
                for act in ("update", "delete"):
                    unit.connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{act}"))
            else:
                unit.connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_stays ON {table}"))
        unit.connection.execute(statement)


@pytest.mark.parametrize("number", [1, 9])
def test_visit_whose_change_was_altered_is_not_told_as_something_else(
    office: Administration, laptop_of: Enrol, number: int
) -> None:
    laptop = laptop_of("zhang")
    laptop.sync(send.prospect())
    laptop.sync(*visits(number))
    altered = {"bodies": packed_bodies([b"{}"] * 9), "hashes": b"\x01" * 32 * 9}
    alter(office, update(tables.journal).where(tables.journal.c.seq > 1).values(body=b'{"id":"x"}'))
    alter(office, update(tables.journal_run).values(altered))
    with office.store.reading() as unit, pytest.raises(Damaged) as damage:
        unit.records.find(["v0"], [BRANCH])
    assert (damage.value.stream, damage.value.seq) == (BRANCH, 2)
    with pytest.raises(Actionable) as told, damage_in_words(), office.store.reading() as unit:
        unit.records.of_kind(BRANCH, "visit")
    assert told.value.code == "damaged"
    with office.store.reading() as unit:
        assert unit.records.find(["p1"], [BRANCH])["p1"].kind == "prospect"


@pytest.mark.parametrize("number", [1, 9])
def test_laptops_and_the_log_say_that_a_part_cannot_be_read(
    office: Administration, laptop_of: Enrol, clock: send.FixedClock, caplog: pytest.LogCaptureFixture, number: int
) -> None:
    laptop, new = laptop_of("zhang"), laptop_of("zhang")
    laptop.sync(send.prospect())
    laptop.sync(*visits(number))
    alter(office, update(tables.journal).where(tables.journal.c.seq > 1).values(body=b'{"id":"x"}'))
    alter(office, update(tables.journal_run).values({"bodies": packed_bodies([b"{}"] * 9)}))
    with RunningHeadOffice(office.store, clock) as running, HeadOffice(running.url, new.device) as head_office:
        with pytest.raises(TryLater) as trouble:
            head_office.exchange(new.request())
        assert trouble.value.code == "damaged"
    (said,) = [one for one in caplog.records if one.message == "database_damaged"]
    assert vars(said)["at"] == f"{BRANCH} 2"


def test_row_that_is_written_out_says_what_it_left_to_the_journal(office: Administration, made: list[Change]) -> None:
    before = read(office)
    with office.store.writing() as unit:
        numbers = unit.records.left_to_the_journal(BRANCH, "zhang", 0, 100)
        assert numbers == sorted(before[change.record].seq for change in made)
        assert unit.records.left_to_the_journal(BRANCH, "zhang", numbers[0], 2) == numbers[1:3]
        unit.records.write_out(BRANCH, numbers)
        assert unit.records.left_to_the_journal(BRANCH, "zhang", 0, 100) == []
    assert read(office) == before
    assert all(values for (values,) in rows(office, "field_values").values())


def test_visit_whose_entry_is_gone_is_missed(office: Administration, made: list[Change]) -> None:
    alter(office, text("DELETE FROM journal WHERE seq > 1"))
    alter(office, text("DELETE FROM journal_run"))
    with office.store.reading() as unit, pytest.raises(Damaged):
        unit.records.find([made[-1].record], [BRANCH])


def test_each_name_stands_once_in_what_is_told_the_last_counts() -> None:
    body = encode_change(send.visit("v", facts="one"), brief=True)
    twice = body.replace(b'"facts":"one"', b'"facts":"one", "facts" : "two"')
    assert plain_entry(twice) is not None
    said = said_by(twice).values
    assert said.count(b'"facts"') == 1
    assert msgspec.json.decode(said)["facts"] == "two"
    assert b'"facts":"two"' in said


HIDDEN = st.sampled_from([b'"values"', b'"val\\u0075es"', b'"fields"', b'"id"', b'"made_at"', b'"x"'])
DEEP = [b"[" * depth + b"]" * depth for depth in (1, 30, 990)]
TEXTS = [b'"x"', b'"change9"', b'"\xff"']
OBJECTS = [
    b"{}",
    b'{"\xff":1}',
    b'{"facts":5}',
    b'{"facts":"other"}',
    b'{"facts":[null,"\xff"]}',
    b'{"facts":[null,"p"]}',
]
ODD = st.sampled_from([b"5", b"null", b"1e400", *DEEP, *TEXTS, *OBJECTS])


@settings(max_examples=500)
@given(
    brief=st.booleans(),
    promise=st.booleans(),
    more=st.lists(st.tuples(HIDDEN, ODD, st.booleans(), st.sampled_from([b":", b" :", b": "])), max_size=3),
)
def test_whatever_is_taken_at_a_glance_is_read_later_as_it_was_judged(
    brief: bool, promise: bool, more: list[tuple[bytes, bytes, bool, bytes]]
) -> None:
    due = {"promised_fen": 500, "next_date": send.START.date() + timedelta(days=3)} if promise else {}
    body = encode_change(send.visit("v", facts="good", **due), brief=brief)
    for name, value, first, colon in more:
        hidden = name + colon + value
        body = b"{" + hidden + b"," + body[1:] if first else body[:-1] + b"," + hidden + b"}"
    entry = plain_entry(body)
    event(f"plain: {entry is not None}")
    if entry is None:
        return
    said, change = said_by(body), decode_change(body)
    assert msgspec.json.decode(said.values) == {name: new for name, (_shown, new) in change.fields.items()}
    assert (said.by, said.at, said.change) == (change.actor, change.made_at, change.id)
    assert (entry.actor, entry.made_at, entry.id) == said[1:]
    assert entry.values in (b"", said.values)


@pytest.mark.parametrize("hidden", [b'"values":5,', b'"val\\u0075es":[],', b'"values" :{"\xff":1},', b'"x":"\xff",'])
def test_change_that_says_two_things_spoils_nothing_for_others(
    hidden: bytes, exchange: Exchange, laptop_of: Enrol
) -> None:
    zhang, hu = laptop_of("zhang"), laptop_of("hu")
    zhang.sync(send.prospect())
    bodies = [encode_change(change, brief=True) for change in visits(9)]
    bodies[4] = b"{" + hidden + bodies[4][1:]
    request = msgspec.structs.replace(zhang.request(), protocol=2, changes=[*map(msgspec.Raw, bodies)])
    reply = exchange.answer(zhang.author, zhang.device, request)
    taken = sum(run.count for run in reply.runs) + sum(one.outcome == "accepted" for one in reply.receipts)
    hu.sync()
    assert len([one for one in hu.base.values() if one.kind == "visit"]) == taken >= 8


@given(sizes=st.lists(st.integers(0, 40), max_size=30), most=st.integers(0, 400))
def test_pieces_that_were_read_take_no_more_than_their_room(sizes: list[int], most: int) -> None:
    last_read, numbers = LastRead(most), count()
    body = encode_change(send.visit("v"))
    for size in sizes:
        name = next(numbers).to_bytes(32, "big")
        piece = last_read.piece(name, lambda size=size: packed_bodies([b'"%s"' % (b"x" * size)]))
        assert piece.bytes == size + 2
        kept = last_read._pieces
        assert sum(one.bytes for one in kept.values()) == most - last_read._room <= most
        if name in kept:
            assert last_read.piece(name, lambda: pytest.fail("read twice")) is piece
    whole = LastRead(10**6).piece(b"", lambda: packed_bodies([body]))
    assert whole.said(0) == said_by(body)
    assert whole.said(1) is None
