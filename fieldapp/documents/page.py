"""One A4 page as a surface in millimetres from its top left corner, drawn in layers.

Label fills lie lowest, then the watermark, then section bands, then all rules and text in the order they were put down
(which is the order in which the text comes back when it is copied).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Literal

from fieldapp.documents.handwriting import Strokes, draw_writing
from fieldapp.documents.structure import Element
from fieldapp.documents.typefaces import MM_PER_POINT, Weight, font, runs_of, width_of

HEIGHT, LEFT, RIGHT, COLUMN = 297.0, 21.0, 195.0, 7.25
TOP, BOTTOM = 30.0, 270.5
WIDTH = RIGHT - LEFT

FRAME_RULE, SECTION_RULE, INNER_RULE, BOX_RULE = 1.2, 0.8, 0.6, 0.8
LABEL_GREY, BAND_GREY = 0.93, 0.82
PADDING = 1.5
CHECK = 2.9
_MIDDLE = 0.38
"""How far above the baseline a Chinese character's middle stands, in parts of its size."""
_ENGLISH = re.compile(r"([A-Za-z][A-Za-z0-9 ,.;:'’/()&%-]*[a-z]{2}[A-Za-z0-9 ,.;:'’/()&%-]*)")
"""Words in Latin letters, which a paper in Chinese marks as English: a reading voice changes over."""

Align = Literal["left", "centre", "right"]
_Drawing = Callable[[Any], None]


def points(millimetres: float) -> float:
    """A length on paper in PDF points."""
    return millimetres / MM_PER_POINT


def column(number: int | float) -> float:
    """The left edge of a grid column, in mm."""
    return LEFT + number * COLUMN


class Page:
    """What is put on one page. All positions in mm, ``y`` downwards; sizes and rules in points."""

    def __init__(self) -> None:
        self._fills: list[_Drawing] = []
        self._bands: list[_Drawing] = []
        self._ink: list[tuple[_Drawing, Element | None]] = []
        self._open: list[Element | None] = []
        self.elements: list[Element] = []
        """The tags of what stands on the page, their content numbered once the page was drawn."""

    @contextmanager
    def inside(self, role: str, scope: str = "") -> Iterator[None]:
        """What is put down meanwhile belongs to one tag (``P``, ``TR``, ``TD`` …) within the one that is open."""
        element = Element(role, scope)
        around = self._open[-1] if self._open else None
        (around.kids if around is not None else self.elements).append(element)
        self._open.append(element)
        try:
            yield
        finally:
            self._open.pop()

    @contextmanager
    def furniture(self) -> Iterator[None]:
        """What is put down meanwhile is said on every page and no part of the text."""
        self._open.append(None)
        try:
            yield
        finally:
            self._open.pop()

    def label_fill(self, x: float, y: float, width: float, height: float) -> None:
        """The light grey behind a label."""
        self._fills.append(lambda canvas: _fill(canvas, LABEL_GREY, x, y, width, height))

    def band_fill(self, x: float, y: float, width: float, height: float) -> None:
        """The darker grey of a section band."""
        self._bands.append(lambda canvas: _fill(canvas, BAND_GREY, x, y, width, height))

    def rule(self, x1: float, y1: float, x2: float, y2: float, weight: float = INNER_RULE) -> None:
        """A straight black rule of ``weight`` points."""

        def draw(canvas: Any) -> None:
            canvas.setLineWidth(weight)
            canvas.line(points(x1), _up(y1), points(x2), _up(y2))

        self._ink.append((draw, None))

    def box(self, x: float, y: float, width: float, height: float, weight: float = INNER_RULE) -> None:
        """An empty box."""

        def draw(canvas: Any) -> None:
            canvas.setLineWidth(weight)
            canvas.rect(points(x), _up(y + height), points(width), points(height), stroke=1, fill=0)

        self._ink.append((draw, None))

    def dashed(self, x1: float, y1: float, x2: float, y2: float, *, on: float = 1.6, off: float = 1.6) -> None:
        """A dashed rectangle, or a dashed line when both ends share an edge."""

        def draw(canvas: Any) -> None:
            canvas.saveState()
            canvas.setLineWidth(INNER_RULE)
            canvas.setDash(on, off)
            if x1 == x2 or y1 == y2:
                canvas.line(points(x1), _up(y1), points(x2), _up(y2))
            else:
                canvas.rect(points(x1), _up(y2), points(x2 - x1), points(y2 - y1), stroke=1, fill=0)
            canvas.restoreState()

        self._ink.append((draw, None))

    def text(
        self,
        x: float,
        middle: float,
        text: str,
        size: float,
        weight: Weight = Weight.MEDIUM,
        align: Align = "left",
    ) -> None:
        """One line whose characters are centred on the height ``middle``; ``x`` is the edge that ``align`` names."""
        if not text:
            return
        if align != "left":
            x -= width_of(text, size, weight) / (2 if align == "centre" else 1)
        baseline = middle + _MIDDLE * size * MM_PER_POINT
        self._ink.append((lambda canvas: _write(canvas, x, baseline, text, size, weight), self._tag()))

    def spaced(self, x: float, middle: float, text: str, size: float, step: float) -> None:
        """Digits each centred in its box of ``step`` mm; the text copies as one word."""
        baseline = middle + _MIDDLE * size * MM_PER_POINT

        def draw(canvas: Any) -> None:
            digit = width_of("0", size)
            _begin_span(canvas, text)
            canvas.saveState()
            _write(canvas, x + (step - digit) / 2, baseline, text, size, Weight.MEDIUM, spread=step - digit)
            canvas.restoreState()
            _end_span(canvas)

        self._ink.append((draw, self._tag()))

    def check(self, x: float, middle: float, *, ticked: bool, side: float = CHECK) -> None:
        """A check box drawn as lines; it copies as ☑ or ☐, whatever the fonts have."""
        top = middle - side / 2
        self.box(x, top, side, side, BOX_RULE)

        def draw(canvas: Any) -> None:
            if ticked:
                canvas.saveState()
                canvas.setLineWidth(1.5)
                canvas.setLineCap(1)
                canvas.setLineJoin(1)
                path = canvas.beginPath()
                path.moveTo(points(x + side * 0.2), _up(top + side * 0.52))
                path.lineTo(points(x + side * 0.43), _up(top + side * 0.76))
                path.lineTo(points(x + side * 0.83), _up(top + side * 0.2))
                canvas.drawPath(path, stroke=1, fill=0)
                canvas.restoreState()
            _begin_span(canvas, "☑" if ticked else "☐")
            canvas.saveState()
            _write(canvas, x, top + side * 0.85, "√" if ticked else "□", 8, Weight.MEDIUM, invisible=True)
            canvas.restoreState()
            _end_span(canvas)

        self._ink.append((draw, self._tag()))

    def squares(self, x: float, y: float, side: float, rows: list[list[bool]], said: str = "") -> None:
        """A black-and-white pattern (a QR code) ``side`` mm wide, as one filled path.

        With ``said`` it is told before all else to who cannot see it; without, it is furniture.
        """

        def draw(canvas: Any) -> None:
            cell = points(side) / len(rows)
            path = canvas.beginPath()
            for down, row in enumerate(rows):
                start = None
                for across, dark in enumerate([*row, False]):
                    if dark and start is None:
                        start = across
                    elif not dark and start is not None:
                        path.rect(points(x) + start * cell, _up(y) - (down + 1) * cell, (across - start) * cell, cell)
                        start = None
            canvas.drawPath(path, stroke=0, fill=1)

        figure = Element("Figure", alternative=said) if said else None
        if figure is not None:
            self.elements.insert(0, figure)
        self._ink.append((draw, figure))

    def picture(self, x: float, y: float, width: float, height: float, image: Any, said: str = "") -> None:
        """A photograph (a ReportLab ImageReader) filling the given place; ``said`` tells it to who cannot see it."""

        def draw(canvas: Any) -> None:
            canvas.drawImage(image, points(x), _up(y + height), points(width), points(height))

        with self.inside("Figure"):
            figure = self._tag()
            if figure is not None:
                figure.alternative = said
            self._ink.append((draw, figure))

    def writing(self, x: float, y: float, width: float, height: float, strokes: Strokes) -> None:
        """Handwriting from the signature pad, its ink fitted into the place, heavier where the pen pressed."""

        def draw(canvas: Any) -> None:
            draw_writing(canvas, points(x), _up(y + height), points(width), points(height), strokes)

        with self.inside("Figure"):
            figure = self._tag()
            if figure is not None:
                figure.alternative = "签字 Signature"
            self._ink.append((draw, figure))

    def put_on(self, canvas: Any, watermark: _Drawing | None = None) -> None:
        """Draw everything on the canvas' current page."""
        canvas._code.append("/Artifact BMC")
        for draw in (*self._fills, *((watermark,) if watermark is not None else ()), *self._bands):
            draw(canvas)
        canvas.setFillGray(0)
        canvas.setStrokeGray(0)
        current: Element | None = None
        marks = 0
        for draw, element in self._ink:
            if element is not current:
                current = element
                canvas._code.append("EMC")
                canvas._code.append("/Artifact BMC" if element is None else f"/{element.role} <</MCID {marks}>> BDC")
                if element is not None:
                    element.kids.append(marks)
                    marks += 1
            draw(canvas)
        canvas._code.append("EMC")

    def _tag(self) -> Element | None:
        """The tag of what is put down now; None for furniture."""
        if self._open:
            return self._open[-1]
        alone = Element("P")
        self.elements.append(alone)
        return alone


