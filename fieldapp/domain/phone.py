"""Telephone numbers as people write them, made comparable; one that is not plausible is kept with a warning."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers

from fieldapp.domain.errors import Invalid
from fieldapp.domain.wording import Sentence
from fieldapp.domain.writing import half_width_digits

LONGEST = 40

_HALF_WIDTH = {ord("０") + digit: str(digit) for digit in range(10)} | str.maketrans("＋－（）", "+-()")
_NOT_DIALLED = re.compile(r"[^0-9+]")
_SEARCHED = 20_000
_GLUED = re.compile(r"(?<!\d)(1[3-9]\d{9})(1[3-9]\d{9})(?!\d)", re.ASCII)
_IN_TEXT = re.compile(
    r"(?<![\d.])(?:(?:\+|00)?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)"
    r"|(?<![\d.])[（(]?0\d{2,3}[)）]?[- ]?[2-8]\d{6,7}(?!\d)"
    r"|\+\d(?:[- ]?\d){6,14}(?!\d)"
    r"|(?<![\d.-])[2-8]\d{6,7}(?![\d.-])",
    re.ASCII,
)
_LOCAL = re.compile(r"(?!20\d{6}$)[2-8]\d{6,7}", re.ASCII)
# Two spellings of one number must stay one number even where the number is not plausible.
_HOME_PREFIX = re.compile(r"(?:(?:\+|00)86|86(?=1[0-9]{10}$))(?=[0-9])")


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """``digits`` identify the line: 11 digits of a mobile, a landline with its 0, a foreign number with its +."""

    digits: str
    plausible: bool

    @property
    def warning(self) -> Sentence | None:
        """What to tell the officer about a number that cannot be right."""
        return None if self.plausible else Sentence("This telephone number does not look right. It is kept as entered.")


def phone_number(text: str, field: str = "phone") -> PhoneNumber:
    """The number that ``text`` means in China; spaces, hyphens, brackets, +86, 0086, full-width digits are understood.

    Raises Invalid (``phone``) when it holds no digit at all or is longer than any telephone number.
    """
    written = text.translate(_HALF_WIDTH).strip()
    if len(written) > LONGEST:
        raise Invalid("phone", Sentence("This is too long for a telephone number."), field=field)
    dialled = _NOT_DIALLED.sub("", written)
    bare = dialled[:1] + dialled[1:].replace("+", "")
    if not bare.strip("+"):
        raise Invalid("phone", Sentence("There is no digit in this telephone number."), field=field)
    parsed = _parsed(bare)
    if parsed is None:
        home = _HOME_PREFIX.match(bare)
        return PhoneNumber(bare[home.end() :] if home else bare, plausible=False)
    if parsed.country_code != 86:
        return PhoneNumber(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164), plausible=True)
    national = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    return PhoneNumber(_NOT_DIALLED.sub("", national), plausible=True)


def phone_numbers_in(text: str) -> tuple[str, ...]:
    """The telephone numbers that stand among the words of ``text``, comparable, each once.

    A landline without its area code is one too; a day or an identity number is none.
    """
    written = _GLUED.sub(r"\1 \2", half_width_digits(text[:_SEARCHED]))
    numbers = (_number_in(match[0]) for match in _IN_TEXT.finditer(written))
    return tuple(dict.fromkeys(filter(None, numbers)))


def _number_in(written: str) -> str | None:
    number = phone_number(written)
    return number.digits if number.plausible or _LOCAL.fullmatch(number.digits) else None


def _parsed(bare: str) -> phonenumbers.PhoneNumber | None:
    try:
        parsed = phonenumbers.parse(bare, "CN")
    except phonenumbers.NumberParseException:
        return None
    return parsed if phonenumbers.is_valid_number(parsed) else None
