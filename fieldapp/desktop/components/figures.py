"""Figures with their names: lines of a card, a total closed by the double rule, a key figure, a target."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import STRETCH, Column, Line
from fieldapp.desktop.components.card import Rule
from fieldapp.desktop.components.progress import Bar
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.components.words import Words


class FigureLine(Line):
    """A name at the left, its figure at the right; ``strong`` for the one that matters most."""

    def __init__(self, name: Words, figure: Words = "", *, strong: bool = False, parent: QWidget | None = None) -> None:
        self.name = Text(name, Role.SECOND, elide=True)
        self.figure = Text(figure, Role.AMOUNT if strong else Role.BODY, right=True, selectable=True)
        super().__init__((self.name, 1), self.figure, gap=8, parent=parent)

    def show_figure(self, figure: Words, tone: Tone | None = None) -> None:
        """Show another figure."""
        self.figure.say(figure, tone)


class TotalLine(Column):
    """A total: hairline above, figure of 22, the double rule below it."""

    def __init__(self, name: Words, figure: Words = "", *, big: bool = True, parent: QWidget | None = None) -> None:
        self.figure = Text(figure, Role.NAME if big else Role.AMOUNT, right=True, selectable=True)
        closed = Column(self.figure, Rule(double=True), gap=4)
        super().__init__(Rule(ink=not big), Line(Text(name, Role.LABEL), STRETCH, closed, gap=8), gap=6, parent=parent)

    def show_figure(self, figure: Words) -> None:
        """Show another total."""
        self.figure.say(figure)


class KeyFigure(Column):
    """A name, a figure of 22 with its unit, and what it is measured by."""

    def __init__(
        self, name: Words, figure: Words, unit: Words = "", second: Words = "", parent: QWidget | None = None
    ) -> None:
        self.figure = Text(figure, Role.NAME, selectable=True)
        self.second = Text(second, Role.HINT, elide=True)
        super().__init__(
            Text(name, Role.SECOND),
            Line(self.figure, Text(unit, Role.SECOND), STRETCH, gap=6),
            self.second,
            gap=2,
            parent=parent,
        )


class TargetLine(Column):
    """An actual against its target, with a bar."""

    def __init__(self, name: Words, parent: QWidget | None = None) -> None:
        self._actual = Text("", Role.HEADING)
        self._target = Text("", Role.HINT)
        self._bar = Bar()
        super().__init__(
            Line(Text(name, Role.SECOND, elide=True), STRETCH, self._actual, self._target, gap=4),
            self._bar,
            gap=6,
            parent=parent,
        )

    def show_target(self, actual: Words, target: Words, share: float) -> None:
        """``share`` is actual over target, drawn to 1 at most."""
        self._actual.say(actual)
        self._target.say(target)
        self._bar.show_share(share)
