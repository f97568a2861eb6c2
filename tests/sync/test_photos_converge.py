"""Photos among all else that befalls records: in the end head office has what is named, and so has each laptop."""

from __future__ import annotations

import random
import threading

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from fieldapp.protocol.messages import AttachmentStatus
from fieldapp.sync.transport import HeadOffice
from tests.sync.test_convergence import ANYBODY, Cut, run
from tests.sync.test_convergence_over_http import Line, ServedInterleavings

POOL = tuple(random.Random(seed).randbytes(size) for seed, size in enumerate((1, 700, 700, 3_000, 3_000)))
"""Few, so that the same content is taken by several people."""


class Cutting(HeadOffice):
    """Every so many pieces, in whatever thread, are lost on the way there or back."""

    machine: PhotoInterleavings

    def send_piece(self, digest: str, offset: int, length: int, piece: bytes) -> AttachmentStatus:
        self.machine.befall()
        status = super().send_piece(digest, offset, length, piece)
        self.machine.befall()
        return status

    def fetch_piece(self, digest: str, offset: int, length: int) -> bytes | None:
        self.machine.befall()
        return super().fetch_piece(digest, offset, length)


class _Line(Line):
    def another(self) -> HeadOffice:
        other = Cutting(self._line.address, self._laptop.enrolment.token)
        other.machine = self._machine
        return other


class PhotoInterleavings(ServedInterleavings):
    """Visits have photos, and their pieces are cut; all the rest befalls records as ever."""

    link = _Line

    def __init__(self) -> None:
        self._every = 0
        self._pieces = 0
        self._counting = threading.Lock()
        super().__init__()

    def befall(self) -> None:
        """One more piece of a photo is on its way."""
        with self._counting:
            self._pieces += 1
            if self._every and self._pieces % self._every == 0:
                raise Cut

    @rule(every=st.sampled_from((0, 0, 1, 2, 3, 7)))
    def the_line_changes(self, every: int) -> None:
        self._every = every

    @rule(which=ANYBODY, photos=st.lists(st.sampled_from(POOL), min_size=1, max_size=2, unique=True))
    def someone_photographs(self, which: int, photos: list[bytes]) -> None:
        laptop = self.laptops[which]
        root = self.pick(laptop, lambda kept: kept.kind == "prospect" and not kept.ghost)
        if root is not None:
            self.count += 1
            visit = laptop.visit(root.id, f"facts {self.count}", tuple(photos))
            self.records.append(visit)
            self.appended.add(visit)

    def everybody_agrees(self) -> None:
        self._every = 0
        super().everybody_agrees()
        assert self.office.administration.incomplete() == [], "a photo is not at head office"
        for laptop in self.laptops:
            with laptop.store.reading() as view:
                for kept in view.records.known(self.records).values():
                    for photo in kept.screen.get("photos") or ():
                        assert view.attachments.content(photo["digest"]) in POOL, "a photo is not here"


def test_photos_arrive_whatever_befalls_their_records() -> None:
    run(examples=3, steps=15, machine=PhotoInterleavings)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_photos_arrive_whatever_befalls_their_records_at_depth() -> None:
    run(examples=100, steps=30, machine=PhotoInterleavings, at_depth=True)
