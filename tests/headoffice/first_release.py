"""A head office as the first release left it: its tables, its rows, a record that left and a receipt in full."""

from __future__ import annotations

from sqlalchemy import MetaData, Table, insert, select, text

from fieldapp.headoffice.storage import tables
from fieldapp.headoffice.storage.engines import WRITING, is_postgresql, open_engine
from fieldapp.headoffice.versions import upgrade

PHOTO, AWAITED = "a1" * 32, "b2" * 32
RECEIPT = '{"change":"c1","outcome":"merged","stream":"bank","seq":1,"rev":[0,"bank",1],"taken":true}'


def take_back_to_the_first_release(location: str) -> None:
    """The database at ``location``, which nobody has open, in the first release's shape."""
    engine = open_engine(location)
    with engine.connect() as connection:
        connection.execution_options(**{WRITING: True})
        with connection.begin():
            kept = {
                table: connection.execute(select(table)).mappings().all() for table in tables.metadata.sorted_tables
            }
            for table in (*tables.metadata.sorted_tables, Table("alembic_version", MetaData())):
                connection.execute(text(f"DROP TABLE {table.name}"))
            if is_postgresql(location):
                connection.execute(text("DROP FUNCTION journal_stays"))
            upgrade(connection, "0001")
            for table, rows in kept.items():
                if rows and table.name not in ("departure", "receipt"):
                    connection.execute(insert(table), [dict(row) for row in rows])
            connection.execute(text("INSERT INTO seen VALUES ('bank', 'own:li', 'r1', 'person', 1, 1)"))
            connection.execute(text(f"INSERT INTO attachment VALUES ('bank', '{PHOTO}', 3, 1, 'd', '')"))
            for start, piece in ((0, b"ab"), (2, b"c")):
                values = {"digest": PHOTO, "start": start, "bytes": piece}
                connection.execute(
                    text("INSERT INTO attachment_chunk VALUES ('bank', :digest, :start, :bytes)"), values
                )
            for digest in (PHOTO, AWAITED):
                connection.execute(text(f"INSERT INTO attachment_reference VALUES ('bank', '{digest}', 'r1')"))
            connection.exec_driver_sql(f"INSERT INTO receipt VALUES ('bank', 'c1', 'd1', '{RECEIPT}')")
    engine.dispose()
