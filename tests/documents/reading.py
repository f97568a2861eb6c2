"""Reading a printed document back: its text, its QR codes, what stands where."""

from __future__ import annotations

from io import BytesIO

import zxingcpp
from PIL import Image
from pypdf import PdfReader
from PySide6.QtCore import QBuffer, QByteArray, QSize
from PySide6.QtGui import QImage
from PySide6.QtPdf import QPdfDocument

_DOTS = QSize(1654, 2339)  # A4 at 200 dpi


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


def text_of(pdf: bytes) -> str:
    """All text without white space, so that a line break does not hide a phrase."""
    return "".join("".join(page.split()) for page in pages_of(pdf))


def pictures_of(pdf: bytes) -> list[Image.Image]:
    """Each page as a grey picture on white."""
    content = QByteArray(pdf)
    buffer = QBuffer(content)
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    document.load(buffer)
    pictures = []
    for number in range(document.pageCount()):
        drawn = document.render(number, _DOTS).convertToFormat(QImage.Format.Format_RGBA8888)
        layer = Image.frombytes("RGBA", (drawn.width(), drawn.height()), bytes(drawn.constBits()))
        pictures.append(Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("L"))
    document.close()
    return pictures


def codes_of(pdf: bytes) -> list[str]:
    """What the QR code of each page says."""
    return [zxingcpp.read_barcodes(picture)[0].text for picture in pictures_of(pdf)]
