"""Field rows: labels with their values, check boxes, the boxes of an identity number and of an amount."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from fieldapp.documents import formats
from fieldapp.documents.flow import Block, Glue
from fieldapp.documents.forms import Form, Text
from fieldapp.documents.page import (
    BOX_RULE,
    CHECK,
    COLUMN,
    INNER_RULE,
    LEFT,
    PADDING,
    RIGHT,
    SECTION_RULE,
    WIDTH,
    Align,
    Page,
)
from fieldapp.documents.typefaces import FieldName, Weight, printable, width_of
from fieldapp.documents.typesetting import SMALLEST, Setting, fit, height_for, shrunk, too_long, wrap
from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import Money
from fieldapp.domain.wording import Sentence

PEN_ROW, ROW = 10.0, 8.8
"""Heights in mm: a row that may be filled by pen, and a row that never is."""

_BAND = 6.2
_LABEL_ZH, _LABEL_EN = 9.0, SMALLEST
_ABOVE, _BELOW = 1.65, 1.9
_LABEL_PITCH, _CLOSE, _MOST_LABEL_LINES = 3.3, 0.6, 8
_IDENTITY_STEP, _IDENTITY_HEIGHT, _IDENTITY_DIGITS = 4.6, 5.5, 18
_IDENTITY_NUMBER = re.compile(r"[0-9]{17}[0-9Xx]")
_AMOUNT_STEP, _AMOUNT_UNITS = 6.0, "仟佰拾万仟佰拾元角分"
_PROSE_SIZE, _PROSE_PITCH = 10.0, 5.2


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of a row, ``columns`` of the grid wide; ``draw`` gets page, left, top, width and height in mm.

    ``needs`` is how high its row must be at least.
    """

    columns: float
    draw: Callable[[Page, float, float, float, float], None]
    shaded: bool = False
    needs: float = 0.0


@dataclass(frozen=True, slots=True)
class Option:
    """One check box: its text and whether it is ticked."""

    text: Text
    ticked: bool


def band(title: Text, note: Text | None = None, *, continued: bool = False) -> Block:
    """The grey heading of a section, ``（续）`` on a later page; it never stands without what follows."""

    def draw(page: Page, top: float) -> None:
        middle = top + _BAND / 2
        page.band_fill(LEFT, top, WIDTH, _BAND)
        page.rule(LEFT, top, RIGHT, top, SECTION_RULE)
        zh = f"{title.zh}（续）" if continued else title.zh
        page.text(LEFT + 1.6, middle, zh, shrunk(zh, 10, WIDTH - 3.2, Weight.BOLD), Weight.BOLD)
        left = LEFT + 1.6 + width_of(zh, 10, Weight.BOLD) + 2.2
        page.text(left, middle + 0.25, title.en, shrunk(title.en, SMALLEST, RIGHT - 1.6 - left))
        if note is not None:
            said = f"{note.zh} {note.en}".strip()
            room = RIGHT - 1.6 - left - width_of(title.en, SMALLEST) - 3.0
            page.text(RIGHT - 1.6, middle + 0.15, said, shrunk(said, SMALLEST, room), align="right")
        page.rule(LEFT, top + _BAND, RIGHT, top + _BAND, SECTION_RULE)

    return Block(_BAND, draw, Glue.FIRM, role="H2")


def field_row(*cells: Cell, height: float = PEN_ROW) -> Block:
    """Cells side by side over the 24 columns, with rules between and below; higher where one of them needs it."""
    height = max(height, *(cell.needs for cell in cells))

    def draw(page: Page, top: float) -> None:
        left = LEFT
        for cell in cells:
            width = cell.columns * COLUMN
            if cell.shaded:
                page.label_fill(left, top, width, height)
            with page.inside("TH" if cell.shaded else "TD", "Row" if cell.shaded else ""):
                cell.draw(page, left, top, width, height)
            left += width
            if left < RIGHT - 0.1:
                page.rule(left, top, left, top + height)
        page.rule(LEFT, top + height, RIGHT, top + height)

    return Block(height, draw, role="TR")


