"""Many entries of the journal in one piece, as append-only as the others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """What stands in the journal stays there; only what comes is written in pieces."""
    op.create_table(
        "journal_run",
        sa.Column("stream", sa.Text, primary_key=True, nullable=False),
        sa.Column("last", _Number, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("first", _Number, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("actor", "device", "accepted_at")),
        *(sa.Column(name, sa.LargeBinary, nullable=False) for name in ("random", "hashes", "bodies")),
        sa.CheckConstraint("first > 0 AND first <= last", name="in_order"),
        sqlite_strict=True,
    )
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER journal_run_no_{act.lower()} BEFORE {act} ON journal_run "
                "BEGIN SELECT RAISE(ABORT, 'journal_run is append-only'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER journal_run_stays BEFORE UPDATE OR DELETE ON journal_run "
        "FOR EACH STATEMENT EXECUTE FUNCTION journal_stays()"
    )
