"""Requests to head office, and what their answers mean."""

from __future__ import annotations

import ssl
import uuid
from ipaddress import ip_address
from types import TracebackType
from typing import TypeVar

import httpx2
import msgspec
import truststore

from fieldapp.domain.errors import Invalid
from fieldapp.domain.wording import Sentence
from fieldapp.protocol.messages import (
    MEDIA_TYPE,
    REQUEST_HEADER,
    AttachmentStatus,
    EnrolReply,
    EnrolRequest,
    Problem,
    SyncReply,
    SyncRequest,
)
from fieldapp.protocol.wire import pack, unpack
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

T = TypeVar("T")

LARGEST_REPLY_BYTES = 64 * 1024 * 1024
"""More than any page of records; a larger answer is not head office's."""

LONGEST_PAUSE_S = 6 * 3600
"""A Retry-After beyond this is no use to anybody: something between us and head office is wrong."""

TIMEOUT = httpx2.Timeout(connect=10, read=60, write=60, pool=10)


class HeadOffice:
    """One connection to head office. Used from one thread at a time; close it after use.

    Every method raises SyncTrouble; nothing else escapes for anything the network or the other side can do.
    """

    def __init__(self, address: str, token: str | None = None, certificate: str | None = None) -> None:
        self.address = checked_address(address)
        headers = {"Accept": MEDIA_TYPE, "Accept-Encoding": "zstd, identity"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        self._client = httpx2.Client(
            base_url=self.address,
            headers=headers,
            timeout=TIMEOUT,
            verify=_tls(certificate) if self.address.startswith("https:") else False,
            follow_redirects=False,
        )

    def enrol(self, request: EnrolRequest) -> EnrolReply:
        """Present a one-time code."""
        return self._post("/enrol", request, EnrolReply)

    def exchange(self, request: SyncRequest) -> SyncReply:
        """One exchange of changes and records."""
        return self._post("/sync", request, SyncReply)

    def attachment_status(self, digest: str) -> AttachmentStatus:
        """How much of an attachment head office holds."""
        answer = self._ask("HEAD", f"/attachments/{digest}")
        try:
            offset = int(answer.headers["Upload-Offset"])
        except (KeyError, ValueError) as error:
            raise NotHeadOffice from error
        return AttachmentStatus(digest=digest, offset=offset, complete=answer.headers.get("Upload-Complete") == "?1")

    def send_piece(self, digest: str, offset: int, length: int, piece: bytes) -> AttachmentStatus:
        """Send the bytes from ``offset`` on of an attachment of ``length`` bytes; answers what head office then holds.

        When it holds another offset, it says so in the same form: go on from there.
        """
        headers = {
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": str(offset),
            "Upload-Length": str(length),
        }
        answer = self._ask("PATCH", f"/attachments/{digest}", content=piece, headers=headers, accept=(409, 422))
        if answer.status_code == 422:
            return AttachmentStatus(digest=digest, offset=0, complete=False)
        return self._decoded(answer, AttachmentStatus)

    def fetch_piece(self, digest: str, offset: int, length: int) -> bytes | None:
        """Up to ``length`` bytes from ``offset`` on; None while head office does not have it whole."""
        headers = {"Range": f"bytes={offset}-{offset + length - 1}"}
        answer = self._ask("GET", f"/attachments/{digest}", headers=headers, accept=(404, 416), binary=True)
        if answer.status_code in (404, 416):
            return None
        content = _body(answer)
        return content[offset : offset + length] if answer.status_code == 200 else content

    def close(self) -> None:
        """Drop the connection."""
        self._client.close()

    def __enter__(self) -> HeadOffice:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _post(self, path: str, message: msgspec.Struct, shape: type[T]) -> T:
        body, coding = pack(message)
        headers = {"Content-Type": MEDIA_TYPE, **({"Content-Encoding": coding} if coding else {})}
        return self._decoded(self._ask("POST", path, content=body, headers=headers), shape)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
        accept: tuple[int, ...] = (),
        binary: bool = False,
    ) -> httpx2.Response:
        request_id = uuid.uuid4().hex
        request = self._client.build_request(
            method, path, content=content, headers={**(headers or {}), REQUEST_HEADER: request_id}
        )
        try:
            answer = self._client.send(request, stream=True)
            try:
                _read_bounded(answer)
            finally:
                answer.close()
        except httpx2.ConnectError as error:
            raise _unreachable(error) from error
        except (httpx2.TransportError, httpx2.StreamError) as error:
            raise TryLater("cut", Sentence("The connection to head office broke.")) from error
        if answer.status_code in (429, 502, 503, 504) and answer.headers.get(REQUEST_HEADER) != request_id:
            raise TryLater("busy", Sentence("Head office is busy."), after_s=_retry_after(answer))
        if answer.headers.get(REQUEST_HEADER) != request_id:
            raise NotHeadOffice
        if answer.status_code in (200, 201, 204, 206) or answer.status_code in accept:
            if not binary and method != "HEAD" and not _is_ours(answer):
                raise NotHeadOffice
            return answer
        raise _trouble(answer)

    def _decoded(self, answer: httpx2.Response, shape: type[T]) -> T:
        try:
            return unpack(_body(answer), answer.headers.get("Content-Encoding"), shape, LARGEST_REPLY_BYTES)
        except ValueError as error:
            raise NotHeadOffice from error


