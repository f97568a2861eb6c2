"""Single cells of a list, cleaned: dates, amounts, counts and names as people and spreadsheets write them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from fieldapp.domain.errors import Invalid
from fieldapp.domain.identity import OLDEST_YEARS
from fieldapp.domain.records import Sex
from fieldapp.domain.wording import Sentence
from fieldapp.domain.writing import one_line
from fieldapp.services.household_list.headings import is_a_heading
from fieldapp.services.household_list.workbook import day_of_serial

LONGEST_CODE = 200
"""Characters of a date, an amount, a number: longer texts are none of them."""


def is_blank(text: str) -> bool:
    """Whether a cell says nothing: spaces and marks without width, or one of the signs written for "none"."""
    if not text:
        return True
    if len(text) > LONGEST_CODE:
        return not any(_is_visible(char) for char in text)
    return squeezed(text).lower() in _NOTHING


def squeezed(text: str) -> str:
    """A code with half-width characters and nothing invisible; a trailing ``.0`` of a spreadsheet number goes too."""
    cut = text[: LONGEST_CODE + 1]
    if not (cut.isascii() and cut.isprintable()):
        cut = "".join(filter(_is_visible, unicodedata.normalize("NFKC", cut)))
    cut = cut.replace(" ", "")
    return _FRACTION_OF_NOTHING.sub("", cut) if ".0" in cut else cut


def person_name(text: str, *, limit: int) -> str:
    """A name as it is kept: 周　平 is 周平, foreign names keep single spaces, the dot of minority names is always ·.

    Raises Invalid: ``name_missing``, ``name_unreadable`` when characters were lost or a formula stands there,
    ``too_long``.
    """
    name = _NAME_DOTS.sub("·", one_line(text.translate(_HALF_WIDTH), field="name", limit=limit))
    name = _SPACE_BESIDE_HAN.sub("", name)
    if is_blank(name) or not any(char.isalpha() for char in name):
        raise Invalid("name_missing", Sentence("The name is missing."), field="name")
    if "\ufffd" in name:
        raise Invalid("name_unreadable", Sentence("Characters of this name were lost: type it again."), field="name")
    if _CALCULATION.match(name):
        sentence = Sentence("A formula or its error stands in place of the name: type the name.")
        raise Invalid("name_unreadable", sentence, field="name")
    return name


def refuse_heading(name: str) -> None:
    """Raises Invalid ``name_is_heading`` where the word for a column stands in place of a name: 联系电话, 所在村."""
    if (not name.isascii() and is_a_heading(name)) or _SIGNATURE.fullmatch(name):
        sentence = Sentence("A heading stands in place of the name: {name}.", name=name)
        raise Invalid("name_is_heading", sentence, field="name")


def refuse_place(name: str) -> None:
    """Raises Invalid ``name_is_place`` where a name that stands alone in its row heads a part: 和平村, 下湾组, 名单."""
    if _PLACE.fullmatch(name):
        raise Invalid(
            "name_is_place",
            Sentence("This seems to be a place or the heading of a part, and nobody: {name}.", name=name[:40]),
            field="name",
            advice=Sentence("If somebody is called so, write a telephone or an address beside the name."),
        )


def listed_name(text: str) -> str:
    """The cell of a name without what only counts or places the person: 1.张三, 2、李四, 王五（户主）."""
    name = text.strip()
    if name.endswith((")", "）")):
        name = _HEAD_BESIDE.sub("", name)
    return _NUMBERED.sub("", name) if name[:1].isdigit() or name.startswith(("(", "（")) else name


def refuse_calculation(text: str, code: str, field: str) -> None:
    """Raises Invalid ``code`` where a formula that was never worked out, or its error, stands in place of a value."""
    if _CALCULATION.match(text.lstrip()):
        sentence = Sentence("A formula or its error stands here: type what it should come to.")
        raise Invalid(code, sentence, field=field)


def has_lost_characters(name: str) -> bool:
    """Whether a character did not come through: a box, a question mark, one that only the sender's fonts have."""
    return _LOST.search(name) is not None


