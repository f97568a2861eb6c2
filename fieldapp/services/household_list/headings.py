"""Which column of a list holds what: recognised by its heading, by what stands in it when the heading says nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from fieldapp.domain.places import Places
from fieldapp.reference import list_headings
from fieldapp.services.household_list.heading_text import comparable
from fieldapp.services.household_list.stated_units import is_monthly

LONGEST_HEADING = 60
"""Characters; a longer text names no column."""


class Field(StrEnum):
    """What a column can hold."""

    NAME = "name"
    HOUSEHOLD = "household"
    RELATION = "relation"
    PHONE = "phone"
    OTHER_PHONE = "other_phone"
    IDENTITY = "identity"
    BIRTH = "birth"
    SEX = "sex"
    VILLAGE = "village"
    VILLAGE_CODE = "village_code"
    TOWN = "town"
    GROUP = "group"
    ADDRESS = "address"
    HOUSEHOLD_SIZE = "household_size"
    BUSINESS = "business"
    YEARLY_INCOME = "yearly_income"
    WISHED_AMOUNT = "wished_amount"
    REMARK = "remark"


@dataclass(frozen=True, slots=True)
class Guess:
    """The column (counted from 0) that seems to hold a field; ``confidence`` is 0 to 100.

    ``samples`` are the first values that stand there.
    """

    column: int
    confidence: int
    samples: tuple[str, ...] = ()


def recognise(headings: Sequence[str], rows: Sequence[Sequence[str]] = ()) -> dict[Field, Guess]:
    """The best column of each field by its heading, unless what stands below it in ``rows`` cannot be meant.

    贷款需求 over 有 and 无 is no amount, 电话核实 over 已核实 no telephone: every row would be refused for it.
    """
    found: dict[Field, Guess] = {}
    income = _whole_income(headings, rows)
    for column, heading in enumerate(headings):
        if (match := field_of(heading)) is None or _contradicted(*match, column, rows):
            continue
        field, confidence = match
        if field in _PHONES or (field is Field.YEARLY_INCOME and column != income):
            continue
        if field not in found or confidence > found[field].confidence:
            found[field] = Guess(column, confidence)
    if Field.WISHED_AMOUNT in found and _is_paid_out(found[Field.WISHED_AMOUNT].column, headings):
        del found[Field.WISHED_AMOUNT]
    found |= dict(zip(_PHONES, phone_columns(headings, rows), strict=False))
    if (hamlet := _hamlet_column(headings, found)) is not None:
        found.setdefault(Field.GROUP, Guess(hamlet, _SURE - 10))
    if (member := _member_column(headings, rows)) is not None:
        found |= _member_fields(headings, member, found)
    return found


def phone_columns(headings: Sequence[str], rows: Sequence[Sequence[str]] = ()) -> list[Guess]:
    """The columns that hold telephones of the household, the likeliest first.

    Of several, one that follows somebody else's name (配偶姓名, 电话) is theirs.
    """
    found = []
    for column, heading in enumerate(headings):
        field, confidence = field_of(heading) or (None, 0)
        if field in _PHONES and not _contradicted(Field.PHONE, confidence, column, rows):
            found.append((field is Field.OTHER_PHONE, -confidence, column))
    own = [each for each in found if not _follows_somebody_else(headings, each[2])] or found
    return [Guess(column, -confidence) for _, confidence, column in sorted(own)]


def _whole_income(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> int | None:
    """The column of a household's income: a year's before a month's, the last year's before those of other years.

    A part of it (种植收入, 务工收入, 3月收入) is not the whole unless it stands alone.
    """
    incomes = [column for column, text in enumerate(headings) if _is(Field.YEARLY_INCOME, text)]
    if len(incomes) > 1:
        incomes = [
            column
            for column in incomes
            if not _PART_OF_INCOME.search(comparable(headings[column])) and not _A_MONTHS.search(headings[column])
        ]
    meant = [c for c in incomes if (match := field_of(headings[c])) and not _contradicted(*match, c, rows)]
    return min(meant, key=lambda column: _rank_of_income(headings[column]), default=None)


def _rank_of_income(heading: str) -> tuple[bool, int, int]:
    year = max(map(int, _YEAR.findall(comparable(heading))), default=0)
    return is_monthly(heading), -(field_of(heading) or (None, 0))[1], -year


def remark_columns(headings: Sequence[str]) -> list[int]:
    """The columns that hold remarks: 备注1, 备注2, 其他说明."""
    return [column for column, heading in enumerate(headings) if _is(Field.REMARK, heading)]


def _follows_somebody_else(headings: Sequence[str], column: int) -> bool:
    """Whether the nearest name to the left is not the household's: 配偶姓名, 身份证号, 电话; or a second 姓名."""
    for left in range(column - 1, -1, -1):
        if is_about_somebody_else(headings[left]):
            return True
        match = field_of(headings[left])
        if match is None or match[0] not in _NUMBERS_OF_A_PERSON:
            return match is not None and match[0] is Field.NAME and any(_is(Field.NAME, h) for h in headings[:left])
    return False


