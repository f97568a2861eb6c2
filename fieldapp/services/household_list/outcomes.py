"""What a row of a list says once it is clean, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import Money
from fieldapp.domain.places import Village
from fieldapp.domain.records import Sex
from fieldapp.domain.wording import Sentence
from fieldapp.services.household_list.headings import (
    Field,
)


class Outcome(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    MEMBER = "member"
    SAME_AS_EARLIER_ROW = "same_as_earlier_row"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RowWarning:
    """A doubt about a row that is kept; ``code`` is stable for scripts."""

    code: str
    field: Field
    sentence: Sentence


def warn(warnings: list[RowWarning], code: str, field: Field, sentence: Sentence) -> None:
    """Add a doubt; ``code`` is one of ``DOUBTS``."""
    warnings.append(RowWarning(code, field, sentence))


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a household beside its head; ``relation`` is as the list says it, with ``spouse`` for the first."""

    name: str
    relation: str
    phone: str | None
    identity: str | None
    birth: date | None
    sex: Sex | None


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """A cleaned row. What the list does not say, or says with a sign for "none", is None or an empty text.

    ``phone`` is comparable (see ``fieldapp.domain.phone``) unless it is not plausible. ``other_phones`` are further
    plausible ones; as they were written they stand in ``remark``, and so does what the rows of the members say of the
    household. ``birth`` and ``sex`` come from the identity number
    where the list is silent. ``yearly_income`` is a year's also when the list states a month's.
    """

    name: str
    phone: str | None
    phone_plausible: bool
    identity: str | None
    birth: date | None
    sex: Sex | None
    village: Village | None
    town: str
    address: str
    household_size: int | None
    business: str
    yearly_income: Money | None
    wished_amount: Money | None
    remark: str
    other_phones: tuple[str, ...] = field(default=(), repr=False)
    members: tuple[Member, ...] = field(default=(), repr=False)
    own: HouseholdRow | None = field(default=None, repr=False)

    @property
    def of_the_head(self) -> HouseholdRow:
        """What the head's row alone says: ``own`` for one of several rows."""
        return self.own or self


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """A row by its number in the file, with its original cells.

    ``row`` is set unless the row is refused, ``reason`` only if it is; ``earlier`` is the number of the row it repeats,
    or of the head whose household it belongs to. ``head`` is that number for every row of a household of several, and
    ``head_cells`` are the head's for a member who is refused while the others come in. A row with people beside the
    head has two outcomes where some of them are refused.
    """

    number: int
    outcome: Outcome
    row: HouseholdRow | None
    reason: Invalid | None
    warnings: tuple[RowWarning, ...]
    earlier: int | None
    cells: tuple[str, ...]
    head: int | None = None
    head_cells: tuple[str, ...] = ()

    @property
    def is_of_people_beside(self) -> bool:
        """Whether a row is refused for people beside the head alone, who comes in with the others."""
        return bool(self.head_cells) and self.head == self.number

    @property
    def code(self) -> str:
        """``new``, ``member``, ``same_as_earlier_row`` or ``refused:`` with the reason's code."""
        return f"{self.outcome}:{self.reason.code}" if self.reason else self.outcome.value
