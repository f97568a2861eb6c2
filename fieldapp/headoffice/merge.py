"""Merging one change into one record, field by field, against what its author saw (SYNC 12 to 19). Pure.

Nothing typed is ever lost: a value becomes current, or stands in conflict, or goes to history.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, get_type_hints

import msgspec

from fieldapp.domain.errors import Invalid
from fieldapp.domain.kinds import KINDS
from fieldapp.domain.record_rules import problems_of
from fieldapp.domain.records import Record
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.flaws import record_exists
from fieldapp.headoffice.json_values import same, strangeness
from fieldapp.headoffice.record import EVERY_FIELD, Past, StoredRecord, Written
from fieldapp.protocol.changes import Change
from fieldapp.protocol.messages import MAX_RECORD_BYTES, RESCUED, Conflict

FieldOutcome = Literal["set", "stood", "kept_theirs", "conflict", "past"]
"""set: the value is current now. stood: it already was. kept_theirs: nothing was typed. conflict: a person decides.
past: the author's own first word on a record that was rescued with a later one."""

MergeOutcome = Literal["created", "merged", "conflict", "refused", "waits"]


@dataclass(frozen=True, slots=True)
class Merge:
    """What a change did. ``record`` is the record afterwards, still under its old number; None if nothing happened.

    ``taken`` tells that every value stands as sent and that no conflict opened or closed, so that the laptop that
    held the state before knows the state now.
    """

    outcome: MergeOutcome
    record: StoredRecord | None = None
    fields: dict[str, FieldOutcome] = field(default_factory=dict)
    taken: bool = False
    refusal: Invalid | None = None


WAITS = Merge("waits")


def merge(
    current: StoredRecord | None,
    change: Change,
    parent: StoredRecord | None,
    *,
    late: bool = False,
    doubtful: bool = False,
    unbounded: bool = False,
) -> Merge:
    """Apply ``change`` to ``current`` (None if head office does not know the record).

    ``change`` is not ``broken_by_itself``. ``parent`` is the record that it names as its parent, None if unknown.
    ``late``: the author once had the record and no longer does; then nothing is set (SYNC 18). ``doubtful``: another
    change of the same group is in conflict; what would be set is one as well (SYNC 20). ``unbounded``: head office's
    own word, which finds room in a record however full others made it.
    """
    definition = KINDS.get(change.kind)
    if current is None:
        if not change.new or (change.parent is not None and parent is None):
            return WAITS
        return _create(change, parent, late=late)
    if current.kind != change.kind:
        return _refused("kind", Sentence("This record is of another kind."), "kind")
    if definition is not None and definition.append_only:
        return _repeat(current, change)
    merged = _Merging(current, change, late=late, doubtful=doubtful).result()
    full = not unbounded and merged.record is not None and outgrows(merged.record, current)
    return _full(change) if full else merged


def outgrows(record: StoredRecord, before: StoredRecord) -> bool:
    """Whether ``record`` holds more than any may, and more than it did before."""
    weight = _weight(record.values, record.conflicts)
    return weight > MAX_RECORD_BYTES and weight > _weight(before.values, before.conflicts)


def with_objection(parent: StoredRecord, change: Change) -> StoredRecord:
    """``parent``, which is deleted, with a conflict on its deletion: ``change`` added a record under it (SYNC 19)."""
    who = parent.writer_of("deleted")
    objection = Conflict(
        change=change.id,
        field="deleted",
        shown=False,
        value=False,
        by=change.actor,
        at=change.made_at,
        standing=True,
        standing_by=who.by if who else None,
        standing_at=who.at if who else None,
    )
    return msgspec.structs.replace(parent, conflicts=(*parent.conflicts, objection))


def broken_by_itself(change: Change, *, plain: bool = False) -> Invalid | None:
    """Why no record could ever take this change: a value too strange to keep, or of another type than its field.

    ``plain`` tells that nothing in it is long, large or unknown, so that its types are all there is to judge.
    """
    strange = None if plain else _strange_value(change)
    definition = KINDS.get(change.kind)
    if strange is not None or definition is None or definition.mirror:
        return strange  # a mirror comes whole, and the record rules judge it when it is created
    if definition.append_only:
        return _unshaped(change) if change.new else None  # all else the record rules judge
    types = _types(definition.record)
    for name, (_shown, new) in change.fields.items():
        if name not in types:
            continue  # a newer program's
        try:
            msgspec.convert(new, types[name])
        except msgspec.ValidationError:
            return Invalid("shape", Sentence("This value does not have the form it should."), field=name)
    return next((p for p in problems_of(change.kind, _typed(change)) if p.code in ("amount", "too_long")), None)


