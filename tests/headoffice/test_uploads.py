"""Attachments at head office: taken in by any process, verified before they count, given out in parts."""

from __future__ import annotations

import asyncio
import hashlib
import random
import threading
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import event, text

from fieldapp.domain.errors import Actionable
from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.exchange import LIMITS
from fieldapp.headoffice.routes import application
from fieldapp.headoffice.scope import Author, Caller
from fieldapp.headoffice.serve import RunningHeadOffice
from fieldapp.headoffice.storage import attachments as storage
from fieldapp.headoffice.storage.attachments import Holding, Reference
from fieldapp.headoffice.uploads import OffsetDiffers, Uploads
from tests.headoffice import changes_to_send as send
from tests.headoffice import loopback
from tests.headoffice.changes_to_send import BRANCH, FixedClock
from tests.headoffice.laptops import Laptop

PIECE = LIMITS.chunk_bytes
PHOTO = random.Random(3).randbytes(3 * PIECE + 100)
DIGEST = hashlib.sha256(PHOTO).hexdigest()
LI = Caller("li-laptop", Author("li", BRANCH, "officer"), 0, None)
WU = Caller("wu-laptop", Author("wu", "CB02", "branch_head"), 0, None)


@pytest.fixture
def uploads(office: Administration, clock: FixedClock) -> Uploads:
    return Uploads(office.store, clock)


@pytest.fixture
def other_process(office: Administration, clock: FixedClock) -> Uploads:
    return Uploads(office.store, clock)


def pieces(content: bytes = PHOTO) -> list[tuple[int, bytes]]:
    return [(start, content[start : start + PIECE]) for start in range(0, len(content), PIECE)]


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(Actionable) as refused:
        work()
    return refused.value.code


def stored(office: Administration) -> bytes:
    with office.store.reading() as unit:
        return b"".join(piece for _start, piece in unit.attachments.pieces(DIGEST))


def test_pieces_may_reach_any_process(office: Administration, uploads: Uploads, other_process: Uploads) -> None:
    for number, (start, piece) in enumerate(pieces()):
        status = (uploads, other_process)[number % 2].append(LI, DIGEST, start, piece, len(PHOTO))
    assert status.complete
    assert stored(office) == PHOTO


def test_nothing_is_read_again_while_one_process_takes_it_in(
    office: Administration, uploads: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.Attachments, "piece_at", None)
    for start, piece in pieces():
        status = uploads.append(LI, DIGEST, start, piece, len(PHOTO))
    assert status.complete


@pytest.mark.parametrize("right", [True, False])
def test_process_that_died_before_verifying_leaves_it_to_the_next(
    right: bool, office: Administration, uploads: Uploads
) -> None:
    content = PHOTO if right else PHOTO[:-1] + b"?"
    with office.store.writing() as unit:
        for start, piece in pieces(content):
            unit.attachments.append(DIGEST, start, piece)
        unit.attachments.note(DIGEST, Holding(len(PHOTO), begun="b"), at="")
    assert uploads.status(LI, DIGEST).offset == len(PHOTO)
    assert not uploads.status(LI, DIGEST).complete
    if right:
        assert uploads.append(LI, DIGEST, len(PHOTO), b"", len(PHOTO)).complete
        return
    assert refusal(lambda: uploads.append(LI, DIGEST, len(PHOTO), b"", len(PHOTO))) == "attachment_differs"
    assert (uploads.status(LI, DIGEST).offset, stored(office)) == (0, b"")
    for start, piece in pieces():
        status = uploads.append(LI, DIGEST, start, piece, len(PHOTO))
    assert status.complete


def test_digest_of_bytes_that_another_process_replaced_proves_nothing(
    office: Administration, uploads: Uploads, other_process: Uploads
) -> None:
    half = PIECE
    uploads.append(LI, DIGEST, 0, PHOTO[:half], None)
    with office.store.writing() as unit:
        unit.attachments.discard(DIGEST)
    other_process.append(LI, DIGEST, 0, b"x" * half, None)
    rest = PHOTO[half:]
    for start in range(0, len(rest) - 100, PIECE):
        uploads.append(LI, DIGEST, half + start, rest[start : start + PIECE], len(PHOTO))
    last = len(PHOTO) - 100
    assert refusal(lambda: uploads.append(LI, DIGEST, last, PHOTO[last:], len(PHOTO))) == "attachment_differs"
    assert not uploads.status(LI, DIGEST).complete


