"""Photos beside records: they take their time, their share of the line and of the disk, and hold nothing else up."""

from __future__ import annotations

import hashlib
import random
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from filelock import FileLock
from sqlalchemy import event

from fieldapp.headoffice.pace import Pace
from fieldapp.headoffice.serve import RunningHeadOffice
from fieldapp.protocol.messages import Limits
from fieldapp.sync import photos
from fieldapp.sync.summary import Stage
from fieldapp.sync.throttle import LEAST_PIECE_BYTES, Throttle
from fieldapp.sync.troubles import Cancelled, TryLater
from tests.offline.fault_proxy import PASS, Fault, FaultProxy, answering
from tests.offline.processes import Forked, HeadOfficeProcess, send_and_fetch
from tests.sync.office import LI, ZHAO, Laptop, Office, closing

LaptopOf = Callable[..., Laptop]
CHUNK = 256 * 1024
WAIT_S = 30


def made(size: int, seed: int) -> bytes:
    return random.Random(seed).randbytes(size)


def with_photos(laptop: Laptop, *contents: bytes) -> list[str]:
    prospect, _person = laptop.prospect()
    return [laptop.visit(prospect, f"facts {number}", (content,)) for number, content in enumerate(contents)]


def photos_held(laptop: Laptop) -> set[bytes]:
    digests = [p["digest"] for kept in laptop.all_records().values() for p in kept.screen.get("photos") or ()]
    with laptop.store.reading() as view:
        return {content for digest in digests if (content := view.attachments.content(digest)) is not None}


class CutLine:
    """Decides about each request of photos: every piece is cut, each in another way, and every byte is counted."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)
        self._lock = threading.Lock()
        self._whole: set[bytes] = set()
        self.cuts = 0
        self.up = self.down = 0

    def __call__(self, request: bytes) -> Fault:
        with self._lock:
            head, _, body = request.partition(b"\r\n\r\n")
            if head.startswith(b"PATCH"):
                return self._cut_up(len(body))
            if head.startswith(b"GET /attachments"):
                return self._cut_down(head)
            return PASS

    def _cut_up(self, size: int) -> Fault:
        self.cuts += 1
        if self.cuts % 3 == 0:  # in the middle of the request
            self.up += size // 2
            return Fault(request_bytes=400 + size // 2)
        self.up += size
        return Fault(reply_bytes=0)  # at the boundary: it arrived, and nobody says so

    def _cut_down(self, head: bytes) -> Fault:
        first, _, last = head.lower().partition(b"range: bytes=")[2].split(b"\r\n")[0].partition(b"-")
        size = int(last) - int(first) + 1
        self.cuts += 1
        part = self._draw.randrange(1, size + 1)
        self.down += part
        return Fault(reply_bytes=600 + part)


@contextmanager
def cut_line(port: int, cutting: CutLine) -> Iterator[FaultProxy]:
    with FaultProxy(port, keeping=False) as line:
        line.choose = cutting
        yield line


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Head office tells nobody that they ask too often: what it did not send then would be counted as sent."""
    monkeypatch.setattr(Pace, "wait_s", lambda _pace, _caller: 0.0)


def through_the_cuts(folder: Path, number: int, size: int) -> None:
    """Photos over a line that is cut in every piece, up and then down; counted where it is cut."""
    office = Office.new(folder / "office.db")
    with closing(office), RunningHeadOffice(office.store, office.clock) as running:
        cutting = CutLine(number)
        with cut_line(running.port, cutting) as line:
            one, other = (office.laptop(LI, folder / name, address=line.url) for name in ("one", "other"))
            with closing(one, other):
                prospect, _person = one.prospect()
                for first in range(0, number, 10):
                    some = tuple(made(size, seed) for seed in range(first, min(number, first + 10)))
                    one.visit(prospect, f"facts {first}", some)
                synced(one, number)
                assert office.administration.incomplete() == []
                assert cutting.up - number * size <= cutting.cuts * CHUNK, "at most a piece again for each cut"
                up = cutting.cuts
                synced(other, number)
                assert cutting.down - number * size <= (cutting.cuts - up) * 1024, "what came does not come again"
                with other.store.reading() as view:
                    for seed in range(number):
                        content = made(size, seed)
                        assert view.attachments.content(hashlib.sha256(content).hexdigest()) == content


def synced(laptop: Laptop, number: int) -> None:
    travelled = 0
    for _ in range(number * 20):
        try:
            summary = laptop.sync()
        except TryLater:
            continue
        travelled += summary.photos_sent + summary.photos_received
        with laptop.store.reading() as view:
            if not view.attachments.waiting("to_send") and not view.attachments.waiting("to_fetch"):
                return
    raise AssertionError(f"{travelled} of {number} came through")


