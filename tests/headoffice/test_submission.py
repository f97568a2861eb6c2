"""What is handed in is whole at head office too, though a laptop skips every check of its own (DOMAIN B, E2, E14)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from fieldapp.domain.application_records import (
    Collateral,
    CrossCheck,
    ExternalDebt,
    FlowLine,
    Guarantee,
    LookPhotos,
    Party,
    Statement,
    ThreeLooks,
)
from fieldapp.domain.kinds import FORM_PARTS
from fieldapp.domain.records import Photo, Use
from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.case import Case
from fieldapp.protocol.changes import Change
from tests.headoffice import changes_to_send as send
from tests.headoffice.a_case import (
    Enrol,
    codes,
    customer,
    employ_deciders,
    filled,
    guarantor,
    identity,
    kept,
    submission,
    submitted_case,
)
from tests.headoffice.consents_to_send import consent, declaration, signed_case
from tests.headoffice.laptops import Laptop


@pytest.fixture
def zhang(office: Administration, laptop_of: Enrol) -> Laptop:
    employ_deciders(office)
    return laptop_of("zhang")


def handed_in(laptop: Laptop, *rows: Change, person: dict[str, Any] | None = None, **fields: Any) -> str:
    """What head office makes of the submission of a whole application with ``rows`` and other ``fields``."""
    before = codes(laptop, *customer(**(person or {})), filled(**fields), *rows, *signed_case())
    assert {*before} == {"accepted"}
    return codes(laptop, hand_over())[0]


def hand_over() -> Change:
    """The submission: corrected and sent again it stands at the place of the one that was refused (SYNC 17)."""
    return msgspec.structs.replace(submission(), n=100_000)


def test_everything_open_is_told_at_once(zhang: Laptop) -> None:
    rows = [party("y1", "q1"), party("y2", "q1")]
    before = codes(zhang, *customer(), filled(guarantee_mode="joint", repayment_source=""), *rows)
    assert {*before} == {"accepted"}
    handing_over = hand_over()
    (receipt,) = zhang.sync(handing_over).receipts
    told = [(receipt.code, receipt.field), *((one.code, one.field) for one in receipt.also)]
    assert len(told) == len({*told})
    fields = [field for _, field in told]
    assert {"conflict_declaration", "repayment_source"} <= {*fields}
    assert any(field.endswith("/y2") for field in fields)
    assert all(one.text for one in receipt.also)
    assert [*zhang.sync(handing_over).receipts] == [receipt], "the same for ever"

    class ReceiptOfBefore(msgspec.Struct, frozen=True, kw_only=True):
        change: str
        outcome: str
        code: str = ""
        text: str = ""
        field: str | None = None

    of_before = msgspec.json.decode(msgspec.json.encode(receipt), type=ReceiptOfBefore)
    assert (of_before.code, of_before.field) == (receipt.code, receipt.field)


def party(record: str, person: str, role: Any = "guarantor", **fields: Any) -> Change:
    shape = Party(person=person, role=role, **{"relation": "邻居", **fields})
    return send.creation("party", record, shape, parent="a1")


def signed_by(person: str, purpose: str = "application") -> list[Change]:
    named = {"signer": person, "parent": "a1"}
    return [
        consent(f"{person}-c", "credit_inquiry", purposes=(purpose,), **named),
        consent(f"{person}-n", "personal_information", **named),
    ]


def test_a_whole_application_is_taken_in(zhang: Laptop) -> None:
    assert handed_in(zhang) == "accepted"


def test_a_loan_with_a_guarantor_and_what_they_signed_is_taken_in(zhang: Laptop) -> None:
    assert handed_in(zhang, *guarantor(), guarantee_mode="joint") == "accepted"


def test_nobody_stands_in_for_their_own_debt(zhang: Laptop) -> None:
    own = Guarantee(guarantor="q1", mode="joint", amount_fen=5_000_000)
    rows = [party("y1", "q1"), send.creation("guarantee", "z1", own, parent="a1")]
    assert handed_in(zhang, *rows, guarantee_mode="joint") == "party_is_borrower"


def test_nobody_stands_in_for_their_own_debt_under_a_second_record(zhang: Laptop) -> None:
    twin = send.person("q9", "p1", relation="other", id_number=identity(), mobile="13900000009")
    assert handed_in(zhang, twin, party("y1", "q9", "co_borrower"), *signed_by("q9")) == "party_is_borrower"


@pytest.mark.parametrize("role", ["co_borrower", "pledgor"])
def test_nobody_stands_in_twice(zhang: Laptop, role: str) -> None:
    assert handed_in(zhang, *guarantor(), party("y2", "g1", role), guarantee_mode="joint") == "party_twice"


def test_a_person_of_another_customer_stands_in_and_not_twice(zhang: Laptop) -> None:
    zhang.sync(*customer(2))
    once = [party("y1", "q2", "co_borrower"), *signed_by("q2")]
    again = send.person("q9", "p1", relation="other", id_number=identity(2), mobile="13900000009")
    assert handed_in(zhang, *once, again, party("y2", "q9", "pledgor"), *signed_by("q9")) == "party_twice"
    gone = send.change("party", "y2", {"deleted": (False, True)}, parent="a1")
    assert codes(zhang, gone, hand_over()) == ["accepted", "accepted"]


def test_those_who_decide_read_the_people_of_other_customers_who_stand_in_it_and_nothing_else_of_them(
    zhang: Laptop, laptop_of: Enrol
) -> None:
    zhang.sync(*customer(2), *customer(3), filled("a2", "p2", person="q2"))
    chen = laptop_of("chen")
    chen.sync()
    assert handed_in(zhang, party("y1", "q2", "co_borrower"), *signed_by("q2")) == "accepted"
    chen.sync()
    assert {"p1", "q1", "a1", "y1", "q2"} <= chen.base.keys()
    assert not {"p2", "b2", "a2", "p3", "q3"} & chen.base.keys()
    zhang.sync(send.change("person", "q2", {"mobile": ("13800000002", "13700000000")}))
    chen.sync()
    assert chen.base["q2"].values["mobile"] == "13700000000"
    anew = laptop_of("deng")
    anew.sync()
    assert anew.base.keys() == chen.base.keys()


def test_a_person_who_is_nowhere_stands_in_for_nothing(zhang: Laptop) -> None:
    rows = [party("y1", "nobody", "co_borrower"), *signed_by("nobody")]
    assert handed_in(zhang, *rows) == "party_gone"


def married(signs: bool | None, reason: str = "") -> list[Change]:
    """The borrower's spouse, who signed the texts; what is said of the signature, if anything is."""
    rows = [send.person("q9", "p1", name="李梅", relation="spouse", id_number=identity(9)), *signed_by("q9")]
    if signs is not None:
        rows.append(party("y1", "q9", "spouse", signs=signs, no_signature_reason=reason))
    return rows


