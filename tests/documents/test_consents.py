"""Documents 3, 4 and 7 read back: nothing ticked that nobody chose, writing as lines, figures that agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from fieldapp.documents.consent_papers import ConsentGiven, CreditPaper, PrivacyPaper, Signatory
from fieldapp.documents.cost_paper import CostPaper
from fieldapp.documents.pack import render
from fieldapp.documents.papers import PaperState
from fieldapp.domain.cost_disclosure import cost_disclosure
from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import Money
from fieldapp.domain.schedules import Fee, FeeTiming, repayment_schedule
from tests.documents.papers_to_print import LETTERHEAD, mark, terms
from tests.documents.reading import codes_of, pages_of, text_of

DAY = date(2026, 11, 23)
WHO = Signatory("张三", "borrower", "110101190001010014", "13800000001")
WRITING = ((1500, 3000, 300, 3000, 6500, 700, 4200, 3500, 500), (5000, 3200, 400, 7000, 6000, 800))
GIVEN = ConsentGiven(
    DAY,
    (("adverse", False), ("inquiry", True), ("read", True), ("reporting", True)),
    ("application",),
    date(2027, 11, 23),
    tuple((part, WRITING) for part in ("inquiry", "reporting", "adverse", "whole")),
)
TOLD = ConsentGiven(
    DAY, (("account", True), ("identity", True), ("location", False), ("processing", True), ("read", True)),
    signatures=(("whole", WRITING),),
)  # fmt: skip


def credit(
    who: Signatory = WHO, given: ConsentGiven | None = None, state: PaperState = PaperState.DRAFT
) -> CreditPaper:
    return CreditPaper(LETTERHEAD, mark("0412-2026-000089/3", state), who, given)


def notice(
    who: Signatory = WHO, given: ConsentGiven | None = None, state: PaperState = PaperState.DRAFT
) -> PrivacyPaper:
    return PrivacyPaper(LETTERHEAD, mark("0412-2026-000089/4", state), who, given)


def cost(**changed: Any) -> CostPaper:
    fees = (
        Fee("示例融资担保有限公司", FeeTiming.DAY_0, Money.yuan(1_000), None, "担保费"),
        Fee("示例评估所", FeeTiming.EACH_INSTALMENT, None, Decimal("0.001"), "账户管理费"),
    )
    schedule = repayment_schedule(replace(terms(), fees=changed.pop("fees", fees)))
    paper = CostPaper(
        LETTERHEAD, mark("0412-2026-000089/7"), "张三", "110101190001010014", schedule, cost_disclosure(schedule)
    )
    return replace(paper, **changed)


def curves_in(pdf: bytes) -> int:
    """How many curves are drawn: handwriting, for nothing else on these papers is curved but the watermark's form."""
    return sum(page.get_contents().get_data().split().count(b"c") for page in PdfReader(BytesIO(pdf)).pages)  # type: ignore[union-attr]


def test_nothing_is_ticked_that_nobody_chose() -> None:
    for paper in (credit(), notice()):
        text = text_of(render(paper))
        assert [piece[:3] for piece in text.split("√")[1:]] == ["借款人"]  # who one is, is no choice


def test_a_pen_form_has_no_tick_at_all() -> None:
    for paper in (credit(Signatory()), notice(Signatory())):
        assert "√" not in text_of(render(paper))


def test_what_was_chosen_on_the_screen_is_ticked_and_signed() -> None:
    pdf = render(credit(given=GIVEN, state=PaperState.FOR_SIGNATURE))
    text = text_of(pdf)
    assert len(pages_of(pdf)) == 1
    assert "√审核本次贷款申请" in text
    assert "□审核本人作为保证人的资格" in text
    assert text.count("√同意") == 2
    assert text.count("√不同意") == 1
    assert "√本人已阅读" in text
    assert "自签署之日起至2027-11-23" in text
    assert "本人已在屏幕签字SIGNEDONSCREEN" in text
    assert "签署前无效" not in text
    assert "本人于2026-11-23在屏幕上阅读、选择并手写签字" in text
    assert curves_in(pdf) == 4 * 5
    assert curves_in(render(credit(state=PaperState.FOR_SIGNATURE))) == 0


def test_the_notice_ticks_each_kind_and_each_third_party_apart() -> None:
    pdf = render(notice(given=TOLD, state=PaperState.FOR_SIGNATURE))
    text = text_of(pdf)
    assert len(pages_of(pdf)) == 2
    assert text.count("√同意") == 3
    assert text.count("√不同意") == 1
    assert text.count("□同意") == 6  # not chosen is neither agreed nor declined
    for said in ("身份证件号码及影像", "中国人民银行征信中心", "拒绝标明“必需”的项目", "本人可随时到任一网点"):
        assert said in text
    assert curves_in(pdf) == 5


