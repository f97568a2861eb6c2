"""Reading whole streams, a little at a time."""

from __future__ import annotations

from collections.abc import Generator

from sqlalchemy import Connection, select

from fieldapp.domain.identifiers import BANK_STREAM
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.storage import tables
from fieldapp.headoffice.storage.journal import Journal
from fieldapp.headoffice.storage.rows import record_of

_AT_ONCE = 500


def streams(connection: Connection) -> list[str]:
    """The bank's own stream and those of its sub-branches, by name."""
    t = tables.branch
    return sorted({BANK_STREAM, *connection.scalars(select(t.c.branch).where(t.c.stream == BANK_STREAM))})


def every_record(connection: Connection, stream: str) -> Generator[StoredRecord, None, None]:
    """Every record of a stream by its id; close it when leaving early."""
    t = tables.record
    query = select(t).where(t.c.stream == stream).order_by(t.c.record).execution_options(yield_per=_AT_ONCE)
    journal = Journal(connection)
    with connection.execute(query) as rows:
        for some in rows.partitions(_AT_ONCE):
            yield from map(record_of, journal.whole(stream, [tuple(row) for row in some]))


def every_attachment(connection: Connection, stream: str) -> Generator[str, None, None]:
    """The digests that records of a stream name, in order, each once; close it when leaving early."""
    t = tables.attachment_reference
    query = select(t.c.digest).where(t.c.stream == stream).distinct().order_by(t.c.digest)
    with connection.execute(query.execution_options(yield_per=_AT_ONCE)) as rows:
        for row in rows:
            yield row.digest
