"""The live figures of an application, beside one frame of the screen: they are reckoned at every keystroke."""

from __future__ import annotations

from datetime import date
from functools import partial

from bench.measuring import Measured, arguments, median_of, tell
from fieldapp.domain.application_records import ExternalDebt, Party
from fieldapp.domain.backing import Backing
from fieldapp.domain.case_file import CaseFile
from fieldapp.domain.loan_quote import quote
from fieldapp.domain.records import Application, Method, Person, PlannedMovement, Product, Prospect

FRAME_S = 0.016
METHODS: tuple[Method, ...] = ("equal_instalments", "equal_principal", "interest_first", "revolving")
DAY_COUNTS = ("30/360", "act/360", "act/act")
MONTHS = (36, 360)
TODAY = date(2026, 11, 23)


def main() -> None:
    options = arguments(runs=41)
    measured = [
        Measured(
            f"{months} instalments, {method}, {day_count}",
            median_of(options.runs, partial(quote, _file(months, method), _product(day_count), TODAY)),
            FRAME_S,
            "limit: one frame",
        )
        for months in MONTHS
        for method in METHODS
        for day_count in DAY_COUNTS
    ]
    tell(measured, as_json=options.json)


def _file(months: int, method: Method) -> CaseFile:
    """An application whose figures can all be reckoned."""
    application = Application(
        product="BENCH",
        product_version=1,
        amount_fen=10_000_000,
        months=months,
        method=method,
        yearly_rate="0.06",
        start=date(2026, 12, 1),
        sales_fen=4_500_000,
        goods_fen=3_150_000,
        costs_fen=600_000,
        other_income_fen=300_000,
        family_fen=400_000,
        existing_instalments_fen=120_000,
        movements=tuple(PlannedMovement(on=date(2026, 12, 1 + day % 28), draw_fen=100) for day in range(60)),
    )
    return CaseFile(application, Prospect(), backing=_backing())


def _backing() -> Backing:
    """Eight people and a dozen debts, the most that a busy household brings."""
    people = {f"p{number}": Person(name=f"张{number}", mobile="13800000001") for number in range(8)}
    parties = {f"row{person}": Party(person=person, role="co_borrower", relation="弟") for person in people}
    debts = {f"d{number}": ExternalDebt(lender="银行", balance_fen=1, instalment_fen=1) for number in range(12)}
    return Backing(parties=parties, debts=debts, people=people)


def _product(day_count: str) -> Product:
    return Product(
        code="BENCH",
        version=1,
        name="Benchmark loan",
        name_en="Benchmark loan",
        cap_fen=1_000_000_000,
        cap_inclusive=False,
        min_months=1,
        max_months=360,
        base_rate="0.03",
        margin_bp=300,
        methods=METHODS,
        day_count=day_count,
        rounding="half_up",
        customer_types=(),
        industries=(),
        stages=(),
    )


if __name__ == "__main__":
    main()
