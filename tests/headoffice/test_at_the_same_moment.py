"""Two who do the same at head office at one moment, as two processes on PostgreSQL may: what both are told is true."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.headoffice import keyed_digests, parcel_key, seals
from fieldapp.headoffice.administration import Administration, open_head_office
from fieldapp.headoffice.enrolment import enrol
from fieldapp.headoffice.keyed_digests import KeyedDigests
from fieldapp.headoffice.storage.accounts import Accounts
from fieldapp.protocol.messages import EnrolRequest
from tests.headoffice.a_case import MSED
from tests.headoffice.changes_to_send import BRANCH, FixedClock, branch

MEET_S = 0.5
"""How long the one waits for the other, who may be kept from coming."""


@pytest.fixture
def other(office: Administration, location: str, clock: FixedClock) -> Iterator[Administration]:
    """The same head office in what might be another process."""
    administration = open_head_office(location, clock)
    yield administration
    administration.store.close()


def meeting(work: Callable[..., Any]) -> Callable[..., Any]:
    """``work``, done when two have come to it, or when one has waited in vain."""
    barrier = threading.Barrier(2)

    def met(*given: Any, **more: Any) -> Any:
        with suppress(threading.BrokenBarrierError):
            barrier.wait(MEET_S)
        return work(*given, **more)

    return met


def both(*works: Callable[[], Any]) -> list[Any]:
    """What each came to: its result, or the code with which it was refused."""

    def told(work: Callable[[], Any]) -> Any:
        try:
            return work()
        except Actionable as refused:
            return refused.code

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(told, works))


def test_laptops_that_enrol_first_get_one_key_to_parcels(
    office: Administration, other: Administration, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parcel_key, "new_parcel_key", meeting(parcel_key.new_parcel_key))
    asked = [EnrolRequest(protocol=2, code=office.issue_code(staff).code, device_name="") for staff in ("zhang", "li")]
    one, two = both(
        lambda: enrol(office.store, clock, asked[0]).parcel_key, lambda: enrol(other.store, clock, asked[1]).parcel_key
    )
    assert one == two == parcel_key.key(office.store)


def test_one_code_enrols_one_laptop(office: Administration, other: Administration, clock: FixedClock) -> None:
    asked = EnrolRequest(protocol=2, code=office.issue_code("zhang").code, device_name="")
    told = both(*(lambda at=at: enrol(at.store, clock, asked).device for at in (office, other)))  # type: ignore[misc]
    assert told.count("code_used") == 1
    assert [line.device for line in office.devices()] == [one for one in told if one != "code_used"]


def test_numbers_are_compared_under_one_key(
    office: Administration, other: Administration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyed_digests.secrets, "token_hex", meeting(keyed_digests.secrets.token_hex))

    def digest(at: Administration) -> str | None:
        with at.store.writing() as unit:
            return KeyedDigests(unit.accounts).of("mobile", "13800138000")

    one, two = both(lambda: digest(office), lambda: digest(other))
    assert one == two == digest(office)


def test_one_authority_certifies(
    office: Administration, other: Administration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seals, "_SETTING", "another_authority")
    monkeypatch.setattr(seals.ec, "generate_private_key", meeting(seals.ec.generate_private_key))
    one, two = both(office.seal_authority, other.seal_authority)
    assert one == two == office.seal_authority()


def test_somebody_who_left_stays_out_though_they_are_renamed(
    office: Administration, other: Administration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Accounts, "put_staff", meeting(Accounts.put_staff))
    assert both(lambda: office.retire_staff("li"), lambda: other.change_staff("li", name="李四")) == [None, None]
    (li,) = [one for one in office.staff() if one.staff == "li"]
    assert (li.name, li.active) == ("李四", False)


def test_a_product_has_one_newest_version(
    office: Administration, other: Administration, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.put_product(MSED)
    monkeypatch.setattr(Administration, "_publish", meeting(Administration._publish))
    assert sorted(both(lambda: office.put_product(MSED), lambda: other.put_product(MSED))) == [2, 3]
    assert [one.version for one in office.products() if one.on_sale] == [3]


def test_a_sub_branch_is_added_once(
    office: Administration, other: Administration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Accounts, "put_branch", meeting(Accounts.put_branch))
    assert sorted(both(*(lambda at=at: at.add_branch(branch("NEW")) for at in (office, other)))) == [  # type: ignore[misc]
        "NEW",
        "branch_exists",
    ]
    assert [one.code for one in office.branches()] == ["CB02", "NEW", BRANCH]
