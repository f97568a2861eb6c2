"""New entries that the journal keeps in one piece have their receipts from there, the same for ever."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from sqlalchemy import text

from fieldapp.headoffice.administration import Administration
from fieldapp.protocol.changes import Change
from fieldapp.protocol.identifiers import new_change_id
from tests.headoffice import changes_to_send as send
from tests.headoffice.laptops import Laptop

Enrol = Callable[[str], Laptop]
BRANCH = send.BRANCH


def visits(name: str, number: int, parent: str = "p1", actor: str = "zhang") -> list[Change]:
    made = [send.visit(f"{name}{place}", parent, actor=actor) for place in range(number)]
    return [msgspec.structs.replace(visit, id=new_change_id()) for visit in made]


def receipt_rows(office: Administration) -> int:
    with office.store.reading() as unit:
        return int(
            unit.connection.execute(text(f"SELECT count(*) FROM receipt WHERE stream = '{BRANCH}'")).scalar_one()
        )


@pytest.fixture
def zhang(laptop_of: Enrol) -> Laptop:
    laptop = laptop_of("zhang")
    laptop.sync(send.prospect())
    return laptop


def test_a_piece_needs_no_rows_for_its_receipts(office: Administration, zhang: Laptop) -> None:
    assert receipt_rows(office) == 1
    assert zhang.outcomes(*visits("v", 9)) == ["accepted"] * 9
    assert receipt_rows(office) == 1
    zhang.sync(*visits("w", 3))
    assert receipt_rows(office) == 4, "fewer than four stand alone"


@pytest.mark.parametrize("turn", [slice(None), slice(None, None, -1), slice(2, 7), slice(8, 9)])
def test_the_same_changes_get_the_same_receipts(turn: slice, office: Administration, zhang: Laptop) -> None:
    sent = visits("v", 9)
    told = zhang.ask(zhang.request(*sent)).receipts
    assert zhang.ask(zhang.request(*sent[turn])).receipts == told[turn]
    again = zhang.ask(zhang.request(*visits("w", 5), *sent[turn], *visits("x", 5))).receipts
    assert again[5:-5] == told[turn]
    assert office.verify_chain(BRANCH) == 20


def test_the_same_id_with_other_bytes_is_told_apart(office: Administration, zhang: Laptop) -> None:
    sent = visits("v", 9)
    zhang.sync(*sent)
    other = msgspec.structs.replace(sent[4], made_at="2026-06-02T01:00:00Z")
    elsewhere = msgspec.structs.replace(visits("w", 1)[0], id=sent[6].id)
    assert zhang.outcomes(other, elsewhere) == ["id_reuse", "id_reuse"]
    assert office.verify_chain(BRANCH) == 10


def test_what_others_need_is_found_in_a_piece(zhang: Laptop) -> None:
    sent = visits("v", 9)
    waiting = send.change("prospect", "p1", {"stage": ("contact", "interested")}, needs=(sent[3].id, sent[8].id))
    assert zhang.outcomes(waiting) == ["waits"]
    zhang.sync(*sent)
    assert zhang.outcomes(waiting) == ["accepted"]


def test_each_of_many_pieces_that_were_made_at_one_time_is_found(office: Administration, laptop_of: Enrol) -> None:
    """Of several laptops whose officers were out on the same days; and of ids as no laptop of ours makes them."""
    zhang, li = laptop_of("zhang"), laptop_of("li")
    zhang.sync(send.prospect())
    li.sync(send.prospect("p2", actor="li"))
    mine, theirs = visits("v", 40), visits("t", 40, "p2", "li")
    ids = ("f" * 32, "0" * 32, "F" * 32, "a-b_c")
    odd = [msgspec.structs.replace(one, id=id_) for one, id_ in zip(visits("o", 4), ids, strict=True)]
    turns = [(zhang, mine[place::4]) for place in range(4)] + [(li, theirs[place::4]) for place in range(4)]
    turns.append((zhang, odd))
    told = [laptop.ask(laptop.request(*sent)).receipts for laptop, sent in turns]
    assert all(receipt.outcome == "accepted" for receipts in told for receipt in receipts)
    assert [laptop.ask(laptop.request(*sent)).receipts for laptop, sent in turns] == told
    assert receipt_rows(office) == 2 + 4, "where one of a piece is no UUID, all have rows"
    assert office.verify_chain(BRANCH) == 86


def test_a_receipt_is_given_where_the_entry_was_taken(office: Administration, laptop_of: Enrol) -> None:
    """The record has another number since, and another owner; the receipt does not change for it."""
    zhang, hu = laptop_of("zhang"), laptop_of("hu")
    zhang.sync(send.prospect())
    sent = visits("v", 5)
    told = zhang.ask(zhang.request(*sent)).receipts
    hu.sync()
    hu.sync(send.change("prospect", "p1", {"owner": ("zhang", "li")}, actor="hu"))
    assert zhang.ask(zhang.request(*sent)).receipts == told
    assert office.verify_chain(BRANCH) == 12
