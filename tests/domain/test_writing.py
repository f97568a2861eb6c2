"""Typed texts: hostile marks go, what people write stays."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldapp.domain.errors import Invalid
from fieldapp.domain.writing import compact_code, half_width_digits, one_line, paragraphs


@pytest.mark.parametrize(
    "kept", ["张三丰", "𠮷田", "家庭👨‍👩‍👧 很好", "好❤\ufe0f", "می\u200cخواهم", "Ömer", "𡈼", "ａｂｃ", "=1+1", "مرحبا"]
)
def test_names_and_emoji_stay_as_they_are(kept: str) -> None:
    assert one_line(kept, field="name", limit=100) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  张　三 \t丰 \r\n", "张 三 丰"),
        ("a\x00b\x1bc\x7fd", "abcd"),
        ("safe\u202egpj.exe", "safegpj.exe"),
        ("\ufeff\u2066张三\u2069\u200f", "张三"),
        ("e\u0301", "\u00e9"),
        ("half\ud83dpair", "halfpair"),
        ("赵\u200d六", "赵六"),
        ("钱\ufe0f七\ufe0e", "钱七"),
        ("葛\U000e0100", "葛"),
        ("𠮷\u200c\U000e0101田", "𠮷田"),
    ],
)
def test_marks_that_deceive_are_removed(typed: str, kept: str) -> None:
    assert one_line(typed, field="name", limit=100) == kept


def test_paragraphs_keep_their_line_breaks() -> None:
    assert paragraphs("\n 一  二 \r\n三\u2028\r四\n\n", field="facts", limit=100) == "一 二\n三\n\n四"


def test_a_text_over_the_limit_is_refused_and_the_limit_named() -> None:
    assert one_line("字" * 50, field="name", limit=50) == "字" * 50
    for typed in ("字" * 51, "字" * 100_000, "\u0301\u0323" * 50_000):
        with pytest.raises(Invalid, match="50") as refused:
            one_line(typed, field="name", limit=50)
        assert (refused.value.code, refused.value.field) == ("too_long", "name")


def test_only_full_width_digits_are_narrowed() -> None:
    assert half_width_digits("１２３ＡＢ，四") == "123ＡＢ，四"


def test_codes_are_compacted() -> None:
    assert compact_code(" ９1－a b—ｘ\u200b ") == "91ABX"


@settings(max_examples=200)
@given(st.text(max_size=80))
def test_a_cleaned_text_is_clean_and_cleaning_it_again_changes_nothing(typed: str) -> None:
    line = one_line(typed, field="name", limit=1000)
    assert one_line(line, field="name", limit=1000) == line
    assert line.encode("utf-8").decode("utf-8") == line
    assert not any(unicodedata.category(character) in {"Cc", "Cs"} for character in line)
    text = paragraphs(typed, field="facts", limit=1000)
    assert paragraphs(text, field="facts", limit=1000) == text
