"""A request on a connection that was left open is understood just as one on a new connection, whatever comes back."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from fieldapp.protocol.messages import MEDIA_TYPE, SyncReply, SyncRequest
from fieldapp.protocol.wire import pack
from fieldapp.protocol.words import WORDS_CODING
from fieldapp.sync.transport import HeadOffice
from fieldapp.sync.troubles import NotHeadOffice, SyncTrouble, TryLater

NOTHING_NEW = b"HTTP/1.1 204 No Content\r\nx-fieldapp-request: ID\r\n\r\n"
REPLY = SyncReply(protocol=2, server_time="2026-06-01T01:00:00Z", cursor="c")
BODY = pack(REPLY)[0]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nX-Fieldapp-Request: ID\r\n" % MEDIA_TYPE.encode()
LENGTH = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (
    BODY[:5],
    len(BODY) - 5,
    BODY[5:],
)


class Scripted:
    """A server that gives its answers in turn, over as many connections as it takes; an empty one hangs up."""

    def __init__(self, answers: list[bytes]) -> None:
        self.answers = answers
        self.heard: list[bytes] = []
        self.connections = self.ended = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._listening.close()
        self._thread.join(10)

    def _serve(self) -> None:
        while self.answers:
            connection, _address = self._listening.accept()
            self.connections += 1
            with connection:
                while self.answers and (asked := _request(connection)):
                    self.heard.append(asked)
                    answer = self.answers.pop(0)
                    named = re.search(rb"X-Fieldapp-Request: (\w+)", asked)
                    assert named is not None
                    connection.sendall(answer.replace(b"ID", named[1]))
                    if not answer or b"cut" in answer:
                        break
            self.ended += 1


def _request(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        if not piece:
            return b""
        received += piece
    head, _gap, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"Content-Length: (\d+)", head)
    while length is not None and len(body) < int(length[1]):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


@contextmanager
def line_to(*answers: bytes) -> Iterator[tuple[HeadOffice, Scripted]]:
    server = Scripted(list(answers))
    try:
        with HeadOffice(server.url, "token") as head_office:
            yield head_office, server
    finally:
        server.close()


@pytest.mark.parametrize(
    "answer",
    [
        LENGTH,
        CHUNKED,
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + LENGTH,
        LENGTH.replace(b"200 OK\r\n", b"200 OK\r\nConnection: close\r\n"),
        LENGTH.replace(b"X-Fieldapp-Request", b"x-fieldapp-request"),
    ],
    ids=["length", "chunked", "told to wait", "closed after", "small names"],
)
def test_answer_on_an_open_connection_is_read_whole(answer: bytes) -> None:
    with line_to(NOTHING_NEW, answer, NOTHING_NEW) as (head_office, server):
        assert head_office.glance("c", 1) is None
        assert head_office.glance("c", 2) == REPLY
        assert head_office.glance("c", 3) is None
    assert len(server.heard) == 3
    assert server.heard[1].startswith(b"GET /sync?c=c&n=2 HTTP/1.1\r\nHost: 127.0.0.1:")


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (b"", TryLater),
        (LENGTH.replace(b"\r\nX-", b"\r\nX-cut: 1\r\nX-")[:-5], TryLater),
        (b"HTTP/1.1 2cut", TryLater),
        (b"<html>cut</html>\r\n\r\n", NotHeadOffice),
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: 3\r\n\r\ncut",
            NotHeadOffice,
        ),
        (HEAD + b"Content-Length: 99999999999\r\n\r\ncut", NotHeadOffice),
        (b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 20_000 + b"cut", NotHeadOffice),
        (CHUNKED[:-20] + b"cut", TryLater),
    ],
    ids=["nothing", "half a body", "half a line", "no http", "a portal", "endless", "endless head", "half a chunk"],
)
def test_what_is_no_whole_answer_is_no_answer_and_the_next_request_is_understood(
    answer: bytes, trouble: type[SyncTrouble]
) -> None:
    with line_to(NOTHING_NEW, answer, NOTHING_NEW) as (head_office, server):
        assert head_office.glance("c", 1) is None
        with pytest.raises(trouble):
            head_office.glance("c", 2)
        assert head_office.glance("c", 3) is None
    assert server.connections == 2


def test_line_that_was_closed_while_nobody_asked_is_opened_again() -> None:
    closing = NOTHING_NEW.replace(b"\r\n\r\n", b"\r\nx-note: cut\r\n\r\n")
    with line_to(closing, NOTHING_NEW) as (head_office, server):
        assert head_office.glance("c", 1) is None
        _until(lambda: server.ended == 1)
        assert head_office.glance("c", 2) is None
    assert server.connections == 2


def test_head_office_that_no_longer_reads_the_words_is_asked_in_the_plain_coding() -> None:
    strange = b"HTTP/1.1 415 No\r\nContent-Type: %s\r\nX-Fieldapp-Request: ID\r\nContent-Length: 2\r\n\r\n{}"
    request = SyncRequest(protocol=2, device="d" * 600, counter=1)
    with line_to(LENGTH, strange % MEDIA_TYPE.encode(), LENGTH, LENGTH) as (head_office, server):
        assert [head_office.exchange(request) for _ in range(2)] == [REPLY, REPLY]
        assert head_office.exchange(request) == REPLY
    codings = [WORDS_CODING.encode() in heard for heard in server.heard]
    assert codings == [False, True, False, True]


def _until(done: Callable[[], bool]) -> None:
    for _ in range(1_000_000):
        if done():
            return
    raise AssertionError("it never came")
