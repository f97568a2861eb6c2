"""A small laptop that believes what the protocol says and nothing else: base, cursor, marks."""

from __future__ import annotations

from typing import Any

import msgspec

from fieldapp.headoffice.exchange import Exchange
from fieldapp.headoffice.scope import Author
from fieldapp.protocol.changes import Change, decode_change, encode_change
from fieldapp.protocol.messages import Mark, RecordState, Rev, SyncReply, SyncRequest


class Laptop:
    """Speaks to an Exchange directly; ``base`` is what it was told."""

    def __init__(self, exchange: Exchange, author: Author, device: str) -> None:
        self._exchange = exchange
        self.author = author
        self.device = device
        self.counter = 0
        self.cursor: str | None = None
        self.marks: dict[str, Mark] = {}
        self.base: dict[str, RecordState] = {}

    def request(self, *changes: Change, **rest: Any) -> SyncRequest:
        self.counter += 1
        held: dict[str, Rev | None] = {
            c.record: self.base[c.record].rev if c.record in self.base else None for c in changes
        }
        parts = {"cursor": self.cursor, "marks": self.marks, "held": held} | rest
        return SyncRequest(
            protocol=1,
            device=self.device,
            counter=self.counter,
            changes=[msgspec.Raw(encode_change(change)) for change in changes],
            **parts,
        )

    def ask(self, request: SyncRequest) -> SyncReply:
        over_the_wire = msgspec.json.decode(msgspec.json.encode(request), type=SyncRequest)
        answer = self._exchange.answer(self.author, self.device, over_the_wire)
        return msgspec.json.decode(msgspec.json.encode(answer), type=SyncReply)

    def sync(self, *changes: Change, page: int = 2000) -> SyncReply:
        """One push and as many pages as there are; returns the first reply."""
        first = self.ask(self.request(*changes, page=page))
        self.apply(first, changes)
        reply = first
        while reply.more:
            reply = self.ask(self.request(page=page))
            self.apply(reply)
        return first

    def apply(self, reply: SyncReply, changes: tuple[Change, ...] = ()) -> None:
        sent = {change.id: decode_change(encode_change(change)) for change in changes}
        if reply.restart:
            self.base = {}
        for receipt in reply.receipts:
            if receipt.rev is None or not receipt.taken:
                continue
            change = sent[receipt.change]
            known = self.base.get(change.record)
            if (known.rev if known else None) == receipt.prev_rev:
                values = {name: new for name, (_shown, new) in change.fields.items()}
                self.base[change.record] = RecordState(
                    kind=change.kind,
                    record=change.record,
                    rev=receipt.rev,
                    encoded=msgspec.Raw(msgspec.json.encode((known.values if known else {}) | values)),
                    parent=known.parent if known else change.parent,
                    conflicts=known.conflicts if known else (),
                )
        for state in (*reply.states, *reply.records):
            known = self.base.get(state.record)
            if known is None or (known.rev[0], known.rev[2]) <= (state.rev[0], state.rev[2]):
                self.base[state.record] = state
        for gone in reply.gone:
            self.base.pop(gone.record, None)
        self.cursor = reply.cursor
        self.marks = self.marks | reply.heads

    def outcomes(self, *changes: Change) -> list[str]:
        return [receipt.outcome for receipt in self.sync(*changes).receipts]
