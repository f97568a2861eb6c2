"""Rebuilding a customer's accounts on site for an application: the sheet, the cross-checks, the looks and meters."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from fieldapp.domain.account_items import AccountItems
from fieldapp.domain.accounts import RebuiltAccounts, rebuilt
from fieldapp.domain.accounts_sheet import AccountsSheet, ReadSheet, read_sheet, sheet_of, with_template
from fieldapp.domain.affordability import MonthlyAccounts
from fieldapp.domain.application_checklist import monthly_accounts
from fieldapp.domain.application_records import (
    CheckItem,
    CrossCheck,
    LivelihoodTemplate,
    LookPhotos,
    LookSubject,
    Statement,
)
from fieldapp.domain.case_file import CaseFile
from fieldapp.domain.cross_checks import DEFAULT_TOLERANCE_BP, CheckResult, check
from fieldapp.domain.errors import Actionable, Invalid, InvalidRecord
from fieldapp.domain.identifiers import RecordId
from fieldapp.domain.kinds import Values
from fieldapp.domain.records import Photo, Record
from fieldapp.domain.wording import Sentence
from fieldapp.reference import account_items
from fieldapp.services.account_records import AccountRecords, read_account_records
from fieldapp.services.apply_for_loan import ApplyForLoan
from fieldapp.services.business_day import business_date, whole_second
from fieldapp.services.case_records import read_case
from fieldapp.services.drafts import put_draft, save_draft
from fieldapp.services.editable_application import require_editable
from fieldapp.services.photo_files import PhotoFile, read_photo
from fieldapp.store.database import Store
from fieldapp.store.drafts import Draft
from fieldapp.store.records import StoredRecord
from fieldapp.store.unit import Unit

log = logging.getLogger(__name__)

_TAKEN_OVER = {
    "sales_fen": "sales",
    "goods_fen": "goods",
    "costs_fen": "costs",
    "other_income_fen": "other_income",
    "family_fen": "family",
}


@dataclass(frozen=True, slots=True)
class FoundSheet:
    """What was typed and not saved, found again, and when it was kept (UTC)."""

    sheet: AccountsSheet
    saved_at: datetime


GridName = Literal["balance", "flows", "seasons"]


class OpenCell(msgspec.Struct, frozen=True, kw_only=True):
    """A cell that is being typed into: its grid, its row by number and name, its column, the text so far."""

    grid: GridName
    row: int
    name: str
    column: int
    text: str


class Unfinished(msgspec.Struct, frozen=True, kw_only=True):
    """What is typed and no part of the sheet yet: the names of rows about to be added, the cell being typed into."""

    balance: str = ""
    flows: str = ""
    cell: OpenCell | None = None


NOTHING_UNFINISHED = Unfinished()


@dataclass(frozen=True, slots=True)
class FoundUnfinished:
    """What was typed and never became part of the sheet, found again, and when it was kept (UTC)."""

    unfinished: Unfinished
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class OpenAccounts:
    """The accounts of an application on the screen.

    ``sheet`` is what is saved, ``shown`` the records it stands for, given back when saving. ``draft`` and
    ``unfinished`` are what was typed beyond it. ``sealed`` says why nothing may be typed, None while it may.
    ``applied`` is the month as the application states it now.
    """

    application: RecordId
    number: str
    customer: str
    sheet: AccountsSheet
    draft: FoundSheet | None
    unfinished: FoundUnfinished | None
    shown: AccountRecords
    photos: Mapping[LookSubject, tuple[Photo, ...]]
    sealed: Sentence | None
    tolerance_bp: int
    applied: MonthlyAccounts | None
    items: AccountItems


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What a sheet adds up to, live: the sums, each check that can be reckoned, and the cells that cannot be read."""

    read: ReadSheet
    accounts: RebuiltAccounts
    checks: Mapping[CheckItem, CheckResult]
    refused: tuple[Invalid, ...]


def reckon(sheet: AccountsSheet, tolerance_bp: int) -> Reckoned:
    """The live figures of what is typed; pure, raises nothing."""
    read = read_sheet(sheet)
    accounts = rebuilt(read.statement)
    found = {item: check(item, one.inputs, accounts, tolerance_bp) for item, one in read.checks.items()}
    return Reckoned(
        read, accounts, {item: result for item, result in found.items() if result is not None}, read.refused
    )


