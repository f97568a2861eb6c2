"""What a reply means for the laptop's records, all of it in one transaction (SYNC 21–24)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

import msgspec

from fieldapp.domain.kinds import KINDS, Values
from fieldapp.protocol.identifiers import new_change_id
from fieldapp.protocol.messages import SHORT_HASH, Gone, Limits, Mark, Receipt, RecordState, Rev, Run, SyncReply
from fieldapp.store.outbox import Queued
from fieldapp.store.proofs import Marked
from fieldapp.store.records import StoredRecord
from fieldapp.store.standing import Rest
from fieldapp.store.state import Pull
from fieldapp.store.told import Told
from fieldapp.store.unit import Unit

UNDER_WAY = "under_way"
"""The state that tells whether the cursor came with a page that had more behind it."""

COMPARE = "compare"
"""The state that asks for a comparison with head office once everything has been read anew (SYNC 37)."""


@dataclass(slots=True)
class Applied:
    """What one reply brought, in records and changes."""

    outcomes: Counter[str] = field(default_factory=Counter)
    received: int = 0
    gone: int = 0
    page_counted: bool = True
    pull: Pull | None = None
    """How far the full pull is that the page belonged to."""
    rest: Rest | None = None
    """What was left to do after the last reply."""
    counter: int = 0
    """The highest request that the laptop's file knows of now, this process's or another's."""


def apply_reply(
    unit: Unit, sent_cursor: str | None, reply: SyncReply, sent: Sequence[Queued] = (), ready: Told | None = None
) -> Applied:
    """Take in receipts, states and the page. The page counts only if the cursor is still the one that was sent.

    ``sent`` are the changes of the request, in their order; ``ready`` are the records of the page where they were made
    so before.
    """
    applied = Applied(page_counted=unit.state.get("cursor", str) == sent_cursor)
    told_at = unit.clock.now().isoformat(timespec="milliseconds")
    _settle(unit, reply, sent, told_at, applied)
    if reply.proofs:
        unit.proofs.keep(_marked(reply, sent))
    if applied.page_counted:
        _take_page(unit, reply, ready, applied)
    _raise_marks(unit, reply, applied)
    if reply.durable:
        unit.proofs.forget_durable(reply.durable)
        unit.attachments.forget_durable(unit.outbox.forget_durable(reply.durable))
    if reply.missing:
        unit.attachments.lacking(reply.missing)
    _keep_limits(unit, reply.limits)
    if applied.outcomes or applied.received or applied.gone:
        unit.tell("exchange")
        unit.tell("outbox")
    return applied


def _keep_limits(unit: Unit, told: Limits) -> None:
    """Keep the limits; that the brief form is read is not told each time, and holds once it was."""
    kept = unit.state.limits()
    now = msgspec.structs.replace(told, brief=told.brief or kept.brief)
    if now != kept:
        unit.state.set("limits", now)


def _marked(reply: SyncReply, sent: Sequence[Queued]) -> Iterator[Marked]:
    """The marks of a reply, each with what it covers."""
    taken: dict[str, list[tuple[int, int]]] = {}
    seqs: dict[str, list[int]] = {}
    for run in reply.runs:
        for part in _following_each_other(sent[run.first : run.first + run.count]):
            taken.setdefault(run.stream, []).append((part[0].n, part[-1].n))
        seqs.setdefault(run.stream, []).extend((run.seq, run.seq + run.count - 1))
    numbers = {queued.change: queued.n for queued in sent} if reply.receipts else {}
    for receipt in reply.receipts:
        if receipt.rev is not None and (n := numbers.get(receipt.change)) is not None:
            taken.setdefault(receipt.stream, []).append((n, n))
            seqs.setdefault(receipt.stream, []).append(receipt.seq)
    for stream, mark in reply.proofs.items():
        if stream in taken:
            yield Marked(stream, mark, sorted(taken[stream]), min(seqs[stream]), max(seqs[stream]))


