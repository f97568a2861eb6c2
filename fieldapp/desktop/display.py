"""Whether this computer can show windows at all, found out before Qt would abort. Imports nothing of Qt."""

from __future__ import annotations

import ctypes
import os
import sys

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence

LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon.so.0": "libxkbcommon0",
}
"""What Qt's own libraries need on any Linux, with the Debian package that has it."""

X11_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
"""What Qt's X11 plug-in needs besides; without them Qt stops the whole process."""


def require_display() -> None:
    """Raises Actionable: ``no_display`` when there is no screen, ``display_libraries`` naming the packages that lack.

    Only Linux is looked at: Windows and macOS always have what the program needs.
    """
    if sys.platform != "linux":
        return
    platform = _platform()
    if platform is None:
        raise _no_display()
    wanted = LIBRARIES | (X11_LIBRARIES if platform == "xcb" else {})
    missing = [package for library, package in wanted.items() if not _loads(library)]
    if missing:
        raise Actionable(
            "display_libraries",
            Sentence("The window needs packages that this computer lacks: {packages}.", packages=" ".join(missing)),
            advice=Sentence("Install them (apt install {packages}) and start again.", packages=" ".join(missing)),
        )
    if platform == "xcb" and not _screen_answers():
        raise _no_display()


def _platform() -> str | None:
    """The platform plug-in Qt will choose, None when nothing tells of a screen."""
    named = os.environ.get("QT_QPA_PLATFORM", "").split(":")[0].split(";")[0]
    if named:
        return named
    if os.environ.get("WAYLAND_DISPLAY"):
        return "wayland"
    return "xcb" if os.environ.get("DISPLAY") else None


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _screen_answers() -> bool:
    """Whether the X server that ``DISPLAY`` names lets us in."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = (ctypes.c_char_p, ctypes.c_void_p)
    xcb.xcb_connection_has_error.argtypes = (ctypes.c_void_p,)
    xcb.xcb_disconnect.argtypes = (ctypes.c_void_p,)
    connection = xcb.xcb_connect(None, None)
    answers: bool = xcb.xcb_connection_has_error(connection) == 0
    xcb.xcb_disconnect(connection)
    return answers


def _no_display() -> Actionable:
    return Actionable(
        "no_display",
        Sentence("There is no screen that a window could be shown on."),
        advice=Sentence("Start the program in a desktop session, or use its commands: fieldapp --help."),
    )
