"""Requests to head office, and what their answers mean."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from functools import partial
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec
import urllib3
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError
from urllib3.util import SKIP_HEADER, Timeout, parse_url

from fieldapp.domain.wording import Sentence
from fieldapp.protocol.messages import (
    MEDIA_TYPE,
    PREVIOUS_PROTOCOL,
    PROTOCOL,
    REQUEST_HEADER,
    SHORT_HASH,
    AttachmentStatus,
    CertificateReply,
    CertificateRequest,
    EnrolReply,
    EnrolRequest,
    Mark,
    ParcelKey,
    ParcelReceipt,
    SyncReply,
    SyncRequest,
)
from fieldapp.protocol.wire import pack, unpack
from fieldapp.protocol.words import WORDS_CODING
from fieldapp.sync.address import checked_address, host_header, manager_of
from fieldapp.sync.answers import (
    LARGEST_REPLY_BYTES,
    Answer,
    is_ours,
    read_bounded,
    retry_after,
    trouble_of,
    unreachable,
)
from fieldapp.sync.breaking_off import BreakingOff
from fieldapp.sync.kept_line import Strange, ask_again
from fieldapp.sync.packed_ahead import PackedAhead
from fieldapp.sync.troubles import (
    NotHeadOffice,
    TryLater,
    UpgradeNeeded,
)

T = TypeVar("T")

TIMEOUT = Timeout(connect=10, read=60)

_REQUEST_ID_BYTES = 4
_REQUEST_HEADER = REQUEST_HEADER.lower()


class HeadOffice:
    """One connection to head office, kept open between requests. Used from one thread at a time; close it after use.

    Every method raises SyncTrouble; nothing else escapes for anything the network or the other side can do.
    ``protocol`` is what head office was found to speak; ``received_bytes`` are those of all bodies as they came.
    """

    def __init__(self, address: str, token: str | None = None, certificate: str | None = None) -> None:
        self.address = checked_address(address)
        self.protocol = PROTOCOL
        self.received_bytes = 0
        self._token = token
        self._certificate = certificate
        self._path = parse_url(self.address).path or ""
        self._headers = {"User-Agent": SKIP_HEADER}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"
        self._knows_words = False  # until head office has spoken our protocol: an older one could not read them
        self._host = host_header(self.address)
        self._breaking_off = BreakingOff()
        self._kept: HTTPConnection | None = None  # left open by an earlier request, and still in the pool
        self._open_anew()

    def enrol(self, request: EnrolRequest) -> EnrolReply:
        """Present a one-time code."""
        try:
            return self._post("/enrol", request, EnrolReply)
        except UpgradeNeeded:
            self.speak_as_before()
            return self._post("/enrol", msgspec.structs.replace(request, protocol=self.protocol), EnrolReply)

    def certificate(self, request: CertificateRequest) -> CertificateReply | None:
        """Ask for a certificate to seal papers with; None where head office is of a version that issues none."""
        body, coding = pack(request)
        headers = {"Content-Type": MEDIA_TYPE, **({"Content-Encoding": coding} if coding else {})}
        answer = self._ask("POST", "/certificate", content=body, headers=headers, accept=(404, 405))
        return self._decoded(answer, CertificateReply) if answer.status == 200 else None

    @property
    def coding(self) -> str:
        """What requests are packed in, so far as is known."""
        return WORDS_CODING if self._knows_words else "zstd"

    def exchange(
        self, request: SyncRequest, ahead: PackedAhead | None = None, meanwhile: Callable[[], None] | None = None
    ) -> SyncReply:
        """One exchange of changes and records; ``ahead`` are the request's changes where they are packed already.

        ``meanwhile`` is done while the request is on its way.
        """
        reply = self._post("/sync", request, SyncReply, ahead, meanwhile)
        self._knows_words = request.protocol > PREVIOUS_PROTOCOL
        return reply

    def glance(self, cursor: str, counter: int) -> SyncReply | None:
        """Ask for news with nothing to send; None when there is none. Raises UpgradeNeeded where that is not spoken."""
        answer = self._ask("GET", f"/sync?c={quote(cursor)}&n={counter}", coded=False, accept=(405,))
        if answer.status == 405:
            raise UpgradeNeeded
        self._knows_words = True
        return None if answer.status == 204 else self._decoded(answer, SyncReply)

    def attachment_status(self, digest: str) -> AttachmentStatus:
        """How much of an attachment head office holds."""
        answer = self._ask("HEAD", f"/attachments/{digest}")
        try:
            offset = int(answer.headers["upload-offset"])
        except (KeyError, ValueError) as error:
            raise NotHeadOffice from error
        return AttachmentStatus(digest=digest, offset=offset, complete=answer.headers.get("upload-complete") == "?1")

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
        if answer.status == 422:
            return AttachmentStatus(digest=digest, offset=0, complete=False)
        return self._decoded(answer, AttachmentStatus)

    def fetch_piece(self, digest: str, offset: int, length: int) -> bytes | None:
        """Up to ``length`` bytes from ``offset`` on; None while head office does not have it whole.

        Where the connection breaks, those that arrived: what is there need not come again.
        """
        headers = {"Range": f"bytes={offset}-{offset + length - 1}"}
        answer = self._ask("GET", f"/attachments/{digest}", headers=headers, accept=(404, 416), binary=True)
        if answer.status in (404, 416):
            return None
        return answer.body[offset : offset + length] if answer.status == 200 else answer.body

    def parcel_key(self, marks: Mapping[str, Mark]) -> ParcelKey:
        """The key that a laptop that was shut out seals its work to, and whether head office knows its ``marks``."""
        told = ", ".join(f"{stream}={seq}:{chain_hash[:SHORT_HASH]}" for stream, (seq, chain_hash) in marks.items())
        return self._decoded(self._ask("GET", "/parcel", headers={"Parcel-Marks": told} if told else {}), ParcelKey)

    def send_parcel(self, hand_in: str, number: int, sealed: bytes, *, last: bool) -> None:
        """Hand in a part of the work. When this returns head office keeps just these bytes; raises NotHeadOffice."""
        headers = {
            "Content-Type": "application/octet-stream",
            "Parcel-Hand-In": hand_in,
            "Parcel-Number": str(number),
            "Parcel-Last": "?1" if last else "?0",
        }
        receipt = self._decoded(self._ask("POST", "/parcel", content=sealed, headers=headers), ParcelReceipt)
        if receipt.digest != hashlib.sha256(sealed).hexdigest():
            raise NotHeadOffice

    def another(self) -> HeadOffice:
        """One more connection to the same head office, for another thread; close it after use."""
        return HeadOffice(self.address, self._token, self._certificate)

    def speak_as_before(self) -> None:
        """Head office is older than this program: speak the previous protocol. Raises UpgradeNeeded if it did."""
        if self.protocol == PREVIOUS_PROTOCOL:
            raise UpgradeNeeded
        self.protocol = PREVIOUS_PROTOCOL

    def interrupt(self) -> None:
        """From any thread: the request under way, and any other until ``ready``, ends with Cancelled at once."""
        self._breaking_off.ask()

    def ready(self) -> None:
        """Make requests again after an interruption, over a new connection."""
        if self._breaking_off.asked:
            self.close()
            self._open_anew()
            self._breaking_off.forget()

    def close(self) -> None:
        """Drop the connection. At once: head office waits for it where it says farewell by TLS."""
        self._kept = None
        self._pool.close()
        self._manager.clear()

    def _open_anew(self) -> None:
        self._manager = manager_of(self.address, self._certificate)
        self._pool = self._manager.connection_from_url(self.address)
        made: Callable[..., HTTPConnection] = self._pool.ConnectionCls  # type: ignore[assignment] # no other is made

        def watched(**how: Any) -> HTTPConnection:
            line = made(**how)
            self._breaking_off.watch(line)
            return line

        self._pool.ConnectionCls = watched  # type: ignore[assignment] # the pool only calls it

    def __enter__(self) -> HeadOffice:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _post(
        self,
        path: str,
        message: SyncRequest | EnrolRequest,
        shape: type[T],
        ahead: PackedAhead | None = None,
        meanwhile: Callable[[], None] | None = None,
    ) -> T:
        coding: str | None
        if ahead is not None and isinstance(message, SyncRequest):
            body, coding = ahead.ended(message), ahead.coding
        else:
            body, coding = pack(message, self.coding)
        in_words = coding == WORDS_CODING
        headers = {"Content-Type": MEDIA_TYPE, **({"Content-Encoding": coding} if coding else {})}
        accept = (415,) if in_words else ()
        answer = self._ask(
            "POST", path, content=body, headers=headers, coded=not in_words, accept=accept, meanwhile=meanwhile
        )
        if answer.status == 415:  # an older program answers there now
            self._knows_words = False
            return self._post(path, message, shape)
        return self._decoded(answer, shape)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
        accept: tuple[int, ...] = (),
        binary: bool = False,
        coded: bool = True,
        meanwhile: Callable[[], None] | None = None,
    ) -> Answer:
        request_id = os.urandom(_REQUEST_ID_BYTES).hex()
        sent = {**self._headers, "Accept-Encoding": "zstd" if coded else SKIP_HEADER, **(headers or {})}
        sent[REQUEST_HEADER] = request_id
        answer = None
        if not binary and method != "HEAD":
            answer = self._send_again(method, self._path + path, content, sent, meanwhile)
        if answer is None:
            answer = self._send(method, self._path + path, content, sent, meanwhile, partly=binary)
        self.received_bytes += len(answer.body)
        answered_id = answer.headers.get(_REQUEST_HEADER)
        if answer.status in (429, 502, 503, 504) and answered_id != request_id:
            raise TryLater("busy", Sentence("Head office is busy."), after_s=retry_after(answer))
        if answered_id != request_id:
            raise NotHeadOffice
        if answer.status in (200, 201, 204, 206) or answer.status in accept:
            if not binary and method != "HEAD" and answer.status != 204 and not is_ours(answer):
                raise NotHeadOffice
            return answer
        raise trouble_of(answer)

    def _send_again(
        self,
        method: str,
        path: str,
        content: bytes | None,
        headers: dict[str, str],
        meanwhile: Callable[[], None] | None,
    ) -> Answer | None:
        """The request on the connection that is open already; None where there is none, or it was closed meanwhile."""
        kept = self._kept
        if kept is None or not kept.is_connected:
            return None
        self._breaking_off.watch(kept)
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self._host}"]
        lines += [f"{name}: {value}" for name, value in headers.items() if value is not SKIP_HEADER]
        if content is not None:
            lines.append(f"Content-Length: {len(content)}")
        request = "\r\n".join((*lines, "", "")).encode("latin-1") + (content or b"")
        try:
            return Answer(*ask_again(kept, request, LARGEST_REPLY_BYTES, meanwhile))
        except OSError as error:
            self._breaking_off.require_unasked()
            if isinstance(error, Strange):
                raise NotHeadOffice from error
            raise TryLater("cut", Sentence("The connection to head office broke.")) from error

    def _send(
        self,
        method: str,
        path: str,
        content: bytes | None,
        headers: dict[str, str],
        meanwhile: Callable[[], None] | None,
        *,
        partly: bool,
    ) -> Answer:
        pool = self._pool
        send = partial(_sent, pool, method, path, content, headers, partly=partly)
        answer, kept = self._breaking_off.apart(send, meanwhile)
        self._kept = kept
        return answer

    def _decoded(self, answer: Answer, shape: type[T]) -> T:
        try:
            return unpack(answer.body, answer.headers.get("content-encoding"), shape, LARGEST_REPLY_BYTES)
        except ValueError as error:
            raise NotHeadOffice from error


def _sent(
    pool: urllib3.HTTPConnectionPool,
    method: str,
    path: str,
    content: bytes | None,
    headers: dict[str, str],
    *,
    partly: bool,
) -> tuple[Answer, HTTPConnection | None]:
    """The answer to a request by urllib3, which connects where need be, and the connection that stays open."""
    try:
        answer = pool.urlopen(
            method,
            path,
            body=content,
            headers=headers,
            retries=False,
            redirect=False,
            timeout=TIMEOUT,
            preload_content=False,
            decode_content=False,
        )
        kept = answer.connection if isinstance(answer, urllib3.HTTPResponse) else None
        try:
            body = read_bounded(answer, partly=partly and answer.status == 206)
        except BaseException:
            answer.close()
            raise
        answer.release_conn()
    except HTTPError as error:
        raise unreachable(error) from error
    except OSError as error:
        raise TryLater("cut", Sentence("The connection to head office broke.")) from error
    headers_got = {name.lower(): value for name, value in answer.headers.items()}
    return Answer(answer.status, headers_got, body), kept
