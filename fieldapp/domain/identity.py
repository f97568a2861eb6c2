"""Identity numbers of 18 digits: their check and what they say (GB 11643-1999, DOMAIN C10)."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fieldapp.domain.errors import Invalid
from fieldapp.domain.wording import Sentence
from fieldapp.domain.writing import compact_code

OLDEST_YEARS = 150

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
_OLD_NUMBER = re.compile(r"[0-9]{15}")
_RESIDENCE_PERMIT_AREAS = ("81", "82", "83")  # residents from Hong Kong, Macau and Taiwan


class Sex(StrEnum):
    """The sex an identity number tells: odd order codes are male."""

    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True, slots=True)
class IdentityFacts:
    """A checked identity number and what it says; ``area_code`` is the GB/T 2260 code of the first registration."""

    number: str
    area_code: str
    birth: date
    sex: Sex

    @property
    def is_residence_permit(self) -> bool:
        """Whether it is a residence permit of areas 81, 82 or 83."""
        return self.area_code.startswith(_RESIDENCE_PERMIT_AREAS)


def normalised_identity_number(text: str) -> str:
    """``text`` without spaces and hyphens, full-width digits made ordinary, x as X. Checks nothing."""
    return compact_code(text)


def identity_facts(text: str, today: date, field: str = "identity_number") -> IdentityFacts:
    """The facts of an identity number, which is normalised first.

    The area code is not judged: see ``area_warning``. Raises Invalid: ``identity_old`` for 15 digits,
    ``identity_length``, ``identity_characters``, ``identity_check_digit``, ``identity_birth_date`` for a day that is
    none, lies after ``today`` or more than 150 years back.
    """
    number = normalised_identity_number(text)
    if _OLD_NUMBER.fullmatch(number):
        sentence = Sentence("This is an old identity number of 15 digits. Enter the 18 digits of the present card.")
        raise Invalid("identity_old", sentence, field=field)
    if len(number) != 18:
        sentence = Sentence("An identity number has 18 characters; this one has {count}.", count=len(number))
        raise Invalid("identity_length", sentence, field=field)
    if not _NUMBER.fullmatch(number):
        sentence = Sentence("An identity number consists of 17 digits and a last digit or X.")
        raise Invalid("identity_characters", sentence, field=field)
    if number[-1] != _check_digit(number):
        sentence = Sentence("The check digit does not fit: a digit of the identity number is mistyped.")
        raise Invalid("identity_check_digit", sentence, field=field)
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    return IdentityFacts(number, number[:6], _birth(number[6:14], today, field), sex)


def area_warning(area_code: str, known: Container[str]) -> Sentence | None:
    """A warning when ``area_code`` is not ``known``; never a refusal, for codes are withdrawn and lists are late."""
    if area_code in known or area_code.startswith(_RESIDENCE_PERMIT_AREAS):
        return None
    return Sentence(
        "The area code {area_code} of the identity number is unknown. Compare it with the card.", area_code=area_code
    )


def _check_digit(number: str) -> str:
    return _CHECK_DIGITS[sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False)) % 11]


def _birth(digits: str, today: date, field: str) -> date:
    try:
        birth = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        sentence = Sentence("The birth date in the identity number is not a day of the calendar.")
        raise Invalid("identity_birth_date", sentence, field=field) from None
    if birth > today:
        sentence = Sentence("The birth date in the identity number lies in the future.")
        raise Invalid("identity_birth_date", sentence, field=field)
    if today.year - birth.year > OLDEST_YEARS:
        sentence = Sentence(
            "The birth date in the identity number lies more than {years} years back.", years=OLDEST_YEARS
        )
        raise Invalid("identity_birth_date", sentence, field=field)
    return birth