def test_what_was_signed_on_paper_is_told_and_not_ticked_again() -> None:
    text = text_of(
        render(credit(given=ConsentGiven(DAY, GIVEN.choices, photo="ab12" * 16), state=PaperState.FOR_SIGNATURE))
    )
    assert "纸质原件已于2026-11-23签署" in text
    assert "ab12-ab12-ab12-ab12" in text
    assert "√同意" not in text


@pytest.mark.parametrize("word", ["不可撤销", "不可撤回", "集团内", "关联公司", "irrevocabl", "group"])
def test_no_consent_is_irrevocable_or_for_a_whole_group(word: str) -> None:
    for paper in (credit(), notice()):
        assert word not in text_of(render(paper))


def test_adverse_information_has_a_choice_and_a_signature_of_its_own() -> None:
    text = text_of(render(credit()))
    _, _, adverse = text.partition("三、不良信息报送（单独同意）")
    assert "□同意" in adverse.partition("本人已阅读")[0]
    assert "签字" in adverse.partition("本人已阅读")[0]


def test_the_same_consent_gives_the_same_bytes() -> None:
    for paper in (credit(given=GIVEN), notice(given=TOLD), cost()):
        assert render(paper) == render(paper)


def test_every_page_carries_its_number_and_digest_in_the_code() -> None:
    for paper in (credit(given=GIVEN), notice(), cost()):
        pdf = render(paper)
        for place, code in enumerate(codes_of(pdf), start=1):
            number, _, pages, digest = code.split("|")
            assert (number, pages) == (paper.mark.number, f"{place}/{len(pages_of(pdf))}")
            assert len(digest) == 16


def test_a_name_of_forty_characters_and_every_role_fit() -> None:
    long = replace(WHO, name="阿卜杜热西提" * 6 + "·买买提")
    for role in ("borrower", "spouse", "co_borrower", "guarantor", "pledgor"):
        for paper in (credit(replace(long, role=role)), notice(replace(long, role=role))):
            assert long.name in text_of(render(paper))


@pytest.mark.parametrize("name", ["张\u202e三", "张" * 100_000, "张\x00三", "😀"])
def test_a_hostile_name_is_refused_by_its_field(name: str) -> None:
    for paper in (credit(replace(WHO, name=name)), notice(replace(WHO, name=name)), cost(borrower=name)):
        with pytest.raises(Invalid) as refused:
            render(paper)
        assert refused.value.code in ("glyph", "too_long")


def test_the_cost_disclosure_names_every_charge_and_both_yearly_figures() -> None:
    paper = cost()
    text = text_of(render(paper))
    assert paper.disclosure is not None
    for said in ("担保费", "示例融资担保有限公司", "1,000.00", "账户管理费", "1,200.00", "本金的0.1000%", "3,279.73"):
        assert said in text
    whole = f"{paper.disclosure.cost.simple * 100:.4f}%"
    assert text.count(whole) == 2  # the total of the table and the figure below it
    assert f"{paper.disclosure.cost.compound * 100:.4f}%" in text
    assert "9.0000%" in text  # late: half as much again as 6 %
    assert "12.0000%" in text  # misuse: twice as much
    assert "签订借款合同之前由借款人签署" in text


def test_the_known_example_of_a_fee_on_the_first_day() -> None:
    fee = (Fee("示例融资担保有限公司", FeeTiming.DAY_0, Money.yuan(1_000), None, "担保费"),)
    text = text_of(render(cost(fees=fee)))
    assert "7.8862%" in text
    assert "8.1775%" in text


def test_the_parts_of_the_yearly_cost_sum_to_the_whole_as_printed() -> None:
    disclosed = cost().disclosure
    assert disclosed is not None
    parts = sum((charge.yearly for charge in disclosed.charges), Decimal(0))
    assert parts == disclosed.cost.simple.quantize(Decimal("0.000001"))
    assert disclosed.charges[0].yearly == Decimal("0.060000")


def test_nothing_but_the_title_is_larger_than_the_yearly_cost() -> None:
    sizes: dict[str, float] = {}

    def look(text: str, _cm: Any, _tm: Any, _font: Any, size: float) -> None:
        if text.strip():
            sizes[text.strip()] = size

    page = PdfReader(BytesIO(render(cost()))).pages[0]
    page.extract_text(visitor_text=look)
    paper = cost()
    assert paper.disclosure is not None
    shown = f"{paper.disclosure.cost.compound * 100:.4f} %"
    assert sizes[next(text for text in sizes if shown in text)] == 14
    assert sorted(sizes.values())[-2] <= 14


def test_a_cost_form_for_the_pen_has_no_figures() -> None:
    text = text_of(render(CostPaper(LETTERHEAD, mark("0412-2026-000089/7"))))
    assert "______%" in text
    assert "¥" not in text
