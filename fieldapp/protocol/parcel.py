"""What a laptop that was shut out hands in: its unsent work, sealed so that only head office's key opens it (SYNC 42).

Sealed with HPKE (RFC 9180: X25519, HKDF-SHA256, AES-256-GCM) over the compressed content; who carries or keeps a parcel
learns nothing of it.
"""

from __future__ import annotations

import base64
from typing import Any

import msgspec
import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from fieldapp.protocol.messages import Proof

MAX_PARCEL_BYTES = 1024 * 1024
"""Of one sealed parcel."""

MAX_OPENED_BYTES = 64 * 1024 * 1024
"""Of one parcel's content: more is not unpacked."""

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_PURPOSE = b"fieldapp parcel 1"


class Unfinished(msgspec.Struct, frozen=True, kw_only=True):
    """A form that was still being typed; ``saved_at`` is UTC by the laptop's clock."""

    form: str
    subject: str | None
    saved_at: str
    body: dict[str, Any]


class PhotoPiece(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes of a photo from ``offset`` on; ``length`` is the whole photo's."""

    digest: str
    offset: int
    length: int
    content: bytes


class Parcel(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One part of a laptop's unsent work; ``changes`` and ``refused`` are changes' bytes as they were saved.

    ``proofs`` cover those of ``changes`` that head office took once and forgot in a restore.
    """

    device: str
    changes: list[bytes] = []
    proofs: list[Proof] = []
    refused: list[bytes] = []
    drafts: list[Unfinished] = []
    photos: list[PhotoPiece] = []


class NotOurs(ValueError):
    """The bytes were not sealed to this key, or are no parcel."""


def new_parcel_key() -> str:
    """A fresh private key of head office, as text."""
    return base64.b64encode(X25519PrivateKey.generate().private_bytes_raw()).decode()


def public_parcel_key(private_key: str) -> str:
    """The public key to it, as text, that laptops seal to."""
    public = X25519PrivateKey.from_private_bytes(base64.b64decode(private_key)).public_key()
    return base64.b64encode(public.public_bytes_raw()).decode()


def seal(parcel: Parcel, public_key: str) -> bytes:
    """The parcel as it travels. Raises ValueError when ``public_key`` is none."""
    recipient = X25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
    return _SUITE.encrypt(zstandard.compress(msgspec.msgpack.encode(parcel)), recipient, _PURPOSE)


def unseal(sealed: bytes, private_key: str) -> Parcel:
    """What was sealed. Raises NotOurs."""
    key = X25519PrivateKey.from_private_bytes(base64.b64decode(private_key))
    try:
        packed = _SUITE.decrypt(sealed, key, _PURPOSE)
        content = zstandard.ZstdDecompressor().stream_reader(packed).read(MAX_OPENED_BYTES)
        return msgspec.msgpack.decode(content, type=Parcel)
    except (InvalidTag, ValueError, zstandard.ZstdError, msgspec.MsgspecError) as error:
        raise NotOurs from error
