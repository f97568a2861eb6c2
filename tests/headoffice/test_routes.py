"""The routes over real loopback: who gets in, what is bounded, and that nothing a caller sends is our fault."""

from __future__ import annotations

import hashlib
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldapp.domain.errors import Actionable
from fieldapp.headoffice.administration import Administration, create_head_office
from fieldapp.headoffice.pace import Pace
from fieldapp.headoffice.serve import Address, Certificate, RunningHeadOffice
from fieldapp.protocol.changes import Change, encode_change
from fieldapp.protocol.messages import MEDIA_TYPE, REQUEST_HEADER, EnrolReply, SyncReply
from tests.depth import examples
from tests.headoffice import changes_to_send as send
from tests.headoffice import loopback

ZSTD = {"Content-Encoding": "zstd"}


class Caller:
    """An enrolled laptop that speaks plain http."""

    def __init__(self, url: str, code: str) -> None:
        self.http = loopback.Client(base_url=url, headers={"Content-Type": MEDIA_TYPE, REQUEST_HEADER: "r-1"})
        asked = {"protocol": 1, "code": code, "device_name": "x"}
        answer = self.http.post("/enrol", content=json.dumps(asked))
        self.enrolled = msgspec.json.decode(answer.content, type=EnrolReply)
        self.http.headers["Authorization"] = f"Bearer {self.enrolled.token}"
        self.counter = 0

    def body(self, *changes: Change, **rest: Any) -> bytes:
        self.counter += 1
        parts = {"protocol": 1, "device": self.enrolled.device, "counter": self.counter} | rest
        return msgspec.json.encode(parts | {"changes": [msgspec.Raw(encode_change(change)) for change in changes]})

    def post(self, content: bytes, headers: dict[str, str] | None = None) -> httpx2.Response:
        return self.http.post("/sync", content=content, headers=headers or {})


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Administration, str]]:
    clock = send.FixedClock()
    office = create_head_office(tmp_path_factory.mktemp("office") / "h.db", clock)
    office.add_branch(send.branch())
    with RunningHeadOffice(office.store, clock) as running:
        yield office, running.url
    office.store.close()


@pytest.fixture
def caller(running: tuple[Administration, str]) -> Iterator[Caller]:
    office, url = running
    code = office.issue_code(office.add_staff("张三", "officer", send.BRANCH)).code
    caller = Caller(url, code)
    yield caller
    caller.http.close()


