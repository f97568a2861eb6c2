"""Which unit and which period a heading, or what stands above the headings, states for amounts."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from fieldapp.services.household_list.heading_text import comparable


def unit_of(heading: str, title: str = "") -> int:
    """How many yuan one stands for in an amount under this heading: 10,000 under 年收入（万元）, else 1."""
    return unit_stated(heading, title) or 1


def unit_stated(heading: str, title: str = "") -> int | None:
    """The unit as ``unit_of`` tells it, None where it is stated nowhere.

    A heading that names no unit has the one that ``title``, what stands above the headings, names: 单位：万元.
    """
    words = comparable(heading)
    if "亿元" in words:
        return 100_000_000
    if "千万元" in words:
        return 10_000_000
    if _MILLIONS.search(words):
        return 1_000_000
    if (
        _TEN_THOUSANDS.search(words)
        or "万元" in words
        or "(万)" in words
        or "单位万" in words
        or words.endswith("/万")
        or "10k" in words
    ):
        return 10_000
    if _THOUSANDS.search(words):
        return 1_000
    if "百元" in words:
        return 100
    if "元" in words or "yuan" in words:
        return 1
    above = next((unit for line in title.split("\n") if (unit := _UNIT_ABOVE.search(comparable(line)))), None)
    return _UNITS["".join(filter(None, above.groups()))] if above else None


def is_monthly(heading: str) -> bool:
    """Whether an income under this heading is a month's: also 2025年月均收入, but not 年收入（1-12月）."""
    words = comparable(heading)
    return _OF_A_MONTH.search(words) is not None or (("月" in words or "month" in words) and "年" not in words)


@lru_cache(64)
def period_above(title: str) -> Literal["year", "month"] | None:
    """The period that ``title`` states for amounts, 单位：元/月 or 月收入情况表, None where it states none or both."""
    said = [match for line in title.split("\n") for match in _PERIOD_ABOVE.finditer(comparable(line))]
    of_a_month = {bool(match["per"] or match["permonth"] or match["income"]) for match in said}
    return None if len(of_a_month) != 1 else "month" if of_a_month.pop() else "year"


def period_of(heading: str) -> Literal["year", "month"] | None:
    """The period an income under this heading is of, None where it says none."""
    if is_monthly(heading):
        return "month"
    return "year" if _OF_A_YEAR.search(comparable(heading)) else None


_PERIOD_ABOVE = re.compile(
    r"单位(?:人民币)?[亿万千百]?元(?:/|每)(?:(?P<per>月)|年)"
    r"|unit(?:in)?(?:tenthousand|10k|thousand|million)?(?:cny|rmb|yuan)(?:per|a|/)(?:(?P<permonth>month)|year)"
    r"|(?:(?<![\d一二三四五六七八九十])(?P<income>月)|年)均?(?:纯|净|总)?收入"
)
_OF_A_YEAR = re.compile("年|annual|year")
_OF_A_MONTH = re.compile(r"月均|每月|月(?:纯|净|总)?(?:收入|工资)")
_TEN_THOUSANDS = re.compile(r"tenthousand|10000yuan|wanyuan|\(wan\)")
_MILLIONS = re.compile(r"million|百万元")
_THOUSANDS = re.compile(r"千元|thousand|(?:cny|rmb|yuan|\(|元)000s?\)?$|\(k(?:yuan|rmb|cny)?\)|(?:cny|rmb|yuan)k\)?$")
_UNIT_ABOVE = re.compile(
    r"单位(?:人民币)?[人户口亩斤头只个]{0,4}(?P<sign>[亿万千百]?)元|单位(?P<bare>万)(?![^\W\d])|\((?P<brackets>[亿万千])元\)"
    r"|unit(?:in)?(?P<english>tenthousand|10k|thousand|million)?(?:cny|rmb|yuan)"
)
_UNITS = {
    "": 1, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000,
    "thousand": 1_000, "10k": 10_000, "tenthousand": 10_000, "million": 1_000_000,
}  # fmt: skip