class RebuildAccounts:
    """The accounts of applications. Every method may be called from any thread except the one that draws."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def open(self, application: str) -> OpenAccounts:
        """The accounts as saved, with what was typed and not saved. Raises Actionable (``gone``, ``newer``)."""
        items = account_items()
        applying = ApplyForLoan(self._store).open(application)
        with self._store.reading() as view:
            shown = read_account_records(view.records, application)
            draft = view.drafts.get(_draft_id(application))
        person, product = applying.file.person, applying.product
        return OpenAccounts(
            application=RecordId(application),
            number=applying.file.application.number,
            customer=person.name if person is not None else "",
            sheet=_sheet(shown, applying.file, items),
            draft=_found(draft) if applying.sealed is None else None,
            unfinished=_found_unfinished(draft) if applying.sealed is None else None,
            shown=shown,
            photos=shown.photos,
            sealed=applying.sealed,
            tolerance_bp=product.tolerance_bp if product is not None else DEFAULT_TOLERANCE_BP,
            applied=monthly_accounts(applying.file.application),
            items=items,
        )

    def autosave(
        self, application: str, sheet: AccountsSheet | None, unfinished: Unfinished = NOTHING_UNFINISHED
    ) -> datetime:
        """Keep what is typed as it is, right or wrong; found again after a crash. Returns when (UTC).

        ``sheet`` is None while it says what is saved.
        """
        at = self._store.clock.now()
        if sheet is None and unfinished == NOTHING_UNFINISHED:
            self.discard(application)
            return at
        with self._store.reading() as view:
            stored = view.records.get(application)
        about = stored.parent if stored is not None else None
        body = _body(sheet, unfinished)
        save_draft(self._store, "accounts", body, draft=_draft_id(application), about=about)
        return at

    def discard(self, application: str) -> None:
        """Throw away what was typed and not saved."""
        self._store.write(lambda unit: _drop_draft(unit, application))

    def save(
        self, opened: OpenAccounts, sheet: AccountsSheet, unfinished: Unfinished = NOTHING_UNFINISHED
    ) -> OpenAccounts:
        """Save what was typed, complete or not, in one transaction; returns the accounts as they stand then.

        Of what was kept as a draft only what is ``unfinished`` stays.

        Raises InvalidRecord naming each cell (see ``accounts_sheet``) or photo that cannot be kept, Actionable
        (``submitted``, ``gone``). Nothing is saved then, and what was typed stays as a draft.
        """
        try:
            read = read_sheet(sheet)
            files, problems = self._files(sheet)
            if read.refused or problems:
                raise InvalidRecord([*read.refused, *problems])
            self._store.write(lambda unit: _save(unit, opened, read, files, unfinished))
        except Actionable:
            self.autosave(opened.application, sheet, unfinished)
            raise
        log.info("accounts_saved", extra={"application": opened.application})
        return self.open(opened.application)

    def take_over(self, application: str) -> MonthlyAccounts:
        """Put an average month of the saved accounts into the application's monthly figures; returns that month.

        Raises Actionable: ``no_accounts`` before any month was rebuilt, ``submitted``, ``gone``.
        """
        month = self._store.write(lambda unit: _take_over(unit, application))
        log.info("accounts_taken_over", extra={"application": application})
        return month

    def _files(self, sheet: AccountsSheet) -> tuple[dict[LookSubject, list[PhotoFile]], list[Invalid]]:
        """The photos, read before the transaction: the writer does not wait for a slow stick."""
        files: dict[LookSubject, list[PhotoFile]] = {}
        problems: list[Invalid] = []
        with self._store.reading() as view:
            limit = view.state.limits().attachment_bytes
        for subject, paths in sheet.photos.items():
            for path in paths:
                try:
                    files.setdefault(subject, []).append(read_photo(Path(path), limit))
                except Invalid as refused:
                    problems.append(
                        Invalid(
                            refused.code,
                            refused.sentence,
                            field=f"findings.{subject}.photos",
                            advice=refused.advice,
                        )
                    )
        return files, problems


def _save(
    unit: Unit,
    opened: OpenAccounts,
    read: ReadSheet,
    files: Mapping[LookSubject, list[PhotoFile]],
    unfinished: Unfinished,
) -> None:
    case = read_case(unit.records, opened.application)
    require_editable(unit, case)
    now = read_account_records(unit.records, opened.application)
    _keep(unit, opened, now, "statement", "statement", _signed(read.statement, opened.shown.statement, unit))
    for item, cross_check in read.checks.items():
        _keep(unit, opened, now, "cross_check", item, cross_check)
    _keep(unit, opened, now, "three_looks", "three_looks", read.looks)
    for subject, taken in files.items():
        _keep_photos(unit, opened.application, subject, taken, now.photos.get(subject, ()))
    if unfinished == NOTHING_UNFINISHED:
        _drop_draft(unit, opened.application)
    else:
        draft, about = _draft_id(opened.application), case.application.parent
        put_draft(unit, "accounts", _body(None, unfinished), draft=draft, about=about)


def _signed(statement: Statement, shown: Statement | None, unit: Unit) -> Statement:
    """Who rebuilt the accounts first, and on which day, stays; a correction is theirs too."""
    if shown is not None:
        return msgspec.structs.replace(statement, staff=shown.staff, business_date=shown.business_date)
    return msgspec.structs.replace(statement, staff=unit.enrolment.staff, business_date=business_date(unit.clock))


def _keep(unit: Unit, opened: OpenAccounts, now: AccountRecords, kind: str, key: str, record: Record) -> None:
    """Make the record or edit it: each field with what the screen showed of it and what stands there now."""
    stored, shown = now.stored.get(key), opened.shown.stored.get(key)
    values, blank = _plain(record), _blank(record)
    if stored is None:
        if any(values[name] != blank.get(name) for name in _SPEAKING[kind] if name != "template"):
            unit.create(kind, record, parent=opened.application)
        return
    seen: Values = shown.screen if shown is not None else {}
    fields = {
        name: (seen.get(name), values[name])
        for name in _SPEAKING[kind]
        if values[name] != seen.get(name, blank.get(name))
    }
    unit.edit(stored.id, fields)


_SPEAKING = {
    "statement": ("balance", "flows", "seasons", "equity_claimed_fen", "template"),
    "cross_check": ("inputs", "explanation"),
    "three_looks": ("findings",),
}
"""The fields that a sheet fills in."""


def _blank(record: Record) -> Values:
    return _plain(CrossCheck(item=record.item) if isinstance(record, CrossCheck) else type(record)())


def _plain(record: Record) -> Values:
    """The fields as they come back from the store: JSON knows no tuples."""
    plain: Values = msgspec.json.decode(msgspec.json.encode(record))
    return plain


def _keep_photos(
    unit: Unit, application: str, subject: LookSubject, files: list[PhotoFile], kept: tuple[Photo, ...]
) -> None:
    known = {photo.digest for photo in kept}
    new = {file.digest: file for file in files if file.digest not in known}
    if not new:
        return
    photos = tuple(
        Photo(digest=digest, name=file.name, size=len(file.content), media_type=file.media_type)
        for digest, file in new.items()
    )
    evidence = LookPhotos(
        subject=subject,
        staff=unit.enrolment.staff,
        at=whole_second(unit.clock.now()),
        business_date=business_date(unit.clock),
        photos=photos,
    )
    entry = unit.create("look_photos", evidence, parent=application)
    for file in new.values():
        unit.attachments.add(file.content, file.media_type, entry)


def _take_over(unit: Unit, application: str) -> MonthlyAccounts:
    case = read_case(unit.records, application)
    require_editable(unit, case)
    statement = read_account_records(unit.records, application).statement
    if statement is None or not statement.flows:
        raise Actionable(
            "no_accounts",
            Sentence("No month of these accounts has been filled in yet."),
            advice=Sentence("Fill in income and cost, then take the figures over."),
        )
    month = rebuilt(statement).average
    stored: StoredRecord = case.application
    fields: dict[str, tuple[Any, Any]] = {
        field: (stored.screen.get(field), getattr(month, figure).fen) for field, figure in _TAKEN_OVER.items()
    }
    unit.edit(application, fields)
    return month


def _sheet(shown: AccountRecords, file: CaseFile, items: AccountItems) -> AccountsSheet:
    """The sheet as saved; a first one begins with the template of what the customer seems to live from."""
    sheet = sheet_of(shown.statement, shown.checks, shown.looks, items)
    return sheet if shown.statement is not None else with_template(sheet, _livelihood(file), items)


def _livelihood(file: CaseFile) -> LivelihoodTemplate:
    industry = file.business.industry if file.business is not None else None
    farms = industry == "A" or (industry is None and file.prospect.customer_type == "farm_household")
    return "crops" if farms else "trade"


def _draft_id(application: str) -> str:
    return f"accounts:{application}"


def _body(sheet: AccountsSheet | None, unfinished: Unfinished) -> dict[str, Any]:
    body = {} if sheet is None else {"sheet": msgspec.to_builtins(sheet)}
    return body if unfinished == NOTHING_UNFINISHED else {**body, "unfinished": msgspec.to_builtins(unfinished)}


def _found(draft: Draft | None) -> FoundSheet | None:
    if draft is None or "sheet" not in draft.body:
        return None
    try:
        sheet = msgspec.convert(draft.body["sheet"], AccountsSheet)
    except msgspec.ValidationError:
        return None
    return FoundSheet(sheet, datetime.fromisoformat(draft.saved_at))


def _found_unfinished(draft: Draft | None) -> FoundUnfinished | None:
    if draft is None or "unfinished" not in draft.body:
        return None
    try:
        unfinished = msgspec.convert(draft.body["unfinished"], Unfinished)
    except msgspec.ValidationError:
        return None
    return FoundUnfinished(unfinished, datetime.fromisoformat(draft.saved_at))


def _drop_draft(unit: Unit, application: str) -> None:
    unit.drafts.drop(_draft_id(application))
    unit.tell("drafts")
