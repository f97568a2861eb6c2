"""The server as processes: stopped without cutting anybody off, started again when one dies, right in its counts."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2
import psutil
import pytest
from cryptography import x509
from prometheus_client.parser import text_string_to_metric_families

from fieldapp.headoffice.administration import create_head_office
from fieldapp.protocol.messages import MEDIA_TYPE
from tests.commands.typed_commands import command, environment
from tests.headoffice import loopback
from tests.headoffice.changes_to_send import FixedClock
from tests.offline.test_certificates import Authority
from tests.postgresql import new_postgresql_database

PATIENCE_S = 60


@contextmanager
def served(location: str, *words: str | Path, apart: bool = False) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A server of its own, and its URL; where it stands apart, it and its workers are a group of processes."""
    line = command("headoffice", "serve", "--database", location, "--port", "0", "--json", *words)
    with subprocess.Popen(
        line, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=apart
    ) as process:
        try:
            assert process.stdout is not None
            told = process.stdout.readline()
            assert told, process.stderr.read() if process.stderr else ""
            yield process, json.loads(told)["url"]
        finally:
            process.kill()


def until(true: Callable[[], bool]) -> None:
    """Ask until it is so."""
    ends = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < ends, "it never came true"
        time.sleep(0.02)  # what it waits for needs the processor too


def healthy(url: str) -> bool:
    try:
        return loopback.get(f"{url}/health", timeout=5).status_code == 200
    except httpx2.TransportError:
        return False


def figure(url: str, name: str, **labels: str) -> float | None:
    families = text_string_to_metric_families(loopback.get(f"{url}/metrics").text)
    samples = [sample for family in families for sample in family.samples]
    return next((one.value for one in samples if one.name == name and one.labels == labels), None)


def workers_of(process: subprocess.Popen[bytes]) -> list[int]:
    """The processes that answer, without Python's own helpers."""
    workers = []
    with suppress(psutil.NoSuchProcess):
        for child in psutil.Process(process.pid).children():
            with suppress(psutil.NoSuchProcess):
                workers += [child.pid] if "spawn_main" in " ".join(child.cmdline()) else []
    return workers


def port_of(url: str) -> tuple[str, int]:
    host, _colon, port = url.rpartition("/")[2].rpartition(":")
    return host, int(port)


def is_closed(url: str) -> bool:
    try:
        socket.create_connection(port_of(url), timeout=5).close()
    except OSError:
        return True
    return False


@pytest.fixture
def setting(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """A head office and how many workers serve it."""
    kind, _dash, workers = request.param.partition("-")
    if kind == "sqlite":
        location = str(tmp_path / "h.db")
    else:
        location = new_postgresql_database(request.getfixturevalue("postgresql"))
    create_head_office(location, FixedClock(), products=False).store.close()
    return location, workers


@pytest.fixture
def on_postgresql(postgresql: str) -> str:
    location = new_postgresql_database(postgresql)
    create_head_office(location, FixedClock(), products=False).store.close()
    return location


EITHER = pytest.mark.parametrize("setting", ["sqlite-1", "postgresql-2"], indirect=True)
MOSTLY_ONE = pytest.mark.parametrize(
    "setting", ["sqlite-1", pytest.param("postgresql-2", marks=pytest.mark.long)], indirect=True
)


@EITHER
@pytest.mark.parametrize("stop", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.long)])
def test_request_under_way_is_answered_before_the_server_ends(stop: signal.Signals, setting: tuple[str, str]) -> None:
    location, workers = setting
    body = b'{"protocol":1,"code":"2222-2222-2222","device_name":"x"}'
    head = (
        f"POST /enrol HTTP/1.1\r\nHost: h\r\nContent-Type: {MEDIA_TYPE}\r\n"
        f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
    )
    with served(location, "--workers", workers) as (process, url):
        until(lambda: healthy(url))
        with socket.create_connection(port_of(url), timeout=PATIENCE_S) as request:
            request.sendall(head.encode())
            assert request.recv(1000).startswith(b"HTTP/1.1 100")  # the server is at work on it now
            request.sendall(body[:10])
            process.send_signal(stop)
            until(lambda: is_closed(url))
            assert process.poll() is None
            request.sendall(body[10:])
            answer = b"".join(iter(lambda: request.recv(1000), b""))
        assert answer.startswith(b"HTTP/1.1 403")
        assert json.loads(answer.rpartition(b"\r\n\r\n")[2])["code"] in ("code_unknown", "code_mistyped")
        assert process.wait(PATIENCE_S) == 0
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_while_the_workers_come_up(stop: signal.Signals, on_postgresql: str) -> None:
    with served(on_postgresql, "--workers", "2", apart=True) as (process, _url):
        until(lambda: len(workers_of(process)) == 2)
        os.killpg(process.pid, stop)  # as a terminal does, or a service manager
        _said, complaints = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, complaints) == (0, b"")


