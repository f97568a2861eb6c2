"""What head office makes of decisions, questions and edits, whatever the laptop believed it may (E3, E13, E14)."""

from __future__ import annotations

import msgspec
import pytest

from fieldapp.domain.application_records import Party
from fieldapp.headoffice.administration import Administration
from tests.headoffice import changes_to_send as send
from tests.headoffice.a_case import (
    LATER,
    SUBMITTED,
    Enrol,
    answer,
    codes,
    customer,
    decision,
    employ_deciders,
    filled,
    guarantor,
    kept,
    question,
    submission,
    submitted_case,
)
from tests.headoffice.consents_to_send import declaration, signed_case


@pytest.fixture(autouse=True)
def deciders(office: Administration) -> None:
    employ_deciders(office)


def test_a_review_leaves_it_submitted_and_the_approval_approves_it(office: Administration, laptop_of: Enrol) -> None:
    zhang, chen, deng = laptop_of("zhang"), laptop_of("chen"), laptop_of("deng")
    submitted_case(zhang)
    assert codes(chen, decision("chen", "review")) == ["accepted"]
    assert kept(office, "a1")["status"] == "submitted"
    assert codes(deng, decision("deng", "approval", record="d1", conditions="insure the stock")) == ["accepted"]
    assert (kept(office, "a1")["status"], kept(office, "a1")["decision_note"]) == ("approved", "insure the stock")
    zhang.sync()
    assert zhang.base["a1"].values["status"] == "approved"
    assert zhang.base["d1"].values["amount_fen"] == 4_000_000
    assert office.verify_chain(send.BRANCH)


@pytest.mark.parametrize(("outcome", "status"), [("return", "returned"), ("decline", "declined")])
@pytest.mark.parametrize(("staff", "level"), [("chen", "review"), ("deng", "approval")])
def test_either_level_returns_and_declines(
    office: Administration, laptop_of: Enrol, staff: str, level: str, outcome: str, status: str
) -> None:
    submitted_case(laptop_of("zhang"))
    if level == "approval":
        laptop_of("chen").sync(decision("chen", "review"))
    assert codes(laptop_of(staff), decision(staff, level, outcome)) == ["accepted"]
    assert kept(office, "a1")["status"] == status


@pytest.mark.parametrize(("staff", "role"), [("zhang", "reviewer"), ("li", "reviewer")])
def test_who_investigated_cannot_review_after_a_change_of_position(
    office: Administration, laptop_of: Enrol, staff: str, role: str
) -> None:
    submitted_case(laptop_of("zhang"))
    office.reassign("p1", "hu")
    office.change_staff(staff, role=role)
    assert codes(laptop_of(staff), decision(staff, "review")) == ["separation"]
    assert kept(office, "a1")["status"] == "submitted"


def test_naming_another_officer_makes_nobody_a_stranger_to_the_case(office: Administration, laptop_of: Enrol) -> None:
    zhang, hu = laptop_of("zhang"), laptop_of("hu")
    zhang.sync(*customer(), filled(officer="zhang"), *signed_case())
    for before, after in (("zhang", "li"), ("li", "hu")):
        hu.sync(send.change("application", "a1", {"officer": (before, after)}, actor="hu"))
    assert codes(zhang, send.change("application", "a1", HANDED_IN)) == ["merged"]
    assert (kept(office, "a1")["officer"], kept(office, "a1")["status"]) == ("hu", "submitted")
    office.reassign("p1", "hu")
    for staff in ("zhang", "li"):
        office.change_staff(staff, role="reviewer")
        assert codes(laptop_of(staff), decision(staff, "review")) == ["separation"]
    assert codes(laptop_of("chen"), decision("chen", "review")) == ["accepted"]


