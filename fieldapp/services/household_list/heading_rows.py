"""Which rows at the top of a list name its columns: one, or several that have to be read together.

Above the headings there may be groups (家庭成员, 收入情况), below them units (万元) or the numbers of the columns.
Of a cell that was merged over both rows one is blank once the list was saved as text.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from fieldapp.services.household_list.beside_the_head import names_a_member
from fieldapp.services.household_list.heading_text import comparable
from fieldapp.services.household_list.headings import (
    PERSONAL,
    Field,
    field_of,
    find_heading_row,
    is_about_somebody_else,
    is_somebodys_number,
    recognise,
)
from fieldapp.services.household_list.stated_units import unit_of


@dataclass(frozen=True, slots=True)
class HeadingRows:
    """The headings of the rows ``first`` to ``last`` (indexes, both included) read together, a text for each column."""

    first: int
    last: int
    texts: tuple[str, ...]


def find_headings(rows: Sequence[Sequence[str]]) -> HeadingRows | None:
    """The rows among ``rows`` that name the columns, or None when none does."""
    best = find_heading_row(rows)
    if best is None:
        return None
    first = last = best
    texts = list(rows[best])
    while best - first < _MOST_MORE and first > 0 and _are_groups(rows[first - 1], texts):
        first -= 1
        texts = _joined(rows[first], texts)
    while last - best < _MOST_MORE and last + 1 < len(rows) and _goes_on(rows[last + 1], texts):
        last += 1
        texts = _with_units(texts, rows[last]) if _are_units(rows[last]) else _joined(texts, rows[last])
    if last + 1 < len(rows) and _are_column_numbers(rows[last + 1]):
        last += 1
    while texts and not texts[-1].strip():
        texts.pop()
    return HeadingRows(first, last, tuple(texts))


def width_of_blocks(texts: Sequence[str]) -> int:
    """How many columns a table has that stands twice or more side by side to save paper; 0 for one that does not."""
    words = [comparable(text) for text in texts]
    names = [column for column, text in enumerate(texts) if _means(text, Field.NAME)]
    width = names[1] - names[0] if len(names) > 1 else 0
    if width < 2:
        return 0
    blocks = [_stripped(words[start : start + width]) for start in range(0, len(words), width)]
    return width if all(block == blocks[0] for block in blocks) else 0


_MOST_MORE = 2
_LONGEST_GROUP = 20
_NO_GROUP = re.compile(
    r"[:：]|\d{4}|^(?:单位|填报|制表|审核)|(?:表|名单|名册|花名册|台账|汇总|清单|list)$", re.IGNORECASE
)
_GROUP = re.compile(
    r"家庭|成员|人员|户主|农户|配偶|担保|联系|地址|住址|基本|信息|情况|收入|支出|资产|负债|贷款|授信|需求|经营|生产|种植|养殖"
    r"|information|details|data|household|family|members?|spouse|contact|address|income|loan|business",
    re.IGNORECASE,
)
_SUM_OR_REST = re.compile(
    r"合计|总计|小计|共计|总额|金额|数额|总数|总量|人数|数量|户数|其[他它]|total|sum|amount|number|other", re.IGNORECASE
)
_OF_MEMBERS = re.compile(r"成员|家属|家庭人员|member", re.IGNORECASE)
_UNIT = re.compile(
    r"[(（]?(?:单位[:：]?)?(?:(?:人民币)?[亿万千百]?元(?:/[年月])?|[人口户亩头只岁年月天个万%％台辆间]|公顷|平方米|㎡|m2|"
    r"cny|rmb|yuan|10k(?:yuan|cny)?|persons?|people|years?|mu|"
    r"必填项?|选填|非必填|文本|数字|日期|文本格式|日期格式|yyyy[-/.]?mm[-/.]?dd|required|optional|text|date)[)）]?",
    re.IGNORECASE,
)
_COLUMN_NUMBER = re.compile(r"[(（]?(\d{1,3})[)）]?|[A-Za-z]{1,2}|[甲乙丙丁戊己庚辛壬癸]|栏次|序号|行次")


def _are_groups(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether a row stands above the headings as their groups, or names what they leave blank; a title does neither."""
    filled = [(column, cell.strip()) for column, cell in enumerate(upper) if comparable(cell)]
    if not filled or any(not _may_head(text) for _, text in filled):
        return False
    if len(filled) == 1 and (filled[0][0] < 2 or sum(1 for cell in lower[filled[0][0] :] if cell.strip()) < 2):
        return False
    return any(_GROUP.search(text) or field_of(text) is not None for _, text in filled)