@pytest.mark.parametrize("signs", [None, True])
def test_a_spouse_signs(zhang: Laptop, signs: bool | None) -> None:
    assert handed_in(zhang, *married(signs), person={"marital": "married"}) == "accepted"


def test_a_spouse_who_does_not_sign_has_a_reason(zhang: Laptop) -> None:
    rows = married(signs=False, reason="分居多年,无法联系")
    assert handed_in(zhang, *rows, person={"marital": "married"}) == "accepted"
    silent = send.creation("party", "y9", Party(person="q9", role="spouse", signs=False), parent="a1")
    assert codes(zhang, silent) == ["submitted"]


def test_a_spouse_excused_without_a_reason_is_refused_at_the_row(zhang: Laptop) -> None:
    zhang.sync(*customer(), filled())
    silent = send.creation("party", "y9", Party(person="q9", role="spouse", signs=False), parent="a1")
    assert codes(zhang, silent) == ["no_signature_reason"]


def test_a_married_borrower_has_a_spouse(zhang: Laptop) -> None:
    assert handed_in(zhang, person={"marital": "married"}) == "missing"


def test_the_spouse_does_not_guarantee_as_well(zhang: Laptop) -> None:
    own = Guarantee(guarantor="q9", mode="joint", amount_fen=5_000_000)
    rows = [*married(None), party("y2", "q9"), send.creation("guarantee", "z1", own, parent="a1")]
    assert handed_in(zhang, *rows, person={"marital": "married"}, guarantee_mode="joint") == "party_is_spouse"


