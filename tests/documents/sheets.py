"""Pictures of every page of every paper: ``uv run python -m tests.documents.sheets --out DIR``.

Each paper is drawn full, empty and hostile (names of 40 characters, rare characters, lists of 200 rows, eight
parties), and as a form for the pen where there is one. ``--only NAME`` takes those whose name begins so.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from fieldapp.documents.consent_papers import Signatory
from fieldapp.documents.cost_paper import CostPaper
from fieldapp.documents.cover_paper import CoverLine, CoverParty
from fieldapp.documents.pack import render
from fieldapp.documents.papers import (
    CoBorrower,
    DebtLine,
    DocumentMark,
    GuaranteeLine,
    LoanRequest,
    MetPerson,
    Paper,
    PaperState,
    UseLine,
)
from fieldapp.domain.money import Money
from fieldapp.domain.schedules import Fee, FeeTiming
from fieldapp.services.blank_forms import BLANK_NUMBERS, blank_paper
from tests.documents import investigation_to_print as surveyed
from tests.documents.papers_to_print import (
    COVER,
    DAY,
    FULL_APPLICATION,
    FULL_VISIT,
    LETTERHEAD,
    MINIMAL_APPLICATION,
    MINIMAL_VISIT,
    photo,
    planned_paper,
    schedule_paper,
)
from tests.documents.reading import pictures_of
from tests.documents.test_consents import GIVEN, TOLD, cost, credit, notice

FORTY = "阿卜杜热依木·买买提艾力·吐尔逊江·买买提明·玉素甫·艾合买提·托合提巴柯别克买提"[:40]
RARE = "𠮷㛃䶮𬭎龢"
NAME = RARE + FORTY[5:]

_LARGEST = Money.yuan("9999999.99")
_ALL_PAPERS = (
    CoverLine("application", "1", "", 3, "A01-1.0", "6b86b273" + "0" * 56),
    CoverLine("investigation", "2", "", 3, "B01-1.0", "6b86b273" + "0" * 56),
    *(CoverLine("credit", "3", NAME, 1, "C01-1.0", "4e074085" + "0" * 56) for _ in range(8)),
    *(CoverLine("privacy", "4", NAME, 2, "D01-1.0", "4e074085" + "0" * 56) for _ in range(8)),
    CoverLine("schedule", "5"),
    CoverLine("visit", "6", "", 2, "F01-1.0", "e7f6c011" + "0" * 56),
    CoverLine("cost", "7", "", 1, "G01-1.0", "e7f6c011" + "0" * 56),
)
_SIGNATORY = Signatory(NAME, "co_borrower", "110101190001010014", "13800000001")

FULL: Mapping[str, Paper] = {
    "0-cover": COVER,
    "1-application": FULL_APPLICATION,
    "2-investigation": surveyed.FULL,
    "3-credit": credit(),
    "3-credit-signed": credit(given=GIVEN, state=PaperState.FOR_SIGNATURE),
    "4-privacy": notice(),
    "4-privacy-signed": notice(given=TOLD, state=PaperState.FOR_SIGNATURE),
    "5-schedule": schedule_paper(),
    "5-schedule-planned": planned_paper(),
    "6-visit": FULL_VISIT,
    "7-cost": cost(),
}
EMPTY: Mapping[str, Paper] = {
    "0-cover": replace(
        COVER,
        lines=tuple(CoverLine(line.kind, line.number) for line in COVER.lines),
        parties=(),
        signing=1,
        identity_number=None,
        mobile=None,
        product=None,
        months=None,
        method=None,
        amount=None,
        grid=None,
        credit_officer=None,
        marketed_by=None,
    ),
    "1-application": MINIMAL_APPLICATION,
    "2-investigation": surveyed.BLANK,
    "6-visit": MINIMAL_VISIT,
    "7-cost": CostPaper(LETTERHEAD, DocumentMark("0412-2026-000089/7", PaperState.DRAFT, DAY)),
}
HOSTILE: Mapping[str, Paper] = {
    "0-cover": replace(
        COVER,
        borrower=NAME,
        lines=_ALL_PAPERS,
        parties=tuple(CoverParty(NAME, role, "110101199002030026") for role in ("co_borrower", "guarantor") * 4),
        signing=9,
        product="乡村振兴农户生产经营信用贷款（随借随还二期）",
        amount=_LARGEST,
        grid="湖北省咸宁市通山县示例镇示例村民委员会第三村民小组",
        credit_officer=NAME,
        marketed_by=FORTY,
    ),
    "1-application": replace(
        FULL_APPLICATION,
        applicant=replace(
            FULL_APPLICATION.applicant,
            name=NAME,
            registered_address="湖北省咸宁市通山县" + NAME + "三组 12 号",
            actual_address="湖北省咸宁市通山县" + NAME,
        ),
        co_borrower=CoBorrower(NAME, "co_borrower", "110101190001010022", "13800000002"),
        further_borrowers=tuple(
            CoBorrower(f"{NAME[:38]}{n}", "other", "110101190001010022", None, "长期在外务工，" * 12 if n == 2 else "")
            for n in range(1, 4)
        ),
        trade=replace(FULL_APPLICATION.trade, name=NAME, address=NAME, qr_merchant_id="MQR-" + "0" * 30),
        request=LoanRequest(_LARGEST, NAME, 360, None, "revolving", "own", "6200000000000000089"),
        uses=tuple(UseLine(f"第{n}项：购买种子、化肥、农膜及雇工" * (1 + n % 3), NAME, Money(n)) for n in range(200)),
        debts=tuple(DebtLine(f"{NAME}{n}", _LARGEST, _LARGEST, DAY, "信用 / 客户陈述") for n in range(200)),
        gives_guarantees=True,
        guarantees_given=NAME * 6,
        guarantees=tuple(
            GuaranteeLine(f"{NAME[:38]}{n}", "11010119000101009X", NAME, _LARGEST, "joint") for n in range(5)
        ),
        related_party=True,
        related_party_detail=NAME * 6,
    ),
    "2-investigation": surveyed.LONG,
    "3-credit": credit(_SIGNATORY),
    "4-privacy": notice(_SIGNATORY),
    "5-schedule": replace(schedule_paper(months=200), borrower=NAME),
    "6-visit": replace(
        FULL_VISIT,
        customer=NAME,
        place=NAME,
        officer=NAME,
        second_officer=NAME,
        people=tuple(MetPerson(NAME, "邻居") for _ in range(30)),
        facts=f"{NAME}说：核对进货单三张，金额相符。\n" * 60,
        photos=tuple(photo(n) for n in range(1, 9)),
    ),
    "7-cost": cost(
        borrower=NAME,
        fees=tuple(
            Fee(f"{NAME[:38]}{n}", FeeTiming.DAY_0, Money.yuan(100), None, "担保费用及评估登记费") for n in range(12)
        ),
    ),
}


def blank_papers() -> dict[str, Paper]:
    """The forms for the pen."""
    return {
        f"{number}-{kind.value}": blank_paper(
            kind, LETTERHEAD, DocumentMark(f"KB-0412-20261123/{number}", PaperState.BLANK, DAY)
        )
        for kind, number in BLANK_NUMBERS.items()
    }


def all_papers() -> dict[str, Paper]:
    """Every paper by the name of its pictures."""
    groups = {"full": FULL, "empty": EMPTY, "hostile": HOSTILE, "blank": blank_papers()}
    return {f"{group}-{name}": paper for group, papers in groups.items() for name, paper in papers.items()}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--only", default="")
    chosen = options.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    for name, paper in all_papers().items():
        if not name.startswith(chosen.only):
            continue
        pdf = render(paper)
        (chosen.out / f"{name}.pdf").write_bytes(pdf)
        for number, picture in enumerate(pictures_of(pdf), start=1):
            picture.save(chosen.out / f"{name}-p{number:02}.png")


if __name__ == "__main__":
    main()
