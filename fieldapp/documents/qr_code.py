"""QR codes as squares, at error correction M: what a copier spoils of a code is made good."""

from __future__ import annotations

from typing import Any

import zxingcpp


def qr_squares(text: str) -> list[list[bool]]:
    """The rows of the code, True for a dark square, without the quiet zone around it."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    drawn: Any = code.to_image(scale=1, add_quiet_zones=False)  # a buffer, which its type does not say
    light: Any = memoryview(drawn).tolist()
    return [[not square for square in row] for row in light]
