"""Telephone numbers as people write them, made comparable; one that is not plausible is kept with a warning."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers

from fieldapp.domain.errors import Invalid
from fieldapp.domain.wording import Sentence

LONGEST = 40

_HALF_WIDTH = {ord("０") + digit: str(digit) for digit in range(10)} | str.maketrans("＋－（）", "+-()")
_NOT_DIALLED = re.compile(r"[^0-9+]")
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


def _parsed(bare: str) -> phonenumbers.PhoneNumber | None:
    try:
        parsed = phonenumbers.parse(bare, "CN")
    except phonenumbers.NumberParseException:
        return None
    return parsed if phonenumbers.is_valid_number(parsed) else None
