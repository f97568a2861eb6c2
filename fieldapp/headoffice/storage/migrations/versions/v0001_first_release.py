"""The tables of the first release."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import CheckConstraint, Column, Index, Integer, LargeBinary, Text
from sqlalchemy.sql.schema import SchemaItem

revision = "0001"
down_revision = None

_Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create every table, and keep the journal append-only."""
    _table(
        "stream_head",
        _key("stream"),
        _number("seq"),
        _text("hash"),
        _number("floor"),
        CheckConstraint("seq >= 0 AND floor >= 0", name="counts_up"),
    )
    _table(
        "journal",
        _key("stream"),
        Column("seq", _Number, primary_key=True, autoincrement=False, nullable=False),
        _text("change"),
        _text("record"),
        _text("effect"),
        _text("actor"),
        _text("device"),
        _text("accepted_at"),
        Column("body", LargeBinary, nullable=False),
        Column("random", LargeBinary, nullable=False),
        _text("hash"),
        CheckConstraint("seq > 0", name="seq_from_one"),
    )
    _table(
        "record",
        _key("stream"),
        _key("record"),
        _text("kind"),
        _text("parent", optional=True),
        _text("root"),
        _text("owner"),
        _number("moves"),
        _number("seq"),
        _text("field_values"),
        _text("conflicts"),
        _text("history"),
        _text("written"),
        _text("had"),
        *_flag("late"),
        Index("record_by_id", "record"),
        Index("record_by_root", "stream", "root"),
        Index("record_by_kind", "stream", "kind"),
    )
    _table(
        "seen",
        _key("stream"),
        _key("audience"),
        _key("record"),
        _text("kind"),
        _number("seq"),
        *_flag("gone"),
        Index("seen_in_order", "stream", "audience", "seq"),
    )
    _table("forward", _key("stream"), _key("record"), _text("to_stream"))
    _table("receipt", _key("stream"), _key("change"), _text("digest"), _text("receipt"))
    _table(
        "attachment",
        _key("stream"),
        _key("digest"),
        _number("received"),
        *_flag("complete"),
        _text("device"),
        _text("changed_at"),
    )
    _table(
        "attachment_chunk",
        _key("stream"),
        _key("digest"),
        Column("start", _Number, primary_key=True, autoincrement=False, nullable=False),
        Column("bytes", LargeBinary, nullable=False),
    )
    _table(
        "attachment_reference",
        _key("stream"),
        _key("digest"),
        _key("record"),
        Index("attachment_reference_by_digest", "digest"),
    )
    _table(
        "device",
        _key("stream"),
        _key("device"),
        _text("token_hash"),
        _text("staff"),
        _text("name"),
        _number("counter"),
        _text("enrolled_at"),
        _text("last_seen", optional=True),
        _text("revoked_at", optional=True),
        Index("device_by_token", "stream", "token_hash", unique=True),
    )
    _table(
        "enrol_code",
        _key("stream"),
        _key("code_hash"),
        _text("staff"),
        _text("issued_at"),
        _text("expires_at"),
        _text("used_at", optional=True),
        _text("device", optional=True),
    )
    _table(
        "staff",
        _key("stream"),
        _key("staff"),
        _text("name"),
        _text("role"),
        _text("branch"),
        *_flag("active"),
    )
    _table("branch", _key("stream"), _key("branch"), _text("record"), _text("name"), _text("bank"))
    _table("setting", _key("stream"), _key("name"), _text("content"))
    _keep_append_only("journal")


def _key(name: str) -> Column[str]:
    return Column(name, Text, primary_key=True, nullable=False)


def _text(name: str, *, optional: bool = False) -> Column[str]:
    return Column(name, Text, nullable=optional)


def _number(name: str) -> Column[int]:
    return Column(name, _Number, nullable=False)


def _flag(name: str) -> tuple[Column[int], CheckConstraint]:
    return Column(name, Integer, nullable=False), CheckConstraint(f"{name} IN (0, 1)", name=f"{name}_is_flag")


def _table(name: str, *parts: SchemaItem) -> None:
    op.create_table(name, *parts, sqlite_strict=True)


def _keep_append_only(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_stays() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_stays()"
    )
