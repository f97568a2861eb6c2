"""The steps since a change's bytes stay where they were saved; the next ones go to the end."""

from __future__ import annotations

import json

from sqlite_utils import Database

from fieldapp.store.migrations.steps import laptop, run
from fieldapp.store.search import further_phones, search_terms


@laptop()
def bytes_in_one_place(db: Database) -> None:
    """A change's bytes stay where they were saved; what becomes of it, and of the record it made, follows beside it.

    ``told_at`` of a run is NULL once all of it is durable: its changes are gone then, the numbers of its records stay.
    """
    run(
        db,
        """
        CREATE TABLE saved_change (
            n INTEGER PRIMARY KEY,
            change TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            record TEXT NOT NULL,
            made_at TEXT NOT NULL,
            body BLOB NOT NULL
        ) STRICT;
        CREATE TABLE queue (
            n INTEGER PRIMARY KEY,
            waits INTEGER NOT NULL DEFAULT 0 CHECK (waits IN (0, 1)),
            whole INTEGER NOT NULL DEFAULT 0 CHECK (whole IN (0, 1))
        ) STRICT;
        CREATE TABLE taken (
            last INTEGER PRIMARY KEY,
            first INTEGER NOT NULL CHECK (first <= last),
            stream TEXT NOT NULL,
            seq INTEGER NOT NULL,
            told_at TEXT
        ) STRICT;
        CREATE TABLE receipted (
            n INTEGER PRIMARY KEY,
            stream TEXT NOT NULL,
            seq INTEGER NOT NULL,
            outcome TEXT NOT NULL,
            receipt BLOB,
            told_at TEXT NOT NULL
        ) STRICT;

        INSERT INTO saved_change (n, change, kind, record, made_at, body)
            SELECT n, change, kind, record, made_at, body FROM outbox;
        INSERT INTO queue (n, waits) SELECT n, waits FROM outbox;
        INSERT OR IGNORE INTO saved_change (n, change, kind, record, made_at, body)
            SELECT n, change, kind, record, CAST(body AS TEXT) ->> 'made_at', body FROM sent ORDER BY n;
        INSERT INTO receipted (n, stream, seq, outcome, receipt, told_at)
            SELECT n, stream, seq, outcome, receipt, told_at FROM sent
            WHERE n NOT IN (SELECT n FROM outbox) GROUP BY n;
        DROP TABLE outbox;
        DROP TABLE sent;

        CREATE INDEX saved_change_of_record ON saved_change (record, n);
        CREATE INDEX queue_in_part ON queue (n) WHERE whole = 0;
        CREATE INDEX taken_kept ON taken (stream, seq) WHERE told_at IS NOT NULL;
        CREATE INDEX receipted_in_order ON receipted (stream, seq);
        CREATE TRIGGER saved_change_immutable BEFORE UPDATE ON saved_change
        BEGIN SELECT RAISE(ABORT, 'a saved change is never altered'); END;

        ALTER TABLE record ADD COLUMN made INTEGER;
        CREATE VIEW record_as_told AS
            SELECT record.id, record.kind, record.parent, coalesce(run.stream, record.stream) AS stream, record.at,
                record.moves, coalesce(record.seq, run.seq + record.made - run.first) AS seq, record.base,
                record.screen, record.conflicts, record.deleted, record.stale, record.ghost
            FROM record LEFT JOIN taken AS run
                ON record.seq IS NULL AND run.first <= record.made
                AND run.last = (SELECT min(last) FROM taken WHERE last >= record.made);
        """,
    )


@laptop()
def proofs_of_what_was_taken(db: Database) -> None:
    """Head office's marks under what it took, each with the numbers of the changes that it covers."""
    run(
        db,
        """
        CREATE TABLE proof (
            id INTEGER PRIMARY KEY,
            stream TEXT NOT NULL,
            mark TEXT NOT NULL,
            numbers TEXT NOT NULL,
            first_n INTEGER NOT NULL,
            last_n INTEGER NOT NULL,
            lowest INTEGER NOT NULL,
            highest INTEGER NOT NULL,
            digests TEXT,
            shown INTEGER NOT NULL DEFAULT 0 CHECK (shown IN (0, 1))
        ) STRICT;
        CREATE INDEX proof_until ON proof (stream, highest) WHERE shown = 0;
        CREATE INDEX proof_shown ON proof (last_n) WHERE shown = 1;
        """,
    )


