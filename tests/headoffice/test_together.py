"""Changes that stand or fall together, and those that wait for what they need (SYNC 20)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import msgspec
import pytest

from fieldapp.domain.records import Person
from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.scope import Caller
from fieldapp.headoffice.uploads import Uploads
from fieldapp.protocol.changes import Change
from tests.headoffice import changes_to_send as send
from tests.headoffice.laptops import Laptop

Enrol = Callable[[str], Laptop]


def _edit(record: str, kind: str, group: str | None = "g1", **fields: tuple[object, object]) -> Change:
    return send.change(kind, record, dict(fields), group=group)


@pytest.fixture
def laptop(laptop_of: Enrol) -> Laptop:
    """One that has told of a prospect and a person."""
    laptop = laptop_of("zhang")
    laptop.sync(send.prospect(), send.person())
    return laptop


def _values(office: Administration, record: str) -> dict[str, object] | None:
    with office.store.reading() as unit:
        found = unit.records.find([record], unit.records.streams()).get(record)
        return found.values if found is not None else None


def test_a_group_that_is_right_stands_whole(office: Administration, laptop: Laptop) -> None:
    changes = (_edit("p1", "prospect", remark=(None, "茶园")), _edit("q1", "person", mobile=(None, "13812345678")))
    assert laptop.outcomes(*changes) == ["accepted", "accepted"]
    assert _values(office, "p1")["remark"] == "茶园"


@pytest.mark.parametrize("bad", [0, 1, 2])
def test_one_refused_change_keeps_all_of_its_group_from_standing(
    office: Administration, laptop: Laptop, bad: int
) -> None:
    changes = [_edit("p1", "prospect", remark=(None, f"word {place}")) for place in range(2)]
    changes[1] = _edit("q1", "person", name=("王小明", "王大明"))
    changes.insert(bad, _edit("p1", "prospect", wished_fen=(None, -5)))
    assert laptop.outcomes(*changes) == ["refused" if place == bad else "waits" for place in range(3)]
    assert (_values(office, "p1").get("remark"), _values(office, "q1")["name"]) == (None, "王小明")
    assert laptop.outcomes(*changes) == ["refused" if place == bad else "waits" for place in range(3)], "asked again"
    rest = [change for place, change in enumerate(changes) if place != bad]
    assert laptop.outcomes(*rest) == ["waits", "waits"], "without the correction"


def test_an_id_that_was_used_keeps_all_of_its_group_until_it_comes_under_another(
    office: Administration, laptop: Laptop
) -> None:
    used = send.change("prospect", "p1", {"village": (None, "一组")})
    laptop.sync(used)
    name = _edit("q1", "person", name=("王小明", "王大明"))
    bad = send.change("prospect", "p1", {"remark": (None, "茶园")}, id=used.id, group="g1")
    assert laptop.outcomes(bad, name) == ["id_reuse", "waits"]
    assert _values(office, "q1")["name"] == "王小明"
    assert laptop.outcomes(_again(bad), name) == ["accepted", "accepted"]
    assert (_values(office, "p1")["remark"], _values(office, "q1")["name"]) == ("茶园", "王大明")


def test_a_group_that_names_one_id_twice_takes_it_once_or_not_at_all(office: Administration, laptop: Laptop) -> None:
    one, other = _edit("p1", "prospect", remark=(None, "a")), _edit("p1", "prospect", village=(None, "b"))
    other = msgspec.structs.replace(other, id=one.id)
    assert laptop.outcomes(one, other) == ["waits", "id_reuse"]
    assert _values(office, "p1")["remark"] != "a"
    receipts = laptop.sync(one, one, _again(other)).receipts
    assert [receipt.outcome for receipt in receipts] == ["accepted", "accepted", "merged"]
    assert receipts[0] == receipts[1]
    assert laptop.sync(one).receipts[0] == receipts[0]
    values = _values(office, "p1")
    assert (values["remark"], values["village"]) == ("a", "b")


def _again(change: Change) -> Change:
    """The same work under another id, at its own place."""
    return msgspec.structs.replace(change, id=f"{change.id}-again")


def test_what_comes_behind_a_fallen_group_on_its_records_waits(laptop: Laptop) -> None:
    fallen = (_edit("q1", "person", name=("王小明", "王大明")), _edit("p1", "prospect", wished_fen=(None, -5)))
    behind = _edit("q1", "person", None, name=("王大明", "王中明"))
    other = send.visit()
    assert laptop.outcomes(*fallen, behind, other) == ["waits", "refused", "waits", "accepted"]


def test_the_correction_lets_the_group_stand(office: Administration, laptop: Laptop) -> None:
    name, bad = _edit("q1", "person", name=("王小明", "王大明")), _edit("p1", "prospect", wished_fen=(None, -5))
    laptop.sync(name, bad)
    behind = _edit("q1", "person", None, name=("王大明", "王中明"))
    mended = send.change("prospect", "p1", {"wished_fen": (None, 500)}, n=bad.n, group="g1")
    assert laptop.outcomes(name, mended, behind) == ["accepted", "accepted", "accepted"]
    assert (_values(office, "p1")["wished_fen"], _values(office, "q1")["name"]) == (500, "王中明")
    again = _edit("p1", "prospect", None, remark=(None, "later"))
    assert laptop.outcomes(again) == ["accepted"], "nothing is held any more"


def test_a_group_whose_part_waits_waits_whole(office: Administration, laptop: Laptop) -> None:
    unknown = send.visit("v9", "nobody")
    together = send.change(unknown.kind, "v9", unknown.fields, new=True, parent="nobody", group="g1")
    name = _edit("q1", "person", name=("王小明", "王大明"))
    assert laptop.outcomes(name, together) == ["waits", "waits"]
    assert _values(office, "q1")["name"] == "王小明"


def test_nothing_overtakes_a_group_that_waits(office: Administration, laptop: Laptop) -> None:
    """What was typed over its values would meet them later as somebody else's."""
    earlier = send.creation("person", "q9", Person(name="王五"), parent="p1")
    together = (
        _edit("q1", "person", name=("王小明", "王大明")),
        _edit("q9", "person", name=("王五", "王六")),
    )
    behind = _edit("q1", "person", None, name=("王大明", "王中明"))
    assert laptop.outcomes(*together, behind) == ["waits"] * 3
    assert _values(office, "q1")["name"] == "王小明"
    assert laptop.outcomes(earlier, *together, behind) == ["accepted"] * 4
    assert (_values(office, "q1")["name"], _values(office, "q9")["name"]) == ("王中明", "王六")


