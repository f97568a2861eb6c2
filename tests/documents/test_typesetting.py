"""Lines: nothing lost, nothing wider than its place, no mark on the wrong side of a break."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.documents.typefaces import FieldName, printable, width_of
from fieldapp.documents.typesetting import fit, height_for, wrap
from fieldapp.domain.errors import Invalid

FIELD = FieldName("field", "栏目 Field")
TEXTS = st.text(alphabet="贷款申请人，。；（）“”《》、0123456789.%,aBc e-¥元 ", max_size=300)


@given(TEXTS, st.floats(20, 180), st.sampled_from([7.0, 9.0, 10.0]))
def test_wrapping_loses_nothing_and_stays_inside(text: str, width: float, size: float) -> None:
    lines = wrap(text, width, size)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width_of(line, size) <= width + 0.01 for line in lines)


@given(TEXTS, st.floats(15, 150), st.sampled_from([8.8, 10.0, 14.0, 30.0]))
def test_a_value_fits_or_is_refused(text: str, width: float, height: float) -> None:
    try:
        setting = fit(text, width, height, FIELD)
    except Invalid:
        return
    assert all(width_of(line, setting.size) <= width + 0.01 for line in setting.lines)
    assert len(setting.lines) * setting.pitch <= height
    assert setting.size >= 7


@given(TEXTS, st.floats(15, 150))
def test_what_a_row_is_made_high_enough_for_fits_into_it(text: str, width: float) -> None:
    try:
        high = height_for(text, width, FIELD)
    except Invalid:
        return
    fit(text, width, max(high, 8.8), FIELD)


def test_the_space_at_a_break_takes_no_room() -> None:
    width = width_of("Abcdefghijklmnop", 8) + 0.01
    assert fit("Abcdefghijklmnop Abcdefghijklmnop", width, 8.8, FIELD).lines == ("Abcdefghijklmnop",) * 2


@pytest.mark.parametrize("closing", "，。；：！？、）》”")
def test_no_line_begins_with_a_closing_mark(closing: str) -> None:
    for width in (20, 21, 22, 23, 24, 25):
        lines = wrap(("客户经理" + closing) * 20, width, 9)
        assert not any(line.startswith(closing) for line in lines)


def test_no_line_ends_with_an_opening_mark() -> None:
    for width in (20, 21, 22, 23, 24, 25):
        assert not any(line.endswith(("（", "《", "“")) for line in wrap("客户（经理《说“好" * 20, width, 9))


def test_no_last_line_is_a_single_character() -> None:
    name = "咸宁市红旗路向阳农副产品商贸有限公司"
    for width in range(20, 60):
        lines = wrap(name + "。" * (width % 2), width, 9)
        assert len(lines) == 1 or len(lines[-1].rstrip("。")) > 1, lines
        assert max(width_of(line, 9) for line in lines) <= width + 0.01
    assert wrap(name[:-1], width_of(name[:-2], 9), 9) == (name[:-3], "限公")
    assert wrap("Harvest 司", width_of("Harvest", 9), 9) == ("Harvest", "司")  # a word is not torn for it
    assert wrap("甲\n乙", 50, 9) == ("甲", "乙")


def test_an_amount_is_not_torn() -> None:
    lines = wrap("月净收入 6,500.00 元，扣除后余 5,300.00 元。" * 5, 60, 10)
    assert sum(line.count("6,500.00 元") for line in lines) == 5


def test_line_ends_of_any_system_begin_a_line() -> None:
    assert wrap(printable("甲\r\n乙\r丙\n丁", FIELD), 100, 9) == ("甲", "乙", "丙", "丁")


def test_letters_with_separate_accents_become_one_letter() -> None:
    assert printable("Jose\u0301", FIELD) == "José"
