"""Head office's routes. They read, bound and authenticate; what happens then is decided elsewhere."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import TypeVar

import anyio
import anyio.to_thread
import msgspec
from litestar import Litestar, Response, get, head, patch, post
from litestar.exceptions import HTTPException
from litestar.response import Stream

from fieldapp.domain.controls.limits import Limits
from fieldapp.domain.errors import Actionable
from fieldapp.headoffice import parcel_key, parcels
from fieldapp.headoffice.answers import (
    Answer,
    AnyRequest,
    echo_request_id,
    explain_actionable,
    explain_answer,
    explain_busy,
    explain_fault,
    explain_http,
    nothing_new,
    reply,
)
from fieldapp.headoffice.enrolment import enrol, recognise, recognised
from fieldapp.headoffice.exchange import LIMITS, Exchange
from fieldapp.headoffice.openapi import described
from fieldapp.headoffice.pace import Pace
from fieldapp.headoffice.scope import Caller
from fieldapp.headoffice.seals import certify
from fieldapp.headoffice.storage.store import Busy, Store, Unit
from fieldapp.headoffice.tally import Tally
from fieldapp.headoffice.uploads import OffsetDiffers, Uploads
from fieldapp.headoffice.watching import Watching, watch_routes
from fieldapp.protocol.identifiers import Clock
from fieldapp.protocol.messages import (
    MEDIA_TYPE,
    PREVIOUS_PROTOCOL,
    PROTOCOL,
    AttachmentStatus,
    CertificateRequest,
    EnrolRequest,
    ParcelKey,
    SyncRequest,
)
from fieldapp.protocol.parcel import MAX_PARCEL_BYTES
from fieldapp.protocol.wire import Oversize, unpack

BODY_SECONDS = 60
ENROL_BODY_BYTES = 4096
CHUNK_MEDIA_TYPE = "application/octet-stream"
PIECE_MEDIA_TYPES = ("application/offset+octet-stream", CHUNK_MEDIA_TYPE)

T = TypeVar("T")


def application(
    store: Store,
    clock: Clock,
    *,
    body_seconds: float | None = None,
    tally: Tally | None = None,
    worker: int = 0,
    watching: Watching | None = None,
    limits: Limits | None = None,
) -> Litestar:
    """The server over ``store``, as an ASGI application; ``worker`` is its part of ``tally``.

    ``limits`` are those of the controls on what is submitted.
    """
    desk = _Desk(store, clock, limits or Limits(), BODY_SECONDS if body_seconds is None else body_seconds)
    tally = tally or Tally()
    counts = tally.part(worker)

    @get("/schema")
    async def schema(request: AnyRequest) -> Response[bytes]:
        await desk.caller(request)
        return Response(described(), media_type="application/json")

    @post("/enrol", status_code=200)
    async def enrol_laptop(request: AnyRequest) -> Response[bytes]:
        async with desk.guessing(request):
            asked = await desk.message(request, EnrolRequest, ENROL_BODY_BYTES)
            return reply(request, await in_worker(partial(enrol, store, clock, asked)))

    @post("/certificate", status_code=200)
    async def certify_laptop(request: AnyRequest) -> Response[bytes]:
        caller = await desk.caller(request)
        asked = await desk.message(request, CertificateRequest, ENROL_BODY_BYTES)
        return reply(request, await in_worker(partial(certify, store, clock, caller, asked)))

    @post("/sync", status_code=200)
    async def sync(request: AnyRequest) -> Response[bytes]:
        caller = await desk.caller(request)
        asked = await desk.message(request, SyncRequest, LIMITS.body_bytes)
        if asked.device != caller.device:
            raise Answer(403, "device", "This token belongs to another laptop.")
        answered = await in_worker(partial(desk.exchange.answer, caller.author, caller.device, asked))
        counts.receipted(receipt.outcome for receipt in answered.receipts)
        counts.receipted("accepted" for run in answered.runs for _change in range(run.count))
        return reply(request, answered)

    @get("/sync")
    async def look(request: AnyRequest) -> Response[bytes] | Response[None]:
        counter = _asked_number(request, "n")
        cursor = request.query_params.get("c", "")
        with desk.wary_of_strangers(request):
            work = partial(desk.exchange.glance, partial(desk.welcomed, _token(request)), cursor, counter)
            found = await in_worker(work)
        return nothing_new() if found is None else reply(request, found, coding="zstd")

    @get("/parcel")
    async def key_to_parcels(request: AnyRequest) -> Response[bytes]:
        await desk.shut_out(request)
        return reply(request, ParcelKey(key=await in_worker(partial(parcel_key.key, store))))

    @post("/parcel", status_code=200)
    async def hand_in(request: AnyRequest) -> Response[bytes]:
        caller = await desk.shut_out(request)
        _require_media_type(request, PIECE_MEDIA_TYPES[1])
        name, number = request.headers.get("parcel-hand-in", ""), _number(request, "parcel-number")
        if not _HAND_IN.fullmatch(name) or number is None:
            raise Answer(422, "malformed", "Parcel-Hand-In or Parcel-Number is missing.")
        sealed = await desk.body(request, MAX_PARCEL_BYTES)
        last = request.headers.get("parcel-last") == "?1"
        keep = partial(parcels.receive, store, clock, caller, name, number, sealed, last=last)
        return reply(request, await in_worker(keep))

    @head("/attachments/{digest:str}")
    async def attachment_status(request: AnyRequest) -> Response[None]:
        await desk.caller(request, desk.photos)
        status = await in_worker(partial(desk.uploads.status, _digest(request)))
        return Response(None, media_type=MEDIA_TYPE, headers=_upload_headers(status))

    @patch("/attachments/{digest:str}")
    async def append_attachment(request: AnyRequest) -> Response[bytes]:
        caller = await desk.caller(request, desk.photos)
        digest = _digest(request)
        _require_media_type(request, *PIECE_MEDIA_TYPES)
        offset = _number(request, "upload-offset")
        if offset is None:
            raise Answer(422, "malformed", "Upload-Offset is missing.")
        length = _number(request, "upload-length")
        piece, broken = await desk.piece(request, LIMITS.chunk_bytes)
        if length is None and request.headers.get("upload-complete") == "?1" and broken is None:
            length = offset + len(piece)
        try:
            status = await in_worker(partial(desk.uploads.append, caller, digest, offset, piece, length))
            if broken is not None:
                raise broken
        except OffsetDiffers as error:
            differs = OffsetProblem(digest=digest, offset=error.status.offset, complete=error.status.complete)
            answer = reply(request, differs, status=409)
            answer.headers.update(_upload_headers(error.status))
            return answer
        answer = reply(request, status)
        answer.headers.update(_upload_headers(status))
        return answer

    @get("/attachments/{digest:str}")
    async def attachment(request: AnyRequest) -> Response[bytes] | Stream:
        caller = await desk.caller(request, desk.photos)
        digest = _digest(request)
        size = await in_worker(partial(desk.uploads.size, caller, digest))
        first, end, headers = _ranged(request, size)
        status = 206 if "Content-Range" in headers else 200
        if end - first <= LIMITS.chunk_bytes:
            wanted = b"".join([part async for part in _parts(desk.uploads, digest, first, end)])
            return Response(wanted, status_code=status, media_type=CHUNK_MEDIA_TYPE, headers=headers)
        headers["Content-Length"] = str(end - first)
        content = _parts(desk.uploads, digest, first, end)
        return Stream(content, status_code=status, media_type=CHUNK_MEDIA_TYPE, headers=headers)

    return Litestar(
        [
            *watch_routes(store, clock, tally, watching or Watching()),
            schema,
            enrol_laptop,
            certify_laptop,
            sync,
            look,
            key_to_parcels,
            hand_in,
            attachment_status,
            append_attachment,
            attachment,
        ],
        before_send=[echo_request_id],
        exception_handlers={
            Answer: explain_answer,
            Actionable: explain_actionable,
            Busy: explain_busy,
            HTTPException: explain_http,
            Exception: explain_fault,
        },
        openapi_config=None,
        logging_config=None,
        request_max_body_size=LIMITS.body_bytes,
    )


class OffsetProblem(msgspec.Struct, frozen=True, kw_only=True):
    """A problem that is an AttachmentStatus too: the sender goes on from ``offset``."""

    digest: str
    offset: int
    complete: bool
    code: str = "offset"
    text: str = "The piece does not begin where the bytes here end."


class _Spoken(msgspec.Struct):
    protocol: int


class _Desk:
    """What every route needs before it can work: who asks, how often, and what."""

    def __init__(self, store: Store, clock: Clock, limits: Limits, body_seconds: float) -> None:
        self.exchange = Exchange(store, clock, limits)
        self.uploads = Uploads(store, clock)
        self._store = store
        self._body_seconds = body_seconds
        self._devices = Pace(burst=600, per_second=60)
        self.photos = Pace(burst=600, per_second=100)
        self._guesses = Pace(burst=10, per_second=0.2)
        self._everybody_enrolling = Pace(burst=200, per_second=5)
        self._strangers = Pace(burst=60, per_second=1)

    async def caller(self, request: AnyRequest, pace: Pace | None = None) -> Caller:
        """Who holds the request's token. Photos have a ``pace`` of their own, so that records never wait for them."""
        with self.wary_of_strangers(request):
            caller = await in_worker(partial(recognise, self._store, _token(request)))
        _slow_down(pace or self._devices, caller.device)
        return caller

    async def shut_out(self, request: AnyRequest) -> Caller:
        """Whose laptop this is that may do nothing any more but hand in its work."""
        with self.wary_of_strangers(request):
            caller = await in_worker(partial(parcels.recognise_shut_out, self._store, _token(request)))
        _slow_down(self._devices, caller.device)
        return caller

    def welcomed(self, token: str, unit: Unit) -> Caller:
        """The same within a unit, for a question that needs no more than one."""
        caller = recognised(unit, token)
        _slow_down(self._devices, caller.device)
        return caller

    @contextmanager
    def wary_of_strangers(self, request: AnyRequest) -> Iterator[None]:
        """Tokens cannot be found by trying: an address with wrong ones has to wait."""
        try:
            yield
        except Actionable as error:
            if error.code in ("token", "revoked"):
                _slow_down(self._strangers, _address(request))
            raise

    @asynccontextmanager
    async def guessing(self, request: AnyRequest) -> AsyncIterator[None]:
        """Codes cannot be found by trying: after some that failed, an address has to wait."""
        _require_no_wait(self._guesses.blocked_s(_address(request)))
        _slow_down(self._everybody_enrolling, "")
        try:
            yield
        except (Actionable, Answer):
            self._guesses.wait_s(_address(request))
            raise

    async def message(self, request: AnyRequest, shape: type[T], limit_bytes: int) -> T:
        """The request's message, of a protocol that is spoken here."""
        _require_media_type(request, MEDIA_TYPE)
        coding = request.headers.get("content-encoding")
        if coding not in (None, "", "identity", "zstd"):
            raise Answer(
                415, "content_coding", "Bodies may be compressed with zstd only.", headers={"Accept-Encoding": "zstd"}
            )
        body = await self.body(request, limit_bytes)
        try:
            spoken = unpack(body, coding, _Spoken, limit_bytes).protocol
            if not PREVIOUS_PROTOCOL <= spoken <= PROTOCOL:
                raise Answer(426, "protocol", f"Head office speaks protocol {PREVIOUS_PROTOCOL} to {PROTOCOL}.")
            return unpack(body, coding, shape, limit_bytes)
        except Oversize as error:
            raise _too_large() from error
        except (ValueError, RecursionError) as error:
            raise Answer(422, "malformed", "Head office could not read this request.") from error

    async def body(self, request: AnyRequest, limit_bytes: int) -> bytes:
        """The request's bytes, never more than allowed and never waited for without end."""
        received, broken = await self.piece(request, limit_bytes)
        if broken is not None:
            raise broken
        return received

    async def piece(self, request: AnyRequest, limit_bytes: int) -> tuple[bytes, Answer | None]:
        """The same; where the line breaks or stalls, what arrived until then, and what is to be answered."""
        if (_number(request, "content-length") or 0) > limit_bytes:
            raise _too_large()
        pieces: list[bytes] = []
        received = 0
        broken: Answer | None = None
        try:
            async with asyncio.timeout(self._body_seconds):
                async for piece in request.stream():
                    received += len(piece)
                    if received > limit_bytes:
                        raise _too_large()
                    pieces.append(piece)
        except TimeoutError:
            broken = Answer(408, "slow", "The request took too long to arrive.")
        except HTTPException as error:  # the caller hung up, or the framework's own bound was met
            if error.status_code == 413:
                raise _too_large() from error
            broken = Answer(400, "cut", "The request broke off.")
        return b"".join(pieces), broken


