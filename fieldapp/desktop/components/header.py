"""The first line of a page: its title, what stands beside it, and its buttons at the right."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import STRETCH, Item, Line
from fieldapp.desktop.components.button import Button
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.components.words import Words

_NO_LIMIT = (1 << 24) - 1
"""Qt's word for no limit, which PySide does not name."""


class Header(Line):
    """``beside`` follows the title in ink2; widgets given stand at the right, the filled one last.

    ``after`` are widgets right behind the title: a chip, a segmented strip. Where there is little room, buttons give
    up their key caps first, all of them and the room for them, then ``beside`` is shortened, then the title.
    """

    def __init__(
        self,
        title: Words,
        beside: Words = "",
        *actions: QWidget,
        after: tuple[QWidget, ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        self.title = Text(title, Role.PAGE, elide=True)
        self.beside = Text(beside, Role.BODY, tone=Tone.SECOND, elide=True)
        items: list[Item] = [self.title, *after, self.beside, STRETCH, *actions]
        super().__init__(*items, gap=12, parent=parent)

    def minimumSizeHint(self) -> QSize:
        shown = self._shown()
        least = (self.title.shortest() if one is self.title else one.minimumSizeHint().width() for one in shown)
        wide = sum(least) + self._box.spacing() * max(len(shown) - 1, 0)
        return QSize(wide, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._share()  # a hidden page was not asked when language or scale changed

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self._share()
        return done

    def _share(self) -> None:
        """Keep the words of the buttons whole, and as much of the title as there is room for besides."""
        shown = self._shown()
        others = [one for one in shown if one is not self.title]
        buttons = [one for one in others if isinstance(one, Button)]
        taken = sum(one.room_for_words() for one in buttons)
        taken += sum(one.minimumSizeHint().width() for one in others if not isinstance(one, Button))
        room = self.width() - taken - self._box.spacing() * (len(others) + 1)
        fits = room >= self.title.shortest()
        self.title.hold(min(self.title.sizeHint().width(), room) if fits else 0)
        caps = sum(one.sizeHint().width() for one in shown) + self._box.spacing() * len(shown) <= self.width()
        for button in buttons:
            most = _NO_LIMIT if caps else button.room_for_words()
            if button.maximumWidth() != most:
                button.setMaximumWidth(most)
            held = button.room_for_words() if fits else 0
            if button.minimumWidth() != held:
                button.setMinimumWidth(held)

    def _shown(self) -> list[QWidget]:
        items = (self._box.itemAt(index) for index in range(self._box.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [one for one in widgets if one is not None and not one.isHidden()]
