"""Texts as people type them, made fit to keep: no control characters, no hidden direction changes, a length limit.

Emoji and rare characters stay: a name is written as its owner writes it.
"""

from __future__ import annotations

import re
import unicodedata

from fieldapp.domain.errors import Invalid
from fieldapp.domain.wording import Sentence

_LINE_BREAKS = re.compile("\r\n|[\r\v\f\u0085\u2028\u2029]")
# Controls but for tab and line feed, lone surrogates, characters that are none, marks that turn the reading direction
# and marks without width. The joiners U+200C and U+200D stay: emoji and some scripts are written with them.
_REMOVED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ufdd0-\ufdef\ud800-\udfff]"
)
_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Behind a Chinese character, where chat programs leave them, joiners and variation selectors mean nothing: nobody sees
# that they make two names of one, or which character it is that no paper can print.
_STRAY = re.compile(f"(?<=[{_HAN}])[\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]+")
_SPACES = re.compile(r"\s+")
_BLANKS = re.compile(r"[^\S\n]+")
_HALF_WIDTH_DIGITS = {ord("０") + digit: str(digit) for digit in range(10)}
_HALF_WIDTH_LETTERS = {full: chr(full - 0xFEE0) for full in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_FILLERS = re.compile("[\\s\\-－\u2010-\u2015\u2212]")


def one_line(text: str, *, field: str, limit: int) -> str:
    """``text`` cleaned, on one line, with single spaces and none at the ends.

    Raises Invalid (``too_long``) when more than ``limit`` characters remain.
    """
    return _within(_SPACES.sub(" ", _cleaned(text, field, limit)).strip(), field, limit)


def paragraphs(text: str, *, field: str, limit: int) -> str:
    """``text`` cleaned, its line breaks kept as ``\\n``, no blanks at the ends of lines, no empty lines at the ends.

    Raises Invalid (``too_long``) when more than ``limit`` characters remain.
    """
    lines = (_BLANKS.sub(" ", line).strip() for line in _cleaned(text, field, limit).split("\n"))
    return _within("\n".join(lines).strip("\n"), field, limit)


def half_width_digits(text: str) -> str:
    """``text`` with full-width digits as ordinary ones and everything else as it is."""
    return text.translate(_HALF_WIDTH_DIGITS)


def compact_code(text: str) -> str:
    """A number or code as typed, without spaces, hyphens and hidden marks, in ordinary capitals and digits."""
    half_width = text.translate(_HALF_WIDTH_DIGITS | _HALF_WIDTH_LETTERS)
    return _FILLERS.sub("", _REMOVED.sub("", half_width)).upper()


def _cleaned(text: str, field: str, limit: int) -> str:
    # Normalising costs the square of a run of combining marks: a text far beyond the limit is refused before.
    _within(text, field, max(limit * 4, 1_000), said=limit)
    visible = _STRAY.sub("", _REMOVED.sub("", _LINE_BREAKS.sub("\n", text)))
    return unicodedata.normalize("NFC", visible)


def _within(text: str, field: str, limit: int, said: int | None = None) -> str:
    if len(text) > limit:
        sentence = Sentence("This text is too long: at most {limit} characters.", limit=said or limit)
        raise Invalid("too_long", sentence, field=field)
    return text
