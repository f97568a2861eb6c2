"""The list of two-line rows: one delegate paints them, and the selected row carries the list's actions."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from fieldapp.desktop.components import painting
from fieldapp.desktop.components.arrange import Line
from fieldapp.desktop.components.chip import chip_width, paint_chip
from fieldapp.desktop.components.rows import Avatar, Heading, Row, RowModel, When
from fieldapp.desktop.components.text import tone_colour
from fieldapp.desktop.components.words import one_line, said
from fieldapp.desktop.look import Living, paint_icon, px, tokens
from fieldapp.desktop.look.fonts import font, width

HEADING_HEIGHT = 36
THIRD_LINE = 18
LOW_ROW = 50
"""Lower rows hold one sentence, small, on as many lines as it takes; higher ones a name and what is known beside it."""
MOST_LINES = 5
"""Of a sentence in a low row."""
_Index = QModelIndex | QPersistentModelIndex


class RowList(Living, QListView):
    """``chosen`` tells the key of the row that became current (None for none), ``opened`` the one entered.

    ``actions`` are buttons shown in the selected row, at its right. ``row_height`` is 54 to 62, or 44 for sentences.
    ``whole`` makes the list as tall as its rows, for a page that scrolls as one. ``amount_above`` puts a row's amount
    and chip beside its title, so that in a narrow list its second line has the whole width. ``inside`` is a list within
    a card that has its own margins: rows begin at the list's edge, and a second line goes on in a third.
    """

    chosen = Signal(object)
    opened = Signal(object)

    def __init__(
        self,
        model: RowModel,
        *,
        actions: Sequence[QWidget] = (),
        row_height: int = 62,
        whole: bool = False,
        amount_above: bool = False,
        inside: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._rows, self._whole = model, whole
        self.row_height = row_height
        self.amount_above = amount_above
        self.inside = inside
        self.margin = 8 if inside else 20
        self.actions_strip = Line(*actions, gap=8, parent=self.viewport())
        self.actions_strip.hide()
        self.setModel(model)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setItemDelegate(_RowDelegate(self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        if whole:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setUniformItemSizes(False)
        self.viewport().setAutoFillBackground(False)
        self.doubleClicked.connect(self._open)
        self._when_width: float | None = None
        model.modelReset.connect(self._after_reset)
        model.rowsInserted.connect(self._after_more)
        model.dataChanged.connect(self._measure_again)
        self.dress()

    def choose(self, key: object | None) -> bool:
        """Select the row with ``key`` and bring it into view; False when it is not here."""
        index = self._rows.index_of(key)
        self.setCurrentIndex(index)
        if index.isValid():
            self.scrollTo(index)
        return index.isValid()

    def choose_first(self) -> None:
        """Select the first row there is."""
        for place in range(self._rows.rowCount()):
            if isinstance(self._rows.row_at(self._rows.index(place)), Row):
                self.setCurrentIndex(self._rows.index(place))
                return

    def current(self) -> Row | None:
        """The selected row."""
        row = self._rows.row_at(self.currentIndex())
        return row if isinstance(row, Row) else None

    def set_whole(self, whole: bool) -> None:
        """Be as tall as the rows, so that the page scrolls as one, or scroll inside."""
        self._whole = whole
        off, on = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setVerticalScrollBarPolicy(off if whole else on)
        if not whole:
            self.setMinimumHeight(0)
            self.setMaximumHeight(16_777_215)
        self._fit()
        self.updateGeometry()

    def restyle(self) -> None:
        self._measure_again()
        self.doItemsLayout()
        self._fit()

    def retranslate(self) -> None:
        self._measure_again()
        self.viewport().update()

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        self._place_actions()
        row = self.current()
        self.chosen.emit(row.key if row is not None else None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, _typed: str) -> None:
        """Letters in a list are shortcuts of its page, not a search."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        low = self.row_height < LOW_ROW
        if (self.inside or low) and event.size().width() != event.oldSize().width():
            self.scheduleDelayedItemsLayout()
            self._fit()
        self._place_actions()

    def scrollContentsBy(self, across: int, down: int) -> None:
        super().scrollContentsBy(across, down)
        self._place_actions()

    def sizeHint(self) -> QSize:
        return QSize(px(336), self._height() if self._whole else px(320))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(160), self._height() if self._whole else min(self._height(rows=12), px(300)))

    def _height(self, rows: int | None = None) -> int:
        count = self._rows.rowCount() if rows is None else min(rows, self._rows.rowCount())
        shown = (self._rows.row_at(self._rows.index(place)) for place in range(count))
        return sum(self.height_of(row) for row in shown if row is not None) + px(2)

    def height_of(self, row: Row | Heading) -> int:
        """How tall a row stands, in widget pixels; taller where its second line goes on in a third."""
        if isinstance(row, Heading):
            return px(HEADING_HEIGHT)
        if self.is_sentence(row):
            return max(px(self.row_height), px(18) * self.lines_of(row) + px(10))
        return px(self.row_height) + (px(THIRD_LINE) if self.runs_on(row) else 0)

    def is_sentence(self, row: Row) -> bool:
        """Whether a row says one sentence and nothing else."""
        return self.row_height < LOW_ROW and not said(row.second) and not said(row.beside)

    def lines_of(self, row: Row) -> int:
        """How many lines a sentence takes, at most ``MOST_LINES``; a line ends before its width where words break."""
        room = self.viewport().width() - px(self.margin) - px(12) - px(self._lead_width(row))
        if room <= 0:
            return 2
        return min(math.ceil(width(row.title, font(13, 500, tight=True)) / (room - px(14))), MOST_LINES)

    def runs_on(self, row: Row) -> bool:
        """Whether the second line of a row in a list ``inside`` a card has more to say than one line holds."""
        if not self.inside:
            return False
        room = self.viewport().width() - 2 * px(self.margin) - px(self._lead_width(row))
        return width(said(row.second), font(13, tight=isinstance(row.lead, Avatar))) > room > 0

    @staticmethod
    def _lead_width(row: Row) -> int:
        return 36 + 11 if isinstance(row.lead, Avatar) else 34 if row.lead is not None else 0

    def when_width(self) -> float:
        """How wide the column of times is: the longest in it keeps clear of the names."""
        if self._when_width is None:
            rows = (self._rows.row_at(self._rows.index(place)) for place in range(self._rows.rowCount()))
            leads = (row.lead for row in rows if isinstance(row, Row))
            drawn = font(13, 600, tight=True)
            longest = max((width(said(lead.words), drawn) for lead in leads if isinstance(lead, When)), default=0)
            self._when_width = min(max(px(62), longest + px(14)), px(120))
        return self._when_width

    def _measure_again(self) -> None:
        self._when_width = None

    def _fit(self) -> None:
        if self._whole:
            self.setFixedHeight(self._height())

    def _after_more(self) -> None:
        self._measure_again()
        self._fit()

    def _after_reset(self) -> None:
        self._measure_again()
        self._place_actions()
        self._fit()

    def _open(self, index: QModelIndex) -> None:
        row = self._rows.row_at(index)
        if isinstance(row, Row):
            self.opened.emit(row.key)

    def _place_actions(self) -> None:
        row, where = self.current(), self.visualRect(self.currentIndex())
        wanted = self.actions_strip.sizeHint()
        box = self.actions_strip.layout()
        shown = row is not None and row.actions and not where.isEmpty() and box is not None and box.count() > 0
        self.actions_strip.setVisible(shown)
        if not shown:
            return
        wide = min(wanted.width(), where.width() - px(160))
        left = where.right() - px(12) - wide
        self.actions_strip.setGeometry(QRect(left, where.center().y() - wanted.height() // 2, wide, wanted.height()))
        self.viewport().update(where)

    def actions_width(self) -> int:
        """The room the actions take at the right of the selected row, 0 when they are hidden."""
        return self.actions_strip.width() + px(12) if self.actions_strip.isVisible() else 0


class _RowDelegate(QStyledItemDelegate):
    def __init__(self, rows: RowList) -> None:
        super().__init__(rows)
        self._list = rows

    def sizeHint(self, _option: QStyleOptionViewItem, index: _Index) -> QSize:
        row = _row_of(index)
        return QSize(px(120), self._list.height_of(row) if row is not None else px(self._list.row_height))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row = _row_of(index)
        where = QRectF(option.rect)
        painter.save()
        if isinstance(row, Heading):
            _paint_heading(painter, where, row)
        elif row is not None:
            state: QStyle.StateFlag = option.state
            selected = bool(state & QStyle.StateFlag.State_Selected)
            over = bool(state & QStyle.StateFlag.State_MouseOver)
            following = _row_of(index.sibling(index.row() + 1, 0))
            last = not isinstance(following, Row)
            next_selected = self._list.selectionModel().isSelected(index.sibling(index.row() + 1, 0))
            self._paint_row(painter, where, row, selected=selected, over=over, ruled=not (last or next_selected))
        painter.restore()

    def _paint_row(
        self, painter: QPainter, where: QRectF, row: Row, *, selected: bool, over: bool, ruled: bool
    ) -> None:
        colours = tokens()
        margin = px(self._list.margin)
        ground = where if self._list.inside else where.adjusted(px(6), 0, -px(6), 0)
        if selected:
            painting.box(painter, ground, fill=colours.pine_soft, radius=painting.RADIUS_CONTROL)
            bar = QRectF(ground.x(), ground.y() + px(10), px(4), ground.height() - px(20))
            painting.box(painter, bar, fill=colours.pine, radius=1)
            if self._list.hasFocus():
                painting.box(painter, ground, fill=None, edge=colours.pine)
        elif over:
            painting.box(painter, ground, fill=colours.sunken, radius=painting.RADIUS_CONTROL)
        left = where.x() + margin
        left += self._paint_lead(painter, left, where, row)
        room = self._list.actions_width() if selected and row.actions else 0
        if room:
            right = where.right() - px(12) - room
            two_line_right = right
        else:
            right, two_line_right = self._paint_right(painter, where, row, selected=selected)
        top = where.y() + px(self._list.row_height) / 2
        first = QRectF(left, top - px(23), right - left - px(8), px(22))
        second = QRectF(left, top + px(1), two_line_right - left - px(8), px(20))
        if not said(row.second):
            first.moveTop(where.center().y() - px(11))
        strong = font(15, 600, tight=True)
        if self._list.is_sentence(row):
            whole = QRectF(left, where.y(), where.right() - px(12) - left, where.height())
            most = max(self._list.lines_of(row), 2)
            painting.lines(painter, whole, row.title, font(13, 500, tight=True), colours.ink, most)
            used = 0.0
        else:
            used = painting.text(painter, first, row.title, strong, colours.ink)
        if said(row.beside):
            rest = first.adjusted(used + px(10), px(1), 0, px(1))
            painting.text(painter, rest, said(row.beside), font(13, tight=True), colours.ink2)
        ink = colours.ink if selected and isinstance(row.lead, When) else colours.ink2
        tight = isinstance(row.lead, Avatar)  # a place, not a sentence
        if self._list.runs_on(row):
            both = QRectF(left, second.y(), where.right() - margin - left - room, px(20 + THIRD_LINE))
            painting.lines(painter, both, said(row.second), font(13, tight=tight), ink)
        else:
            painting.text(painter, second, said(row.second), font(13, tight=tight), ink)
        if ruled and not selected:
            painting.hairline(painter, left, where.right() - margin, where.bottom() - 1)

    def _paint_lead(self, painter: QPainter, left: float, where: QRectF, row: Row) -> float:
        if isinstance(row.lead, Avatar):
            paint_avatar(painter, QRectF(left, where.center().y() - px(18), px(36), px(36)), row.lead.name)
            return px(36 + 11)
        if isinstance(row.lead, When):
            wide = self._list.when_width()
            column = QRectF(left, where.y(), wide - px(4), where.height())
            weight = 600 if row.lead.tone.value in ("seal", "amber") else 500
            painting.text(
                painter, column, said(row.lead.words), font(13, weight, tight=True), tone_colour(row.lead.tone)
            )
            return wide
        if row.lead is not None:
            colour = tone_colour(row.lead.tone)
            paint_icon(painter, row.lead.icon, left, where.center().y() - px(10), 20, colour, fill=row.lead.fill)
            return px(34)
        return 0

    def _paint_right(self, painter: QPainter, where: QRectF, row: Row, *, selected: bool) -> tuple[float, float]:
        edge = where.right() - px(self._list.margin)
        middle_line = where.y() + px(self._list.row_height) / 2
        first = second = edge
        words = said(row.right)
        weight = 600 if row.right_tone.value == "seal" else 400
        drawn = font(12.5, weight, tight=True)
        stacked = row.chip is not None and bool(words)
        if row.chip is not None:
            above = stacked or self._list.amount_above
            middle = middle_line - px(11) if above else middle_line
            first = edge - chip_width(row.chip)
            paint_chip(painter, first, middle, row.chip, on_soft=selected)
        if words:
            wide = min(width(words, drawn), where.width() * 0.45)
            line = QRectF(edge - wide, middle_line + px(1), wide, px(20))
            if not stacked:
                line.moveTop(middle_line - px(10))
                first = edge - wide
            second = edge - wide
            painting.text(painter, line, words, drawn, tone_colour(row.right_tone), Qt.AlignmentFlag.AlignRight)
        if row.amount:
            strong = font(16, 600, tight=True)
            wide = width(row.amount, strong)
            first = min(first, second) - px(8) - wide
            figure = QRectF(first, where.y(), wide + 1, px(self._list.row_height))
            if self._list.amount_above:
                figure = QRectF(first, middle_line - px(23), wide + 1, px(22))
            painting.text(painter, figure, row.amount, strong, tokens().ink)
        if self._list.amount_above:
            return first, second
        return first, second if stacked and not row.amount else min(first, second)


def paint_avatar(painter: QPainter, where: QRectF, name: str) -> None:
    """The first character of a name on pine-soft; in a selected row, of the same ground, it simply stands."""
    colours = tokens()
    painting.box(painter, where, fill=colours.pine_soft, radius=8)
    letter = one_line(name).strip()[:1] or "·"
    drawn = font(16, 600)
    drawn.setPixelSize(math.floor(where.height() * 0.44))
    painting.text(painter, where, letter, drawn, colours.pine, Qt.AlignmentFlag.AlignHCenter)


def _paint_heading(painter: QPainter, where: QRectF, heading: Heading) -> None:
    line = where.adjusted(px(20), px(4), -px(20), 0)
    drawn = font(13.5, 600, tight=True)
    used = painting.text(painter, line, said(heading.words), drawn, tone_colour(heading.tone))
    if heading.count is not None:
        rest = line.adjusted(used + px(8), 0, 0, 0)
        painting.text(painter, rest, str(heading.count), font(13), tokens().ink3)
    painting.text(painter, line, said(heading.right), font(12, tight=True), tokens().ink3, Qt.AlignmentFlag.AlignRight)


def _row_of(index: _Index) -> Row | Heading | None:
    model = index.model()
    return model.row_at(index) if isinstance(model, RowModel) else None
