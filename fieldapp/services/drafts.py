"""Forms that are still being typed: saved as one types, found again after a crash, dropped by the save."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from fieldapp.protocol.identifiers import new_record_id
from fieldapp.services.business_day import local_time
from fieldapp.store.database import Store
from fieldapp.store.drafts import Draft
from fieldapp.store.unit import Unit

Form = Literal["contact", "visit", "prospect", "application", "accounts", "dialog"]
FORMS: tuple[Form, ...] = ("contact", "visit", "prospect", "application")
"""Those that are told of by themselves; accounts and dialogs are told of where they belong."""


@dataclass(frozen=True, slots=True)
class FoundDraft:
    """An unfinished form. ``about`` is the record it is about and ``name`` that prospect's, when they are known."""

    draft: str
    form: str
    about: str | None
    name: str
    body: dict[str, Any]
    saved_at: datetime


def save_draft(
    store: Store, form: Form, body: dict[str, Any], *, draft: str | None = None, about: str | None = None
) -> str:
    """Keep what is typed so far under ``draft``, or under a new id, which is returned.

    ``body`` holds plain JSON values. The id becomes the record's when the form is saved, so that a form saved twice
    is one record.
    """
    identity = draft or str(new_record_id())
    store.write(lambda unit: put_draft(unit, form, body, draft=identity, about=about))
    return identity


def put_draft(unit: Unit, form: Form, body: dict[str, Any], *, draft: str, about: str | None) -> None:
    """As ``save_draft``, beside what else is written."""
    saved_at = unit.clock.now().isoformat(timespec="milliseconds")
    unit.drafts.save(Draft(draft, form, about, _keepable(body), saved_at))
    unit.tell("drafts")


def drop_draft(store: Store, draft: str) -> None:
    """The officer threw it away."""

    def work(unit: Unit) -> None:
        unit.drafts.drop(draft)
        unit.tell("drafts")

    store.write(work)


def newest_draft(store: Store, form: Form, about: str | None = None) -> FoundDraft | None:
    """The draft to go on with when the form is opened, about one record if given."""
    found = drafts_of(store, form, about)
    return found[0] if found else None


def drafts_of(store: Store, form: Form, about: str | None = None) -> tuple[FoundDraft, ...]:
    """The drafts of a form, newest first."""
    with store.reading() as view:
        found = []
        for draft in view.drafts.of(form, about):
            row = view.prospects.get(draft.subject) if draft.subject else None
            saved_at = local_time(datetime.fromisoformat(draft.saved_at), store.clock.zone)
            found.append(FoundDraft(draft.id, draft.form, draft.subject, row.name if row else "", draft.body, saved_at))
    return tuple(found)


def all_drafts(store: Store) -> tuple[FoundDraft, ...]:
    """Every unfinished form, newest first."""
    found = [draft for form in FORMS for draft in drafts_of(store, form)]
    return tuple(sorted(found, key=lambda draft: (draft.saved_at, draft.draft), reverse=True))


def _keepable(value: Any) -> Any:
    """The value without halves of characters, which a paste can bring and no encoding can hold."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {str(name): _keepable(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_keepable(each) for each in value]
    return value
