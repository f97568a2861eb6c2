"""After a restore a record may be made anew in another stream than the one in which it was made first (SYNC 35)."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from fieldapp.headoffice.administration import Administration
from fieldapp.protocol.changes import Change
from fieldapp.protocol.messages import Rescue
from tests.headoffice import changes_to_send as send
from tests.headoffice.laptops import Laptop

Enrol = Callable[[str], Laptop]


def places(office: Administration, *records: str) -> dict[str, list[str]]:
    with office.store.reading() as unit:
        streams = unit.records.streams()
        return {name: [s for s in streams if unit.records.find([name], [s])] for name in records}


def told_of_a_restore(laptop: Laptop) -> None:
    """Head office has forgotten what it told this laptop, and says so."""
    assert laptop.ask(laptop.request(marks={send.BRANCH: (10**9, "0" * 16)})).fork == [send.BRANCH]


def made_anew(laptop: Laptop, *changes: Change) -> None:
    """What the laptop was told of these records before head office was restored goes back to it."""
    values = [{name: new for name, (_shown, new) in change.fields.items()} for change in changes]
    rescues = [
        Rescue(kind=c.kind, record=c.record, parent=c.parent, encoded=msgspec.Raw(msgspec.json.encode(told)))
        for c, told in zip(changes, values, strict=True)
    ]
    told_of_a_restore(laptop)
    laptop.ask(laptop.request(rescues=rescues))


@pytest.mark.parametrize("together", [True, False])
def test_what_its_maker_sends_again_is_not_made_a_second_time(
    together: bool, office: Administration, laptop_of: Enrol
) -> None:
    """Zhang had made it; it was handed to another sub-branch, and all of that was forgotten."""
    wu, zhang = laptop_of("wu"), laptop_of("zhang")
    made = [send.prospect(), *(send.visit(f"v{number}") for number in range(5))]
    made_anew(wu, msgspec.structs.replace(made[0], fields=made[0].fields | {"owner": (None, "wu")}), made[1])
    assert places(office, "p1", "v0") == {"p1": ["CB02"], "v0": ["CB02"]}
    for batch in [made] if together else [made[:1], made[1:]]:
        zhang.ask(zhang.request(*batch))
    assert all(len(streams) <= 1 for streams in places(office, *(change.record for change in made)).values())
    assert places(office, "p1", "v0") == {"p1": ["CB02"], "v0": ["CB02"]}


def test_it_is_found_where_it_went_afterwards(office: Administration, laptop_of: Enrol) -> None:
    wu, zhang = laptop_of("wu"), laptop_of("zhang")
    made = send.prospect()
    made_anew(wu, msgspec.structs.replace(made, fields=made.fields | {"owner": (None, "wu")}))
    office.reassign("p1", "li")
    zhang.ask(zhang.request(made))
    assert places(office, "p1") == {"p1": [send.BRANCH]}


@pytest.mark.parametrize("edits", [0, 1])
def test_whoever_sends_again_what_went_to_another_branch_hears_that_it_is_gone(
    office: Administration, laptop_of: Enrol, edits: int
) -> None:
    """Their receipts say that they have it; a laptop that reads all anew is told of no departure (SYNC 11, 34)."""
    laptop = laptop_of("zhang")
    made = [send.prospect(), send.person()]
    made += [send.change("person", "q1", {"name": ("王小明", "王大明")}) for _ in range(edits)]
    laptop.sync(*made[:2])
    office.reassign("p1", "wu")
    laptop.cursor, laptop.base = None, {}
    reply = laptop.ask(laptop.request(*made))
    assert [receipt.outcome for receipt in reply.receipts] == ["accepted", "accepted", "conflict"][: 2 + edits]
    assert [(gone.stream, gone.record) for gone in reply.gone] == [(send.BRANCH, "p1"), (send.BRANCH, "q1")]
    laptop.apply(reply, tuple(made))
    assert not laptop.base.keys() & {"p1", "q1"}


def test_a_record_with_the_longest_name_there_may_be_comes_back(office: Administration, laptop_of: Enrol) -> None:
    hu = laptop_of("hu")
    names = ["p" * length for length in (57, 58, 64)]
    made_anew(hu, *(send.prospect(name, actor="hu") for name in names))
    assert places(office, *names) == {name: [send.BRANCH] for name in names}
    with office.store.reading() as unit:
        kept = unit.records.find(names, [send.BRANCH])
    ids = {conflict.change for record in kept.values() for conflict in record.conflicts}
    assert len(ids) == 3, "each under an id of its own"
    assert all(one.startswith("rescue-") and len(one) <= 64 for one in ids)


def test_a_text_that_the_database_does_not_take_stops_no_other(office: Administration, laptop_of: Enrol) -> None:
    hu = laptop_of("hu")
    strange = send.prospect("p1", actor="hu", remark="a\x00b")
    owned = send.prospect("p2", actor="hu", owner="h\x00u")
    made_anew(hu, strange, owned, send.person("q\x00"), send.prospect("p3", actor="hu"))
    assert places(office, "p1", "p3") == {"p1": [send.BRANCH], "p3": [send.BRANCH]}
