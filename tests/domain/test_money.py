"""Amounts as people write them: read exactly, to the fen, or refused."""

from __future__ import annotations

import pytest

from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import GREATEST_FEN, parse_amount


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("50000", 5_000_000),
        ("５万", 5_000_000),
        ("¥ 12,345.60", 1_234_560),
        ("人民币3.5 万元", 3_500_000),
        ("0.00000001亿", 100),
        ("100.0000000000000000000000000000000000", 10_000),
        ("10000000000000", GREATEST_FEN),
    ],
)
def test_an_amount_is_read_to_the_fen(text: str, fen: int) -> None:
    assert parse_amount(text).fen == fen


@pytest.mark.parametrize("text", ["0.005", "1000000.0000000000000000000000000001", "0.12345678901234567890123456789万"])
def test_a_part_of_a_fen_is_refused_however_small(text: str) -> None:
    with pytest.raises(Invalid, match="at most two decimals"):
        parse_amount(text)


@pytest.mark.parametrize("text", ["10000000000000.01", "100000000000000000000000000000000000000", "99999999999亿"])
def test_an_amount_beyond_reason_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="too large"):
        parse_amount(text)


@pytest.mark.parametrize("text", ["", "五万", "1e5", "1,0000", "5千万", "٣", "5 - 6"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="not an amount"):
        parse_amount(text)
