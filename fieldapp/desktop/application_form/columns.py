"""Form, figures and paper side by side, each scrolling by itself; under one another where the window is narrow."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QStackedLayout, QWidget

from fieldapp.desktop.components.arrange import NARROW, Column, ScrollPage, logical_width
from fieldapp.desktop.look import Living, px, wear_again


class ThreeColumns(Living, QWidget):
    """``form`` and ``figures`` scroll by themselves, ``paper`` fills the rest."""

    def __init__(self, form: QWidget, figures: QWidget, paper: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form, self._figures, self._paper = form, figures, paper
        self._stacked: bool | None = None
        self._left, self._middle, self._all = Column(), Column(), Column(gap=14)
        self.form_scroll, self._middle_scroll = ScrollPage(self._left), ScrollPage(self._middle)
        self.page_scroll = ScrollPage(self._all)
        self._wide = QWidget()
        self._grid = QGridLayout(self._wide)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.addWidget(self.form_scroll, 0, 0)
        self._grid.addWidget(self._middle_scroll, 0, 1)
        for column, share in enumerate((343, 330, 469)):
            self._grid.setColumnStretch(column, share)
        self._layers = QStackedLayout(self)
        self._layers.addWidget(self._wide)
        self._layers.addWidget(self.page_scroll)
        self.dress()

    def reveal(self, widget: QWidget) -> None:
        """Bring a widget of the form into view."""
        scroll = self.page_scroll if self._stacked else self.form_scroll
        scroll.ensureWidgetVisible(widget, px(8), px(48))

    def to_top(self) -> None:
        """Show the form and the figures from their beginning: the yearly cost is the first of them."""
        for scroll in (self.page_scroll, self.form_scroll, self._middle_scroll):
            scroll.verticalScrollBar().setValue(0)

    def restyle(self) -> None:
        self._grid.setSpacing(px(14))
        self._arrange(anew=True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()
        super().resizeEvent(event)

    def _arrange(self, *, anew: bool = False) -> None:
        before = self._stacked
        stacked = before is not None and logical_width(self) < NARROW  # a new one has no width yet; most are wide
        if stacked == before and not anew:
            return
        self._stacked = stacked
        if stacked:
            for part in (self._form, self._figures, self._paper):
                self._all.put(part)
            self._paper.setMinimumHeight(px(560))
        else:
            self._left.put((self._form, 1))
            self._middle.put((self._figures, 1))
            self._grid.addWidget(self._paper, 0, 2)
            self._paper.setMinimumHeight(0)
        self._layers.setCurrentWidget(self.page_scroll if stacked else self._wide)
        if before is None:
            return  # just made, they wear the look already
        for part in (self._form, self._figures, self._paper):
            wear_again(part)