@pytest.mark.parametrize("officer", ["nobody", "wu", "chen", ""])
def test_the_officer_of_an_application_works_in_the_branch_and_decides_nothing(
    office: Administration, laptop_of: Enrol, officer: str
) -> None:
    laptop_of("zhang").sync(*customer(), filled(officer="zhang"))
    hu = laptop_of("hu")
    assert codes(hu, send.change("application", "a1", {"officer": ("zhang", officer)}, actor="hu")) == ["owner"]
    assert kept(office, "a1")["officer"] == "zhang"
    anew = send.change("application", "a9", send.application("a9").fields | {"officer": (None, officer)}, actor="hu")
    assert codes(hu, msgspec.structs.replace(anew, new=True, parent="p1")) == ["owner"]


@pytest.mark.parametrize("part", ["began it", "handed it in"])
def test_who_began_a_case_or_handed_it_in_in_anothers_name_took_part(
    office: Administration, laptop_of: Enrol, part: str
) -> None:
    zhang, hu = laptop_of("zhang"), laptop_of("hu")
    begins, hands_in = (hu, zhang) if part == "began it" else (zhang, hu)
    zhang.sync(*customer())
    actor = begins.author.staff
    begins.sync(filled(officer="zhang", actor=actor))
    zhang.sync(*signed_case())
    declared = declaration("d2", actor="hu")
    handed_in = send.change("application", "a1", HANDED_IN, actor=hands_in.author.staff)
    hands_in.sync()
    hands_in.sync(*([declared] if hands_in is hu else []), handed_in)
    assert (kept(office, "a1")["officer"], kept(office, "a1")["status"]) == ("zhang", "submitted")
    office.change_staff("hu", role="reviewer")
    assert codes(laptop_of("hu"), decision("hu", "review")) == ["separation"]


HANDED_IN = {"status": ("draft", "submitted"), "submitted_at": (None, SUBMITTED)}


def test_who_reviewed_cannot_approve_after_a_change_of_position(office: Administration, laptop_of: Enrol) -> None:
    submitted_case(laptop_of("zhang"))
    laptop_of("chen").sync(decision("chen", "review"))
    office.change_staff("chen", role="approver")
    assert codes(laptop_of("chen"), decision("chen", "approval")) == ["separation"]


def test_a_laptop_that_skips_its_own_check_is_refused(office: Administration, laptop_of: Enrol) -> None:
    zhang, chen, fang, deng, hu = (laptop_of(name) for name in ("zhang", "chen", "fang", "deng", "hu"))
    submitted_case(zhang)
    assert codes(zhang, decision("zhang", "approval")) == ["not_yours"]
    assert codes(hu, decision("hu", "approval")) == ["not_yours"]
    assert codes(deng, decision("deng", "approval")) == ["not_reviewed"]
    assert codes(chen, decision("deng", "approval")) == ["actor"]
    assert codes(chen, decision("chen", "approval")) == ["role"]
    assert codes(chen, decision("chen", "review")) == ["accepted"]
    assert codes(fang, decision("fang", "review", "decline")) == ["already_decided"]
    assert codes(deng, decision("deng", "approval", amount_fen=5_000_001)) == ["terms"]
    assert codes(deng, send.change("application", "a1", {"status": ("submitted", "approved")}, actor="deng")) == [
        "not_yours"
    ]
    assert kept(office, "a1")["status"] == "submitted"


def test_a_decision_made_offline_and_sent_later_is_refused(
    office: Administration, laptop_of: Enrol, clock: send.FixedClock
) -> None:
    submitted_case(laptop_of("zhang"))
    queued = decision("chen", "review"), question("chen")
    clock.time += LATER
    assert codes(laptop_of("chen"), *queued) == ["not_online", "not_online"]


def test_a_lost_reply_does_not_decide_twice(office: Administration, laptop_of: Enrol) -> None:
    submitted_case(laptop_of("zhang"))
    chen = laptop_of("chen")
    decided = decision("chen", "review")
    first = chen.ask(chen.request(decided))
    again = chen.ask(chen.request(decided))
    assert [r.outcome for r in (*first.receipts, *again.receipts)] == ["accepted", "accepted"]
    assert first.receipts[0].seq == again.receipts[0].seq


