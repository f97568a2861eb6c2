"""The one look of the short question: what it tells, and that nothing is lost where it cannot be had."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.storage import distant_glances
from fieldapp.headoffice.storage.glances import Glances, Glimpse
from fieldapp.headoffice.tokens import token_hash
from tests.headoffice import changes_to_send as send
from tests.headoffice.laptops import Laptop

Enrol = Callable[[str], Laptop]


@asynccontextmanager
async def glancing(office: Administration) -> AsyncIterator[Glances]:
    glances = office.store.glances
    try:
        yield glances
    finally:
        glances.close()
        await asyncio.sleep(0)


async def seen(glances: Glances, token: str) -> Glimpse:
    """What a look tells, once there is a connection to look through."""
    async with asyncio.timeout(10):
        while (glimpse := await glances.of(token_hash(token))) is None:
            await asyncio.sleep(0.01)
    return glimpse


def ended_connections(office: Administration) -> int:
    """Ends all other connections of a PostgreSQL database from its side; how many there were."""
    query = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database()"
    with office.store.reading() as unit:
        return int(unit.connection.scalar(text(f"{query} AND pid <> pg_backend_pid()")) or 0)


def on_postgresql(office: Administration) -> None:
    if office.store.glances.near:
        pytest.skip("a file has no connection that could be lost")


def test_a_look_tells_laptop_officer_and_heads(office: Administration, laptop_of: Enrol) -> None:
    laptop = laptop_of("zhang")
    laptop.sync(send.prospect())

    async def looked() -> Glimpse:
        async with glancing(office) as glances:
            return await seen(glances, laptop.device)

    glimpse = asyncio.run(looked())
    with office.store.reading() as unit:
        heads = unit.records.heads(["bank", send.BRANCH])
    assert (glimpse.device, glimpse.staff, glimpse.branch) == (laptop.device, "zhang", send.BRANCH)
    assert glimpse.counter == laptop.counter
    assert glimpse.heads == heads


def test_strangers_and_revoked_laptops_are_not_seen_and_looks_follow_each_other(
    office: Administration, laptop_of: Enrol
) -> None:
    one, other = laptop_of("zhang"), laptop_of("li")

    async def looked() -> list[str | None]:
        async with glancing(office) as glances:
            await seen(glances, one.device)
            office.revoke(other.device)
            tokens = [one.device, other.device, "nobody's token\x00", one.device] * 20
            found = await asyncio.gather(*(glances.of(token_hash(token)) for token in tokens))
            return [glimpse.device if glimpse else None for glimpse in found]

    assert asyncio.run(looked()) == [one.device, None, None, one.device] * 20


def test_a_lost_connection_is_made_anew_and_nobody_waits_for_it(
    office: Administration, laptop_of: Enrol, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_postgresql(office)
    monkeypatch.setattr(distant_glances, "PAUSE_S", 0.05)
    laptop = laptop_of("zhang")

    async def looked() -> None:
        async with glancing(office) as glances:
            await seen(glances, laptop.device)
            assert ended_connections(office) > 0
            assert await glances.of(token_hash(laptop.device)) is None
            assert (await seen(glances, laptop.device)).device == laptop.device

    asyncio.run(looked())


def test_a_look_that_takes_too_long_is_given_up(
    office: Administration, laptop_of: Enrol, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_postgresql(office)
    monkeypatch.setattr(distant_glances, "PATIENCE_S", 0.2)
    monkeypatch.setattr(distant_glances, "PAUSE_S", 0.05)
    laptop = laptop_of("zhang")

    async def looked() -> None:
        async with glancing(office) as glances:
            await seen(glances, laptop.device)
            with office.store.writing() as unit:
                unit.connection.execute(text("LOCK TABLE device IN ACCESS EXCLUSIVE MODE"))
                looks = (glances.of(token_hash(laptop.device)) for _ in range(3))
                assert await asyncio.gather(*looks) == [None] * 3
            assert (await seen(glances, laptop.device)).device == laptop.device

    asyncio.run(looked())


def test_a_look_that_its_caller_gives_up_leaves_no_answer_to_the_next(office: Administration, laptop_of: Enrol) -> None:
    on_postgresql(office)
    one, other = laptop_of("zhang"), laptop_of("li")

    async def looked() -> Glimpse | None:
        async with glancing(office) as glances:
            await seen(glances, one.device)
            look = asyncio.ensure_future(glances.of(token_hash(one.device)))
            await asyncio.sleep(0)
            look.cancel()
            await asyncio.wait([look])
            assert look.cancelled()
            return await glances.of(token_hash(other.device))

    found = asyncio.run(looked())
    assert found is None or found.device == other.device
