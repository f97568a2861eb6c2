"""Certificates for the laptops' seals: one authority per head office, and nothing but a laptop's own key."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from fieldapp.domain.errors import Actionable
from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.enrolment import recognise
from fieldapp.headoffice.scope import Caller
from fieldapp.headoffice.seals import certify
from fieldapp.protocol.messages import PROTOCOL, CertificateRequest
from tests.headoffice.changes_to_send import FixedClock


@pytest.fixture
def caller(office: Administration, laptop_of) -> Caller:
    return recognise(office.store, laptop_of("zhang").device)


def _request(key: ec.EllipticCurvePrivateKey, name: str = "laptop") -> str:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    built = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    return built.public_bytes(Encoding.PEM).decode()


def test_the_certificate_names_the_laptop_whatever_the_request_says(
    office: Administration, clock: FixedClock, caller: Caller
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    asked = CertificateRequest(protocol=PROTOCOL, request=_request(key, "the president"))
    first = certify(office.store, clock, caller, asked)
    second = certify(office.store, clock, caller, asked)
    assert first.authority == second.authority
    certificate = x509.load_pem_x509_certificate(first.certificate.encode())
    assert certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == caller.device
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(first.authority.encode()))


@pytest.mark.parametrize("curve", [ec.SECP384R1(), None])
def test_a_request_out_of_order_is_refused(
    office: Administration, clock: FixedClock, caller: Caller, curve: ec.EllipticCurve | None
) -> None:
    text = "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n" if curve is None else _request(ec.generate_private_key(curve))
    with pytest.raises(Actionable) as refused:
        certify(office.store, clock, caller, CertificateRequest(protocol=PROTOCOL, request=text))
    assert refused.value.code == "certificate_request"


def test_the_file_with_the_authoritys_key_is_its_owners_alone(office: Administration, location: str) -> None:
    if "://" not in location:
        assert Path(location).stat().st_mode & 0o077 == 0
