"""The list of steps, and how one is run."""

from __future__ import annotations

from sqlcipher3.dbapi2 import complete_statement
from sqlite_utils import Database, Migrations

laptop = Migrations("fieldapp.laptop")


def run(database: Database, script: str) -> None:
    """Run statement by statement: ``executescript`` would commit the step's transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if complete_statement(statement):
            database.conn.execute(statement)
            statement = ""
