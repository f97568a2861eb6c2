"""The document is enough to write a client from: one that was agrees with a laptop, field by field."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fieldapp.domain.kinds import values_of
from fieldapp.domain.records import Application, Person, Prospect
from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.serve import RunningHeadOffice
from tests.headoffice.changes_to_send import FixedClock
from tests.headoffice.reference_client import Forked, Held, ReferenceClient, Refused
from tests.sync.office import Laptop, Office, visit_of

Enrol = Callable[..., ReferenceClient]


@pytest.fixture
def url(office: Administration, clock: FixedClock) -> Iterator[str]:
    with RunningHeadOffice(office.store, clock) as running:
        yield running.url


@pytest.fixture
def client_of(office: Administration, url: str) -> Enrol:
    def enrolled(staff: str, **rest: Any) -> ReferenceClient:
        client = ReferenceClient(url, **rest)
        client.enrol(office.issue_code(staff).code)
        return client

    return enrolled


@pytest.fixture
def laptop_of(office: Administration, clock: FixedClock, url: str, tmp_path: Path) -> Iterator[Callable[[str], Laptop]]:
    """A real laptop beside it."""
    there = Office(office, clock, tmp_path)  # type: ignore[arg-type]
    numbers = count(1)
    made: list[Laptop] = []

    def enrolled(staff: str) -> Laptop:
        made.append(there.laptop(staff, tmp_path / f"{staff} {next(numbers)}", address=url))
        return made[-1]

    yield enrolled
    for laptop in made:
        laptop.store.close()


def plain(record: Any) -> dict[str, Any]:
    values: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(values_of(record)))
    return values


def a_prospect(client: ReferenceClient, **values: Any) -> tuple[str, str]:
    prospect = client.create("prospect", plain(Prospect(owner=client.staff, **values)))
    person = client.create("person", plain(Person(name="王小明")), prospect)
    return prospect, person


def a_visit(client: ReferenceClient, prospect: str, facts: str, **values: Any) -> str:
    return client.create("visit", plain(visit_of(client.staff, facts)) | values, prospect)


def agree(client: ReferenceClient, laptop: Laptop) -> None:
    """Both were told the same of everything, or one of them misread."""
    told = {
        record: Held(
            kept.kind,
            [kept.moves, kept.stream, kept.seq],
            kept.base,
            kept.parent,
            msgspec.json.decode(msgspec.json.encode(kept.conflicts)),
        )
        for record, kept in laptop.all_records().items()
    }
    assert client.base.keys() == told.keys()
    for record, held in client.base.items():
        for conflict in held.conflicts:
            conflict.setdefault("late", False)
        for conflict in told[record].conflicts:
            conflict.setdefault("late", False)
        assert held == told[record]


@pytest.mark.parametrize("protocol", [1, 2])
def test_client_written_from_the_document_agrees_with_a_laptop(
    protocol: int, client_of: Enrol, laptop_of: Callable[[str], Laptop]
) -> None:
    client, other, laptop = client_of("zhang", protocol=protocol, page=7), client_of("zhang"), laptop_of("zhang")
    prospect, person = a_prospect(client, remark="开头")
    for number in range(20):
        a_visit(client, prospect, f"第{number}次 🌾")
    client.edit(person, mobile="13900000001", name="王大明")
    client.edit(person, mobile="13900000002")
    offer = client.create(
        "application", plain(Application(officer=client.staff, amount_fen=5_000_000, months=12)), prospect
    )
    client.sync()
    assert client.outcomes == {"accepted": 25}
    assert client.protocol == protocol
    laptop.sync()
    other.sync()
    agree(client, laptop)
    agree(other, laptop)

    laptop.edit(person, actual_address="楠林桥")
    laptop.edit(prospect, remark="laptop")
    laptop.sync()
    client.edit(prospect, remark="client")
    client.edit(person, sex="M")
    client.edit(offer, months=24)
    client.sync()
    assert client.outcomes["conflict"] == 1
    laptop.sync()
    agree(client, laptop)

    client.decide(prospect, "remark", "settled")
    client.sync()
    laptop.sync()
    assert client.base[prospect].conflicts == []
    assert client.base[prospect].values["remark"] == "settled"
    agree(client, laptop)

    laptop.delete(prospect)
    laptop.sync()
    a_visit(client, prospect, "too late to know")
    client.sync()
    laptop.sync()
    assert [conflict["field"] for conflict in client.base[prospect].conflicts] == ["deleted"]
    agree(client, laptop)
    other.sync()
    agree(other, laptop)
    assert client.outbox == client.refused == []


def test_quiet_question_refusals_waits_and_one_bad_record(client_of: Enrol, laptop_of: Callable[[str], Laptop]) -> None:
    client, laptop = client_of("zhang"), laptop_of("zhang")
    prospect, _person = a_prospect(client)
    bad = client.create("prospect", plain(Prospect(owner="li")))
    waiting = a_visit(client, "nobody", "its parent is not there")
    visits = [a_visit(client, prospect, f"{number}") for number in range(3)]
    client.sync()
    assert client.outcomes == {"accepted": 5, "refused": 1, "waits": 2}
    assert [queued.change["record"] for queued in client.outbox] == [waiting]
    ((refused, receipt),) = client.refused
    assert (refused.change["record"], receipt["code"]) == (bad, "actor")
    laptop.sync()
    agree(client, laptop)
    assert {*visits} < {*client.base}
    client.outbox.clear()
    client.sync()
    assert client.requests[-1] == ("GET", "/sync", 204)
    laptop.visit(prospect, "new")
    laptop.sync()
    client.sync()
    assert client.requests[-1] == ("GET", "/sync", 200)
    agree(client, laptop)


def test_same_request_again_gives_the_same_and_a_lower_counter_is_a_clone(client_of: Enrol) -> None:
    client = client_of("zhang")
    a_prospect(client)
    body = client.request(client.outbox)
    first = client._message("POST", "/sync", body)
    client._message("POST", "/sync", body)
    client._apply(client._message("POST", "/sync", body), list(client.outbox))
    assert first["runs"][0][1] == 2
    assert client.outbox == []
    a_prospect(client)
    client.sync()
    client._counter = 0
    with pytest.raises(Refused) as told:
        client.sync()
    assert (told.value.status, told.value.code) == (409, "clone")


def test_what_moves_to_another_officer_leaves_and_a_restart_agrees(
    client_of: Enrol, laptop_of: Callable[[str], Laptop]
) -> None:
    zhang, li, hu = client_of("zhang"), client_of("li"), client_of("hu", page=2)
    kept, _ = a_prospect(zhang)
    prospect, person = a_prospect(zhang)
    zhang.sync()
    hu.sync()
    hu.edit(prospect, owner="li")
    hu.sync()
    zhang.edit(person, name="晚了")
    zhang.sync()
    li.sync()
    assert {prospect, person}.isdisjoint(zhang.base)
    assert kept in zhang.base
    assert {prospect, person} < {*li.base}
    (late,) = li.base[person].conflicts
    assert (late["value"], late["late"]) == ("晚了", True)
    for client, staff in ((zhang, "zhang"), (li, "li"), (hu, "hu")):
        laptop = laptop_of(staff)
        laptop.sync()
        client.sync()
        agree(client, laptop)
        client.cursor = None
        client.sync()
        agree(client, laptop)


def test_photo_goes_on_where_it_stopped_in_both_directions(
    client_of: Enrol, laptop_of: Callable[[str], Laptop]
) -> None:
    client, laptop = client_of("zhang"), laptop_of("zhang")
    photo = random.Random(3).randbytes(700_000)
    digest = hashlib.sha256(photo).hexdigest()
    prospect, _person = a_prospect(client)
    named = {"digest": digest, "name": "照片.jpg", "size": len(photo), "media_type": "image/jpeg"}
    a_visit(client, prospect, "with a photo", photos=[named])
    client.sync()
    assert client.missing == [digest]
    assert not client.send_attachment(photo, most=1)
    assert client.send_attachment(photo)
    assert [one[0] for one in client.requests].count("PATCH") == 3
    assert client.fetch_attachment(digest, 100_000) == photo
    assert laptop.sync().photos_received == 1
    with laptop.store.reading() as view:
        assert view.attachments.content(digest) == photo


def test_marks_of_another_head_office_are_answered_with_fork(client_of: Enrol) -> None:
    client = client_of("zhang")
    a_prospect(client)
    client.sync()
    client.marks["TS01"] = [client.marks["TS01"][0], "f" * 16]
    before = client.base.copy()
    a_prospect(client)
    with pytest.raises(Forked):
        client.sync()
    assert (client.base, len(client.outbox)) == (before, 2)
