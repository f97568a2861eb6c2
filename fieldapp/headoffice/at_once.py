"""The exchange without the framework around it: what laptops ask all day long, answered with no more than it takes."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Iterable
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from litestar import Response
from litestar.datastructures import Address
from litestar.enums import HttpMethod, ScopeType
from litestar.exceptions import ClientException, HTTPException
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from fieldapp.domain.errors import Actionable
from fieldapp.headoffice.answers import (
    Answer,
    explain_actionable,
    explain_answer,
    explain_busy,
    explain_fault,
    explain_http,
)
from fieldapp.headoffice.desk import Desk
from fieldapp.headoffice.storage.glances import Glimpse
from fieldapp.headoffice.storage.store import Busy
from fieldapp.protocol.messages import REQUEST_HEADER


class AtOnce:
    """``GET`` and ``POST /sync`` answered at the ``desk`` as the routes would; all else by ``inner``."""

    def __init__(self, inner: ASGIApp, desk: Desk) -> None:
        self._inner = inner
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != ScopeType.HTTP or scope["path"] != "/sync" or scope["method"] not in _METHODS:
            await self._inner(scope, receive, send)
            return
        call = _Call(scope, receive)
        glimpse = None
        if scope["method"] == HttpMethod.GET and (asked := _QUESTION.fullmatch(call.query)) is not None:
            token = _BEARER.fullmatch(call.headers.get("authorization", ""))
            glimpse = await self._desk.glimpse(token[1] if token is not None else "")
            if glimpse is not None and self._desk.nothing_new(glimpse, asked[1].decode(), int(asked[2])):
                await _send(call, send, 204, ())
                return
        answer = await self._answer(call, glimpse)
        body = answer.content if isinstance(answer.content, bytes) else b""
        headers = [*answer.headers.items()]
        if answer.status_code != 204:
            headers += (("Content-Type", str(answer.media_type)), ("Content-Length", str(len(body))))
        await _send(call, send, answer.status_code or 200, headers, body)

    async def _answer(self, call: _Call, glimpse: Glimpse | None) -> Response[Any]:
        try:
            return await (self._desk.look(call, glimpse) if call.method == HttpMethod.GET else self._desk.sync(call))
        except Answer as error:
            return explain_answer(call, error)
        except Actionable as error:
            return explain_actionable(call, error)
        except Busy as error:
            return explain_busy(call, error)
        except HTTPException as error:
            return explain_http(call, error)
        except Exception as error:  # noqa: BLE001 - the edge of a request
            return explain_fault(call, error)


_METHODS = (HttpMethod.GET, HttpMethod.POST)
_QUESTION = re.compile(rb"c=([A-Za-z0-9_-]{1,2000})&n=([0-9]{1,15})")
_BEARER = re.compile(r"[Bb]earer ([A-Za-z0-9_-]{20,100})", re.ASCII)
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_REQUEST_HEADER = REQUEST_HEADER.lower()


class _Call:
    """One request as the server hands it on."""

    def __init__(self, scope: HTTPScope, receive: Receive) -> None:
        self.method = scope["method"]
        self.query = scope["query_string"]
        self.headers: dict[str, str] = {}
        for name, value in scope["headers"]:
            self.headers.setdefault(name.decode("latin-1"), value.decode("latin-1"))
        client = scope["client"]
        self.client = Address(*client) if client else None
        self._receive = receive

    @cached_property
    def query_params(self) -> dict[str, str]:
        """What stands behind the question mark; of a name that comes twice, the last."""
        return dict(parse_qsl(self.query.decode("latin-1"), keep_blank_values=True))

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """The body as it arrives. Raises HTTPException when the caller hangs up."""
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientException("the caller hung up")
            if message["type"] == "http.request":
                if piece := message["body"]:
                    yield piece
                more = message["more_body"]


async def _send(call: _Call, send: Send, status: int, headers: Iterable[tuple[str, str]], body: bytes = b"") -> None:
    told = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    request_id = call.headers.get(_REQUEST_HEADER, "").encode("latin-1")
    if _REQUEST_ID.fullmatch(request_id):
        told.append((_REQUEST_HEADER.encode(), request_id))
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": body, "more_body": False})
