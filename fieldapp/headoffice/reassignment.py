"""Handing prospects to another officer, of the same sub-branch or of another (SYNC 31)."""

from __future__ import annotations

import logging
from array import array
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass

import msgspec

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.chain import Entry, Randomness, chained
from fieldapp.headoffice.instants import iso
from fieldapp.headoffice.known_staff import active_staff, known_staff
from fieldapp.headoffice.ledger import Ledger
from fieldapp.headoffice.merge import merge
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.scope import HEAD, NO_CUSTOMERS, REVIEW, own
from fieldapp.headoffice.storage.accounts import StaffAccount
from fieldapp.headoffice.storage.journal import Damaged
from fieldapp.headoffice.storage.moves import Moves
from fieldapp.headoffice.storage.records import Departure, Head
from fieldapp.headoffice.storage.reviews import Reviews
from fieldapp.headoffice.storage.store import Busy, Store, Unit
from fieldapp.headoffice.strangers import Following, strangers_in
from fieldapp.protocol.changes import Change, body_digest, encode_change
from fieldapp.protocol.identifiers import Clock, new_change_id

log = logging.getLogger(__name__)

HEAD_OFFICE = "head-office"
"""Who stands as the author of what an administrator does."""

AT_ONCE = 100
"""How many prospects one transaction hands over at most when all of an officer's go."""

RECORDS_AT_ONCE = 1000
"""How many records it takes along, as long as one prospect has not more by itself."""

_LOOKED_UP = 1000
"""How many prospects are looked for together: each look reads the index of all that is the officer's once."""

_LOOKS = 5


@dataclass(frozen=True, slots=True)
class Reassigned:
    """A prospect that has another owner now; ``records`` counts it and everything recorded about it."""

    prospect: str
    from_staff: str
    to_staff: str
    from_branch: str
    to_branch: str
    records: int


@dataclass(frozen=True, slots=True)
class NotMoved:
    """A prospect that stayed where it was, and ``why``."""

    prospect: str
    why: Actionable


@dataclass(frozen=True, slots=True)
class HandedOn:
    """What became of all of an officer's prospects."""

    moved: list[Reassigned]
    left: list[NotMoved]


def reassign(store: Store, clock: Clock, prospect: str, to: str) -> Reassigned:
    """Give ``prospect``, with everything recorded about it, to the member of staff ``to``.

    Raises Actionable: ``prospect_unknown``, ``staff_unknown``, ``staff_inactive``, ``staff_decides``,
    ``already_theirs``, ``occupied`` (the other branch holds another record of that number), ``breaks_a_rule``; and
    Busy.
    """
    for _look in range(_LOOKS):
        with store.writing() as unit:
            heir = _heir(unit, to)
            known = (
                unit.records.find([prospect], unit.records.streams()).get(prospect) if "\x00" not in prospect else None
            )
            if known is None or known.kind != "prospect":
                raise Actionable("prospect_unknown", Sentence("No prospect has the number {number}.", number=prospect))
            if known.owner == heir.staff:
                raise Actionable("already_theirs", Sentence("This prospect already belongs to {staff}.", staff=to))
            done = _Handing(unit, heir, known.stream, iso(clock.now())).hand_over([prospect])
        if done:
            return done[0]
    raise Busy("the prospect is being moved by somebody else")


def reassign_all(
    store: Store, clock: Clock, staff: str, to: str, progress: Callable[[int], None] = lambda _done: None
) -> HandedOn:
    """Give every prospect of ``staff`` to ``to``, some at a time; ``progress`` is told how many are done.

    One that cannot be moved stays and stops no other. What was handed over before a failure stays so; asked again it
    goes on with the rest. Raises Actionable: ``staff_unknown``, ``staff_inactive``, ``staff_decides``,
    ``already_theirs``; and Busy.
    """
    moved: list[Reassigned] = []
    while True:
        before, left = len(moved), _pass(store, clock, staff, to, moved, progress)
        if len(moved) == before:  # what came in meanwhile is there too
            return HandedOn(moved, left)


