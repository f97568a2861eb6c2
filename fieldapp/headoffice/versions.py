"""Which version a head office's database is of, and the steps from one to the next.

Alembic takes the steps and is needed for nothing else: a server that finds its database as it should be never loads it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence

MIGRATIONS = Path(__file__).parent / "storage" / "migrations"


def this_version() -> str:
    """The version of the database that this program works with."""
    return _known_versions()[-1]


def version_of(connection: Connection) -> str:
    """The version of the database behind ``connection``. Raises Actionable: ``not_head_office``, ``newer``."""
    marked = inspect(connection).has_table("alembic_version")
    version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() if marked else None
    connection.rollback()
    if version is None:
        raise not_head_office()
    if version not in _known_versions():
        raise Actionable(
            "newer",
            Sentence("This head office was last used by a newer version of the program."),
            advice=Sentence("Install that version. Nothing was changed."),
        )
    return str(version)


def steps_after(version: str) -> list[str]:
    """What is still to be done to a database of ``version``, in order, each step by its number."""
    versions = _known_versions()
    return list(versions[versions.index(version) + 1 :])


def upgrade(connection: Connection, until: str = "head") -> None:
    """Take every step that is left up to ``until``, inside the transaction that ``connection`` has begun."""
    from alembic import command  # here alone: nine megabytes that a server can do without
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, until)


def not_head_office() -> Actionable:
    """Of a file or database that is somebody else's."""
    return Actionable("not_head_office", Sentence("This is not a head office's database. Nothing was changed."))


@cache
def _known_versions() -> tuple[str, ...]:
    """Oldest first: each step's file is named after its number."""
    return tuple(sorted(step.name[1:5] for step in (MIGRATIONS / "versions").glob("v[0-9]*.py")))
