"""Head office's routes. They read, bound and authenticate; what happens then is decided elsewhere."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from functools import partial
from typing import TypeVar

import msgspec
from litestar import Litestar, Response, get, head, patch, post
from litestar.exceptions import HTTPException
from litestar.response import Stream

from fieldapp.domain.errors import Actionable
from fieldapp.headoffice import parcels
from fieldapp.headoffice.answers import (
    Answer,
    AnyRequest,
    echo_request_id,
    explain_actionable,
    explain_answer,
    explain_busy,
    explain_fault,
    explain_http,
    reply,
)
from fieldapp.headoffice.desk import Desk, in_worker, number_in, require_media_type
from fieldapp.headoffice.enrolment import enrol
from fieldapp.headoffice.exchange import LIMITS, MOST_MARKS
from fieldapp.headoffice.openapi import described
from fieldapp.headoffice.seals import certify
from fieldapp.headoffice.storage.store import Busy, Store
from fieldapp.headoffice.tally import Tally
from fieldapp.headoffice.uploads import OffsetDiffers, Uploads
from fieldapp.headoffice.watching import Watching, watch_routes
from fieldapp.protocol.identifiers import Clock
from fieldapp.protocol.messages import (
    MEDIA_TYPE,
    AttachmentStatus,
    CertificateRequest,
    EnrolRequest,
    Mark,
)
from fieldapp.protocol.parcel import MAX_PARCEL_BYTES

ENROL_BODY_BYTES = 4096
CHUNK_MEDIA_TYPE = "application/octet-stream"
PIECE_MEDIA_TYPES = ("application/offset+octet-stream", CHUNK_MEDIA_TYPE)

T = TypeVar("T")


def application(
    store: Store,
    clock: Clock,
    *,
    tally: Tally | None = None,
    worker: int = 0,
    watching: Watching | None = None,
    desk: Desk | None = None,
) -> Litestar:
    """Every route over ``store``, as an ASGI application; ``worker`` is its part of ``tally``."""
    tally = tally or Tally()
    desk = desk or Desk(store, clock, tally.part(worker))

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
        return await desk.sync(request)

    @get("/sync")
    async def look(request: AnyRequest) -> Response[bytes] | Response[None]:
        return await desk.look(request)

    @get("/parcel")
    async def key_to_parcels(request: AnyRequest) -> Response[bytes]:
        caller = await desk.shut_out(request)
        marks = _marks_in(request.headers.get("parcel-marks", ""))
        return reply(request, await in_worker(partial(parcels.key_for, store, clock, caller, marks)))

    @post("/parcel", status_code=200)
    async def hand_in(request: AnyRequest) -> Response[bytes]:
        caller = await desk.shut_out(request)
        require_media_type(request, PIECE_MEDIA_TYPES[1])
        name, number = request.headers.get("parcel-hand-in", ""), number_in(request, "parcel-number")
        if not _HAND_IN.fullmatch(name) or number is None:
            raise Answer(422, "malformed", "Parcel-Hand-In or Parcel-Number is missing.")
        sealed = await desk.body(request, MAX_PARCEL_BYTES)
        last = request.headers.get("parcel-last") == "?1"
        keep = partial(parcels.receive, store, clock, caller, name, number, sealed, last=last)
        return reply(request, await in_worker(keep))

    @head("/attachments/{digest:str}")
    async def attachment_status(request: AnyRequest) -> Response[None]:
        caller = await desk.caller(request, desk.photos)
        status = await in_worker(partial(desk.uploads.status, caller, _digest(request)))
        return Response(None, media_type=MEDIA_TYPE, headers=_upload_headers(status))

    @patch("/attachments/{digest:str}")
    async def append_attachment(request: AnyRequest) -> Response[bytes]:
        caller = await desk.caller(request, desk.photos)
        digest = _digest(request)
        require_media_type(request, *PIECE_MEDIA_TYPES)
        offset = number_in(request, "upload-offset")
        if offset is None:
            raise Answer(422, "malformed", "Upload-Offset is missing.")
        length = number_in(request, "upload-length")
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


_HAND_IN = re.compile(r"[0-9a-f]{32}", re.ASCII)
_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})", re.ASCII)


def _marks_in(told: str) -> dict[str, Mark]:
    """``TS01=118:9f3c…, bank=6:28ad…``: per stream the highest number and chain hash that a laptop was told."""
    marks: dict[str, Mark] = {}
    for one in filter(None, map(str.strip, told.split(","))):
        read = _MARK.fullmatch(one)
        if read is None or len(marks) == MOST_MARKS:
            raise Answer(422, "malformed", "Parcel-Marks cannot be read.")
        marks[read[1]] = (int(read[2]), read[3])
    return marks


_MARK = re.compile(r"([A-Za-z0-9_-]{1,64})=(\d{1,18}):([0-9a-f]{1,64})", re.ASCII)


def _digest(request: AnyRequest) -> str:
    return str(request.path_params["digest"])


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
