"""The push of one exchange: each change judged, merged, numbered and receipted (SYNC 10 to 20)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import partial
from itertools import chain

from fieldapp.domain.identifiers import BANK_STREAM
from fieldapp.headoffice.admission import require_admitted
from fieldapp.headoffice.arrivals import Arrival, photo_digests
from fieldapp.headoffice.knowledge import Knowledge
from fieldapp.headoffice.ledger import Ledger
from fieldapp.headoffice.plain_entries import PlainEntry
from fieldapp.headoffice.plain_runs import PlainRuns
from fieldapp.headoffice.receiving import Receiving
from fieldapp.headoffice.runs import Answer, EnteredRun
from fieldapp.headoffice.sender import Sender
from fieldapp.headoffice.storage.records import Head, Records
from fieldapp.headoffice.storage.rows import Row
from fieldapp.headoffice.storage.store import Unit
from fieldapp.headoffice.together import Together, groups_of
from fieldapp.protocol.changes import Change
from fieldapp.protocol.messages import Gone, Receipt


class Manner(Enum):
    """How changes are taken in, each slower than the one before it.

    At a glance: what is plain is taken as it is, and the database has the last word on its names. At length: every
    change is judged and merged. One by one: each is stored under its own savepoint too, so that one the database cannot
    take does not stop the others.
    """

    AT_A_GLANCE = auto()
    AT_LENGTH = auto()
    ONE_BY_ONE = auto()


class FoundElsewhere(Exception):
    """A push has to be made at length, from the beginning."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did: the answers to all changes, in order, and what the page has to know of it.

    ``changed`` are the records that got receipts, each as the laptop will believe it to be after them; ``streams``
    where those are by the receipts or have gone since, ``digests`` the photos they name.
    ``entered`` tells the numbers (after, until) that the push gave in a stream, where the receipts tell all of them.
    ``heads`` are those of the streams that it locked, as it left them. ``untaken`` are the records among the rescues
    before it that their laptop is to keep.
    """

    answers: list[Answer]
    knowledge: Knowledge
    changed: dict[str, Gone] = field(default_factory=dict)
    streams: frozenset[str] = frozenset()
    digests: tuple[str, ...] = ()
    entered: dict[str, tuple[int, int]] = field(default_factory=dict)
    heads: dict[str, Head] = field(default_factory=dict)
    untaken: tuple[str, ...] = ()

    @classmethod
    def nothing(cls) -> Pushed:
        """Of a laptop that had nothing to send."""
        return cls([], Knowledge({}))

    def receipts(self) -> list[Receipt]:
        """One for each change, in order."""
        return [
            receipt
            for answer in self.answers
            for receipt in (answer.receipts() if isinstance(answer, EnteredRun) else [answer])
        ]


def push(
    unit: Unit,
    sender: Sender,
    arrivals: Sequence[Arrival],
    knowledge: Knowledge,
    *,
    manner: Manner,
    seen: dict[str, Head] | None = None,
) -> Pushed:
    """Apply ``arrivals`` in order. The unit must be written to by nobody else meanwhile.

    ``seen`` are heads that the unit has read and not written since. Where the database does not take all that is stored
    together, DBAPIError undoes the unit, and FoundElsewhere where records of a push at a glance stand in other streams.
    Raises like ``admission.require_admitted``.
    """
    at_length = _at_length(sender, manner)
    changes = _named(arrivals)
    looks = _Looks(unit, sender, changes, at_length=at_length)
    heads, found = _found_and_locked(unit.records, looks, seen or {})
    looks.require_admitted()
    ledger = Ledger(unit, heads, {}, device=sender.device, at=sender.at, rows=found)
    ledger.know_holds(looks.held())
    earlier = looks.given()
    if earlier:
        ledger.look_for(change.record for change in changes if (change.stream, change.id) in earlier)
    ledger.foresee_families(
        change.record for change in changes if isinstance(change, Change) and "owner" in change.fields
    )
    receiving = Receiving(unit, sender, ledger, earlier, knowledge)
    together = Together(unit, ledger, receiving)
    plain_runs = None
    if not at_length:
        answered_before = (change for _stream, change in earlier)
        plain_runs = PlainRuns(
            sender.author, ledger, knowledge, chain(ledger.names(), answered_before, knowledge.held())
        )
    careful = manner is Manner.ONE_BY_ONE
    answers = _received(arrivals, receiving, together, plain_runs, careful=careful)
    ledger.flush()
    answered = list(_to_be_told(arrivals, answers, knowledge))
    return Pushed(
        answers,
        knowledge,
        _as_believed(answered),
        frozenset(receipt.stream for _change, receipt in answered)
        | ledger.streams_of(change for change, _ in answered),
        tuple(digest for change, _receipt in answered for digest in photo_digests(change)),
        {
            stream: numbers
            for stream, numbers in ledger.entered.items()
            if _all_sure(stream, ledger.touched(stream), answers, knowledge)
        },
        ledger.heads,
    )


def looks_before_push(unit: Unit, sender: Sender, arrivals: Sequence[Arrival], manner: Manner) -> None:
    """What ``push`` asks first, asked within ``Records.foresee``: with whatever else is asked at a unit's beginning."""
    _Looks(unit, sender, _named(arrivals), at_length=_at_length(sender, manner)).first()


