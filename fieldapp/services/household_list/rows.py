"""What becomes of each row of a list: a new household, one already met, or refused with its reason.

Reasons are tried in one order (name, identity number, village, birth, amounts, the rest): a row has the first that
applies, and the officer who mends it sees the next. Doubts that do not stop a row are warnings.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from hashlib import blake2b
from itertools import islice

from fieldapp.domain.errors import Actionable, Invalid
from fieldapp.domain.identity import IdentityFacts, identity_facts
from fieldapp.domain.identity import Sex as StatedSex
from fieldapp.domain.money import GREATEST_FEN, Money
from fieldapp.domain.phone import PhoneNumber
from fieldapp.domain.places import Places, Village
from fieldapp.domain.record_rules import NAME_LIMIT, TEXT_LIMIT
from fieldapp.domain.records import Sex
from fieldapp.domain.wording import Sentence
from fieldapp.domain.writing import one_line, paragraphs
from fieldapp.services.household_list import cells as cell
from fieldapp.services.household_list.amounts import amount
from fieldapp.services.household_list.file import HouseholdListFile
from fieldapp.services.household_list.headings import (
    PERSONAL,
    Field,
    is_monthly,
    phone_columns,
    remark_columns,
    unit_of,
)
from fieldapp.services.household_list.households import is_spouse, rows_of_households
from fieldapp.services.household_list.phones import Telephones, is_mobile, telephones


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
    plausible ones; as they were written they stand in ``remark``. ``birth`` and ``sex`` come from the identity number
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


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """A row by its number in the file, with its original cells.

    ``row`` is set unless the row is refused, ``reason`` only if it is; ``earlier`` is the number of the row it repeats,
    or of the head whose household it belongs to.
    """

    number: int
    outcome: Outcome
    row: HouseholdRow | None
    reason: Invalid | None
    warnings: tuple[RowWarning, ...]
    earlier: int | None
    cells: tuple[str, ...]

    @property
    def code(self) -> str:
        """``new``, ``member``, ``same_as_earlier_row`` or ``refused:`` with the reason's code."""
        return f"{self.outcome}:{self.reason.code}" if self.reason else self.outcome.value


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
    reader = _RowReader(
        file.headings, file.title, columns, today, places, _likely_places(file, columns, places), village,
        _phone_columns(file.headings, columns), _more_remarks(file.headings, columns),
    )  # fmt: skip
    met: dict[bytes, int] = {}
    for found in rows_of_households(file.rows(columns), columns):
        if found.head is None:
            yield _alone(reader, *found.rows[0], met, unclear=found.unclear)
        else:
            yield from _together(reader, found.rows, found.head, met)


def _alone(
    reader: _RowReader, number: int, cells: Sequence[str], met: dict[bytes, int], *, unclear: bool
) -> RowOutcome:
    try:
        row, told = reader.read(cells)
    except Invalid as reason:
        return RowOutcome(number, Outcome.REFUSED, None, reason, (), None, tuple(cells))
    warnings = list(told)
    if unclear:
        sentence = Sentence(
            "The list calls this person {relation} of a household, and its head does not stand beside them.",
            relation=reader.relation(cells),
        )
        _warn(warnings, "household_unclear", Field.RELATION, sentence)
    return _met(number, cells, row, tuple(warnings), met)


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
    reader: _RowReader, rows: Sequence[tuple[int, list[str]]], head: int, met: dict[bytes, int]
) -> Iterator[RowOutcome]:
    """The rows of one household. Where one is refused all are: the household comes in whole, once it is mended."""
    read: list[tuple[HouseholdRow, tuple[RowWarning, ...]]] = []
    reasons: dict[int, Invalid] = {}
    for place, (number, cells) in enumerate(rows):
        try:
            read.append(reader.read(cells) if place == head else reader.read_member(cells, rows[head][1]))
        except Invalid as reason:
            reasons[number] = reason
    if reasons:
        yield from (_refused(number, cells, reasons) for number, cells in rows)
        return
    others = [
        (row, cells) for place, ((row, _), (_, cells)) in enumerate(zip(read, rows, strict=True)) if place != head
    ]
    whole = reader.with_members(read[head][0], others, rows[head][1])
    met_head = _met(*rows[head], whole, read[head][1], met)
    for place, ((row, warnings), (number, cells)) in enumerate(zip(read, rows, strict=True)):
        if place == head:
            yield met_head
        elif met_head.outcome is Outcome.NEW:
            yield RowOutcome(number, Outcome.MEMBER, row, None, warnings, met_head.number, tuple(cells))
        else:
            yield RowOutcome(number, met_head.outcome, row, None, warnings, met_head.earlier, tuple(cells))


