"""Another client of head office, written from ``docs/protocol.md`` alone: it imports nothing of the program.

It keeps everything in memory. Where it and a laptop disagree, one of them or the document is wrong.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import uuid
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import zstandard

MEDIA_TYPE = "application/vnd.fieldapp+json"
GROUPS = {
    "prospect": (("stage", "lost_reason"), ("next_date", "next_time")),
    "person": (("id_type", "id_number"),),
    "application": (
        ("product", "product_version", "amount_fen", "months", "yearly_rate", "method", "start"),
        ("status", "submitted_at"),
    ),
}
MOST_CHANGES = 500
MOST_BYTES = 1024 * 1024
DOCUMENT = Path(__file__).parents[2] / "docs" / "protocol.md"
WORDS = DOCUMENT.read_text("utf-8").partition("## 9. ")[2].split("```")[1].strip("\n").encode()
FULL = 200_000
"""Bytes of changes in one request here: the rest of it must fit as well."""


class NotHeadOffice(Exception):
    """Something else answered."""


class Cut(Exception):
    """No whole answer came."""


class Refused(Exception):
    """An error answer: ``status``, ``code`` and how long to wait."""

    def __init__(self, status: int, code: str, retry_after: str | None) -> None:
        super().__init__(status, code)
        self.status = status
        self.code = code
        self.retry_after = retry_after


class Forked(Exception):
    """Head office does not know what it told us."""


@dataclass
class Held:
    """One record as told."""

    kind: str
    rev: list[Any]
    values: dict[str, Any]
    parent: str | None = None
    conflicts: list[dict[str, Any]] = field(default_factory=list)
    stale: bool = False


@dataclass
class Queued:
    """One change, its bytes as they were when it was saved."""

    id: str
    encoded: bytes

    @property
    def change(self) -> dict[str, Any]:
        decoded: dict[str, Any] = json.loads(self.encoded)
        return decoded


class ReferenceClient:
    """One laptop: ``base`` and ``outbox``, and what it takes to exchange them."""

    def __init__(self, url: str, *, protocol: int = 2, page: int = 2000) -> None:
        self._host = urlsplit(url).netloc
        self.protocol = protocol
        self.page = page
        self.base: dict[str, Held] = {}
        self.outbox: list[Queued] = []
        self.refused: list[tuple[Queued, dict[str, Any]]] = []
        self.receipts: dict[str, tuple[Any, ...]] = {}
        self.outcomes: Counter[str] = Counter()
        self.missing: list[str] = []
        self.requests: list[tuple[str, str, int]] = []
        self.cursor: str | None = None
        self.marks: dict[str, list[Any]] = {}
        self._heads: dict[str, list[Any]] | None = None
        self._more = False
        self._counter = 0
        self._n = 0

    # enrolling

    def enrol(self, code: str) -> None:
        asked = {"protocol": self.protocol, "code": code, "device_name": "reference"}
        told = self._message("POST", "/enrol", json.dumps(asked).encode())
        self.device, self.token, self.staff, self.stream = told["device"], told["token"], told["staff"], told["branch"]
        self.head_office = told["head_office"]

    def description(self) -> dict[str, Any]:
        """The routes as head office describes them."""
        document: dict[str, Any] = json.loads(self._ask("GET", "/schema")[2])
        return document

    # typing

    def screen(self, record: str) -> dict[str, Any]:
        """Base and outbox, which is what a person sees."""
        held = self.base.get(record)
        values = deepcopy(held.values) if held else {}
        for queued in self.outbox:
            change = queued.change
            if change["record"] == record:
                values |= {name: new for name, (_shown, new) in change["fields"].items()}
        return values

    def create(self, kind: str, values: dict[str, Any], parent: str | None = None, *, record: str | None = None) -> str:
        record = record or uuid.uuid4().hex
        fields = {name: [None, value] for name, value in values.items()}
        self._save(kind, record, fields, new=True, **({"parent": parent} if parent else {}))
        return record

    def edit(self, record: str, *, after: tuple[list[str], ...] = (), **typed: Any) -> str:
        return self._edit(record, typed, after)

    def _edit(self, record: str, typed: dict[str, Any], after: tuple[list[str], ...] = (), **rest: Any) -> str:
        kind = self._kind(record)
        screen = self.screen(record)
        fields = {name: [screen.get(name), new] for name, new in typed.items()}
        guarded = {"deleted"} | {
            name for group in GROUPS.get(kind, ()) if not {*group}.isdisjoint(typed) for name in group
        }
        if typed.get("deleted"):
            guarded = {*screen}
        guard = {name: screen.get(name, False if name == "deleted" else None) for name in guarded - {*typed}}
        own = [
            [queued.id, name]
            for name in typed
            for queued in [
                one for one in self.outbox if one.change["record"] == record and name in one.change["fields"]
            ][-1:]
        ]
        return self._save(kind, record, fields, guard=guard, after=[*own, *after], **rest)

    def decide(self, record: str, name: str, value: Any) -> str:
        """Settle what is open on a field."""
        conflicts = self.base[record].conflicts
        return self.edit(
            record, after=tuple([c["change"], name] for c in conflicts if c["field"] == name), **{name: value}
        )

    def _kind(self, record: str) -> str:
        if record in self.base:
            return self.base[record].kind
        return next(one.change["kind"] for one in self.outbox if one.change["record"] == record)

    def _save(self, kind: str, record: str, fields: dict[str, Any], **rest: Any) -> str:
        self._n += 1
        change = {
            "id": uuid.uuid4().hex,
            "n": self._n,
            "stream": self.base[record].rev[1] if record in self.base else self.stream,
            "kind": kind,
            "record": record,
            "fields": fields,
            "actor": self.staff,
            "made_at": "2026-06-01T01:00:00Z",
        } | rest
        self.outbox.append(Queued(str(change["id"]), json.dumps(change, ensure_ascii=False).encode()))
        return str(change["id"])

    # the exchange

    def sync(self) -> None:
        """Send everything, then read everything."""
        self.missing = []
        waiting: set[str] = set()
        again = True
        asked = False
        while True:
            batch = self._batch(waiting)
            if not batch and waiting and again:
                waiting, again = set(), False
                continue
            if not batch and asked and not self._more:
                return
            reply = self._short_question() if not batch and not asked else self._exchange(batch)
            asked = True
            if reply is None:
                return
            waiting |= self._apply(reply, batch)

    def request(self, batch: list[Queued], **more: Any) -> bytes:
        """The bytes of the next exchange; ``more`` is what only some say."""
        self._counter += 1
        held = {}
        for queued in batch:
            record = queued.change["record"]
            known = self.base.get(record)
            if known is not None and not known.stale:
                held[record] = known.rev
            elif self.protocol == 1:
                held[record] = None
        message = {
            "protocol": self.protocol,
            "device": self.device,
            "counter": self._counter,
            "marks": self.marks,
            "held": held,
            "page": self.page,
        } | more
        if self.cursor is not None:
            message["cursor"] = self.cursor
        return json.dumps(message).encode()[:-1] + b', "changes": [' + b",".join(q.encoded for q in batch) + b"]}"

    def _batch(self, without: set[str]) -> list[Queued]:
        batch: list[Queued] = []
        size = 0
        for queued in self.outbox:
            if queued.id in without:
                continue
            size += len(queued.encoded)
            if batch and (len(batch) == MOST_CHANGES or size > FULL):
                break
            batch.append(queued)
        return batch

    def _short_question(self) -> dict[str, Any] | None:
        if self.protocol == 1 or self.cursor is None or self.marks != self._heads:
            return self._exchange([])
        self._counter += 1
        path = f"/sync?c={quote(self.cursor)}&n={self._counter}"
        try:
            status, _headers, body = self._ask("GET", path)
        except Refused as refused:
            if refused.status not in (405, 426):
                raise
            self.protocol = 1
            return self._exchange([])
        return None if status == 204 else json.loads(body)

    def _exchange(self, batch: list[Queued]) -> dict[str, Any]:
        try:
            return self._message("POST", "/sync", self.request(batch))
        except Refused as refused:
            if refused.status != 426 or self.protocol == 1:
                raise
        self.protocol = 1
        return self._message("POST", "/sync", self.request(batch))

    def _apply(self, reply: dict[str, Any], batch: list[Queued]) -> set[str]:
        """Take an answer; returns the changes that wait."""
        if reply.get("fork"):
            raise Forked(reply["fork"])
        waits = self._take_receipts(reply, batch)
        for state in reply.get("states", ()):
            self._take(state)
        if reply.get("restart"):
            for held in self.base.values():
                held.stale = True
        heads = reply.get("heads", {})
        for state in reply.get("records", ()):
            self._take(state)
        for gone in reply.get("gone", ()):
            if gone["record"] in self.base and self.base[gone["record"]].rev[1] == gone["stream"]:
                del self.base[gone["record"]]
        for stream, mark in heads.items():
            self._mark(stream, *mark)
        self.marks = {stream: mark for stream, mark in self.marks.items() if stream in heads}
        went_on = self._more and not reply.get("restart")  # to the heads of the first page: the cursor may stand before
        self._more = reply.get("more", False)
        self.cursor = reply["cursor"]
        self._heads = None if self._more or went_on else heads
        self.missing += reply.get("missing", ())
        if not self._more:
            self.base = {record: held for record, held in self.base.items() if not held.stale and held.rev[1] in heads}
        return waits

    def _take_receipts(self, reply: dict[str, Any], batch: list[Queued]) -> set[str]:
        waits: set[str] = set()
        by_place: dict[int, dict[str, Any]] = {}
        for first, count, stream, seq, hash_ in reply.get("runs", ()):
            for place in range(count):
                by_place[first + place] = {"outcome": "accepted", "stream": stream, "seq": seq + place, "run": True}
            self._mark(stream, seq + count - 1, hash_)
        receipts = iter(reply.get("receipts", ()))
        for place, queued in enumerate(batch):
            receipt = by_place.get(place) or next(receipts)
            outcome = receipt["outcome"]
            self.outcomes[outcome] += 1
            if outcome == "waits":
                waits.add(queued.id)
                continue
            if outcome == "id_reuse":
                change = queued.change | {"id": uuid.uuid4().hex}
                self.outbox[self.outbox.index(queued)] = Queued(change["id"], json.dumps(change).encode())
                continue
            told = (outcome, receipt.get("stream"), receipt.get("seq"))
            assert self.receipts.setdefault(queued.id, told) == told, "a receipt changed"
            self.outbox.remove(queued)
            if outcome == "refused":
                self.refused.append((queued, receipt))
                continue
            self._move_on(queued.change, receipt)
            if "hash" in receipt:
                self._mark(receipt["stream"], receipt["seq"], receipt["hash"])
        return waits

    def _move_on(self, change: dict[str, Any], receipt: dict[str, Any]) -> None:
        held = self.base.get(change["record"])
        if held is not None and held.stale:
            held = None
        rev = receipt.get("rev")
        if receipt.get("run"):
            rev = [held.rev[0] if held else 0, receipt["stream"], receipt["seq"]]
        elif not receipt.get("taken") or receipt.get("prev_rev") != (held.rev if held else None):
            return
        if held is None and not change.get("new"):
            return
        values = (held.values if held else {}) | {name: new for name, (_shown, new) in change["fields"].items()}
        self.base[change["record"]] = Held(
            change["kind"],
            rev,
            values,
            held.parent if held else change.get("parent"),
            held.conflicts if held else [],
        )

    def _take(self, state: dict[str, Any]) -> None:
        held = self.base.get(state["record"])
        moves, _stream, seq = state["rev"]
        if held is None or held.stale or (held.rev[0], held.rev[2]) <= (moves, seq):
            self.base[state["record"]] = Held(
                state["kind"], state["rev"], state["values"], state.get("parent"), list(state.get("conflicts", ()))
            )

    def _mark(self, stream: str, seq: int, hash_: str) -> None:
        if self.marks.get(stream, [-1])[0] <= seq:
            self.marks[stream] = [seq, hash_]

    # attachments

    def send_attachment(self, content: bytes, piece: int = 256 * 1024, *, most: int | None = None) -> bool:
        """Go on from where head office is; ``most`` pieces now. Whether it is all there."""
        path = f"/attachments/{hashlib.sha256(content).hexdigest()}"
        _status, headers, _body = self._ask("HEAD", path)
        offset, complete = int(headers["upload-offset"]), headers["upload-complete"] == "?1"
        sent = 0
        while not complete and sent != most:
            sent += 1
            asked = {
                "Content-Type": "application/offset+octet-stream",
                "Upload-Offset": str(offset),
                "Upload-Length": str(len(content)),
            }
            status, _headers, body = self._ask(
                "PATCH", path, content[offset : offset + piece], asked, let_through=(409,)
            )
            told = json.loads(body)
            assert status in (200, 409)
            offset, complete = told["offset"], told["complete"]
        return complete

    def fetch_attachment(self, digest: str, piece: int = 256 * 1024) -> bytes:
        """All of it, in ranges."""
        content = b""
        while True:
            asked = {"Range": f"bytes={len(content)}-{len(content) + piece - 1}"}
            status, headers, body = self._ask("GET", f"/attachments/{digest}", extra=asked)
            content += body
            whole = headers.get("content-range", "").rpartition("/")[2]
            if status == 200 or len(content) >= int(whole):
                return content

    # the line

    def _message(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        headers = {"Content-Type": MEDIA_TYPE}
        if len(body) > 500:
            body = zstandard.compress(body)
            headers["Content-Encoding"] = "zstd"
        message: dict[str, Any] = json.loads(self._ask(method, path, body, headers)[2])
        return message

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        extra: dict[str, str] | None = None,
        let_through: tuple[int, ...] = (),
    ) -> tuple[int, dict[str, str], bytes]:
        request = uuid.uuid4().hex
        headers = {"X-Fieldapp-Request": request, "Accept-Encoding": "zstd"} | (extra or {})
        if path != "/enrol":
            headers["Authorization"] = f"Bearer {self.token}"
        connection = http.client.HTTPConnection(self._host, timeout=20)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        except (http.client.HTTPException, OSError) as error:
            raise Cut from error
        finally:
            connection.close()
        self.requests.append((method, path.partition("?")[0], answer.status))
        told = {name.lower(): value for name, value in answer.getheaders()}
        if told.get("x-fieldapp-request") != request:
            raise NotHeadOffice
        bytes_follow = path == "/schema" or (
            method in ("GET", "HEAD") and path.startswith("/attachments/") and answer.status < 300
        )
        if not bytes_follow and answer.status != 204 and told.get("content-type") != MEDIA_TYPE:
            raise NotHeadOffice
        if (coding := told.get("content-encoding")) in ("zstd", "zstd-words"):
            words = zstandard.ZstdCompressionDict(WORDS, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
            known = {"dict_data": words} if coding == "zstd-words" else {}
            with zstandard.ZstdDecompressor(**known).stream_reader(content) as reader:
                content = reader.read()
        if answer.status >= 400 and answer.status not in let_through:
            problem = json.loads(content) if content else {}
            raise Refused(answer.status, problem.get("code", ""), told.get("retry-after"))
        return answer.status, told, content
