"""A submitted application at head office, and what reviewers and approvers send about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from fieldapp.domain.application_records import Answer, Decision, Question
from fieldapp.domain.records import Role
from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.storage.accounts import StaffAccount
from fieldapp.protocol.changes import Change
from tests.headoffice import changes_to_send as send
from tests.headoffice.consents_to_send import signed_case
from tests.headoffice.laptops import Laptop

_numbers = count(1)
SUBMITTED = "2026-06-01T01:00:00Z"
DECIDERS: dict[str, Role] = {"chen": "reviewer", "fang": "reviewer", "deng": "approver", "peng": "approver"}
COMPLETE: dict[str, Any] = {
    "number": "TS01-1",
    "person": "q1",
    "method": "equal_instalments",
    "product": "MSED",
    "product_version": 1,
    "yearly_rate": "0.06",
    "start": date(2026, 7, 1),
    "repayment_source": "shop income",
    "guarantee_mode": "joint",
}


def employ_deciders(office: Administration) -> None:
    with office.store.writing() as unit:
        for name, role in DECIDERS.items():
            unit.accounts.put_staff(StaffAccount(name, name.title(), role, send.BRANCH, active=True))


def filled(record: str = "a1", parent: str = "p1", **values: Any) -> Change:
    return send.application(record, parent, **{**COMPLETE, **values})


def submission(record: str = "a1", at: str = SUBMITTED, *, shown: str | None = None, was: str = "draft") -> Change:
    return send.change("application", record, {"status": (was, "submitted"), "submitted_at": (shown, at)})


def submitted_case(laptop: Laptop) -> None:
    """A prospect, its person, a visit with Li as second officer, and an application that Zhang submits."""
    visit = send.visit(second_officer="li", purpose="investigation")
    sent = laptop.outcomes(send.prospect(), send.person(), visit, filled(), *signed_case(), submission())
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
