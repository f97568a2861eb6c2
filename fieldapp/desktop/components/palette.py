"""Ctrl K: people, deeds and pages by a few letters. It asks its sources and shows what they answer, offline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias, cast

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QListView, QSizePolicy, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from fieldapp.desktop.components import painting
from fieldapp.desktop.components.arrange import Column
from fieldapp.desktop.components.entry import Entry
from fieldapp.desktop.components.overlay import Overlay, Panel
from fieldapp.desktop.components.rows import Heading, Row, RowModel, Shape
from fieldapp.desktop.components.words import Words, one_line, said
from fieldapp.desktop.look import Icon, Living, paint_icon, px, tokens
from fieldapp.desktop.look.fonts import font, width
from fieldapp.translation import tr

ROW_HEIGHT, HEADING_HEIGHT, FOOT_HEIGHT, FIELD_HEIGHT = 40, 30, 36, 54
MOST_ROWS = 9


@dataclass(frozen=True, slots=True)
class Found:
    """One answer of a source: a person, a deed or a page; ``run`` is what choosing it does."""

    title: str
    run: Callable[[], object]
    icon: Icon
    second: str = ""
    key: str = ""


Source: TypeAlias = Callable[[str, Callable[[Sequence[Found]], None]], None]
"""Asked with the text typed and a function to hand the answers to, at once or later, on the UI thread."""


class CommandPalette:
    """Opens over ``window``. ``sources`` are pairs of a group's heading and its source, in the order shown."""

    def __init__(self, window: QWidget, sources: Sequence[tuple[Words, Source]]) -> None:
        self._sources = list(sources)
        self._asked = 0
        self._answers: dict[int, Sequence[Found]] = {}
        self._leaf = _Leaf()
        self._overlay = Overlay(window, self._leaf, wide=620, from_top=93, light=True)
        self._leaf.entry.textChanged.connect(self._ask)
        self._leaf.entry.installEventFilter(self._leaf)
        self._leaf.on_key = self._key
        self._leaf.rows.clicked.connect(lambda index: self._run(index.row()))

    def open(self) -> None:
        """Show it, empty, with the cursor in its field."""
        self._leaf.entry.clear()
        self._overlay.open()
        self._leaf.entry.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._ask("")

    def is_open(self) -> bool:
        """Whether it stands over the window."""
        return self._overlay.isVisible()

    def _ask(self, text: str) -> None:
        self._asked += 1
        self._answers = {}
        asked = self._asked
        for place, (_, source) in enumerate(self._sources):
            source(one_line(text).strip(), partial(self._take, asked, place))

    def _take(self, asked: int, place: int, found: Sequence[Found]) -> None:
        if asked != self._asked:
            return  # an answer to what was typed before
        self._answers[place] = found
        rows: list[Row | Heading] = []
        for group, (heading, _) in enumerate(self._sources):
            answers = self._answers.get(group, ())[:6]
            if answers:
                rows.append(Heading(heading))
                rows += [
                    Row((group, number), answer.title, beside=answer.second, lead=Shape(answer.icon), right=answer.key)
                    for number, answer in enumerate(answers)
                ]
        self._leaf.show_rows(rows, typed=self._leaf.entry.text())
        self._overlay.refit()

    def _key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._leaf.move(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(self._leaf.rows.currentIndex().row())
        elif key == Qt.Key.Key_Escape:
            self._overlay.close_panel()
        else:
            return False
        return True

    def _run(self, place: int) -> None:
        row = self._leaf.model.row_at(self._leaf.model.index(place))
        if not isinstance(row, Row):
            return
        group, number = cast(tuple[int, int], row.key)
        found = self._answers[group][number]
        self._overlay.close_panel()
        found.run()


class _Leaf(Panel):
    def __init__(self) -> None:
        self.entry = Entry(lambda: tr("Name, pinyin initials, part of a phone number, or what to do"))
        self.entry.setProperty("bare", True)
        self.model = RowModel()
        self.rows = _Rows(self.model)
        self.on_key: Callable[[QKeyEvent], bool] = lambda _event: False
        self._head = Column(self.entry, margins=(52, 0, 20, 0))
        super().__init__(Column(self._head, self.rows, _Foot(), gap=0), inside=1)

    def restyle(self) -> None:
        super().restyle()
        self._head.setFixedHeight(px(FIELD_HEIGHT))
        self.entry.setFont(font(16))

    def show_rows(self, rows: list[Row | Heading], *, typed: str) -> None:
        self.model.show(rows)
        self.rows.nothing = bool(typed.strip()) and not rows
        self.rows.fit()
        self.move(1)

    def move(self, step: int) -> None:  # type: ignore[override]
        count = self.model.rowCount()
        place = self.rows.currentIndex().row()
        for _ in range(count):
            place = (place + step) % count
            if isinstance(self.model.row_at(self.model.index(place)), Row):
                self.rows.setCurrentIndex(self.model.index(place))
                return

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self.on_key(event):
            return True
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        paint_icon(painter, Icon.SEARCH, px(17), px(FIELD_HEIGHT / 2 - 10), 20, tokens().pine)
        painting.hairline(painter, 0, self.width(), px(FIELD_HEIGHT))
        painter.end()


class _Rows(Living, QListView):
    def __init__(self, model: RowModel) -> None:
        super().__init__()
        self._rows = model
        self.nothing = False
        self.setModel(model)
        self.setItemDelegate(_FoundDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.viewport().setAutoFillBackground(False)
        self.setMouseTracking(True)

    def fit(self) -> None:
        rows = [self._rows.row_at(self._rows.index(place)) for place in range(self._rows.rowCount())]
        high = sum(px(ROW_HEIGHT if isinstance(row, Row) else HEADING_HEIGHT) for row in rows) + px(12)
        self.setFixedHeight(min(max(high, px(60)), px(ROW_HEIGHT * MOST_ROWS)))

    def retranslate(self) -> None:
        self.setAccessibleName(tr("What was found"))

    def restyle(self) -> None:
        self.doItemsLayout()
        self.fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.nothing:
            painter = QPainter(self.viewport())
            where = QRectF(self.viewport().rect()).adjusted(px(20), 0, -px(20), 0)
            painting.text(painter, where, tr("Nothing is called that on this laptop."), font(13), tokens().ink2)
            painter.end()


class _FoundDelegate(QStyledItemDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        model = index.model()
        row = model.row_at(index) if isinstance(model, RowModel) else None
        return QSize(px(200), px(ROW_HEIGHT if isinstance(row, Row) else HEADING_HEIGHT))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        model = index.model()
        row = model.row_at(index) if isinstance(model, RowModel) else None
        where = QRectF(option.rect)
        colours = tokens()
        painter.save()
        if isinstance(row, Heading):
            line = where.adjusted(px(20), px(4), -px(20), 0)
            painting.text(painter, line, said(row.words), font(12, tight=True), colours.ink2)
        elif row is not None:
            selected = bool(option.state & QStyle.StateFlag.State_Selected)
            if selected:
                ground = where.adjusted(px(8), 0, -px(8), 0)
                painting.box(painter, ground, fill=colours.pine_soft, radius=painting.RADIUS_CONTROL)
            if isinstance(row.lead, Shape):
                colour = colours.pine if selected else colours.ink2
                middle = where.center().y() - px(9)
                paint_icon(painter, row.lead.icon, where.x() + px(20), middle, 18, colour, fill=selected)
            cap = "Return" if selected and not said(row.right) else said(row.right)
            right = where.right() - px(20)
            if cap:
                right -= painting.cap_width(cap)
                painting.paint_cap(painter, right, where.center().y(), cap)
            line = QRectF(where.x() + px(48), where.y(), right - where.x() - px(60), where.height())
            strong = font(14, 600 if selected else 400, tight=True)
            used = painting.text(painter, line, row.title, strong, colours.ink)
            rest = line.adjusted(used + px(11), 0, 0, 0)
            painting.text(painter, rest, said(row.beside), font(13, tight=True), colours.ink2)
        painter.restore()


class _Foot(Living, QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.dress()

    def restyle(self) -> None:
        self.setFixedHeight(px(FOOT_HEIGHT))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = tokens()
        ground = QRectF(self.rect())
        painter.setClipRect(ground)
        painting.box(painter, ground.adjusted(0, -px(20), 0, 0), fill=colours.sunken, radius=painting.RADIUS_DIALOG)
        left, middle = float(px(16)), self.height() / 2
        drawn = font(12, tight=True)
        for key, words in (("Up+Down", tr("choose")), ("Return", tr("open")), ("Escape", tr("close"))):
            painting.paint_cap(painter, left, middle, key)
            left += painting.cap_width(key) + px(7)
            where = QRectF(left, 0, width(words, drawn) + 2, self.height())
            left += painting.text(painter, where, words, drawn, colours.ink2) + px(14)
        line = QRectF(left, 0, self.width() - left - px(16), self.height())
        here = tr("Searches this laptop only, no network needed")
        painting.text(painter, line, here, drawn, colours.ink2, Qt.AlignmentFlag.AlignRight)
        painter.end()
