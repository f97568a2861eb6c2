"""Masks of personal data."""

from __future__ import annotations

import pytest

from fieldapp.domain.masking import masked_account, masked_identity_number, masked_phone


def test_masks_show_what_tells_two_people_apart_and_no_more() -> None:
    assert masked_identity_number("110101190001010014") == "110101********0014"
    assert masked_phone("13800000001") == "138 **** 0001"
    assert masked_phone("07155351234") == "**** 234"
    assert masked_phone("+85261234567") == "**** 567"
    assert masked_account("6222020200012340123") == "**** 0123"


@pytest.mark.parametrize("odd", ["", "1", "123456", "张三"])
def test_what_does_not_look_as_expected_is_hidden_altogether(odd: str) -> None:
    for mask in (masked_identity_number, masked_phone, masked_account):
        assert mask(odd) == "*" * len(odd)