def test_photos_come_through_a_line_that_is_cut_at_every_piece(unhurried: None, tmp_path: Path) -> None:
    through_the_cuts(tmp_path, 6, 600_000)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_five_hundred_large_photos_come_through_a_line_that_is_cut_at_every_piece(
    unhurried: None, tmp_path: Path
) -> None:
    through_the_cuts(tmp_path, 500, 3_000_000)


@pytest.mark.parametrize("tenth", range(1, 10))
def test_photo_cut_at_each_tenth_arrives(tenth: int, office: Office, line: FaultProxy, laptop_of: LaptopOf) -> None:
    one, other = laptop_of(LI), laptop_of(LI)
    photo = made(CHUNK, tenth)
    with_photos(one, photo)
    line.plan.extend([PASS, PASS, Fault(request_bytes=CHUNK * tenth // 10)])
    synced(one, 1)
    line.plan.extend([PASS, Fault(reply_bytes=CHUNK * tenth // 10)])
    synced(other, 1)
    assert photos_held(other) == {photo}


def test_record_saved_while_a_photo_travels_does_not_wait_for_it(
    office: Office, line: FaultProxy, laptop_of: LaptopOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photos, "RECORDS_S", 0.0)
    monkeypatch.setattr(photos, "LOOK_S", 0.01)
    laptop = laptop_of(LI)
    with_photos(laptop, made(3 * CHUNK, 1))
    answered = threading.Event()
    saved: list[str] = []

    def save_and_wait() -> None:
        saved.append(laptop.prospect("李四")[0])
        while office.record(saved[0]) is None:
            assert answered.wait(WAIT_S), "the record waited for the photo"
            answered.clear()

    held = iter([Fault(then=save_and_wait)])

    def choose(request: bytes) -> Fault:
        if request.startswith(b"PATCH"):
            return next(held, PASS)
        return Fault(after=answered.set) if request.startswith(b"POST /sync") else PASS

    line.choose = choose
    summary = laptop.sync()
    assert (summary.photos_sent, summary.unsent) == (1, 0)
    assert office.record(saved[0]) is not None
    assert office.administration.incomplete() == []


def test_other_sync_exchanges_records_while_this_one_has_photos_under_way(
    office: Office, line: FaultProxy, laptop_of: LaptopOf
) -> None:
    laptop = laptop_of(LI)
    with_photos(laptop, made(CHUNK, 1))
    others: list[int] = []

    def sync_beside() -> None:
        laptop.prospect("李四")
        others.append(laptop.sync().accepted)

    held = iter([Fault(then=sync_beside)])
    line.choose = lambda request: next(held, PASS) if request.startswith(b"PATCH") else PASS
    assert laptop.sync().photos_sent == 1
    assert others == [2]


def test_photos_travel_several_at_once(office: Office, line: FaultProxy, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    with_photos(laptop, *(made(1000, seed) for seed in range(6)))
    together = threading.Barrier(photos.CONNECTIONS, timeout=WAIT_S)
    line.choose = lambda request: Fault(then=together.wait) if request.startswith(b"PATCH") else PASS  # type: ignore[arg-type]
    assert laptop.sync().photos_sent == 6


def test_one_photo_that_never_gets_through_lets_the_others_by(
    office: Office, line: FaultProxy, laptop_of: LaptopOf
) -> None:
    laptop = laptop_of(LI)
    contents = [made(1000 + seed, seed) for seed in range(5)]
    visits = with_photos(laptop, *contents)
    poisonous = hashlib.sha256(contents[0]).hexdigest().encode()
    line.choose = lambda request: (
        Fault(reply_bytes=0, request_bytes=0) if request.startswith(b"PATCH") and poisonous in request[:200] else PASS
    )
    with pytest.raises(TryLater) as trouble:
        laptop.sync()
    assert trouble.value.code == "cut"
    assert [reference.record for reference in office.administration.incomplete()] == [visits[0]]
    line.choose = lambda _request: PASS
    assert laptop.sync().photos_sent == 1


def test_head_office_that_asks_to_wait_is_waited_for_between_photos(
    office: Office, line: FaultProxy, laptop_of: LaptopOf
) -> None:
    laptop = laptop_of(LI)
    with_photos(laptop, *(made(1000, seed) for seed in range(3)))
    busy = iter(range(5))

    def choose(request: bytes) -> Fault:
        often = request.startswith((b"HEAD", b"PATCH")) and next(busy, None) is not None
        return answering(429, Retry_After="0") if often else PASS

    line.choose = choose
    assert laptop.sync().photos_sent == 3
    line.choose = lambda request: answering(503, Retry_After="300") if b"/attachments" in request[:40] else PASS
    with_photos(laptop, made(1000, 9))
    with pytest.raises(TryLater) as trouble:
        laptop.sync()
    assert trouble.value.after_s == 300


def test_photos_can_be_stopped_at_any_piece(office: Office, line: FaultProxy, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    with_photos(laptop, made(3 * CHUNK, 1))
    pieces: list[bytes] = []

    def choose(request: bytes) -> Fault:
        if request.startswith(b"PATCH"):
            pieces.append(request)
        return PASS

    line.choose = choose
    with pytest.raises(Cancelled):
        laptop.sync(cancelled=lambda: len(pieces) > 0)
    assert len(pieces) <= 3
    assert laptop.sync().photos_sent == 1
    assert sum(len(piece.partition(b"\r\n\r\n")[2]) for piece in pieces) == 3 * CHUNK, "nothing twice"


def test_how_far_the_photos_are_is_told_in_bytes(office: Office, line: FaultProxy, laptop_of: LaptopOf) -> None:
    one, other = laptop_of(LI), laptop_of(LI)
    with_photos(one, made(2 * CHUNK, 1), made(1000, 2))
    told: list[tuple[str, int, int | None]] = []
    one.sync(progress=lambda *said: told.append(said))
    other.sync(progress=lambda *said: told.append(said))
    for stage in (Stage.PHOTOS_UP, Stage.PHOTOS_DOWN):
        assert [said for said in told if said[0] == stage][-1] == (stage, 2 * CHUNK + 1000, 2 * CHUNK + 1000)


def test_throttle_keeps_to_its_rate_over_all_connections() -> None:
    now = 0.0

    def wait(seconds: float) -> None:
        nonlocal now
        now += seconds

    throttle = Throttle(20_000, wait=wait, now=lambda: now)
    sent = 0
    while sent < 200_000:
        piece = throttle.piece_bytes(CHUNK)
        assert piece == 10_000
        throttle.take(piece)
        sent += piece
    assert 9 <= now <= 10
    assert Throttle(1).piece_bytes(CHUNK) == LEAST_PIECE_BYTES
    assert Throttle(None).piece_bytes(CHUNK) == CHUNK


def test_throttled_photos_travel_in_small_pieces(office: Office, line: FaultProxy, laptop_of: LaptopOf) -> None:
    one, other = laptop_of(LI), laptop_of(LI)
    photo = made(150_000, 3)
    with_photos(one, photo)
    start = time.monotonic()
    assert one.sync(most_bytes_per_s=100_000).photos_sent == 1
    assert time.monotonic() - start > 0.9
    pieces = [len(request) for request in line.requests if request.startswith(b"PATCH")]
    assert len(pieces) == 3
    assert max(pieces) < 51_000
    other.sync(most_bytes_per_s=1_000_000)
    assert photos_held(other) == {photo}


def test_photos_are_left_out_where_the_line_is_dear(office: Office, line: FaultProxy, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    with_photos(laptop, made(1000, 1))
    assert laptop.sync(photos=False).photos_sent == 0
    assert not [request for request in line.requests if b"/attachments" in request[:40]]
    assert len(office.administration.incomplete()) == 1


def test_second_process_leaves_the_photos_to_the_first(office: Office, line: FaultProxy, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    with_photos(laptop, made(1000, 1))
    with FileLock(str(laptop.store.path) + ".photos"):
        assert laptop.sync().photos_sent == 0
    assert laptop.sync().photos_sent == 1


def test_full_disk_of_the_laptop_is_said_and_fetching_goes_on_when_there_is_room(
    office: Office, line: FaultProxy, laptop_of: LaptopOf
) -> None:
    one, other = laptop_of(LI), laptop_of(LI)
    photo = made(4 * CHUNK, 1)
    with_photos(one, photo)
    one.sync()
    other.sync(photos=False)
    own = made(1000, 2)
    with_photos(other, own)

    def room(pages: int) -> None:
        used = other.write(lambda unit: unit.connection.execute("PRAGMA page_count").fetchone()[0])
        other.write(lambda unit: unit.connection.execute(f"PRAGMA max_page_count = {used + pages}").fetchall())

    room(150)  # two pieces and a little
    with pytest.raises(TryLater) as trouble:
        other.sync()
    assert trouble.value.code == "disk_full"
    assert photo not in photos_held(other)
    assert [r.digest for r in office.administration.incomplete()] == [], "what was to be sent was sent"
    room(10_000)
    fetched = len(line.requests)
    assert other.sync().photos_received == 1
    assert photos_held(other) == {photo, own}
    assert len([request for request in line.requests[fetched:] if request.startswith(b"GET /att")]) < 4


def test_full_disk_of_head_office_is_said_and_sending_goes_on_when_there_is_room(
    office: Office, line: FaultProxy, laptop_of: LaptopOf
) -> None:
    laptop = laptop_of(LI)
    photo = made(4 * CHUNK, 1)
    with_photos(laptop, photo)
    laptop.sync(photos=False)
    with office.store.reading() as unit:
        engine = unit.connection.engine
        used = unit.connection.exec_driver_sql("PRAGMA page_count").scalar()
    most = used + 150
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(f"PRAGMA max_page_count = {most}"))
    with pytest.raises(TryLater) as trouble:
        laptop.sync()
    assert trouble.value.code == "no_room"
    assert trouble.value.after_s is not None
    with laptop.store.reading() as view:
        (waiting,) = view.attachments.waiting("to_send")
    assert 0 < waiting.confirmed < len(photo)
    most = 1_000_000
    assert laptop.sync().photos_sent == 1
    assert office.administration.incomplete() == []


@pytest.mark.long
def test_memory_does_not_grow_with_the_photo(office: Office, line: FaultProxy, laptop_of: LaptopOf) -> None:
    line.keeping = False
    one, other = laptop_of(LI), laptop_of(LI)
    with_photos(one, made(Limits().attachment_bytes, 1))
    one.sync(photos=False)
    other.sync(photos=False)
    tracemalloc.start()
    try:
        assert one.sync().photos_sent == 1
        assert other.sync().photos_received == 1
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * 1024 * 1024, "both ends and the line between them, of a photo of 20 MiB"


def kill_in_the_middle(folder: Path, runs: int, seed: int) -> None:
    """Kill the laptop or head office again and again while photos travel both ways."""
    draw = random.Random(seed)
    path = folder / "office.db"
    office = Office.new(path)
    one, other = (office.laptop(LI, folder / name) for name in ("one", "other"))
    contents: set[bytes] = set()
    numbers = count(seed * 1000)
    with closing(office, one), HeadOfficeProcess(path) as server, Forked() as process:
        other.store.close()
        for run in range(runs):
            new = [made(draw.choice((900_000, 2_000_000)), next(numbers)) for _ in range(2)]
            contents |= set(new)
            with_photos(one, *new)
            one.sync(server.url)
            process.start(send_and_fetch, other.folder, other.key.hex(), server.url)
            victim = (process.kill, server.kill)[run % 2]
            for _ in range(draw.randint(1, 3)):
                process.line()
            killing = threading.Timer(draw.random() * 0.05, victim)
            killing.start()
            killing.join()
            process.kill()
            if victim == server.kill:
                server.serve()
        other.open()
        with closing(other):
            other.sync(server.url)
            one.sync(server.url)
            assert photos_held(one) == photos_held(other)
            assert contents <= photos_held(one)
            assert office.administration.incomplete() == []


@pytest.mark.long
def test_killing_either_side_in_the_middle_of_a_photo_loses_none(tmp_path: Path) -> None:
    kill_in_the_middle(tmp_path, runs=4, seed=1)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 12))
@pytest.mark.timeout(600)
def test_killing_either_side_many_times_in_the_middle_of_a_photo_loses_none(seed: int, tmp_path: Path) -> None:
    kill_in_the_middle(tmp_path, runs=10, seed=seed)


def test_photo_of_a_record_that_left_is_there_to_be_sent_again_after_a_restore(
    office: Office, laptop_of: LaptopOf, tmp_path: Path
) -> None:
    """Nobody else ever fetched it, and the backup that head office falls back to is older than it."""
    li = laptop_of(LI)
    prospect, _person = li.prospect()
    li.sync()
    office.back_up(tmp_path / "backup.db")
    photo = made(2 * CHUNK + 7, 3)
    visit = li.visit(prospect, photos=(photo,))
    assert li.sync().photos_sent == 1
    office.administration.reassign(prospect, ZHAO)
    li.sync()
    assert li.kept(visit) is None
    back = Office.at(tmp_path / "backup.db", office.clock)
    with closing(back), RunningHeadOffice(back.store, back.clock) as running:
        assert li.sync(running.url).photos_sent == 1
        assert back.administration.incomplete() == []
        other = back.laptop(LI, tmp_path / "other", address=running.url)
        assert other.sync().photos_received == 1
        assert photos_held(li) == photos_held(other) == {photo}
        other.store.close()
