"""Processes to be killed: a head office, and a laptop at work that says each record's id once it is saved.

``python -m tests.offline.processes`` loads the program once and then forks for each process that is asked for, because
loading it takes longer than all that is tried with it. It makes no ids itself: nothing random is shared.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from fieldapp.headoffice.exchange import Exchange
from fieldapp.headoffice.serve import Address, RunningHeadOffice
from fieldapp.sync.troubles import SyncTrouble
from tests.sync.office import FixedClock, Laptop, Office


def say(*words: object) -> None:
    """One line in one piece: whoever is killed has said it whole or not at all."""
    os.write(sys.stdout.fileno(), (" ".join(map(str, words)) + "\n").encode())


def serve(path: str, port: str) -> None:
    """Says its port, then serves."""
    office = Office.at(path)
    with RunningHeadOffice(office.store, office.clock, Address(port=int(port))) as running:
        say(running.port)
        signal.pause()


def serve_until_a_commit(path: str, port: str) -> None:
    """Says its port, serves, and dies when a push is committed, before anybody is told."""
    push = Exchange._push

    def dying(*request: Any, **rest: Any) -> Any:
        push(*request, **rest)
        os.kill(os.getpid(), signal.SIGKILL)

    Exchange._push = dying  # type: ignore[method-assign]
    serve(path, port)


def serve_on_a_small_disk(path: str, port: str) -> None:
    """Says its port and serves; its database can grow by very little."""
    most = Path(path).stat().st_size + 64 * 1024
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
    serve(path, port)


def work(folder: str, key: str, address: str) -> None:
    """Says ``saved ID…`` after each save, and ``syncing`` and ``synced`` around each exchange, for ever."""
    laptop = Laptop(Path(folder), bytes.fromhex(key), FixedClock())
    draw = random.Random()
    prospect, person = laptop.prospect()
    say("saved", prospect, person)
    while True:
        for _ in range(draw.randint(1, 4)):
            photos = tuple(draw.randbytes(draw.choice((2_000, 300_000))) for _ in range(draw.choice((0, 0, 1))))
            say("saved", laptop.visit(prospect, f"facts {draw.random()}", photos))
        laptop.edit(person, name=f"王{draw.randint(0, 9)}", mobile=f"138{draw.randint(0, 99_999_999):08d}")
        say("syncing")
        with suppress(SyncTrouble):
            laptop.sync(address)
        say("synced")


def send_and_fetch(folder: str, key: str, address: str) -> None:
    """Says ``saved`` after each visit with a large photo, then exchanges, for ever."""
    laptop = Laptop(Path(folder), bytes.fromhex(key), FixedClock())
    draw = random.Random()
    prospect, _person = laptop.prospect()
    while True:
        laptop.visit(prospect, f"facts {draw.random()}", (draw.randbytes(1_500_000),))
        say("saved")
        with suppress(SyncTrouble):
            laptop.sync(address)


def synchronise_once(folder: str, key: str, address: str) -> None:
    """Says ``syncing``, synchronises, says ``synced`` and waits to be killed."""
    laptop = Laptop(Path(folder), bytes.fromhex(key), FixedClock())
    say("syncing")
    with suppress(SyncTrouble):
        laptop.sync(address)
    say("synced")
    signal.pause()


class Forked:
    """One process at a time: started, listened to, killed, started again."""

    module = "tests.offline.processes"
    """What is loaded once; its ``main`` forks for each process."""

    def __enter__(self) -> Forked:
        self._parent = subprocess.Popen(
            [sys.executable, "-m", self.module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._pid = 0
        return self

    def __exit__(self, *_: object) -> None:
        if self._pid:
            self.shoot()
        self._parent.kill()
        self._parent.communicate()

    def start(self, job: Callable[..., None], *arguments: object) -> None:
        self._parent.stdin.write(json.dumps([job.__name__, *map(str, arguments)]) + "\n")
        self._parent.stdin.flush()
        self._pid = int(self._parent.stdout.readline())

    def line(self) -> str:
        return self._parent.stdout.readline().strip()

    def lines_until_killed(self) -> Iterator[str]:
        while (line := self.line()) != "killed":
            if line in ("ended", ""):
                self._pid = 0
                raise AssertionError("it ended by itself")
            yield line
        self._pid = 0

    def shoot(self) -> None:
        """Kill it without waiting; it may have died by itself."""
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)

    def kill(self) -> None:
        """Kill it and wait until it is gone."""
        if self._pid:
            self.shoot()
            for _line in self.lines_until_killed():
                pass


class HeadOfficeProcess(Forked):
    """A head office on the same port however often it is killed."""

    def __init__(self, path: Path | str) -> None:
        self._path = path
        self.port = 0

    def __enter__(self) -> HeadOfficeProcess:
        super().__enter__()
        self.serve()
        return self

    def serve(self, how: Callable[..., None] = serve) -> None:
        self.start(how, self._path, self.port)
        self.port = int(self.line())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def main(jobs: dict[str, Any]) -> None:
    """Fork for each of ``jobs`` that is asked for on the standard input."""
    for line in sys.stdin:
        job, *arguments = json.loads(line)
        child = os.fork()
        if child == 0:
            say(os.getpid())
            jobs[job](*arguments)
            os._exit(0)
        _child, status = os.waitpid(child, 0)
        say("killed" if os.WIFSIGNALED(status) else "ended")


if __name__ == "__main__":
    main(globals())
