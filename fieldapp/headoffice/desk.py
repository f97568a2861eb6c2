"""What every route needs before it can work: who asks, how often, and what; and the exchange itself."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, nullcontext
from contextvars import copy_context
from functools import partial
from typing import Protocol, TypeVar

import msgspec
from litestar import Response
from litestar.datastructures import Address
from litestar.exceptions import HTTPException

from fieldapp.domain.controls.limits import Limits
from fieldapp.domain.errors import Actionable
from fieldapp.headoffice import parcels
from fieldapp.headoffice.admission import Moved
from fieldapp.headoffice.answers import Answer, nothing_new, reply
from fieldapp.headoffice.enrolment import recognise, recognised
from fieldapp.headoffice.exchange import LIMITS, Exchange, Untold
from fieldapp.headoffice.pace import Pace
from fieldapp.headoffice.scope import Author, Caller
from fieldapp.headoffice.storage.glances import Glimpse
from fieldapp.headoffice.storage.store import Store, Unit
from fieldapp.headoffice.tally import Part
from fieldapp.headoffice.tokens import token_hash
from fieldapp.headoffice.turns import Turns
from fieldapp.headoffice.uploads import Uploads
from fieldapp.protocol.identifiers import Clock
from fieldapp.protocol.messages import MEDIA_TYPE, PREVIOUS_PROTOCOL, PROTOCOL, SyncReply, SyncRequest
from fieldapp.protocol.wire import Oversize, unpacked
from fieldapp.protocol.words import WORDS_CODING

BODY_SECONDS = 60.0
"""How long a body may take to arrive."""

T = TypeVar("T")


class Asked(Protocol):
    """A request, whether the framework made it or not: its headers by small names, and its body as it arrives."""

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def query_params(self) -> Mapping[str, str]: ...

    @property
    def client(self) -> Address | None: ...

    def stream(self) -> AsyncGenerator[bytes, None]:
        """Raises HTTPException when the caller hangs up."""


class Speaking(Protocol):
    """A message that names its protocol."""

    @property
    def protocol(self) -> int: ...


M = TypeVar("M", bound=Speaking)


class _Spoken(msgspec.Struct):
    protocol: int


def _read(plain: bytes, shape: type[M]) -> M:
    """The message. Raises Answer where it is of a protocol that is not spoken here, and ValueError."""
    try:
        message = msgspec.json.decode(plain, type=shape)
    except msgspec.ValidationError:  # another protocol's may have another form
        _require_spoken(msgspec.json.decode(plain, type=_Spoken))
        raise
    _require_spoken(message)
    return message


def _require_spoken(message: Speaking) -> None:
    if not PREVIOUS_PROTOCOL <= message.protocol <= PROTOCOL:
        raise Answer(426, "protocol", f"Head office speaks protocol {PREVIOUS_PROTOCOL} to {PROTOCOL}.")


class Desk:
    """What every route needs before it can work: who asks, how often, and what."""

    def __init__(self, store: Store, clock: Clock, counts: Part, limits: Limits | None = None) -> None:
        """``limits`` are those of the controls on what is submitted."""
        self.exchange = Exchange(store, clock, limits)
        self.uploads = Uploads(store, clock)
        self._store = store
        self._counts = counts
        self._devices = Pace(burst=600, per_second=60)
        self.photos = Pace(burst=600, per_second=100)
        self._guesses = Pace(burst=10, per_second=0.2)
        self._everybody_enrolling = Pace(burst=200, per_second=5)
        self._strangers = Pace(burst=60, per_second=1)
        self._turns = Turns()

    async def caller(self, request: Asked, pace: Pace | None = None) -> Caller:
        """Who holds the request's token. Photos have a ``pace`` of their own, so that records never wait for them."""
        token = _token(request)
        return await self._caller_with(token, await self.glimpse(token), request, pace)

    async def _caller_with(
        self, token: str, glimpse: Glimpse | None, request: Asked, pace: Pace | None = None
    ) -> Caller:
        if glimpse is not None:
            caller = _caller_in(glimpse)
        else:
            with self.wary_of_strangers(request):
                caller = await in_worker(partial(recognise, self._store, token))
        _slow_down(pace or self._devices, caller.device)
        return caller

    async def shut_out(self, request: Asked) -> Caller:
        """Whose laptop this is that may do nothing any more but hand in its work."""
        with self.wary_of_strangers(request):
            caller = await in_worker(partial(parcels.recognise_shut_out, self._store, _token(request)))
        _slow_down(self._devices, caller.device)
        return caller

    async def sync(self, request: Asked) -> Response[bytes]:
        """One exchange. Little is taken in on the event loop: sooner than a thread is woken for it."""
        token = _token(request)
        lately = self._store.glances.lately(token_hash(token))
        glimpse = lately or await self.glimpse(token)
        caller = await self._caller_with(token, glimpse, request)
        asked = await self.message(request, SyncRequest, LIMITS.body_bytes)
        if asked.device != caller.device:
            raise Answer(403, "device", "This token belongs to another laptop.")
        answered = self.exchange.answer_at_once(caller.author, glimpse, asked) if glimpse is not None else None
        if answered is None:
            with self._turns.sending() if asked.changes else nullcontext():
                try:
                    taken = await self._taken_in(caller, asked)
                except (Actionable, Moved) as error:
                    if lately is None or (isinstance(error, Actionable) and error.code != "revoked"):
                        raise  # else what was seen lately may not hold any more
                    self._store.glances.forget(token_hash(token))
                    taken = await self._taken_in(await self.caller(request), asked)
            if isinstance(taken, SyncReply):
                answered = taken
            else:
                answered = await self._told(partial(self.exchange.tell, taken), much=taken.much)
        self._counts.receipted(receipt.outcome for receipt in answered.receipts)
        self._counts.receipted("accepted" for run in answered.runs for _change in range(run.count))
        known = request.headers.get("content-encoding") == WORDS_CODING
        return reply(request, answered, coding=WORDS_CODING if known else None)

    async def _taken_in(self, caller: Caller, asked: SyncRequest) -> SyncReply | Untold:
        return await in_worker(partial(self.exchange.take_in, caller.author, caller.device, asked))

    async def look(self, request: Asked, glimpse: Glimpse | None = None) -> Response[bytes] | Response[None]:
        """Anything new, for a laptop that has nothing to send? ``glimpse`` is what was seen of it just now, if it was.

        Little is told on the event loop: sooner than a thread is woken for it.
        """
        counter = _asked_number(request, "n")
        cursor = request.query_params.get("c", "")
        if glimpse is None:
            with self.wary_of_strangers(request):
                who = partial(self._welcomed, _token(request))
                found = await self._told(partial(self.exchange.glance, who, cursor, counter), much=True)
        else:
            caller = _caller_in(glimpse)
            _slow_down(self._devices, caller.device)
            find = partial(self.exchange.glance, lambda _unit: caller, cursor, counter, glimpse)
            few = self.exchange.few_news(glimpse, cursor)
            at_hand = self._store.glances.near and self._store.at_hand
            at_once = few and at_hand and self.exchange.seen_lately(glimpse)
            found = find() if at_once else await self._told(find, much=not few)
        return nothing_new() if found is None else reply(request, found, coding=WORDS_CODING)

    async def _told(self, look_up: Callable[[], T], *, much: bool) -> T:
        """What is new for a laptop, looked up on a thread; where it may be ``much``, when it is its turn."""
        async with self._turns.reading() if much else nullcontext():
            return await in_worker(look_up)

    def nothing_new(self, glimpse: Glimpse, cursor: str, counter: int) -> bool:
        """Whether that is the whole answer to a short question; anything else is found out at length."""
        return self.exchange.quiet(glimpse, cursor, counter) and not self._devices.wait_s(glimpse.device)

    async def glimpse(self, token: str) -> Glimpse | None:
        """What one look tells of the laptop that holds ``token``; None where it has to be found out at length."""
        return await self._store.glances.of(token_hash(token)) if token else None

    def _welcomed(self, token: str, unit: Unit) -> Caller:
        """Who holds the token, within a unit, for a question that needs no more than one."""
        caller = recognised(unit, token)
        _slow_down(self._devices, caller.device)
        return caller

    @contextmanager
    def wary_of_strangers(self, request: Asked) -> Iterator[None]:
        """Tokens cannot be found by trying: an address with wrong ones has to wait."""
        try:
            yield
        except Actionable as error:
            if error.code in ("token", "revoked"):
                _slow_down(self._strangers, _address(request))
            raise

    @asynccontextmanager
    async def guessing(self, request: Asked) -> AsyncIterator[None]:
        """Codes cannot be found by trying: after some that failed, an address has to wait."""
        _require_no_wait(self._guesses.blocked_s(_address(request)))
        _slow_down(self._everybody_enrolling, "")
        try:
            yield
        except (Actionable, Answer):
            self._guesses.wait_s(_address(request))
            raise

    async def message(self, request: Asked, shape: type[M], limit_bytes: int) -> M:
        """The request's message, of a protocol that is spoken here."""
        require_media_type(request, MEDIA_TYPE)
        coding = request.headers.get("content-encoding")
        if coding not in (None, "", "identity", "zstd", WORDS_CODING):
            raise Answer(
                415, "content_coding", "Bodies may be compressed with zstd only.", headers={"Accept-Encoding": "zstd"}
            )
        body = await self.body(request, limit_bytes)
        try:
            return _read(unpacked(body, coding, limit_bytes), shape)
        except Oversize as error:
            raise _too_large() from error
        except (ValueError, RecursionError) as error:
            raise Answer(422, "malformed", "Head office could not read this request.") from error

    async def body(self, request: Asked, limit_bytes: int) -> bytes:
        """The request's bytes, never more than allowed and never waited for without end."""
        received, broken = await self.piece(request, limit_bytes)
        if broken is not None:
            raise broken
        return received

    async def piece(self, request: Asked, limit_bytes: int) -> tuple[bytes, Answer | None]:
        """The same; where the line breaks or stalls, what arrived until then, and what is to be answered."""
        if (number_in(request, "content-length") or 0) > limit_bytes:
            raise _too_large()
        pieces: list[bytes] = []
        received = 0
        broken: Answer | None = None
        try:
            async with asyncio.timeout(BODY_SECONDS):
                async for piece in request.stream():
                    received += len(piece)
                    if received > limit_bytes:
                        raise _too_large()
                    pieces.append(piece)
        except TimeoutError:
            broken = Answer(408, "slow", "The request took too long to arrive.")
        except HTTPException as error:  # the caller hung up, or the framework's own bound was met
            if error.status_code == 413:
                raise _too_large() from error
            broken = Answer(400, "cut", "The request broke off.")
        return b"".join(pieces), broken


