"""One transaction of the writer: records, their changes in the outbox, and the lists that show them, all or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import takewhile
from typing import Any, NamedTuple

import msgspec

from fieldapp.domain.application_status import LEVELS
from fieldapp.domain.errors import Actionable, InvalidRecord
from fieldapp.domain.identifiers import ChangeId, RecordId
from fieldapp.domain.kinds import KINDS, Values, values_of
from fieldapp.domain.record_rules import problems_of
from fieldapp.domain.records import Record
from fieldapp.domain.wording import Sentence
from fieldapp.protocol.changes import Change, decode_change
from fieldapp.protocol.identifiers import Clock, new_change_id, new_record_id
from fieldapp.protocol.messages import MAX_BODY_BYTES, NOT_OURS, REQUEST_OVERHEAD_BYTES, Limits, RecordState
from fieldapp.store.attachments import Attachments
from fieldapp.store.connection import Connection
from fieldapp.store.drafts import Drafts
from fieldapp.store.handed_in import HandedIn
from fieldapp.store.images import Images
from fieldapp.store.imported_rows import ImportedRows
from fieldapp.store.notices import Changed
from fieldapp.store.open_items import OpenItems
from fieldapp.store.outbox import Outbox, Queued, Refused
from fieldapp.store.privacy import PrivacyEvents
from fieldapp.store.projection import Projection, entry_of, photos_in
from fieldapp.store.proofs import Proofs
from fieldapp.store.prospect_list import ProspectList
from fieldapp.store.records import Records, StoredRecord, happened_at
from fieldapp.store.standing import Rest, rest
from fieldapp.store.state import Enrolment, State
from fieldapp.store.told import Told, instant_of


class Needs(NamedTuple):
    """What head office must have before it takes a change: other changes, and whole attachments (SYNC 20)."""

    changes: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()


NOTHING = Needs()


class Unit:
    """What a service may do in one transaction. Made by ``Store.write``; never kept beyond it."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self.connection = connection
        self.clock = clock
        self.records = Records(connection)
        self.outbox = Outbox(connection)
        self.handed_in = HandedIn(connection)
        self.open_items = OpenItems(connection)
        self.drafts = Drafts(connection)
        self.attachments = Attachments(connection)
        self.state = State(connection)
        self.images = Images(connection, self.state)
        self.proofs = Proofs(connection)
        self.prospects = ProspectList(connection)
        self.privacy = PrivacyEvents(connection)
        self.imported_rows = ImportedRows(connection)
        self._projection = Projection(self.records, self.prospects, connection)
        self._topics: set[str] = set()
        self._enrolment: Enrolment | None = None
        self._n: int | None = None
        self._group: str | None = None
        self._piece: list[int] = []  # the bytes of the changes that must go at once
        self._limits: Limits | None = None

    @property
    def limits(self) -> Limits:
        """What head office takes, as it last told."""
        if self._limits is None:
            self._limits = self.state.limits()
        return self._limits

    @property
    def enrolment(self) -> Enrolment:
        """Whose laptop this is."""
        if self._enrolment is None:
            self._enrolment = self.state.enrolment()
        return self._enrolment

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is saved inside, all of one customer, stands or falls together at head office (SYNC 20).

        Raises Actionable (``too_large``) where it is more than head office takes at once: nothing may be saved then.
        """
        self._group = new_change_id()
        self._piece.clear()
        try:
            yield
            self._require_sendable()
        finally:
            self._group = None

    def create(
        self, kind: str, record: Record, *, parent: str | None = None, record_id: RecordId | None = None
    ) -> RecordId:
        """Save a new record with its change in the outbox.

        Raises InvalidRecord with everything the record's rules refuse; nothing is saved then.
        """
        values = {name: value for name, value in values_of(record).items() if value is not None}
        _require_valid(kind, values)
        identity = record_id or new_record_id()
        change = self._change(
            kind, identity, {name: (None, value) for name, value in values.items()}, new=True, parent=parent
        )
        self.records.insert(
            StoredRecord(identity, kind, parent, change.stream, happened_at(kind, values), 0, None, {}, values),
            made=change.n,
        )
        self._queue(change, whole=True)
        entry = entry_of(values)
        if entry.photos:
            self.attachments.named_by(identity, photos_in(entry))
        self._projection.touched.touch(kind, identity, parent, entry)
        return identity

    def edit(
        self,
        record: str,
        fields: dict[str, tuple[Any, Any]],
        *,
        after: tuple[tuple[str, str], ...] = (),
        decides: bool = False,
        needs: Needs = NOTHING,
    ) -> ChangeId | None:
        """Save what was typed: for each field the value the screen showed and the new one.

        Fields typed back to what was shown are left out unless ``decides`` (keeping the other's value is a decision);
        None when nothing is left. ``needs`` is what head office must have before it takes them. Raises LookupError for
        an unknown record, InvalidRecord when a rule is broken.
        """
        stored = self.records.get(record)
        if stored is None:
            raise LookupError(record)
        typed = {name: pair for name, pair in fields.items() if decides or pair[0] != pair[1]}
        if not typed:
            return None
        screen = {**stored.screen, **{name: new for name, (_, new) in typed.items()}}
        _require_valid(stored.kind, screen)
        change = self._change(
            stored.kind,
            stored.id,
            typed,
            parent=stored.parent,
            stream=stored.stream,
            guard=_guard(stored, typed),
            after=(*after, *self._own_queued(record, typed)),
            needs=needs,
        )
        self._queue(change)
        self.put(replace(stored, screen=screen, deleted=bool(screen.get("deleted"))))
        return ChangeId(change.id)

    def delete(self, record: str) -> ChangeId | None:
        """Mark a record as deleted, guarded by everything the screen showed of it."""
        stored = self.records.get(record)
        if stored is None:
            raise LookupError(record)
        return self.edit(record, {"deleted": (stored.screen.get("deleted", False), True)})

    def correct(self, refused: Refused, values: Values) -> ChangeId:
        """Send a refused change again with other ``values``, as the same piece of work (SYNC 17).

        It and what was typed into the record behind it become one change at the same place: what the first showed,
        what the last typed. What waits for others keeps its own. Raises LookupError when the record is not here any
        more, InvalidRecord when a rule is broken: the transaction must end with it then.
        """
        stored = self.records.get(refused.record)
        if stored is None:
            raise LookupError(refused.record)
        behind = self._behind(refused)
        first = decode_change(refused.body)
        folded = _folded([first, *(queued.decoded() for queued in behind)], values)
        correction = msgspec.structs.replace(
            folded, id=new_change_id(), made_at=self.clock.now().isoformat(timespec="milliseconds")
        )
        self.outbox.correct(behind, correction)
        self.outbox.rename_needed({refused.change, *(queued.change for queued in behind)}, correction.id)
        corrected = self.shown_anew(stored)
        _require_valid(stored.kind, corrected.screen)
        self.outbox.withdraw_refused(refused.change)
        self._topics.add("outbox")
        kind = KINDS.get(stored.kind)
        if kind is not None and kind.append_only:  # head office has no such entry: nothing that was told is altered
            self.forget(stored)
            self.put_new(corrected)
        else:
            self.put(corrected)
        return ChangeId(correction.id)

    def withdraw(self, refused: Refused) -> None:
        """Give a refused change up; what was typed into other fields of the record behind it goes on to head office.

        A record that head office never took leaves the laptop. Raises ValueError when other entries belong to it: then
        it can only be corrected.
        """
        stored = self.records.get(refused.record)
        first = decode_change(refused.body)
        if first.group is not None:
            self._give_up_group(first.group, refused.record)
        behind = self._behind(refused)
        self.outbox.withdraw_refused(refused.change)
        self.outbox.rename_needed({refused.change}, None)
        self._topics.add("outbox")
        if first.new and stored is not None and stored.seq is None:
            self._give_up_made(stored)
            return
        if not behind and (refused.code in NOT_OURS or (first.new and stored is None)):
            return  # nothing waits for it; of any other record something may be typed when it comes back
        folded = _folded([first, *(queued.decoded() for queued in behind)], {})
        typed_behind = {name for queued in behind for name in queued.decoded().fields}
        kept = {name: pair for name, pair in folded.fields.items() if name in typed_behind}
        correction = msgspec.structs.replace(folded, id=new_change_id(), fields=kept, group=None)
        self.outbox.correct(behind, correction)  # empty or not: head office waits for it
        self.outbox.rename_needed({queued.change for queued in behind}, correction.id)
        if stored is not None:
            self.put(self.shown_anew(stored))

    def _behind(self, refused: Refused) -> list[Queued]:
        """What was typed into the record behind a refused change, up to what waits for others.

        A submission judged at an earlier place would be judged without what it names (SYNC 20).
        """
        later = (queued for queued in self.outbox.of_record(refused.record) if queued.n > refused.n)
        return list(takewhile(lambda queued: not queued.decoded().waits_for_others, later))

    def _give_up_group(self, group: str, refused: str) -> None:
        """The rest of a piece of work of which one part, on the record ``refused``, is given up."""
        for queued in reversed(self.outbox.of_group(group)):
            if queued.record == refused:
                continue  # what is behind the refused change there goes with it
            stored = self.records.get(queued.record)
            if queued.decoded().new and stored is not None and stored.seq is None:
                self._give_up_made(stored)
                continue
            self.outbox.empty(queued)
            if stored is not None:
                self.put(self.shown_anew(stored))

    def _give_up_made(self, made: StoredRecord) -> None:
        """A record that head office never took leaves with all that was typed into it and with its unsent photos.

        What waits for any of these goes on without them. Raises ValueError when other entries belong to the record.
        """
        if self.outbox.waiting_under(made.id):
            raise ValueError("other entries belong to this record")
        typed = self.outbox.of_record(made.id)
        photos = {photo.digest for photo in self.attachments.named(made.id)}
        self.outbox.remove([queued.n for queued in typed])
        self.outbox.rename_needed({queued.change for queued in typed}, None)
        self.forget(made)
        if made.screen.get("amends") is None:  # the photos of one that corrects another may be that one's
            self.outbox.need_no_longer(self.attachments.give_up(photos))

    def put(self, stored: StoredRecord) -> None:
        """Keep a record as given and show it; head office's word or the result of an edit."""
        made = self.records.update(stored)
        if made is not None:
            self.outbox.no_longer_whole(made)
        if stored.conflicts:
            self._topics.add("conflicts")
        entry = entry_of(stored.screen)
        if entry.photos is not None:
            self.attachments.named_by(stored.id, photos_in(entry))
        self._projection.touched.touch(stored.kind, stored.id, stored.parent, entry)

    def put_new(self, stored: StoredRecord) -> None:
        """Keep a record that was not on this laptop."""
        self.records.insert(stored)
        entry = entry_of(stored.screen)
        if entry.photos:
            self.attachments.named_by(stored.id, photos_in(entry))
        self._projection.touched.touch(stored.kind, stored.id, stored.parent, entry)

    def put_told(self, state: RecordState) -> None:
        """Keep a record that was not on this laptop just as head office tells it."""
        self.put_all_told(Told([state]))

    def put_all_told(self, told: Told) -> None:
        """Keep records that were not on this laptop just as head office tells them."""
        self.records.insert_told(told.rows)
        self._projection.touched.include(told.touched)
        for state, entry in told.at_length:
            self.records.insert_at_length(state, instant_of(state.kind, entry), deleted=bool(entry.deleted))
            if state.conflicts:
                self._topics.add("conflicts")
            if entry.photos:
                self.attachments.named_by(state.record, photos_in(entry))

    def forget(self, stored: StoredRecord) -> None:
        """Take a record off this laptop."""
        self.records.forget(stored.id)
        self.attachments.unnamed(stored.id)
        self._projection.touched.drop(stored.kind, stored.id, stored.parent)

    def tell(self, topic: str) -> None:
        """Note that ``drafts``, ``exchange`` or ``settings`` moved, for the notice after the commit."""
        self._topics.add(topic)

    def shown_anew(self, stored: StoredRecord) -> StoredRecord:
        """The record with the screen that follows from its base and what is queued."""
        screen = self.screen_of(stored.base, stored.id)
        return replace(stored, screen=screen, deleted=bool(screen.get("deleted")))

    def screen_of(self, base: Values, record: str) -> Values:
        """Base and outbox together: what the screen shows."""
        screen = dict(base)
        for queued in self.outbox.of_record(record):
            for name, (_, new) in queued.decoded().fields.items():
                screen[name] = new
        return screen

    def rest(self, answered: int) -> Rest:
        """What an exchange has left to do when the changes numbered up to ``answered`` had their answer."""
        self.outbox.flush()
        return rest(self.connection, answered)

    def finish(self) -> Changed:
        """Write what was gathered and project the lists; called once, before the commit."""
        self.records.flush()
        self.outbox.flush()
        self.attachments.flush()
        if self._n is not None:
            self.state.set("n", self._n)
        kinds, roots = self._projection.finish()
        return Changed(frozenset(kinds), frozenset(roots), frozenset(self._topics))

    def _change(
        self,
        kind: str,
        record: str,
        fields: dict[str, tuple[Any, Any]],
        *,
        parent: str | None,
        new: bool = False,
        stream: str | None = None,
        guard: Values | None = None,
        after: tuple[tuple[str, str], ...] = (),
        needs: Needs = NOTHING,
    ) -> Change:
        if self.enrolment.role in LEVELS and kind not in _OF_THOSE_WHO_DECIDE:
            raise Actionable(
                "role",
                Sentence("Who decides on applications reads the customers' records and changes nothing in them."),
                advice=Sentence("Ask the officer, or return the application with a question."),
            )
        if self._n is None:
            self._n = self.state.get("n", int) or 0
        self._n += 1
        return Change(
            id=new_change_id(),
            n=self._n,
            stream=stream or self.enrolment.stream,
            kind=kind,
            record=record,
            parent=parent,
            fields=fields,
            new=new,
            guard=guard or {},
            after=after,
            group=self._group,
            needs=needs.changes,
            digests=needs.digests,
            actor=self.enrolment.staff,
            made_at=self.clock.now().isoformat(timespec="milliseconds"),
        )

    def _queue(self, change: Change, *, whole: bool = False) -> None:
        if self._group is None:
            self._piece.clear()
        self._piece.append(self.outbox.add(change, whole=whole, brief=self.limits.brief))
        if self._group is None:
            self._require_sendable()
        self._topics.add("outbox")

    def _require_sendable(self) -> None:
        """What could never be sent is told while the person still has it before them (SYNC 40)."""
        most_bytes = min(self.limits.body_bytes, MAX_BODY_BYTES) - REQUEST_OVERHEAD_BYTES
        if sum(self._piece) + len(self._piece) > most_bytes or len(self._piece) > self.limits.changes:
            raise Actionable(
                "too_large",
                Sentence("This is more than head office takes at once. Nothing was saved."),
                advice=Sentence("Shorten the longest texts, or save it in parts."),
            )

    def _own_queued(self, record: str, typed: dict[str, tuple[Any, Any]]) -> tuple[tuple[str, str], ...]:
        newest: dict[str, str] = {}
        for queued in self.outbox.of_record(record):
            newest.update(dict.fromkeys(queued.decoded().fields.keys() & typed.keys(), queued.change))
        return tuple((change, name) for name, change in newest.items())


_OF_THOSE_WHO_DECIDE = frozenset(("statement", "disclosure"))
"""What a reviewer or approver records on the laptop: figures of their own, and what they saw in clear (E3, E15)."""


def _folded(changes: list[Change], values: Values) -> Change:
    """One change for all of ``changes``, which follow each other on one record, with ``values`` typed last."""
    first = changes[0]
    own = {change.id for change in changes}
    fields: dict[str, tuple[Any, Any]] = {}
    guard: Values = {}
    after: dict[tuple[str, str], None] = {}
    for change in changes:
        for name, (shown, new) in change.fields.items():
            fields[name] = (fields[name][0] if name in fields else shown, new)
        guard = change.guard | guard
        after |= dict.fromkeys(pair for pair in change.after if pair[0] not in own)
    for name, new in values.items():
        fields[name] = (fields[name][0] if name in fields else guard.get(name), new)
    guard = {name: shown for name, shown in guard.items() if name not in fields}
    if not first.new:  # what ends where it began was not typed: it would only name a field that head office lacks
        decided = {name for _change, name in after}
        unmoved = {name: shown for name, (shown, new) in fields.items() if shown == new and name not in decided}
        fields = {name: pair for name, pair in fields.items() if name not in unmoved}
        guard |= unmoved
    return msgspec.structs.replace(first, fields=fields, guard=guard, after=tuple(after))


def _guard(stored: StoredRecord, typed: dict[str, tuple[Any, Any]]) -> Values:
    """What else must stand still: not deleted, the rest of each field's group, for a delete everything (SYNC 7)."""
    kind = KINDS.get(stored.kind)
    if "deleted" in typed:  # an empty field was seen as empty too
        fields = {*stored.screen, *(kind.record.__struct_fields__ if kind else ())}
        return {name: stored.screen.get(name) for name in sorted(fields - typed.keys())}
    grouped = {member for name in typed for member in (kind.group_of(name) if kind else stored.screen)}
    guard = {name: stored.screen.get(name) for name in sorted(grouped - typed.keys())}
    return {"deleted": stored.screen.get("deleted", False), **guard}


def _require_valid(kind: str, values: Values) -> None:
    problems = problems_of(kind, values)
    if problems:
        raise InvalidRecord(problems)
