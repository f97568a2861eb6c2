"""Unified social credit codes: GB 32100 with village collectives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import uscc

from fieldapp.domain.business_code import business_facts
from fieldapp.domain.errors import Invalid

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "loans.json").read_text(encoding="utf-8"))
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize("code", VECTORS["uscc_valid"])
def test_right_codes_are_accepted(code: str) -> None:
    facts = business_facts(code)
    assert facts.code == code
    assert facts.area_code == code[2:8]


def test_a_village_collective_is_recognised() -> None:
    assert business_facts("N2421221MF000003XL").is_village_collective
    assert not business_facts("91421200MA00000151").is_village_collective


@pytest.mark.parametrize("category", "123")
def test_every_kind_of_village_collective_is_accepted(category: str) -> None:
    stem = f"N{category}421221MF000003X"
    assert business_facts(stem + uscc.calc_check_digit(stem)).is_village_collective


@pytest.mark.parametrize(
    ("code", "reason"),
    list(
        zip(
            VECTORS["uscc_invalid"],
            ["business_code_check_digit", "business_code_length", "business_code_characters"],
            strict=True,
        )
    ),
)
def test_wrong_codes_are_refused_with_their_reason(code: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        business_facts(code)
    assert (refused.value.code, refused.value.field) == (reason, "business_code")


@pytest.mark.parametrize("letter", "IOSVZiosvz")
def test_letters_that_do_not_occur_are_named(letter: str) -> None:
    with pytest.raises(Invalid, match=letter.upper()):
        business_facts(f"9142120{letter}MA00000151")


@pytest.mark.parametrize(
    "written", ["91421200ma00000151", "９１４２１２００ＭＡ０００００１５１", " 9142 1200 MA00 0001-51 "]
)
def test_codes_are_accepted_as_people_write_them(written: str) -> None:
    assert business_facts(written).code == "91421200MA00000151"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("421200000000015", "business_code_old"),
        ("", "business_code_length"),
        ("9" * 100_000, "business_code_length"),
        ("😀" * 18, "business_code_characters"),
        ("9142A200MA00000151", "business_code_characters"),
    ],
)
def test_what_is_no_code_is_refused_with_a_sentence(written: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        business_facts(written)
    assert refused.value.code == reason


@settings(max_examples=150)
@given(st.text(ALPHABET, min_size=2, max_size=2), st.integers(0, 999_999), st.text(ALPHABET, min_size=9, max_size=9))
def test_the_last_character_agrees_with_stdnum_and_no_other_is_accepted(kind: str, area: int, body: str) -> None:
    stem = f"{kind}{area:06}{body}"
    right = uscc.calc_check_digit(stem)
    assert business_facts(stem + right).code == stem + right
    with pytest.raises(Invalid):
        business_facts(stem + ALPHABET[ALPHABET.index(right) - 1])