def test_more_bytes_than_there_can_be_are_dropped(uploads: Uploads) -> None:
    uploads.append(LI, DIGEST, 0, b"x" * PIECE, None)
    assert refusal(lambda: uploads.append(LI, DIGEST, 10, b"", 10)) == "attachment_differs"
    assert uploads.status(LI, DIGEST).offset == 0


@pytest.mark.parametrize(
    ("offset", "piece", "length"),
    [(0, b"", 1), (10, b"", 10), (5, b"12345", 10), (PIECE, b"", PIECE), (0, b"x", 1)],
)
def test_what_another_laptop_began_is_not_discarded_by_a_word(
    offset: int, piece: bytes, length: int, office: Administration, uploads: Uploads, other_process: Uploads
) -> None:
    uploads.append(LI, DIGEST, 0, PHOTO[:PIECE], len(PHOTO))
    for process, caller in ((uploads, WU), (other_process, replace(WU, device="another"))):
        refused = refusal(lambda: process.append(caller, DIGEST, offset, piece, length))  # noqa: B023 - called at once
        assert refused == "attachment_differs"
        assert uploads.status(LI, DIGEST).offset == PIECE
    assert stored(office) == PHOTO[:PIECE]
    for start, rest in pieces()[1:]:
        status = uploads.append(LI, DIGEST, start, rest, len(PHOTO))
    assert status.complete


@pytest.mark.parametrize("begun", [b"x" * (PIECE + 5), b"x" * 1000])
def test_whoever_has_the_attachment_begins_it_anew_over_what_is_none(begun: bytes, uploads: Uploads) -> None:
    right = PHOTO[:1000]
    digest = hashlib.sha256(right).hexdigest()
    uploads.append(WU, digest, 0, begun, None)
    offset = min(uploads.status(LI, digest).offset, len(right))
    refused = refusal(lambda: uploads.append(LI, digest, offset, right[offset:], len(right)))
    assert refused == "attachment_differs"
    assert uploads.append(LI, digest, 0, right[:400], len(right)).offset == 400, "and there it is told to begin at 0"
    assert uploads.append(LI, digest, 400, right[400:], len(right)).complete


@pytest.mark.parametrize("seen", [True, False], ids=["seen by one process", "to be read again"])
@pytest.mark.parametrize(
    ("offset", "piece", "length"),
    [(PIECE, b"x" * 9, PIECE + 9), (PIECE, b"x" * 9, len(PHOTO)), (0, b"x", 2)],
    ids=["the whole that it is not", "no end", "begun over it"],
)
def test_false_pieces_of_another_laptop_cost_the_one_that_has_it_one_beginning_at_most(
    offset: int, piece: bytes, length: int, seen: bool, office: Administration, uploads: Uploads, clock: FixedClock
) -> None:
    """Nobody can tell from outside whose bytes are wrong."""

    def process() -> Uploads:
        return uploads if seen else Uploads(office.store, clock)

    begun = 0
    uploads.append(LI, DIGEST, *pieces()[0], len(PHOTO))
    while not (status := uploads.status(LI, DIGEST)).complete:
        with suppress(Actionable, OffsetDiffers):
            process().append(WU, DIGEST, offset, piece, length)
        start = uploads.status(LI, DIGEST).offset
        begun += not start
        with suppress(Actionable):
            process().append(LI, DIGEST, start, PHOTO[start : start + PIECE], len(PHOTO))
    assert begun <= (length == len(PHOTO))
    assert (status.offset, stored(office)) == (len(PHOTO), PHOTO)
    assert uploads.status(WU, DIGEST) == status
    with office.store.reading() as unit:
        rows = unit.connection.execute(text("SELECT digest FROM attachment UNION SELECT digest FROM attachment_chunk"))
        assert [row.digest for row in rows] == [DIGEST], "no other copy is left"


def test_who_goes_on_with_what_another_began_wrongly_sends_all_of_it_apart(
    office: Administration, uploads: Uploads
) -> None:
    uploads.append(WU, DIGEST, 0, b"x" * PIECE, len(PHOTO))
    for start, piece in pieces()[1:-1]:
        uploads.append(LI, DIGEST, start, piece, len(PHOTO))
    last = pieces()[-1]
    assert refusal(lambda: uploads.append(LI, DIGEST, *last, len(PHOTO))) == "attachment_differs"
    assert (uploads.status(LI, DIGEST).offset, uploads.status(WU, DIGEST).offset) == (0, last[0])
    uploads.append(LI, DIGEST, *pieces()[0], len(PHOTO))
    assert refusal(lambda: uploads.append(WU, DIGEST, last[0], b"y" * 100, len(PHOTO))) == "attachment_differs"
    for start, piece in pieces()[1:]:
        status = uploads.append(LI, DIGEST, start, piece, len(PHOTO))
    assert status.complete
    assert stored(office) == PHOTO


