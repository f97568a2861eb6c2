"""What stands before the records are open: the hills, the bank's name, language and theme, and one form."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

import msgspec
from PySide6.QtCore import QEvent, QObject, QRectF, QSize, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from fieldapp.desktop.chosen_look import ChosenLook
from fieldapp.desktop.components.arrange import STRETCH, Column, Item, Line, ScrollPage, logical_width
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.card import SidewaysRule
from fieldapp.desktop.components.row_list import paint_avatar
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.components.words import Words, said
from fieldapp.desktop.look import Icon, Living, Theme, px, tokens, worn
from fieldapp.desktop.look.hills import Hills
from fieldapp.desktop.look.mark import paint_mark
from fieldapp.translation import Language, language, tr

FORM_WIDTH = 372
_HILLS_FROM = 900
_PLACED_MS = 50
_THEMES = {
    Theme.LIGHT: (Icon.LIGHT, lambda: tr("Light")),
    Theme.DARK: (Icon.DARK, lambda: tr("Dark")),
    Theme.SUNLIGHT: (Icon.SUNLIGHT, lambda: tr("Sunlight")),
}


class Welcome(Living, QWidget):
    """The frame of the pages before unlocking; ``items`` are the form under the bank's name.

    ``deed`` stands under the form and stays in sight where there is no room for all of it.

    ``looks_changed`` tells that the person chose another language or theme here, so that it is kept once unlocked.
    """

    def __init__(
        self, chosen: ChosenLook, bank: Words, *items: Item, deed: Sequence[Item] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.chosen = chosen
        self.looks_changed = False
        self._hills = Hills()
        self._languages = _LanguageStrip(self)
        brand = Line(
            _Mark(),
            Column(Text(lambda: tr("Field Credit"), Role.NAME), Text(bank, Role.SECOND, elide=True), gap=0),
            STRETCH,
            gap=12,
        )
        self._form, self._deed = Column(brand, 14, *items, gap=12), Column(*deed, gap=12)
        self._whole = form = _Whole(Column(_centred(self._form), margins=(0, 8, 0, 0 if deed else 8)))
        under = (12, _centred(self._deed), 8) if deed else ()
        middle = Column(STRETCH, form, *under, STRETCH, gap=0)
        foot = Line(Text(lambda: tr("Version {number}", number=program_version()), Role.HINT), STRETCH)
        right = Column(self._languages, (middle, 1), foot, gap=0, margins=(28, 14, 28, 18))
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(right, 17)
        whole.insertWidget(0, self._hills, 15)
        self.dress()

    def reveal(self, part: QWidget) -> None:
        """Scroll to a ``part`` of the form that has just appeared, once it has its place."""
        QTimer.singleShot(_PLACED_MS, self, lambda: self._whole.ensureWidgetVisible(part, 0, px(8)))

    def choose_language(self, wanted: Language) -> None:
        """Speak ``wanted`` from now on."""
        self.looks_changed = True
        self.chosen.choose(msgspec.structs.replace(self.chosen.preferences(), language=wanted.value))

    def choose_next_theme(self) -> None:
        """Wear the next of light, dark and sunlight."""
        themes = list(Theme)
        following = themes[(themes.index(worn().theme) + 1) % len(themes)]
        self.looks_changed = True
        self.chosen.choose(msgspec.structs.replace(self.chosen.preferences(), theme=following.value))

    def restyle(self) -> None:
        self._form.setFixedWidth(px(FORM_WIDTH))
        self._deed.setFixedWidth(px(FORM_WIDTH))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens().bg)
        painter.end()

    def _fit(self) -> None:
        self._hills.setVisible(logical_width(self) >= _HILLS_FROM)


class _Whole(ScrollPage):
    """As high as what it shows, where there is room; where there is not it scrolls, and stays in the middle."""

    def __init__(self, content: QWidget) -> None:
        super().__init__(content)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._sheet.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._sheet and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        wide = self.viewport().width()
        high = self._sheet.heightForWidth(wide) if self._sheet.hasHeightForWidth() else self._sheet.sizeHint().height()
        return QSize(super().sizeHint().width(), high)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()
        left = self.viewportMargins().left()
        bar = self.width() - self.viewport().width() - left
        if left != bar:
            self.setViewportMargins(bar, 0, 0, 0)


def _centred(form: QWidget) -> QWidget:
    return Line(STRETCH, form, STRETCH, grows=True)


class Face(Living, QWidget):
    """The first character of a name, 42 wide."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(px(42), px(42))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_avatar(painter, QRectF(self.rect()), self._name)
        painter.end()


class _Mark(Living, QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(px(34), px(36))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_mark(painter, QRectF(0, px(1), px(34), px(34)), tokens())
        painter.end()


class _LanguageStrip(Line):
    """中文, English, and the theme now worn: pressing it wears the next."""

    def __init__(self, page: Welcome) -> None:
        self._tongues = {
            Language.CHINESE: Button("中文", Kind.LINK),
            Language.ENGLISH: Button("English", Kind.LINK),
        }
        self._theme = Button(lambda: said(_THEMES[worn().theme][1]), Kind.LINK, icon=Icon.LIGHT, tone=Tone.SECOND)
        super().__init__(STRETCH, *self._tongues.values(), SidewaysRule(), self._theme, gap=4)
        for tongue, button in self._tongues.items():
            button.clicked.connect(lambda _on=False, tongue=tongue: page.choose_language(tongue))
        self._theme.clicked.connect(page.choose_next_theme)

    def restyle(self) -> None:
        super().restyle()
        self._theme._icon = _THEMES[worn().theme][0]
        self._theme.retranslate()

    def retranslate(self) -> None:
        for tongue, button in self._tongues.items():
            button.set_tone(None if tongue is language() else Tone.SECOND)
        self._theme.setAccessibleDescription(tr("Changes the theme"))


def program_version() -> str:
    """The installed version, a dash in a tree that was never installed."""
    try:
        return version("fieldapp")
    except PackageNotFoundError:
        return "–"
