"""Whose kin or firm a related party is, where one member of staff may not look after their own (DOMAIN E2)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Nobody said so far whose kin an entry is."""
    op.add_column("related_party", sa.Column("of_staff", sa.Text, nullable=True))