def test_a_group_that_falls_lets_nothing_pass_that_waits_behind_something_earlier(
    office: Administration, laptop: Laptop
) -> None:
    refused = _edit("p1", "prospect", None, wished_fen=(None, -5))
    between = _edit("p1", "prospect", None, remark=(None, "a"))
    group = (_edit("p1", "prospect", remark=("a", "b")), _edit("q1", "person", name=("王小明", 5)))
    last = _edit("p1", "prospect", None, remark=("b", "c"))
    assert laptop.outcomes(refused, between, *group, last) == ["refused", "waits", "waits", "refused", "waits"]
    assert laptop.outcomes(between, group[0], last) == ["waits"] * 3, "the first refusal still holds them"
    mended = send.change("prospect", "p1", {"wished_fen": (None, 5)}, n=refused.n)
    assert laptop.outcomes(mended, between, group[0], last) == ["accepted", "accepted", "waits", "waits"]
    name = send.change("person", "q1", {"name": ("王小明", "王大明")}, n=group[1].n, group="g1")
    assert laptop.outcomes(group[0], name, last) == ["accepted"] * 3
    assert _values(office, "p1")["remark"] == "c"


def test_one_conflict_leaves_nothing_of_the_group_set(office: Administration, laptop: Laptop) -> None:
    laptop.sync(_edit("q1", "person", None, name=("王小明", "王先生")))
    changes = (
        _edit("q1", "person", name=("王小明", "王大明")),
        _edit("p1", "prospect", remark=(None, "half of what was meant")),
        send.change("visit", "v1", send.visit().fields, new=True, parent="p1", group="g1"),
    )
    assert laptop.outcomes(*changes) == ["conflict", "conflict", "accepted"]
    with office.store.reading() as unit:
        found = unit.records.find(["p1", "q1"], [send.BRANCH])
    assert [(c.field, c.value) for r in ("q1", "p1") for c in found[r].conflicts] == [
        ("name", "王大明"),
        ("remark", "half of what was meant"),
    ]


