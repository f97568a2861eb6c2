"""Glyphs as filled outlines: for marks that must not come back when the text is copied out of the PDF."""

from __future__ import annotations

from dataclasses import dataclass
from struct import unpack_from
from typing import Any

from fieldapp.documents.typefaces import MM_PER_POINT, Weight, font, runs_of, width_of

_ON_CURVE, _X_SHORT, _Y_SHORT, _REPEAT, _X_SAME, _Y_SAME = 1, 2, 4, 8, 16, 32


@dataclass(frozen=True, slots=True)
class _Point:
    x: float
    y: float
    on_curve: bool = True


_Contour = list[_Point]


def trace(path: Any, text: str, size: float, weight: Weight) -> None:
    """Add the outlines of ``text`` at ``size`` points to a ReportLab ``path``, starting at its origin (points)."""
    left = 0.0
    for run in runs_of(text, weight):
        face = font(run.font).face
        for character in run.text:
            for contour in _contours(face, face.charToGlyph[ord(character)]):
                _draw(path, contour, left, size / face.unitsPerEm)
            left += width_of(character, size, weight) / MM_PER_POINT


def _contours(face: Any, glyph: int) -> list[_Contour]:
    """The closed outlines of a simple glyph (TrueType ``glyf`` table); none for a blank one."""
    start, end = face.glyphPos[glyph], face.glyphPos[glyph + 1]
    if start == end:
        return []
    table = face.get_table("glyf")[start:end]
    (count,) = unpack_from(">h", table)
    if count < 0:
        raise ValueError("a composite glyph has no outline of its own")
    ends = unpack_from(f">{count}H", table, 10)
    at = 10 + 2 * count
    at += 2 + unpack_from(">H", table, at)[0]
    flags: list[int] = []
    while len(flags) <= ends[-1]:
        flag = table[at]
        at += 1
        flags.append(flag)
        if flag & _REPEAT:
            flags += [flag] * table[at]
            at += 1
    xs, at = _coordinates(table, at, flags, _X_SHORT, _X_SAME)
    ys, at = _coordinates(table, at, flags, _Y_SHORT, _Y_SAME)
    points = [_Point(x, y, bool(flag & _ON_CURVE)) for x, y, flag in zip(xs, ys, flags, strict=True)]
    return [points[first:last] for first, last in zip((0, *(e + 1 for e in ends)), (e + 1 for e in ends), strict=False)]


def _coordinates(table: bytes, at: int, flags: list[int], short: int, same: int) -> tuple[list[int], int]:
    values: list[int] = []
    value = 0
    for flag in flags:
        if flag & short:
            value += table[at] if flag & same else -table[at]
            at += 1
        elif not flag & same:
            value += unpack_from(">h", table, at)[0]
            at += 2
        values.append(value)
    return values, at


def _draw(path: Any, contour: _Contour, left: float, scale: float) -> None:
    """One outline; TrueType's quadratic curves as the cubic ones of PDF."""
    points: _Contour = []
    for point, following in zip(contour, contour[1:] + contour[:1], strict=True):
        points.append(point)
        if not point.on_curve and not following.on_curve:
            points.append(_Point((point.x + following.x) / 2, (point.y + following.y) / 2))
    while not points[0].on_curve:
        points = points[1:] + points[:1]

    def place(x: float, y: float) -> tuple[float, float]:
        return left + x * scale, y * scale

    path.moveTo(*place(points[0].x, points[0].y))
    here, waiting = points[0], None
    for point in points[1:] + points[:1]:
        if not point.on_curve:
            waiting = point
            continue
        if waiting is None:
            path.lineTo(*place(point.x, point.y))
        else:
            first = place(here.x + (waiting.x - here.x) * 2 / 3, here.y + (waiting.y - here.y) * 2 / 3)
            second = place(point.x + (waiting.x - point.x) * 2 / 3, point.y + (waiting.y - point.y) * 2 / 3)
            path.curveTo(*first, *second, *place(point.x, point.y))
        here, waiting = point, None
    path.close()