def _settle(unit: Unit, reply: SyncReply, sent: Sequence[Queued], told_at: str, applied: Applied) -> None:
    states = {state.record: state for state in reply.states}
    settled: list[tuple[Queued, Receipt]] = []
    touched: dict[str, list[tuple[Queued, Receipt]]] = {}
    waiting: list[int] = []
    refused: set[str] = set()
    seen: set[str] = set()
    for run in reply.runs:
        _settle_run(unit, run, sent, told_at, applied)
    if not reply.receipts and not reply.states:
        return
    for receipt in reply.receipts:
        queued = unit.outbox.get(receipt.change)
        if queued is None or receipt.change in seen:
            continue  # an earlier reply settled it, or this one twice
        seen.add(receipt.change)
        applied.outcomes[receipt.outcome] += 1
        match receipt.outcome:
            case "waits":
                waiting.append(queued.n)
            case "id_reuse":
                unit.outbox.reissue(queued, new_change_id())
            case "refused":
                unit.outbox.refuse(queued, receipt, told_at)
                unit.open_items.keep(queued.change, receipt.also)
                refused.add(queued.record)
                touched.setdefault(queued.record, [])
            case _:
                settled.append((queued, receipt))
                touched.setdefault(queued.record, []).append((queued, receipt))
    unit.outbox.mark_waiting(waiting)
    unit.outbox.receipted(settled, told_at)
    unsent = unit.outbox.unsent_among([*touched])
    differing = unsent | refused  # their screens show, or showed until now, more than head office took
    known = unit.records.known([*touched, *states])
    told: dict[str, Rev] = {}
    for record, receipts in touched.items():
        stored = known.get(record)
        if stored is None:  # what is told of it comes like any record that was not here
            if record not in states and applied.page_counted and all(receipt.taken for _, receipt in receipts):
                _bring_back(unit, [(queued, receipt.rev) for queued, receipt in receipts])
            continue
        state = states.pop(record, None)
        if stored.ghost and not applied.page_counted:
            state = None  # it may be older than the page that took the record away
        if state is None and receipts and _told_as_typed(stored, receipts, differing):
            rev = receipts[0][1].rev
            assert rev is not None  # noqa: S101 - head office numbers everything it takes
            told[record] = rev
        elif state is not None:
            _take_state(unit, stored, state)
        elif stored.ghost and record not in unsent:
            applied.gone += _leave(unit, stored)
        else:
            _take_receipts(unit, stored, receipts)
    unit.records.confirm(told)
    for state in states.values():
        stored = known.get(state.record)
        if not applied.page_counted and (stored is None or stored.ghost):
            continue  # this reply may be older than the page that took the record away
        if stored is None:
            unit.put_told(state)
            _show_unsent(unit, [state.record])
        else:
            _take_state(unit, stored, state)


def _settle_run(unit: Unit, run: Run, sent: Sequence[Queued], told_at: str, applied: Applied) -> None:
    """Many changes accepted as sent, without reading them: what the screens show is what head office has."""
    seq = run.seq
    for taken in _following_each_other(sent[run.first : run.first + run.count]):
        if not _settle_following(unit, taken, run.stream, seq, told_at, applied):
            for place, queued in enumerate(taken):  # another process settled a part of it already
                _settle_following(unit, [queued], run.stream, seq + place, told_at, applied)
        seq += len(taken)


def _following_each_other(taken: Sequence[Queued]) -> Iterator[Sequence[Queued]]:
    """The changes in parts within which the laptop's own numbers have no gap."""
    if taken and taken[-1].n - taken[0].n == len(taken) - 1:
        yield taken
        return
    for _, part in groupby(enumerate(taken), lambda placed: placed[1].n - placed[0]):
        yield [queued for _, queued in part]


def _settle_following(
    unit: Unit, taken: Sequence[Queued], stream: str, seq: int, told_at: str, applied: Applied
) -> bool:
    """The same for changes without a gap, numbered from ``seq`` on; whether all were queued as they were sent."""
    in_part = unit.outbox.receipted_run(taken, stream, seq, told_at)
    if in_part is None:
        return False
    applied.outcomes["accepted"] += len(taken)
    if not in_part:
        return True
    by_record: dict[str, list[tuple[Queued, int]]] = {}
    for queued in in_part:
        by_record.setdefault(queued.record, []).append((queued, seq + queued.n - taken[0].n))
    unsent = unit.outbox.unsent_among([*by_record])
    confirmed = unit.records.confirm_run(
        {record: changes[-1][1] for record, changes in by_record.items() if record not in unsent}, stream
    )
    unsure = [record for record in by_record if record not in confirmed]
    known = unit.records.known(unsure)
    for record in unsure if applied.page_counted else ():
        if record not in known:
            _bring_back(unit, [(queued, (0, stream, number)) for queued, number in by_record[record]])
    for stored in known.values():
        if not stored.ghost or applied.page_counted:
            _take_run(unit, stored, by_record[stored.id], stream)
        elif stored.id not in unsent:
            applied.gone += _leave(unit, stored)
    return True


