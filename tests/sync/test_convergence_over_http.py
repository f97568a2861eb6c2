"""The same interleavings through the server as it is served: short questions, codings, connections that stay open."""

from __future__ import annotations

from contextlib import ExitStack

import msgspec
import pytest

from fieldapp.headoffice.serve import RunningHeadOffice
from fieldapp.protocol.messages import SyncReply, SyncRequest
from fieldapp.sync.transport import HeadOffice
from fieldapp.sync.troubles import UpgradeNeeded
from tests.sync.office import Laptop, Office
from tests.sync.test_convergence import Interleavings, Link, run


class Line(Link):
    """Over the network; what befalls the requests is the same."""

    def __init__(self, office: Office, device: str, machine: Interleavings, laptop: Laptop, plan: list[str]) -> None:
        super().__init__(office, device, machine, laptop, plan)
        assert isinstance(machine, ServedInterleavings)
        self._line = machine.line(laptop)

    def glance(self, cursor: str, counter: int) -> SyncReply | None:
        if self._page is not None:
            raise UpgradeNeeded
        return self._line.glance(cursor, counter)

    def answer(self, body: bytes) -> SyncReply:
        request = msgspec.json.decode(body, type=SyncRequest)
        if self._page is not None:
            request = msgspec.structs.replace(request, page=self._page)
        return self._line.exchange(request)


class ServedInterleavings(Interleavings):
    """Head office is served on loopback, but for the moments in which it is copied."""

    link = Line

    def __init__(self) -> None:
        self._open = ExitStack()
        self._served: RunningHeadOffice | None = None
        self._lines: dict[str, HeadOffice] = {}
        super().__init__()

    @property
    def office(self) -> Office:
        return self._office

    @office.setter
    def office(self, office: Office) -> None:
        self._stop()
        self._office = office

    def line(self, laptop: Laptop) -> HeadOffice:
        """The laptop's connection, which stays open as long as head office is there."""
        if self._served is None:
            self._served = self._open.enter_context(RunningHeadOffice(self.office.store, self.office.clock))
        enrolment = laptop.enrolment
        if enrolment.device not in self._lines:
            line = HeadOffice(self._served.url, enrolment.token)
            self._lines[enrolment.device] = self._open.enter_context(line)
        return self._lines[enrolment.device]

    def _copied(self, place: str) -> str:
        self._stop()
        return super()._copied(place)

    def _stop(self) -> None:
        self._open.close()
        self._served = None
        self._lines.clear()

    def teardown(self) -> None:
        try:
            super().teardown()
        finally:
            self._stop()


def test_any_interleaving_converges_through_the_server() -> None:
    run(examples=4, steps=15, machine=ServedInterleavings)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_any_interleaving_converges_through_the_server_at_depth() -> None:
    run(examples=150, steps=30, machine=ServedInterleavings, at_depth=True)
