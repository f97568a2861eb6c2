"""Photographs for paper: checked against their digest, turned upright, reduced to what print can show."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from fieldapp.documents.papers import PhotoPrint
from fieldapp.domain.errors import Invalid
from fieldapp.domain.wording import Sentence

_DOTS_PER_MM = 8  # about 200 dpi
_MOST_PIXELS = 100_000_000
"""No camera of an officer takes more; decoding more would fill the memory."""
_LONGEST_SIDE = 65_535
"""What a JPEG can have. A PNG can be a single line as long as all pixels, which no program lays out."""
_FORMATS = ("JPEG", "PNG", "WEBP")  # what a visit keeps
_BYTE_OF_TWO = 1 / 256
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What turns a picture upright, by how the camera says it was held."""


def is_too_large(picture: Image.Image) -> bool:
    """Whether a picture that was opened and not decoded has more pixels, or a longer side, than can be shown."""
    return picture.width * picture.height > _MOST_PIXELS or max(picture.size) > _LONGEST_SIDE


@contextmanager
def unwarned() -> Iterator[None]:
    """Pictures may hold damaged notes of the camera, and many pixels: both are judged here and warn nobody."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        warnings.simplefilter("ignore", UserWarning)
        yield


def on_white(image: Image.Image) -> Image.Image:
    """The picture as it looks on paper: what is transparent is white, greys of 16 bits have 8.

    Scanners save such greys; Pillow's own conversion would make nearly all of them white.
    """
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda grey: grey * _BYTE_OF_TWO).convert("L")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layered = image.convert("RGBA")
        white = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(white, layered).convert("RGB")
    return image.convert("RGB")


def printed_photo(photo: PhotoPrint, number: int, width: float, height: float) -> Image.Image:
    """The photograph fitting into ``width`` × ``height`` mm, its proportions kept.

    Raises Invalid (``photo``) naming the photograph when its bytes are not those of its digest, broken, or no JPEG, PNG
    or WebP.
    """
    name = photo.name[:60]
    if hashlib.sha256(photo.image).hexdigest() != photo.digest.lower():
        raise _refused(
            number,
            Sentence(
                "Photograph {number} ({name}) is not the one that was recorded: its digest differs. Attach it again.",
                number=number,
                name=name,
            ),
        )
    box = (round(width * _DOTS_PER_MM), round(height * _DOTS_PER_MM))
    try:
        with unwarned(), Image.open(BytesIO(photo.image), formats=_FORMATS) as opened:
            if is_too_large(opened):
                raise _too_large(number, name)
            opened.draft("RGB", (max(box) * 2, max(box) * 2))
            flat = on_white(_upright(opened))
    except (MemoryError, Image.DecompressionBombError) as error:
        raise _too_large(number, name) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise _refused(
            number,
            Sentence(
                "Photograph {number} ({name}) is broken, or no JPEG, PNG or WebP file. Attach it again.",
                number=number,
                name=name,
            ),
        ) from error
    flat.thumbnail(box, Image.Resampling.LANCZOS)
    return flat


def _upright(opened: Image.Image) -> Image.Image:
    """The picture as it was seen; notes of the camera that are damaged leave it as it lies."""
    try:
        held = opened.getexif().get(_ORIENTATION)
    except Exception:  # noqa: BLE001 - Pillow raises whatever the damaged bytes lead to
        held = None
    turn = _UPRIGHT.get(held) if isinstance(held, int) else None
    return opened.transpose(turn) if turn is not None else opened


def _too_large(number: int, name: str) -> Invalid:
    return _refused(
        number,
        Sentence("Photograph {number} ({name}) is too large to print. Attach a smaller one.", number=number, name=name),
    )


def _refused(number: int, sentence: Sentence) -> Invalid:
    return Invalid("photo", sentence, field=f"photos.{number}")
