"""Identity numbers: GB 11643 without refusing the bank's own customers."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric

from fieldapp.domain.errors import Invalid
from fieldapp.domain.identity import Sex, area_warning, identity_facts, normalised_identity_number
from tests.depth import examples

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "loans.json").read_text(encoding="utf-8"))
TODAY = date(2026, 3, 15)


@pytest.mark.parametrize("number", VECTORS["ric_valid"])
def test_right_numbers_are_accepted(number: str) -> None:
    facts = identity_facts(number, TODAY)
    assert (facts.number, facts.area_code, facts.birth) == (number, "110101", date(1900, 1, 1))


@pytest.mark.parametrize(
    ("number", "code"),
    list(
        zip(VECTORS["ric_invalid"], ["identity_check_digit", "identity_birth_date", "identity_birth_date"], strict=True)
    ),
)
def test_wrong_numbers_are_refused_with_their_reason(number: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        identity_facts(number, TODAY)
    assert (refused.value.code, refused.value.field) == (code, "identity_number")


def test_the_order_code_tells_the_sex() -> None:
    assert identity_facts("110101190001010014", TODAY).sex is Sex.MALE
    assert identity_facts("110101190001010022", TODAY).sex is Sex.FEMALE


@pytest.mark.parametrize(
    "written",
    [
        "11010119000101009x",
        "１１０１０１１９０００１０１００９Ｘ",
        " 110101 19000101 009ｘ ",
        "110101-19000101-009X",
        "\u202a11010119000101009X\u202c",
    ],
)
def test_numbers_are_accepted_as_people_write_them(written: str) -> None:
    assert normalised_identity_number(written) == "11010119000101009X"
    assert identity_facts(written, TODAY).number == "11010119000101009X"


@pytest.mark.parametrize("area", ["421224", "421281", "810000", "820000", "830000", "999999"])
@pytest.mark.parametrize("born", ["19700101", "19971231", "20260315"])
def test_customers_that_libraries_refuse_are_accepted(area: str, born: str) -> None:
    number = _with_check_digit(f"{area}{born}123")
    facts = identity_facts(number, TODAY)
    assert facts.area_code == area
    assert facts.is_residence_permit is (area in {"810000", "820000", "830000"})


def test_an_unknown_area_is_a_warning_and_never_a_refusal() -> None:
    known = {"421224"}
    assert area_warning("421224", known) is None
    assert area_warning("830000", known) is None
    assert "999999" in str(area_warning("999999", known))


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "identity_length"),
        ("110101190001010", "identity_old"),
        ("1101011900010100140", "identity_length"),
        ("1101O1190001010014", "identity_characters"),
        ("X10101190001010014", "identity_characters"),
        ("²10101190001010014", "identity_characters"),
        ("٣10101190001010014", "identity_characters"),
        ("1" * 100_000, "identity_length"),
        ("😀" * 18, "identity_characters"),
        ("\x00" * 18, "identity_length"),
    ],
)
def test_what_is_no_number_is_refused_with_a_sentence(written: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        identity_facts(written, TODAY, field="spouse_identity_number")
    assert (refused.value.code, refused.value.field) == (code, "spouse_identity_number")


def test_a_birth_tomorrow_is_refused_and_one_today_is_not() -> None:
    assert identity_facts(_with_check_digit("42122420260315123"), TODAY).birth == TODAY
    with pytest.raises(Invalid):
        identity_facts(_with_check_digit("42122420260316123"), TODAY)
    with pytest.raises(Invalid):
        identity_facts(_with_check_digit("42122418000101123"), TODAY)


@settings(max_examples=examples(80, 300))
@given(st.integers(110000, 829999), st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999))
def test_the_check_digit_agrees_with_stdnum_and_no_other_is_accepted(area: int, born: date, order: int) -> None:
    stem = f"{area}{born:%Y%m%d}{order:03}"
    right = ric.calc_check_digit(stem + "0")
    assert identity_facts(stem + right, TODAY).birth == born
    for wrong in set("0123456789X") - {right}:
        with pytest.raises(Invalid):
            identity_facts(stem + wrong, TODAY)


@settings(max_examples=100)
@given(st.text(max_size=30))
def test_any_text_is_accepted_or_refused_but_never_a_bug(text: str) -> None:
    try:
        identity_facts(text, TODAY)
    except Invalid:
        return


def _with_check_digit(stem: str) -> str:
    return stem + ric.calc_check_digit(stem + "0")