def birth_date(text: str, today: date) -> date:
    """A day of birth: 1978-3-5, 1978/03/05, 1978.3.5, 19780305, 1978年3月5日 or a spreadsheet's day number.

    Raises Invalid ``birth_date`` when it is no day, lies after ``today`` or more than 150 years back.
    """
    plain = _MIDNIGHT.sub("", text.strip())
    if " " in plain:
        plain = _SPACED_DAY.sub(r"\1-\2-\3", plain)
    written = _in_figures(squeezed(plain))
    if not written[:1].isdigit() or written.endswith(")"):
        written = _SOLAR.sub("", written)
    day = None
    if match := _DAY.fullmatch(written) or _EIGHT_DIGITS.fullmatch(written):
        day = _day(int(match[1]), int(match[2]), int(match[3]))
    elif (match := _SHORT_YEAR.fullmatch(written)) and int(match[1]) > max(31, today.year % 100):
        # 78 can be no day of a month, and 2078 has not come.
        day = _day(1900 + int(match[1]), int(match[2]), int(match[3]))
    elif match := _ENGLISH_DAY.fullmatch(written) or _ENGLISH_MONTH.fullmatch(written):
        said = match.groupdict()
        day = _day(int(said["year"]), _month(said["month"]), int(said["day"]))
    elif _SERIAL.fullmatch(written):
        day = day_of_serial(int(written))
    if day is None:
        raise _not_a_day()
    if day > today:
        raise Invalid("birth_date", Sentence("This date of birth lies in the future."), field="birth")
    if today.year - day.year > OLDEST_YEARS:
        raise Invalid(
            "birth_date",
            Sentence("This date of birth is more than {years} years ago.", years=OLDEST_YEARS),
            field="birth",
        )
    return day


def is_no_solar_day(text: str) -> bool:
    """Whether a cell tells a birth by the lunar calendar, the year's animal or the age: 农历腊月廿三, 属马, 48岁."""
    return _LUNAR.search(squeezed(text)) is not None


def part_of_birth(text: str) -> str | None:
    """The beginning of an ISO date where a cell tells no more: 1978年3月, 1978-03, 197803 (as 出生年月 asks), 1978."""
    if match := _MONTH.fullmatch(written := squeezed(text)):
        return f"{int(match[1])}-{int(match[2]):02}"
    return match[1] if (match := _YEAR.fullmatch(written)) else None


def _month(name: str) -> int:
    known = [number for number, full in enumerate(_MONTH_NAMES, start=1) if name.lower() in (full, full[:3])]
    if not known:
        raise _not_a_day()
    return known[0]


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise _not_a_day() from None


def _in_figures(written: str) -> str:
    """A date with one kind of mark between its parts and with figures for 一九七八年三月五日."""
    plain = _AFTER_A_DAY.sub("", _BETWEEN_PARTS.sub("-", written))
    return _HAN_NUMBER.sub(_figures, plain) if _HAN_DATE.fullmatch(plain) else plain


def _figures(match: re.Match[str]) -> str:
    text = match[0].replace("〇", "零").replace("○", "零")
    if "十" not in text:
        return "".join(str("零一二三四五六七八九".index(digit)) for digit in text)
    tens, _, ones = text.partition("十")
    return str(10 * ("一二三四五六七八九".index(tens) + 1 if tens else 1) + (_HAN_NUMBERS[ones] if ones else 0))


def is_answer(text: str) -> bool:
    """Whether a cell for an amount says that there is one or none, or that nobody knows: 有, 不需要, 不详, 待定."""
    return _ANSWER.fullmatch(squeezed(text).lower()) is not None


def labelled(heading: str, text: str) -> str:
    """A cell as a line of a remark, behind its heading."""
    label = " ".join(heading[:_LONGEST_LABEL].split())
    if not label:
        return text
    return f"{label}: {text}" if label.isascii() else f"{label}：{text}"


