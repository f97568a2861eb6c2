"""A submitted application at head office, and what reviewers and approvers send about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from fieldapp.domain.application_records import Answer, Decision, Guarantee, Party, Question
from fieldapp.domain.records import Business, Product, Role, Use
from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.storage.accounts import StaffAccount
from fieldapp.protocol.changes import Change
from tests.headoffice import changes_to_send as send
from tests.headoffice.consents_to_send import consent, signed_case
from tests.headoffice.laptops import Laptop

_numbers = count(1)
SUBMITTED = "2026-06-01T01:00:00Z"
DECIDERS: dict[str, Role] = {"chen": "reviewer", "fang": "reviewer", "deng": "approver", "peng": "approver"}
MSED = Product(
    code="MSED",
    version=1,
    name="码商e贷",
    name_en="QR-merchant loan",
    cap_fen=30_000_000,
    cap_inclusive=True,
    min_months=3,
    max_months=36,
    base_rate="0.0300",
    margin_bp=300,
    methods=("equal_instalments",),
    day_count="30/360",
    rounding="half_up",
    customer_types=("sole_trader",),
    industries=("C", "F"),
    stages=("growing",),
)
COMPLETE: dict[str, Any] = {
    "number": "TS01-1",
    "person": "q1",
    "method": "equal_instalments",
    "product": "MSED",
    "product_version": 1,
    "yearly_rate": "0.06",
    "start": date(2026, 7, 1),
    "uses": (Use(purpose="进货"),),
    "payee_mode": "own",
    "repayment_source": "shop income",
    "over_limit_reason": "the season is not in it yet",
    "guarantee_mode": "unsecured",
    "sales_fen": 4_500_000,
    "goods_fen": 3_150_000,
    "costs_fen": 600_000,
    "other_income_fen": 300_000,
    "family_fen": 400_000,
    "existing_debt_fen": 0,
    "existing_instalments_fen": 0,
    "related_party": False,
}


def employ_deciders(office: Administration) -> None:
    """The people who decide, and the product that the applications are for."""
    office.put_product(MSED)
    with office.store.writing() as unit:
        for name, role in DECIDERS.items():
            unit.accounts.put_staff(StaffAccount(name, name.title(), role, send.BRANCH, active=True))


def identity(number: int = 1) -> str:
    """A valid number of an invented person born in 1961 (GB 11643)."""
    body = f"42122419610103{number:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(weight * int(digit) for weight, digit in zip(weights, body, strict=True))
    return body + "10X98765432"[total % 11]


def customer(number: int = 1, *, actor: str = "zhang", **person: Any) -> list[Change]:
    """A customer of whom everything is known that an application asks for: prospect, person and business."""
    root = f"p{number}"
    known = {
        "id_number": identity(number),
        "mobile": f"1380000{number:04}",
        "marital": "single",
        "actual_address": f"示例镇示例街 {number} 号",
    }
    shop = Business(trade="豆腐坊", industry="C", stage="growing")
    return [
        send.prospect(root, actor=actor, customer_type="sole_trader", person=f"q{number}", village_code=f"v{number}"),
        send.person(f"q{number}", root, actor=actor, **{**known, **person}),
        send.creation("business", f"b{number}", shop, actor=actor, parent=root),
    ]


def guarantor(number: int = 1, *, mode: Any = "joint", **party: Any) -> list[Change]:
    """A neighbour who guarantees the loan of ``customer(number)``, with everything they sign."""
    root, loan, who = f"p{number}", f"a{number}", f"g{number}"
    known = {"id_number": identity(500 + number), "mobile": f"1390000{number:04}", "relation": "other"}
    signed = {"signer": who, "parent": loan}
    return [
        send.person(who, root, name="王邻居", **known),
        send.creation(
            "party", f"y{number}", Party(person=who, role="guarantor", relation="邻居", **party), parent=loan
        ),
        send.creation(
            "guarantee", f"z{number}", Guarantee(guarantor=who, mode=mode, amount_fen=5_000_000), parent=loan
        ),
        consent(f"{loan}-gc", "credit_inquiry", purposes=("guarantor",), **signed),
        consent(f"{loan}-gn", "personal_information", **signed),
    ]


def filled(record: str = "a1", parent: str = "p1", **values: Any) -> Change:
    return send.application(record, parent, **{**COMPLETE, **values})


def submission(record: str = "a1", at: str = SUBMITTED, *, shown: str | None = None, was: str = "draft") -> Change:
    return send.change("application", record, {"status": (was, "submitted"), "submitted_at": (shown, at)})


def submitted_case(laptop: Laptop) -> None:
    """A customer, a visit with Li as second officer, and an application that Zhang submits."""
    visit = send.visit(second_officer="li", purpose="investigation")
    sent = laptop.outcomes(*customer(), visit, filled(), *signed_case(), submission())
    assert {*sent} == {"accepted"}


def decision(
    staff: str, level: str, outcome: str = "approve", *, at: datetime = send.START, record: str = "", **values: Any
) -> Change:
    parts = {"reason": "checked", "submission": datetime.fromisoformat(SUBMITTED)} | values
    if level == "approval" and outcome == "approve":
        parts = {"amount_fen": 4_000_000, "months": 12} | parts
    shape = Decision(
        level=level,  # type: ignore[arg-type]
        outcome=outcome,  # type: ignore[arg-type]
        staff=staff,
        at=at,
        business_date=date(2026, 6, 1),
        **parts,
    )
    return send.creation("decision", record or f"decision{next(_numbers)}", shape, actor=staff, parent="a1")


def question(staff: str, record: str = "k1", *, at: datetime = send.START, text: str = "Whose shop is it?") -> Change:
    shape = Question(staff=staff, at=at, text=text, field="sales_fen")
    return send.creation("question", record, shape, actor=staff, parent="a1")


def answer(staff: str, to: str = "k1", record: str = "w1") -> Change:
    shape = Answer(question=to, staff=staff, at=send.START, text="His own.")
    return send.creation("answer", record, shape, actor=staff, parent="a1")


def codes(laptop: Laptop, *changes: Change) -> list[str]:
    """The refusal's code for each change, its outcome where it was taken."""
    return [receipt.code or receipt.outcome for receipt in laptop.sync(*changes).receipts]


def kept(office: Administration, record: str) -> dict[str, Any]:
    with office.store.reading() as unit:
        return unit.records.find([record], unit.records.streams())[record].values


Enrol = Callable[[str], Laptop]
LATER = timedelta(minutes=11)
