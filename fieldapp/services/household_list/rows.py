"""What becomes of each row of a list: a new household, one already met, or refused with its reason."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from itertools import chain, islice

from fieldapp.domain.errors import Actionable, Invalid
from fieldapp.domain.places import Places, Village
from fieldapp.domain.wording import Sentence
from fieldapp.services.household_list.file import HouseholdListFile
from fieldapp.services.household_list.headings import (
    Field,
    phone_columns,
    remark_columns,
)
from fieldapp.services.household_list.households import RowsOfOne, rows_of_households, with_named_heads
from fieldapp.services.household_list.known_by import household_keys, sought_keys
from fieldapp.services.household_list.outcomes import HouseholdRow, Outcome, RowOutcome, RowWarning, warn
from fieldapp.services.household_list.people_beside import BesideReader, PeopleBeside
from fieldapp.services.household_list.row_reader import RowReader

Row = tuple[int, list[str]]


def clean_rows(
    file: HouseholdListFile,
    columns: Mapping[Field, int],
    today: date,
    places: Places,
    *,
    village: Village | None = None,
) -> Iterator[RowOutcome]:
    """The outcome of each row in the order of the file, read as it is asked for.

    ``columns`` are the guessed ones or what the officer made of them; ``village`` is the households' where the list
    has no column for it; failing that, the address may name it. Raises Actionable ``list_name_column_missing``, and
    as ``HouseholdListFile.rows`` does.
    """
    if Field.NAME not in columns:
        raise Actionable(
            "list_name_column_missing",
            Sentence("The list has no column for the name."),
            advice=Sentence("Say in the preview which column holds the name."),
        )
    reader = RowReader(
        file.headings, file.title, columns, today, places, _likely_places(file, columns, places), village,
        _phone_columns(file.headings_of_head, columns), _more_remarks(file.headings_of_head, columns),
        titled=None if _VILLAGES_OF_ROWS & columns.keys() else _village_of_title(file.title, places),
    )  # fmt: skip
    members = file.members(columns)
    beside = BesideReader(reader, members) if members else None
    met: dict[bytes, int] = {}
    going_on = file.rows_that_go_on(columns[Field.NAME])
    rows = _FirstTable(file, file.rows(columns))
    for found in rows_of_households(with_named_heads(rows, columns, file.headings), columns, going_on):
        if found.head is None:
            yield from _alone(reader, beside, found, met)
        else:
            yield from _together(reader, found.rows, found.head, met)
    yield from rows.refused()


class _FirstTable:
    """The rows of a list up to headings that name its columns otherwise: what follows these is no row of it."""

    def __init__(self, file: HouseholdListFile, rows: Iterator[Row]) -> None:
        self._file, self._rows = file, rows
        self._further: Row | None = None

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            if self._file.heads_another_table(row[1]):
                self._further = row
                return
            yield row

    def refused(self) -> Iterator[RowOutcome]:
        """What stands below the rows that were given, refused with the row where it begins."""
        if self._further is None:
            return
        reason = Invalid(
            "another_table",
            Sentence(
                "A table with other columns begins in row {row}, and this row belongs to it.", row=self._further[0]
            ),
            field=Field.NAME,
            advice=Sentence("Copy that table with its headings into a list of its own and import it."),
        )
        for number, cells in chain([self._further], self._rows):
            yield RowOutcome(number, Outcome.REFUSED, None, reason, (), None, tuple(cells))


def _alone(
    reader: RowReader,
    beside: BesideReader | None,
    of_one: RowsOfOne,
    met: dict[bytes, int],
) -> Iterator[RowOutcome]:
    """The outcome of a row that stands for itself, and of those that go on with its person: they are in its remark.

    The people ``beside`` the head come in with it; of those who cannot be read a second outcome says why.
    """
    rows, unclear = of_one.rows, of_one.unclear
    (number, cells), *further = rows
    try:
        reader.require_somebody(cells)
        row, told = reader.read(cells)
        whole = reader.with_further(row, [more for _, more in further], cells) if further else row
        goes_on = whole.remark != row.remark
        people = beside.read(whole, (own for _, own in rows)) if beside else PeopleBeside(whole)
        if unclear:
            reader.require_own_numbers((of_one.first or rows[0])[1])
            _require_head(people)
    except Invalid as reason:
        yield from (RowOutcome(n, Outcome.REFUSED, None, reason, (), None, tuple(own)) for n, own in rows)
        return
    warnings = list(told)
    if goes_on:
        sentence = Sentence("The rows below go on with this household. What they say is in the remark.")
        warn(warnings, "row_continued", Field.REMARK, sentence)
    if unclear:
        relation = reader.relation(cells)
        sentence = (
            Sentence(
                "The list calls this person {relation} of a household, and its head does not stand beside them.",
                relation=relation,
            )
            if relation
            else Sentence("The list gives this person to a household whose head does not stand beside them.")
        )
        warn(warnings, "household_unclear", Field.RELATION, sentence)
    outcome = _met(number, cells, people.row, (*warnings, *people.warnings), met)
    if people.refused is not None and outcome.outcome is Outcome.NEW:
        yield replace(outcome, head=number)
        yield RowOutcome(number, Outcome.REFUSED, None, people.refused, (), None, tuple(cells), number, tuple(cells))
    else:
        yield outcome
    for own_number, own in further:
        yield RowOutcome(
            own_number, Outcome.SAME_AS_EARLIER_ROW, people.row, None, (), outcome.earlier or number, tuple(own)
        )


def _require_head(people: PeopleBeside) -> None:
    """Raises Invalid where somebody beside the row's first person is the head, and that one a member."""
    if people.refused is not None and people.refused.code == "member_is_head":
        raise Invalid(
            "member_is_head",
            people.refused.sentence,
            field=Field.RELATION,
            advice=Sentence("Put the head first in this row and import it again."),
        )


