"""One exchange: fork check, push, page (SYNC 21)."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TypeVar

import msgspec
from sqlalchemy.exc import DBAPIError, IntegrityError

from fieldapp.domain.controls.limits import Limits as ControlLimits
from fieldapp.domain.errors import Actionable
from fieldapp.domain.identifiers import BANK_STREAM
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.admission import admit, clone
from fieldapp.headoffice.arrivals import Arrival, Unreadable, arrival_of
from fieldapp.headoffice.backup import durable
from fieldapp.headoffice.bank_records import BankRecords
from fieldapp.headoffice.comparing import differences
from fieldapp.headoffice.cursor import Position, decode_cursor
from fieldapp.headoffice.instants import iso
from fieldapp.headoffice.knowledge import Knowledge
from fieldapp.headoffice.own_day import own_day
from fieldapp.headoffice.page import looks_before_page, page_of
from fieldapp.headoffice.proofs import Prover
from fieldapp.headoffice.push import FoundElsewhere, Manner, Pushed, looks_before_push, push
from fieldapp.headoffice.rescue import take_in
from fieldapp.headoffice.restored import note_fork
from fieldapp.headoffice.runs import Told, in_runs
from fieldapp.headoffice.scope import Author, Caller
from fieldapp.headoffice.sender import Sender
from fieldapp.headoffice.storage.glances import Glimpse
from fieldapp.headoffice.storage.records import Head
from fieldapp.headoffice.storage.store import Busy, Store, Unit
from fieldapp.headoffice.whereabouts import all_read, few_behind, forks, is_hash, is_little, stands_still
from fieldapp.protocol.changes import BRIEF_MARK
from fieldapp.protocol.identifiers import Clock
from fieldapp.protocol.messages import (
    MAX_RESCUES,
    PREVIOUS_PROTOCOL,
    PROTOCOL,
    USUAL_LIMITS,
    Limits,
    SyncReply,
    SyncRequest,
)

log = logging.getLogger(__name__)

T = TypeVar("T")

MOST_PER_PAGE = 2000
LIMITS = Limits(brief=True)
DURABLE_FRESH_S = 60
_FEW = 20
"""Changes that keep the others waiting so little that a second look at the database would take longer."""

_LITTLE_CHANGES = 4
"""New entries that are taken in sooner than a thread is woken for them."""

_NEWS = SyncRequest(protocol=PROTOCOL, device="", counter=0, page=MOST_PER_PAGE)
"""What the short question asks for."""

NOTED_EVERY = timedelta(minutes=1)
"""A laptop that has nothing to tell is noted no more often, so that its question costs no write."""


class Exchange:
    """The conversation with every laptop, over one store."""

    def __init__(self, store: Store, clock: Clock, limits: ControlLimits | None = None) -> None:
        self._store = store
        self._limits = limits or ControlLimits()
        self._clock = clock
        self._prover = Prover()
        self._bank = BankRecords()
        self._durable: dict[str, int] = {}
        self._durable_until = -1.0

    def answer(self, author: Author, device: str, request: SyncRequest) -> SyncReply:
        """Do what ``request`` asks; when this returns, what the receipts say is on the disk.

        Raises like ``take_in`` and ``tell``.
        """
        taken = self.take_in(author, device, request)
        return taken if isinstance(taken, SyncReply) else self.tell(taken)

    def take_in(self, author: Author, device: str, request: SyncRequest) -> SyncReply | Untold:
        """Take in what ``request`` brings, for good; the reply, or what is to be told by ``tell``: a page, most often.

        Raises Actionable (``too_many_changes``, ``malformed``, ``revoked``, ``clone``) for the request as a whole,
        and Busy when it should be sent again later.
        """
        return self._take_in(author, device, request, _arrivals(request))

    def tell(self, untold: Untold) -> SyncReply:
        """The reply to what was taken in. Raises Busy; then the same request gets the same receipts later."""
        with self._store.reading() as unit:
            reply = self._reply(unit, untold.author, untold.request, untold.positions, untold.pushed, untold.at)
        return self._finished(untold.author, untold.device, untold.request, untold.arrivals, reply)

    def answer_at_once(self, author: Author, glimpse: Glimpse, request: SyncRequest) -> SyncReply | None:
        """As ``answer``, where that takes no longer than to wake a thread for it and waits for nobody.

        None of anything else, and nothing was done then. ``glimpse`` is what was just seen of the laptop. Raises
        Actionable.
        """
        if not 0 < len(request.changes) <= _LITTLE_CHANGES or request.rescues or not self._store.quick:
            return None
        if not few_behind(author, decode_cursor(request.cursor), glimpse.heads):
            return None
        arrivals = _arrivals(request)
        if not all(arrival.plain is not None for arrival in arrivals):
            return None
        with suppress(Busy):
            taken = self._take_in(author, glimpse.device, request, arrivals, patient=False)
            return taken if isinstance(taken, SyncReply) else self.tell(taken)
        return None

    def _take_in(
        self,
        author: Author,
        device: str,
        request: SyncRequest,
        arrivals: Sequence[Arrival],
        *,
        patient: bool = True,
    ) -> SyncReply | Untold:
        positions = decode_cursor(request.cursor)
        at = iso(self._clock.now())
        sender = Sender(author, device, at, self._limits)
        push_in = partial(self._push, sender, request, arrivals, positions, patient=patient)
        outcome = _in_quickest_manner(push_in, device)
        if isinstance(outcome, Forked):
            return self._forked(device, outcome.streams, at, request.protocol)
        if isinstance(outcome, SyncReply):
            return self._finished(author, device, request, arrivals, outcome)
        return outcome

    def _finished(
        self, author: Author, device: str, request: SyncRequest, arrivals: Sequence[Arrival], reply: SyncReply
    ) -> SyncReply:
        """The reply with what proves later that its changes were taken (SYNC 34), noted in the log."""
        if arrivals and request.protocol > PREVIOUS_PROTOCOL:
            reply = msgspec.structs.replace(reply, proofs=self._prover.sign(author.staff, arrivals, reply))
        counts: dict[str, object] = {"changes": len(arrivals), "records": len(reply.records), "more": reply.more}
        log.info("exchanged", extra=counts | {"device": device})
        return reply

    def glance(
        self, who: Callable[[Unit], Caller], cursor: str, counter: int, glimpse: Glimpse | None = None
    ) -> SyncReply | None:
        """What is new for a laptop that has nothing to send; None when that is nothing. ``who`` tells who asks.

        What stood there at the ``glimpse`` a moment ago most likely stands there still: it is asked for at once.

        Raises Actionable (``clone``, and what ``who`` raises), and Busy.
        """
        positions = decode_cursor(cursor)
        now = self._clock.now()
        at = iso(now)
        with self._store.reading() as unit:
            caller = who(unit)
            if counter < caller.counter:
                raise clone()
            looked_at = partial(unit.records.heads, caller.author.audiences())

            def looks() -> None:
                looked_at()
                if glimpse is not None:
                    forks(unit.records, {}, positions, glimpse.heads)
                    likely = {stream: head.seq for stream, head in glimpse.heads.items()}
                    looks_before_page(unit.records, caller.author, positions, likely, _NEWS.page)

            unit.records.foresee(looks)  # together with the beginning of the unit
            heads = looked_at()
            forked = forks(unit.records, {}, positions, heads)
            reply = None
            if not forked and not all_read(caller.author, positions, heads):
                reply = self._reply(unit, caller.author, _NEWS, positions, Pushed.nothing(), at, heads)
        if forked:
            with self._store.writing() as unit:
                note_fork(unit, caller.device, forked, at)
            return self._forked(caller.device, forked, at, PROTOCOL)
        if not caller.seen_since(iso(now - NOTED_EVERY)):
            with self._store.writing() as unit:
                unit.accounts.note_contact(caller.device, at=at)
        if reply is not None:
            log.info("looked", extra={"device": caller.device, "records": len(reply.records), "more": reply.more})
        return reply

    def quiet(self, glimpse: Glimpse, cursor: str, counter: int) -> bool:
        """Whether a laptop with nothing to send has everything, and nothing need be noted or refused."""
        if counter < glimpse.counter or not self.seen_lately(glimpse):
            return False
        positions = decode_cursor(cursor)
        tags = Author(glimpse.staff, glimpse.role, glimpse.branch).scope_tags()
        return positions.keys() == glimpse.heads.keys() == tags.keys() and all(
            position.seq == position.until == glimpse.heads[stream].seq
            and is_hash(glimpse.heads[stream].hash, position.hash)
            and position.scope == tags[stream]
            for stream, position in positions.items()
        )

    def few_news(self, glimpse: Glimpse, cursor: str) -> bool:
        """Whether ``glance`` would look at few numbers."""
        author = Author(glimpse.staff, glimpse.role, glimpse.branch)
        return few_behind(author, decode_cursor(cursor), glimpse.heads)

    def seen_lately(self, glimpse: Glimpse) -> bool:
        """Whether nothing need be written of the laptop that it asked."""
        return glimpse.last_seen is not None and glimpse.last_seen > iso(self._clock.now() - NOTED_EVERY)

    def _forked(self, device: str, streams: list[str], at: str, protocol: int) -> SyncReply:
        log.warning("fork_seen", extra={"device": device, "streams": streams})
        return SyncReply(protocol=protocol, server_time=at, fork=streams)

    def _reply(
        self,
        unit: Unit,
        author: Author,
        request: SyncRequest,
        positions: dict[str, Position],
        pushed: Pushed,
        at: str,
        heads: dict[str, Head] | None = None,
    ) -> SyncReply:
        """``unit`` sees one moment of the database, in which everything ``pushed`` is there.

        ``heads`` are those of the author's streams then, where they are known.
        """
        totals = request.totals
        safe = self._durable_for(unit, author) if pushed.answers else {}
        heads = heads or unit.records.heads(author.audiences())  # before the rows: later ones are higher (SYNC 24)
        page = page_of(unit.records, author, positions, heads, pushed, min(request.page, MOST_PER_PAGE))
        if page.restart and request.day is not None:
            page.states += own_day(unit, author, request.day)
        missing = unit.attachments.missing_among(pushed.digests) if pushed.digests else []
        compared = bool(totals) and not pushed.answers and page.says_nothing
        differs = differences(unit.records, author.audiences(), totals) if compared and totals else {}
        told = (
            in_runs(pushed.answers, page.heads)
            if request.protocol > PREVIOUS_PROTOCOL
            else Told([], pushed.receipts(), page.heads)
        )
        return SyncReply(
            protocol=request.protocol,
            server_time=at,
            runs=told.runs,
            receipts=told.receipts,
            states=page.states,
            records=page.records,
            gone=page.gone,
            cursor=page.cursor,
            more=page.more,
            restart=page.restart,
            to_come=page.to_come,
            heads=told.heads,
            limits=LIMITS if page.restart or _needs_limits(request) else USUAL_LIMITS,
            missing=missing,
            durable=safe,
            compared=compared,
            differs=differs,
            untaken=list(pushed.untaken),
        )

    def _durable_for(self, unit: Unit, author: Author) -> dict[str, int]:
        """What the author's laptops need not keep, as it was a minute ago at most."""
        now = time.monotonic()
        if now > self._durable_until:
            self._durable, self._durable_until = durable(unit), now + DURABLE_FRESH_S
        return {stream: seq for stream, seq in self._durable.items() if stream in author.audiences()}

    def _push(
        self,
        sender: Sender,
        request: SyncRequest,
        arrivals: Sequence[Arrival],
        positions: dict[str, Position],
        manner: Manner,
        *,
        patient: bool,
    ) -> Untold | SyncReply | Forked:
        """What is to be told of what the push did; the reply itself where what it reads is little and stands still."""
        author, sent = sender.author, arrivals
        with self._store.writing(patient=patient) as unit:

            def looks() -> None:
                unit.accounts.admit(sender.device, author, counter=request.counter, at=sender.at)
                unit.records.heads(author.audiences())
                if arrivals:
                    looks_before_push(unit, sender, arrivals, manner)

            unit.records.foresee(looks)
            admit(unit, sender, request.counter)
            heads = unit.records.heads(author.audiences())
            fork = forks(unit.records, request.marks, positions, heads)
            if fork:
                note_fork(unit, sender.device, fork, sender.at)
                return Forked(fork)
            if not patient and not few_behind(author, positions, heads):
                raise Busy("much came in while the request did")
            if arrivals:
                self._prover.learn(unit)
                arrivals = self._bank.kept_apart(unit, arrivals, heads[BANK_STREAM])
            untaken: list[str] = []
            if request.rescues:
                untaken = take_in(unit, sender, request.rescues, careful=manner is Manner.ONE_BY_ONE)
                heads = unit.records.heads(author.audiences())
            sender = replace(sender, proven=self._prover.proven(author.staff, arrivals, request.proofs))
            pushed = push(unit, sender, arrivals, Knowledge(request.held), manner=manner, seen=heads)
            pushed = replace(pushed, untaken=tuple(untaken))
            told_here = stands_still(author, positions, heads, pushed) or (
                not unit.records.many_writers and len(arrivals) <= _FEW and is_little(positions, heads)
            )
            if not told_here:
                much = not is_little(positions, heads)
                return Untold(author, sender.device, request, sent, positions, pushed, sender.at, much=much)
            heads |= {stream: head for stream, head in pushed.heads.items() if stream in heads}
            return self._reply(unit, author, request, positions, pushed, sender.at, heads)