def _bring_back(unit: Unit, taken: Sequence[tuple[Queued, Rev | None]]) -> None:
    """A record made here that left this laptop is its officer's again, and head office took it as it was sent.

    So it is after a restore, which sends everything again; no page tells a laptop what its own receipts tell.
    """
    rev = taken[-1][1] if taken else None
    if rev is None or not (made := taken[0][0].decoded()).new:
        return
    values = {name: new for queued, _ in taken for name, (_shown, new) in queued.decoded().fields.items()}
    encoded = msgspec.Raw(msgspec.json.encode(values))
    unit.put_told(RecordState(kind=made.kind, record=made.record, rev=rev, encoded=encoded, parent=made.parent))
    _show_unsent(unit, [made.record])


def _take_run(unit: Unit, stored: StoredRecord, taken: list[tuple[Queued, int]], stream: str) -> None:
    """Changes of one record were accepted as sent; something newer was typed or told meanwhile.

    A ghost is none any more: where its officer may not see it, the page of the same reply takes it away.
    """
    made_anew = stored.stale and taken[0][0].decoded().new  # head office forgot it: it has what it takes now, no more
    base: Values = {} if made_anew else dict(stored.base)
    latest = stored
    for queued, seq in taken:
        if stored.seq is None or stored.stale or seq >= stored.seq:
            base.update({name: new for name, (_, new) in queued.decoded().fields.items()})
            latest = replace(latest, stream=stream, seq=seq, stale=False, ghost=False)
    unit.put(unit.shown_anew(replace(latest, base=base)))


def _told_as_typed(stored: StoredRecord, receipts: list[tuple[Queued, Receipt]], differing: set[str]) -> bool:
    """The usual case: a record made here, taken as sent, nothing typed since."""
    return (
        stored.seq is None and len(receipts) == 1 and receipts[0][1].taken and stored.id not in differing
    ) and receipts[0][1].rev is not None


def _take_receipts(unit: Unit, stored: StoredRecord, receipts: list[tuple[Queued, Receipt]]) -> None:
    """Head office left the state out: every value was taken as sent, on the very state this laptop holds.

    Or it was taken long ago, the reply was lost, and a page told meanwhile what became of it: that stays.
    """
    base: Values = dict(stored.base)
    latest = stored
    for queued, receipt in receipts:
        change = queued.decoded()
        if receipt.taken and receipt.rev is not None and _at_least_as_new(receipt.rev, stored):
            base.update({name: new for name, (_, new) in change.fields.items()})
            decided = set(change.after)
            latest = replace(
                latest,
                moves=receipt.rev[0],
                stream=receipt.rev[1],
                seq=receipt.rev[2],
                conflicts=tuple(c for c in latest.conflicts if (c.change, c.field) not in decided),
                stale=False,
            )
    if latest.seq is None:  # refused before head office ever had it: what was typed stays on the screen
        return
    unit.put(unit.shown_anew(replace(latest, base=base)))


def _at_least_as_new(rev: Rev, stored: StoredRecord) -> bool:
    """Whether what head office tells with ``rev`` is not older than what it told of the record before."""
    return stored.seq is None or stored.stale or (rev[0], rev[2]) >= (stored.moves, stored.seq)


def _take_state(unit: Unit, stored: StoredRecord, state: RecordState) -> None:
    """Head office's word on a record that is here."""
    moves, stream, seq = state.rev
    if not _at_least_as_new(state.rev, stored):
        shown = unit.shown_anew(stored)  # its receipts may have emptied the outbox
        if shown.screen != stored.screen:
            unit.put(shown)
        return
    told = replace(
        stored,
        parent=state.parent or stored.parent,
        stream=stream,
        moves=moves,
        seq=seq,
        base=state.values,
        conflicts=state.conflicts,
        stale=False,
        ghost=False,
    )
    _keep(unit, stored, unit.shown_anew(told))


def _is_as_before(stored: StoredRecord, state: RecordState) -> bool:
    """Whether a record that is read anew is what this laptop was told of it before, with nothing typed since."""
    return (
        (stored.stale and not stored.ghost and stored.seq is not None)
        and not (stored.conflicts or state.conflicts)
        and state.parent in (None, stored.parent)
        and stored.screen == stored.base == state.values
    )


