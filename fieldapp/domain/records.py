"""The records of DOMAIN B that this release keeps, each one definition for laptop, wire and head office.

A record is a frozen structure of plain values. Amounts are integer fen (``*_fen``), rates decimal strings, days ISO
dates, instants UTC with the local business date beside them, fixed when the act happened. ``None`` means "not known".
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time that says its own zone: without it, it would be another moment on each computer."""

Sex = Literal["M", "F"]
CustomerType = Literal["farm_household", "sole_trader", "small_business_owner", "small_business"]
ProspectStage = Literal["contact", "interested", "applied", "approved", "disbursed", "lost"]
Channel = Literal["in_person", "phone", "wechat", "at_branch"]
Source = Literal["outbound", "walk_in", "referral", "list"]
ContactResult = Literal["interested", "call_again", "not_interested", "handed_over"]
VisitPurpose = Literal["marketing", "investigation", "post_loan", "collection"]
VisitOutcome = Literal["interested", "needs_follow_up", "not_home", "not_interested", "application", "promise_to_pay"]
BusinessStage = Literal["starting", "growing", "mature", "declining"]
Premises = Literal["own", "rent"]
Method = Literal["equal_instalments", "equal_principal", "interest_first", "revolving"]
PayeeMode = Literal["entrusted", "own"]
GuaranteeMode = Literal["unsecured", "joint", "general", "mortgage", "pledge"]
ApplicationStatus = Literal[
    "draft", "submitted", "returned", "approved", "contracted", "declined", "withdrawn", "disbursed"
]
Role = Literal["officer", "teller", "branch_head", "reviewer", "approver", "administrator"]


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What every record has: a tombstone instead of removal (SYNC 19)."""

    deleted: bool = False


class Person(Record, frozen=True, kw_only=True):
    """Someone the bank deals with; ``parent`` is the prospect they belong to."""

    name: str = ""
    id_type: Literal["resident", "other"] = "resident"
    id_number: str | None = None
    birth: date | None = None
    sex: Sex | None = None
    mobile: str | None = None
    ethnic: str | None = None
    id_valid_until: str | None = None
    marital: Literal["single", "married", "divorced", "widowed"] | None = None
    registered_address: str | None = None
    actual_address: str | None = None
    years_there: int | None = None
    relation: str = "self"


class Household(Record, frozen=True, kw_only=True):
    """The family around a prospect; incomes and expenses are a year's."""

    size: int | None = None
    labour: int | None = None
    dependants: int | None = None
    income_fen: int | None = None
    expense_fen: int | None = None


class Business(Record, frozen=True, kw_only=True):
    """The trade a prospect lives from; ``industry`` is a GB/T 4754 section letter."""

    name: str | None = None
    trade: str | None = None
    uscc: str | None = None
    industry: str | None = None
    since: date | None = None
    stage: BusinessStage | None = None
    staff: int | None = None
    premises: Premises | None = None
    address: str | None = None
    qr_merchant_id: str | None = None
    monthly_sales_fen: int | None = None


class Prospect(Record, frozen=True, kw_only=True):
    """A household or merchant an officer follows; the root of everything recorded about it."""

    person: str = ""
    owner: str = ""
    marketed_by: str | None = None
    stage: ProspectStage = "contact"
    customer_type: CustomerType = "farm_household"
    village_code: str | None = None
    village: str | None = None
    source: Source = "outbound"
    wished_fen: int | None = None
    next_date: date | None = None
    next_time: str | None = None
    next_purpose: str | None = None
    lost_reason: str | None = None
    remark: str | None = None
    list_name: str | None = None


class Contact(Record, frozen=True, kw_only=True):
    """One talk with a prospect. Append-only; ``amends`` names the entry this one corrects."""

    staff: str
    at: Instant
    business_date: date
    zone: str
    channel: Channel
    source: Source
    result: ContactResult
    next_date: date | None = None
    note: str = ""
    promised_fen: int | None = None
    amends: str | None = None


class PersonMet(msgspec.Struct, frozen=True):
    """Someone met on a visit, as the officer named them."""

    name: str
    relation: str = ""


class Photo(msgspec.Struct, frozen=True, kw_only=True):
    """A picture by the SHA-256 of its bytes; the bytes travel apart from the record."""

    digest: str
    name: str
    size: int
    media_type: str
    taken_at: datetime | None = None
    """By the camera's own clock, which may name no zone."""


class Visit(Record, frozen=True, kw_only=True):
    """One visit. Append-only; facts stand apart from opinion (DOMAIN D6)."""

    staff: str
    purpose: VisitPurpose
    started_at: Instant
    ended_at: Instant
    business_date: date
    zone: str
    second_officer: str | None = None
    people: tuple[PersonMet, ...] = ()
    facts: str = ""
    opinion: str = ""
    outcome: VisitOutcome = "needs_follow_up"
    next_date: date | None = None
    next_purpose: str | None = None
    photos: tuple[Photo, ...] = ()
    place: str | None = None
    promised_fen: int | None = None
    amends: str | None = None


