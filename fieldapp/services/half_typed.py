"""What stands half typed in a dialog or in place: kept as one types, found again, gone with the save of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from fieldapp.domain.kinds import Values
from fieldapp.services.business_day import local_time
from fieldapp.services.drafts import drop_draft, save_draft
from fieldapp.store.database import Store
from fieldapp.store.drafts import Draft, Drafts
from fieldapp.store.unit import Unit

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """Where one types: the record it is about, what is asked, and the row it changes; ``row`` is empty for a new one.

    A dialog is one, and so is each sheet of facts that are changed in place.
    """

    about: str
    asks: str
    row: str = ""

    @property
    def draft(self) -> str:
        """The id under which its text is kept."""
        return f"dialog:{self.about}:{self.asks}:{self.row}"


@dataclass(frozen=True, slots=True)
class FoundText:
    """What was typed, by field, and what the screen showed of the record then; kept at ``saved_at`` (local time)."""

    typed: Values
    shown: Values
    saved_at: datetime


def keep_text(store: Store, place: Place, typed: Mapping[str, Any], shown: Mapping[str, Any]) -> None:
    """Keep what is typed as plain JSON values by field, right or wrong; without any, nothing is kept any more."""
    if typed:
        body = {"typed": dict(typed), "shown": dict(shown)}
        save_draft(store, "dialog", body, draft=place.draft, about=place.about)
    else:
        drop_draft(store, place.draft)


def found_text(store: Store, place: Place) -> FoundText | None:
    """What was kept last, None when nothing was or it is recorded."""
    with store.reading() as view:
        draft = view.drafts.get(place.draft)
    return None if draft is None else _found(draft, store.clock.zone)


def found_texts(drafts: Drafts, about: str, zone: str) -> Mapping[Place, FoundText]:
    """All that is half typed about a record."""
    return {_place(draft.id): _found(draft, zone) for draft in drafts.of("dialog", about)}


def recording(store: Store, place: Place, record: Callable[[], T]) -> T:
    """Do ``record``: what it writes and the end of what is half typed are one transaction. Raises what it raises."""

    def drop(unit: Unit) -> None:
        unit.drafts.drop(place.draft)
        unit.tell("drafts")

    with store.also(drop):
        return record()


def recording_fields(store: Store, place: Place, fields: Collection[str], record: Callable[[], T]) -> T:
    """Like ``recording``, of these ``fields`` alone: what else is half typed there stays kept."""

    def take_out(unit: Unit) -> None:
        draft = unit.drafts.get(place.draft)
        if draft is None:
            return
        left = {name: value for name, value in draft.body.get("typed", {}).items() if name not in fields}
        if left:
            unit.drafts.save(replace(draft, body={**draft.body, "typed": left}))
        else:
            unit.drafts.drop(place.draft)
        unit.tell("drafts")

    with store.also(take_out):
        return record()


def recording_elsewhere(store: Store, place: Place, record: Callable[[], T]) -> T:
    """Do ``record``, which head office keeps and not this laptop; what is half typed ends once it is kept there."""
    result = record()
    drop_draft(store, place.draft)
    return result


def half_typed(drafts: Drafts, about: str) -> frozenset[Place]:
    """The dialogs about a record in which something is half typed."""
    return frozenset(_place(draft.id) for draft in drafts.of("dialog", about))


def forget(unit: Unit, about: str, rows: Iterable[str] | None = None) -> None:
    """Drop what is half typed about a record whose work has ended, or about those of its ``rows`` that are gone."""
    gone = None if rows is None else frozenset(rows)
    for place in half_typed(unit.drafts, about):
        if gone is None or place.row in gone:
            unit.drafts.drop(place.draft)
            unit.tell("drafts")


def _found(draft: Draft, zone: str) -> FoundText:
    at = local_time(datetime.fromisoformat(draft.saved_at), zone)
    return FoundText(draft.body.get("typed", {}), draft.body.get("shown", {}), at)


def _place(draft: str) -> Place:
    _, about, asks, row = draft.split(":", 3)
    return Place(about, asks, row)
