"""The push of one exchange: each change judged, merged, numbered and receipted (SYNC 10 to 19)."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from fieldapp.domain.errors import Invalid
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.arrivals import Arrival
from fieldapp.headoffice.ledger import Ledger
from fieldapp.headoffice.merge import Merge, merge, with_objection
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.scope import (
    Author,
    out_of_scope,
    refusal_of_author,
    refusal_of_create,
    refusal_of_edit,
    relation_of,
)
from fieldapp.headoffice.storage.records import StoredReceipt
from fieldapp.headoffice.storage.store import Unit
from fieldapp.protocol.changes import Change
from fieldapp.protocol.messages import Outcome, Receipt, Rev

log = logging.getLogger(__name__)


class Knowledge:
    """What the laptop will know of each changed record from its receipts alone (SYNC 22).

    It starts with the revision the laptop holds and follows every receipt that was taken as sent on just that
    revision; anything else breaks it, and the state has to be told.
    """

    def __init__(self, held: dict[str, Rev | None]) -> None:
        self._known: dict[str, Rev | None] = dict(held)
        self._broken: set[str] = set()

    def matches(self, record: str, prev_rev: Rev | None) -> bool:
        """Whether the laptop knows the record as it was at ``prev_rev``."""
        return record not in self._broken and self._known.get(record) == prev_rev

    def follow(self, record: str, receipt: Receipt) -> None:
        """The laptop will apply this receipt."""
        if receipt.taken and self.matches(record, receipt.prev_rev):
            self._known[record] = receipt.rev
        else:
            self._broken.add(record)

    def knows(self, record: StoredRecord) -> bool:
        """Whether the laptop needs not be told the record's state."""
        return record.record not in self._broken and self._known.get(record.record) == record.rev


def push(
    unit: Unit,
    author: Author,
    device: str,
    arrivals: Sequence[Arrival],
    knowledge: Knowledge,
    at: str,
    *,
    careful: bool,
) -> list[Receipt]:
    """Apply ``arrivals`` in order; one receipt each. The unit must be written to by nobody else meanwhile.

    ``careful`` stores every change under its own savepoint, so that one the database cannot take does not stop the
    others; without it all are stored together, which is faster, and DBAPIError undoes the unit.
    """
    changes = [arrival.change for arrival in arrivals if arrival.change is not None]
    named = {change.record for change in changes} | {change.parent for change in changes if change.parent is not None}
    addressed = {change.stream for change in changes}
    heads = unit.records.heads(addressed | unit.records.whereabouts(named), lock=True)
    ledger = Ledger(unit, heads, unit.records.find(named), device=device, at=at)
    earlier = unit.records.receipts((change.stream, change.id) for change in changes)
    pushing = _Pushing(unit, author, ledger, earlier, knowledge)
    receive = pushing.receive_carefully if careful else pushing.receive
    receipts = [receive(arrival) for arrival in arrivals]
    ledger.flush()
    return receipts


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
        ledger: Ledger,
        earlier: dict[tuple[str, str], StoredReceipt],
        knowledge: Knowledge,
    ) -> None:
        self._unit = unit
        self._author = author
        self._ledger = ledger
        self._earlier = earlier
        self._knowledge = knowledge

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

    def receive(self, arrival: Arrival) -> Receipt:
        """The receipt of one change: an earlier one again, or a new one."""
        change = arrival.change
        if change is None:
            return _refused(arrival.id, arrival.flaw)
        given = self._ledger.receipt(change.stream, change.id) or self._earlier.get((change.stream, change.id))
        if given is not None:
            if given.digest != arrival.digest:
                return Receipt(change=change.id, outcome="id_reuse")
            self._follow(change, given.receipt)
            return given.receipt
        try:
            with self._ledger.step():
                receipt = self._answer(arrival, change)
        except DBAPIError:
            raise
        except Exception:  # the edge of one change: a fault of ours must not stop the others
            log.exception("change_failed", extra={"change": change.id})
            return Receipt(change=change.id, outcome="waits")
        self._follow(change, receipt)
        return receipt

    def _follow(self, change: Change, receipt: Receipt) -> None:
        if receipt.rev is not None:
            self._knowledge.follow(change.record, receipt)

    def _answer(self, arrival: Arrival, change: Change) -> Receipt:
        judged = _Judged(Merge("refused", refusal=arrival.flaw)) if arrival.flaw else self._judge(change)
        if judged.merge.outcome == "waits":
            return Receipt(change=change.id, outcome="waits")
        if judged.merge.outcome == "refused":
            receipt = _refused(change.id, judged.merge.refusal)
        else:
            receipt = self._apply(arrival, change, judged)
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
        if relation == "never":
            return _Judged(Merge("refused", refusal=out_of_scope()))
        late = relation == "late"
        if not late:
            refusal = self._refusal(change, current)
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
        return refusal or self._refusal_of_owner(change, current)

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
        record = self._store(change, arrival.body, merged.record)
        self._ledger.refer(record, photo_digests(change) if judged.current is None else ())
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
            self._ledger.enter(change, arrival.body, with_objection(judged.parent, change), effect="objection")
        return receipt

    def _store(self, change: Change, body: bytes, record: StoredRecord) -> StoredRecord:
        owner = record.values.get("owner") if record.kind == "prospect" else record.owner
        if not isinstance(owner, str) or owner == record.owner:
            return self._ledger.enter(change, body, record)
        root = self._ledger.assign(change, body, record, owner, effect="change")
        for member in self._ledger.family(root):
            if member.record != root.record:
                self._ledger.assign(change, body, member, owner)
        return root

    def _outcome(self, change: Change, merged: Merge, prev_rev: Rev | None) -> Outcome:
        if merged.outcome == "conflict":
            return "conflict"
        return "accepted" if merged.taken and self._knowledge.matches(change.record, prev_rev) else "merged"


def _refused(change: str, refusal: Invalid | None) -> Receipt:
    if refusal is None:
        raise ValueError("a refusal without its reason")
    return Receipt(change=change, outcome="refused", code=refusal.code, text=str(refusal.sentence), field=refusal.field)
