"""Who sees a record follows from the record; only who saw it once is kept. Receipts are kept short."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Keep what the first release told: every departure, every receipt."""
    op.create_table(
        "departure",
        *(sa.Column(name, sa.Text, primary_key=True, nullable=False) for name in ("stream", "audience", "record")),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("seq", _Number, nullable=False),
        sa.Index("departure_in_order", "stream", "audience", "seq"),
        sqlite_strict=True,
    )
    op.execute(
        "INSERT INTO departure (stream, audience, record, kind, seq)"
        " SELECT stream, audience, record, kind, seq FROM seen WHERE gone = 1"
    )
    op.drop_table("seen")
    op.drop_index("record_by_id", "record")
    op.drop_index("record_by_kind", "record")
    op.create_index("record_in_order", "record", ["stream", "seq"])
    op.create_index("record_by_owner", "record", ["stream", "owner", "seq"])
    op.rename_table("receipt", "receipt_before")
    op.create_table(
        "receipt",
        *(sa.Column(name, sa.Text, primary_key=True, nullable=False) for name in ("stream", "change")),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("seq", _Number, nullable=False),
        sa.Column("receipt", sa.Text, nullable=True),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO receipt (stream, change, digest, seq, receipt)"
        " SELECT stream, change, digest, 0, receipt FROM receipt_before"
    )
    op.drop_table("receipt_before")
