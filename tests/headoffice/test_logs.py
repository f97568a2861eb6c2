"""A whole day in the log, with everything that can go wrong in it, and not one name, number or text of a person."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from fieldapp.domain.errors import Actionable
from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.logs import EventFormatter, LogFormat
from fieldapp.headoffice.serve import RunningHeadOffice
from tests.headoffice import changes_to_send as send
from tests.headoffice import loopback
from tests.headoffice.changes_to_send import FixedClock
from tests.headoffice.test_routes import Caller

NAME, MOBILE, IDENTITY, ADDRESS = "欧阳明月", "13812345678", "421224199003074518", "通山县大畈镇板桥村"
STAFF_NAME, DEVICE_NAME, FREE_TEXT = "司马相如", "司马的电脑", "他说下周还款"
PRIVATE = (NAME, MOBILE, IDENTITY, ADDRESS, STAFF_NAME, DEVICE_NAME, FREE_TEXT, "5000000", "Ouyang")


@pytest.fixture(params=["json", "plain"])
def written(request: pytest.FixtureRequest) -> Iterator[tuple[LogFormat, io.StringIO]]:
    """What head office writes meanwhile, however talkative it is told to be."""
    shape: LogFormat = request.param
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(EventFormatter(shape, worker=3))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    for noisy in ("httpcore2", "httpx2", "asyncio", "faker"):  # the test's own side of the conversation
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        yield shape, lines
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


def a_day(office: Administration, url: str) -> list[str]:
    """Everything that happens on good and bad days; returns the secrets that were in use."""
    officer = office.add_staff(STAFF_NAME, "officer", send.BRANCH)
    code = office.issue_code(officer).code
    caller = Caller(url, code)
    prospect = send.prospect("p1", actor=officer, remark=FREE_TEXT, village=ADDRESS)
    person = send.person("q1", actor=officer, name=NAME, mobile=MOBILE, id_number=IDENTITY, actual_address=ADDRESS)
    visit = send.visit("v1", actor=officer, facts=f"{NAME} {MOBILE}", opinion=FREE_TEXT)
    assert caller.post(caller.body(prospect, person, visit)).status_code == 200
    edits = [send.change("person", "q1", {"name": (NAME, f"{NAME}{n}")}, actor=officer) for n in range(2)]
    refused = [
        send.person("q2", "p1", actor=NAME, name=NAME),
        send.change("visit", "v1", {"facts": ("", MOBILE)}, actor=officer),
        send.change("person", "q1", {"mobile": (MOBILE, [MOBILE])}, actor=officer),
        send.application("a1", actor=officer, amount_fen=5_000_000, months=-5),
        send.creation("prospect", "elsewhere", send.Prospect(owner=NAME), actor=officer, stream=NAME),
    ]
    caller.post(caller.body(*edits, *refused))
    for body in (f'{{"protocol":1,"name":"{NAME}"}}'.encode(), NAME.encode(), b"\xff" + MOBILE.encode(), b"[" * 5000):
        caller.post(body)
    for path in (f"/{NAME}", f"/sync/{MOBILE}", f"/attachments/{NAME}?mobile={MOBILE}", f"/metrics?{NAME}"):
        caller.http.get(path)
    caller.http.get("/schema", headers={"X-Fieldapp-Request": MOBILE.replace("1", "Ouyang 1"), "User-Agent": "Ouyang"})
    caller.http.post("/enrol", content=json.dumps({"protocol": 1, "code": "Ouyang", "device_name": DEVICE_NAME}))
    again = office.issue_code(officer).code
    caller.http.post("/enrol", content=json.dumps({"protocol": 1, "code": again, "device_name": DEVICE_NAME}))
    with office.store.writing() as unit:
        for statement in _REFUSING_RECEIPTS[unit.connection.dialect.name]:
            unit.connection.execute(text(statement))
    doomed = caller.body(send.person("q3", "p1", actor=officer, name=NAME, mobile=MOBILE))
    assert caller.post(doomed).status_code in (200, 500, 503)
    with office.store.writing() as unit:
        on = "" if unit.connection.dialect.name == "sqlite" else "ON receipt"
        unit.connection.execute(text(f"DROP TRIGGER refusing {on}"))
    office.reassign("p1", "wu")
    office.change_staff(officer, name=STAFF_NAME * 2)
    office.revoke(caller.enrolled.device)
    assert caller.post(caller.body()).status_code == 403
    with pytest.raises(Actionable):
        office.add_branch(send.branch(NAME))
    with pytest.raises(httpx2.TransportError), loopback.Client(base_url=url, timeout=0.01) as impatient:
        impatient.post("/sync", content=(piece for piece in _endless()))
    caller.http.close()
    return [caller.enrolled.token, code, again]


_REFUSING_RECEIPTS = {
    "sqlite": ("CREATE TRIGGER refusing BEFORE INSERT ON receipt BEGIN SELECT RAISE(ABORT, 'no'); END",),
    "postgresql": (
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'no %', (SELECT string_agg(field_values, ' ') FROM record); END $$",
        "CREATE TRIGGER refusing BEFORE INSERT ON receipt FOR EACH ROW EXECUTE FUNCTION refuse()",
    ),
}
"""The database's own errors name what they were about."""


