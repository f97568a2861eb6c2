"""Statements of the exchange, given to the driver as they are: what runs for every change has no time to be composed.

They are written once, with ``?`` for a value and ``BYTES OF name`` for a text that nobody reads here, and mean the same
on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Connection, LargeBinary, Table, Text
from sqlalchemy.exc import DBAPIError, StatementError

from fieldapp.headoffice.storage.tables import AS_BYTES

Rows = Sequence[tuple[Any, ...]]

FEW = 4
"""Rows that PostgreSQL takes soonest as values of one statement."""

_AT_ONCE = 500
"""Rows of one such statement, where there is no other way: a statement takes 65,535 values."""

_SEVERAL = (list, set, frozenset)

_Asked = tuple[str, str]
"""A statement and its values, as text."""


class Direct:
    """One connection, spoken to without a compiler between; errors are SQLAlchemy's all the same."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sqlite = connection.dialect.name == "sqlite"
        watched = bool(connection.dispatch.before_cursor_execute)
        self._driver: Any = None if watched else connection.connection.driver_connection
        self._errors: type[Exception] = connection.dialect.loaded_dbapi.Error
        self._foreseeing: dict[_Asked, tuple[object, ...]] | None = None
        self._foreseen: dict[_Asked, Rows] = {}
        self._together: list[tuple[str, tuple[object, ...]]] | None = None

    def rows(self, statement: str, *values: object) -> Rows:
        """What a query finds; a list or set among ``values`` is for ``IN (?)``."""
        placed, given = _statement(statement, self._sqlite), self._given(values)
        if self._driver is None:
            return self._connection.exec_driver_sql(placed, given).fetchall()
        try:
            if self._foreseeing is not None:
                self._foreseeing[placed, repr(given)] = given
                return []
            if self._together:
                self._send(self._together)
            foreseen = self._foreseen.pop((placed, repr(given)), None) if self._foreseen else None
            found: Rows = foreseen if foreseen is not None else self._driver.execute(placed, given).fetchall()
        except self._errors as error:
            raise self._translated(placed, error) from error
        return found

    def foresee(self, looks: Callable[[], object]) -> None:
        """Ask a server together what ``looks`` will ask one by one: a round trip instead of one for each.

        Within, every query finds nothing; whoever asks the same again, once, finds what there was, unless something was
        written here since. What an earlier ``foresee`` asked too is not asked again, and what only that one asked is
        let go. A file is not asked: there are no round trips to save.
        """
        if self._sqlite or self._driver is None:
            return
        if self._foreseeing is not None:
            looks()
            return
        asked: dict[_Asked, tuple[object, ...]] = {}
        self._foreseeing = asked
        try:
            looks()
        finally:
            self._foreseeing = None
        self._foreseen = {one: found for one, found in self._foreseen.items() if one in asked}
        if self._foreseen.keys() == asked.keys():
            return
        unseen = {one: given for one, given in asked.items() if one not in self._foreseen}
        try:
            found = self._in_one_trip([(placed, given) for (placed, _told), given in unseen.items()])
        except BaseException:
            self._foreseen.clear()
            raise
        self._foreseen |= dict(zip(unseen, found, strict=True))

    def run(self, statement: str, *values: object) -> None:
        """Run one statement."""
        self._run(_statement(statement, self._sqlite), self._given(values))

    def run_each(self, statement: str, rows: Rows) -> None:
        """Run one statement for every row of values."""
        if rows:
            self._run_each(_statement(statement, self._sqlite), rows)

    def insert(self, table: Table, rows: Rows) -> None:
        """Add rows, each with the values of all the table's columns in their order.

        A text marked ``AS_BYTES`` may be given as its bytes, which to bind takes a third of the time.
        """
        if not rows:
            return
        if self._sqlite:
            self._run_each(_sqlite_insert(table), rows)
        elif self._driver is None or len(rows) <= FEW or self._together is not None:
            for start in range(0, len(rows), _AT_ONCE):
                some = rows[start : start + _AT_ONCE]
                given = (value for row in some for value in _as_texts(table, row))
                self._run(_postgresql_insert(table, len(some)), tuple(given))
        else:
            self._copy(table, rows)

    def _copy(self, table: Table, rows: Rows) -> None:
        """The way of many rows: binding them takes three times as long, and inserting them twice."""
        self._foreseen.clear()
        copying, types = _postgresql_copy(table)
        try:
            with self._driver.cursor() as cursor, cursor.copy(copying) as copy:
                copy.set_types(types)
                for row in rows:
                    copy.write_row(_as_texts(table, row))
        except self._errors as error:
            raise self._translated(copying, error) from error

    @contextmanager
    def together(self, *, rows: int) -> Iterator[None]:
        """Statements that tell nothing, and insert at most so many ``rows``, travel to a server together where those
        are few; what is wrong with one is raised at the end.
        """
        if self._sqlite or self._driver is None or rows > FEW:
            yield
            return
        self._together = []
        try:
            yield
            if self._together:
                self._send(self._together)
        finally:
            self._together = None

    def _send(self, together: list[tuple[str, tuple[object, ...]]]) -> None:
        """What was written so far: also before anything is read."""
        self._together = []
        self._in_one_trip(together)

    def _in_one_trip(self, statements: Sequence[tuple[str, tuple[object, ...]]]) -> list[Rows]:
        from fieldapp.headoffice.storage.one_trip import in_one_trip  # psycopg takes 9 MB that SQLite needs not

        prepared = self._connection.info.setdefault(_PREPARED, {})
        try:
            return in_one_trip(self._driver, prepared, [(_numbered(placed), given) for placed, given in statements])
        except self._errors as error:
            raise self._translated("several statements", error) from error

    def _run(self, placed: str, given: tuple[object, ...]) -> None:
        self._foreseen.clear()
        if self._together is not None:
            self._together.append((placed, given))
            return
        if self._driver is None:
            self._connection.exec_driver_sql(placed, given)
            return
        try:
            self._driver.execute(placed, given)
        except self._errors as error:
            raise self._translated(placed, error) from error

    def _run_each(self, placed: str, rows: Rows) -> None:
        self._foreseen.clear()
        if self._together is not None:
            self._together += [(placed, row) for row in rows]
            return
        if self._driver is None:
            self._connection.exec_driver_sql(placed, list(rows))
            return
        try:
            with closing(self._driver.cursor()) as cursor:
                cursor.executemany(placed, rows)
        except self._errors as error:
            raise self._translated(placed, error) from error

    def _translated(self, statement: str, error: Exception) -> StatementError:
        """SQLAlchemy's error for the driver's; what was typed stays out of it."""
        return DBAPIError.instance(statement, (), error, self._errors, hide_parameters=True)

    def _given(self, values: tuple[object, ...]) -> tuple[object, ...]:
        return tuple([self._several(value) if value.__class__ in _SEVERAL else value for value in values])

    def _several(self, value: Any) -> object:
        return msgspec.json.encode(value).decode() if self._sqlite else sorted(value)


