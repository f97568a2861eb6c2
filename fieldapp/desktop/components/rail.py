"""The rail at the left: mark, search, 记接触, the pages, sync with its count, the officer and the lock."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from fieldapp.desktop.components import painting
from fieldapp.desktop.components.button import Button, Kind, icon_button
from fieldapp.desktop.components.card import Rule
from fieldapp.desktop.components.key_cap import bind_key
from fieldapp.desktop.components.row_list import paint_avatar
from fieldapp.desktop.components.words import Words, one_line, said
from fieldapp.desktop.look import Icon, Living, paint_icon, px, tokens
from fieldapp.desktop.look.fonts import font, width
from fieldapp.desktop.look.mark import paint_mark
from fieldapp.translation import tr

WIDE, NARROW, LOWEST = 204, 61, 28


@dataclass(frozen=True, slots=True)
class RailEntry:
    """A page in the rail; ``low`` ones stand at its foot. ``key`` (``Ctrl+1``) is told in the tooltip."""

    name: str
    words: Words
    icon: Icon
    low: bool = False
    key: str = ""


class Rail(Living, QWidget):
    """``page_wanted`` tells an entry's name; the other signals are the buttons of the rail itself."""

    page_wanted = Signal(str)
    search_wanted = Signal()
    contact_wanted = Signal()
    lock_wanted = Signal()

    def __init__(self, entries: Sequence[RailEntry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._narrow = False
        self._brand = _Brand()
        self._search = _SearchButton()
        self._contact = Button(lambda: tr("New contact"), Kind.FILLED, icon=Icon.ADD, key="Ctrl+N", spread=True)
        self._contact_narrow = icon_button(lambda: tr("New contact"), Icon.ADD, key="Ctrl+N", kind=Kind.FILLED)
        self._officer = _Officer()
        self._items = {entry.name: _RailItem(entry) for entry in entries}
        self._offered = frozenset(self._items)
        self._column = QVBoxLayout(self)
        for top in (self._brand, self._search, self._contact, self._contact_narrow):
            self._column.addWidget(top)
            if top is not self._contact:
                self._column.addSpacing(0)
        for entry in entries:
            if not entry.low:
                self._column.addWidget(self._items[entry.name])
        self._column.addStretch(1)
        for entry in entries:
            if entry.low:
                self._column.addWidget(self._items[entry.name])
        self._column.addWidget(Rule())
        self._column.addWidget(self._officer)
        for name, item in self._items.items():
            item.clicked.connect(lambda _checked=False, name=name: self.page_wanted.emit(name))
        self._search.clicked.connect(self.search_wanted)
        self._contact.clicked.connect(self.contact_wanted)
        self._contact_narrow.clicked.connect(self.contact_wanted)
        self._officer.lock.clicked.connect(self.lock_wanted)
        self._lock_unseen = bind_key(self, "Ctrl+L")  # the narrow rail has no room for the button, which has the key
        self._lock_unseen.activated.connect(self.lock_wanted)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.dress()

    def show_page(self, name: str) -> None:
        """Mark the page shown; a name that is not in the rail marks none."""
        for known, item in self._items.items():
            item.setChecked(known == name)

    def show_place(self, branch: Words) -> None:
        """Show the branch under the program's name."""
        self._brand.show_place(branch)

    def show_officer(self, name: str, role: Words) -> None:
        """Show who works here."""
        self._officer.show_officer(name, role)

    def show_count(self, name: str, count: int, *, urgent: bool = False) -> None:
        """Show a number at a page; ``urgent`` ones wait for a decision and are set in seal red. 0 shows nothing."""
        self._items[name].show_count(count, urgent=urgent)

    def offer(self, name: str, offered: bool) -> None:
        """Whether the page stands in the rail at all."""
        self._items[name].setVisible(offered)
        self._offered = self._offered | {name} if offered else self._offered - {name}
        self._fit_heights()

    def set_narrow(self, narrow: bool) -> None:
        """Show icons only, or words again."""
        if narrow != self._narrow:
            self._narrow = narrow
            self.restyle()

    def restyle(self) -> None:
        self.setFixedWidth(px(NARROW if self._narrow else WIDE))
        self._column.setContentsMargins(
            *((px(12), px(16), px(12), px(12)) if not self._narrow else (px(9), px(10)) * 2)
        )
        self._column.setSpacing(0)
        for place, gap in ((1, 2), (3, 9), (6, 11)):
            item = self._column.itemAt(place)
            space = item.spacerItem() if item is not None else None
            if space is not None:
                space.changeSize(0, px(gap))
        self._column.invalidate()
        for part in (self._brand, self._search, self._officer, *self._items.values()):
            part.set_narrow(self._narrow)
        self._contact.setVisible(not self._narrow)
        self._contact_narrow.setVisible(self._narrow)
        self._lock_unseen.setEnabled(self._narrow)
        self._fit_heights()

    def minimumSizeHint(self) -> QSize:
        return QSize(self.width(), px(100))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit_heights()
        super().resizeEvent(event)

    def _fit_heights(self) -> None:
        """Draw the pages closer together in a low window, and leave the mark out of a very low one."""
        margins = self._column.contentsMargins()
        taken = margins.top() + margins.bottom() + px(2 + 9 + 11 + 1 + 36)
        parts = (self._brand, self._search, self._officer)
        taken += sum(px(part.high_narrow if self._narrow else part.high) for part in parts)
        each = (self.height() - taken) / max(len(self._offered), 1)
        self._brand.setVisible(each >= px(LOWEST))
        if each < px(LOWEST):
            each += px(_Brand.high) / max(len(self._offered), 1)
        for item in self._items.values():
            item.setFixedHeight(round(min(max(each, px(LOWEST)), px(40))))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens().rail)
        painter.fillRect(QRectF(self.width() - max(px(1), 1), 0, max(px(1), 1), self.height()), tokens().line)
        painter.end()


class _RailPart(Living, QAbstractButton):
    high, high_narrow = 40, 40

    def __init__(self) -> None:
        super().__init__()
        self.narrow = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_narrow(self, narrow: bool) -> None:
        self.narrow = narrow
        self.setFixedHeight(px(self.high_narrow if narrow else self.high))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(px(43), px(self.high_narrow if self.narrow else self.high))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class _Brand(_RailPart):
    high, high_narrow = 54, 46

    def __init__(self) -> None:
        super().__init__()
        self._branch: Words = ""
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.dress()

    def show_place(self, branch: Words) -> None:
        self._branch = branch
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(f"{tr('Field Credit')} {said(self._branch)}".strip())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        left = (self.width() - px(27)) / 2 if self.narrow else px(4)
        paint_mark(painter, QRectF(left, px(6), px(27), px(27)), tokens())
        if not self.narrow:
            room = self.width() - px(42)
            name = QRectF(px(40), px(1), room, px(22))
            painting.text(painter, name, tr("Field Credit"), font(15, 700, tight=True), tokens().ink)
            branch = QRectF(px(40), px(21), room, px(20))
            painting.text(painter, branch, said(self._branch), font(12.5, tight=True), tokens().ink2)
        painter.end()


class _SearchButton(_RailPart):
    high, high_narrow = 36, 38

    def __init__(self) -> None:
        super().__init__()
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.dress()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Search, go to"))
        self.setToolTip(f"{tr('Search, go to')}  Ctrl K" if self.narrow else "")
        self.update()

    def set_narrow(self, narrow: bool) -> None:
        super().set_narrow(narrow)
        self.retranslate()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = tokens()
        focused = self.hasFocus()
        where = QRectF(self.rect()).adjusted(0, px(1), 0, -px(1))
        painting.box(
            painter,
            where,
            fill=colours.surface,
            edge=colours.pine if focused else colours.edge,
            thick=2 if focused else 1,
        )
        middle = self.height() / 2
        left = (self.width() - px(18)) / 2 if self.narrow else px(9)
        paint_icon(painter, Icon.SEARCH, left, middle - px(9), 18, colours.ink2)
        if not self.narrow:
            cap = painting.cap_width("Ctrl+K")
            line = QRectF(px(33), 0, self.width() - px(48) - cap, self.height())
            painting.text(painter, line, tr("Search, go to"), font(13), colours.ink2)
            painting.paint_cap(painter, self.width() - px(8) - cap, middle, "Ctrl+K")
        painter.end()


class _RailItem(_RailPart):
    def __init__(self, entry: RailEntry) -> None:
        super().__init__()
        self._entry, self._count, self._urgent = entry, 0, False
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.dress()

    def nextCheckState(self) -> None:
        """The window decides which page is shown; a click only asks."""

    def set_narrow(self, narrow: bool) -> None:
        super().set_narrow(narrow)
        self.retranslate()

    def show_count(self, count: int, *, urgent: bool) -> None:
        self._count, self._urgent = count, urgent
        self.retranslate()

    def retranslate(self) -> None:
        spoken = said(self._entry.words)
        self.setAccessibleName(f"{spoken} {self._count}" if self._count else spoken)
        cap = " ".join(painting.cap_parts(self._entry.key)) if self._entry.key else ""
        self.setToolTip(f"{spoken}  {cap}".strip() if self.narrow else cap)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = tokens()
        on, over = self.isChecked(), self.underMouse()
        where = QRectF(self.rect()).adjusted(0, px(1), 0, -px(1))
        if on:
            painting.box(painter, where, fill=colours.surface, edge=colours.line)
        elif over:
            painting.box(painter, where, fill=colours.sunken)
        if self.hasFocus():
            painting.box(painter, where, fill=None, edge=colours.pine, thick=2)
        middle = self.height() / 2
        left = (self.width() - px(20)) / 2 if self.narrow else px(10)
        paint_icon(painter, self._entry.icon, left, middle - px(10), 20, colours.pine if on else colours.ink2, fill=on)
        right = self._paint_count(painter, middle)
        if not self.narrow:
            line = QRectF(px(40), 0, right - px(46), self.height())
            drawn = font(14, 600 if on else 400, tight=True)
            painting.text(painter, line, said(self._entry.words), drawn, colours.ink if on else colours.ink2)
        painter.end()

    def _paint_count(self, painter: QPainter, middle: float) -> float:
        if not self._count:
            return self.width()
        colours = tokens()
        words = str(self._count) if self._count < 1000 else "999+"
        if not self._urgent:
            if self.narrow:
                return self.width()
            where = QRectF(0, 0, self.width() - px(9), self.height())
            used = painting.text(painter, where, words, font(12.5), colours.ink2, Qt.AlignmentFlag.AlignRight)
            return self.width() - px(9) - used
        drawn = font(11 if self.narrow else 12, 600)
        side = px(16 if self.narrow else 20)
        wide = max(math.ceil(width(words, drawn)) + px(8), side)
        if self.narrow:
            badge = QRectF(self.width() - wide, middle - px(18), wide, side)
        else:
            badge = QRectF(self.width() - px(9) - wide, middle - side / 2, wide, side)
        painting.box(painter, badge, fill=colours.seal, radius=5)
        painting.text(painter, badge, words, drawn, colours.on_seal, Qt.AlignmentFlag.AlignHCenter)
        return badge.left()


class _Officer(_RailPart):
    high, high_narrow = 50, 46

    def __init__(self) -> None:
        super().__init__()
        self._name, self._role = "", ""
        self._said_role: Words = ""
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.lock = icon_button(lambda: tr("Lock"), Icon.LOCK, key="Ctrl+L", small=True, quiet=True)
        self.lock.setParent(self)
        self.dress()

    def show_officer(self, name: str, role: Words) -> None:
        self._name, self._said_role = name, role
        self.retranslate()

    def set_narrow(self, narrow: bool) -> None:
        super().set_narrow(narrow)
        self.lock.setVisible(not narrow)

    def retranslate(self) -> None:
        self._role = said(self._said_role)
        self.setAccessibleName(one_line(f"{self._name} {self._role}".strip()))
        self.setToolTip(one_line(f"{self._name} {self._role}".strip()) if self.narrow else "")
        self.update()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        hint = self.lock.sizeHint()
        top = (self.height() - hint.height()) // 2 + px(3)
        self.lock.setGeometry(self.width() - hint.width(), top, hint.width(), hint.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        left = (self.width() - px(30)) / 2 if self.narrow else px(4)
        top = (self.height() - px(30)) / 2 + px(3)
        paint_avatar(painter, QRectF(left, top, px(30), px(30)), self._name)
        if not self.narrow:
            room = self.width() - px(82)
            name = QRectF(px(43), top - px(5), room, px(20))
            painting.text(painter, name, self._name, font(13, 600, tight=True), tokens().ink)
            role = QRectF(px(43), top + px(15), room, px(18))
            painting.text(painter, role, self._role, font(12.5, tight=True), tokens().ink2)
        painter.end()
