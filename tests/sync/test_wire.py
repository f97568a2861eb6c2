"""Bodies on the wire: unpacked to what they were, within their bound, whatever came before on the same thread."""

from __future__ import annotations

import pytest
import zstandard

from fieldapp.protocol.wire import Oversize, compressing, unpacked
from fieldapp.protocol.words import WORDS, WORDS_CODING

CODINGS = ("zstd", WORDS_CODING)


def packed(plain: bytes, coding: str) -> bytes:
    words = zstandard.ZstdCompressionDict(WORDS, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    return zstandard.ZstdCompressor(
        level=3, dict_data=words if coding == WORDS_CODING else None, write_content_size=False
    ).compress(plain)


@pytest.mark.parametrize("coding", CODINGS)
def test_bodies_of_any_length_are_unpacked_one_after_the_other(coding: str) -> None:
    for length in (0, 1, 15, 16, 17, 700, 20_000, 3_000_000, 700, 1):
        plain = (b"0123456789abcdef" * (length // 16 + 1))[:length]
        assert unpacked(packed(plain, coding), coding, 1 << 22) == plain
        streamed = compressing(coding)
        assert unpacked(streamed.compress(plain) + streamed.flush(), coding, 1 << 22) == plain


@pytest.mark.parametrize("coding", CODINGS)
def test_a_bound_is_kept_to_the_byte(coding: str) -> None:
    for length in (100, 700, 20_000, 300_000):
        body = packed(b"a" * length, coding)
        assert len(unpacked(body, coding, length)) == length
        with pytest.raises(Oversize):
            unpacked(body, coding, length - 1)


@pytest.mark.parametrize("coding", CODINGS)
def test_after_what_is_not_a_body_the_next_one_is_read_as_ever(coding: str) -> None:
    body = packed(b"the whole text" * 50, coding)
    for spoiled in (b"", b"x", b"{}", body[:3], body[:4] + b"\xff" * 40, b"\x28\xb5\x2f\xfd" + b"\xff" * 12):
        with pytest.raises(ValueError, match="not zstd"):
            unpacked(spoiled, coding, 1 << 20)
        assert unpacked(body, coding, 1 << 20) == b"the whole text" * 50
