"""What is asked together of PostgreSQL is found as if it had been asked one by one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.exc import DBAPIError

from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.storage.direct import Direct
from fieldapp.headoffice.storage.store import Unit

HEADS = "SELECT stream, seq FROM stream_head WHERE stream IN (?) ORDER BY stream"
SETTING = "SELECT content FROM setting WHERE stream = ? AND name = ?"
ADD = "INSERT INTO setting (stream, name, content) VALUES (?, ?, ?)"


@pytest.fixture
def unit(office: Administration) -> Iterator[Unit]:
    with office.store.writing() as unit:
        yield unit


@pytest.fixture
def direct(unit: Unit) -> Direct:
    return Direct(unit.connection)


def test_answers_are_those_to_the_same_queries(direct: Direct) -> None:
    heads = direct.rows(HEADS, {"bank", "TS01"})
    direct.foresee(lambda: (direct.rows(HEADS, {"TS01", "bank"}), direct.rows(SETTING, "bank", "no such")))
    assert direct.rows(SETTING, "bank", "no such") == []
    assert direct.rows(HEADS, {"bank"}) == heads[1:], "another query"
    assert direct.rows(HEADS, {"bank", "TS01"}) == heads
    assert direct.rows(HEADS, {"bank", "TS01"}) == heads, "asked anew"


def test_nothing_foreseen_outlives_what_is_written(direct: Direct) -> None:
    def look() -> list[tuple[str]]:
        return [*direct.rows(SETTING, "bank", "colour")]

    direct.foresee(look)
    direct.run(ADD, "bank", "colour", "red")
    assert look() == [("red",)]
    direct.foresee(look)
    direct.run_each("UPDATE setting SET content = ? WHERE name = ?", [("green", "colour")])
    assert look() == [("green",)]


def test_what_is_read_among_what_travels_together_is_as_if_it_were_written_already(direct: Direct) -> None:
    with direct.together(rows=2):
        direct.run(ADD, "bank", "colour", "red")
        assert direct.rows(SETTING, "bank", "colour") == [("red",)]
        direct.run("UPDATE setting SET content = ? WHERE name = ?", "green", "colour")
    assert direct.rows(SETTING, "bank", "colour") == [("green",)]


def test_what_was_asked_together_before_is_not_asked_again(direct: Direct) -> None:
    def look() -> list[tuple[str]]:
        return [*direct.rows(SETTING, "bank", "colour")]

    direct.run(ADD, "bank", "colour", "red")
    direct.foresee(look)
    direct._connection.exec_driver_sql("UPDATE setting SET content = 'green' WHERE name = 'colour'")  # behind its back
    direct.foresee(lambda: (direct.rows(HEADS, {"bank"}), look()))
    assert look() == [("green" if direct._sqlite else "red",)]
    assert look() == [("green",)]


def test_what_only_an_earlier_look_asked_is_let_go(direct: Direct) -> None:
    """Whoever locks and then looks must not be told what was seen before the lock."""

    def look() -> list[tuple[str]]:
        return [*direct.rows(SETTING, "bank", "colour")]

    direct.foresee(look)
    direct._connection.exec_driver_sql(ADD.replace("?", "%s") if not direct._sqlite else ADD, ("bank", "colour", "red"))
    direct.foresee(lambda: direct.rows(HEADS, {"bank"}))
    assert look() == [("red",)]


def test_a_look_within_a_look_is_a_part_of_it(direct: Direct) -> None:
    heads = direct.rows(HEADS, {"bank"})

    def inner() -> None:
        direct.foresee(lambda: direct.rows(SETTING, "bank", "no such"))
        direct.rows(HEADS, {"bank"})

    direct.foresee(inner)
    assert direct.rows(HEADS, {"bank"}) == heads
    assert direct.rows(SETTING, "bank", "no such") == []


@pytest.mark.parametrize("location", ["postgresql"], indirect=True)
def test_what_is_wrong_with_one_query_is_told(office: Administration) -> None:
    def wrong(unit: Unit) -> None:
        direct = Direct(unit.connection)
        direct.foresee(lambda: (direct.rows(HEADS, {"bank"}), direct.rows("SELECT 1 / ?", 0)))

    with pytest.raises(DBAPIError), office.store.reading() as unit:
        wrong(unit)
    with office.store.reading() as unit:
        assert unit.records.heads(["bank"])
