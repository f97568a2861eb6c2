"""What a product refuses, rule by rule, and how it is reckoned."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from fieldapp.domain import products
from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import Money
from fieldapp.domain.records import Business, Fee, Product, Prospect
from tests.services.an_application import PRODUCT, TODAY, complete_file

TEN_MILLION = 1_000_000_000


def _product(**changed: Any) -> Product:
    return msgspec.structs.replace(PRODUCT, **changed)


def _codes(product: Product = PRODUCT, **changed: Any) -> list[tuple[str, str]]:
    return [(problem.code, problem.field) for problem in products.refusals(product, complete_file(**changed))]


def test_a_fitting_application_is_refused_nothing() -> None:
    assert _codes() == []


@pytest.mark.parametrize(
    ("inclusive", "fen", "passes"),
    [
        (False, TEN_MILLION - 1, True),
        (False, TEN_MILLION, False),
        (True, TEN_MILLION, True),
        (True, TEN_MILLION + 1, False),
        (True, 1, True),
        (True, 0, False),
        (True, -1, False),
        (False, 99_999_999_999_999, False),
        (False, 9_999_999_999_999_900, False),
    ],
)
def test_the_cap_is_strict_or_inclusive_as_the_product_says(inclusive: bool, fen: int, passes: bool) -> None:
    product = _product(cap_fen=TEN_MILLION, cap_inclusive=inclusive)
    found = products.refusals(product, complete_file(amount_fen=fen))
    assert [problem.field for problem in found] == ([] if passes else ["amount_fen"])


def test_the_refusal_names_the_cap() -> None:
    strict = _product(cap_fen=TEN_MILLION, cap_inclusive=False)
    (problem,) = products.refusals(strict, complete_file(amount_fen=TEN_MILLION))
    assert str(problem.sentence) == "This product lends less than 10,000,000.00 yuan."


@pytest.mark.parametrize(("months", "passes"), [(2, False), (3, True), (36, True), (37, False), (0, False)])
def test_the_term_stays_within_the_product(months: int, passes: bool) -> None:
    assert _codes(months=months) == ([] if passes else [("months", "months")])


def test_a_method_off_the_list_is_refused() -> None:
    assert _codes(method="revolving") == [("method", "method")]


def test_a_rate_other_than_the_products_is_refused() -> None:
    assert _codes(yearly_rate="0.0599") == [("rate", "yearly_rate")]
    assert _codes(yearly_rate="six") == [("rate", "yearly_rate")]
    assert _codes(yearly_rate="0.060") == []


@pytest.mark.parametrize(("industry", "passes"), [("C", True), ("F", True), ("A", False), ("Z", False), ("c", False)])
def test_an_industry_off_the_list_is_refused_offline_too(industry: str, passes: bool) -> None:
    file = complete_file()
    changed = replace(file, business=Business(industry=industry))
    found = [problem.field for problem in products.refusals(PRODUCT, changed)]
    assert found == ([] if passes else ["business.industry"])


@pytest.mark.parametrize(("stage", "passes"), [("growing", True), ("starting", False), ("declining", False)])
def test_a_business_stage_off_the_list_is_refused(stage: Any, passes: bool) -> None:
    changed = replace(complete_file(), business=Business(industry="C", stage=stage))
    found = [problem.field for problem in products.refusals(PRODUCT, changed)]
    assert found == ([] if passes else ["business.stage"])


def test_a_customer_type_off_the_list_is_refused() -> None:
    changed = replace(complete_file(), prospect=Prospect(customer_type="farm_household"))
    assert [problem.field for problem in products.refusals(PRODUCT, changed)] == ["prospect.customer_type"]


def test_a_product_off_sale_is_refused() -> None:
    assert [p.code for p in products.refusals(PRODUCT, complete_file(), still_sold=False)] == ["off_sale"]


def test_everything_refused_is_told_at_once() -> None:
    assert _codes(amount_fen=-1, months=99, method="revolving") == [
        ("amount", "amount_fen"),
        ("months", "months"),
        ("method", "method"),
    ]


def test_an_empty_list_sets_no_limit() -> None:
    open_product = _product(industries=(), stages=(), customer_types=(), methods=())
    changed = replace(complete_file(method="revolving"), business=Business(industry="A", stage="starting"))
    assert products.refusals(open_product, changed) == []


def test_base_rate_and_basis_points_make_the_rate() -> None:
    assert products.yearly_rate(PRODUCT) == Decimal("0.06")
    assert products.rate_text(Decimal("0.0600")) == "0.06"
    assert products.rate_text(Decimal("10")) == "10"


@pytest.mark.parametrize("field", ["base_rate", "day_count", "rounding"])
def test_a_product_of_a_newer_head_office_is_refused_kindly(field: str) -> None:
    with pytest.raises(Invalid) as refused:
        products.loan_terms(_product(**{field: "lunar"}), complete_file(yearly_rate=None).application, TODAY)
    assert refused.value.field == "product"


def test_fees_are_an_amount_or_a_share_of_the_principal() -> None:
    product = _product(
        fees=(Fee(name="登记费", payee="登记中心", amount_fen=8_000), Fee(name="评估费", payee="评估所", rate_bp=50))
    )
    terms = products.loan_terms(product, complete_file().application, TODAY)
    assert terms is not None
    charged = [fee.due_each_time(terms.principal, terms.rounding) for fee in terms.fees]
    assert charged == [Money.yuan(80), Money.yuan(500)]


def test_without_a_start_the_schedule_starts_today() -> None:
    terms = products.loan_terms(PRODUCT, complete_file(start=None).application, TODAY)
    assert terms is not None
    assert terms.start == TODAY


def test_only_the_newest_version_on_sale_is_offered() -> None:
    second = _product(version=2)
    other = _product(code="NHD", name="农户贷")
    gone = _product(code="OLD", on_sale=False)
    assert products.on_sale([PRODUCT, second, other, gone]) == [other, second]


def test_an_application_keeps_its_version_and_hears_what_changed() -> None:
    old = _product(on_sale=False)
    new = _product(version=2, cap_fen=50_000_000, margin_bp=250, stages=("growing",), max_months=60)
    application = complete_file().application
    assert products.version_of([old, new], application) == old
    assert products.newer_version([old, new], old) == new
    assert products.newer_version([old, new], new) is None
    told = {difference.field: str(difference.sentence) for difference in products.differences(old, new)}
    assert told["cap_fen"] == "The highest amount: ≤ 300,000.00 before, now ≤ 500,000.00."
    assert told["rate"] == "The yearly rate: 6 % before, now 5.5 %."
    assert set(told) == {"cap_fen", "rate", "months", "stages"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cap_fen", 1), ("cap_inclusive", False), ("min_months", 1), ("max_months", 60), ("base_rate", "0.0400"),
        ("margin_bp", 1), ("methods", ()), ("day_count", "act/360"), ("rounding", "ceiling"), ("customer_types", ()),
        ("industries", ()), ("stages", ()), ("fees", (Fee(name="x", payee="y", amount_fen=1),)),
        ("tight_bp", 1), ("limit_bp", 1), ("tolerance_bp", 1), ("materials", ("identity",)),
        ("guarantee_modes", ("joint",)),
    ],
)  # fmt: skip
def test_whatever_a_new_version_changes_is_told(field: str, value: Any) -> None:
    newer = _product(version=2, **{field: value})
    assert len(products.differences(PRODUCT, newer)) == 1


def test_nothing_of_a_product_is_left_out_of_what_is_told() -> None:
    (cases,) = test_whatever_a_new_version_changes_is_told.pytestmark  # type: ignore[attr-defined]
    of_itself = {"code", "version", "name", "name_en", "on_sale", "deleted"}
    assert {name for name, _ in cases.args[1]} == set(Product.__struct_fields__) - of_itself


def test_the_same_terms_differ_in_nothing() -> None:
    assert products.differences(PRODUCT, _product(version=2)) == []


def test_thresholds_are_fractions() -> None:
    assert (products.tight_threshold(PRODUCT), products.limit_threshold(PRODUCT)) == (Decimal("0.5"), Decimal("0.7"))


def test_a_far_start_is_no_crash() -> None:
    terms = products.loan_terms(PRODUCT, complete_file(start="9999-12-31").application, date.max)
    assert terms is not None