def _up(y: float) -> float:
    return points(HEIGHT - y)


def _fill(canvas: Any, grey: float, x: float, y: float, width: float, height: float) -> None:
    canvas.setFillGray(grey)
    canvas.rect(points(x), _up(y + height), points(width), points(height), stroke=0, fill=1)


def _write(
    canvas: Any,
    x: float,
    baseline: float,
    text: str,
    size: float,
    weight: Weight,
    *,
    spread: float = 0.0,
    invisible: bool = False,
) -> None:
    """``spread`` and ``invisible`` outlast the text: their caller saves and restores the canvas' state."""
    out = canvas.beginText(points(x), _up(baseline))
    if spread:
        out.setCharSpace(points(spread))
    if invisible:
        out.setTextRenderMode(3)
    for run in runs_of(text, weight):
        font(run.font)
        out.setFont(run.font, size)
        if run.stroke and not invisible:
            out._code.append(f"{run.stroke * size:.3f} w")
            out.setTextRenderMode(2)
        for place, part in enumerate(_in_languages(run.text)):
            if place % 2:
                out._code.append("/Span <</Lang (en)>> BDC")
                out.textOut(part)
                out._code.append("EMC")
            elif part:
                out.textOut(part)
        if run.stroke and not invisible:
            out.setTextRenderMode(0)  # it would outlast the text
    canvas.drawText(out)


@lru_cache(maxsize=4096)
def _in_languages(text: str) -> tuple[str, ...]:
    """``text`` cut into Chinese, English, Chinese …; any part may be empty."""
    return tuple(_ENGLISH.split(text))


def _begin_span(canvas: Any, actual: str) -> None:
    canvas._code.append(f"/Span <</ActualText <FEFF{actual.encode('utf-16-be').hex().upper()}>>> BDC")


def _end_span(canvas: Any) -> None:
    canvas._code.append("EMC")