def test_a_guarantee_is_there_and_states_its_mode(zhang: Laptop) -> None:
    unstated = send.creation("guarantee", "z1", Guarantee(guarantor="g1", amount_fen=5), parent="a1")
    assert handed_in(zhang, guarantee_mode="joint") == "guarantor_needed"
    assert codes(zhang, unstated) == ["mode_missing"]
    promised, *rest = [one for one in guarantor() if one.kind != "guarantee"]
    assert {*codes(zhang, promised, *rest)} == {"accepted"}
    assert codes(zhang, hand_over()) == ["guarantee_mode"]


def test_what_stands_in_for_an_unsecured_loan_is_not_hidden(zhang: Laptop) -> None:
    assert handed_in(zhang, *guarantor()) == "not_unsecured"


def test_what_secures_a_loan_belongs_to_somebody_in_it(zhang: Laptop) -> None:
    thing = Collateral(owner="nobody", kind="house", mode="mortgage", description="示例街 28 号", value_fen=9_000_000)
    house = send.creation("collateral", "h1", thing, parent="a1")
    assert handed_in(zhang, house, guarantee_mode="mortgage") == "owner_no_party"
    mended = send.change("collateral", "h1", {"owner": ("nobody", "q1")}, parent="a1")
    assert codes(zhang, mended, hand_over()) == ["accepted", "accepted"]


def test_a_debt_says_what_is_owed(zhang: Laptop) -> None:
    assert handed_in(zhang, send.creation("external_debt", "e1", ExternalDebt(lender="银行"), parent="a1")) == "balance"


def test_debts_weigh_as_their_rows_say_and_not_as_the_form_claims(zhang: Laptop) -> None:
    heavy = ExternalDebt(lender="银行", balance_fen=60_000_000, instalment_fen=600_000)
    light = {"months": 36, "existing_debt_fen": 0, "existing_instalments_fen": 0, "over_limit_reason": ""}
    row = send.creation("external_debt", "e1", heavy, parent="a1")
    assert handed_in(zhang, row, **light) == "missing"


def test_the_same_loan_without_the_debts_needs_no_reason(zhang: Laptop) -> None:
    assert handed_in(zhang, months=36, over_limit_reason="") == "accepted"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"sales_fen": None}, "missing"),
        ({"amount_fen": 30_000_001}, "cap"),
        ({"months": 37}, "months"),
        ({"yearly_rate": "0.05"}, "rate"),
        ({"product_version": 2}, "product_version"),
        ({"product": "OTHER"}, "product_version"),
        ({"start": "2026-05-31"}, "start"),
        ({"uses": (Use(purpose="货", amount_fen=1),)}, "uses"),
        ({"guarantee_mode": None}, "missing"),
    ],
)
def test_what_the_form_or_the_product_forbids_is_refused(zhang: Laptop, fields: dict[str, Any], code: str) -> None:
    assert handed_in(zhang, **fields) == code


def test_a_cross_check_far_off_is_explained(zhang: Laptop) -> None:
    twelve = tuple([4_500_000] * 12)
    sales = Statement(staff="zhang", flows=(FlowLine(flow="sales", item="shop", months_fen=twelve),))
    off = CrossCheck(item="sales_by_day", inputs={"day_fen": 100_000, "days": 30})
    rows = [send.creation("statement", "s1", sales, parent="a1"), send.creation("cross_check", "x1", off, parent="a1")]
    assert handed_in(zhang, *rows) == "unexplained"
    why = send.change("cross_check", "x1", {"explanation": ("", "腊月两周停业,已核对账本")}, parent="a1")
    assert codes(zhang, why, hand_over()) == ["accepted", "accepted"]


