"""Tables of form texts, each cell Chinese over English, perhaps with a choice to tick at the end of a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fieldapp.documents.fields import two_lines
from fieldapp.documents.flow import Block, Glue
from fieldapp.documents.forms import Text
from fieldapp.documents.page import CHECK, COLUMN, INNER_RULE, LEFT, PADDING, RIGHT, WIDTH, Page
from fieldapp.documents.typefaces import FieldName, Weight, printable, width_of
from fieldapp.documents.typesetting import SMALLEST, too_long, wrap

_HEAD, _ZH, _EN, _PITCH, _EN_PITCH, _ABOVE = 8.4, 9.0, SMALLEST, 4.1, 3.3, 0.9


@dataclass(frozen=True, slots=True)
class Answer:
    """A choice at the end of a row: the words of agreeing and declining, and what was chosen if anything was."""

    agree: Text
    decline: Text
    chosen: bool | None = None


@dataclass(frozen=True, slots=True)
class PairRow:
    """One row; what is ``bold`` binds or is necessary."""

    cells: tuple[Text, ...]
    bold: bool = False
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class PairTable:
    """Columns by their widths on the grid and their headings; ``section`` is the section's heading on a later page."""

    widths: tuple[float, ...]
    heads: tuple[Text, ...]
    section: Block

    def blocks(self, rows: Sequence[PairRow]) -> list[Block]:
        """The head and the rows, each whole; the head repeats on a later page."""
        heads = (self.section, self._head())
        return [self._head(), *(self._row(row, heads) for row in rows)]

    def _head(self) -> Block:
        def draw(page: Page, top: float) -> None:
            page.label_fill(LEFT, top, WIDTH, _HEAD)
            for left, columns, head in zip(self._lefts(), self.widths, self.heads, strict=True):
                wide = columns * COLUMN
                with page.inside("TH", "Column"):
                    two_lines(page, left + PADDING, top + _HEAD / 2, head, wide - 2 * PADDING)
            self._rules(page, top, _HEAD)

        return Block(_HEAD, draw, Glue.FIRM, role="TR")

    def _row(self, row: PairRow, heads: tuple[Block, ...]) -> Block:
        weight = Weight.BOLD if row.bold else Weight.MEDIUM
        cells = [
            _set(text, wide * COLUMN - 2 * PADDING, weight) for text, wide in zip(row.cells, self.widths, strict=False)
        ]
        height = max(8.0, *(len(zh) * _PITCH + len(en) * _EN_PITCH + 2 * _ABOVE for zh, en in cells))

        def draw(page: Page, top: float) -> None:
            for left, (zh, en) in zip(self._lefts(), cells, strict=False):
                at = top + (height - len(zh) * _PITCH - len(en) * _EN_PITCH) / 2 + _PITCH / 2
                with page.inside("TD"):
                    for line in zh:
                        page.text(left + PADDING, at, line, _ZH, weight)
                        at += _PITCH
                    at -= (_PITCH - _EN_PITCH) / 2 + 0.1
                    for line in en:
                        page.text(left + PADDING, at, line, _EN)
                        at += _EN_PITCH
            if row.answer is not None:
                with page.inside("TD"):
                    _draw_answer(page, self._lefts()[-1], top + height / 2, row.answer)
            self._rules(page, top, height)

        return Block(height, draw, heads=heads, role="TR")

    def _lefts(self) -> list[float]:
        places, left = [], LEFT
        for columns in self.widths:
            places.append(left)
            left += columns * COLUMN
        return places

    def _rules(self, page: Page, top: float, height: float) -> None:
        for left in self._lefts()[1:]:
            page.rule(left, top, left, top + height, INNER_RULE)
        page.rule(LEFT, top + height, RIGHT, top + height, INNER_RULE)


def _set(text: Text, room: float, weight: Weight) -> tuple[tuple[str, ...], tuple[str, ...]]:
    zh = wrap(printable(text.zh, FieldName("form", text.zh)), room, _ZH, weight)
    en = wrap(printable(text.en, FieldName("form", text.en)), room, _EN) if text.en else ()
    return zh, en


def _draw_answer(page: Page, left: float, middle: float, answer: Answer) -> None:
    left += PADDING
    words = [max(width_of(text.zh, _ZH), width_of(text.en, _EN)) for text in (answer.agree, answer.decline)]
    if left + sum(words) + 2 * (CHECK + 1.2) + 2.6 > RIGHT:
        raise too_long(answer.agree.both, FieldName("form", answer.agree.both))
    for text, ticked in ((answer.agree, answer.chosen is True), (answer.decline, answer.chosen is False)):
        page.check(left, middle, ticked=ticked)
        left += CHECK + 1.2
        page.text(left, middle - 1.4, text.zh, _ZH)
        page.text(left, middle + 1.9, text.en, _EN)
        left += max(width_of(text.zh, _ZH), width_of(text.en, _EN)) + 2.6
