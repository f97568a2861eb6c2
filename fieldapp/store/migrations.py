"""The shape of the laptop's database, as steps that are only ever added to.

Each step runs in its own transaction with the note that it ran (sqlite-utils). Before the first step on a file that
holds something, a verified backup is made.
"""

from __future__ import annotations

import json
from pathlib import Path

from sqlcipher3.dbapi2 import complete_statement
from sqlite_utils import Database, Migrations

from fieldapp.store.backup import back_up
from fieldapp.store.connection import Connection
from fieldapp.store.faults import newer_file
from fieldapp.store.search import further_phones, search_terms

laptop = Migrations("fieldapp.laptop")


def migrate(connection: Connection, path: Path, key: bytes) -> list[str]:
    """Bring the file to this program's shape; returns the names of the steps that ran.

    Raises StorageFault ``newer`` when the file has steps this program does not know; nothing is touched then.
    """
    database = Database(connection)
    known = [step.name for step in laptop._migrations]
    applied = [step.name for step in laptop.applied(database)]
    unknown = [name for name in applied if name not in known]
    if unknown:
        raise newer_file(unknown[-1])
    waiting = [name for name in known if name not in applied]
    if waiting and applied:
        back_up(connection, path, key, reason=f"before-{waiting[0]}")
    if waiting:
        laptop.apply(database)
    return waiting


