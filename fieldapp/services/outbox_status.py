"""What is only on this laptop, what head office refused and why, what it confirmed. For the Sync page and the bars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fieldapp.domain.wording import Sentence
from fieldapp.protocol.changes import Change, decode_change
from fieldapp.services.business_day import local_time
from fieldapp.services.labels import FieldLabel, choice_label, field_label, kind_label
from fieldapp.services.refusals import reason_of
from fieldapp.services.resolve_conflict import undecided
from fieldapp.store.database import Store
from fieldapp.store.state import LastExchange
from fieldapp.store.view import View


@dataclass(frozen=True, slots=True)
class OutboxStatus:
    """Counts for the status bar and the rail. ``unsent`` counts changes, ``photos`` those still to be sent.

    ``needs_decision`` counts records in conflict. ``last`` is the last exchange, None before the first; ``last_at`` is
    when head office last answered to the end, ``restored_at`` when it was last found set back to an older copy, both in
    the bank's zone.
    """

    unsent: int
    photos: int
    photo_bytes: int
    needs_decision: int
    refused: int
    drafts: int
    last: LastExchange | None
    last_at: datetime | None
    restored_at: datetime | None = None

    @property
    def badge(self) -> int:
        """What the rail shows beside Sync: everything that waits for the officer."""
        return self.needs_decision + self.refused


@dataclass(frozen=True, slots=True)
class UnsentChange:
    """A change on its way. ``waits`` for another one; ``size`` in bytes, ``files`` still to be sent among them.

    The files are photos, or that of a paper. ``too_large`` tells that head office cannot take it at once: it stays
    until that changes; so does one for which a photo is ``photo_too_large`` that has to be there first.
    """

    change: str
    record: str
    prospect: str
    what: Sentence
    name: str
    made_at: datetime
    size: int
    kind: str
    files: int
    waits: bool
    too_large: bool
    photo_too_large: bool = False


@dataclass(frozen=True, slots=True)
class RefusedChange:
    """A change that head office refused for good; what was typed is still here.

    ``reason`` and ``advice`` are for the officer; ``label`` is the field that is meant, if any. ``behind`` counts what
    was typed into the record afterwards and waits for it; ``new`` tells that head office has no such record. ``also``
    is what else it found open in a submission.
    """

    change: str
    record: str
    prospect: str
    what: Sentence
    name: str
    code: str
    reason: Sentence
    advice: Sentence
    label: FieldLabel | None
    told_at: datetime
    behind: int
    new: bool
    also: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class ConfirmedChange:
    """A change with head office's receipt. ``receipt`` is head office's number for it, to be quoted."""

    change: str
    what: Sentence
    name: str
    outcome: str
    told_at: datetime
    receipt: str


def outbox_status(store: Store) -> OutboxStatus:
    """How things stand now."""
    with store.reading() as view:
        waiting = view.attachments.waiting("to_send")
        last = view.state.get("last_exchange", LastExchange)
        return OutboxStatus(
            unsent=view.outbox.count(),
            photos=len(waiting),
            photo_bytes=sum(max(0, photo.size - photo.confirmed) for photo in waiting),
            needs_decision=sum(1 for stored in view.records.in_conflict() if undecided(stored, view.outbox)),
            refused=len(view.outbox.refused()),
            drafts=view.drafts.count(),
            last=last,
            last_at=_local(last.at, store) if last is not None and last.at is not None else None,
            restored_at=_local(last.restored_at, store) if last is not None and last.restored_at is not None else None,
        )


def unsent_changes(store: Store, limit: int = 100) -> tuple[UnsentChange, ...]:
    """The newest changes that are only on this laptop."""
    with store.reading() as view:
        found = []
        too_large, greatest = set(view.state.too_large()), view.state.limits().attachment_bytes
        for queued in view.outbox.listed(limit):
            change = queued.decoded()
            prospect, name = _whose(view, queued.record, change)
            waiting = [photo for photo in map(view.attachments.get, _digests(change)) if photo]
            to_send = [photo for photo in waiting if photo.state == "to_send"]
            needed = [photo for photo in map(view.attachments.get, change.digests) if photo]
            found.append(
                UnsentChange(
                    queued.change,
                    queued.record,
                    prospect,
                    _what(view, change),
                    name,
                    _local(queued.made_at, store),
                    len(queued.body) + sum(photo.size - photo.confirmed for photo in to_send),
                    queued.kind,
                    len(waiting),
                    bool(queued.waits),
                    queued.change in too_large,
                    any(photo.state == "to_send" and photo.size > greatest for photo in needed),
                )
            )
    return tuple(found)


def refused_changes(store: Store) -> tuple[RefusedChange, ...]:
    """What head office refused, newest first."""
    with store.reading() as view:
        found = []
        for refused in view.outbox.refused():
            change = decode_change(refused.body)
            prospect, name = _whose(view, refused.record, change)
            reason, advice = reason_of(refused.code, refused.text)
            found.append(
                RefusedChange(
                    refused.change,
                    refused.record,
                    prospect,
                    _what(view, change),
                    name,
                    refused.code,
                    reason,
                    advice,
                    field_label(refused.kind, refused.field) if refused.field else None,
                    _local(refused.told_at, store),
                    sum(queued.waits and queued.n > refused.n for queued in view.outbox.of_record(refused.record)),
                    change.new,
                    tuple(reason_of(one.code, one.text)[0] for one in view.open_items.of(refused.change)),
                )
            )
    return tuple(found)


def confirmed_changes(store: Store, limit: int = 100) -> tuple[ConfirmedChange, ...]:
    """The newest receipts."""
    with store.reading() as view:
        return tuple(
            ConfirmedChange(
                sent.change,
                _called(view, sent.kind, sent.record),
                _name_of(view, sent.record)[1],
                sent.outcome,
                _local(sent.told_at, store),
                f"{sent.stream}-{sent.seq}",
            )
            for sent in view.outbox.newest_sent(limit)
        )


def _what(view: View, change: Change) -> Sentence:
    """What kind of act a change is, in words."""
    new = {name: value for name, (_, value) in change.fields.items()}
    if new.get("deleted"):
        return Sentence("{what}, removed", what=kind_label(change.kind))
    if change.new and new.get("promised_fen"):
        return Sentence("Promise to pay")
    if change.new and change.kind == "contact":
        return Sentence("Contact ({channel})", channel=choice_label("channel", str(new.get("channel"))))
    if change.new and change.kind == "visit":
        return Sentence("Visit ({purpose})", purpose=choice_label("purpose", str(new.get("purpose"))))
    if change.new and change.kind == "document":
        return _paper(view, new)
    if change.new:
        return Sentence("{what}, new", what=kind_label(change.kind))
    if change.kind == "application" and new.get("status") == "submitted":
        return Sentence("Loan application, submitted")
    names = list(change.fields)
    first = field_label(change.kind, names[0]).label if names else kind_label(change.kind)
    if len(names) > 1:
        return Sentence(
            "{what}: {field} and {more} more", what=kind_label(change.kind), field=first, more=len(names) - 1
        )
    return Sentence("{what}: {field}", what=kind_label(change.kind), field=first)


def _called(view: View, kind: str, record: str) -> Sentence:
    """What a record is called among others; of the papers, each by its own name."""
    stored = view.records.get(record) if kind == "document" else None
    return _paper(view, stored.screen) if stored is not None else kind_label(kind)


def _paper(view: View, document: Mapping[str, Any]) -> Sentence:
    """Which paper it is, whose where each person has one, and whether it was sealed."""
    paper = choice_label("paper", str(document.get("kind")))
    person = view.records.get(str(document.get("about") or ""))
    if person is not None:
        paper = Sentence("{paper} ({name})", paper=paper, name=str(person.screen.get("name") or ""))
    return Sentence("{paper}, sealed", paper=paper) if document.get("state") == "sealed" else paper


def _whose(view: View, record: str, change: Change) -> tuple[str, str]:
    """The prospect a change belongs to and its name, also when the record never came to be."""
    prospect, name = _name_of(view, record)
    if not name and change.parent:
        prospect, name = _name_of(view, change.parent)
    return prospect or change.parent or record, name


def _name_of(view: View, record: str) -> tuple[str, str]:
    stored = view.records.get(record)
    if stored is None:
        return "", ""
    seen = {stored.id}
    while stored.parent and stored.parent not in seen and (above := view.records.get(stored.parent)) is not None:
        stored = above  # what belongs to an application belongs to its customer
        seen.add(stored.id)
    prospect = stored.parent or stored.id
    row = view.prospects.get(prospect)
    return prospect, row.name if row else ""


def _digests(change: Change) -> list[str]:
    pair = change.fields.get("photos")
    return [str(photo["digest"]) for photo in pair[1] or ()] if pair else []


def _local(text: str, store: Store) -> datetime:
    return local_time(datetime.fromisoformat(text), store.clock.zone)
