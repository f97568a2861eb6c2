"""Places by every way people write them, on the real villages."""

from __future__ import annotations

import pytest

from fieldapp.domain.errors import Invalid
from fieldapp.reference import industries, places

KNOWN = places()


@pytest.mark.parametrize(
    "written",
    [
        "421224107211",
        "４２１２２４１０７２１１",
        "和平村委会",
        " 和平村委会 ",
        "和平村",
        "和平村民委员会",
        "和平",
        "大畈镇和平村",
        "通山县大畈镇和平村委会",
        "湖北省咸宁市通山县大畈镇和平村三组",
        "大畈镇/和平村",
        "和平村委会(421224107211)",
        "和 平 村",
    ],
)
def test_one_village_is_found_in_every_way(written: str) -> None:
    assert KNOWN.find_village(written).code == "421224107211"


@pytest.mark.parametrize(
    "written", ["", "不存在的村", "421224999999", "村", "和平社区", "x" * 100_000, "😀", "通山县", "大畈镇"]
)
def test_what_no_village_is_called_is_unknown(written: str) -> None:
    with pytest.raises(Invalid) as caught:
        KNOWN.find_village(written)
    assert caught.value.code == "village_unknown"


def test_namesakes_are_ambiguous_until_the_town_or_a_neighbourhood_is_known() -> None:
    with pytest.raises(Invalid) as caught:
        KNOWN.find_village("高坑村")
    assert caught.value.code == "village_ambiguous"
    assert KNOWN.find_village("高坑村", town="大畈镇").town == "大畈镇"
    assert KNOWN.find_village("高坑村", near=("421224100",)).town == "通羊镇"
    assert KNOWN.find_village("高桥村", near=("421281",)).area_code == "421281"


def test_each_village_is_found_by_its_own_code_and_name() -> None:
    assert len(KNOWN.villages) == 398
    for village in KNOWN.villages:
        assert KNOWN.find_village(village.code) == village
        assert KNOWN.find_village(village.name, town=village.town, near=(village.area_code,)) == village


def test_counties_are_said_in_words() -> None:
    county, district = KNOWN.area("421281"), KNOWN.area("110101")
    assert county is not None
    assert district is not None
    assert (county.full_name, district.full_name) == ("湖北省咸宁市赤壁市", "北京市东城区")
    assert KNOWN.area("999999") is None


def test_the_twenty_sections_of_industry_are_there() -> None:
    assert "".join(each.letter for each in industries()) == "ABCDEFGHIJKLMNOPQRST"
