"""Reading a printed document back: its text, its QR codes, what stands where."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import zxingcpp
from PIL import Image
from PySide6.QtCore import QBuffer, QByteArray, QSize
from PySide6.QtGui import QImage
from PySide6.QtPdf import QPdfDocument

_BOXES = str.maketrans("☐☑", "□√")
"""The boxes before a choice copy as these, and are asked for as those."""

_DOTS = QSize(1654, 2339)  # A4 at 200 dpi


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, as the program's own viewer finds it; Python takes five times as long to read it."""
    with _opened(pdf) as document:
        texts = [document.getAllText(number).text() for number in range(document.pageCount())]
    return [text.replace("\r\n", "\n").translate(_BOXES) for text in texts]


def text_of(pdf: bytes) -> str:
    """All of that without white space, so that a line break does not hide a phrase."""
    return "".join("".join(page.split()) for page in pages_of(pdf))


def pictures_of(pdf: bytes) -> list[Image.Image]:
    """Each page as a grey picture on white."""
    pictures = []
    with _opened(pdf) as document:
        for number in range(document.pageCount()):
            drawn = document.render(number, _DOTS).convertToFormat(QImage.Format.Format_RGBA8888)
            layer = Image.frombytes("RGBA", (drawn.width(), drawn.height()), bytes(drawn.constBits()))
            pictures.append(Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("L"))
    return pictures


def codes_of(pdf: bytes) -> list[str]:
    """What the QR code of each page says."""
    return [zxingcpp.read_barcodes(picture)[0].text for picture in pictures_of(pdf)]


@contextmanager
def _opened(pdf: bytes) -> Iterator[QPdfDocument]:
    content = QByteArray(pdf)
    buffer = QBuffer(content)
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    document.load(buffer)
    yield document
    document.close()