def label(columns: float, text: Text) -> Cell:
    """Chinese over English on the light grey; a longer text of an edited form takes more lines."""
    return replace(title(columns, text), shaded=True)


def title(columns: float, text: Text) -> Cell:
    """What a row is about, Chinese over English, on as many lines as they need."""
    room = columns * COLUMN - PADDING - _CLOSE
    zh_size = _LABEL_ZH if width_of(text.zh, _LABEL_ZH) <= room else SMALLEST
    zh, en = wrap(text.zh, room, zh_size), wrap(text.en, room, _LABEL_EN)
    if len(zh) + len(en) > _MOST_LABEL_LINES:
        raise too_long(text.both, FieldName("form", text.both))
    between = (len(zh) + len(en) - 2) * _LABEL_PITCH + _ABOVE + _BELOW

    def draw(page: Page, left: float, top: float, _width: float, height: float) -> None:
        middle = top + (height - between) / 2
        for place, line in enumerate(zh):
            page.text(left + PADDING, middle + place * _LABEL_PITCH, line, zh_size)
        middle += (len(zh) - 1) * _LABEL_PITCH + _ABOVE + _BELOW
        for place, line in enumerate(en):
            page.text(left + PADDING, middle + place * _LABEL_PITCH, line, _LABEL_EN)

    return Cell(columns, draw, needs=between + 5.0 if len(zh) + len(en) > 2 else 0.0)


def value(
    columns: float,
    text: str | None,
    field: FieldName,
    *,
    align: Align = "left",
    weight: Weight = Weight.MEDIUM,
) -> Cell:
    """A value on the row's middle, shrunk, then wrapped, then with a higher row. Raises Invalid as ``fit`` does."""
    needs = height_for(text, columns * COLUMN - 2 * PADDING, field, weight) if text else 0.0

    def draw(page: Page, left: float, top: float, width: float, height: float) -> None:
        if text:
            set_value(
                page, fit(text, width - 2 * PADDING, height, field, weight), left, top, width, height, align, weight
            )

    return Cell(columns, draw, needs=needs)


def figure(columns: float, text: str, field: FieldName) -> Cell:
    """A number, at the right edge of its place."""
    return value(columns, text, field, align="right")


def checks(columns: float, options: Sequence[Option], tail: str = "", field: FieldName | None = None) -> Cell:
    """Check boxes in as many lines as they need, with room behind the last one for ``tail``, what is said about it."""
    room = columns * COLUMN - 2 * PADDING
    lines = _check_lines(options, room)

    def draw(page: Page, left: float, top: float, width: float, height: float) -> None:
        right, first = left + width - PADDING, top + height / 2 - (len(lines) - 1) * _CHECK_LINE / 2
        at = middle = 0.0
        for number, line in enumerate(lines):
            middle, at = first + number * _CHECK_LINE, left + PADDING
            gap = _check_gap([option.text for option in line], room)
            for option in line:
                page.check(at, middle - _ABOVE, ticked=option.ticked)
                at += _CHECK_TEXT
                page.text(at, middle - _ABOVE, option.text.zh, _LABEL_ZH)
                page.text(at, middle + _BELOW, option.text.en, _LABEL_EN)
                at += _option_width(option.text) + gap
        if tail and field is not None:
            if right - at < 10:
                raise too_long(tail, field)
            behind = height if len(lines) == 1 else _CHECK_LINE
            setting = fit(tail, right - at, behind, field)
            set_value(page, setting, at - PADDING, middle - behind / 2, right - at + PADDING, behind)

    return Cell(columns, draw, needs=len(lines) * _CHECK_LINE if len(lines) > 1 else 0.0)


