"""Certificates for the keys with which laptops seal papers, issued by head office's own authority.

The authority's key is made with the head office and stays in its database, whose file only its owner can read.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import NameOID

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.scope import Caller
from fieldapp.headoffice.storage.store import Store, Unit
from fieldapp.protocol.identifiers import Clock
from fieldapp.protocol.messages import CertificateReply, CertificateRequest

log = logging.getLogger(__name__)

AUTHORITY_YEARS, LAPTOP_YEARS = 30, 3
_SETTING = "seal_authority"
_YEAR = timedelta(days=365)
_BEFORE = timedelta(days=1)
"""Certificates begin a day early: a laptop's clock may be behind."""


class _Authority(msgspec.Struct, frozen=True):
    key: str
    certificate: str


def make_authority(unit: Unit, clock: Clock) -> x509.Certificate:
    """Give this head office its authority; one that has it keeps it. Returns its certificate."""
    return _authority(unit, clock.now())[1]


def certificate_text(certificate: x509.Certificate) -> str:
    """A certificate in PEM form."""
    return certificate.public_bytes(Encoding.PEM).decode()


def certify(store: Store, clock: Clock, caller: Caller, request: CertificateRequest) -> CertificateReply:
    """A certificate for the laptop's key. Raises Actionable ``certificate_request`` for a request not in order."""
    key = _requested_key(request.request)
    now = clock.now()
    with store.writing() as unit:
        authority_key, authority = _authority(unit, now)
        staff = unit.accounts.staff(caller.author.staff)
        branch = unit.accounts.branch(staff.branch) if staff is not None else None
    subject = _name(branch.bank if branch is not None else "", branch.code if branch is not None else "", caller.device)
    certificate = (
        _begun(subject, authority.subject, key, now, LAPTOP_YEARS * _YEAR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_papers=True), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    log.info("laptop_certified", extra={"device": caller.device, "serial": f"{certificate.serial_number:x}"})
    return CertificateReply(certificate=certificate_text(certificate), authority=certificate_text(authority))


def _authority(unit: Unit, now: datetime) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    kept = unit.accounts.setting_once(_SETTING, partial(_new_authority, now))
    found = msgspec.json.decode(kept, type=_Authority)
    key = load_pem_private_key(found.key.encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101 - no other is ever kept
    return key, x509.load_pem_x509_certificate(found.certificate.encode())


def _new_authority(now: datetime) -> str:
    """As it is kept."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("fieldapp", "", "Seals of papers")
    certificate = (
        _begun(name, name, key.public_key(), now, AUTHORITY_YEARS * _YEAR)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_papers=False), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    log.info("seal_authority_made")
    return msgspec.json.encode(_Authority(secret, certificate_text(certificate))).decode()


def _requested_key(text: str) -> ec.EllipticCurvePublicKey:
    try:
        request = x509.load_pem_x509_csr(text.encode())
        key = request.public_key()
        in_order = request.is_signature_valid
    except (ValueError, UnsupportedAlgorithm, InvalidSignature) as error:
        raise _not_in_order() from error
    if not in_order or not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise _not_in_order()
    return key


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BEFORE)
        .not_valid_after(now + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_papers: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs_papers,
        content_commitment=signs_papers,
        key_cert_sign=not signs_papers,
        crl_sign=not signs_papers,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(bank: str, branch: str, whose: str) -> x509.Name:
    parts = (
        (NameOID.ORGANIZATION_NAME, bank),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, branch),
        (NameOID.COMMON_NAME, whose),
    )
    return x509.Name([x509.NameAttribute(kind, text[:64]) for kind, text in parts if text])


def _not_in_order() -> Actionable:
    return Actionable("certificate_request", Sentence("Head office cannot read this request for a certificate."))
