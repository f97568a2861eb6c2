"""The people in columns beside the head, read from the household's row: who comes in, and who cannot and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from fieldapp.domain.errors import Invalid
from fieldapp.domain.wording import Sentence
from fieldapp.services.household_list import cells as cell
from fieldapp.services.household_list.beside_the_head import MemberColumns
from fieldapp.services.household_list.headings import Field
from fieldapp.services.household_list.households import is_head, is_spouse
from fieldapp.services.household_list.names import names_in, says_nobody
from fieldapp.services.household_list.outcomes import HouseholdRow, Member, RowWarning
from fieldapp.services.household_list.row_reader import (
    RowReader,
    member_of,
    said_of_member,
    with_lines,
    written_relation,
)


@dataclass(frozen=True, slots=True)
class PeopleBeside:
    """The household's row with its people, the doubts about them, and why others of them cannot be taken."""

    row: HouseholdRow
    warnings: tuple[RowWarning, ...] = ()
    refused: Invalid | None = None


class BesideReader:
    """Reads the columns of the members beside the head as ``reader`` reads the head's."""

    def __init__(self, reader: RowReader, members: Sequence[MemberColumns]) -> None:
        self._members = [_OneBeside(reader, each) for each in members]

    def read(self, row: HouseholdRow, rows: Iterable[Sequence[str]]) -> PeopleBeside:
        """The people in the rows of one household. Raises Invalid where they say more than a remark can hold."""
        found = _Found(row)
        for cells in rows:
            for each in self._members:
                each.read(cells, found)
        head = found.head
        if not found.members and not found.lines:
            return PeopleBeside(head, tuple(found.warnings), found.why_refused)
        remark = with_lines(head.remark, found.lines)
        whole = replace(head, members=tuple(found.members), remark=remark, own=head.own or head)
        return PeopleBeside(whole, tuple(found.warnings), found.why_refused)


@dataclass(slots=True)
class _Found:
    head: HouseholdRow
    members: list[Member] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    warnings: list[RowWarning] = field(default_factory=list)
    refused: list[tuple[str, Invalid]] = field(default_factory=list)

    @property
    def why_refused(self) -> Invalid | None:
        """Why members are not taken: of each in turn, under the first one's code."""
        if not self.refused:
            return None
        said = [Sentence("{member}: {reason}", member=who, reason=reason.sentence) for who, reason in self.refused]
        together = said[0]
        for each in said[1:_MOST_NAMED]:
            together = Sentence("{first} {second}", first=together, second=each)
        first = self.refused[0][1]
        advice = Sentence("The others of the household come in. Mend this row and import it again.")
        return Invalid(first.code, together, field=first.field, advice=advice)


class _OneBeside:
    """The columns of one member; ``_reader`` sees these alone, counted from 0."""

    def __init__(self, reader: RowReader, member: MemberColumns) -> None:
        self._label, self._relation = member.label, member.relation
        self._fields = tuple(member.columns)
        self._columns = tuple(member.columns.values())
        places = {name: place for place, name in enumerate(self._fields)}
        self._name = places[Field.NAME]
        phone = places.get(Field.PHONE)
        self._reader = replace(
            reader,
            headings=tuple(
                reader.headings[column] if column < len(reader.headings) else "" for column in self._columns
            ),
            columns={name: place for name, place in places.items() if name is not Field.RELATION},
            village=None,
            titled=None,
            phone_columns=() if phone is None else (phone,),
            more_remarks=(),
        )
        self._relation_place = places.get(Field.RELATION)

    def read(self, cells: Sequence[str], found: _Found) -> None:
        """Add to ``found`` whom the columns name, with what has no field, or why they cannot be taken."""
        own = [cells[column] if column < len(cells) else "" for column in self._columns]
        if not any(own):
            return
        told = [
            p for p, text in enumerate(own) if p not in (self._name, self._relation_place) and not cell.is_blank(text)
        ]
        said = own[self._name]
        if not told and says_nobody(said):
            if not cell.is_blank(said):
                found.lines.append(cell.labelled(self._reader.headings[self._name], " ".join(said.split())))
            return
        names = names_in(said)
        if told and len(names) > 1:
            names = [(said, "")]
        for name, beside in names:
            own[self._name] = name
            self._take(own, self._said_relation(own, beside), found)

    def _said_relation(self, own: Sequence[str], beside: str) -> str:
        text = own[self._relation_place] if self._relation_place is not None else ""
        return beside or self._relation if cell.is_blank(text) else " ".join(text.split())

    def _take(self, own: Sequence[str], relation: str, found: _Found) -> None:
        name = cell.listed_name(own[self._name])
        who = self._label if cell.is_blank(name) else f"{self._label} {' '.join(name.split())[:_LONGEST_SHOWN]}"
        try:
            own = ["" if place == self._name and says_nobody(name) else text for place, text in enumerate(own)]
            person, warnings = self._reader.read(own)
            relation = written_relation(relation)
            again = _is_the_head(person, relation, found.head)
            if not again:
                _require_own_number(person, found)
        except Invalid as reason:
            found.refused.append((who, reason))
            return
        found.warnings += [
            RowWarning(each.code, each.field, Sentence("{member}: {doubt}", member=who, doubt=each.sentence))
            for each in warnings
        ]
        lines = [*filter(None, person.remark.split("\n"))]
        if again:
            found.head = _completed(found.head, person)
            found.lines += lines
            return
        first = is_spouse(relation) and all(member.relation != "spouse" for member in found.members)
        found.members.append(member_of(person, "spouse" if first else relation or "other"))
        if lines:
            found.lines.append(said_of_member(person.name, relation, lines))


_LONGEST_SHOWN = 20
_MOST_NAMED = 10


def _is_the_head(person: HouseholdRow, relation: str, head: HouseholdRow) -> bool:
    """Whether a member is the head again. Raises Invalid where the list calls somebody else the head."""
    same = person.name == head.name
    numbers = {number for number in (person.identity, head.identity) if number}
    if is_head(relation):
        if not same or len(numbers) > 1:
            raise Invalid(
                "member_is_head",
                Sentence("The list calls this person the head, and the row's head is {head}.", head=head.name[:40]),
                field=Field.RELATION,
            )
        return True
    if not same or len(numbers) > 1:
        return False
    return (person.identity is not None and person.identity == head.identity) or not relation


def _completed(head: HouseholdRow, person: HouseholdRow) -> HouseholdRow:
    """The head with what only the columns among the members say of them."""
    return replace(
        head,
        identity=head.identity or person.identity,
        birth=head.birth or person.birth,
        sex=head.sex or person.sex,
        phone=head.phone or person.phone,
        phone_plausible=head.phone_plausible if head.phone else person.phone_plausible,
    )


def _require_own_number(person: HouseholdRow, found: _Found) -> None:
    """Raises Invalid where somebody else of the household has the same identity number: one of them is a slip."""
    others = ((found.head.name, found.head.identity), *((each.name, each.identity) for each in found.members))
    holder = next((name for name, number in others if number is not None and number == person.identity), None)
    if holder is not None:
        sentence = Sentence(
            "This is the identity number of {name} too, who is of the same household.", name=holder[:40]
        )
        raise Invalid("member_identity_twice", sentence, field=Field.IDENTITY)
