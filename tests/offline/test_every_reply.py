"""Every reply of a long exchange, cut or replaced in every way: half a page never moves the cursor."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from fieldapp.headoffice.serve import RunningHeadOffice
from fieldapp.protocol.messages import MEDIA_TYPE
from fieldapp.sync.portions import Portions
from fieldapp.sync.troubles import NotHeadOffice, SyncTrouble, TryLater
from tests.offline.fault_proxy import DRIP, KEPT_BACK, PASS, Fault, FaultProxy, answering
from tests.offline.oracle import of_people, saved_once_everywhere
from tests.offline.test_photos import request_id
from tests.sync.office import LI, Laptop, Office

LaptopOf = Callable[..., Laptop]
TENTHS = range(1, 10)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Portions, "kept", classmethod(lambda cls, _state: cls(records=7)))


def filled(laptop: Laptop, count: int = 12) -> list[str]:
    return [record for number in range(count) for record in laptop.prospect(f"客户{number}")]


def cut_at(tenth: int) -> Fault:
    """The reply stops after so many tenths of it."""
    return Fault(reply_part=tenth / 10)


def test_every_reply_cut_at_each_tenth_moves_no_cursor_and_loses_nothing(
    small_pages: None, office: Office, line: FaultProxy, laptop_of: LaptopOf, tmp_path: Path
) -> None:
    other, laptop = laptop_of(LI), laptop_of(LI)
    saved = filled(other)
    other.sync()
    saved += filled(laptop, 4)
    whole = 0
    while laptop.cursor() is None or laptop.queued() or is_reading(laptop):
        told_before = (laptop.cursor(), of_people_if_told(laptop))
        for tenth in TENTHS:
            line.plan.append(cut_at(tenth))
            with pytest.raises(TryLater):
                laptop.sync()
            assert (laptop.cursor(), of_people_if_told(laptop)) == told_before, "half a page counted"
        line.plan.extend([PASS, cut_at(0)])  # one whole reply further, and the next is cut again
        with suppress(TryLater):
            laptop.sync()
        line.plan.clear()
        whole += 1
    assert whole >= 3, "there were several pages to cut"
    saved_once_everywhere(office, laptop, saved, tmp_path / "fresh", line.url)


def is_reading(laptop: Laptop) -> bool:
    """Whether pages are still to come."""
    with laptop.store.reading() as view:
        return view.state.get("under_way", bool) or False


def of_people_if_told(laptop: Laptop) -> set[tuple[str, int | None]]:
    return {(name, kept.seq) for name, kept in laptop.all_records().items() if kept.seq is not None}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"ok"',
        b'{"protocol":2}',
        b'{"protocol":2,"server_time":5}',
        b"\xff\xfe",
        b"{}" * 9,
        b'{"protocol":2,"server_time":"","receipts":[{"change":"x"}]}',
        b'{"protocol":2,"server_time":"","cursor":7}',
    ],
)
def test_answer_that_looks_like_head_offices_but_is_not_changes_nothing(
    body: bytes, office: Office, line: FaultProxy, laptop_of: LaptopOf, tmp_path: Path
) -> None:
    laptop = laptop_of(LI)
    saved = filled(laptop, 2)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\nX-Fieldapp-Request: %s\r\n\r\n"
    for media_type in (MEDIA_TYPE.encode(), b"application/json", b"text/html"):
        line.plan.append(
            Fault(rewritten=lambda asked, t=media_type: head % (t, len(body), request_id(asked)) + body)  # type: ignore[misc]
        )
        with pytest.raises(NotHeadOffice):
            laptop.sync()
    assert len(laptop.queued()) == 4
    assert laptop.cursor() is None
    saved_once_everywhere(office, laptop, saved, tmp_path / "fresh", line.url)


def test_requests_that_arrive_late_and_in_another_order_count_once(
    office: Office, line: FaultProxy, laptop_of: LaptopOf, tmp_path: Path
) -> None:
    laptop = laptop_of(LI)
    saved = filled(laptop, 2)
    person = saved[1]
    for number in range(3):
        line.plan.append(KEPT_BACK)
        with pytest.raises(TryLater):
            laptop.sync()
        laptop.edit(person, name=f"王{number}")
    line.plan.append(Fault(late_after=True))
    laptop.sync()
    laptop.edit(person, name="王五")
    line.plan.append(KEPT_BACK)
    with pytest.raises(TryLater):
        laptop.sync()
    line.plan.append(Fault(late_first=True))
    laptop.sync()
    saved_once_everywhere(office, laptop, saved, tmp_path / "fresh", line.url)
    assert office.record(person).values["name"] == "王五"


def test_mixture_of_everything_a_line_can_do_ends_with_all_of_it_there(
    small_pages: None, office: Office, line: FaultProxy, laptop_of: LaptopOf, tmp_path: Path
) -> None:
    laptop = laptop_of(LI)
    saved = filled(laptop)
    portal = answering(200, "<html>", Content_Type="text/html")
    for fault in (
        portal,
        answering(502, "bad gateway"),
        answering(413, "<html>"),
        answering(429, "", Retry_After="7"),
        answering(503, "", Retry_After="soon"),
        cut_at(5),
        Fault(times=3, reply_bytes=0),
        KEPT_BACK,
        DRIP,
    ):
        line.plan.append(fault)
        with suppress(TryLater):  # any other trouble would never be tried again
            laptop.sync()
        saved += filled(laptop, 1)
    line.plan.append(Fault(late_first=True))
    saved_once_everywhere(office, laptop, saved, tmp_path / "fresh", line.url)


def test_nobody_waits_to_save_while_a_pull_hangs(
    office: Office, line: FaultProxy, laptop_of: LaptopOf, tmp_path: Path
) -> None:
    """The reply is held back on purpose: saves and lists must work all the while, not once it is over."""
    other, laptop = laptop_of(LI), laptop_of(LI)
    saved = filled(other)
    other.sync()
    held = threading.Event()
    line.plan.append(Fault(held=held))
    faults: list[BaseException] = []

    def pull() -> None:
        try:
            laptop.sync()
        except BaseException as error:  # noqa: BLE001 - carried to the test's own thread
            faults.append(error)

    syncing = threading.Thread(target=pull)
    syncing.start()
    try:
        saved += filled(laptop)
        assert syncing.is_alive(), "the exchange was under way all the time"
        assert {*saved[-2:]} <= laptop.all_records().keys()
    finally:
        held.set()
        syncing.join()
    assert not faults
    saved_once_everywhere(office, laptop, saved, tmp_path / "fresh", line.url)


def returning(folder: Path, count: int) -> None:
    """``count`` laptops that all were away come back in the same moment, to a branch head who reads as well."""
    office = Office.new(folder / "office.db")
    laptops = [office.laptop(LI, folder / f"li {number}") for number in range(count)]
    saved = [record for laptop in laptops for record in filled(laptop, 2)]
    troubles: list[SyncTrouble] = []
    start = threading.Barrier(count)
    try:
        with RunningHeadOffice(office.store, office.clock) as running, FaultProxy(running.port) as line:

            def back(laptop: Laptop) -> None:
                start.wait()
                for _ in range(10):
                    try:
                        laptop.sync(line.url)
                    except TryLater as trouble:
                        troubles.append(trouble)
                    else:
                        return

            threads = [threading.Thread(target=back, args=(laptop,)) for laptop in laptops]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            asked = len(line.requests)
            assert not any(laptop.queued() for laptop in laptops), "somebody never got through"
            assert asked <= 3 * count, "they asked more often than there was reason to"
            assert not troubles
            for laptop in laptops:
                laptop.sync(running.url)
            assert all(of_people(laptop) == of_people(laptops[0]) for laptop in laptops)
            saved_once_everywhere(office, laptops[0], saved, folder / "fresh", running.url)
    finally:
        for laptop in laptops:
            laptop.store.close()
        office.close()


def test_twelve_laptops_that_return_at_once_all_get_through_at_the_first_try(tmp_path: Path) -> None:
    returning(tmp_path, 12)


@pytest.mark.long
def test_fifty_laptops_that_return_at_once_all_get_through_at_the_first_try(tmp_path: Path) -> None:
    returning(tmp_path, 50)