def _run(database: Database, script: str) -> None:
    """Run statement by statement: ``executescript`` would commit the step's transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if complete_statement(statement):
            database.conn.execute(statement)
            statement = ""


@laptop()
def records(db: Database) -> None:
    """Records as head office told them and as the screen shows them, and the outbox between the two (SYNC 3).

    ``base`` is what head office told; NULL while it equals ``screen``. ``seq`` is NULL until it told anything.
    """
    _run(
        db,
        """
        CREATE TABLE record (
            id TEXT PRIMARY KEY,
            kind TEXT NOT NULL,
            parent TEXT,
            stream TEXT NOT NULL,
            at TEXT,
            moves INTEGER NOT NULL DEFAULT 0,
            seq INTEGER,
            base TEXT,
            screen TEXT NOT NULL,
            conflicts TEXT,
            deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
            stale INTEGER NOT NULL DEFAULT 0 CHECK (stale IN (0, 1)),
            ghost INTEGER NOT NULL DEFAULT 0 CHECK (ghost IN (0, 1))
        ) STRICT;
        CREATE INDEX record_of_parent ON record (parent, kind, at, id);
        CREATE INDEX record_of_kind ON record (kind, at, id);
        CREATE INDEX record_in_conflict ON record (id) WHERE conflicts IS NOT NULL;

        CREATE TRIGGER record_append_only BEFORE UPDATE OF screen, kind ON record
        WHEN OLD.kind IN ('contact', 'visit') AND (NEW.screen IS NOT OLD.screen OR NEW.kind IS NOT OLD.kind)
        BEGIN SELECT RAISE(ABORT, 'contacts and visits are amended by a new entry'); END;

        CREATE TABLE outbox (
            n INTEGER PRIMARY KEY,
            change TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            record TEXT NOT NULL,
            made_at TEXT NOT NULL,
            body BLOB NOT NULL,
            waits INTEGER NOT NULL DEFAULT 0 CHECK (waits IN (0, 1))
        ) STRICT;
        CREATE INDEX outbox_of_record ON outbox (record, n);

        CREATE TRIGGER outbox_immutable BEFORE UPDATE OF n, change, kind, record, made_at, body ON outbox
        BEGIN SELECT RAISE(ABORT, 'a saved change is never altered'); END;

        CREATE TABLE sent (
            change TEXT PRIMARY KEY,
            n INTEGER NOT NULL,
            kind TEXT NOT NULL,
            record TEXT NOT NULL,
            stream TEXT NOT NULL,
            seq INTEGER NOT NULL,
            outcome TEXT NOT NULL,
            receipt BLOB NOT NULL,
            body BLOB NOT NULL,
            told_at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX sent_in_order ON sent (told_at, n);

        CREATE TABLE refused (
            change TEXT PRIMARY KEY,
            n INTEGER NOT NULL,
            kind TEXT NOT NULL,
            record TEXT NOT NULL,
            code TEXT NOT NULL,
            text TEXT NOT NULL,
            field TEXT,
            body BLOB NOT NULL,
            told_at TEXT NOT NULL
        ) STRICT;

        CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

        CREATE TABLE mark (
            stream TEXT PRIMARY KEY,
            seq INTEGER NOT NULL,
            hash TEXT NOT NULL
        ) STRICT;
        """,
    )


@laptop()
def lists(db: Database) -> None:
    """What the screens list, projected from ``record`` in the transaction that changes it."""
    _run(
        db,
        """
        CREATE TABLE prospect_row (
            row INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            sort_name TEXT NOT NULL,
            identity TEXT,
            mobile TEXT,
            village_code TEXT,
            village TEXT,
            trade TEXT,
            customer_type TEXT NOT NULL,
            stage TEXT NOT NULL,
            owner TEXT NOT NULL,
            next_date TEXT,
            next_time TEXT,
            next_purpose TEXT,
            wished_fen INTEGER,
            in_conflict INTEGER NOT NULL,
            -- "no date" sorts last, as one comparable key for keyset paging
            due TEXT GENERATED ALWAYS AS (coalesce(next_date || coalesce(next_time, '24:00'), '9999')) STORED
        ) STRICT;
        CREATE INDEX prospect_by_due ON prospect_row (due, row);
        CREATE INDEX prospect_by_stage ON prospect_row (stage, due, row);
        CREATE INDEX prospect_by_village ON prospect_row (village_code, due, row);
        CREATE INDEX prospect_by_name ON prospect_row (sort_name, row);
        CREATE INDEX prospect_same_name ON prospect_row (name, mobile);
        CREATE INDEX prospect_same_mobile ON prospect_row (mobile) WHERE mobile IS NOT NULL;
        CREATE INDEX prospect_same_identity ON prospect_row (identity) WHERE identity IS NOT NULL;

        CREATE VIRTUAL TABLE prospect_search USING fts5 (
            terms, content = '', contentless_delete = 1, detail = 'none', prefix = '1 2 3',
            tokenize = "unicode61 remove_diacritics 2"
        );

        CREATE TABLE promise (
            record TEXT PRIMARY KEY,
            prospect TEXT NOT NULL,
            day TEXT NOT NULL,
            amount_fen INTEGER NOT NULL,
            made_at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX promise_by_day ON promise (day);
        """,
    )


@laptop()
def drafts_and_attachments(db: Database) -> None:
    """What is still being typed, and the bytes of photos."""
    _run(
        db,
        """
        CREATE TABLE draft (
            id TEXT PRIMARY KEY,
            form TEXT NOT NULL,
            subject TEXT,
            body TEXT NOT NULL,
            saved_at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX draft_of_form ON draft (form, subject);

        CREATE TABLE attachment (
            digest TEXT PRIMARY KEY,
            size INTEGER NOT NULL,
            media_type TEXT NOT NULL,
            record TEXT,
            held INTEGER NOT NULL DEFAULT 0,
            confirmed INTEGER NOT NULL DEFAULT 0,
            state TEXT NOT NULL CHECK (state IN ('to_send', 'to_fetch', 'complete'))
        ) STRICT;
        CREATE INDEX attachment_waiting ON attachment (state) WHERE state <> 'complete';

        CREATE TABLE attachment_chunk (
            digest TEXT NOT NULL REFERENCES attachment (digest) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            bytes BLOB NOT NULL,
            PRIMARY KEY (digest, position)
        ) STRICT;

        CREATE TABLE privacy_event (
            at TEXT NOT NULL,
            staff TEXT NOT NULL,
            act TEXT NOT NULL,
            record TEXT,
            field TEXT
        ) STRICT;
        """,
    )


@laptop()
def imported_rows(db: Database) -> None:
    """Which rows of household lists were imported, and privacy events that nobody can change."""
    _run(
        db,
        """
        CREATE TABLE imported_row (digest TEXT PRIMARY KEY, prospect TEXT NOT NULL) STRICT, WITHOUT ROWID;

        CREATE TRIGGER privacy_event_immutable BEFORE UPDATE ON privacy_event
        BEGIN SELECT RAISE(ABORT, 'a privacy event is never altered'); END;
        CREATE TRIGGER privacy_event_kept BEFORE DELETE ON privacy_event
        BEGIN SELECT RAISE(ABORT, 'a privacy event is never removed'); END;
        """,
    )


@laptop()
def receipts_in_runs(db: Database) -> None:
    """Sent changes in the order head office took them, written without reading them; what the cursor stands for."""
    _run(
        db,
        """
        ALTER TABLE sent RENAME TO sent_before;
        DROP INDEX sent_in_order;
        CREATE TABLE sent (
            row INTEGER PRIMARY KEY,
            n INTEGER NOT NULL,
            change TEXT NOT NULL,
            kind TEXT NOT NULL,
            record TEXT NOT NULL,
            stream TEXT NOT NULL,
            seq INTEGER NOT NULL,
            outcome TEXT NOT NULL,
            receipt BLOB,
            body BLOB NOT NULL,
            told_at TEXT NOT NULL
        ) STRICT;
        INSERT INTO sent (n, change, kind, record, stream, seq, outcome, receipt, body, told_at)
            SELECT n, change, kind, record, stream, seq, outcome, receipt, body, told_at
            FROM sent_before ORDER BY told_at, n;
        DROP TABLE sent_before;
        CREATE INDEX record_stale ON record (id) WHERE stale = 1;
        """,
    )


@laptop()
def images(db: Database) -> None:
    """What head office had told before it was restored from an older copy, kept until it has been offered again."""
    _run(
        db,
        """
        CREATE TABLE image (
            record TEXT PRIMARY KEY,
            kind TEXT NOT NULL,
            parent TEXT,
            told TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """,
    )


@laptop()
def photos_of_records(db: Database) -> None:
    """Which records name a photo, and chunks that are found by the byte they begin with."""
    _run(
        db,
        """
        CREATE TABLE attachment_of (
            record TEXT NOT NULL,
            digest TEXT NOT NULL,
            PRIMARY KEY (record, digest)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX attachment_of_digest ON attachment_of (digest);
        INSERT INTO attachment_of (record, digest)
            SELECT DISTINCT record.id, photo.value ->> 'digest'
            FROM record, json_each(record.screen, '$.photos') AS photo
            WHERE json_type(record.screen, '$.photos') = 'array' AND photo.type = 'object'
                AND json_type(photo.value, '$.digest') = 'text'
            UNION SELECT record, digest FROM attachment WHERE record IN (SELECT id FROM record);

        CREATE TABLE attachment_now (
            digest TEXT PRIMARY KEY,
            size INTEGER NOT NULL,
            media_type TEXT NOT NULL,
            held INTEGER NOT NULL DEFAULT 0,
            confirmed INTEGER NOT NULL DEFAULT 0,
            state TEXT NOT NULL CHECK (state IN ('to_send', 'to_fetch', 'complete'))
        ) STRICT;
        INSERT INTO attachment_now SELECT digest, size, media_type, held, confirmed, state FROM attachment;
        CREATE TABLE attachment_chunk_now (
            digest TEXT NOT NULL REFERENCES attachment_now (digest) ON DELETE CASCADE,
            start INTEGER NOT NULL,
            bytes BLOB NOT NULL,
            PRIMARY KEY (digest, start)
        ) STRICT;
        INSERT INTO attachment_chunk_now (digest, start, bytes)
            SELECT digest, coalesce((
                SELECT sum(length(before.bytes)) FROM attachment_chunk AS before
                WHERE before.digest = chunk.digest AND before.position < chunk.position
            ), 0), bytes
            FROM attachment_chunk AS chunk WHERE length(bytes) > 0;
        DROP TABLE attachment_chunk;
        DROP TABLE attachment;
        ALTER TABLE attachment_now RENAME TO attachment;
        ALTER TABLE attachment_chunk_now RENAME TO attachment_chunk;
        CREATE INDEX attachment_waiting ON attachment (state) WHERE state <> 'complete';
        """,
    )


@laptop()
def bytes_in_one_place(db: Database) -> None:
    """A change's bytes stay where they were saved; what becomes of it, and of the record it made, follows beside it.

    ``told_at`` of a run is NULL once all of it is durable: its changes are gone then, the numbers of its records stay.
    """
    _run(
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
    _run(
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
    _run(
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
    _run(
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
    _run(
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
