"""What stands between the households of a list and is none: totals, headings of the next page, notes, signatures."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fieldapp.services.household_list.heading_text import comparable
from fieldapp.services.household_list.headings import LONGEST_HEADING, field_of, is_a_heading, is_somebodys_number
from fieldapp.services.household_list.parts import heads_a_part
from fieldapp.services.household_list.stated_units import unit_of


def is_between_rows(
    cells: Sequence[str],
    used: set[int],
    name_column: int | None,
    headings: Sequence[Sequence[str]],
    titles: set[str],
) -> bool:
    """Whether a row is none of the table's: empty, a total, the headings or the title again, a note."""
    filled = [(column, cell) for column, cell in enumerate(cells) if any(map(str.isalnum, cell))]
    if not any(column in used for column, _ in filled):
        return True
    first_column, first = filled[0]
    if any(_TOTAL.fullmatch(comparable(cell)) for column, cell in filled if column in (first_column, name_column)):
        return True
    if any(_repeats(filled, row) for row in headings):
        return not heads_another_table(cells, headings)
    if all(_FOOTER.fullmatch(cell.strip()) for _, cell in filled):
        return True
    if heads_a_part(filled, name_column):
        return True
    if len(filled) == 1 and len(headings[0]) > 1:
        word = comparable(first)
        return (
            word in titles
            or (first_column != name_column and bool(_NOTE.match(word)))
            or bool(first_column == name_column and _NOTE.match(word) and len(word) > 4)
        )
    return False


def heads_another_table(cells: Sequence[str], headings: Sequence[Sequence[str]]) -> bool:
    """Whether a row names the columns of what follows otherwise than ``headings``: in another order or unit."""
    short = [cell for cell in cells if cell and len(cell) <= LONGEST_HEADING and not cell.isdecimal()]
    if sum(is_a_heading(comparable(cell)) for cell in short) < _LEAST_EXACT:
        return False
    filled = [(column, comparable(cell)) for column, cell in enumerate(cells) if comparable(cell)]
    sure = [(column, word) for column, word in filled if _names_a_column(word)]
    if len(sure) < _LEAST_HEADINGS or len(sure) * 2 <= len(filled) or any(map(is_somebodys_number, cells)):
        return False
    known = [[comparable(heading) for heading in row] for row in headings]
    if any(all(column < len(row) and row[column] == word for column, word in filled) for row in known):
        return False
    return any(not any(_says_the_same(word, row, column) for row in known) for column, word in sure)


def _names_a_column(word: str) -> bool:
    return is_a_heading(word) or ((match := field_of(word)) is not None and match[1] >= _SURE_ENOUGH)


def _says_the_same(word: str, headings: Sequence[str], column: int) -> bool:
    """Whether a heading means the field, in the unit, that the column has."""
    if column >= len(headings):
        return False
    said, known = field_of(word), field_of(headings[column])
    return said is not None and known is not None and said[0] is known[0] and unit_of(word) == unit_of(headings[column])


def _repeats(filled: Sequence[tuple[int, str]], headings: Sequence[str]) -> bool:
    """Whether the filled cells of a row are a row of headings again, as on each printed page."""
    same = sum(
        1
        for column, cell in filled
        if column < len(headings) and len(cell) < LONGEST_HEADING and comparable(cell) == headings[column]
    )
    return (same >= 2 and same * 2 > len(filled)) or same == len(filled) == sum(map(bool, headings))


_LEAST_EXACT, _LEAST_HEADINGS, _SURE_ENOUGH = 1, 2, 75
_TOTAL = re.compile(
    r"[^,，。:：]{0,12}(?:合计|总计|小计|共计|累计|汇总)(?:户数|人数|金额)?(?:\d*[户人条笔])?(?:\(.*\))?|[共计]*\d+[户人条笔]|平均数?|均值|(?:总|合计)?(?:人数|户数)(?:\d+[户人])?"
    r"|(?:人均|户均|平均)(?:每[户人])?[年月]?[纯总净]?(?:收入|支出|金额|贷款|人口|授信)[^,，。:：]{0,6}"
    r"|(?:此行|以下|下面|此处)?(?:以下)?(?:空白|为空|无正文|无内容|无数据)|(?:grand|sub)?total\d*|sum|average|endoflist",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"(?:制表|填表|填报|审核|复核|经办|注|备注|说明|单位|日期|打印|第\d+页|共\d+页|page\d|note|preparedby|checkedby|remark)",
    re.IGNORECASE,
)
_FOOTER = re.compile(
    r"(?:截[止至]\d|(?:合计|总计|共计|总|本页)?(?:人数|户数))[^:：]{0,12}[:：]?.*|(?:制表|填表|填报|填写|审核|复核|审批|经办|负责|调查|采集|登记|录入|打印|村?主任|村?书记|组长|客户经理|联系|单位|盖章|签字|签章|日期|时间"
    r"|prepared|checked|approved|reviewed|date|signature|officer)[^:：]{0,12}[:：].*|.{0,12}[(（](?:盖章|公章|签字|签章)[)）]"
    r"|\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?",
    re.IGNORECASE | re.DOTALL,
)
