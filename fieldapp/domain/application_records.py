"""The records beside the form of an application: each names the application as its parent (DOMAIN B, C6, E).

Amounts are integer fen, days ISO dates, instants UTC with the local business date beside them. What was signed or
decided is append-only: a correction is a new entry that names the one before.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from fieldapp.domain.records import Instant, Photo, Record

PartyRole = Literal["spouse", "co_borrower", "guarantor", "pledgor"]
LivelihoodTemplate = Literal["crops", "livestock", "trade", "wages"]
Season = Literal["low", "usual", "high"]
BalanceSide = Literal["asset", "liability"]
Flow = Literal["sales", "goods", "costs", "other_income", "family"]
Evidence = Literal["seen", "document", "stated"]
LookSubject = Literal["character", "product", "collateral", "water", "electricity", "tax"]
CheckItem = Literal["sales_by_day", "sales_by_week", "purchases", "qr_takings", "equity"]
DebtSource = Literal["stated", "bureau"]
CollateralKind = Literal["house", "land", "vehicle", "machinery", "livestock", "deposit", "receivable", "other"]
ConsentKind = Literal["personal_information", "credit_inquiry"]
Signing = Literal["screen", "paper"]
DecisionLevel = Literal["review", "approval"]
DecisionOutcome = Literal["return", "approve", "decline"]
DocumentKind = Literal["cover", "application", "investigation", "credit", "privacy", "schedule", "visit", "cost"]
DocumentState = Literal["for_signature", "sealed"]


class Party(Record, frozen=True, kw_only=True):
    """Somebody beside the borrower who stands in the application; ``person`` is a record of the register.

    Who does not sign needs a reason, which the reviewer reads (DOMAIN B: spouse signs, or an exception).
    """

    person: str
    role: PartyRole
    relation: str = ""
    signs: bool = True
    no_signature_reason: str = ""


class BalanceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the balance sheet; ``item`` is a code of the template or what the officer wrote.

    ``amount_fen`` None: named and described, its value not known. ``quantity`` (``214 件``) is an asset's,
    ``instalment_fen`` (a month's) a liability's.
    """

    side: BalanceSide
    item: str
    amount_fen: int | None = None
    quantity: str = ""
    instalment_fen: int | None = None
    note: str = ""
    evidence: Evidence = "stated"


class FlowLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of income or cost with its twelve months, January first; ``item`` as in BalanceLine."""

    flow: Flow
    item: str
    months_fen: tuple[int, ...]


class Statement(Record, frozen=True, kw_only=True):
    """The accounts rebuilt on site; a reviewer's figures are a statement of their own beside it, never over it.

    ``equity_claimed_fen`` is what the customer says they own; ``seasons`` has twelve entries, January first.
    """

    author: Literal["officer", "reviewer"] = "officer"
    staff: str = ""
    template: LivelihoodTemplate | None = None
    business_date: date | None = None
    balance: tuple[BalanceLine, ...] = ()
    flows: tuple[FlowLine, ...] = ()
    seasons: tuple[Season, ...] = ()
    equity_claimed_fen: int | None = None


class CrossCheck(Record, frozen=True, kw_only=True):
    """One figure reckoned from another source than the statement (C6); ``inputs`` are the numbers asked for, by name.

    Money among ``inputs`` ends in ``_fen``, shares end in ``_bp`` (basis points), the rest are counts.
    """

    item: CheckItem
    inputs: dict[str, int] = msgspec.field(default_factory=dict)
    explanation: str = ""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen of one of the three looks or read off one of the three meters."""

    subject: LookSubject
    facts: str


class ThreeLooks(Record, frozen=True, kw_only=True):
    """人品, 产品, 押品 and the meters 水, 电, 税."""

    findings: tuple[Finding, ...] = ()


class LookPhotos(Record, frozen=True, kw_only=True):
    """Photographs that prove a finding. Append-only: evidence is added to, never taken away."""

    subject: LookSubject
    staff: str
    at: Instant
    business_date: date
    photos: tuple[Photo, ...]


class ExternalDebt(Record, frozen=True, kw_only=True):
    """A debt to another lender, or a guarantee given for somebody (``guarantee``)."""

    lender: str = ""
    guarantee: bool = False
    balance_fen: int | None = None
    instalment_fen: int | None = None
    due: date | None = None
    security: str = ""
    source: DebtSource = "stated"


