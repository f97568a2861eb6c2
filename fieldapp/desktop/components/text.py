"""Text on a page, in the few roles the design has. Plain text always: nobody's note is read as markup."""

from __future__ import annotations

from enum import Enum, StrEnum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from fieldapp.desktop.components import painting
from fieldapp.desktop.components.words import Words, one_line, said
from fieldapp.desktop.look import Living, tokens
from fieldapp.desktop.look.fonts import font

LONGEST = 3_000  # characters a label lays out; what is longer belongs in a field


class Tone(StrEnum):
    """A colour by what it means; the value is the token's name."""

    INK = "ink"
    SECOND = "ink2"
    HINT = "ink3"
    PINE = "pine"
    SEAL = "seal"
    AMBER = "amber"
    SKY = "sky"


class Role(Enum):
    """Size, weight, tight punctuation and colour of a text (LOOK, Type)."""

    PAGE = (24, 700, True, Tone.INK)
    NAME = (22, 700, True, Tone.INK)
    DIALOG = (18, 700, True, Tone.INK)
    AMOUNT = (16, 600, True, Tone.INK)
    HEADING = (15, 600, True, Tone.INK)
    STRONG = (13, 600, False, Tone.INK)
    BODY = (14, 400, False, Tone.INK)
    SECOND = (13, 400, False, Tone.SECOND)
    LABEL = (13, 500, True, Tone.SECOND)
    HINT = (12, 400, False, Tone.HINT)


def tone_colour(tone: Tone) -> str:
    """The token's value in the theme now worn."""
    return str(getattr(tokens(), tone.value))


class Text(Living, QLabel):
    """One text. ``wrap`` breaks lines and grows downwards, ``elide`` shortens to the width there is, with a tooltip.

    ``middle`` shortens in the middle instead of at the end: of a path both ends tell most.
    """

    def __init__(
        self,
        words: Words = "",
        role: Role = Role.BODY,
        *,
        tone: Tone | None = None,
        wrap: bool = False,
        elide: bool = False,
        middle: bool = False,
        right: bool = False,
        selectable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._words, self._role, self._tone, self._elide = words, role, tone, elide or middle
        self._mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
        self._held = 0
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        self.setAlignment(side | (Qt.AlignmentFlag.AlignTop if wrap else Qt.AlignmentFlag.AlignVCenter))
        if selectable:
            self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if self._elide:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.dress()

    def say(self, words: Words, tone: Tone | None = None) -> None:
        """Show other words, in another tone if one is given."""
        self._words = words
        if tone is not None and tone is not self._tone:
            self._tone = tone
            self.restyle()
        self.retranslate()

    def words(self) -> str:
        """What is shown, unshortened."""
        return said(self._words)

    def shown(self) -> str:
        """What has room, the rest an ellipsis."""
        if not self._elide:
            return self.text()
        return QFontMetricsF(self.font()).elidedText(self.text(), self._mode, self.width() + 0.5)

    def hold(self, width: int) -> None:
        """Let an ``elide`` text be shortened to no less than ``width`` widget pixels; 0 for as short as can be."""
        if width != self._held:
            self._held = width
            self.updateGeometry()

    def shortest(self) -> int:
        """How far an ``elide`` text can be shortened, in widget pixels."""
        least = QFontMetricsF(self.font()).horizontalAdvance("字字…").__ceil__()
        return min(super().minimumSizeHint().width(), least)

    def retranslate(self) -> None:
        shown = said(self._words)
        self.setText(one_line(shown) if self._elide else shown[:LONGEST] + "…" * (len(shown) > LONGEST))
        if self._elide:
            self.setToolTip("")
        self.updateGeometry()

    def restyle(self) -> None:
        size, weight, tight, tone = self._role.value
        self.setFont(font(size, weight, tight=tight))
        self.setIndent(self.indent())  # an empty label, as a field without a hint has, keeps the height of the old font
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, QColor(tone_colour(self._tone or tone)))
        self.setPalette(palette)

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        if self._elide:
            hint.setWidth(max(self.shortest(), self._held))
        return hint

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._elide:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        side = self.alignment() & Qt.AlignmentFlag.AlignHorizontal_Mask
        colour = self.palette().color(QPalette.ColorRole.WindowText).name()
        shown = self.shown()
        painting.text(painter, QRectF(self.rect()), shown, self.font(), colour, side)
        cut = shown != self.text()
        if cut != bool(self.toolTip()):
            self.setToolTip(one_line(said(self._words)) if cut else "")
        painter.end()