def _pass(
    store: Store, clock: Clock, staff: str, to: str, done: list[Reassigned], progress: Callable[[int], None]
) -> list[NotMoved]:
    """Once through all of an officer's prospects, in the order of their ids: ``done`` grows; returns those left."""
    all_left: list[NotMoved] = []
    _write_out(store, staff, to)
    last = ""
    while found := _look(store, staff, to, last):
        for prospects in found.batches():
            left: list[NotMoved] = []
            with store.writing() as unit:
                leaving, heir = _both(unit, staff, to)
                moved = _Handing(unit, heir, leaving.branch, iso(clock.now())).hand_over(prospects, found, left)
            done += moved
            all_left += left
            if moved:
                progress(len(done))
            store.give_way()
        last = found.prospects[-1]
    return all_left


def _write_out(store: Store, staff: str, to: str) -> None:
    """Have an officer's visits and contacts say for themselves what they leave to the journal, in the order they stand
    there: customer by customer, a whole piece of it would be unpacked for each of their visits.
    """
    last = 0
    while True:
        with store.reading() as unit:
            stream = _both(unit, staff, to)[0].branch
            numbers = unit.records.left_to_the_journal(stream, staff, last, RECORDS_AT_ONCE)
        if not numbers:
            return
        with store.writing() as unit, suppress(Damaged):  # handing over one of these will tell
            unit.records.heads([stream], lock=True)
            unit.records.write_out(stream, numbers)
        store.give_way()
        last = numbers[-1]


@dataclass(frozen=True, slots=True)
class _Found:
    """Some ``prospects`` of the officer ``staff``, in order of their ids, and the ``numbers`` of all that stood under
    each when the stream ended at ``until``.
    """

    staff: str
    prospects: list[str]
    numbers: dict[str, array[int]]
    until: int

    def batches(self) -> Iterator[list[str]]:
        """As many prospects as one transaction hands over."""
        batch: list[str] = []
        records = 0
        for prospect in self.prospects:
            more = len(self.numbers[prospect])
            if batch and (len(batch) == AT_ONCE or records + more > RECORDS_AT_ONCE):
                yield batch
                batch, records = [], 0
            batch.append(prospect)
            records += more
        yield batch


def _look(store: Store, staff: str, to: str, after: str) -> _Found | None:
    """The next prospects of an officer's behind ``after``, at one moment; None where there are none."""
    with store.reading() as unit:
        stream = _both(unit, staff, to)[0].branch
        prospects = Moves(unit.connection).owned(stream, "prospect", staff, _LOOKED_UP, after=after)
        if not prospects:
            return None
        numbers = unit.records.numbers_of(stream, unit.records.find(prospects, [stream]).values())
        return _Found(staff, prospects, numbers, unit.records.heads([stream])[stream].seq)


def _both(unit: Unit, staff: str, to: str) -> tuple[StaffAccount, StaffAccount]:
    """Whose prospects go, and to whom."""
    heir = _heir(unit, to)
    leaving = known_staff(unit, staff)
    if leaving.staff == heir.staff:
        raise Actionable("already_theirs", Sentence("These prospects already belong to {staff}.", staff=to))
    return leaving, heir


def _heir(unit: Unit, staff: str) -> StaffAccount:
    account = active_staff(unit, staff)
    if account.author.decides:
        raise Actionable("staff_decides", NO_CUSTOMERS)
    return account


@dataclass(frozen=True, slots=True)
class _Going:
    """A prospect as it was, the change of its owner, and after that all of it: itself, and the rest by number."""

    root: StoredRecord
    change: Change
    body: bytes
    family: list[StoredRecord]


