"""Rules that a record must keep on the laptop and again at head office, whoever wrote it.

They use only what the record itself says: a rule about "today" compares with the record's own date (SYNC 9).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from fieldapp.domain.account_rules import account_problems
from fieldapp.domain.application_records import (
    Answer,
    Collateral,
    ConflictDeclaration,
    Consent,
    CrossCheck,
    Decision,
    ExternalDebt,
    Guarantee,
    LookPhotos,
    Party,
    Question,
    Statement,
    ThreeLooks,
)
from fieldapp.domain.application_status import EDITABLE
from fieldapp.domain.backing_rules import collateral_problems, debt_problems, guarantee_problems, party_problems
from fieldapp.domain.consent_rules import consent_problems, declaration_problems
from fieldapp.domain.errors import Invalid
from fieldapp.domain.kinds import KINDS, Values, record_of
from fieldapp.domain.materials import MATERIALS, unknown
from fieldapp.domain.money import GREATEST_FEN
from fieldapp.domain.records import Application, Contact, Person, Product, Prospect, Record, Visit
from fieldapp.domain.wording import Sentence

TEXT_LIMIT = 20_000
"""Characters of a long text (facts, opinion, remark)."""

NAME_LIMIT = 200
"""Characters of a name."""

_LONGEST_VISIT = timedelta(hours=24)
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


def problems_of(kind: str, values: Values) -> list[Invalid]:
    """Everything wrong with a record of ``kind``, in the order found; empty when it may be kept.

    A kind this version does not know is kept as it is (SYNC 38), within the limits on texts.
    """
    found = _text_problems(values)
    definition = KINDS.get(kind)
    if definition is None:
        return found
    try:
        record = record_of(definition.record, values)
    except msgspec.ValidationError as error:
        return [*found, _wrong_shape(_path_in(str(error)))]
    return [*found, *_amount_problems(values), *_instant_problems(record), *rules_broken(record)]


def is_of_our_time(at: date) -> bool:
    """Whether an instant or a day can be meant: beyond, it has no day before or after it everywhere."""
    return _FIRST_YEAR <= at.year <= _LAST_YEAR


def rules_broken(record: Record) -> list[Invalid]:
    """What is wrong with a record though its values have the right form, length and size."""
    match record:
        case Person():
            return _person_problems(record)
        case Prospect() if record.stage == "lost" and not record.lost_reason:
            return [Invalid("required", Sentence("Say why this prospect was lost."), field="lost_reason")]
        case Contact():
            return _next_date_problems(record.next_date, record.business_date)
        case Visit():
            return _visit_problems(record)
        case Application():
            return _application_problems(record)
        case Product():
            return _product_problems(record)
        case Party():
            return [*party_problems(record)]
        case ExternalDebt():
            return [*debt_problems(record)]
        case Collateral():
            return [*collateral_problems(record)]
        case Guarantee():
            return [*guarantee_problems(record)]
        case Statement() | CrossCheck() | ThreeLooks() | LookPhotos():
            return account_problems(record)
        case Decision():
            return _decision_problems(record)
        case Question() | Answer() if not record.text.strip():
            return [Invalid("required", Sentence("Write something."), field="text")]
        case Consent():
            return consent_problems(record)
        case ConflictDeclaration():
            return declaration_problems(record)
        case _:
            return []


def _path_in(detail: str) -> str:
    return detail.rpartition("`$.")[2].rstrip("`") if "`$." in detail else "record"


def _wrong_shape(path: str) -> Invalid:
    return Invalid("shape", Sentence("{field} does not have the form it should.", field=path), field=path)


def _text_problems(values: Values) -> list[Invalid]:
    return [
        Invalid("too_long", Sentence("This text is longer than {limit} characters.", limit=TEXT_LIMIT), field=field)
        for field, value in values.items()
        if type(value) is str and len(value) > TEXT_LIMIT
    ]


def _amount_problems(values: dict[str, Any]) -> list[Invalid]:
    return [
        Invalid("amount", Sentence("An amount cannot be negative or beyond reason."), field=field)
        for field, value in values.items()
        if type(value) is int and field.endswith("_fen") and not 0 <= value <= GREATEST_FEN
    ]


def _instant_problems(record: Record) -> list[Invalid]:
    return [
        _wrong_shape(name)
        for name in record.__struct_fields__
        if isinstance(at := getattr(record, name), datetime) and not is_of_our_time(at)
    ]


def _person_problems(person: Person) -> list[Invalid]:
    if not person.name.strip():
        return [Invalid("name_missing", Sentence("A name is needed."), field="name")]
    if len(person.name) > NAME_LIMIT:
        return [
            Invalid(
                "too_long",
                Sentence("This text is longer than {limit} characters.", limit=NAME_LIMIT),
                field="name",
            )
        ]
    return []


def _next_date_problems(next_date: date | None, business_date: date) -> list[Invalid]:
    if next_date is None or next_date >= business_date:
        return []
    return [Invalid("next_date", Sentence("The next date lies before the day of the talk."), field="next_date")]


def _visit_problems(visit: Visit) -> list[Invalid]:
    found = []
    if visit.ended_at <= visit.started_at:
        found.append(Invalid("visit_end", Sentence("A visit ends after it starts."), field="ended_at"))
    elif visit.ended_at - visit.started_at > _LONGEST_VISIT:
        found.append(Invalid("visit_end", Sentence("A visit lasts less than a day."), field="ended_at"))
    if visit.second_officer is not None and visit.second_officer == visit.staff:
        found.append(
            Invalid("second_officer", Sentence("The second officer must be somebody else."), field="second_officer")
        )
    return found + _next_date_problems(visit.next_date, visit.business_date)


_WHOLE_BP = 10_000


def _product_problems(product: Product) -> list[Invalid]:
    found = []
    strange = unknown(product.materials)
    if strange is not None:
        sentence = Sentence("There is no paper called {name}. Papers are: {known}.",
                            name=strange[:40], known=", ".join(MATERIALS))  # fmt: skip
        found.append(Invalid("material", sentence, field="materials"))
    if not 0 <= product.tolerance_bp <= _WHOLE_BP:
        sentence = Sentence("The tolerance is 0 to 10,000 basis points.")
        found.append(Invalid("tolerance", sentence, field="tolerance_bp"))
    return found


_INCOMPLETE_ALLOWED = (*EDITABLE, "withdrawn")


def _application_problems(application: Application) -> list[Invalid]:
    if application.status in _INCOMPLETE_ALLOWED:
        return []
    needed = ("amount_fen", "months", "method", "product", "yearly_rate", "start", "repayment_source")
    return [
        Invalid("required", Sentence("This is needed before the application can be submitted."), field=field)
        for field in needed
        if getattr(application, field) in (None, "", 0)
    ]


def _decision_problems(decision: Decision) -> list[Invalid]:
    if decision.outcome == "approve" or decision.reason.strip():
        return []
    return [Invalid("required", Sentence("Say why."), field="reason")]
