"""Amounts in words, in figures and in both: read where they have one meaning, refused with a sentence where not."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from fieldapp.domain.capitals import capitals
from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import Money
from fieldapp.services.household_list import RowOutcome
from fieldapp.services.household_list.amounts import amount
from fieldapp.services.household_list.stated_units import unit_of
from fieldapp.translation import say
from tests.services.household_list.made_lists import csv_file, outcomes

RANGES = (
    "3-5万 3~5万 3—5万 3万-5万 3至5万 3到5万 3、5万 3万或5万 30000-50000 ３－５万 3/5万"
    " 三五万 三到五万 三、五万 两三万 七八千 二三十万 三五 约3-5万"
)
UNCERTAIN = (
    "几万 数万 3万多 3万余 十来万 近3万 很多 万元 万 百 半 元 5万以上 不到3万 3万50 3万500 3万5元 三万五元"
    " 3.5万5 3.5万5千 3万5万 5千3万 3万3亿 千三 3万零 三千三千 5角5 一万二千零 1,5万 35000（3万） 三万（35000）"
    " 5万（养猪） 5万/年 -3万5 3万- 3万5千6百7十8元9角1分2 2026-01-01 1万2万3万 零零 一二三 3..5万 ٣万 5万×2 0.001"
)


@pytest.mark.parametrize("written", RANGES.split())
@pytest.mark.parametrize("unit", [1, 10_000])
def test_a_range_is_refused_as_what_it_is(written: str, unit: int) -> None:
    with pytest.raises(Invalid) as caught:
        amount(written, field="x", unit=unit)
    assert (caught.value.code, say(caught.value.sentence)) == (
        "amount",
        "这是一个范围，不是一个金额。请只写一个，例如 3万。",
    )


@pytest.mark.parametrize("written", UNCERTAIN.split())
def test_what_has_no_certain_meaning_is_no_amount(written: str) -> None:
    with pytest.raises(Invalid) as caught:
        amount(written, field="x")
    assert caught.value.code == "amount"


@pytest.mark.parametrize(
    ("written", "yuan"),
    [
        ("3万5", "35000"),
        ("壹万贰", "12000"),
        ("三分钱", "0.03"),
        ("3万5千", "35000"),
        ("3万5千元", "35000"),
        ("3.5万", "35000"),
        ("三万五", "35000"),
        ("三万五千", "35000"),
        ("三点五万", "35000"),
        ("叁万伍仟元整", "35000"),
        ("人民币叁万伍仟圆整", "35000"),
        ("叁萬伍仟元正", "35000"),
        ("壹万贰仟元整", "12000"),
        ("壹万贰仟叁佰肆拾伍元陆角柒分", "12345.67"),
        ("壹佰元零伍分", "100.05"),
        ("5千", "5000"),
        ("5千块钱", "5000"),
        ("5000块", "5000"),
        ("约2万", "20000"),
        ("大概两万左右", "20000"),
        ("十万", "100000"),
        ("十五万", "150000"),
        ("一百二十万", "1200000"),
        ("1万零500", "10500"),
        ("一万零五十", "10050"),
        ("1万5000", "15000"),
        ("1万0500", "10500"),
        ("12万5", "125000"),
        ("2千5", "2500"),
        ("2千5百", "2500"),
        ("三百五", "350"),
        ("三十五元", "35"),
        ("1亿2千万", "120000000"),
        ("3W5", "35000"),
        ("5w元", "50000"),
        ("35k", "35000"),
        ("３万５", "35000"),
        ("3 万 5 千 元", "35000"),
        ("35，000元", "35000"),
        ("35000（叁万伍仟元整）", "35000"),
        ("叁万伍仟元（35,000）", "35000"),
        ("5万元（人民币）", "50000"),
        ("零", "0"),
    ],
)
def test_one_certain_meaning_is_read(written: str, yuan: str) -> None:
    assert amount(written, field="x") == Money.yuan(yuan)


@pytest.mark.parametrize(
    ("written", "unit", "yuan"),
    [
        ("三", 10_000, 30_000),
        ("十五", 10_000, 150_000),
        ("3万5", 10_000, 35_000),
        ("叁万伍仟元整", 10_000, 35_000),
        ("三点五", 10_000, 35_000),
        ("约3.5", 10_000, 35_000),
        ("5k", 10_000, 5_000),
    ],
)
def test_words_have_the_unit_of_the_heading_unless_they_name_one(written: str, unit: int, yuan: int) -> None:
    assert amount(written, field="x", unit=unit) == Money.yuan(yuan)


@pytest.mark.parametrize(
    ("heading", "yuan"),
    [("年收入（百万元）", 1_000_000), ("资产（千万元）", 10_000_000), ("年收入（万元）", 10_000)],
)
def test_a_heading_of_millions_is_not_one_of_ten_thousands(heading: str, yuan: int) -> None:
    assert unit_of(heading) == yuan


def test_every_amount_in_capitals_is_read_back() -> None:
    chance = random.Random(7)
    fens = [0, 5, 10, 100, 1000, 140_950, 600_714, 10_700_053, 1_000_000_100]
    fens += [chance.randrange(10 ** chance.randint(1, 12)) for _ in range(3_000)]
    assert [fen for fen in fens if amount(capitals(Money(fen)), field="x") != Money(fen)] == []


def one(tmp_path: Path, row: str, head: str = "姓名,电话,年收入（万元）,贷款需求") -> RowOutcome:
    others = "李四,13812345679,8,5万"
    return outcomes(csv_file(tmp_path / "l.csv", f"{head}\n{row}\n{others}\n"))[0]


@pytest.mark.parametrize(
    "answer",
    [
        "不需要",
        "不贷",
        "暂不需要",
        "无需求",
        "没有贷款需求",
        "有",
        "需要",
        "待定",
        "不详",
        "不清楚",
        "面议",
        "yes",
        "?",
    ],
)
def test_an_answer_in_place_of_an_amount_is_no_amount_and_kept(answer: str, tmp_path: Path) -> None:
    row = one(tmp_path, f"张三,13812345678,不详,{answer}").row
    assert row is not None
    assert (row.wished_amount, row.yearly_income) == (None, None)
    assert row.remark == f"贷款需求：{answer}\n年收入（万元）：不详"
