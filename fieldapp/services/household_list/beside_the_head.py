"""Whose columns stand beside the head's: 成员1姓名, 成员1关系, 配偶身份证号, 子女2, "Name of member 3".

Such a list has one row for a household. A plain 身份证号 or 关系 beside a member's name is that member's where the head
has a column of that kind already, or where each member has one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from fieldapp.services.household_list.heading_text import comparable
from fieldapp.services.household_list.headings import PERSONAL, Field, field_of, names_the_head
from fieldapp.services.household_list.names import may_be_a_name, says_nobody


@dataclass(frozen=True, slots=True)
class MemberColumns:
    """The columns of one member; ``relation`` is what the headings say of it, empty for 成员1."""

    label: str
    relation: str
    columns: Mapping[Field, int]


@dataclass(frozen=True, slots=True)
class Beside:
    """The ``members`` whose columns are read, and all columns that are about somebody beside the head."""

    members: tuple[MemberColumns, ...] = ()
    columns: frozenset[int] = frozenset()

    def of_the_head(self, headings: Sequence[str]) -> tuple[str, ...]:
        """The headings, with a word for somebody else in place of those that are not the head's."""
        if not self.columns:
            return tuple(headings)
        return tuple(_SOMEBODY if column in self.columns else text for column, text in enumerate(headings))

    def first_as_head(self, headings: Sequence[str]) -> tuple[Mapping[Field, int], Beside] | None:
        """The columns of 成员1 as those of the head, and what stands beside them, in a list that names nobody else.

        None where the first is kin of somebody, or another heading speaks of a name: then nobody says who the head is.
        """
        others = self.of_the_head(headings)
        if not self.members or self.members[0].relation or any(map(_OF_A_NAME.search, map(comparable, others))):
            return None
        first = self.members[0].columns
        return first, Beside(self.members[1:], self.columns - {*first.values()})


NOBODY_BESIDE = Beside()


def beside_the_head(headings: Sequence[str], rows: Sequence[Sequence[str]] = ()) -> Beside:
    """The members beside the head by their headings, unless what stands below in ``rows`` cannot be names."""
    words = [comparable(heading) for heading in headings[:_MOST_COLUMNS]]
    said = [_whose(word) for word in words]
    _number_plain_names(words, said)
    if not any(said):
        return NOBODY_BESIDE
    people = _People()
    for column, (word, whose) in enumerate(zip(words, said, strict=True)):
        people.take(column, word, whose)
    people.settle(words, said)
    groups = [each for each in people.groups if _is_read(each, rows)][:_MOST_MEMBERS]
    return Beside(
        tuple(MemberColumns(each.label, each.relation, dict(each.columns)) for each in groups),
        frozenset(people.columns),
    )


def names_a_member(group: str) -> bool:
    """Whether a heading above others names one member, whose they then are: 成员一, 配偶信息, Member 2."""
    whose = _whose(_OF_A_GROUP.sub("", comparable(group)))
    return whose is not None and whose.bare


@dataclass(frozen=True, slots=True)
class _Whose:
    """What a heading says of somebody beside the head; ``part`` is None for what has no field, such as 年龄.

    ``bare`` is a heading that only names the person.
    """

    who: str
    number: str
    part: Field | None
    kin: bool
    bare: bool = False


@dataclass(slots=True)
class _Group:
    whose: _Whose
    columns: dict[Field, int] = field(default_factory=dict)
    bare: bool = False

    @property
    def label(self) -> str:
        apart = " " if self.whose.who.isascii() and self.whose.number else ""
        return f"{self.whose.who}{apart}{self.whose.number}"

    @property
    def relation(self) -> str:
        return self.whose.who if self.whose.kin else ""