def _at_length(sender: Sender, manner: Manner) -> bool:
    return sender.late or manner is not Manner.AT_A_GLANCE


def _named(arrivals: Sequence[Arrival]) -> list[Change | PlainEntry]:
    return [named for arrival in arrivals if (named := arrival.named) is not None]


def _received(
    arrivals: Sequence[Arrival],
    receiving: Receiving,
    together: Together,
    plain_runs: PlainRuns | None,
    *,
    careful: bool,
) -> list[Answer]:
    """The answers in order; those to a group are found when the last of it is reached."""
    receive = receiving.receive_carefully if careful else receiving.receive
    receive_group = together.receive_carefully if careful else together.receive
    groups = groups_of(arrivals)
    answers: dict[int, Answer] = {}
    place = 0
    while place < len(arrivals):
        if plain_runs is not None and (run := plain_runs.take(arrivals, place)) is not None:
            answers[place] = run
            place += len(run.changes)
            continue
        arrival = arrivals[place]
        if plain_runs is not None:
            plain_runs.pass_by(arrival)
        group = arrival.change.group if groups and arrival.change is not None else None
        if group is None:
            answers[place] = receive(arrival)
        elif groups[group][-1] == place:
            members = [arrivals[member] for member in groups[group]]
            answers |= zip(groups[group], receive_group(members), strict=True)
        place += 1
    return [answers[place] for place in sorted(answers)]


def _to_be_told(
    arrivals: Sequence[Arrival], answers: Sequence[Answer], knowledge: Knowledge
) -> Iterator[tuple[Change, Receipt]]:
    """The changes that got a number, except those of which the laptop knows all by their receipts' form alone."""
    place = 0
    for answer in answers:
        if isinstance(answer, Receipt):
            change = arrivals[place].change
            if change is not None and answer.rev is not None:
                yield change, answer
            place += 1
            continue
        if knowledge.doubts_any(answer.records):
            for at, record in enumerate(answer.records):
                change = arrivals[place + at].change
                if change is not None and knowledge.doubts(record):
                    yield change, answer.receipt(at)
        place += len(answer.records)


def _as_believed(answered: Iterable[tuple[Change, Receipt]]) -> dict[str, Gone]:
    """The records of ``answered``, each in the stream of the last receipt that the laptop takes its state from."""
    believed: dict[str, Gone] = {}
    for change, receipt in answered:
        if receipt.taken or change.record not in believed:
            believed[change.record] = Gone(receipt.stream, change.kind, change.record)
    return believed


def _all_sure(stream: str, touched: dict[str, int], answers: Sequence[Answer], knowledge: Knowledge) -> bool:
    """Whether the laptop will know of every number in ``stream`` that this push gave."""
    for record, seq in touched.items():
        rev = knowledge.sure_of(record)
        if rev is None or rev[1:] != (stream, seq):
            return False
    return not any(
        isinstance(answer, EnteredRun) and answer.stream == stream and knowledge.doubts_any(answer.records)
        for answer in answers
    )


