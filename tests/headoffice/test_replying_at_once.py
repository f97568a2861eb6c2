"""A small push and its reply are one unit where nothing that is read can change meanwhile, else two."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.storage.store import Store, Unit
from tests.headoffice import changes_to_send as send
from tests.headoffice.laptops import Laptop

Enrol = Callable[[str], Laptop]


@pytest.fixture
def read(office: Administration, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows with every unit that only reads."""
    units: list[str] = []
    reading = Store.reading

    @contextmanager
    def counted(store: Store) -> Iterator[Unit]:
        units.append("reading")
        with reading(store) as unit:
            yield unit

    monkeypatch.setattr(Store, "reading", counted)
    return units


def test_a_push_of_one_is_answered_in_the_unit_that_took_it(laptop_of: Enrol, read: list[str]) -> None:
    zhang = laptop_of("zhang")
    zhang.sync()
    read.clear()
    reply = zhang.sync(send.prospect())
    assert [receipt.outcome for receipt in reply.receipts] == ["accepted"]
    assert not reply.more
    assert read == []


def test_what_others_may_write_to_meanwhile_is_read_at_one_moment_of_its_own(
    office: Administration, laptop_of: Enrol, read: list[str]
) -> None:
    zhang = laptop_of("zhang")
    zhang.sync()
    office.add_branch(send.branch("CB09"))
    read.clear()
    reply = zhang.sync(send.prospect())
    assert [receipt.outcome for receipt in reply.receipts] == ["accepted"]
    assert [record.kind for record in reply.records] == ["branch"]
    with office.store.writing() as unit:
        assert read == (["reading"] if unit.records.many_writers else [])
    assert zhang.sync().records == []


def test_a_first_push_that_starts_from_nothing_gets_all_there_is(laptop_of: Enrol, read: list[str]) -> None:
    first, second = laptop_of("zhang"), laptop_of("zhang")
    first.sync(send.prospect(), send.person())
    reply = second.sync(send.prospect("p2"))
    assert reply.restart
    assert second.base.keys() == first.base.keys() | {"p2"}
