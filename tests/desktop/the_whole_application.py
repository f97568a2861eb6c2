"""An application of eight parties and twelve months, as it is typed and as it is kept. All persons are invented."""

from __future__ import annotations

import json
from dataclasses import dataclass

from fieldapp.domain.accounts_sheet import AccountsSheet
from fieldapp.domain.application_checklist import Step

Months = tuple[int, ...]
"""Whole yuan, January first."""


@dataclass(frozen=True)
class Typed:
    """What is typed into a field, or pressed there, and the value it then has."""

    kept: object
    text: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class RowTyped:
    """The answers in a dialog, one a field; ``Press`` a key, ``Find`` somebody by typing. ``other``: second button."""

    answers: tuple[str, ...]
    step: Step = Step.BUSINESS
    other: bool = False


@dataclass(frozen=True)
class AccountsTyped:
    """Twelve months by item, the daily takings of a cross-check, what the neighbours say; and the month it comes to."""

    flows: dict[str, Months]
    takings: str = "1500"
    days: str = "30"
    character: str = "邻里评价良好"
    sales_fen: int = 4_550_000


FIELDS: dict[Step, dict[str, Typed]] = {
    Step.APPLICANT: {
        "person.id_number": Typed("110101190001010014", "11010119000101001 4"),
        "person.mobile": Typed("13800000001", "138 0000 0001"),
        "person.marital": Typed("married", keys=("Alt+2",)),
        "spouse.name": Typed("李梅", "李梅"),
        "spouse.id_number": Typed("110101199002030026", "110101199002030026"),
        "spouse.mobile": Typed("13800000002", "13800000002"),
        "person.actual_address": Typed("湖北省咸宁市通山县示例镇示例街 28 号", "湖北省咸宁市通山县示例镇示例街 28 号"),
        "person.registered_address": Typed("湖北省咸宁市通山县上河村 3 组", "湖北省咸宁市通山县上河村 3 组"),
        "person.years_there": Typed(12, "12"),
        "household.size": Typed(5, "5"),
        "household.labour": Typed(3, "3"),
        "household.dependants": Typed(2, "2"),
    },
    Step.BUSINESS: {
        "business.trade": Typed("豆腐坊", "豆腐坊"),
        "business.industry": Typed("C", keys=("C",)),
        "business.stage": Typed("growing", keys=("Alt+2",)),
        "business.name": Typed("示例镇张三豆腐坊", "示例镇张三豆腐坊"),
        "business.address": Typed("示例街 28 号一楼", "示例街 28 号一楼"),
        "business.premises": Typed("own", keys=("Alt+5",)),
        "business.staff": Typed(2, "2"),
    },
    Step.LOAN: {
        "product": Typed("MSED", keys=("Down",)),
        "amount_fen": Typed(10_000_000, "100000"),
        "months": Typed(36, keys=("Alt+3",)),
        "method": Typed("equal_instalments", keys=("Alt+5",)),
        "start": Typed("2026-12-01", "1201"),
        "uses": Typed([{"purpose": "添置磨浆机、冰柜", "payee": "", "amount_fen": 0}], "添置磨浆机、冰柜"),
        "payee_mode": Typed("own", keys=("Right",)),
        "repayment_source": Typed("豆腐坊每月净收入，学校食堂按月结款", "豆腐坊每月净收入，学校食堂按月结款"),
        "over_limit_reason": Typed("食堂合同续签两年，旺季未计入", "食堂合同续签两年，旺季未计入"),
        "second_source": Typed("配偶工资", "配偶工资"),
        "own_funds_fen": Typed(4_000_000, "4万"),
        "payout_account": Typed("6200000000000000089", "6200 0000 0000 0000 089"),
    },
    Step.GUARANTEE: {"guarantee_mode": Typed("joint", keys=("Space", "Right"))},
    Step.DECLARATIONS: {"related_party": Typed(False, keys=("Alt+1",))},
}

KNOWN = "王五"
"""Somebody whom the laptop knows as a customer already."""

PARTIES: dict[str, RowTyped] = {
    "张四": RowTyped(("张四", "弟弟", "11010119800307005X", "13800000004"), Step.APPLICANT),
    "赵六": RowTyped(("赵六", "合伙人", "110101198003070084", "13800000006"), Step.APPLICANT),
    KNOWN: RowTyped(("Find ww", "邻居", "Press Alt+1", "100000", "110101198003070113", "13800000005"), Step.GUARANTEE),
    "孙七": RowTyped(("孙七", "同学", "Press Alt+1", "50000", "110101198003070148", "13800000007"), Step.GUARANTEE),
    "周八": RowTyped(("周八", "表兄", "Press Alt+2", "30000", "110101198003070172", "13800000008"), Step.GUARANTEE),
}
PLEDGOR = "吴九"
COLLATERAL: dict[str, RowTyped] = {
    "示例街 28 号门面": RowTyped(
        (
            "示例街 28 号门面", "Press Down", "Press Alt+1", "Press End", PLEDGOR, "岳父", "110101198003070201",
            "13800000009", "300000", "鄂（2020）通山县不动产权第 0000001 号",
        )
    )
}  # fmt: skip
DEBTS: dict[str, RowTyped] = {
    "示例农商银行": RowTyped(("示例农商银行", "14400", "1200")),
    "李四": RowTyped(("李四", "5000"), other=True),
}
SPOUSE_REASON = "长期在外务工，无法到场签字"

ACCOUNTS = AccountsTyped(
    flows={
        "shop_sales": (45_000, 46_000) * 6,
        "goods": (31_500,) * 12,
        "rent": (2_000, 2_100, 2_200, 2_300, 2_400, 2_500, 2_600, 2_700, 2_800, 2_900, 3_000, 3_100),
        "living": (4_000,) * 12,
    }
)


def plain(value: object) -> object:
    """A value as JSON gives it back: it knows no tuples."""
    return json.loads(json.dumps(value))


def months_of(sheet: AccountsSheet, item: str) -> Months:
    """The twelve months of a line as they stand, empty while one of them is missing."""
    texts = next((row.months for row in sheet.flows if row.item == item), ())
    return tuple(int(text.replace(",", "")) for text in texts) if texts and all(texts) else ()
