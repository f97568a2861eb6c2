"""The consents and the declaration of a case, as a laptop sends them."""

from __future__ import annotations

from datetime import date
from typing import Any

from fieldapp.domain.application_records import (
    ConflictDeclaration,
    Consent,
    ConsentKind,
    ExternalDebt,
    Signature,
    Stroke,
)
from fieldapp.domain.consents import NEEDED_CHOICES, SIGNED_PARTS
from fieldapp.protocol.changes import Change
from fieldapp.wordings import known_wordings
from tests.headoffice import changes_to_send as send

DAY = date(2026, 6, 1)


def consent(
    record: str,
    kind: ConsentKind = "credit_inquiry",
    *,
    signer: str = "q1",
    actor: str = "zhang",
    parent: str = "a1",
    **values: Any,
) -> Change:
    parts = tuple(Signature(under=part, strokes=(Stroke((0, 0, 500, 900, 900, 500)),)) for part in SIGNED_PARTS[kind])
    fields = {
        "staff": actor,
        "text_version": "1.0",
        "digest": known_wordings()[kind, "1.0"],
        "signed_at": send.START,
        "business_date": DAY,
        "zone": "Asia/Shanghai",
        "purposes": ("application",) if kind == "credit_inquiry" else (),
        "choices": dict.fromkeys(NEEDED_CHOICES[kind], True),
        "expires": date(2027, 6, 1) if kind == "credit_inquiry" else None,
        "signatures": parts,
    }
    shape = Consent(kind=kind, signer=signer, **{**fields, **values})
    return send.creation("consent", record, shape, actor=actor, parent=parent)


def withdrawal(record: str, of: str, *, actor: str = "zhang", **values: Any) -> Change:
    nothing: dict[str, Any] = {
        "purposes": (),
        "choices": {},
        "expires": None,
        "signatures": (),
        "reason": "到网点书面提出",
    }
    return consent(record, actor=actor, withdraws=of, **{**nothing, **values})


def declaration(
    record: str = "d1", *, none: bool = True, actor: str = "zhang", parent: str = "a1", staff: str | None = None
) -> Change:
    shape = ConflictDeclaration(
        staff=staff or actor,
        at=send.START,
        business_date=DAY,
        zone="Asia/Shanghai",
        none=none,
        detail="" if none else "借款人是我表弟",
    )
    return send.creation("conflict_declaration", record, shape, actor=actor, parent=parent)


def bureau_debt(record: str = "e1", *, source: Any = "bureau", parent: str = "a1") -> Change:
    shape = ExternalDebt(lender="示例银行", balance_fen=1_440_000, source=source)
    return send.creation("external_debt", record, shape, parent=parent)


def signed_case(*, signer: str = "q1", parent: str = "a1") -> tuple[Change, ...]:
    """Everything a submission needs of consents and conflicts, of one borrower."""
    return (
        declaration(f"{parent}-d", parent=parent),
        consent(f"{parent}-c", "credit_inquiry", signer=signer, parent=parent),
        consent(f"{parent}-n", "personal_information", signer=signer, parent=parent),
    )
