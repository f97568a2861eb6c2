"""The answer that laptops hear most, that nothing is new, given before anything else is set in motion."""

from __future__ import annotations

import re
from collections.abc import Callable

from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from fieldapp.protocol.messages import REQUEST_HEADER

NothingNew = Callable[[str, str, int], bool]
"""Whether the holder of a token, who asks with a cursor and a counter, has everything and may be told so."""


class AtOnce:
    """``GET /sync`` answered here where that is the whole answer; all else is the ``inner`` application's."""

    def __init__(self, inner: ASGIApp, nothing_new: NothingNew) -> None:
        self._inner = inner
        self._nothing_new = nothing_new

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == ScopeType.HTTP and scope["path"] == "/sync" and scope["method"] == HttpMethod.GET:
            asked = _QUESTION.fullmatch(scope["query_string"])
            headers = dict(scope["headers"])
            token = _BEARER.fullmatch(headers.get(b"authorization", b""))
            request_id = headers.get(_REQUEST_HEADER, b"")
            if (
                asked is not None
                and token is not None
                and _REQUEST_ID.fullmatch(request_id)
                and self._nothing_new(token[1].decode(), asked[1].decode(), int(asked[2]))
            ):
                echo = [(_REQUEST_HEADER, request_id)]
                await send({"type": "http.response.start", "status": 204, "headers": echo})
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return
        await self._inner(scope, receive, send)


_QUESTION = re.compile(rb"c=([A-Za-z0-9_-]{1,2000})&n=([0-9]{1,15})")
_BEARER = re.compile(rb"[Bb]earer ([A-Za-z0-9_-]{20,100})")
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_REQUEST_HEADER = REQUEST_HEADER.lower().encode()
