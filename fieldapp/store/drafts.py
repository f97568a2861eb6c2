"""What is still being typed. Saved as one types; found again after a crash."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from fieldapp.store.connection import Connection

_decoder = msgspec.json.Decoder(dict[str, Any])


@dataclass(frozen=True, slots=True)
class Draft:
    """An unfinished form. ``subject`` is the record it is about; ``body`` the fields as typed."""

    id: str
    form: str
    subject: str | None
    body: dict[str, Any]
    saved_at: str


class Drafts:
    """The ``draft`` table."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, draft: Draft) -> None:
        """Keep the newest text of a draft."""
        self._connection.execute(
            "INSERT INTO draft (id, form, subject, body, saved_at) VALUES (?,?,?,?,?) ON CONFLICT (id) DO UPDATE"
            " SET subject = excluded.subject, body = excluded.body, saved_at = excluded.saved_at",
            (draft.id, draft.form, draft.subject, msgspec.json.encode(draft.body).decode(), draft.saved_at),
        )

    def drop(self, draft: str) -> None:
        """The work was saved as a record, or the officer threw it away."""
        self._connection.execute("DELETE FROM draft WHERE id = ?", (draft,))

    def get(self, draft: str) -> Draft | None:
        """The draft of that id."""
        row = self._connection.execute(
            "SELECT id, form, subject, body, saved_at FROM draft WHERE id = ?", (draft,)
        ).fetchone()
        return _draft(row) if row else None

    def of(self, form: str, subject: str | None = None) -> list[Draft]:
        """The drafts of a form, about one subject if given, newest first."""
        rows = self._connection.execute(
            "SELECT id, form, subject, body, saved_at FROM draft WHERE form = ? AND (?2 IS NULL OR subject = ?2)"
            " ORDER BY saved_at DESC",
            (form, subject),
        )
        return [_draft(row) for row in rows]

    def newest(self) -> Iterator[Draft]:
        """All drafts, newest first."""
        rows = self._connection.execute("SELECT id, form, subject, body, saved_at FROM draft ORDER BY saved_at DESC")
        return (_draft(row) for row in rows)

    def count(self) -> int:
        """How many unfinished forms there are."""
        return int(self._connection.execute("SELECT count(*) FROM draft").fetchone()[0])


def _draft(row: tuple[Any, ...]) -> Draft:
    return Draft(row[0], row[1], row[2], _decoder.decode(row[3]), row[4])
