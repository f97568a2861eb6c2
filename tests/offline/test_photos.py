"""Photos over a bad line: cut anywhere, resumed where it broke, verified, never dropped."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from fieldapp.sync.troubles import TryLater
from tests.offline.fault_proxy import LOST_REPLY, PASS, TWICE, Fault, FaultProxy
from tests.sync.office import LI, Laptop, Office

LaptopOf = Callable[..., Laptop]
CHUNK = 256 * 1024
PHOTO = random.Random(7).randbytes(2 * CHUNK + 1000)


def with_photo(laptop: Laptop, photo: bytes = PHOTO) -> str:
    prospect, _person = laptop.prospect()
    return laptop.visit(prospect, photos=(photo,))


def content(laptop: Laptop, visit: str) -> bytes | None:
    with laptop.store.reading() as view:
        return view.attachments.content(view.records.get(visit).screen["photos"][0]["digest"])


@pytest.mark.parametrize("size", [1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1])
def test_photo_of_any_size_arrives_as_it_was(size: int, office: Office, laptop_of: LaptopOf) -> None:
    one, other = laptop_of(LI), laptop_of(LI)
    visit = with_photo(one, PHOTO[:size])
    assert one.sync().photos_sent == 1
    assert other.sync().photos_received == 1
    assert content(other, visit) == PHOTO[:size]
    assert office.administration.incomplete() == []
    assert one.sync().photos_sent == other.sync().photos_received == 0


@pytest.mark.parametrize("request_number", [1, 2, 3, 4])
@pytest.mark.parametrize("fault", [LOST_REPLY, TWICE, Fault(request_bytes=CHUNK // 2), Fault(reply_bytes=40)])
def test_photo_cut_while_sending_goes_on_where_it_broke(
    request_number: int, fault: Fault, office: Office, line: FaultProxy, laptop_of: LaptopOf
) -> None:
    laptop = laptop_of(LI)
    visit = with_photo(laptop)
    line.plan.extend([PASS] * request_number + [fault])
    try:
        laptop.sync()
    except TryLater:
        laptop.sync()
    assert office.administration.incomplete() == []
    sent = sum(len(request) for request in line.requests if request.startswith(b"PATCH"))
    assert sent < len(PHOTO) + 2 * CHUNK + 4_000, "what had arrived was not sent again"
    other = laptop_of(LI)
    other.sync()
    assert content(other, visit) == PHOTO


def test_photo_cut_while_fetching_goes_on_where_it_broke(office: Office, line: FaultProxy, laptop_of: LaptopOf) -> None:
    one, other = laptop_of(LI), laptop_of(LI)
    visit = with_photo(one)
    one.sync()
    asked = len(line.requests)
    line.plan.extend([PASS, PASS, Fault(reply_bytes=CHUNK // 2)])
    with pytest.raises(TryLater):
        other.sync()
    assert content(other, visit) is None
    other.sync()
    assert content(other, visit) == PHOTO
    fetched = [request for request in line.requests[asked:] if request.startswith(b"GET /att")]
    assert len(fetched) == 4, "three pieces, one of them twice"


def test_same_photo_on_two_visits_and_two_laptops_is_sent_once(
    office: Office, line: FaultProxy, laptop_of: LaptopOf
) -> None:
    one, other = laptop_of(LI), laptop_of(LI)
    with_photo(one)
    with_photo(one)
    with_photo(other)
    assert one.sync().photos_sent == 1
    other.sync()
    assert len([request for request in line.requests if request.startswith(b"PATCH")]) == 3
    assert office.administration.incomplete() == []


def test_bytes_damaged_on_the_way_are_fetched_anew(office: Office, line: FaultProxy, laptop_of: LaptopOf) -> None:
    one, other = laptop_of(LI), laptop_of(LI)
    visit = with_photo(one, PHOTO[:1000])
    one.sync()
    head = b"HTTP/1.1 206 Partial Content\r\nContent-Length: 1000\r\nX-Fieldapp-Request: %s\r\n\r\n"
    line.plan.extend([PASS, Fault(rewritten=lambda asked: head % request_id(asked) + b"x" * 1000)])
    assert other.sync().photos_received == 0
    assert content(other, visit) is None
    assert other.sync().photos_received == 1
    assert content(other, visit) == PHOTO[:1000]


def request_id(request: bytes) -> bytes:
    lines = request.partition(b"\r\n\r\n")[0].lower().split(b"\r\n")
    return next(line.partition(b":")[2].strip() for line in lines if line.startswith(b"x-fieldapp-request"))


@pytest.mark.parametrize("status", [b"404 Not Found", b"413 Too Large", b"422 Unprocessable", b"500 Fault"])
def test_no_answer_ever_drops_a_photo(status: bytes, office: Office, line: FaultProxy, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    visit = with_photo(laptop, PHOTO[:1000])
    with_photo(laptop, PHOTO[:2000])
    body = b'{"code":"no","text":"no"}'
    refusal = (
        b"HTTP/1.1 "
        + status
        + b"\r\nContent-Type: application/vnd.fieldapp+json\r\nContent-Length: %d\r\nX-Fieldapp-Request: %s\r\n\r\n"
    )
    line.plan.extend([PASS, PASS, Fault(rewritten=lambda asked: refusal % (len(body), request_id(asked)) + body)])
    try:
        sent = laptop.sync().photos_sent
    except TryLater:
        assert status.startswith(b"500")
    else:
        assert sent in (1, 2), "one that is refused does not stop the other"
    assert content(laptop, visit) == PHOTO[:1000]
    laptop.sync()
    assert office.administration.incomplete() == []


def test_photo_that_head_office_does_not_have_yet_is_left_for_later(
    office: Office, line: FaultProxy, laptop_of: LaptopOf
) -> None:
    one, other = laptop_of(LI), laptop_of(LI)
    visit = with_photo(one)
    line.plan.extend([PASS, Fault(request_bytes=0)])
    with pytest.raises(TryLater):
        one.sync()
    other.sync()
    assert other.kept(visit) is not None, "the record came before its photo"
    assert len(office.administration.incomplete()) == 1
    assert content(other, visit) is None
    one.sync()
    other.sync()
    assert content(other, visit) == PHOTO
