"""Two languages. English texts are the keys; ``resources/translations/zh/*.po`` holds the Chinese.

The files are standard gettext catalogues, one per room, so that any translation editor opens them. They are read
when the language is first used; nothing has to be compiled.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache

import polib

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.resources import resource


class Language(StrEnum):
    """A language of the screens; the value is also the name of its folder."""

    CHINESE = "zh"
    ENGLISH = "en"


_current = Language.CHINESE


def use_language(language: Language) -> None:
    """Say everything from now on in ``language``. Screens that already stand must be retranslated by their owner."""
    global _current
    _current = language


def language() -> Language:
    """The language now spoken."""
    return _current


@cache
def _texts(language: Language) -> dict[tuple[str | None, str], str]:
    texts: dict[tuple[str | None, str], str] = {}
    for path in sorted(resource("translations", language.value).glob("*.po")):
        for entry in polib.pofile(str(path)):
            if entry.msgstr_plural:
                texts[entry.msgctxt, entry.msgid] = entry.msgstr_plural[0]
            elif entry.msgstr:
                texts[entry.msgctxt, entry.msgid] = entry.msgstr
    return texts


def tr(text: str, /, **values: object) -> str:
    """``text`` in the current language, its ``{places}`` filled with ``values``."""
    return _fill(_texts(_current).get((None, text), text) if _current is not Language.ENGLISH else text, values)


def trc(context: str, text: str, /, **values: object) -> str:
    """Like ``tr`` for a short text that needs ``context`` to be translated, e.g. ``trc("sex", "M")``."""
    return _fill(_texts(_current).get((context, text), text) if _current is not Language.ENGLISH else text, values)


def trn(singular: str, plural: str, count: int, /, **values: object) -> str:
    """The text for ``count`` things; ``{count}`` is filled with it. Chinese has one form for all counts."""
    if _current is Language.ENGLISH:
        return _fill(singular if count == 1 else plural, {"count": count, **values})
    return _fill(_texts(_current).get((None, singular), plural), {"count": count, **values})


def say(sentence: Sentence) -> str:
    """A sentence of the rules in the current language."""
    values = {name: say(value) if isinstance(value, Sentence) else value for name, value in sentence.values.items()}
    return tr(sentence.text, **values)


def explain(error: Actionable) -> str:
    """What happened and what to do now, for the officer, in the current language."""
    said = say(error.sentence)
    if error.advice is None:
        return said
    return in_a_row(said, say(error.advice))


def in_a_row(*sentences: str) -> str:
    """Whole sentences one after the other; a Chinese full stop brings its own room."""
    return ("" if _current is Language.CHINESE else " ").join(sentences)


def _fill(text: str, values: dict[str, object]) -> str:
    return text.format_map(values) if values else text