def test_laptops_that_begin_the_same_attachment_at_once_are_both_answered(uploads: Uploads) -> None:
    contents = [random.Random(number).randbytes(3000) for number in range(20)]
    together = threading.Barrier(4)

    def begun(number: int) -> list[int]:
        told = []
        for content in contents:
            together.wait(30)
            caller, piece = (LI, WU)[number % 2], content[: 1000 + number]
            try:
                status = uploads.append(caller, hashlib.sha256(content).hexdigest(), 0, piece, len(content))
            except OffsetDiffers as differs:
                status = differs.status
            told.append(status.offset)
        return told

    with ThreadPoolExecutor(4) as threads:
        told = list(threads.map(begun, range(4)))
    for offsets in zip(*told, strict=True):
        assert len(set(offsets)) == 1, "one began it, and the others go on from there"


def test_piece_that_comes_twice_or_too_early_changes_nothing(office: Administration, uploads: Uploads) -> None:
    (first, *_rest) = pieces()
    uploads.append(LI, DIGEST, *first, len(PHOTO))
    for start, piece in (first, (2 * PIECE, b"early")):
        with pytest.raises(OffsetDiffers) as differs:
            uploads.append(LI, DIGEST, start, piece, len(PHOTO))
        assert differs.value.status.offset == PIECE
    assert stored(office) == first[1]
    for start, piece in pieces()[1:]:
        status = uploads.append(LI, DIGEST, start, piece, len(PHOTO))
    assert status.complete
    assert uploads.append(LI, DIGEST, 0, PHOTO[:10], len(PHOTO)).complete, "what is complete stays so"


def test_length_is_believed_only_where_it_can_be_true(uploads: Uploads) -> None:
    for offset, piece, length in ((0, b"xx", 1), (0, b"x", 0), (5, b"", 4), (0, b"x", LIMITS.attachment_bytes + 1)):
        assert refusal(lambda o=offset, p=piece, n=length: uploads.append(LI, DIGEST, o, p, n)) == (  # type: ignore[misc]
            "attachment_too_large"
        )
    empty = hashlib.sha256(b"").hexdigest()
    assert uploads.append(LI, empty, 0, b"", 0).complete


def test_any_part_is_found_where_it_stands(office: Administration, uploads: Uploads) -> None:
    for start, piece in pieces():
        uploads.append(LI, DIGEST, start, piece, len(PHOTO))
    for start, end in ((0, 10), (PIECE - 1, PIECE + 1), (5, len(PHOTO)), (len(PHOTO) - 1, len(PHOTO))):
        part = b""
        while start + len(part) < end:
            part += uploads.part(DIGEST, start + len(part), end)
        assert part == PHOTO[start:end]
    assert uploads.part(DIGEST, len(PHOTO), len(PHOTO) + 1) == b""


