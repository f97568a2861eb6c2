"""What the database itself can tell of head office's state: laptops, streams, open conflicts."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select, text

from fieldapp.domain.identifiers import BANK_STREAM
from fieldapp.headoffice.storage import tables
from fieldapp.headoffice.storage.direct import Direct
from fieldapp.headoffice.storage.extracts import streams


@dataclass(frozen=True, slots=True)
class Figures:
    """One moment of head office.

    ``last_contacts`` tells of each laptop in use when it last spoke, or was enrolled (UTC, ISO); ``revoked`` counts
    the others. ``changes`` is the highest number of each stream, ``conflicts`` its records in which a person has to
    decide.
    """

    last_contacts: dict[str, str]
    revoked: int
    changes: dict[str, int]
    conflicts: dict[str, int]
    schema: str


def figures(connection: Connection) -> Figures:
    """Read them; the cost grows with laptops, streams and open conflicts, not with records."""
    d, s, h = tables.device, tables.staff, tables.stream_head
    devices = connection.execute(
        select(d.c.device, d.c.enrolled_at, d.c.last_seen, d.c.revoked_at, s.c.active)
        .join(s, (s.c.stream == d.c.stream) & (s.c.staff == d.c.staff))
        .where(d.c.stream == BANK_STREAM)
        .order_by(d.c.device)
    ).all()
    named = streams(connection)
    heads = connection.execute(select(h.c.stream, h.c.seq).where(h.c.stream.in_(named)).order_by(h.c.stream))
    changes: dict[str, int] = {row.stream: row.seq for row in heads}
    conflicts = {row[0]: row[1] for row in Direct(connection).rows(counting_conflicts(connection), set(named))}
    used = {row.device: row.last_seen or row.enrolled_at for row in devices if row.revoked_at is None and row.active}
    return Figures(
        last_contacts=used,
        revoked=len(devices) - len(used),
        changes=changes,
        conflicts={stream: conflicts.get(stream, 0) for stream in changes},
        schema=str(connection.scalar(text("SELECT version_num FROM alembic_version"))),
    )


def counting_conflicts(connection: Connection) -> str:
    """The query for it: by the index of open conflicts, which SQLite has to be told to use."""
    by_index = " INDEXED BY record_in_conflict" if connection.dialect.name == "sqlite" else ""
    return (
        f"SELECT stream, count(*) FROM record{by_index}"  # noqa: S608 - constants only
        " WHERE stream IN (?) AND conflicts <> '[]' GROUP BY stream"
    )
