"""Choosing a prospect by typing, for a contact or a visit."""

from __future__ import annotations

from collections.abc import Sequence

from fieldapp.desktop.components.words import Words, one_line
from fieldapp.desktop.page import Shell
from fieldapp.desktop.people.rows import listed
from fieldapp.desktop.people.typed_choice import Offer, TypedChoice
from fieldapp.desktop.record_words import place_and_trade
from fieldapp.desktop.session import DesktopSession
from fieldapp.services.prospects import ProspectLine, Wanted, page
from fieldapp.translation import tr

OFFERED = 4


class WhoField(TypedChoice[ProspectLine]):
    """A prospect of this laptop; with ``new_names`` what is typed may be a new one."""

    def __init__(self, shell: Shell, session: DesktopSession, *, new_names: bool = True) -> None:
        super().__init__(
            shell,
            Offer(
                find=lambda typed: _by_key(page(session.store, Wanted(typed=typed), order="name", limit=OFFERED).lines),
                row=lambda one: listed(one, session.today()),
                words=_on_the_line,
                hint=_hint_new if new_names else _hint,
            ),
        )

    def warn_same(self, lines: Sequence[ProspectLine]) -> None:
        """Offer people who may be the new one already."""
        self.offer(
            _by_key(lines),
            lambda: tr("Already on this laptop. Choose the person, or save again to record a new one."),
        )


def _on_the_line(one: ProspectLine) -> str:
    place = place_and_trade(one)
    return one_line(f"{one.name} • {place}" if place else one.name)


def _hint(found: bool) -> Words:
    return (lambda: tr("↑ ↓ and Enter choose.")) if found else (lambda: tr("Nobody here is called that."))


def _hint_new(found: bool) -> Words:
    if found:
        return lambda: tr("↑ ↓ and Enter choose; without choosing, a new prospect is recorded.")
    return lambda: tr("Nobody here is called that: a new prospect will be recorded.")


def _by_key(lines: Sequence[ProspectLine]) -> dict[str, ProspectLine]:
    return {line.prospect: line for line in lines}
