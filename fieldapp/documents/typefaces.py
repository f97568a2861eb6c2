"""The fonts of the paper: which characters they have, how wide each is, and how they enter the PDF.

Only two weights stand on paper, both embedded. A character is looked up in a chain of fonts per weight: what Noto Sans
SC lacks (𠮷 and some 17,000 other rare characters of names and places) comes from a font that is read when the first
of them is printed. That one is thin, so its outlines are stroked until they stand beside the others.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import groupby
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from fieldapp.domain.errors import Invalid
from fieldapp.domain.wording import Sentence
from fieldapp.resources import resource

MM_PER_POINT = 25.4 / 72


class Weight(StrEnum):
    """The two weights that survive three generations of copying."""

    MEDIUM = "medium"
    BOLD = "bold"


_RARE = "FieldRareHan-Regular"
_CHAINS = {Weight.MEDIUM: ("NotoSansSC-Medium", _RARE), Weight.BOLD: ("NotoSansSC-Bold", _RARE)}
_RARE_STROKES = {Weight.MEDIUM: 0.03, Weight.BOLD: 0.055}


@dataclass(frozen=True, slots=True)
class FieldName:
    """What a refusal names: the ``key`` scripts and screens know, and the ``label`` printed beside the value."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text that one font prints; ``stroke`` thickens its outlines, in parts of the size."""

    font: str
    text: str
    stroke: float = 0.0


def printable(text: str, field: FieldName) -> str:
    """``text`` as the fonts can print it: line ends become ``\\n``, tabs a space, combined letters one letter.

    Raises Invalid (``glyph``) naming the field and the first character that no font has, or that prints nothing.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").replace("\u00a0", " ")
    if any(unicodedata.combining(character) for character in plain):
        plain = unicodedata.normalize("NFC", plain)
    for character in plain:
        if character != "\n" and (unicodedata.category(character) in _UNPRINTED or not _printed(character)):
            raise Invalid(
                "glyph",
                Sentence(
                    "'{field}' has a character the paper cannot print: {character}. Write it another way.",
                    field=field.label,
                    character=_named(character),
                ),
                field=field.key,
            )
    return plain


def width_of(text: str, size: float, weight: Weight = Weight.MEDIUM) -> float:
    """How wide ``text`` stands, in mm, at ``size`` points."""
    widths = _widths(weight)
    return sum(widths[character] for character in text) * size * MM_PER_POINT / 1000


def character_widths(weight: Weight) -> dict[str, float]:
    """The width of each character that a font has, in thousandths of the size."""
    return _widths(weight)


def runs_of(text: str, weight: Weight) -> list[Run]:
    """``text`` cut where another font takes over."""
    first = _CHAINS[weight][0]
    if _characters(first).issuperset(text):
        return [Run(first, text)]
    cut = groupby(text, lambda character: _font_of(character, weight))
    return [Run(name, "".join(part), _RARE_STROKES[weight] if name == _RARE else 0.0) for name, part in cut]


def first_font(weight: Weight) -> str:
    """The name of the font that prints nearly all characters of this weight, ready for use."""
    name = _CHAINS[weight][0]
    font(name)
    return name


@cache
def font(name: str) -> Any:
    """The parsed font; reading takes about 70 ms and happens once in a process."""
    loaded = _EmbeddedFont(name, str(resource("fonts", f"{name}.ttf")))
    pdfmetrics.registerFont(loaded)
    return loaded


_UNPRINTED = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Mn", "Me"))


class _Outlines:
    """The outlines of a font, cut out where they lie: ReportLab would copy 9 MB for every 255 characters."""

    __slots__ = ("_table",)

    def __init__(self, table: memoryview) -> None:
        self._table = table

    def __getitem__(self, part: slice) -> bytes:
        return bytes(self._table[part])


class _EmbeddedFont(TTFont):  # type: ignore[misc] # ReportLab is published without types
    """A font whose text copies right beyond the Basic Multilingual Plane too.

    ReportLab writes such a character as one five-digit number; a PDF reader expects the UTF-16 pair.
    """

    def __init__(self, name: str, path: str) -> None:
        super().__init__(name, path, asciiReadable=False)
        face = self.face
        where, length = face.get_table_pos("glyf")
        outlines, table_of = _Outlines(memoryview(face._ttf_data)[where : where + length]), face.get_table
        face.get_table = lambda tag: outlines if tag == "glyf" else table_of(tag)

    def addObjects(self, doc: Any) -> None:
        state = self.state.get(doc)
        subsets = [list(subset) for subset in state.subsets] if state is not None else []
        super().addObjects(doc)
        for name, entry in doc.idToObject.items():
            if isinstance(name, str) and name.startswith("toUnicodeCMap:") and name.endswith(self._postscript):
                self._mend(entry, subsets)

    @property
    def _postscript(self) -> str:
        return str(self.face.name.decode("pdfdoc"))

    @staticmethod
    def _mend(stream: Any, subsets: list[list[int]]) -> None:
        for code in {code for subset in subsets for code in subset if code > 0xFFFF}:
            pair = chr(code).encode("utf-16-be").hex().upper()
            stream.content = stream.content.replace(f"> <{code:04X}>", f"> <{pair}>")


class _Widths(dict[str, float]):
    """The widths of the first font of a weight; the other fonts are asked for what it lacks."""

    def __init__(self, weight: Weight) -> None:
        first, *self._others = _CHAINS[weight]
        super().__init__(_widths_in(first))

    def __missing__(self, character: str) -> float:
        for name in self._others:
            if character in _characters(name):
                return _widths_in(name)[character]
        raise KeyError(character)


@cache
def _widths(weight: Weight) -> dict[str, float]:
    return _Widths(weight)


@cache
def _widths_in(name: str) -> dict[str, float]:
    face = font(name).face
    return {chr(code): width for code, width in face.charWidths.items() if code in face.charToGlyph}


@cache
def _characters(name: str) -> frozenset[str]:
    return frozenset(_widths_in(name))


def _font_of(character: str, weight: Weight) -> str:
    return next(name for name in _CHAINS[weight] if character in _characters(name))


def _printed(character: str) -> bool:
    try:
        return _widths(Weight.MEDIUM)[character] >= 0
    except KeyError:
        return False


def _named(character: str) -> str:
    code = f"U+{ord(character):04X}"
    visible = character.isprintable() and not unicodedata.combining(character)
    return f"{character} ({code})" if visible else code