def _goes_on(row: Sequence[str], texts: Sequence[str]) -> bool:
    """Whether a row below the headings still belongs to them: units, or headings under a group."""
    if _are_units(row):
        return True
    filled = [(column, cell.strip()) for column, cell in enumerate(row) if comparable(cell)]
    # A cell merged over both rows stands in both.
    fresh = {column: text for column, text in filled if text != _cell(texts, column).strip()}
    if any(not _may_head(text) or text.isdecimal() for text in fresh.values()):
        return False
    name = recognise(texts).get(Field.NAME)
    if _are_parts(fresh, texts):
        return name is None or name.column not in fresh
    sure = [text for text in fresh.values() if (match := field_of(text)) is not None and match[1] >= _SURE_ENOUGH]
    names_nobody = name is None or name.column not in fresh or _means(fresh[name.column], Field.NAME)
    return bool(sure) and len(sure) * 2 >= len(fresh) and names_nobody


_SURE_ENOUGH = 75


def _are_parts(fresh: Mapping[int, str], texts: Sequence[str]) -> bool:
    """Whether cells stand below headings merged over several columns and nowhere else: 种植 and 合计 under 家庭收入."""
    below: dict[int, list[int]] = {}
    for column in fresh:
        start = column
        while start > 0 and not comparable(_cell(texts, start)):
            start -= 1
        below.setdefault(start, []).append(column)
    spread = all(len(columns) > 1 and start in columns and _cell(texts, start) for start, columns in below.items())
    words = [comparable(text) for text in fresh.values()]
    return bool(below) and spread and any(_SUM_OR_REST.search(word) or _GROUP.search(word) for word in words)


def _may_head(text: str) -> bool:
    return len(text) <= _LONGEST_GROUP and not _NO_GROUP.search(text) and not is_somebodys_number(text)


def _are_units(row: Sequence[str]) -> bool:
    filled = [text for cell in row if (text := _narrow(cell))]
    return bool(filled) and all(map(_UNIT.fullmatch, filled))


def _are_column_numbers(row: Sequence[str]) -> bool:
    """Whether a row counts the columns, as official forms do: 甲 乙 1 2 3, or A B C."""
    matches = [_COLUMN_NUMBER.fullmatch(text) for cell in row if (text := _narrow(cell))]
    if len(matches) < 3 or not all(matches):
        return False
    numbers = [int(match[1]) for match in matches if match and match[1]]
    letters = [match[0] for match in matches if match and not match[1]]
    return all(after == before + 1 for before, after in pairwise(numbers)) and (
        len(numbers) >= 2 or len(set(letters)) == len(letters) > 2
    )


def _narrow(cell: str) -> str:
    return "".join(unicodedata.normalize("NFKC", cell[:_LONGEST_GROUP]).split())


def _with_units(texts: Sequence[str], units: Sequence[str]) -> list[str]:
    joined = []
    for column in range(max(len(texts), len(units))):
        text, unit = _cell(texts, column).strip(), _cell(units, column).strip().strip("()（）")
        joined.append(f"{text}（{unit}）" if text and unit and unit != text else text or unit)
    return joined


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """Two rows as one: the lower heading, with its group where that decides what is meant."""
    joined: list[str] = []
    group = ""
    under = Counter(comparable(text) for text in lower)
    for column in range(max(len(upper), len(lower))):
        above, below = _cell(upper, column).strip(), _cell(lower, column).strip()
        group = above or group
        if not below or not group or below == above:
            joined.append(below or above)
        elif names_a_member(group):
            joined.append(f"{group} {below}" if _is_of_a_member(below, again=under[comparable(below)] > 1) else below)
        else:
            joined.append(f"{group} {below}" if _needs_group(group, below, joined) else below)
    return joined


def _is_of_a_member(below: str, *, again: bool) -> bool:
    """Whether a heading under 成员一 is that member's: 村 behind the last group is not, unless it comes again."""
    match = field_of(below)
    return again or match is None or match[0] in PERSONAL


def _needs_group(group: str, below: str, before: Sequence[str]) -> bool:
    """Whether a heading says something else under its group: a spouse's 电话, 合计 of 收入, 年收入 under （万元）."""
    match = field_of(below)
    if _SUM_OR_REST.fullmatch(comparable(below)) or (unit_of(group) != 1 and not _names_unit(below)):
        return True
    if match is None or match[0] not in PERSONAL:
        return False
    return is_about_somebody_else(group) or (
        _OF_MEMBERS.search(group) is not None and any(_means(text, match[0]) for text in before)
    )


def _means(heading: str, field: Field) -> bool:
    match = field_of(heading)
    return match is not None and match[0] is field


def _names_unit(heading: str) -> bool:
    return "元" in heading or unit_of(heading) != 1


def _stripped(words: list[str]) -> list[str]:
    while words and not words[-1]:
        words = words[:-1]
    return words


def _cell(row: Sequence[str], column: int) -> str:
    return row[column] if column < len(row) else ""
