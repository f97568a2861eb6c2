"""Document 2 for the tests: the household of DOMAIN C6, an empty form, a hostile one. Persons are invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from fieldapp.documents.investigation_paper import (
    AssetLine,
    CheckLine,
    FlowTotal,
    InvestigationPaper,
    LiabilityLine,
    LookLine,
    MemberLine,
)
from fieldapp.documents.papers import MetPerson
from fieldapp.domain.affordability import MonthlyAccounts
from fieldapp.domain.money import Money
from tests.documents.papers_to_print import LETTERHEAD, mark

YUAN = Money.yuan
MONTH = MonthlyAccounts(YUAN(45_000), YUAN(31_500), YUAN(6_000), YUAN(3_000), YUAN(4_000))
BLANK = InvestigationPaper(LETTERHEAD, mark("0412-2026-000089/2"))
FULL = replace(
    BLANK,
    customer="张三",
    started=datetime(2026, 11, 20, 9, 30),  # noqa: DTZ001 - the wall clock of the place
    ended=datetime(2026, 11, 20, 11, 5),  # noqa: DTZ001 - likewise
    place="示例镇示例街 28 号",
    officer="钱七",
    second_officer="孙八",
    people=(MetPerson("张三", "本人"), MetPerson("李四", "配偶")),
    members=(
        MemberLine("张三", "self", 46, "良好 / 高中", "粮油店经营（净）", YUAN(90_000)),
        MemberLine("李四", "spouse", 44, "良好 / 初中", "镇服装厂", YUAN(36_000)),
        MemberLine("张小", "子", 19, "良好 / 大专", "在校"),
        MemberLine("张大", "父", 71, "一般 / 小学", "务农"),
    ),
    assets=(
        AssetLine("现金及存款", "本行活期；微信、支付宝余额", "", YUAN(38_500), "document"),
        AssetLine("应收款", "三家食堂月结", "3 户", YUAN(26_000), "document"),
        AssetLine("存货", "米、面、油（盘点 11-20）", "214 件", YUAN(51_500), "seen"),
        AssetLine("设备", "冷柜 2、货架 9、收银机 1", "12 件", YUAN(14_000), "seen"),
        AssetLine("车辆", "面包车，2019 年", "1 辆", YUAN(22_000), "document"),
        AssetLine("住房", "自建两层 160 平方米", "1 处", YUAN(140_000), "stated"),
        AssetLine("家电家具", "", "", YUAN(12_000), "seen"),
        AssetLine("农机及其他"),
    ),
    liabilities=(
        LiabilityLine("银行贷款", "示例银行，购车，2027-09-20", YUAN(1_200), YUAN(14_400), "stated"),
        LiabilityLine("民间借款", "亲属，无息，未约定", None, YUAN(36_600), "stated"),
        LiabilityLine("应付货款", "示例粮油批发部，月结", None, YUAN(48_000), "document"),
    ),
    total_assets=YUAN(304_000),
    total_liabilities=YUAN(99_000),
    equity=YUAN(205_000),
    claimed=YUAN(205_000),
    equity_check=CheckLine("equity", "80,000 + 24 × 6,500 − 60,000", YUAN(176_000), Decimal(29) / 176, "investigate"),
    seasons=("high", *("usual",) * 3, *("low",) * 3, "usual", *("high",) * 4),
    months=(MONTH,) * 12,
    flows=(FlowTotal("sales", "店面销售", YUAN(540_000)), FlowTotal("goods", "进货成本", YUAN(378_000))),
    net=YUAN(6_500),
    existing_instalments=YUAN(1_200),
    bearable=YUAN(3_350),
    tolerance=Decimal("0.05"),
    checks=(
        CheckLine("sales_by_day", "1,500 × 30", YUAN(45_000), Decimal(0), "ok"),
        CheckLine("sales_by_week", "10,800 × 52 ÷ 12", YUAN(46_800), Decimal("0.04"), "ok"),
        CheckLine("purchases", "31,500 ÷ 0.70", YUAN(45_000), Decimal(0), "ok"),
        CheckLine("qr_takings", "29,250 ÷ 0.65", YUAN(45_000), Decimal(0), "ok"),
        CheckLine("equity", "176,000 对 205,000", YUAN(176_000), Decimal(29) / 176, "investigate"),
    ),
    looks=(
        LookLine("character", "邻里评价良好"),
        LookLine("product", "存货周转约 49 天"),
        LookLine("collateral", "无，保证人王五收入稳定"),
        LookLine("water", "11 吨"),
        LookLine("electricity", "486 度，较上年 +3 %", 2),
        LookLine("tax", "定额税，已缴至 10 月"),
    ),
    first_opinion="12 个月时月还款 8,606.64 元，超过可承受额 3,350.00 元，不同意按 12 个月上报；净资产差异待查明",
    second_opinion="同意主办意见；36 个月时月还款 3,042.19 元，在可承受额内，建议变更期限后再审",
)
NAME = "欧阳" * 20
LONG = replace(
    FULL,
    customer=NAME,
    members=tuple(MemberLine(NAME, NAME, 99, NAME, NAME, YUAN(10**9)) for _ in range(20)),
    assets=tuple(
        AssetLine(f"{number} {NAME[:36]}", NAME * 5, "九百九十九万件", YUAN(10**7), "seen") for number in range(200)
    ),
    liabilities=tuple(LiabilityLine(NAME, NAME * 5, YUAN(10**4), YUAN(10**7), "document") for _ in range(200)),
    flows=tuple(FlowTotal("sales", NAME, YUAN(10**11)) for _ in range(200)),
    months=(MonthlyAccounts(YUAN("99999999.99"), YUAN(1), YUAN(1), YUAN(1), YUAN(1)),) * 12,
    looks=tuple(LookLine(line.subject, "看得清楚。" * 400) for line in FULL.looks),
    checks=tuple(replace(line, explanation="有原因。" * 400) for line in FULL.checks),
    first_opinion="意见。" * 600,
)
