"""The cells of one row read into a household or a member of one, or the first reason why they cannot be.

Reasons are tried in one order (name, identity number, village, birth, amounts, the rest): a row has the first that
applies, and the officer who mends it sees the next. Doubts that do not stop a row are warnings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from fieldapp.domain.errors import Invalid
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
from fieldapp.services.household_list.amounts import amount_said
from fieldapp.services.household_list.headings import PERSONAL, Field, is_a_number_of_the_head
from fieldapp.services.household_list.households import is_spouse
from fieldapp.services.household_list.outcomes import HouseholdRow, Member, RowWarning, warn
from fieldapp.services.household_list.phones import Telephones, telephones
from fieldapp.services.household_list.stated_units import period_above, period_of, unit_stated

_REPEATED = frozenset((Field.IDENTITY, Field.PHONE, Field.OTHER_PHONE, Field.REMARK))
"""What a member has not from the head: where both rows say the same, it is the head's."""
_OF_THE_HOUSEHOLD = frozenset(Field) - PERSONAL - {Field.REMARK, Field.HOUSEHOLD, Field.RELATION}
_REMEMBERED = 5_000
_ADDRESS_TO_VILLAGE = re.compile(r".{2,40}?(?:村委会|村|社区|居委会)")
_MORE_THAN_A_NAME = re.compile(r"[0-9()/、,;:*&+]")
_IDENTITY_DIGITS = 18
_OF_A_CERTIFICATE = re.compile(r"(\d{17}[\dXx])[1-7][1-4](?:[A-Za-z]\d?)?", re.ASCII)
_OF_A_PASSPORT = re.compile(r"[A-Za-z]{1,2}\d{7,10}(?:\([\dA-Za-z]\))?", re.ASCII)
_IDENTITY_IN_TEXT = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])", re.ASCII)
_IDENTITY_LABEL = re.compile(r"(?:居民|公民)?身份(?:证|证件)?(?:号码?)?|证件号码?|^id(?:no\.?|number)?", re.IGNORECASE)
_GROUP_NUMBER = re.compile(r"^([0-9]{1,2})(?=[组队])")
_FIGURE = re.compile("[0-9一二三四五六七八九十]")
_NO_FIGURE = f"(?<!{_FIGURE.pattern})"
_WITHIN_A_VILLAGE = re.compile(
    r"$|(?:第?[0-9一二三四五六七八九十]{1,3}(?:村民)?(?:小组|[组队号湾塆屯])[^省市县镇乡村]*)$"
)
_PART_OF_VILLAGE = re.compile(r"[组号队湾屯]$")
_MOST_PEOPLE = 30
_UNLIKELY = Money.yuan(10_000_000)
"""No household of this programme earns or asks for so much: most likely 50000 stands under 万元."""
_UNLIKELY_LITTLE = Money.yuan(100)
"""Nor for so little: most likely 5 means 5万."""
_BUSINESS_LIMIT = 200
_ADDRESS_LIMIT = 500


