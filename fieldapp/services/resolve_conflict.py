"""Where two people disagree about a value: both shown with who and when, and a person decides (SYNC 13 to 16)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fieldapp.domain.errors import Actionable, Invalid
from fieldapp.domain.kinds import KINDS
from fieldapp.domain.wording import Sentence
from fieldapp.protocol.messages import RESCUED, Conflict
from fieldapp.services.business_day import business_date, local_time
from fieldapp.services.labels import FieldLabel, field_label, kind_label, needs_explicit_choice
from fieldapp.services.reveal import MASKED_FIELDS, note_revealed
from fieldapp.services.staff_names import staff_names
from fieldapp.services.typed_fields import FieldCleaner
from fieldapp.store.database import Store
from fieldapp.store.outbox import Outbox
from fieldapp.store.prospect_list import ProspectList
from fieldapp.store.records import StoredRecord
from fieldapp.store.unit import Unit

STANDING = "standing"
"""The key of the value that head office holds."""

KEPT = "kept"
"""The key of keeping a record that was removed while this officer went on writing in it."""


@dataclass(frozen=True, slots=True)
class ShownValue:
    """One of the values to choose from. ``key`` is handed back with the choice.

    ``value`` is as the record keeps it; ``by`` is empty when nobody knows who wrote it. ``mine`` was typed by the
    officer of this laptop; ``late`` came from a former owner of the record. ``rescued`` comes from before head office
    was set back to an older copy: ``by`` then brought it back, and nobody knows who typed it.
    """

    key: str
    value: Any
    by: str
    at: datetime | None
    mine: bool
    at_head_office: bool
    late: bool = False
    rescued: bool = False


@dataclass(frozen=True, slots=True)
class DisputedField:
    """A field with its values, the officer's own first. Nothing is preselected.

    ``together`` are the fields that mean something only together and are decided in one go. ``by_person_only`` tells
    that it is money, identity or status, which no rule ever merges.
    """

    field: str
    label: FieldLabel
    values: tuple[ShownValue, ...]
    together: tuple[str, ...]
    by_person_only: bool

    @property
    def is_deletion(self) -> bool:
        """Whether one side removed the record that the other edited."""
        return self.field == "deleted"

    @property
    def is_forgotten(self) -> bool:
        """Whether nobody removed it: head office forgot the record, got it back and asks whether it is wanted."""
        return self.is_deletion and any(value.rescued for value in self.values)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A record that waits for a decision; nothing else waits for it."""

    record: str
    kind: str
    kind_label: Sentence
    prospect: str
    name: str
    fields: tuple[DisputedField, ...]

    @property
    def is_deletion(self) -> bool:
        """Whether one side removed the record that the other edited."""
        return any(field.is_deletion for field in self.fields)

    @property
    def is_forgotten(self) -> bool:
        """Whether head office forgot the record, got it back and asks whether it is wanted."""
        return any(field.is_forgotten for field in self.fields)


@dataclass(frozen=True, slots=True)
class OtherValue:
    """Neither is right: what the officer typed instead."""

    typed: Any


Choice = str | OtherValue
"""The key of a shown value, or another value."""


def disagreements(store: Store) -> tuple[Disagreement, ...]:
    """Every record that needs this officer's decision; those already decided and not yet sent are left out."""
    with store.reading() as view:
        names, me = staff_names(view), view.state.enrolment().staff
        found = [
            _disagreement(stored, open_, view.prospects, names, me, store.clock.zone)
            for stored in view.records.in_conflict()
            if (open_ := undecided(stored, view.outbox))
        ]
    return tuple(sorted(found, key=lambda each: (each.name, each.record)))


def disagreement(store: Store, record: str) -> Disagreement | None:
    """One record's, to be shown with its values in clear: telephone and identity numbers leave an event (E15)."""

    def work(unit: Unit) -> Disagreement | None:
        stored = unit.records.get(record)
        open_ = undecided(stored, unit.outbox) if stored else ()
        if stored is None or not open_:
            return None
        names = {s.id: str(s.screen.get("name", "")) for s in unit.records.of_kind("staff")}
        names[unit.enrolment.staff] = unit.enrolment.staff_name
        for field in sorted({conflict.field for conflict in open_} & MASKED_FIELDS):
            note_revealed(unit, record, field)
        return _disagreement(stored, open_, unit.prospects, names, unit.enrolment.staff, unit.clock.zone)

    return store.write(work)


def decide(store: Store, shown: Disagreement, choices: Mapping[str, Choice]) -> None:
    """Save the officer's decision on the fields of ``shown``, each with a choice; fields without one stay open.

    The decision says what was shown: should head office have moved meanwhile, it asks again. Raises Invalid
    (``undecided``) when nothing was chosen or only part of what belongs together; InvalidRecord for another value that
    is not fit to keep; Actionable (``gone``).
    """
    chosen = {field.field: field for field in shown.fields if field.field in choices}
    _require_complete(shown, chosen)
    today = business_date(store.clock)

    def work(unit: Unit) -> None:
        stored = unit.records.get(shown.record)
        if stored is None:
            raise Actionable("gone", Sentence("This record is no longer on this laptop."))
        cleaner = FieldCleaner(today)
        pairs = {
            name: (_standing(field), _chosen(stored, field, choices[name], cleaner)) for name, field in chosen.items()
        }
        cleaner.require()
        after = tuple(
            (value.key, name) for name, f in chosen.items() for value in f.values if value.key not in (STANDING, KEPT)
        )
        unit.edit(shown.record, pairs, after=after, decides=True)
        unit.tell("conflicts")

    store.write(work)