def _in_quickest_manner(push_in: Callable[[Manner], T], device: str) -> T:
    """What ``push_in`` comes to in the quickest manner in which the database takes the changes."""
    for manner in (Manner.AT_A_GLANCE, Manner.AT_LENGTH):
        try:
            return push_in(manner)
        except Busy:
            raise
        except FoundElsewhere:
            continue
        except DBAPIError as error:
            if manner is Manner.AT_A_GLANCE and isinstance(error, IntegrityError):
                continue  # most often a new entry under a name that stands already
            log.exception("batch_not_stored", extra={"device": device})
            break
    return push_in(Manner.ONE_BY_ONE)


@dataclass(frozen=True, slots=True)
class Untold:
    """A request of which everything is taken in: the reply to it, with what is new, is still to be looked up.

    ``much`` tells whether that is a page that takes a while.
    """

    author: Author
    device: str
    request: SyncRequest
    arrivals: Sequence[Arrival]
    positions: dict[str, Position]
    pushed: Pushed
    at: str
    much: bool


@dataclass(frozen=True, slots=True)
class Forked:
    """Head office was restored from an older copy: in these streams it has forgotten what it told this laptop."""

    streams: list[str]


def _arrivals(request: SyncRequest) -> list[Arrival]:
    if len(request.changes) > LIMITS.changes or len(request.rescues) > MAX_RESCUES:
        raise Actionable(
            "too_many_changes", Sentence("At most {count} changes go into one request.", count=LIMITS.changes)
        )
    numbers = (request.counter, *(seq for seq, _hash in request.marks.values()))
    if not all(0 <= number < 2**62 for number in numbers) or len(request.marks) > MOST_MARKS:
        raise _unreadable()
    if not all(_STREAM.fullmatch(stream) for stream in request.marks):
        raise _unreadable()
    try:
        return [arrival_of(bytes(body)) for body in request.changes]
    except Unreadable as error:
        raise _unreadable() from error


MOST_MARKS = 64
"""Streams of which one laptop tells what it was told."""

_STREAM = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


def _needs_limits(request: SyncRequest) -> bool:
    """Whether the laptop seems not to know that the brief form is read: what it sends first is not in it."""
    return bool(request.changes) and BRIEF_MARK not in bytes(request.changes[0])


def _unreadable() -> Actionable:
    return Actionable("malformed", Sentence("Head office could not read this request."))
