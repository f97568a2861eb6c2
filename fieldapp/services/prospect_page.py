"""Everything one page says of a prospect, in one consistent look. Telling facts are masked (DOMAIN E15)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from fieldapp.domain.errors import Actionable
from fieldapp.domain.kinds import Values
from fieldapp.domain.masking import masked_identity_number, masked_phone
from fieldapp.domain.records import Business, Household, Person, Prospect, ProspectStage, Record
from fieldapp.domain.stages import stages_by_hand
from fieldapp.domain.wording import Sentence
from fieldapp.services.business_day import business_date
from fieldapp.services.half_typed import FoundText, Place, found_texts
from fieldapp.services.prospects import ProspectLine, lines_of
from fieldapp.services.reveal import MASKED_FIELDS
from fieldapp.services.staff_names import staff_names
from fieldapp.services.timeline import TimelineEntry, readable, timeline_of
from fieldapp.store.database import Store
from fieldapp.store.records import StoredRecord

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class MaskedPerson:
    """A person of the household. ``person`` carries no telephone or identity number; those stand here, masked.

    ``values`` are the shown values by field, to be handed back with an edit; masked fields are not among them.
    """

    record: str
    person: Person
    mobile: str
    id_number: str
    values: Values


@dataclass(frozen=True, slots=True)
class ProspectPage:
    """What the page shows. ``household`` and ``business`` come with their ids, None when nothing is known of them.

    ``family`` are the others of the household; who only guarantees or pledges for them is not among it.
    ``in_conflict`` names the records of this prospect that wait for a decision, ``half_typed`` what was typed about it
    and never recorded.
    """

    record: str
    line: ProspectLine
    prospect: Prospect
    values: Values
    owner: str
    marketed_by: str
    person: MaskedPerson | None
    family: tuple[MaskedPerson, ...]
    household: tuple[str, Household, Values] | None
    business: tuple[str, Business, Values] | None
    timeline: tuple[TimelineEntry, ...]
    next_stages: tuple[ProspectStage, ...]
    in_conflict: tuple[str, ...]
    half_typed: Mapping[Place, FoundText]
    deleted: bool


def prospect_page(store: Store, prospect: str) -> ProspectPage:
    """The page of a prospect. Raises Actionable (``gone``) when it is not on this laptop."""
    with store.reading() as view:
        stored = view.records.get(prospect)
        row = view.prospects.get(prospect)
        if stored is None or stored.kind != "prospect" or row is None:
            raise Actionable(
                "gone",
                Sentence("This prospect is no longer on this laptop."),
                advice=Sentence("It was deleted or given to a colleague."),
            )
        people = view.records.children(prospect, "person")
        households = view.records.children(prospect, "household")
        businesses = view.records.children(prospect, "business")
        names = staff_names(view)
        shown = [masked for person in reversed(people) if (masked := _masked(person)) is not None]
        root = readable(stored, Prospect) or Prospect()
        main = next((each for each in shown if each.record == root.person), shown[0] if shown else None)
        applications = view.records.children(prospect, "application")
        records = [stored, *people, *households, *businesses, *applications]
        parties = [party for one in applications for party in view.records.children(one.id, "party")]
        standing_in = {
            party.screen.get("person") for party in parties if party.screen.get("role") in ("guarantor", "pledgor")
        }
        return ProspectPage(
            record=prospect,
            line=lines_of(view, [row], business_date(store.clock))[0],
            prospect=root,
            values=_shown(stored),
            owner=names.get(root.owner, ""),
            marketed_by=names.get(root.marketed_by or "", ""),
            person=main,
            family=tuple(each for each in shown if each is not main and each.record not in standing_in),
            household=_first(households, Household),
            business=_first(businesses, Business),
            timeline=timeline_of(view, stored, store.clock.zone, names),
            next_stages=stages_by_hand(root.stage),
            in_conflict=tuple(record.id for record in records if record.conflicts),
            half_typed=found_texts(view.drafts, prospect, store.clock.zone),
            deleted=stored.deleted,
        )


def _masked(stored: StoredRecord) -> MaskedPerson | None:
    person = readable(stored, Person)
    if person is None:
        return None
    return MaskedPerson(
        stored.id,
        msgspec.structs.replace(person, mobile=None, id_number=None),
        masked_phone(person.mobile) if person.mobile else "",
        masked_identity_number(person.id_number) if person.id_number else "",
        _shown(stored),
    )


def _first(stored: list[StoredRecord], shape: type[R]) -> tuple[str, R, Values] | None:
    for each in stored:
        if (record := readable(each, shape)) is not None:
            return each.id, record, _shown(each)
    return None


def _shown(stored: StoredRecord) -> Values:
    return {name: value for name, value in stored.screen.items() if name not in MASKED_FIELDS}