class Collateral(Record, frozen=True, kw_only=True):
    """A thing that secures the loan; ``owner`` is a person of the register."""

    owner: str = ""
    kind: CollateralKind | None = None
    description: str = ""
    value_fen: int | None = None
    register_no: str = ""
    mode: Literal["mortgage", "pledge"] | None = None


class Guarantee(Record, frozen=True, kw_only=True):
    """A promise to pay for the borrower; ``mode`` is required, for unstated means general by law (Civil Code 686)."""

    guarantor: str = ""
    mode: Literal["joint", "general"] | None = None
    amount_fen: int | None = None


class Stroke(msgspec.Struct, frozen=True, array_like=True):
    """One stroke of a signature: x, y (0–10,000 of the pad) and pressure (0–1,000), one triple after the other.

    The pad is three times as wide as high, whatever its size on the screen.
    """

    points: tuple[int, ...]


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wrote on the pad ``under`` one part of a text (the name of its choice) or under the whole."""

    under: str
    strokes: tuple[Stroke, ...]


class Consent(Record, frozen=True, kw_only=True):
    """A consent somebody gave, before its use (E7), or its withdrawal (``withdraws`` names the consent).

    ``choices`` are what was chosen in the text, by name; ``digest`` is the SHA-256 of the wording that was shown.
    Signed on the screen it has ``signatures``, signed on paper ``photos`` of the pages.
    """

    kind: ConsentKind
    signer: str
    staff: str
    text_version: str
    digest: str
    signed_at: Instant
    business_date: date
    zone: str
    purposes: tuple[str, ...] = ()
    choices: dict[str, bool] = msgspec.field(default_factory=dict)
    expires: date | None = None
    signing: Signing = "screen"
    signatures: tuple[Signature, ...] = ()
    photos: tuple[Photo, ...] = ()
    withdraws: str | None = None
    reason: str = ""


class ConflictDeclaration(Record, frozen=True, kw_only=True):
    """What the officer declares of kin and interest before a case (E2); ``none`` says there is none."""

    staff: str
    at: Instant
    business_date: date
    zone: str
    none: bool
    detail: str = ""


class Question(Record, frozen=True, kw_only=True):
    """What a reviewer asks before deciding; ``field`` is the place in the form, empty for the whole."""

    staff: str
    at: Instant
    text: str
    field: str = ""


class Answer(Record, frozen=True, kw_only=True):
    """The officer's answer to a question."""

    question: str
    staff: str
    at: Instant
    text: str


class Decision(Record, frozen=True, kw_only=True):
    """A reviewer's or approver's word on an application; nobody decides on their own investigation (E3).

    ``submission`` is the ``submitted_at`` of the application that was decided on. ``amount_fen`` and ``months`` are
    what is granted; a reviewer may leave them to the approver.
    """

    level: DecisionLevel
    outcome: DecisionOutcome
    staff: str
    at: Instant
    business_date: date
    submission: Instant | None = None
    reason: str = ""
    conditions: str = ""
    amount_fen: int | None = None
    months: int | None = None


class Alert(Record, frozen=True, kw_only=True):
    """What head office noticed of a submitted application; for those who decide, never for the officer.

    ``text`` is an English sentence with named places and ``values`` what stands in them; ``control`` is the rule's
    name in DOMAIN E. ``submission`` is the ``submitted_at`` that it is about.
    """

    control: str
    code: str
    text: str
    values: dict[str, str] = msgspec.field(default_factory=dict)
    submission: Instant | None = None
    at: Instant


class Document(Record, frozen=True, kw_only=True):
    """A paper that was frozen for signature or sealed; what it said never changes (E14).

    Its parent is the application or visit that it was made of; ``about`` is the person it is only of. ``data_digest``
    and ``pdf_digest`` are SHA-256 in hexadecimal; ``version`` counts the papers of one number from 1. ``replaces`` is
    the entry before it: the frozen paper that was sealed, or the version that was corrected. ``photos`` holds the PDF,
    which travels as photographs do.
    """

    kind: DocumentKind
    number: str
    version: int
    template: str
    state: DocumentState
    data_digest: str
    pdf_digest: str
    staff: str
    made_at: Instant
    business_date: date
    about: str = ""
    replaces: str | None = None
    photos: tuple[Photo, ...] = ()
