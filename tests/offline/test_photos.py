"""Photos over a bad line: cut anywhere, resumed where it broke, verified, never dropped."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from contextlib import suppress

import msgspec
import pytest

from fieldapp.domain.records import Photo
from fieldapp.headoffice.uploads import Uploads
from fieldapp.protocol.messages import Limits
from fieldapp.services.refused_work import correct, give_up
from fieldapp.store.unit import Unit
from fieldapp.sync.one_photo import MOST_ATTEMPTS
from fieldapp.sync.photos import PhotoTransfer
from fieldapp.sync.transport import HeadOffice
from fieldapp.sync.troubles import TryLater
from tests.offline.fault_proxy import LOST_REPLY, PASS, TWICE, Fault, FaultProxy, answering
from tests.sync.office import LI, WANG, ZHAO, FixedClock, Laptop, Office, visit_of

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


@pytest.mark.parametrize("request_number", [2, 3, *(pytest.param(one, marks=pytest.mark.long) for one in (1, 4))])
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


def test_photo_cut_while_fetching_goes_on_at_the_byte_where_it_broke(
    office: Office, line: FaultProxy, laptop_of: LaptopOf
) -> None:
    one, other = laptop_of(LI), laptop_of(LI)
    visit = with_photo(one)
    one.sync()
    asked = len(line.requests)
    line.plan.extend([PASS, PASS, PASS, Fault(reply_bytes=CHUNK // 2)])
    assert other.sync().photos_received == 1
    assert content(other, visit) == PHOTO
    fetched = [request for request in line.requests[asked:] if request.startswith(b"GET /att")]
    assert len(fetched) == 3, "what came of the second piece did not come again"


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
    assert other.sync().photos_received == 1
    assert content(other, visit) == PHOTO[:1000]


@pytest.mark.parametrize(("alike", "fetched"), [(True, 2), (False, MOST_ATTEMPTS)])
def test_photo_whose_bytes_come_wrong_again_and_again_is_left_alone_for_a_day(
    alike: bool, fetched: int, office: Office, line: FaultProxy, laptop_of: LaptopOf
) -> None:
    one, other = laptop_of(LI), laptop_of(LI, FixedClock())
    visit = with_photo(one, PHOTO[:1000])
    one.sync()
    head = b"HTTP/1.1 206 Partial Content\r\nContent-Length: 1000\r\nX-Fieldapp-Request: %s\r\n\r\n"
    asked: list[bytes] = []

    def damaging(request: bytes) -> Fault:
        if not request.startswith(b"GET /att"):
            return PASS
        asked.append(request)
        wrong = b"x" if alike else b"%d" % len(asked)
        return Fault(rewritten=lambda asked: head % request_id(asked) + wrong * 1000)

    line.choose = damaging
    assert other.sync().photos_received == 0
    assert len(asked) == fetched
    assert content(other, visit) is None
    line.choose = lambda _request: PASS
    other.reopen()
    other.clock.move(hours=23)
    assert other.sync().photos_received == 0
    other.clock.move(hours=2)
    assert other.sync().photos_received == 1
    assert content(other, visit) == PHOTO[:1000]


def test_photo_left_alone_by_a_clock_that_was_wrong_is_fetched_once_it_is_right(
    office: Office, line: FaultProxy, laptop_of: LaptopOf
) -> None:
    one, other = laptop_of(LI), laptop_of(LI, FixedClock())
    visit = with_photo(one, PHOTO[:1000])
    one.sync()
    other.sync(photos=False)
    digest = digest_of(PHOTO[:1000]).decode()
    other.clock.move(days=365)
    other.write(lambda unit: unit.attachments.begin_anew(digest, differed_at=other.clock.now()))
    other.clock.move(days=-365)
    assert other.sync().photos_received == 1
    assert content(other, visit) == PHOTO[:1000]


@pytest.mark.parametrize("told", [0, 1, len(PHOTO) - CHUNK, len(PHOTO) - 1, len(PHOTO) + 1, len(PHOTO) + 3 * CHUNK])
def test_photo_is_whole_by_its_digest_whatever_size_a_record_tells(
    told: int, office: Office, line: FaultProxy, laptop_of: LaptopOf
) -> None:
    one, other = laptop_of(LI), laptop_of(LI)
    prospect, _person = one.prospect()

    def record(unit: Unit) -> str:
        digest = unit.attachments.add(PHOTO, "image/jpeg", None)
        photo = Photo(digest=digest, name="照片.jpg", size=told, media_type="image/jpeg")
        return unit.create("visit", visit_of(LI, "", (photo,)), parent=prospect)

    visit = one.write(record)
    one.sync()
    asked = len(line.requests)
    assert other.sync().photos_received == 1
    assert content(other, visit) == PHOTO
    assert len([request for request in line.requests[asked:] if request.startswith(b"GET /att")]) <= 4
    asked = len(line.requests)
    other.sync()
    assert not [request for request in line.requests[asked:] if b"/attachments/" in request[:30]], "nothing is repeated"


def request_id(request: bytes) -> bytes:
    lines = request.partition(b"\r\n\r\n")[0].lower().split(b"\r\n")
    return next(line.partition(b":")[2].strip() for line in lines if line.startswith(b"x-fieldapp-request"))


HTML = b"text/html"
OURS = b"application/vnd.fieldapp+json"


@pytest.mark.parametrize("media_type", [OURS, HTML])
@pytest.mark.parametrize("method", [b"HEAD", b"PATCH"])
@pytest.mark.parametrize("status", [b"404 Not Found", b"409 Conflict", b"413 Too Large", b"422 No", b"500 Fault"])
def test_no_answer_ever_drops_a_photo(
    status: bytes, method: bytes, media_type: bytes, office: Office, line: FaultProxy, laptop_of: LaptopOf
) -> None:
    laptop = laptop_of(LI)
    visit, other = with_photo(laptop, PHOTO[:1000]), with_photo(laptop, PHOTO[:2000])
    named = digest_of(PHOTO[:1000])
    body = b"" if method == b"HEAD" else b'{"code":"no","text":"no"}'
    refusal = b"HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nX-Fieldapp-Request: %s\r\n\r\n"
    refused = Fault(rewritten=lambda asked: refusal % (status, media_type, len(body), request_id(asked)) + body)
    line.choose = lambda request: refused if request.startswith(method) and named in request[:200] else PASS
    with suppress(TryLater):
        laptop.sync()
    assert content(laptop, visit) == PHOTO[:1000]
    assert content(laptop, other) == PHOTO[:2000]
    if media_type == OURS and status[:3] != b"409":
        missing = office.administration.incomplete()
        assert [reference.record for reference in missing] == [visit], "one that is refused does not stop the other"
    line.choose = lambda _request: PASS
    laptop.sync()
    assert office.administration.incomplete() == []


def digest_of(photo: bytes) -> bytes:
    return hashlib.sha256(photo).hexdigest().encode()


def test_photo_that_head_office_does_not_have_yet_is_left_for_later(
    office: Office, line: FaultProxy, laptop_of: LaptopOf
) -> None:
    one, other = laptop_of(LI), laptop_of(LI)
    visit = with_photo(one)
    one.sync(photos=False)
    other.sync()
    assert other.kept(visit) is not None, "the record came before its photo"
    assert len(office.administration.incomplete()) == 1
    assert content(other, visit) is None
    one.sync()
    other.sync()
    assert content(other, visit) == PHOTO


def test_photo_that_never_comes_is_asked_for_ever_more_seldom(
    office: Office, line: FaultProxy, laptop_of: LaptopOf
) -> None:
    lost, other = laptop_of(LI), laptop_of(LI)
    visit = with_photo(lost)
    lost.sync(photos=False)
    line.requests.clear()
    for _quarter_of_an_hour in range(4 * 24 * 4):
        other.sync()
        office.clock.move(seconds=900)
    asked = [request for request in line.requests if request.startswith(b"GET /attachments")]
    assert 9 <= len(asked) <= 13, "after a quarter of an hour, half an hour, an hour … and then each day"
    lost.sync()
    office.clock.move(days=1)
    other.sync()
    assert content(other, visit) == PHOTO


def test_smaller_pieces_are_tried_where_large_ones_do_not_get_through(
    office: Office, line: FaultProxy, laptop_of: LaptopOf
) -> None:
    laptop = laptop_of(LI)
    with_photo(laptop)
    line.choose = lambda request: (
        answering(413, **{"X-Fieldapp-Request": request_id(request).decode()})
        if (request.startswith(b"PATCH") and len(request) > CHUNK // 3)
        else PASS
    )
    assert laptop.sync().photos_sent == 1
    assert office.administration.incomplete() == []


def test_photo_larger_than_head_office_takes_stays_and_is_not_sent(
    office: Office, line: FaultProxy, laptop_of: LaptopOf
) -> None:
    laptop = laptop_of(LI)
    visit = with_photo(laptop)
    laptop.sync(photos=False)
    laptop.write(lambda unit: unit.state.set("limits", Limits(attachment_bytes=1000)))
    with (
        HeadOffice(line.url, laptop.enrolment.token) as head_office,
        PhotoTransfer(laptop.store, head_office.another) as transfer,
    ):
        assert transfer.wait(30)
        assert transfer.sent == 0
        transfer.require_no_trouble()
    assert not [request for request in line.requests if b"/attachments/" in request[:30]]
    assert content(laptop, visit) == PHOTO


def test_photo_leaves_with_its_record_and_a_shared_one_with_the_last(
    office: Office, line: FaultProxy, laptop_of: LaptopOf
) -> None:
    laptop, head = laptop_of(LI), laptop_of(WANG)
    first, second = with_photo(laptop, PHOTO[:1000]), with_photo(laptop, PHOTO[:1000])
    laptop.sync()
    head.sync()
    digest = digest_of(PHOTO[:1000]).decode()
    laptop.write(lambda unit: unit.attachments.forget_durable(1000))  # head office has it for good
    for visit, expected in ((first, PHOTO[:1000]), (second, None)):
        office.administration.reassign(laptop.kept(visit).parent, ZHAO)
        laptop.sync()
        assert laptop.kept(visit) is None
        with laptop.store.reading() as view:
            assert view.attachments.content(digest) == expected
    head.sync()
    assert content(head, second) == PHOTO[:1000], "who sees the record still has its photo"
    new_owner = laptop_of(ZHAO)
    assert new_owner.sync().photos_received == 1


def test_photo_that_head_office_lost_with_a_restore_is_sent_again_with_its_record(
    office: Office, line: FaultProxy, laptop_of: LaptopOf
) -> None:
    laptop = laptop_of(LI)
    prospect, _person = laptop.prospect()
    laptop.visit(prospect, photos=(PHOTO[:1000],))
    laptop.sync()
    with office.store.writing() as unit:
        unit.attachments.discard(digest_of(PHOTO[:1000]).decode())
    laptop.visit(prospect, photos=(PHOTO[:1000],))
    assert laptop.sync().photos_sent == 1
    assert office.administration.incomplete() == []


@pytest.fixture
def refused(laptop_of: LaptopOf) -> tuple[Laptop, str]:
    """A visit with a photo that ends before it begins, as only a faulty program saves it: it was refused."""
    laptop = laptop_of(LI)
    visit = with_photo(laptop)

    def spoil(unit: Unit) -> None:
        (queued,) = unit.outbox.of_record(visit)
        fields = queued.decoded().fields | {"ended_at": (None, "2026-05-01T01:00:00Z")}
        unit.outbox.rename(queued, msgspec.structs.replace(queued.decoded(), fields=fields))

    laptop.write(spoil)
    summary = laptop.sync()
    assert (summary.refused, summary.photos_sent) == (1, 0), "nobody needs it"
    return laptop, visit


def test_photo_of_what_was_refused_travels_once_that_is_corrected(
    office: Office, laptop_of: LaptopOf, refused: tuple[Laptop, str]
) -> None:
    laptop, visit = refused
    correct(laptop.store, laptop.refused()[0].change, {"ended_at": "2026-06-01 09:40"})
    assert laptop.sync().photos_sent == 1
    assert office.administration.incomplete() == []
    other = laptop_of(LI)
    other.sync()
    assert content(other, visit) == PHOTO


def test_photo_of_what_was_given_up_is_neither_sent_nor_kept_nor_asked_for(
    office: Office, line: FaultProxy, refused: tuple[Laptop, str]
) -> None:
    laptop, _visit = refused
    digest = hashlib.sha256(PHOTO).hexdigest()
    give_up(laptop.store, laptop.refused()[0].change)
    with laptop.store.reading() as view:
        assert view.attachments.get(digest) is None
    line.requests.clear()
    laptop.sync()
    assert [request.split(b"?")[0] for request in line.requests] == [b"GET /sync"]
    assert office.administration.incomplete() == []
    with office.store.reading() as unit:
        assert unit.attachments.holding(digest).received == 0


def test_photo_that_another_visit_names_too_stays_when_one_is_given_up(
    office: Office, laptop_of: LaptopOf, refused: tuple[Laptop, str]
) -> None:
    laptop, visit = refused
    same = laptop.visit(laptop.kept(visit).parent, "the same picture", (PHOTO,))
    give_up(laptop.store, laptop.refused()[0].change)
    assert laptop.sync().photos_sent == 1
    other = laptop_of(LI)
    other.sync()
    assert content(other, same) == PHOTO


def test_photo_that_another_laptop_began_wrongly_is_through_in_the_same_synchronisation(
    office: Office, laptop_of: LaptopOf
) -> None:
    laptop, broken = laptop_of(LI), laptop_of(WANG)
    visit = with_photo(laptop)
    digest = hashlib.sha256(PHOTO).hexdigest()
    caller = office.caller(broken.enrolment.device)
    Uploads(office.store, office.clock).append(caller, digest, 0, b"x" * CHUNK, len(PHOTO))
    assert laptop.sync().photos_sent == 1
    assert office.administration.incomplete() == []
    broken.sync()
    assert content(broken, visit) == PHOTO
