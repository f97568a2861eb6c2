"""What stands on the application form and on its schedule, taken from the records."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from fieldapp.documents.papers import (
    Acceptance,
    Applicant,
    ApplicationPaper,
    FamilyFigures,
    LoanRequest,
    SchedulePaper,
    Trade,
    UseLine,
)
from fieldapp.domain import products
from fieldapp.domain.case_file import CaseFile, uses_in_full
from fieldapp.domain.errors import Actionable
from fieldapp.domain.records import Application, Person
from fieldapp.domain.revolving_plan import revolving_plan
from fieldapp.domain.schedules import RepaymentMethod, refusals, repayment_schedule
from fieldapp.domain.wording import Sentence
from fieldapp.domain.yearly_cost import yearly_cost
from fieldapp.reference import industries
from fieldapp.services.backing_on_paper import co_borrowers, debt_lines, guarantee_lines, guarantees_given
from fieldapp.services.paper_sources import CaseSources, money_of, named


def application_paper(sources: CaseSources) -> ApplicationPaper:
    """Document 1 of an application."""
    file, product, names = sources.file, sources.product, sources.names
    application = file.application
    borrowers, given = co_borrowers(file), guarantees_given(file)
    return ApplicationPaper(
        letterhead=sources.letterhead,
        mark=sources.mark(1),
        applicant=_applicant(file),
        co_borrower=borrowers[0] if borrowers else None,
        further_borrowers=borrowers[1:],
        family=_family(file),
        trade=_trade(file),
        request=LoanRequest(
            amount=money_of(application.amount_fen),
            product=product.name if product is not None else None,
            months=application.months,
            yearly_rate=_rate(application),
            method=application.method,
            payee_mode=application.payee_mode,
            account=application.payout_account,
        ),
        uses=tuple(UseLine(use.purpose, use.payee, money_of(use.amount_fen)) for use in uses_in_full(application)),
        own_funds=money_of(application.own_funds_fen),
        first_source=application.repayment_source,
        second_source=application.second_source,
        debts=debt_lines(file),
        gives_guarantees=True if given else None,  # nobody is said to give none unasked: the pen ticks it
        guarantees_given=given,
        guarantee_mode=application.guarantee_mode,
        guarantees=guarantee_lines(file),
        related_party=application.related_party,
        related_party_detail=application.related_party_detail,
        materials=application.materials,
        # The day of acceptance is left to the pen: a date of ours would give the signed paper another digest than
        # the draft the customer read.
        acceptance=Acceptance(
            marketed_by=named(names, file.prospect.marketed_by),
            credit_officer=named(names, application.officer),
        ),
    )


def schedule_paper(sources: CaseSources) -> SchedulePaper:
    """Document 5 of an application.

    Raises Actionable (``terms``) while product, amount, term, method or start is missing, Invalid for terms that no
    schedule can be made of and for planned draws that are no plan of this loan.
    """
    file, product = sources.file, sources.product
    application = file.application
    if product is None or application.start is None:
        raise _no_terms()
    terms = products.loan_terms(product, application, application.start)
    if terms is None:
        raise _no_terms()
    for refusal in refusals(terms):
        raise refusal
    schedule = repayment_schedule(terms)
    planned = application.movements if terms.method is RepaymentMethod.REVOLVING else ()
    plan = revolving_plan(terms, planned) if planned else None
    cost = yearly_cost(schedule) if plan is None else plan.cost
    return SchedulePaper(
        letterhead=sources.letterhead,
        mark=sources.mark(5),
        borrower=file.person.name if file.person is not None else "",
        schedule=schedule,
        identity_number=file.person.id_number if file.person is not None else None,
        compound_cost=cost.compound if cost is not None else None,
        plan=plan,
    )


def schedule_lacks(sources: CaseSources) -> Sentence | None:
    """What is missing before a schedule can be made."""
    application, product = sources.file.application, sources.product
    try:
        terms = products.loan_terms(product, application, date.max) if product is not None else None
    except Actionable as error:
        return error.sentence
    if terms is None or application.start is None:
        return Sentence("Product, amount, term, method or the day of the loan is missing.")
    return None


def _applicant(file: CaseFile) -> Applicant:
    person = file.person or Person()
    return Applicant(
        name=person.name,
        identity_number=person.id_number,
        sex=person.sex,
        ethnic=person.ethnic,
        identity_valid_until=person.id_valid_until,
        mobile=person.mobile,
        marital=person.marital,
        registered_address=person.registered_address,
        actual_address=person.actual_address,
        years_there=person.years_there,
        customer_type=file.prospect.customer_type,
    )


def _family(file: CaseFile) -> FamilyFigures:
    home = file.household
    if home is None:
        return FamilyFigures()
    return FamilyFigures(home.size, home.labour, home.dependants, money_of(home.income_fen), money_of(home.expense_fen))


def _trade(file: CaseFile) -> Trade:
    business = file.business
    if business is None:
        return Trade(monthly_sales=money_of(file.application.sales_fen))
    sales = file.application.sales_fen if file.application.sales_fen is not None else business.monthly_sales_fen
    return Trade(
        name=business.name or business.trade,
        uscc=business.uscc,
        industry=_industry(business.industry),
        stage=business.stage,
        since=business.since,
        staff=business.staff,
        address=business.address,
        premises=business.premises,
        qr_merchant_id=business.qr_merchant_id,
        monthly_sales=money_of(sales),
    )


def _industry(letter: str | None) -> str | None:
    named = next((f"{one.letter} {one.name_zh}" for one in industries() if one.letter == letter), letter)
    return named or None


def _rate(application: Application) -> Decimal | None:
    try:
        return Decimal(application.yearly_rate) if application.yearly_rate is not None else None
    except InvalidOperation:
        return None


def _no_terms() -> Actionable:
    return Actionable(
        "terms",
        Sentence("There is no schedule yet: product, amount, term, method or the day of the loan is missing."),
        advice=Sentence("Fill them in on the step 'Amount and repayment'."),
    )
