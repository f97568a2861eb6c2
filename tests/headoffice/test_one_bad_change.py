"""One bad change never stops the others: whatever it says, it is refused with its reason, and nothing waits for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import count
from typing import Any

import msgspec
import pytest
from sqlalchemy.exc import OperationalError

from fieldapp.headoffice import exchange
from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.cursor import decode_cursor, encode_cursor
from fieldapp.headoffice.exchange import Exchange
from fieldapp.headoffice.push import Manner
from fieldapp.headoffice.scope import Caller
from fieldapp.headoffice.storage.records import Records
from fieldapp.headoffice.storage.store import Busy
from fieldapp.protocol.changes import Change
from tests.headoffice import changes_to_send as send
from tests.headoffice.a_case import customer, filled, submission
from tests.headoffice.consents_to_send import bureau_debt, consent, signed_case
from tests.headoffice.laptops import Laptop

Enrol = Callable[[str], Laptop]
NAIVE = "2026-06-01T01:40:00"


def saying(change: Change, **values: Any) -> Change:
    """The change with other values typed."""
    return msgspec.structs.replace(change, fields=change.fields | {name: (None, v) for name, v in values.items()})


def answered(laptop: Laptop, *changes: Change) -> list[tuple[str, str | None]]:
    """The outcome of each change, and the field that was refused."""
    receipts = {one.change: one for one in laptop.sync(*changes).receipts}
    return [(receipts[one.id].outcome, receipts[one.id].field) for one in changes]


@pytest.mark.parametrize(
    "values",
    [
        {"ended_at": NAIVE},
        {"started_at": "2026-06-01T01:00:00"},
        {"started_at": "2026-06-01T01:00:00", "ended_at": NAIVE},
        {"started_at": "0001-01-01T00:00:00Z", "ended_at": "0001-01-01T01:00:00Z"},
        {"started_at": "9999-12-31T22:00:00Z", "ended_at": "9999-12-31T23:00:00Z"},
    ],
)
def test_a_visit_at_no_certain_time_is_refused_and_stops_nothing(laptop_of: Enrol, values: dict[str, Any]) -> None:
    laptop = laptop_of("zhang")
    laptop.sync(send.prospect())
    odd = saying(send.visit("v2"), **values)
    first, second, third = answered(laptop, send.visit("v1"), odd, send.visit("v3"))
    assert first == third == ("accepted", None)
    assert second == ("refused", next(iter(values)))


@pytest.mark.parametrize(
    ("part", "value"),
    [(part, name) for part in ("record", "stream", "parent") for name in ("a\x00b", "一", "")]
    + [("n", number) for number in (-1, 2**62, 2**63, -(2**63) - 1, 10**30)],
)
@pytest.mark.parametrize("sent", ["visit", "prospect", "edit"])
def test_what_no_record_or_number_could_be_is_refused_and_stops_nothing(
    sent: str, part: str, value: object, laptop_of: Enrol
) -> None:
    laptop = laptop_of("zhang")
    laptop.sync(send.prospect())
    edit = send.change("prospect", "p1", {"remark": (None, "typed")}, guard={"deleted": False})
    good = {"visit": send.visit("v2"), "prospect": send.prospect("p2"), "edit": edit}[sent]
    odd = msgspec.structs.replace(good, id=f"odd-{sent}", **{part: value})
    first, second, third = answered(laptop, send.visit("v1"), odd, send.visit("v3"))
    assert first == third == ("accepted", None)
    assert second == ("refused", part)
    assert answered(laptop, odd) == [("refused", part)]
    assert answered(laptop, good) == [("accepted", None)], "the correction, under the number it has"


def test_a_cameras_clock_need_not_name_its_zone(laptop_of: Enrol) -> None:
    laptop = laptop_of("zhang")
    laptop.sync(send.prospect())
    visit = send.visit("v1", photos=("a" * 64,))
    taken = {**visit.fields["photos"][1][0], "taken_at": "2026-06-01T09:10:00"}
    assert answered(laptop, saying(visit, photos=[taken])) == [("accepted", None)]


def test_an_edit_to_a_time_without_its_zone_is_refused(laptop_of: Enrol) -> None:
    laptop = laptop_of("zhang")
    laptop.sync(send.prospect(), send.application())
    edit = send.change("application", "a1", {"submitted_at": (None, NAIVE)})
    assert answered(laptop, edit) == [("refused", "submitted_at")]


def test_a_zone_that_nobody_knows_is_kept_for_the_time_says_its_own(laptop_of: Enrol) -> None:
    laptop = laptop_of("zhang")
    laptop.sync(send.prospect())
    assert answered(laptop, send.visit("v1", zone="Nowhere/Nowhere")) == [("accepted", None)]


@pytest.mark.parametrize("made_at", ["yesterday", NAIVE, ""])
def test_a_submission_made_at_no_certain_time_is_refused_and_waits_for_nothing(laptop_of: Enrol, made_at: str) -> None:
    laptop = laptop_of("zhang")
    laptop.sync(*customer(), filled(), *signed_case())
    submitted = msgspec.structs.replace(submission(), made_at=made_at)
    assert answered(laptop, submitted, send.visit("v1")) == [("refused", "made_at"), ("accepted", None)]


@pytest.mark.parametrize("made_at", ["yesterday", NAIVE])
def test_what_the_bureau_told_at_no_certain_time_is_refused(laptop_of: Enrol, made_at: str) -> None:
    laptop = laptop_of("zhang")
    laptop.sync(*customer(), filled(), *signed_case())
    assert answered(laptop, msgspec.structs.replace(bureau_debt(), made_at=made_at)) == [("refused", "made_at")]


@pytest.mark.parametrize("field", ["kind", "text_version"])
def test_a_consent_to_something_that_is_no_text_is_refused(laptop_of: Enrol, field: str) -> None:
    laptop = laptop_of("zhang")
    laptop.sync(*customer(), filled())
    assert answered(laptop, saying(consent("c1"), **{field: {"a": 1}})) == [("refused", field)]


def test_a_branch_heads_prospect_of_nobody_is_the_branch_heads(office: Administration, laptop_of: Enrol) -> None:
    hu = laptop_of("hu")
    theirs = send.prospect(actor="hu")
    without = {name: pair for name, pair in theirs.fields.items() if name != "owner"}
    assert answered(hu, msgspec.structs.replace(theirs, fields=without)) == [("accepted", None)]


def test_what_nobody_foresaw_is_wrong_with_one_change_alone(laptop_of: Enrol, monkeypatch: pytest.MonkeyPatch) -> None:
    from fieldapp.headoffice import arrivals

    def stumbling(change: Change, **_rest: object) -> None:
        if change.record == "p2":
            raise ZeroDivisionError

    monkeypatch.setattr(arrivals, "broken_by_itself", stumbling)
    laptop = laptop_of("zhang")
    sent = [send.prospect("p1"), send.prospect("p2"), send.prospect("p3")]
    assert answered(laptop, *sent) == [("accepted", None), ("refused", "change"), ("accepted", None)]


@pytest.mark.parametrize("day", [date(1, 1, 1), date(9999, 12, 31)])
def test_a_day_without_a_day_before_or_after_it_has_nothing_of_its_own(laptop_of: Enrol, day: date) -> None:
    laptop = laptop_of("zhang")
    laptop.sync(send.prospect())
    new = laptop_of("zhang")
    assert new.ask(new.request(cursor=None, marks={}, day=day, page=1)).states == []


def test_a_pull_that_began_before_head_office_fell_back_ends_at_what_there_is(laptop_of: Enrol) -> None:
    laptop = laptop_of("zhang")
    laptop.sync(send.prospect())
    further = {
        stream: msgspec.structs.replace(position, until=position.until + 1_000)
        for stream, position in decode_cursor(laptop.cursor).items()
    }
    reply = laptop.ask(laptop.request(cursor=encode_cursor(further)))
    assert not reply.more
    assert decode_cursor(reply.cursor) == decode_cursor(laptop.cursor)


def test_a_question_answered_late_does_not_turn_the_counter_back(
    office: Administration, exchange: Exchange, laptop_of: Enrol, clock: send.FixedClock
) -> None:
    laptop = laptop_of("zhang")
    laptop.sync(send.prospect())

    def counter() -> int:
        with office.store.reading() as unit:
            device = unit.accounts.device(laptop.device)
        assert device is not None
        return device.counter

    def asks(_unit: object) -> Caller:
        caller = Caller(laptop.device, laptop.author, counter(), None)
        laptop.sync(send.visit("v9"))  # comes in between
        return caller

    clock.move(minutes=5)
    before = counter()
    exchange.glance(asks, laptop.cursor or "", before + 1)
    assert counter() == before + 1


@pytest.mark.parametrize("group", [None, "g1"])
def test_a_lock_or_a_lost_line_is_no_fault_of_the_change_it_befalls(
    group: str | None, office: Administration, laptop_of: Enrol, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is typed after it would overtake it, and stand against it as a conflict."""
    laptop = laptop_of("zhang")
    laptop.sync(send.prospect())
    first = send.change("prospect", "p1", {"remark": (None, "一")}, guard={"deleted": False}, group=group)
    after = ((first.id, "remark"),)
    second = send.change("prospect", "p1", {"remark": ("一", "二")}, guard={"deleted": False}, after=after, group=group)
    request = laptop.request(first, second)
    befallen = count()

    def lost(records: Records, *head: Any) -> None:
        if next(befallen):
            return set_head(records, *head)
        if not records.many_writers:
            raise OperationalError("", (), Exception("database is locked"))
        return records._direct.run("SELECT pg_terminate_backend(pg_backend_pid())")

    set_head = Records.set_head
    with monkeypatch.context() as patched:
        patched.setattr(exchange, "_in_quickest_manner", lambda push_in, _device: push_in(Manner.ONE_BY_ONE))
        patched.setattr(Records, "set_head", lost)
        with pytest.raises(Busy):
            laptop.ask(request)
    assert {receipt.outcome for receipt in laptop.ask(request).receipts} <= {"accepted", "merged"}
    (kept,) = office.records_of("prospect")
    assert (kept.values["remark"], kept.conflicts) == ("二", ())
