"""An index of the records in which a person has to decide, so that counting them does not read all the others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the index."""
    op.create_index(
        "record_in_conflict",
        "record",
        ["stream", "record"],
        sqlite_where=sa.text("conflicts <> '[]'"),
        postgresql_where=sa.text("conflicts <> '[]'"),
    )