class _Looks:
    """What a push has to know before it can judge ``changes``: which records they name, and what was given before."""

    def __init__(self, unit: Unit, sender: Sender, changes: Sequence[Change | PlainEntry], *, at_length: bool) -> None:
        self._records = records = unit.records
        self._sender = sender
        self.locks_first = records.many_writers and not at_length and len(changes) <= _FEW
        self.made = {change.record for change in changes if change.new}
        parents = {change.parent for change in changes if change.parent is not None}
        self.sought = parents.union(
            change.record for change in changes if at_length or not isinstance(change, PlainEntry)
        )
        self.named = self.sought | self.made
        self.streams = {change.stream for change in changes}
        asked = [(change.stream, change.id) for change in changes]
        asked += [(change.stream, needed) for change in changes for needed in change.needs]
        self._staff = partial(unit.accounts.staff, sender.author.staff)
        self._may_have_changed = records.many_writers or sender.late
        self.held = partial(records.holds, self.streams, sender.device)
        self.given = partial(records.receipts, asked)

    def first(self) -> None:
        """To be foreseen: the records where their changes believe them, and where those went that are not there.

        Of few changes the heads are locked behind that look already, and the rest is asked: nearly always all is found
        in the streams that the changes name.
        """
        records = self._records
        records.find_rows(self.sought, self.streams)
        records.forwards(self.named, self.streams | {BANK_STREAM})
        if self.locks_first:
            self.locked(self.streams, {})

    def locked(self, streams: set[str], seen: dict[str, Head]) -> dict[str, Head]:
        """The heads of ``streams``, locked; what is asked behind that is asked together with it."""

        def look() -> None:
            self._records.lock_heads(streams, seen)
            if self._may_have_changed:
                self._staff()
            self.held()
            self.given()

        self._records.foresee(look)
        return self._records.lock_heads(streams, seen)

    def require_admitted(self) -> None:
        """Behind the lock. Raises like ``admission.require_admitted``."""
        if self._may_have_changed:
            require_admitted(self._sender, self._staff())


_FEW = 20
"""Changes that are locked for at the first look."""


def _found_and_locked(records: Records, looks: _Looks, seen: dict[str, Head]) -> tuple[dict[str, Head], dict[str, Row]]:
    """The records that ``changes`` name, wherever they are now, and the heads of all streams concerned, locked.

    A record is looked for where its change believes it, then where it was moved from there or made anew after a
    restore, then everywhere (SYNC 12); one that nobody else can have made yet is looked for where its parent is, and
    one that a plain entry makes not even there, unless the push goes at length: the database will not take it
    twice. What moved between the look and the lock is left out, and so waits; where the heads are still those that were
    ``seen`` before the look, nothing moved.

    Raises FoundElsewhere where heads are locked already and others would have to be: two requests that lock in another
    order than that of the streams' names may wait for each other.
    """
    sought, made, named, streams = looks.sought, looks.made, looks.named, {*looks.streams}
    records.foresee(looks.first)
    found = records.find_rows(sought, streams)
    looked_in = set(streams)
    while moved := records.forwards(named - found.keys(), looked_in | {BANK_STREAM}):
        ahead = set(moved.values()) - looked_in
        found |= records.find_rows(named - found.keys(), ahead)  # a child made after the move left no forward
        looked_in |= ahead
        if not ahead:
            break
    if lost := sought - found.keys() - made:
        found |= records.find_rows(lost, set(records.streams()) - looked_in)
    if elsewhere := {row[0] for row in found.values()} - looked_in:  # that is where a new one would stand
        found |= records.find_rows(sought - found.keys(), elsewhere)
    streams |= {row[0] for row in found.values()}
    if looks.locks_first and streams != looks.streams:
        raise FoundElsewhere
    heads = looks.locked(streams, seen)
    if any(seen.get(stream) != head for stream, head in heads.items()) and records.many_writers:
        found = records.find_rows(sought | found.keys(), heads)
    return heads, found
