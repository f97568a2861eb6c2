"""Choosing somebody for an application by typing: a person on this laptop, or a new name."""

from __future__ import annotations

from collections.abc import Callable

from fieldapp.desktop.components.rows import Avatar, Row
from fieldapp.desktop.components.words import Words, one_line
from fieldapp.desktop.page import Shell
from fieldapp.desktop.people.typed_choice import Offer, TypedChoice
from fieldapp.services.application_parties import Candidate
from fieldapp.translation import tr


class PersonField(TypedChoice[Candidate]):
    """A person of the register; what is typed without choosing is a new one."""

    def __init__(self, shell: Shell, search: Callable[[str], tuple[Candidate, ...]]) -> None:
        super().__init__(
            shell,
            Offer(
                find=lambda typed: {one.person: one for one in search(typed)},
                row=_row,
                words=lambda one: one_line(one.name),
                hint=_hint,
            ),
        )

    def person(self) -> str:
        """The person chosen, empty for a new one."""
        taken = self.taken()
        return taken.person if taken is not None else ""


def _row(one: Candidate) -> Row:
    second = " • ".join(part for part in (one.place, one.mobile) if part)
    beside = (lambda: tr("of this household")) if one.own else ""
    return Row(one.person, one_line(one.name), second, beside=beside, lead=Avatar(one.name), actions=False)


def _hint(found: bool) -> Words:
    if found:
        return lambda: tr("↑ ↓ and Enter choose; without choosing, a new person is recorded.")
    return lambda: tr("Nobody here is called that: a new person will be recorded.")
