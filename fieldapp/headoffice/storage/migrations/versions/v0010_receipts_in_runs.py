"""A piece of the journal tells the receipts of its entries: which changes they are, and between which two ids."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """The receipts of what stands in pieces already stay where they are."""
    for name in ("earliest", "latest", "changes"):
        op.add_column("journal_run", sa.Column(name, sa.LargeBinary, nullable=True))
    op.create_index("journal_run_by_change", "journal_run", ["stream", "latest"])
