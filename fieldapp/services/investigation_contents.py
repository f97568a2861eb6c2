"""What stands on document 2, the investigation, taken from the records of an application and its visit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from fieldapp.documents.investigation_paper import (
    AssetLine,
    CheckLine,
    FlowTotal,
    InvestigationPaper,
    LiabilityLine,
    LookLine,
    MemberLine,
)
from fieldapp.documents.papers import MetPerson
from fieldapp.domain.account_items import AccountItems
from fieldapp.domain.accounts import RebuiltAccounts, rebuilt
from fieldapp.domain.accounts_sheet import CHECKS, SUBJECTS
from fieldapp.domain.affordability import MonthlyAccounts, bearable_instalment
from fieldapp.domain.application_checklist import existing_debt_service, monthly_accounts
from fieldapp.domain.application_records import BalanceSide, CheckItem, CrossCheck, Statement
from fieldapp.domain.case_file import CaseFile
from fieldapp.domain.cross_checks import DEFAULT_TOLERANCE_BP, check, short_amount
from fieldapp.domain.dates import whole_months
from fieldapp.domain.kinds import record_of
from fieldapp.domain.money import Money
from fieldapp.domain.records import Person, Visit
from fieldapp.reference import account_items
from fieldapp.services.account_records import AccountRecords, read_account_records
from fieldapp.services.business_day import local_time
from fieldapp.services.paper_sources import CaseSources, money_of, named
from fieldapp.services.visit_contents import visit_of
from fieldapp.store.records import StoredRecord

_DOCUMENT = 2
_EQUITY = "{estimate} 对 {claimed}"  # the paper is Chinese whatever the language of the screen


def investigation_paper(sources: CaseSources) -> InvestigationPaper:
    """Document 2 of an application, of the accounts as saved; places nobody filled in stay empty for the pen.

    Raises Actionable (``newer``) for accounts of a newer program.
    """
    records, file, product, names = sources.view.records, sources.file, sources.product, sources.names
    household, visits = (records.children(sources.case.prospect.id, kind) for kind in ("person", "visit"))
    saved = read_account_records(records, sources.case.application.id)
    visit = _investigation(visits)
    people = _household({stored.id: record_of(Person, stored.screen) for stored in reversed(household)}, file)
    items = account_items()
    mark = sources.mark(_DOCUMENT)
    statement = saved.statement or Statement()
    accounts = rebuilt(statement) if saved.statement is not None else None
    tolerance_bp = product.tolerance_bp if product is not None else DEFAULT_TOLERANCE_BP
    checks = _checks(saved.checks, accounts, tolerance_bp)
    month = _month(file, accounts, statement)
    existing = existing_debt_service(file.application)
    limit = Decimal(product.limit_bp).scaleb(-4) if product is not None else None
    return InvestigationPaper(
        letterhead=sources.letterhead,
        mark=mark,
        customer=file.person.name if file.person is not None else "",
        started=local_time(visit.started_at, visit.zone) if visit is not None else None,
        ended=local_time(visit.ended_at, visit.zone) if visit is not None else None,
        place=(visit.place or "") if visit is not None else "",
        officer=named(names, visit.staff if visit is not None else file.application.officer) or "",
        second_officer=named(names, visit.second_officer) or "" if visit is not None else "",
        people=tuple(MetPerson(met.name, met.relation) for met in visit.people) if visit is not None else (),
        members=tuple(_member(person, file, mark.dated) for person in people),
        assets=_assets(statement, items),
        liabilities=_liabilities(statement, items),
        total_assets=accounts.assets if accounts is not None and statement.balance else None,
        total_liabilities=accounts.liabilities if accounts is not None and statement.balance else None,
        equity=accounts.equity if accounts is not None and statement.balance else None,
        claimed=accounts.claimed if accounts is not None else None,
        equity_check=next((line for line in checks if line.item == "equity" and line.estimate is not None), None),
        seasons=statement.seasons,
        months=accounts.months if accounts is not None and statement.flows else (),
        flows=tuple(
            FlowTotal(line.flow, items.words(line.flow, line.item).zh, Money(sum(line.months_fen)))
            for line in statement.flows
        ),
        net=month.disposable if month is not None else None,
        existing_instalments=existing if month is not None else None,
        bearable=bearable_instalment(month.disposable, existing, limit) if month is not None and limit else None,
        tolerance=Decimal(tolerance_bp).scaleb(-4),
        checks=tuple(_named_equity(line, accounts) for line in checks),
        looks=_looks(saved),
        first_opinion=visit.opinion if visit is not None else "",
    )


def _household(people: Mapping[str, Person], file: CaseFile) -> tuple[Person, ...]:
    """The applicant and the spouse as they stand on the form, then the others in the order they were recorded.

    Who is recorded only because they guarantee or pledge lives elsewhere.
    """
    standing_in = {party.person for _, party in file.backing.of_role("guarantor", "pledgor")}
    others = [
        person
        for record, person in people.items()
        if person.relation not in ("self", "spouse") and record not in standing_in
    ]
    return tuple(person for person in (file.person, file.spouse, *others) if person is not None)


def _investigation(visits: Sequence[StoredRecord]) -> Visit | None:
    """The newest visit that was an investigation, as it was corrected last."""
    found = [visit for stored in visits if (visit := visit_of(stored)) is not None]
    return next((visit for visit in found if visit.purpose == "investigation"), None)


def _month(file: CaseFile, accounts: RebuiltAccounts | None, statement: Statement) -> MonthlyAccounts | None:
    """The rebuilt months speak where there are any, otherwise what the application states."""
    if accounts is not None and statement.flows:
        return accounts.average
    return monthly_accounts(file.application)


def _member(person: Person, file: CaseFile, on: date) -> MemberLine:
    business = file.business
    trade = (business.trade or business.name or "") if business is not None and person.relation == "self" else ""
    born = person.birth
    age = whole_months(born, on) // 12 if born is not None and born <= on else None
    return MemberLine(person.name, person.relation, age, work=trade)


def _assets(statement: Statement, items: AccountItems) -> tuple[AssetLine, ...]:
    name = _namer(items, "asset")
    return tuple(
        AssetLine(name(line.item), line.note, line.quantity, money_of(line.amount_fen), line.evidence)
        for line in statement.balance
        if line.side == "asset"
    )


def _liabilities(statement: Statement, items: AccountItems) -> tuple[LiabilityLine, ...]:
    name = _namer(items, "liability")
    return tuple(
        LiabilityLine(
            name(line.item), line.note, money_of(line.instalment_fen), money_of(line.amount_fen), line.evidence
        )
        for line in statement.balance
        if line.side == "liability"
    )


def _checks(
    saved: Mapping[CheckItem, CrossCheck], accounts: RebuiltAccounts | None, tolerance_bp: int
) -> tuple[CheckLine, ...]:
    lines = []
    for item in CHECKS:
        one = saved.get(item)
        if one is None or accounts is None:
            continue
        found = check(item, one.inputs, accounts, tolerance_bp)
        if found is None:
            lines.append(CheckLine(item, explanation=one.explanation))
        else:
            verdict = found.verdict.value
            lines.append(CheckLine(item, found.working, found.estimate, found.deviation, verdict, one.explanation))
    return tuple(lines)


def _named_equity(line: CheckLine, accounts: RebuiltAccounts | None) -> CheckLine:
    """In the table equity stands as the estimate against the claim; its sum is written under the balance."""
    if line.item != "equity" or line.estimate is None or accounts is None:
        return line
    claimed = accounts.claimed if accounts.claimed is not None else accounts.equity
    working = _EQUITY.format(estimate=short_amount(line.estimate), claimed=short_amount(claimed))
    return CheckLine(line.item, working, line.estimate, line.deviation, line.verdict, line.explanation)


def _looks(records: AccountRecords) -> tuple[LookLine, ...]:
    facts = {finding.subject: finding.facts for finding in records.looks.findings} if records.looks is not None else {}
    return tuple(
        LookLine(subject, facts.get(subject, ""), len(records.photos.get(subject, ())))
        for subject in SUBJECTS
        if subject in facts or subject in records.photos
    )


def _namer(items: AccountItems, side: BalanceSide) -> Callable[[str], str]:
    return lambda item: items.words(side, item).zh
