"""What a reader finds on the papers, and what the papers refuse."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from fieldapp.documents.pack import render
from fieldapp.documents.papers import ApplicationPaper, LoanRequest, MetPerson, Paper, PhotoPrint, UseLine
from fieldapp.domain.errors import Actionable, Invalid
from fieldapp.domain.money import Money
from fieldapp.domain.records import PlannedMovement
from fieldapp.domain.schedules import Fee, FeeTiming, RepaymentMethod, repayment_schedule
from tests.documents.papers_to_print import (
    C4_PLAN,
    FULL_APPLICATION,
    FULL_VISIT,
    MINIMAL_APPLICATION,
    MINIMAL_VISIT,
    photo,
    planned_paper,
    schedule_paper,
    terms,
)
from tests.documents.reading import pages_of, text_of


def test_equal_instalments_print_the_numbers_of_the_base_case() -> None:
    text = text_of(render(schedule_paper()))
    for figure in ("8,606.64", "8,606.69", "3,279.73", "103,279.73", "6.0000%", "6.1678%", "500.00"):
        assert figure in text
    assert "人民币壹拾万元整" in text
    assert "末期8,606.69元比其余各期多0.05元" in text


def test_equal_principal_prints_the_residue_of_its_principal() -> None:
    text = text_of(render(schedule_paper(RepaymentMethod.EQUAL_PRINCIPAL)))
    for figure in ("8,333.33", "8,833.33", "8,375.04", "3,250.00"):
        assert figure in text
    assert "末期本金8,333.37元比其余各期多0.04元" in text


def test_interest_first_says_when_the_principal_falls_due() -> None:
    text = text_of(render(schedule_paper(RepaymentMethod.INTEREST_FIRST)))
    assert "本金100,000.00元于末期一次还清" in text
    assert "尾差Residue无" in text


def test_a_revolving_schedule_says_what_it_supposes() -> None:
    assert "按起息日一次支用" in text_of(render(schedule_paper(RepaymentMethod.REVOLVING)))


def test_planned_draws_and_repayments_are_printed_in_place_of_a_loan_drawn_in_full() -> None:
    text = text_of(render(planned_paper()))
    for row in (
        "12026-03-0150,000.0050,000.0010500,000.00",
        "22026-03-1130,000.0080,000.00141,120,000.00",
        "32026-03-2520,000.0060,000.00271,620,000.00",
        "42026-04-2160,000.000.00",
        "合计Total80,000.0080,000.003,240,000.00",
        "利息540.00元",
        "测算利息Interest¥540.00",
        "最高用信余额Highestbalance¥80,000.00",
        "合计后四舍五入到分",
    ):
        assert row in text, row
    assert "6,083.33" not in text
    assert "按起息日一次支用" not in text


def test_what_a_plan_leaves_is_settled_on_the_last_row_and_said_in_bold() -> None:
    text = text_of(render(planned_paper(C4_PLAN[:2])))
    assert "32027-03-0180,000.000.00" in text
    assert "计划未还清的本金80,000.00元于2027-03-01一次还清" in text


def test_a_plan_of_the_most_movements_keeps_its_total_with_what_is_signed() -> None:
    planned = tuple(PlannedMovement(on=date(2026, 3, 1) + timedelta(days=day), draw_fen=100_000) for day in range(60))
    pages = pages_of(render(planned_paper(planned)))
    assert "合计 Total" in pages[-1]
    assert "按印" in pages[-1]
    assert "二、计划支用与还款（续）" in pages[-1]


def test_fees_stand_in_the_notes() -> None:
    loan = replace(terms(), fees=(Fee("某公司", FeeTiming.DAY_0, Money.yuan(1000)),))
    text = text_of(render(replace(schedule_paper(), schedule=repayment_schedule(loan))))
    assert "另收费用合计1,000.00元" in text


def test_the_application_shows_what_was_said() -> None:
    text = text_of(render(FULL_APPLICATION))
    for value in (
        "110101190001010014",
        "13800000001",
        "湖北省咸宁市通山县示例镇示例村三组12号",
        "¥100,000.00",
        "人民币壹拾万元整",
        "码商e贷/12个月",
        "140,000.00/40,000.00元",
        "28.57%",
        "√已婚Married□离异",
        "110101********009X",
        "钱七（C0031）",
    ):
        assert value in text, value


def test_promises_and_consents_are_never_ticked() -> None:
    text = text_of(render(FULL_APPLICATION))
    assert "□同意共同还款并签字" in text
    assert "□本人已逐条阅读" in text


def test_the_schedule_and_the_visit_mask_identity_and_mobile() -> None:
    for paper in (schedule_paper(), FULL_VISIT):
        text = text_of(render(paper))
        assert "110101********0014" in text
        assert "110101190001010014" not in text
    assert "13800000001" not in text_of(render(FULL_VISIT))


def test_facts_stand_apart_from_the_opinion() -> None:
    text = text_of(render(FULL_VISIT))
    facts, opinion = text.index("盘点存货"), text.index("经营稳定")
    assert text.index("二、事实") < facts < text.index("三、看法") < opinion < text.index("四、照片")


def test_an_amended_visit_names_the_entry_it_corrects() -> None:
    text = text_of(render(replace(MINIMAL_VISIT, amends="0412-2026-000088/6")))
    assert "更正编号Correctsno.0412-2026-000088/6" in text


RARE = "𠮷㛃䶮𬭎龢"


def test_rare_characters_of_names_come_back_when_copied() -> None:
    pdf = render(replace(FULL_APPLICATION, applicant=replace(FULL_APPLICATION.applicant, name=RARE)))
    assert RARE in text_of(pdf)
    assert RARE in text_of(render(replace(schedule_paper(), borrower=RARE)))
    assert RARE in text_of(render(replace(MINIMAL_VISIT, customer=RARE, facts=RARE)))


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler-utils) is not installed")
def test_a_public_reader_copies_rare_characters_too(tmp_path: Path) -> None:
    written = tmp_path / "visit.pdf"
    written.write_bytes(render(replace(MINIMAL_VISIT, customer=RARE, place="𠮷林路 8 号")))
    told = subprocess.run(["pdftotext", "-raw", str(written), "-"], capture_output=True, check=True).stdout.decode()
    assert RARE in told
    assert "𠮷林路 8 号" in told


def test_the_font_of_rare_characters_is_not_read_for_usual_ones() -> None:
    printed = (
        "from fieldapp.documents.pack import render; from fieldapp.documents.typefaces import font;"
        "from tests.documents.papers_to_print import FULL_VISIT; render(FULL_VISIT); print(font.cache_info().currsize)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", printed], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "2"


FORTY = "阿卜杜热依木·买买提艾力·吐尔逊江·买买提明·玉素甫·艾合买提·托合提巴柯别克买提"[:40]


def test_a_name_of_forty_characters_prints_whole() -> None:
    assert len(FORTY) == 40
    paper = replace(
        FULL_APPLICATION,
        applicant=replace(FULL_APPLICATION.applicant, name=FORTY),
        trade=replace(FULL_APPLICATION.trade, name=FORTY),
        uses=(UseLine(FORTY, FORTY, Money(1)),),
    )
    assert text_of(render(paper)).count(FORTY) == 4
    assert FORTY in text_of(render(replace(schedule_paper(), borrower=FORTY)))
    assert FORTY in text_of(render(replace(FULL_VISIT, customer=FORTY)))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("𰀁野", "𰀁 (U+30001)"),
        ("好😀", "😀 (U+1F600)"),
        ("a\x07b", "U+0007"),
        ("a\x00b", "U+0000"),
        ("שלום", "(U+05E9)"),
        ("\u202eabc", "U+202E"),
        ("零\u200b宽", "U+200B"),
        ("\ud800", "U+D800"),
        ("葛\U000e0100", "U+E0100"),
    ],
)
@pytest.mark.parametrize("field", ["customer", "facts", "opinion", "place", "next_action", "people"])
def test_a_character_without_a_glyph_is_refused_by_name(text: str, named: str, field: str) -> None:
    value: Any = (MetPerson(text),) if field == "people" else text
    with pytest.raises(Invalid) as refused:
        render(replace(MINIMAL_VISIT, **{field: value}))
    assert refused.value.code == "glyph"
    assert refused.value.field == field
    assert named in str(refused.value)


@pytest.mark.parametrize("number", ["阿卜杜热依木买买提艾力吐尔逊江买买提", "PASSPORTWWWWWWWWWW"])
def test_a_number_of_eighteen_other_characters_stands_as_text_inside_its_cell(number: str) -> None:
    paper = replace(FULL_APPLICATION, applicant=replace(FULL_APPLICATION.applicant, identity_number=number))
    assert number in text_of(render(paper))
    assert _numbers_in_boxes(paper) == _numbers_in_boxes(FULL_APPLICATION) - 1


def _numbers_in_boxes(paper: ApplicationPaper) -> int:
    """How many texts are spread over boxes, which only digits are narrow enough for."""
    pages = PdfReader(BytesIO(render(paper))).pages
    return sum(len(re.findall(rb" Tc\b", page.get_contents().get_data())) for page in pages)  # type: ignore[union-attr]


def test_a_missing_glyph_in_a_table_names_its_row() -> None:
    paper = replace(FULL_APPLICATION, uses=(UseLine("化肥"), UseLine("𰀁")))
    with pytest.raises(Invalid, match=r"用途 Purpose \(2\)") as refused:
        render(paper)
    assert refused.value.field == "uses.2"


def test_addresses_of_200_characters_print_whole() -> None:
    long = ["".join(chr(0x4E00 + first + 7 * place) for place in range(200)) for first in range(3)]
    applicant = replace(FULL_APPLICATION.applicant, registered_address=long[0], actual_address=long[1])
    trade = replace(FULL_APPLICATION.trade, address=long[2])
    read = text_of(render(replace(FULL_APPLICATION, applicant=applicant, trade=trade)))
    assert [address in read for address in long] == [True] * 3


@pytest.mark.parametrize("length", [400, 1_000, 100_000])
def test_a_text_too_long_for_its_place_is_refused_not_clipped(length: int) -> None:
    for name, text in (("name", "王" * length), ("mobile", "1" * length), ("ethnic", "汉" * length)):
        with pytest.raises(Invalid) as refused:
            render(replace(MINIMAL_APPLICATION, applicant=replace(MINIMAL_APPLICATION.applicant, **{name: text})))
        assert (refused.value.code, refused.value.field) == ("too_long", f"applicant.{name}")


def test_long_remarks_move_to_a_row_of_their_own() -> None:
    remark = "贷款部客户经理李某为本人妻弟，不参与本笔贷款的调查与审批。" * 20
    paper = replace(
        FULL_APPLICATION,
        related_party=True,
        related_party_detail=remark,
        gives_guarantees=True,
        guarantees_given=remark,
        acceptance=replace(FULL_APPLICATION.acceptance, outcome="refused", reason=remark),
    )
    assert text_of(render(paper)).count(remark) == 3


def test_the_largest_amount_fits_the_boxes_and_a_larger_one_is_refused() -> None:
    largest = replace(FULL_APPLICATION, request=LoanRequest(amount=Money.yuan("9999999.99")))
    assert "9,999,999.99" in text_of(render(largest))
    for beyond in ("100000000", "9999999999999"):
        with pytest.raises(Invalid) as refused:
            render(replace(FULL_APPLICATION, request=LoanRequest(amount=Money.yuan(beyond))))
        assert refused.value.code == "amount"


def test_a_photograph_that_is_not_the_recorded_one_is_refused() -> None:
    with pytest.raises(Invalid, match="digest differs") as refused:
        render(replace(FULL_VISIT, photos=(photo(1), replace(photo(2), image=photo(3).image))))
    assert refused.value.field == "photos.2"


@pytest.mark.parametrize("encoding", ["JPEG", "PNG", "WEBP"])
def test_every_kind_of_photograph_a_visit_keeps_can_be_printed(encoding: str) -> None:
    assert render(replace(FULL_VISIT, photos=(photo(1, encoding=encoding),))).startswith(b"%PDF")


@pytest.mark.parametrize("content", [b"", b"no picture", photo(1).image[:700], photo(1, encoding="GIF").image])
def test_a_broken_photograph_is_refused_by_name(content: bytes) -> None:
    broken = PhotoPrint("店面.jpg", content, hashlib.sha256(content).hexdigest())
    with pytest.raises(Invalid, match=r"店面\.jpg") as refused:
        render(replace(FULL_VISIT, photos=(broken,)))
    assert refused.value.code == "photo"


@pytest.mark.parametrize("part", ["bank", "branch", "complaint_phone"])
def test_a_letterhead_that_could_not_be_read_is_refused(part: str) -> None:
    letterhead = replace(FULL_VISIT.letterhead, **{part: "很长" * 200})
    with pytest.raises(Invalid) as refused:
        render(replace(FULL_VISIT, letterhead=letterhead))
    assert refused.value.code == "too_long"


def test_rates_show_four_decimals() -> None:
    paper = replace(schedule_paper(), compound_cost=Decimal("0.08177512345"))
    assert "8.1775%" in text_of(render(paper))


def test_empty_values_leave_room_for_the_pen() -> None:
    pages = pages_of(render(MINIMAL_APPLICATION))
    assert "None" not in pages[0]
    assert "√" not in "".join(pages[1:])


def _with_codes_of_a_newer_program() -> dict[str, Paper]:
    paper = FULL_APPLICATION
    assert paper.trade is not None
    assert paper.co_borrower is not None
    return {
        "性别 Sex": replace(paper, applicant=replace(paper.applicant, sex="X")),
        "婚姻 Marital": replace(paper, applicant=replace(paper.applicant, marital="partnered")),
        "经营阶段 / 起始 Stage / since": replace(paper, trade=replace(paper.trade, stage="reviving")),
        "还款方式 Repayment": replace(paper, request=replace(paper.request, method="balloon")),
        "materials": replace(paper, materials=(*paper.materials, "tax_return")),
        "目的 Purpose": replace(FULL_VISIT, purpose="drone_flight"),
    }


@pytest.mark.parametrize("field", _with_codes_of_a_newer_program())
def test_a_choice_of_a_newer_program_is_named_and_never_left_out(field: str) -> None:
    with pytest.raises(Actionable) as refused:
        render(_with_codes_of_a_newer_program()[field])
    assert refused.value.code == "form_choice"
    assert field in str(refused.value.sentence)
    assert "newer version" in str(refused.value.advice)


@pytest.mark.parametrize("length", [2_000, 20_000])
def test_why_somebody_does_not_sign_may_be_longer_than_a_page(length: int) -> None:
    assert FULL_APPLICATION.co_borrower is not None
    silent = replace(FULL_APPLICATION.co_borrower, no_signature_reason="长年在外" * (length // 4))
    text = text_of(render(replace(FULL_APPLICATION, co_borrower=silent)))
    assert text.count("长年在外") == length // 4
