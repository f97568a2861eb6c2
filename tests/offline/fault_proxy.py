"""A bad line between a laptop and head office: a real TCP proxy on loopback that does to each request what it is told.

Faults are taken from ``plan`` in order, one for each request; when it is empty ``choose`` is asked, which lets
everything pass unless it is replaced.
"""

from __future__ import annotations

import socket
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType


@dataclass(frozen=True)
class Fault:
    """What befalls one request. The request arrives unless ``request_bytes`` cuts it or ``answer`` stands in for it.

    ``then`` is called when head office has the request and before its reply is awaited, ``after`` when the reply is
    there and the laptop has none of it. ``reply_bytes`` of the reply, or ``reply_part`` of it (0 to 1), reach the
    laptop; ``dripping`` sends them one by one. ``rewritten`` makes an answer of its own from the request. ``held``
    keeps the reply back until it is set. ``kept_back`` keeps the request itself, and the laptop sees the line cut; all
    that were kept arrive before the request with ``late_first``, or behind the one with ``late_after``: whole requests
    in another order than the laptop's.
    """

    request_bytes: int | None = None
    reply_bytes: int | None = None
    reply_part: float | None = None
    times: int = 1
    dripping: bool = False
    answer: bytes | None = None
    then: Callable[[], None] | None = None
    after: Callable[[], None] | None = None
    rewritten: Callable[[bytes], bytes] | None = None
    held: threading.Event | None = None
    kept_back: bool = False
    late_first: bool = False
    late_after: bool = False


PASS = Fault()
LOST_REPLY = Fault(reply_bytes=0)
LOST_REQUEST = Fault(request_bytes=0)
TWICE = Fault(times=2)
DRIP = Fault(dripping=True)
KEPT_BACK = Fault(kept_back=True)


def answering(status: int, body: str = "", **headers: str) -> Fault:
    """Something that is not head office answers."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body.encode())}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return Fault(answer=("\r\n".join(lines) + "\r\n\r\n" + body).encode())


@dataclass
class FaultProxy:
    """``with FaultProxy(port) as proxy: proxy.url``; ``port`` is where head office really listens."""

    port: int
    plan: deque[Fault] = field(default_factory=deque)
    requests: list[bytes] = field(default_factory=list)
    replies: list[bytes] = field(default_factory=list)
    choose: Callable[[bytes], Fault] = lambda _request: PASS
    keeping: bool = True
    """Whether requests and replies are kept; without it much can travel in little memory."""
    kept: list[bytes] = field(default_factory=list)

    def __enter__(self) -> FaultProxy:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._accept, name="fault-proxy")]
        self._threads[0].start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._listening.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), name="fault-proxy-line")
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._open.add(connection)
            try:
                while (request := read_message(connection)) and self._one(connection, request):
                    pass
            except OSError:
                pass
            finally:
                with self._lock:
                    self._open.discard(connection)

    def _one(self, laptop: socket.socket, request: bytes) -> bool:
        """Whether the line still stands afterwards."""
        if self.keeping:
            self.requests.append(request)
        fault = self.plan.popleft() if self.plan else self.choose(request)
        if fault.answer is not None:
            laptop.sendall(fault.answer)
            return True
        if fault.rewritten is not None:
            laptop.sendall(fault.rewritten(request))
            return True
        if fault.kept_back:
            self.kept.append(request)
            return False
        if fault.late_first:
            self._deliver_kept()
        reply = b""
        for _ in range(fault.times):
            reply = self._forward(request, fault)
        if fault.after is not None:
            fault.after()
        if fault.late_after:
            self._deliver_kept()
        if self.keeping:
            self.replies.append(reply)
        if fault.held is not None:
            fault.held.wait()
        if fault.reply_part is not None:
            sent = reply[: int(len(reply) * fault.reply_part)]
        else:
            sent = reply if fault.reply_bytes is None else reply[: fault.reply_bytes]
        if fault.dripping:
            for byte in sent:
                laptop.sendall(bytes((byte,)))
        else:
            laptop.sendall(sent)
        return len(sent) == len(reply) > 0

    def _deliver_kept(self) -> None:
        for late in self.kept:
            self._forward(late, PASS)
        self.kept.clear()

    def _forward(self, request: bytes, fault: Fault) -> bytes:
        try:
            with socket.create_connection(("127.0.0.1", self.port)) as office:
                office.sendall(request if fault.request_bytes is None else request[: fault.request_bytes])
                if fault.then is not None:
                    fault.then()
                if fault.request_bytes is not None:
                    return b""
                return read_message(office, bodiless=request.startswith(b"HEAD "))
        except OSError:
            return b""


def read_message(connection: socket.socket, *, bodiless: bool = False) -> bytes:
    """One request or reply, whole; what there is of it when the other side hangs up."""
    message = b""
    while b"\r\n\r\n" not in message:
        piece = connection.recv(65536)
        if not piece:
            return message
        message += piece
    head, _, body = message.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and not bodiless:
            length = int(value)
    while len(body) < length:
        piece = connection.recv(65536)
        if not piece:
            break
        body += piece
    return head + b"\r\n\r\n" + body