def fit_to_keep(store: Store, shown: Disagreement, others: Mapping[str, OtherValue]) -> dict[str, OtherValue]:
    """``others`` as ``decide`` would keep them; what says nothing is left out, and nothing is saved.

    Raises InvalidRecord with everything that is not fit to keep.
    """
    with store.reading() as view:
        stored = view.records.get(shown.record)
    cleaner = FieldCleaner(business_date(store.clock))
    cleaned = {name: _cleaned(shown.kind, name, other, stored, cleaner) for name, other in others.items()}
    cleaner.require()
    return {name: OtherValue(value) for name, value in cleaned.items() if value not in (None, "")}


def undecided(stored: StoredRecord, outbox: Outbox) -> tuple[Conflict, ...]:
    """The conflicts of a record that no change waiting in the outbox decides."""
    if not stored.conflicts:
        return ()
    decided = {pair for queued in outbox.of_record(stored.id) for pair in queued.decoded().after}
    return tuple(c for c in stored.conflicts if (c.change, c.field) not in decided)


def _disagreement(
    stored: StoredRecord,
    conflicts: tuple[Conflict, ...],
    prospects: ProspectList,
    names: dict[str, str],
    me: str,
    zone: str,
) -> Disagreement:
    prospect = stored.parent or stored.id
    row = prospects.get(prospect)
    by_field: dict[str, list[Conflict]] = {}
    for conflict in conflicts:
        by_field.setdefault(conflict.field, []).append(conflict)
    kind = KINDS.get(stored.kind)
    fields = tuple(
        DisputedField(
            name,
            field_label(stored.kind, name),
            _values(stored, name, offered, names, me, zone),
            tuple(sorted((kind.group_of(name) if kind else frozenset(by_field)) & by_field.keys())),
            needs_explicit_choice(stored.kind, name),
        )
        for name, offered in by_field.items()
    )
    if stored.base.get("deleted") is True and "deleted" not in by_field:
        fields = (_removed_meanwhile(stored, conflicts[-1], names, me, zone), *fields)
    return Disagreement(stored.id, stored.kind, kind_label(stored.kind), prospect, row.name if row else "", fields)


def _removed_meanwhile(
    stored: StoredRecord, written: Conflict, names: dict[str, str], me: str, zone: str
) -> DisputedField:
    """Deleting against editing asks the same, whichever reached head office first: is the record kept (SYNC 19)?"""
    mine = written.by == me
    at, by = _local(written.at, zone), names.get(written.by, "")
    values = (
        ShownValue(KEPT, False, by, at, mine=mine, at_head_office=False, late=written.late),
        ShownValue(STANDING, True, "", None, mine=False, at_head_office=True),
    )
    label = field_label(stored.kind, "deleted")
    return DisputedField("deleted", label, values, ("deleted",), needs_explicit_choice(stored.kind, "deleted"))


def _values(
    stored: StoredRecord, field: str, offered: list[Conflict], names: dict[str, str], me: str, zone: str
) -> tuple[ShownValue, ...]:
    newest = offered[-1]
    values = [
        ShownValue(
            STANDING,
            stored.base.get(field),
            names.get(newest.standing_by or "", ""),
            _local(newest.standing_at, zone),
            mine=newest.standing_by == me,
            at_head_office=True,
        )
    ]
    values += (
        ShownValue(
            conflict.change,
            conflict.value,
            names.get(conflict.by, ""),
            _local(conflict.at, zone),
            mine=conflict.by == me and not conflict.change.startswith(RESCUED),
            at_head_office=False,
            late=conflict.late,
            rescued=conflict.change.startswith(RESCUED),
        )
        for conflict in offered
    )
    return tuple(sorted(values, key=lambda value: not value.mine))


def _require_complete(shown: Disagreement, chosen: dict[str, DisputedField]) -> None:
    if not chosen:
        field = shown.fields[0].field
        raise Invalid("undecided", Sentence("Choose a value first."), field=field)
    for field_ in chosen.values():
        for other in field_.together:
            if other not in chosen:
                label = field_label(shown.kind, other).label
                sentence = Sentence("Decide {field} as well: the two belong together.", field=label)
                raise Invalid("undecided", sentence, field=other)


def _standing(field: DisputedField) -> Any:
    return next(value.value for value in field.values if value.key == STANDING)


def _chosen(stored: StoredRecord, field: DisputedField, choice: Choice, cleaner: FieldCleaner) -> Any:
    if isinstance(choice, OtherValue):
        return _cleaned(stored.kind, field.field, choice, stored, cleaner)
    found = next((value for value in field.values if value.key == choice), None)
    if found is None:
        raise Invalid("undecided", Sentence("Choose a value first."), field=field.field)
    return found.value


def _cleaned(kind: str, field: str, other: OtherValue, stored: StoredRecord | None, cleaner: FieldCleaner) -> Any:
    typed = {field: other.typed}
    if field == "id_number" and stored is not None:  # a foreign document has a number of another form
        typed["id_type"] = stored.screen.get("id_type", "resident")
    return cleaner.clean(kind, typed).get(field)


def _local(text: str | None, zone: str) -> datetime | None:
    if text is None:
        return None
    try:
        return local_time(datetime.fromisoformat(text), zone)
    except ValueError:
        return None