def _refused(number: int, cells: Sequence[str], reasons: Mapping[int, Invalid]) -> RowOutcome:
    reason = reasons.get(number) or Invalid(
        "household_refused",
        Sentence("Row {row} of this household is refused. Mend it: a household is imported whole.", row=min(reasons)),
        field=Field.HOUSEHOLD,
    )
    return RowOutcome(number, Outcome.REFUSED, None, reason, (), None, tuple(cells))


_REPEATED = frozenset((Field.IDENTITY, Field.PHONE, Field.OTHER_PHONE, Field.REMARK))
"""What a member has not from the head: where both rows say the same, it is the head's."""
_OF_THE_HOUSEHOLD = frozenset(Field) - PERSONAL - {Field.REMARK, Field.HOUSEHOLD, Field.RELATION}
_SAMPLED = 500
_REMEMBERED = 5_000
_ADDRESS_TO_VILLAGE = re.compile(r".{2,40}?(?:村委会|村|社区|居委会)")
_MORE_THAN_A_NAME = re.compile(r"[0-9()/、,;:*?&+]")
_PART_OF_VILLAGE = re.compile(r"[组号队湾屯]$")
_MOST_PEOPLE = 30
_UNLIKELY = Money.yuan(10_000_000)
"""No household of this programme earns or asks for so much: most likely 50000 stands under 万元."""
_UNLIKELY_LITTLE = Money.yuan(100)
"""Nor for so little: most likely 5 means 5万."""
_BUSINESS_LIMIT = 200
_ADDRESS_LIMIT = 500
_DIALLED = re.compile(r"\+?(?!(\d)\1+$)\d{7,}", re.ASCII)


