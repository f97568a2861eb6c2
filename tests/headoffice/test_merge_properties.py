"""Whatever arrives in whatever order, nothing typed is lost."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldapp.headoffice.merge import merge
from fieldapp.headoffice.record import StoredRecord
from fieldapp.protocol.changes import Change
from tests.depth import examples
from tests.headoffice import changes_to_send as send

FIELDS = ("amount_fen", "months", "repayment_source", "deleted")
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "amount_fen": st.sampled_from([100, 200, 300]),
    "months": st.sampled_from([12, 24, 36]),
    "repayment_source": st.sampled_from(["", "shop", "farm"]),
    "deleted": st.booleans(),
}


@st.composite
def edits(draw: st.DrawFn) -> tuple[dict[str, tuple[Any, Any]], dict[str, Any], int, bool]:
    names = draw(st.lists(st.sampled_from(FIELDS), min_size=1, max_size=3, unique=True))
    fields = {name: (draw(VALUES[name]), draw(VALUES[name])) for name in names}
    guarded = draw(st.lists(st.sampled_from(FIELDS), max_size=2, unique=True))
    return fields, {name: draw(VALUES[name]) for name in guarded}, draw(st.integers(0, 9)), draw(st.booleans())


def _everything(record: StoredRecord, field: str) -> list[Any]:
    kept = [record.values.get(field)]
    kept += [conflict.value for conflict in record.conflicts if conflict.field == field]
    kept += [past.value for past in record.history if past.field == field]
    return kept


@settings(max_examples=examples(50, 300))
@given(st.lists(edits(), max_size=12))
def test_every_typed_value_is_current_in_conflict_or_in_history(drawn: list[Any]) -> None:
    values = {"amount_fen": 100, "months": 12, "repayment_source": "", "deleted": False}
    record = StoredRecord(kind="application", record="a1", stream="TS01", root="p1", owner="z", values=values)
    typed: list[tuple[str, Any]] = list(values.items())
    for number, (fields, guard, chosen, late) in enumerate(drawn):
        decided = record.conflicts[chosen % len(record.conflicts)] if record.conflicts else None
        change: Change = send.change(
            "application",
            "a1",
            fields,
            id=f"c{number}",
            guard=guard,
            actor="zhang" if number % 2 else "li",
            after=((decided.change, decided.field),) if decided else (),
        )
        done = merge(record, change, None, late=late)
        assert done.record is not None
        if late:
            assert done.record.values == record.values
        record = done.record
        typed += [(name, new) for name, (shown, new) in fields.items() if shown != new]
        for name, value in typed:
            assert value in _everything(record, name)
        identities = [(conflict.change, conflict.field) for conflict in record.conflicts]
        assert len(set(identities)) == len(identities)
        assert msgspec.json.decode(msgspec.json.encode(record), type=StoredRecord) == record


@settings(max_examples=examples(50, 300))
@given(edits())
def test_group_is_never_set_by_half(drawn: Any) -> None:
    fields, guard, _chosen, _late = drawn
    values = {"amount_fen": 100, "months": 12, "repayment_source": "", "deleted": False}
    record = StoredRecord(kind="application", record="a1", stream="TS01", root="p1", owner="z", values=values)
    outcomes = merge(record, send.change("application", "a1", fields, guard=guard), None).fields
    of_group = {outcomes[name] for name in ("amount_fen", "months") if name in outcomes}
    assert not {"set", "conflict"} <= of_group