def test_a_review_does_not_count_for_the_next_submission(
    office: Administration, laptop_of: Enrol, clock: send.FixedClock
) -> None:
    zhang, chen, deng = laptop_of("zhang"), laptop_of("chen"), laptop_of("deng")
    submitted_case(zhang)
    chen.sync(decision("chen", "review"))
    assert codes(deng, decision("deng", "approval", "return")) == ["accepted"]
    zhang.sync()
    same_time = send.change("application", "a1", {"status": ("returned", "submitted")})
    assert codes(zhang, same_time) == ["submitted_at"]
    later = "2026-06-01T01:05:00Z"
    anew = submission(at=later, shown=SUBMITTED, was="returned")
    assert codes(laptop_of("zhang"), anew) == ["merged"]
    assert codes(deng, decision("deng", "approval", record="second")) == ["stale"]
    assert codes(deng, decision("deng", "approval", record="third", submission=later)) == ["not_reviewed"]


def test_nothing_submitted_is_changed_or_added_to(office: Administration, laptop_of: Enrol) -> None:
    zhang, hu = laptop_of("zhang"), laptop_of("hu")
    zhang.sync(*customer(), filled(guarantee_mode="joint"), *guarantor(), *signed_case(), submission())
    edit = send.change("party", "y1", {"signs": (True, False)})
    orphan = send.change("party", "y1", {"relation": ("邻居", "x")}, parent="nowhere")
    another = send.creation("party", "y2", Party(person="q1", role="guarantor"), parent="a1")
    assert codes(zhang, edit, another) == ["submitted", "submitted"]
    assert codes(laptop_of("zhang"), orphan) == ["submitted"]
    hu.sync()
    assert codes(hu, send.change("party", "y1", {"signs": (True, False)}, actor="hu")) == ["submitted"]
    amount = send.change("application", "a1", {"amount_fen": (5_000_000, 9_000_000)}, actor="hu")
    assert codes(hu, amount) == ["not_yours"]
    assert kept(office, "y1")["signs"] is True


def test_a_returned_application_is_open_again(office: Administration, laptop_of: Enrol) -> None:
    zhang, chen = laptop_of("zhang"), laptop_of("chen")
    submitted_case(zhang)
    chen.sync(decision("chen", "review", "return"), question("chen"))
    zhang.sync()
    assert zhang.base["k1"].values["text"] == "Whose shop is it?"
    party = send.creation("party", "y1", Party(person="q1", role="guarantor"), parent="a1")
    assert codes(zhang, party, answer("zhang")) == ["accepted", "accepted"]
    chen.sync()
    assert chen.base["w1"].values["text"] == "His own."
    assert codes(zhang, answer("zhang", to="p1", record="w2")) == ["question"]


def test_who_decides_reads_submitted_cases_of_the_branch_and_nothing_else(laptop_of: Enrol) -> None:
    zhang, chen = laptop_of("zhang"), laptop_of("chen")
    chen.sync()
    zhang.sync(send.prospect("p2"), send.person("q2", "p2"), filled("a2", "p2"))
    chen.sync()
    assert shown(chen) == set()
    submitted_case(zhang)
    zhang.sync(send.prospect("p3"))
    chen.sync()
    assert shown(chen) == {"p1", "q1", "b1", "v1", "a1", "a1-c", "a1-d", "a1-n"}
    zhang.sync(send.visit("v9"))
    chen.sync()
    assert "v9" in chen.base


def shown(laptop: object) -> set[str]:
    told = laptop.base.items()  # type: ignore[attr-defined]
    return {name for name, state in told if state.rev[1] != "bank" and state.kind != "alert"}


def test_who_decides_changes_nothing_of_a_customer(office: Administration, laptop_of: Enrol) -> None:
    chen = laptop_of("chen")
    submitted_case(laptop_of("zhang"))
    rename = send.change("person", "q1", {"name": ("王小明", "张三")}, actor="chen")
    assert codes(chen, rename) == ["not_yours"]
    assert codes(chen, send.prospect("p7", actor="chen")) == ["not_yours"]
    assert codes(chen, send.visit("v7", actor="chen")) == ["not_yours"]
    assert kept(office, "q1")["name"] == "王小明"


