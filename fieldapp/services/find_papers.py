"""Finding the record a paper is wanted of, by what stands on the paper or by the record's id."""

from __future__ import annotations

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.store.database import Store


def find_application(store: Store, named: str | None) -> str:
    """The application of that number or record id, the newest one for None.

    Raises Actionable ``no_application``.
    """
    with store.reading() as view:
        found = [
            stored
            for stored in view.records.of_kind("application")
            if named is None or named in (stored.id, stored.screen.get("number"))
        ]
    if not found:
        raise Actionable(
            "no_application",
            Sentence("There is no application {number} on this laptop.", number=named)
            if named
            else Sentence("There is no application on this laptop yet."),
            advice=Sentence("'fieldapp export --what applications' lists those that are.") if named else None,
        )
    return max(stored.id for stored in found)


def find_visit(store: Store, named: str) -> str:
    """The visit of that record id. Raises Actionable ``no_visit``."""
    with store.reading() as view:
        stored = view.records.get(named)
    if stored is None or stored.kind != "visit":
        raise Actionable("no_visit", Sentence("There is no visit {number} on this laptop.", number=named))
    return stored.id
