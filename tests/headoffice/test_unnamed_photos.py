"""Photos that no record names are removed after a while, and none that anything may still name."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable

import pytest

from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.parcel_key import public_key
from fieldapp.headoffice.scope import Caller
from fieldapp.headoffice.storage.attachments import own_copy
from fieldapp.headoffice.unnamed_photos import remove_unnamed
from fieldapp.headoffice.uploads import Uploads
from fieldapp.protocol.changes import encode_change
from fieldapp.protocol.parcel import Parcel, seal
from tests.headoffice import changes_to_send as send
from tests.headoffice.changes_to_send import BRANCH, FixedClock
from tests.headoffice.laptops import Laptop

Enrol = Callable[[str], Laptop]

PHOTO = b"the shop from the street" * 40
DIGEST = hashlib.sha256(PHOTO).hexdigest()


class Photos:
    """What Zhang's laptop sends, and what of it stands."""

    def __init__(self, office: Administration, clock: FixedClock, laptop: Laptop) -> None:
        self._office = office
        self.uploads = Uploads(office.store, clock)
        self.caller = Caller(laptop.device, laptop.author, 0, None)

    def send(self, much: int = len(PHOTO)) -> None:
        self.uploads.append(self.caller, DIGEST, 0, PHOTO[:much], len(PHOTO))

    def removed(self, days: int = 30) -> tuple[int, int]:
        done = self._office.remove_unnamed_photos(days)
        return done.photos, done.photo_bytes

    def stands(self, name: str = DIGEST) -> int:
        """How many bytes of it do, whatever is noted of them."""
        with self._office.store.reading() as unit:
            return sum(len(piece) for _start, piece in unit.attachments.pieces(name))


@pytest.fixture
def zhang(laptop_of: Enrol) -> Laptop:
    laptop = laptop_of("zhang")
    laptop.sync(send.prospect())
    return laptop


@pytest.fixture
def photos(office: Administration, clock: FixedClock, zhang: Laptop) -> Photos:
    return Photos(office, clock, zhang)


@pytest.mark.parametrize("much", [len(PHOTO), 100], ids=["whole", "begun"])
def test_what_no_record_names_is_removed_after_a_while(photos: Photos, clock: FixedClock, much: int) -> None:
    photos.send(much)
    clock.move(days=29)
    assert photos.removed() == (0, 0)
    clock.move(days=2)
    assert photos.removed() == (1, much)
    assert photos.stands() == 0
    assert photos.removed() == (0, 0)


@pytest.mark.parametrize("much", [len(PHOTO), 100], ids=["whole", "begun"])
def test_what_a_record_names_stays(photos: Photos, zhang: Laptop, clock: FixedClock, much: int) -> None:
    photos.send(much)
    zhang.sync(send.visit(photos=(DIGEST,)))
    clock.move(days=400)
    assert photos.removed() == (0, 0)
    assert photos.stands() == much


def test_what_a_record_of_another_branch_names_by_now_stays(
    office: Administration, photos: Photos, zhang: Laptop, clock: FixedClock
) -> None:
    photos.send()
    zhang.sync(send.visit(photos=(DIGEST,)))
    office.reassign("p1", "wu")
    clock.move(days=400)
    assert photos.removed() == (0, 0)


def test_a_laptop_whose_record_comes_late_is_told_to_send_it_again(
    photos: Photos, zhang: Laptop, clock: FixedClock
) -> None:
    photos.send()
    clock.move(days=400)
    assert photos.removed() == (1, len(PHOTO))
    assert zhang.sync(send.visit(photos=(DIGEST,))).missing == [DIGEST]
    photos.send()
    assert photos.uploads.size(photos.caller, DIGEST) == len(PHOTO)


def test_laptops_own_copies_go_with_it_and_not_before(
    office: Administration, photos: Photos, laptop_of: Enrol, clock: FixedClock
) -> None:
    photos.uploads.append(photos.caller, DIGEST, 0, b"?" * len(PHOTO), None)
    other = laptop_of("li")
    li = Caller(other.device, other.author, 0, None)
    clock.move(days=20)
    photos.uploads.append(li, DIGEST, 0, PHOTO[:100], len(PHOTO))
    own = own_copy(DIGEST, other.device)
    assert photos.stands(own) == 100
    clock.move(days=20)
    assert photos.removed() == (0, 0), "somebody goes on with it"
    clock.move(days=20)
    assert photos.removed() == (1, len(PHOTO) + 100)
    assert photos.stands() == photos.stands(own) == 0


def test_what_was_handed_in_keeps_its_photos(
    office: Administration, photos: Photos, zhang: Laptop, clock: FixedClock
) -> None:
    """A hand-in leaves out the photos that head office has already."""
    photos.send()
    visit = encode_change(send.visit(photos=(DIGEST,)))
    with office.store.writing() as unit:
        sealed = seal(Parcel(device=zhang.device, changes=[visit]), public_key(unit))
        unit.parcels.keep(BRANCH, zhang.device, "a" * 32, 0, sealed, send.AT, last=True)
    clock.move(days=400)
    assert photos.removed() == (0, 0)
    with office.store.writing() as unit:
        unit.parcels.keep(BRANCH, zhang.device, "b" * 32, 0, b"not ours", send.AT, last=True)
    assert photos.removed() == (0, 0), "another that nobody can read changes nothing"


def test_who_names_one_while_it_is_removed_keeps_it_or_is_told_that_it_is_missing(
    office: Administration, photos: Photos, zhang: Laptop, clock: FixedClock
) -> None:
    told: dict[str, bool] = {}

    def name(number: int, digest: str) -> None:
        told[digest] = bool(zhang.sync(send.visit(f"v{number}", photos=(digest,))).missing)

    for number in range(10):
        content = PHOTO + str(number).encode()
        digest = hashlib.sha256(content).hexdigest()
        photos.uploads.append(photos.caller, digest, 0, content, len(content))
        clock.move(days=400)
        naming = threading.Thread(target=name, args=(number, digest))
        naming.start()
        remove_unnamed(office.store, clock.now())
        naming.join()
    assert told == {digest: not photos.stands(digest) for digest in told}
    assert {one.digest for one in photos.uploads.awaited()} == {digest for digest, missing in told.items() if missing}
