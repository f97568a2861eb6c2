"""One pass over the outbox: how far it is, and how much of it goes up at once."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import Future

from fieldapp.protocol.messages import MAX_CHANGES, PAGE_RECORDS
from fieldapp.store.database import Store
from fieldapp.store.outbox import Queued
from fieldapp.store.unit import Unit
from fieldapp.store.view import View
from fieldapp.sync.outgoing import Batch, Rows, Start, look, rows_ahead
from fieldapp.sync.portions import FEW_RECORDS, Portions

log = logging.getLogger(__name__)

LONGEST_WRITE_S = 0.05
"""How long somebody who saves may wait for a page that is being written: half of what they would notice."""


class OutboxPass:
    """What was answered lies behind it, whatever became of it; what the line or head office cannot take is halved."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._portions = Portions()
        self._kept = False  # whether the portions are those of the line
        self._too_large: set[str] = set()
        self._in_many = False  # more changes than one request carries
        self._bearable = PAGE_RECORDS  # so many records are written before anybody notices
        self._ready: Future[Rows] | None = None  # what the next request will carry, or why it could not be read
        self.passed = 0
        """Changes up to this number had their answer."""
        self.most = MAX_CHANGES
        """Changes that the next request carries at most."""

    @property
    def records(self) -> int:
        """Records that the next reply should carry at most."""
        return self._portions.records

    def begin(self, view: View) -> Start:
        """Take up what the line bore when it was last used, and see what the first request is to carry."""
        self._portions, self._kept = Portions.kept(view.state), True
        self.most = self._portions.changes
        return look(view, self.passed, self.most)

    def expect(self, total: int) -> None:
        """So many changes are to go up, as far as is known."""
        self._in_many = total > self.most

    def again(self) -> None:
        """Begin anew with the first change."""
        self.passed = 0

    def end(self) -> None:
        """Nothing more is read ahead."""
        self._in_many, self._ready = False, None

    def read_ahead(self, batch: Batch, coding: str) -> None:
        """Read and pack in ``coding`` what the request after ``batch`` will carry, where there will be one."""
        if not self._in_many or len(batch.queued) < self.most:
            return
        ready: Future[Rows] = Future()
        self._ready = ready
        try:
            ready.set_result(rows_ahead(self._store, batch.queued[-1].n, self._most_after(), coding))
        except Exception as error:  # noqa: BLE001 - told when it is asked for: the reply on its way comes first
            ready.set_exception(error)

    def taken_ahead(self) -> Rows | None:
        """What was read ahead; None where nothing was. Raises what reading it raised."""
        ready, self._ready = self._ready, None
        return ready.result() if ready is not None else None

    def wants(self, rows: Rows) -> bool:
        """Whether ``rows`` are what the next request is to carry."""
        return (rows.after, rows.most) == (self.passed, self.most)

    def answered(self, batch: Batch) -> None:
        """The changes of ``batch`` had their answer."""
        self._portions = self._portions.after_a_reply(self._bearable)
        if batch.queued:
            self.passed = batch.queued[-1].n
            self.most = self._most_after()

    def written(self, records: int, seconds: float) -> None:
        """A page of so many ``records`` was written, and nobody else could write for ``seconds``.

        One that was asked for when more were wanted says nothing of what is wanted now, nor one that is not full.
        """
        wanted = self._portions.records
        if seconds > LONGEST_WRITE_S and wanted // 2 < records <= wanted:
            self._portions = self._portions.after_a_long_write()
            self._bearable = max(self._portions.records, FEW_RECORDS)

    def halve(self, batch: Batch) -> bool:
        """Halve the batch; a change or group that is too large is passed by, and stays in the outbox (SYNC 40).

        False where there is nothing to halve or to pass by.
        """
        if len(batch.queued) > 1 and not _is_one_group(batch.queued):
            self.most = max(1, len(batch.queued) // 2)
            return True
        if batch.queued:
            log.warning("change_too_large", extra={"change": batch.queued[0].change})
            self._too_large.update(queued.change for queued in batch.queued)
            self.passed = batch.queued[-1].n
            return True
        return False

    def note_a_break(self) -> None:
        """The line broke: less at once from now on, also the next time."""
        self._store.write(lambda unit: self._portions.after_a_break().keep(unit.state))

    def keep_portions(self, unit: Unit) -> None:
        """Keep what the line bore for the next time."""
        if self._kept:
            self._portions.keep(unit.state)

    def note_too_large(self) -> None:
        """Keep for the screens what stays here because it is too large."""
        with self._store.reading() as view:
            before = set(view.state.too_large())
        if before == self._too_large:
            return

        def note(unit: Unit) -> None:
            unit.state.set_too_large(sorted(self._too_large))
            unit.tell("outbox")

        self._store.write(note)

    def _most_after(self) -> int:
        return min(self._portions.changes, self.most * 2)


def _is_one_group(queued: Sequence[Queued]) -> bool:
    group = queued[0].decoded().group
    return group is not None and all(one.decoded().group == group for one in queued)