def _is_paid_out(column: int, headings: Sequence[str]) -> bool:
    """Whether 贷款金额 is that of a loan they have: the list tells since when, or until when it is to be repaid."""
    return _ANY_LOAN.match(comparable(headings[column])) is not None and any(
        map(_OF_A_LOAN.search, map(comparable, headings))
    )


def _hamlet_column(headings: Sequence[str], found: Mapping[Field, Guess]) -> int | None:
    """The column of 自然村 beside that of the villages: where in one somebody lives. Alone it is the village."""
    if Field.VILLAGE not in found:
        return None
    hamlets = (column for column, heading in enumerate(headings) if _HAMLET.fullmatch(comparable(heading)))
    return next((column for column in hamlets if column != found[Field.VILLAGE].column), None)


def _member_column(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> int | None:
    """The column with each member's own name in a list of members; the head's beside it fits nobody else's number."""
    words = _without_outsiders(headings)
    if not any(_RELATION.search(word) for word in words):
        return _named_members(words, rows)
    named = next((column for column, word in enumerate(words) if _MEMBER.fullmatch(word)), None)
    # Beside a second name, under 家庭成员信息 say, the relation is that one's and not the head's under 户主信息.
    return None if named is None or any(map(_NAME_OF_MEMBERS.search, words[named + 1 :])) else named


def _without_outsiders(headings: Sequence[str]) -> list[str]:
    """The headings, without the relation of who is asked in an emergency, or who guarantees, to the household."""
    words = [comparable(heading) for heading in headings]
    return [
        ""
        if _BARE_RELATION.fullmatch(word) and any(map(_OUTSIDER.search, words[max(0, column - 2) : column]))
        else word
        for column, word in enumerate(words)
    ]


def _named_members(words: Sequence[str], rows: Sequence[Sequence[str]]) -> int | None:
    """The column of members where no relation is told: each household begins with its head's name beside the head."""
    head = next((column for column, word in enumerate(words) if _HEADS_NAME.fullmatch(word)), None)
    member = next((column for column, word in enumerate(words) if _NAMED_MEMBER.fullmatch(word)), None)
    if head is None:
        return None
    if member is None:
        return _own_names(words, rows, head)
    named = [(_plain(row[head]), _plain(row[member])) for row in rows if max(head, member) < len(row)]
    heads = {name for name, own in named if name and own}
    first = {name for name, own in named if name and own == name}
    others = any(own and own != name for name, own in named)
    return member if others and heads and len(first) >= len(heads) * _NEARLY_ALL else None


def _own_names(words: Sequence[str], rows: Sequence[Sequence[str]], head: int) -> int | None:
    """The column of 姓名 beside 户主姓名, where somebody else than the head stands in it: the numbers are theirs."""
    own = next((column for column, word in enumerate(words) if _PLAIN_NAME.fullmatch(word)), None)
    if own is None or not any(
        _plain(row[own]) != _plain(row[head]) for row in rows if max(own, head) < len(row) and _plain(row[own])
    ):
        return None
    return own


def _member_fields(headings: Sequence[str], member: int, found: Mapping[Field, Guess]) -> dict[Field, Guess]:
    """The fields of a list of members: each one's own name and numbers, the relation, and what names the household."""
    words = _without_outsiders(headings)
    fields = {Field.NAME: Guess(member, _SURE)}
    for field in PERSONAL & found.keys() - {Field.NAME}:
        if _OF_THE_HEAD.search(words[found[field].column]):
            own = (c for c, word in enumerate(words) if _is(field, word) and not _OF_THE_HEAD.search(word))
            fields[field] = Guess(next(own, found[field].column), _SURE)
    relation = next((column for column, word in enumerate(words) if _RELATION.search(word)), None)
    if relation is not None:
        fields[Field.RELATION] = Guess(relation, _SURE)
    for pattern in (_HOUSEHOLD, _HEADS_NAME, _RUNNING_NUMBER):
        told = [column for column, word in enumerate(words) if pattern.fullmatch(word) and column != member]
        if told and (relation is not None or pattern is _HEADS_NAME):
            fields[Field.HOUSEHOLD] = Guess(told[0], _SURE)
            break
    return fields


def _is(field: Field, heading: str) -> bool:
    return (field_of(heading) or ("",))[0] is field


def field_of(heading: str) -> tuple[Field, int] | None:
    """The field a heading means and how sure that is, or None."""
    if len(heading) > LONGEST_HEADING:
        return None
    words = comparable(heading)
    bare = re.sub(r"[(（].*?[)）]|[()（）/%]", "", words)
    if bare.startswith("qq") or _PER_HEAD.search(words):
        return None  # 号码 alone, which is left of it, is a telephone's; 年收入（人均） is no household's
    if _ANOTHER_PHONE.search(words) and not re.search(rf"{_SOMEBODY_ELSE.pattern}|{_OTHERS_PHONE}", words):
        return Field.OTHER_PHONE, _SURE - 10
    # "姓名/Name": a bilingual heading is recognised by either half.
    halves = [bare, *(re.sub(r"[(（].*?[)）]|[()（）%]", "", half) for half in words.split("/"))]
    halves.append("".join(char for char in bare if not char.isascii()))
    halves.append("".join(char for char in bare if char.isascii()))
    halves.extend(re.findall(r"[(（](.*?)[)）]", words))
    for half in halves:
        if half and (field := _EXACT.get(half)):
            return field, _SURE
    if not bare or _SOMEBODY_ELSE.search(bare):
        return None
    for pattern, field, confidence in _LIKELY:
        if pattern.search(bare) and not ((other := _ANOTHER_MATTER.get(field)) and other.search(bare)):
            return field, confidence
    return None


def find_heading_row(rows: Sequence[Sequence[str]]) -> int | None:
    """The index in ``rows`` of the row that names the columns, or None when none does.

    Two headings are needed, or a cell that is surely the heading of the name. A row with somebody's number in it is a
    household's, even where its remark speaks of a telephone.
    """
    best, best_score = None, 0
    for index, row in enumerate(rows):
        if any(is_somebodys_number(cell) for cell in row):
            continue
        found = recognise(row)
        name_is_sure = Field.NAME in found and found[Field.NAME].confidence == _SURE
        if not found.keys() & _TELLING or (len(found) < 2 and not name_is_sure):
            continue
        score = sum(guess.confidence for guess in found.values())
        if score > best_score:
            best, best_score = index, score
    return best


def names_the_head(heading: str) -> bool:
    """Whether a column holds the names of the heads: 户主, 户主姓名."""
    return _HEADS_NAME.fullmatch(comparable(heading)) is not None


def is_a_relation(heading: str) -> bool:
    """Whether a heading asks for somebody's relation to the head: 与户主关系."""
    return _RELATION.search(comparable(heading)) is not None


@lru_cache(1024)
def is_a_number_of_the_head(heading: str) -> bool:
    """Whether a heading asks for the identity number or telephone of the head alone: 户主电话, head's ID."""
    words = comparable(heading)
    match = field_of(heading)
    return _OF_THE_HEAD.search(words) is not None and match is not None and match[0] in (Field.IDENTITY, *_PHONES)


def is_about_somebody_else(heading: str) -> bool:
    """Whether a heading speaks of a person beside the household: spouse, officer, guarantor."""
    return _SOMEBODY_ELSE.search(comparable(heading)) is not None


def is_a_heading(word: str) -> bool:
    """Whether a word is surely a heading and nobody's name."""
    return word.rstrip(":：") in _EXACT


def is_somebodys_number(cell: str) -> bool:
    """Whether a cell holds an identity number or a mobile number, as only a household's row does."""
    value = _plain(cell)
    return _IDENTITY.fullmatch(value) is not None or _MOBILE.fullmatch(value) is not None


def guess_by_content(
    rows: Sequence[Sequence[str]], known: Mapping[Field, Guess], headings: Sequence[str], places: Places | None
) -> dict[Field, Guess]:
    """``known`` and what the cells themselves give away of columns whose heading says nothing."""
    found = dict(known)
    taken = {guess.column for guess in known.values()}
    width = max((len(row) for row in rows), default=0)
    for column in range(min(width, _MOST_GUESSED)):
        heading = headings[column] if column < len(headings) else ""
        if column in taken or _SOMEBODY_ELSE.search(comparable(heading)) or field_of(heading) is not None:
            continue
        values = [_plain(row[column]) for row in rows if column < len(row) and row[column].strip()]
        if not values:
            continue
        few = len(values) < min(2, len(rows))
        for field, looks_right in _CONTENT:
            if field in found or (field is Field.NAME and comparable(heading)):
                continue
            if (other := _ANOTHER_MATTER.get(_ONE_MATTER.get(field, field))) and other.search(comparable(heading)):
                continue
            if not _continues_a_phone(column, headings, found) if field is Field.OTHER_PHONE else few:
                continue
            if field is Field.BIRTH and _SOME_DAY.search(comparable(heading)):
                continue
            if _share(values, looks_right) >= _ENOUGH:
                found[field] = Guess(column, 60)
                taken.add(column)
                break
        else:
            if (
                Field.VILLAGE not in found
                and not few
                and places
                and _share(values, lambda value: _is_village(value, places)) >= _ENOUGH
            ):
                found[Field.VILLAGE] = Guess(column, 60)
                taken.add(column)
    return found


def _continues_a_phone(column: int, headings: Sequence[str], found: Mapping[Field, Guess]) -> bool:
    """Whether a column without a heading stands beside the telephone's, as under a heading merged over both."""
    heading = headings[column] if column < len(headings) else ""
    return not comparable(heading) and (
        not headings or column - 1 == (found[Field.PHONE].column if Field.PHONE in found else None)
    )


PERSONAL = frozenset((Field.NAME, Field.PHONE, Field.OTHER_PHONE, Field.IDENTITY, Field.BIRTH, Field.SEX))
"""What belongs to one person and not to the household."""

_SURE = 100
_RELATION = re.compile(r"与户主|户主关系|家庭关系|家庭角色|^关系$|relation")
_BARE_RELATION = re.compile(r"关系|relation(?:ship)?")
_OUTSIDER = re.compile(r"联系人|担保人|保证人|推荐人|介绍人|emergency|guarantor")
_OF_THE_HEAD = re.compile(r"户主|head")
_HEADS_NAME = re.compile(
    r"(?:所属|家庭)?户主(?:姓名|名字?|名称)?|(?:household)?head(?:ofhousehold)?(?:name)?|householder(?:name)?"
)
_HOUSEHOLD = re.compile(
    r"(?:家庭|农户|户籍|户口|户口簿|户口本|住户|户主)(?:编?号码?|序号|编码)|户(?:编?号码?|序号?|编码|别)"
    r"|(?:household|hh|family)(?:id|no|number|code)"
)
_RUNNING_NUMBER = re.compile(r"序号?|编号|no|number|sn")
_ANY_LOAN = re.compile(r"(?:贷款|借款)(?:总?金额|总?额|本金)|loanamount")
_OF_A_LOAN = re.compile(r"到期|放款|发放|(?:贷款|借款)(?:日期?|时间)$|起息|起贷|maturity|disburs")
_MEMBER = re.compile(r"(?:家庭)?(?:成员)?(?:姓名|名字)|(?:家庭)?成员|(?:member|full)?name|nameofmember")
_NAME_OF_MEMBERS = re.compile(r"成员.*(?:姓名|名字)$")
_NAMED_MEMBER = re.compile(r"(?:家庭|户内|全部|所有)?成员(?:姓名|名字)?")
_PLAIN_NAME = re.compile(r"姓名|名字|(?:full)?name")
_HAMLET = re.compile(r"(?:所在|所属)?自然[村湾塆屯寨](?:名称?)?|[湾塆屯寨](?:名称?)?")
_MOST_GUESSED = 60
_ENOUGH = 0.7
_NEARLY_ALL = 0.9
_TELLING = frozenset((Field.NAME, Field.PHONE, Field.OTHER_PHONE, Field.IDENTITY))

_EXACT = {word: Field(name) for name, words in list_headings().items() for word in words}

_SOMEBODY_ELSE = re.compile(
    r"配偶|客户经理|经办|联系人|紧急|村干部|村主任|村支书|书记|担保人|保证人|子女|推荐人|评议|网格员|信贷员|填表|制表|采集人|调查人|登记人|组长|队长|与户主|关系|共同"
    r"|父亲|母亲|余额|存款|已授信|逾期|是否|有无|有效期|到期|地址码|spouse|officer|manager|guarantor|emergency|relation"
)
_PHONES = (Field.PHONE, Field.OTHER_PHONE)
_NUMBERS_OF_A_PERSON = (Field.IDENTITY, *_PHONES, Field.SEX, Field.BIRTH)
_ANOTHER_PHONE = re.compile(
    r"(?:备用|备选|第[二三四]|其[他它]|另一?个?)联?系?(?:电话|手机|联系方式|联系号码)"
    r"|(?:电话|手机|联系方式|联系号码)[号码(（]*(?:[2-9二三四五]|备用|其[他它])[)）]?$"
    r"|(?:座机|固话|宅电)(?:号码?|电话)?$|(?:固定|家庭|住宅|家里)电话(?:号码?)?$"
    r"|(?:other|second(?:ary)?|2nd|alternat(?:e|ive)|alt|backup|spare|additional|home)(?:phone|mobile|tel|contact|cell)"
    r"|(?:phone|mobile|tel|telephone|contact|cell)(?:no|number)?[(（]?(?:[2-9]|other|alternative|backup|second)[)）]?$"
    r"|landline(?:phone|no|number)?$"
)
_LIKELY: tuple[tuple[re.Pattern[str], Field, int], ...] = tuple(
    (re.compile(pattern), field, confidence)
    for pattern, field, confidence in (
        (r"(?:地址|住址|address)$", Field.ADDRESS, 75),
        (r"身份证|证件号|身份号|idcard|identit|nationalid|idnumber|idno", Field.IDENTITY, 85),
        (r"手机|电话|联系方式|phone|mobile|telephone", Field.PHONE, 80),
        (r"出生|生日|birth", Field.BIRTH, 80),
        (r"性别|gender", Field.SEX, 80),
        (r"村.*(?:代码|编码|编号)|village.*(?:code|id|no)", Field.VILLAGE_CODE, 80),
        (r"地址|住址|address", Field.ADDRESS, 75),
        (r"收入|income", Field.YEARLY_INCOME, 75),
        (
            r"(?:意向|需求|期望|申请|希望|计划|拟|想).*(?:额|金|贷|万|元)|(?:贷款|借款|用款|融资|资金).*(?:额|需求)|loan|amount",
            Field.WISHED_AMOUNT,
            70,
        ),
        (
            r"人口|家庭.*人数|成员数|householdsize|familysize|numberof.*(?:people|members|persons)",
            Field.HOUSEHOLD_SIZE,
            75,
        ),
        (r"村|village", Field.VILLAGE, 65),
        (r"乡镇|township", Field.TOWN, 70),
        (r"经营|行业|产业|主营|职业|business|occupation", Field.BUSINESS, 65),
        (r"备注|remark", Field.REMARK, 75),
        (r"姓名|户主|householder|headofhousehold|fullname|customername", Field.NAME, 75),
    )
)

_A_MONTHS = re.compile(r"(?<![\d\-~至])(?:\d{1,2}|十?[一二三四五六七八九十])月(?!均|[\-~至])")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_PART_OF_INCOME = re.compile(
    r"^(?!.*(?:总|合计|共计)).*(?:种植|养殖|务工|打工|工资|财产|转移|补贴|其[他它]|副业|[农林牧渔]业|退休|养老|低保|租金|流转|经营|产业"
    r"|crop|livestock|wage|salary|subsid|other|transfer|rent)"
)
_ABOUT_MONEY = (
    r"来源|用途|期限|时间|日期|方式|类型|银行|利率|比例|占比|比$|支出"
    r"|purpose|source|(?:term|date|type|status|rate)$|^(?:term|date|type)of"
)
_OTHERS_PHONE = (
    r"经理|主任|管户|包[保片户]|驻村|帮扶|结对|挂[钩联点]|责任人|对接|信息员|协管|村医|单位|公司|村委|村部|村组长|干部|亲属|家属|亲友|邻居"
    r"|办公|客服|投诉|监督|举报|office|work|neighbou?r"
)
_ANOTHER_MATTER: dict[Field, re.Pattern[str]] = {
    field: re.compile(pattern)
    for field, pattern in (
        (Field.YEARLY_INCOME, rf"{_ABOUT_MONEY}|集体"),
        (Field.WISHED_AMOUNT, rf"{_ABOUT_MONEY}|(?:现有|已有|已|原|他行|上次|存量|担保).*贷|existing|outstanding"),
        (Field.BIRTH, r"出生地|place"),
        (Field.IDENTITY, r"签发|发证|机关|类型|type"),
        (Field.NAME, r"民族|文化|学历|年龄|健康|政治|婚姻"),
        (Field.BUSINESS, r"年限|面积|地点|时间|规模"),
        (Field.PHONE, rf"归属|银行|型号|运营商|bank|{_OTHERS_PHONE}"),
        (Field.VILLAGE, r"收入|集体|户数|分红|农村|村镇|村医|^(?:所在|所属)?(?:村民|村)小组(?:名称|编号|名|号)?$"),
    )
}
"""What a heading with a field's word speaks of instead: 收入来源 is no income, 出生地 no day of birth."""
_SOME_DAY = re.compile(r"日|时间|年月|期|date|day|time")
_PER_HEAD = re.compile(r"人均|亩均|每亩|percapita|perhead|permu")
_ONE_MATTER = {Field.OTHER_PHONE: Field.PHONE}
_ANSWER = re.compile(r"(?:没?有|无|不?需要|是|否)(?:贷款)?(?:需求|意向)?|暂无|yes|no|[yn√×✓]")
_FIGURE = re.compile(r"[\d十百千万]")
_WITH_FIGURES = frozenset(
    (Field.IDENTITY, Field.PHONE, Field.OTHER_PHONE, Field.BIRTH, Field.YEARLY_INCOME, Field.WISHED_AMOUNT)
)


def _contradicted(field: Field, confidence: int, column: int, rows: Sequence[Sequence[str]]) -> bool:
    """Whether the cells under a heading cannot be what it seemed to mean: answers, or words where figures stand."""
    if field not in _WITH_FIGURES:
        return False
    values = [value for row in rows if column < len(row) and (value := _plain(row[column]).lower())]
    if not values:
        return False
    if confidence == _SURE:
        return field is Field.WISHED_AMOUNT and all(_ANSWER.fullmatch(value) for value in values)
    return not any(_FIGURE.search(value) for value in values)


def _plain(value: str) -> str:
    normal = unicodedata.normalize("NFKC", value[:200])
    return "".join(char for char in normal if not char.isspace() and char not in "-+")


_IDENTITY = re.compile(r"\d{17}[\dXx]")
_MOBILE = re.compile(r"(?:86)?1[3-9]\d{9}")
_PHONE = re.compile(r"(?:86)?1[3-9]\d{9}|0\d{9,11}")
_CONTENT: tuple[tuple[Field, Callable[[str], bool]], ...] = (
    (Field.IDENTITY, lambda value: _IDENTITY.fullmatch(value) is not None),
    (Field.PHONE, lambda value: _MOBILE.fullmatch(value) is not None),
    (Field.OTHER_PHONE, lambda value: _PHONE.fullmatch(value) is not None),
    (Field.BIRTH, lambda value: re.fullmatch(r"(?:19|20)\d\d(?:[/.年]?\d{1,2}[/.月]?\d{1,2}日?)", value) is not None),
    (Field.SEX, lambda value: value in ("男", "女")),
    (
        Field.NAME,
        lambda value: (
            re.fullmatch(r"[\u3400-\u9fff·]{2,4}", value) is not None and not value.endswith(("村", "镇", "乡"))
        ),
    ),
)


def _share(values: Sequence[str], looks_right: Callable[[str], bool]) -> float:
    return sum(1 for value in values if looks_right(value)) / len(values)


def _is_village(value: str, places: Places) -> bool:
    return len(value) >= 3 and places.means_a_village(value)
