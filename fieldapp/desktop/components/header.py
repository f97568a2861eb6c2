"""The first line of a page: its title, what stands beside it, and its buttons at the right."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import STRETCH, Item, Line
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.components.words import Words


class Header(Line):
    """``beside`` follows the title in ink2; widgets given stand at the right, the filled one last.

    ``after`` are widgets right behind the title: a chip, a segmented strip.
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
