"""A file somebody hands in to be checked: a PDF, or a picture with QR codes. It is bounded before it is looked at."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image

from fieldapp.documents.photos import on_white, unwarned
from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.services.photo_files import read_photo

LARGEST_BYTES = 32 * 1024 * 1024
"""More than any paper or photograph of one; no file is read further."""

_LONGEST_SIDE = 4_800
"""Of a picture when its codes are looked for: a page at 400 dots per inch."""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """The bytes of a PDF, or what the QR codes on a picture say."""

    pdf: bytes | None = None
    codes: tuple[str, ...] = ()


def read_handed_in(path: Path) -> HandedIn:
    """The file at ``path``. A PDF is not opened.

    Raises Actionable: ``file_gone``, ``file_unreadable``, ``file_too_large``, ``encrypted``, ``cut_off``,
    ``not_a_paper``, and Invalid for a picture that cannot be read.
    """
    content = _content(path)
    if b"%PDF-" in content[:1024]:
        return HandedIn(pdf=_checked_pdf(content))
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or content[8:12] == b"WEBP":
        return HandedIn(codes=_codes(read_photo(path, LARGEST_BYTES).content))
    raise Actionable(
        "not_a_paper",
        Sentence("{name} is neither a PDF nor a JPEG, PNG or WebP picture.", name=_short(path)),
        advice=Sentence("Choose the PDF of a paper, or a photograph or scan of one of its pages."),
    )


def _content(path: Path) -> bytes:
    name = _short(path)
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise Actionable("file_unreadable", Sentence("{name} cannot be read.", name=name))
        if found.st_size > LARGEST_BYTES:
            raise _too_large(name, found.st_size)
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except FileNotFoundError as error:
        raise Actionable("file_gone", Sentence("{name} is no longer there.", name=name)) from error
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL character
        raise Actionable("file_unreadable", Sentence("{name} cannot be read.", name=name)) from error
    if len(content) > LARGEST_BYTES:
        raise _too_large(name, len(content))
    return content


def _checked_pdf(content: bytes) -> bytes:
    if b"/Encrypt" in content:
        raise Actionable(
            "encrypted",
            Sentence("This PDF is encrypted. Papers of this program never are."),
            advice=Sentence("Ask for the file as it was saved or sent from the program."),
        )
    if b"%%EOF" not in content[-1024:]:
        raise Actionable(
            "cut_off",
            Sentence("This PDF is cut off: its end is missing."),
            advice=Sentence("Copy the file again."),
        )
    return content


def _codes(content: bytes) -> tuple[str, ...]:
    import zxingcpp

    with unwarned(), Image.open(BytesIO(content)) as picture:  # read_photo has bounded its pixels
        picture.draft("L", (_LONGEST_SIDE // 2, _LONGEST_SIDE // 2))
        picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
        grey = on_white(picture).convert("L")
    found = zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return tuple(code.text for code in found)


def _too_large(name: str, size: int) -> Actionable:
    return Actionable(
        "file_too_large",
        Sentence(
            "{name} has {size} MB; a paper has at most {greatest} MB.",
            name=name,
            size=f"{size / 1_000_000:.1f}",
            greatest=f"{LARGEST_BYTES / 1_000_000:.0f}",
        ),
    )


def _short(path: Path) -> str:
    return (path.name or str(path))[:120].encode("utf-8", "replace").decode()