def test_an_application_that_arrives_submitted_is_checked_as_one_that_is_moved_to_it(
    office: Administration, zhang: Laptop
) -> None:
    zhang.sync(*customer())
    whole = filled(status="submitted", submitted_at=send.START)
    assert codes(zhang, whole) == ["conflict_undeclared"]
    with office.store.reading() as unit:
        assert unit.records.find(["a1"], [send.BRANCH]) == {}
    second = filled("a2", status="submitted", submitted_at=send.START)
    together = [msgspec.structs.replace(one, group="g") for one in (second, *signed_case(parent="a2"))]
    assert codes(zhang, *together) == ["conflict_undeclared", "waits", "waits", "waits"]


def test_a_former_officer_hands_nothing_in_that_is_not_whole(
    office: Administration, zhang: Laptop, laptop_of: Enrol
) -> None:
    zhang.sync(*customer())
    office.reassign("p1", "li")
    assert codes(zhang, filled(status="submitted", submitted_at=send.START)) == ["conflict_undeclared"]


LOOKED_AT = Photo(digest="a" * 64, name="磨浆机.jpg", size=9, media_type="image/jpeg")


def evidence(record: str = "l1") -> Change:
    when = {"at": send.START, "business_date": send.START.date()}
    shape = LookPhotos(subject="product", staff="zhang", photos=(LOOKED_AT,), **when)
    return send.creation("look_photos", record, shape, parent="a1")


def test_evidence_of_the_looks_stands_still_with_the_submission(zhang: Laptop) -> None:
    zhang.sync(*customer(), filled())
    assert codes(zhang, evidence(), *signed_case(), submission()) == ["accepted"] * 5
    assert codes(zhang, evidence("l2")) == ["submitted"]


def rows_of_each_kind(suffix: str) -> list[Change]:
    shapes = {
        "party": Party(person="q1", role="pledgor"),
        "statement": Statement(staff="zhang"),
        "cross_check": CrossCheck(item="equity"),
        "three_looks": ThreeLooks(),
        "external_debt": ExternalDebt(lender="银行"),
        "collateral": Collateral(owner="q1", kind="house", mode="mortgage"),
        "guarantee": Guarantee(guarantor="q1", mode="joint"),
    }
    made = [send.creation(kind, f"{kind}{suffix}", shape, parent="a1") for kind, shape in shapes.items()]
    assert {*shapes, "look_photos"} == FORM_PARTS
    return [*made, evidence(f"looks{suffix}")]


def test_who_declared_a_conflict_changes_nothing_in_the_case(
    office: Administration, zhang: Laptop, laptop_of: Enrol
) -> None:
    zhang.sync(*customer(), filled())
    assert {*codes(zhang, *rows_of_each_kind("1"))} == {"accepted"}
    zhang.sync(declaration(none=False))
    assert {*codes(zhang, *rows_of_each_kind("2"))} == {"conflict_of_interest"}
    edits = [
        send.change("external_debt", "external_debt1", {"lender": ("银行", "他行")}, parent="a1"),
        send.change("application", "a1", {"amount_fen": (5_000_000, 6_000_000)}),
        send.change("application", "a1", {"status": ("draft", "withdrawn")}),
    ]
    assert [codes(laptop_of("zhang"), edit) for edit in edits] == [["conflict_of_interest"]] * 3
    assert kept(office, "a1")["amount_fen"] == 5_000_000
    hu = laptop_of("hu")
    hu.sync()
    raised = send.change("application", "a1", {"amount_fen": (5_000_000, 6_000_000)}, actor="hu")
    assert codes(hu, raised) == ["accepted"]


def test_of_two_records_that_would_do_head_office_takes_the_one_the_laptop_takes(
    office: Administration, zhang: Laptop
) -> None:
    """Laptops list what they made last first; ids are made with the time."""
    submitted_case(zhang)
    late = send.person("q8", "p1", name="李小梅", relation="spouse", id_number=identity(8))
    early = send.person("q7", "p1", name="李大梅", relation="spouse", id_number=identity(7))
    zhang.sync(late, early)
    with office.store.reading() as unit:
        family = unit.records.of_root(send.BRANCH, "p1")
    file = Case(next(one for one in family if one.record == "a1"), family).file
    assert file.spouse is not None
    assert (file.backing.spouse, file.spouse.name) == ("q8", "李小梅")
