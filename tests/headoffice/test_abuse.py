"""Callers who mean harm, or whose programs are broken: told so in a sentence, and nobody else notices."""

from __future__ import annotations

import gc
import json
import socket
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import zstandard

from fieldapp.headoffice import slow_callers
from fieldapp.headoffice.administration import Administration, create_head_office
from fieldapp.headoffice.serve import RunningHeadOffice
from fieldapp.protocol.changes import encode_change
from fieldapp.protocol.messages import MEDIA_TYPE
from tests.headoffice import changes_to_send as send
from tests.headoffice.test_routes import ZSTD, Caller, problem

Served = tuple[Administration, str, dict[str, str]]
CallerOf = Callable[[str], Caller]
FORGED = 10_000


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A head office with Zhang and Li of one branch and Wu, head of another; their numbers by name."""
    clock = send.FixedClock()
    office = create_head_office(tmp_path / "h.db", clock, products=False)
    office.add_branch(send.branch())
    office.add_branch(send.branch("CB02"))
    staff = {
        "zhang": office.add_staff("张三", "officer", send.BRANCH),
        "li": office.add_staff("李四", "officer", send.BRANCH),
        "wu": office.add_staff("吴六", "branch_head", "CB02"),
    }
    with RunningHeadOffice(office.store, clock) as running:
        yield office, running.url, staff
    office.store.close()


@pytest.fixture
def caller_of(served: Served) -> Iterator[Callable[[str], Caller]]:
    office, url, staff = served
    made: list[Caller] = []

    def enrolled(name: str) -> Caller:
        made.append(Caller(url, office.issue_code(staff[name]).code))
        return made[-1]

    yield enrolled
    for caller in made:
        caller.http.close()


def told(caller: Caller, *changes: Any, **rest: Any) -> list[tuple[str, str]]:
    answer = caller.post(caller.body(*changes, **rest))
    assert answer.status_code == 200, answer.content
    return [(one["outcome"], one.get("code", "")) for one in answer.json().get("receipts", [])]


def journal(served: Served) -> int:
    return sum(audit.entries for audit in served[0].audit())


def test_change_in_somebody_elses_name_is_refused_and_leaves_no_trace(served: Served, caller_of: CallerOf) -> None:
    staff = served[2]
    zhang, wu = caller_of("zhang"), caller_of("wu")
    before = journal(served)
    forged = send.prospect("f1", actor=staff["li"])
    for_another = send.prospect("f2", actor=staff["zhang"], owner=staff["li"])
    assert told(zhang, forged, for_another) == [("refused", "actor"), ("refused", "actor")]
    other_branch = send.prospect("f3", actor=staff["wu"])
    assert told(wu, other_branch) == [("refused", "scope")]
    assert served[0].store is not None
    assert _records(served, "f1", "f2", "f3") == set()
    assert journal(served) >= before


def test_record_of_another_cannot_be_reached_by_stream_held_cursor_or_marks(
    served: Served, caller_of: CallerOf
) -> None:
    staff = served[2]
    zhang, li, wu = (caller_of(name) for name in ("zhang", "li", "wu"))
    assert told(zhang, send.prospect("mine", actor=staff["zhang"], remark="秘密")) == [("accepted", "")]
    theirs = json.loads(zhang.post(zhang.body()).content)["cursor"]
    for stream in (send.BRANCH, "CB02", "bank", "nowhere", "own:" + staff["zhang"]):
        for caller, name in ((li, "li"), (wu, "wu")):
            change = send.change(
                "prospect",
                "mine",
                {"remark": ("秘密", "偷")},
                actor=staff[name],
                stream=stream,
                guard={"deleted": False},
            )
            body = caller.body(change, cursor=theirs, held={"mine": [99, stream, 10**12]})
            answer = caller.post(body)
            assert answer.status_code == 200
            assert "秘密" not in answer.text
            assert "mine" not in {one["record"] for one in answer.json().get("records", [])}
            outcomes = [(r["outcome"], r.get("code")) for r in answer.json().get("receipts", [])]
            assert outcomes in ([("refused", "scope")], [("refused", "malformed")], [("waits", None)], [])
    with served[0].store.reading() as unit:
        assert unit.records.find(["mine"], [send.BRANCH])["mine"].values["remark"] == "秘密"


@pytest.mark.parametrize(
    "held",
    [
        {"mine": [10**17, "TS01", 10**17]},
        {"mine": [-1, "TS01", -1]},
        {"mine": [0, "\x00", 1]},
        {"mine": [0, "bank", 2]},
        {f"forged{number}": [0, "TS01", number] for number in range(FORGED)},
    ],
)
def test_forged_revision_overwrites_nothing(held: dict[str, Any], served: Served, caller_of: CallerOf) -> None:
    actor = served[2]["zhang"]
    one, other = caller_of("zhang"), caller_of("zhang")
    told(one, send.prospect("mine", actor=actor, remark="a"))
    told(one, send.change("prospect", "mine", {"remark": ("a", "b")}, actor=actor, guard={"deleted": False}))
    stale = send.change("prospect", "mine", {"remark": ("a", "c")}, actor=actor, guard={"deleted": False})
    answer = other.post(other.body(stale, held=held))
    assert answer.status_code in (200, 422)
    with served[0].store.reading() as unit:
        assert unit.records.find(["mine"], [send.BRANCH])["mine"].values["remark"] == "b"


def test_request_of_yesterday_played_back_does_nothing(served: Served, caller_of: CallerOf) -> None:
    actor = served[2]["zhang"]
    caller = caller_of("zhang")
    recorded = caller.body(send.prospect("p", actor=actor))
    first = caller.post(recorded).json()
    told(caller, send.visit("v", "p", actor=actor))
    before = journal(served)
    assert problem(caller.post(recorded)) == (409, "clone")
    assert journal(served) == before
    assert first["receipts"][0]["outcome"] == "accepted"


@pytest.mark.parametrize("marks", [{"TS01": [10**17, "ff" * 8]}, {"\x00": [1, "ff"]}, {"TS01": [-5, ""]}])
def test_forged_marks_are_answered_with_fork_or_nothing_at_all(
    marks: dict[str, Any], served: Served, caller_of: CallerOf
) -> None:
    caller = caller_of("zhang")
    answer = caller.post(caller.body(send.prospect("p", actor=served[2]["zhang"]), marks=marks))
    assert answer.status_code in (200, 422)
    if answer.status_code == 200:
        assert answer.json().get("fork") or answer.json()["receipts"]


def _records(served: Served, *names: str) -> set[str]:
    with served[0].store.reading() as unit:
        return {*unit.records.find([*names], unit.records.streams())}


def test_bombs_and_oversized_bodies_take_no_memory(served: Served, caller_of: CallerOf) -> None:
    caller = caller_of("zhang")
    bomb = zstandard.compress(b'{"protocol":2,"changes":[' + b" " * 200_000_000)
    lying = zstandard.ZstdCompressor(write_content_size=False).compress(b"[" * 100_000_000)
    caller.post(bomb, ZSTD)  # what is loaded once
    gc.collect()
    tracemalloc.start()
    try:
        for body in (bomb, lying) * 3:
            assert problem(caller.post(body, ZSTD)) == (413, "too_large")
        for _ in range(5):
            assert problem(caller.post(b"x" * (3 * 1024 * 1024))) == (413, "too_large")
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 24 * 1024 * 1024


def test_body_without_a_length_is_bounded_as_well(served: Served, caller_of: CallerOf) -> None:
    caller = caller_of("zhang")

    def endless() -> Iterator[bytes]:
        for _ in range(64):
            yield b" " * 65_536

    try:
        answer = caller.http.post("/sync", content=endless())
    except httpx2.TransportError:
        return  # it hung up in the middle, which is as good
    assert problem(answer) == (413, "too_large")


def test_deep_and_wide_nesting_is_answered(served: Served, caller_of: CallerOf) -> None:
    caller = caller_of("zhang")
    actor = served[2]["zhang"]
    deep: Any = 1
    for _ in range(17):
        deep = [deep]
    wide = {f"字{number}": number for number in range(20_000)}
    for number, strange in enumerate((deep, wide, "长" * 20_001, 2**64, 1e308)):
        change = encode_change(send.change("grid", f"g{number}", {"x": (None, 1)}, actor=actor, new=True))
        body = caller.body().replace(
            b'"changes":[]',
            b'"changes":[' + change.replace(b"[null,1]", b"[null,%b]" % json.dumps(strange).encode()) + b"]",
        )
        answer = caller.post(body)
        assert answer.status_code in (200, 413, 422)
        if answer.status_code == 200:
            assert answer.json()["receipts"][0]["outcome"] in ("refused", "accepted", "conflict")


def test_callers_who_never_end_their_request_are_hung_up_on(
    served: Served, caller_of: CallerOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With all of the server's places taken by such, a laptop must still get through soon."""
    monkeypatch.setattr(slow_callers, "HEAD_SECONDS", 0.3)
    _office, url, _staff = served
    host, _colon, port = url.rpartition("/")[2].rpartition(":")
    caller = caller_of("zhang")
    slow = [socket.create_connection((host, int(port)), timeout=20) for _ in range(80)]
    try:
        for number, connection in enumerate(slow):
            connection.sendall(b"POST /sync HTTP/1.1\r\nHost: h\r\nX-A: "[: 5 + number % 30])
        assert caller.post(caller.body()).status_code == 200
        for connection in slow:
            assert connection.recv(1000) == b""
    finally:
        for connection in slow:
            connection.close()
    assert caller.post(caller.body()).status_code == 200


