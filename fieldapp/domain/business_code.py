"""Unified social credit codes of businesses: their check and what they say (GB 32100-2015, DOMAIN C11)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fieldapp.domain.errors import Invalid
from fieldapp.domain.wording import Sentence
from fieldapp.domain.writing import compact_code

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I O S V Z, which are taken for 1 0 5 U 2
_WEIGHTS = tuple(pow(3, k, 31) for k in range(17))
_ABSENT = re.compile("[IOSVZ]")
_CODE = re.compile(f"[{_ALPHABET}]{{2}}[0-9]{{6}}[{_ALPHABET}]{{10}}")
_OLD_LICENCE = re.compile(r"[0-9]{15}")


@dataclass(frozen=True, slots=True)
class BusinessFacts:
    """A checked code and what it says: who registered it (9 market supervision, N agriculture), as what, where."""

    code: str
    registrar: str
    category: str
    area_code: str

    @property
    def is_village_collective(self) -> bool:
        """Whether it is a collective economic organisation of a township (N1), a village (N2) or a group (N3)."""
        return self.registrar == "N" and self.category in ("1", "2", "3")


def normalised_business_code(text: str) -> str:
    """``text`` without spaces and hyphens, in ordinary capitals and digits. Checks nothing."""
    return compact_code(text)


def business_facts(text: str, field: str = "business_code") -> BusinessFacts:
    """The facts of a unified social credit code, which is normalised first.

    Raises Invalid: ``business_code_old`` for a licence number of 15 digits, ``business_code_length``,
    ``business_code_characters``, ``business_code_check_digit``.
    """
    code = normalised_business_code(text)
    if _OLD_LICENCE.fullmatch(code):
        sentence = Sentence(
            "This is an old licence number of 15 digits. Enter the 18 characters of the social credit code."
        )
        raise Invalid("business_code_old", sentence, field=field)
    if len(code) != 18:
        sentence = Sentence("A social credit code has 18 characters; this one has {count}.", count=len(code))
        raise Invalid("business_code_length", sentence, field=field)
    if absent := _ABSENT.search(code):
        sentence = Sentence(
            "The letter {letter} does not occur in social credit codes: look for a similar character.", letter=absent[0]
        )
        raise Invalid("business_code_characters", sentence, field=field)
    if not _CODE.fullmatch(code):
        sentence = Sentence(
            "A social credit code consists of digits and capital letters, with the area as digits 3 to 8."
        )
        raise Invalid("business_code_characters", sentence, field=field)
    if code[-1] != _check_character(code):
        sentence = Sentence("The last character does not fit: a character of the social credit code is mistyped.")
        raise Invalid("business_code_check_digit", sentence, field=field)
    return BusinessFacts(code, code[0], code[1], code[2:8])


def _check_character(code: str) -> str:
    weighed = sum(_ALPHABET.index(character) * weight for character, weight in zip(code, _WEIGHTS, strict=False))
    return _ALPHABET[-weighed % 31]
