"""Handing a customer over tells who stands in their applications and stays behind, or goes and is missed there."""

from __future__ import annotations

import pytest

from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.separated import Separated, separated
from tests.headoffice import changes_to_send as send
from tests.headoffice.a_case import Enrol, codes, customer, employ_deciders, filled
from tests.headoffice.test_submission import party


@pytest.fixture(autouse=True)
def two_customers(office: Administration, laptop_of: Enrol) -> None:
    """The second stands in the first one's application; a spouse of the first does too."""
    employ_deciders(office)
    spouse = [send.person("q9", "p1", relation="spouse"), party("y2", "q9", "spouse")]
    sent = [*customer(), *customer(2, name="王邻居"), filled(), party("y1", "q2"), *spouse]
    assert {*codes(laptop_of("zhang"), *sent)} == {"accepted"}


@pytest.mark.parametrize("heir", ["li", "wu"], ids=["of the same sub-branch", "of another"])
@pytest.mark.parametrize(("moves", "officer"), [("p1", "heir"), ("p2", "zhang")], ids=["the loan's", "the guarantor's"])
def test_who_is_parted_from_an_application_is_told(office: Administration, heir: str, moves: str, officer: str) -> None:
    other = {"p1": "zhang", "p2": heir}[moves]
    parted = separated(office.store, [office.reassign(moves, heir)])
    named = heir if officer == "heir" else officer
    assert parted == [Separated("a1", "TS01-1", named, "q2", "王邻居", "p2", other)]


@pytest.mark.parametrize("heir", ["li", "wu"])
def test_nobody_is_parted_where_all_go_or_who_stood_in_it_was_taken_off(
    office: Administration, laptop_of: Enrol, heir: str
) -> None:
    assert separated(office.store, office.reassign_all("zhang", heir).moved) == []
    office.reassign("p2", "zhang")
    laptop = laptop_of(heir)
    laptop.sync()
    gone = send.change("party", "y1", {"deleted": (False, True)}, parent="a1", actor=heir, stream=laptop.author.branch)
    assert codes(laptop, gone) == ["accepted"]
    assert separated(office.store, [office.reassign("p1", "zhang"), office.reassign("p1", heir)]) == []


def test_nothing_moved_parts_nobody(office: Administration) -> None:
    assert separated(office.store, []) == []
