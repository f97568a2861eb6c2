"""Texts that a component can say again in another language."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import TypeAlias

from fieldapp.domain.wording import Sentence
from fieldapp.translation import say

Words: TypeAlias = str | Sentence | Callable[[], str]
"""A name as it is (``str``), a ``Sentence``, or ``lambda: tr("…")``: the last two follow the language."""

ONE_LINE = 400  # characters: wider than any screen is, cheap to measure


def said(words: Words) -> str:
    """``words`` in the language now spoken."""
    if isinstance(words, str):
        return words
    return say(words) if isinstance(words, Sentence) else words()


def one_line(text: str, limit: int = ONE_LINE) -> str:
    """``text`` fit for one line of a list: no line breaks, no control or direction-changing characters, not endless."""
    shown = text[: limit + 1]
    cleaned = "".join(" " if character in "\r\n\t\u2028\u2029" else character for character in shown)
    cleaned = "".join(character for character in cleaned if unicodedata.category(character) not in ("Cc", "Cf", "Cs"))
    return cleaned[:limit] + "…" if len(text) > limit else cleaned