class _People:
    """The groups of columns, gathered from the left to the right."""

    def __init__(self) -> None:
        self.groups: list[_Group] = []
        self.columns: set[int] = set()
        self._latest: dict[tuple[str, str], _Group] = {}
        self._beside: _Group | None = None
        self._plain: dict[Field, list[tuple[int, _Group]]] = {}

    def take(self, column: int, word: str, whose: _Whose | None) -> None:
        """Give a column to whom its heading names, or remember by whose name it stands."""
        if whose is None:
            part = _plain_part(word)
            if part is None or part is Field.NAME:
                self._beside = None if part is Field.NAME or word else self._beside
            elif self._beside is not None:
                self._plain.setdefault(part, []).append((column, self._beside))
            return
        self.columns.add(column)
        if whose.part is None:
            return
        key = (whose.who if whose.kin else "", whose.number)
        group = self._latest.get(key)
        if group is None or (whose.part is Field.NAME and Field.NAME in group.columns and not whose.bare):
            if group is not None and group.bare:
                group.columns[Field.NAME], group.bare = column, False
                return
            group = self._latest[key] = _Group(whose)
            self.groups.append(group)
        if whose.part not in group.columns:
            group.columns[whose.part] = column
            group.bare = group.bare or whose.bare
        if whose.part is Field.NAME:
            self._beside = group

    def settle(self, words: Sequence[str], said: Sequence[_Whose | None]) -> None:
        """Give the plain columns beside a name to that person where they are not the head's own."""
        named = [group for group in self.groups if Field.NAME in group.columns]
        for part, columns in self._plain.items():
            near = {column for column, _ in columns}
            own = any(
                whose is None and column not in near and _plain_part(word) is part
                for column, (word, whose) in enumerate(zip(words, said, strict=True))
            )
            of_each = len(named) > 1 and {id(group) for _, group in columns} == {id(group) for group in named}
            for column, group in columns:
                theirs = not group.relation if part is Field.RELATION else own or of_each
                if theirs and part not in group.columns:
                    group.columns[part] = column
                    self.columns.add(column)


_MOST_COLUMNS = 1_000
_MOST_MEMBERS = 50
"""People beside the head; a household of more is none, and further columns are named as unread."""
_SOMEBODY = "配偶"
_OF_A_NAME = re.compile(r"姓名|名字|name")
_SURE_ENOUGH = 75
_ENOUGH = 0.7

_NUMBER = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
_MEMBER = r"(?:其[他它]|主要|共同居住|户内|家庭|家族)?(?:成员|家属|家人|人员)"
_KIN = (
    r"配偶|妻子|丈夫|爱人|老婆|老公|父亲|母亲|爸爸|妈妈|岳父|岳母|公公|婆婆|外?祖父|外?祖母|爷爷|奶奶|外公|外婆|儿媳妇?|女婿"
    r"|[大二三四五六小]?儿子|[大二三四五六小]?女儿|[长次三四五六]子|[长次三四五六]女|外?孙子女?|外?孙女|子女|孩子|小孩"
    r"|兄弟姐妹|兄弟|姐妹|兄长|哥哥|弟弟|姐姐|妹妹"
)
_CHINESE = re.compile(
    rf"(?:第?(?P<before>{_NUMBER})(?:个|位|名|号)?(?={_MEMBER}|子女|孩子|小孩))?(?:(?P<member>{_MEMBER})|(?P<kin>{_KIN}))(?P<rest>.*)"
)
_MEMBER_EN = r"(?:other)?(?:family|household|hh)?(?:member|person|dependent|dependant)"
_KIN_EN = (
    r"spouse|wife|husband|(?:grand)?(?:father|mother|son|daughter|child)(?:inlaw)?|(?:elder|younger)?(?:brother|sister)"
)
_ORDINAL = r"(?P<before>\d{1,2})(?:st|nd|rd|th)"
_ENGLISH = re.compile(rf"(?:{_ORDINAL})?(?:(?P<member>{_MEMBER_EN})|(?P<kin>{_KIN_EN}))(?P<rest>.*)")
_ENGLISH_OF = re.compile(
    rf"(?P<part>[a-z]{{2,20}}?)of(?:the)?(?:{_ORDINAL})?(?:(?P<member>{_MEMBER_EN})|(?P<kin>{_KIN_EN}))(?P<rest>\d{{0,2}})"
)
_NUMBERED = re.compile(rf"(?:号|no)?(?P<number>{_NUMBER})(?:号|的)?(?P<part>.*)")
_NUMBERED_BEHIND = re.compile(r"(?P<part>.*?[^\d])(?P<number>\d{1,2}|[一二三四五六七八九十])")
_OF_A_GROUP = re.compile(r"(?:基本)?(?:信息|情况|资料)$|(?:information|details|data)$")
_RELATION = re.compile(
    r"(?:[与和跟同]?(?:户主|本人|借款人|申请人|家庭))?的?(?:身份)?关系(?:类型)?|称谓"
    r"|relation(?:ship)?(?:(?:to|with)(?:the)?(?:household|family)?(?:head|applicant|borrower)?(?:of(?:the)?(?:household|family))?)?"
)
_HAN_FIGURES = {char: value for value, char in enumerate("一二三四五六七八九", start=1)}


