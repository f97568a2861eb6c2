"""One process at a time, and who is willing to wait for the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from fieldapp.sync.alone import Occupied, alone


def test_who_comes_second_is_told_so_at_once(tmp_path: Path) -> None:
    path = str(tmp_path / "lock")
    with alone(path), pytest.raises(Occupied), alone(path):
        pass
    with alone(path):
        pass


def test_who_has_patience_gets_it_when_the_other_is_done(tmp_path: Path) -> None:
    path = str(tmp_path / "lock")
    asking = Event()

    def second() -> str:
        asking.set()
        with alone(path, patience_s=30):
            return "held"

    with ThreadPoolExecutor(1) as pool:
        with alone(path):
            waiting = pool.submit(second)
            assert asking.wait(30)
            assert not waiting.done()
        assert waiting.result(30) == "held"


def test_patience_has_an_end(tmp_path: Path) -> None:
    path = str(tmp_path / "lock")
    with alone(path), pytest.raises(Occupied), alone(path, patience_s=0.1):
        pass
