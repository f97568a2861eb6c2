"""The sealed work of laptops that were shut out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """No laptop has handed anything in this way yet."""
    op.create_table(
        "parcel",
        *(sa.Column(name, sa.Text, primary_key=True, nullable=False) for name in ("stream", "device", "hand_in")),
        sa.Column("number", _Number, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer, sa.CheckConstraint("last IN (0, 1)", name="last_is_flag"), nullable=False),
        sa.Column("received_at", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("admitted_at", sa.Text),
        sa.Column("admitted_by", sa.Text),
        sqlite_strict=True,
    )