def _endless() -> Iterator[bytes]:
    yield MOBILE.encode()
    raise httpx2.WriteError("the link broke")


def test_whole_day_in_the_log_names_nobody(
    office: Administration, clock: FixedClock, written: tuple[LogFormat, io.StringIO], tmp_path: Path
) -> None:
    shape, lines = written
    with RunningHeadOffice(office.store, clock) as server:
        secrets = a_day(office, server.url)
    office.export(tmp_path / "export")
    log = lines.getvalue()
    for private in (*PRIVATE, *secrets, *(secret.replace("-", "") for secret in secrets)):
        assert private not in log, private
        assert json.dumps(private)[1:-1] not in log, private
    said = log.splitlines()
    for event in ("answered", "exchanged", "enrolled", "staff_added", "reassigned", "device_revoked", "exported"):
        assert any(event in line for line in said), event
    assert any("rror" in line and "sqlalchemy.exc" in line for line in said)
    if shape == "json":
        told = [json.loads(line) for line in said]
        assert all({"at", "level", "logger", "event", "worker"} <= one.keys() for one in told)
        exchanged = [one for one in told if one["event"] == "exchanged"]
        assert {one["request"] for one in exchanged} == {"r-1"}


def record(logger: str, message: Any, *args: object, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord(logger, logging.WARNING, "/srv/f.py", 7, message, args, None)
    made.__dict__.update(extra)
    return made


def test_only_ids_and_counts_stand_beside_an_event() -> None:
    formatter = EventFormatter("json")
    told = json.loads(
        formatter.format(
            record(
                "fieldapp.headoffice.x",
                "seen",
                device="01a2",
                staff=NAME,
                records=3,
                streams=["TS01", NAME],
                customer="x",
                url="http://[::1]:8460",
                code="a\nb",
                more=True,
                digest="d" * 1000,
            )
        )
    )
    assert {key: told[key] for key in told.keys() - {"at", "level", "logger"}} == {
        "event": "seen",
        "device": "01a2",
        "staff": "?",
        "records": 3,
        "streams": ["TS01", "?"],
        "url": "http://[::1]:8460",
        "code": "?",
        "more": True,
        "digest": "?",
    }


def _fail() -> None:
    raise ValueError(f"{NAME}\n{MOBILE}") from KeyError(NAME)


@pytest.mark.parametrize("shape", ["json", "plain"])
def test_line_is_one_line_whatever_a_library_says(shape: LogFormat) -> None:
    formatter = EventFormatter(shape)
    made = record("some.library", f"{NAME} said\n%s", MOBILE)
    try:
        _fail()
    except ValueError as error:
        made.exc_info = (type(error), error, error.__traceback__)
    line = formatter.format(made)
    assert "\n" not in line
    assert NAME not in line
    assert MOBILE not in line
    for kept in ("builtins.ValueError", "builtins.KeyError", "test_logs.py"):
        assert kept in line
