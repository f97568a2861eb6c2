"""The year of document 2: twelve season boxes in one row, and the months in two tables of six."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from fieldapp.documents.fields import ROW, two_lines
from fieldapp.documents.flow import Block, Glue
from fieldapp.documents.forms import Text
from fieldapp.documents.page import COLUMN, INNER_RULE, LEFT, PADDING, RIGHT, WIDTH, Page
from fieldapp.documents.typefaces import FieldName, Weight
from fieldapp.documents.typesetting import shrunk
from fieldapp.domain.affordability import MonthlyAccounts
from fieldapp.domain.cross_checks import short_amount
from fieldapp.domain.money import Money

_SEASON_LABEL, _ITEM, _MONTH = 4, 6, 3
_HALVES = (range(6), range(6, 12))
_HEAD, _LINE, _SIZE, _EDGE = 6.2, 6.0, 9.5, 1.2

_FIGURES: tuple[tuple[str, Callable[[MonthlyAccounts], Money]], ...] = (
    ("sales", lambda month: month.sales),
    ("goods", lambda month: month.goods),
    ("costs", lambda month: month.costs),
    ("other_income", lambda month: month.other_income),
    ("family", lambda month: month.family),
    ("net", lambda month: month.disposable),
)


def season_row(name: Text, seasons: Sequence[str]) -> Block:
    """The months by their numbers over their seasons; empty boxes where nobody said."""
    label_width = _SEASON_LABEL * COLUMN
    step = (WIDTH - label_width) / 12

    def draw(page: Page, top: float) -> None:
        page.label_fill(LEFT, top, label_width, ROW + 1.2)
        two_lines(page, LEFT + PADDING, top + (ROW + 1.2) / 2, name, label_width - 2 * PADDING)
        half = (ROW + 1.2) / 2
        left = LEFT + label_width
        page.rule(left, top + half, RIGHT, top + half, INNER_RULE)
        for month in range(12):
            page.rule(left, top, left, top + ROW + 1.2, INNER_RULE)
            page.text(left + step / 2, top + half / 2, f"{month + 1} 月", 8, align="centre")
            if month < len(seasons):
                size = shrunk(seasons[month], 10, step - 1)
                page.text(left + step / 2, top + half * 1.5, seasons[month], size, align="centre")
            left += step
        page.rule(LEFT, top + ROW + 1.2, RIGHT, top + ROW + 1.2, INNER_RULE)

    return Block(ROW + 1.2, draw)


def month_rows(item: Text, words: Mapping[str, Text], months: Sequence[MonthlyAccounts]) -> list[Block]:
    """January to June, then July to December: a row per figure and the net in bold. Empty without months.

    Raises Invalid (``too_long``) for an amount that no size makes fit its column.
    """
    blocks = []
    for half in _HALVES:
        rows = [_head(item, half)]
        for key, figure in _FIGURES:
            amounts = [_set(short_amount(figure(months[month])), words[key], key) for month in half if months]
            rows.append(_row(words[key], amounts, bold=key == "net"))
        blocks += [row.holding(Glue.FIRM) for row in rows[:-1]] + rows[-1:]
    return blocks


def _head(item: Text, half: range) -> Block:
    def draw(page: Page, top: float) -> None:
        page.label_fill(LEFT, top, WIDTH, _HEAD)
        page.text(LEFT + PADDING, top + _HEAD / 2, item.both, shrunk(item.both, 8.5, _ITEM * COLUMN - 2 * PADDING))
        for place, month in enumerate(half):
            middle = LEFT + (_ITEM + (place + 0.5) * _MONTH) * COLUMN
            page.text(middle, top + _HEAD / 2, f"{month + 1} 月", 8.5, align="centre")
        _rules(page, top, _HEAD)

    return Block(_HEAD, draw, Glue.FIRM)


def _row(words: Text, amounts: Sequence[tuple[str, float]], *, bold: bool) -> Block:
    weight = Weight.BOLD if bold else Weight.MEDIUM
    said = f"{words.zh} {words.en}"
    size = shrunk(said, _SIZE, _ITEM * COLUMN - 2 * PADDING, weight)

    def draw(page: Page, top: float) -> None:
        if bold:
            page.label_fill(LEFT, top, WIDTH, _LINE)
        page.text(LEFT + PADDING, top + _LINE / 2, said, size, weight)
        for place, (text, drawn) in enumerate(amounts):
            right = LEFT + (_ITEM + (place + 1) * _MONTH) * COLUMN - _EDGE
            page.text(right, top + _LINE / 2, text, drawn, weight, "right")
        _rules(page, top, _LINE)

    return Block(_LINE, draw)


def _set(text: str, words: Text, key: str) -> tuple[str, float]:
    return text, shrunk(text, _SIZE, _MONTH * COLUMN - 2 * _EDGE, Weight.BOLD, FieldName(key, words.both))


def _rules(page: Page, top: float, height: float) -> None:
    for place in range(6):
        left = LEFT + (_ITEM + place * _MONTH) * COLUMN
        page.rule(left, top, left, top + height, INNER_RULE)
    page.rule(LEFT, top + height, RIGHT, top + height, INNER_RULE)
