"""An answer leaves in one piece: its head waits for the body behind it, so that the caller is woken once."""

from __future__ import annotations

import asyncio
from typing import Any

_HEAD = b"HTTP/1.1 "
_ON_THE_WAY = b"HTTP/1.1 1"


class InOnePiece:
    """A connection on which heads wait for the next write, or for ``flush``; all else is ``transport``'s."""

    __slots__ = ("_head", "_transport")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""

    def write(self, data: bytes) -> None:
        """Send ``data``, behind the head that waits."""
        if self._head:
            data, self._head = self._head + data, b""
        elif data.startswith(_HEAD) and not data.startswith(_ON_THE_WAY):
            self._head = data
            return
        self._transport.write(data)

    def flush(self) -> None:
        """Nothing follows what was written."""
        if self._head:
            self.write(b"")

    def close(self) -> None:
        """Send what waits, and close."""
        self.flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
