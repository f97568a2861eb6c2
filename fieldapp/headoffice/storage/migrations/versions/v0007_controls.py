"""Which customers those who decide may read, and what the controls at head office compare with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Applications that were submitted before are opened to the reviewers of their branch."""
    op.create_table(
        "under_review",
        *(sa.Column(name, sa.Text, primary_key=True, nullable=False) for name in ("stream", "root")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    _controls()
    submitted = "json_extract(field_values, '$.submitted_at')"
    if op.get_bind().dialect.name != "sqlite":
        submitted = "(field_values::json ->> 'submitted_at')"
    op.execute(
        "INSERT INTO under_review (stream, root)"  # noqa: S608 - constants only
        f" SELECT DISTINCT stream, root FROM record WHERE kind = 'application' AND {submitted} IS NOT NULL"
    )


def _controls() -> None:
    op.create_table(
        "related_party",
        *(sa.Column(name, sa.Text, primary_key=True, nullable=False) for name in ("stream", "entry")),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("name", "digest", "masked", "relation", "state", "added_by", "added_at")
        ),
        *(sa.Column(name, sa.Text, nullable=True) for name in ("confirmed_by", "leaving_by", "left_by")),
        sa.CheckConstraint("state IN ('proposed', 'standing', 'leaving', 'left')", name="state_known"),
        sa.CheckConstraint("confirmed_by <> added_by AND left_by <> leaving_by", name="two_persons"),
        sa.Index("related_party_by_digest", "stream", "digest"),
        sqlite_strict=True,
    )
    op.create_table(
        "staff_number",
        *(sa.Column(name, sa.Text, primary_key=True, nullable=False) for name in ("stream", "digest")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("staff", "sort")),
        sqlite_strict=True,
    )
    op.create_table(
        "exposure",
        *(sa.Column(name, sa.Text, primary_key=True, nullable=False) for name in ("stream", "application")),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("branch", "officer", "borrower", "industry", "village")
        ),
        sa.Column("amount_fen", _Number, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("status", "submitted_on")),
        sa.Index("exposure_by_borrower", "stream", "borrower"),
        sqlite_strict=True,
    )
    op.create_table(
        "exposure_tie",
        *(sa.Column(name, sa.Text, primary_key=True, nullable=False) for name in ("stream", "digest", "application")),
        sa.Column("tie", sa.Text, nullable=False),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
