"""Health and figures over real loopback: true, without personal data, and for nobody who should not see them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.serve import Address, RunningHeadOffice
from fieldapp.headoffice.storage.direct import Direct
from fieldapp.headoffice.storage.figures import counting_conflicts
from fieldapp.headoffice.tally import Tally
from fieldapp.headoffice.watching import Watching
from fieldapp.protocol.messages import MEDIA_TYPE
from tests.headoffice import changes_to_send as send
from tests.headoffice import loopback
from tests.headoffice.changes_to_send import BRANCH, FixedClock
from tests.headoffice.test_routes import Caller

Figures = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture
def running(office: Administration, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr("fieldapp.headoffice.watching.FRESH_S", 0.0)
    with RunningHeadOffice(office.store, clock) as server:
        yield server.url


def figures_of(answer: httpx2.Response) -> Figures:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def told(url: str, **headers: str) -> Figures:
    return figures_of(loopback.get(f"{url}/metrics", headers=headers))


def value(figures: Figures, name: str, **labels: str) -> float:
    return figures[name, frozenset(labels.items())]


def require_hidden(answer: httpx2.Response) -> None:
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_path")
    assert answer.headers["content-type"] == MEDIA_TYPE


def test_health_tells_of_the_database_and_recovers(
    office: Administration, running: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = loopback.get(f"{running}/health")
    assert (answer.status_code, answer.json()) == (200, {"ok": True, "protocol": 2})
    with office.store.writing() as unit:
        unit.connection.execute(text("ALTER TABLE setting RENAME TO setting_away"))
    ill = loopback.get(f"{running}/health")
    assert (ill.status_code, ill.json()["ok"]) == (503, False)
    with office.store.writing() as unit:
        unit.connection.execute(text("ALTER TABLE setting_away RENAME TO setting"))
    assert loopback.get(f"{running}/health").status_code == 200


def test_health_answers_while_the_database_hangs(
    office: Administration, running: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fieldapp.headoffice.watching.PATIENCE_S", 0.05)
    hanging, release = threading.Event(), threading.Event()

    def hang() -> object:
        hanging.set()
        release.wait(20)
        raise AssertionError

    with monkeypatch.context() as patched:
        patched.setattr(office.store, "reading", hang)
        try:
            assert loopback.get(f"{running}/health").status_code == 503
            assert hanging.is_set()
            assert loopback.get(f"{running}/health").status_code == 503
        finally:
            release.set()


def test_figures_follow_the_work(office: Administration, clock: FixedClock, running: str) -> None:
    first = Caller(running, office.issue_code("zhang").code)
    lost = Caller(running, office.issue_code("li").code)
    office.revoke(lost.enrolled.device)
    create = send.prospect("p1", remark="甲")
    assert first.post(first.body(create)).status_code == 200
    shown = send.change("prospect", "p1", {"remark": ("甲", "乙")})
    stale = send.change("prospect", "p1", {"remark": ("甲", "丙")})
    refused = send.prospect("p2", actor="somebody")
    assert first.post(first.body(shown, stale, refused)).status_code == 200
    clock.move(hours=2)

    figures = told(running)

    assert value(figures, "fieldapp_database_up") == 1
    assert value(figures, "fieldapp_changes_total", outcome="conflict") == 1
    assert value(figures, "fieldapp_changes_total", outcome="refused") == 1
    accepted = value(figures, "fieldapp_changes_total", outcome="accepted")
    assert accepted + value(figures, "fieldapp_changes_total", outcome="merged") == 2
    assert value(figures, "fieldapp_conflicts_open", stream=BRANCH) == 1
    assert value(figures, "fieldapp_conflicts_open", stream="bank") == 0
    assert value(figures, "fieldapp_stream_entries_total", stream=BRANCH) == 3
    assert value(figures, "fieldapp_device_contact_age_seconds", device=first.enrolled.device) == 7200
    assert value(figures, "fieldapp_oldest_contact_age_seconds") == 7200
    assert not any(lost.enrolled.device in dict(labels).values() for _name, labels in figures)
    assert value(figures, "fieldapp_devices", state="in_use") == 1
    assert value(figures, "fieldapp_devices", state="revoked") == 1
    assert value(figures, "fieldapp_requests_total", route="sync", status="200") == 2
    assert value(figures, "fieldapp_requests_total", route="enrol", status="200") == 2
    assert value(figures, "fieldapp_exchange_duration_seconds_count") == 2
    assert value(figures, "fieldapp_exchange_duration_seconds_bucket", le="+Inf") == 2
    assert value(figures, "fieldapp_database_connections", worker="0", state="in_use") >= 0
    first.http.close()
    lost.http.close()


def test_figures_hold_no_personal_data(office: Administration, running: str) -> None:
    caller = Caller(running, office.issue_code("zhang").code)
    caller.post(caller.body(send.prospect("p1"), send.person("q1", mobile="13800138000")))
    caller.http.get("/王小明?mobile=13800138000")
    page = loopback.get(f"{running}/metrics").text
    for private in ("王小明", "13800138000", "Zhang", "zhang", caller.enrolled.token, "Caller"):
        assert private not in page
    caller.http.close()


def test_figures_are_told_when_the_database_is_away(office: Administration, running: str) -> None:
    with office.store.writing() as unit:
        unit.connection.execute(text("ALTER TABLE stream_head RENAME TO away"))
    figures = told(running)
    assert value(figures, "fieldapp_database_up") == 0
    assert not any(name == "fieldapp_conflicts_open" for name, _labels in figures)
    with office.store.writing() as unit:
        unit.connection.execute(text("ALTER TABLE away RENAME TO stream_head"))


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_whoever_comes_through_a_proxy_does_not_see_the_figures(header: str, running: str) -> None:
    assert loopback.get(f"{running}/metrics").status_code == 200
    require_hidden(loopback.get(f"{running}/metrics", headers={header: "203.0.113.7"}))
    require_hidden(loopback.get(f"{running}/metrics", headers={header: "127.0.0.1"}))


def test_with_a_token_only_its_holder_sees_the_figures(office: Administration, clock: FixedClock) -> None:
    with RunningHeadOffice(office.store, clock, watching=Watching("s3cret-词")) as server:
        require_hidden(loopback.get(f"{server.url}/metrics"))
        for wrong in ("Bearer s3cre", "Bearer", "Basic s3cret", "Bearer " + "x" * 9000):
            require_hidden(loopback.get(f"{server.url}/metrics", headers={"Authorization": wrong}))
        assert loopback.get(f"{server.url}/metrics", headers={"Authorization": b"Bearer \xe8\xaf"}).status_code == 404
    with RunningHeadOffice(office.store, clock, watching=Watching("s3cret")) as server:
        held = {"Authorization": "Bearer s3cret", "X-Forwarded-For": "203.0.113.7"}
        assert told(server.url, **held)


def test_trusted_proxys_word_on_the_caller_counts_and_nobody_elses(office: Administration, clock: FixedClock) -> None:
    address = Address(trusted_proxies=("127.0.0.1",))
    wrong = {"Authorization": "Bearer " + "x" * 43}
    with RunningHeadOffice(office.store, clock, address) as server, loopback.Client(base_url=server.url) as http:
        statuses = [
            http.get("/schema", headers=wrong | {"X-Forwarded-For": f"203.0.113.{n % 2}"}).status_code
            for n in range(100)
        ]
        assert set(statuses) == {401}  # fifty from each of two strangers, where one may ask sixty times
    with RunningHeadOffice(office.store, clock) as server, loopback.Client(base_url=server.url) as http:
        forged = [
            http.get("/schema", headers=wrong | {"X-Forwarded-For": f"203.0.113.{n}"}).status_code for n in range(70)
        ]
        assert 429 in forged


def test_socket_in_the_file_system_serves_and_is_taken_over_when_left_behind(
    office: Administration, clock: FixedClock, tmp_path: Path
) -> None:
    path = tmp_path / "h.sock"
    for _again in range(2):  # the second time finds what the first left behind
        with RunningHeadOffice(office.store, clock, Address(unix_socket=path)) as server:
            assert server.url == f"unix:{path}"
            assert path.stat().st_mode & 0o777 == 0o660
            with loopback.Client(
                transport=httpx2.HTTPTransport(uds=str(path), verify=loopback.TRUSTING_NOBODY), base_url="http://head"
            ) as http:
                assert http.get("/health").status_code == 200
                require_hidden(http.get("/metrics"))


def test_workers_counts_are_told_as_one_sum_and_outlive_a_worker() -> None:
    tally = Tally(3)
    for worker in range(3):
        part = tally.part(worker)
        part.started()
        part.answered("sync", 200)
        part.receipted(["accepted", "accepted", "nonsense"])
        part.exchanged(0.02 * (worker + 1))
        part.connected(worker, 5)
    tally.part(1).started()
    tally.part(1).answered("sync", 200)
    tally.part(1).answered("../../王", 299)
    assert tally.requests() == {("sync", "200"): 4, ("other", "other"): 1}
    assert tally.outcomes()["accepted"] == 6
    assert tally.starts() == [1, 2, 1]
    assert tally.connections() == [(0, 5), (1, 5), (2, 5)]
    buckets, seconds = tally.exchanges()
    assert dict(buckets)["+Inf"] == 3
    assert dict(buckets)["0.025"] == 1
    assert seconds == pytest.approx(0.12)


def test_open_conflicts_are_counted_without_reading_all_records(office: Administration) -> None:
    with office.store.reading() as unit:
        query = counting_conflicts(unit.connection)
        if not unit.records.many_writers:
            plan = str(Direct(unit.connection).rows(f"EXPLAIN QUERY PLAN {query}", {"bank", BRANCH}))
        else:
            unit.connection.execute(text("SET LOCAL enable_seqscan = off"))  # a few rows are read faster without
            plan = str(Direct(unit.connection).rows(f"EXPLAIN {query}", {"bank", BRANCH}))
    assert "record_in_conflict" in plan
