"""What head office refused: corrected and sent again as the same piece of work, or given up (SYNC 17)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.protocol.changes import decode_change
from fieldapp.services.business_day import business_date
from fieldapp.services.labels import FieldLabel, field_label
from fieldapp.services.typed_fields import FieldCleaner
from fieldapp.store.database import Store
from fieldapp.store.outbox import Refused
from fieldapp.store.unit import Unit


@dataclass(frozen=True, slots=True)
class RefusedField:
    """A field of a refused change: what was typed last, as the record keeps it; ``meant`` is the one refused."""

    field: str
    label: FieldLabel
    value: object
    meant: bool


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
        refused = view.outbox.refused_change(change)
        stored = view.records.get(refused.record) if refused is not None else None
        if refused is None or stored is None:
            return None
        body = decode_change(refused.body)
        typed = {name: new for name, (_shown, new) in body.fields.items()}
        for queued in view.outbox.of_record(refused.record):
            later = queued.decoded().fields.items() if queued.n > refused.n else ()
            typed |= {name: new for name, (_shown, new) in later}
    if refused.field is not None and refused.field not in typed:
        typed[refused.field] = stored.screen.get(refused.field)
    labelled = [
        RefusedField(name, field_label(refused.kind, name), value, meant=name == refused.field)
        for name, value in typed.items()
    ]
    labelled.sort(key=lambda field: not field.meant)
    return RefusedWork(change, refused.record, refused.kind, tuple(labelled))


def correct(store: Store, change: str, typed: Mapping[str, object]) -> None:
    """Send a refused change again with ``typed`` in place of what was refused.

    It goes with everything that was typed into the record behind it. Raises InvalidRecord for values that are not fit
    to keep, Actionable (``gone``); nothing is changed then.
    """
    today = business_date(store.clock)

    def work(unit: Unit) -> None:
        refused = _still_refused(unit, change)
        cleaner = FieldCleaner(today)
        values = cleaner.clean(refused.kind, dict(typed))
        cleaner.require()
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


def _still_refused(unit: Unit, change: str) -> Refused:
    refused = unit.outbox.refused_change(change)
    if refused is None:
        raise _gone()
    return refused


def _gone() -> Actionable:
    return Actionable("gone", Sentence("This record is no longer on this laptop."))
