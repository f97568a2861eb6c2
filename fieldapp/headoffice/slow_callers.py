"""Connections on which no request ever arrives whole are closed: they would take the places of the others."""

from __future__ import annotations

import asyncio
from typing import cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from fieldapp.headoffice.in_one_piece import InOnePiece

HEAD_SECONDS = 20.0
"""How long the first line and the headers of a request may take; the body has its own bound."""

MOST_BESIDE_BODY_BYTES = 32 * 1024
"""Of a request's first line, headers, trailers and marks between chunks together."""


class Impatient(HttpToolsProtocol):
    """One connection, closed when what is not a request's body does not come to an end, in time or in length."""

    _due: asyncio.TimerHandle | None = None
    _beside_body_bytes = 0
    _body_bytes = 0
    _began = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """The first request is awaited from now on."""
        self._line = InOnePiece(transport)
        super().connection_made(cast(asyncio.Transport, self._line))
        self._watch()

    def data_received(self, data: bytes) -> None:
        """A piece of a request."""
        self._began, self._body_bytes = False, 0
        super().data_received(data)
        beside = len(data) - self._body_bytes
        self._beside_body_bytes = beside if self._began else self._beside_body_bytes + beside
        if self._beside_body_bytes > MOST_BESIDE_BODY_BYTES:
            self.transport.close()
        else:
            self._watch()

    def on_message_begin(self) -> None:
        """A request begins within what was received."""
        super().on_message_begin()
        self._began = True

    def on_body(self, body: bytes) -> None:
        """A piece of a body, which has a bound of its own."""
        super().on_body(body)
        self._body_bytes += len(body)

    def on_response_complete(self) -> None:
        """An answer was given, with a body or without."""
        self._line.flush()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """The caller hung up."""
        self._stop_watching()
        super().connection_lost(exc)

    def _watch(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_watching()
        elif self._due is None:
            self._due = self.loop.call_later(HEAD_SECONDS, self._hang_up)

    def _stop_watching(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _hang_up(self) -> None:
        self._due = None
        transport = cast("asyncio.Transport | None", self.transport)
        if transport is not None and not transport.is_closing():
            transport.close()