def checked_address(address: str) -> str:
    """The address in its full form. Raises Invalid: not an address, or unencrypted and not on this computer."""
    text = address.strip().rstrip("/")
    if "://" not in text:
        text = f"https://{text}"
    try:
        url = httpx2.URL(text)
    except (httpx2.InvalidURL, UnicodeError) as error:
        raise _no_address() from error
    if url.scheme not in ("http", "https") or not url.host:
        raise _no_address()
    if url.scheme == "http" and not _is_loopback(url.host):
        raise Invalid(
            "address_unencrypted",
            Sentence("Without encryption (http) head office is only reached on this computer itself. Use https."),
            field="address",
        )
    return text


def _no_address() -> Invalid:
    return Invalid(
        "address", Sentence("This is not an address. Write it like https://office.example.com."), field="address"
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _tls(certificate: str | None) -> ssl.SSLContext:
    context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if certificate is not None:
        context = ssl.create_default_context(cadata=certificate)
    return context


def _read_bounded(answer: httpx2.Response) -> None:
    """Take the body as it was sent, still coded, so that nothing is unpacked without a bound."""
    pieces: list[bytes] = []
    size = 0
    for piece in answer.iter_raw():
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST_REPLY_BYTES:
            raise NotHeadOffice
    answer.extensions["fieldapp_body"] = b"".join(pieces)


def _body(answer: httpx2.Response) -> bytes:
    body: bytes = answer.extensions["fieldapp_body"]
    return body


def _is_ours(answer: httpx2.Response) -> bool:
    content_type: str = answer.headers.get("Content-Type", "")
    return content_type.partition(";")[0].strip() == MEDIA_TYPE


def _retry_after(answer: httpx2.Response) -> float | None:
    """Seconds, never more than ``LONGEST_PAUSE_S``; None where none are named."""
    named: str = answer.headers.get("Retry-After", "").strip()
    if not named.isascii() or not named.isdecimal():
        return None
    return float(min(int(named[:9]), LONGEST_PAUSE_S))


def _unreachable(error: httpx2.ConnectError) -> SyncTrouble:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return TryLater(
                "certificate",
                Sentence("The server's certificate does not belong to head office; nothing was sent to it."),
            )
        cause = cause.__cause__ or cause.__context__
    return TryLater("unreachable", Sentence("Head office cannot be reached just now."))


def _trouble(answer: httpx2.Response) -> SyncTrouble:
    status = answer.status_code
    code = ""
    if _is_ours(answer):
        try:
            code = unpack(_body(answer), answer.headers.get("Content-Encoding"), Problem, 64 * 1024).code
        except ValueError:
            code = ""
    if status in (408, 425, 429) or status >= 500:
        return TryLater("busy", Sentence("Head office is busy."), after_s=_retry_after(answer))
    match status, code:
        case (409, "clone"):
            return CloneFound()
        case (401 | 403, _):
            return SignInAgain(code or "sign_in")
        case (413, _):
            return TooLarge()
        case (426, _):
            return UpgradeNeeded()
        case _ if not _is_ours(answer):
            return NotHeadOffice()
        case _:
            return RequestRefused(code)
