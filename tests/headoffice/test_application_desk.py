"""Contract, disbursement and withdrawal are head office's, by people who decided nothing (E3)."""

from __future__ import annotations

import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.application_desk import ApplicationDesk
from tests.headoffice import changes_to_send as send
from tests.headoffice.a_case import (
    Enrol,
    codes,
    customer,
    decision,
    employ_deciders,
    filled,
    kept,
    question,
    submission,
    submitted_case,
)
from tests.headoffice.consents_to_send import signed_case


@pytest.fixture
def desk(office: Administration, clock: send.FixedClock) -> ApplicationDesk:
    employ_deciders(office)
    return ApplicationDesk(office.store, clock)


def approve(laptop_of: Enrol) -> None:
    zhang, chen, deng = laptop_of("zhang"), laptop_of("chen"), laptop_of("deng")
    submitted_case(zhang)
    assert codes(chen, decision("chen", "review"), question("chen")) == ["accepted", "accepted"]
    assert codes(deng, decision("deng", "approval")) == ["accepted"]


def code_of(desk: ApplicationDesk, act: str, by: str, number: str = "a1") -> str:
    with pytest.raises(Actionable) as refused:
        desk.move(number, act, by=by)  # type: ignore[arg-type]
    return refused.value.code


def test_an_approved_application_is_contracted_and_paid_out_by_others(
    office: Administration, desk: ApplicationDesk, laptop_of: Enrol
) -> None:
    approve(laptop_of)
    for by in ("zhang", "li", "chen", "deng"):
        assert code_of(desk, "contract", by) == "separation"
    assert code_of(desk, "disburse", "wu") == "status_move"
    assert desk.move("TS01-1", "contract", by="wu").status == "contracted"
    assert desk.move("a1", "disburse", by="wu").status == "disbursed"
    assert code_of(desk, "withdraw", "wu") == "status_move"
    zhang = laptop_of("zhang")
    zhang.sync()
    assert (zhang.base["a1"].values["status"], zhang.base["p1"].values["stage"]) == ("disbursed", "contact")
    assert office.verify_chain(send.BRANCH)


def test_the_prospects_stage_follows(office: Administration, desk: ApplicationDesk, laptop_of: Enrol) -> None:
    zhang = laptop_of("zhang")
    applied = send.change("prospect", "p1", {"stage": ("contact", "applied")})
    zhang.sync(*customer(), applied, filled(), *signed_case(), submission())
    laptop_of("chen").sync(decision("chen", "review"))
    laptop_of("deng").sync(decision("deng", "approval"))
    assert kept(office, "p1")["stage"] == "approved"
    desk.move("a1", "contract", by="wu")
    desk.move("a1", "disburse", by="wu")
    assert kept(office, "p1")["stage"] == "disbursed"


def test_nobody_unknown_or_gone_moves_it(office: Administration, desk: ApplicationDesk, laptop_of: Enrol) -> None:
    approve(laptop_of)
    assert code_of(desk, "contract", "nobody") == "staff_unknown"
    office.retire_staff("wu")
    assert code_of(desk, "contract", "wu") == "staff_inactive"
    assert code_of(desk, "contract", "hu", number="\x00?") == "application_unknown"


def test_the_list_and_the_file_say_how_it_stands(desk: ApplicationDesk, laptop_of: Enrol) -> None:
    approve(laptop_of)
    (line,) = desk.listed(branch=send.BRANCH)
    assert (line.application, line.number, line.name, line.status) == ("a1", "TS01-1", "王小明", "approved")
    assert desk.listed(status="draft") == desk.listed(branch="CB02") == []
    file = desk.show("TS01-1")
    assert [(one.level, one.outcome) for one in file.decisions] == [("review", "approve"), ("approval", "approve")]
    assert [one.text for one, _answers in file.questions] == ["Whose shop is it?"]


def test_a_reason_that_is_too_long_is_refused(desk: ApplicationDesk, laptop_of: Enrol) -> None:
    approve(laptop_of)
    with pytest.raises(Actionable) as refused:
        desk.move("a1", "withdraw", by="wu", note="长" * 20_001)
    assert refused.value.code == "too_long"
    assert desk.move("a1", "withdraw", by="wu", note="长" * 20_000).status == "withdrawn"


def test_a_customer_may_withdraw_until_the_loan_is_paid_out(desk: ApplicationDesk, laptop_of: Enrol) -> None:
    submitted_case(laptop_of("zhang"))
    assert desk.move("a1", "withdraw", by="zhang", note="no need").status == "withdrawn"
    assert code_of(desk, "contract", "wu") == "status_move"
    assert codes(laptop_of("chen"), decision("chen", "review")) == ["not_submitted"]


def test_a_number_that_two_applications_have_names_neither(desk: ApplicationDesk, laptop_of: Enrol) -> None:
    approve(laptop_of)
    zhang, li = laptop_of("zhang"), laptop_of("li")
    rival = filled("a0", "p2", number="TS01-1", officer="li", actor="li")
    assert {*codes(li, *customer(2, actor="li"), rival)} == {"accepted"}
    assert code_of(desk, "contract", "wu", "TS01-1") == "application_ambiguous"
    with pytest.raises(Actionable) as refused:
        desk.show("TS01-1")
    assert {*str(refused.value.advice).rstrip(".").split(": ")[1].split(", ")} == {"a0", "a1"}
    assert desk.show("a1").line.status == "approved"
    li.sync()
    assert codes(li, send.change("application", "a0", {"deleted": (False, True)}, actor="li")) == ["accepted"]
    assert desk.move("TS01-1", "contract", by="wu").application == "a1"
    zhang.sync()
