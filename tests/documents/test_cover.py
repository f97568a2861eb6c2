"""The cover: every paper with its pages and digest, everybody in the loan, one page for a usual pack."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import pytest

from fieldapp.documents.cover_paper import CoverLine, CoverParty
from fieldapp.documents.pack import data_digest, marked, render
from fieldapp.documents.papers import Paper, PaperState
from fieldapp.domain.errors import Invalid
from fieldapp.services import cover_contents
from tests.documents.papers_to_print import COVER, LINES
from tests.documents.reading import pages_of, text_of
from tests.documents.sheets import FULL


def test_the_cover_names_everybody_the_amount_and_each_paper() -> None:
    text = text_of(render(COVER))
    for said in (
        "张三",
        "李梅",
        "王五",
        "配偶",
        "保证人",
        "¥100,000.00",
        "人民币壹拾万元整",
        "码商e贷/12个月/等额本息",
    ):
        assert said in text, said
    for said in ("6b86-b273", "A01-1.0", "个人征信查询及报送授权书（李梅）", "还款计划表", "e7f6-c011"):
        assert said in text, said


def test_identity_and_telephone_are_masked() -> None:
    text = text_of(render(COVER))
    assert "110101********0014" in text
    assert "110101190001010014" not in text
    assert "13800000001" not in text


def test_pages_add_up_and_signatures_follow_from_who_signs() -> None:
    text = text_of(render(COVER))
    assert "签5印3" in text, "three who stand in and two officers"
    alone = text_of(render(replace(COVER, signing=1)))
    assert "签3印1" in alone, "the form"
    assert "签5印1" in alone, "the authorisation: three choices, the person and the officer"
    assert cover_contents.pages_of(render(COVER)) == len(pages_of(render(COVER))) == 1


@pytest.mark.parametrize(
    ("kind", "paper", "signing"),
    [
        ("application", FULL["1-application"], 3),
        ("investigation", FULL["2-investigation"], 1),
        ("credit", FULL["3-credit"], 1),
        ("privacy", FULL["4-privacy"], 1),
        ("schedule", FULL["5-schedule"], 1),
        ("visit", FULL["6-visit"], 1),
        ("cost", FULL["7-cost"], 1),
    ],
)
def test_the_cover_asks_for_as_many_signatures_as_the_paper_has_places(kind: str, paper: Paper, signing: int) -> None:
    text = text_of(render(paper))
    witnesses = text.count("见证人（如有）") + text.count("代读说明")
    signed = text.count("签字Signature") - witnesses
    printed = text.count("按印Fingerprint") - text.count("见证人（如有）")
    cover = text_of(render(replace(COVER, lines=(CoverLine(kind, "1", "", 1, "X01-1.0", "1" * 64),), signing=signing)))
    wanted = re.search(r"1111-1111签(\d+)(?:印(\d+))?", cover)
    assert wanted is not None
    assert (int(wanted[1]), int(wanted[2] or 0)) == (signed, printed)


@pytest.mark.parametrize("name", FULL)
def test_a_paper_has_as_many_pages_for_signature_and_sealed_as_the_draft_the_cover_counts(name: str) -> None:
    counts = {
        cover_contents.pages_of(render(marked(FULL[name], state=state, version=version)))
        for state in (PaperState.DRAFT, PaperState.FOR_SIGNATURE, PaperState.SEALED)
        for version in (1, 12)
    }
    assert len(counts) == 1


def test_a_paper_that_is_not_there_yet_has_no_pages_and_no_digest() -> None:
    bare = replace(COVER, lines=(CoverLine("cost", "7"),))
    assert "综合融资成本明示表" in text_of(render(bare))
    assert "签1" not in text_of(render(bare))


@pytest.mark.parametrize("count", [0, 12, 60, *(pytest.param(count, marks=pytest.mark.long) for count in (1, 25, 200))])
def test_any_number_of_papers_and_people_keeps_the_checks_with_their_signatures(count: int) -> None:
    many = replace(COVER, lines=LINES * (count // 4 + 1), parties=COVER.parties * (min(count, 40) // 2))
    pdf = render(many)
    last = "".join(pages_of(pdf)[-1].split())
    assert "装订与用印核对" in last
    assert "收件人（档案）" in last
    assert cover_contents.pages_of(pdf) == len(pages_of(pdf))


def test_the_pack_of_three_persons_has_its_cover_on_one_page() -> None:
    own = [
        replace(LINES[1], kind=kind, about=name) for kind in ("credit", "privacy") for name in ("张三", "李梅", "王五")
    ]
    others = [replace(LINES[0], kind=kind) for kind in ("application", "investigation", "schedule", "visit", "cost")]
    assert len(pages_of(render(replace(COVER, lines=(*others, *own))))) == 1


@pytest.mark.parametrize(
    "count", [pytest.param(count, marks=() if count % 4 == 1 else pytest.mark.long) for count in range(9, 24)]
)
def test_a_longer_cover_ends_with_rows_total_and_checks_on_one_page(count: int) -> None:
    pages = pages_of(render(replace(COVER, lines=(LINES[0],) * count)))
    last = "".join(pages[-1].split())
    assert last.count("6b86-b273") >= 2
    assert "合计Total" in last
    assert "装订与用印核对" in last


def test_a_changed_digest_of_a_paper_changes_that_of_the_cover() -> None:
    other = replace(COVER, lines=(replace(LINES[0], digest="7" * 64), *LINES[1:]))
    assert data_digest(other) != data_digest(COVER)
    assert render(COVER) == render(COVER)


def test_a_name_beyond_its_place_is_refused_by_name() -> None:
    for_long = replace(COVER, borrower="阿" * 40)
    assert "阿" * 8 in text_of(render(for_long))
    with pytest.raises(Invalid) as refused:
        render(replace(COVER, borrower="阿" * 400))
    assert (refused.value.code, refused.value.field) == ("too_long", "borrower")
    with pytest.raises(Invalid) as strange:
        render(replace(COVER, parties=(CoverParty("🙂", "guarantor"),)))
    assert strange.value.code == "glyph"


@pytest.mark.parametrize("name", ["李\u00a0梅", "ạlim a\u0323lim", "李\n梅"])
def test_the_name_a_paper_is_about_stands_as_the_fonts_print_it(name: str) -> None:
    line = CoverLine("credit", "3", name, 1, "C01-1.0", "4e074085" + "0" * 56)
    printed = "".join(unicodedata.normalize("NFC", name).split())
    assert f"授权书（{printed}）" in text_of(render(replace(COVER, lines=(line,))))


def test_a_name_that_cannot_be_printed_is_refused_by_its_line() -> None:
    line = CoverLine("credit", "3", "李😀", 1, "C01-1.0", "4e074085" + "0" * 56)
    with pytest.raises(Invalid) as refused:
        render(replace(COVER, lines=(line,)))
    assert (refused.value.code, refused.value.field) == ("glyph", "lines.1")


@pytest.mark.parametrize("bank", ["محمد银行", "\u3164银行", ""])
def test_a_bank_whose_first_character_has_no_glyph_is_refused_in_words(bank: str) -> None:
    paper = replace(COVER, letterhead=replace(COVER.letterhead, bank=bank))
    if not bank:
        assert render(paper)
        return
    with pytest.raises(Invalid) as refused:
        render(paper)
    assert (refused.value.code, refused.value.field) == ("glyph", "letterhead.bank")