@lru_cache(4096)
def _whose(word: str) -> _Whose | None:
    plain = re.sub(r"[()（）/]", "", word)
    if match := _ENGLISH_OF.fullmatch(plain):
        part = _part_of(match["part"])
        return _said(match, match["before"] or match["rest"], part) if part else None
    match = _CHINESE.fullmatch(plain) or _ENGLISH.fullmatch(plain)
    if match is None:
        return None
    number, rest = match["before"] or "", match["rest"]
    if not number and (ahead := _NUMBERED.fullmatch(rest)) and (_part_of(ahead["part"]) or not ahead["part"]):
        number, rest = ahead["number"], ahead["part"]
    elif not number and (behind := _NUMBERED_BEHIND.fullmatch(rest)) and _part_of(behind["part"]):
        number, rest = behind["number"], behind["part"]
    elif not number and (ahead := _NUMBERED.fullmatch(rest)):
        number, rest = ahead["number"], ahead["part"]
    if not rest:
        return _said(match, number, Field.NAME, bare=True)
    return _said(match, number, _part_of(rest) or _part_of(rest.removeprefix("的").removeprefix("s")))


def _said(match: re.Match[str], number: str, part: Field | None, *, bare: bool = False) -> _Whose | None:
    """What the heading says; a member without a number is one only where several stand side by side."""
    who = match["member"] or match["kin"]
    if match["member"] and not number and (part is None or bare):
        return None
    return _Whose(who.replace("inlaw", "-in-law"), _figure(number), part, kin=bool(match["kin"]), bare=bare)


def _figure(number: str) -> str:
    """一 and 01 as 1, so that 成员一姓名 and 成员1关系 are the same member's."""
    if not number or number.isdecimal():
        return number.lstrip("0")
    tens, mark, ones = number.partition("十")
    if not mark:
        return str(_HAN_FIGURES.get(number, 0))
    return str(_HAN_FIGURES.get(tens, 1) * 10 + _HAN_FIGURES.get(ones, 0))


def _part_of(word: str) -> Field | None:
    """The part of a person that a heading names behind 成员1: a name, a number, the relation, a remark."""
    bare = word.removeprefix("的")
    if _RELATION.fullmatch(bare):
        return Field.RELATION
    match = field_of(bare)
    if match is None or match[1] < _SURE_ENOUGH or match[0] not in _PARTS or names_the_head(bare):
        return None
    return match[0]


_PARTS = (PERSONAL - {Field.OTHER_PHONE}) | {Field.REMARK}


def _plain_part(word: str) -> Field | None:
    """The part of a person that a heading names without saying whose: 家人联系方式 says it."""
    part = _part_of(word) if _whose(word) is None else None
    return part if part is not Field.REMARK else None


