"""What a laptop will know of the records it changed (SYNC 22)."""

from __future__ import annotations

from collections.abc import Iterable

from fieldapp.headoffice.runs import EnteredRun
from fieldapp.protocol.messages import Receipt, Rev


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

    def follow_run(self, run: EnteredRun) -> None:
        """The laptop will apply the receipts of new entries of which it held nothing."""
        self._followed.update(run.revisions())

    def doubts(self, record: str) -> bool:
        """Whether something happened to the record that its receipts do not tell."""
        return record in self._broken

    def doubts_any(self, records: Iterable[str]) -> bool:
        """The same of one of several."""
        return bool(self._broken) and not self._broken.isdisjoint(records)

    def doubt(self, record: str) -> None:
        """Something happened to the record that no receipt of this laptop tells."""
        self._broken.add(record)

    @property
    def sure(self) -> dict[str, Rev]:
        """The revisions that the laptop knows of the records it changed."""
        if not self._broken:
            return self._followed
        return {record: rev for record, rev in self._followed.items() if record not in self._broken}
