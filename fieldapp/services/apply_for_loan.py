"""Filling in a loan application with a customer, offline, up to its submission; never a decision on it (DOMAIN E13)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from fieldapp.domain import parties, products
from fieldapp.domain.case_file import CaseFile, fields_of, with_typed
from fieldapp.domain.errors import Actionable, Invalid
from fieldapp.domain.identifiers import RecordId
from fieldapp.domain.kinds import Values, record_of
from fieldapp.domain.loan_quote import Quote
from fieldapp.domain.products import Difference
from fieldapp.domain.records import Application, ApplicationStatus, Product, Prospect
from fieldapp.domain.wording import Sentence
from fieldapp.protocol.identifiers import Clock
from fieldapp.services.account_records import unexplained_checks
from fieldapp.services.amend_application import begin_successor, may_amend
from fieldapp.services.application_drafts import FoundDraft, drop_draft, found_draft, keep_draft
from fieldapp.services.application_figures import figures_of, no_products
from fieldapp.services.application_number import next_application_number
from fieldapp.services.business_day import business_date
from fieldapp.services.case_records import Case, read_case, save_typed
from fieldapp.services.consent_register import CaseConsents, read_consents
from fieldapp.services.editable_application import require_editable, why_sealed
from fieldapp.services.half_typed import Place, forget, half_typed
from fieldapp.services.own_numbers import NO_NUMBERS, OwnNumbers, own_numbers
from fieldapp.services.product_list import known_products
from fieldapp.services.questions import Asked, questions_in
from fieldapp.services.submit_application import RefusedSubmission, refused_submission, submit, withdraw
from fieldapp.store.database import Store
from fieldapp.store.records import StoredRecord
from fieldapp.store.state import Enrolment
from fieldapp.store.unit import Unit

log = logging.getLogger(__name__)

_LENDERS = ("officer", "branch_head")

ROW_DIALOGS = ("party", "debt", "collateral")
"""What is asked about a row that stands behind the application already."""


@dataclass(frozen=True, slots=True)
class ApplicationLine:
    """One application in a prospect's list."""

    id: RecordId
    number: str
    status: ApplicationStatus
    amount_fen: int | None
    months: int | None
    product: str | None
    submitted_at: datetime | None
    only_here: bool


@dataclass(frozen=True, slots=True)
class OpenApplication:
    """An application on the screen.

    ``fields`` is the flat form as saved (see ``case_file``): what the screen shows, and gives back as ``shown``.
    ``sealed`` says why nothing may be typed, None while it may. ``products`` are those on sale. ``newer`` is a newer
    version of the chosen product, ``changed`` what it changed; the application keeps its version until the officer
    chooses the new one. ``questions`` are the reviewers', oldest first; ``amendable`` tells that a new version may be
    begun beside it. ``own_numbers`` are the officer's, which are no customer's. ``refused`` tells that head
    office did not take the submission. ``half_typed`` are the dialogs in which something typed was put aside or found
    again after a crash.
    """

    id: RecordId
    prospect: RecordId
    file: CaseFile
    fields: Values
    draft: FoundDraft | None
    sealed: Sentence | None
    in_conflict: tuple[str, ...]
    products: tuple[Product, ...]
    product: Product | None
    newer: Product | None
    changed: tuple[Difference, ...]
    today: date
    known_products: tuple[Product, ...]
    unexplained: tuple[Invalid, ...] = ()
    questions: tuple[Asked, ...] = ()
    amendable: bool = False
    own_numbers: OwnNumbers = NO_NUMBERS
    consents: tuple[Invalid, ...] = ()
    refused: RefusedSubmission | None = None
    half_typed: frozenset[Place] = frozenset()

    def quote(self, typed: Mapping[str, Any]) -> Quote:
        """The live figures for what is typed; pure, raises nothing, a few milliseconds for 360 instalments."""
        file, refused = with_typed(self.file, typed)
        settled = [*refused, *self.unexplained, *self.consents]
        return figures_of(file, self.known_products, self.today, settled, self.in_conflict, self.own_numbers)