async def in_worker(work: Callable[[], T]) -> T:
    """Do blocking work off the event loop, in the loop's own threads; the log knows the request there too."""
    return await asyncio.get_running_loop().run_in_executor(None, copy_context().run, work)


_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}", re.ASCII)
_DIGITS = re.compile(r"\d{1,15}", re.ASCII)


def require_media_type(request: Asked, *wanted: str) -> None:
    """Raises Answer where the body is of another type."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in wanted:
        raise Answer(415, "media_type", f"The body must be {wanted[0]}.")


def number_in(request: Asked, header: str) -> int | None:
    """The number in a header, None without one. Raises Answer where it is none."""
    text = request.headers.get(header)
    if text is None:
        return None
    if not _DIGITS.fullmatch(text):
        raise Answer(422, "malformed", f"{header} is not a number.")
    return int(text)


def _caller_in(glimpse: Glimpse) -> Caller:
    author = Author(glimpse.staff, glimpse.role, glimpse.branch)
    return Caller(glimpse.device, author, glimpse.counter, glimpse.last_seen)


def _token(request: Asked) -> str:
    scheme, _space, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" and _TOKEN.fullmatch(token) else ""


def _asked_number(request: Asked, name: str) -> int:
    text = request.query_params.get(name, "")
    if not _DIGITS.fullmatch(text):
        raise Answer(422, "malformed", f"{name} is not a number.")
    return int(text)


def _too_large() -> Answer:
    return Answer(413, "too_large", "The request is larger than head office takes.")


def _address(request: Asked) -> str:
    return request.client.host if request.client is not None else ""


def _slow_down(pace: Pace, caller: str) -> None:
    _require_no_wait(pace.wait_s(caller))


def _require_no_wait(wait_s: float) -> None:
    if wait_s > 0:
        raise Answer(
            429, "too_often", "Too many requests; wait a little.", headers={"Retry-After": str(int(wait_s) + 1)}
        )
