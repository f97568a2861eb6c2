"""Who colleagues are, as head office told this laptop."""

from __future__ import annotations

from dataclasses import dataclass

from fieldapp.store.database import Store
from fieldapp.store.view import View


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of staff who may be named on a visit or an application."""

    staff: str
    name: str
    role: str
    branch: str


def colleagues(store: Store) -> tuple[Colleague, ...]:
    """The active members of staff but the officer of this laptop, by name."""
    with store.reading() as view:
        me = view.state.enrolment().staff
        found = [
            Colleague(stored.id, str(stored.screen.get("name", "")), str(stored.screen.get("role", "")),
                      str(stored.screen.get("branch", "")))
            for stored in view.records.of_kind("staff")
            if stored.id != me and stored.screen.get("active", True)
        ]  # fmt: skip
    return tuple(sorted(found, key=lambda colleague: colleague.name))


def staff_names(view: View) -> dict[str, str]:
    """Names by id; the officer of this laptop is always among them."""
    enrolment = view.state.enrolment()
    names = {stored.id: str(stored.screen.get("name", "")) for stored in view.records.of_kind("staff")}
    return {**names, enrolment.staff: enrolment.staff_name}
