"""The accounts of an application reach head office and the officer's other laptop whole, photographs included."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
from PIL import Image

from fieldapp.services.apply_for_loan import ApplyForLoan
from fieldapp.services.rebuild_accounts import RebuildAccounts
from tests.services.test_rebuild_accounts import SHEET
from tests.sync.office import LI, Laptop, Office

LaptopOf = Callable[..., Laptop]


def test_accounts_and_their_evidence_arrive_whole(office: Office, laptop_of: LaptopOf, tmp_path: Path) -> None:
    one, other = laptop_of(LI), laptop_of(LI)
    prospect, _person = one.prospect()
    application = ApplyForLoan(one.store).start(prospect)
    picture = tmp_path / "meter.jpg"
    Image.new("RGB", (40, 30), (10, 80, 60)).save(picture)
    here, there = RebuildAccounts(one.store), RebuildAccounts(other.store)
    saved = here.save(here.open(application), msgspec.structs.replace(SHEET, photos={"water": (str(picture),)}))
    assert one.sync().photos_sent == 1
    assert other.sync().photos_received == 1
    arrived = there.open(application)
    assert arrived.shown.statement == saved.shown.statement
    assert arrived.shown.checks == saved.shown.checks
    assert arrived.sheet == saved.sheet
    with other.store.reading() as view:
        assert view.attachments.content(arrived.photos["water"][0].digest) == picture.read_bytes()


def test_two_laptops_that_changed_the_same_accounts_leave_it_to_a_person(office: Office, laptop_of: LaptopOf) -> None:
    one, other = laptop_of(LI), laptop_of(LI)
    prospect, _person = one.prospect()
    application = ApplyForLoan(one.store).start(prospect)
    here, there = RebuildAccounts(one.store), RebuildAccounts(other.store)
    saved = here.save(here.open(application), SHEET)
    one.sync()
    other.sync()
    arrived = there.open(application)
    there.save(arrived, msgspec.structs.replace(arrived.sheet, equity_claimed="1"))
    here.save(saved, msgspec.structs.replace(saved.sheet, equity_claimed="2", facts={"water": "12 吨"}))
    other.sync()
    one.sync()
    open_here = here.open(application)
    assert open_here.shown.in_conflict
    assert open_here.sheet.facts == {"water": "12 吨"}
