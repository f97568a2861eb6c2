"""DOMAIN C on paper: every number that a paper carries, reckoned by the domain and read back from the PDF's text."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldapp.documents.cost_paper import CostPaper
from fieldapp.documents.pack import render
from fieldapp.documents.papers import LoanRequest, SchedulePaper
from fieldapp.domain.cost_disclosure import cost_disclosure
from fieldapp.domain.interest import DayCount
from fieldapp.domain.money import Money, Rounding
from fieldapp.domain.schedules import Fee, FeeTiming, LoanTerms, RepaymentMethod, repayment_schedule
from fieldapp.domain.yearly_cost import xirr, yearly_cost
from tests.depth import examples
from tests.documents.investigation_to_print import FULL as INVESTIGATION
from tests.documents.papers_to_print import FULL_APPLICATION, LETTERHEAD, mark, planned_paper
from tests.documents.reading import pages_of, text_of

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors" / "loans.json").read_text(encoding="utf-8"))
BASE = LoanTerms(Money.yuan(100_000), Decimal("0.06"), 12, RepaymentMethod.EQUAL_INSTALMENTS, date(2026, 1, 15))
_ROW = re.compile(r"^(\d+) (\d{4}-\d\d-\d\d) ([\d,.]+) ([\d,.]+) ([\d,.]+) ([\d,.]+)$", re.MULTILINE)
_TOTAL = re.compile(r"合计 Total ?\n?([\d,.]+) ([\d,.]+) ([\d,.]+)")


def _paper(terms: LoanTerms) -> SchedulePaper:
    schedule = repayment_schedule(terms)
    cost = yearly_cost(schedule).compound
    return SchedulePaper(LETTERHEAD, mark("0412-2026-000089/5"), "张三", schedule, None, cost)


def _cost(terms: LoanTerms) -> CostPaper:
    schedule = repayment_schedule(terms)
    number = mark("0412-2026-000089/7")
    return CostPaper(LETTERHEAD, number, "张三", None, schedule, cost_disclosure(schedule))


def _rows(pages: list[str]) -> list[tuple[str, str, Decimal, Decimal, Decimal, Decimal]]:
    """Number, day, payment, principal, interest and balance of each row, in the order of the text."""
    return [(one[0], one[1], *map(_figure, one[2:])) for page in pages for one in _ROW.findall(page)]  # type: ignore[misc]


def _figure(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def test_c1_equal_instalments() -> None:
    pages = pages_of(render(_paper(BASE)))
    expected = VECTORS["equal_instalment_100k_6pct_12"]
    rows = _rows(pages)
    assert [row[2] for row in rows] == [Decimal(expected["pay"])] * 11 + [Decimal(expected["last"])]
    assert rows[0][4] == Decimal("500.00")
    assert _figure(_TOTAL.findall(pages[-1])[0][2]) == Decimal(expected["interest"])
    text = text_of(render(_cost(BASE)))
    assert "年化综合成本（单利）All-inyearlycost,simple6.0000%" in text
    assert "年化综合成本（复利）All-inyearlycost,compound6.1678%" in text


def test_c2_equal_principal() -> None:
    pages = pages_of(render(_paper(replace(BASE, method=RepaymentMethod.EQUAL_PRINCIPAL))))
    expected = VECTORS["equal_principal_100k_6pct_12"]
    rows = _rows(pages)
    assert [row[3] for row in rows] == [Decimal("8333.33")] * 11 + [Decimal("8333.37")]
    assert [rows[0][2], rows[1][2], rows[-1][2]] == [Decimal(expected[key]) for key in ("first", "second", "last")]
    assert _figure(_TOTAL.findall(pages[-1])[0][2]) == Decimal(expected["interest"])


@pytest.mark.parametrize(
    ("day_count", "total"),
    [(DayCount.ACT_360, "6083.36"), (DayCount.THIRTY_360, "6000.00"), (DayCount.ACT_365, "6000.00")],
)
def test_c3_interest_first(day_count: DayCount, total: str) -> None:
    terms = replace(BASE, method=RepaymentMethod.INTEREST_FIRST, day_count=day_count)
    pages = pages_of(render(_paper(terms)))
    rows = _rows(pages)
    assert _figure(_TOTAL.findall(pages[-1])[0][2]) == Decimal(total)
    assert rows[-1][1] == "2027-01-15"
    if day_count is DayCount.ACT_360:
        expected = VECTORS["bullet_act360_2026-01-15_12m"]
        assert [row[4] for row in rows] == [Decimal(one) for one in expected["interest_by_month"]]
        printed = [(terms.start, terms.principal)]
        printed += [(date.fromisoformat(row[1]), -Money.yuan(row[2])) for row in rows]
        assert float(xirr(printed)) == pytest.approx(expected["xirr365"], abs=1e-6), "6.25586 % from the paper alone"


def test_c4_draw_and_repay_freely() -> None:
    text = text_of(render(planned_paper()))
    expected = VECTORS["revolving"]
    assert f"利息{expected['interest']}元" in text
    assert f"{expected['product_number']:,}.00" in text
    assert expected["daily_rounded_wrong"] not in text


@pytest.mark.parametrize(
    ("terms", "simple", "compound", "total"),
    [
        (BASE, "6.0000%", "6.1678%", "3,279.73"),
        (
            replace(BASE, fees=(Fee("示例担保公司", FeeTiming.DAY_0, Money.yuan(1_000), None, "担保费"),)),
            "7.8862%",
            "8.1775%",
            "4,279.73",
        ),
        (
            # "0.5 % a month" of the original principal: no interest by name, and no cheaper for that.
            replace(
                BASE,
                method=RepaymentMethod.EQUAL_PRINCIPAL,
                yearly_rate=Decimal(0),
                fees=(Fee("示例公司", FeeTiming.EACH_INSTALMENT, None, Decimal("0.005"), "服务费"),),
            ),
            "10.8964%",
            "11.4574%",
            "6,000.00",
        ),
    ],
)
def test_c5_yearly_cost_labelled_and_all_fees_count(terms: LoanTerms, simple: str, compound: str, total: str) -> None:
    text = text_of(render(_cost(terms)))
    assert f"（单利）All-inyearlycost,simple{simple}" in text
    assert f"（复利）All-inyearlycost,compound{compound}" in text
    assert f"合计Total{total}{simple}" in text


def test_c6_cross_checks_and_what_can_be_borne() -> None:
    text = text_of(render(INVESTIGATION))
    for said in (
        "日销售推算1,500×3045,000.000.00%通过",
        "周销售推算10,800×52÷1246,800.004.00%通过",
        "31,500÷0.7045,000.000.00%通过",
        "29,250÷0.6545,000.000.00%通过",
        "176,000对205,000176,000.0016.48%查明",
        "月净收入Netamonth6,500.00",
        "Instalmentsnow1,200.00",
        "80,000+24×6,500−60,000=176,000",
    ):
        assert said in text, said


@pytest.mark.parametrize(("yuan", "capitals"), [(yuan, said) for yuan, said in VECTORS["rmb"].items() if yuan != "0"])
def test_c9_figures_and_capitals_say_the_same(yuan: str, capitals: str) -> None:
    amount = Money.yuan(yuan)
    schedule = text_of(render(_paper(replace(BASE, principal=amount))))
    assert f"¥{amount.decimal_yuan:,.2f}" in schedule
    assert f"人民币{capitals}" in schedule
    if amount < Money.yuan(10_000_000):  # what the boxes of the form hold
        form = text_of(render(replace(FULL_APPLICATION, request=LoanRequest(amount=amount))))
        assert f"¥{amount.decimal_yuan:,.2f}" in form
        assert f"人民币{capitals}" in form
        boxes = "".join(form.partition("仟佰拾万仟佰拾元角分")[2].partition("金额（大写）")[0])
        assert boxes == f"¥{amount.fen:03d}"


def test_c9_nothing_is_nothing_in_both() -> None:
    form = text_of(render(replace(FULL_APPLICATION, request=LoanRequest(amount=Money(0)))))
    assert "¥0.00" in form
    assert "人民币零元整" in form


TERMS = st.builds(
    LoanTerms,
    principal=st.integers(100_000, 999_999_999).map(Money),
    yearly_rate=st.integers(0, 2400).map(lambda bp: Decimal(bp) / 10_000),
    months=st.integers(1, 60),
    method=st.sampled_from(RepaymentMethod),
    start=st.dates(date(2025, 1, 1), date(2030, 12, 31)),
    day_count=st.sampled_from(DayCount),
    rounding=st.sampled_from(Rounding),
)


@settings(max_examples=examples(8, 60))
@given(TERMS)
def test_the_printed_rows_add_up_to_the_printed_totals(terms: LoanTerms) -> None:
    """What a customer with a pencil would find, for any loan."""
    pages = pages_of(render(_paper(terms)))
    rows = _rows(pages)
    assert [row[0] for row in rows] == [str(number) for number in range(1, terms.months + 1)]
    balance = terms.principal.decimal_yuan
    for _, _, payment, principal, interest, after in rows:
        assert payment == principal + interest
        balance -= principal
        assert after == balance
    assert balance == 0
    totals = tuple(map(_figure, _TOTAL.findall(pages[-1])[0]))
    assert totals == tuple(sum(row[place] for row in rows) for place in (2, 3, 4))
