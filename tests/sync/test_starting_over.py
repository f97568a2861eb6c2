"""Laptops that start over at any moment, and backups that hold any part of what was sent: all end with the same."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis.stateful import rule

from fieldapp.protocol.messages import Mark, SyncReply
from fieldapp.store.unit import Unit
from tests.sync.office import Laptop
from tests.sync.test_convergence import ANYBODY, Interleavings, Link, run


class _Keeping(Link):
    """Tells now and then that a backup holds everything up to some number, no further than to which one does."""

    def _remembered(self, body: bytes) -> SyncReply:
        reply = super()._remembered(body)
        chance = self._machine.random
        assert isinstance(self._machine, StartingOver)
        self._machine.told |= {stream: seq for stream, (seq, _hash) in reply.heads.items()}
        held = {stream: seq for stream, seq in self._machine.sure_of(reply.heads).items() if seq}
        if not held or chance.random() < 0.6:
            return reply
        return msgspec.structs.replace(reply, durable={stream: chance.randint(1, seq) for stream, seq in held.items()})


class StartingOver(Interleavings):
    """What was sent and is kept goes up again, and what was told is offered, as if head office had forgotten."""

    link = _Keeping

    def __init__(self) -> None:
        super().__init__()
        self.told: dict[str, int] = {}
        """How far each stream was when head office last spoke of it."""
        self._reaches: dict[str, int] | None = None

    def sure_of(self, heads: dict[str, Mark]) -> dict[str, int]:
        """How far into each stream head office can never fall back behind again."""
        if self._reaches is None:  # every backup is still to be made
            return {stream: seq for stream, (seq, _hash) in heads.items()}
        return {stream: min(seq, self._reaches.get(stream, 0)) for stream, (seq, _hash) in heads.items()}

    def _copied(self, place: str) -> str:
        if place == self._place:
            self._reaches = dict(self.told)
        elif self._reaches is not None:
            self.told = dict(self._reaches)
        return super()._copied(place)

    @rule(which=ANYBODY)
    def someone_starts_over(self, which: int) -> None:
        laptop: Laptop = self.laptops[which]

        def start_over(unit: Unit) -> None:
            unit.images.start_over()

        laptop.write(start_over)


def test_starting_over_at_any_moment_loses_nothing_and_counts_nothing_twice() -> None:
    run(examples=8, steps=20, machine=StartingOver)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_starting_over_at_any_moment_loses_nothing_and_counts_nothing_twice_at_depth() -> None:
    run(examples=150, steps=30, machine=StartingOver, at_depth=True)
