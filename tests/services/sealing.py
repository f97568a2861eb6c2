"""A head office that certifies the laptop of a test, so that it can seal."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from fieldapp.domain.records import Branch
from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.database import create_database
from fieldapp.headoffice.enrolment import enrol, issue_code, recognise
from fieldapp.headoffice.seals import certify
from fieldapp.protocol.identifiers import Clock
from fieldapp.protocol.messages import PROTOCOL, CertificateReply, CertificateRequest, EnrolRequest
from fieldapp.store.database import Store
from fieldapp.store.state import SealKey


def certified(folder: Path, clock: Clock, key: ec.EllipticCurvePrivateKey) -> CertificateReply:
    """A certificate for ``key``, from a new head office in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    with closing(create_database(str(folder / "office.db"))) as office:
        administration = Administration(office, clock)
        administration.start()
        branch = Branch(
            code="0412",
            name="竹溪支行",
            name_en="Zhuxi sub-branch",
            bank="示例农村商业银行",
            bank_en="Example Bank",
            complaint_phone="400-000-0000",
            area_code="421224",
        )
        administration.add_branch(branch)
        staff = administration.add_staff("李娟", "officer", "0412")
        code = issue_code(office, clock, staff).code
        enrolled = enrol(office, clock, EnrolRequest(protocol=PROTOCOL, code=code, device_name="laptop"))
        asked = CertificateRequest(protocol=PROTOCOL, request=request_for(key))
        return certify(office, clock, recognise(office, enrolled.token), asked)


_held: dict[tuple[str, datetime], SealKey] = {}


def certify_laptop(store: Store, folder: Path) -> SealKey:
    """Let the laptop seal; returns what it seals with: the same for a head office of the same name, made once."""
    which = folder.name, store.clock.now()
    if which not in _held:
        key = ec.generate_private_key(ec.SECP256R1())
        reply = certified(folder, store.clock, key)
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        _held[which] = SealKey(key=secret, certificate=reply.certificate, authority=reply.authority)
    store.write(lambda unit: unit.state.set("seal_key", _held[which]))
    return _held[which]


def request_for(key: ec.EllipticCurvePrivateKey) -> str:
    """The request for a certificate, in PEM form."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "laptop")])
    built = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return built.public_bytes(Encoding.PEM).decode()
