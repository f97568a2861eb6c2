"""Lines of text: where they may break, and the size at which a value fits its place (the paper's rules of fit)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fieldapp.documents.typefaces import MM_PER_POINT, FieldName, Weight, character_widths, printable, width_of
from fieldapp.domain.errors import Invalid
from fieldapp.domain.wording import Sentence

SMALLEST = 8.0
"""No text on paper is smaller, in points, in either language."""

WRAPS_FIRST_FROM = 12.0
"""Rows at least this high (mm) wrap their value before they shrink it."""

_PITCH = 1.32
_ONE_LINE = (10.0, 9.5, 9.0, 8.5, 8.0)
_TWO_LINES = (9.0, 8.5, 8.0)
_MANY_LINES = (10.0, 9.5, 9.0, 8.5, 8.0)
_MOST_LINES = 9
_NOT_FIRST = "，。、；：？！,.;:?!)）】》〉」』”’…—%％元"
_NOT_LAST = "（(【《〈「『“‘¥￥"
_WORD = re.compile(r"[!-'*-~]+ ?|[ ]+|[^!-~ ]|[()] ?")


@dataclass(frozen=True, slots=True)
class Setting:
    """Lines that fit, their size in points and the distance of their baselines in mm."""

    lines: tuple[str, ...]
    size: float
    pitch: float


def fit(text: str, width: float, height: float, field: FieldName, weight: Weight = Weight.MEDIUM) -> Setting:
    """``text`` set into ``width`` × ``height`` mm: smaller first, then on two lines; high rows wrap first.

    Raises Invalid (``glyph``) for a character without a glyph and Invalid (``too_long``) when it does not fit at the
    smallest size. Nothing is ever clipped.
    """
    flat = " ".join(printable(text, field).split())
    solid = flat.replace(" ", "")  # a space where a line breaks takes no room
    if height < WRAPS_FIRST_FROM:
        for size in _ONE_LINE:
            if width_of(flat, size, weight) <= width:
                return Setting((flat,), size, size * _PITCH * MM_PER_POINT)
    for size in _TWO_LINES if height < WRAPS_FIRST_FROM else _MANY_LINES:
        pitch = size * (_PITCH if height >= WRAPS_FIRST_FROM else 1.2) * MM_PER_POINT
        most = 2 if height < WRAPS_FIRST_FROM else int((height - 1.0) / pitch + 0.001)
        if width_of(solid, size, weight) <= width * most:
            lines = wrap(flat, width, size, weight)
            if len(lines) <= most:
                return Setting(lines, size, pitch)
    raise too_long(flat, field)


def height_for(text: str, width: float, field: FieldName, weight: Weight = Weight.MEDIUM) -> float:
    """How high (mm) a row must be for ``text`` in ``width`` mm to stand in it; 0 where any row is high enough.

    Raises Invalid (``glyph``), and ``too_long`` for what would take more than nine lines.
    """
    flat = " ".join(printable(text, field).split())
    if width_of(flat, SMALLEST, weight) <= width:
        return 0.0
    if len(flat) > _MOST_LINES * width / _NARROWEST:
        raise too_long(flat, field)
    lines = len(wrap(flat, width, SMALLEST, weight))
    if lines > _MOST_LINES:
        raise too_long(flat, field)
    return 0.0 if lines <= 2 else max(lines * SMALLEST * _PITCH * MM_PER_POINT + 1.0, WRAPS_FIRST_FROM)


def shrunk(
    text: str, size: float, room: float, weight: Weight = Weight.MEDIUM, field: FieldName | None = None
) -> float:
    """The size at which ``text`` stands on one line in ``room`` mm, never larger than ``size``.

    Raises Invalid (``glyph``, ``too_long``), naming ``field``, or the text itself where a form's text has no room.
    """
    named = field or FieldName("form", text)
    wide = width_of(printable(text, named), size, weight)
    fitting = size if wide <= room else size * room / wide
    if fitting < SMALLEST - _ROUNDING:
        raise too_long(text, named)
    return max(fitting, SMALLEST)


def too_long(text: str, field: FieldName) -> Invalid:
    """The refusal of a text that has no room in its place."""
    return Invalid(
        "too_long",
        Sentence(
            "'{field}' is too long for its place on the paper ({count} characters). Shorten it.",
            field=field.label,
            count=len(text),
        ),
        field=field.key,
    )


def wrap(text: str, width: float, size: float, weight: Weight = Weight.MEDIUM) -> tuple[str, ...]:
    """``text`` (already printable) broken into lines of at most ``width`` mm; ``\\n`` begins a new line.

    Chinese breaks between characters, but no line begins with a closing mark or ends with an opening one, and no last
    line is a single character; words and figures stay whole unless one alone is wider than the line.
    """
    room = width / (size * MM_PER_POINT) * 1000 + 0.001
    widths = character_widths(weight)
    return tuple(line for paragraph in text.split("\n") for line in _broken(paragraph, room, widths))


def _broken(paragraph: str, room: float, widths: dict[str, float]) -> list[str]:
    lines: list[str] = []
    line, used = "", 0.0
    for piece in _pieces(paragraph):
        wide = sum(widths[character] for character in piece)
        if used + sum(widths[character] for character in piece.rstrip(" ")) <= room:
            line, used = line + piece, used + wide
            continue
        if line.strip():
            lines.append(line.rstrip())
            line, used = "", 0.0
        for character in piece.lstrip(" "):
            if used + widths[character] > room:
                lines.append(line)
                line, used = "", 0.0
            line, used = line + character, used + widths[character]
    lines.append(line.rstrip())
    if len(lines) > 1 and _is_one_character(lines[-1]):
        lines[-2:] = _in_company(lines[-2], lines[-1], room, widths)
    return lines


def _is_one_character(line: str) -> bool:
    core = line.rstrip(_NOT_FIRST)
    return len(core) == 1 and core > _LAST_OF_WORDS


def _in_company(line: str, last: str, room: float, widths: dict[str, float]) -> list[str]:
    """The last two lines, the last with a character more if it can have one."""
    *before, moved = _pieces(line)
    together = moved + last
    if before and moved[0] > _LAST_OF_WORDS and sum(widths[character] for character in together) <= room:
        return ["".join(before).rstrip(), together]
    return [line, last]


def _pieces(paragraph: str) -> list[str]:
    """What must stay on one line: a word, or a character with the marks that cling to it."""
    pieces: list[str] = []
    clings = False
    for token in _WORD.findall(paragraph):
        if pieces and len(pieces[-1]) < _LONGEST_CLING and (clings or token[0] in _NOT_FIRST):
            pieces[-1] += token
        else:
            pieces.append(token)
        clings = token.rstrip(" ")[-1:] in _NOT_LAST if token.strip() else False
    return pieces


_LAST_OF_WORDS = "~"
"""Up to here characters form words; behind it each stands for itself."""
_LONGEST_CLING = 24
_NARROWEST = 0.5
"""No character is narrower than this (mm): so much text is too long without being measured."""
_ROUNDING = 0.05
