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
        came_through.append(serve.told_to_end())

    monkeypatch.setattr(serve._Announcing, "run", run)
    before = signal.getsignal(number)
    with listen(Address()) as listening, serve.noting_end():
        serve.serve_on(listening, office.store, FixedClock(), Address())
        assert serve.told_to_end()
    assert came_through == [True]
    assert signal.getsignal(number) is before
    assert not serve.told_to_end()


class _Stops:
    """Tells the process to stop in the middle of the making of a class, as an import is full of them."""

    def __set_name__(self, _owner: type, _name: str) -> None:
        signal.raise_signal(signal.SIGTERM)


def test_nothing_is_raised_out_of_what_python_is_doing() -> None:
    with serve.noting_end():
        made = type("Made", (), {"field": _Stops()})
        assert serve.told_to_end()
    assert isinstance(made.__dict__["field"], _Stops)
