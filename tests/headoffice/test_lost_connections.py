"""Connections to PostgreSQL that are gone: made anew where they rested, told as busy where they were just in use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, suppress

import psycopg
import pytest
from sqlalchemy.exc import IntegrityError

from fieldapp.headoffice.administration import create_head_office
from fieldapp.headoffice.storage import engines
from fieldapp.headoffice.storage.store import Busy, Store, Unit
from tests.headoffice.changes_to_send import FixedClock
from tests.postgresql import new_postgresql_database

_ADD_HEAD = "INSERT INTO stream_head (stream, seq, hash, floor) VALUES (?,?,?,?)"
_CUT_OFF = (
    "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


@pytest.fixture
def url(postgresql: str) -> str:
    return new_postgresql_database(postgresql)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = create_head_office(url, FixedClock()).store
    yield store
    store.close()


def use(store: Store) -> None:
    """Both kinds of units, and two at once, so that several connections rest afterwards."""
    with store.writing() as writing, store.reading() as reading:
        assert writing.records.heads(["bank"]) == reading.records.heads(["bank"])


def cut_off(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as other:
        assert other.execute(_CUT_OFF).fetchone() != (0,)


def test_connections_that_died_at_rest_are_made_anew(store: Store, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "ASKED_AFTER_S", 0.0)
    for _ in range(3):
        use(store)
        cut_off(url)
    use(store)


def test_connections_that_died_while_they_waited_for_their_next_use_are_made_anew(store: Store, url: str) -> None:
    for _ in range(2):
        use(store)
        for kept in (store._to_write, store._to_read):
            assert kept.idle
            kept.idle[:] = [(connection, since - 600) for connection, since in kept.idle]
        cut_off(url)
    use(store)


def test_connections_that_died_in_use_are_told_as_busy_at_most_once_each(
    store: Store, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "ASKED_AFTER_S", 600.0)
    use(store)
    cut_off(url)
    with pytest.raises(Busy):
        use(store)
    with suppress(Busy):
        use(store)
    use(store)


def test_where_every_connection_is_in_use_others_are_told_to_come_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = store._engine.pool
    monkeypatch.setattr(pool, "_timeout", 0.05)

    def hold_all() -> None:
        with ExitStack() as held:
            for _each in range(100):
                held.enter_context(store.reading())

    with pytest.raises(Busy):
        hold_all()
    use(store)


def test_what_is_wrong_with_one_of_several_statements_is_told_and_undoes_the_unit(store: Store) -> None:
    def twice(unit: Unit) -> None:
        head = unit.records.heads(["bank"])["bank"]
        with unit.records.together(rows=1):
            unit.records.set_head("bank", head._replace(seq=99))
            unit.records._direct.run(_ADD_HEAD, "bank", 0, "", 0)
            unit.records.set_head("bank", head)

    with pytest.raises(IntegrityError), store.writing() as unit:
        twice(unit)
    with store.reading() as unit:
        assert unit.records.heads(["bank"])["bank"].seq < 99
