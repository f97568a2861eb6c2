"""The document is enough to hand in an application with, whole, and to decide on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.application_desk import ApplicationDesk
from fieldapp.headoffice.serve import RunningHeadOffice
from tests.headoffice.a_case import employ_deciders, identity
from tests.headoffice.changes_to_send import FixedClock
from tests.headoffice.reference_application import Applicant, Decider

PHOTO, PAPER = b"a workshop " * 100, b"%PDF-1.7 " * 50
IDENTITIES = (identity(1), identity(2), identity(3))

Client = TypeVar("Client", Applicant, Decider)


@pytest.fixture
def url(office: Administration, clock: FixedClock) -> Iterator[str]:
    employ_deciders(office)
    with RunningHeadOffice(office.store, clock) as running:
        yield running.url


@pytest.fixture
def zhang(office: Administration, url: str) -> Applicant:
    return enrolled(Applicant(url), office, "zhang")


@pytest.fixture
def decider_of(office: Administration, url: str) -> Callable[[str], Decider]:
    return lambda staff: enrolled(Decider(url), office, staff)


def enrolled(client: Client, office: Administration, staff: str) -> Client:
    client.enrol(office.issue_code(staff).code)
    client.sync()
    return client


def test_client_written_from_the_document_takes_a_loan_from_the_prospect_to_the_payment(
    office: Administration, clock: FixedClock, zhang: Applicant, decider_of: Callable[[str], Decider]
) -> None:
    prospect, application, signers = zhang.fill_in(IDENTITIES, PHOTO)
    zhang.sign_all(application, signers)
    zhang.hand_over(prospect, application, PHOTO)
    zhang.sync()
    assert [queued.change["record"] for queued in zhang.outbox] == [application], "it waits for the photo"
    assert zhang.send_attachment(PHOTO)
    zhang.sync()
    assert zhang.outbox == zhang.refused == []

    chen, deng = decider_of("chen"), decider_of("deng")
    assert chen.fetch_attachment(zhang.photo(PHOTO)["digest"]) == PHOTO
    question = chen.ask(application, "Whose shop is it?")
    chen.sync()
    zhang.sync()
    zhang.reply_to(application, question, "His own.")
    zhang.sync()
    deng.approve(application, amount_fen=4_000_000, months=12)
    deng.sync()
    assert [receipt["code"] for _, receipt in deng.refused] == ["not_reviewed"]
    chen.review(application)
    chen.sync()
    deng.sync()
    deng.approve(application, amount_fen=4_000_000, months=12)
    deng.sync()
    assert (chen.refused, len(deng.refused)) == ([], 1)

    zhang.sync()
    assert zhang.base[application].values["status"] == "approved"
    paper = zhang.freeze(application, PAPER)
    zhang.sync()
    assert zhang.missing == [zhang.photo(PAPER)["digest"]]
    assert zhang.send_attachment(PAPER)
    assert zhang.base[paper].kind == "document"
    desk = ApplicationDesk(office.store, clock)
    for act in ("contract", "disburse"):
        desk.move(application, act, by="wu")  # type: ignore[arg-type]
    zhang.sync()
    assert (zhang.base[application].values["status"], zhang.base[prospect].values["stage"]) == ("disbursed",) * 2
    assert zhang.outbox == zhang.refused == []


def test_two_clients_of_one_officer_correct_what_was_returned_and_hand_it_in_again(
    office: Administration, url: str, zhang: Applicant, decider_of: Callable[[str], Decider]
) -> None:
    other, chen = enrolled(Applicant(url), office, "zhang"), decider_of("chen")
    prospect, application, signers = zhang.fill_in(IDENTITIES, PHOTO)
    zhang.sign_all(application, signers)
    assert zhang.send_attachment(PHOTO)
    zhang.hand_over(prospect, application, PHOTO)
    zhang.sync()
    other.sync()
    other.edit(application, months=18)
    other.edit(prospect, remark="typed while it is read")
    other.sync()
    ((refused, receipt),) = other.refused
    assert (receipt["code"], refused.change["record"]) == ("not_yours", application)

    chen.sync()
    chen.send_back(application, "the amount is too high")
    chen.sync()
    for client in (zhang, other):
        client.sync()
        held = client.base[application].values
        assert (held["status"], held["decision_note"]) == ("returned", "the amount is too high")
    zhang.edit(application, amount_fen=3_000_000)
    other.give_up(refused)
    other.edit(application, months=18)
    other.sync()
    zhang.sync()
    (conflict,) = zhang.base[application].conflicts
    assert (conflict["field"], conflict["standing"], conflict["value"]) == ("amount_fen", 5_000_000, 3_000_000)
    zhang.decide(application, "amount_fen", 3_000_000)
    zhang.hand_over_corrected(application, "2026-06-01T01:05:00Z")
    zhang.sync()
    for client in (zhang, other, chen):
        client.sync()
        held = client.base[application].values
        assert (held["status"], held["amount_fen"], held["months"]) == ("submitted", 3_000_000, 18)
        assert client.base[application].conflicts == []
        assert client.outbox == []
    assert zhang.base == other.base
    assert zhang.base[prospect].values["remark"] == "typed while it is read"


def test_client_written_from_the_document_settles_what_was_open_and_hands_in_again(zhang: Applicant) -> None:
    prospect, application, signers = zhang.fill_in(IDENTITIES, PHOTO)
    assert zhang.send_attachment(PHOTO)
    zhang.hand_over(prospect, application, PHOTO)
    zhang.sync()
    ((refused, receipt),) = zhang.refused
    told = [receipt["field"], *(one["field"] for one in receipt["also"])]
    assert told[0] == "conflict_declaration"
    assert {f"consents.credit_inquiry.{who}" for who, _purpose in signers} < {*told}
    zhang.edit(application, remark_of_mine="typed behind it")
    zhang.sync()
    assert len(zhang.outbox) == 1, "a refused change holds its record"
    zhang.sign_all(application, signers)
    zhang.hand_over_again(refused, PHOTO)
    zhang.sync()
    assert zhang.outbox == []
    assert zhang.base[application].values["status"] == "submitted"