def choice_of(product: Product) -> Values:
    """The fields that choosing a product fills in. Raises Invalid (``product``) when it cannot be read here."""
    rate = products.rate_text(products.yearly_rate(product))
    return {"product": product.code, "product_version": product.version, "yearly_rate": rate}


class ApplyForLoan:
    """The applications of a prospect. Every method may be called from any thread except the one that draws."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of_prospect(self, prospect: str) -> list[ApplicationLine]:
        """The prospect's applications, newest first."""
        with self._store.reading() as view:
            found = view.records.children(prospect, "application")
            unsent = view.outbox.unsent_among([stored.id for stored in found])
        return [_line(stored, only_here=stored.id in unsent) for stored in found]

    def start(self, prospect: str) -> RecordId:
        """A new application with a number, filled with what is known of the prospect.

        Raises Actionable: ``gone`` for a prospect that is not here, ``role`` for staff who do not take applications.
        """
        made = self._store.write(lambda unit: _start(unit, prospect))
        log.info("application_started", extra={"application": made})
        return made

    def open(self, application: str) -> OpenApplication:
        """The application as saved, with what was typed and not saved. Raises Actionable (``gone``)."""
        with self._store.reading() as view:
            case = read_case(view.records, application)
            known = known_products(view.records)
            draft = found_draft(view.drafts, application)
            enrolment = view.state.enrolment()
            product = products.version_of(known, case.file.application)
            unexplained = unexplained_checks(view.records, application, product)
            asked = questions_in(view, application)
            own = own_numbers(view.state)
            consents = read_consents(view.records, case)
            sealed = why_sealed(view.records, case, consents, enrolment)
            refused = refused_submission(view, application)
            half = half_typed(view.drafts, application) if sealed is None else frozenset()
        opened = _opened(case, known, draft, enrolment, self._store.clock, asked, own, consents=consents, sealed=sealed)
        half = self._without_gone(case.file, application, half)
        return replace(opened, unexplained=unexplained, refused=refused, half_typed=half)

    def _without_gone(self, file: CaseFile, application: str, found: frozenset[Place]) -> frozenset[Place]:
        """What is half typed about a row that somebody removed is forgotten."""
        backing = file.backing
        rows = {"", parties.SPOUSE, *backing.parties, *backing.debts, *backing.collateral}
        gone = {place.row for place in found if place.asks in ROW_DIALOGS and place.row not in rows}
        if gone:
            self._store.write(lambda unit: forget(unit, application, gone))
        return frozenset(place for place in found if place.row not in gone)

    def autosave(self, application: str, typed: Mapping[str, Any], shown: Mapping[str, Any]) -> datetime:
        """Keep what is typed as it is, right or wrong; found again after a crash. Returns when (UTC)."""
        return keep_draft(self._store, application, typed, shown)

    def discard(self, application: str) -> None:
        """Throw away what was typed and not saved."""
        self._store.write(lambda unit: drop_draft(unit, application))

    def save(self, application: str, typed: Mapping[str, Any], shown: Mapping[str, Any]) -> bool:
        """Save what was typed, complete or not; True when anything differed from what was shown.

        Raises InvalidRecord naming the fields that cannot be kept, Actionable (``submitted``, ``gone``); nothing is
        saved then and the draft stays.
        """
        return self._store.write(lambda unit: _save(unit, application, typed, shown))

    def submit(
        self, application: str, typed: Mapping[str, Any] | None = None, shown: Mapping[str, Any] | None = None
    ) -> datetime:
        """Save what was typed and hand the application to head office, in one transaction; returns when (UTC).

        The prospect has applied from then on. Raises NotComplete with the list, InvalidRecord, Actionable
        (``submitted``, ``gone``); nothing is changed then, and what was typed stays as a draft.
        """
        try:
            at = self._store.write(lambda unit: _submit(unit, application, typed or {}, shown or {}))
        except Actionable:
            if typed:
                self.autosave(application, typed, shown or {})
            raise
        log.info("application_submitted", extra={"application": application})
        return at

    def withdraw(self, application: str) -> None:
        """The customer does not want it any more. Raises Actionable (``submitted``, ``gone``) when it is too late."""
        self._store.write(lambda unit: withdraw(unit, application))
        log.info("application_withdrawn", extra={"application": application})

    def amend(self, application: str) -> RecordId:
        """A new version of an approved or signed application, with everything that stands in it; the old one stays.

        One that was begun already is gone on with. Raises Actionable: ``not_amendable``, ``submitted``, ``gone``.
        """
        made = self._store.write(lambda unit: begin_successor(unit, application))
        log.info("application_amended", extra={"application": application, "successor": made})
        return made

    def products(self) -> list[Product]:
        """The newest version of each product on sale. Raises Actionable (``no_products``) before any has arrived."""
        with self._store.reading() as view:
            sold = products.on_sale(known_products(view.records))
        if not sold:
            raise no_products()
        return sold