def identity_boxes(columns: float, number: str | None, field: FieldName) -> Cell:
    """Eighteen boxes, heavier after the area and the birth date; a number of another kind stands as plain text."""
    if number and not _IDENTITY_NUMBER.fullmatch(number):
        return value(columns, number, field)

    def draw(page: Page, left: float, top: float, _width: float, height: float) -> None:
        x, y = left + PADDING, top + (height - _IDENTITY_HEIGHT) / 2
        page.box(x, y, _IDENTITY_STEP * _IDENTITY_DIGITS, _IDENTITY_HEIGHT, INNER_RULE)
        for place in range(1, _IDENTITY_DIGITS):
            line = x + place * _IDENTITY_STEP
            page.rule(line, y, line, y + _IDENTITY_HEIGHT, 1.5 if place in (6, 14) else 0.5)
        if number:
            page.spaced(x, top + height / 2, printable(number, field), 10, _IDENTITY_STEP)

    return Cell(columns, draw)


def amount_boxes(columns: float, money: Money | None, field: FieldName) -> Cell:
    """The amount in bold figures, and beside it digit by digit under its units with ¥ before the first."""
    digits = "" if money is None else f"¥{money.fen:03d}"
    if len(digits) > len(_AMOUNT_UNITS):
        raise Invalid(
            "amount",
            Sentence("'{field}' is too large for the boxes of the form.", field=field.label),
            field=field.key,
        )

    def draw(page: Page, left: float, top: float, width: float, height: float) -> None:
        page.text(left + PADDING, top + height / 2, formats.yuan(money), 12, Weight.BOLD)
        span = _AMOUNT_STEP * len(_AMOUNT_UNITS)
        x, y, head, body = left + width - PADDING - span, top + (height - 9.2) / 2, 3.6, 5.6
        page.box(x, y, span, head + body, BOX_RULE)
        page.rule(x, y + head, x + span, y + head, 0.5)
        for place, unit in enumerate(_AMOUNT_UNITS):
            if place:
                line = x + place * _AMOUNT_STEP
                page.rule(line, y, line, y + head + body, 1.2 if place == 8 else 0.5)
            page.text(x + (place + 0.5) * _AMOUNT_STEP, y + head / 2, unit, SMALLEST, align="centre")
        for place, digit in enumerate(digits, start=len(_AMOUNT_UNITS) - len(digits)):
            middle = x + (place + 0.5) * _AMOUNT_STEP
            page.text(middle, y + head + body / 2, digit, 11, Weight.BOLD, align="centre")

    return Cell(columns, draw)


def prose(
    text: str,
    field: FieldName,
    *,
    name: Text | None = None,
    label_columns: float = 4,
    least: float = PEN_ROW,
    heads: tuple[Block, ...] = (),
) -> list[Block]:
    """Free text that grows down the page and over as many pages as it needs, at least ``least`` mm high.

    With ``name`` it stands beside its label, without over the full width. Raises Invalid (``glyph``).
    """
    label_width = label_columns * COLUMN if name is not None else 0.0
    width = WIDTH - label_width - 2 * PADDING
    lines = wrap(printable(text, field).strip("\n"), width, _PROSE_SIZE) if text.strip() else ("",)
    spare = max(least - len(lines) * _PROSE_PITCH, 1.6)
    above = min(spare / 2, 1.6) if name is None else spare / 2
    last = len(lines) - 1
    blocks = []
    for place, line in enumerate(lines):
        before, after = above if place == 0 else 0.0, spare - above if place == last else 0.0
        named = name if place == 0 else None
        drawn = _ProseLine(line, before, after, label_width, named, beside=name is not None, last=place == last)
        glue = Glue.FIRM if place < last and (place == 0 or place == last - 1) else Glue.LOOSE
        blocks.append(Block(drawn.height, drawn, glue, heads))
    return blocks


