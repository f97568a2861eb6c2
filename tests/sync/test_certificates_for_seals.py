"""A laptop gets its certificate at enrolment, or later; without one everything else goes on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.serve import RunningHeadOffice
from fieldapp.protocol.messages import PROTOCOL, CertificateReply, CertificateRequest
from fieldapp.store.database import Store
from fieldapp.store.profile import Profile
from fieldapp.store.state import SealKey
from fieldapp.sync.certify import SEAL_KEY, obtain_certificate
from fieldapp.sync.enrol import enrol
from fieldapp.sync.troubles import TryLater
from tests.made_laptop import FixedClock, enrolled_store
from tests.sync.office import Office


class Answering:
    """A head office that answers a request for a certificate as it was told to."""

    protocol = PROTOCOL

    def __init__(self, answer: CertificateReply | Exception | None) -> None:
        self.answer, self.asked = answer, 0

    def certificate(self, _request: CertificateRequest) -> CertificateReply | None:
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def _held(store: Store) -> SealKey | None:
    with store.reading() as view:
        return view.state.get(SEAL_KEY, SealKey)


def test_an_enrolled_laptop_can_seal_at_once_and_asks_no_more(tmp_path: Path) -> None:
    office = Office.new(tmp_path / "office.db")
    code = office.administration.issue_code("li").code
    with RunningHeadOffice(office.store, office.clock) as running:
        store = enrol(
            Profile(tmp_path / "profile"),
            address=running.url,
            code=code,
            passphrase="a good passphrase",
            device_name="laptop",
            clock=office.clock,
        )
    held = _held(store)
    assert held is not None
    assert held.certificate is not None
    assert held.authority is not None
    certificate = x509.load_pem_x509_certificate(held.certificate.encode())
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(held.authority.encode()))
    key = load_pem_private_key(held.key.encode(), None)
    assert certificate.public_key() == key.public_key()
    with store.reading() as view:
        assert view.state.enrolment().device in certificate.subject.rfc4514_string()
    asking = Answering(None)
    obtain_certificate(store, asking)  # type: ignore[arg-type]
    assert asking.asked == 0
    store.close()
    office.close()


def test_an_older_head_office_is_asked_again_another_day(tmp_path: Path) -> None:
    clock = FixedClock()
    store = enrolled_store(tmp_path, clock)
    older = Answering(None)
    for _ in range(2):
        obtain_certificate(store, older)  # type: ignore[arg-type]
    assert older.asked == 1
    clock.at += timedelta(days=2)
    obtain_certificate(store, older)  # type: ignore[arg-type]
    assert older.asked == 2
    assert _held(store) is None
    store.close()


def test_a_line_that_breaks_and_a_strange_answer_leave_the_laptop_as_it_was(tmp_path: Path) -> None:
    store = enrolled_store(tmp_path)
    obtain_certificate(store, Answering(TryLater("cut", Sentence("The line broke."))))  # type: ignore[arg-type]
    obtain_certificate(store, Answering(CertificateReply(certificate="x", authority="y")))  # type: ignore[arg-type]
    assert _held(store) is None
    store.close()
