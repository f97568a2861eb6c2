"""The people beside the borrower: found on this laptop or entered once, then named by their record (DOMAIN B)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from fieldapp.domain import parties, security
from fieldapp.domain.application_records import Guarantee, Party, PartyRole
from fieldapp.domain.errors import Actionable, Invalid, InvalidRecord
from fieldapp.domain.identifiers import RecordId
from fieldapp.domain.kinds import Values, record_of
from fieldapp.domain.masking import masked_phone
from fieldapp.domain.records import Person
from fieldapp.domain.wording import Sentence
from fieldapp.services.business_day import business_date
from fieldapp.services.case_records import Case, read_case
from fieldapp.services.case_rows import edit_row, open_case, open_row, refuse, row_record
from fieldapp.services.prospects import LONGEST_SEARCH
from fieldapp.services.typed_fields import FieldCleaner, told_by_identity
from fieldapp.store.database import Store
from fieldapp.store.prospect_list import Filter
from fieldapp.store.records import Records, StoredRecord
from fieldapp.store.unit import Unit

OFFERED = 5
_NEVER_ANOTHERS = ("spouse", "self")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody on this laptop who may be chosen; ``place`` tells namesakes apart, ``mobile`` is masked.

    ``has_identity`` and ``has_mobile`` tell what need not be asked for.
    """

    person: str
    name: str
    place: str
    mobile: str
    has_identity: bool
    has_mobile: bool
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyDraft:
    """What the officer typed: a ``person`` chosen, or ``name`` of a new one; numbers fill what is not known yet.

    ``mode`` and ``amount_fen`` are a guarantor's.
    """

    role: PartyRole
    person: str = ""
    name: str = ""
    id_number: str = ""
    mobile: str = ""
    relation: str = ""
    mode: str | None = None
    amount_fen: int | None = None


def candidates(store: Store, application: str, typed: str) -> tuple[Candidate, ...]:
    """People that ``typed`` finds (name, pinyin, telephone): this household first, then everybody on the laptop.

    The borrower and who is in the application already are left out. Raises Actionable (``gone``).
    """
    wanted = typed.strip()[:LONGEST_SEARCH]
    with store.reading() as view:
        case = read_case(view.records, application)
        taken = {case.file.application.person, *(party.person for party in case.file.backing.parties.values())}
        if parties.needs_spouse(case.file):
            taken.add(case.file.backing.spouse or "")
        family = [one for one in view.records.children(case.prospect.id, "person") if one.id not in taken]
        found = [_candidate(one, "", own=True) for one in family if wanted and wanted in one.screen.get("name", "")]
        for row in view.prospects.page(Filter(typed=wanted), OFFERED * 2, order="name") if wanted else ():
            main = _main_person(view.records, row.id)
            if main is not None and main.id not in taken and row.id != case.prospect.id:
                place = " • ".join(part for part in (row.village, row.trade) if part)
                found.append(_candidate(main, place, own=False))
    return tuple(found[:OFFERED])


def add_party(store: Store, application: str, draft: PartyDraft) -> RecordId:
    """Enter a co-borrower, guarantor or pledgor; a guarantor with the guarantee, in one transaction.

    A new person is recorded under the customer. Raises InvalidRecord naming ``person``, ``id_number``, ``mobile``,
    ``relation``, ``mode`` or ``amount_fen``; Actionable (``gone``, ``submitted``). Nothing is saved then.
    """

    def work(unit: Unit) -> RecordId:
        case = open_case(unit, application)
        return _add(unit, case, draft)

    return store.write(work)


def edit_party(store: Store, row: str, shown: Values, draft: PartyDraft) -> None:
    """Save what was typed in a party's row, and what it fills in of the person; ``shown`` as ``shown_of`` gave it.

    Raises like ``add_party``.
    """

    def work(unit: Unit) -> None:
        stored, case = open_row(unit, row)
        party = record_of(Party, stored.screen)
        changed = row_record(Party, {**_plain(party), "relation": draft.relation})
        _fill_in(unit, case, party.person, draft)
        person = _person(unit, party.person)
        refuse(parties.refusals(case.file, changed, person, business_date(unit.clock), record=row))
        edit_row(unit, stored, {name: shown[name] for name in ("relation",) if name in shown}, changed)
        if party.role == "guarantor":
            _keep_guarantee(unit, case, party.person, shown, draft)

    store.write(work)


def say_spouse_signs(store: Store, application: str, *, signs: bool, reason: str = "") -> None:
    """Whether the spouse signs; who does not needs a reason, which the reviewer reads (DOMAIN B).

    Raises InvalidRecord naming ``no_signature_reason``, Actionable (``no_spouse``, ``gone``, ``submitted``).
    """

    def work(unit: Unit) -> None:
        case = open_case(unit, application)
        if not parties.needs_spouse(case.file) or not case.file.backing.spouse:
            raise Actionable("no_spouse", Sentence("Fill in the spouse's name first."))
        record, said = parties.spouse_party(case.file.backing)
        typed = {"signs": signs, "no_signature_reason": "" if signs else reason}
        party = row_record(Party, {**_plain(said), **typed, "person": case.file.backing.spouse})
        if record is None:
            unit.create("party", party, parent=application)
            return
        stored, _ = open_row(unit, record)
        edit_row(unit, stored, {}, party)

    store.write(work)


