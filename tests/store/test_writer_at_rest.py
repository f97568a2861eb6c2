"""Who writes where: on the thread that asks where nothing else is written, else in turn; and short looks between."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.domain.records import Prospect
from fieldapp.store.database import Store
from fieldapp.store.unit import Unit
from fieldapp.store.view import View
from tests.made_laptop import KEY, ME, FixedClock

PATIENCE_S = 20


def noted(view: View) -> int | None:
    return view.state.get("noted", int)


@contextmanager
def being_written(store: Store) -> Iterator[None]:
    """Inside, the writer is in the middle of something: it has noted 1, which is not committed."""
    begun, go_on = threading.Event(), threading.Event()

    def hold(unit: Unit) -> None:
        unit.state.set("noted", 1)
        begun.set()
        assert go_on.wait(PATIENCE_S)

    held = store.submit(hold)
    try:
        assert begun.wait(PATIENCE_S)
        yield
    finally:
        go_on.set()
        held.result(PATIENCE_S)


def thread_of_writing(store: Store) -> threading.Thread:
    return store.write(lambda _unit: threading.current_thread())


def test_what_finds_the_writer_at_rest_is_written_where_it_is_asked_for(store: Store) -> None:
    assert thread_of_writing(store) is threading.current_thread()
    with being_written(store):
        found: list[threading.Thread] = []
        asking = threading.Thread(target=lambda: found.append(thread_of_writing(store)))
        asking.start()
        asking.join(0.05)
        assert not found  # it waits for its turn
    asking.join(PATIENCE_S)
    assert [thread.name for thread in found] == ["store-writer"]
    assert thread_of_writing(store) is threading.current_thread()


def test_what_was_submitted_first_is_written_first(store: Store) -> None:
    order: list[int] = []

    def note(number: int, _unit: Unit) -> None:
        order.append(number)

    for turn in range(200):
        submitted = [store.submit(partial(note, turn * 10 + part)) for part in range(turn % 4)]
        store.write(partial(note, turn * 10 + 9))
        assert all(future.done() for future in submitted)
    assert order == sorted(order)


def test_a_look_waits_for_nobody_and_sees_only_what_is_committed(store: Store) -> None:
    store.write(lambda unit: unit.state.set("noted", 0))
    with being_written(store):
        assert store.glance(noted) == 0
        assert store.standing().at_rest is False
        assert store.rest(0).unsent == 0
    assert store.glance(noted) == 1


def test_a_look_that_fails_leaves_the_writer_as_it_was(store: Store) -> None:
    def fail(_view: View) -> None:
        raise RuntimeError("the program has a bug")

    with pytest.raises(RuntimeError):
        store.glance(fail)
    store.write(lambda unit: unit.create("prospect", Prospect(owner=ME)))
    assert store.glance(lambda view: view.outbox.count()) == 1


def test_a_write_that_fails_where_it_was_asked_for_lets_others_write(store: Store) -> None:
    def fail(unit: Unit) -> None:
        unit.state.set("noted", 1)
        raise RuntimeError("the program has a bug")

    with pytest.raises(RuntimeError):
        store.write(fail)
    assert store.glance(noted) is None
    store.submit(lambda unit: unit.state.set("noted", 2)).result(PATIENCE_S)
    assert store.glance(noted) == 2


def test_closing_waits_for_what_is_being_written_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    store = Store(path, KEY, FixedClock())
    begun, go_on = threading.Event(), threading.Event()

    def slowly(unit: Unit) -> None:
        unit.state.set("noted", 3)
        begun.set()
        assert go_on.wait(PATIENCE_S)

    writing = threading.Thread(target=store.write, args=(slowly,))
    writing.start()
    assert begun.wait(PATIENCE_S)
    closing = threading.Thread(target=store.close)
    closing.start()
    closing.join(0.05)
    assert closing.is_alive()
    with pytest.raises(Actionable):
        store.write(lambda _unit: None)
    go_on.set()
    writing.join(PATIENCE_S)
    closing.join(PATIENCE_S)
    with Store(path, KEY, FixedClock()) as again:
        assert again.glance(noted) == 3


def test_many_threads_that_write_submit_and_look_lose_nothing(store: Store) -> None:
    def count_up(unit: Unit) -> None:
        unit.state.set("noted", (unit.state.get("noted", int) or 0) + 1)

    def work() -> None:
        for turn in range(30):
            if turn % 3:
                store.write(count_up)
            else:
                store.submit(count_up)
            assert (store.glance(noted) or 0) >= turn // 3

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    store.submit(lambda _unit: None).result(PATIENCE_S)
    assert store.glance(noted) == 150


def test_the_next_changes_are_read_without_preparing_anew(store: Store) -> None:
    prepared: list[object] = []

    def allow(*what: object) -> int:
        prepared.append(what)
        return 0

    def watch(unit: Unit) -> None:
        unit.connection.set_authorizer(allow)
        unit.outbox.batch(0, 5, 1000)
        assert prepared
        prepared.clear()
        unit.outbox.batch(3, 500, 1000)
        unit.connection.set_authorizer(None)

    store.write(watch)
    assert prepared == []
