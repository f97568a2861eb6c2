"""Bytes on the wire: JSON, compressed with zstd when that is shorter, bounded when it is unpacked."""

from __future__ import annotations

from typing import TypeVar

import msgspec
import zstandard

T = TypeVar("T")

_encoder = msgspec.json.Encoder()

COMPRESS_FROM_BYTES = 512
"""Below this, compression saves nothing."""


class Oversize(ValueError):
    """The unpacked body would be larger than the limit."""


def pack(message: msgspec.Struct) -> tuple[bytes, str | None]:
    """The body of ``message`` and its content coding (``zstd`` or none)."""
    body = _encoder.encode(message)
    if len(body) < COMPRESS_FROM_BYTES:
        return body, None
    return zstandard.ZstdCompressor(level=3, write_content_size=False).compress(body), "zstd"


def unpack(body: bytes, coding: str | None, shape: type[T], limit_bytes: int) -> T:
    """Read a body of ``coding``; at most ``limit_bytes`` are ever unpacked, so a compressed bomb stays small.

    Raises Oversize, and ValueError (msgspec's errors among it) for anything that is not such a message.
    """
    return msgspec.json.decode(unpacked(body, coding, limit_bytes), type=shape)


def unpacked(body: bytes, coding: str | None, limit_bytes: int) -> bytes:
    """The JSON in a body of ``coding``. Raises as ``unpack``."""
    if coding in (None, "", "identity"):
        plain = body
    elif coding == "zstd":
        plain = _decompress(body, limit_bytes)
    else:
        raise ValueError(f"unknown content coding {coding!r}")
    if len(plain) > limit_bytes:
        raise Oversize(f"more than {limit_bytes} bytes")
    return plain


def _decompress(body: bytes, limit_bytes: int) -> bytes:
    try:
        reader = zstandard.ZstdDecompressor(max_window_size=8 * 1024 * 1024).stream_reader(body)
        plain = reader.read(limit_bytes + 1)
    except zstandard.ZstdError as error:
        raise ValueError(f"not zstd: {error}") from error
    if len(plain) > limit_bytes:
        raise Oversize(f"more than {limit_bytes} bytes unpacked")
    return plain
