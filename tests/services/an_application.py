"""A laptop with a customer, a product and a branch, and a complete application form. All persons are invented."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from fieldapp.domain.case_file import CaseFile
from fieldapp.domain.identifiers import RecordId, Stream
from fieldapp.domain.kinds import values_of
from fieldapp.domain.records import Application, Branch, Business, Person, Product, Prospect, Record, Staff, Use
from fieldapp.protocol.identifiers import new_record_id
from fieldapp.services.apply_for_loan import ApplyForLoan
from fieldapp.store.database import Store
from fieldapp.store.records import StoredRecord
from fieldapp.store.state import Enrolment
from fieldapp.store.unit import Unit
from tests.copied_records import copy_filled

ME = "0190aaaa000070008000000000000001"
BOSS = "0190aaaa000070008000000000000002"
TODAY = date(2026, 11, 23)

PRODUCT = Product(
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
    methods=("equal_instalments", "equal_principal", "interest_first"),
    day_count="30/360",
    rounding="half_up",
    customer_types=("sole_trader", "small_business_owner"),
    industries=("C", "F"),
    stages=("growing", "mature"),
)

TYPED: dict[str, Any] = {
    "product": "MSED",
    "product_version": 1,
    "yearly_rate": "0.06",
    "amount_fen": 10_000_000,
    "months": 36,
    "method": "equal_instalments",
    "start": "2026-12-01",
    "uses": [{"purpose": "购置磨浆机、冰柜", "payee": "示例家电经营部", "amount_fen": 10_000_000}],
    "own_funds_fen": 4_000_000,
    "repayment_source": "豆腐坊每月净收入，学校食堂按月结款",
    "payee_mode": "entrusted",
    "payout_account": "6200 0000 0000 0000 089",
    "guarantee_mode": "unsecured",
    "sales_fen": 4_500_000,
    "goods_fen": 3_150_000,
    "costs_fen": 600_000,
    "other_income_fen": 300_000,
    "family_fen": 400_000,
    "existing_debt_fen": 1_440_000,
    "existing_instalments_fen": 120_000,
    "over_limit_reason": "食堂合同续签两年，旺季未计入",
    "related_party": False,
    "person.id_number": "110101190001010014",
    "person.mobile": "13800000001",
    "person.marital": "single",
    "person.actual_address": "湖北省咸宁市通山县示例镇示例街 28 号",
    "business.trade": "豆腐坊",
    "business.industry": "C",
    "business.stage": "growing",
}
"""Everything a submission needs, as the screen holds it (DOMAIN C6's month, thresholds and rate)."""


class FixedClock:
    """A clock that stands still until it is moved."""

    zone = "Asia/Shanghai"

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 23, 6, 42, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def move(self, **by: float) -> None:
        self.time += timedelta(**by)


def complete_file(**changed: Any) -> CaseFile:
    """The records of the complete form; ``changed`` are fields of the application."""
    application = {name: value for name, value in TYPED.items() if "." not in name} | changed
    return CaseFile(
        msgspec.convert(application, Application),
        Prospect(customer_type="sole_trader"),
        Person(
            name="张三",
            id_number="110101190001010014",
            mobile="13800000001",
            marital="single",
            actual_address="示例镇示例街 28 号",
        ),
        business=Business(trade="豆腐坊", industry="C", stage="growing"),
    )


def one_use(purpose: str = "进货", payee: str = "", amount_fen: int = 0) -> Use:
    return Use(purpose=purpose, payee=payee, amount_fen=amount_fen)


def new_laptop(
    folder: Path, clock: FixedClock, *, products: tuple[Product, ...] = (PRODUCT,), role: str = "officer"
) -> Store:
    """An enrolled laptop that has received its branch, colleagues and products."""
    mirrored: list[tuple[str, Record, str]] = [
        (
            "branch",
            Branch(
                code="0412",
                name="竹溪支行",
                name_en="Zhuxi sub-branch",
                bank="示例农村商业银行",
                bank_en="Example Rural Commercial Bank",
                complaint_phone="400-000-0000",
                area_code="421224",
            ),
            new_record_id(),
        ),
        ("staff", Staff(name="李娟", role="officer", branch="0412"), ME),
        ("staff", Staff(name="孙八", role="teller", branch="0412"), BOSS),
        *(("product", product, new_record_id()) for product in products),
    ]

    def fill(unit: Unit) -> None:
        unit.state.set(
            "enrolment",
            Enrolment(
                device="0190bbbb000070008000000000000001",
                token="t",
                staff=ME,
                staff_name="李娟",
                role=role,
                branch="0412",
                branch_name="竹溪支行",
                bank="示例农村商业银行",
                stream="0412",
                head_office="ho",
                address="http://127.0.0.1:1",
            ),
        )
        for kind, record, identity in mirrored:
            mirror(unit, kind, record, identity)

    name = f"laptop {role} {msgspec.json.encode(products)!r}"
    path, key = folder / "records.db", os.urandom(32)
    copy_filled(name, lambda made: made.write(fill), path, key, clock)
    return Store(path, key, clock)


def mirror(unit: Unit, kind: str, record: Record, identity: str | None = None) -> str:
    """A record as head office sent it."""
    found = identity or new_record_id()
    values = values_of(record)
    unit.put_new(StoredRecord(found, kind, None, Stream("bank"), None, 0, 1, values, values))
    return found


def new_prospect(store: Store, *, name: str = "张三", **prospect: Any) -> RecordId:
    """A sole trader with a name and nothing else."""

    def make(unit: Unit) -> RecordId:
        root, person = new_record_id(), new_record_id()
        fields = {"person": person, "owner": ME, "customer_type": "sole_trader", "marketed_by": BOSS} | prospect
        unit.create("prospect", msgspec.convert(fields, Prospect), record_id=root)
        unit.create("person", Person(name=name), parent=root, record_id=person)
        return root

    return store.write(make)


def written_application(store: Store, **typed: Any) -> RecordId:
    """An application of a new customer with all that a form asks, saved and not signed."""
    application = ApplyForLoan(store).start(new_prospect(store))
    write_into(store, application, **TYPED | typed)
    return application


def write_into(store: Store, application: str, **typed: Any) -> None:
    """Save these fields as somebody does who sees those that stand there."""
    applying = ApplyForLoan(store)
    applying.save(application, typed, applying.open(application).fields)
