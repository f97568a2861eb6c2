"""A person stops a synchronisation at whatever point: it ends at once, and nothing is lost or done twice."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest

from fieldapp.protocol.messages import SyncRequest
from fieldapp.sync.exchange import synchronise
from fieldapp.sync.transport import HeadOffice
from fieldapp.sync.troubles import Cancelled, NotHeadOffice
from tests.offline.fault_proxy import FaultProxy
from tests.sync.office import LI, Laptop, Office

LaptopOf = Callable[..., Laptop]
AT_ONCE_S = 0.3
QUESTION = SyncRequest(protocol=2, device="d", counter=1)


def is_stopped_at_once(head_office: HeadOffice, work: Callable[[], object], reached: threading.Event) -> bool:
    """Whether ``work`` ends with Cancelled within 0.3 s of being broken off, once it has ``reached`` its point."""
    ends: list[object] = []

    def run() -> None:
        try:
            ends.append(work())
        except BaseException as error:  # noqa: BLE001 - how it ends is what is looked at
            ends.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert reached.wait(10)
    began = time.monotonic()
    head_office.interrupt()
    thread.join(10)
    return isinstance(ends[0], Cancelled) and time.monotonic() - began < AT_ONCE_S


class Silent:
    """Takes connections and reads, and never answers."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        self.reached = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        with ExitStack() as opened, suppress(OSError):
            while True:
                connection, _ = self.listening.accept()
                opened.enter_context(closing(connection))
                connection.recv(65_536)
                self.reached.set()

    def close(self) -> None:
        with suppress(OSError):
            self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        self._thread.join()


@pytest.fixture
def silent() -> Iterator[Silent]:
    made = Silent()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def no_thread_stays() -> Iterator[None]:
    yield
    for thread in threading.enumerate():
        if thread.name == "sync-connecting":
            thread.join(15)
            assert not thread.is_alive(), "a thread that was left alone never ended"


def test_a_head_office_that_never_answers_holds_nobody(silent: Silent) -> None:
    with HeadOffice(silent.url, "token") as head_office:
        assert is_stopped_at_once(head_office, lambda: head_office.exchange(QUESTION), silent.reached)


def test_a_connection_that_is_still_looked_for_holds_nobody() -> None:
    with ExitStack() as opened:
        full = opened.enter_context(closing(socket.create_server(("127.0.0.1", 0), backlog=0)))
        for _ in range(4):  # a queue that is full: whoever comes now hears nothing at all
            waiting = opened.enter_context(closing(socket.socket()))
            waiting.setblocking(False)
            with suppress(BlockingIOError):
                waiting.connect(full.getsockname())
        begun = threading.Event()

        def ask() -> object:
            begun.set()
            return head_office.exchange(QUESTION)

        with HeadOffice(f"http://127.0.0.1:{full.getsockname()[1]}", "token") as head_office:
            assert is_stopped_at_once(head_office, ask, begun)


def test_what_was_broken_off_ends_until_it_may_begin_again(
    office: Office, line: FaultProxy, laptop_of: LaptopOf
) -> None:
    laptop = laptop_of(LI)
    laptop.prospect()
    enrolment = laptop.enrolment
    with HeadOffice(line.url, enrolment.token) as head_office:
        head_office.interrupt()
        with pytest.raises(Cancelled):
            synchronise(laptop.store, head_office)
        assert (len(laptop.queued()), office.journal()) == (2, [])
        head_office.ready()
        assert synchronise(laptop.store, head_office).accepted == 2


@pytest.mark.parametrize("kept", [False, True], ids=["new connection", "kept connection"])
def test_stopped_while_head_office_answers_nothing_is_done_twice(
    office: Office, line: FaultProxy, laptop_of: LaptopOf, kept: bool
) -> None:
    """The request arrived and was taken; its answer meets nobody."""
    laptop = laptop_of(LI)
    enrolment = laptop.enrolment
    reached, answered = threading.Event(), line.choose
    with HeadOffice(line.url, enrolment.token) as head_office:
        if kept:
            synchronise(laptop.store, head_office)
        laptop.prospect()

        def stop_now(request: bytes) -> object:
            if request.startswith(b"POST"):
                reached.set()
            return answered(request)

        line.choose = stop_now  # type: ignore[assignment]
        ends: list[BaseException] = []

        def run() -> None:
            try:
                synchronise(laptop.store, head_office)
            except BaseException as error:  # noqa: BLE001 - how it ends is what is looked at
                ends.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        assert reached.wait(10)
        head_office.interrupt()
        thread.join(10)
        assert not thread.is_alive()
        assert all(isinstance(end, Cancelled) for end in ends), "it was stopped, or had just finished"
        line.choose = answered
        head_office.ready()
        synchronise(laptop.store, head_office)
    assert laptop.queued() == []
    assert len(office.journal()) == 2


def test_photos_that_go_nowhere_hold_nobody(
    office: Office, silent: Silent, laptop_of: LaptopOf, tmp_path: Path
) -> None:
    """Records went well; the connections of the photos meet a head office that has fallen silent."""
    laptop = laptop_of(LI)
    prospect, _person = laptop.prospect()
    laptop.visit(prospect, photos=(b"x" * 300_000, b"y" * 300_000))
    stopped: list[float] = []

    class Falling(HeadOffice):
        def another(self) -> HeadOffice:
            return HeadOffice(silent.url, "token")

    def cancelled() -> bool:
        if silent.reached.is_set() and not stopped:
            stopped.append(time.monotonic())
        return bool(stopped)

    enrolment = laptop.enrolment
    with Falling(enrolment.address, enrolment.token) as head_office, pytest.raises(Cancelled):
        synchronise(laptop.store, head_office, cancelled=cancelled)
    assert time.monotonic() - stopped[0] < AT_ONCE_S
    assert len(office.journal()) == 3, "the records are there"
    assert laptop.sync().photos_sent == 2


def test_connection_that_is_dropped_is_closed_at_once() -> None:
    """However long the object lives on: head office would wait for the other side's farewell when it stops."""
    answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    with socket.create_server(("127.0.0.1", 0)) as listening:
        head_office = HeadOffice(f"http://127.0.0.1:{listening.getsockname()[1]}")
        heard: list[bytes] = []

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(answer)
                heard.append(connection.recv(1))

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(NotHeadOffice):
            head_office.glance("cursor", 1)
        head_office.close()
        thread.join(10)
    assert heard == [b""]
