"""How much of what is left each month a loan would take, against the two thresholds of head office (DOMAIN C6)."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldapp.desktop.components import painting
from fieldapp.desktop.components.text import Tone, tone_colour
from fieldapp.desktop.components.words import Words, said
from fieldapp.desktop.formats import percent
from fieldapp.desktop.look import Living, px, tokens
from fieldapp.desktop.look.fonts import font, width

FULL_PERCENT = Decimal(160)


class DebtBar(Living, QWidget):
    """A term, a judgement in words, the share in per cent, and the bar with two ticks.

    The bar ends at 160 %; a share beyond it fills the bar and the figure says how far. The rule decides the judgement
    and its tone; the bar only shows it.
    """

    def __init__(
        self, thresholds: tuple[Decimal, Decimal] = (Decimal(50), Decimal(70)), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._thresholds = thresholds
        self._term: Words = ""
        self._judgement: Words = ""
        self._share: Decimal | None = None
        self._tone, self._strong = Tone.PINE, False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_share(
        self, term: Words, share: Decimal | None, judgement: Words = "", tone: Tone = Tone.PINE, *, strong: bool = False
    ) -> None:
        """``share`` in per cent, None when it cannot be told; ``strong`` for the term the officer chose."""
        self._term, self._share, self._judgement, self._tone, self._strong = term, share, judgement, tone, strong
        self.retranslate()

    def retranslate(self) -> None:
        figure = percent(self._share) if self._share is not None else ""
        self.setAccessibleName(f"{said(self._term)} {said(self._judgement)} {figure}".strip())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(px(220), px(40))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(150), px(40))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = tokens()
        line = QRectF(0, 0, self.width(), px(22))
        term = font(13, 600 if self._strong else 400, tight=True)
        used = painting.text(painter, line, said(self._term), term, colours.ink if self._strong else colours.ink2)
        ink = tone_colour(self._tone)
        figure = percent(self._share) if self._share is not None else "–"
        strong = font(14, 600)
        painting.text(painter, line, figure, strong, ink, Qt.AlignmentFlag.AlignRight)
        middle = QRectF(max(used + px(14), px(66)), 0, 0, px(22))
        middle.setRight(self.width() - width(figure, strong) - px(8))
        painting.text(painter, middle, said(self._judgement), font(12, 500), ink)
        self._paint_bar(painter, QRectF(0, px(25), self.width(), px(10)), ink)
        painter.end()

    def _paint_bar(self, painter: QPainter, bar: QRectF, ink: str) -> None:
        colours = tokens()
        edge = colours.edge if colours.outlined_chips else None
        painting.box(painter, bar, fill=colours.sunken, edge=edge, radius=3)
        if self._share is not None and self._share > 0:
            part = QRectF(bar)
            part.setWidth(max(bar.width() * float(min(self._share / FULL_PERCENT, Decimal(1))), px(4)))
            painting.box(painter, part, fill=ink, radius=3)
        for threshold in self._thresholds:
            at = bar.x() + bar.width() * float(threshold / FULL_PERCENT)
            painter.fillRect(QRectF(at - px(1), bar.y() - px(3), px(2), bar.height() + px(6)), colours.ink)
