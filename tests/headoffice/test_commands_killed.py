"""``migrate``, ``purge`` and ``reassign --all-of``, killed before one of their statements and done again."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from itertools import count

import pytest
from sqlalchemy import Engine, event, text

from fieldapp.headoffice import reassignment
from fieldapp.headoffice.administration import Administration, create_head_office, open_head_office
from fieldapp.headoffice.migration import look_at, migrate
from fieldapp.headoffice.purging import purge
from fieldapp.headoffice.versions import this_version
from tests.headoffice import changes_to_send as send
from tests.headoffice.a_case import Enrol
from tests.headoffice.changes_to_send import BRANCH, FixedClock, branch
from tests.headoffice.first_release import take_back_to_the_first_release

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes that are killed are made by forking")


def killed(at: int, work: Callable[[], object]) -> bool:
    """Do ``work`` in a process that is killed before its statement or commit number ``at``; whether it came to that."""
    child = os.fork()
    if child == 0:
        steps = count(1)

        def counted(*_told: object) -> None:
            if next(steps) == at:
                os.kill(os.getpid(), signal.SIGKILL)

        done = False
        try:
            event.listen(Engine, "before_cursor_execute", counted)
            event.listen(Engine, "commit", counted)
            work()
            done = True
        finally:
            os._exit(0 if done else 1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
    return os.WIFSIGNALED(status)


@pytest.fixture
def older(location: str, clock: FixedClock) -> str:
    """A head office as the first release left it."""
    made = create_head_office(location, clock)
    made.add_branch(branch())
    made.add_staff("张三", "officer", BRANCH)
    made.store.close()
    take_back_to_the_first_release(location)
    return location


@pytest.mark.parametrize("every", [9, pytest.param(1, marks=pytest.mark.long)])
def test_migrate_that_is_killed_changes_nothing_and_is_done_the_next_time(
    older: str, clock: FixedClock, every: int
) -> None:
    at = 1
    while killed(at, lambda: migrate(older, clock)):
        assert look_at(older).version == "0001", f"killed at {at}"
        clock.move(seconds=1)
        at += every
    assert at > every
    assert look_at(older).version == this_version()
    office = open_head_office(older, clock)
    assert [one.code for one in office.branches()] == [BRANCH]
    office.store.close()


def test_purge_that_is_killed_is_done_the_next_time(
    office: Administration, location: str, clock: FixedClock, laptop_of: Enrol
) -> None:
    zhang, hu = laptop_of("zhang"), laptop_of("hu")
    zhang.sync(send.prospect("p1"), send.prospect("p2"), send.prospect("p3"))
    office.reassign("p1", "li")
    office.reassign("p2", "wu")
    hu.sync()
    clock.move(days=366)

    def run() -> None:
        store = open_head_office(location, clock).store
        purge(store, clock.now())
        store.close()

    at = 1
    all_known = {stream: below + above for stream, (_floor, below, above) in departures(office).items()}
    while killed(at, run):
        for stream, (floor, below, above) in departures(office).items():
            assert floor or below + above == all_known[stream], f"killed at {at}: {stream} forgot before it said so"
        at += 1
    assert at > 6
    assert {stream: (below, above) for stream, (_floor, below, above) in departures(office).items()} == {
        BRANCH: (0, 0),
        "CB02": (0, 0),
        "bank": (0, 0),
    }
    assert zhang.sync().restart
    assert {name for name, state in zhang.base.items() if state.kind == "prospect"} == {"p3"}
    assert office.verify_chain(BRANCH)


@pytest.mark.parametrize("to", ["li", "wu"], ids=["in the branch", "to another"])
@pytest.mark.parametrize("every", [7, pytest.param(1, marks=pytest.mark.long)])
def test_handing_over_all_that_is_killed_is_gone_on_with(
    office: Administration,
    location: str,
    clock: FixedClock,
    laptop_of: Enrol,
    monkeypatch: pytest.MonkeyPatch,
    to: str,
    every: int,
) -> None:
    monkeypatch.setattr(reassignment, "AT_ONCE", 2)
    zhang = laptop_of("zhang")
    customers = {f"p{number}": {f"q{number}", f"v{number}", f"w{number}"} for number in range(5)}
    for prospect, (person, *visits) in ((prospect, sorted(family)) for prospect, family in customers.items()):
        made = [send.person(person, prospect), *(send.visit(visit, prospect) for visit in visits)]
        zhang.sync(send.prospect(prospect), *made)

    def run() -> None:
        opened = open_head_office(location, clock)
        opened.reassign_all("zhang", to)
        opened.store.close()

    at, seen = 1, set()
    while killed(at, run):
        seen.add(require_whole(office, customers))
        at += every
    assert len(seen) > 2, "some were gone, and some were not"
    assert require_whole(office, customers) == (to,) * len(customers)
    for stream in (BRANCH, "CB02"):
        office.verify_chain(stream)
    zhang.sync()
    assert not any(state.kind == "prospect" for state in zhang.base.values())


def require_whole(office: Administration, customers: dict[str, set[str]]) -> tuple[str, ...]:
    """Each customer stands once, with all that belongs to it; whose each is."""
    with office.store.reading() as unit:
        owners = []
        for prospect, family in sorted(customers.items()):
            (root,) = unit.records.find([prospect], unit.records.streams()).values()
            members = unit.records.of_root(root.stream, prospect)
            assert {one.record for one in members} == {prospect, *family}
            assert {one.owner for one in members} == {root.owner}
            owners.append(root.owner)
    return tuple(owners)


def departures(office: Administration) -> dict[str, tuple[int, int, int]]:
    """Of each stream its floor, and how many departures are known up to it and above it."""
    told = {}
    with office.store.reading() as unit:
        for stream in unit.records.streams():
            floor = unit.records.heads([stream])[stream].floor
            query = text("SELECT seq FROM departure WHERE stream = :stream")
            seqs = list(unit.connection.scalars(query, {"stream": stream}))
            told[stream] = (floor, sum(seq <= floor for seq in seqs), sum(seq > floor for seq in seqs))
    return told
