"""Document 1 with several who bind themselves: each has a column to sign in, and whoever does not sign has none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fieldapp.documents.pack import render
from fieldapp.documents.papers import ApplicationPaper, CoBorrower, GuaranteeLine
from tests.documents.papers_to_print import FULL_APPLICATION
from tests.documents.reading import pages_of, text_of


def _paper(borrowers: int, guarantors: int) -> ApplicationPaper:
    people = tuple(CoBorrower(f"借款人{number}", "co_borrower") for number in range(borrowers))
    lines = tuple(GuaranteeLine(f"保证人{number}", mode="joint") for number in range(guarantors))
    first = people[0] if people else None
    return replace(FULL_APPLICATION, co_borrower=first, further_borrowers=people[1:], guarantees=lines)


@pytest.mark.parametrize(("borrowers", "guarantors"), [(0, 0), (1, 1), (2, 1), (4, 4), (8, 12)])
def test_everybody_who_binds_themselves_has_a_column(borrowers: int, guarantors: int) -> None:
    text = text_of(render(_paper(borrowers, guarantors)))
    for number in range(borrowers):
        assert f"配偶/共同借款人借款人{number}" in text
    for number in range(guarantors):
        assert f"保证人保证人{number}" in text


@pytest.mark.parametrize("many", [1, 4, 8])
def test_the_acceptance_stays_whole_however_many_sign(many: int) -> None:
    pages = ["".join(page.split()) for page in pages_of(render(_paper(many, many)))]
    (accepted,) = [page for page in pages if "十四、银行受理" in page]
    assert "受理日期" in accepted
    assert "协办客户经理" in accepted


def test_a_spouse_who_does_not_sign_has_a_reason_and_no_column() -> None:
    spouse = CoBorrower("李梅", "spouse", "110101199002030026", None, "分居多年，无法联系")
    text = text_of(render(replace(_paper(0, 0), co_borrower=spouse)))
    assert "√不签字，原因：" in text
    assert "分居多年，无法联系" in text
    assert "配偶/共同借款人李梅" not in text


def test_a_long_reason_has_rows_of_its_own() -> None:
    spouse = CoBorrower("李梅", "spouse", None, None, "长期在外务工，" * 40)
    assert text_of(render(replace(_paper(0, 0), co_borrower=spouse))).count("长期在外务工") == 40


ONE, OTHER, THIRD = "110101190001010014", "110101190001010022", "11010119000101009X"


def test_people_of_one_name_each_have_a_place_to_sign() -> None:
    borrowers = CoBorrower("张伟", "spouse", ONE), (CoBorrower("张伟", "co_borrower", OTHER),)
    lines = (GuaranteeLine("张伟", THIRD, mode="joint"), GuaranteeLine("张伟", "110101199002030026", mode="general"))
    paper = replace(_paper(0, 0), co_borrower=borrowers[0], further_borrowers=borrowers[1], guarantees=lines)
    text = text_of(render(paper))
    assert text.count("配偶/共同借款人张伟") == 2
    assert text.count("保证人张伟") == 2


@pytest.mark.parametrize("numbers", [(ONE, ONE), (ONE, None), (None, ONE)])
def test_somebody_who_borrows_and_pledges_signs_once(numbers: tuple[str | None, str | None]) -> None:
    borrowing, owning = numbers
    lines = tuple(GuaranteeLine("李梅", owning, thing, mode="mortgage") for thing in ("货车", "房"))
    paper = replace(_paper(0, 0), co_borrower=CoBorrower("李梅", "spouse", borrowing), guarantees=lines)
    text = text_of(render(paper))
    assert text.count("配偶/共同借款人李梅") == 1
    assert "保证人李梅" not in text


def test_somebody_who_guarantees_and_pledges_signs_once() -> None:
    lines = (GuaranteeLine("孙八", OTHER, mode="joint"), GuaranteeLine("孙八", OTHER, "房", mode="mortgage"))
    assert text_of(render(replace(_paper(0, 0), guarantees=lines))).count("保证人孙八") == 1


def test_the_mode_of_each_guarantee_is_printed() -> None:
    lines = (GuaranteeLine("王五", mode="general"), GuaranteeLine("赵六", None, "货车", mode="mortgage"))
    text = text_of(render(replace(FULL_APPLICATION, guarantees=lines)))
    assert "一般保证" in text
    assert "抵押/货车" in text


def test_a_name_of_forty_characters_stands_whole_where_it_is_signed() -> None:
    names = ["阿卜杜热依木·买买提艾力·吐尔逊江·买买提明·玉素甫·艾合买提·托合提巴柯别克" + mark for mark in "𠮷㛃"]
    people = tuple(CoBorrower(name, "co_borrower") for name in names)
    text = text_of(render(replace(_paper(0, 0), co_borrower=people[0], further_borrowers=people[1:])))
    for name in names:
        assert text.count(name) == 2, "in the section of the co-borrowers, and over the place to sign"
