"""An answer's head and body leave together, and nothing that was written stays behind."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from fieldapp.headoffice.in_one_piece import InOnePiece

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n"


class Sent:
    """A transport that notes what it is given."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        self.pieces.append(data)

    def close(self) -> None:
        self.closed = True

    def get_extra_info(self, name: str) -> Any:
        return name


@pytest.fixture
def sent() -> Sent:
    return Sent()


@pytest.fixture
def line(sent: Sent) -> InOnePiece:
    return InOnePiece(cast(asyncio.Transport, sent))


def test_head_and_body_leave_together(line: InOnePiece, sent: Sent) -> None:
    line.write(HEAD)
    assert sent.pieces == []
    line.write(b"four")
    line.flush()
    assert sent.pieces == [HEAD + b"four"]


def test_the_pieces_of_a_long_body_leave_as_they_come(line: InOnePiece, sent: Sent) -> None:
    for piece in (HEAD, b"one", b"two", b"HTTP/1.1 three"):
        line.write(piece)
    line.flush()
    assert sent.pieces == [HEAD + b"one", b"two", b"HTTP/1.1 three"]


def test_a_head_without_a_body_leaves_with_the_answer_s_end(line: InOnePiece, sent: Sent) -> None:
    line.write(HEAD)
    line.flush()
    line.flush()
    assert sent.pieces == [HEAD]


def test_that_a_body_may_come_is_said_at_once(line: InOnePiece, sent: Sent) -> None:
    line.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert sent.pieces == [b"HTTP/1.1 100 Continue\r\n\r\n"]


def test_closing_loses_nothing(line: InOnePiece, sent: Sent) -> None:
    line.write(HEAD)
    line.close()
    assert (sent.pieces, sent.closed) == ([HEAD], True)


def test_all_else_is_the_connection_s(line: InOnePiece) -> None:
    assert line.get_extra_info("peername") == "peername"
