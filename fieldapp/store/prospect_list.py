"""The list of prospects: projected rows, search, paging, counts, likely duplicates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from fieldapp.domain.kinds import Values
from fieldapp.store.connection import Connection
from fieldapp.store.search import further_phones, match_expression, search_terms, sort_key

Order = Literal["due", "name"]
Reason = Literal["identity", "mobile", "other_phone", "name"]
"""What two prospects share; ``other_phone`` is a telephone of the family or one in the remark."""

_SHOWN = (
    "row, id, name, sort_name, identity, mobile, village_code, village, trade, customer_type, stage, owner,"
    " next_date, next_time, next_purpose, wished_fen, in_conflict, due"
)
_HAS_PHONE = "instr(' ' || other_phones || ' ', ' ' || ?2 || ' ') > 0"


@dataclass(frozen=True, slots=True)
class ProspectRow:
    """One line of the list. ``due`` is the key by which rows are ordered; "9999" when there is no next date."""

    row: int
    id: str
    name: str
    sort_name: str
    identity: str | None
    mobile: str | None
    village_code: str | None
    village: str | None
    trade: str | None
    customer_type: str
    stage: str
    owner: str
    next_date: str | None
    next_time: str | None
    next_purpose: str | None
    wished_fen: int | None
    in_conflict: bool
    due: str


@dataclass(frozen=True, slots=True)
class Filter:
    """What the officer wants to see. ``due_from`` and ``due_until`` are ISO days, inclusive; ``typed`` is searched."""

    typed: str = ""
    stage: str | None = None
    village_code: str | None = None
    due_from: str | None = None
    due_until: str | None = None
    owner: str | None = None


class ProspectList:
    """Reads and writes ``prospect_row`` and ``prospect_search``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def page(
        self, wanted: Filter, limit: int, after: ProspectRow | None = None, order: Order = "due"
    ) -> list[ProspectRow]:
        """Up to ``limit`` rows in order, following ``after``; the cost does not grow with how far one has scrolled."""
        key = "due" if order == "due" else "sort_name"
        conditions, values = _conditions(wanted)
        if after is not None:
            conditions.append(f"({key}, row) > (?, ?)")
            values += [after.due if order == "due" else after.sort_name, after.row]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        query = f"SELECT {_SHOWN} FROM prospect_row{where} ORDER BY {key}, row LIMIT ?"  # noqa: S608 - values are bound
        return [_row(row) for row in self._connection.execute(query, (*values, limit))]

    def total(self) -> int:
        """How many prospects there are."""
        return int(self._connection.execute("SELECT count(*) FROM prospect_row").fetchone()[0])

    def count(self, wanted: Filter) -> int:
        """How many rows the filter leaves."""
        conditions, values = _conditions(wanted)
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return int(self._connection.execute(f"SELECT count(*) FROM prospect_row{where}", values).fetchone()[0])  # noqa: S608

    def count_by_stage(self, wanted: Filter) -> dict[str, int]:
        """Rows of each stage under the rest of the filter."""
        conditions, values = _conditions(replace(wanted, stage=None))
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        query = f"SELECT stage, count(*) FROM prospect_row{where} GROUP BY stage"  # noqa: S608
        return dict(self._connection.execute(query, values).fetchall())

    def villages(self) -> list[tuple[str, str, int]]:
        """Code, name and number of prospects of each village that has any, most first."""
        return self._connection.execute(
            "SELECT village_code, max(village), count(*) AS number FROM prospect_row WHERE village_code IS NOT NULL"
            " GROUP BY village_code ORDER BY number DESC, village_code"
        ).fetchall()

    def get(self, prospect: str) -> ProspectRow | None:
        """The row of one prospect."""
        row = self._connection.execute(f"SELECT {_SHOWN} FROM prospect_row WHERE id = ?", (prospect,)).fetchone()  # noqa: S608
        return _row(row) if row else None

    def same_name_and_mobile(self, name: str, mobile: str | None) -> ProspectRow | None:
        """A prospect already there under that very name and telephone, be it one in the remark."""
        query = (
            f"SELECT {_SHOWN} FROM prospect_row WHERE name = ?1"  # noqa: S608 - values are bound
            f" AND (mobile IS ?2 OR {_HAS_PHONE}) ORDER BY mobile IS ?2 DESC, row LIMIT 1"
        )
        row = self._connection.execute(query, (name, mobile)).fetchone()
        return _row(row) if row else None

    def with_identity(self, identity: str) -> list[ProspectRow]:
        """The prospects under that identity number; more than one when a number was mistyped."""
        query = f"SELECT {_SHOWN} FROM prospect_row WHERE identity = ? ORDER BY row"  # noqa: S608
        return [_row(row) for row in self._connection.execute(query, (identity,))]

    def likely_same(
        self, name: str, mobile: str | None, identity: str | None, limit: int = 5
    ) -> list[tuple[ProspectRow, Reason]]:
        """Prospects that may be the person being typed and what they share with them, surest first."""
        found: dict[str, tuple[ProspectRow, Reason]] = {}
        reasons: tuple[tuple[Reason, str | None], ...] = (
            ("identity", identity), ("mobile", mobile), ("other_phone", mobile), ("name", name)
        )  # fmt: skip
        for reason, value in reasons:
            if not value:
                continue
            if reason == "other_phone":
                rows = self._with_other_phone(value, limit)
            else:
                query = f"SELECT {_SHOWN} FROM prospect_row WHERE {reason} = ? ORDER BY row LIMIT ?"  # noqa: S608
                rows = self._connection.execute(query, (value, limit)).fetchall()
            for row in rows:
                found.setdefault(row[1], (_row(row), reason))
        return list(found.values())[:limit]

    def _with_other_phone(self, phone: str, limit: int) -> list[tuple[Any, ...]]:
        """The rows that have a telephone among their others; the search finds them, the row knows a part of one."""
        match = match_expression(phone)
        if match is None:
            return []
        query = (
            f"SELECT {_SHOWN} FROM prospect_row WHERE row IN"  # noqa: S608 - values are bound
            " (SELECT rowid FROM prospect_search WHERE prospect_search MATCH ?1)"
            f" AND {_HAS_PHONE} ORDER BY row LIMIT ?3"
        )
        return self._connection.execute(query, (match, phone, limit)).fetchall()

    def project(
        self,
        prospect: str,
        values: Values,
        person: Values,
        business: Values,
        family: Iterable[Values] = (),
        *,
        in_conflict: bool,
    ) -> None:
        """Bring the row and its search terms up to date; ``family`` are all people of the household."""
        name = str(person.get("name") or "")
        mobile, village, trade = person.get("mobile"), values.get("village"), business.get("trade")
        phones = further_phones(mobile, values.get("remark"), (member.get("mobile") for member in family))
        shown = (
            name,
            sort_key(name),
            person.get("id_number"),
            mobile,
            values.get("village_code"),
            village,
            trade,
            values.get("customer_type", "farm_household"),
            values.get("stage", "contact"),
            values.get("owner", ""),
            values.get("next_date"),
            values.get("next_time"),
            values.get("next_purpose"),
            values.get("wished_fen"),
            in_conflict,
            phones,
        )
        old = self._connection.execute(
            "SELECT row, name, mobile, village, trade, other_phones FROM prospect_row WHERE id = ?", (prospect,)
        ).fetchone()
        if old is None:
            row = self._connection.execute(
                "INSERT INTO prospect_row (id, name, sort_name, identity, mobile, village_code, village, trade,"
                " customer_type, stage, owner, next_date, next_time, next_purpose, wished_fen, in_conflict,"
                " other_phones)"
                " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                (prospect, *shown),
            ).lastrowid
        else:
            row = old[0]
            self._connection.execute(
                "UPDATE prospect_row SET name=?, sort_name=?, identity=?, mobile=?, village_code=?, village=?, trade=?,"
                " customer_type=?, stage=?, owner=?, next_date=?, next_time=?, next_purpose=?, wished_fen=?,"
                " in_conflict=?, other_phones=? WHERE row=?",
                (*shown, row),
            )
            if old[1:] == (name, mobile, village, trade, phones):
                return
        self._connection.execute(
            "INSERT OR REPLACE INTO prospect_search (rowid, terms) VALUES (?, ?)",
            (row, search_terms(name, mobile, village, trade, phones=phones)),
        )

    def remove(self, prospect: str) -> None:
        """The prospect was deleted or has left this officer's scope."""
        row = self._connection.execute("SELECT row FROM prospect_row WHERE id = ?", (prospect,)).fetchone()
        if row is not None:
            self._connection.execute("DELETE FROM prospect_search WHERE rowid = ?", row)
            self._connection.execute("DELETE FROM prospect_row WHERE row = ?", row)


def _conditions(wanted: Filter) -> tuple[list[str], list[Any]]:
    conditions: list[str] = []
    values: list[Any] = []
    match = match_expression(wanted.typed)
    if match is not None:
        conditions.append("row IN (SELECT rowid FROM prospect_search WHERE prospect_search MATCH ?)")
        values.append(match)
    elif wanted.typed.strip():
        conditions.append("0")
    for column, value in (("stage", wanted.stage), ("village_code", wanted.village_code), ("owner", wanted.owner)):
        if value is not None:
            conditions.append(f"{column} = ?")
            values.append(value)
    if wanted.due_from is not None:
        conditions.append("due >= ?")
        values.append(wanted.due_from)
    if wanted.due_until is not None:
        conditions.append("due < ?")
        values.append(wanted.due_until + "~")
    return conditions, values


def _row(row: tuple[Any, ...]) -> ProspectRow:
    return ProspectRow(*row[:16], bool(row[16]), row[17])  # type: ignore[call-arg] # mypy cannot count a slice