def test_worker_that_dies_is_started_again_and_no_count_goes_back(on_postgresql: str) -> None:
    with served(on_postgresql, "--workers", "2", "--log-format", "json") as (process, url):
        until(lambda: len(workers_of(process)) == 2 and healthy(url))
        until(lambda: sum(figure(url, "fieldapp_worker_starts_total", worker=n) or 0 for n in "01") == 2)
        before = figure(url, "fieldapp_requests_total", route="other", status="404") or 0
        for _ in range(30):
            assert loopback.get(f"{url}/nothing").status_code == 404  # each over a connection of its own
        assert figure(url, "fieldapp_requests_total", route="other", status="404") == before + 30
        killed, other = workers_of(process)
        os.kill(killed, signal.SIGKILL)
        until(lambda: killed not in workers_of(process) and len(workers_of(process)) == 2)
        assert other in workers_of(process)
        until(lambda: healthy(url))
        until(lambda: sum(figure(url, "fieldapp_worker_starts_total", worker=n) or 0 for n in "01") == 3)
        assert figure(url, "fieldapp_requests_total", route="other", status="404") == before + 30
        process.terminate()
        assert process.wait(PATIENCE_S) == 0
        assert process.stderr is not None
        told = [json.loads(line) for line in process.stderr.read().splitlines()]
        (died,) = [line for line in told if line["event"] == "worker_died"]
        assert (died["ended"], died["worker"] in (0, 1)) == (-9, True)


@pytest.mark.long
def test_workers_leave_when_whoever_started_them_is_killed(on_postgresql: str) -> None:
    with served(on_postgresql, "--workers", "2") as (process, url):
        until(lambda: len(workers_of(process)) == 2 and healthy(url))
        process.kill()
        process.wait(PATIENCE_S)
        until(lambda: is_closed(url))


@MOSTLY_ONE
def test_renewed_certificate_is_shown_after_a_hangup_and_a_wrong_one_is_not(
    setting: tuple[str, str], tmp_path: Path
) -> None:
    location, workers = setting
    first, second = (Authority().for_server(folder(tmp_path / name), "127.0.0.1") for name in ("1", "2"))
    shown = tmp_path / "shown.pem", tmp_path / "shown.key"

    def show(chain: bytes, key: bytes) -> None:
        shown[0].write_bytes(chain)
        shown[1].write_bytes(key)

    show(first.chain.read_bytes(), first.key.read_bytes())
    words = ("--workers", workers, "--certificate", shown[0], "--key", shown[1], "--log-level", "info")
    with served(location, *words) as (process, url):
        assert url.startswith("https://")
        until(lambda: not is_closed(url) and seen(url) == serial(first.chain))
        show(second.chain.read_bytes(), first.key.read_bytes())
        process.send_signal(signal.SIGHUP)
        assert [seen(url) for _ in range(8)] == [serial(first.chain)] * 8
        show(second.chain.read_bytes(), second.key.read_bytes())
        process.send_signal(signal.SIGHUP)
        until(lambda: {seen(url) for _ in range(8)} == {serial(second.chain)})
        process.terminate()
        assert process.wait(PATIENCE_S) == 0
        assert process.stderr is not None
        log = process.stderr.read().decode()
        assert log.count("certificate_kept") >= 1
        assert log.count("certificate_renewed") >= 1


def folder(path: Path) -> Path:
    path.mkdir()
    return path


def serial(chain: Path) -> int:
    return x509.load_pem_x509_certificate(chain.read_bytes()).serial_number


def seen(url: str) -> int:
    """The serial number of the certificate that a new connection is shown."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection(port_of(url), timeout=PATIENCE_S) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as connection,
    ):
        told = connection.getpeercert(binary_form=True)
    assert told is not None
    return x509.load_der_x509_certificate(told).serial_number
