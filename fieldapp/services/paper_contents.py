"""What stands on each paper, taken from the records: whose letterhead, which number, which day, which values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

import msgspec

from fieldapp.documents.papers import (
    Acceptance,
    Applicant,
    ApplicationPaper,
    CoBorrower,
    DebtLine,
    DocumentMark,
    FamilyFigures,
    Letterhead,
    LoanRequest,
    MetPerson,
    PaperState,
    PhotoPrint,
    SchedulePaper,
    Trade,
    UseLine,
    VisitPaper,
)
from fieldapp.domain import products
from fieldapp.domain.case_file import CaseFile, uses_in_full
from fieldapp.domain.errors import Actionable
from fieldapp.domain.kinds import record_of
from fieldapp.domain.money import Money
from fieldapp.domain.records import Application, Branch, Person, Photo, Product, Visit
from fieldapp.domain.schedules import refusals, repayment_schedule
from fieldapp.domain.wording import Sentence
from fieldapp.domain.yearly_cost import yearly_cost
from fieldapp.reference import industries
from fieldapp.services.application_number import record_mark
from fieldapp.services.business_day import day_of, local_time, made_at
from fieldapp.services.case_records import Case
from fieldapp.store.records import Records, StoredRecord
from fieldapp.store.state import Enrolment

_STATED_DEBTS = "客户陈述合计"  # the paper is Chinese whatever the language of the screen
_NO_DEBTS = "无"
_EARLIEST = date(1970, 1, 1)

Names = Mapping[str, str]
"""The names of the staff by their ids."""


def letterhead(records: Records, enrolment: Enrolment) -> Letterhead:
    """The sub-branch as head office describes it. Raises Actionable (``no_branch``) before it has arrived."""
    for stored in records.of_kind("branch"):
        branch = record_of(Branch, stored.screen)
        if branch.code == enrolment.branch:
            return Letterhead(branch.bank, branch.bank_en, branch.name, branch.name_en, branch.complaint_phone)
    raise Actionable(
        "no_branch",
        Sentence("The letterhead of your branch has not arrived from head office yet."),
        advice=Sentence("Synchronise once, then print. Your work is safe."),
    )


def application_paper(
    case: Case, file: CaseFile, product: Product | None, head: Letterhead, names: Names, zone: str
) -> ApplicationPaper:
    """Document 1 of an application; ``file`` may hold what is typed and not saved yet."""
    application = file.application
    mark = application_mark(case.application.id, application, 1, zone)
    debts, debt_service = application.existing_debt_fen, application.existing_instalments_fen
    return ApplicationPaper(
        letterhead=head,
        mark=mark,
        applicant=_applicant(file),
        co_borrower=_co_borrower(file.spouse),
        family=_family(file),
        trade=_trade(file),
        request=LoanRequest(
            amount=_money(application.amount_fen),
            product=product.name if product is not None else None,
            months=application.months,
            yearly_rate=_rate(application),
            method=application.method,
            payee_mode=application.payee_mode,
            account=application.payout_account,
        ),
        uses=tuple(UseLine(use.purpose, use.payee, _money(use.amount_fen)) for use in uses_in_full(application)),
        own_funds=_money(application.own_funds_fen),
        first_source=application.repayment_source,
        second_source=application.second_source,
        debts=_debts(debts, debt_service),
        guarantee_mode=application.guarantee_mode,
        related_party=application.related_party,
        related_party_detail=application.related_party_detail,
        # The day of acceptance is left to the pen: a date of ours would give the signed paper another digest than
        # the draft the customer read.
        acceptance=Acceptance(
            marketed_by=_named(names, file.prospect.marketed_by),
            credit_officer=_named(names, application.officer),
        ),
    )


def schedule_paper(case: Case, file: CaseFile, product: Product | None, head: Letterhead, zone: str) -> SchedulePaper:
    """Document 5 of an application.

    Raises Actionable (``terms``) while product, amount, term, method or start is missing, Invalid for terms that no
    schedule can be made of.
    """
    application = file.application
    if product is None or application.start is None:
        raise _no_terms()
    terms = products.loan_terms(product, application, application.start)
    if terms is None:
        raise _no_terms()
    for refusal in refusals(terms):
        raise refusal
    schedule = repayment_schedule(terms)
    return SchedulePaper(
        letterhead=head,
        mark=application_mark(case.application.id, application, 5, zone),
        borrower=file.person.name if file.person is not None else "",
        schedule=schedule,
        identity_number=file.person.id_number if file.person is not None else None,
        compound_cost=yearly_cost(schedule).compound,
    )


def visit_paper(
    stored: StoredRecord,
    customer: Person | None,
    head: Letterhead,
    branch: str,
    names: Names,
    content: Callable[[str], bytes | None],
    amended: Visit | None = None,
) -> VisitPaper:
    """Document 6, a visit; ``amended`` is the one it corrects, if it is at hand.

    Raises Actionable (``photo_missing``) while a photo's bytes are not on this laptop.
    """
    visit = record_of(Visit, stored.screen)
    return VisitPaper(
        letterhead=head,
        mark=visit_mark(stored.id, visit, branch),
        customer=customer.name if customer is not None else "",
        started=local_time(visit.started_at, visit.zone),
        ended=local_time(visit.ended_at, visit.zone),
        officer=_named(names, visit.staff) or "",
        purpose=visit.purpose,
        outcome=visit.outcome,
        identity_number=customer.id_number if customer is not None else None,
        mobile=customer.mobile if customer is not None else None,
        place=visit.place,
        second_officer=_named(names, visit.second_officer),
        people=tuple(MetPerson(met.name, met.relation) for met in visit.people),
        facts=visit.facts,
        opinion=visit.opinion,
        promised=_money(visit.promised_fen),
        next_date=visit.next_date,
        next_action=visit.next_purpose or "",
        photos=tuple(_photo(photo, visit.zone, content) for photo in visit.photos),
        amends=_amended_number(visit, amended, branch),
    )


def application_mark(record: str, application: Application, document: int, zone: str) -> DocumentMark:
    """Number, state and day of a paper of an application.

    Until it is submitted the data may change: a draft. Then they are frozen: for signature. The day is the one on
    which the form was begun, so that number, day and digest stay the same from the draft to the signed paper.
    """
    open_still = application.status in ("draft", "returned", "withdrawn")
    at = made_at(record)
    return DocumentMark(
        number=f"{application.number or record_mark(record)}/{document}",
        state=PaperState.DRAFT if open_still else PaperState.FOR_SIGNATURE,
        dated=day_of(at, zone) if at is not None else _EARLIEST,
    )


def visit_mark(record: str, visit: Visit, branch: str) -> DocumentMark:
    """A visit is never edited: its paper is ready for signature from the start."""
    number = f"{branch}-{visit.business_date.year}-{record_mark(record)}/6"
    return DocumentMark(number, PaperState.FOR_SIGNATURE, visit.business_date)


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


def _co_borrower(spouse: Person | None) -> CoBorrower | None:
    if spouse is None:
        return None
    return CoBorrower(spouse.name, "spouse", spouse.id_number, spouse.mobile)


def _family(file: CaseFile) -> FamilyFigures:
    home = file.household
    if home is None:
        return FamilyFigures()
    return FamilyFigures(home.size, home.labour, home.dependants, _money(home.income_fen), _money(home.expense_fen))


def _trade(file: CaseFile) -> Trade:
    business = file.business
    if business is None:
        return Trade(monthly_sales=_money(file.application.sales_fen))
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
        monthly_sales=_money(sales),
    )


def _industry(letter: str | None) -> str | None:
    named = next((f"{one.letter} {one.name_zh}" for one in industries() if one.letter == letter), letter)
    return named or None


def _amended_number(visit: Visit, amended: Visit | None, branch: str) -> str | None:
    return visit_mark(visit.amends, amended or visit, branch).number if visit.amends else None


def _debts(balance: int | None, instalments: int | None) -> tuple[DebtLine, ...]:
    if balance is None and instalments is None:
        return ()
    if not balance and not instalments:
        return (DebtLine(_NO_DEBTS),)
    return (DebtLine(_STATED_DEBTS, _money(balance), _money(instalments)),)


_ID_LENGTH = 32


def _named(names: Names, staff: str | None) -> str | None:
    """A colleague's name; a name written out stands as it is, an id that nobody here knows stays empty."""
    if not staff:
        return None
    return names.get(staff) or (staff if len(staff) != _ID_LENGTH else None)


