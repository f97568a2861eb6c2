"""Forgetting who lost what long ago: whoever was away meanwhile reads everything anew and loses nothing (SYNC 32)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from sqlalchemy import text

from fieldapp.domain.errors import Actionable
from fieldapp.headoffice import purging
from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.storage.store import Busy
from tests.headoffice import changes_to_send as send
from tests.headoffice.changes_to_send import BRANCH, FixedClock
from tests.headoffice.laptops import Laptop

Enrol = Callable[[str], Laptop]


def _hand_over(head: Laptop, record: str, *, to: str, shown: str = "zhang") -> None:
    assert head.outcomes(send.change("prospect", record, {"owner": (shown, to)}, actor="hu")) == ["accepted"]


@pytest.fixture
def handed_over(laptop_of: Enrol, clock: FixedClock) -> tuple[Laptop, Laptop]:
    """Zhang's laptop, asleep since before one of two customers went to Li, and the branch head's; a year has passed."""
    zhang, head = laptop_of("zhang"), laptop_of("hu")
    zhang.sync(send.prospect(), send.prospect("p2"))
    head.sync()
    _hand_over(head, "p1", to="li")
    clock.move(days=366)
    return zhang, head


def test_a_laptop_asleep_over_the_purge_reads_anew_and_loses_nothing(
    office: Administration, handed_over: tuple[Laptop, Laptop]
) -> None:
    zhang, _head = handed_over
    done = {one.stream: one for one in office.purge(365)}
    assert (done[BRANCH].floor, done[BRANCH].departures) == (3, 1)
    own = send.prospect("p3")
    reply = zhang.sync(own)
    assert reply.restart
    assert [receipt.outcome for receipt in reply.receipts] == ["accepted"], "what it had to send is taken first"
    assert {name for name, state in zhang.base.items() if state.kind == "prospect"} == {"p2", "p3"}
    assert not zhang.sync().restart, "once is enough"


def test_a_laptop_that_was_awake_reads_on(office: Administration, handed_over: tuple[Laptop, Laptop]) -> None:
    zhang, head = handed_over
    assert [one.record for one in zhang.sync().gone] == ["p1"]
    office.purge(365)
    head.sync(send.change("prospect", "p2", {"remark": (None, "茶园")}, actor="hu"))
    reply = zhang.sync()
    assert (reply.restart, [state.record for state in reply.records]) == (False, ["p2"])


def test_what_left_later_is_kept(office: Administration, handed_over: tuple[Laptop, Laptop]) -> None:
    zhang, head = handed_over
    _hand_over(head, "p2", to="li")
    assert sum(one.departures for one in office.purge(365)) == 1
    assert office.purge(365) == [], "there is nothing more to forget"
    zhang.sync()
    assert not any(state.kind == "prospect" for state in zhang.base.values())


def test_others_write_while_much_is_forgotten(
    office: Administration, handed_over: tuple[Laptop, Laptop], clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    zhang, head = handed_over
    monkeypatch.setattr(purging, "_AT_ONCE", 1)
    _hand_over(head, "p2", to="li")
    clock.move(days=366)
    written = count(1)
    let_in: list[str] = []

    def while_it_goes_on() -> None:
        let_in.extend(zhang.outcomes(send.prospect(f"new{next(written)}")))

    monkeypatch.setattr(office.store, "give_way", while_it_goes_on)
    before = departures(office)
    done = {one.stream: one for one in office.purge(365)}
    assert done[BRANCH].departures == before > 1
    assert departures(office) == 0
    assert let_in == ["accepted"] * len(let_in) != []
    zhang.sync()
    assert not zhang.sync().restart
    news = {f"new{number}" for number in range(1, next(written))}
    assert {name for name, state in zhang.base.items() if state.kind == "prospect"} == news


def departures(office: Administration) -> int:
    with office.store.reading() as unit:
        return int(unit.connection.scalar(text("SELECT count(*) FROM departure")) or 0)


def test_what_a_purge_that_stopped_left_is_forgotten_the_next_time(
    office: Administration, handed_over: tuple[Laptop, Laptop], monkeypatch: pytest.MonkeyPatch
) -> None:
    _zhang, head = handed_over
    head.sync()

    def stop(*_told: object) -> int:
        raise Busy("somebody else is writing")

    with monkeypatch.context() as stopped:
        stopped.setattr(purging, "_forget", stop)
        with pytest.raises(Actionable):
            office.purge(365)
    assert departures(office) == 1
    assert [(one.stream, one.floor, one.departures) for one in office.purge(365) if one.departures] == [(BRANCH, 3, 1)]
    assert departures(office) == 0


def test_a_first_pull_after_a_purge_begins_once_whatever_its_pages(
    office: Administration, handed_over: tuple[Laptop, Laptop], laptop_of: Enrol
) -> None:
    """Every position of it lies below the floor until its end (SYNC 26)."""
    office.purge(365)
    new = laptop_of("zhang")
    replies = [new.ask(new.request(page=1))]
    new.apply(replies[0])
    while replies[-1].more:
        replies.append(new.ask(new.request(page=1)))
        new.apply(replies[-1])
        assert len(replies) < 20, "it is restarted for ever"
    assert [reply.restart for reply in replies] == [True] + [False] * (len(replies) - 1)
    assert len(replies) > 1
    assert [state.record for state in new.base.values() if state.kind == "prospect"] == ["p2"]


def test_a_purge_in_the_middle_of_a_first_pull_restarts_it_once(
    office: Administration, handed_over: tuple[Laptop, Laptop], laptop_of: Enrol
) -> None:
    new = laptop_of("zhang")
    new.apply(new.ask(new.request(page=1)))
    office.purge(365)
    restarted = [new.sync(page=1).restart, new.sync(page=1).restart]
    assert restarted == [True, False]
    assert [state.record for state in new.base.values() if state.kind == "prospect"] == ["p2"]


def test_journal_receipts_and_the_way_to_moved_records_stay(
    office: Administration, clock: FixedClock, laptop_of: Enrol
) -> None:
    zhang = laptop_of("zhang")
    first = send.prospect()
    told = zhang.sync(first).receipts
    office.reassign("p1", "wu")
    clock.move(days=366)
    office.purge(365)
    assert zhang.sync(first).receipts == told
    assert zhang.outcomes(send.change("prospect", "p1", {"remark": (None, "x")})) == ["conflict"], "late, not unknown"
    assert office.verify_chain(BRANCH) > 0
