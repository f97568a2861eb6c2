"""Amounts in capitals: the domain's numbers, a reader written for the test, and cn2an where it agrees."""

from __future__ import annotations

import json
from pathlib import Path

import cn2an
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldapp.domain.capitals import capitals, capitals_with_currency
from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import GREATEST_FEN, Money

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "loans.json").read_text(encoding="utf-8"))["rmb"]
AMOUNTS = st.integers(0, 10**6) | st.integers(0, GREATEST_FEN)


@pytest.mark.parametrize(("amount", "written"), VECTORS.items())
def test_amounts_are_written_as_in_the_vectors(amount: str, written: str) -> None:
    assert capitals(Money.yuan(amount)) == written


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("0", "人民币零元整"),
        ("0.05", "人民币伍分"),
        ("0.50", "人民币伍角"),
        ("0.55", "人民币伍角伍分"),
        ("10", "人民币壹拾元整"),
        ("10.05", "人民币壹拾元零伍分"),
        ("1409.50", "人民币壹仟肆佰零玖元伍角"),
        ("6007.14", "人民币陆仟零柒元壹角肆分"),
        ("1680.32", "人民币壹仟陆佰捌拾元零叁角贰分"),
        ("16409.02", "人民币壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "人民币叁佰贰拾伍元零肆分"),
        ("107000.53", "人民币壹拾万柒仟元零伍角叁分"),
        ("10000001", "人民币壹仟万零壹元整"),
        ("100005000", "人民币壹亿零伍仟元整"),
        ("100000000", "人民币壹亿元整"),
        ("1050000000", "人民币壹拾亿伍仟万元整"),
        ("1010101010.01", "人民币壹拾亿壹仟零壹拾万壹仟零壹拾元零壹分"),
        ("10000000000000", "人民币壹拾万亿元整"),
    ],
)
def test_amounts_on_a_form_begin_with_the_currency(amount: str, written: str) -> None:
    assert capitals_with_currency(Money.yuan(amount)) == written


@pytest.mark.parametrize("fen", [-1, GREATEST_FEN + 1])
def test_an_amount_that_is_none_is_refused(fen: int) -> None:
    with pytest.raises(Invalid):
        capitals(Money(fen))


@settings(max_examples=300)
@given(AMOUNTS)
def test_what_is_written_reads_back_as_the_same_amount(fen: int) -> None:
    written = capitals(Money(fen))
    assert _read(written) == fen
    assert "零零" not in written
    assert not any(bad in written for bad in ("零万", "零亿", "零拾", "零佰", "零仟", "亿万"))


@settings(max_examples=200)
@given(AMOUNTS)
def test_cn2an_writes_the_same_but_for_zeros_that_may_be_left_out(fen: int) -> None:
    theirs = cn2an.an2cn(f"{fen // 100}.{fen % 100:02}", "rmb") if fen % 100 else cn2an.an2cn(str(fen // 100), "rmb")
    ours = capitals(Money(fen))
    assert _without_optional(ours) == _without_optional(theirs)
    if fen >= 100 and not (fen % 100 and fen // 100 % 10 == 0):
        assert ours.removesuffix("整") == theirs.removesuffix("整")


def _without_optional(written: str) -> str:
    return written.removesuffix("整").removeprefix("零元").replace("零", "")


def _read(written: str) -> int:
    """Reads capitals from left to right, knowing nothing of how they were written."""
    digits = {character: value for value, character in enumerate("零壹贰叁肆伍陆柒捌玖")}
    places = {"拾": 10, "佰": 100, "仟": 1000}
    yuan = fen = group = digit = 0
    for character in written.removesuffix("整"):
        if character in digits:
            digit = digits[character]
            continue
        if character in places:
            group += digit * places[character]
        elif character == "万":
            yuan += (group + digit) * 10_000
            group = 0
        elif character == "亿":
            yuan = (yuan + group + digit) * 100_000_000
            group = 0
        elif character == "元":
            fen += (yuan + group + digit) * 100
        else:
            fen += digit * {"角": 10, "分": 1}[character]
        digit = 0
    return fen