@pytest.mark.long
def test_memory_does_not_grow_with_the_attachment(office: Administration, uploads: Uploads, clock: FixedClock) -> None:
    draw = random.Random(1)
    size = LIMITS.attachment_bytes
    sha = hashlib.sha256()
    for _ in range(size // PIECE):
        sha.update(draw.randbytes(PIECE))
    draw, digest = random.Random(1), sha.hexdigest()
    tracemalloc.start()
    try:
        for start in range(0, size - PIECE, PIECE):
            uploads.append(LI, digest, start, draw.randbytes(PIECE), size)
        last = draw.randbytes(PIECE)
        assert Uploads(office.store, clock).append(LI, digest, size - PIECE, last, size).complete, "read as a whole"
        for start in range(0, size, PIECE):
            assert len(uploads.part(digest, start, start + PIECE)) == PIECE
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 12 * PIECE


def test_what_is_awaited_is_known_until_it_is_here(office: Administration, uploads: Uploads) -> None:
    both = [Reference(BRANCH, DIGEST, "v1"), Reference("CB02", DIGEST, "v2"), Reference(BRANCH, "c" * 64, "v1")]
    with office.store.writing() as unit:
        unit.attachments.refer(both)
        unit.attachments.refer(both[:1])
    assert {(r.stream, r.digest) for r in office.incomplete()} == {(r.stream, r.digest) for r in both}
    for start, piece in pieces():
        uploads.append(LI, DIGEST, start, piece, len(PHOTO))
    assert office.incomplete() == [both[2]]
    with office.store.writing() as unit:
        unit.attachments.refer(both)
    assert office.incomplete() == [both[2]], "naming it again does not forget that it is here"


def test_missing_is_told_of_any_number(office: Administration, uploads: Uploads) -> None:
    uploads.append(LI, hashlib.sha256(b"x").hexdigest(), 0, b"x", 1)
    asked = [hashlib.sha256(bytes([n % 256, n // 256])).hexdigest() for n in range(1_200)]
    with office.store.reading() as unit:
        assert unit.attachments.missing_among([*asked, hashlib.sha256(b"x").hexdigest()]) == sorted(asked)
        assert unit.attachments.missing_among([]) == []


def test_every_statement_names_the_stream(office: Administration, uploads: Uploads) -> None:
    said: list[str] = []
    with office.store.reading() as unit:
        engine = unit.connection.engine
    event.listen(engine, "before_cursor_execute", lambda *args: said.append(args[2]))
    with office.store.writing() as unit:
        unit.attachments.refer([Reference(BRANCH, DIGEST, "v1")])
        unit.attachments.missing_among([DIGEST])
        unit.attachments.seen_by(DIGEST, {BRANCH: "own:li"})
        unit.attachments.discard(DIGEST)
    for start, piece in pieces():
        uploads.append(LI, DIGEST, start, piece, len(PHOTO))
    uploads.part(DIGEST, 0, 5)
    office.incomplete()
    told = [one for one in said if "attachment" in one]
    assert len(told) > 10
    for statement in told:
        condition = statement.partition("WHERE")[2] or statement
        assert "stream" in condition, statement


@pytest.mark.parametrize("line", ["broken", "silent"])
def test_part_of_a_piece_is_kept_where_the_line_breaks_or_stalls(
    line: str,
    office: Administration,
    uploads: Uploads,
    clock: FixedClock,
    laptop_of: Callable[[str], Laptop],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    device = laptop_of("li").device
    monkeypatch.setattr("fieldapp.headoffice.desk.BODY_SECONDS", 0.2)
    server = application(office.store, clock)
    statuses: list[int] = []

    async def patch() -> None:
        said = iter([{"type": "http.request", "body": PHOTO[:1000], "more_body": True}])

        async def receive() -> dict[str, object]:
            if (message := next(said, None)) is not None:
                return message
            if line == "silent":
                await asyncio.Event().wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, object]) -> None:
            statuses.extend([message["status"]] if message["type"] == "http.response.start" else [])  # type: ignore[list-item]

        headers = {
            "authorization": f"Bearer {device}",
            "content-type": "application/offset+octet-stream",
            "content-length": str(PIECE),
            "upload-offset": "0",
            "upload-length": str(len(PHOTO)),
        }
        path = f"/attachments/{DIGEST}"
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "PATCH",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 1),
            "state": {},
        }
        await server(scope, receive, send)  # type: ignore[arg-type]

    asyncio.run(patch())
    assert statuses == [{"broken": 400, "silent": 408}[line]]
    assert uploads.status(LI, DIGEST).offset == 1000
    assert stored(office) == PHOTO[:1000]


def test_whole_and_any_range_of_it_travel_in_parts(
    office: Administration, clock: FixedClock, laptop_of: Callable[[str], Laptop]
) -> None:
    zhang = laptop_of("zhang")
    visit = send.visit("v1", "p1", actor="zhang", photos=(DIGEST,))
    zhang.sync(send.prospect("p1", actor="zhang"), visit)
    with RunningHeadOffice(office.store, clock) as running, loopback.Client(base_url=running.url) as http:
        http.headers["Authorization"] = f"Bearer {zhang.device}"
        path = f"/attachments/{DIGEST}"
        octets = {"Content-Type": "application/octet-stream", "Upload-Length": str(len(PHOTO))}
        for start, piece in pieces():
            assert http.patch(path, content=piece, headers=octets | {"Upload-Offset": str(start)}).status_code == 200
        whole = http.get(path)
        assert (whole.status_code, whole.content, whole.headers["content-length"]) == (200, PHOTO, str(len(PHOTO)))
        for first, last in ((0, 0), (5, PIECE), (1, len(PHOTO) - 2), (PIECE - 1, PIECE + 7)):
            part = http.get(path, headers={"Range": f"bytes={first}-{last}"})
            assert (part.status_code, part.content) == (206, PHOTO[first : last + 1])
            assert part.headers["content-range"] == f"bytes {first}-{last}/{len(PHOTO)}"
        rest = http.get(path, headers={"Range": f"bytes={PIECE}-"})
        assert rest.content == PHOTO[PIECE:]