def test_a_group_belongs_to_one_customer(office: Administration, laptop: Laptop) -> None:
    laptop.sync(send.prospect("p2"))
    over_two = (_edit("p1", "prospect", remark=(None, "a")), _edit("p2", "prospect", remark=(None, "b")))
    (first, second) = laptop.sync(*over_two).receipts
    assert (first.outcome, first.code, second.outcome) == ("refused", "group", "waits")
    assert not _values(office, "p1").get("remark")


def test_a_lost_reply_to_a_group_records_nothing_twice(office: Administration, laptop: Laptop) -> None:
    changes = (_edit("p1", "prospect", remark=(None, "a")), _edit("q1", "person", name=("王小明", "王大明")))
    request = laptop.request(*changes)
    assert laptop.ask(request).receipts == laptop.ask(request).receipts
    assert office.verify_chain(send.BRANCH) == 4


@pytest.mark.parametrize("group", ["", "a:b", "x" * 65, "g\x00"])
def test_a_name_that_is_none_is_refused_with_its_place(laptop: Laptop, group: str) -> None:
    (receipt,) = laptop.sync(_edit("p1", "prospect", group, remark=(None, "a"))).receipts
    assert (receipt.outcome, receipt.field) == ("refused", "group")


def test_a_change_waits_for_the_changes_it_needs(office: Administration, laptop: Laptop) -> None:
    needed = send.application()
    waiting = send.change("prospect", "p1", {"stage": ("contact", "interested")}, needs=(needed.id,))
    behind = _edit("p1", "prospect", None, remark=(None, "a"))
    assert laptop.outcomes(waiting, behind) == ["waits", "waits"], "also what is typed behind it"
    assert laptop.outcomes(needed, waiting, behind) == ["accepted"] * 3
    assert office.verify_chain(send.BRANCH) == 5


def test_a_need_that_was_refused_is_none_that_is_met(laptop: Laptop) -> None:
    bad = send.application(amount_fen=-5)
    waiting = send.change("prospect", "p1", {"stage": ("contact", "interested")}, needs=(bad.id,))
    assert laptop.outcomes(bad, waiting) == ["refused", "waits"]
    mended = send.change("prospect", "p1", {"stage": ("contact", "interested")}, n=waiting.n)
    assert laptop.outcomes(mended) == ["accepted"]


def test_a_change_waits_for_whole_photos(office: Administration, laptop: Laptop) -> None:
    photo = b"a photo"
    digest = hashlib.sha256(photo).hexdigest()
    waiting = send.change("prospect", "p1", {"stage": ("contact", "interested")}, digests=(digest,))
    visit = send.visit(photos=(digest,))
    assert laptop.outcomes(visit, waiting) == ["accepted", "waits"]
    uploads = Uploads(office.store, send.FixedClock())
    uploads.append(_caller(laptop), digest, 0, photo[:3], len(photo))
    assert laptop.outcomes(waiting) == ["waits"]
    uploads.append(_caller(laptop), digest, 3, photo[3:], len(photo))
    assert laptop.outcomes(waiting) == ["accepted"]


@pytest.mark.parametrize(
    ("named", "where"),
    [
        ({"needs": ("a b",)}, "needs"),
        ({"needs": ("x",) * 1001}, "needs"),
        ({"digests": ("A" * 64,)}, "digests"),
        ({"digests": ("ab",)}, "digests"),
    ],
)
def test_needs_that_are_none_are_refused(laptop: Laptop, named: dict[str, tuple[str, ...]], where: str) -> None:
    (receipt,) = laptop.sync(send.change("prospect", "p1", {"remark": (None, "a")}, **named)).receipts
    assert (receipt.outcome, receipt.field) == ("refused", where)


def _caller(laptop: Laptop) -> Caller:
    return Caller(laptop.device, laptop.author, 0, None)
