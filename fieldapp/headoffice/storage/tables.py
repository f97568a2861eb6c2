"""The tables, for building queries. The migrations create them; a test holds the two together.

Every primary key begins with the stream, so that the same schema can be partitioned by it.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, LargeBinary, MetaData, Table, Text, text
from sqlalchemy.sql.schema import SchemaItem

metadata = MetaData()

_Number = BigInteger().with_variant(Integer(), "sqlite")


def _key(name: str) -> Column[str]:
    return Column(name, Text, primary_key=True, nullable=False)


def _text(name: str, *, optional: bool = False) -> Column[str]:
    return Column(name, Text, nullable=optional)


def _number(name: str) -> Column[int]:
    return Column(name, _Number, nullable=False)


def _flag(name: str) -> tuple[Column[int], CheckConstraint]:
    return Column(name, Integer, nullable=False), CheckConstraint(f"{name} IN (0, 1)", name=f"{name}_is_flag")


def _table(name: str, *parts: SchemaItem, with_rowid: bool = True) -> Table:
    return Table(name, metadata, *parts, sqlite_strict=True, sqlite_with_rowid=with_rowid)


stream_head = _table(
    "stream_head",
    _key("stream"),
    _number("seq"),
    _text("hash"),
    _number("floor"),
    CheckConstraint("seq >= 0 AND floor >= 0", name="counts_up"),
)

AS_BYTES = "as_bytes"
"""Marks a column of text that may be given as its bytes (UTF-8): most of it comes so and is read by nobody."""

ENTRY_KINDS = ("contact", "visit")
"""What is added to a customer and never edited, nine of ten records: found by whose it is."""

NO_ENTRY = "kind <> 'contact' AND kind <> 'visit'"
"""What is found by its root; said the same way by the index and by whoever looks there."""

ENTRY = f"NOT ({NO_ENTRY})"
"""Visits and contacts."""

journal = _table(
    "journal",
    _key("stream"),
    Column("seq", _Number, primary_key=True, autoincrement=False, nullable=False),
    _text("change"),
    _text("record"),
    _text("effect"),
    _text("actor"),
    _text("device"),
    _text("accepted_at"),
    Column("body", LargeBinary, nullable=False),
    Column("random", LargeBinary, nullable=False),
    _text("hash"),
    CheckConstraint("seq > 0", name="seq_from_one"),
)

journal_run = _table(
    "journal_run",
    _key("stream"),
    Column("last", _Number, primary_key=True, autoincrement=False, nullable=False),
    _number("first"),
    _text("actor"),
    _text("device"),
    _text("accepted_at"),
    Column("random", LargeBinary, nullable=False),
    Column("hashes", LargeBinary, nullable=False),
    Column("bodies", LargeBinary, nullable=False),
    Column("earliest", LargeBinary, nullable=True),
    Column("latest", LargeBinary, nullable=True),
    Column("changes", LargeBinary, nullable=True),
    CheckConstraint("first > 0 AND first <= last", name="in_order"),
    Index("journal_run_by_change", "stream", "latest"),
)
"""Many entries of the journal in one piece: new records of one request, numbered ``first`` to ``last``. Where it tells
the ``changes`` too, they need no row in ``receipt``."""

record = _table(
    "record",
    _key("stream"),
    _key("record"),
    _text("kind"),
    _text("parent", optional=True),
    _text("root"),
    _text("owner"),
    _number("moves"),
    _number("seq"),
    Column("field_values", Text, nullable=False, info={AS_BYTES: True}),
    _text("conflicts"),
    _text("history"),
    _text("written"),
    _text("had"),
    *_flag("late"),
    Index("record_by_root", "stream", "root", sqlite_where=text(NO_ENTRY), postgresql_where=text(NO_ENTRY)),
    Index(
        "record_in_conflict",
        "stream",
        "record",
        sqlite_where=text("conflicts <> '[]'"),
        postgresql_where=text("conflicts <> '[]'"),
    ),
    Index("record_in_order", "stream", "seq"),
    Index("record_by_owner", "stream", "owner", "seq", "root"),
)
"""Who sees a record now follows from its stream and owner; ``departure`` holds who saw it once.

