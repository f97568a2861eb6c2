"""What travels together to PostgreSQL means what it would mean alone, whatever stands in it and whatever fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldapp.headoffice.storage.one_trip import in_one_trip
from tests.depth import examples
from tests.postgresql import new_postgresql_database

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
NUMBERS = st.integers(-(2**63), 2**63 - 1)
BYTES = st.binary(max_size=20)

KEPT = "SELECT words, number, bytes FROM kept WHERE place = $1"
KEEP = "INSERT INTO kept VALUES ($1, $2, $3, $4)"
SET = "CREATE TEMPORARY TABLE kept (place integer PRIMARY KEY, words text, number bigint, bytes bytea)"


@pytest.fixture(scope="module")
def connection(postgresql: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(new_postgresql_database(postgresql), prepare_threshold=None) as connection:
        connection.execute(SET)
        connection.commit()
        yield connection


@pytest.fixture
def prepared(connection: psycopg.Connection[Any]) -> Iterator[dict[str, bytes]]:
    connection.execute("DELETE FROM kept")
    connection.commit()
    connection.execute("DEALLOCATE ALL")
    yield {}
    if not connection.closed:
        connection.rollback()


@settings(max_examples=examples(60, 1_000), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.none() | TEXTS, number=st.none() | NUMBERS, some=st.none() | BYTES)
def test_values_arrive_as_they_were(
    connection: psycopg.Connection[Any], prepared: dict[str, bytes], words: object, number: object, some: object
) -> None:
    _nothing, found, count = in_one_trip(
        connection, prepared, [(KEEP, (1, words, number, some)), (KEPT, (1,)), ("SELECT count(*) FROM kept", ())]
    )
    assert (found, count) == ([(words, number, some)], [(1,)])
    connection.rollback()


@settings(max_examples=examples(60, 1_000), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(TEXTS, max_size=4), numbers=st.lists(NUMBERS, max_size=4), some=st.lists(BYTES, max_size=4))
def test_lists_find_what_is_in_them(
    connection: psycopg.Connection[Any],
    prepared: dict[str, bytes],
    words: list[str],
    numbers: list[int],
    some: list[bytes],
) -> None:
    rows = [(place, word, None, None) for place, word in enumerate(words)]
    rows += [(place, None, number, None) for place, number in enumerate(numbers, start=len(rows))]
    rows += [(place, None, None, one) for place, one in enumerate(some, start=len(rows))]
    any_of = "SELECT count(*) FROM kept WHERE {} = ANY($1)"
    asked = [(any_of.format(name), (of,)) for name, of in (("words", words), ("number", numbers), ("bytes", some))]
    found = in_one_trip(connection, prepared, [*((KEEP, row) for row in rows), *asked])
    assert found[len(rows) :] == [[(len(words),)], [(len(numbers),)], [(len(some),)]]
    connection.rollback()


def test_the_first_that_fails_is_told_and_those_behind_it_were_not_run(
    connection: psycopg.Connection[Any], prepared: dict[str, bytes]
) -> None:
    again = "INSERT INTO kept (place) VALUES ($1)"
    with pytest.raises(psycopg.errors.UniqueViolation):
        in_one_trip(connection, prepared, [(KEEP, (1, "一", 1, b"")), (again, (1,)), (KEPT, (1,))])
    connection.rollback()
    assert in_one_trip(connection, prepared, [(KEPT, (1,)), (again, (1,)), (KEPT, (1,))])[2] == [(None, None, None)]


def test_what_the_connection_forgot_is_prepared_anew(
    connection: psycopg.Connection[Any], prepared: dict[str, bytes]
) -> None:
    asked = [("SELECT count(*) FROM kept", ()), (KEPT, (1,))]
    in_one_trip(connection, prepared, asked)
    connection.rollback()
    connection.execute("DEALLOCATE ALL")
    with pytest.raises(psycopg.OperationalError):
        in_one_trip(connection, prepared, [("SELECT 1", ()), *asked])
    connection.rollback()
    assert in_one_trip(connection, prepared, asked) == [[(0,)], []]


def test_a_transaction_is_begun_once_as_the_connection_has_it(
    connection: psycopg.Connection[Any], prepared: dict[str, bytes]
) -> None:
    connection.rollback()
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    level = "SHOW transaction_isolation"
    assert in_one_trip(connection, prepared, [(level, ())]) == [[("repeatable read",)]]
    assert in_one_trip(connection, prepared, [(level, ())]) == [[("repeatable read",)]]
    assert connection.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS
    connection.rollback()
    connection.isolation_level = None


@pytest.mark.parametrize("value", ["a\x00b", ["a", "b\x00"]])
def test_nothing_is_cut_at_a_nul(
    connection: psycopg.Connection[Any], prepared: dict[str, bytes], value: object
) -> None:
    with pytest.raises(psycopg.DataError):
        in_one_trip(connection, prepared, [(KEEP, (1, "", 1, b"")), ("SELECT words = $1 FROM kept", (value,))])
    assert in_one_trip(connection, prepared, [("SELECT count(*) FROM kept", ())]) == [[(0,)]], "nothing had left"


def test_more_than_the_line_holds_at_once_arrives(
    connection: psycopg.Connection[Any], prepared: dict[str, bytes]
) -> None:
    large = "米" * 400_000
    found = in_one_trip(
        connection,
        prepared,
        [statement for place in range(8) for statement in ((KEEP, (place, large, 0, b"")), (KEPT, (place,)))],
    )
    assert found[1::2] == [[(large, 0, b"")]] * 8


def test_a_line_that_is_cut_is_an_error_and_closed(postgresql: str) -> None:
    with (
        psycopg.connect(new_postgresql_database(postgresql), prepare_threshold=None) as connection,
        pytest.raises(psycopg.OperationalError),
    ):
        in_one_trip(connection, {}, [("SELECT pg_terminate_backend(pg_backend_pid())", ()), ("SELECT 1", ())])
    assert connection.closed
