"""Pictures from files, checked before they are kept: what they are, how large, whether they can be shown."""

from __future__ import annotations

import hashlib
import stat
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from fieldapp.documents.photos import is_too_large, unwarned
from fieldapp.domain.errors import Actionable, Invalid
from fieldapp.domain.wording import Sentence


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """The bytes of a picture as they will be kept and sent."""

    content: bytes
    name: str
    media_type: str

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes, by which the picture is known everywhere."""
        return hashlib.sha256(self.content).hexdigest()


def read_photo(path: Path, greatest_bytes: int) -> PhotoFile:
    """The picture at ``path``: a JPEG, PNG or WebP file of at most ``greatest_bytes``.

    Raises Invalid with the field ``photos``: ``photo_gone``, ``photo_no_permission``, ``photo_unreadable``,
    ``photo_too_large``, ``photo_format``, ``photo_damaged``.
    """
    name = path.name[:_LONGEST_NAME].encode("utf-8", "replace").decode()
    content = _content(path, name, greatest_bytes)
    media_type = _media_type(content, name)
    _require_whole(content, name)
    return PhotoFile(content, name, media_type)


_LONGEST_NAME = 120
_OTHER_FORMATS = {
    b"heic": "HEIC", b"heix": "HEIC", b"mif1": "HEIC", b"msf1": "HEIC", b"hevc": "HEIC", b"avif": "AVIF"
}  # fmt: skip


def _content(path: Path, name: str, greatest_bytes: int) -> bytes:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise _refused("photo_unreadable", Sentence("{name} is not a file with a picture.", name=name))
        if found.st_size > greatest_bytes:
            raise _too_large(name, found.st_size, greatest_bytes)
        with path.open("rb") as file:
            content = file.read(greatest_bytes + 1)
    except FileNotFoundError as error:
        advice = Sentence("Take it off the list or choose it again; nothing you typed is lost.")
        raise _refused("photo_gone", Sentence("{name} is no longer there.", name=name), advice) from error
    except PermissionError as error:
        sentence = Sentence("The program may not read {name}.", name=name)
        raise _refused("photo_no_permission", sentence, Sentence("Copy the picture to your own folder.")) from error
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL character
        raise _refused("photo_unreadable", Sentence("{name} cannot be read.", name=name)) from error
    if len(content) > greatest_bytes:
        raise _too_large(name, len(content), greatest_bytes)
    return content


def _media_type(content: bytes, name: str) -> str:
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    advice = Sentence("Save it as JPEG or PNG and choose that file.")
    if content[4:8] == b"ftyp" and (other := _OTHER_FORMATS.get(content[8:12])):
        sentence = Sentence("{name} is a {format} picture, which the program cannot show.", name=name, format=other)
        raise _refused("photo_format", sentence, advice)
    raise _refused("photo_format", Sentence("{name} is not a JPEG, PNG or WebP picture.", name=name), advice)


def _require_whole(content: bytes, name: str) -> None:
    damaged = _refused(
        "photo_damaged",
        Sentence("{name} is damaged and cannot be shown.", name=name),
        Sentence("Take or copy the picture again."),
    )
    too_many = _refused(
        "photo_too_large",
        Sentence("{name} has too many pixels.", name=name),
        Sentence("Choose a smaller picture."),
    )
    try:
        with unwarned(), Image.open(BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
            if is_too_large(picture):
                raise too_many
            picture.draft("RGB", (64, 64))
            picture.load()
    except Actionable:
        raise
    except (MemoryError, Image.DecompressionBombError) as error:
        raise too_many from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise damaged from error


def _too_large(name: str, size: int, greatest: int) -> Invalid:
    sentence = Sentence(
        "{name} has {size} MB; a picture may have {greatest} MB.",
        name=name,
        size=f"{size / 1_000_000:.1f}",
        greatest=f"{greatest / 1_000_000:.0f}",
    )
    return _refused("photo_too_large", sentence, Sentence("Choose a smaller picture."))


def _refused(code: str, sentence: Sentence, advice: Sentence | None = None) -> Invalid:
    return Invalid(code, sentence, field="photos", advice=advice)