def problem(answer: httpx2.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.headers[REQUEST_HEADER] == "r-1"
    told = answer.json()
    assert told["text"]
    return answer.status_code, told["code"]


def test_day_travels_compressed_and_a_reply_lost_on_the_way_is_given_again(caller: Caller) -> None:
    actor = caller.enrolled.staff
    prospect = send.prospect("route-p1", actor=actor)
    body = zstandard.compress(caller.body(prospect, send.visit("route-v1", "route-p1", actor=actor)))
    replies = []
    for _ in range(2):
        answer = caller.post(body, ZSTD)
        assert (answer.status_code, answer.headers[REQUEST_HEADER]) == (200, "r-1")
        replies.append(msgspec.json.decode(answer.content, type=SyncReply))
    assert [receipt.outcome for receipt in replies[0].receipts] == ["accepted", "accepted"]
    assert replies[0].receipts == replies[1].receipts


def test_every_route_but_health_and_enrol_asks_for_the_token(caller: Caller) -> None:
    del caller.http.headers["Authorization"]
    assert caller.http.get("/health").status_code == 200
    digest = "a" * 64
    for method, path in (
        ("POST", "/sync"),
        ("GET", "/schema"),
        ("GET", f"/attachments/{digest}"),
        ("PATCH", f"/attachments/{digest}"),
    ):
        assert problem(caller.http.request(method, path)) == (401, "token")
        wrong = {"Authorization": "Bearer " + "x" * 43}
        assert problem(caller.http.request(method, path, headers=wrong)) == (401, "token")
    assert caller.http.head(f"/attachments/{digest}").status_code == 401


def test_revoked_laptop_and_borrowed_token_are_turned_away(running: tuple[Administration, str], caller: Caller) -> None:
    assert problem(caller.post(caller.body(device="another"))) == (403, "device")
    running[0].revoke(caller.enrolled.device)
    assert problem(caller.post(caller.body())) == (403, "revoked")


def test_refusals_have_stable_codes(caller: Caller) -> None:
    assert problem(caller.post(b"{}", {"Content-Type": "text/html"})) == (415, "media_type")
    assert problem(caller.post(b"{}", {"Content-Encoding": "br"})) == (415, "content_coding")
    assert problem(caller.post(b"not zstd", ZSTD)) == (422, "malformed")
    assert problem(caller.post(caller.body(protocol=99))) == (426, "protocol")
    assert problem(caller.post(caller.body(protocol=0))) == (426, "protocol")
    assert problem(caller.post(b" " * (1024 * 1024 + 1))) == (413, "too_large")
    assert problem(caller.post(zstandard.compress(b" " * 50_000_000), ZSTD)) == (413, "too_large")
    assert problem(caller.http.get("/nothing")) == (404, "unknown_path")
    assert problem(caller.http.delete("/sync")) == (405, "method")
    assert problem(caller.http.get("/sync", params={"c": "x", "n": "one"})) == (422, "malformed")
    assert caller.post(caller.body()).status_code == 200
    assert problem(caller.post(caller.body(counter=0))) == (409, "clone")


def test_code_used_twice_is_said_over_the_wire(running: tuple[Administration, str], caller: Caller) -> None:
    office = running[0]
    code = office.issue_code(caller.enrolled.staff).code
    asked = json.dumps({"protocol": 1, "code": code, "device_name": "x"})
    assert caller.http.post("/enrol", content=asked).status_code == 200
    answer = caller.http.post("/enrol", content=asked)
    assert problem(answer) == (403, "code_used")
    assert "new one" in answer.json()["text"]


def test_codes_cannot_be_found_by_trying(running: tuple[Administration, str]) -> None:
    office = running[0]
    asked = json.dumps({"protocol": 1, "code": "2222-2222-2222", "device_name": "x"})
    with RunningHeadOffice(office.store, send.FixedClock()) as other, loopback.Client(base_url=other.url) as http:
        answers = [http.post("/enrol", content=asked, headers={"Content-Type": MEDIA_TYPE}) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [403] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_attachment_resumes_where_the_link_broke(running: tuple[Administration, str], caller: Caller) -> None:
    photo = bytes(range(256)) * 40
    digest = hashlib.sha256(photo).hexdigest()
    actor = caller.enrolled.staff
    path = f"/attachments/{digest}"

    def send_piece(start: int, piece: bytes) -> httpx2.Response:
        headers = {
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": str(start),
            "Upload-Length": str(len(photo)),
        }
        return caller.http.patch(path, content=piece, headers=headers)

    changes = (
        send.prospect("photo-p1", actor=actor),
        send.visit("photo-v1", "photo-p1", actor=actor, photos=(digest,)),
    )
    assert caller.post(caller.body(*changes)).json()["missing"] == [digest]
    assert dict(caller.http.head(path).headers)["upload-offset"] == "0"
    assert send_piece(0, photo[:4000]).json() == {"digest": digest, "offset": 4000, "complete": False}
    again = send_piece(0, photo[:4000])
    assert (again.status_code, again.json()["offset"], again.headers["upload-offset"]) == (409, 4000, "4000")
    assert problem(caller.http.get(path)) == (404, "attachment_unknown")
    assert running[0].incomplete()
    assert send_piece(4000, photo[4000:]).json()["complete"]
    assert caller.http.head(path).headers["upload-complete"] == "?1"
    assert not running[0].incomplete()
    assert caller.http.get(path).content == photo
    part = caller.http.get(path, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content, part.headers["content-range"]) == (206, photo[10:20], "bytes 10-19/10240")
    assert caller.http.get(path, headers={"Range": "bytes=99999-"}).status_code == 416


def test_attachment_with_other_bytes_is_discarded_and_can_be_sent_again(caller: Caller) -> None:
    photo = b"the true bytes"
    path = f"/attachments/{hashlib.sha256(photo).hexdigest()}"
    headers = {"Content-Type": "application/octet-stream", "Upload-Offset": "0", "Upload-Complete": "?1"}
    assert problem(caller.http.patch(path, content=b"other bytes...", headers=headers)) == (422, "attachment_differs")
    assert caller.http.head(path).headers["upload-offset"] == "0"
    assert caller.http.patch(path, content=photo, headers=headers).json()["complete"]


def test_attachment_no_record_of_mine_names_is_not_mine_to_read(
    running: tuple[Administration, str], caller: Caller
) -> None:
    photo = b"somebody else's"
    path = f"/attachments/{hashlib.sha256(photo).hexdigest()}"
    headers = {"Content-Type": "application/octet-stream", "Upload-Offset": "0"}
    assert caller.http.patch(path, content=photo, headers=headers).json()["complete"]
    assert problem(caller.http.get(path)) == (404, "attachment_unknown")


def test_strange_uploads_are_refused(caller: Caller) -> None:
    octets = {"Content-Type": "application/octet-stream"}
    path = f"/attachments/{'b' * 64}"
    cases: list[tuple[str, dict[str, str], bytes, tuple[int, str]]] = [
        (path, octets, b"x", (422, "malformed")),
        (path, octets | {"Upload-Offset": "-1"}, b"x", (422, "malformed")),
        (path, octets | {"Upload-Offset": "9" * 30}, b"x", (422, "malformed")),
        (path, octets | {"Upload-Offset": "0", "Upload-Length": "99999999"}, b"x", (413, "attachment_too_large")),
        (path, octets | {"Upload-Offset": "0", "Upload-Length": "1"}, b"xx", (413, "attachment_too_large")),
        (path, octets | {"Upload-Offset": "0"}, b"x" * (256 * 1024 + 1), (413, "too_large")),
        ("/attachments/XYZ", octets | {"Upload-Offset": "0"}, b"x", (404, "digest")),
    ]
    for where, headers, content, expected in cases:
        assert problem(caller.http.patch(where, content=content, headers=headers)) == expected


def test_routes_describe_themselves(caller: Caller) -> None:
    document = caller.http.get("/schema").json()
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) == {
        "/health",
        "/metrics",
        "/schema",
        "/enrol",
        "/certificate",
        "/sync",
        "/parcel",
        "/attachments/{digest}",
    }
    assert {"SyncRequest", "Change", "BriefChange"} <= document["components"]["schemas"].keys()


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**80), 2**80) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_change = st.fixed_dictionaries(
    {"id": st.text("ab-\x00\n¿", max_size=3) | _json, "n": _json, "fields": _json},
    optional={
        "kind": st.sampled_from(["prospect", "visit", "grid", "application", "staff"]) | _json,
        "record": st.text("ab\x00", max_size=3) | _json,
        "stream": st.sampled_from([send.BRANCH, "bank", "nowhere", "\x00"]) | _json,
        "actor": _json,
        "made_at": st.text(max_size=5) | _json,
        "new": _json,
        "parent": _json,
        "guard": _json,
        "after": _json,
    },
)


