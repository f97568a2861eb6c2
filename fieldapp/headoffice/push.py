"""The push of one exchange: each change judged, merged, numbered and receipted (SYNC 10 to 19)."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy.exc import DBAPIError

from fieldapp.domain.controls.limits import Limits
from fieldapp.domain.errors import Invalid
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.arrivals import Arrival
from fieldapp.headoffice.case import Case
from fieldapp.headoffice.case_effects import CaseEffects
from fieldapp.headoffice.case_rules import concerns_a_case, refusal_in_case
from fieldapp.headoffice.consents import refusal_for_consents
from fieldapp.headoffice.ledger import Ledger
from fieldapp.headoffice.merge import Merge, merge, with_objection
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.scope import (
    Author,
    out_of_scope,
    refusal_of_author,
    refusal_of_create,
    refusal_of_edit,
    refusal_of_row,
    relation_of,
)
from fieldapp.headoffice.screening import Screener
from fieldapp.headoffice.second_officer import ask_second_officer
from fieldapp.headoffice.storage.records import Head, Records, StoredReceipt
from fieldapp.headoffice.storage.store import Unit
from fieldapp.protocol.changes import Change
from fieldapp.protocol.messages import Gone, Outcome, Receipt, Rev

log = logging.getLogger(__name__)


class Knowledge:
    """What the laptop will know of each changed record from its receipts alone (SYNC 22).

    It starts with the revision the laptop holds and follows every receipt that was taken as sent on just that
    revision; anything else breaks it, and the state has to be told.
    """

    def __init__(self, held: dict[str, Rev | None]) -> None:
        self._held = held
        self._followed: dict[str, Rev] = {}
        self._broken: set[str] = set()

    def matches(self, record: str, prev_rev: Rev | None) -> bool:
        """Whether the laptop knows the record as it was at ``prev_rev``."""
        if record in self._broken:
            return False
        return (self._followed.get(record) or self._held.get(record)) == prev_rev

    def follow(self, record: str, receipt: Receipt) -> None:
        """The laptop will apply this receipt."""
        if receipt.rev is not None and receipt.taken and self.matches(record, receipt.prev_rev):
            self._followed[record] = receipt.rev
        else:
            self.doubt(record)

    def doubt(self, record: str) -> None:
        """Something happened to the record that no receipt of this laptop tells."""
        self._broken.add(record)

    @property
    def sure(self) -> dict[str, Rev]:
        """The revisions that the laptop knows of the records it changed."""
        return {record: rev for record, rev in self._followed.items() if record not in self._broken}


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did: one receipt for each change, in order, and what the page has to know of it.

    ``changed`` are the records that got receipts, each as the laptop will believe it to be after them; ``streams``
    where those are by the receipts or have gone since, ``digests`` the photos they name.
    ``entered`` tells the numbers (after, until) that the push gave in a stream, where the receipts tell all of them.
    """

    receipts: list[Receipt]
    knowledge: Knowledge
    changed: dict[str, Gone] = field(default_factory=dict)
    streams: frozenset[str] = frozenset()
    digests: tuple[str, ...] = ()
    entered: dict[str, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def nothing(cls) -> Pushed:
        """Of a laptop that had nothing to send."""
        return cls([], Knowledge({}))


def push(
    unit: Unit,
    author: Author,
    device: str,
    arrivals: Sequence[Arrival],
    knowledge: Knowledge,
    at: str,
    *,
    careful: bool,
    limits: Limits | None = None,
    late: bool = False,
) -> Pushed:
    """Apply ``arrivals`` in order. The unit must be written to by nobody else meanwhile.

    ``late`` treats every change as one of somebody who does not have the record any more (SYNC 18, 42).

    ``careful`` stores every change under its own savepoint, so that one the database cannot take does not stop the
    others; without it all are stored together, which is faster, and DBAPIError undoes the unit. ``limits`` are those
    of the controls on what is submitted.
    """
    changes = [arrival.change for arrival in arrivals if arrival.change is not None]
    heads, found = _found_and_locked(unit.records, changes)
    ledger = Ledger(unit, heads, found, device=device, at=at)
    streams = {change.stream for change in changes}
    ledger.know_holds(unit.records.holds(streams, device, {change.record for change in changes}))
    earlier = unit.records.receipts([(change.stream, change.id) for change in changes])
    pushing = _Pushing(unit, author, device, ledger, earlier, knowledge, at, limits or Limits(), late=late)
    receive = pushing.receive_carefully if careful else pushing.receive_shortly
    receipts = [receive(arrival) for arrival in arrivals]
    ledger.flush()
    sure = knowledge.sure
    answered = [
        (arrival.change, receipt)
        for arrival, receipt in zip(arrivals, receipts, strict=True)
        if arrival.change is not None
        and receipt.rev is not None
        and (arrival.plain is None or sure.get(arrival.change.record) != receipt.rev)
    ]
    return Pushed(
        receipts,
        knowledge,
        {change.record: Gone(receipt.stream, change.kind, change.record) for change, receipt in answered},
        frozenset(receipt.stream for _change, receipt in answered)
        | ledger.streams_of(change for change, _ in answered),
        tuple(digest for change, _receipt in answered for digest in photo_digests(change)),
        {
            stream: numbers
            for stream, numbers in ledger.entered.items()
            if all(
                record in sure and sure[record][1:] == (stream, seq) for record, seq in ledger.touched(stream).items()
            )
        },
    )


def _found_and_locked(records: Records, changes: Sequence[Change]) -> tuple[dict[str, Head], dict[str, StoredRecord]]:
    """The records that ``changes`` name, wherever they are now, and the heads of all streams concerned, locked.

    A record is looked for where its change believes it, then where it was moved from there, then everywhere (SYNC 12);
    one that nobody else can have made yet is not looked for everywhere. What moved between the look and the lock is
    left out, and so waits.
    """
    named = {change.record for change in changes}
    named.update(change.parent for change in changes if change.parent is not None)
    streams = {change.stream for change in changes}
    found = records.find(named, streams)
    looked_in = set(streams)
    while moved := records.forwards(named - found.keys(), looked_in):
        ahead = set(moved.values()) - looked_in
        found |= records.find(named - found.keys(), ahead)  # a child made after the move left no forward
        looked_in |= ahead
        if not ahead:
            break
    made = {change.record for change in changes if change.new}
    if lost := named - found.keys() - made:
        found |= records.find(lost, set(records.streams()) - looked_in)
    streams |= {record.stream for record in found.values()}
    heads = records.heads(streams, lock=True)
    if records.many_writers:
        found = records.find(named, heads)
    return heads, found


def photo_digests(change: Change) -> list[str]:
    """The digests of the photos that a change records."""
    _shown, photos = change.fields.get("photos", (None, None))
    if not isinstance(photos, list):
        return []
    digests = [photo.get("digest") for photo in photos if isinstance(photo, dict)]
    return [digest for digest in digests if isinstance(digest, str) and _DIGEST.fullmatch(digest)]


_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a change met, and what it did or why it may not."""

    merge: Merge
    current: StoredRecord | None = None
    parent: StoredRecord | None = None


class _Pushing:
    def __init__(
        self,
        unit: Unit,
        author: Author,
        device: str,
        ledger: Ledger,
        earlier: dict[tuple[str, str], StoredReceipt],
        knowledge: Knowledge,
        at: str,
        limits: Limits,
        *,
        late: bool = False,
    ) -> None:
        self._late = late
        self._unit = unit
        self._at = at
        self._limits = limits
        self._device = device
        self._author = author
        self._ledger = ledger
        self._earlier = earlier
        self._knowledge = knowledge
        self._out_of_sight: set[str] = set()
        self._welcoming: dict[str, StoredRecord] = {}

    def receive_carefully(self, arrival: Arrival) -> Receipt:
        """As ``receive``, stored at once; a change that the database cannot take stays with the laptop."""
        try:
            with self._unit.savepoint():
                receipt = self.receive(arrival)
                self._ledger.flush()
                return receipt
        except DBAPIError:
            log.exception("change_not_stored", extra={"change": arrival.id})
            self._ledger.forget()
            return Receipt(change=arrival.id, outcome="waits")

    def receive_shortly(self, arrival: Arrival) -> Receipt:
        """As ``receive``, with as little ado as a plain new entry needs."""
        change, values = arrival.change, arrival.plain
        if values is None or change is None or change.parent is None or self._late:
            return self.receive(arrival)
        ledger, parent = self._ledger, self._ledger.record(change.parent)
        if (
            parent is None
            or change.actor != self._author.staff
            or not self._welcomes(parent)
            or not ledger.writes(change.stream)
            or ledger.concerns(change)
            or change.fields.get("second_officer", _NOTHING)[1]
            or (change.stream, change.id) in self._earlier
            or not self._knowledge.matches(change.record, None)
            or refusal_of_create(self._author, change) is not None
        ):
            return self.receive(arrival)
        receipt = ledger.enter_plain(change, arrival.body, arrival.digest, values, parent)
        self._knowledge.follow(change.record, receipt)
        return receipt

    def _welcomes(self, parent: StoredRecord) -> bool:
        """Whether the author has ``parent``, and new entries below it are nobody's concern but theirs."""
        if self._welcoming.get(parent.record) is parent:
            return True
        welcomes = (
            not parent.deleted and self._ledger.writes(parent.stream) and relation_of(self._author, parent) == "in"
        )
        if welcomes:
            self._welcoming[parent.record] = parent
        return welcomes

    def receive(self, arrival: Arrival) -> Receipt:
        """The receipt of one change: an earlier one again, or a new one."""
        change = arrival.change
        if change is None:
            return _refused(arrival.id, arrival.flaw)
        given = self._ledger.receipt(change.stream, change.id) or self._earlier.get((change.stream, change.id))
        if given is not None:
            if given.digest != arrival.digest:
                return Receipt(change=change.id, outcome="id_reuse")
            current = self._ledger.record(change.record)
            if current is None or relation_of(self._author, current) != "in":  # it may have left since
                self._out_of_sight.add(change.record)
            self._follow(change, given.receipt)
            return given.receipt
        try:
            receipt = self._answer(arrival, change)
        except DBAPIError:
            raise
        except Exception:  # the edge of one change: a fault of ours must not stop the others
            log.exception("change_failed", extra={"change": change.id})
            self._ledger.drop()
            return Receipt(change=change.id, outcome="waits")
        self._ledger.keep()
        self._follow(change, receipt)
        return receipt

    def _follow(self, change: Change, receipt: Receipt) -> None:
        if receipt.rev is not None:
            self._knowledge.follow(change.record, receipt)
        if change.record in self._out_of_sight:
            self._knowledge.doubt(change.record)

    def _answer(self, arrival: Arrival, change: Change) -> Receipt:
        if self._ledger.waits_behind(change):
            return Receipt(change=change.id, outcome="waits")
        judged = _Judged(Merge("refused", refusal=arrival.flaw)) if arrival.flaw else self._judge(change)
        if judged.merge.outcome == "waits":
            return Receipt(change=change.id, outcome="waits")
        if judged.merge.outcome == "refused":
            receipt = _refused(change.id, judged.merge.refusal)
            if self._ledger.writes(change.stream):
                self._ledger.hold(change)
        else:
            receipt = self._apply(arrival, change, judged)
            self._ledger.let_go(change)
        if self._ledger.writes(change.stream):
            self._ledger.give(change.stream, change.id, StoredReceipt(arrival.digest, receipt))
        return receipt

    def _judge(self, change: Change) -> _Judged:
        refusal = refusal_of_author(self._author, change)
        if refusal is not None:
            return _Judged(Merge("refused", refusal=refusal))
        current = self._ledger.record(change.record)
        parent = self._ledger.record(change.parent) if change.parent is not None else None
        scoped = current or parent
        if scoped is None:
            return self._judge_unknown(change)
        relation = relation_of(self._author, scoped)
        if relation != "in":
            self._out_of_sight.add(change.record)
        if relation == "never":
            return _Judged(Merge("refused", refusal=out_of_scope()))
        late = self._late or relation == "late"
        if not late:
            refusal = self._refusal(change, current) or refusal_of_row(change, current)
        elif current is None:  # what stands with a submitted application gets nothing added by a former officer either
            refusal = self._refusal_in_case(change, None)
        if refusal is not None:
            return _Judged(Merge("refused", refusal=refusal))
        if not self._ledger.writes(scoped.stream):  # it moved between the look and the lock
            return _Judged(Merge("waits"))
        return _Judged(merge(current, change, parent, late=late), current, parent)

    def _judge_unknown(self, change: Change) -> _Judged:
        judged = merge(None, change, None)
        if judged.outcome == "waits":
            return _Judged(judged)
        if change.stream != self._author.branch or not self._ledger.writes(change.stream):
            return _Judged(Merge("refused", refusal=out_of_scope("stream")))
        refusal = self._refusal(change, None)
        return _Judged(Merge("refused", refusal=refusal) if refusal is not None else judged)

    def _refusal(self, change: Change, current: StoredRecord | None) -> Invalid | None:
        if current is None:
            refusal = refusal_of_create(self._author, change) if change.new else None
        else:
            refusal = refusal_of_edit(self._author, change, current)
        return (
            refusal
            or self._refusal_of_owner(change, current)
            or self._refusal_in_case(change, current)
            or refusal_for_consents(self._ledger, self._author, change, current)
        )

    def _refusal_in_case(self, change: Change, current: StoredRecord | None) -> Invalid | None:
        if not concerns_a_case(change.kind):
            return None
        screen = partial(_screened, self._unit, self._limits)
        return refusal_in_case(self._ledger, self._author, change, current, self._at, screen)

    def _refusal_of_owner(self, change: Change, current: StoredRecord | None) -> Invalid | None:
        """A prospect's new owner must work in the branch."""
        if change.kind != "prospect" or "owner" not in change.fields or not self._author.leads:
            return None
        owner = change.fields["owner"][1]
        if current is not None and owner == current.owner:
            return None
        account = self._unit.accounts.staff(owner) if isinstance(owner, str) else None
        if account is None or not account.active or account.branch != self._author.branch:
            return Invalid("owner", Sentence("A prospect belongs to somebody who works in the branch."), field="owner")
        return None

    def _apply(self, arrival: Arrival, change: Change, judged: _Judged) -> Receipt:
        merged, current = judged.merge, judged.current
        assert merged.record is not None  # noqa: S101 - every outcome but refused and waits has one
        prev_rev = current.rev if current is not None else None
        record = self._store(arrival, change, merged.record)
        if current is None and "photos" in change.fields:
            self._ledger.refer(record, photo_digests(change))
        receipt = Receipt(
            change=change.id,
            outcome=self._outcome(change, merged, prev_rev),
            stream=record.stream,
            seq=record.seq,
            hash=self._ledger.hash_at(record),
            rev=record.rev,
            prev_rev=prev_rev,
            taken=merged.taken,
        )
        if judged.parent is not None and judged.parent.deleted and current is None:
            objected = with_objection(judged.parent, change)
            self._ledger.enter(change, arrival.body, arrival.digest, objected, effect="objection")
        if current is None and change.kind == "visit" and change.fields.get("second_officer", _NOTHING)[1]:
            ask_second_officer(self._unit, self._ledger, record, self._device, self._at)
        if concerns_a_case(change.kind):
            CaseEffects(self._unit, self._ledger, self._at, self._limits).after_change(change, current, record)
        return receipt

    def _store(self, arrival: Arrival, change: Change, record: StoredRecord) -> StoredRecord:
        body, digest = arrival.body, arrival.digest
        owner = record.values.get("owner") if record.kind == "prospect" else record.owner
        if not isinstance(owner, str) or owner == record.owner:
            return self._ledger.enter(change, body, digest, record)
        root = self._ledger.assign(change, body, digest, record, owner, effect="change")
        for member in self._ledger.family(root):
            if member.record != root.record:
                self._ledger.assign(change, body, digest, member, owner)
        return root

    def _outcome(self, change: Change, merged: Merge, prev_rev: Rev | None) -> Outcome:
        if merged.outcome == "conflict":
            return "conflict"
        return "accepted" if merged.taken and self._knowledge.matches(change.record, prev_rev) else "merged"


_NOTHING = (None, None)


def _screened(unit: Unit, limits: Limits, case: Case) -> Invalid | None:
    return Screener(unit, limits).refusal(case)


def _refused(change: str, refusal: Invalid | None) -> Receipt:
    if refusal is None:
        raise ValueError("a refusal without its reason")
    return Receipt(change=change, outcome="refused", code=refusal.code, text=str(refusal.sentence), field=refusal.field)