def head_count(text: str) -> int | None:
    """The number of people in ``4``, ``4人``, ``四口人``; None when it is none or nobody has such a family."""
    written = _PEOPLE.sub("", squeezed(text))
    if written in _HAN_NUMBERS:
        return _HAN_NUMBERS[written]
    return int(written) if re.fullmatch(r"\d{1,2}", written, re.ASCII) else None


def han_number(number: int) -> str:
    """A number below 100 in words, as groups of a village are counted: 三, 十二, 二十."""
    tens, ones = divmod(number, 10)
    return (_ONES[tens] if tens > 1 else "") + ("十" if tens else "") + _ONES[ones]


def sex(text: str) -> Sex | None:
    """M or F of 男, 女, male, f, or 1 and 2 (GB/T 2261.1); None for anything else."""
    return _SEXES.get(squeezed(text).lower())


def is_damaged_number(text: str) -> bool:
    """Whether a spreadsheet has turned a long number into 4.21224E+17 and lost its last digits."""
    return SCIENTIFIC.fullmatch(squeezed(text).upper()) is not None


_NOTHING = frozenset(
    (
        "",
        "-",
        "--",
        "---",
        "—",
        "——",
        "/",
        "//",
        "\\",
        "无",
        "没有",
        "暂无",
        "空",
        "null",
        "none",
        "n/a",
        "na",
        "#n/a",
        "nil",
        "nan",
        "0000-00-00",
        "1900-01-00",
        "1900/1/0",
    )
)
_HALF_WIDTH = {0xFF01 + place: chr(0x21 + place) for place in range(94)}
_FRACTION_OF_NOTHING = re.compile(r"(?<=\d)\.0+$")
_CALCULATION = re.compile(r"=|#(?:REF|VALUE|NAME|NUM|NULL|DIV/0|SPILL|CALC|BUSY)[!?]", re.IGNORECASE)
_NUMBERED = re.compile(r"^[（(]?\d{1,4}(?:[)）、．]|\.(?!\d))\s*(?=\S)")
_HEAD_BESIDE = re.compile(r"\s*[（(](?:户主|本人|户主本人)[)）]$")
_SIGNATURE = re.compile(
    r"(?:制表|填表|填报|填写|审核|复核|审批|经办|调查|采集|登记|录入|统计)(?:人员?|单位|日期|时间)(?:签[字名章])?(?:[:：].*)?"
    r"|[总年月纯净平均户人]{1,3}(?:收入|支出)"
    r"|(?:负责人|联系人|村?党?支?部?书记|村?支书|村?主任|村?会计|文书|村委会?)(?:签[字名章])?[:：].*"
    r"|(?:prepared|checked|approved|reviewed|signed|filled)(?: in)? by\b.*"
    r"|(?:village |group )?(?:secretary|head|officer|leader|clerk|accountant|contact(?: person)?) ?[:：].*",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"[^:：]{2,}(?:村|湾|塆|屯|寨|社区|居委会|村委会|组|队|片区?|网格)(?:[(（].*[)）])?"
    r"|.{2,}(?:名单|名册|花名册|台账|(?:情况|登记|统计|一览|明细|汇总|信息)表)(?:[(（].*[)）])?"
    r"|空户|绝户|(?:五保|低保|贫困|脱贫|困难|一般)户|(?:已|全家)?(?:迁出|外迁|搬迁|销户)"
    r"|(?:group|team|village|hamlet)\b.*|.* (?:group|team|village|hamlet|list)",
    re.IGNORECASE,
)
_LOST = re.compile("[?□■〓▯\ufffc\ue000-\uf8ff\U000f0000-\U0010ffff]")
_SPACED_DAY = re.compile(r"^(\d{4})\s+(\d{1,2})\s+(\d{1,2})$", re.ASCII)
_SOLAR = re.compile(r"^(?:公历|阳历|新历)[:：]?|\((?:公历|阳历|新历|身份证)\)$")
_LUNAR = re.compile(
    r"农历|阴历|旧历|古历|正月|冬月|腊月|闰|廿|初[一二三四五六七八九十]|^属?[鼠牛虎兔龙蛇马羊猴鸡狗猪]$|^\d{1,3}周?岁$"
)
_HAN = "\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff·"
_SPACE_BESIDE_HAN = re.compile(rf"(?<=[{_HAN}]) +(?=[{_HAN}])")
_NAME_DOTS = re.compile("[•‧・･∙⋅●．]")
_MIDNIGHT = re.compile(r"[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?$")
_BETWEEN_PARTS = re.compile(r"(?<=\d)[。、\\–—‐−,](?=\d)")
_AFTER_A_DAY = re.compile(r"(?<=[\d日号])(?:出?生|[.。])$")
_HAN_NUMBER = re.compile(r"[零〇○一二三四五六七八九十]+")
_HAN_DATE = re.compile(
    rf"(?:\d{{4}}|\d{{2}}|[零〇○一二三四五六七八九]{{4}}|[一二三四五六七八九][零〇○一二三四五六七八九])年(?:\d{{1,2}}|{_HAN_NUMBER.pattern})月(?:\d{{1,2}}|{_HAN_NUMBER.pattern})[日号]?"
)
_SHORT_YEAR = re.compile(r"(\d{2})(?:(?=\d{4}$)|[-/.年])(\d{1,2})(?:(?=\d{2}$)|[-/.月])(\d{1,2})[日号]?", re.ASCII)
_ENGLISH_DAY = re.compile(r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[-/. ]?(?P<month>[A-Za-z]{3,9})[-/.,]*(?P<year>\d{4})")
_ENGLISH_MONTH = re.compile(r"(?P<month>[A-Za-z]{3,9})[-/.]?(?P<day>\d{1,2})(?:st|nd|rd|th)?[-/,]+(?P<year>\d{4})")
_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_YEAR = re.compile(r"((?:19|20)\d\d)年?", re.ASCII)
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?", re.ASCII)
_EIGHT_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_MONTH = re.compile(r"((?:19|20)\d\d)(?:[-/.年]|(?=\d\d$))(0?[1-9]|1[0-2])月?", re.ASCII)
_SERIAL = re.compile(r"\d{5}", re.ASCII)
SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[Ee]\+?(?P<exponent>\d{1,3})", re.ASCII)
_ANSWER = re.compile(
    r"(?:有|无|没有?|暂[无不]|不?需要|不用|不想?|需|是|否)(?:需要?|想|打算)?(?:贷款?|用款|资金)?(?:需求|意向|意愿|打算|计划)?"
    r"|(?:暂时?)?(?:无|没有?|不)需求?|亏损|持平|(?:收入)?不(?:固定|稳定|一定)|视情况(?:而定)?|看情况|(?:以后)?再说|没想好|考虑中|不贷款?"
    r"|不(?:详|明|清楚|知道|知|便透露)|未(?:知|定|填|提供|说)|待(?:定|核实|补充|商|议)|面议|保密|无收入|yes|no|unknown|none|tbd|[yn√×✓?？]+"
)
_LONGEST_LABEL = 40
_PEOPLE = re.compile(r"(?:口之家|口?人?|persons?|people|members?)$", re.IGNORECASE)
_HAN_NUMBERS = {digit: value for value, digit in enumerate("一二三四五六七八九十", start=1)} | {"两": 2}
_ONES: tuple[str, ...] = ("", *"一二三四五六七八九")
_SEXES: dict[str, Sex] = {
    "1": "M", "2": "F", "男": "M", "男性": "M", "m": "M", "male": "M", "女": "F", "女性": "F", "f": "F", "female": "F"
}  # fmt: skip


def _is_visible(char: str) -> bool:
    return not char.isspace() and unicodedata.category(char) not in ("Cc", "Cf", "Cs")


def _not_a_day() -> Invalid:
    return Invalid(
        "birth_date", Sentence("This is not a date of birth. Write it like 1978-3-5 or 19780305."), field="birth"
    )
