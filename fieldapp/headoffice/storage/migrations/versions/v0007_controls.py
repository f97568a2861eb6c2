"""Which customers those who decide may read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Applications that were submitted before are opened to the reviewers of their branch."""
    op.create_table(
        "under_review",
        *(sa.Column(name, sa.Text, primary_key=True, nullable=False) for name in ("stream", "root")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    submitted = "json_extract(field_values, '$.submitted_at')"
    if op.get_bind().dialect.name != "sqlite":
        submitted = "(field_values::json ->> 'submitted_at')"
    op.execute(
        "INSERT INTO under_review (stream, root)"  # noqa: S608 - constants only
        f" SELECT DISTINCT stream, root FROM record WHERE kind = 'application' AND {submitted} IS NOT NULL"
    )
