"""The receipt of one change: given before, or found by judging, merging and numbering it (SYNC 11 to 19)."""

from __future__ import annotations

import logging

from sqlalchemy.exc import DBAPIError

from fieldapp.domain.errors import Invalid
from fieldapp.headoffice.arrivals import Arrival, photo_digests
from fieldapp.headoffice.case_effects import CaseEffects
from fieldapp.headoffice.case_rules import concerns_a_case
from fieldapp.headoffice.judging import Judge, Judged
from fieldapp.headoffice.knowledge import Knowledge
from fieldapp.headoffice.ledger import Ledger
from fieldapp.headoffice.merge import Merge, with_objection
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.scope import relation_of
from fieldapp.headoffice.second_officer import ask_second_officer
from fieldapp.headoffice.sender import Sender
from fieldapp.headoffice.storage.records import StoredReceipt
from fieldapp.headoffice.storage.store import Unit, passes
from fieldapp.headoffice.submission import NotWhole
from fieldapp.protocol.changes import Change
from fieldapp.protocol.messages import NOT_OURS, Open, Outcome, Receipt, Rev

log = logging.getLogger(__name__)


class Receiving:
    """Takes in the changes of one request, each for itself."""

    def __init__(
        self,
        unit: Unit,
        sender: Sender,
        ledger: Ledger,
        earlier: dict[tuple[str, str], StoredReceipt],
        knowledge: Knowledge,
    ) -> None:
        self._unit = unit
        self._sender = sender
        self._ledger = ledger
        self._earlier = earlier
        self._knowledge = knowledge
        self.judge = Judge(unit, sender, ledger)

    def receive_carefully(self, arrival: Arrival) -> Receipt:
        """As ``receive``, stored at once; a change that the database cannot take stays with the laptop."""
        try:
            with self._unit.savepoint():
                receipt = self.receive(arrival)
                self._ledger.flush()
                return receipt
        except DBAPIError as error:
            if passes(error):
                raise
            log.exception("change_not_stored", extra={"change": arrival.id})
            self._ledger.forget()
            return Receipt(change=arrival.id, outcome="waits")

    def receive(self, arrival: Arrival) -> Receipt:
        """The receipt of one change: an earlier one again, or a new one."""
        change = arrival.change
        if change is None:
            return refused(arrival.id, arrival.flaw)
        given = self.given(arrival, change)
        if given is not None:
            return given
        try:
            receipt = self.answer(arrival, change)
        except DBAPIError:
            raise
        except Exception:  # the edge of one change: a fault of ours must not stop the others
            log.exception("change_failed", extra={"change": change.id})
            self._ledger.drop()
            return Receipt(change=change.id, outcome="waits")
        self._ledger.keep()
        self.follow(change, receipt)
        return receipt

    def given(self, arrival: Arrival, change: Change) -> Receipt | None:
        """The receipt that the change got before."""
        given = self._ledger.receipt(change.stream, change.id) or self._earlier.get((change.stream, change.id))
        if given is None:
            return None
        if given.digest != arrival.digest:
            return Receipt(change=change.id, outcome="id_reuse")
        current = self._ledger.record(change.record)
        if current is None or relation_of(self._sender.author, current) != "in":  # it may have left since
            self.judge.out_of_sight.add(change.record)
        self.follow(change, given.receipt)
        return given.receipt

    def follow(self, change: Change, receipt: Receipt) -> None:
        """The laptop will learn of ``change`` by its receipt."""
        if receipt.rev is not None:
            self._knowledge.follow(change.record, receipt)
        if change.record in self.judge.out_of_sight:
            self._knowledge.doubt(change.record)

    def answer(self, arrival: Arrival, change: Change) -> Receipt:
        """What ``change`` comes to, in the step that is open: to be kept or dropped."""
        if not self._sender.nothing_more and self._ledger.waits_behind(change):
            return Receipt(change=change.id, outcome="waits")
        if not arrival.flaw and not self._has_what_it_needs(change):
            if self._ledger.writes(change.stream):
                self._ledger.hold(change)
            return Receipt(change=change.id, outcome="waits")
        judged = Judged(Merge("refused", refusal=arrival.flaw)) if arrival.flaw else self.judge.judge(change)
        if judged.merge.outcome == "waits":
            return Receipt(change=change.id, outcome="waits")
        if judged.merge.outcome == "refused":
            receipt = refused(change.id, judged.merge.refusal)
            if self._ledger.writes(change.stream) and receipt.code not in NOT_OURS:
                self._ledger.hold(change)
        else:
            receipt = self._apply(arrival, change, judged)
            self._ledger.let_go(change)
        if self._ledger.writes(change.stream):
            self._ledger.give(change.stream, change.id, StoredReceipt(arrival.digest, receipt))
        return receipt

    def _has_what_it_needs(self, change: Change) -> bool:
        """Whether the changes that this one names were taken, and the attachments are here (SYNC 20)."""
        if self._sender.late:  # handed in: what is not here by now never comes
            return True
        for needed in change.needs:
            given = self._ledger.receipt(change.stream, needed) or self._earlier.get((change.stream, needed))
            if given is None or given.receipt.rev is None:
                return False
        return not change.digests or not self._unit.attachments.missing_among(change.digests)

    def _apply(self, arrival: Arrival, change: Change, judged: Judged) -> Receipt:
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
            ask_second_officer(self._unit, self._ledger, record, self._sender.device, self._sender.at)
        if concerns_a_case(change.kind):
            CaseEffects(self._unit, self._ledger, self._sender.at, self._sender.limits).after_change(
                change, current, record
            )
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


def refused(change: str, refusal: Invalid | None) -> Receipt:
    """The receipt of a refused change."""
    if refusal is None:
        raise ValueError("a refusal without its reason")
    also = refusal.also if isinstance(refusal, NotWhole) else ()
    return Receipt(
        change=change,
        outcome="refused",
        code=refusal.code,
        text=str(refusal.sentence),
        field=refusal.field,
        also=tuple(Open(code=one.code, text=str(one.sentence), field=one.field) for one in also),
    )
