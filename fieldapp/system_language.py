"""The language that the system is set to, as far as it says so."""

from __future__ import annotations

import locale
import sys
from collections.abc import Mapping

from fieldapp.translation import Language

_LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The first that is set decides, as everywhere on Unix."""

_NO_LANGUAGE = ("c", "posix")


def system_language(environment: Mapping[str, str], platform: str = sys.platform) -> Language | None:
    """What the environment asks for, whether or not such a locale is installed; None when nothing is asked.

    ``LANGUAGE`` names languages in the order of liking, before the locale. Whoever asks for one that is not spoken
    here is taken to read English rather than Chinese. Windows tells by itself where its environment does not.
    """
    for liked in environment.get("LANGUAGE", "").split(":"):
        spoken = _spoken(liked)
        if spoken is not None:
            return spoken
    named = next((environment[name] for name in _LOCALES if environment.get(name)), "")
    if not named and platform == "win32":
        named = locale.getlocale()[0] or ""
    if _of_locale(named) in ("", *_NO_LANGUAGE):
        return None
    return _spoken(named) or Language.ENGLISH


def _spoken(named: str) -> Language | None:
    match _of_locale(named):
        case "zh" | "chinese":
            return Language.CHINESE
        case "en" | "english":
            return Language.ENGLISH
        case _:
            return None


def _of_locale(named: str) -> str:
    """``zh`` of ``zh_CN.UTF-8``, ``chinese`` of the ``Chinese (Simplified)_China`` of Windows."""
    for mark in ".@_- ":
        named = named.partition(mark)[0]
    return named.lower()
