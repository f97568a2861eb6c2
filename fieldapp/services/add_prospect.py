"""A new prospect: person, household, business and prospect in one transaction, and who it may be already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from fieldapp.domain.errors import Actionable, Invalid, InvalidRecord
from fieldapp.domain.identifiers import RecordId
from fieldapp.domain.identity import normalised_identity_number
from fieldapp.domain.kinds import KINDS, Values, record_of
from fieldapp.domain.masking import masked_phone
from fieldapp.domain.money import Money
from fieldapp.domain.phone import phone_number
from fieldapp.domain.record_rules import NAME_LIMIT, problems_of
from fieldapp.domain.records import CustomerType, Record, Source
from fieldapp.domain.wording import Sentence
from fieldapp.protocol.identifiers import new_record_id
from fieldapp.reference import places
from fieldapp.services.business_day import business_date
from fieldapp.services.household_list.cells import person_name
from fieldapp.services.typed_fields import FieldCleaner, FieldWarning, told_by_identity
from fieldapp.store.database import Store
from fieldapp.store.prospect_list import Reason
from fieldapp.store.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProspect:
    """What the officer typed. Only the name is needed; empty texts and None mean "not known".

    ``household`` and ``business`` hold fields of those records by name (size, income_fen, trade, uscc …). ``draft`` is
    the draft the form was kept in: saving drops it, and saving it twice records once.
    """

    name: str
    mobile: str = ""
    id_number: str = ""
    id_type: Literal["resident", "other"] = "resident"
    birth: date | None = None
    sex: Literal["M", "F"] | None = None
    address: str = ""
    village_code: str | None = None
    village: str = ""
    customer_type: CustomerType = "farm_household"
    source: Source = "outbound"
    wished: Money | None = None
    next_date: date | None = None
    next_time: str | None = None
    next_purpose: str = ""
    remark: str = ""
    household: dict[str, Any] | None = None
    business: dict[str, Any] | None = None
    draft: str | None = None


@dataclass(frozen=True, slots=True)
class SavedProspect:
    """The new prospect and what the officer should look at again."""

    prospect: RecordId
    person: RecordId
    warnings: tuple[FieldWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class LikelySame:
    """A prospect that may be the one being typed, and what the two share."""

    prospect: str
    name: str
    mobile: str
    village: str
    trade: str
    stage: str
    reason: Reason


def add_prospect(store: Store, new: NewProspect) -> SavedProspect:
    """Record a prospect with all that is known of it.

    Raises InvalidRecord with everything that is wrong; nothing is saved then.
    """
    return store.write(lambda unit: create_prospect(unit, new, business_date(store.clock)))


def create_prospect(unit: Unit, new: NewProspect, today: date, *, stage: str = "contact") -> SavedProspect:
    """``add_prospect`` inside a transaction that records more. Raises InvalidRecord."""
    if new.draft and (before := unit.records.get(new.draft)):
        return SavedProspect(RecordId(before.id), RecordId(before.screen.get("person", "")))
    cleaner = FieldCleaner(today)
    person = cleaner.clean("person", _person_fields(new))
    household = cleaner.clean("household", new.household or {})
    business = cleaner.clean("business", new.business or {})
    prospect = cleaner.clean("prospect", _prospect_fields(new))
    village = _village(new, cleaner)
    if new.next_date is not None and new.next_date < today:
        cleaner.problems.append(Invalid("next_date", Sentence("The next date lies in the past."), field="next_date"))
    cleaner.require()
    if new.id_type == "resident" and person.get("id_number"):
        told = told_by_identity(str(person["id_number"]), today)
        person |= {name: value for name, value in told.items() if person.get(name) is None}
    saved = SavedProspect(
        RecordId(new.draft) if new.draft else new_record_id(), new_record_id(), tuple(cleaner.warnings)
    )
    staff = unit.enrolment.staff
    unit.create(
        "prospect",
        _record("prospect", prospect | village | {
            "person": saved.person, "owner": staff, "marketed_by": staff, "stage": stage
        }),
        record_id=saved.prospect,
    )  # fmt: skip
    unit.create("person", _record("person", person), parent=saved.prospect, record_id=saved.person)
    for kind, values in (("household", household), ("business", business)):
        if any(value is not None for value in values.values()):
            unit.create(kind, _record(kind, values), parent=saved.prospect)
    if new.draft:
        unit.drafts.drop(new.draft)
        unit.tell("drafts")
    return saved


def likely_same(store: Store, name: str, mobile: str = "", id_number: str = "") -> tuple[LikelySame, ...]:
    """Prospects that may be the person being typed, surest first: same identity number, telephone, name.

    What cannot be read yet, because it is still being typed, is not looked for.
    """
    typed_name, typed_mobile, typed_identity = _readable_name(name), _readable_mobile(mobile), id_number[:40]
    identity = normalised_identity_number(typed_identity) or None
    with store.reading() as view:
        rows = view.prospects.likely_same(typed_name or "", typed_mobile, identity)
    return tuple(
        LikelySame(
            prospect=row.id,
            name=row.name,
            mobile=masked_phone(row.mobile) if row.mobile else "",
            village=row.village or "",
            trade=row.trade or "",
            stage=row.stage,
            reason=reason,
        )
        for row, reason in rows
    )


def _person_fields(new: NewProspect) -> dict[str, Any]:
    return {
        "name": new.name,
        "id_type": new.id_type,
        "id_number": new.id_number,
        "birth": new.birth,
        "sex": new.sex,
        "mobile": new.mobile,
        "actual_address": new.address,
    }


def _prospect_fields(new: NewProspect) -> dict[str, Any]:
    return {
        "customer_type": new.customer_type,
        "source": new.source,
        "wished_fen": new.wished,
        "next_date": new.next_date,
        "next_time": new.next_time,
        "next_purpose": new.next_purpose,
        "remark": new.remark,
        "village": new.village,
    }


def _village(new: NewProspect, cleaner: FieldCleaner) -> Values:
    if not new.village_code:
        return {}
    village = places().village(new.village_code)
    if village is None:
        problem = Sentence("No village has the code {code}.", code=new.village_code[:40])
        cleaner.problems.append(Invalid("village_unknown", problem, field="village_code"))
        return {}
    return {"village_code": village.code, "village": village.name}


def _record(kind: str, values: Values) -> Record:
    known = {name: value for name, value in values.items() if value is not None}
    if problems := problems_of(kind, known):
        raise InvalidRecord(problems)
    return record_of(KINDS[kind].record, known)


def _readable_name(name: str) -> str | None:
    try:
        return person_name(name, limit=NAME_LIMIT)
    except Actionable:
        return None


def _readable_mobile(mobile: str) -> str | None:
    try:
        return phone_number(mobile, "mobile").digits
    except Actionable:
        return None
