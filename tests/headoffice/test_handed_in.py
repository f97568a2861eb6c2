"""What a laptop that was shut out handed in, let in by a person: nothing in it stops what is beside it (SYNC 42)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable

import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.headoffice import parcel_key, parcels
from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.exchange import LIMITS
from fieldapp.headoffice.parcels import Admitted
from fieldapp.headoffice.scope import Caller
from fieldapp.headoffice.uploads import Uploads
from fieldapp.protocol.changes import Change, encode_change
from fieldapp.protocol.parcel import Parcel, PhotoPiece, seal
from tests.headoffice import changes_to_send as send
from tests.headoffice.changes_to_send import FixedClock
from tests.headoffice.laptops import Laptop

HAND_IN = "0" * 32


@pytest.fixture
def laptop(laptop_of: Callable[[str], Laptop]) -> Laptop:
    made = laptop_of("zhang")
    made.sync(send.prospect("p1"))
    return made


def hand_in(office: Administration, laptop: Laptop, *handed: Parcel) -> None:
    key = parcel_key.key(office.store)
    for number, parcel in enumerate(handed):
        sealed, last = seal(parcel, key), number == len(handed) - 1
        caller = Caller(laptop.device, laptop.author)
        parcels.receive(office.store, FixedClock(), caller, HAND_IN, number, sealed, last=last)


def admitted(office: Administration, laptop: Laptop, *handed: Parcel) -> Admitted:
    hand_in(office, laptop, *handed)
    return office.admit(HAND_IN, "hu")


def of_changes(laptop: Laptop, *changes: Change) -> Parcel:
    return Parcel(device=laptop.device, changes=[encode_change(change) for change in changes])


def of_photo(laptop: Laptop, photo: bytes, digest: str = "", length: int | None = None) -> Parcel:
    piece = PhotoPiece(
        digest=digest or hashlib.sha256(photo).hexdigest(),
        offset=0,
        length=len(photo) if length is None else length,
        content=photo,
    )
    return Parcel(device=laptop.device, photos=[piece])


def _person(record: str, name: object = "王小明", **rest: int) -> Change:
    """A member of a household, of one group; a name that is a number is refused."""
    fields = send.person(record).fields | {"name": (None, name)}
    return send.change("person", record, fields, new=True, parent="p1", group="g1", **rest)


@pytest.mark.parametrize(
    ("digest", "length"),
    [("a" * 64, None), ("a" * 64, LIMITS.attachment_bytes + 1), ("a" * 64, 1), ("not hexadecimal", None)],
)
def test_damaged_photo_is_told_and_everything_else_goes_on(
    digest: str, length: int | None, office: Administration, clock: FixedClock, laptop: Laptop
) -> None:
    good = os.urandom(1000)
    handed = (
        of_photo(laptop, b"damaged", digest, length),
        of_photo(laptop, good),
        of_changes(laptop, send.visit("v1")),
    )
    done = admitted(office, laptop, *handed)
    assert done == Admitted({"accepted": 1}, photos=1, photos_not_whole=1)
    assert (
        Uploads(office.store, clock)
        .status(Caller(laptop.device, laptop.author), hashlib.sha256(good).hexdigest())
        .complete
    )
    (row,) = office.hand_ins()
    assert row.admitted_at is not None
    assert office.admit(HAND_IN, "hu") == done, "admitted again it changes nothing"


def test_photo_that_lacks_its_end_is_not_whole(office: Administration, laptop: Laptop) -> None:
    assert admitted(office, laptop, of_photo(laptop, b"half of it", "a" * 64, 20)).photos_not_whole == 1


@pytest.mark.parametrize("before", [0, 100, 198, 199])
def test_group_is_not_divided_between_transactions(before: int, office: Administration, laptop: Laptop) -> None:
    visits = [send.visit(f"v{number}") for number in range(before)]
    group = [_person(f"q{number}") for number in range(2)]
    wrong = _person("q9", name=5)
    done = admitted(office, laptop, of_changes(laptop, *visits, *group, wrong))
    assert done.outcomes == {**({"accepted": before} if before else {}), "waits": 2, "refused": 1}


def test_group_of_more_than_is_admitted_at_once_is_not_divided(office: Administration, laptop: Laptop) -> None:
    group = [_person(f"q{number}") for number in range(230)]
    wrong = _person("q999", name=5)
    assert admitted(office, laptop, of_changes(laptop, *group, wrong)).outcomes == {"waits": 230, "refused": 1}


def test_what_waits_for_something_handed_in_behind_it_is_let_in(office: Administration, laptop: Laptop) -> None:
    beginning, later, more = send.prospect("p2"), send.visit("v2", "p2"), send.visit("v3", "p2")
    handed = (of_changes(laptop, later), of_changes(laptop, beginning, more))
    assert admitted(office, laptop, *handed).outcomes == {"accepted": 3}


def test_group_that_was_corrected_meanwhile_comes_whole_a_second_time(office: Administration, laptop: Laptop) -> None:
    good = _person("q1")
    wrong = _person("q2", name=5)
    assert laptop.outcomes(good, wrong) == ["waits", "refused"]
    right = _person("q2", n=wrong.n)
    hand_in(office, laptop, of_changes(laptop, good), of_changes(laptop, good, right))
    assert office.look_into(HAND_IN).changes == {"person": 2}, "each is counted once"
    assert office.admit(HAND_IN, "hu").outcomes == {"accepted": 2}


def test_what_was_let_in_is_never_replaced(office: Administration, laptop: Laptop) -> None:
    assert admitted(office, laptop, of_changes(laptop, send.visit("v1"))).outcomes == {"accepted": 1}
    with pytest.raises(Actionable) as refused:
        hand_in(office, laptop, of_changes(laptop, send.visit("v2")))
    assert refused.value.code == "admitted"
    assert office.look_into(HAND_IN).changes == {"visit": 1}
    (row,) = office.hand_ins()
    assert row.admitted_by == "hu"


def test_what_is_replaced_while_it_is_let_in_does_not_count_as_let_in(
    office: Administration, laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = send.visit("v1")
    hand_in(office, laptop, of_changes(laptop, first))
    run = parcels._Admission.run

    def replaced_meanwhile(admission: parcels._Admission) -> None:
        run(admission)
        hand_in(office, laptop, of_changes(laptop, first, send.visit("v2")))

    with monkeypatch.context() as patched:
        patched.setattr(parcels._Admission, "run", replaced_meanwhile)
        with pytest.raises(Actionable) as refused:
            office.admit(HAND_IN, "hu")
    assert refused.value.code == "hand_in_unfinished"
    assert office.admit(HAND_IN, "hu").outcomes == {"accepted": 2}


def test_who_begins_to_decide_while_it_is_let_in_gets_no_customer(
    office: Administration, laptop_of: Callable[[str], Laptop], monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop = laptop_of("li")
    hand_in(office, laptop, of_changes(laptop, send.prospect("p9", actor="li")))
    run = parcels._Admission.run

    def decides_meanwhile(admission: parcels._Admission) -> None:
        office.change_staff("li", role="reviewer")
        run(admission)

    with monkeypatch.context() as patched:
        patched.setattr(parcels._Admission, "run", decides_meanwhile)
        with pytest.raises(Actionable) as refused:
            office.admit(HAND_IN, "hu")
    assert refused.value.code == "busy"
    assert office.admit(HAND_IN, "hu").outcomes == {"merged": 1}
    (customer,) = office.records_of("prospect")
    assert customer.owner == "hu"
