"""What each document is made of: plain values, already looked up and already decided by the services.

``None`` (or an empty text) means "not known yet": the place stays empty for the pen. Amounts are Money, rates
fractions, days dates; instants are the wall clock of the place where they happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from fieldapp.domain.money import Money
from fieldapp.domain.revolving_plan import RevolvingPlan
from fieldapp.domain.schedules import Schedule


class PaperState(StrEnum):
    """How far a document has come."""

    DRAFT = "draft"
    """Watermark; the data may change."""
    FOR_SIGNATURE = "for_signature"
    """Digest frozen, no watermark under the customer's hand."""
    SEALED = "sealed"
    """Signed; neither watermark nor box."""
    BLANK = "blank"
    """A form for the pen: a number of its own, and no data that a digest could stand for."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who issues the paper."""

    bank: str
    bank_en: str
    branch: str
    branch_en: str
    complaint_phone: str


@dataclass(frozen=True, slots=True)
class DocumentMark:
    """What identifies one document; ``dated`` is the business day of its data, never the clock.

    ``template_version`` reprints an older paper with the form texts it was made with; ``None`` takes the newest.
    ``version`` counts the papers of this number that were put before the customer, from 1.
    """

    number: str
    state: PaperState
    dated: date
    template_version: str | None = None
    version: int = 1

    @property
    def printed_number(self) -> str:
        """The number as it stands on the paper: a correction has its version behind it."""
        return self.number if self.version == 1 else f"{self.number}-v{self.version}"


@dataclass(frozen=True, slots=True)
class Applicant:
    """The person who asks for the loan; choices are the values of the record (``sex`` M or F, ``marital`` single …)."""

    name: str = ""
    identity_number: str | None = None
    sex: str | None = None
    ethnic: str | None = None
    identity_valid_until: str | None = None
    mobile: str | None = None
    marital: str | None = None
    registered_address: str | None = None
    actual_address: str | None = None
    years_there: int | None = None
    customer_type: str | None = None


@dataclass(frozen=True, slots=True)
class CoBorrower:
    """The spouse or a co-borrower; ``relation`` is spouse, co_borrower or other.

    ``no_signature_reason`` says why a spouse does not sign; who signs is never ticked beforehand.
    """

    name: str = ""
    relation: str | None = None
    identity_number: str | None = None
    mobile: str | None = None
    no_signature_reason: str = ""


@dataclass(frozen=True, slots=True)
class FamilyFigures:
    """The household; incomes and expenses are a year's."""

    size: int | None = None
    labour: int | None = None
    dependants: int | None = None
    income: Money | None = None
    expenses: Money | None = None


@dataclass(frozen=True, slots=True)
class Trade:
    """The business; ``industry`` as printed (``F 批发和零售业``), ``stage`` and ``premises`` values of the record."""

    name: str | None = None
    uscc: str | None = None
    industry: str | None = None
    stage: str | None = None
    since: date | None = None
    staff: int | None = None
    address: str | None = None
    premises: str | None = None
    qr_merchant_id: str | None = None
    monthly_sales: Money | None = None


@dataclass(frozen=True, slots=True)
class LoanRequest:
    """What is asked for; ``yearly_rate`` is simple, a fraction; ``payee_mode`` own or entrusted."""

    amount: Money | None = None
    product: str | None = None
    months: int | None = None
    yearly_rate: Decimal | None = None
    method: str | None = None
    payee_mode: str | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class UseLine:
    """One line of what the loan is for."""

    purpose: str
    payee: str = ""
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class DebtLine:
    """One debt the customer has, as stated or as the bureau reports."""

    lender: str
    balance: Money | None = None
    instalment: Money | None = None
    due: date | None = None
    security: str = ""


@dataclass(frozen=True, slots=True)
class GuaranteeLine:
    """One guarantor, or owner of collateral; the identity number is printed masked.

    ``mode`` is joint, general, mortgage or pledge: it stands beside the name, for unstated means general by law.
    """

    name: str
    identity_number: str | None = None
    collateral: str = ""
    amount: Money | None = None
    mode: str | None = None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What the bank fills in; ``verified`` and ``outcome`` are values of the form's choices."""

    accepted_on: date | None = None
    place: str | None = None
    verified: tuple[str, ...] = ()
    outcome: str | None = None
    reason: str = ""
    marketed_by: str | None = None
    credit_officer: str | None = None


@dataclass(frozen=True, slots=True)
class ApplicationPaper:
    """Document 1, the loan application form. ``materials`` are the form's choices that were handed over."""

    letterhead: Letterhead
    mark: DocumentMark
    applicant: Applicant
    co_borrower: CoBorrower | None = None
    family: FamilyFigures = FamilyFigures()
    trade: Trade = Trade()
    request: LoanRequest = LoanRequest()
    uses: tuple[UseLine, ...] = ()
    own_funds: Money | None = None
    first_source: str = ""
    second_source: str = ""
    debts: tuple[DebtLine, ...] = ()
    gives_guarantees: bool | None = None
    guarantees_given: str = ""
    guarantee_mode: str | None = None
    guarantees: tuple[GuaranteeLine, ...] = ()
    related_party: bool | None = None
    related_party_detail: str = ""
    materials: tuple[str, ...] = ()
    acceptance: Acceptance = Acceptance()
    further_borrowers: tuple[CoBorrower, ...] = ()


@dataclass(frozen=True, slots=True)
class SchedulePaper:
    """Document 5, the repayment schedule; ``compound_cost`` is the compound yearly cost with all fees, a fraction.

    ``plan`` are the draws and repayments planned for a revolving loan: they are printed in place of the schedule, which
    supposes that it is drawn in full.
    """

    letterhead: Letterhead
    mark: DocumentMark
    borrower: str
    schedule: Schedule
    identity_number: str | None = None
    compound_cost: Decimal | None = None
    plan: RevolvingPlan | None = None


@dataclass(frozen=True, slots=True)
class MetPerson:
    """Someone met on a visit."""

    name: str
    relation: str = ""


@dataclass(frozen=True, slots=True)
class PhotoPrint:
    """A photograph: its file's bytes (JPEG or PNG) and their SHA-256 in hexadecimal."""

    name: str
    image: bytes
    digest: str
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class VisitPaper:
    """Document 6, the visit record; facts stand apart from the opinion. Identity and mobile numbers print masked.

    ``purpose`` and ``outcome`` are values of the record; ``amends`` is the document number of the entry it corrects.
    """

    letterhead: Letterhead
    mark: DocumentMark
    customer: str
    started: datetime | None
    ended: datetime | None
    officer: str
    purpose: str | None = None
    outcome: str | None = None
    identity_number: str | None = None
    mobile: str | None = None
    place: str | None = None
    second_officer: str | None = None
    people: tuple[MetPerson, ...] = ()
    facts: str = ""
    opinion: str = ""
    promised: Money | None = None
    next_date: date | None = None
    next_action: str = ""
    photos: tuple[PhotoPrint, ...] = ()
    amends: str | None = None


class Paper(Protocol):
    """What every paper of the pack has; the rest of its values are its own."""

    @property
    def letterhead(self) -> Letterhead:
        """Who issues it."""

    @property
    def mark(self) -> DocumentMark:
        """What identifies it."""