@laptop()
def everything_open_in_what_was_refused(db: Database) -> None:
    """What head office found open in a refused change beside its first reason."""
    run(
        db,
        """
        CREATE TABLE refused_also (
            change TEXT NOT NULL REFERENCES refused (change) ON DELETE CASCADE,
            place INTEGER NOT NULL,
            code TEXT NOT NULL,
            text TEXT NOT NULL,
            field TEXT,
            PRIMARY KEY (change, place)
        ) STRICT;
        """,
    )


@laptop()
def shorter_indexes(db: Database) -> None:
    """Indexes of records by what finds them and no more; the last of the order is sorted when it is read.

    They were two fifths of the pages that 10,000 visits from head office write. ``id`` stays beside the parent: who
    asks for what belongs to a record often asks for no more.
    """
    run(
        db,
        """
        DROP INDEX record_of_parent;
        DROP INDEX record_of_kind;
        CREATE INDEX record_of_parent ON record (parent, kind, id);
        CREATE INDEX record_of_kind ON record (kind, at);
        """,
    )


@laptop()
def photos_kept_until_durable(db: Database) -> None:
    """The laptop's own number when head office confirmed a photo; NULL where no restore can make it miss that."""
    run(
        db,
        """
        ALTER TABLE attachment ADD COLUMN confirmed_at INTEGER;
        CREATE INDEX attachment_not_durable ON attachment (confirmed_at) WHERE confirmed_at IS NOT NULL;
        UPDATE attachment SET confirmed_at =
            coalesce((SELECT CAST(value AS INTEGER) FROM state WHERE name = 'n'), 0) WHERE state = 'complete';
        """,
    )


@laptop()
def telephones_beside_the_first(db: Database) -> None:
    """The telephones of a household's people and of its remark, by which it is found too."""
    db.execute("ALTER TABLE prospect_row ADD COLUMN other_phones TEXT NOT NULL DEFAULT ''")
    listed = db.execute(
        "SELECT listed.row, listed.name, listed.mobile, listed.village, listed.trade, prospect.screen ->> 'remark',"
        " (SELECT json_group_array(person.screen ->> 'mobile') FROM record AS person"
        "  WHERE person.parent = listed.id AND person.kind = 'person' AND person.deleted = 0)"
        " FROM prospect_row AS listed JOIN record AS prospect ON prospect.id = listed.id"
    ).fetchall()
    for row, name, mobile, village, trade, remark, family in listed:
        if phones := further_phones(mobile, remark, json.loads(family)):
            db.execute("UPDATE prospect_row SET other_phones = ? WHERE row = ?", (phones, row))
            terms = search_terms(name, mobile, village, trade, phones=phones)
            db.execute("INSERT OR REPLACE INTO prospect_search (rowid, terms) VALUES (?, ?)", (row, terms))


@laptop()
def places_of_corrections(db: Database) -> None:
    """Which changes stand at the place of one that was refused: head office may wait for their numbers."""
    db.execute("ALTER TABLE saved_change ADD COLUMN corrects INTEGER NOT NULL DEFAULT 0 CHECK (corrects IN (0, 1))")


@laptop()
def changes_handed_in(db: Database) -> None:
    """Which changes are in a parcel that head office confirmed, by their ids."""
    db.execute("CREATE TABLE handed_in (change TEXT PRIMARY KEY) STRICT, WITHOUT ROWID")


@laptop()
def photos_that_differ(db: Database) -> None:
    """When the bytes of a photo last turned out to be others than its digest says: it is left alone for a while."""
    db.execute("ALTER TABLE attachment ADD COLUMN differed_at TEXT")


@laptop()
def photos_asked_for_in_vain(db: Database) -> None:
    """Since when a photo is asked for that head office lacks, when it was last, and until when it is left alone."""
    for column in ("asked_since", "asked_at", "rests_until"):
        db.execute(f"ALTER TABLE attachment ADD COLUMN {column} TEXT")
    db.execute("DELETE FROM state WHERE name = 'photos_in_vain'")
