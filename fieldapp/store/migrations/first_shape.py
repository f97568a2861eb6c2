"""The first steps: records, lists, drafts and photos as they first were."""

from __future__ import annotations

from sqlite_utils import Database

from fieldapp.store.migrations.steps import laptop, run


@laptop()
def records(db: Database) -> None:
    """Records as head office told them and as the screen shows them, and the outbox between the two (SYNC 3).

    ``base`` is what head office told; NULL while it equals ``screen``. ``seq`` is NULL until it told anything.
    """
    run(
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
    run(
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
    run(
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
    run(
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
    run(
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
    run(
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
    run(
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