def _met(
    number: int, cells: Sequence[str], row: HouseholdRow, warnings: tuple[RowWarning, ...], met: dict[bytes, int]
) -> RowOutcome:
    earlier = next((met[key] for key in sought_keys(row) if key in met), None)
    for key in household_keys(row):
        met.setdefault(key, earlier or number)
    if earlier is not None:
        return RowOutcome(number, Outcome.SAME_AS_EARLIER_ROW, row, None, warnings, earlier, tuple(cells))
    return RowOutcome(number, Outcome.NEW, row, None, warnings, None, tuple(cells))


def _together(
    reader: RowReader, rows: Sequence[tuple[int, list[str]]], head: int, met: dict[bytes, int]
) -> Iterator[RowOutcome]:
    """The rows of one household: a member who is refused is left out, without the head nobody comes in."""
    number, cells = rows[head]
    others: list[tuple[HouseholdRow, Sequence[str]]] = []
    told: dict[int, tuple[RowWarning, ...]] = {}
    refused: dict[int, Invalid] = {}
    try:
        first, told[head] = reader.read(cells)
        for place, (_, own) in enumerate(rows):
            if place == head:
                continue
            try:
                member, told[place] = reader.read_member(own, cells)
            except Invalid as reason:
                refused[place] = reason
            else:
                others.append((member, own))
        whole = reader.with_members(first, others, cells)
    except Invalid as reason:
        yield from (_waiting(row, reason if place == head else None, number) for place, row in enumerate(rows))
        return
    met_head = replace(_met(number, cells, whole, told[head], met), head=number)
    read = iter(others)
    for place, (own_number, own) in enumerate(rows):
        if place == head:
            yield met_head
        elif place in refused:
            yield RowOutcome(
                own_number, Outcome.REFUSED, None, refused[place], (), None, tuple(own), number, tuple(cells)
            )
        else:
            member, _ = next(read)
            outcome, earlier = (
                (Outcome.MEMBER, number) if met_head.outcome is Outcome.NEW else (met_head.outcome, met_head.earlier)
            )
            yield RowOutcome(own_number, outcome, member, None, told[place], earlier, tuple(own), number)


def _waiting(row: tuple[int, list[str]], reason: Invalid | None, head: int) -> RowOutcome:
    """A row of a household whose head, by its number, is refused; ``reason`` is the head's own."""
    number, cells = row
    said = reason or Invalid(
        "household_refused",
        Sentence(
            "Row {row}, the head of this household, is refused. Mend it: nobody comes in without the head.", row=head
        ),
        field=Field.HOUSEHOLD,
    )
    return RowOutcome(number, Outcome.REFUSED, None, said, (), None, tuple(cells), head)


_SAMPLED = 500
_VILLAGES_OF_ROWS = frozenset((Field.VILLAGE, Field.VILLAGE_CODE))
_VILLAGES = re.compile(r"村(?!民|镇|委|组|干|集)|社区|居委会")
_TO_VILLAGE = re.compile(r"[^:：\s]{2,40}?(?:村(?!民|镇|集)|社区|居委会)")


def _village_of_title(title: str, places: Places) -> Village | None:
    """The village that the title of a list without a column of places names, where it names one and no other."""
    found: dict[str, Village] = {}
    for line in title.split("\n"):
        if (match := _TO_VILLAGE.match(line)) is None or len(_VILLAGES.findall(line)) > 1:
            continue
        with suppress(Invalid):
            village = places.find_village(match[0])
            found[village.code] = village
    return next(iter(found.values())) if len(found) == 1 else None


def _phone_columns(headings: Sequence[str], columns: Mapping[Field, int]) -> tuple[int, ...]:
    """The columns with telephones: the chosen ones, and with a second one also a third and fourth."""
    chosen = [columns[name] for name in (Field.PHONE, Field.OTHER_PHONE) if name in columns]
    used = set(columns.values())
    more = [guess.column for guess in phone_columns(headings)] if Field.OTHER_PHONE in columns else []
    return tuple(dict.fromkeys([*chosen, *(column for column in more if column not in used)]))


def _more_remarks(headings: Sequence[str], columns: Mapping[Field, int]) -> tuple[int, ...]:
    used = set(columns.values())
    return tuple(c for c in remark_columns(headings) if c not in used) if Field.REMARK in columns else ()


def _likely_places(file: HouseholdListFile, columns: Mapping[Field, int], places: Places) -> tuple[str, ...]:
    """Beginnings of codes that decide between namesakes: what the title names, then the county most rows lie in."""
    near = [*places.towns_named_in(file.title), *(area.code for area in places.areas_named_in(file.title))]
    column = columns.get(Field.VILLAGE_CODE, columns.get(Field.VILLAGE))
    if column is not None:
        counties: Counter[str] = Counter()
        for _, cells in islice(file.rows(columns), _SAMPLED):
            try:
                counties[places.find_village(cells[column] if column < len(cells) else "").area_code] += 1
            except Invalid:
                continue
        near.extend(code for code, count in counties.most_common(1) if count * 2 > counties.total())
    return tuple(near)
