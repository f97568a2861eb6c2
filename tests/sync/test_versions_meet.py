"""An upgrade with much unsent work, and laptop and head office of different releases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlite_utils import Database

from fieldapp.headoffice import desk, exchange
from fieldapp.headoffice.serve import RunningHeadOffice
from fieldapp.protocol.messages import Limits
from fieldapp.store import migrations
from fieldapp.store.connection import connect
from tests.headoffice.reference_client import ReferenceClient
from tests.offline.fault_proxy import Fault, FaultProxy
from tests.offline.oracle import saved_once_everywhere
from tests.offline.test_photos import request_id
from tests.sync.office import LI, Laptop, Office

LaptopOf = Callable[..., Laptop]
FIRST_RELEASE_ENDS_BEFORE = "receipts_in_runs"


def take_back_to_the_first_release(laptop: Laptop) -> None:
    """The laptop's file as the first release would have left it: its tables, and of each row what it knew."""
    laptop.store.close()
    path = laptop.folder / "records.db"
    new = path.rename(laptop.folder / "newer.db")
    old = connect(path, laptop.key)
    migrations.laptop.apply(Database(old), stop_before=FIRST_RELEASE_ENDS_BEFORE)
    old.execute(f"ATTACH '{new}' AS newer KEY \"x'{laptop.key.hex()}'\"")
    for (table,) in old.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' AND sql LIKE '%STRICT%'"):
        here, there = (
            {row[1] for row in old.execute(f"PRAGMA {place}.table_xinfo({table})") if row[6] == 0}
            for place in ("main", "newer")
        )
        if columns := ", ".join(sorted(here & there)):
            old.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM newer.{table}")
    old.execute(
        "INSERT INTO main.outbox (n, change, kind, record, made_at, body, waits)"
        " SELECT n, change, kind, record, made_at, body, waits FROM newer.queue JOIN newer.saved_change USING (n)"
    )
    old.execute("DETACH newer")
    old.close()
    for left in laptop.folder.glob("newer.db*"):
        left.unlink()


def test_upgrade_with_five_hundred_changes_queued_sends_them_all_once(office: Office, tmp_path: Path) -> None:
    laptop = office.laptop(LI, tmp_path / "li")
    prospect, person = laptop.prospect()
    saved = [prospect, person, *(laptop.visit(prospect, f"facts {number}") for number in range(490))]
    for number in range(8):
        laptop.edit(person, name=f"王{number}")
    before = [(one.n, one.change, one.body) for one in laptop.queued()]
    assert len(before) == 500
    take_back_to_the_first_release(laptop)
    laptop.open()
    try:
        assert [(one.n, one.change, one.body) for one in laptop.queued()] == before
        assert {*saved} <= laptop.all_records().keys()
        assert len(list((laptop.folder / "backups").glob("*.db"))) == 1, "a copy was made first"
        with RunningHeadOffice(office.store, office.clock) as running:
            saved_once_everywhere(office, laptop, saved, tmp_path / "fresh", running.url)
    finally:
        laptop.store.close()


def older(asked: bytes) -> Fault:
    """The first release's head office knows no short question."""
    if not asked.startswith(b"GET /sync"):
        return Fault()
    body = b'{"code":"method","text":"Not allowed here."}'
    head = (
        b"HTTP/1.1 405 No\r\nContent-Type: application/vnd.fieldapp+json\r\n"
        b"Content-Length: %d\r\nX-Fieldapp-Request: %s\r\n\r\n"
    )
    return Fault(rewritten=lambda request: head % (len(body), request_id(request)) + body)