def _unshaped(change: Change) -> Invalid | None:
    """What is no record of its kind at all, before the rules of a case look at what it says."""
    return next((p for p in problems_of(change.kind, _typed(change)) if p.code == "shape"), None)


@cache
def _types(shape: type[Record]) -> dict[str, Any]:
    """The type of each field by itself: of a record that exists, one field is changed without the others."""
    return get_type_hints(shape, include_extras=True)


def _strange_value(change: Change) -> Invalid | None:
    for name, (shown, new) in change.fields.items():
        strange = strangeness(new) or (strangeness(shown) if shown is not None else None)
        if strange is not None:
            return _strange(strange, name)
    if any(map(strangeness, change.guard.values())):
        return Invalid("shape", Sentence("This value does not have the form it should."), field="guard")
    return None


def _strange(why: str, name: str) -> Invalid:
    if why == "long":
        return Invalid("too_long", Sentence("This text is too long."), field=name)
    return Invalid("shape", Sentence("This value does not have the form it should."), field=name)


def _typed(change: Change) -> dict[str, Any]:
    return {name: new for name, (_shown, new) in change.fields.items()}


def _refused(code: str, sentence: Sentence, where: str) -> Merge:
    return Merge("refused", refusal=Invalid(code, sentence, field=where))


def _create(change: Change, parent: StoredRecord | None, *, late: bool) -> Merge:
    definition = KINDS.get(change.kind)
    if definition is not None and not definition.belongs_to(parent.kind if parent is not None else None):
        return _refused("parent", Sentence("This kind of record belongs to another record."), "parent")
    values = _typed(change)
    problems = problems_of(change.kind, values)
    if problems:
        return Merge("refused", refusal=problems[0])
    owner = parent.owner if parent is not None else change.actor
    if change.kind == "prospect":
        owner = values.get("owner") or change.actor
    had = (owner,) if owner == change.actor else (owner, change.actor)
    record = StoredRecord(
        kind=change.kind,
        record=change.record,
        stream=parent.stream if parent is not None else change.stream,
        parent=change.parent,
        root=parent.root if parent is not None else change.record,
        owner=owner,
        values=values,
        written={EVERY_FIELD: Written(change.actor, change.made_at, change.id)},
        had=had,
        late=late,
    )
    return Merge("created", record, dict.fromkeys(values, "set"), taken=True)


def _repeat(current: StoredRecord, change: Change) -> Merge:
    if not change.new:
        return _refused(
            "append_only",
            Sentence("An entry is never changed. Write a new one that amends it."),
            next(iter(change.fields), "record"),
        )
    values = _typed(change)
    if current.parent == change.parent and same(values, current.values):
        return Merge("merged", current, dict.fromkeys(values, "stood"), taken=True)
    return Merge("refused", refusal=record_exists())


def _full(change: Change) -> Merge:
    where = next(iter(change.fields), "record")
    return _refused("full", Sentence("This record holds so much already that nothing more fits in."), where)


def _weight(values: dict[str, Any], conflicts: tuple[Conflict, ...]) -> int:
    """Bytes of what is told of a record. Those who are told it read it at once, and so many may be told together."""
    return len(msgspec.json.encode(values)) + len(msgspec.json.encode(conflicts))


