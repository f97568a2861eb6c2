"""Loan products: what each refuses, how it is reckoned, and what a new version changed (DOMAIN A1, A2, A5, A6, B).

Everything here is set by head office [G] and holds offline too. An empty list in a product sets no limit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from fieldapp.domain import schedules
from fieldapp.domain.case_file import CaseFile
from fieldapp.domain.errors import Invalid
from fieldapp.domain.interest import DayCount
from fieldapp.domain.money import GREATEST_FEN, Money, Rounding
from fieldapp.domain.records import Application, Fee, Product
from fieldapp.domain.schedules import FeeTiming, LoanTerms, RepaymentMethod
from fieldapp.domain.wording import Sentence

INDUSTRIES = "ABCDEFGHIJKLMNOPQRST"
"""The section letters of GB/T 4754-2017."""

BASIS_POINTS = 10_000


def on_sale(products: Iterable[Product]) -> list[Product]:
    """The newest version of each product that is on sale, by name."""
    newest: dict[str, Product] = {}
    for product in products:
        if product.on_sale and (product.code not in newest or newest[product.code].version < product.version):
            newest[product.code] = product
    return sorted(newest.values(), key=lambda product: (product.name, product.code))


def version_of(products: Iterable[Product], application: Application) -> Product | None:
    """The version the application was made with, on sale or not; None when it is not on this laptop."""
    wanted = (application.product, application.product_version)
    return next((product for product in products if (product.code, product.version) == wanted), None)


def newer_version(products: Iterable[Product], product: Product) -> Product | None:
    """The newest version on sale that came after ``product``."""
    sold = next((one for one in on_sale(products) if one.code == product.code), None)
    return sold if sold is not None and sold.version > product.version else None


def yearly_rate(product: Product) -> Decimal:
    """Base rate and margin together, a fraction: ``0.0300`` and 300 basis points are 0.06.

    Raises Invalid (``product``) when this program cannot read the product.
    """
    try:
        rate = Decimal(product.base_rate) + Decimal(product.margin_bp) / BASIS_POINTS
    except InvalidOperation:
        raise _unreadable() from None
    if not rate.is_finite():
        raise _unreadable()
    return rate


def rate_text(rate: Decimal) -> str:
    """A rate as records keep it: plain digits, no zeros at the end."""
    plain = format(rate, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def tight_threshold(product: Product) -> Decimal:
    """Debt service above this share of disposable income is tight, a fraction."""
    return Decimal(product.tight_bp) / BASIS_POINTS


def limit_threshold(product: Product) -> Decimal:
    """Debt service above this share of disposable income is over the limit, a fraction."""
    return Decimal(product.limit_bp) / BASIS_POINTS


def loan_terms(product: Product, application: Application, today: date) -> LoanTerms | None:
    """The terms a schedule follows from, None while amount, term or method is missing.

    Until a start is chosen the schedule starts ``today``; until a rate is set it is the product's. Raises Invalid
    (``product``, ``rate``) for what cannot be read.
    """
    if application.amount_fen is None or application.months is None or application.method is None:
        return None
    try:
        day_count, rounding = DayCount(product.day_count), Rounding(product.rounding)
    except ValueError:
        raise _unreadable() from None
    return LoanTerms(
        principal=Money(application.amount_fen),
        yearly_rate=applied_rate(product, application),
        months=application.months,
        method=RepaymentMethod(application.method),
        start=application.start or today,
        first_due=application.first_due,
        day_count=day_count,
        rounding=rounding,
        fees=tuple(schedule_fee(fee) for fee in product.fees),
    )


def applied_rate(product: Product, application: Application) -> Decimal:
    """The rate of the application, or the product's while it has none. Raises Invalid (``rate``, ``product``)."""
    if application.yearly_rate is None:
        return yearly_rate(product)
    try:
        rate = Decimal(application.yearly_rate)
    except InvalidOperation:
        rate = Decimal("NaN")
    if not rate.is_finite():
        raise Invalid("rate", Sentence("This is not a rate. Write it like 0.06."), field="yearly_rate")
    return rate


def schedule_fee(fee: Fee) -> schedules.Fee:
    """A product's fee as the schedule charges it."""
    amount, rate = (None, Decimal(fee.rate_bp) / BASIS_POINTS) if fee.rate_bp else (Money(fee.amount_fen), None)
    return schedules.Fee(fee.payee, FeeTiming(fee.timing), amount, rate, fee.name)


