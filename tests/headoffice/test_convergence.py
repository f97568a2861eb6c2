"""Several laptops at once: they converge, nothing typed is lost, no number is skipped or given twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldapp.headoffice.administration import Administration
from tests.headoffice import changes_to_send as send
from tests.headoffice.laptops import Laptop

Enrol = Callable[[str], Laptop]

FIELDS = ("remark", "village", "stage", "lost_reason", "deleted")
_examples = count(1)


def _edit(laptop: Laptop, record: str, field: str, value: Any) -> Any:
    """What the officer types, on what this laptop shows, deciding what is open on the field."""
    base = laptop.base[record]
    decided = tuple((c.change, c.field) for c in base.conflicts if c.field == field)
    guard = {"deleted": base.values["deleted"]} if field != "deleted" else {}
    shown = base.values.get(field)
    return send.change("prospect", record, {field: (shown, value)}, guard=guard, after=decided)


_moves = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from([*FIELDS, "pull", "visit"]),
        st.sampled_from(["a", "b", "c"]),
        st.booleans(),
    ),
    max_size=14,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_moves)
def test_laptops_converge_whatever_replies_are_lost(office: Administration, laptop_of: Enrol, moves: list[Any]) -> None:
    example = next(_examples)
    record = f"shared{example}"
    laptops = [laptop_of("zhang") for _ in range(3)]
    laptops[0].sync(send.prospect(record))
    for laptop in laptops:
        laptop.sync()
    typed: list[tuple[str, Any]] = []
    for number, (who, what, text, lost) in enumerate(moves):
        laptop = laptops[who]
        if what == "pull":
            laptop.sync(page=2)
            continue
        value = {"stage": "interested", "deleted": text == "a"}.get(what, text)
        if what == "visit":
            change = send.visit(f"{record}-{number}", record, facts=text)
        else:
            change = _edit(laptop, record, what, value)
        request = laptop.request(change)
        reply = laptop.ask(request)
        if lost:
            again = laptop.ask(request)
            assert again.receipts == reply.receipts
            reply = again
        laptop.apply(reply, (change,))
        if what != "visit" and change.fields[what][0] != value and reply.receipts[0].outcome != "refused":
            typed.append((what, value))
    for laptop in laptops:
        laptop.sync()
    with office.store.reading() as unit:
        (stored,) = unit.records.find([record], [send.BRANCH]).values()
        named = [name for name in laptops[0].base if name.startswith(f"{record}-")]
        entries = unit.records.find(named, [send.BRANCH])
    assert len(entries) == sum(what == "visit" for _who, what, _text, _lost in moves)
    for laptop in laptops:
        assert laptop.base[record] == stored.state()
        assert {name: s for name, s in laptop.base.items() if name in entries} == {
            n: e.state() for n, e in entries.items()
        }
    for field, value in typed:
        kept = [stored.values.get(field)]
        kept += [conflict.value for conflict in stored.conflicts if conflict.field == field]
        kept += [past.value for past in stored.history if past.field == field]
        assert value in kept


def test_laptops_that_sync_at_the_same_moment_get_numbers_without_gap_or_double(
    office: Administration, laptop_of: Enrol
) -> None:
    laptops = [laptop_of(staff) for staff in ("zhang", "li", "hu", "zhang")]
    faults: list[BaseException] = []
    numbers: list[int] = []

    def day(laptop: Laptop, name: str) -> None:
        try:
            actor = laptop.author.staff
            laptop.sync(send.prospect(name, actor=actor))
            for number in range(6):
                reply = laptop.sync(send.visit(f"{name}-{number}", name, actor=actor))
                numbers.extend(receipt.seq for receipt in reply.receipts)
        except BaseException as error:  # noqa: BLE001 - carried to the test's own thread
            faults.append(error)

    threads = [threading.Thread(target=day, args=(laptop, f"p{number}")) for number, laptop in enumerate(laptops)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert office.verify_chain(send.BRANCH) == 4 * 7
    assert len(set(numbers)) == 4 * 6
    head = laptop_of("hu")
    head.sync()
    assert sum(state.kind == "visit" for state in head.base.values()) == 4 * 6
