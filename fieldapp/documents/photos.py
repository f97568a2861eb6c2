"""Photographs for paper: checked against their digest, turned upright, reduced to what print can show."""

from __future__ import annotations

import hashlib
import warnings
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from fieldapp.documents.papers import PhotoPrint
from fieldapp.domain.errors import Invalid
from fieldapp.domain.wording import Sentence

_DOTS_PER_MM = 8  # about 200 dpi
_MOST_PIXELS = 100_000_000
_FORMATS = ("JPEG", "PNG", "WEBP")  # what a visit keeps


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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the size is checked below
            with Image.open(BytesIO(photo.image), formats=_FORMATS) as opened:
                if opened.width * opened.height > _MOST_PIXELS:
                    raise _refused(
                        number,
                        Sentence(
                            "Photograph {number} ({name}) is too large to print. Attach a smaller one.",
                            number=number,
                            name=name,
                        ),
                    )
                opened.draft("RGB", (max(box) * 2, max(box) * 2))
                flat = _on_white(ImageOps.exif_transpose(opened))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
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


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layered = image.convert("RGBA")
        white = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(white, layered).convert("RGB")
    return image.convert("RGB")


def _refused(number: int, sentence: Sentence) -> Invalid:
    return Invalid("photo", sentence, field=f"photos.{number}")
