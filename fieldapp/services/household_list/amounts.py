"""Amounts as villages write them: 3万5, 三万五千, 壹万贰仟元整, 约2万, 5千块. What has two meanings has none here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import Money, parse_amount
from fieldapp.domain.wording import Sentence
from fieldapp.services.household_list.cells import SCIENTIFIC, refuse_calculation, squeezed
from fieldapp.services.household_list.units import UNIT_NAMES, unit_named


@dataclass(frozen=True, slots=True)
class SaidAmount:
    """An amount; ``every`` is year or month where the cell says so, ``words`` tells that more stands there.

    ``by_format`` tells that the number format alone says so.
    """

    money: Money
    every: Literal["year", "month"] | None = None
    words: bool = False
    by_format: bool = False


def amount_said(text: str, *, field: str, unit: int | None = None) -> SaidAmount:
    """An amount as ``amount`` reads it, also beside words: 30000元/年, 10万以下, 5万（养牛）.

    ``unit`` is None where neither heading nor title states one. A bound is taken for the amount; the words are to be
    kept. Raises Invalid ``amount`` as ``amount`` does, ``amount_unit`` where the number format counts otherwise.
    """
    refuse_calculation(text, "amount", field)
    bare = squeezed(text)
    every: Literal["year", "month"] | None = None
    if bare.endswith("]") and (seen := _SEEN.fullmatch(bare)):
        bare, unit = seen["number"], _unit_seen(seen["number"], seen["counts"], unit, field)
        every = "month" if _MONTH.search(seen["counts"]) else "year" if _YEAR.search(seen["counts"]) else None
        return SaidAmount(amount(bare, field=field, unit=unit), every, by_format=True)
    unit = unit or 1
    for period, pattern in _PERIODS if _MAY_TELL_PERIOD.search(bare) else ():
        if len(plain := pattern.sub("", bare)) < len(bare):
            every, bare = period, plain
            break
    try:
        return SaidAmount(amount(bare, field=field, unit=unit), every)
    except Invalid:
        if (core := _AMONG_WORDS.fullmatch(bare)) is None:
            raise
    return SaidAmount(amount(core["core"], field=field, unit=unit), every, words=True)


def amount(text: str, *, field: str, unit: int = 1) -> Money:
    """An amount; ``unit`` is what one stands for by the heading (10,000 for 万元) unless the cell names its own unit.

    Raises Invalid ``amount`` when it is none, a range, negative, or beyond reason.
    """
    written = _plain(text)
    written = _UNIT_IN_BRACKETS.sub(r"\1", written)
    if scientific := SCIENTIFIC.fullmatch(written):
        written = f"{Decimal(scientific[0]):f}" if int(scientific["exponent"]) < _GREATEST_EXPONENT else written
    if unit > 1 and not _OWN_UNIT.search(written):
        written += _UNIT_SIGNS[unit]
    if twice := _TWICE.fullmatch(written):
        written = _said_twice(twice[1], twice[2]) or written
    if _RANGE.search(written) and not _DAY.search(written):
        raise Invalid("amount", Sentence("This is a range, not one amount. Write one, like 3万."), field=field)
    value = _value(written)
    return parse_amount(written if value is None else f"{value:f}", field)


def _unit_seen(number: str, counts: str, stated: int | None, field: str) -> int:
    """The unit that the number format of a cell shows. Raises Invalid where it is none, or another than is stated."""
    scale, divided = (int(match[1]), match[2]) if (match := _DIVIDED.fullmatch(counts)) else (1, counts)
    unit = unit_named(divided)
    if scale > 1:
        if not divided and stated == scale:
            return 1
        sentence = Sentence(
            "Excel shows this amount divided by {scale}, and it is not certain what it counts.", scale=f"{scale:,}"
        )
    elif unit is None:
        sentence = Sentence(
            "Excel shows this as {number} {counts}, which is no amount in yuan.", number=number, counts=counts
        )
    elif stated not in (None, unit):
        sentence = Sentence(
            "Excel shows this as {number} {counts}, and the list counts in {unit} here.",
            number=number,
            counts=counts,
            unit=UNIT_NAMES.get(stated or 1, str(stated)),
        )
    else:
        return unit
    advice = Sentence("Type the amount with its unit, like 3万元, or leave this column out.")
    raise Invalid("amount_unit", sentence, field=field, advice=advice)


_SEEN = re.compile(r"(?P<number>-?[\d.]+(?:E[+-]?\d+)?)\[(?P<counts>[^\[\]]{1,40})\]")
_DIVIDED = re.compile(r"÷(1\d*)(.*)")
_MONTH, _YEAR = re.compile("月|month"), re.compile("年|year|yr")
_PERIODS: tuple[tuple[Literal["year", "month"], re.Pattern[str]], ...] = (
    ("year", re.compile(r"^(?:每年|全年|一年)|(?<=[\d元万千百])(?:/年|每年|一年|/yr|/year)$")),
    ("month", re.compile(r"^(?:每月|每个月|月均)|(?<=[\d元万千百])(?:/月|每个?月|一个月|/month)$")),
)
_MAY_TELL_PERIOD = re.compile("[年月/]")
_WRITTEN = r"[\d.,]*\d[百千]?[万亿]?[元块]?|[一二两三四五六七八九十百千万零壹贰叁肆伍陆柒捌玖拾佰仟]+元?"
_OTHER_WORDS = r"[^\W\d_A-Za-z百千万亿元块角分零一二两三四五六七八九十壹贰叁肆伍陆柒捌玖拾佰仟至到或和及负欠]"
_MEASURE = r"(?!公?斤|千克|亩|[头只株棵人口户吨箱袋桶瓶个]|平方|立方|[美港欧日韩泰]|[年月天期息利厘])"
_AMONG_WORDS = re.compile(
    rf"(?:不超过|最多|最高|至多|不低于|至少|最少|超过|大概|约)?(?P<core>{_WRITTEN})"
    rf"(?:以下|以上|之内|以内|内|封顶|起|多元?|余元?|左右)?(?:\({_OTHER_WORDS}{{1,40}}\)|{_MEASURE}{_OTHER_WORDS}{{2,20}})?"
)
_GREATEST_EXPONENT = 15
_ROUGHLY = re.compile(r"^(?:大约|大概|约)|(?:左右|以内|上下)$")
_CURRENCY = re.compile(r"^(?:RMB|CNY|人民币)[:：]?|(?:RMB|CNY|人民币|\((?:RMB|CNY|人民币)\))$", re.IGNORECASE)
_WHOLE = re.compile(r"(?<=[元圆块万千百十])(?:整|正)|(?<=[块元角分])钱")
_SHORT_UNITS = ((re.compile(r"(?<=\d)[wW](?=\d?元?$)"), "万"), (re.compile(r"(?<=\d)[kK]$"), "千"))
_UNIT_IN_BRACKETS = re.compile(r"\(([亿万千百]?元|[亿万千])\)$")
_OWN_UNIT = re.compile(r"[百千万亿元]")
_UNIT_SIGNS = {sign: name.removesuffix("元") for sign, name in UNIT_NAMES.items()}
_FORMAL = str.maketrans(
    "壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億两兩〇○圆圓块塊", "一二二三三四五六六七八九十百千万亿二二零零元元元元"
)
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")}
_HAN = "零一二三四五六七八九"
_UNITS = (("亿", 8), ("万", 4), ("千", 3), ("百", 2), ("十", 1))
_RANGE = re.compile(
    rf"[\d{_HAN}十百千万亿元][-~〜∼—–―至到、/或][\d{_HAN}十]|(?<![零点])[一二三四五六七八九]{{2,}}(?=[十百千万亿元]|$)"
)
_DAY = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d")
_TWICE = re.compile(r"([^()]+)\(([^()]+)\)元?")
_FIGURE = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_SPOKEN_FRACTION = re.compile(rf"([{_HAN}])点([{_HAN}]+)")
_PARTS_OF_A_YUAN = re.compile(rf"(?:(.*)元)?(?:零?([\d{_HAN}])角)?(?:零?([\d{_HAN}])分)?")


def _plain(text: str) -> str:
    written = _CURRENCY.sub("", _ROUGHLY.sub("", squeezed(text))).translate(_FORMAL)
    written = _WHOLE.sub("", written).removesuffix("整")
    for short, sign in _SHORT_UNITS:
        written = short.sub(sign, written)
    written = _SPOKEN_FRACTION.sub(lambda match: f"{_figure(match[1])}.{_figure(match[2])}", written)
    return written.removeprefix("¥")


def _said_twice(first: str, second: str) -> str | None:
    """An amount in words and in figures beside it, where both say the same."""
    values = [_value(each.replace(",", "").removeprefix("¥")) for each in (first, second)]
    return first if values[0] is not None and values[0] == values[1] else None


def _value(written: str) -> Decimal | None:
    """Yuan of an amount in figures, words or both; None for what is none or can mean two amounts."""
    parts = _PARTS_OF_A_YUAN.fullmatch(written) if written else None
    if parts is None:
        return _number(written, short=True)
    whole = _number(parts[1], short=False) if parts[1] is not None else Decimal(0)
    tenths, hundredths = (Decimal(_figure(part or "0")) for part in parts.group(2, 3))
    return None if whole is None else whole + tenths / 10 + hundredths / 100


def _number(text: str, *, short: bool) -> Decimal | None:
    """A number; with ``short`` a digit behind a unit counts the next smaller one: 3万5 is 35,000."""
    for sign, power in _UNITS:
        if sign in text:
            count, _, rest = text.partition(sign)
            return _of_unit(count, rest, power, short=short)
    if _FIGURE.fullmatch(text):
        return Decimal(text)
    return Decimal(_DIGITS[text]) if text in _DIGITS else None


def _of_unit(count: str, rest: str, power: int, *, short: bool) -> Decimal | None:
    many = Decimal(1) if power == 1 and not count else _number(count, short=False)
    if many is None or (rest and many != many.to_integral_value()):
        return None
    below = _below(rest, power, short=short)
    return None if below is None else many * 10**power + below


def _below(rest: str, power: int, *, short: bool) -> Decimal | None:
    """What follows a unit: nothing, 零 and a smaller number, a number with its unit, all the digits, or one digit."""
    if not rest:
        return Decimal(0)
    if bare := rest.lstrip("零") if rest.startswith("零") else "":
        value = _number(bare, short=False)
    elif len(rest) == 1:
        value = Decimal(_figure(rest)) * 10 ** (power - 1) if (short or power == 1) and rest in _ONE_DIGIT else None
    elif rest.isdecimal():
        value = Decimal(rest) if len(rest) == power else None
    else:
        value = _number(rest, short=short)
    return value if value is not None and value < 10**power else None


_ONE_DIGIT = frozenset("123456789一二三四五六七八九")


def _figure(digits: str) -> str:
    return "".join(str(_DIGITS.get(digit, digit)) for digit in digits)
