"""Making a laptop an officer's: the one-time code, the profile, the first facts in it."""

from __future__ import annotations

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.protocol.identifiers import Clock
from fieldapp.protocol.messages import PROTOCOL, EnrolReply, EnrolRequest
from fieldapp.store.database import Store
from fieldapp.store.profile import Card, Profile
from fieldapp.store.state import Enrolment
from fieldapp.store.unit import Unit
from fieldapp.sync.certify import obtain_certificate
from fieldapp.sync.sensible import require_sensible_enrolment
from fieldapp.sync.transport import HeadOffice
from fieldapp.sync.troubles import RequestRefused, SignInAgain


def enrol(
    profile: Profile,
    *,
    address: str,
    code: str,
    passphrase: str,
    device_name: str,
    clock: Clock,
    certificate: str | None = None,
) -> Store:
    """Present ``code`` at ``address`` and make the profile; returns its open database.

    The profile is made first and taken away again when head office does not accept the code. Raises Invalid (address,
    passphrase), SyncTrouble, StorageFault, Actionable (``code``, ``profile_exists``).
    """
    with HeadOffice(address, certificate=certificate) as head_office:
        profile.begin_enrolment()
        store: Store | None = None
        try:
            store = profile.create(passphrase, clock)  # before the code is used up: a full disk must not cost a code
            reply = head_office.enrol(EnrolRequest(protocol=PROTOCOL, code=code.strip(), device_name=device_name))
            require_sensible_enrolment(reply)
            enrolment = _enrolment(reply, head_office.address, certificate)

            def keep(unit: Unit) -> None:
                unit.state.set("enrolment", enrolment)

            store.write(keep)
            profile.end_enrolment()
        except BaseException as error:
            if store is not None:
                store.close()
            profile.discard_unused()
            if isinstance(error, RequestRefused | SignInAgain):
                raise _code_refused() from error
            raise
    with HeadOffice(enrolment.address, enrolment.token, certificate) as head_office:
        obtain_certificate(store, head_office)
    profile.write_card(
        Card(staff_name=reply.staff_name, role=reply.role, branch_name=reply.branch_name, bank=reply.bank)
    )
    return store


def _code_refused() -> Actionable:
    return Actionable(
        "code",
        Sentence("Head office does not accept this enrolment code; it may have been used or have expired."),
        field="code",
        advice=Sentence("Nothing was changed. Ask your administrator for a new one."),
    )


def _enrolment(reply: EnrolReply, address: str, certificate: str | None) -> Enrolment:
    return Enrolment(
        device=reply.device,
        token=reply.token,
        staff=reply.staff,
        staff_name=reply.staff_name,
        role=reply.role,
        branch=reply.branch,
        branch_name=reply.branch_name,
        bank=reply.bank,
        stream=reply.branch,
        head_office=reply.head_office,
        address=address,
        certificate=certificate,
        parcel_key=reply.parcel_key,
    )