@dataclass(slots=True)
class _RowReader:
    headings: tuple[str, ...]
    title: str
    columns: Mapping[Field, int]
    today: date
    places: Places
    near: Sequence[str]
    village: Village | None
    phone_columns: tuple[int, ...]
    more_remarks: tuple[int, ...]
    found: dict[tuple[str, ...], Village] = field(default_factory=dict)

    def read(self, cells: Sequence[str]) -> tuple[HouseholdRow, tuple[RowWarning, ...]]:
        """The cleaned row and its doubts. Raises Invalid with the first reason to refuse it."""
        warnings: list[RowWarning] = []
        name = cell.person_name(self._of(Field.NAME, cells), limit=NAME_LIMIT)
        answers: list[str] = []
        facts = self._identity(self._of(Field.IDENTITY, cells), answers)
        if _MORE_THAN_A_NAME.search(name):
            sentence = Sentence("Something stands beside the name: {name}.", name=name[:40])
            _warn(warnings, "name_unlikely", Field.NAME, sentence)
        village, town = self._place(cells, warnings)
        birth = self._birth(self._of(Field.BIRTH, cells), facts, warnings, answers)
        wished = self._amount(Field.WISHED_AMOUNT, cells, warnings, answers)
        income = self._amount(Field.YEARLY_INCOME, cells, warnings, answers)
        phones = self._phones(cells, warnings)
        phone = phones.first
        remark = paragraphs(self._said(Field.REMARK, cells), field=Field.REMARK, limit=TEXT_LIMIT)
        self._surplus(cells, warnings, answers)
        part = self._part_of_village(cells)
        address = one_line(self._said(Field.ADDRESS, cells), field=Field.ADDRESS, limit=_ADDRESS_LIMIT)
        if part and address and part not in address:
            self._keep(Field.VILLAGE, part, answers)
        row = HouseholdRow(
            name=name,
            phone=phone.digits if phone else None,
            phone_plausible=phone.plausible if phone else True,
            identity=facts.number if facts else None,
            birth=birth,
            sex=self._sex(self._of(Field.SEX, cells), facts, warnings, answers),
            village=village,
            town=village.town if village else town,
            address=address or part,
            household_size=self._household_size(self._of(Field.HOUSEHOLD_SIZE, cells), warnings, answers),
            business=one_line(self._said(Field.BUSINESS, cells), field=Field.BUSINESS, limit=_BUSINESS_LIMIT),
            yearly_income=income,
            wished_amount=wished,
            remark=_with_lines(remark, (*self._more_remarks(cells), *phones.kept, *answers)),
            other_phones=phones.others,
        )
        return row, tuple(warnings)

    def relation(self, cells: Sequence[str]) -> str:
        """The relation to the head, as it is written."""
        return one_line(self._said(Field.RELATION, cells), field=Field.RELATION, limit=NAME_LIMIT)

    def read_member(self, cells: Sequence[str], head: Sequence[str]) -> tuple[HouseholdRow, tuple[RowWarning, ...]]:
        """What a row says of a member; what it repeats of the head's row is the head's. Raises Invalid."""
        own = list(cells)
        for name, column in self.columns.items():
            heading = self.headings[column] if column < len(self.headings) else ""
            repeated = name in _REPEATED or "户主" in heading
            if repeated and column < min(len(own), len(head)) and _same(own[column], head[column]):
                own[column] = ""
        for column in self.more_remarks:
            if column < min(len(own), len(head)) and _same(own[column], head[column]):
                own[column] = ""
        columns = {name: column for name, column in self.columns.items() if name in PERSONAL or name is Field.REMARK}
        self.relation(cells)
        return replace(self, columns=columns, village=None).read(own)

    def with_members(
        self, row: HouseholdRow, others: Sequence[tuple[HouseholdRow, Sequence[str]]], head: Sequence[str]
    ) -> HouseholdRow:
        """The head's row with the members; what else their rows say goes to the remark. Raises Invalid."""
        members: list[Member] = []
        lines: list[str] = []
        for other, cells in others:
            relation = self.relation(cells)
            first = is_spouse(relation) and all(member.relation != "spouse" for member in members)
            members.append(
                Member(
                    other.name, "spouse" if first else relation or "other", other.phone, other.identity, other.birth,
                    other.sex,
                )
            )  # fmt: skip
            if said := [*filter(None, other.remark.split("\n")), *self._beside(cells, head)]:
                lines.append(
                    f"{other.name}（{relation}）：{'；'.join(said)}" if relation else f"{other.name}：{'；'.join(said)}"
                )
        return replace(row, members=tuple(members), remark=_with_lines(row.remark, lines))

    def _beside(self, cells: Sequence[str], head: Sequence[str]) -> Iterator[str]:
        """What a member's row says that is neither the person's nor the same as in the head's row."""
        for name, column in self.columns.items():
            text = self._said(name, cells)
            if text and name in _OF_THE_HOUSEHOLD and not _same(text, self._of(name, head)):
                heading = self.headings[column] if column < len(self.headings) else ""
                yield cell.labelled(heading, one_line(text, field=name, limit=TEXT_LIMIT))

    def _of(self, field: Field, cells: Sequence[str]) -> str:
        column = self.columns.get(field, -1)
        return cells[column] if 0 <= column < len(cells) else ""

    def _said(self, field: Field, cells: Sequence[str]) -> str:
        text = self._of(field, cells)
        return "" if cell.is_blank(text) else text

    def _part_of_village(self, cells: Sequence[str]) -> str:
        """The cell of the village where it tells the group too, as 和平村三组 does: a beginning of the address."""
        text = one_line(self._said(Field.VILLAGE, cells), field=Field.ADDRESS, limit=_ADDRESS_LIMIT)
        return text if _PART_OF_VILLAGE.search(text) else ""

    def _keep(self, field: Field, text: str, answers: list[str]) -> None:
        """What the field has no room for, as a line for the remark."""
        column = self.columns[field]
        heading = self.headings[column] if column < len(self.headings) else ""
        answers.append(cell.labelled(heading, one_line(text, field=field, limit=NAME_LIMIT)))

    def _more_remarks(self, cells: Sequence[str]) -> Iterator[str]:
        """Remarks in further columns: 备注2, 其他说明."""
        for column in self.more_remarks:
            if column < len(cells) and not cell.is_blank(cells[column]):
                yield cell.labelled(self.headings[column], paragraphs(cells[column], field="remark", limit=TEXT_LIMIT))

    def _surplus(self, cells: Sequence[str], warnings: list[RowWarning], answers: list[str]) -> None:
        """Cells further right than any heading: a comma in an address has shifted the row, or somebody wrote a note."""
        used = set(self.columns.values())
        for column in range(len(self.headings), len(cells)) if self.headings else ():
            if column not in used and not cell.is_blank(cells[column]):
                answers.append(one_line(cells[column], field=Field.REMARK, limit=TEXT_LIMIT))
                if all(warning.code != "row_longer" for warning in warnings):
                    sentence = Sentence("This row has more cells than the list has headings. They are in the remark.")
                    _warn(warnings, "row_longer", Field.REMARK, sentence)

    def _identity(self, text: str, answers: list[str]) -> IdentityFacts | None:
        if cell.is_blank(text):
            return None
        if not any(map(str.isdigit, text)) and len(text) <= NAME_LIMIT:
            self._keep(Field.IDENTITY, text, answers)
            return None
        if cell.is_damaged_number(text):
            raise Invalid(
                "identity_damaged",
                Sentence("Excel has cut this identity number: its last digits are lost."),
                field=Field.IDENTITY,
                advice=Sentence("Format the column as text and type the number again."),
            )
        return identity_facts(cell.squeezed(text), self.today, Field.IDENTITY)

    def _place(self, cells: Sequence[str], warnings: list[RowWarning]) -> tuple[Village | None, str]:
        town = one_line(self._said(Field.TOWN, cells), field=Field.TOWN, limit=NAME_LIMIT)
        stated = [self._of(field, cells) for field in (Field.VILLAGE_CODE, Field.VILLAGE) if field in self.columns]
        if not stated:
            return self.village or self._village_of_address(self._of(Field.ADDRESS, cells), town), town
        said = [text for text in stated if not cell.is_blank(text)]
        village = self._village(said, town)
        if town and not self.places.knows_town(town):
            _warn(warnings, "town_unknown", Field.TOWN, Sentence("The town {town} is unknown.", town=town[:40]))
        elif town and not self.places.is_in_town(village, town):
            sentence = Sentence("The village lies in {there}, not in {town}.", there=village.town, town=town[:40])
            _warn(warnings, "town_disagrees", Field.TOWN, sentence)
        return village, town

    def _village(self, said: Sequence[str], town: str) -> Village:
        """The village by the first statement that names one; the last statement's problem when none does."""
        asked = (town, *said)
        if asked in self.found:
            return self.found[asked]
        village = None
        for text in said[:-1]:
            with suppress(Invalid):
                village = village or self.places.find_village(cell.squeezed(text), town=town, near=self.near)
        if village is None:
            village = self.places.find_village(cell.squeezed(said[-1]) if said else "", town=town, near=self.near)
        if len(self.found) < _REMEMBERED:
            self.found[asked] = village
        return village

    def _village_of_address(self, address: str, town: str) -> Village | None:
        """The village an address begins with, for lists that have no column for it."""
        if match := _ADDRESS_TO_VILLAGE.match(cell.squeezed(address)):
            with suppress(Invalid):
                return self.places.find_village(match[0], town=town, near=self.near)
        return None

    def _birth(
        self, text: str, facts: IdentityFacts | None, warnings: list[RowWarning], answers: list[str]
    ) -> date | None:
        """The day of birth; a month, a year or 不详 is none and goes to ``answers`` unless the number tells it."""
        if cell.is_blank(text):
            return facts.birth if facts else None
        if cell.is_answer(text):
            self._keep(Field.BIRTH, text, answers)
            return facts.birth if facts else None
        if part := cell.part_of_birth(text):
            if facts is None:
                sentence = Sentence("The list tells year and month of birth only. The date is left out.")
                _warn(warnings, "birth_day_missing", Field.BIRTH, sentence)
                self._keep(Field.BIRTH, text, answers)
                return None
            _compare_births(part, facts, warnings)
            return facts.birth
        birth = cell.birth_date(text, self.today)
        if facts:
            _compare_births(birth.isoformat(), facts, warnings)
        return birth

    def _amount(
        self, field: Field, cells: Sequence[str], warnings: list[RowWarning], answers: list[str]
    ) -> Money | None:
        """The amount; an answer in its place (不需要, 有, 不详) is no amount and goes to ``answers``."""
        text = self._of(field, cells)
        if cell.is_blank(text):
            return None
        heading = self.headings[self.columns[field]] if self.columns[field] < len(self.headings) else ""
        if cell.is_answer(text):
            self._keep(field, text, answers)
            return None
        money = amount(text, field=field, unit=unit_of(heading, self.title))
        if field is Field.YEARLY_INCOME and is_monthly(heading):
            money *= 12
        if money.fen > GREATEST_FEN:
            raise Invalid("amount", Sentence("This amount is too large to be meant."), field=field)
        if money >= _UNLIKELY or Money(0) < money < _UNLIKELY_LITTLE:
            sentence = Sentence(
                "{text} means {yuan} yuan here. Look at the unit.", text=text.strip()[:20], yuan=f"{money.fen // 100:,}"
            )
            _warn(warnings, "amount_unlikely", field, sentence)
        return money

    def _phones(self, cells: Sequence[str], warnings: list[RowWarning]) -> Telephones:
        """The person's number and the others, which are words for the remark, so that none is lost."""
        found = telephones(
            (self.headings[column] if column < len(self.headings) else "", cells[column])
            for column in self.phone_columns
            if column < len(cells)
        )
        if found.several:
            sentence = Sentence("Words stand among several telephone numbers. One is used, all are in the remark.")
            _warn(warnings, "phone_several", Field.PHONE, sentence)
        if found.implausible and (doubt := PhoneNumber("", plausible=False).warning):
            _warn(warnings, "phone_implausible", Field.PHONE, doubt)
        return found

    def _sex(
        self, text: str, facts: IdentityFacts | None, warnings: list[RowWarning], answers: list[str]
    ) -> Sex | None:
        stated = cell.sex(text)
        if stated is None and not cell.is_blank(text):
            self._keep(Field.SEX, text, answers)
        if facts is None:
            return stated
        told: Sex = "M" if facts.sex is StatedSex.MALE else "F"
        if stated and stated != told:
            sentence = Sentence("The sex differs from the one the identity number tells.")
            _warn(warnings, "sex_disagrees", Field.SEX, sentence)
        return stated or told

    def _household_size(self, text: str, warnings: list[RowWarning], answers: list[str]) -> int | None:
        if cell.is_blank(text):
            return None
        size = cell.head_count(text)
        if size is None or not 0 < size <= _MOST_PEOPLE:
            sentence = Sentence("{text} is not a number of people. It is left out.", text=text.strip()[:20])
            _warn(warnings, "household_size", Field.HOUSEHOLD_SIZE, sentence)
            self._keep(Field.HOUSEHOLD_SIZE, text, answers)
            return None
        return size


