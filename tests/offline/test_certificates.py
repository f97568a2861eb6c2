"""TLS: to a server that cannot prove that it is head office, nothing is said."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from fieldapp.domain.errors import Invalid
from fieldapp.headoffice.serve import Address, Certificate, RunningHeadOffice
from fieldapp.store.profile import Profile
from fieldapp.sync.address import checked_address
from fieldapp.sync.enrol import enrol
from fieldapp.sync.troubles import TryLater
from tests.sync.office import LI, Laptop, Office

NOW = datetime.now(UTC)


class Authority:
    """Signs certificates for servers."""

    def __init__(self, name: str = "bank") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._certificate = (
            self._builder(self._name, self._key, NOW + timedelta(days=2))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.pem = self._certificate.public_bytes(serialization.Encoding.PEM).decode()

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, until: datetime) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - timedelta(days=9))
            .not_valid_after(until)
        )

    def for_server(self, folder: Path, host: str, until: datetime = NOW + timedelta(days=1)) -> Certificate:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        try:
            named: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
        except ValueError:
            named = x509.DNSName(host)
        signed = (
            self._builder(name, key, until)
            .add_extension(x509.SubjectAlternativeName([named]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        certificate = Certificate(folder / "server.pem", folder / "server.key")
        certificate.chain.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        certificate.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return certificate


@pytest.fixture
def made(office: Office, tmp_path: Path) -> Callable[[], Laptop]:
    laptop = office.laptop(LI, tmp_path / "li")
    laptop.prospect()
    yield laptop
    laptop.store.close()


def trusting(laptop: Laptop, authority: Authority | None, url: str) -> None:
    changed = msgspec.structs.replace(laptop.enrolment, certificate=authority.pem if authority else None, address=url)
    laptop.write(lambda unit: unit.state.set("enrolment", changed))


@pytest.mark.parametrize("wrong", ["another authority", "the system's authorities", "another name", "expired"])
def test_server_that_is_not_head_office_is_sent_nothing(
    wrong: str, office: Office, made: Laptop, tmp_path: Path
) -> None:
    authority = Authority()
    host = "other.example" if wrong == "another name" else "127.0.0.1"
    until = NOW - timedelta(days=1) if wrong == "expired" else NOW + timedelta(days=1)
    certificate = authority.for_server(tmp_path, host, until)
    trusted = {"another authority": Authority("other"), "the system's authorities": None}.get(wrong, authority)
    device = made.enrolment.device
    with RunningHeadOffice(office.store, office.clock, Address(certificate=certificate)) as running:
        trusting(made, trusted, running.url)
        with pytest.raises(TryLater) as told:
            made.sync()
    assert told.value.code == "certificate"
    assert "certificate" in str(told.value.sentence)
    assert office.journal() == []
    assert len(made.queued()) == 2
    (line,) = [line for line in office.administration.devices() if line.device == device]
    assert line.last_seen == line.enrolled_at


def test_certificate_of_the_banks_own_authority_is_accepted(office: Office, made: Laptop, tmp_path: Path) -> None:
    authority = Authority()
    certificate = authority.for_server(tmp_path, "127.0.0.1")
    with RunningHeadOffice(office.store, office.clock, Address(certificate=certificate)) as running:
        trusting(made, authority, running.url)
        assert made.sync().accepted == 2


def test_code_is_not_spent_on_a_server_that_is_not_head_office(office: Office, tmp_path: Path) -> None:
    code = office.administration.issue_code(LI).code
    certificate = Authority().for_server(tmp_path, "127.0.0.1")
    profile = Profile(tmp_path / "profile")
    known = {"passphrase": "passphrase", "device_name": "x", "clock": office.clock, "code": code}
    with (
        RunningHeadOffice(office.store, office.clock, Address(certificate=certificate)) as running,
        pytest.raises(TryLater),
    ):
        enrol(profile, address=running.url, **known)
    assert not profile.exists()
    with RunningHeadOffice(office.store, office.clock) as running:
        enrol(profile, address=running.url, **known).close()
    assert profile.exists()


@pytest.mark.parametrize("address", ["http://office.example.com", "http://192.0.2.1:8000"])
def test_unencrypted_address_elsewhere_is_refused_before_anything_is_sent(address: str) -> None:
    with pytest.raises(Invalid) as told:
        checked_address(address)
    assert told.value.code == "address_unencrypted"
