"""Who sends again is known from when they last asked, and is looked at anew only where that does not hold any more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import msgspec
import pytest

from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.serve import RunningHeadOffice
from fieldapp.headoffice.storage import distant_glances
from fieldapp.headoffice.storage.glances import Glimpse
from fieldapp.headoffice.tokens import token_hash
from fieldapp.protocol.messages import MEDIA_TYPE, SyncReply
from tests.headoffice import changes_to_send as send
from tests.headoffice import loopback
from tests.headoffice.laptops import Laptop

Enrol = Callable[[str], Laptop]


class Line:
    """A laptop that head office has just seen, over real loopback."""

    def __init__(self, url: str, laptop: Laptop) -> None:
        self.laptop = laptop
        self.http = loopback.Client(base_url=url, headers={"Content-Type": MEDIA_TYPE})
        self.http.headers["Authorization"] = f"Bearer {laptop.device}"

    def told(self, *names: str) -> tuple[int, SyncReply | str]:
        request = self.laptop.request(*map(send.prospect, names))
        answer = self.http.post("/sync", content=msgspec.json.encode(request))
        if answer.status_code != 200:
            return answer.status_code, answer.json()["code"]
        return 200, msgspec.json.decode(answer.content, type=SyncReply)

    def outcomes(self, *names: str) -> list[str]:
        return [receipt.outcome for receipt in self.reply(*names).receipts]

    def reply(self, *names: str) -> SyncReply:
        _status, reply = self.told(*names)
        assert isinstance(reply, SyncReply), reply
        return reply


@pytest.fixture
def looks(office: Administration, monkeypatch: pytest.MonkeyPatch) -> list[Glimpse | None]:
    """Grows with every look at who asks."""
    found: list[Glimpse | None] = []
    look = office.store.glances.of

    async def counted(token: str) -> Glimpse | None:
        found.append(await look(token))
        return found[-1]

    monkeypatch.setattr(office.store.glances, "of", counted)
    return found


@pytest.fixture
def line(
    office: Administration, clock: send.FixedClock, laptop_of: Enrol, looks: list[Glimpse | None]
) -> Iterator[Line]:
    with RunningHeadOffice(office.store, clock) as running:
        line = Line(running.url, laptop_of("zhang"))
        place = 0
        while not any(looks):  # the connection is opened when first wanted
            place += 1
            assert line.outcomes(f"first-{place}") == ["accepted"]
        looks.clear()
        yield line
        line.http.close()


def test_who_sends_again_is_not_looked_at_before(
    office: Administration, line: Line, looks: list[Glimpse | None]
) -> None:
    assert line.outcomes("p1") == ["accepted"]
    assert len(looks) == (1 if office.store.glances.near else 0)


def test_who_was_given_another_place_is_heard_in_it_at_once(
    office: Administration, line: Line, looks: list[Glimpse | None]
) -> None:
    line.told()
    looks.clear()
    office.change_staff("zhang", role="branch_head")
    reply = line.reply("p1")
    assert [receipt.outcome for receipt in reply.receipts] == ["accepted"]
    assert {record.record for record in reply.records} >= {"p1"}, "told as to a branch head, who has read nothing"
    assert len(looks) == 1
    assert line.outcomes("p2") == ["accepted"]


def test_who_was_shut_out_hears_so(office: Administration, line: Line) -> None:
    office.revoke(line.laptop.device)
    assert line.told("p1") == (403, "revoked")
    assert line.told("p1") == (403, "revoked")


def test_who_has_left_hears_so(office: Administration, line: Line) -> None:
    office.retire_staff("zhang")
    assert line.told("p1") == (403, "revoked")


def test_a_copy_of_a_laptop_hears_so(line: Line) -> None:
    line.laptop.counter -= 2
    assert line.told("p1") == (409, "clone")
    line.laptop.counter += 2
    assert line.outcomes("p1") == ["accepted"]


@pytest.mark.parametrize("location", ["postgresql"], indirect=True)
def test_only_so_many_are_remembered(office: Administration, laptop_of: Enrol, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distant_glances, "MOST_REMEMBERED", 3)
    tokens = [token_hash(laptop_of("zhang").device) for _ in range(5)]
    glances = office.store.glances

    async def look() -> None:
        async with asyncio.timeout(10):
            while await glances.of(tokens[0]) is None:
                await asyncio.sleep(0.01)
        for token in (*tokens, tokens[2]):
            await glances.of(token)
        glances.close()

    asyncio.run(look())
    assert [token for token in tokens if glances.lately(token)] == tokens[2:]