async def in_worker(work: Callable[[], T]) -> T:
    """Do blocking work off the event loop."""
    return await anyio.to_thread.run_sync(work)


_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}", re.ASCII)
_HAND_IN = re.compile(r"[0-9a-f]{32}", re.ASCII)
_DIGITS = re.compile(r"\d{1,15}", re.ASCII)
_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})", re.ASCII)


def _require_media_type(request: AnyRequest, *wanted: str) -> None:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in wanted:
        raise Answer(415, "media_type", f"The body must be {wanted[0]}.")


def _digest(request: AnyRequest) -> str:
    return str(request.path_params["digest"])


def _number(request: AnyRequest, header: str) -> int | None:
    text = request.headers.get(header)
    if text is None:
        return None
    if not _DIGITS.fullmatch(text):
        raise Answer(422, "malformed", f"{header} is not a number.")
    return int(text)


def _token(request: AnyRequest) -> str:
    scheme, _space, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" and _TOKEN.fullmatch(token) else ""


def _asked_number(request: AnyRequest, name: str) -> int:
    text = request.query_params.get(name, "")
    if not _DIGITS.fullmatch(text):
        raise Answer(422, "malformed", f"{name} is not a number.")
    return int(text)


def _too_large() -> Answer:
    return Answer(413, "too_large", "The request is larger than head office takes.")


