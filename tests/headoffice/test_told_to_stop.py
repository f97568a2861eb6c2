"""A server that is told to stop while it comes up ends in order: nothing is torn from its hands."""

from __future__ import annotations

import os
import signal
import socket
import sys

import pytest

from fieldapp.headoffice import serve
from fieldapp.headoffice.addresses import Address, listen
from fieldapp.headoffice.administration import Administration
from tests.headoffice.changes_to_send import FixedClock


@pytest.mark.skipif(sys.platform == "win32", reason="signals of this kind are POSIX")
@pytest.mark.parametrize("location", ["sqlite"], indirect=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_before_it_serves(
    number: signal.Signals, office: Administration, monkeypatch: pytest.MonkeyPatch
) -> None:
    came_through: list[bool] = []

    def run(_server: serve._Announcing, sockets: list[socket.socket]) -> None:
        os.kill(os.getpid(), number)
        came_through.append(serve._told_to_end.is_set())

    monkeypatch.setattr(serve._Announcing, "run", run)
    before = signal.getsignal(number)
    with listen(Address()) as listening, serve.suppress_own_end():
        serve.serve_on(listening, office.store, FixedClock(), Address())
        pytest.fail("what follows a server that was told to stop is not done")
    assert came_through == [True]
    assert signal.getsignal(number) is before
    assert not serve._told_to_end.is_set()