def test_body_that_never_ends_is_given_up(served: Served, caller_of: CallerOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fieldapp.headoffice.desk.BODY_SECONDS", 0.3)
    office = served[0]
    caller = caller_of("zhang")
    with RunningHeadOffice(office.store, send.FixedClock()) as impatient:
        head = (
            f"POST /sync HTTP/1.1\r\nHost: h\r\nContent-Type: {MEDIA_TYPE}\r\nContent-Length: 1000\r\n"
            f"Authorization: Bearer {caller.enrolled.token}\r\n\r\n{{"
        )
        with socket.create_connection(("127.0.0.1", impatient.port), timeout=20) as slow:
            slow.sendall(head.encode())
            assert slow.recv(1000).startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize(
    ("head", "more"),
    [
        (b"GET /sync HTTP/1.1\r\nHost: h\r\nX-A: ", b"a" * 4096),
        (b"GET /sync HTTP/1.1\r\nHost: h\r\n", b"X-A: a\r\n" * 512),
        (b"GET /", b"a" * 4096),
        (b"POST /sync HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0\r\n", b"X-A: a\r\n" * 512),
        (b"POST /sync HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"a" * 4096),
    ],
    ids=["header", "headers", "line", "trailers", "marks"],
)
def test_what_is_endless_beside_a_body_is_hung_up_on(served: Served, head: bytes, more: bytes) -> None:
    host, _colon, port = served[1].rpartition("/")[2].rpartition(":")
    with socket.create_connection((host, int(port)), timeout=20) as endless:
        endless.sendall(head)
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            endless.sendall(more * 2_000)
