"""How much travels at once: less on a line that breaks, so that at last something arrives whole, and no more than is
written before somebody who saves would notice.
"""

from __future__ import annotations

import msgspec

from fieldapp.protocol.messages import MAX_CHANGES, PAGE_RECORDS
from fieldapp.store.state import State

_FEWEST_CHANGES = 8
_FEWEST_RECORDS = 16
FEW_RECORDS = 250
"""Where so many take long to be written, it is not their number that takes the time."""

_HELD_OFTEN = 4
"""Replies that have to arrive one after the other before more is asked of the line."""


class Portions(msgspec.Struct, frozen=True):
    """The most ``changes`` that go up at once and the most ``records`` that come down.

    ``held`` counts the replies that arrived since it was last more or less.
    """

    changes: int = MAX_CHANGES
    records: int = PAGE_RECORDS
    held: int = 0

    @classmethod
    def kept(cls, state: State) -> Portions:
        """What the line bore when it was last used."""
        return state.get("portions", cls) or cls()

    def keep(self, state: State) -> None:
        """Keep it for the next time."""
        if self != self.kept(state):
            state.set("portions", self)

    def after_a_break(self) -> Portions:
        """Half of it."""
        return Portions(max(_FEWEST_CHANGES, self.changes // 2), max(_FEWEST_RECORDS, self.records // 2))

    def after_a_long_write(self) -> Portions:
        """Half of the records, unless they are few."""
        return self if self.records <= FEW_RECORDS else Portions(self.changes, max(FEW_RECORDS, self.records // 2))

    def after_a_reply(self, bearable: int) -> Portions:
        """The double, where the line held often enough, and of the records no more than are ``bearable``."""
        if (self.changes, self.records) == (MAX_CHANGES, bearable):
            return self
        if self.held + 1 < _HELD_OFTEN:
            return Portions(self.changes, self.records, self.held + 1)
        return Portions(min(MAX_CHANGES, self.changes * 2), min(bearable, self.records * 2))