def _address(request: AnyRequest) -> str:
    return request.client.host if request.client is not None else ""


def _slow_down(pace: Pace, caller: str) -> None:
    _require_no_wait(pace.wait_s(caller))


def _require_no_wait(wait_s: float) -> None:
    if wait_s > 0:
        raise Answer(
            429, "too_often", "Too many requests; wait a little.", headers={"Retry-After": str(int(wait_s) + 1)}
        )


def _upload_headers(status: AttachmentStatus) -> dict[str, str]:
    return {
        "Upload-Offset": str(status.offset),
        "Upload-Complete": "?1" if status.complete else "?0",
        "Cache-Control": "no-store",
    }


def _ranged(request: AnyRequest, size: int) -> tuple[int, int, dict[str, str]]:
    """First byte, the one behind the last, and the headers that say so."""
    headers = {"Accept-Ranges": "bytes", "Cache-Control": "private"}
    asked = _RANGE.fullmatch(request.headers.get("range", ""))
    if asked is None:
        return 0, size, headers
    first = int(asked[1])
    last = min(int(asked[2]) if asked[2] else size - 1, size - 1)
    if first > last:
        raise Answer(416, "range", "There are no such bytes.", headers={"Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return first, last + 1, headers


async def _parts(uploads: Uploads, digest: str, start: int, end: int) -> AsyncIterator[bytes]:
    while start < end:
        part = await in_worker(partial(uploads.part, digest, start, end))
        if not part:
            raise LookupError(digest)
        yield part
        start += len(part)
