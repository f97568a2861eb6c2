"""What one change meets at head office: whether its author may do it, and what it then does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import msgspec

from fieldapp.domain.errors import Invalid
from fieldapp.domain.records import Business, Person
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.case import Case, case_of
from fieldapp.headoffice.case_rules import concerns_a_case, refusal_in_case
from fieldapp.headoffice.consents import refusal_for_consents
from fieldapp.headoffice.ledger import Ledger
from fieldapp.headoffice.merge import Merge, merge
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.scope import (
    NO_CUSTOMERS,
    out_of_scope,
    refusal_of_author,
    refusal_of_create,
    refusal_of_edit,
    refusal_of_row,
    relation_of,
)
from fieldapp.headoffice.screening import Screener, catalogue_of
from fieldapp.headoffice.sender import Sender
from fieldapp.headoffice.storage.store import Unit
from fieldapp.headoffice.submission import refusal_of_submission, submits
from fieldapp.protocol.changes import Change


@dataclass(frozen=True, slots=True)
class Judged:
    """What a change met, and what it did or why it may not."""

    merge: Merge
    current: StoredRecord | None = None
    parent: StoredRecord | None = None


class Judge:
    """Scope, ownership, the rules of a case, and the merge, for the changes of one laptop.

    ``out_of_sight`` gathers the records that their author does not have, or no longer. While ``doubtful`` nothing that
    was typed is set: it stands as a conflict beside what is there.
    """

    def __init__(self, unit: Unit, sender: Sender, ledger: Ledger) -> None:
        self._unit = unit
        self._sender = sender
        self._author = sender.author
        self._ledger = ledger
        self.out_of_sight: set[str] = set()
        self.doubtful = False

    def judge(self, change: Change) -> Judged:
        """What ``change`` does, or why it may not; nothing is kept of it yet."""
        refusal = refusal_of_author(self._author, change)
        if refusal is not None:
            return Judged(Merge("refused", refusal=refusal))
        current = self._ledger.record(change.record)
        parent = self._ledger.record(change.parent) if change.parent is not None else None
        scoped = current or parent
        if scoped is None:
            return self._judge_unknown(change)
        relation = relation_of(self._author, scoped)
        if relation != "in":
            self.out_of_sight.add(change.record)
        if relation == "never" and change.id not in self._sender.proven:
            return Judged(Merge("refused", refusal=out_of_scope()))
        late = self._sender.late or relation != "in"
        if not late:
            refusal = self._refusal(change, current) or refusal_of_row(change, current)
        elif current is None:  # a former officer adds their own word, and none to what is submitted
            refusal = refusal_of_create(self._author, change, late=True) if change.new else None
            refusal = refusal or self._refusal_in_case(change, None)
        if refusal is not None:
            return Judged(Merge("refused", refusal=refusal))
        if not self._ledger.writes(scoped.stream):  # it moved between the look and the lock
            return Judged(Merge("waits"))
        return Judged(merge(current, change, parent, late=late, doubtful=self.doubtful), current, parent)

    def _judge_unknown(self, change: Change) -> Judged:
        judged = merge(None, change, None)
        if judged.outcome == "waits":
            return Judged(judged)
        moved_on = change.stream != self._author.branch and change.id not in self._sender.proven
        if moved_on or not self._ledger.writes(change.stream):
            return Judged(Merge("refused", refusal=out_of_scope("stream")))
        if self._author.decides and change.kind == "prospect" and self._sender.late:
            return self._made_for_the_head(change, judged)
        refusal = self._refusal(change, None)
        return Judged(Merge("refused", refusal=refusal) if refusal is not None else judged)

    def _made_for_the_head(self, change: Change, judged: Merge) -> Judged:
        """A customer in a hand-in whom the author met before they began to decide is the branch head's (E3, SYNC 42).

        A person looked at it; what comes by itself from who decides is refused.
        """
        refusal = refusal_of_create(self._author, change, late=True)
        head = self._unit.accounts.head_of(self._author.branch)
        if refusal is None and head is None:
            refusal = Invalid("owner", NO_CUSTOMERS, field="owner")
        if refusal is not None or judged.outcome == "refused" or head is None:
            return Judged(Merge("refused", refusal=refusal) if refusal is not None else judged)
        given = msgspec.structs.replace(change, fields=change.fields | {"owner": (None, head.staff)})
        self.out_of_sight.add(change.record)
        return Judged(replace(merge(None, given, None, late=True), taken=False))

    def _refusal(self, change: Change, current: StoredRecord | None) -> Invalid | None:
        if current is None:
            refusal = refusal_of_create(self._author, change) if change.new else None
        else:
            refusal = refusal_of_edit(self._author, change, current)
        return (
            refusal
            or self._refusal_to_give(change, current)
            or self._refusal_in_case(change, current)
            or refusal_for_consents(self._ledger, change, current)
        )

    def _refusal_in_case(self, change: Change, current: StoredRecord | None) -> Invalid | None:
        if not concerns_a_case(change.kind):
            return None
        refusal = refusal_in_case(self._ledger, self._author, change, current, self._sender.at)
        if refusal is None and current is None and change.kind == "application" and change.parent is not None:
            refusal = self._refusal_to_open(change.parent)
        if refusal is None and current is None and change.kind == "decision" and change.parent is not None:
            refusal = self._refusal_to_decide(change.parent)
        if refusal is not None or not submits(change, current):
            return refusal
        screen, catalogue = Screener(self._unit, self._sender.limits).refusal, partial(catalogue_of, self._unit)
        return refusal_of_submission(self._ledger, self._author, change, current, screen, catalogue)

    def _refusal_to_open(self, prospect: str) -> Invalid | None:
        """Nobody begins an application of their own kin (E2)."""
        root = self._ledger.fetch(prospect)
        if root is None:
            return None
        customer = Case(root, self._ledger.family(root, entries=False))
        people = [person for _, person in customer.of_customer("person", Person)]
        firms = [firm for _, firm in customer.of_customer("business", Business)]
        return Screener(self._unit, self._sender.limits).refusal_to_open(self._author.staff, people, firms)

    def _refusal_to_decide(self, application: str) -> Invalid | None:
        """Nobody decides on their own kin (E2)."""
        decided_on = self._ledger.fetch(application)
        if decided_on is None:
            return None
        case = case_of(self._ledger, decided_on)
        return Screener(self._unit, self._sender.limits).refusal_of_interest(case, self._author.staff)

    def _refusal_to_give(self, change: Change, current: StoredRecord | None) -> Invalid | None:
        """Whom a branch head gives work to must work in the branch, and not decide on applications (E3)."""
        name = _GIVEN_TO.get(change.kind)
        if name is None or name not in change.fields or not self._author.leads:
            return None
        shown, given_to = change.fields[name]
        standing = current.values.get(name) if current is not None else None
        if current is not None and given_to in (shown, standing):
            return None
        account = self._unit.accounts.staff(given_to) if isinstance(given_to, str) else None
        if account is None or not account.active or account.branch != self._author.branch:
            return Invalid("owner", _WORKS_HERE[change.kind], field=name)
        if account.author.decides:
            return Invalid("owner", NO_CUSTOMERS, field=name)
        return None


_GIVEN_TO = {"prospect": "owner", "application": "officer"}
_WORKS_HERE = {
    "prospect": Sentence("A prospect belongs to somebody who works in the branch."),
    "application": Sentence("The officer of an application is somebody who works in the branch."),
}
