"""Every table can be divided by the stream: its keys begin with it, and whatever is asked of it names the stream."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, inspect

from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.product_files import default_products
from fieldapp.headoffice.storage.tables import metadata
from tests.sync.office import LI, WANG, ZHAO, Office
from tests.sync.test_convergence import Interleavings, run, template
from tests.sync.test_photos_converge import PhotoInterleavings
from tests.sync.test_starting_over import StartingOver

_LITERAL = re.compile(r"[xX]?'(?:[^']|'')*'")
_ASKS = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH|REPLACE)\b", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z_]+")


def test_every_key_begins_with_the_stream(office: Administration) -> None:
    with office.store.reading() as unit:
        found = inspect(unit.connection)
        for table in metadata.tables:
            keys = [found.get_pk_constraint(table)["constrained_columns"]]
            keys += [index["column_names"] for index in found.get_indexes(table)]
            assert all(key[0] == "stream" for key in keys), table


@pytest.fixture
def said() -> Iterator[set[str]]:
    """What any head office of SQLite is asked, below SQLAlchemy; what stands in quotes is left out."""
    statements: set[str] = set()

    def trace(connection: object, _record: object) -> None:
        if hasattr(connection, "set_trace_callback"):
            connection.set_trace_callback(lambda statement: statements.add(_LITERAL.sub("?", statement)))

    event.listen(Engine, "connect", trace)
    yield statements
    event.remove(Engine, "connect", trace)


@pytest.mark.parametrize("machine", [Interleavings, StartingOver, PhotoInterleavings])
def test_whatever_befalls_laptops_every_statement_names_the_stream(
    machine: type[Interleavings], said: set[str]
) -> None:
    """Merges, conflicts, refusals, hand-overs, purges, restores, rescues, totals and photos."""
    template(None)
    said.clear()  # the steps that made the tables
    run(examples=2, steps=20, machine=machine)
    require_streams(said, {"record", "journal", "receipt", "departure", "stream_head", "device", "held"})


def test_whatever_the_administrator_does_every_statement_names_the_stream(tmp_path: Path, said: set[str]) -> None:
    office = Office.made(tmp_path / "office.db")
    said.clear()  # the steps that made the tables
    laptop = office.laptop(LI, tmp_path / "li")
    prospect, _person = laptop.prospect()
    laptop.visit(prospect)
    laptop.sync_with(office)
    head_office = office.administration
    assert head_office.put_product(default_products()[0]) == 1
    head_office.withdraw_product(head_office.products()[0].code)
    head_office.change_staff(LI, name="李四")
    head_office.reassign(prospect, ZHAO)
    head_office.reassign_all(ZHAO, WANG)
    head_office.purge(0)
    assert head_office.branches()
    assert head_office.staff()
    assert head_office.hand_ins() == []
    assert head_office.incomplete() == []
    assert all(each.broken_at is None for each in head_office.audit())
    head_office.back_up(str(tmp_path / "office.db"), tmp_path / "copy.db")
    head_office.export(tmp_path / "export")
    head_office.revoke(head_office.devices()[0].device)
    head_office.retire_staff(LI)
    laptop.store.close()
    office.close()
    require_streams(said, {"record", "journal", "staff", "branch", "device", "enrol_code", "attachment", "setting"})


def require_streams(said: set[str], least: set[str]) -> None:
    """Whatever concerns a table names the stream; at ``least`` these tables were concerned."""
    asked = {one: metadata.tables.keys() & _NAME.findall(one) for one in said if _ASKS.match(one)}
    assert least <= set().union(*asked.values())
    for statement, concerned in asked.items():
        assert not concerned or "stream" in _NAME.findall(statement), statement