def refusals(product: Product, file: CaseFile, *, still_sold: bool = True) -> list[Invalid]:
    """Everything this product refuses of an application, in the order of the form; what is missing is not judged here.

    ``still_sold`` tells whether any version of the product is on sale: an older version of a product that is sold may
    go on to submission.
    """
    application, business = file.application, file.business
    found: list[Invalid] = []

    def refuse(code: str, sentence: Sentence, field: str) -> None:
        found.append(Invalid(code, sentence, field=field))

    if product.customer_types and file.prospect.customer_type not in product.customer_types:
        refuse("customer_type", Sentence("This product is not for this kind of customer."), "prospect.customer_type")
    if business is not None and business.industry is not None:
        if len(business.industry) != 1 or business.industry not in INDUSTRIES:
            refuse("industry", Sentence("An industry is one letter from A to T (GB/T 4754)."), "business.industry")
        elif product.industries and business.industry not in product.industries:
            sentence = Sentence("This product is not for industry {industry}.", industry=business.industry)
            refuse("industry", sentence, "business.industry")
    if business is not None and business.stage is not None and product.stages and business.stage not in product.stages:
        refuse("stage", Sentence("This product is not for a business at this stage."), "business.stage")
    if not still_sold:
        refuse("off_sale", Sentence("This product is no longer sold. Choose another one."), "product")
    if application.amount_fen is not None:
        found += _amount_refusals(product, application.amount_fen)
    if application.months is not None and not product.min_months <= application.months <= product.max_months:
        sentence = Sentence(
            "This product runs from {least} to {greatest} months.",
            least=product.min_months,
            greatest=product.max_months,
        )
        refuse("months", sentence, "months")
    if application.method is not None and product.methods and application.method not in product.methods:
        refuse("method", Sentence("This product is not repaid in this way. Choose another one."), "method")
    found += _rate_refusals(product, application)
    mode = application.guarantee_mode
    if mode is not None and product.guarantee_modes and mode not in product.guarantee_modes:
        refuse(
            "guarantee_mode", Sentence("This product is not secured in this way. Choose another one."), "guarantee_mode"
        )
    return found


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which two versions of a product differ."""

    field: str
    sentence: Sentence


def differences(before: Product, after: Product) -> list[Difference]:
    """What changed for the customer and the officer from one version of a product to another, in words."""
    found = [
        Difference(field, sentence)
        for field, sentence in (
            ("cap_fen", _moved(Sentence("The highest amount"), _cap_text(before), _cap_text(after))),
            ("months", _moved(Sentence("The term in months"), _months_text(before), _months_text(after))),
            ("rate", _moved(Sentence("The yearly rate"), f"{_rate_in_words(before)} %", f"{_rate_in_words(after)} %")),
            ("industries", _moved(Sentence("The industries"), " ".join(before.industries), " ".join(after.industries))),
            (
                "tight_bp",
                _moved(Sentence("The debt-service thresholds"), _thresholds_text(before), _thresholds_text(after)),
            ),
        )
        if sentence is not None
    ]
    for field, sentence in (
        ("methods", Sentence("The ways of repaying changed.")),
        ("day_count", Sentence("The way days are counted changed.")),
        ("rounding", Sentence("The way amounts are rounded changed.")),
        ("customer_types", Sentence("The kinds of customer it is for changed.")),
        ("stages", Sentence("The business stages it is for changed.")),
        ("fees", Sentence("The fees changed.")),
        ("guarantee_modes", Sentence("The ways of securing it changed.")),
        ("materials", Sentence("The papers that must be seen changed.")),
        ("tolerance_bp", Sentence("The tolerance of the cross-checks changed.")),
    ):
        if getattr(before, field) != getattr(after, field):
            found.append(Difference(field, sentence))
    return found


def _amount_refusals(product: Product, fen: int) -> list[Invalid]:
    if fen <= 0:
        return [Invalid("amount", Sentence("The loan amount must be more than 0."), field="amount_fen")]
    if fen > GREATEST_FEN:
        return [Invalid("amount", Sentence("This amount is too large to be meant."), field="amount_fen")]
    cap = _yuan(product.cap_fen)
    if product.cap_inclusive and fen > product.cap_fen:
        return [Invalid("cap", Sentence("This product lends at most {cap} yuan.", cap=cap), field="amount_fen")]
    if not product.cap_inclusive and fen >= product.cap_fen:
        return [Invalid("cap", Sentence("This product lends less than {cap} yuan.", cap=cap), field="amount_fen")]
    return []


def _rate_refusals(product: Product, application: Application) -> list[Invalid]:
    try:
        own, applied = yearly_rate(product), applied_rate(product, application)
    except Invalid as problem:
        return [problem]
    if own == applied:
        return []
    sentence = Sentence("The yearly rate of this product is {rate} %.", rate=_rate_in_words(product))
    return [Invalid("rate", sentence, field="yearly_rate")]


def _moved(what: Sentence, before: str, after: str) -> Sentence | None:
    if before == after:
        return None
    return Sentence("{what}: {before} before, now {after}.", what=what, before=before, after=after)


def _cap_text(product: Product) -> str:
    return f"{'≤' if product.cap_inclusive else '<'} {_yuan(product.cap_fen)}"


def _months_text(product: Product) -> str:
    return f"{product.min_months}–{product.max_months}"


def _thresholds_text(product: Product) -> str:
    return f"{rate_text(tight_threshold(product) * 100)} % / {rate_text(limit_threshold(product) * 100)} %"


def _rate_in_words(product: Product) -> str:
    try:
        return rate_text(yearly_rate(product) * 100)
    except Invalid:
        return "?"


def _yuan(fen: int) -> str:
    return f"{Money(fen).decimal_yuan:,.2f}"


def _unreadable() -> Invalid:
    return Invalid(
        "product",
        Sentence("This version of the program cannot read this product."),
        field="product",
        advice=Sentence("Your work is safe. Install the newer version of the program, or choose another product."),
    )
