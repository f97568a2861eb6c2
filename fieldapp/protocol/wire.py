"""Bytes on the wire: JSON, compressed with zstd when that is shorter, bounded when it is unpacked."""

from __future__ import annotations

import threading
from typing import TypeVar

import msgspec
import zstandard

from fieldapp.protocol.words import WORDS, WORDS_CODING

T = TypeVar("T")

_encoder = msgspec.json.Encoder()

COMPRESS_FROM_BYTES = 512
"""Below this, compression saves nothing."""


_USUAL_RATIO = 16
"""Times its length that a body seldom comes to, unpacked."""


class Oversize(ValueError):
    """The unpacked body would be larger than the limit."""


WORDS_FROM_BYTES = 200
"""The same with the words of the protocol known beforehand."""


def pack(message: msgspec.Struct, coding: str = "zstd") -> tuple[bytes, str | None]:
    """The body of ``message`` and its content coding: ``coding`` (``zstd`` or ``zstd-words``) or none."""
    body = _encoder.encode(message)
    if len(body) < (WORDS_FROM_BYTES if coding == WORDS_CODING else COMPRESS_FROM_BYTES):
        return body, None
    return _compressors.of(coding, len(body)).compress(body), coding


def unpack(body: bytes, coding: str | None, shape: type[T], limit_bytes: int) -> T:
    """Read a body of ``coding``; at most ``limit_bytes`` are ever unpacked, so a compressed bomb stays small.

    Raises Oversize, and ValueError (msgspec's errors among it) for anything that is not such a message.
    """
    return msgspec.json.decode(unpacked(body, coding, limit_bytes), type=shape)


def unpacked(body: bytes, coding: str | None, limit_bytes: int) -> bytes:
    """The JSON in a body of ``coding``. Raises as ``unpack``."""
    if coding in (None, "", "identity"):
        plain = body
    elif coding in ("zstd", WORDS_CODING):
        plain = _decompress(body, limit_bytes, _words if coding == WORDS_CODING else None)
    else:
        raise ValueError(f"unknown content coding {coding!r}")
    if len(plain) > limit_bytes:
        raise Oversize(f"more than {limit_bytes} bytes")
    return plain


def compressing(coding: str) -> zstandard.ZstdCompressionObj:
    """What a body of ``coding`` is packed with piece by piece."""
    return _compressor(coding).compressobj()


def _compressor(coding: str) -> zstandard.ZstdCompressor:
    words = _words if coding == WORDS_CODING else None
    return zstandard.ZstdCompressor(level=3, dict_data=words, write_content_size=False)


class _Compressors(threading.local):
    """Those a thread keeps for small bodies, by coding: making one takes as long as its use, and none may serve two."""

    def __init__(self) -> None:
        self.kept: dict[str, zstandard.ZstdCompressor] = {}

    def of(self, coding: str, size: int) -> zstandard.ZstdCompressor:
        """One for a body of ``size`` bytes; what a large one leaves behind in it is not kept."""
        compressor = self.kept.get(coding) if size <= _SMALL_BYTES else None
        if compressor is None:
            compressor = _compressor(coding)
            if size <= _SMALL_BYTES:
                self.kept[coding] = compressor
        return compressor


_SMALL_BYTES = 16 * 1024
_SMALL_WINDOW_BYTES = 256 * 1024
_compressors = _Compressors()
_words = zstandard.ZstdCompressionDict(WORDS, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


def _decompressor(words: zstandard.ZstdCompressionDict | None) -> zstandard.ZstdDecompressor:
    return zstandard.ZstdDecompressor(dict_data=words, max_window_size=8 * 1024 * 1024)


class _Decompressors(threading.local):
    """Those a thread keeps for small bodies: with the words, and without."""

    def __init__(self) -> None:
        self.with_words = _decompressor(_words)
        self.plain = _decompressor(None)

    def of(self, words: zstandard.ZstdCompressionDict | None, body: bytes) -> zstandard.ZstdDecompressor:
        """One for ``body``; the room that a large one asks for is not kept."""
        if len(body) > _SMALL_BYTES or zstandard.get_frame_parameters(body).window_size > _SMALL_WINDOW_BYTES:
            return _decompressor(words)
        return self.plain if words is None else self.with_words


_decompressors = _Decompressors()


def _decompress(body: bytes, limit_bytes: int, words: zstandard.ZstdCompressionDict | None) -> bytes:
    try:
        reader = _decompressors.of(words, body).stream_reader(body)
        room = min(limit_bytes + 1, len(body) * _USUAL_RATIO)  # room for all that may come is dear
        plain = reader.read(room)
        if len(plain) == room:
            plain += reader.read(limit_bytes + 1 - room)
    except zstandard.ZstdError as error:
        raise ValueError(f"not zstd: {error}") from error
    if len(plain) > limit_bytes:
        raise Oversize(f"more than {limit_bytes} bytes unpacked")
    return plain