def test_a_customer_who_moves_to_another_branch_leaves_its_reviewers(office: Administration, laptop_of: Enrol) -> None:
    chen = laptop_of("chen")
    submitted_case(laptop_of("zhang"))
    chen.sync()
    assert "p1" in chen.base
    office.reassign("p1", "wu")
    chen.sync()
    assert shown(chen) == set()
    assert codes(chen, decision("chen", "review", record="after")) == ["scope"]


@pytest.mark.parametrize("status", ["submitted", "withdrawn"])
def test_a_client_that_left_out_what_it_had_nothing_to_say_of_is_answered(
    office: Administration, laptop_of: Enrol, status: str
) -> None:
    zhang = laptop_of("zhang")
    whole = send.application()
    told = {name: pair for name, pair in whole.fields.items() if pair != (None, None)}
    assert "submitted_at" not in told
    begun = msgspec.structs.replace(whole, fields=told)
    handed_on = send.change("application", "a1", {"status": ("draft", status)})
    sent = zhang.outcomes(send.prospect(), send.person(), begun, handed_on)
    assert sent[:3] == ["accepted"] * 3
    assert sent[3] in ("accepted", "refused"), "a fault of head office makes it wait for ever"


def test_no_decision_says_that_it_came_back_after_a_restore(office: Administration, laptop_of: Enrol) -> None:
    zhang, chen, deng = laptop_of("zhang"), laptop_of("chen"), laptop_of("deng")
    submitted_case(zhang)
    assert codes(chen, decision("chen", "review")) == ["accepted"]
    forged = msgspec.structs.replace(decision("deng", "approval"), id="rescue-1")
    assert codes(deng, forged) == ["malformed"]
    assert kept(office, "a1")["status"] == "submitted"


def test_no_customer_is_given_to_somebody_who_decides(office: Administration, laptop_of: Enrol) -> None:
    hu = laptop_of("hu")
    assert {*codes(hu, *customer(actor="hu"))} == {"accepted"}
    assert codes(hu, send.change("prospect", "p1", {"owner": ("hu", "chen")}, actor="hu")) == ["owner"]
    assert codes(hu, send.prospect("p2", actor="hu", owner="deng")) == ["owner"]
    assert kept(office, "p1")["owner"] == "hu"


def test_what_belongs_to_an_application_stands_under_nothing_else(office: Administration, laptop_of: Enrol) -> None:
    zhang, deng = laptop_of("zhang"), laptop_of("deng")
    submitted_case(zhang)
    assert codes(deng, msgspec.structs.replace(decision("deng", "approval"), parent="p1")) == ["parent"]
    assert "status" not in kept(office, "p1")
    misplaced = [
        send.creation("party", "y9", Party(person="q1", role="guarantor"), parent="p1"),
        send.person("q9", "a1"),
        filled("a9", "q1"),
        send.visit("v9", "a1"),
        send.visit("v8", "q1", second_officer="li"),
    ]
    assert codes(zhang, *misplaced) == ["parent"] * 5


def test_a_visits_paper_stands_under_the_visit(laptop_of: Enrol) -> None:
    zhang = laptop_of("zhang")
    submitted_case(zhang)
    paper = {"kind": "visit", "number": "TS01-1", "version": 1, "template": "A01", "state": "sealed"}
    digests = {"data_digest": "a" * 64, "pdf_digest": "b" * 64}
    made = {"staff": "zhang", "made_at": send.AT, "business_date": "2026-06-01", "about": "", "photos": []}
    fields = {name: (None, value) for name, value in (paper | digests | made).items()}
    assert codes(zhang, send.change("document", "d1", fields, parent="v1", new=True)) == ["accepted"]
