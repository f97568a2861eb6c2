"""Small pictures of photos, read and scaled off the UI thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from fieldapp.desktop.components.photo_strip import Photo, PhotoStrip
from fieldapp.desktop.page import Shell
from fieldapp.desktop.session import DesktopSession
from fieldapp.services.photo_content import photo_content
from fieldapp.services.timeline import ShownPhoto

SIDE = 240
"""Pixels of the longer side: enough for a tile on a screen of ratio 3."""


def fill_strip(shell: Shell, session: DesktopSession, strip: PhotoStrip, photos: Sequence[ShownPhoto]) -> None:
    """Show tiles at once and their pictures when they are read."""
    empty = [Photo(shown.photo.digest, QImage(), shown.photo.name) for shown in photos]
    strip.show_photos(empty)

    def work() -> list[Photo]:
        return [
            Photo(tile.key, of_content(photo_content(session.store, str(tile.key))), tile.caption) for tile in empty
        ]

    shell.jobs.run(work, owner=strip, done=strip.show_photos, failed=shell.explain)


def read_files(
    shell: Shell, owner: QObject, paths: Sequence[Path], done: Callable[[dict[Path, QImage]], object]
) -> None:
    """Tell ``done`` the small pictures of files by path; a null one for what cannot be shown."""
    work = partial(_of_files, tuple(paths))
    shell.jobs.run(work, owner=owner, done=done, failed=shell.explain)


def read_kept(
    shell: Shell,
    session: DesktopSession,
    owner: QObject,
    digests: Sequence[str],
    done: Callable[[dict[str, QImage]], object],
) -> None:
    """Tell ``done`` the small pictures of photos that are kept on this laptop, by digest."""

    def work() -> dict[str, QImage]:
        return {digest: of_content(photo_content(session.store, digest)) for digest in digests}

    shell.jobs.run(work, owner=owner, done=done, failed=shell.explain)


def of_content(content: bytes | None) -> QImage:
    """The small picture of some bytes, null when there are none or they are no picture."""
    if not content:
        return QImage()
    buffer = QBuffer()
    buffer.setData(QByteArray(content))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    return _scaled(QImageReader(buffer))


def _of_files(paths: tuple[Path, ...]) -> dict[Path, QImage]:
    return {path: _scaled(QImageReader(str(path))) if path.is_file() else QImage() for path in paths}


def _scaled(reader: QImageReader) -> QImage:
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and max(size.width(), size.height()) > SIDE:
        reader.setScaledSize(size.scaled(QSize(SIDE, SIDE), Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()
