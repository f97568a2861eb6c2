"""Whether a file still is what was sealed. Never more of it is read than bytes: a hostile PDF is not parsed.

A seal counts when it covers every byte of the file but its own place, is made by a key that head office's authority has
certified, and holds. What is inside the file then does not matter: a device of the bank has put its name to it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class SealState(StrEnum):
    """What became of a seal."""

    NONE = "none"
    """The file has no seal."""
    VALID = "valid"
    """No byte was changed since a device of this head office sealed it."""
    CHANGED = "changed"
    """Bytes were changed after it was sealed."""
    APPENDED = "appended"
    """Something was added behind what was sealed, which itself is unchanged."""
    STRANGE = "strange"
    """Sealed, but not by a device that this head office's authority has certified."""
    BROKEN = "broken"
    """What should be a seal cannot be read."""


@dataclass(frozen=True, slots=True)
class Seal:
    """The seal of a file: its state, and for one that counts or counted, which device made it and when (UTC)."""

    state: SealState
    device: str = ""
    at: datetime | None = None


NO_SEAL = Seal(SealState.NONE)


def examine(pdf: bytes, authority: str | None) -> Seal:
    """The seal of ``pdf``; ``authority`` is head office's certificate in PEM form, None where it has not arrived."""
    places = list(islice(_BYTE_RANGE.finditer(pdf), _MOST_SEALS + 1))
    if not places:
        return NO_SEAL
    if len(places) > _MOST_SEALS:
        return Seal(SealState.BROKEN)
    first, length, resumed, rest = (int(number) for number in places[0].groups())
    if first != 0 or not length < resumed <= resumed + rest <= len(pdf):
        return Seal(SealState.BROKEN)
    hole = pdf[length:resumed]
    if len(hole) > _LARGEST_SEAL or not _HEXADECIMAL.fullmatch(hole):
        return Seal(SealState.BROKEN)
    digest = hashlib.sha256(pdf[:length])
    digest.update(pdf[resumed : resumed + rest])
    told = _WHEN.search(pdf[max(0, length - _NEAR) : length] + pdf[resumed : resumed + min(rest, _NEAR)])
    try:
        at = datetime.strptime(told[1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC) if told is not None else None
        found = _signature(bytes.fromhex(hole[1:-1].decode()), digest.digest(), authority, at)
    except _UNREADABLE:
        return Seal(SealState.BROKEN)
    if found.state is SealState.VALID and resumed + rest != len(pdf):
        return Seal(SealState.APPENDED, found.device, found.at)
    return found


_NUMBERS = rb"\s{1,9}".join([rb"(\d{1,12})"] * 4)
_BYTE_RANGE = re.compile(rb"/ByteRange\s{0,9}\[\s{0,9}" + _NUMBERS + rb"\s{0,9}\]")
_WHEN = re.compile(rb"/M\s?\(D(?::|\\072)(\d{14})(?:Z|\+00'00'?)\)")
_NEAR = 2048
"""How far from a seal the dictionary around it tells its time, which the seal covers too."""
_HEXADECIMAL = re.compile(rb"<[0-9A-Fa-f]+>")
_SHA256 = bytes.fromhex("300d06096086480165030402010500")
_ECDSA_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
_LARGEST_SEAL = 256 * 1024
_MOST_SEALS = 16
_UNREADABLE = (
    ValueError, TypeError, LookupError, AttributeError, StopIteration, OverflowError, RecursionError,
    x509.InvalidVersion,
)  # fmt: skip
"""What asn1crypto and cryptography raise for bytes that are no signature."""


def _signature(content: bytes, digest: bytes, authority: str | None, at: datetime | None) -> Seal:
    envelope = cms.ContentInfo.load(content)
    if content[len(envelope.dump()) :].strip(b"\0"):
        return Seal(SealState.BROKEN)  # nothing may hide behind the signature, in the one place it does not cover
    signed = envelope["content"]
    info = signed["signer_infos"][0]
    number = info["sid"].chosen["serial_number"].native
    enclosed = [x509.load_der_x509_certificate(one.chosen.dump()) for one in signed["certificates"]]
    certificate = next(one for one in enclosed if one.serial_number == number)
    attributes = {entry["type"].native: entry["values"] for entry in info["signed_attrs"]}
    device = str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)
    if not all(_certified(one, authority, at) for one in enclosed):
        return Seal(SealState.STRANGE)
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not _as_written(signed, info, certificate):
        return Seal(SealState.BROKEN)
    if attributes["message_digest"][0].native != digest:
        return Seal(SealState.CHANGED, device, at)
    try:
        # What is signed is the set of attributes; its tag in the file is another one (RFC 5652, 5.4).
        key.verify(info["signature"].native, info["signed_attrs"].untag().dump(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return Seal(SealState.CHANGED, device, at)
    return Seal(SealState.VALID, device, at)


def _as_written(signed: cms.SignedData, info: cms.SignerInfo, certificate: x509.Certificate) -> bool:
    """Whether the parts of a signature that it does not cover itself say what ours say."""
    return bool(
        signed["version"].native == info["version"].native == "v1"
        and signed["digest_algorithms"].dump() == b"\x31\x0f" + _SHA256
        and info["digest_algorithm"].dump() == _SHA256
        and info["signature_algorithm"].dump() == _ECDSA_SHA256
        and signed["encap_content_info"]["content_type"].native == "data"
        and info["sid"].chosen["issuer"].dump() == certificate.issuer.public_bytes()
    )


def _certified(certificate: x509.Certificate, authority: str | None, at: datetime | None) -> bool:
    if authority is None:
        return False
    try:
        certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(authority.encode()))
    except (InvalidSignature, ValueError, TypeError):
        return False
    return at is None or certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc
