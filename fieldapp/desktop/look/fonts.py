"""Noto Sans SC from the program's own resources: loaded once, digits tabular, punctuation tight on labels."""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF

from fieldapp.desktop.look.worn import px
from fieldapp.resources import resource

FAMILY = "Noto Sans SC"
RARE = "FieldRareHan"
"""What Noto Sans SC lacks of the characters in names (𠮷), from the font that the papers fall back to."""
WEIGHTS = ("Regular", "Medium", "Bold")


class MissingFont(Exception):
    """A font of the program could not be loaded: the installation is damaged."""


@cache
def load_fonts() -> None:
    """Register the program's fonts with Qt. Needs a QGuiApplication; raises MissingFont when a file is broken."""
    for name in (*(f"NotoSansSC-{weight}" for weight in WEIGHTS), f"{RARE}-Regular"):
        path = resource("fonts", f"{name}.ttf")
        if QFontDatabase.addApplicationFont(str(path)) < 0:
            raise MissingFont(path.name)


def font(size: float = 14, weight: int = 400, *, tight: bool = False) -> QFont:
    """Noto Sans SC, then the rare characters, at ``size`` logical pixels (scaled as the look is), digits tabular.

    ``tight`` sets proportional punctuation (``palt``): for labels and names, never for sentences or fields. Of the
    design's weights, 600 is drawn with the Bold: only 400, 500 and 700 are bundled.
    """
    return QFont(_font(max(px(size), 1), weight, tight))


@lru_cache(maxsize=256)
def _font(pixels: int, weight: int, tight: bool) -> QFont:
    """What is asked for with every word that is measured or drawn."""
    made = QFont([FAMILY, RARE])
    made.setPixelSize(pixels)
    made.setWeight(QFont.Weight(700 if weight >= 600 else weight))
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    made.setFeature(QFont.Tag("tnum"), 1)
    if tight:
        made.setFeature(QFont.Tag("palt"), 1)
    return made


def width(text: str, drawn: QFont) -> float:
    """How wide ``text`` is in ``drawn``, in widget pixels; of a text longer than any line, its first 400 characters."""
    return QFontMetricsF(drawn).horizontalAdvance(text[:400])
