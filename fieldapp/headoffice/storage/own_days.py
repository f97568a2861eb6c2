"""Which customers an officer's day is about, as far as the records tell by themselves."""

from __future__ import annotations

from sqlalchemy import Connection

from fieldapp.headoffice.storage.direct import Direct

_DATED = '%"next_date":"%'
_PROMISED = '%"promised_fen":%'


class OwnDays:
    """Reads the records of one officer in one stream by the dates in them."""

    def __init__(self, connection: Connection) -> None:
        self._direct = Direct(connection)
        place = "instr" if connection.dialect.name == "sqlite" else "strpos"
        # No value holds these quotes unescaped: what stands behind them is the field's own.
        self._date = f'substr(field_values, {place}(field_values, \'"next_date":"\') + 13, 10)'

    def due(self, stream: str, owner: str, day: str, until: str, most: int) -> list[str]:
        """Prospects to be met by ``until``: those of ``day`` first, then the overdue, the newest of them first."""
        rows = self._direct.rows(
            f"SELECT record, {self._date} AS day FROM record WHERE stream = ? AND owner = ? AND kind = 'prospect'"  # noqa: S608
            f" AND field_values LIKE ? AND {self._date} <= ?"
            f" ORDER BY CASE WHEN {self._date} > ? THEN 1 ELSE 0 END, day DESC, record LIMIT ?",
            *(stream, owner, _DATED, until, day, most),
        )
        return [row[0] for row in rows]

    def promised(self, stream: str, owner: str, since: str, until: str, most: int) -> list[str]:
        """Prospects who promised to pay on a day from ``since`` to ``until``, the latest day first."""
        rows = self._direct.rows(
            f"SELECT root, max({self._date}) AS day FROM record WHERE stream = ? AND owner = ?"  # noqa: S608
            " AND kind IN ('contact', 'visit') AND field_values LIKE ? AND field_values LIKE ?"
            f" AND {self._date} >= ? AND {self._date} <= ? GROUP BY root ORDER BY day DESC, root LIMIT ?",
            *(stream, owner, _PROMISED, _DATED, since, until, most),
        )
        return [row[0] for row in rows]