@dataclass(slots=True)
class RowReader:
    """Reads the cells of one row after the other; ``near`` are beginnings of codes that decide between namesakes,
    ``titled`` is the village of a list that names it above the table alone: theirs who live within a village.

    Every method raises Invalid for a row that cannot be taken.
    """

    headings: tuple[str, ...]
    title: str
    columns: Mapping[Field, int]
    today: date
    places: Places
    near: Sequence[str]
    village: Village | None
    phone_columns: tuple[int, ...]
    more_remarks: tuple[int, ...]
    titled: Village | None = None
    found: dict[tuple[str, ...], Village] = field(default_factory=dict)

    def read(self, cells: Sequence[str]) -> tuple[HouseholdRow, tuple[RowWarning, ...]]:
        """The cleaned row and its doubts. Raises Invalid with the first reason to refuse it."""
        warnings: list[RowWarning] = []
        name = cell.person_name(cell.listed_name(self._of(Field.NAME, cells)), limit=NAME_LIMIT)
        cell.refuse_heading(name)
        answers: list[str] = []
        facts = self._identity(self._of(Field.IDENTITY, cells), warnings, answers)
        if cell.has_lost_characters(name):
            sentence = Sentence("A character of this name did not come through: {name}. Type it again.", name=name[:40])
            warn(warnings, "name_character", Field.NAME, sentence)
        elif _MORE_THAN_A_NAME.search(name):
            sentence = Sentence("Something stands beside the name: {name}.", name=name[:40])
            warn(warnings, "name_unlikely", Field.NAME, sentence)
        village, town = self._place(cells, warnings)
        birth = self._birth(self._of(Field.BIRTH, cells), facts, warnings, answers)
        wished = self._amount(Field.WISHED_AMOUNT, cells, warnings, answers)
        income = self._amount(Field.YEARLY_INCOME, cells, warnings, answers)
        phones = self._phones(cells, warnings)
        phone = phones.first
        remark = paragraphs(self._said(Field.REMARK, cells), field=Field.REMARK, limit=TEXT_LIMIT)
        self._surplus(cells, warnings, answers)
        part = self._part_of_village(cells)
        address = self._line(Field.ADDRESS, cells, _ADDRESS_LIMIT)
        if part and address and not _names_part(address, part):
            self._keep(Field.GROUP if self._said(Field.GROUP, cells) else Field.VILLAGE, part, answers)
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
            business=self._line(Field.BUSINESS, cells, _BUSINESS_LIMIT),
            yearly_income=income,
            wished_amount=wished,
            remark=with_lines(remark, (*self._more_remarks(cells), *phones.kept, *answers)),
            other_phones=phones.others,
        )
        return row, tuple(warnings)

    def require_somebody(self, cells: Sequence[str]) -> None:
        """Raises Invalid where nothing stands in a row of several columns but a place or the heading of a part."""
        own = self.columns[Field.NAME]
        if len(self.columns) > 1 and all(cell.is_blank(text) for column, text in enumerate(cells) if column != own):
            cell.refuse_place(cell.listed_name(self._of(Field.NAME, cells)))

    def relation(self, cells: Sequence[str]) -> str:
        """The relation to the head, as it is written."""
        return written_relation(self._said(Field.RELATION, cells))

    def require_own_numbers(self, cells: Sequence[str]) -> None:
        """Raises Invalid where a row of members gives numbers of a head who has no row, under 户主电话 or the like."""
        for heading, text in zip(self.headings, cells, strict=False):
            if is_a_number_of_the_head(heading) and not cell.is_blank(text):
                raise Invalid(
                    "head_without_row",
                    Sentence(
                        "Under {heading} stands what is the head's, and the head has no row among their people.",
                        heading=" ".join(heading.split())[:40],
                    ),
                    field=Field.HOUSEHOLD,
                    advice=Sentence("Write the head's own row above theirs, with 户主 as the relation."),
                )

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
        return replace(self, columns=columns, village=None, titled=None).read(own)

    def with_members(
        self, row: HouseholdRow, others: Sequence[tuple[HouseholdRow, Sequence[str]]], head: Sequence[str]
    ) -> HouseholdRow:
        """The head's row with the members; what else their rows say goes to the remark. Raises Invalid."""
        members: list[Member] = []
        lines: list[str] = []
        for other, cells in others:
            relation = self.relation(cells)
            first = is_spouse(relation) and all(member.relation != "spouse" for member in members)
            members.append(member_of(other, "spouse" if first else relation or "other"))
            if said := [*filter(None, other.remark.split("\n")), *self._beside(cells, head)]:
                lines.append(said_of_member(other.name, relation, said))
        return replace(row, members=tuple(members), remark=with_lines(row.remark, lines), own=row)

    def with_further(self, row: HouseholdRow, others: Sequence[Sequence[str]], first: Sequence[str]) -> HouseholdRow:
        """The row with what the rows that go on with it say beside the first. Raises Invalid."""
        columns = sorted({*self.columns.values(), *self.phone_columns, *self.more_remarks})
        lines = [
            cell.labelled(
                self.headings[column] if column < len(self.headings) else "",
                one_line(cells[column], field=Field.REMARK, limit=TEXT_LIMIT),
            )
            for cells in others
            for column in columns
            if column < len(cells)
            and not cell.is_blank(cells[column])
            and not _same(cells[column], first[column] if column < len(first) else "")
        ]
        return replace(row, remark=with_lines(row.remark, lines), own=row)

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

    def _line(self, said: Field, cells: Sequence[str], limit: int, *, field: Field | None = None) -> str:
        """What a cell says, on one line. Raises Invalid ``too_long``, of ``field`` where that is another."""
        text = self._said(said, cells)
        return one_line(text, field=field or said, limit=limit) if text else ""

    def _part_of_village(self, cells: Sequence[str]) -> str:
        """Where in the village, a beginning of the address: the cell of the group, or of a village as 和平村三组."""
        text = self._line(Field.VILLAGE, cells, _ADDRESS_LIMIT, field=Field.ADDRESS)
        part = text if _PART_OF_VILLAGE.search(text) else ""
        group = self._line(Field.GROUP, cells, _ADDRESS_LIMIT, field=Field.ADDRESS)
        if (number := cell.squeezed(group)).isdecimal():
            group = f"{number}组"
        return part if part and _names_part(part, group) else part + group

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
                    warn(warnings, "row_longer", Field.REMARK, sentence)

    def _identity(self, text: str, warnings: list[RowWarning], answers: list[str]) -> IdentityFacts | None:
        """What the number tells; a disability certificate's begins with it. Words beside it are kept."""
        if cell.is_blank(text):
            return None
        if not any(map(str.isdigit, text)) and len(text) <= NAME_LIMIT:
            self._keep(Field.IDENTITY, text, answers)
            return None
        cell.refuse_calculation(text, "identity_characters", Field.IDENTITY)
        if cell.is_damaged_number(text):
            raise Invalid(
                "identity_damaged",
                Sentence("Excel has cut this identity number: its last digits are lost."),
                field=Field.IDENTITY,
                advice=Sentence("Format the column as text and type the number again."),
            )
        number = cell.squeezed(text)
        if certificate := _OF_A_CERTIFICATE.fullmatch(number):
            facts = identity_facts(certificate[1], self.today, Field.IDENTITY)
            sentence = Sentence("This is a disability certificate's number: its first 18 digits are used.")
            warn(warnings, "identity_of_certificate", Field.IDENTITY, sentence)
            return facts
        if len(number) > _IDENTITY_DIGITS and len(found := _IDENTITY_IN_TEXT.findall(number)) == 1:
            facts = identity_facts(found[0], self.today, Field.IDENTITY)
            if beside := _IDENTITY_LABEL.sub("", number.replace(found[0], "", 1)).strip(":：()；;，,、"):
                self._keep(Field.IDENTITY, beside, answers)
            return facts
        if _OF_A_PASSPORT.fullmatch(number):
            raise Invalid(
                "identity_other_document",
                Sentence("This seems to be the number of a passport or permit, not of an identity card."),
                field=Field.IDENTITY,
                advice=Sentence("Move it to the remark and import the row again."),
            )
        return identity_facts(number, self.today, Field.IDENTITY)

    def _place(self, cells: Sequence[str], warnings: list[RowWarning]) -> tuple[Village | None, str]:
        town = self._line(Field.TOWN, cells, NAME_LIMIT)
        stated = [self._of(field, cells) for field in (Field.VILLAGE_CODE, Field.VILLAGE) if field in self.columns]
        if not stated:
            address = self._said(Field.ADDRESS, cells)
            titled = self.titled if _WITHIN_A_VILLAGE.match(cell.squeezed(address)) else None
            return self.village or self._village_of_address(address, town) or titled, town
        said = [text for text in stated if not cell.is_blank(text)]
        village = self._village(said, town)
        if town and not self.places.knows_town(town):
            warn(warnings, "town_unknown", Field.TOWN, Sentence("The town {town} is unknown.", town=town[:40]))
        elif town and not self.places.is_in_town(village, town):
            sentence = Sentence("The village lies in {there}, not in {town}.", there=village.town, town=town[:40])
            warn(warnings, "town_disagrees", Field.TOWN, sentence)
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
                warn(warnings, "birth_day_missing", Field.BIRTH, sentence)
                self._keep(Field.BIRTH, text, answers)
                return None
            _compare_births(part, facts, warnings)
            return facts.birth
        try:
            birth = cell.birth_date(text, self.today)
        except Invalid:
            if not cell.is_no_solar_day(text):
                raise
            self._keep(Field.BIRTH, text, answers)
            if facts is None:
                sentence = Sentence("The birth is told by the lunar calendar or the age. The date is left out.")
                warn(warnings, "birth_not_solar", Field.BIRTH, sentence)
            return facts.birth if facts else None
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
        said = amount_said(text, field=field, unit=unit_stated(heading, self.title))
        money = said.money
        if said.words:
            self._keep(field, text, answers)
        if field is Field.YEARLY_INCOME and said.by_format and _disagree(said.every, period_of(heading)):
            raise Invalid(
                "amount_unit",
                Sentence("Excel shows this as {text}, and the heading speaks of another period.", text=text[:40]),
                field=field,
                advice=Sentence("Type the amount with its period, like 5000元/月, or leave this column out."),
            )
        if field is Field.YEARLY_INCOME and (said.every or self._income_every(heading)) == "month":
            money *= 12
        if money.fen > GREATEST_FEN:
            raise Invalid("amount", Sentence("This amount is too large to be meant."), field=field)
        if money >= _UNLIKELY or Money(0) < money < _UNLIKELY_LITTLE:
            sentence = Sentence(
                "{text} means {yuan} yuan here. Look at the unit.", text=text.strip()[:20], yuan=f"{money.fen // 100:,}"
            )
            warn(warnings, "amount_unlikely", field, sentence)
        return money

    def _income_every(self, heading: str) -> Literal["year", "month"] | None:
        """The period of an income by its heading, else by the title. Raises Invalid where both say another."""
        said, above = period_of(heading), period_above(self.title)
        if said == "year" and above == "month":
            raise Invalid(
                "amount_unit",
                Sentence("Above the table the amounts are said to be a month's, and the heading speaks of a year."),
                field=Field.YEARLY_INCOME,
                advice=Sentence("Type the amount with its period, like 5000元/月, or leave this column out."),
            )
        return said or above

    def _phones(self, cells: Sequence[str], warnings: list[RowWarning]) -> Telephones:
        """The person's number and the others, which are words for the remark, so that none is lost."""
        found = telephones(
            (self.headings[column] if column < len(self.headings) else "", cells[column])
            for column in self.phone_columns
            if column < len(cells)
        )
        if found.several:
            sentence = Sentence("Words stand among several telephone numbers. One is used, all are in the remark.")
            warn(warnings, "phone_several", Field.PHONE, sentence)
        if found.implausible and (doubt := PhoneNumber("", plausible=False).warning):
            warn(warnings, "phone_implausible", Field.PHONE, doubt)
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
            warn(warnings, "sex_disagrees", Field.SEX, sentence)
        return stated or told

    def _household_size(self, text: str, warnings: list[RowWarning], answers: list[str]) -> int | None:
        if cell.is_blank(text):
            return None
        size = cell.head_count(text)
        if size is None or not 0 < size <= _MOST_PEOPLE:
            sentence = Sentence("{text} is not a number of people. It is left out.", text=text.strip()[:20])
            warn(warnings, "household_size", Field.HOUSEHOLD_SIZE, sentence)
            self._keep(Field.HOUSEHOLD_SIZE, text, answers)
            return None
        return size


