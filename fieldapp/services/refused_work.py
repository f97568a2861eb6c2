"""What head office refused: corrected and sent again as the same piece of work, or given up (SYNC 17)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.protocol.changes import decode_change
from fieldapp.services.business_day import business_date
from fieldapp.services.correctable_fields import Correctable, moment_of, moment_written, way_of
from fieldapp.services.labels import FieldLabel, field_label
from fieldapp.services.reveal import MASKED_FIELDS, note_revealed
from fieldapp.services.staff_names import staff_names
from fieldapp.services.typed_fields import FieldCleaner
from fieldapp.store.database import Store
from fieldapp.store.outbox import Outbox, Refused
from fieldapp.store.records import Records
from fieldapp.store.unit import Unit


@dataclass(frozen=True, slots=True)
class RefusedField:
    """A field of a refused change: what was typed last, as the record keeps it; ``meant`` is the one refused.

    ``way`` tells how it is corrected, None for what a person never types; a moment is told as the bank's clock showed
    it, ``2026-11-24 09:30``.
    """

    field: str
    label: FieldLabel
    value: object
    meant: bool
    way: Correctable | None


@dataclass(frozen=True, slots=True)
class RefusedWork:
    """A refused change laid open for correction, the field that is meant first."""

    change: str
    record: str
    kind: str
    fields: tuple[RefusedField, ...]


def refused_work(store: Store, change: str) -> RefusedWork | None:
    """What can be corrected of a refused change; None when it is off the list, or its record is not here any more."""
    with store.reading() as view:
        return _laid_open(view.records, view.outbox, staff_names(view), change, store.clock.zone)


def reveal_refused_work(store: Store, change: str) -> RefusedWork | None:
    """``refused_work`` to be shown in clear: telephone and identity numbers leave an event (E15)."""
    with store.reading() as view:
        names = staff_names(view)

    def work(unit: Unit) -> RefusedWork | None:
        found = _laid_open(unit.records, unit.outbox, names, change, store.clock.zone)
        for field in found.fields if found is not None else ():
            if found is not None and field.field in MASKED_FIELDS and field.value:
                note_revealed(unit, found.record, field.field)
        return found

    return store.write(work)


def correct(store: Store, change: str, typed: Mapping[str, object]) -> None:
    """Send a refused change again with ``typed`` in place of what was refused.

    It goes with everything that was typed into the record behind it; what ``typed`` leaves out goes as it was. Raises
    InvalidRecord for values that are not fit to keep, Actionable (``gone``); nothing is changed then.
    """
    today = business_date(store.clock)

    def work(unit: Unit) -> None:
        refused = _still_refused(unit, change)
        stored = unit.records.get(refused.record)
        screen = stored.screen if stored is not None else {}
        cleaner = FieldCleaner(today)
        context = {"id_type": screen["id_type"]} if "id_type" in screen else {}  # other documents, other numbers
        values = cleaner.clean(
            refused.kind, context | _with_moments(refused.kind, typed, _zone(screen, store.clock.zone))
        )
        cleaner.require()
        values = {name: value for name, value in values.items() if name in typed}
        try:
            unit.correct(refused, values)
        except LookupError as error:
            raise _gone() from error

    store.write(work)


def give_up(store: Store, change: str) -> None:
    """The officer lets a refused change go; what they typed into other fields behind it is sent all the same.

    Raises Actionable: ``gone``, or ``others_belong`` when other entries belong to a record that was never taken.
    """

    def work(unit: Unit) -> None:
        try:
            unit.withdraw(_still_refused(unit, change))
        except ValueError as error:
            raise Actionable(
                "others_belong",
                Sentence("Other entries belong to what was refused, and would be lost with it."),
                advice=Sentence("Correct it and send it again."),
            ) from error

    store.write(work)


def _laid_open(
    records: Records, outbox: Outbox, names: Mapping[str, str], change: str, zone: str
) -> RefusedWork | None:
    refused = outbox.refused_change(change)
    stored = records.get(refused.record) if refused is not None else None
    if refused is None or stored is None:
        return None
    typed = {name: new for name, (_shown, new) in decode_change(refused.body).fields.items()}
    for queued in outbox.of_record(refused.record):
        later = queued.decoded().fields.items() if queued.n > refused.n else ()
        typed |= {name: new for name, (_shown, new) in later}
    if refused.field is not None and refused.field not in typed:
        typed[refused.field] = stored.screen.get(refused.field)
    zone = _zone(stored.screen, zone)
    fields = []
    for name, value in typed.items():
        way = way_of(refused.kind, name, names)
        shown = moment_written(value, zone) if way is not None and way.moment else value
        fields.append(RefusedField(name, field_label(refused.kind, name), shown, name == refused.field, way))
    fields.sort(key=lambda field: not field.meant)
    return RefusedWork(change, refused.record, refused.kind, tuple(fields))


def _with_moments(kind: str, typed: Mapping[str, object], zone: str) -> dict[str, object]:
    read = dict(typed)
    for name, value in typed.items():
        way = way_of(kind, name, {})
        if way is not None and way.moment and isinstance(value, str):
            read[name] = moment_of(value, zone, name)
    return read


def _zone(screen: Mapping[str, object], otherwise: str) -> str:
    return str(screen.get("zone") or otherwise)


def _still_refused(unit: Unit, change: str) -> Refused:
    refused = unit.outbox.refused_change(change)
    if refused is None:
        raise _gone()
    return refused


def _gone() -> Actionable:
    return Actionable("gone", Sentence("This record is no longer on this laptop."))
