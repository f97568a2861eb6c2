"""The replies of one conversation on their way to the disk, and what they brought there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from fieldapp.store.database import Store
from fieldapp.store.standing import Rest
from fieldapp.store.state import Pull
from fieldapp.store.unit import Unit
from fieldapp.sync.apply import Applied
from fieldapp.sync.sensible import usable
from fieldapp.sync.summary import Summary, note
from fieldapp.sync.troubles import StrangeAnswer

Work = Callable[[Unit], Applied]


class Written:
    """Replies are written in their order, each while the conversation goes on with the next; they count once they are
    on the disk.
    """

    def __init__(self, store: Store, summary: Summary, before: Summary, wrote: Callable[[int, float], None]) -> None:
        """``summary`` takes up what the replies bring; ``before`` is what was done before this conversation.

        ``wrote`` is told of each reply how many records it brought, and how long (s) nobody else could write.
        """
        self._wrote = wrote
        self._store = store
        self._summary = summary
        self._before = before
        self._due: Callable[[], Work] | None = None  # the last reply, until the next request is out
        self._under_way: Callable[[], Applied] | None = None  # waits for it
        self.noted = False
        """Whether how it ended is on the disk already, with the last reply."""
        self.rest: Rest | None = None
        """What is left to do, as the last reply left it; None where it wrote nothing."""
        self.pull: Pull | None = None
        """How far the full pull is, where there is one."""
        self.reissued = False
        """Whether a change was given a new id, with which it has to be sent again."""
        self.next_counter = 0
        """What the next request names: one above what is on the disk, as far as this conversation knows."""

    def soon(self, ready: Callable[[], Work]) -> None:
        """Have a reply made ready and written once the next request is out (``begin``), or waited for (``finish``)."""
        self._due = ready

    def at_last(self, work: Work, passed: int, also: Callable[[Unit], None]) -> None:
        """Write the last reply, while nothing else goes on, and with it how it ended and what else is to be kept.

        ``passed`` is the number of the last change that had its answer.
        """

        def ending(unit: Unit) -> Applied:
            applied = work(unit)
            applied.rest = unit.rest(passed)
            also(unit)
            if applied.page_counted:
                self._note(unit, applied)
                self.noted = True
            return applied

        with usable():
            applied = self._store.write(ending)
        self._under_way = lambda: applied

    def begin(self) -> None:
        """Begin to write what is due. What is wrong with it is told by ``finish``: another reply may come before."""
        if self._due is None:
            return
        ready, self._due = self._due, None
        try:
            self._under_way = self._store.submit(ready()).result
        except StrangeAnswer as error:
            self._under_way = partial(_raise, error)

    def finish(self) -> bool:
        """Wait until the last reply is on the disk, and count what it brought; whether its page counted.

        Raises what writing it raised: StoreError among them, and StrangeAnswer where it cannot be kept.
        """
        self.begin()
        if self._under_way is None:
            return True
        wait, self._under_way = self._under_way, None
        with usable():
            applied = wait()
        self._summary.add(applied)
        self._wrote(applied.received, self._store.slowest_write_s())
        self.next_counter = max(self.next_counter, applied.counter + 1)
        self.rest = applied.rest
        self.pull = applied.pull
        self.reissued = self.reissued or applied.outcomes["id_reuse"] > 0
        return applied.page_counted

    def go_on(self) -> None:
        """Another reply came: how it ended is open again, and what is left."""
        self.noted, self.rest = False, None

    def _note(self, unit: Unit, applied: Applied) -> None:
        done = replace(self._summary)
        done.add(applied)
        summary = replace(self._before)
        summary.include(done)
        note(unit, summary, None)


def _raise(error: StrangeAnswer) -> Applied:
    raise error
