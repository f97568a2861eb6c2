"""The accounts of the demonstration's breakfast shop, as an officer would type them: the month and the checks of C6."""

from __future__ import annotations

from fieldapp.domain.accounts import MONTHS
from fieldapp.domain.accounts_sheet import AccountsSheet, BalanceRow, CheckCells, FlowRow
from fieldapp.domain.application_records import BalanceSide, Evidence, Flow

_BALANCE: tuple[tuple[BalanceSide, str, str, str, str, Evidence, str], ...] = (
    ("asset", "cash", "38,500", "", "", "document", "本行活期；微信、支付宝余额"),
    ("asset", "receivables", "26,000", "3 户", "", "document", "三家食堂月结"),
    ("asset", "stock", "51,500", "214 件", "", "seen", "面粉、肉、油，当日盘点"),
    ("asset", "equipment", "14,000", "12 件", "", "seen", "蒸箱、冷柜、和面机"),
    ("asset", "vehicles", "22,000", "1 辆", "", "document", "面包车"),
    ("asset", "house", "140,000", "1 处", "", "stated", "自建两层 160 平方米"),
    ("asset", "household", "12,000", "", "", "seen", ""),
    ("liability", "bank_loans", "14,400", "", "1,200", "stated", "示例汽车金融购车贷款"),
    ("liability", "private_loans", "36,600", "", "", "stated", "叔叔，无息，未约定"),
    ("liability", "payables", "48,000", "", "", "document", "粮油批发部，月结"),
)
"""Side, item, amount, quantity, a month's instalment, evidence, description."""

_FLOWS: tuple[tuple[Flow, str, str], ...] = (
    ("sales", "shop_sales", "45,000"),
    ("goods", "goods", "31,500"),
    ("costs", "rent", "2,000"),
    ("costs", "wages_paid", "3,000"),
    ("costs", "power", "1,000"),
    ("other_income", "wages", "3,000"),
    ("family", "living", "2,500"),
    ("family", "school", "1,000"),
    ("family", "medical", "500"),
)


def accounts_of_the_shop() -> AccountsSheet:
    """The sheet, whose equity is off on purpose and explained."""
    return AccountsSheet(
        template="trade",
        balance=tuple(
            BalanceRow(
                side=side,
                item=item,
                amount=amount,
                quantity=quantity,
                instalment=instalment,
                evidence=evidence,
                note=note,
            )
            for side, item, amount, quantity, instalment, evidence, note in _BALANCE
        ),
        flows=tuple(FlowRow(flow=flow, item=item, months=(amount,) * MONTHS) for flow, item, amount in _FLOWS),
        seasons=("high", *("usual",) * 3, *("low",) * 3, "usual", *("high",) * 4),
        equity_claimed="205,000",
        checks={
            "sales_by_day": CheckCells(inputs={"day_fen": "1,500", "days": "30"}),
            "sales_by_week": CheckCells(inputs={"week_fen": "10,800"}),
            "purchases": CheckCells(inputs={"purchases_fen": "31,500", "cost_share_bp": "70"}),
            "qr_takings": CheckCells(inputs={"takings_fen": "29,250", "qr_share_bp": "65"}),
            "equity": CheckCells(
                inputs={"opening_fen": "80,000", "months": "24", "taken_out_fen": "60,000"},
                explanation="两年前分家得老屋一处，村委会证明已看",
            ),
        },
        facts={
            "character": "邻里评价良好",
            "product": "存货周转约 49 天",
            "collateral": "无，食堂合同续签两年",
            "water": "11 吨",
            "electricity": "486 度，较上年 +3 %",
            "tax": "定额税，已缴至 10 月",
        },
    )
