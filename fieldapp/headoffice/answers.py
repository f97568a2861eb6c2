"""How head office answers over http: one media type, the request's id given back, errors with stable codes."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Protocol

import msgspec
import uuid_utils
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import Message, Scope

from fieldapp.domain.errors import Actionable
from fieldapp.headoffice.database import is_damage
from fieldapp.headoffice.storage.journal import Damaged
from fieldapp.headoffice.storage.store import Busy, NoRoom
from fieldapp.protocol.messages import MEDIA_TYPE, REQUEST_HEADER, Problem
from fieldapp.protocol.wire import pack

log = logging.getLogger(__name__)

AnyRequest = Request[Any, Any, Any]


class Headed(Protocol):
    """Whatever has headers."""

    @property
    def headers(self) -> Mapping[str, str]: ...


RETRY_AFTER_S = 5
RETRY_AFTER_FULL_S = 300
"""Room is made by a person."""

STATUS_OF = {
    "token": 401,
    "revoked": 403,
    "device": 403,
    "code_mistyped": 403,
    "code_unknown": 403,
    "code_used": 403,
    "code_expired": 403,
    "staff_inactive": 403,
    "clone": 409,
    "not_revoked": 409,
    "admitted": 409,
    "attachment_unknown": 404,
    "digest": 404,
    "attachment_too_large": 413,
    "too_many_changes": 413,
    "too_much": 413,
    "attachment_differs": 422,
    "malformed": 422,
}
"""The status of each refusal; a code not named here is 422."""


class Answer(Exception):
    """A problem found in the request itself, with its status."""

    def __init__(self, status: int, code: str, text: str, *, headers: dict[str, str] | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.problem = Problem(code=code, text=text)
        self.headers = headers or {}


def reply(request: Headed, message: msgspec.Struct, *, status: int = 200, coding: str | None = None) -> Response[bytes]:
    """A message as an answer, compressed where the caller understands that: says so, or asked for ``coding``."""
    body, packed = pack(message, coding or "zstd")
    headers = {"Cache-Control": "no-store"}
    if packed is not None and (packed == coding or packed in request.headers.get("accept-encoding", "")):
        headers["Content-Encoding"] = packed
    elif packed is not None:
        body = msgspec.json.encode(message)
    return Response(body, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def nothing_new() -> Response[None]:
    """There is nothing to tell."""
    return Response(None, status_code=204, media_type=MEDIA_TYPE)


def problem(status: int, told: Problem, headers: dict[str, str] | None = None) -> Response[bytes]:
    """An error as an answer."""
    return Response(
        msgspec.json.encode(told),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def explain_answer(_request: object, error: Answer) -> Response[bytes]:
    """A problem found in the request itself."""
    return problem(error.status, error.problem, error.headers)


def explain_actionable(_request: object, error: Actionable) -> Response[bytes]:
    """A refusal with its sentence, and its advice if it has one."""
    text = f"{error.sentence} {error.advice}" if error.advice is not None else str(error.sentence)
    status = STATUS_OF.get(error.code, 422)
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
    return problem(status, Problem(code=error.code, text=text, field=error.field), headers)


def explain_busy(_request: object, error: Busy) -> Response[bytes]:
    """Nothing was done; the same request will do later."""
    if isinstance(error, NoRoom):
        log.error("disk_full")
        told = Problem(code="no_room", text="Head office has no room left. Nothing was lost; try again later.")
        return problem(503, told, {"Retry-After": str(RETRY_AFTER_FULL_S)})
    told = Problem(code="busy", text="Head office is busy. Nothing was lost; try again shortly.")
    return problem(503, told, {"Retry-After": str(RETRY_AFTER_S)})


def explain_http(_request: object, error: HTTPException) -> Response[bytes]:
    """What the framework refuses: an unknown path, another method."""
    codes = {404: "unknown_path", 405: "method", 413: "too_large"}
    code = codes.get(error.status_code, "malformed" if error.status_code < 500 else "fault")
    headers = {name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"}
    return problem(error.status_code, Problem(code=code, text=HTTPStatus(error.status_code).phrase), headers)


def explain_fault(_request: object, error: Exception) -> Response[bytes]:
    """Ours: logged under an id that the caller can quote. A database that is damaged is told as that."""
    if is_damage(error):
        at = f"{error.stream} {error.seq}" if isinstance(error, Damaged) else "a page of the file"
        log.error("database_damaged", extra={"at": at})
        return problem(500, Problem(code="damaged", text=_DAMAGED))
    number = uuid_utils.uuid7().hex
    log.error("fault", extra={"fault": number}, exc_info=error)
    told = Problem(code="fault", text=f"Head office made an error, number {number}. Your work is safe on the laptop.")
    return problem(500, told)


_DAMAGED = (
    "A part of head office's database cannot be read. Its administrator has to put a backup in its place."
    " Your work is safe on the laptop."
)


async def echo_request_id(message: Message, scope: Scope) -> None:
    """Give the request's id back with every answer, so that the laptop knows it is head office's."""
    if message["type"] != "http.response.start":
        return
    wanted = REQUEST_HEADER.lower().encode()
    for name, value in scope["headers"]:
        if name == wanted and _REQUEST_ID.fullmatch(value):
            headers = list(message.get("headers", []))
            headers.append((wanted, value))
            message["headers"] = headers


_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