def member_of(row: HouseholdRow, relation: str) -> Member:
    """The person a row speaks of as a member of a household."""
    return Member(row.name, relation, row.phone, row.identity, row.birth, row.sex)


def written_relation(text: str) -> str:
    """A relation to the head as it is written. Raises Invalid ``too_long``."""
    return one_line(text, field=Field.RELATION, limit=NAME_LIMIT)


def said_of_member(name: str, relation: str, said: Sequence[str]) -> str:
    """What is said of a member beside the fields, as a line for the remark."""
    return f"{name}（{relation}）：{'；'.join(said)}" if relation else f"{name}：{'；'.join(said)}"


def with_lines(remark: str, lines: Sequence[str]) -> str:
    """A remark and further lines. Raises Invalid ``too_long``."""
    if not lines:
        return remark
    return paragraphs("\n".join(part for part in (remark, *lines) if part), field=Field.REMARK, limit=TEXT_LIMIT)


def _names_part(address: str, part: str) -> bool:
    """Whether an address tells a part of the village, in figures or words: 3组 is in 和平村三组12号, not in 13组."""
    bare = part.removeprefix("第")
    spelt = {bare, _GROUP_NUMBER.sub(lambda match: cell.han_number(int(match[1])), bare)}
    return any(re.search(rf"{_NO_FIGURE if _FIGURE.match(one) else ''}{re.escape(one)}", address) for one in spelt)


def _disagree(said: str | None, heading: str | None) -> bool:
    return None not in (said, heading) and said != heading


def _same(text: str, other: str) -> bool:
    return cell.squeezed(text) == cell.squeezed(other)


def _compare_births(stated: str, facts: IdentityFacts, warnings: list[RowWarning]) -> None:
    """Warn where the birth, or the month of it, that the list states is not that of the identity number."""
    if not facts.birth.isoformat().startswith(stated):
        sentence = Sentence(
            "The date of birth {birth} differs from {identity_birth} in the identity number.",
            birth=stated,
            identity_birth=facts.birth.isoformat(),
        )
        warn(warnings, "birth_disagrees", Field.BIRTH, sentence)
