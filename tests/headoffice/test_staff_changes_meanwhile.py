"""Staff who change while work is taken in: transactions are held open on purpose, all done but the commit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial

import psycopg
import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.exchange import Exchange
from fieldapp.headoffice.storage.accounts import Accounts
from fieldapp.headoffice.storage.engines import open_engine
from fieldapp.headoffice.storage.store import Busy, Store, Unit
from fieldapp.protocol.changes import Change
from tests.headoffice import changes_to_send as send
from tests.headoffice.changes_to_send import FixedClock
from tests.headoffice.laptops import Laptop

Work = Callable[[], object]

pytestmark = pytest.mark.parametrize("location", ["postgresql"], indirect=True)

PATIENCE_S = 30
_WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    " AND state = 'active'"
)


class HeldOpen(Store):
    """Of its transactions that write the first stays open until it is let go."""

    def __init__(self, location: str) -> None:
        super().__init__(open_engine(location))
        self.done = threading.Event()
        self.let_go = threading.Event()

    @contextmanager
    def writing(self, *, patient: bool = True) -> Iterator[Unit]:
        with super().writing(patient=patient) as unit:
            yield unit
            if not self.done.is_set():
                self.done.set()
                assert self.let_go.wait(PATIENCE_S)


@pytest.fixture
def held(location: str) -> Iterator[HeldOpen]:
    store = HeldOpen(location)
    yield store
    store.let_go.set()
    store.close()


@pytest.fixture
def at_once(held: HeldOpen, location: str) -> Callable[[Work, Work], tuple[object, object]]:
    """Does the first, which is ``held``, and before it commits the second, as far as that comes; what each came to."""

    def both(first: Work, second: Work) -> tuple[object, object]:
        with ThreadPoolExecutor(2) as pool, psycopg.connect(location, autocommit=True) as looking:
            one = pool.submit(told, first)
            assert held.done.wait(PATIENCE_S)
            other = pool.submit(told, second)
            while not other.done() and looking.execute(_WAITING).fetchone() == (0,):
                with suppress(TimeoutError):
                    other.result(0.01)
            held.let_go.set()
            return one.result(PATIENCE_S), other.result(PATIENCE_S)

    return both


def told(work: Work) -> object:
    try:
        return work()
    except Actionable as refused:
        return refused.code
    except Busy:
        return "busy"


def pushed(laptop: Laptop, store: Store, *changes: Change) -> Work:
    laptop._exchange = Exchange(store, FixedClock())
    request = laptop.request(*changes)
    return lambda: [receipt.outcome for receipt in laptop.ask(request).receipts]


def customers(office: Administration) -> dict[str, str]:
    """Whose each is."""
    return {one.record: one.owner for one in office.records_of("prospect")}


def require_no_reviewer_has_customers(office: Administration) -> None:
    assert not set(customers(office).values()) & {one.staff for one in office.staff() if one.author.decides}


def changed_role(store: Store) -> Work:
    return partial(Administration(store, FixedClock()).change_staff, "li", role="reviewer")


def retired(store: Store) -> Work:
    return partial(Administration(store, FixedClock()).retire_staff, "li")


def assignment(to: str = "li") -> Change:
    return send.change("prospect", "p1", {"owner": ("zhang", to)}, guard={"deleted": False}, actor="hu")


@pytest.fixture
def p1(laptop_of: Callable[[str], Laptop]) -> None:
    laptop_of("zhang").sync(send.prospect("p1"))


Both = Callable[[Work, Work], tuple[object, object]]
Enrol = Callable[[str], Laptop]


def test_who_decides_by_now_gets_no_customer_from_a_push_under_way(
    office: Administration, laptop_of: Enrol, held: HeldOpen, at_once: Both
) -> None:
    push = pushed(laptop_of("li"), held, send.prospect("p9", actor="li"))
    assert at_once(push, changed_role(office.store)) == (["accepted"], "has_customers")
    require_no_reviewer_has_customers(office)


def test_a_push_that_met_a_change_of_role_is_judged_by_what_they_are_after_it(
    office: Administration, laptop_of: Enrol, held: HeldOpen, at_once: Both
) -> None:
    push = pushed(laptop_of("li"), office.store, send.prospect("p9", actor="li"))
    assert at_once(changed_role(held), push) == (None, "busy")
    assert customers(office) == {}


@pytest.mark.parametrize("manner", ["few", "many"])
def test_nothing_is_taken_of_somebody_who_had_left_before_it_was(
    manner: str, office: Administration, laptop_of: Enrol, held: HeldOpen, at_once: Both
) -> None:
    names = [f"p{number}" for number in range(1 if manner == "few" else 30)]
    push = pushed(laptop_of("li"), office.store, *(send.prospect(name, actor="li") for name in names))
    assert at_once(retired(held), push) == (None, "revoked")
    assert customers(office) == {}


@pytest.mark.usefixtures("p1")
@pytest.mark.parametrize("change", [changed_role, retired])
def test_nobody_is_given_a_customer_who_may_not_have_one_any_more(
    change: Callable[[Store], Work], office: Administration, laptop_of: Enrol, held: HeldOpen, at_once: Both
) -> None:
    push = pushed(laptop_of("hu"), office.store, assignment())
    assert at_once(change(held), push) == (None, ["refused"])
    assert customers(office) == {"p1": "zhang"}


@pytest.mark.usefixtures("p1")
def test_whoever_was_just_given_a_customer_does_not_begin_to_decide(
    office: Administration, laptop_of: Enrol, held: HeldOpen, at_once: Both
) -> None:
    push = pushed(laptop_of("hu"), held, assignment())
    assert at_once(push, changed_role(office.store)) == (["merged"], "has_customers")
    require_no_reviewer_has_customers(office)


@pytest.mark.usefixtures("p1")
@pytest.mark.parametrize(("change", "code"), [(changed_role, "staff_decides"), (retired, "staff_inactive")])
@pytest.mark.parametrize("way", ["one", "all"])
def test_nothing_is_handed_to_whom_may_not_have_it_any_more(
    way: str, change: Callable[[Store], Work], code: str, office: Administration, held: HeldOpen, at_once: Both
) -> None:
    hand = partial(office.reassign, "p1") if way == "one" else partial(office.reassign_all, "zhang")
    assert at_once(change(held), partial(hand, "li")) == (None, code)
    assert customers(office) == {"p1": "zhang"}


@pytest.mark.usefixtures("p1")
def test_whoever_was_just_handed_a_customer_does_not_begin_to_decide(
    office: Administration, held: HeldOpen, at_once: Both
) -> None:
    hand = partial(Administration(held, FixedClock()).reassign, "p1", "li")
    assert at_once(hand, changed_role(office.store))[1] == "has_customers"
    require_no_reviewer_has_customers(office)


def test_a_laptop_that_is_shut_out_is_so_for_the_push_under_way(
    office: Administration, laptop_of: Enrol, held: HeldOpen, at_once: Both
) -> None:
    laptop = laptop_of("li")
    push = pushed(laptop, office.store, send.prospect("p9", actor="li"))
    assert at_once(partial(Administration(held, FixedClock()).revoke, laptop.device), push) == (None, "revoked")
    assert customers(office) == {}


def test_who_had_another_place_for_a_moment_is_no_copy(
    office: Administration, laptop_of: Enrol, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop = laptop_of("li")
    push = pushed(laptop, office.store, send.prospect("p9", actor="li"))
    with monkeypatch.context() as patched:
        patched.setattr(Accounts, "admit", lambda *_named, **_more: False)  # and is who they were when looked at again
        assert told(push) == "busy"
    assert told(push) == ["accepted"]
    laptop.counter = -1
    assert told(pushed(laptop, office.store)) == "clone"
