"""The messages of the exchange, and the few facts about how they travel."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import msgspec

from fieldapp.protocol.totals import Totals

PROTOCOL = 2
"""The version this program speaks; both ends also speak the one before."""

PREVIOUS_PROTOCOL = 1
"""Without ``runs`` and without the short question ``GET /sync``; chain hashes are told in full."""

SHORT_HASH = 16
"""Hexadecimal digits of a chain hash that travel: enough to recognise a head office that was restored."""

MEDIA_TYPE = "application/vnd.fieldapp+json"
"""Anything else in an answer, a captive portal's HTML say, is not head office."""

REQUEST_HEADER = "X-Fieldapp-Request"
"""A fresh id on each request, given back in the answer."""

MAX_RESCUES = 200
"""Rescues in one request."""

PAGE_RECORDS = 2000
"""Records asked for at once, where a request does not say."""

MAX_CHANGES = 500
MAX_BODY_BYTES = 1024 * 1024
"""Limits of one request, before compression (SYNC 10)."""

REQUEST_OVERHEAD_BYTES = 64 * 1024
"""Room in a request for what is not changes."""

MAX_RECORD_BYTES = MAX_BODY_BYTES - REQUEST_OVERHEAD_BYTES
"""What edits may make of a record, with its conflicts: it must still fit into a request that gives it back."""

Rev = tuple[int, str, int]
"""A record's revision ``(moves, stream, seq)``; compare moves, then seq (SYNC 2)."""

Mark = tuple[int, str]
"""The highest number of a stream a laptop was ever told, and the chain hash there (SYNC 3)."""


class Conflict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A value that could not be set, kept beside the record until a person decides.

    ``standing`` is what head office held when it opened. ``by`` and ``at`` are the author of ``value``;
    ``standing_by`` and ``standing_at`` the author of what stood, when known. ``late`` came from a former owner.
    """

    change: str
    field: str
    shown: Any
    value: Any
    by: str
    at: str
    standing: Any = None
    standing_by: str | None = None
    standing_at: str | None = None
    late: bool = False


class RecordState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A record as head office has it now.

    The values travel as the JSON they are kept as: what is only passed on is not taken apart, and a field this
    version does not know stays as it came (SYNC 38).
    """

    kind: str
    record: str
    rev: Rev
    encoded: msgspec.Raw = msgspec.field(name="values")
    parent: str | None = None
    conflicts: tuple[Conflict, ...] = ()

    @property
    def values(self) -> dict[str, Any]:
        """The values, decoded."""
        return _values.decode(self.encoded)


_values = msgspec.json.Decoder(dict[str, Any])


Outcome = Literal["accepted", "merged", "conflict", "refused", "waits", "id_reuse"]


NOT_OURS = ("scope", "actor")
"""Refused because the record is somebody else's: there is nothing to correct, and nothing waits for a correction."""


