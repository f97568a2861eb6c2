"""One more request on a connection that is open already, with no more ado than the bytes themselves.

Connecting, certificates and proxies are urllib3's; what is here only speaks HTTP/1.1 on the socket that it left open.
"""

from __future__ import annotations

import http.client
import io
from collections.abc import Callable
from typing import Protocol

from urllib3.connection import HTTPConnection

READ_S = 60.0
"""How long an answer may keep silent."""

LONGEST_HEAD_BYTES = 64 * 1024

_PIECE_BYTES = 64 * 1024


class Strange(OSError):
    """What came back is no answer by HTTP/1.1, or longer than any of ours."""


def ask_again(
    connection: HTTPConnection, request: bytes, most_bytes: int, meanwhile: Callable[[], None] | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Send ``request`` whole and return status, headers (names in small letters) and body of its answer.

    ``meanwhile`` is done between the two.

    Raises OSError where the connection breaks, and Strange; it is closed then, and must be made anew.
    """
    whole = False
    try:
        _send(connection, request)
        if meanwhile is not None:
            meanwhile()
        answer, whole = _answer(connection, most_bytes)
    finally:
        if not whole:
            connection.close()
    return answer


def _send(connection: HTTPConnection, request: bytes) -> None:
    connection.sock.settimeout(READ_S)
    connection.sock.sendall(request)


def _answer(connection: HTTPConnection, most_bytes: int) -> tuple[tuple[int, dict[str, str], bytes], bool]:
    sock = connection.sock
    received = b""
    while True:
        end = received.find(b"\r\n\r\n")
        if end < 0:
            if len(received) > LONGEST_HEAD_BYTES:
                raise Strange("a head without end")
            received += _piece(sock.recv(_PIECE_BYTES))
            continue
        status, headers = _head(received[:end])
        if status >= 200:
            break
        received = received[end + 4 :]  # something on the way tells that it is at work
    rest = received[end + 4 :]
    stays = headers.get("connection", "").lower() != "close"
    length = headers.get("content-length", "")
    if status in (204, 304):
        return (status, headers, b""), stays and not rest
    if not length.isdecimal() or "transfer-encoding" in headers:
        return (status, headers, _read_at_length(received, sock, most_bytes)), False
    wanted = int(length)
    if wanted > most_bytes:
        raise Strange("a body without end")
    pieces, size = [rest], len(rest)
    while size < wanted:
        pieces.append(_piece(sock.recv(min(wanted - size, _PIECE_BYTES))))
        size += len(pieces[-1])
    return (status, headers, b"".join(pieces)), stays and size == wanted


def _piece(received: bytes) -> bytes:
    if not received:
        raise ConnectionResetError("the connection was closed")
    return received


def _head(head: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = head.decode("latin-1").split("\r\n")
    version, _space, rest = first.partition(" ")
    if version not in ("HTTP/1.1", "HTTP/1.0") or not rest[:3].isdecimal():
        raise Strange("not HTTP")
    headers: dict[str, str] = {}
    for line in lines:
        name, _colon, value = line.partition(":")
        name = name.lower()
        headers[name] = f"{headers[name]}, {value.strip()}" if name in headers else value.strip()
    if version == "HTTP/1.0":
        headers.setdefault("connection", "close")
    return int(rest[:3]), headers


def _read_at_length(received: bytes, sock: _Socket, most_bytes: int) -> bytes:
    """A body whose length is not told in advance."""
    answer = http.client.HTTPResponse(_Replayed(received, sock))  # type: ignore[arg-type] # it only needs makefile
    try:
        answer.begin()
        body = answer.read(most_bytes + 1)
    except http.client.HTTPException as error:
        raise ConnectionResetError("the answer broke off") from error
    if len(body) > most_bytes:
        raise Strange("a body without end")
    return body


class _Socket(Protocol):
    def recv_into(self, buffer: memoryview) -> int: ...


class _Replayed(io.RawIOBase):
    """What was received already, then the rest."""

    def __init__(self, received: bytes, sock: _Socket) -> None:
        self._received = received
        self._sock = sock

    def makefile(self, _mode: str) -> io.BufferedReader:
        """As a socket does."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # a BufferedReader gives just this
        """The next bytes."""
        if not self._received:
            return self._sock.recv_into(buffer)
        part, self._received = self._received[: len(buffer)], self._received[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)