def _photo(photo: Photo, zone: str, content: Callable[[str], bytes | None]) -> PhotoPrint:
    image = content(photo.digest)
    if image is None:
        raise Actionable(
            "photo_missing",
            Sentence("The photo '{name}' has not arrived on this laptop completely.", name=photo.name[:60]),
            advice=Sentence("Synchronise, then print the visit again."),
        )
    return PhotoPrint(photo.name, image, photo.digest, _wall_clock(photo.taken_at, zone))


def _wall_clock(at: datetime | None, zone: str) -> datetime | None:
    """A camera's time has no zone and is the place's own; an instant is shown as clocks there showed it."""
    if at is None or at.tzinfo is None:
        return at
    return local_time(at, zone)


def _rate(application: Application) -> Decimal | None:
    try:
        return Decimal(application.yearly_rate) if application.yearly_rate is not None else None
    except InvalidOperation:
        return None


def _money(fen: int | None) -> Money | None:
    return None if fen is None else Money(fen)


def _no_terms() -> Actionable:
    return Actionable(
        "terms",
        Sentence("There is no schedule yet: product, amount, term, method or the day of the loan is missing."),
        advice=Sentence("Fill them in on the step 'Amount and repayment'."),
    )


def visit_of(stored: StoredRecord) -> Visit | None:
    """The visit, None when a newer version of the program wrote it."""
    try:
        return record_of(Visit, stored.screen)
    except msgspec.ValidationError:
        return None
