"""What a laptop will know of the records it changed (SYNC 22)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
        self._runs: list[EnteredRun] = []  # followed too, and taken to pieces when one of their records is asked for
        self._broken: set[str] = set()

    def held(self) -> Iterator[str]:
        """The records of which the laptop holds a revision."""
        return (record for record, rev in self._held.items() if rev is not None)

    def matches(self, record: str, prev_rev: Rev | None) -> bool:
        """Whether the laptop knows the record as it was at ``prev_rev``."""
        if record in self._broken:
            return False
        return (self._all_followed().get(record) or self._held.get(record)) == prev_rev

    def follow(self, record: str, receipt: Receipt) -> None:
        """The laptop will apply this receipt."""
        if receipt.rev is not None and receipt.taken and self.matches(record, receipt.prev_rev):
            self._followed[record] = receipt.rev
        else:
            self.doubt(record)

    def follow_run(self, run: EnteredRun) -> None:
        """The laptop will apply the receipts of new entries of which it held nothing."""
        self._runs.append(run)

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
    def of_any(self) -> bool:
        """Whether there is any record it changed of which the laptop knows the revision."""
        return bool(self._runs or self._followed)

    def sure_of(self, record: str) -> Rev | None:
        """The revision that the laptop knows of a record it changed."""
        return None if record in self._broken else self._all_followed().get(record)

    def tell(self, record: str, rev: Rev) -> None:
        """The reply says how the record stands."""
        self._all_followed()[record] = rev
        self._broken.discard(record)

    def _all_followed(self) -> dict[str, Rev]:
        for run in self._runs:
            self._followed.update(run.revisions())
        self._runs.clear()
        return self._followed
