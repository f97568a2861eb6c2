"""Synchronising by itself when a network appears: by our own signals, and by the system's real word."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtNetwork import QNetworkInformation
from pytestqt.qtbot import QtBot

from fieldapp.desktop import automatic_sync
from fieldapp.desktop.automatic_sync import AutomaticSync
from fieldapp.desktop.jobs import JobRunner
from fieldapp.desktop.network import Network, SystemNetwork
from fieldapp.domain.records import Photo
from fieldapp.protocol.identifiers import SystemClock
from fieldapp.services.laptop import Laptop
from fieldapp.services.outbox_status import outbox_status
from fieldapp.services.synchronise import Pace, Summary, TryLater
from fieldapp.store.unit import Unit
from fieldapp.sync.troubles import Cancelled
from tests.desktop.head_office import Office, add_customer, head_office
from tests.sync.office import visit_of

WAIT_MS = 10_000
Reach = QNetworkInformation.Reachability


class PatientPace(Pace):
    """Never tries again by the clock: what begins here was begun by a connection."""

    def after_success(self) -> float:
        return 3_600

    def after_change(self) -> float:
        return 3_600

    def after_trouble(self, _trouble: object) -> float | None:
        return 3_600


@dataclass
class Begun:
    """An automatic synchronisation whose first exchange is over."""

    sync: AutomaticSync
    network: Network
    laptop: Laptop
    office: Office


@pytest.fixture
def begun(qtbot: QtBot, tmp_path: Path, jobs: JobRunner, monkeypatch: pytest.MonkeyPatch) -> Iterator[Begun]:
    monkeypatch.setattr(automatic_sync, "ON_CONNECTION_S", 0.01)
    monkeypatch.setattr(automatic_sync, "AT_START_S", 0.01)
    with head_office(tmp_path, SystemClock()) as office:
        laptop, network = office.laptop_of("李四", "laptop"), Network()
        sync = AutomaticSync(laptop, jobs, PatientPace(), network=network)
        with qtbot.waitSignal(sync.finished, timeout=WAIT_MS):
            sync.start()
        yield Begun(sync, network, laptop, office)
        sync.stop()
        qtbot.waitUntil(lambda: not jobs.busy(), timeout=WAIT_MS)
        sync.deleteLater()


def test_what_was_read_anew_is_compared_soon(qtbot: QtBot, tmp_path: Path, jobs: JobRunner) -> None:
    """The first synchronisation is over when all is here; the next one, which asks about it, does not wait long."""

    class SoonAfterAChange(PatientPace):
        def after_change(self) -> float:
            return 0.01 if self.failures == 0 else 3_600

        def after_success(self) -> float:
            self.failures = 0
            return super().after_success()

    with head_office(tmp_path, SystemClock()) as office:
        laptop = office.laptop_of("李四", "laptop")
        sync = AutomaticSync(laptop, jobs, SoonAfterAChange(failures=3), network=Network())
        ended: list[Summary] = []
        sync.finished.connect(ended.append)
        sync.start()
        qtbot.waitUntil(lambda: len(ended) == 2, timeout=WAIT_MS)
        assert [summary.uncompared for summary in ended] == [True, False]
        sync.stop()
        qtbot.waitUntil(lambda: not jobs.busy(), timeout=WAIT_MS)
        sync.deleteLater()


def test_a_network_that_appears_sends_what_waited(qtbot: QtBot, begun: Begun) -> None:
    add_customer(begun.laptop, "冯二", "13800000000", 1_000_000)
    begun.network.vanished.emit()
    assert not begun.sync.state().online
    with qtbot.waitSignal(begun.sync.finished, timeout=WAIT_MS):
        begun.network.appeared.emit()
    assert begun.sync.state().online
    assert outbox_status(begun.laptop.store).unsent == 0


def test_a_network_that_flickers_begins_one_exchange(qtbot: QtBot, begun: Begun) -> None:
    started: list[bool] = []
    begun.sync.began.connect(lambda: started.append(True))
    with qtbot.waitSignal(begun.sync.finished, timeout=WAIT_MS):
        for _ in range(20):
            begun.network.appeared.emit()
            begun.network.vanished.emit()
        begun.network.appeared.emit()
    assert started == [True]


def test_after_a_failure_a_network_is_a_reason_to_try_at_once(qtbot: QtBot, begun: Begun) -> None:
    begun.laptop.move_head_office("http://127.0.0.1:9")
    with qtbot.waitSignal(begun.sync.finished, timeout=WAIT_MS):
        begun.sync.sync_now()
    assert isinstance(begun.sync.state().trouble, TryLater)
    begun.laptop.move_head_office(begun.office.address)
    with qtbot.waitSignal(begun.sync.finished, timeout=WAIT_MS):
        begun.network.appeared.emit()
    assert begun.sync.state().trouble is None


def test_a_locked_laptop_heeds_no_network(qtbot: QtBot, begun: Begun) -> None:
    begun.sync.stop()
    told: list[object] = []
    begun.sync.state_changed.connect(told.append)
    begun.sync.began.connect(lambda: told.append("began"))
    begun.network.vanished.emit()
    begun.network.appeared.emit()
    assert not begun.sync._timer.isActive()
    assert told == []


@pytest.fixture
def silent() -> Iterator[str]:
    """Takes connections and never answers."""
    listening = socket.create_server(("127.0.0.1", 0))
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    listening.close()


def test_stopping_is_told_at_once_whatever_the_line_does(qtbot: QtBot, begun: Begun, silent: str) -> None:
    begun.laptop.move_head_office(silent)
    add_customer(begun.laptop, "冯二", "13800000000", 1_000_000)
    begun.sync.sync_now()
    qtbot.wait(100)  # well within the request that nobody answers
    assert begun.sync.state().running
    pressed = time.monotonic()
    with qtbot.waitSignal(begun.sync.finished, timeout=WAIT_MS) as ended:
        begun.sync.cancel()
    assert time.monotonic() - pressed < 0.3
    assert isinstance(ended.args[0], Cancelled)
    begun.laptop.move_head_office(begun.office.address)
    with qtbot.waitSignal(begun.sync.finished, timeout=WAIT_MS):
        begun.sync.sync_now()
    assert outbox_status(begun.laptop.store).unsent == 0


def test_leaving_waits_for_no_line(qtbot: QtBot, begun: Begun, silent: str, jobs: JobRunner) -> None:
    begun.laptop.move_head_office(silent)
    begun.sync.sync_now()
    qtbot.wait(100)
    left = time.monotonic()
    begun.sync.stop()
    assert jobs.shut_down(wait_s=10, cancel=False)
    assert time.monotonic() - left < 0.5


class Metered(Network):
    """A line that is paid by the byte until ``paid`` is False."""

    paid = True

    @property
    def metered(self) -> bool:
        return self.paid


def test_on_a_line_paid_by_the_byte_photos_wait_for_a_person_or_another_line(
    qtbot: QtBot, tmp_path: Path, jobs: JobRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(automatic_sync, "ON_CONNECTION_S", 0.01)
    monkeypatch.setattr(automatic_sync, "AT_START_S", 0.01)
    with head_office(tmp_path, SystemClock()) as office:
        laptop, network = office.laptop_of("李四", "laptop"), Metered()
        prospect, _, _ = add_customer(laptop, "冯二", "13800000000", 1_000_000)

        def take(content: bytes) -> None:
            def work(unit: Unit) -> None:
                digest = unit.attachments.add(content, "image/jpeg", None)
                photo = Photo(digest=digest, name="照片.jpg", size=len(content), media_type="image/jpeg")
                unit.create("visit", visit_of(unit.enrolment.staff, "见面", (photo,)), parent=prospect)

            laptop.store.write(work)

        def left() -> tuple[int, int]:
            status = outbox_status(laptop.store)
            return status.unsent, status.photos

        take(b"one" * 1000)
        sync = AutomaticSync(laptop, jobs, PatientPace(), network=network)
        with qtbot.waitSignal(sync.finished, timeout=WAIT_MS):
            sync.start()
        assert left() == (0, 1), "records go"
        assert sync.state().metered
        with qtbot.waitSignal(sync.finished, timeout=WAIT_MS):
            sync.sync_now()
        assert left() == (0, 0), "a person wanted it"
        take(b"two" * 1000)
        network.paid = False
        with qtbot.waitSignal(sync.finished, timeout=WAIT_MS):
            network.metered_changed.emit()
        assert left() == (0, 0)
        assert not sync.state().metered
        sync.stop()
        qtbot.waitUntil(lambda: not jobs.busy(), timeout=WAIT_MS)
        sync.deleteLater()


def test_only_a_network_that_reaches_somewhere_is_told_of(qtbot: QtBot) -> None:
    network, told = SystemNetwork(), []
    network.appeared.connect(lambda: told.append("appeared"))
    network.vanished.connect(lambda: told.append("vanished"))
    for reach in (Reach.Unknown, Reach.Disconnected, Reach.Local, Reach.Site, Reach.Online):
        network.tell(reach)
    assert told == ["vanished", "appeared", "appeared"]


def test_the_systems_own_word_reaches_the_program(qtbot: QtBot) -> None:
    """With the real backend: its signal is the one that is heard."""
    network = SystemNetwork()
    if not network.backend:
        pytest.skip(f"NOT TESTED: no network backend of Qt loads here (of {QNetworkInformation.availableBackends()})")
    information = QNetworkInformation.instance()
    assert information is not None
    assert information.supports(QNetworkInformation.Feature.Reachability)
    assert network.backend in QNetworkInformation.availableBackends()
    with qtbot.waitSignal(network.vanished, timeout=WAIT_MS):
        information.reachabilityChanged.emit(Reach.Disconnected)
    with qtbot.waitSignal(network.appeared, timeout=WAIT_MS):
        information.reachabilityChanged.emit(Reach.Online)


def test_without_a_backend_the_program_begins_all_the_same(
    qtbot: QtBot, tmp_path: Path, jobs: JobRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(automatic_sync, "AT_START_S", 0.01)
    monkeypatch.setattr(QNetworkInformation, "loadBackendByFeatures", lambda *_: False)
    with head_office(tmp_path, SystemClock()) as office:
        laptop = office.laptop_of("李四", "laptop")
        add_customer(laptop, "冯二", "13800000000", 1_000_000)
        sync = AutomaticSync(laptop, jobs, PatientPace())
        with qtbot.waitSignal(sync.finished, timeout=WAIT_MS):
            sync.start()
        assert outbox_status(laptop.store).unsent == 0
        sync.stop()
        qtbot.waitUntil(lambda: not jobs.busy(), timeout=WAIT_MS)
        sync.deleteLater()
