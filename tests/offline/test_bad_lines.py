"""What a line can do to an exchange, and what then must still be true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest

from fieldapp.sync.pace import Pace
from fieldapp.sync.portions import Portions
from fieldapp.sync.summary import Stage
from fieldapp.sync.troubles import (
    AnotherSync,
    Cancelled,
    NotHeadOffice,
    RequestRefused,
    SignInAgain,
    SyncTrouble,
    TryLater,
    UpgradeNeeded,
)
from tests.offline.fault_proxy import DRIP, LOST_REPLY, LOST_REQUEST, PASS, TWICE, Fault, FaultProxy, answering
from tests.sync.office import LI, START, FixedClock, Laptop, Office

LaptopOf = Callable[..., Laptop]


def recorded_once(office: Office, laptop: Laptop) -> bool:
    """Every record of the laptop is at head office, each change counted once."""
    counted = Counter(entry.change for entry in office.journal())
    here = laptop.all_records().values()
    return set(counted.values()) <= {1} and all(office.record(k.id).values == k.base == k.screen for k in here)


def test_lost_reply_does_not_record_twice(office: Office, line: FaultProxy, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    prospect, _person = laptop.prospect()
    laptop.visit(prospect)
    for _ in range(5):
        line.plan.append(LOST_REPLY)
        with pytest.raises(TryLater):
            laptop.sync()
        assert len(laptop.queued()) == 3
        assert len(office.journal()) == 3
    summary = laptop.sync()
    assert (summary.accepted, summary.unsent) == (3, 0)
    assert len(office.journal()) == 3
    assert recorded_once(office, laptop)


def test_what_is_typed_after_a_lost_reply_follows_on_it(office: Office, line: FaultProxy, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    _prospect, person = laptop.prospect("甲")
    line.plan.append(LOST_REPLY)
    with pytest.raises(TryLater):
        laptop.sync()
    laptop.edit(person, name="乙")
    laptop.sync()
    assert office.record(person).values["name"] == "乙"
    assert office.record(person).conflicts == ()
    assert recorded_once(office, laptop)


def test_a_line_that_always_breaks_after_some_bytes_is_asked_for_less_until_all_is_through(
    office: Office, line: FaultProxy, laptop_of: LaptopOf
) -> None:
    def breaking(request: bytes) -> Fault:
        return Fault(request_bytes=6_000) if len(request) > 6_000 else Fault(reply_bytes=6_000)

    def through(laptop: Laptop) -> bool:
        with suppress(TryLater):
            return laptop.sync().unsent == 0
        return False

    sending, fetching = laptop_of(LI), laptop_of(LI)
    for number in range(300):
        sending.prospect(f"客户{number}")
    line.choose = breaking
    assert any(through(sending) for _ in range(20))
    assert any(through(fetching) for _ in range(20))
    assert recorded_once(office, sending)
    assert {k.id: k.base for k in fetching.all_records().values()} == {
        k.id: k.base for k in sending.all_records().values()
    }
    line.choose = lambda _request: PASS
    for number in range(60):
        fetching.prospect(f"新客户{number}")
        fetching.sync()
    with fetching.store.reading() as view:
        assert Portions.kept(view.state) == Portions()


def test_reply_cut_anywhere_moves_no_cursor_and_loses_nothing(
    office: Office, line: FaultProxy, laptop_of: LaptopOf
) -> None:
    other, laptop = laptop_of(LI), laptop_of(LI)
    for number in range(5):
        other.prospect(f"客户{number}")
    other.sync()
    laptop.prospect("我")
    line.plan.append(LOST_REPLY)
    with pytest.raises(TryLater):
        laptop.sync()
    length = len(line.replies[-1])
    for position in sorted({*range(0, length, max(1, length // 40)), 1, length - 2, length - 1}):
        line.plan.append(Fault(reply_bytes=position))
        with pytest.raises(TryLater):
            laptop.sync()
        assert laptop.cursor() is None
        assert len(laptop.queued()) == 2
        assert len(laptop.all_records()) == 2
    laptop.sync()
    assert laptop.queued() == []
    assert recorded_once(office, laptop)
    assert len([k for k in laptop.all_records().values() if k.kind == "prospect"]) == 6


def test_request_cut_anywhere_records_nothing(office: Office, line: FaultProxy, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    laptop.prospect()
    line.plan.append(LOST_REQUEST)
    with pytest.raises(TryLater):
        laptop.sync()
    for position in range(1, len(line.requests[-1]), len(line.requests[-1]) // 20):
        line.plan.append(Fault(request_bytes=position))
        with pytest.raises(TryLater):
            laptop.sync()
    assert office.journal() == []
    laptop.sync()
    assert recorded_once(office, laptop)


def test_request_that_arrives_twice_counts_once(office: Office, line: FaultProxy, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    laptop.prospect()
    line.plan.append(TWICE)
    assert laptop.sync().accepted == 2
    assert len(office.journal()) == 2
    assert recorded_once(office, laptop)


def test_slow_line_is_still_a_line(office: Office, line: FaultProxy, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    laptop.prospect()
    line.plan.append(DRIP)
    assert laptop.sync().accepted == 2
    assert recorded_once(office, laptop)


PORTAL = "<!DOCTYPE html><title>免费上网</title><form>请登录</form>"


@pytest.mark.parametrize(
    "portal",
    [
        answering(200, PORTAL, Content_Type="text/html"),
        answering(200, "{}", Content_Type="application/vnd.fieldapp+json"),
        answering(200, PORTAL, Content_Type="application/vnd.fieldapp+json", X_Fieldapp_Request="portal"),
        answering(302, Location="http://portal.example/"),
        answering(401, PORTAL, Content_Type="text/html"),
        answering(403, PORTAL, Content_Type="text/html"),
        answering(404, PORTAL, Content_Type="text/html"),
        answering(413, PORTAL, Content_Type="text/html"),
        answering(426, PORTAL, Content_Type="text/html"),
        answering(511, PORTAL, Content_Type="text/html"),
    ],
)
def test_captive_portal_is_not_head_office(
    portal: Fault, office: Office, line: FaultProxy, laptop_of: LaptopOf
) -> None:
    laptop = laptop_of(LI)
    laptop.prospect()
    line.plan.append(portal)
    with pytest.raises(NotHeadOffice):
        laptop.sync()
    assert len(laptop.queued()) == 2
    assert office.journal() == []
    laptop.sync()
    assert recorded_once(office, laptop)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_pause_that_is_asked_for_is_kept(status: int, line: FaultProxy, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    laptop.prospect()
    line.plan.append(answering(status, "busy", Retry_After="120"))
    with pytest.raises(TryLater) as busy:
        laptop.sync()
    assert busy.value.code == "busy"
    pace = Pace()
    assert all(pace.after_trouble(busy.value) >= 120 for _ in range(20))
    assert laptop.sync().accepted == 2


@pytest.mark.parametrize(
    "named", ["", "soon", "-5", "inf", "nan", "1e9", "99999999999999999999", "Wed, 21 Oct 2026 07:28:00 GMT"]
)
def test_nonsense_pause_does_not_stop_a_laptop_for_ever(named: str, line: FaultProxy, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    line.plan.append(answering(503, "busy", Retry_After=named))
    with pytest.raises(TryLater) as busy:
        laptop.sync()
    assert 0 < Pace().after_trouble(busy.value) < 10 * 3600


def test_failures_space_out_and_success_brings_the_pace_back() -> None:
    pace = Pace()
    trouble = NotHeadOffice()
    waits = [pace.after_trouble(trouble) for _ in range(12)]
    assert waits[0] <= 15
    assert 900 <= waits[-1] <= 1350
    assert pace.after_change() >= 900
    pace.after_success()
    assert pace.after_change() < 10
    assert pace.after_trouble(SignInAgain("revoked")) is None
    assert pace.after_trouble(UpgradeNeeded()) is None
    assert pace.after_trouble(RequestRefused("malformed")) is None
    assert pace.after_trouble(AnotherSync()) is not None


@pytest.mark.parametrize("years", [-10, -1, 1, 10])
def test_clock_years_off_changes_nothing(years: int, office: Office, line: FaultProxy, laptop_of: LaptopOf) -> None:
    right, wrong = laptop_of(LI), laptop_of(LI, FixedClock(START + timedelta(days=365 * years)))
    prospect, person = right.prospect("甲")
    right.sync()
    wrong.sync()
    wrong.visit(prospect, "facts")
    wrong.edit(person, mobile="13900000001")
    right.edit(person, name="乙")
    assert abs(wrong.sync().skew_s - years * 365 * 86400) < 2
    right.sync()
    right.edit(person, mobile="13900000002")  # over the value it was shown: no conflict
    right.sync()
    wrong.sync()
    assert office.record(person).values["mobile"] == "13900000002"
    assert office.record(person).conflicts == ()
    assert recorded_once(office, right)
    assert recorded_once(office, wrong)


def test_stopped_at_any_point_goes_on_from_there(office: Office, line: FaultProxy, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    prospect, _person = laptop.prospect()
    for number in range(3):
        laptop.visit(prospect, f"facts {number}", (bytes([number]) * 600_000,))
    looks = 0
    for stop_at in range(1, 40):
        looks = 0

        def cancelled(stop_at: int = stop_at) -> bool:
            nonlocal looks
            looks += 1
            return looks >= stop_at

        try:
            laptop.sync(cancelled=cancelled)
            break
        except Cancelled:
            continue
    assert laptop.queued() == []
    assert recorded_once(office, laptop)
    assert office.administration.incomplete() == []
    assert len(office.journal()) == 5


def test_progress_only_moves_forward(line: FaultProxy, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    prospect, _person = laptop.prospect()
    laptop.visit(prospect, photos=(b"x" * 700_000,))
    told: dict[Stage, list[int]] = {}
    laptop.sync(progress=lambda stage, done, *_: told.setdefault(Stage(stage), []).append(done))
    assert told[Stage.CHANGES][0] == 0
    assert told[Stage.CHANGES][-1] == 3
    assert all(done == sorted(done) for done in told.values())


def test_revoked_laptop_keeps_its_work_and_sends_nothing(office: Office, line: FaultProxy, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    laptop.prospect()
    office.administration.revoke(laptop.enrolment.device)
    with pytest.raises(SignInAgain) as told:
        laptop.sync()
    assert told.value.code == "revoked"
    assert Pace().after_trouble(told.value) is None
    assert len(laptop.queued()) == 2
    assert office.journal() == []


def test_every_trouble_says_that_the_work_is_safe(line: FaultProxy, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    for fault in (LOST_REPLY, LOST_REQUEST, answering(200, PORTAL), answering(503)):
        line.plan.append(fault)
        with pytest.raises(SyncTrouble) as told:
            laptop.sync()
        assert told.value.advice is not None
    line.plan.append(PASS)
    laptop.sync()
