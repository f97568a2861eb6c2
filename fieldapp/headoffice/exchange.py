"""One exchange: fork check, push, page (SYNC 21)."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime

from sqlalchemy.exc import DBAPIError

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.arrivals import Arrival, Unreadable, arrival_of
from fieldapp.headoffice.cursor import Position, decode_cursor
from fieldapp.headoffice.page import page_of
from fieldapp.headoffice.push import Knowledge, photo_digests, push
from fieldapp.headoffice.scope import Author
from fieldapp.headoffice.storage.records import Records
from fieldapp.headoffice.storage.store import Busy, Store, Unit
from fieldapp.protocol.identifiers import Clock
from fieldapp.protocol.messages import PROTOCOL, Limits, Mark, Receipt, SyncReply, SyncRequest

log = logging.getLogger(__name__)

MOST_PER_PAGE = 2000
LIMITS = Limits()


class Exchange:
    """The conversation with every laptop, over one store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def answer(self, author: Author, device: str, request: SyncRequest) -> SyncReply:
        """Do what ``request`` asks; when this returns, what the receipts say is on the disk.

        Raises Actionable (``too_many_changes``, ``malformed``, ``revoked``, ``clone``) for the request as a whole,
        and Busy when it should be sent again later.
        """
        arrivals = _arrivals(request)
        positions = decode_cursor(request.cursor)
        at = iso(self._clock.now())
        try:
            outcome = self._push(author, device, request, arrivals, positions, at, careful=False)
        except Busy:
            raise
        except DBAPIError:
            log.exception("batch_not_stored", extra={"device": device})
            outcome = self._push(author, device, request, arrivals, positions, at, careful=True)
        if outcome.fork:
            log.warning("fork_seen", extra={"device": device, "streams": outcome.fork})
            return SyncReply(protocol=PROTOCOL, server_time=at, fork=outcome.fork)
        with self._store.reading() as unit:
            page = page_of(
                unit.records, author, positions, outcome.changed, outcome.knowledge, min(request.page, MOST_PER_PAGE)
            )
            missing = unit.attachments.missing_among(outcome.digests)
        log.info(
            "exchanged",
            extra={"device": device, "changes": len(arrivals), "records": len(page.records), "more": page.more},
        )
        return SyncReply(
            protocol=PROTOCOL,
            server_time=at,
            receipts=outcome.receipts,
            states=page.states,
            records=page.records,
            gone=page.gone,
            cursor=page.cursor,
            more=page.more,
            restart=page.restart,
            heads=page.heads,
            missing=missing,
            limits=LIMITS,
        )

    def _push(
        self,
        author: Author,
        device: str,
        request: SyncRequest,
        arrivals: list[Arrival],
        positions: dict[str, Position],
        at: str,
        *,
        careful: bool,
    ) -> _Pushed:
        with self._store.writing() as unit:
            _admit(unit, device, request.counter, at)
            fork = _forks(unit.records, request.marks, positions)
            if fork:
                return _Pushed(fork=fork)
            knowledge = Knowledge(request.held)
            receipts = push(unit, author, device, arrivals, knowledge, at, careful=careful) if arrivals else []
        return _Pushed(arrivals, receipts, knowledge)


class _Pushed:
    """What the push did, for the page to build on."""

    def __init__(
        self,
        arrivals: list[Arrival] | None = None,
        receipts: list[Receipt] | None = None,
        knowledge: Knowledge | None = None,
        *,
        fork: list[str] | None = None,
    ) -> None:
        self.receipts = receipts or []
        self.knowledge = knowledge or Knowledge({})
        self.fork = fork or []
        answered = [
            arrival.change
            for arrival, receipt in zip(arrivals or [], self.receipts, strict=True)
            if arrival.change is not None and receipt.rev is not None
        ]
        self.changed = [change.record for change in answered]
        self.digests = [digest for change in answered for digest in photo_digests(change)]


def iso(moment: datetime) -> str:
    """An instant as it is kept and told: UTC, ISO 8601."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _arrivals(request: SyncRequest) -> list[Arrival]:
    if len(request.changes) > LIMITS.changes:
        raise Actionable(
            "too_many_changes", Sentence("At most {count} changes go into one request.", count=LIMITS.changes)
        )
    numbers = (request.counter, *(seq for seq, _hash in request.marks.values()))
    if not all(0 <= number < 2**62 for number in numbers) or len(request.marks) > _MOST_MARKS:
        raise _unreadable()
    if not all(_STREAM.fullmatch(stream) for stream in request.marks):
        raise _unreadable()
    try:
        return [arrival_of(bytes(body)) for body in request.changes]
    except Unreadable as error:
        raise _unreadable() from error


_MOST_MARKS = 64
_STREAM = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


def _unreadable() -> Actionable:
    return Actionable("malformed", Sentence("Head office could not read this request."))


def _admit(unit: Unit, device: str, counter: int, at: str) -> None:
    """Lock the laptop's row, so that its own requests follow each other, and look at it once more."""
    account = unit.accounts.device(device, lock=True)
    if account is None or account.revoked_at is not None:
        raise Actionable("revoked", Sentence("This laptop's access has been withdrawn."))
    if counter < account.counter:
        raise Actionable(
            "clone",
            Sentence("Another copy of this laptop's data has already spoken to head office."),
            advice=Sentence("Hand in the work on this copy and enrol the laptop anew."),
        )
    unit.accounts.note_contact(device, counter=counter, at=at)


def _forks(records: Records, marks: dict[str, Mark], positions: dict[str, Position]) -> list[str]:
    """The streams in which head office has forgotten what it told this laptop (SYNC 33)."""
    told = [(stream, seq, chain_hash) for stream, (seq, chain_hash) in marks.items()]
    told += [(stream, position.seq, position.hash) for stream, position in positions.items()]
    kept = records.hashes((stream, seq) for stream, seq, _hash in told)
    return sorted({stream for stream, seq, chain_hash in told if kept.get((stream, seq)) != chain_hash})