class VisitToConfirm(Record, frozen=True, kw_only=True):
    """What head office asks a second officer to confirm on a laptop of their own (DOMAIN E5).

    ``device`` is the laptop that the visit came from, ``staff`` who recorded it, ``customer`` whom it was to.
    """

    visit: str
    second_officer: str
    staff: str
    device: str
    customer: str
    started_at: Instant
    ended_at: Instant
    business_date: date
    facts: str = ""


class VisitConfirmation(Record, frozen=True, kw_only=True):
    """The second officer's word that they were there; append-only, the child of a ``VisitToConfirm``."""

    visit: str
    staff: str
    at: Instant
    business_date: date
    zone: str


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """One line of what the loan is for."""

    purpose: str
    payee: str = ""
    amount_fen: int = 0


class PlannedMovement(msgspec.Struct, frozen=True, kw_only=True):
    """A draw or a repayment that a borrower of a revolving loan plans; one of the two amounts is set."""

    on: date
    draw_fen: int = 0
    repay_fen: int = 0


class Application(Record, frozen=True, kw_only=True):
    """A loan application; the officer's until submitted, then head office's.

    ``replaces`` names the approved or signed application that this one amends; both stand side by side.
    """

    number: str = ""
    officer: str = ""
    person: str = ""
    business: str | None = None
    product: str | None = None
    product_version: int | None = None
    amount_fen: int | None = None
    months: int | None = None
    method: Method | None = None
    yearly_rate: str | None = None
    start: date | None = None
    first_due: date | None = None
    movements: tuple[PlannedMovement, ...] = ()
    uses: tuple[Use, ...] = ()
    own_funds_fen: int | None = None
    repayment_source: str = ""
    second_source: str = ""
    payee_mode: PayeeMode | None = None
    payout_account: str | None = None
    guarantee_mode: GuaranteeMode | None = None
    sales_fen: int | None = None
    goods_fen: int | None = None
    costs_fen: int | None = None
    other_income_fen: int | None = None
    family_fen: int | None = None
    existing_debt_fen: int | None = None
    existing_instalments_fen: int | None = None
    over_limit_reason: str = ""
    related_party: bool | None = None
    related_party_detail: str = ""
    materials: tuple[str, ...] = ()
    status: ApplicationStatus = "draft"
    submitted_at: Instant | None = None
    decision_note: str = ""
    replaces: str | None = None


class Disclosed(msgspec.Struct, frozen=True, kw_only=True):
    """One time that a personal fact was shown, printed or exported; ``record`` and ``field`` say which."""

    at: Instant
    act: Literal["reveal", "print", "export"]
    record: str | None = None
    field: str | None = None


class Disclosure(Record, frozen=True, kw_only=True):
    """Who saw which personal facts in clear, as one laptop noted it (DOMAIN E15). For head office alone."""

    staff: str
    events: tuple[Disclosed, ...]


class Fee(msgspec.Struct, frozen=True, kw_only=True):
    """A charge besides interest; exactly one of the two measures is set.

    ``rate_bp`` is of the principal as it was lent. It falls due on the day of the loan, or with each instalment.
    """

    name: str
    payee: str
    amount_fen: int = 0
    rate_bp: int = 0
    timing: Literal["day_0", "each_instalment"] = "day_0"


class Product(Record, frozen=True, kw_only=True):
    """One version of a loan product. Head office's; laptops only read it."""

    code: str
    version: int
    name: str
    name_en: str
    cap_fen: int
    cap_inclusive: bool
    min_months: int
    max_months: int
    base_rate: str
    margin_bp: int
    methods: tuple[Method, ...]
    day_count: str
    rounding: str
    customer_types: tuple[CustomerType, ...]
    industries: tuple[str, ...]
    stages: tuple[BusinessStage, ...]
    fees: tuple[Fee, ...] = ()
    tight_bp: int = 5000
    limit_bp: int = 7000
    tolerance_bp: int = 500
    materials: tuple[str, ...] = ()
    guarantee_modes: tuple[GuaranteeMode, ...] = ()
    on_sale: bool = True


class Branch(Record, frozen=True, kw_only=True):
    """A sub-branch, with what stands at the head of its papers."""

    code: str
    name: str
    name_en: str
    bank: str
    bank_en: str
    complaint_phone: str
    area_code: str


class Staff(Record, frozen=True, kw_only=True):
    """A member of staff as colleagues see them."""

    name: str
    role: Role
    branch: str
    active: bool = True