@lru_cache(maxsize=256)
def _statement(statement: str, sqlite: bool) -> str:
    bytes_of = r"CAST(\1 AS BLOB)" if sqlite else r"convert_to(\1, 'UTF8')"
    statement = _BYTES_OF.sub(bytes_of, statement)
    if sqlite:
        return statement.replace("IN (?)", "IN (SELECT value FROM json_each(?))")
    return statement.replace("IN (?)", "= ANY(?)").replace("?", "%s")


_PREPARED = "fieldapp_prepared"
"""Where a connection keeps the names of the statements it knows."""


@lru_cache(maxsize=256)
def _numbered(placed: str) -> str:
    """With ``$1`` and so on for each ``%s``."""
    parts = placed.split("%s")
    return parts[0] + "".join(f"${number}{part}" for number, part in enumerate(parts[1:], start=1))


_BYTES_OF = re.compile(r"BYTES OF (\w+)")


@lru_cache(maxsize=64)
def _sqlite_insert(table: Table) -> str:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    places = ", ".join("CAST(? AS TEXT)" if column.info.get(AS_BYTES) else "?" for column in table.columns)
    return f"INSERT INTO {table.name} ({names}) VALUES ({places})"  # noqa: S608 - our own tables


@lru_cache(maxsize=64)
def _postgresql_insert(table: Table, rows: int) -> str:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    places = ", ".join("%s" for _column in table.columns)
    return f"INSERT INTO {table.name} ({names}) VALUES {', '.join([f'({places})'] * rows)}"  # noqa: S608 - our own tables


@lru_cache(maxsize=64)
def _postgresql_copy(table: Table) -> tuple[str, list[str]]:
    """The statement, and the types of the columns."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    return f"COPY {table.name} ({names}) FROM STDIN (FORMAT BINARY)", [_type(column.type) for column in table.columns]


def _as_texts(table: Table, row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The row with text for what may be given as its bytes."""
    for place in _places_of_bytes(table):
        if isinstance(row[place], bytes):
            row = (*row[:place], row[place].decode(), *row[place + 1 :])
    return row


@lru_cache(maxsize=64)
def _places_of_bytes(table: Table) -> tuple[int, ...]:
    return tuple(place for place, column in enumerate(table.columns) if column.info.get(AS_BYTES))


def _type(kind: object) -> str:
    if isinstance(kind, Text):
        return "text"
    if isinstance(kind, LargeBinary):
        return "bytea"
    return "int8" if isinstance(kind, BigInteger) else "int4"
