"""The telephones of one row: which number is the person's, which others there are, and what must stay readable."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fieldapp.domain.errors import Invalid
from fieldapp.domain.phone import LONGEST, PhoneNumber, phone_number
from fieldapp.domain.record_rules import NAME_LIMIT
from fieldapp.domain.wording import Sentence
from fieldapp.domain.writing import half_width_digits, one_line
from fieldapp.services.household_list import cells as cell


@dataclass(frozen=True, slots=True)
class PhoneCell:
    """One cell: the plausible ``numbers`` in it, or none and what stands for one as ``doubtful``.

    ``clear`` tells that nothing but these numbers stands there.
    """

    heading: str
    text: str
    numbers: tuple[PhoneNumber, ...]
    doubtful: str
    clear: bool


@dataclass(frozen=True, slots=True)
class Telephones:
    """The person's number, the ``others`` that are plausible, and ``kept``: lines for the remark that lose nothing.

    ``several`` tells that words stand among several numbers, ``implausible`` that a cell holds digits of none.
    """

    first: PhoneNumber | None
    others: tuple[str, ...]
    kept: tuple[str, ...]
    several: bool
    implausible: bool


def telephones(cells: Iterable[tuple[str, str]]) -> Telephones:
    """What the cells with their headings say together: the first mobile number, else the first number, is the person's.

    Raises Invalid ``phone`` for what is too long to be a number and is the only one, ``too_long`` for a text.
    """
    said = [_phone_cell(heading, text) for heading, text in cells if not cell.is_blank(text)]
    if not said:
        return Telephones(None, (), (), several=False, implausible=False)
    numbers = list(dict.fromkeys(number for each in said for number in each.numbers))
    first = next((number for number in numbers if is_mobile(number.digits)), next(iter(numbers), None))
    shown = first or _doubtful(said[0])
    return Telephones(
        shown,
        tuple(number.digits for number in numbers if number != first),
        tuple(cell.labelled(each.heading, each.text) for each in said if not _is_told_by(shown, each)),
        several=any(len(each.numbers) > 1 and not each.clear for each in said),
        implausible=any(not each.numbers and any(map(str.isdigit, each.doubtful)) for each in said) or first is None,
    )


def is_mobile(digits: str) -> bool:
    """Whether a comparable number is a mobile telephone's."""
    return _MOBILE.fullmatch(digits) is not None


_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_MOBILE_IN_TEXT = re.compile(r"(?<![\d+])(?:(?:\+|00)?86[- ]?)?(1[3-9]\d(?:[- ]?\d{4}){2})(?!\d)", re.ASCII)
_TWO_MOBILES = re.compile(r"(1[3-9]\d{9})(1[3-9]\d{9})", re.ASCII)
_BETWEEN = re.compile(r"[/,;、，；|\n\\＼／()（）]+|\s{2,}|\s+(?=(?:\+?86)?1\d{10}(?!\d))|或者?|和|以及|\bor\b|\band\b")
_LABEL = re.compile(
    r"(?:联系|移动|固定|备用|家庭|住宅)?(?:电话|手机|座机|固话|宅电)(?:号码?)?(?:\d(?=\W))?|(?:tel|phone|mobile|cell)\w*",
    re.IGNORECASE,
)


def _phone_cell(heading: str, text: str) -> PhoneCell:
    written = half_width_digits(one_line(text, field="phone", limit=NAME_LIMIT))
    if cell.is_damaged_number(written):
        return PhoneCell(heading, written, (), written, clear=False)
    whole = _dialled(written)
    if whole and whole.plausible:
        return PhoneCell(heading, written, (whole,), "", clear=_is_all(written, [whole]))
    parts = [part for part in (part.strip() for part in _BETWEEN.split(written)) if any(map(str.isalnum, part))]
    dialled = [_dialled(part) for part in parts]
    numbers = [number for number in dialled if number and number.plausible]
    if len(numbers) < len(parts):
        numbers = _found_in(written, numbers)
    doubtful = "" if numbers else whole.digits if whole else written
    return PhoneCell(heading, written, tuple(numbers), doubtful, clear=_is_all(written, numbers))


def _found_in(written: str, numbers: Sequence[PhoneNumber]) -> list[PhoneNumber]:
    """The mobile numbers that stand among words, and two that follow each other without a mark between."""
    glued = _TWO_MOBILES.fullmatch(cell.squeezed(written))
    mobiles = glued.groups() if glued else [match[1] for match in _MOBILE_IN_TEXT.finditer(written)]
    found = [number for text in mobiles if (number := _dialled(text)) and number.plausible]
    return list(dict.fromkeys([*numbers, *found]))


def _is_told_by(shown: PhoneNumber, each: PhoneCell) -> bool:
    """Whether the person's number says all that the cell says."""
    if each.numbers:
        return each.clear and set(each.numbers) == {shown}
    return shown.digits in (each.doubtful, each.text) and not (each.doubtful != each.text and _words(each.text))


_COUNTRY = re.compile(r"(?:(?:00)?86)*")


def _is_all(written: str, numbers: Sequence[PhoneNumber]) -> bool:
    """Whether nothing but the numbers stands there, with marks and a word such as 手机 before them."""
    bare = _LABEL.sub(" ", _BETWEEN.sub(" ", written))
    digits = "".join(filter(str.isdecimal, bare))
    for number in numbers:
        digits = digits.replace(number.digits.removeprefix("+"), "", 1)
    return not _words(bare) and _COUNTRY.fullmatch(digits) is not None


def _words(text: str) -> bool:
    return any(map(str.isalpha, text))


def _doubtful(each: PhoneCell) -> PhoneNumber:
    if len(each.doubtful) > LONGEST:
        raise Invalid("phone", Sentence("This is too long for a telephone number."), field="phone")
    return PhoneNumber(each.doubtful, plausible=False)


def _dialled(text: str) -> PhoneNumber | None:
    try:
        return phone_number(cell.squeezed(text))
    except Invalid:
        return None
