"""Every request under an id, counted and noted when it has been answered."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable

import uuid_utils
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from fieldapp.headoffice.logs import request_id
from fieldapp.headoffice.tally import ROUTES, Part
from fieldapp.protocol.messages import REQUEST_HEADER

log = logging.getLogger(__name__)

Connections = Callable[[], tuple[int, int]]
"""How many database connections are in use and how many are open."""


class Observed:
    """An application whose requests are counted in ``part``; what they say is not looked at."""

    def __init__(self, inner: ASGIApp, part: Part, connections: Connections) -> None:
        self._inner = inner
        self._part = part
        self._connections = connections
        self._looked_at = -_LOOK_EVERY_S

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != ScopeType.HTTP:
            await self._inner(scope, receive, send)
            return
        known = request_id.set(_request_id(scope))
        began = time.perf_counter()
        status = 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._inner(scope, receive, noting)
        finally:
            self._note(scope, status, began)
            request_id.reset(known)

    def _note(self, scope: Scope, status: int, began: float) -> None:
        now = time.perf_counter()
        route = _route(scope["path"])
        self._part.answered(route, status)
        if now - self._looked_at >= _LOOK_EVERY_S:
            self._looked_at = now
            self._part.connected(*self._connections())
        if route == "sync" and status == 200:
            self._part.exchanged(now - began)
        if log.isEnabledFor(logging.INFO):
            log.info("answered", extra={"route": route, "status": status, "ms": round((now - began) * 1000, 1)})


def _route(path: str) -> str:
    """The route by its name alone: a path may hold anything."""
    name = path.lstrip("/").partition("/")[0]
    return name if name in ROUTES else "other"


_LOOK_EVERY_S = 1.0
"""How often it is looked how many connections there are: they come and go more slowly than requests."""

_HEADER = REQUEST_HEADER.lower().encode()
_SIMPLE = re.compile(rb"[A-Za-z0-9._-]{1,64}")


def _request_id(scope: Scope) -> str:
    """The id that the caller gave, or one of ours."""
    for name, value in scope["headers"]:
        if name == _HEADER and _SIMPLE.fullmatch(value):
            return bytes(value).decode()
    return uuid_utils.uuid7().hex
