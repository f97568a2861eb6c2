"""The bytes of attachments stand on shelves, named by their digest, and what is awaited is found without a search."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Nothing is lost: every byte moves to its shelf, and what a record names and is not here gets its empty place."""
    if op.get_bind().dialect.name == "sqlite":
        # SQLite adds a required column only with a default, which the schema has not
        op.rename_table("attachment", "attachment_before")
        op.create_table(
            "attachment",
            *(sa.Column(name, sa.Text, primary_key=True, nullable=False) for name in ("stream", "digest")),
            *(sa.Column(name, sa.Integer, nullable=False) for name in ("received", "complete")),
            *(sa.Column(name, sa.Text, nullable=False) for name in ("device", "changed_at", "begun")),
            sa.CheckConstraint("complete IN (0, 1)", name="complete_is_flag"),
            sqlite_strict=True,
        )
        op.execute("INSERT INTO attachment SELECT *, '' FROM attachment_before")
        op.drop_table("attachment_before")
    else:
        op.add_column("attachment", sa.Column("begun", sa.Text, nullable=False, server_default=""))
        op.alter_column("attachment", "begun", server_default=None)
        # photographs are compressed already
        op.execute("ALTER TABLE attachment_chunk ALTER COLUMN bytes SET STORAGE EXTERNAL")
    for table in ("attachment", "attachment_chunk"):
        op.execute(f"UPDATE {table} SET stream = 'shelf-' || substr(digest, 1, 2)")  # noqa: S608 - constants only
    op.execute(
        "INSERT INTO attachment (stream, digest, received, complete, device, changed_at, begun)"
        " SELECT DISTINCT 'shelf-' || substr(digest, 1, 2), digest, 0, 0, '', '', '' FROM attachment_reference AS r"
        " WHERE NOT EXISTS (SELECT 1 FROM attachment AS a"
        " WHERE a.stream = 'shelf-' || substr(r.digest, 1, 2) AND a.digest = r.digest)"
    )
    op.create_index(
        "attachment_awaited",
        "attachment",
        ["stream", "digest"],
        sqlite_where=sa.text("complete = 0"),
        postgresql_where=sa.text("complete = 0"),
    )
    op.drop_index("attachment_reference_by_digest", "attachment_reference")
    op.create_index("attachment_reference_by_record", "attachment_reference", ["stream", "record"])
