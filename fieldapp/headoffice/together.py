"""Changes of one group: of one customer, saved together, standing or falling together (SYNC 20)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from sqlalchemy.exc import DBAPIError

from fieldapp.domain.errors import Invalid
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.arrivals import Arrival
from fieldapp.headoffice.ledger import Ledger
from fieldapp.headoffice.receiving import Receiving, refused
from fieldapp.headoffice.storage.records import StoredReceipt
from fieldapp.headoffice.storage.store import Unit, passes
from fieldapp.protocol.changes import Change
from fieldapp.protocol.messages import Receipt

log = logging.getLogger(__name__)


class Together:
    """Takes in whole groups."""

    def __init__(self, unit: Unit, ledger: Ledger, receiving: Receiving) -> None:
        self._unit = unit
        self._ledger = ledger
        self._receiving = receiving

    def receive_carefully(self, members: Sequence[Arrival]) -> list[Receipt]:
        """As ``receive``, stored at once; a group that the database cannot take stays with the laptop."""
        try:
            with self._unit.savepoint():
                receipts = self.receive(members)
                self._ledger.flush()
                return receipts
        except DBAPIError as error:
            if passes(error):
                raise
            log.exception("group_not_stored", extra={"change": members[0].id})
            self._ledger.forget()
            return [Receipt(change=member.id, outcome="waits") for member in members]

    def receive(self, members: Sequence[Arrival]) -> list[Receipt]:
        """The changes of one group stand or fall together (SYNC 20).

        One that is refused has its reason, and the others wait until it is corrected. One that waits makes all wait.
        One in conflict leaves nothing set by any: half of what was meant is what nobody meant. One whose id was used
        for other bytes, here too, has to come under another: until then the others wait for it.
        """
        first: dict[str, Arrival] = {}
        for member in members:
            first.setdefault(member.id, member)
        given = {name: self._receiving.given(one, one.change) for name, one in first.items() if one.change is not None}
        fresh = [(one, one.change) for one in first.values() if one.change is not None and given[one.id] is None]
        reused = any(one.digest != first[one.id].digest for one in members) or _any_reused(given.values())
        receipts = self._all_wait(fresh) if reused else self._stand_or_fall(fresh)
        told = {one.id: receipt for (one, _), receipt in zip(fresh, receipts, strict=True)}
        return [
            Receipt(change=one.id, outcome="id_reuse")
            if one.digest != first[one.id].digest
            else given.get(one.id) or told[one.id]
            for one in members
        ]

    def _stand_or_fall(self, fresh: Sequence[tuple[Arrival, Change]]) -> list[Receipt]:
        if not fresh:
            return []
        if self._ledger.group_waits(fresh[0][1], {change.n for _, change in fresh}):
            return self._all_wait(fresh)
        receipts = self._tried(fresh)
        if _all_stand(receipts) and _disputed(receipts):
            receipts = self._tried(fresh, doubtful=True)
        if _all_stand(receipts):
            self._ledger.let_go_group(fresh[0][1])
            self._ledger.keep()
            for (_, change), receipt in zip(fresh, receipts, strict=True):
                self._receiving.follow(change, receipt)
            return receipts
        told = self._all_wait(fresh)
        at_fault = next((place for place, one in enumerate(receipts) if one.outcome == "refused"), None)
        if at_fault is not None:
            told[at_fault] = receipts[at_fault]
            arrival, change = fresh[at_fault]
            if self._ledger.writes(change.stream):
                self._ledger.hold_group(change)
                self._ledger.give(change.stream, change.id, StoredReceipt(arrival.digest, receipts[at_fault]))
        self._ledger.keep()
        return told

    def _all_wait(self, fresh: Sequence[tuple[Arrival, Change]]) -> list[Receipt]:
        """None is taken, and what was typed into their records afterwards must not overtake them."""
        for _, change in fresh:
            if self._ledger.writes(change.stream):
                self._ledger.hold(change)
        self._ledger.keep()
        return [Receipt(change=change.id, outcome="waits") for _, change in fresh]

    def _tried(self, fresh: Sequence[tuple[Arrival, Change]], *, doubtful: bool = False) -> list[Receipt]:
        """What the changes come to, one after the other; what they wrote is undone unless all of them stand."""
        self._receiving.judge.doubtful = doubtful
        try:
            with self._unit.savepoint() as undoable:
                receipts = [self._receiving.answer(arrival, change) for arrival, change in fresh]
                receipts = self._of_one_root(fresh, receipts)
                if not _all_stand(receipts) or (not doubtful and _disputed(receipts)):
                    self._ledger.drop()
                    undoable.rollback()
                return receipts
        except DBAPIError:
            raise
        except Exception:  # the edge of one group: a fault of ours must not stop the others
            log.exception("group_failed", extra={"change": fresh[0][1].id})
            self._ledger.drop()
            return [Receipt(change=change.id, outcome="waits") for _, change in fresh]
        finally:
            self._receiving.judge.doubtful = False

    def _of_one_root(self, fresh: Sequence[tuple[Arrival, Change]], receipts: list[Receipt]) -> list[Receipt]:
        records = [self._ledger.record(change.record) for _, change in fresh]
        if len({record.root for record in records if record is not None}) <= 1:
            return receipts
        refusal = Invalid("group", Sentence("What is saved together has to belong to one customer."), field="group")
        return [refused(fresh[0][1].id, refusal), *receipts[1:]]


def _any_reused(given: Iterable[Receipt | None]) -> bool:
    return any(receipt is not None and receipt.outcome == "id_reuse" for receipt in given)


def _all_stand(receipts: Sequence[Receipt]) -> bool:
    return all(receipt.rev is not None for receipt in receipts)


def _disputed(receipts: Sequence[Receipt]) -> bool:
    return len(receipts) > 1 and any(receipt.outcome == "conflict" for receipt in receipts)


def groups_of(arrivals: Sequence[Arrival]) -> dict[str, list[int]]:
    """The places of each group's changes."""
    groups: dict[str, list[int]] = {}
    for place, arrival in enumerate(arrivals):
        if arrival.read is not None and arrival.read.group is not None:
            groups.setdefault(arrival.read.group, []).append(place)
    return groups