@pytest.fixture
def older_head_office(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that speaks protocol 1 alone."""
    monkeypatch.setattr(desk, "PROTOCOL", 1)


def test_new_laptop_speaks_with_an_older_head_office(
    older_head_office: None, office: Office, laptop_of: LaptopOf, tmp_path: Path
) -> None:
    with RunningHeadOffice(office.store, office.clock) as running, FaultProxy(running.port, choose=older) as line:
        laptop, other = laptop_of(LI), laptop_of(LI)
        prospect, person = laptop.prospect()
        saved = [prospect, person, *(laptop.visit(prospect, f"facts {number}") for number in range(600))]
        laptop.sync(line.url)
        other.sync(line.url)
        other.edit(person, name="改了")
        other.sync(line.url)
        laptop.edit(person, name="也改了")
        assert laptop.sync(line.url).conflicts == 1
        laptop.decide(person, "name", "定了")
        laptop.sync(line.url)
        assert not laptop.sync(line.url).moved, "nothing new, asked in the older way"
        saved_once_everywhere(office, laptop, saved, tmp_path / "fresh", line.url)


def test_upgrade_of_head_office_between_two_exchanges_is_taken_up(
    office: Office, laptop_of: LaptopOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop = laptop_of(LI)
    prospect, person = laptop.prospect()
    saved = [prospect, person]
    with monkeypatch.context() as before:
        before.setattr(desk, "PROTOCOL", 1)
        with RunningHeadOffice(office.store, office.clock) as running, FaultProxy(running.port, choose=older) as line:
            laptop.sync(line.url)
    saved.append(laptop.visit(prospect, "after"))
    with RunningHeadOffice(office.store, office.clock) as running:
        saved_once_everywhere(office, laptop, saved, tmp_path / "fresh", running.url)


def test_brief_form_is_saved_only_for_a_head_office_that_reads_it(
    office: Office, laptop_of: LaptopOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop = laptop_of(LI)
    prospect, person = laptop.prospect()
    with monkeypatch.context() as before:
        before.setattr(exchange, "LIMITS", Limits())  # an older head office tells of no brief form
        laptop.sync_with(office)
        saved = [prospect, person, laptop.visit(prospect, "at length")]
        (at_length,) = (one.body for one in laptop.queued())
    laptop.sync_with(office)  # which tells it, since what came is not in that form
    saved.append(laptop.visit(prospect, "in brief"))
    laptop.edit(person, name="王改")
    brief, edit = (one.body for one in laptop.queued())
    assert [b'"fields":' in body for body in (at_length, brief, edit)] == [True, False, True]
    assert [b'"values":' in body for body in (at_length, brief, edit)] == [False, True, False]
    laptop.sync_with(office)
    saved.append(laptop.visit(prospect, "in brief again"))
    assert b'"values":' in laptop.queued()[0].body, "not told anew, and still known"
    with RunningHeadOffice(office.store, office.clock) as running:
        saved_once_everywhere(office, laptop, saved, tmp_path / "fresh", running.url)
    assert laptop.screen(saved[3])["facts"] == "in brief"


def test_new_laptop_is_told_of_the_brief_form_with_its_first_page(office: Office, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    laptop.sync_with(office)
    laptop.prospect()
    assert all(b'"values":' in one.body for one in laptop.queued())


def test_older_laptop_is_understood_by_a_new_head_office(office: Office, laptop_of: LaptopOf, tmp_path: Path) -> None:
    """Protocol 1 as the document has it: every change a receipt, whole hashes, no short question."""
    laptop = laptop_of(LI)
    prospect, person = laptop.prospect()
    with RunningHeadOffice(office.store, office.clock) as running:
        laptop.sync(running.url)
        old = ReferenceClient(running.url, protocol=1)
        old.enrol(office.administration.issue_code(LI).code)
        old.sync()
        assert {prospect, person} < {*old.base}
        for number in range(500):
            old.edit(person, name=f"王{number}")
        old.sync()
        assert old.outcomes == {"accepted": 500}
        assert {path for _method, path, _status in old.requests} == {"/enrol", "/sync"}
        assert ("GET", "/sync", 204) not in old.requests
        saved_once_everywhere(office, laptop, [prospect, person], tmp_path / "fresh", running.url)
    assert laptop.screen(person)["name"] == "王499"
