"""Several short words in one field: the people met. Enter or a comma adds, Backspace in the empty field takes back."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, QStringListModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QCompleter, QSizePolicy, QVBoxLayout, QWidget

from fieldapp.desktop.components import painting
from fieldapp.desktop.components.arrange import Flow
from fieldapp.desktop.components.entry import Entry
from fieldapp.desktop.components.offers import dress_offers
from fieldapp.desktop.components.words import Words, one_line
from fieldapp.desktop.look import Icon, Living, paint_icon, px, tokens
from fieldapp.desktop.look.fonts import font, width
from fieldapp.translation import tr

LONGEST_TAG, MOST_TAGS = 60, 40


class TagField(Living, QWidget):
    """``changed`` tells the words as a tuple. ``suggestions`` are offered while typing."""

    changed = Signal(object)

    def __init__(self, placeholder: Words = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tags: list[str] = []
        self.entry = _TagEntry(placeholder)
        self.entry.setProperty("bare", True)
        self.entry.setMaxLength(LONGEST_TAG)
        self.entry.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.entry.installEventFilter(self)
        self.entry.focus_gone.connect(self._settle)
        self._offered = QStringListModel(self)
        completer = QCompleter(self._offered, self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.activated.connect(self._take_offered)
        self.entry.setCompleter(completer)
        dress_offers(completer)
        self._flow = Flow(self.entry, gap=6)
        box = QVBoxLayout(self)
        box.addWidget(self._flow)
        self.setFocusProxy(self.entry)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.dress()

    def value(self) -> tuple[str, ...]:
        """The words in the field, in order; also what is typed and not yet added."""
        typed = one_line(self.entry.text()).strip()
        return (*self._tags, *((typed,) if typed and typed not in self._tags else ()))

    def set_value(self, tags: Sequence[str]) -> None:
        """Show ``tags`` without telling."""
        self._tags = [one_line(tag, LONGEST_TAG) for tag in tags][:MOST_TAGS]
        self._rebuild()

    def suggest(self, offered: Sequence[str]) -> None:
        """Offer these while typing."""
        self._offered.setStringList(list(offered))

    def show_error(self, wrong: bool) -> None:
        """Draw the field as wrong, or as right again."""
        self.setProperty("error", wrong)
        self.update()

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.entry.setAccessibleName(name)

    def restyle(self) -> None:
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(px(6), px(5), px(6), px(5))
        self.entry.setMinimumWidth(px(110))
        self.setMinimumHeight(px(36))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFocusEvent):
            self.update()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() and self.entry.text():
                self._settle()
                return True
            if event.text() in (",", "，", "、", ";", "；"):
                self._settle()
                return True
            if event.key() == Qt.Key.Key_Backspace and not self.entry.text() and self._tags:
                self._remove(self._tags[-1])
                return True
        return super().eventFilter(watched, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.entry.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mousePressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = tokens()
        wrong, focused = bool(self.property("error")), self.entry.hasFocus()
        edge = colours.seal if wrong else colours.pine if focused else colours.edge
        thick = 2 if wrong or focused else 1
        painting.box(painter, QRectF(self.rect()), fill=colours.surface, edge=edge, thick=thick)
        painter.end()

    def _settle(self) -> None:
        typed = one_line(self.entry.text()).strip()
        self.entry.clear()
        if typed and typed not in self._tags and len(self._tags) < MOST_TAGS:
            self._tags.append(typed)
            self._rebuild()
            self.changed.emit(tuple(self._tags))

    def _take_offered(self, words: str) -> None:
        self.entry.setText(words)
        # The completer writes its word into the line after this signal: take it in once that has happened.
        self.entry.setModified(True)
        self._settle()

    def _remove(self, tag: str) -> None:
        self._tags.remove(tag)
        self._rebuild()
        self.entry.setFocus()
        self.changed.emit(tuple(self._tags))

    def _rebuild(self) -> None:
        self._flow.keep_only(self.entry)
        for index, tag in enumerate(self._tags):
            made = _Tag(tag)
            made.clicked.connect(lambda _checked=False, gone=tag: self._remove(gone))
            self._flow.put(made, at=index)
        self.updateGeometry()


class _TagEntry(Entry):
    def sizeHint(self) -> QSize:
        return QSize(px(110), super().sizeHint().height())


class _Tag(Living, QAbstractButton):
    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.dress()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("{tag}, press to take out", tag=self._words))

    def sizeHint(self) -> QSize:
        return QSize(math.ceil(width(self._words, font(13, 500, tight=True))) + px(36), px(26))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(60), px(26))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = tokens()
        edge = colours.pine if self.hasFocus() else None
        ground = QRectF(self.rect())
        painting.box(painter, ground, fill=colours.pine_soft, edge=edge, thick=2, radius=painting.RADIUS_CHIP)
        where = ground.adjusted(px(9), 0, -px(26), 0)
        painting.text(painter, where, self._words, font(13, 500, tight=True), colours.pine)
        paint_icon(painter, Icon.CLOSE, self.width() - px(22), self.height() / 2 - px(7), 14, colours.pine)
        painter.end()