def shown_of(case_parties: Party, guarantee: Guarantee | None) -> Values:
    """What the dialog of a party shows, to be handed back with an edit."""
    return {
        "relation": case_parties.relation,
        "mode": guarantee.mode if guarantee is not None else None,
        "amount_fen": guarantee.amount_fen if guarantee is not None else None,
    }


def enter_pledgor(unit: Unit, case: Case, draft: PartyDraft) -> str:
    """The person of ``draft`` as a pledgor, inside a transaction that records more. Raises InvalidRecord."""
    record = _add(unit, case, draft)
    stored = unit.records.get(record)
    return str(stored.screen["person"]) if stored is not None else ""


def _add(unit: Unit, case: Case, draft: PartyDraft) -> RecordId:
    today = business_date(unit.clock)
    if not draft.person and not draft.name.strip():
        raise Invalid("party_missing", Sentence("Choose who it is, or write a name."), field="person")
    person_id = draft.person or _new_person(unit, case, draft)
    if draft.person:
        _fill_in(unit, case, person_id, draft)
    party = row_record(Party, {"person": person_id, "role": draft.role, "relation": draft.relation})
    refuse(parties.refusals(case.file, party, _person(unit, person_id), today))
    made = unit.create("party", party, parent=case.application.id)
    if draft.role == "guarantor":
        _keep_guarantee(unit, case, person_id, {}, draft)
    return made


def _keep_guarantee(unit: Unit, case: Case, person: str, shown: Values, draft: PartyDraft) -> None:
    held = row_record(Guarantee, {"guarantor": person, "mode": draft.mode, "amount_fen": draft.amount_fen})
    record = security.guarantee_of(case.file.backing, person)
    if record is None:
        unit.create("guarantee", held, parent=case.application.id)
        return
    stored, _ = open_row(unit, record)
    edit_row(unit, stored, {name: shown[name] for name in ("mode", "amount_fen") if name in shown}, held)


def _new_person(unit: Unit, case: Case, draft: PartyDraft) -> RecordId:
    """Record somebody nobody on this laptop knows; one who is known by the identity number is to be chosen."""
    fields = _cleaned(unit, {"name": draft.name, "id_number": draft.id_number, "mobile": draft.mobile})
    number = fields.get("id_number")
    _require_unknown(unit, case, number)
    relation = draft.relation.strip()
    fields["relation"] = relation[:200] if relation and relation not in _NEVER_ANOTHERS else "other"
    if number:
        fields |= told_by_identity(number, business_date(unit.clock))
    known_fields = {name: value for name, value in fields.items() if value is not None}
    return unit.create("person", record_of(Person, known_fields), parent=case.prospect.id)


def _require_unknown(unit: Unit, case: Case, number: str | None) -> None:
    """Raises InvalidRecord (``person_known``) for a number that somebody on this laptop has."""
    if not number:
        return
    names = [row.name for row in unit.prospects.with_identity(number)]
    family = unit.records.children(case.prospect.id, "person")
    names += [str(one.screen.get("name")) for one in family if one.screen.get("id_number") == number]
    if names:
        sentence = Sentence("{name} has this identity number on this laptop. Choose them by name.", name=names[0][:40])
        raise InvalidRecord([Invalid("person_known", sentence, field="id_number")])


def _fill_in(unit: Unit, case: Case, person: str, draft: PartyDraft) -> None:
    """Keep in the register what was typed of a person there; an empty text says nothing."""
    stored = _stored_person(unit, person)
    typed = {"id_number": draft.id_number, "mobile": draft.mobile}
    wanted = {name: text for name, text in typed.items() if text.strip() and text != stored.screen.get(name)}
    if not wanted:
        return
    fields = _cleaned(unit, {**wanted, "id_type": stored.screen.get("id_type", "resident")})
    fields.pop("id_type", None)
    if fields.get("id_number"):
        _require_unknown(unit, case, fields["id_number"])
        fields |= told_by_identity(fields["id_number"], business_date(unit.clock))
    unit.edit(person, {name: (stored.screen.get(name), value) for name, value in fields.items()})


def _cleaned(unit: Unit, typed: dict[str, Any]) -> Values:
    cleaner = FieldCleaner(business_date(unit.clock))
    fields = cleaner.clean("person", typed)
    if cleaner.problems:
        named = [problem if problem.field != "name" else _at_person(problem) for problem in cleaner.problems]
        raise InvalidRecord(named)
    return fields


def _at_person(problem: Invalid) -> Invalid:
    return Invalid(problem.code, problem.sentence, field="person", advice=problem.advice)


def _person(unit: Unit, person: str) -> Person:
    return record_of(Person, _stored_person(unit, person).screen)


def _stored_person(unit: Unit, person: str) -> StoredRecord:
    stored = unit.records.get(person)
    if stored is None or stored.kind != "person" or stored.deleted:
        raise Invalid("person_gone", Sentence("This person is not on this laptop any more."), field="person")
    return stored


def _main_person(records: Records, prospect: str) -> StoredRecord | None:
    stored = records.get(prospect)
    main = records.get(str(stored.screen.get("person") or "")) if stored is not None else None
    return main if main is not None and main.kind == "person" and not main.deleted else None


def _candidate(stored: StoredRecord, place: str, *, own: bool) -> Candidate:
    mobile = stored.screen.get("mobile")
    return Candidate(
        stored.id,
        str(stored.screen.get("name") or ""),
        place,
        masked_phone(mobile) if mobile else "",
        bool(stored.screen.get("id_number")),
        bool(mobile),
        own,
    )


def _plain(record: Party) -> Values:
    values: Values = msgspec.to_builtins(record)
    return values