def _keep(unit: Unit, stored: StoredRecord, told: StoredRecord) -> None:
    """Have ``told`` in place of ``stored``; an entry is never edited here, another one replaces it whole."""
    kind = KINDS.get(stored.kind)
    if kind is not None and kind.append_only and told.screen != stored.screen:
        unit.forget(stored)
        unit.put_new(told)
    else:
        unit.put(told)


def _show_unsent(unit: Unit, records: Iterable[str]) -> None:
    """Records that were not here may have changes: those of a record that left are queued again after a restore."""
    if not unit.outbox.goes_on_after(0):
        return
    for stored in unit.records.known([*unit.outbox.unsent_among([*records])]).values():
        _keep(unit, stored, unit.shown_anew(stored))


def _take_page(unit: Unit, reply: SyncReply, ready: Told | None, applied: Applied) -> None:
    if reply.restart:
        unit.records.turn_stale()
    known = unit.records.known([state.record for state in reply.records])
    as_before: dict[str, Rev] = {}
    for state in reply.records:
        if (stored := known.get(state.record)) is None:
            continue
        if _is_as_before(stored, state):
            as_before[state.record] = state.rev
        else:
            _take_state(unit, stored, state)
    unit.records.confirm(as_before)
    if known or ready is None:
        ready = Told(state for state in reply.records if state.record not in known)
    unit.put_all_told(ready)
    _show_unsent(unit, (state.record for state in reply.records if state.record not in known))
    applied.received = len(reply.records)
    for gone in reply.gone:
        applied.gone += _take_gone(unit, gone)
    if reply.cursor is not None and reply.cursor != unit.state.get("cursor", str):
        unit.state.set("cursor", reply.cursor)
    under_way = unit.state.get(UNDER_WAY, bool) or False
    went_on = under_way and not reply.restart  # to the heads that the first page of the pull met
    unit.state.set("cursor_heads", {} if reply.more or went_on else reply.heads)
    if reply.more != under_way:
        unit.state.set(UNDER_WAY, reply.more)
    if not reply.more:
        applied.gone += _leave_stale(unit)
    if reply.restart:
        unit.state.set(COMPARE, True)
    _note_pull(unit, reply, applied)


def _note_pull(unit: Unit, reply: SyncReply, applied: Applied) -> None:
    """How far a full pull is, so that one that was interrupted goes on telling it."""
    before = Pull(told=0, of=reply.to_come) if reply.restart else unit.state.pull()
    if before is None:
        return
    applied.pull = Pull(told=before.told + len(reply.records), of=before.of)
    unit.state.set("pull", applied.pull if reply.more else None)


def _take_gone(unit: Unit, gone: Gone) -> int:
    stored = unit.records.get(gone.record)
    if stored is None or stored.stream != gone.stream:
        return 0
    return _leave(unit, stored)


def _leave_stale(unit: Unit) -> int:
    return sum(_leave(unit, stored) for stored in unit.records.stale())


def _leave(unit: Unit, stored: StoredRecord) -> int:
    """A record with unsent changes stays as a ghost until they are receipted (SYNC 28)."""
    if unit.outbox.unsent_among([stored.id]):
        unit.put(replace(stored, ghost=True, stale=False, seq=None))
        return 0
    unit.forget(stored)
    return 1


def told_heads(reply: SyncReply) -> dict[str, Mark]:
    """The highest number of each stream that a reply tells, by a receipt or as the head of its page."""
    heads: dict[str, Mark] = dict(reply.heads)
    for run in reply.runs:
        last = run.seq + run.count - 1
        if last > heads.get(run.stream, (0, ""))[0]:
            heads[run.stream] = (last, run.hash)
    for receipt in reply.receipts:
        if receipt.seq and receipt.seq > heads.get(receipt.stream, (0, ""))[0]:
            heads[receipt.stream] = (receipt.seq, receipt.hash[:SHORT_HASH])
    return heads


def _raise_marks(unit: Unit, reply: SyncReply, applied: Applied) -> None:
    held = unit.state.marks()
    higher = {s: mark for s, mark in told_heads(reply).items() if mark[0] > held.get(s, (0, ""))[0]}
    if higher and (applied.page_counted or applied.outcomes):
        unit.state.raise_marks(higher)