class Open(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One more thing that is open in a refused change, said as its first reason is said."""

    code: str
    text: str = ""
    field: str | None = None


class Receipt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Head office's answer to one change, the same for ever for the same bytes.

    accepted: every value was set as sent, on the very state the laptop held. merged: every value was set or already
    stood, on a newer state. conflict: at least one value waits for a person. refused: final, with ``code``, ``text``
    and ``field``. waits: no receipt yet, keep it queued. id_reuse: send the same work under a new id.
    ``seq``, ``hash`` number it in its stream. ``taken`` tells that every value was taken as sent. ``also`` is what else
    is open in a refused submission, after its first reason.
    """

    change: str
    outcome: Outcome
    stream: str = ""
    seq: int = 0
    hash: str = ""
    rev: Rev | None = None
    prev_rev: Rev | None = None
    taken: bool = False
    code: str = ""
    text: str = ""
    field: str | None = None
    also: tuple[Open, ...] = ()


class Run(msgspec.Struct, frozen=True, array_like=True):
    """Changes that follow each other in the request, all ``accepted`` and numbered one after the other.

    ``first`` is the place of the first among the request's changes, from 0; ``seq`` its number in ``stream``;
    ``hash`` the chain hash after the last.
    """

    first: int
    count: int
    stream: str
    seq: int
    hash: str


class Gone(msgspec.Struct, frozen=True):
    """A record that has left this officer's scope."""

    stream: str
    kind: str
    record: str


RESCUED = "rescue-"
"""How the id begins under which a record or a value was taken in again after a restore."""


class Rescue(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a laptop was once told of a record that a restored head office knows otherwise, or not at all (SYNC 35)."""

    kind: str
    record: str
    encoded: msgspec.Raw = msgspec.field(name="values")
    parent: str | None = None

    @property
    def values(self) -> dict[str, Any]:
        """The values, decoded."""
        return _values.decode(self.encoded)


PROOF_DIGITS = 32
"""Hexadecimal digits of marks and of changes' digests in proofs: too many for two to be alike, or to be guessed."""


class Proof(msgspec.Struct, frozen=True, array_like=True):
    """That head office once took all changes with these ``digests`` in ``stream``: its own ``mark`` under them.

    A digest is the beginning of the SHA-256 of a change's bytes.
    """

    stream: str
    mark: str
    digests: list[str]


class SyncRequest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One exchange. ``counter`` only grows: a lower one shows a cloned laptop (SYNC 41).

    ``held`` names the revision the laptop holds of each changed record; it is left out, or null, where the laptop
    holds none or a stale one (SYNC 22). ``changes`` are the bodies as stored. ``page`` is the most records wanted back.
    ``rescues`` are offered after a restore, once everything else has been sent and read. ``totals`` ask whether the
    laptop, which has read everything, holds what head office holds. ``day`` is the business date of a laptop that holds
    nothing yet: what that day asks of its officer is told first (SYNC 29). ``proofs`` go with what was forgotten by
    a head office that was restored (SYNC 34).
    """

    protocol: int
    device: str
    counter: int
    marks: dict[str, Mark] = {}
    cursor: str | None = None
    changes: list[msgspec.Raw] = []
    held: dict[str, Rev | None] = {}
    page: int = PAGE_RECORDS
    rescues: list[Rescue] = []
    totals: Totals = {}
    day: date | None = None
    proofs: list[Proof] = []


class Limits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What head office takes in one request and one text; told where it is not what the document says (SYNC 40).

    ``brief``: it reads the brief form of a change that makes a record; told once, it holds.
    """

    changes: int = MAX_CHANGES
    body_bytes: int = MAX_BODY_BYTES
    text_characters: int = 20_000
    attachment_bytes: int = 20 * 1024 * 1024
    chunk_bytes: int = 256 * 1024
    brief: bool = False


USUAL_LIMITS = Limits()
"""Those of the document, which are not told."""


class SyncReply(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer to one exchange; the laptop applies all of it in one transaction (SYNC 21).

    Each change of the request is in one of the ``runs`` or has a receipt of its own. ``states`` belong to receipts:
    records whose state head office could not leave out; what a ``day`` asked for is among them. ``records`` and
    ``gone`` are the page; ``cursor`` is where the next one starts. ``heads`` are the stream heads the page was read
    against. ``restart`` says that the page is the first of a full pull, which tells ``to_come`` records in all, give or
    take what changes meanwhile. ``fork`` names the streams in which head office has forgotten what it told this laptop;
    then nothing else is set. ``missing`` are digests of attachments that head office still lacks among the records of
    this request. ``durable`` names for each stream the number up to which a backup that was tried holds everything; a
    laptop need not keep what it sent before. ``compared`` says that ``totals`` were compared with the very moment the
    cursor stands for, ``differs`` where they are not the same. ``proofs`` holds for each
    stream head office's mark under all changes of the request that were taken in it. ``untaken`` are the records among
    the ``rescues`` that could not be taken now, most often for want of their parent: to be kept, and offered again.
    """

    protocol: int
    server_time: str
    runs: list[Run] = []
    receipts: list[Receipt] = []
    states: list[RecordState] = []
    records: list[RecordState] = []
    gone: list[Gone] = []
    cursor: str | None = None
    more: bool = False
    restart: bool = False
    to_come: int = 0
    heads: dict[str, Mark] = {}
    durable: dict[str, int] = {}
    missing: list[str] = []
    fork: list[str] = []
    compared: bool = False
    differs: dict[str, list[str]] = {}
    limits: Limits = USUAL_LIMITS
    proofs: dict[str, str] = {}
    untaken: list[str] = []


class EnrolRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A laptop presents its one-time code."""

    protocol: int
    code: str
    device_name: str


class EnrolReply(msgspec.Struct, frozen=True, kw_only=True):
    """Who the laptop belongs to from now on. ``token`` authenticates every later request and does not expire.

    ``parcel_key`` is that of ParcelKey; a head office that does not tell it yet leaves it empty.
    """

    device: str
    token: str
    staff: str
    staff_name: str
    role: str
    branch: str
    branch_name: str
    bank: str
    streams: list[str]
    head_office: str
    parcel_key: str = ""


class ParcelKey(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The public key to which a laptop that was shut out seals its unsent work (X25519, base64).

    ``fork`` are the streams in which head office has forgotten what it told this laptop, as in SyncReply.
    """

    key: str
    fork: list[str] = []


class ParcelReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """Head office keeps the parcel; ``digest`` is the SHA-256 of its sealed bytes in hexadecimal."""

    digest: str


class CertificateRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A laptop asks for a certificate for the key it seals papers with: ``request`` is a PKCS #10 request in PEM form.

    Only its key counts; who the laptop is, head office knows by the token.
    """

    protocol: int
    request: str


class CertificateReply(msgspec.Struct, frozen=True, kw_only=True):
    """The laptop's certificate and that of the authority which issued it, both in PEM form."""

    certificate: str
    authority: str


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An error answer: a stable ``code``, a sentence for people in English, and the field if one is meant."""

    code: str
    text: str
    field: str | None = None


class AttachmentStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How much of an attachment head office holds."""

    digest: str
    offset: int
    complete: bool
