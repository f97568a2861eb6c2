"""The rest of another client, from the document alone: a new laptop's day, totals, and what follows a restore."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.headoffice.reference_client import Held, Queued, ReferenceClient

DIGITS = 32
"""Of a digest, in a proof."""
MOST_RESCUES = 200
ZERO = b"\x00"


@dataclass
class Sent:
    """A change that was taken, until a backup holds it."""

    queued: Queued
    stream: str
    seq: int

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.queued.encoded).hexdigest()[:DIGITS]


class WholeClient(ReferenceClient):
    """Keeps what it sent until that is durable, and starts over where head office has forgotten it."""

    def __init__(self, url: str, **rest: Any) -> None:
        super().__init__(url, **rest)
        self.sent: list[Sent] = []
        self.proofs: list[tuple[str, str, list[Sent]]] = []
        self._proving = False
        self.images: dict[str, Held] = {}

    def move_to(self, url: str) -> None:
        """Head office is at another address now."""
        self._host = urlsplit(url).netloc

    def first_day(self, day: str) -> dict[str, Any]:
        """The first word of a laptop that holds nothing: what ``day`` asks of its officer. The answer."""
        page, self.page = self.page, 1
        reply = self._message("POST", "/sync", self.request([], day=day))
        self.page = page
        self._apply(reply, [])
        return reply

    def compare(self) -> dict[str, Any] | None:
        """Where both ends differ, by stream; None when head office did not compare."""
        totals: dict[str, dict[str, list[Any]]] = {}
        for record, held in self.base.items():
            if held.stale:
                continue
            count_and_sum = totals.setdefault(held.rev[1], {}).setdefault(held.kind, [0, 0])
            count_and_sum[0] += 1
            count_and_sum[1] = (count_and_sum[1] + _weight(record, held)) % 2**128
        told = {
            stream: {kind: [number, f"{weight:032x}"] for kind, (number, weight) in kinds.items()}
            for stream, kinds in totals.items()
        }
        reply = self._message("POST", "/sync", self.request([], totals=told))
        self._apply(reply, [])
        return reply.get("differs", {}) if reply.get("compared") else None

    def start_over(self) -> None:
        """Head office was restored: send again, read anew, then offer what it does not know any more."""
        image = {record: deepcopy(held) for record, held in self.base.items() if not held.stale}
        again, self.sent = [one.queued for one in self.sent], []
        for queued in again:
            del self.receipts[queued.id]
        self.outbox = sorted([*again, *self.outbox], key=lambda queued: int(queued.change["n"]))
        self.cursor, self._heads = None, None
        self.marks = {}
        for held in self.base.values():
            held.stale = True
        self._proving = True
        self.sync()
        self._proving = False
        self.images = image | self.images
        self.offer_images()

    def offer_images(self) -> None:
        """What head office does not know just so goes back to it; what it did not take is kept for the next time."""
        self.images = {record: held for record, held in self.images.items() if self.base.get(record) != held}
        parents_first = sorted(self.images, key=self._depth)
        untaken: set[str] = set()
        for start in range(0, len(parents_first), MOST_RESCUES):
            offered = [_offer(record, self.images[record]) for record in parents_first[start : start + MOST_RESCUES]]
            reply = self._message("POST", "/sync", self.request([], rescues=offered))
            self._apply(reply, [])
            untaken.update(reply.get("untaken", []))
        self.images = {record: held for record, held in self.images.items() if record in untaken}
        self.sync()

    def _depth(self, record: str | None) -> int:
        depth = 0
        while record in self.images:
            record, depth = self.images[record].parent, depth + 1
        return depth

    def request(self, batch: list[Queued], **more: Any) -> bytes:
        in_it = {queued.id for queued in batch}
        proofs = [
            [stream, mark, [one.digest for one in covered]]
            for stream, mark, covered in self.proofs
            if self._proving and any(one.queued.id in in_it for one in covered)
        ]
        return super().request(batch, **more, **({"proofs": proofs} if proofs else {}))

    def _apply(self, reply: dict[str, Any], batch: list[Queued]) -> set[str]:
        waits = super()._apply(reply, batch)
        taken = []
        for queued in batch:
            outcome, stream, seq = self.receipts.get(queued.id, ("", None, None))
            if outcome in ("accepted", "merged", "conflict"):
                taken.append(Sent(queued, str(stream), int(seq)))
        self.sent += taken
        self.proofs += [
            (stream, mark, [one for one in taken if one.stream == stream])
            for stream, mark in reply.get("proofs", {}).items()
        ]
        durable = reply.get("durable", {})
        self.sent = [one for one in self.sent if one.seq > durable.get(one.stream, 0)]
        self.proofs = [proof for proof in self.proofs if any(one.seq > durable.get(one.stream, 0) for one in proof[2])]
        return waits


def _offer(record: str, held: Held) -> dict[str, Any]:
    offer = {"kind": held.kind, "record": record, "values": held.values}
    return offer | ({"parent": held.parent} if held.parent is not None else {})


def _weight(record: str, held: Held) -> int:
    moves, stream, seq = held.rev
    values = json.dumps(held.values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    parts: Sequence[str] = (record, str(moves), stream, str(seq), values)
    return int.from_bytes(hashlib.sha256(ZERO.join(part.encode() for part in parts)).digest()[:16], "big")
