"""What else head office found open in a change that it refused, beside the reason that stands with it."""

from __future__ import annotations

from collections.abc import Sequence

from fieldapp.protocol.messages import Open
from fieldapp.store.connection import Connection


class OpenItems:
    """The ``refused_also`` table; what stands in it goes with the refused change."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, change: str, items: Sequence[Open]) -> None:
        """Keep what else is open in a refused change, in head office's order."""
        self._connection.executemany(
            "INSERT INTO refused_also (change, place, code, text, field) VALUES (?,?,?,?,?)",
            [(change, place, item.code, item.text, item.field) for place, item in enumerate(items)],
        )

    def of(self, change: str) -> list[Open]:
        """What else is open in it, in head office's order."""
        rows = self._connection.execute(
            "SELECT code, text, field FROM refused_also WHERE change = ? ORDER BY place", (change,)
        )
        return [Open(code=code, text=text, field=field) for code, text, field in rows]