@settings(max_examples=examples(30, 150), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=60)
    | _json.map(json.dumps).map(str.encode)
    | st.fixed_dictionaries(
        {"protocol": st.just(1), "changes": st.lists(_change, max_size=3) | _json},
        optional={"marks": _json, "cursor": _json, "held": _json, "page": _json},
    ).map(lambda request: json.dumps(request).encode())
)
def test_nothing_a_caller_sends_is_our_fault(caller: Caller, body: bytes) -> None:
    if body.startswith(b"{") and b'"protocol": 1,' in body:
        caller.counter += 1
        named = f'"device": "{caller.enrolled.device}", "counter": {caller.counter}, '.encode()
        body = b"{" + named + body[1:]
    assert caller.post(body).status_code in (200, 413, 422, 426)


@settings(max_examples=examples(30, 150), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.builds(lambda shown, new: (shown, new), _json, _json), min_size=1, max_size=4), st.data())
def test_well_formed_changes_with_strange_values_are_answered(caller: Caller, pairs: list[Any], data: Any) -> None:
    actor = caller.enrolled.staff
    names = ["owner", "remark", "stage", "deleted", "photos", "status", "wished_fen", "x"]
    kind = data.draw(st.sampled_from(["prospect", "application", "visit", "grid"]))
    fields = {data.draw(st.sampled_from(names)): pair for pair in pairs}
    guard = {name: new for name, (_shown, new) in fields.items()}
    changes = [
        send.change(kind, "fuzzed", fields, actor=actor, new=True),
        send.prospect("fuzzed-p", actor=actor),
        send.change("prospect", "fuzzed-p", fields, actor=actor, guard=guard),
        send.change(kind, "fuzzed-c", fields, actor=actor, new=True, parent="fuzzed-p"),
    ]
    answer = caller.post(caller.body(*changes))
    assert answer.status_code == 200
    assert not {r["outcome"] for r in answer.json()["receipts"]} - {
        "accepted",
        "merged",
        "conflict",
        "refused",
        "waits",
    }


def test_nesting_without_end_is_refused(caller: Caller) -> None:
    for depth in (100, 900, 100_000):
        nested = b"[" * depth + b"]" * depth
        change = encode_change(
            send.change("grid", f"deep{depth}", {"x": (None, 1)}, actor=caller.enrolled.staff, new=True)
        )
        body = caller.body().replace(
            b'"changes":[]', b'"changes":[' + change.replace(b"[null,1]", b"[null,%b]" % nested) + b"]"
        )
        answer = caller.post(body)
        assert answer.status_code == 422 or answer.json()["receipts"][0]["outcome"] == "refused"


def test_plain_http_is_for_this_machine_alone_and_a_busy_port_is_said(
    running: tuple[Administration, str], tmp_path: Path
) -> None:
    store, clock = running[0].store, send.FixedClock()

    def code(address: Address) -> str:
        with pytest.raises(Actionable) as refused, RunningHeadOffice(store, clock, address):
            pass
        return refused.value.code

    assert code(Address("0.0.0.0", 0)) == "tls_needed"
    assert code(Address("127.0.0.1", int(running[1].rpartition(":")[2]))) == "port_busy"
    assert code(Address("127.0.0.1", 99_999)) == "host_unknown"
    nothing = Certificate(tmp_path / "none.pem", tmp_path / "none.key")
    assert code(Address("127.0.0.1", 0, nothing)) == "certificate"


def test_server_lets_go_of_its_port_when_it_stops(running: tuple[Administration, str]) -> None:
    with RunningHeadOffice(running[0].store, send.FixedClock()) as briefly:
        port = briefly.port
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", port))


def test_pace_lets_a_burst_through_and_then_so_many_a_second() -> None:
    now = [0.0]
    pace = Pace(burst=2, per_second=0.5, monotonic=lambda: now[0])
    assert [pace.wait_s("a"), pace.wait_s("a"), pace.wait_s("b")] == [0, 0, 0]
    assert pace.wait_s("a") == 2
    now[0] = 2
    assert pace.wait_s("a") == 0
