"""A laptop that passes to another officer while photos of the one before are half sent: nothing mixes or is lost."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.domain.records import Prospect
from fieldapp.services.laptop import Laptop as Unlocked
from fieldapp.services.laptop import enrol_laptop, unlock_laptop
from fieldapp.services.synchronise import synchronise_laptop
from fieldapp.store.profile import Profile
from fieldapp.store.unit import Unit
from fieldapp.sync.troubles import TryLater
from tests.offline.fault_proxy import PASS, Fault, FaultProxy, answering
from tests.sync.office import LI, ZHAO, Office, visit_of
from tests.sync.test_handing_in_an_application import photo_of

CHUNK = 256 * 1024
PHOTO = random.Random(11).randbytes(2 * CHUNK + 1000)
WORD = "a passphrase of some length"


def visited(unit: Unit) -> str:
    prospect = unit.create("prospect", Prospect(owner=LI))
    unit.create("visit", visit_of(LI, "facts", (photo_of(unit, PHOTO),)), parent=prospect)
    return str(prospect)


def test_photos_half_sent_stay_with_their_officer_and_go_on_where_they_stopped(
    office: Office, line: FaultProxy, tmp_path: Path
) -> None:
    folder = tmp_path / "profile"

    def enrolled(staff: str) -> Unlocked:
        code = office.administration.issue_code(staff).code
        return enrol_laptop(folder, address=line.url, code=code, passphrase=WORD, clock=office.clock)

    li = enrolled(LI)
    prospect = li.store.write(visited)
    pieces: list[bytes] = []

    def only_one_piece(request: bytes) -> Fault:
        pieces.extend([request] if request.startswith(b"PATCH") else [])
        return answering(503) if len(pieces) > 1 else PASS

    line.choose = only_one_piece
    with pytest.raises(TryLater):
        synchronise_laptop(li)
    line.choose = lambda _request: PASS
    li.lock()
    with pytest.raises(Actionable) as refused:
        enrolled(ZHAO)
    assert refused.value.code == "profile_exists"

    aside = Profile(folder).set_aside()
    zhao = enrolled(ZHAO)
    line.requests.clear()
    synchronise_laptop(zhao)
    assert not any(request.startswith((b"PATCH", b"HEAD")) for request in line.requests)
    with zhao.store.reading() as view:
        assert view.records.get(prospect) is None
    zhao.lock()

    again = unlock_laptop(aside, WORD, office.clock)
    assert synchronise_laptop(again).photos_sent == 1
    again.lock()
    sent = [request for request in line.requests if request.startswith(b"PATCH")]
    assert len(sent) == 2
    assert f"upload-offset: {CHUNK}".encode() in sent[0].lower()
    assert office.administration.incomplete() == []
