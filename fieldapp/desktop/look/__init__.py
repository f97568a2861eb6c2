"""The look: tokens, type, icons, one sheet per theme and scale, and the way a standing screen changes them."""

from __future__ import annotations

from fieldapp.desktop.look.icons import Icon, icon, icon_pixmap, paint_icon
from fieldapp.desktop.look.tokens import Theme, Tokens, mix
from fieldapp.desktop.look.wear import Living, clothe, speak, wear, wear_again
from fieldapp.desktop.look.worn import SCALES, Look, px, tokens, worn

__all__ = [
    "SCALES",
    "Icon",
    "Living",
    "Look",
    "Theme",
    "Tokens",
    "clothe",
    "icon",
    "icon_pixmap",
    "mix",
    "paint_icon",
    "px",
    "speak",
    "tokens",
    "wear",
    "wear_again",
    "worn",
]
