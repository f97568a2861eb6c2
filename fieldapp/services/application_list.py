"""All applications on this laptop, as their page lists them: what still waits for the officer first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from fieldapp.domain.money import Money
from fieldapp.services.business_day import day_of, made_at
from fieldapp.store.database import Store
from fieldapp.store.records import StoredRecord

_WAITING = ("returned", "draft")
_UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ListedApplication:
    """One line. ``day`` is the business date of its submission, of its beginning while it is not submitted.

    ``only_here``: part of it is not at head office yet; ``half_typed``: something typed in it was never saved.
    """

    id: str
    prospect: str
    number: str
    name: str
    status: str
    amount: Money | None
    months: int | None
    product: str
    product_en: str
    day: date
    only_here: bool
    half_typed: bool
    in_conflict: bool


def listed_applications(store: Store) -> tuple[ListedApplication, ...]:
    """Every application that is not deleted: returned ones, drafts, then the others, each newest first."""
    zone = store.clock.zone
    with store.reading() as view:
        stored = list(view.records.of_kind("application"))
        unsent = view.outbox.unsent_among([one.id for one in stored])
        people = view.records.known([str(one.screen.get("person")) for one in stored if one.screen.get("person")])
        products = {
            (one.screen.get("code"), one.screen.get("version")): (
                str(one.screen.get("name") or ""),
                str(one.screen.get("name_en") or ""),
            )
            for one in view.records.of_kind("product")
        }
        typed = {draft.id.removeprefix("application:") for draft in view.drafts.of("application")}
        typed |= {draft.subject for draft in view.drafts.of("dialog") if draft.subject is not None}
    found = [_Found(one, _at(one)) for one in stored]
    found.sort(key=lambda one: (one.at, one.stored.id), reverse=True)
    found.sort(key=lambda one: _rank(one.stored))
    return tuple(
        _listed(one, people, products, zone, only_here=one.stored.id in unsent, half_typed=one.stored.id in typed)
        for one in found
    )


@dataclass(frozen=True, slots=True)
class _Found:
    stored: StoredRecord
    at: datetime


def _listed(
    found: _Found,
    people: dict[str, StoredRecord],
    products: dict[tuple[object, object], tuple[str, str]],
    zone: str,
    *,
    only_here: bool,
    half_typed: bool,
) -> ListedApplication:
    screen = found.stored.screen  # not the whole record: one field of a newer head office must not hide the list
    person = people.get(str(screen.get("person")))
    fen = screen.get("amount_fen")
    product, product_en = products.get((screen.get("product"), screen.get("product_version")), ("", ""))
    return ListedApplication(
        id=found.stored.id,
        prospect=found.stored.parent or "",
        number=str(screen.get("number") or ""),
        name=str(person.screen.get("name") or "") if person is not None else "",
        status=str(screen.get("status") or "draft"),
        amount=Money(fen) if isinstance(fen, int) else None,
        months=screen.get("months"),
        product=product,
        product_en=product_en,
        day=day_of(found.at, zone),
        only_here=only_here,
        half_typed=half_typed,
        in_conflict=bool(found.stored.conflicts),
    )


def _at(stored: StoredRecord) -> datetime:
    submitted = stored.screen.get("submitted_at")
    try:
        return datetime.fromisoformat(str(submitted)) if submitted else made_at(stored.id) or _UNKNOWN
    except ValueError:
        return _UNKNOWN


def _rank(stored: StoredRecord) -> int:
    status = stored.screen.get("status") or "draft"
    return _WAITING.index(status) if status in _WAITING else len(_WAITING)
