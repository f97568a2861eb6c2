"""A laptop becomes known with a one-time code, and is recognised by its token ever after."""

from __future__ import annotations

import logging
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

import uuid_utils

from fieldapp.domain.errors import Actionable
from fieldapp.domain.identifiers import BANK_STREAM
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.admission import revoked
from fieldapp.headoffice.instants import iso
from fieldapp.headoffice.known_staff import active_staff
from fieldapp.headoffice.parcel_key import public_key
from fieldapp.headoffice.scope import Caller
from fieldapp.headoffice.storage.accounts import CodeAccount, DeviceAccount, StaffAccount
from fieldapp.headoffice.storage.store import Store, Unit
from fieldapp.headoffice.tokens import cleaned_code, code_hash, new_code, new_token, token_hash
from fieldapp.protocol.identifiers import Clock
from fieldapp.protocol.messages import EnrolReply, EnrolRequest

log = logging.getLogger(__name__)

CODE_DAYS = 7
HEAD_OFFICE_ID = "head_office"
"""The setting that holds the id every laptop remembers its head office by."""


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A code to give to an officer; it is shown once and cannot be looked up again."""

    code: str
    staff: str
    staff_name: str
    expires_at: str


def issue_code(store: Store, clock: Clock, staff: str, *, days: int = CODE_DAYS) -> IssuedCode:
    """A fresh one-time code for a member of staff, good for ``days``.

    Raises Actionable (``staff_unknown``, ``staff_inactive``, ``code_days``).
    """
    if not 1 <= days <= 90:
        raise Actionable("code_days", Sentence("A code is good for 1 to 90 days."))
    now = clock.now()
    code = new_code()
    cleaned = cleaned_code(code)
    assert cleaned is not None  # noqa: S101 - it was made a line above
    expires_at = iso(now + timedelta(days=days))
    with store.writing() as unit:
        account = active_staff(unit, staff)
        unit.accounts.add_code(CodeAccount(code_hash(cleaned), staff, expires_at, None), issued_at=iso(now))
    log.info("code_issued", extra={"staff": staff})
    return IssuedCode(code, staff, account.name, expires_at)


def enrol(store: Store, clock: Clock, request: EnrolRequest) -> EnrolReply:
    """Exchange a code for a device id and token.

    Raises Actionable: ``code_mistyped``, ``code_unknown``, ``code_used``, ``code_expired``, ``staff_inactive``.
    """
    cleaned = cleaned_code(request.code)
    if cleaned is None:
        raise Actionable(
            "code_mistyped",
            Sentence("This is not an enrolment code. It has 12 letters and digits, like K7QM-4XWD-9RTV."),
        )
    at = iso(clock.now())
    token = new_token()
    device = uuid_utils.uuid7().hex
    with store.writing() as unit:
        staff = _redeem(unit, cleaned, at)
        branch = unit.accounts.branch(staff.branch)
        if branch is None:
            raise Actionable("branch_unknown", Sentence("There is no sub-branch {code}.", code=staff.branch))
        name = _printable(request.device_name)
        unit.accounts.add_device(DeviceAccount(device, staff.staff, name, 0, at, at, None), token_hash(token))
        unit.accounts.use_code(code_hash(cleaned), device, at)
        head_office = unit.accounts.setting(HEAD_OFFICE_ID) or ""
        parcel_key = public_key(unit)
    log.info("enrolled", extra={"device": device, "staff": staff.staff})
    return EnrolReply(
        device=device,
        token=token,
        staff=staff.staff,
        staff_name=staff.name,
        role=staff.role,
        branch=branch.code,
        branch_name=branch.name,
        bank=branch.bank,
        streams=[BANK_STREAM, branch.code],
        head_office=head_office,
        parcel_key=parcel_key,
    )


def recognise(store: Store, token: str) -> Caller:
    """Who holds this token. Raises Actionable: ``token`` (nobody), ``revoked``."""
    with store.reading() as unit:
        return recognised(unit, token)


def recognised(unit: Unit, token: str) -> Caller:
    """The same, within a unit."""
    device = unit.accounts.device_by_token(token_hash(token))
    staff = unit.accounts.staff(device.staff) if device is not None else None
    if device is None or staff is None:
        raise Actionable("token", Sentence("Head office does not know this laptop. Enrol it."))
    if device.revoked_at is not None or not staff.active:
        raise revoked()
    return Caller(device.device, staff.author, device.counter, device.last_seen)


def _redeem(unit: Unit, cleaned: str, at: str) -> StaffAccount:
    code = unit.accounts.code(code_hash(cleaned))
    if code is None:
        raise Actionable("code_unknown", Sentence("Head office did not issue this enrolment code."))
    if code.used_at is not None:
        raise Actionable(
            "code_used",
            Sentence("This enrolment code has already been used."),
            advice=Sentence("Ask head office for a new one."),
        )
    if code.expires_at <= at:
        raise Actionable(
            "code_expired",
            Sentence("This enrolment code has expired."),
            advice=Sentence("Ask head office for a new one."),
        )
    staff = unit.accounts.staff(code.staff)
    if staff is None or not staff.active:
        raise Actionable("staff_inactive", Sentence("This member of staff is no longer active."))
    return staff


def _printable(name: str) -> str:
    """A device name for lists: one line, no control characters, 80 at most."""
    return "".join(" " if unicodedata.category(letter).startswith("C") else letter for letter in name[:80]).strip()