Visits and contacts, nine of ten records, are found by their owner, whose they are one after the other: by root, every
one that a push brings would stand on another page."""

departure = _table(
    "departure",
    _key("stream"),
    _key("audience"),
    _key("record"),
    _text("kind"),
    _number("seq"),
    Index("departure_in_order", "stream", "audience", "seq"),
)

under_review = _table("under_review", _key("stream"), _key("root"), with_rowid=False)
"""The customers whose papers reviewers and approvers read, for an application of theirs was submitted once; and people
of other customers who stand in one, by their own record."""

related_party = _table(
    "related_party",
    _key("stream"),
    _key("entry"),
    _text("name"),
    _text("digest"),
    _text("masked"),
    _text("relation"),
    _text("state"),
    _text("added_by"),
    _text("added_at"),
    _text("confirmed_by", optional=True),
    _text("leaving_by", optional=True),
    _text("left_by", optional=True),
    _text("of_staff", optional=True),
    CheckConstraint("state IN ('proposed', 'standing', 'leaving', 'left')", name="state_known"),
    CheckConstraint("confirmed_by <> added_by AND left_by <> leaving_by", name="two_persons"),
    Index("related_party_by_digest", "stream", "digest"),
)
"""Whom the bank may not favour (DOMAIN E1); numbers stand here as keyed digests alone."""

staff_number = _table("staff_number", _key("stream"), _key("digest"), _text("staff"), _text("sort"))
"""The telephones and accounts of the bank's own people, as keyed digests (DOMAIN E12)."""

exposure = _table(
    "exposure",
    _key("stream"),
    _key("application"),
    _text("branch"),
    _text("officer"),
    _text("borrower"),
    _text("industry"),
    _text("village"),
    _number("amount_fen"),
    _text("status"),
    _text("submitted_on"),
    Index("exposure_by_borrower", "stream", "borrower"),
)
"""What each submitted application asks for, and under what it is summed (DOMAIN E10)."""

exposure_tie = _table(
    "exposure_tie",
    _key("stream"),
    _key("digest"),
    _key("application"),
    _text("tie"),
    with_rowid=False,
)
"""By what submitted applications hang together, as keyed digests (DOMAIN E11)."""

forward = _table("forward", _key("stream"), _key("record"), _text("to_stream"))

receipt = _table(
    "receipt",
    _key("stream"),
    _key("change"),
    _text("digest"),
    _number("seq"),
    _text("receipt", optional=True),
    with_rowid=False,
)
"""``receipt`` is empty where the journal entry at ``seq`` says it all: a new record, taken as sent."""

held = _table("held", _key("stream"), _key("device"), _key("record"), _number("n"))
"""A record of which a laptop's change ``n`` was refused: what it typed after that waits for a correction (SYNC 17)."""

attachment = _table(
    "attachment",
    _key("stream"),
    _key("digest"),
    _number("received"),
    *_flag("complete"),
    _text("device"),
    _text("changed_at"),
    _text("begun"),
    Index(
        "attachment_awaited",
        "stream",
        "digest",
        sqlite_where=text("complete = 0"),
        postgresql_where=text("complete = 0"),
    ),
)
"""Its streams, and those of its chunks, are shelves: bytes belong to no branch. Laptops' own copies of one that is not
whole stand under a stream of that attachment alone, by the laptop's id."""

attachment_chunk = _table(
    "attachment_chunk",
    _key("stream"),
    _key("digest"),
    Column("start", _Number, primary_key=True, autoincrement=False, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
)

attachment_reference = _table(
    "attachment_reference",
    _key("stream"),
    _key("digest"),
    _key("record"),
    Index("attachment_reference_by_record", "stream", "record"),
)

device = _table(
    "device",
    _key("stream"),
    _key("device"),
    _text("token_hash"),
    _text("staff"),
    _text("name"),
    _number("counter"),
    _text("enrolled_at"),
    _text("last_seen", optional=True),
    _text("revoked_at", optional=True),
    Index("device_by_token", "stream", "token_hash", unique=True),
)

parcel = _table(
    "parcel",
    _key("stream"),
    _key("device"),
    _key("hand_in"),
    Column("number", _Number, primary_key=True, autoincrement=False, nullable=False),
    *_flag("last"),
    _text("received_at"),
    Column("sealed", LargeBinary, nullable=False),
    _text("admitted_at", optional=True),
    _text("admitted_by", optional=True),
)
"""The work of laptops that were shut out, sealed; ``stream`` is their officer's sub-branch."""

enrol_code = _table(
    "enrol_code",
    _key("stream"),
    _key("code_hash"),
    _text("staff"),
    _text("issued_at"),
    _text("expires_at"),
    _text("used_at", optional=True),
    _text("device", optional=True),
)

staff = _table(
    "staff",
    _key("stream"),
    _key("staff"),
    _text("name"),
    _text("role"),
    _text("branch"),
    *_flag("active"),
)

branch = _table("branch", _key("stream"), _key("branch"), _text("record"), _text("name"), _text("bank"))

setting = _table("setting", _key("stream"), _key("name"), _text("content"))
