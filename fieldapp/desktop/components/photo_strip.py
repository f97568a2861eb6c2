"""Photos of a visit as small pictures, and a tile to add one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QImage,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from fieldapp.desktop.components import painting
from fieldapp.desktop.components.arrange import Flow
from fieldapp.desktop.components.key_cap import bind_key
from fieldapp.desktop.components.words import Words, said
from fieldapp.desktop.look import Icon, Living, paint_icon, px, tokens
from fieldapp.translation import tr

WIDE, HIGH = 74, 52


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo by its key; ``image`` is a small picture already read, null while it is being read or is missing."""

    key: object
    image: QImage
    caption: Words = ""


class PhotoStrip(Flow):
    """``opened`` and ``removed`` tell a photo's key; ``add_wanted`` asks for a file; ``dropped`` tells file paths.

    Reading files is a job's business: nothing here touches the disk. ``key`` (``Alt+P``) asks for a file too.
    """

    opened = Signal(object)
    removed = Signal(object)
    add_wanted = Signal()
    dropped = Signal(object)

    def __init__(
        self, *, can_add: bool = True, small: bool = False, key: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(gap=8, parent=parent)
        self._can_add, self._small = can_add, small
        self.setAcceptDrops(can_add)
        if key and can_add:
            bind_key(self, key).activated.connect(self.add_wanted)
        self.show_photos([])

    def show_photos(self, photos: Sequence[Photo]) -> None:
        """Show these."""
        self.clear()
        for photo in photos:
            tile = _PhotoTile(photo, self._small)
            tile.clicked.connect(lambda _checked=False, key=photo.key: self.opened.emit(key))
            if self._can_add:
                tile.remove_wanted.connect(self.removed)
            self.put(tile)
        if self._can_add:
            add = _AddTile()
            add.clicked.connect(self.add_wanted)
            self.put(add)
        self.updateGeometry()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            self.dropped.emit(paths)


class _Tile(Living, QAbstractButton):
    def __init__(self, small: bool = False) -> None:
        super().__init__()
        self._small = small
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(px(54), px(40)) if self._small else QSize(px(WIDE), px(HIGH))


class _PhotoTile(_Tile):
    remove_wanted = Signal(object)

    def __init__(self, photo: Photo, small: bool) -> None:
        super().__init__(small)
        self._photo = photo
        self.dress()

    def retranslate(self) -> None:
        caption = said(self._photo.caption)
        self.setAccessibleName(tr("Photo {caption}", caption=caption) if caption else tr("Photo"))
        self.setToolTip(caption)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.remove_wanted.emit(self._photo.key)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        colours = tokens()
        where = QRectF(self.rect())
        shape = QPainterPath()
        shape.addRoundedRect(where, px(6), px(6))
        painter.setClipPath(shape)
        painter.fillRect(where, QColor(colours.sunken))
        image = self._photo.image
        if image.isNull():
            paint_icon(painter, Icon.PHOTO, where.center().x() - px(10), where.center().y() - px(10), 20, colours.ink3)
        else:
            factor = max(where.width() / image.width(), where.height() / image.height())
            across, down = image.width() * factor, image.height() * factor
            target = QRectF((where.width() - across) / 2, (where.height() - down) / 2, across, down)
            painter.drawImage(target, image)
        painter.setClipping(False)
        if self.hasFocus():
            painting.box(painter, where, fill=None, edge=colours.pine, thick=2, radius=6)
        painter.end()


class _AddTile(_Tile):
    def __init__(self) -> None:
        super().__init__()
        self.dress()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Add a photo from a file"))
        self.setToolTip(tr("Add a photo from a file"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = tokens()
        where = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        lively = self.hasFocus() or self.underMouse()
        pen = QPen(QColor(colours.pine if lively else colours.edge), px(2) if self.hasFocus() else px(1))
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(QColor(colours.pine_soft if self.isDown() else colours.surface))
        painter.drawRoundedRect(where, px(6), px(6))
        paint_icon(painter, Icon.CAMERA, where.center().x() - px(10), where.center().y() - px(10), 20, colours.pine)
        painter.end()