class _Handing:
    """Prospects of one stream going to one heir, in one unit; both streams' heads are locked in sorted order.

    The heir is looked at once more behind the lock, under which alone staff of that branch change.
    """

    def __init__(self, unit: Unit, heir: StaffAccount, stream: str, at: str) -> None:
        self._unit = unit
        self._at = at
        self._random = Randomness()
        self._heads = unit.records.heads({stream, heir.branch}, lock=True)
        self._heir = _heir(unit, heir.staff)

    def hand_over(
        self, prospects: Collection[str], found: _Found | None = None, left: list[NotMoved] | None = None
    ) -> list[Reassigned]:
        """Hand over those of ``prospects`` that are still where they were before the lock, and still whose they were
        ``found`` to be, where all of an officer's go.

        Those that cannot be are told in ``left``, where it is given. Raises Actionable for the first where it is not.
        """
        within: list[_Going] = []
        across: list[_Going] = []
        standing = self._unit.records.find(prospects, self._heads)
        roots = [
            root
            for _record, root in sorted(standing.items())
            if root.owner != self._heir.staff and (found is None or root.owner == found.staff)
        ]
        families = self._families(roots, found)
        taken = self._taken(families)
        for root, family in zip(roots, families, strict=True):
            try:
                going = self._going(root, family, taken)
            except Actionable as why:  # found before anything was entered
                if left is None:
                    raise
                left.append(NotMoved(root.record, why))
                log.warning("not_reassigned", extra={"record": root.record, "code": why.code})
                continue
            (within if root.stream == self._heir.branch else across).append(going)
        if within:
            self._within(within)
        if across:
            self._across(across)
        return [self._told(going) for going in (*within, *across)]

    def _families(self, roots: list[StoredRecord], found: _Found | None) -> list[list[StoredRecord]]:
        """All of each of ``roots``, which stand in one stream: itself, and the rest by number."""
        if not roots:
            return []
        stream, records = roots[0].stream, self._unit.records
        newer = records.numbers_of(stream, roots, after=found.until if found else 0)
        numbers = [newer, found.numbers] if found else [newer]
        entries = {number for root in roots for known in numbers for number in known[root.record]}
        families = records.of_roots(stream, newer, entries)
        return [[root, *(m for m in families[root.record] if m.record != root.record)] for root in roots]

    def _taken(self, families: list[list[StoredRecord]]) -> set[str]:
        """The names of those that would come into a stream which holds another record under that name."""
        target = self._heir.branch
        coming = [member.record for family in families for member in family if member.stream != target]
        return set(self._unit.records.find_rows(coming, [target])) if coming else set()

    def _going(self, root: StoredRecord, family: list[StoredRecord], taken: set[str]) -> _Going:
        change, changed = self._changed(root)
        if occupied := [member.record for member in family if member.record in taken]:
            raise Actionable(
                "occupied",
                Sentence(
                    "Branch {branch} holds another record with the number {number} already.",
                    branch=self._heir.branch,
                    number=occupied[0],
                ),
                advice=Sentence("This customer was not moved."),
            )
        return _Going(root, change, encode_change(change), [changed, *family[1:]])

    def _told(self, going: _Going) -> Reassigned:
        root, records = going.root, len(going.family)
        log.info(
            "reassigned",
            extra={"record": root.record, "from": root.owner, "to": self._heir.staff, "records": records},
        )
        return Reassigned(root.record, root.owner, self._heir.staff, root.stream, self._heir.branch, records)

    def _within(self, prospects: list[_Going]) -> None:
        """The stream stays: every record leaves one audience and reaches another, as when a branch head assigns."""
        stored = {member.record: member for going in prospects for member in (going.root, *going.family[1:])}
        ledger = Ledger(self._unit, self._heads, stored, device="", at=self._at)
        for going in prospects:
            digest = body_digest(going.body)
            for member in going.family:
                ledger.assign(going.change, going.body, digest, member, self._heir.staff)
        ledger.keep()
        ledger.flush()
        self._heads = ledger.heads

    def _across(self, prospects: list[_Going]) -> None:
        """Roots and children leave one stream and arrive in another: numbers and journal entries in both."""
        source, target = prospects[0].root.stream, self._heir.branch
        departed = [self._entry(source, going, member, "departure") for going in prospects for member in going.family]
        arrived = [self._entry(target, going, member, "arrival") for going in prospects for member in going.family]
        self._unit.records.journal.add([*departed, *arrived])
        family = [member for going in prospects for member in going.family]
        names = [member.record for member in family]
        self._hide(source, prospects[0].root.owner, family, departed)
        moves = Moves(self._unit.connection)
        back = moves.take_out(source, names, target)
        moves.move_references(source, names, target)
        reviews = Reviews(self._unit.connection)
        opened = reviews.close(source, {going.root.record for going in prospects})
        reviews.open(target, *opened)
        self._settle_in(source, family, arrived, back)
        loans = {going.root.record: going for going in prospects if going.root.record in opened}
        self._have_strangers_follow(source, loans, names)

    def _have_strangers_follow(self, source: str, loans: dict[str, _Going], arrived: list[str]) -> None:
        """Those who decide read who stands in the ``loans``, by customer, where those are now, and not where they were.

        ``arrived`` are told there already.
        """
        target, following = self._heir.branch, Following(self._unit)
        family = [member for going in loans.values() for member in going.family]
        named = strangers_in(family)
        coming = following.to_be_read(target, named, arrived)
        once_named = strangers_in(family, taken_off=True)
        leaving = following.not_to_be_read(source, once_named)
        told = [self._entry(target, loans[named[one.record]], one, "review") for one in coming]
        untold = [self._entry(source, loans[once_named[one.record]], one, "review") for one in leaving]
        self._unit.records.journal.add([*told, *untold])
        following.reach((one, entry.seq) for one, entry in zip(coming, told, strict=True))
        following.leave_sight(source, ((one, entry.seq) for one, entry in zip(leaving, untold, strict=True)))
        for stream in (source, target):
            self._unit.records.set_head(stream, self._heads[stream])

    def _changed(self, root: StoredRecord) -> tuple[Change, StoredRecord]:
        """The change of owner and the root after it; what stood goes to its history."""
        change = Change(
            id=new_change_id(),
            n=0,
            stream=root.stream,
            kind=root.kind,
            record=root.record,
            fields={"owner": (root.values.get("owner"), self._heir.staff)},
            actor=HEAD_OFFICE,
            made_at=self._at,
        )
        merged = merge(root, change, None, unbounded=True)
        if merged.record is None or merged.outcome != "merged":
            raise merged.refusal or Actionable(
                "breaks_a_rule",
                Sentence(
                    "Prospect {number} breaks a rule and cannot be changed before that is put right.",
                    number=root.record,
                ),
            )
        return change, merged.record

    def _entry(self, stream: str, going: _Going, record: StoredRecord, effect: str) -> Entry:
        head, change, body = self._heads[stream], going.change, going.body
        told = (stream, head.seq + 1, change.id, record.record, effect, change.actor, "", self._at)
        random = self._random.sixteen_bytes()
        entry = Entry(*told, body, random, chained(head.hash, told, body_digest(body), random))
        self._heads[stream] = Head(entry.seq, entry.hash, head.floor)
        return entry

    def _hide(self, stream: str, owner: str, records: list[StoredRecord], departed: list[Entry]) -> None:
        """Tell everybody who saw the records there that they are gone."""
        left = [
            Departure(record.record, record.kind, entry.seq) for record, entry in zip(records, departed, strict=True)
        ]
        for audience in (own(owner), HEAD, REVIEW):
            self._unit.records.depart(stream, audience, left)

    def _settle_in(self, source: str, records: list[StoredRecord], arrived: list[Entry], back: list[str]) -> None:
        """Keep the records where they arrived; those that come ``back`` had left whoever sees them there."""
        target = self._heir.branch
        leaders = self._leaders(source)
        moved = [
            msgspec.structs.replace(
                record,
                stream=target,
                owner=self._heir.staff,
                moves=record.moves + 1,
                seq=entry.seq,
                had=tuple(dict.fromkeys((*record.had, record.owner, *leaders, self._heir.staff))),
            )
            for record, entry in zip(records, arrived, strict=True)
        ]
        self._unit.records.put(moved, [])
        for audience in (own(self._heir.staff), HEAD, REVIEW):
            self._unit.records.return_to(target, audience, back)

    def _leaders(self, branch: str) -> list[str]:
        """Who saw the whole branch: a change they still hold is late, not out of scope (SYNC 18)."""
        return [s.staff for s in self._unit.accounts.all_staff() if s.branch == branch and s.author.leads]
