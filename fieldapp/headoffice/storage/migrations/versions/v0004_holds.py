"""What waits behind a refused change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nothing waits yet: the first release held nothing."""
    op.create_table(
        "held",
        *(sa.Column(name, sa.Text, primary_key=True, nullable=False) for name in ("stream", "device", "record")),
        sa.Column("n", _Number, nullable=False),
        sqlite_strict=True,
    )