def _same(text: str, other: str) -> bool:
    return cell.squeezed(text) == cell.squeezed(other)


def _warn(warnings: list[RowWarning], code: str, field: Field, sentence: Sentence) -> None:
    warnings.append(RowWarning(code, field, sentence))


def _compare_births(stated: str, facts: IdentityFacts, warnings: list[RowWarning]) -> None:
    """Warn where the birth, or the month of it, that the list states is not that of the identity number."""
    if not facts.birth.isoformat().startswith(stated):
        sentence = Sentence(
            "The date of birth {birth} differs from {identity_birth} in the identity number.",
            birth=stated,
            identity_birth=facts.birth.isoformat(),
        )
        _warn(warnings, "birth_disagrees", Field.BIRTH, sentence)


def _with_lines(remark: str, lines: Sequence[str]) -> str:
    if not lines:
        return remark
    return paragraphs("\n".join(part for part in (remark, *lines) if part), field=Field.REMARK, limit=TEXT_LIMIT)


def telling_phone(row: HouseholdRow) -> str | None:
    """The telephone by which a household is known again, plausible or not.

    None for what many households of one name may share: words such as 不详, 1.38E+10, a row of zeros, a short number.
    """
    if row.phone is None or row.phone_plausible or _DIALLED.fullmatch(row.phone):
        return row.phone
    return None


def household_keys(row: HouseholdRow) -> tuple[bytes, ...]:
    """Under what a household is known, the surest first: name and telephone, whichever of several.

    Without a telephone it is the identity number, else all that the row says.
    """
    if phone := telling_phone(row):
        return tuple(_digest(("phone", row.name, each)) for each in (phone, *row.other_phones))
    return (_digest(("identity", row.name, row.identity) if row.identity else row),)


def sought_keys(row: HouseholdRow) -> tuple[bytes, ...]:
    """By what a row is looked for among those known: its number, and its other mobile numbers.

    Who has an identity number is found by that: a second number may be the whole village's. So may a landline.
    """
    if (phone := telling_phone(row)) is None or row.identity:
        return household_keys(row)[:1]
    return tuple(_digest(("phone", row.name, each)) for each in (phone, *filter(is_mobile, row.other_phones)))


def _digest(shared: object) -> bytes:
    return blake2b(repr(shared).encode("utf-8", "replace"), digest_size=16).digest()


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
