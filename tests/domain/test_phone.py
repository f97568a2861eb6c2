"""Telephone numbers as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldapp.domain.errors import Invalid
from fieldapp.domain.phone import phone_number
from tests.depth import examples


@pytest.mark.parametrize(
    "written",
    ["13895559797", "138 9555 9797", "138-9555-9797", "+86 138 9555 9797", "+8613895559797", "8613895559797",
     "0086 138-9555-9797", "１３８９５５５９７９７", "（＋86）138 9555 9797", " 1389555 9797\u3000"],
)  # fmt: skip
def test_a_mobile_number_is_the_same_however_it_is_written(written: str) -> None:
    number = phone_number(written)
    assert (number.digits, number.plausible, number.warning) == ("13895559797", True, None)


@pytest.mark.parametrize("written", ["0715-5351234", "(0715) 535 1234", "+86 715 5351234"])
def test_a_landline_keeps_its_area(written: str) -> None:
    assert phone_number(written).digits == "07155351234"


def test_a_foreign_number_keeps_its_country() -> None:
    assert phone_number("+852 6123 4567").digits == "+85261234567"


@pytest.mark.parametrize("written", ["138955597", "12345", "1389555979700", "1"])
def test_an_implausible_number_is_kept_with_a_warning(written: str) -> None:
    number = phone_number(written)
    assert (number.digits, number.plausible) == (written, False)
    assert number.warning is not None


@pytest.mark.parametrize("written", ["164-3231-9487", "+86 16432319487", "0086 164 3231 9487", "8616432319487"])
def test_an_implausible_number_is_one_number_however_it_is_written(written: str) -> None:
    number = phone_number(written)
    assert (number.digits, number.plausible) == ("16432319487", False)


@pytest.mark.parametrize("written", ["", "  ", "没有", "+", "1" * 100_000, "😀"])
def test_what_holds_no_number_is_refused(written: str) -> None:
    with pytest.raises(Invalid) as refused:
        phone_number(written)
    assert refused.value.field == "phone"


@settings(max_examples=examples(80, 300))
@given(st.text(max_size=45) | st.text("0123456789+-() ", max_size=45))
def test_any_text_is_kept_or_refused_but_never_a_bug(text: str) -> None:
    try:
        number = phone_number(text)
    except Invalid:
        return
    assert phone_number(number.digits).digits == number.digits
