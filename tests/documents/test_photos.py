"""Photographs on paper: upright however the camera was held, and printed whatever notes it left in the file."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image, ImageOps

from fieldapp.documents.pack import render
from fieldapp.documents.papers import PhotoPrint
from fieldapp.documents.photos import printed_photo
from tests.documents.papers_to_print import FULL_VISIT

CORNERS = ("red", "lime", "blue", "white")


def _four_corners() -> Image.Image:
    picture = Image.new("RGB", (400, 240))
    for place, colour in enumerate(CORNERS):
        picture.paste(colour, (place % 2 * 200, place // 2 * 120, place % 2 * 200 + 200, place // 2 * 120 + 120))
    return picture


def _photo(content: bytes) -> PhotoPrint:
    return PhotoPrint("店面.jpg", content, hashlib.sha256(content).hexdigest())


def _jpeg_with(*notes: bytes) -> bytes:
    """A picture with these entries as its camera's notes."""
    packed = BytesIO()
    _four_corners().save(packed, "JPEG")
    start, rest = packed.getvalue()[:2], packed.getvalue()[2:]
    block = b"Exif\0\0II*\0" + struct.pack("<IH", 8, len(notes)) + b"".join(notes) + bytes(4)
    return start + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + rest


@pytest.mark.parametrize("encoding", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("held", range(1, 9))
def test_a_photograph_stands_upright_however_the_camera_was_held(held: int, encoding: str) -> None:
    notes = Image.Exif()
    notes[0x0112] = held
    packed = BytesIO()
    _four_corners().save(packed, encoding, exif=notes, **({"quality": 95} if encoding != "PNG" else {}))
    upright = ImageOps.exif_transpose(Image.open(BytesIO(packed.getvalue()))).convert("RGB")
    printed = printed_photo(_photo(packed.getvalue()), 1, 30, 30)
    assert (printed.width > printed.height) == (upright.width > upright.height)
    for x, y in ((0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)):
        seen = printed.getpixel((int(printed.width * x), int(printed.height * y)))
        meant = upright.getpixel((int(upright.width * x), int(upright.height * y)))
        assert isinstance(seen, tuple)
        assert isinstance(meant, tuple)
        assert all(abs(one - other) < 12 for one, other in zip(seen, meant, strict=True))


def test_greys_of_16_bits_print_as_they_were_scanned() -> None:
    dark, light = struct.pack("<H", 20_000), struct.pack("<H", 50_000)
    packed = BytesIO()
    Image.frombytes("I;16", (40, 20), (dark * 20 + light * 20) * 20).save(packed, "PNG")
    printed = printed_photo(_photo(packed.getvalue()), 1, 30, 30)
    assert [printed.getpixel((x, 10)) for x in (5, 35)] == [(78, 78, 78), (195, 195, 195)]


@pytest.mark.parametrize("kind", [1, 2, 7, 11])
@pytest.mark.parametrize("tag", [0x0100, 0x010F, 0x011A])
def test_damaged_notes_of_the_camera_keep_no_photograph_off_the_paper(tag: int, kind: int) -> None:
    held = struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0)
    content = _jpeg_with(held, struct.pack("<HHI", tag, kind, 1) + b"a\0\0\0")
    assert render(replace(FULL_VISIT, photos=(_photo(content),))).startswith(b"%PDF")


def test_notes_that_are_cut_off_warn_nobody() -> None:
    content = _jpeg_with(struct.pack("<HHII", 0x0112, 3, 900, 4_000))
    assert printed_photo(_photo(content), 1, 30, 30).width == 240
