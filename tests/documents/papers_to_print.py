"""Papers for the tests: a full one, a nearly empty one, and what they are made of. All persons are invented."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

from PIL import Image, ImageDraw

from fieldapp.documents.cover_paper import CoverLine, CoverPaper, CoverParty
from fieldapp.documents.papers import (
    Acceptance,
    Applicant,
    ApplicationPaper,
    CoBorrower,
    DebtLine,
    DocumentMark,
    FamilyFigures,
    GuaranteeLine,
    Letterhead,
    LoanRequest,
    MetPerson,
    PaperState,
    PhotoPrint,
    SchedulePaper,
    Trade,
    UseLine,
    VisitPaper,
)
from fieldapp.domain.interest import DayCount
from fieldapp.domain.money import Money
from fieldapp.domain.records import PlannedMovement
from fieldapp.domain.revolving_plan import revolving_plan
from fieldapp.domain.schedules import LoanTerms, RepaymentMethod, repayment_schedule

LETTERHEAD = Letterhead(
    "示例农村商业银行", "Example Rural Commercial Bank", "竹溪支行", "Zhuxi sub-branch", "400-000-0000"
)
DAY = date(2026, 11, 23)


def mark(number: str = "0412-2026-000089/1", state: PaperState = PaperState.DRAFT) -> DocumentMark:
    return DocumentMark(number, state, DAY)


FULL_APPLICATION = ApplicationPaper(
    LETTERHEAD,
    mark(),
    Applicant(
        name="张三",
        identity_number="110101190001010014",
        sex="M",
        ethnic="汉",
        identity_valid_until="长期 Long-term",
        mobile="13800000001",
        marital="married",
        registered_address="湖北省咸宁市通山县示例镇示例村三组 12 号",
        actual_address="湖北省咸宁市通山县示例镇示例街 28 号",
        years_there=12,
        customer_type="sole_trader",
    ),
    CoBorrower("李四", "spouse", "110101190001010022", "13800000002"),
    FamilyFigures(5, 3, 2, Money.yuan(126_000), Money.yuan(48_000)),
    Trade(
        name="通山县示例镇张三粮油店",
        uscc="92421224MA0000023M",
        industry="F 批发和零售业",
        stage="growing",
        since=date(2018, 3, 1),
        staff=2,
        address="示例镇示例街 28 号，86 平方米",
        premises="rent",
        qr_merchant_id="MQR-0000-0000-0089",
        monthly_sales=Money.yuan(45_000),
    ),
    LoanRequest(
        Money.yuan(100_000), "码商e贷", 12, Decimal("0.06"), "equal_instalments", "entrusted", "6200000000000000089"
    ),
    (
        UseLine("秋季粮油进货", "示例粮油批发部", Money.yuan(62_000)),
        UseLine("购置冷柜两台", "示例家电经营部", Money.yuan(23_000)),
        UseLine("店面货架更新", "示例五金店", Money.yuan(15_000)),
    ),
    Money.yuan(40_000),
    "经营及工资收入：月净收入 6,500.00 元，扣除现有还款后余 5,300.00 元",
    "应收款及存货变现；保证人王五代偿",
    (DebtLine("示例银行（示例支行）", Money.yuan(14_400), Money.yuan(1_200), date(2027, 9, 20), "信用 / 客户陈述"),),
    gives_guarantees=False,
    guarantee_mode="joint",
    guarantees=(GuaranteeLine("王五", "11010119000101009X", "", Money.yuan(100_000)),),
    related_party=False,
    materials=("identity", "household", "licence", "takings", "purpose", "credit", "privacy"),
    acceptance=Acceptance(
        DAY,
        "示例镇示例街 28 号（上门）",
        ("originals", "in_person", "premises", "no_conflict", "not_related"),
        "accepted",
        "",
        "赵六（柜员 T0007）",
        "钱七（C0031）",
    ),
)

MINIMAL_APPLICATION = ApplicationPaper(LETTERHEAD, mark(), Applicant(name="张三"))


def terms(method: RepaymentMethod = RepaymentMethod.EQUAL_INSTALMENTS, months: int = 12) -> LoanTerms:
    return LoanTerms(Money.yuan(100_000), Decimal("0.06"), months, method, date(2026, 11, 25))


def schedule_paper(
    method: RepaymentMethod = RepaymentMethod.EQUAL_INSTALMENTS,
    months: int = 12,
    state: PaperState = PaperState.DRAFT,
) -> SchedulePaper:
    return SchedulePaper(
        LETTERHEAD,
        mark("0412-2026-000089/5", state),
        "张三",
        repayment_schedule(terms(method, months)),
        "110101190001010014",
        Decimal("0.061678"),
    )


C4_TERMS = replace(terms(RepaymentMethod.REVOLVING), start=date(2026, 3, 1), day_count=DayCount.ACT_360)
C4_PLAN = (
    PlannedMovement(on=date(2026, 3, 1), draw_fen=5_000_000),
    PlannedMovement(on=date(2026, 3, 11), draw_fen=3_000_000),
    PlannedMovement(on=date(2026, 3, 25), repay_fen=2_000_000),
    PlannedMovement(on=date(2026, 4, 21), repay_fen=6_000_000),
)


def planned_paper(planned: tuple[PlannedMovement, ...] = C4_PLAN, loan: LoanTerms = C4_TERMS) -> SchedulePaper:
    """A revolving loan with planned draws and repayments (DOMAIN C4)."""
    plan = revolving_plan(loan, planned)
    cost = plan.cost.compound if plan.cost is not None else None
    return replace(schedule_paper(), schedule=repayment_schedule(loan), compound_cost=cost, plan=plan)


def photo(number: int, *, width: int = 640, height: int = 480, encoding: str = "JPEG") -> PhotoPrint:
    """A drawn picture that differs by its number."""
    image = Image.new("RGB", (width, height), (210, 220 - number * 10, 230))
    ImageDraw.Draw(image).ellipse((40 * number, 60, 40 * number + 200, 300), fill=(60, 90, 120))
    packed = BytesIO()
    image.save(packed, encoding)
    content = packed.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    return PhotoPrint(f"店面{number}.jpg", content, digest, datetime(2026, 11, 20, 9, 40 + number))  # noqa: DTZ001


FULL_VISIT = VisitPaper(
    LETTERHEAD,
    mark("0412-2026-000089/6"),
    "张三",
    datetime(2026, 11, 20, 9, 30),  # noqa: DTZ001 - the wall clock of the place
    datetime(2026, 11, 20, 11, 5),  # noqa: DTZ001
    "钱七（C0031）",
    purpose="investigation",
    outcome="application",
    identity_number="110101190001010014",
    mobile="13800000001",
    place="示例镇示例街 28 号，张三粮油店",
    second_officer="孙八（C0044）",
    people=(MetPerson("张三", "户主，店主"), MetPerson("李四", "配偶"), MetPerson("周九", "邻铺经营者")),
    facts=(
        "店面 86 平方米，租约到 2029-12，年租 18,000.00 元，合同原件已看。盘点存货 214 件，按进价 51,500.00 元。\n"
        "收款码近三十日到账 29,250.00 元，手机内当面核对。水表 11 吨、电表 486 度，较上年同月增 3 %。\n"
        "冷柜 2 台、货架 9 组、收银机 1 台在用。三家食堂月结应收 26,000.00 元，看过两家的对账单。"
    ),
    opinion="经营稳定，账实相符；负债不高。12 个月期每月还款偏重，建议改为 36 个月后再测算。",
    next_date=date(2026, 11, 26),
    next_action="收齐第三家食堂对账单；请保证人王五到场签字。",
    photos=(photo(1), photo(2, width=480, height=640), photo(3, encoding="PNG")),
)

MINIMAL_VISIT = VisitPaper(
    LETTERHEAD,
    mark("0412-2026-000090/6"),
    "李四",
    datetime(2026, 11, 20, 9, 30),  # noqa: DTZ001
    datetime(2026, 11, 20, 9, 40),  # noqa: DTZ001
    "钱七",
)

LINES = (
    CoverLine("application", "1", "", 3, "A01-1.0", "6b86b273" + "0" * 56),
    CoverLine("credit", "3", "李梅", 1, "C01-1.0", "4e074085" + "0" * 56),
    CoverLine("schedule", "5"),
    CoverLine("visit", "6", "", 2, "F01-1.0", "e7f6c011" + "0" * 56),
)
COVER = CoverPaper(
    letterhead=LETTERHEAD,
    mark=DocumentMark("0412-2026-000089/0", PaperState.DRAFT, date(2026, 11, 23)),
    borrower="张三",
    lines=LINES,
    signing=3,
    identity_number="110101190001010014",
    mobile="13800000001",
    parties=(CoverParty("李梅", "spouse", "110101199002030026"), CoverParty("王五", "guarantor")),
    product="码商e贷",
    months=12,
    method="equal_instalments",
    amount=Money(10_000_000),
    grid="示例镇示例村",
    credit_officer="钱七",
    marketed_by="赵六",
)
