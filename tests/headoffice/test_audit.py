"""A journal that was touched is found at the entry that was touched, whatever else was made to fit."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from sqlalchemy import text

from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.chain import chained
from tests.headoffice.changes_to_send import BRANCH, prospect
from tests.headoffice.laptops import Laptop


@pytest.fixture
def written(office: Administration, laptop_of: Callable[[str], Laptop]) -> Administration:
    laptop_of("zhang").sync(*(prospect(f"p{n}") for n in range(9)))
    return office


def tamper(office: Administration, *statements: str) -> None:
    with office.store.writing() as unit:
        if unit.connection.dialect.name == "sqlite":
            for act in ("update", "delete"):
                unit.connection.execute(text(f"DROP TRIGGER IF EXISTS journal_no_{act}"))
        else:
            unit.connection.execute(text("DROP TRIGGER IF EXISTS journal_stays ON journal"))
        for statement in statements:
            unit.connection.execute(text(statement))


def found(office: Administration) -> dict[str, int | None]:
    return {one.stream: one.broken_at for one in office.audit()}


def test_every_stream_is_read_and_holds(written: Administration) -> None:
    told = {one.stream: one for one in written.audit()}
    assert set(told) == {"bank", BRANCH, "CB02"}
    assert all(one.sound for one in told.values())
    assert (told[BRANCH].entries, told["CB02"].entries) == (9, 0)
    with written.store.reading() as unit:
        assert told[BRANCH].hash == unit.records.heads([BRANCH])[BRANCH].hash


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        (f"UPDATE journal SET actor = 'li' WHERE stream = '{BRANCH}' AND seq = 4", 4),
        (f"UPDATE journal SET accepted_at = '2020' WHERE stream = '{BRANCH}' AND seq = 1", 1),
        (f"UPDATE journal SET device = 'x' WHERE stream = '{BRANCH}' AND seq = 9", 9),
        (f"DELETE FROM journal WHERE stream = '{BRANCH}' AND seq = 5", 5),
        (f"DELETE FROM journal WHERE stream = '{BRANCH}' AND seq = 9", 9),
        (f"DELETE FROM journal WHERE stream = '{BRANCH}'", 1),
        (f"UPDATE journal SET seq = seq + 100 WHERE stream = '{BRANCH}' AND seq > 6", 7),
        (f"UPDATE stream_head SET seq = 8 WHERE stream = '{BRANCH}'", 10),
        (f"DELETE FROM stream_head WHERE stream = '{BRANCH}'", 1),
    ],
)
def test_what_was_altered_is_found_where_it_was(statement: str, broken_at: int, written: Administration) -> None:
    tamper(written, statement)
    assert found(written) == {"bank": None, "CB02": None, BRANCH: broken_at}


def test_entry_whose_own_hash_was_made_to_fit_breaks_the_next(written: Administration) -> None:
    with written.store.reading() as unit:
        entries = list(unit.records.journal.entries(BRANCH))
    forged = entries[3]._replace(actor="li")
    told = tuple(forged)[:8]
    digest = hashlib.sha256(forged.body).hexdigest()
    forged = forged._replace(hash=chained(entries[2].hash, told, digest, forged.random))
    tamper(
        written,
        f"UPDATE journal SET actor = 'li', hash = '{forged.hash}' WHERE stream = '{BRANCH}' AND seq = 4",
    )
    assert found(written)[BRANCH] == 5
