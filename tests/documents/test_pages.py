"""What stands on every page, and where pages end."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from fieldapp.documents.pack import data_digest, render
from fieldapp.documents.papers import DebtLine, GuaranteeLine, MetPerson, Paper, PaperState, UseLine
from fieldapp.domain.money import Money
from fieldapp.domain.schedules import RepaymentMethod
from tests.documents.papers_to_print import (
    DAY,
    FULL_APPLICATION,
    FULL_VISIT,
    MINIMAL_APPLICATION,
    MINIMAL_VISIT,
    photo,
    schedule_paper,
)
from tests.documents.reading import codes_of, pages_of, pictures_of


@pytest.mark.parametrize(
    ("paper", "pages"),
    [
        (FULL_APPLICATION, 3),
        (MINIMAL_APPLICATION, 3),
        (schedule_paper(), 1),
        (FULL_VISIT, 1),
        (MINIMAL_VISIT, 1),
    ],
)
def test_a_usual_paper_takes_its_usual_pages(paper: Paper, pages: int) -> None:
    assert len(pages_of(render(paper))) == pages


def test_every_page_is_numbered_and_marked() -> None:
    paper = schedule_paper(months=120)
    pages = pages_of(render(paper))
    for number, text in enumerate(pages, start=1):
        assert f"第 {number} 页，共 {len(pages)} 页" in text
        assert f"Page {number} of {len(pages)}" in text
        assert "0412-2026-000089/5" in text
        assert "E01-1.0" in text
        assert "400-000-0000" in text


def test_the_code_of_each_page_reads_back() -> None:
    for paper, form in ((FULL_APPLICATION, "A01-1.0"), (schedule_paper(), "E01-1.0"), (FULL_VISIT, "F01-1.0")):
        codes = codes_of(render(paper))
        expected = [
            f"{paper.mark.number}|{form}|{number}/{len(codes)}|{data_digest(paper)[:16]}"
            for number in range(1, len(codes) + 1)
        ]
        assert codes == expected


def test_fonts_are_embedded() -> None:
    for page in PdfReader(BytesIO(render(FULL_APPLICATION))).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[union-attr,index]
            descriptor = font.get_object()["/FontDescriptor"].get_object()
            assert "/FontFile2" in descriptor
            assert "NotoSansSC" in descriptor["/FontName"]


def test_only_a_draft_has_the_watermark() -> None:
    grey = {}
    for state in PaperState:
        picture = pictures_of(render(schedule_paper(state=state)))[0]
        grey[state] = sum(count for level, count in enumerate(picture.histogram()) if 224 <= level <= 228)
    assert grey[PaperState.DRAFT] > 50_000
    assert grey[PaperState.FOR_SIGNATURE] < 10_000
    assert grey[PaperState.SEALED] < 10_000


def test_the_box_says_how_far_the_paper_has_come() -> None:
    texts = {state: pages_of(render(schedule_paper(state=state)))[0] for state in PaperState}
    assert "草稿 DRAFT · 签署前无效" in texts[PaperState.DRAFT]
    assert "待签署 FOR SIGNATURE · 签署前无效" in texts[PaperState.FOR_SIGNATURE]
    assert "签署前无效" not in texts[PaperState.SEALED]


def test_the_watermark_does_not_copy() -> None:
    assert pages_of(render(schedule_paper()))[0].count("DRAFT") == 1


EVERY_TURN_OF_THE_PAGE = (1, 2, 3, *range(11, 19), *range(20, 26), 36, 44, 45, 46, 56, 57, 58, 360)


@pytest.mark.parametrize(
    ("method", "terms"),
    [
        (RepaymentMethod.EQUAL_INSTALMENTS, (1, 15, 16, 23, 24, 45, 360)),
        pytest.param(RepaymentMethod.EQUAL_INSTALMENTS, EVERY_TURN_OF_THE_PAGE, marks=pytest.mark.long),
        pytest.param(RepaymentMethod.INTEREST_FIRST, EVERY_TURN_OF_THE_PAGE, marks=pytest.mark.long),
    ],
)
def test_the_signed_page_of_a_schedule_has_rows_and_total(method: RepaymentMethod, terms: tuple[int, ...]) -> None:
    for months in terms:
        pages = pages_of(render(schedule_paper(method, months)))
        last = pages[-1]
        rows = re.findall(r"^\d+ \d{4}-\d\d-\d\d ", last, re.MULTILINE)
        assert len(rows) >= min(2, months), months
        assert "合计 Total" in last
        assert "签字" in last
        assert "按印" in last
        for later in pages[1:]:
            assert "二、还款计划（续）" in later
            assert "应还合计" in later


def _long_application(rows: int):
    return replace(
        FULL_APPLICATION,
        uses=tuple(
            UseLine(f"第{n}项：购买种子、化肥、农膜及雇工" * (1 + n % 3), "某某店", Money(n)) for n in range(rows)
        ),
        debts=tuple(DebtLine(f"示例银行{n}", Money(n), Money(n), DAY, "信用") for n in range(rows)),
        guarantees=tuple(GuaranteeLine(f"保证人{n}", None, "", Money(n)) for n in range(rows)),
    )


MANY_ROWS = [pytest.param(rows, marks=pytest.mark.long) for rows in (1, 3, 4, 5, 7, 16, *range(23, 34), 133, 200)]


@pytest.mark.parametrize("rows", [2, 11, 27, 60, *MANY_ROWS])
def test_no_bad_break_in_an_application(rows: int) -> None:
    pages = pages_of(render(_long_application(rows)))
    totals = [page for page in pages if "合计 Total" in page]
    assert len(totals) in (1, 2)
    for number in range(max(rows - 2, 0), rows):
        assert f"第{number}项" in totals[0]
        assert f"示例银行{number}\n" in totals[-1] or f"示例银行{number} " in totals[-1]
    for section, head in (("六、贷款用途", "收款人"), ("八、现有负债", "债权人"), ("九、担保", "保证额")):
        for page in pages:
            if section in page:
                assert head in page, (rows, section)
    signed = [page for page in pages if "十三、签署" in page]
    assert len(signed) == 1
    assert "本人已逐条阅读" in signed[0]
    assert "6. 本人可查阅" in signed[0].replace("6.\n", "6. ")
    assert "十四、银行受理" in signed[0]
    assert signed[0] == pages[-1]


def test_long_facts_flow_over_pages_and_lose_nothing() -> None:
    facts = "\n".join(f"第{number}条：核对进货单三张，金额相符。" for number in range(400))
    paper = replace(FULL_VISIT, facts=facts, people=tuple(MetPerson(f"邻居{n}", "村民") for n in range(60)))
    pages = pages_of(render(paper))
    text = "".join("".join(page.split()) for page in pages)
    assert all(f"第{number}条：" in text for number in range(400))
    assert all(f"邻居{number}（村民）" in text for number in range(60))
    assert "二、事实（续）" in pages[2]
    assert "主办客户经理" in pages[-1]


def test_a_hundred_thousand_characters_print() -> None:
    pages = pages_of(render(replace(MINIMAL_VISIT, facts="事" * 100_000)))
    assert sum(page.count("事") for page in pages) >= 100_000


def test_a_photograph_whose_time_nobody_recorded_says_so() -> None:
    paper = replace(FULL_VISIT, photos=(replace(photo(1), taken_at=None),))
    assert "1·拍摄时间未记录notimerecorded" in "".join("".join(pages_of(render(paper))).split())


def test_photographs_print_with_time_and_digest() -> None:
    paper = replace(FULL_VISIT, photos=tuple(photo(number) for number in range(1, 9)))
    text = "".join("".join(page.split()) for page in pages_of(render(paper)))
    for number, taken in enumerate(paper.photos, start=1):
        assert taken.digest in text
        assert f"{number}·2026-11-2009:4{number}" in text