@dataclass(frozen=True, slots=True)
class _ProseLine:
    line: str
    before: float
    after: float
    label_width: float
    name: Text | None
    beside: bool
    last: bool

    @property
    def height(self) -> float:
        return self.before + _PROSE_PITCH + self.after

    def __call__(self, page: Page, top: float) -> None:
        if self.beside:
            page.label_fill(LEFT, top, self.label_width, self.height)
            edge = LEFT + self.label_width
            page.rule(edge, top, edge, top + self.height)
        middle = top + self.before + _PROSE_PITCH / 2
        if self.name is not None:
            two_lines(page, LEFT + PADDING, max(middle, top + 4.2), self.name, self.label_width - PADDING - _CLOSE)
        page.text(LEFT + self.label_width + PADDING, middle, self.line, _PROSE_SIZE)
        if self.last:
            page.rule(LEFT, top + self.height, RIGHT, top + self.height)


def set_value(
    page: Page,
    setting: Setting,
    left: float,
    top: float,
    width: float,
    height: float,
    align: Align = "left",
    weight: Weight = Weight.MEDIUM,
) -> None:
    """Put set lines into a place, centred on its height."""
    edge = {"left": left + PADDING, "centre": left + width / 2, "right": left + width - PADDING}[align]
    first = top + height / 2 - (len(setting.lines) - 1) * setting.pitch / 2
    for place, line in enumerate(setting.lines):
        page.text(edge, first + place * setting.pitch, line, setting.size, weight, align)


def side_by_side(page: Page, left: float, middle: float, text: Text, right: float, gap: float = 1.2) -> float:
    """Chinese and English on one line that ends before ``right``; returns where it ends.

    Raises Invalid (``too_long``) naming the text where an edited form leaves no room for it.
    """
    after = left + width_of(text.zh, _LABEL_ZH) + gap
    end = after + width_of(text.en, _LABEL_EN)
    if end > right + 0.05:
        raise too_long(text.both, FieldName("form", text.both))
    page.text(left, middle, text.zh, _LABEL_ZH)
    page.text(after, middle + 0.2, text.en, _LABEL_EN)
    return end


def two_lines(page: Page, left: float, middle: float, text: Text, room: float, align: Align = "left") -> None:
    """A label: Chinese over English, each shrunk to ``room`` mm where an edited form text is long."""
    page.text(left, middle - _ABOVE, text.zh, shrunk(text.zh, _LABEL_ZH, room), align=align)
    page.text(left, middle + _BELOW, text.en, shrunk(text.en, _LABEL_EN, room), align=align)


def options_of(form: Form, key: str, chosen: Collection[str]) -> list[Option]:
    """The form's choices with those ticked that were chosen, "" being none.

    Raises Actionable (``form_choice``) for a choice that the form does not have: it would be missing on the paper.
    """
    options = [Option(text, value in chosen) for value, text in form.options(key)]
    for value in chosen:
        if value:
            form.option(key, value)
    return options


_CHECK_TEXT, _CHECK_LINE, _CHECK_GAP = CHECK + 1.6, 8.6, 1.5


def _option_width(text: Text) -> float:
    return max(width_of(text.zh, _LABEL_ZH), width_of(text.en, _LABEL_EN))


def _check_lines(options: Sequence[Option], room: float) -> list[list[Option]]:
    """The options on as few lines as hold them. Raises Invalid (``too_long``) for one that no line holds."""
    lines: list[list[Option]] = [[]]
    used = 0.0
    for option in options:
        wide = _CHECK_TEXT + _option_width(option.text)
        if wide > room:
            raise too_long(option.text.both, FieldName("form", option.text.both))
        if lines[-1] and used + _CHECK_GAP + wide > room:
            lines.append([])
            used = 0.0
        used += wide + (_CHECK_GAP if lines[-1] else 0.0)
        lines[-1].append(option)
    return lines


def _check_gap(texts: Sequence[Text], room: float) -> float:
    """The distance between the options of a line."""
    spare = room - sum(_CHECK_TEXT + _option_width(text) for text in texts)
    return min(max(spare / max(len(texts) - 1, 1), _CHECK_GAP), 4.0)
