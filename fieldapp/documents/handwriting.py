"""A signature from the pad as smooth black lines: vectors, sharp at every size, and the same bytes each time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

Strokes = tuple[tuple[int, ...], ...]
"""The strokes of one signature: x, y (0–10,000 of the pad) and pressure (0–1,000), one triple after the other."""

PAD_RATIO = 3.0
"""The pad's width in its heights."""

_PAD = 10_000
_LEAST_PART = 0.35
"""A small signature is enlarged at most as if it had taken this part of the pad's width."""

_FINEST, _BROADEST = 0.55, 1.9
"""The line's width in points at no pressure and at full pressure."""

Point = tuple[float, float, float]


def draw_writing(canvas: Any, left: float, bottom: float, width: float, height: float, strokes: Strokes) -> None:
    """Draw ``strokes`` on a ReportLab canvas into the place given in points, in their own proportions, centred."""
    lines = [list(_points(stroke)) for stroke in strokes]
    ink = [point for line in lines for point in line]
    if not ink:
        return
    across, down = [point[0] for point in ink], [point[1] for point in ink]
    wide, high = max(max(across) - min(across), 1e-6), max(max(down) - min(down), 1e-6)
    scale = min(width / max(wide, _LEAST_PART), height / high) if high else width
    start = left + (width - wide * scale) / 2 - min(across) * scale
    top = bottom + height - (height - high * scale) / 2 + min(down) * scale
    canvas.saveState()
    canvas.setStrokeGray(0)
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    for line in lines:
        _draw_line(canvas, [(start + x * scale, top - y * scale, force) for x, y, force in line])
    canvas.restoreState()


def _points(stroke: tuple[int, ...]) -> Iterator[Point]:
    """Places in pad widths, pressure from 0 to 1."""
    for x, y, force in zip(stroke[0::3], stroke[1::3], stroke[2::3], strict=True):
        yield x / _PAD, y / _PAD / PAD_RATIO, force / 1_000


def _draw_line(canvas: Any, line: list[Point]) -> None:
    """Through the middles of the segments, each point drawing the curve towards itself: no corner is left."""
    if len(line) == 1:
        line = [line[0], line[0]]
    middles = [line[0], *(_middle(one, two) for one, two in pairwise(line)), line[-1]]
    bends = [line[0], *line[1:-1], line[-1]]
    for begin, bend, end in zip(middles, bends, middles[1:], strict=False):
        canvas.setLineWidth(round(_FINEST + (_BROADEST - _FINEST) * (begin[2] + end[2]) / 2, 2))
        first = (begin[0] + 2 / 3 * (bend[0] - begin[0]), begin[1] + 2 / 3 * (bend[1] - begin[1]))
        second = (end[0] + 2 / 3 * (bend[0] - end[0]), end[1] + 2 / 3 * (bend[1] - end[1]))
        canvas.bezier(begin[0], begin[1], *first, *second, end[0], end[1])


def _middle(one: Point, two: Point) -> Point:
    return ((one[0] + two[0]) / 2, (one[1] + two[1]) / 2, (one[2] + two[2]) / 2)
