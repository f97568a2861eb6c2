"""A client written from the document alone comes through a restore, and knows a new laptop's day and the totals."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fieldapp.domain.application_records import ExternalDebt
from fieldapp.domain.records import Application
from fieldapp.headoffice.serve import RunningHeadOffice
from tests.headoffice.reference_client import Forked
from tests.headoffice.reference_restore import WholeClient
from tests.headoffice.test_reference_client import a_prospect, a_visit, plain
from tests.sync.office import LI, WANG, FixedClock, Office, closing


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office.new(tmp_path / "office.db", FixedClock())
    with closing(made):
        yield made


@pytest.fixture
def url(office: Office) -> Iterator[str]:
    with RunningHeadOffice(office.store, office.clock) as running:
        yield running.url


def client_of(office: Office, url: str, staff: str) -> WholeClient:
    client = WholeClient(url, page=7)
    client.enrol(office.administration.issue_code(staff).code)
    return client


@contextmanager
def restored(copy: Path, client: WholeClient, clock: FixedClock) -> Iterator[tuple[Office, str]]:
    """Head office from ``copy``, which has forgotten what it told ``client``, and its URL."""
    back = Office.at(copy, clock)
    with closing(back), RunningHeadOffice(back.store, clock) as running:
        client.move_to(running.url)
        yield back, running.url


def start_over(client: WholeClient) -> None:
    with pytest.raises(Forked):
        client.sync()
    client.start_over()


def backed_up(office: Office, folder: Path) -> Path:
    copy = folder / "copy.db"
    office.back_up(copy)
    return copy


def test_a_new_laptop_is_told_its_day_before_all_else_and_both_ends_hold_the_same(office: Office, url: str) -> None:
    first = client_of(office, url, LI)
    others = [a_prospect(first) for _ in range(10)]
    due, person = a_prospect(first, next_date="2026-06-01")
    visit = a_visit(first, due, "回访")
    first.sync()
    assert first.compare() == {}
    new = client_of(office, url, LI)
    told = new.first_day("2026-06-01")
    assert {state["record"] for state in told["states"]} == {due, person, visit}
    assert (told["restart"], told["more"]) == (True, True)
    assert new.screen(due)["next_date"] == "2026-06-01"
    new.sync()
    assert new.base == first.base
    assert {record for pair in others for record in pair} < new.base.keys()
    assert new.compare() == {}
    new.base[person].values["name"] = "otherwise"
    del new.base[visit]
    assert new.compare() == {"TS01": ["person", "visit"]}


def test_what_a_restored_head_office_forgot_comes_back(office: Office, url: str, tmp_path: Path) -> None:
    client, colleague = client_of(office, url, LI), client_of(office, url, WANG)
    prospect, person = a_prospect(client)
    client.sync()
    copy = backed_up(office, tmp_path)
    client.edit(person, name="忘了")
    given, theirs = a_prospect(client)
    client.sync()
    held = dict(client.base)
    colleague.sync()
    with restored(copy, client, office.clock) as (back, back_url):
        client.edit(prospect, remark="写在路上")
        start_over(client)
        assert client.base.keys() == held.keys()
        assert client.outbox == client.refused == []
        assert back.record(person).values["name"] == "忘了"
        assert back.record(prospect).values["remark"] == "写在路上"
        assert {given, theirs} < client.base.keys()
        assert client.compare() == {}
        fresh = client_of(back, back_url, LI)
        fresh.sync()
        assert fresh.base == client.base


@pytest.mark.parametrize("proving", [True, False])
def test_what_was_taken_once_is_late_at_worst_for_who_proves_it(
    office: Office, url: str, tmp_path: Path, *, proving: bool
) -> None:
    """That the customer was given to them was forgotten too: whoever cannot prove anything has no business there."""
    client, colleague = client_of(office, url, LI), client_of(office, url, WANG)
    prospect, person = a_prospect(colleague)
    colleague.sync()
    copy = backed_up(office, tmp_path)
    office.administration.reassign(prospect, LI)
    client.sync()
    client.edit(person, name="早就收了")
    client.sync()
    assert client.outcomes == {"accepted": 1}
    if not proving:
        client.proofs = []
    with restored(copy, client, office.clock) as (back, _url):
        start_over(client)
        conflicts = [(one.value, one.late) for one in back.record(person).conflicts]
        codes = {receipt["code"] for _queued, receipt in client.refused}
        assert (conflicts, codes) == (([("早就收了", True)], set()) if proving else ([], {"scope"}))


def test_a_proof_of_ones_own_making_proves_nothing(office: Office, url: str, tmp_path: Path) -> None:
    client = client_of(office, url, LI)
    _prospect, person = a_prospect(client)
    client.sync()
    copy = backed_up(office, tmp_path)
    client.edit(person, name="早就收了")
    client.sync()
    client.proofs = [(stream, "0" * 32, covered) for stream, _mark, covered in client.proofs]
    with restored(copy, client, office.clock) as (back, _url):
        start_over(client)
        assert client.refused == []
        assert back.record(person).values["name"] == "早就收了"
        assert client.compare() == {}


def test_what_has_no_parent_yet_is_kept_and_offered_again(office: Office, url: str, tmp_path: Path) -> None:
    client, head = client_of(office, url, LI), client_of(office, url, WANG)
    prospect, _person = a_prospect(client)
    for one in (client, head):
        one.sync()
    copy = backed_up(office, tmp_path)
    application = client.create("application", plain(Application(officer=client.staff)), prospect)
    debt = client.create("external_debt", plain(ExternalDebt(lender="bank")), application)
    client.sync()
    head.sync()
    del head.base[application]
    with restored(copy, head, office.clock) as (back, back_url):
        start_over(head)
        assert back.record(debt) is None
        assert [*head.images] == [debt]
        client.move_to(back_url)
        start_over(client)
        assert back.record(application) is not None
        head.sync()
        head.offer_images()
        assert head.images == {}
        assert back.record(debt) is not None
        assert head.base[debt].parent == application