def _is_a_name(word: str) -> bool:
    match = field_of(word)
    return match is not None and match[0] is Field.NAME


def _number_plain_names(words: Sequence[str], said: list[_Whose | None]) -> None:
    """Give headings that name nobody to members: 姓名1 and 关系1, and 成员姓名 or 姓名 that come again and again."""
    again = [column for column, whose in enumerate(said) if whose and not whose.number and not whose.kin]
    members = [column for column in again if (whose := said[column]) and whose.part is Field.NAME]
    names = [column for column, word in enumerate(words) if said[column] is None and _is_a_name(word)]
    head = names[0] if names else None
    named = dict(_numbered_parts(words, said))
    if len(members) > 1:
        called = {whose.who for column in members if (whose := said[column])}
        of_members = [column for column in again if (whose := said[column]) and whose.who in called]
        _number(of_members, said)
        again = [column for column in again if column not in of_members]
    for column in again:
        said[column] = None
    if len(members) > 1:
        return
    _join_numbered_parts(named, said)
    suffixed = [column for column, (_, part) in named.items() if part is Field.NAME]
    related = any(part is Field.RELATION for _, part in named.values())
    if suffixed and (related or (head is not None and names_the_head(words[head]))):
        for column, (number, part) in named.items():
            if column >= suffixed[0]:
                said[column] = _Whose("成员" if not words[column].isascii() else "member", number, part, kin=False)
        return
    plain = [column for column in names[1:] if _plain_part(words[column]) is Field.NAME]
    ends = [*plain[1:], len(words)]
    if len(plain) > 1 and all(
        any(_plain_part(word) is Field.RELATION for word in words[start:end])
        for start, end in zip(plain, ends, strict=True)
    ):
        related_head = any(_plain_part(word) is Field.RELATION for word in words[: plain[0]])
        if not related_head:
            _number(plain, said)


def _join_numbered_parts(named: Mapping[int, tuple[str, Field]], said: list[_Whose | None]) -> None:
    """Give 关系1 and 身份证号1, which stand further right, to 成员1; 电话1 may be one of the head's two."""
    members = {whose.number: (place, whose) for place, whose in reversed([*enumerate(said)]) if whose and not whose.kin}
    for column, (number, part) in named.items():
        place, whose = members.get(number, (column, None))
        if whose is not None and place < column and part in (Field.RELATION, Field.IDENTITY):
            said[column] = _Whose(whose.who, number, part, kin=False)


def _number(columns: Sequence[int], said: list[_Whose | None]) -> None:
    """Count members by their names; what stands before the first is nobody's."""
    number = 0
    for column in columns:
        whose = said[column]
        part = whose.part if whose else Field.NAME
        number += part is Field.NAME
        said[column] = _Whose("成员", str(number), part if number else None, kin=False)


def _numbered_parts(words: Sequence[str], said: Sequence[_Whose | None]) -> Iterator[tuple[int, tuple[str, Field]]]:
    """The columns such as 姓名1, 身份证号1, 关系2."""
    for column, word in enumerate(words):
        match = _NUMBERED_BEHIND.fullmatch(re.sub(r"[()（）/]", "", word)) if said[column] is None else None
        part = _plain_part(match["part"]) if match else None
        if match and part is not None:
            yield column, (_figure(match["number"]), part)


def _is_read(group: _Group, rows: Sequence[Sequence[str]]) -> bool:
    """Whether a group has a column of names, and, where only 配偶 or 子女 stands above it, names stand there."""
    if Field.NAME not in group.columns:
        return False
    column = group.columns[Field.NAME]
    names = [row[column] for row in rows if column < len(row) and not says_nobody(row[column])]
    return not group.bare or not names or _share(names, may_be_a_name) >= _ENOUGH


def _share(values: Sequence[str], looks_right: Callable[[str], bool]) -> float:
    return sum(map(looks_right, values)) / len(values)
