"""What a prospect can be found by: any part of the name, telephone, village or trade, pinyin and its initials.

FTS5 finds words by their beginning; so each word is also entered from each of its later characters on. That finds a
two-character name and the last digits of a telephone number, which the trigram tokenizer cannot.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from functools import lru_cache

os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "1")
# Characters are read one by one here: how they sound in phrases takes 45 MB, and a third of a second of each start.

from pypinyin import Style, lazy_pinyin, pinyin

from fieldapp.domain.phone import phone_numbers_in
from fieldapp.domain.writing import half_width_digits

LONGEST_WORD = 24
LEAST_DIGITS = 3

_WORD = re.compile(r"\w+")
_INSIDE_A_NUMBER = re.compile(r"(?<=\d)[\s-]+(?=\d)")
_HOME = re.compile(r"(?<![\d])(?:\+|00)?86(?=1[3-9]\d{9}(?!\d))|\+86(?=[1-9])", re.ASCII)


def search_terms(name: str, mobile: str | None, *others: str | None, phones: str = "") -> str:
    """The words under which a prospect is entered, separated by spaces; ``phones`` are further telephones."""
    terms: dict[str, None] = {}
    for word in _words(name):
        terms.update(dict.fromkeys(_endings(word, 1)))
        syllables = _syllables(word)
        initials = "".join(syllable[0] for syllable in syllables)
        for start in range(len(syllables)):
            terms["".join(syllables[start:])] = None
            terms[initials[start:]] = None
        for reading in _other_readings(word[0]):
            terms["".join((reading, *syllables[1:]))] = None
            terms[reading[0] + initials[1:]] = None
    for phone in (mobile, *phones.split()) if phones else (mobile,):
        if phone:
            terms.update(dict.fromkeys(_endings(re.sub(r"\D", "", phone), LEAST_DIGITS)))
    for other in others:
        for word in _words(other or ""):
            terms.update(dict.fromkeys(_endings(word, 2)))
    return " ".join(terms)


def further_phones(mobile: str | None, remark: str | None, family: Iterable[str | None]) -> str:
    """The telephones of a household beside ``mobile``, separated by spaces: of its people, and those in the remark."""
    others = [phone for phone in family if phone and phone != mobile]
    if remark:
        others += [phone for phone in phone_numbers_in(remark) if phone != mobile]
    return " ".join(dict.fromkeys(others)) if others else ""


def match_expression(typed: str) -> str | None:
    """The FTS5 expression for what was typed, None when there is nothing to look for.

    All words must be found. Spaces and hyphens inside a run of digits are dropped, as people write telephones, and so
    is the country code that a telephone shows before a caller's number.
    """
    joined = _INSIDE_A_NUMBER.sub("", typed if typed.isascii() else half_width_digits(typed))
    if "86" in joined:
        joined = _HOME.sub("", joined)
    words = _words(joined)
    return " AND ".join(f'"{word}"*' for word in words[:8]) if words else None


def sort_key(name: str) -> str:
    """The name in pinyin, so that lists follow the order a Chinese reader expects."""
    return " ".join(_syllables(name))[:80]


def _words(text: str) -> list[str]:
    return [word[:LONGEST_WORD].lower() for word in _WORD.findall(text.replace("_", " "))]


def _endings(word: str, least: int) -> list[str]:
    return [word[start:] for start in range(max(1, len(word) - least + 1))] if word else []


def _syllables(word: str) -> list[str]:
    return [syllable for character in word for syllable in _syllable(character)]


@lru_cache(maxsize=4_096)
def _other_readings(character: str) -> tuple[str, ...]:
    """Surnames are often read unlike the same character elsewhere (曾 zeng, not ceng): find them by either."""
    readings = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    usual = _syllable(character)
    return tuple(r for r in dict.fromkeys(readings[0] if readings else ()) if r and (r,) != usual)[:3]


@lru_cache(maxsize=16_384)
def _syllable(character: str) -> tuple[str, ...]:
    read = lazy_pinyin(character, style=Style.NORMAL, errors="default")
    return tuple(part.lower() for part in read if part.strip())
