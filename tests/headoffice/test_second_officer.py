"""E5: the second officer's word comes from a laptop of their own."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from fieldapp.domain.controls.second_officer import SignedVisit, second_officer_alerts
from fieldapp.domain.records import VisitConfirmation
from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.storage.accounts import StaffAccount
from fieldapp.protocol.changes import Change
from tests.headoffice import changes_to_send as send
from tests.headoffice.a_case import Enrol, codes, customer, employ_deciders, filled, submission
from tests.headoffice.consents_to_send import declaration, signed_case
from tests.headoffice.laptops import Laptop


@pytest.fixture(autouse=True)
def deciders(office: Administration) -> None:
    employ_deciders(office)


def asked_of(laptop: Laptop) -> list[str]:
    laptop.sync()
    return [state.record for state in laptop.base.values() if state.kind == "visit_to_confirm"]


def confirmation(asked: str, actor: str, staff: str | None = None) -> Change:
    shape = VisitConfirmation(
        visit="v1", staff=staff or actor, at=send.START, business_date=date(2026, 6, 1), zone="Asia/Shanghai"
    )
    return send.creation("visit_confirmation", f"c-{actor}-{staff}", shape, actor=actor, parent=asked)


def alerts(laptop: Laptop) -> set[str]:
    laptop.sync()
    return {str(state.values["code"]) for state in laptop.base.values() if state.kind == "alert"}


def hand_in(laptop: Laptop) -> None:
    assert {*codes(laptop, filled(), *signed_case(), submission())} == {"accepted"}


def visited(laptop: Laptop) -> None:
    sent = codes(laptop, *customer(), send.visit(second_officer="li", facts="38 tables"))
    assert {*sent} == {"accepted"}


def test_a_visit_confirmed_from_the_second_officers_laptop_is_not_told(laptop_of: Enrol) -> None:
    zhang, li = laptop_of("zhang"), laptop_of("li")
    visited(zhang)
    (asked,) = asked_of(li)
    assert (li.base[asked].values["customer"], li.base[asked].values["facts"]) == ("王小明", "38 tables")
    assert "v1" not in li.base
    assert codes(li, confirmation(asked, "li")) == ["accepted"]
    hand_in(zhang)
    assert alerts(laptop_of("chen")) == set()


def test_a_word_that_was_given_before_the_customer_moved_to_another_branch_counts(
    office: Administration, laptop_of: Enrol
) -> None:
    zhang, li = laptop_of("zhang"), laptop_of("li")
    visited(zhang)
    assert {*codes(zhang, filled(), *signed_case())} == {"accepted"}
    (asked,) = asked_of(li)
    assert codes(li, confirmation(asked, "li")) == ["accepted"]
    office.reassign("p1", "wu")
    with office.store.writing() as unit:
        unit.accounts.put_staff(StaffAccount("tan", "Tan", "reviewer", "CB02", active=True))
    wu, tan = laptop_of("wu"), laptop_of("tan")
    wu.sync()
    handed_in = [
        msgspec.structs.replace(one, actor="wu", stream="CB02") for one in (declaration("d9", actor="wu"), submission())
    ]
    assert codes(wu, *handed_in) == ["accepted"] * 2
    assert alerts(tan) == set()


def test_a_visit_that_nobody_confirmed_is_told(laptop_of: Enrol) -> None:
    zhang = laptop_of("zhang")
    visited(zhang)
    hand_in(zhang)
    assert alerts(laptop_of("chen")) == {"unconfirmed"}


def test_the_first_officer_cannot_confirm_in_the_seconds_name(laptop_of: Enrol) -> None:
    zhang, li = laptop_of("zhang"), laptop_of("li")
    visited(zhang)
    (asked,) = asked_of(li)
    assert codes(zhang, confirmation(asked, "zhang", "li")) == ["scope"]
    assert codes(laptop_of("zhang"), confirmation(asked, "li")) == ["actor"]
    assert codes(laptop_of("hu"), confirmation(asked, "hu", "li")) == ["actor"]
    hand_in(zhang)
    assert alerts(laptop_of("chen")) == {"unconfirmed"}


def test_a_branch_heads_word_is_not_the_second_officers(laptop_of: Enrol) -> None:
    zhang, li, hu = laptop_of("zhang"), laptop_of("li"), laptop_of("hu")
    visited(zhang)
    (asked,) = asked_of(li)
    hu.sync()
    assert codes(hu, confirmation(asked, "hu")) == ["accepted"]
    hand_in(zhang)
    assert alerts(laptop_of("chen")) == {"same_device"}


def test_a_confirmation_from_the_visits_own_laptop_is_told() -> None:
    owners = {"one": "li", "two": "li"}
    (noticed,) = second_officer_alerts([SignedVisit("li", "one", ("one",))], owners)
    assert noticed.code == "same_device"
    assert second_officer_alerts([SignedVisit("li", "one", ("one", "two"))], owners) == []
    assert second_officer_alerts([], owners) == []


def test_a_second_officer_unknown_gone_or_elsewhere_is_not_asked(office: Administration, laptop_of: Enrol) -> None:
    office.retire_staff("li")
    zhang = laptop_of("zhang")
    people = ("li", "wu", "nobody", "\x00", "chen")
    visits = [send.visit(f"v{number}", second_officer=name) for number, name in enumerate(people)]
    assert codes(zhang, send.prospect(), *visits) == ["accepted"] * 6
    for staff in ("hu", "wu", "chen"):
        assert asked_of(laptop_of(staff)) == []
