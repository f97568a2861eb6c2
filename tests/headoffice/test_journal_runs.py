"""Many new entries of one request are one piece of the journal, and each is as safe there as if it stood alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import msgspec
import pytest
from sqlalchemy import text

from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.chain import Entry
from fieldapp.headoffice.runs import EnteredRun
from fieldapp.headoffice.storage.journal import JournalRun
from fieldapp.headoffice.storage.pieces import packed_bodies
from fieldapp.protocol.changes import encode_change
from tests.headoffice import changes_to_send as send
from tests.headoffice.laptops import Laptop

Enrol = Callable[[str], Laptop]
BRANCH = send.BRANCH
MADE = [send.visit(f"v{number}") for number in range(9)]
"""Numbered 2 to 10, behind their customer."""


@pytest.fixture
def zhang(laptop_of: Enrol) -> Laptop:
    laptop = laptop_of("zhang")
    laptop.sync(send.prospect())
    laptop.sync(*MADE)
    return laptop


def journal(office: Administration) -> list[Entry]:
    with office.store.reading() as unit, closing(unit.records.journal.entries(BRANCH)) as entries:
        return list(entries)


def pieces(office: Administration) -> list[tuple[int, int]]:
    with office.store.reading() as unit:
        rows = unit.connection.execute(text(f"SELECT first, last FROM journal_run WHERE stream = '{BRANCH}'"))
        return [(row[0], row[1]) for row in rows]


def test_entries_of_a_piece_are_told_one_by_one_among_the_others(office: Administration, zhang: Laptop) -> None:
    zhang.sync(send.change("prospect", "p1", {"remark": (None, "a")}))
    zhang.sync(*(send.visit(f"w{number}") for number in range(5)))
    entries = journal(office)
    assert pieces(office) == [(2, 10), (12, 16)]
    assert [entry.seq for entry in entries] == [*range(1, 17)]
    assert [entry.body for entry in entries[1:10]] == [encode_change(change) for change in MADE]
    assert [(e.change, e.record, e.actor, e.device) for e in entries[1:10]] == [
        (change.id, change.record, "zhang", zhang.device) for change in MADE
    ]
    assert office.verify_chain(BRANCH) == 16


def test_few_new_entries_stand_alone(office: Administration, laptop_of: Enrol) -> None:
    laptop = laptop_of("zhang")
    laptop.sync(send.prospect())
    laptop.sync(*MADE[:3])
    assert pieces(office) == []
    assert office.verify_chain(BRANCH) == 4


def test_receipt_of_an_entry_within_a_piece_is_given_again(office: Administration, laptop_of: Enrol) -> None:
    laptop = laptop_of("zhang")
    laptop.sync(send.prospect())
    lost = laptop.ask(laptop.request(*MADE))
    assert laptop.sync(MADE[4], send.visit("later"), *MADE[5:]).receipts[::2] == [
        lost.receipts[4],
        *(receipt for receipt in lost.receipts[5::2]),
    ]
    assert len(journal(office)) == 11


def test_entry_under_a_name_that_stands_is_merged_and_stops_no_other(
    office: Administration, zhang: Laptop, laptop_of: Enrol
) -> None:
    assert zhang.base
    stranger = laptop_of("zhang")  # which holds nothing yet
    again = msgspec.structs.replace(send.visit("v3"), id="another-change")
    before = [send.visit(f"w{number}") for number in range(5)]
    behind = [send.visit(f"x{number}") for number in range(5)]
    told = stranger.sync(*before, again, *behind).receipts
    assert [receipt.outcome for receipt in told] == ["accepted"] * 5 + ["merged"] + ["accepted"] * 5
    assert told[5].prev_rev == (0, BRANCH, 5)
    assert [entry.record for entry in journal(office)[10:]] == [c.record for c in (*before, again, *behind)]
    assert office.verify_chain(BRANCH) == 21


def test_chain_is_known_at_every_number_of_a_piece(office: Administration, zhang: Laptop) -> None:
    hashes = {entry.seq: entry.hash for entry in journal(office)}
    with office.store.reading() as unit:
        points = [(BRANCH, seq) for seq in range(12)]
        told = unit.records.journal.hashes(points)
        assert {seq: told.get((BRANCH, seq)) for seq in range(12)} == {0: "", **hashes, 11: None}
        devices = [unit.records.journal.device_at(BRANCH, seq) for seq in (1, 2, 10, 11)]
    assert devices == [zhang.device, zhang.device, zhang.device, None]
    for seq in (2, 6, 10):  # a laptop that was told of a number within it is no stranger
        assert not zhang.ask(zhang.request(marks={BRANCH: (seq, hashes[seq])})).fork
    assert zhang.ask(zhang.request(marks={BRANCH: (6, hashes[5])})).fork == [BRANCH]


def _touch(office: Administration, statement: str, other: bytes = b"[]" + b"\x00" * 300) -> None:
    """Alter the pieces as somebody would who can do everything with the database."""
    with office.store.writing() as unit:
        if unit.connection.dialect.name == "sqlite":
            for act in ("update", "delete"):
                unit.connection.execute(text(f"DROP TRIGGER journal_run_no_{act}"))
        else:
            unit.connection.execute(text("DROP TRIGGER journal_run_stays ON journal_run"))
        values = {"other": other} if ":other" in statement else {}
        unit.connection.execute(text(f"{statement} WHERE stream = '{BRANCH}'"), values)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_run SET actor = 'li'",
        "UPDATE journal_run SET device = 'x'",
        "UPDATE journal_run SET accepted_at = '2020'",
        "UPDATE journal_run SET random = :other",
        "UPDATE journal_run SET hashes = :other",
        "UPDATE journal_run SET bodies = :other",
        "UPDATE journal_run SET first = 3",
        "DELETE FROM journal_run",
    ],
)
def test_piece_that_was_altered_is_found_where_it_begins(statement: str, office: Administration, zhang: Laptop) -> None:
    zhang.sync(send.change("prospect", "p1", {"remark": (None, "a")}))
    _touch(office, statement)
    assert {one.stream: one.broken_at for one in office.audit()}[BRANCH] == 2


def test_body_that_was_altered_within_a_piece_is_found_where_it_stands(office: Administration, zhang: Laptop) -> None:
    assert zhang.base
    entries = journal(office)[1:]
    entries[5] = entries[5]._replace(body=entries[5].body.replace(b"marketing", b"post_loan"))
    _touch(office, "UPDATE journal_run SET bodies = :other", _in_one(entries).bodies)
    assert {one.stream: one.broken_at for one in office.audit()}[BRANCH] == 7


@pytest.mark.parametrize("statement", ["UPDATE journal_run SET actor = 'li'", "DELETE FROM journal_run"])
def test_piece_cannot_be_altered(statement: str, office: Administration, zhang: Laptop) -> None:
    assert zhang.base
    with pytest.raises(Exception, match="append-only"), office.store.writing() as unit:
        unit.connection.execute(text(f"{statement} WHERE stream = '{BRANCH}'"))


def test_pieces_are_made_by_several_threads_at_once() -> None:
    """On PostgreSQL each sub-branch's requests are worked on beside the others'."""
    entries = [
        Entry(BRANCH, seq, f"c{seq}", f"r{seq}", "change", "li", "d", "", _body(seq), b"r" * 16, f"{seq:064x}")
        for seq in range(1, 400)
    ]
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _turn: _in_one(entries), range(200)))
    assert all(run == made[0] for run in made)
    assert list(made[0].entries()) == entries


def _in_one(entries: list[Entry]) -> JournalRun:
    first = entries[0]
    changes, records, digests = [e.change for e in entries], [e.record for e in entries], ["" for _ in entries]
    run = EnteredRun(first.stream, first.seq, changes, records, digests, [entry.hash for entry in entries])
    told = (first.actor, first.device, first.accepted_at)
    return JournalRun.of(run, told, first.random, packed_bodies([entry.body for entry in entries]))


def _body(number: int) -> bytes:
    told = "".join(chr(0x4E00 + (number * place) % 20_000) for place in range(200))
    return json.dumps({"id": f"c{number}", "record": f"r{number}", "told": told}).encode()
