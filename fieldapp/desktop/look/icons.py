"""Phosphor icons, coloured with a token and drawn at the screen's own ratio. Cached; a new theme asks anew."""

from __future__ import annotations

from enum import StrEnum
from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from fieldapp.desktop.look.worn import px, tokens
from fieldapp.resources import resource


class Icon(StrEnum):
    """The icons in use; the value is the Phosphor name and the file's name in both weights."""

    ADD = "plus"
    APPLICATION = "file-text"
    APPLY = "file-plus"
    ARROW_TO = "arrow-bend-down-right"
    BACK = "arrow-left"
    BUSINESS = "storefront"
    CAMERA = "camera"
    CAMPAIGN = "map-trifold"
    CHAT = "chat-circle-text"
    CHECK = "check"
    CLOCK = "clock"
    CLOSE = "x"
    CONFIRMED = "check-circle"
    CONFLICT = "git-diff"
    COPY = "copy"
    DARK = "moon"
    DATE = "calendar-blank"
    DOWN = "caret-down"
    ENCRYPTED = "shield-check"
    ENTER = "arrow-elbow-down-left"
    ERROR = "warning-circle"
    EXPORT = "export"
    FILE = "file"
    FOLDER = "folder-open"
    HANDSHAKE = "handshake"
    HEAD_OFFICE = "buildings"
    HIDE = "eye-slash"
    HOUSE = "house"
    INFORMATION = "info"
    KEYBOARD = "keyboard"
    LAPTOP = "laptop"
    LATER = "calendar-check"
    LEFT = "caret-left"
    LIGHT = "sun"
    LIST = "list-checks"
    LOCK = "lock-simple"
    MINUS = "minus"
    MORE = "dots-three"
    NOT_YET = "circle-dashed"
    OFFLINE = "cloud-slash"
    ONLINE = "cloud-check"
    ONLY_HERE = "circle-half"
    OPEN = "circle"
    PENCIL = "pencil-simple"
    PERSON = "user"
    PERSON_ADD = "user-plus"
    PERSON_CHECK = "user-check"
    PEERS = "users-four"
    PHONE = "phone"
    PHONE_CALL = "phone-call"
    PHOTO = "image"
    PLACE = "map-pin"
    PLANT = "plant"
    PRINT = "printer"
    PROSPECTS = "users-three"
    RECEIPT = "receipt"
    REFUSED = "warning-octagon"
    RESULTS = "chart-line-up"
    RIGHT = "caret-right"
    ROUTE = "path"
    SAVE = "floppy-disk"
    SEARCH = "magnifying-glass"
    SENDING = "cloud-arrow-up"
    SENT = "paper-plane-tilt"
    SETTINGS = "gear-six"
    SHOW = "eye"
    STUDY = "book-open-text"
    SUNLIGHT = "sunglasses"
    SYNC = "arrows-clockwise"
    TODAY = "sun-horizon"
    TRASH = "trash"
    UNDO = "arrow-u-up-left"
    UNLOCK = "lock-simple-open"
    UNSENT = "clock-clockwise"
    UP = "caret-up"
    UPLOAD = "tray-arrow-up"
    VISIT = "footprints"
    WARNING = "warning"
    WHOLE_PAGE = "arrows-out-simple"
    ZOOM_IN = "magnifying-glass-plus"
    ZOOM_OUT = "magnifying-glass-minus"


def icon(name: Icon, colour: str | None = None, *, fill: bool = False) -> QIcon:
    """A QIcon of 20 logical pixels for Qt's own widgets; ``colour`` is a token's value, ink2 when none is given."""
    return QIcon(icon_pixmap(name, 20, colour or tokens().ink2, fill=fill, ratio=3.0))


def icon_pixmap(name: Icon, size: float, colour: str, *, fill: bool = False, ratio: float = 1.0) -> QPixmap:
    """The icon ``size`` logical pixels wide (scaled as the look is), for a screen of ``ratio``."""
    return _drawn(name, px(size), colour, fill, ratio)


def paint_icon(
    painter: QPainter, name: Icon, x: float, y: float, size: float, colour: str, *, fill: bool = False
) -> None:
    """Draw the icon with its top left corner at ``x``, ``y`` (widget pixels); ``size`` is in logical pixels."""
    device = painter.device()
    ratio = device.devicePixelRatio() if device is not None else 1.0
    painter.drawPixmap(round(x), round(y), icon_pixmap(name, size, colour, fill=fill, ratio=ratio))


@lru_cache(maxsize=600)
def _drawn(name: Icon, side: int, colour: str, fill: bool, ratio: float) -> QPixmap:
    image = QImage(QSize(round(side * ratio), round(side * ratio)), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(_source(name, fill).replace("currentColor", colour).encode())).render(
        painter, QRectF(image.rect())
    )
    painter.end()
    pixmap = QPixmap.fromImage(image)
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


@cache
def _source(name: Icon, fill: bool) -> str:
    folder, ending = ("fill", "-fill") if fill else ("regular", "")
    return resource("icons", folder, f"{name.value}{ending}.svg").read_text("utf-8")
