"""Document 2: what it says, its usual pages, and where its pages end with lists of 200 rows and hostile texts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fieldapp.documents.investigation_paper import AssetLine
from fieldapp.documents.pack import data_digest, render
from fieldapp.domain.affordability import MonthlyAccounts
from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import Money
from tests.documents.investigation_to_print import BLANK, FULL, LONG, NAME
from tests.documents.reading import codes_of, pages_of, text_of


def test_the_figures_of_the_domain_stand_on_the_paper() -> None:
    text = text_of(render(FULL)).replace(" ", "")
    for said in (
        "304,000.00", "99,000.00", "205,000.00元", "176,000.00元", "16.48%",
        "80,000+24×6,500−60,000=176,000；差异超过容许值5%，须查明来源后方可提交",
        "1,500×30", "10,800×52÷12", "46,800.00", "4.00%", "31,500÷0.70", "29,250÷0.65", "176,000对205,000",
        "6,500.00", "1,200.00", "3,350.00", "容许偏差5%", "人品：邻里评价良好", "（照片2张）", "建议变更期限后再审",
        "店面销售", "540,000.00",
    ):  # fmt: skip
        assert said in text, said


def test_a_pen_form_is_two_pages_and_takes_everything_by_hand() -> None:
    pages = pages_of(render(BLANK))
    assert len(pages) == 2
    assert "日销售推算" in pages[1]
    assert "按印" in pages[1]


def test_every_page_carries_its_code() -> None:
    codes = codes_of(render(FULL))
    digest = data_digest(FULL)[:16]
    assert codes == [f"{FULL.mark.number}|B01-1.0|{page}/{len(codes)}|{digest}" for page in range(1, len(codes) + 1)]


def test_the_same_paper_gives_the_same_bytes() -> None:
    assert render(FULL) == render(FULL)
    assert data_digest(FULL) != data_digest(replace(FULL, net=Money(1)))


@pytest.mark.parametrize("rows", [1, 9, 17, 18, 19, 20, 21, 40])
def test_no_bad_break_among_the_assets(rows: int) -> None:
    assets = tuple(AssetLine(f"资产{number}", "", "", Money.yuan(1), "seen") for number in range(rows))
    pages = pages_of(render(replace(FULL, assets=assets)))
    whole = "".join(pages)
    assert all(f"资产{number}" in whole for number in range(rows))
    for section, first in (
        ("七、三品三表", "人品产品押品"),
        ("六、交叉检验", "日销售推算"),
        ("附、收支明细", "店面销售"),
    ):
        opening = next(page for page in pages if section in page and f"{section}（续）" not in page)
        assert first in opening, (rows, section)
    signed = next(page for page in pages if "按印" in page)
    assert "主办意见" in signed
    assert "客户确认" in signed


@pytest.mark.long
def test_two_hundred_rows_and_names_of_forty_characters_lose_nothing() -> None:
    pages = pages_of(render(LONG))
    whole = "".join("".join(page.split()) for page in pages)
    assert all(f"{number}{NAME[:36]}" in whole for number in range(200))
    assert sum("二、资产" in page for page in pages) > 1
    assert "按印" in pages[-1]
    assert "协办意见" in pages[-1]


def test_an_amount_that_no_size_makes_fit_is_refused_by_name() -> None:
    month = MonthlyAccounts(Money(10**15))
    with pytest.raises(Invalid) as refused:
        render(replace(FULL, months=(month,) * 12))
    assert refused.value.code == "too_long"
