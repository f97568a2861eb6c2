"""What head office answered: read within bounds, and what an answer or none means to the laptop."""

from __future__ import annotations

import ssl

import urllib3
from urllib3.exceptions import HTTPError, SSLError

from fieldapp.domain.wording import Sentence
from fieldapp.protocol.messages import MEDIA_TYPE, Problem
from fieldapp.protocol.wire import unpack
from fieldapp.sync.troubles import (
    CloneFound,
    NotHeadOffice,
    RequestRefused,
    SignInAgain,
    SyncTrouble,
    TooLarge,
    TryLater,
    UpgradeNeeded,
)

LARGEST_REPLY_BYTES = 64 * 1024 * 1024
"""More than any page of records; a larger answer is not head office's."""

LONGEST_PAUSE_S = 6 * 3600
"""A Retry-After beyond this is no use to anybody: something between us and head office is wrong."""


class Answer:
    """An answer with its body as it was sent, still coded, so that nothing is unpacked without a bound.

    ``headers`` are by their names in small letters.
    """

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body


def read_bounded(answer: urllib3.BaseHTTPResponse, *, partly: bool) -> bytes:
    """The body, still coded; ``partly`` takes what came before the connection broke. Raises NotHeadOffice."""
    pieces: list[bytes] = []
    size = 0
    try:
        while piece := answer.read(_READ_BYTES if partly else LARGEST_REPLY_BYTES + 1 - size, decode_content=False):
            pieces.append(piece)
            size += len(piece)
            if size > LARGEST_REPLY_BYTES:
                raise NotHeadOffice
    except (HTTPError, OSError):
        if not partly or not size:
            raise
        answer.close()
    return b"".join(pieces)


_READ_BYTES = 16 * 1024
"""So little at once where a part is worth having."""


def is_ours(answer: Answer) -> bool:
    """Whether head office itself answered, by the form of the answer."""
    content_type: str = answer.headers.get("content-type", "")
    return content_type.partition(";")[0].strip() == MEDIA_TYPE


def retry_after(answer: Answer) -> float | None:
    """Seconds, never more than ``LONGEST_PAUSE_S``; None where none are named."""
    named: str = answer.headers.get("retry-after", "").strip()
    if not named.isascii() or not named.isdecimal():
        return None
    return float(min(int(named[:9]), LONGEST_PAUSE_S))


def unreachable(error: HTTPError) -> SyncTrouble:
    """What it means that no answer came."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return TryLater(
                "certificate",
                Sentence("The server's certificate does not belong to head office; nothing was sent to it."),
            )
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, _NO_CONNECTION):
        return TryLater("unreachable", Sentence("Head office cannot be reached just now."))
    return TryLater("cut", Sentence("The connection to head office broke."))


_NO_CONNECTION = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.ProxyError,
    SSLError,
)


def trouble_of(answer: Answer) -> SyncTrouble:
    """What an answer means that is not the one asked for."""
    status = answer.status
    code = ""
    if is_ours(answer):
        try:
            code = unpack(answer.body, answer.headers.get("content-encoding"), Problem, 64 * 1024).code
        except ValueError:
            code = ""
    if status == 503 and code == "no_room":
        return TryLater("no_room", Sentence("Head office has no room left just now."), after_s=retry_after(answer))
    if status == 500 and code == "damaged":
        return TryLater(
            "damaged", Sentence("Head office cannot read a part of its records until it puts a backup in place.")
        )
    if status in (408, 425, 429) or status >= 500:
        return TryLater("busy", Sentence("Head office is busy."), after_s=retry_after(answer))
    match status, code:
        case (409, "clone"):
            return CloneFound()
        case (401 | 403, _):
            return SignInAgain(code or "sign_in")
        case (413, _):
            return TooLarge()
        case (426, _):
            return UpgradeNeeded()
        case _ if not is_ours(answer):
            return NotHeadOffice()
        case _:
            return RequestRefused(code)
