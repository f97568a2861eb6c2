"""The key with which this laptop seals papers, and head office's certificate for it.

The key is made here and never leaves the encrypted file. The certificate is asked for when the laptop enrols; one that
enrolled before there were certificates gets it at its next synchronisation, as does one whose certificate is running
out.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import NameOID

from fieldapp.protocol.messages import CertificateReply, CertificateRequest
from fieldapp.store.database import Store
from fieldapp.store.state import SealKey
from fieldapp.store.unit import Unit
from fieldapp.sync.transport import HeadOffice
from fieldapp.sync.troubles import Cancelled, RequestRefused, SyncTrouble

log = logging.getLogger(__name__)

RENEW_BEFORE = timedelta(days=90)
ASK_AGAIN_AFTER = timedelta(days=1)
SEAL_KEY, _ASKED_AT = "seal_key", "certificate_asked_at"


def obtain_certificate(store: Store, head_office: HeadOffice) -> bool:
    """Get a certificate where one is wanted; whether there is nothing to ask for today.

    What goes wrong is noted in the log: records never wait for it. A head office that issues none is asked again after
    a day.
    """
    now = store.clock.now()
    with store.reading() as view:
        held = view.state.get(SEAL_KEY, SealKey)
        asked_at = view.state.get(_ASKED_AT, datetime)
    if _lasts(held, now) or (asked_at is not None and timedelta() <= now - asked_at < ASK_AGAIN_AFTER):
        return True
    key = load_pem_private_key(held.key.encode(), None) if held is not None else ec.generate_private_key(ec.SECP256R1())
    assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101 - no other is ever kept
    try:
        reply = head_office.certificate(CertificateRequest(protocol=head_office.protocol, request=_request(key)))
    except Cancelled:
        raise
    except SyncTrouble as trouble:
        log.info("no_certificate", extra={"code": trouble.code})
        if isinstance(trouble, RequestRefused):
            store.write(lambda unit: unit.state.set(_ASKED_AT, now))
        return False
    store.write(lambda unit: _keep(unit, key, reply, now))
    return True


def _keep(unit: Unit, key: ec.EllipticCurvePrivateKey, reply: CertificateReply | None, now: datetime) -> None:
    if reply is None or not _fits(reply, key):
        log.info("no_certificate", extra={"code": "older" if reply is None else "other_key"})
        unit.state.set(_ASKED_AT, now)
        return
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    unit.state.set(SEAL_KEY, SealKey(key=secret, certificate=reply.certificate, authority=reply.authority))
    log.info("certificate_kept")


def _fits(reply: CertificateReply, key: ec.EllipticCurvePrivateKey) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(reply.certificate.encode())
        certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(reply.authority.encode()))
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it is no certificate for us
        return False
    return certificate.public_key() == key.public_key()


def _lasts(held: SealKey | None, now: datetime) -> bool:
    if held is None or held.certificate is None:
        return False
    return x509.load_pem_x509_certificate(held.certificate.encode()).not_valid_after_utc - now > RENEW_BEFORE


def _request(key: ec.EllipticCurvePrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "laptop")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return request.public_bytes(Encoding.PEM).decode()