def _start(unit: Unit, prospect: str) -> RecordId:
    stored = unit.records.get(prospect)
    if stored is None or stored.kind != "prospect" or stored.deleted:
        raise Actionable("gone", Sentence("This customer is not on this laptop any more."))
    if unit.enrolment.role not in _LENDERS:
        raise Actionable(
            "role",
            Sentence("Applications are taken by credit officers."),
            advice=Sentence("Record a contact with the result 'handed over'; it stays counted as yours."),
        )
    known = record_of(Prospect, stored.screen)
    business = next(iter(unit.records.children(prospect, "business")), None)
    application = Application(
        number=next_application_number(unit),
        officer=unit.enrolment.staff,
        person=known.person,
        business=business.id if business is not None else None,
        amount_fen=known.wished_fen or None,
        start=business_date(unit.clock),
        sales_fen=business.screen.get("monthly_sales_fen") if business is not None else None,
    )
    return unit.create("application", application, parent=prospect)


def _save(unit: Unit, application: str, typed: Mapping[str, Any], shown: Mapping[str, Any]) -> bool:
    case = read_case(unit.records, application)
    require_editable(unit, case)
    saved = save_typed(unit, case, typed, shown)
    drop_draft(unit, application)
    return saved


def _submit(unit: Unit, application: str, typed: Mapping[str, Any], shown: Mapping[str, Any]) -> datetime:
    _save(unit, application, typed, shown)
    return submit(unit, application)


def _opened(
    case: Case,
    known: tuple[Product, ...],
    draft: FoundDraft | None,
    enrolment: Enrolment,
    clock: Clock,
    questions: tuple[Asked, ...],
    own: OwnNumbers,
    *,
    consents: CaseConsents,
    sealed: tuple[Sentence, Sentence] | None,
) -> OpenApplication:
    today = business_date(clock)
    product = products.version_of(known, case.file.application)
    newer = products.newer_version(known, product) if product is not None else None
    return OpenApplication(
        id=RecordId(case.application.id),
        prospect=RecordId(case.prospect.id),
        file=case.file,
        fields=fields_of(case.file),
        draft=draft if sealed is None else None,
        sealed=sealed[0] if sealed is not None else None,
        in_conflict=case.in_conflict,
        products=tuple(products.on_sale(known)),
        product=product,
        newer=newer,
        changed=tuple(products.differences(product, newer)) if product is not None and newer is not None else (),
        today=today,
        known_products=known,
        questions=questions,
        own_numbers=own,
        amendable=may_amend(case.file.application, enrolment),
        consents=consents.refusals(enrolment.staff, clock.now(), today),
    )


def _line(stored: StoredRecord, *, only_here: bool) -> ApplicationLine:
    screen = stored.screen  # not the whole record: one field of a newer head office must not hide the list
    submitted = screen.get("submitted_at")
    return ApplicationLine(
        RecordId(stored.id),
        screen.get("number", ""),
        screen.get("status", "draft"),
        screen.get("amount_fen"),
        screen.get("months"),
        screen.get("product"),
        datetime.fromisoformat(submitted) if submitted else None,
        only_here,
    )
