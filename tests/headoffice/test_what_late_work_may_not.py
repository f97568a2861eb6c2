"""Who does not have a customer any more adds their own word to the customer's file, and nothing else (SYNC 18)."""

from __future__ import annotations

from typing import Any

import pytest

from fieldapp.domain.application_records import Statement
from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.arrivals import arrival_of
from fieldapp.headoffice.knowledge import Knowledge
from fieldapp.headoffice.push import Manner, push
from fieldapp.headoffice.sender import Sender
from fieldapp.protocol.changes import Change, encode_change
from tests.headoffice import changes_to_send as send
from tests.headoffice.a_case import Enrol, codes, customer, employ_deciders, filled, question, submitted_case
from tests.headoffice.consents_to_send import consent
from tests.headoffice.laptops import Laptop


@pytest.fixture(autouse=True)
def deciders(office: Administration) -> None:
    employ_deciders(office)


@pytest.fixture
def zhang(office: Administration, laptop_of: Enrol) -> Laptop:
    """Zhang's laptop, which had a customer with a draft who is Li's now."""
    laptop = laptop_of("zhang")
    assert {*codes(laptop, *customer(), filled())} == {"accepted"}
    office.reassign("p1", "li")
    return laptop


def stands(office: Administration, record: str) -> bool:
    with office.store.reading() as unit:
        return record in unit.records.find([record], unit.records.streams())


def handed_in(laptop: Laptop, office: Administration, *changes: Change) -> list[str]:
    """The codes of what came in a parcel and is let in."""
    sender = Sender(laptop.author, laptop.device, send.AT, late=True)
    arrivals = [arrival_of(encode_change(change)) for change in changes]
    with office.store.writing() as unit:
        receipts = push(unit, sender, arrivals, Knowledge({}), manner=Manner.AT_LENGTH).receipts()
    return [receipt.code or receipt.outcome for receipt in receipts]


@pytest.mark.parametrize("status", ["approved", "contracted", "disbursed", "returned", "withdrawn"])
def test_no_application_begins_as_decided(office: Administration, laptop_of: Enrol, zhang: Laptop, status: Any) -> None:
    forged = filled("a2", status=status, submitted_at=send.START)
    assert codes(zhang, forged) == ["not_yours"]
    li = laptop_of("li")
    assert handed_in(li, office, filled("a3", officer="li", actor="li", status=status)) == ["not_yours"]
    assert not stands(office, "a2")
    assert not stands(office, "a3")


def test_nothing_is_said_in_anothers_name(office: Administration, zhang: Laptop) -> None:
    forged = [
        send.visit("v2", staff="li"),
        filled("a2", officer="li"),
        consent("c2", "credit_inquiry", staff="li"),
        send.creation("statement", "s2", Statement(author="reviewer", staff="chen"), parent="a1"),
    ]
    assert codes(zhang, *forged) == ["actor", "actor", "actor", "not_yours"]
    assert handed_in(zhang, office, *(send.change(
        one.kind, one.record + "x", one.fields, new=True, parent=one.parent) for one in forged
    )) == ["actor", "actor", "actor", "not_yours"]  # fmt: skip
    assert not any(stands(office, one.record) for one in forged)


def test_nobody_asks_who_asks_nothing(office: Administration, laptop_of: Enrol) -> None:
    zhang = laptop_of("zhang")
    submitted_case(zhang)
    office.reassign("p1", "li")
    assert codes(zhang, question("zhang")) == ["not_yours"]


def test_their_own_word_stands(office: Administration, laptop_of: Enrol, zhang: Laptop) -> None:
    own = [send.visit("v2"), consent("c2", "credit_inquiry"), filled("a2")]
    assert codes(zhang, *own) == ["accepted"] * 3
    hu = laptop_of("hu")
    assert codes(hu, send.visit("v3", actor="hu", staff="li")) == ["accepted"]


def test_an_officer_who_reviews_now_has_their_visits_let_in(office: Administration, laptop_of: Enrol) -> None:
    li = laptop_of("li")
    assert {*codes(li, *customer(2, actor="li"))} == {"accepted"}
    office.reassign("p2", "zhang")
    office.change_staff("li", role="reviewer")
    li.author = laptop_of("li").author
    assert handed_in(li, office, send.visit("v5", "p2", actor="li")) == ["accepted"]


def test_an_officer_writes_no_reviewers_figures(laptop_of: Enrol) -> None:
    zhang, chen = laptop_of("zhang"), laptop_of("chen")
    assert {*codes(zhang, *customer(), filled())} == {"accepted"}
    figures = Statement(author="reviewer", staff="chen")
    assert codes(zhang, send.creation("statement", "s1", figures, parent="a1")) == ["not_yours"]
    assert codes(chen, send.creation("statement", "s2", figures, actor="chen", parent="a1")) == ["accepted"]


def test_a_customer_met_before_somebody_began_to_decide_is_the_branch_heads_once_let_in(
    office: Administration, laptop_of: Enrol
) -> None:
    """Nobody who decides has customers; refused, the hand-in was all that was left of them."""
    li, hu = laptop_of("li"), laptop_of("hu")
    office.change_staff("li", role="reviewer")
    li.author = laptop_of("li").author
    assert codes(li, send.prospect("p9", actor="li")) == ["not_yours"], "by itself none comes from who decides"
    met = [*customer(2, actor="li"), send.visit("v5", "p2", actor="li")]
    assert handed_in(li, office, *met) == ["merged", "accepted", "accepted", "accepted"]
    hu.sync()
    assert {"p2", "q2", "b2", "v5"} <= hu.base.keys()
    assert hu.base["p2"].values["owner"] == "hu"
    with office.store.reading() as unit:
        found = unit.records.find(["p2", "v5"], [send.BRANCH])
    assert [one.owner for one in found.values()] == ["hu", "hu"]
    assert office.verify_chain(send.BRANCH)


def test_such_a_customer_of_another_or_where_nobody_leads_is_refused(office: Administration, laptop_of: Enrol) -> None:
    chen = laptop_of("chen")
    assert handed_in(chen, office, send.prospect("p9", actor="chen", owner="zhang")) == ["actor"]
    office.retire_staff("hu")
    assert handed_in(chen, office, send.prospect("p9", actor="chen")) == ["owner"]
