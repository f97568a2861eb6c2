"""Handing prospects to another officer, of the same sub-branch or of another (SYNC 31)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.chain import Entry, Randomness, chained
from fieldapp.headoffice.instants import iso
from fieldapp.headoffice.ledger import Ledger
from fieldapp.headoffice.merge import merge
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.scope import HEAD, NO_CUSTOMERS, REVIEW, own
from fieldapp.headoffice.storage.accounts import StaffAccount
from fieldapp.headoffice.storage.moves import Moves
from fieldapp.headoffice.storage.records import Departure, Head
from fieldapp.headoffice.storage.reviews import Reviews
from fieldapp.headoffice.storage.store import Busy, Store, Unit
from fieldapp.protocol.changes import Change, body_digest, encode_change
from fieldapp.protocol.identifiers import Clock, new_change_id

log = logging.getLogger(__name__)

HEAD_OFFICE = "head-office"
"""Who stands as the author of what an administrator does."""

AT_ONCE = 50
"""How many prospects one transaction hands over when all of an officer's go."""

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
            done = _Handing(unit, heir, {known.stream}, iso(clock.now())).hand_over([prospect])
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
    prospects = [""]
    while prospects:
        with store.writing() as unit:
            heir = _heir(unit, to)
            leaving = _known(unit, staff)
            if leaving.staff == heir.staff:
                raise Actionable("already_theirs", Sentence("These prospects already belong to {staff}.", staff=to))
            handing = _Handing(unit, heir, {leaving.branch}, iso(clock.now()))
            owned = Moves(unit.connection).owned(leaving.branch, "prospect", staff, AT_ONCE, after=prospects[-1])
            left: list[NotMoved] = []
            moved = handing.hand_over(owned, left)
        done += moved
        all_left += left
        if moved:
            progress(len(done))
        prospects = owned
    return all_left


def _known(unit: Unit, staff: str) -> StaffAccount:
    account = unit.accounts.staff(staff)
    if account is None:
        raise Actionable("staff_unknown", Sentence("Nobody on the staff has the number {staff}.", staff=staff))
    return account


def _heir(unit: Unit, staff: str) -> StaffAccount:
    account = _known(unit, staff)
    if not account.active:
        raise Actionable("staff_inactive", Sentence("This member of staff is no longer active."))
    if account.author.decides:
        raise Actionable("staff_decides", NO_CUSTOMERS)
    return account


class _Handing:
    """Prospects of some streams going to one heir, in one unit; the streams' heads are locked in sorted order."""

    def __init__(self, unit: Unit, heir: StaffAccount, streams: set[str], at: str) -> None:
        self._unit = unit
        self._heir = heir
        self._at = at
        self._random = Randomness()
        self._heads = unit.records.heads(streams | {heir.branch}, lock=True)

    def hand_over(self, prospects: Iterable[str], left: list[NotMoved] | None = None) -> list[Reassigned]:
        """Hand over those of ``prospects`` that are still where they were before the lock.

        Those that cannot be are told in ``left``, where it is given. Raises Actionable for the first where it is not.
        """
        standing = self._unit.records.find(prospects, self._heads)
        done = []
        for prospect in sorted(standing):
            root = standing[prospect]
            if root.stream not in self._heads or root.owner == self._heir.staff:
                continue
            try:
                count = self._within(root) if root.stream == self._heir.branch else self._across(root)
            except Actionable as why:  # found before anything of it was entered
                if left is None:
                    raise
                left.append(NotMoved(prospect, why))
                log.warning("not_reassigned", extra={"record": prospect, "code": why.code})
                continue
            done.append(
                Reassigned(prospect, root.owner, self._heir.staff, root.stream, self._heir.branch, records=count)
            )
            log.info(
                "reassigned",
                extra={"record": prospect, "from": root.owner, "to": self._heir.staff, "records": count},
            )
        return done

    def _within(self, root: StoredRecord) -> int:
        """The stream stays: every record leaves one audience and reaches another, as when a branch head assigns."""
        change, changed = self._changed(root)
        body = encode_change(change)
        ledger = Ledger(self._unit, self._heads, {root.record: root}, device="", at=self._at)
        digest = body_digest(body)
        assigned = ledger.assign(change, body, digest, changed, self._heir.staff)
        family = [member for member in ledger.family(assigned) if member.record != root.record]
        for member in family:
            ledger.assign(change, body, digest, member, self._heir.staff)
        ledger.keep()
        ledger.flush()
        self._heads = self._unit.records.heads(self._heads)
        return 1 + len(family)

    def _across(self, root: StoredRecord) -> int:
        """Root and children leave one stream and arrive in another: numbers and journal entries in both."""
        change, changed = self._changed(root)
        body = encode_change(change)
        source, target = root.stream, self._heir.branch
        family = [changed, *(m for m in self._unit.records.of_root(source, root.record) if m.record != root.record)]
        names = [member.record for member in family]
        if occupied := self._unit.records.find(names, [target]):
            raise Actionable(
                "occupied",
                Sentence(
                    "Branch {branch} holds another record with the number {number} already.",
                    branch=target,
                    number=next(iter(occupied)),
                ),
                advice=Sentence("This customer was not moved."),
            )
        departed = [self._entry(source, change, body, member, "departure") for member in family]
        arrived = [self._entry(target, change, body, member, "arrival") for member in family]
        self._unit.records.journal.add([*departed, *arrived])
        for stream in (source, target):
            self._unit.records.set_head(stream, self._heads[stream])
        self._hide(source, family, departed)
        moves = Moves(self._unit.connection)
        moves.take_out(source, names, target)
        moves.move_references(source, names, target)
        reviews = Reviews(self._unit.connection)
        if reviews.close(source, root.record):
            reviews.open(target, root.record)
        self._settle_in(family, arrived)
        return len(family)

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

    def _entry(self, stream: str, change: Change, body: bytes, record: StoredRecord, effect: str) -> Entry:
        head = self._heads[stream]
        told = (stream, head.seq + 1, change.id, record.record, effect, change.actor, "", self._at)
        random = self._random.sixteen_bytes()
        entry = Entry(*told, body, random, chained(head.hash, told, body_digest(body), random))
        self._heads[stream] = Head(entry.seq, entry.hash, head.floor)
        return entry

    def _hide(self, stream: str, family: list[StoredRecord], departed: list[Entry]) -> None:
        """Tell everybody who saw the records there that they are gone."""
        left = [
            Departure(record.record, record.kind, entry.seq) for record, entry in zip(family, departed, strict=True)
        ]
        for audience in (own(family[0].owner), HEAD, REVIEW):
            self._unit.records.depart(stream, audience, left)

    def _settle_in(self, family: list[StoredRecord], arrived: list[Entry]) -> None:
        target = self._heir.branch
        leaders = self._leaders(family[0].stream)
        moved = [
            msgspec.structs.replace(
                record,
                stream=target,
                owner=self._heir.staff,
                moves=record.moves + 1,
                seq=entry.seq,
                had=tuple(dict.fromkeys((*record.had, record.owner, *leaders, self._heir.staff))),
            )
            for record, entry in zip(family, arrived, strict=True)
        ]
        self._unit.records.put(moved, [])
        for audience in (own(self._heir.staff), HEAD, REVIEW):
            self._unit.records.return_to(target, audience, [record.record for record in moved])

    def _leaders(self, branch: str) -> list[str]:
        """Who saw the whole branch: a change they still hold is late, not out of scope (SYNC 18)."""
        return [s.staff for s in self._unit.accounts.all_staff() if s.branch == branch and s.author.leads]
