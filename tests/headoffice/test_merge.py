"""The merge, rule by rule (SYNC 12 to 19)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from fieldapp.headoffice.merge import Merge, broken_by_itself, merge, with_objection
from fieldapp.headoffice.record import StoredRecord, Written
from fieldapp.protocol.messages import Conflict
from tests.headoffice import changes_to_send as send


def stored(kind: str = "prospect", **rest: Any) -> StoredRecord:
    parts = {"record": "p1", "stream": send.BRANCH, "root": "p1", "owner": "zhang", "had": ("zhang",), "seq": 7} | rest
    return StoredRecord(kind=kind, **parts)


def open_conflict(field: str, value: Any, by: str = "li", change: str = "theirs") -> Conflict:
    return Conflict(change=change, field=field, shown=None, value=value, by=by, at=send.AT)


def edit(fields: dict[str, tuple[Any, Any]], kind: str = "prospect", **rest: Any) -> Any:
    return send.change(kind, "p1", fields, **rest)


def after(done: Merge) -> StoredRecord:
    assert done.record is not None
    return done.record


def test_field_that_still_stands_is_set_and_the_old_value_kept() -> None:
    old = Written("li", "2026-05-01T00:00:00Z", "old")
    current = stored(values={"remark": "a", "village": "x"}, written={"remark": old})
    done = merge(current, edit({"remark": ("a", "b")}, id="mine"), None)
    assert (done.outcome, done.fields, done.taken) == ("merged", {"remark": "set"}, True)
    assert after(done).values == {"remark": "b", "village": "x"}
    (past,) = after(done).history
    assert (past.field, past.value, past.why, past.by, past.change, past.ended_by) == (
        ("remark", "a", "replaced", "li", "old", "mine")
    )
    assert after(done).written["remark"].change == "mine"


def test_field_that_moved_becomes_a_conflict_that_names_both_authors() -> None:
    current = stored(values={"remark": "c"}, written={"remark": Written("li", "2026-05-01T00:00:00Z", "old")})
    done = merge(current, edit({"remark": ("a", "b")}, id="mine"), None)
    assert (done.outcome, done.taken) == ("conflict", False)
    assert after(done).values == {"remark": "c"}
    assert after(done).conflicts == (
        Conflict(
            change="mine",
            field="remark",
            shown="a",
            value="b",
            by="zhang",
            at=send.AT,
            standing="c",
            standing_by="li",
            standing_at="2026-05-01T00:00:00Z",
        ),
    )


def test_record_that_never_said_so_is_not_deleted() -> None:
    """Another client may leave it out; laptops show it as not deleted, and guard every edit with that."""
    current = stored(values={"remark": "a"})
    done = merge(current, edit({"remark": ("a", "b")}, guard={"deleted": False}), None)
    assert (done.outcome, done.fields) == ("merged", {"remark": "set"})
    done = merge(current, edit({"deleted": (False, True)}, guard={"deleted": False, "remark": "a"}), None)
    assert (done.outcome, after(done).deleted) == ("merged", True)
    gone = stored(values={"remark": "a", "deleted": True})
    assert merge(gone, edit({"remark": ("a", "b")}, guard={"deleted": False}), None).outcome == "conflict"


def test_two_people_edit_two_fields_and_both_stand() -> None:
    current = stored(values={"remark": "a", "village": "moved meanwhile"})
    done = merge(current, edit({"remark": ("a", "b")}), None)
    assert after(done).values == {"remark": "b", "village": "moved meanwhile"}


def test_value_that_already_stands_is_done_whatever_was_shown() -> None:
    done = merge(stored(values={"remark": "b"}), edit({"remark": ("a", "b")}), None)
    assert (done.outcome, done.fields, done.taken) == ("merged", {"remark": "stood"}, True)
    assert after(done).history == ()


@pytest.mark.parametrize(
    ("fields", "outcome", "value"),
    [
        ({"remark": ("c", "c")}, "kept_theirs", "c"),
        ({"remark": ("x", "c")}, "stood", "c"),
        ({"remark": ("c", "d")}, "set", "d"),
    ],
)
def test_decision_closes_the_conflicts_it_names(fields: dict[str, Any], outcome: str, value: str) -> None:
    current = stored(values={"remark": "c"}, conflicts=(open_conflict("remark", "t"), open_conflict("village", "v")))
    done = merge(current, edit(fields, after=(("theirs", "remark"),), id="decision"), None)
    assert done.fields == {"remark": outcome}
    assert after(done).values["remark"] == value
    assert [c.field for c in after(done).conflicts] == ["village"]
    assert any((p.value, p.why, p.ended_by) == ("t", "decided", "decision") for p in after(done).history)
    assert not done.taken  # the laptop cannot know the conflicts by itself


def test_decision_that_meets_a_newer_value_is_a_conflict_again_with_the_value_chosen() -> None:
    current = stored(values={"remark": "newer"}, conflicts=(open_conflict("remark", "t"),))
    done = merge(current, edit({"remark": ("c", "t")}, after=(("theirs", "remark"),), id="decision"), None)
    (conflict,) = after(done).conflicts
    assert (conflict.change, conflict.value, conflict.standing) == ("decision", "t", "newer")
    assert [(p.value, p.why) for p in after(done).history] == [("t", "retyped")]


def test_own_further_typing_replaces_the_own_conflict_instead_of_asking_twice() -> None:
    current = stored(values={"remark": "theirs"}, conflicts=(open_conflict("remark", "b", "zhang", "first"),))
    done = merge(current, edit({"remark": ("b", "bb")}, after=(("first", "remark"),), id="second"), None)
    assert [(c.change, c.value) for c in after(done).conflicts] == [("second", "bb")]
    assert [p.value for p in after(done).history] == ["b"]


def test_conflict_not_named_stays_beside_the_new_one() -> None:
    current = stored(values={"remark": "theirs"}, conflicts=(open_conflict("remark", "b", "li", "first"),))
    done = merge(current, edit({"remark": ("a", "z")}), None)
    assert [c.value for c in after(done).conflicts] == ["b", "z"]


def test_fields_of_one_group_are_set_together_or_in_conflict_together() -> None:
    current = stored(kind="application", values={"amount_fen": 100, "months": 24, "repayment_source": ""})
    fields = {"amount_fen": (100, 200), "months": (12, 36), "repayment_source": ("", "shop")}
    done = merge(current, edit(fields, kind="application"), None)
    assert done.fields == {"amount_fen": "conflict", "months": "conflict", "repayment_source": "set"}
    assert after(done).values == {"amount_fen": 100, "months": 24, "repayment_source": "shop"}


def test_guard_of_the_group_that_moved_makes_its_fields_conflict_and_no_others() -> None:
    current = stored(kind="application", values={"amount_fen": 900, "months": 12, "repayment_source": ""})
    fields = {"months": (12, 36), "repayment_source": ("", "shop")}
    done = merge(current, edit(fields, kind="application", guard={"amount_fen": 100}), None)
    assert done.fields == {"months": "conflict", "repayment_source": "set"}


def test_edit_of_a_deleted_record_is_a_conflict() -> None:
    current = stored(values={"remark": "a", "deleted": True})
    done = merge(current, edit({"remark": ("a", "b")}, guard={"deleted": False}), None)
    assert done.fields == {"remark": "conflict"}


def test_delete_of_a_record_that_was_edited_is_a_conflict() -> None:
    current = stored(values={"remark": "edited", "deleted": False})
    done = merge(current, edit({"deleted": (False, True)}, guard={"deleted": False, "remark": "a"}), None)
    assert done.fields == {"deleted": "conflict"}
    assert after(done).values["deleted"] is False


def test_unknown_kind_is_one_group() -> None:
    current = stored(kind="grid", values={"a": 1, "b": 2})
    done = merge(current, edit({"a": (1, 9), "b": (0, 9)}, kind="grid"), None)
    assert set(done.fields.values()) == {"conflict"}
    done = merge(current, edit({"a": (1, 9)}, kind="grid", guard={"b": 5}), None)
    assert done.fields == {"a": "conflict"}


def test_merged_record_that_breaks_a_rule_is_a_conflict_as_a_whole() -> None:
    current = stored(values={"stage": "contact", "lost_reason": None, "remark": "a"})
    done = merge(current, edit({"stage": ("contact", "lost"), "remark": ("a", "b")}), None)
    assert done.fields == {"stage": "conflict", "remark": "conflict"}
    assert after(done).values == current.values


@pytest.mark.parametrize(
    ("standing", "shown", "holds"),
    [(True, 1, False), (1, 1.0, True), ({"a": [1]}, {"a": (1,)}, True), (None, "", False)],
)
def test_values_are_compared_as_json(standing: Any, shown: Any, holds: bool) -> None:
    done = merge(stored(kind="grid", values={"a": standing}), edit({"a": (shown, "new")}, kind="grid"), None)
    assert done.fields == {"a": "set" if holds else "conflict"}


def test_unknown_record_waits_unless_the_change_creates_it() -> None:
    assert merge(None, edit({"remark": ("a", "b")}), None).outcome == "waits"
    assert merge(None, send.person(), None).outcome == "waits"
    created = merge(None, send.prospect(), None)
    assert (created.outcome, created.taken, after(created).owner) == ("created", True, "zhang")


def test_create_that_breaks_a_rule_is_refused_with_the_field() -> None:
    done = merge(None, send.prospect(stage="lost"), None)
    assert done.outcome == "refused"
    assert done.refusal is not None
    assert (done.refusal.code, done.refusal.field) == ("required", "lost_reason")


def test_create_of_a_record_that_is_there_merges_field_by_field() -> None:
    first = after(merge(None, send.prospect(remark="a", village="x"), None))
    done = merge(first, send.prospect(remark="b", village="x"), None)
    assert done.fields["village"] == "stood"
    assert done.fields["remark"] == "conflict"


def test_entry_is_never_changed_and_repeats_only_itself() -> None:
    parent = stored()
    entry = after(merge(None, send.visit(), parent))
    assert merge(entry, send.visit(), parent).taken
    other = merge(entry, send.visit(facts="other"), parent)
    assert other.refusal is not None
    assert other.refusal.code == "record_exists"
    changed = merge(entry, send.change("visit", "v1", {"facts": ("", "x")}), None)
    assert changed.refusal is not None
    assert changed.refusal.code == "append_only"


def test_late_change_sets_nothing_and_asks_the_owner() -> None:
    current = stored(values={"remark": "a", "village": "x"}, owner="li")
    done = merge(current, edit({"remark": ("a", "b"), "village": ("w", "x")}), None, late=True)
    assert done.fields == {"remark": "conflict", "village": "stood"}
    assert after(done).values == current.values
    assert after(done).conflicts[0].late


def test_late_author_closes_nobody_elses_conflict() -> None:
    current = stored(values={"remark": "a"}, owner="li", conflicts=(open_conflict("remark", "t"),))
    done = merge(current, edit({"remark": ("a", "a")}, after=(("theirs", "remark"),)), None, late=True)
    assert after(done).conflicts == current.conflicts


def test_late_entry_is_accepted_and_marked() -> None:
    done = merge(None, send.visit(), stored(owner="li", had=("zhang", "li")), late=True)
    assert done.outcome == "created"
    assert after(done).late
    assert after(done).owner == "li"


def test_entry_under_a_deleted_parent_objects_to_the_deletion() -> None:
    parent = stored(values={"deleted": True}, written={"deleted": Written("li", send.AT, "d")})
    (objection,) = with_objection(parent, send.visit()).conflicts
    assert (objection.field, objection.value, objection.standing, objection.standing_by) == (
        ("deleted", False, True, "li")
    )


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"wished_fen": (None, "five")}, "shape"),
        ({"wished_fen": (None, -1)}, "amount"),
        ({"wished_fen": (None, 10**40)}, "shape"),
        ({"remark": (None, "长" * 100_000)}, "too_long"),
        ({"remark": (None, {"a": [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]})}, "shape"),
        ({"unknown": (None, ["x" * 30_000])}, "too_long"),
    ],
)
def test_value_no_record_could_take_is_refused(fields: dict[str, Any], code: str) -> None:
    refusal = broken_by_itself(edit(fields))
    assert refusal is not None
    assert refusal.code == code


def test_unknown_fields_are_kept() -> None:
    done = merge(stored(values={"newer": {"a": 1}}), edit({"newest": (None, [1, {"b": None}])}), None)
    assert after(done).values == {"newer": {"a": 1}, "newest": [1, {"b": None}]}


def test_current_record_is_never_touched() -> None:
    current = stored(values={"remark": "a"}, conflicts=(open_conflict("remark", "t"),))
    before = msgspec.json.encode(current)
    merge(current, edit({"remark": ("a", "b")}, after=(("theirs", "remark"),)), None)
    assert msgspec.json.encode(current) == before