class _Merging:
    """The fields of one change meeting the fields of one record."""

    def __init__(self, current: StoredRecord, change: Change, *, late: bool, doubtful: bool) -> None:
        self._current = current
        self._change = change
        self._late = late
        self._doubtful = doubtful
        self._values = dict(current.values)
        self._written = dict(current.written)
        self._conflicts = list(current.conflicts)
        self._history = list(current.history)
        self._rescue = current.written[EVERY_FIELD].change if current.rescued else ""

    def result(self) -> Merge:
        outcomes = self._decide()
        if self._change.new and self._current.rescued:
            self._be_told_by_the_author()
        if "set" in outcomes.values() and (
            self._doubtful or problems_of(self._current.kind, self._after_setting(outcomes))
        ):
            outcomes = {name: "conflict" if outcome == "set" else outcome for name, outcome in outcomes.items()}
        for name, outcome in outcomes.items():
            self._carry_out(name, outcome)
        conflicts = tuple(self._conflicts)
        record = msgspec.structs.replace(
            self._current,
            values=self._values,
            written=self._written,
            conflicts=conflicts,
            history=tuple(self._history),
        )
        as_sent = all(same(self._values.get(name), new) for name, (_shown, new) in self._change.fields.items())
        return Merge(
            "conflict" if "conflict" in outcomes.values() else "merged",
            record,
            outcomes,
            taken=as_sent and conflicts == self._current.conflicts,
        )

    def _decide(self) -> dict[str, FieldOutcome]:
        """Rule 13, in its order, then together what belongs together."""
        outcomes = {name: self._decide_field(name) for name in self._change.fields}
        for group in self._groups():
            if any(outcomes[name] == "conflict" for name in group):
                outcomes |= {name: "conflict" for name in group if outcomes[name] == "set"}
        return outcomes

    def _decide_field(self, name: str) -> FieldOutcome:
        shown, new = self._change.fields[name]
        standing = self._standing(name)
        if same(new, shown):
            return "kept_theirs"
        if same(new, standing):
            return "stood"
        if self._change.new and self._current.rescued:
            return "past"
        if not self._late and same(standing, shown) and self._guard_holds(name):
            return "set"
        return "conflict"

    def _groups(self) -> list[frozenset[str]]:
        names = frozenset(self._change.fields)
        definition = KINDS.get(self._current.kind)
        if definition is None:
            return [names]
        return [names & group for group in definition.groups if names & group]

    def _guard_holds(self, name: str) -> bool:
        return all(
            same(self._standing(guarded), shown)
            for guarded, shown in self._change.guard.items()
            if self._guards(guarded)(name)
        )

    def _standing(self, name: str) -> Any:
        """What stands in a field. A record that never said whether it is deleted is not, and so it was shown."""
        return self._current.values.get(name, False if name == "deleted" else None)

    def _guards(self, guarded: str) -> Callable[[str], bool]:
        definition = KINDS.get(self._current.kind)
        if guarded == "deleted" or definition is None:
            return lambda _name: True
        group = definition.group_of(guarded)
        return lambda name: name == "deleted" or name in group

    def _after_setting(self, outcomes: dict[str, FieldOutcome]) -> dict[str, Any]:
        typed = _typed(self._change)
        return self._values | {name: typed[name] for name, outcome in outcomes.items() if outcome == "set"}

    def _carry_out(self, name: str, outcome: FieldOutcome) -> None:
        change = self._change
        shown, new = change.fields[name]
        if outcome == "conflict":
            self._close(name, "retyped")
            self._open(name, shown, new)
            return
        if not self._late:  # a former owner decides nothing
            self._close(name, "decided")
        if outcome == "past":
            by, at = change.actor, change.made_at
            past = Past(field=name, value=new, why="rescued", ended_by=self._rescue, by=by, at=at, change=change.id)
            self._history.append(past)
        elif outcome == "set":
            self._remember(name)
            self._values[name] = new
            self._written[name] = Written(change.actor, change.made_at, change.id)
        elif outcome == "stood" and name not in self._values:
            # "empty" typed where nothing ever stood is a value from now on
            self._values[name] = new
            self._written[name] = Written(change.actor, change.made_at, change.id)

    def _be_told_by_the_author(self) -> None:
        """The author of a rescued record is heard again: that it is wanted need not be asked any more."""
        change = self._change
        self._written[EVERY_FIELD] = Written(change.actor, change.made_at, change.id)
        self._conflicts = [c for c in self._conflicts if c.field != "deleted" or not c.change.startswith(RESCUED)]

    def _close(self, name: str, why: str) -> None:
        named = {pair for pair in self._change.after if pair[1] == name}
        for conflict in [c for c in self._conflicts if (c.change, c.field) in named]:
            if self._late and conflict.by != self._change.actor:
                continue
            self._conflicts.remove(conflict)
            self._history.append(
                Past(
                    field=name,
                    value=conflict.value,
                    why=why,
                    ended_by=self._change.id,
                    by=conflict.by,
                    at=conflict.at,
                    change=conflict.change,
                )
            )

    def _open(self, name: str, shown: Any, new: Any) -> None:
        who = self._current.writer_of(name)
        self._conflicts.append(
            Conflict(
                change=self._change.id,
                field=name,
                shown=shown,
                value=new,
                by=self._change.actor,
                at=self._change.made_at,
                standing=self._current.values.get(name),
                standing_by=who.by if who else None,
                standing_at=who.at if who else None,
                late=self._late,
            )
        )

    def _remember(self, name: str) -> None:
        if name not in self._values:
            return
        who = self._written.get(name) or self._written.get(EVERY_FIELD)
        self._history.append(
            Past(
                field=name,
                value=self._values[name],
                why="replaced",
                ended_by=self._change.id,
                by=who.by if who else None,
                at=who.at if who else None,
                change=who.change if who else None,
            )
        )
