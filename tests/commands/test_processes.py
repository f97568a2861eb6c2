"""The program as a process of its own: signals, closed and full outputs, full disks, and words typed wrongly."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.typed_commands import (
    PASSPHRASE,
    command,
    environment,
    require_refusal,
    require_space_of_its_own,
    typed,
    typed_in_a_process,
)

SAMPLE = Path(__file__).parents[1] / "samples" / "tongshan-households.csv"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with 64 kB left."""
    place = tmp_path / "满 的"
    require_space_of_its_own(place, "64k")
    yield place
    subprocess.run(["umount", place], check=True)


def served(database: Path) -> subprocess.Popen[bytes]:
    words = command("headoffice", "serve", "--database", database, "--port", "0", "--json")
    return subprocess.Popen(words, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)


TOLD_TOO_EARLY = """
import signal, sys
from fieldapp.headoffice.addresses import Address, listen
from fieldapp.headoffice.administration import create_head_office
from fieldapp.headoffice.serve import noting_end, serve_on
from fieldapp.protocol.identifiers import SystemClock

class Finalised:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)

store = create_head_office(sys.argv[1], SystemClock(), products=False).store
with noting_end(), listen(Address()) as listening:
    Finalised()  # what were raised here would be printed and forgotten
    serve_on(listening, store, SystemClock(), Address())
print("ended")
"""


def test_a_server_told_to_stop_before_it_serves_does_not_forget_it(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", TOLD_TOO_EARLY, str(tmp_path / "h.db")], capture_output=True, text=True, timeout=60
    )
    assert (told.returncode, told.stdout, told.stderr) == (0, "ended\n", "")


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_serving_ends_cleanly_when_told_to_stop(stop: signal.Signals, tmp_path: Path) -> None:
    typed("headoffice", "create", "--database", tmp_path / "h.db")
    with served(tmp_path / "h.db") as process:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        port = url.rpartition(":")[2]
        busy = typed("headoffice", "serve", "--database", tmp_path / "h.db", "--port", port, "--json").refusal()
        assert busy["code"] == "port_busy"
        process.send_signal(stop)
        _, complaints = process.communicate(timeout=30)
    assert complaints.decode().count("Traceback") == 0
    assert process.returncode in ((0, 130) if stop == signal.SIGINT else (0, 143, -signal.SIGTERM))


def test_an_answer_that_nobody_takes_is_no_fault(tmp_path: Path) -> None:
    typed("headoffice", "create", "--database", tmp_path / "h.db")
    words = command("headoffice", "product", "list", "--database", tmp_path / "h.db")
    reading, writing = os.pipe()
    os.close(reading)
    said = subprocess.run(words, env=environment(), stdout=writing, stderr=subprocess.PIPE, timeout=60)
    os.close(writing)
    assert said.returncode == 130
    assert said.stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_an_answer_on_a_full_disk_says_so(tmp_path: Path) -> None:
    typed("headoffice", "create", "--database", tmp_path / "h.db")
    words = command("headoffice", "audit", "verify", "--database", tmp_path / "h.db", "--json")
    with Path("/dev/full").open("wb") as full:
        said = subprocess.run(words, env=environment(), stdout=full, stderr=subprocess.PIPE, timeout=60)
    assert said.returncode == 2
    assert json.loads(said.stderr)["error"]["code"] == "output"


def test_head_office_that_finds_no_space_leaves_nothing_behind(small_disk: Path) -> None:
    require_refusal("disk_full", "headoffice", "create", "--database", small_disk / "h.db")
    assert list(small_disk.iterdir()) == []


@pytest.mark.long
def test_a_laptop_that_finds_no_space_costs_no_code_and_loses_nothing(
    laptop: Path, small_disk: Path, tmp_path: Path
) -> None:
    (small_disk / "filling").write_bytes(bytes(60_000))
    for name in ("x.csv", "x.xlsx"):
        answered = typed_in_a_process("export", small_disk / name, "--profile", laptop, "--json")
        assert name == "x.csv" or answered.refusal()["code"] == "not_written"
    refused = typed_in_a_process("import", SAMPLE, "--profile", laptop, "--refused", small_disk / "r.csv", "--json")
    assert refused.refusal()["code"] == "refused_not_written"
    assert typed("doctor", "--profile", laptop, "--json").facts()["prospects"] == 1047
    again = typed("import", SAMPLE, "--profile", laptop, "--refused", tmp_path / "r.csv", "--json").facts()
    assert (again["new"], sum(again["refused"].values())) == (0, 114)
    enrol = ("enrol", "--profile", small_disk / "p", "--address", "http://127.0.0.1:1", "--code", "X", "--json")
    assert typed_in_a_process(*enrol).refusal()["code"] in ("disk_full", "io_error")
    demo = typed_in_a_process("demo", "--headless", "--json", "--dir", small_disk / "demo")
    assert demo.refusal()["code"] == "disk_full"


@pytest.mark.long
def test_a_limit_on_file_sizes_stops_an_import_and_loses_nothing(laptop: Path, tmp_path: Path) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))

    words = ("import", SAMPLE, "--profile", laptop, "--refused", tmp_path / "r.csv", "--json")
    assert typed_in_a_process(*words, preexec_fn=limit).refusal()["code"] in ("disk_full", "io_error")
    facts = typed(*words).facts()
    assert facts["new"] + facts["same_as_known"] == 1047
    assert typed("doctor", "--profile", laptop, "--json").facts()["prospects"] == 1047


@pytest.mark.long
def test_the_passphrase_may_come_from_a_script(laptop: Path) -> None:
    without = {name: value for name, value in environment().items() if name != "FIELDAPP_PASSPHRASE"}
    words = command("doctor", "--profile", laptop, "--json")
    said = subprocess.run(words, env=without, input=PASSPHRASE.encode() + b"\n", capture_output=True, timeout=60)
    assert (said.returncode, said.stderr) == (0, b"")
    nobody = subprocess.run(words, env=without, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    assert json.loads(nobody.stderr)["error"]["code"] == "passphrase_needed"


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("--nonsense",),
        ("import",),
        ("enrol", "--code"),
        ("enrol", "--code", "x"),
        ("export", "a.csv", "b.csv"),
        ("export", "a.csv", "--what", "all"),
        ("headoffice", "serve", "--port", "abc"),
        ("headoffice", "enrol-code", "x", "--days", "soon"),
        ("headoffice", "branch"),
        ("--language", "xx", "doctor"),
        ("demo", "--color"),
        ("长" * 1_000,),
        ("😀\x1b[2J\u202e",),
    ],
)
def test_words_typed_wrongly_are_told_in_one_sentence(words: tuple[str, ...]) -> None:
    if words[-1] == "branch":
        assert typed(*words).code == 2
        return
    said = typed(*words, language="zh")
    assert said.code == 2
    assert len(said.err.splitlines()) == 1
    assert "用法请看" in said.err
    assert "\x1b" not in said.err
    assert typed(*words, "--json").refusal()["code"] == "usage"
