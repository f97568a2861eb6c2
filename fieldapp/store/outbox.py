"""Changes on their way: saved and not receipted, receipted and not yet durable at head office, refused.

A change's bytes stay in one row of ``saved_change`` from the save until head office has them in a backup that was
tried. What becomes of it is told by narrow rows beside it: ``queue`` while it has no receipt, ``taken`` for a run of
changes accepted as sent, ``receipted`` for any other receipt.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import dropwhile, takewhile
from typing import NamedTuple

import msgspec

from fieldapp.protocol.changes import Change, decode_change, encode_change
from fieldapp.protocol.identifiers import new_change_id
from fieldapp.protocol.messages import Receipt
from fieldapp.store.connection import Connection
from fieldapp.store.faults import damaged_file


class Queued(NamedTuple):
    """A change in the outbox: its bytes as saved.

    ``waits`` is 1 where it waits for another one; ``whole`` is 1 where it made its record and nothing else is known of
    that: accepted as sent, it is what head office holds (``record.made``). ``corrects`` is 1 where it stands at the
    place of a change that was refused: head office may hold its record until it has it.
    """

    n: int
    change: str
    kind: str
    record: str
    made_at: str
    body: bytes
    waits: int
    whole: int
    corrects: int

    def decoded(self) -> Change:
        """What the change says."""
        return decode_change(self.body)


@dataclass(frozen=True, slots=True)
class Refused:
    """A change that head office refused for good, with its reason."""

    change: str
    n: int
    kind: str
    record: str
    code: str
    text: str
    field: str | None
    body: bytes
    told_at: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A change that head office receipted, numbered ``seq`` in its stream."""

    change: str
    n: int
    kind: str
    record: str
    outcome: str
    told_at: str
    stream: str
    seq: int


class Outbox:
    """The three states of a change on the laptop. Only a receipt moves one out of the first."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._new: list[tuple[tuple[object, ...], bool]] = []

    def add(self, change: Change, *, whole: bool = False, corrects: bool = False, brief: bool = False) -> int:
        """Queue a change, the ``whole`` of its record or not; its bytes, whose number is returned, never alter.

        ``brief``: in the brief form, if it has one.
        """
        body = encode_change(change, brief=brief)
        row = (change.n, change.id, change.kind, change.record, change.made_at, body, int(corrects))
        self._new.append((row, whole))
        return len(body)

    def no_longer_whole(self, n: int) -> None:
        """More is known of the record that change ``n`` made."""
        self.flush()
        self._connection.execute("UPDATE queue SET whole = 0 WHERE n = ?", (n,))

    def batch(self, after: int, changes: int, body_bytes: int) -> list[Queued]:
        """The next changes after number ``after``, in order, within both limits; at least one if there is any.

        Raises StorageFault (``damaged``) rather than give bytes that were not saved.
        """
        self.flush()
        batch: list[Queued] = []
        size = 0
        rows = self._connection.execute(f"{_IN_ORDER} WHERE n > ? ORDER BY n LIMIT {_AS_BOUND}", (after, changes + 1))
        for queued in map(Queued._make, rows):
            if b"\0" in queued.body:  # SQLCipher reads a damaged page as zeros, and tells of it with the next page only
                raise damaged_file()
            size += len(queued.body) + 1
            if batch and (size > body_bytes or len(batch) == changes):
                return self._without_part_of_a_group(batch, queued)
            batch.append(queued)
        return batch

    def _without_part_of_a_group(self, batch: list[Queued], following: Queued) -> list[Queued]:
        """A group is never divided; one that does not fit goes whole all the same, and head office says what it thinks.

        ``following`` is the first change that does not go with the ``batch``.
        """
        group = following.decoded().group
        if group is None or batch[-1].decoded().group != group:
            return batch
        before = list(dropwhile(lambda queued: queued.decoded().group == group, reversed(batch)))[::-1]
        if before:
            return before
        rest = self._connection.execute(f"{_IN_ORDER} WHERE n >= ? ORDER BY n", (following.n,))
        return batch + list(takewhile(lambda queued: queued.decoded().group == group, map(Queued._make, rest)))

    def goes_on_after(self, n: int) -> bool:
        """Whether there is a change behind number ``n``."""
        return self._connection.execute("SELECT 1 FROM queue WHERE n > ? LIMIT 1", (n,)).fetchone() is not None

    def of_record(self, record: str) -> list[Queued]:
        """The record's queued changes in the order they were made."""
        self.flush()
        rows = self._connection.execute(f"{_BY_CHANGE} WHERE record = ? ORDER BY n", (record,))
        return list(map(Queued._make, rows))

    def of_group(self, group: str) -> list[Queued]:
        """The queued changes of one group."""
        self.flush()
        return [queued for queued in self._naming(group) if queued.decoded().group == group]

    def rename_needed(self, gone: set[str], instead: str | None) -> None:
        """What was ``gone`` goes by another id now, or not at all: queued changes that need it are to say so.

        They were never taken: each goes on under an id of its own, at the same place.
        """
        self.flush()
        for name in gone:
            for queued in self._naming(name):
                change = queued.decoded()
                if name in change.needs:
                    kept = tuple(need for need in change.needs if need != name)
                    needs = (*kept, instead) if instead is not None else kept
                    self._say_otherwise(queued, msgspec.structs.replace(change, needs=needs))

    def need_no_longer(self, photos: set[str]) -> None:
        """These ``photos`` (digests) were given up: queued changes that need them go on without, as above."""
        self.flush()
        for digest in photos:
            for queued in self._naming(digest):
                change = queued.decoded()
                if digest in change.digests:
                    kept = tuple(one for one in change.digests if one != digest)
                    self._say_otherwise(queued, msgspec.structs.replace(change, digests=kept))

    def need_what_is_kept(self) -> bool:
        """After a restore: what was durable and is kept no longer has no receipt any more, where head office fell back
        behind that, and never gets one. Queued changes that need it go on without; whether there are any.
        """
        kept = "SELECT change FROM saved_change UNION SELECT change FROM refused"
        found = False
        for queued in self._naming('"needs":'):
            change = queued.decoded()
            rows = self._connection.execute(
                f"SELECT value FROM json_each(?) WHERE value IN ({kept}) ORDER BY key",  # noqa: S608 - constants only
                (json.dumps(change.needs),),
            )
            needs = tuple(row[0] for row in rows)
            if needs != change.needs:
                self._say_otherwise(queued, msgspec.structs.replace(change, needs=needs))
                found = True
        return found

    def _say_otherwise(self, queued: Queued, change: Change) -> None:
        """Queue ``change`` in place of ``queued`` under a fresh id, which those that need it learn."""
        renamed = msgspec.structs.replace(change, id=new_change_id())
        self.rename(queued, renamed)
        self.rename_needed({queued.change}, renamed.id)

    def _naming(self, name: str) -> list[Queued]:
        """The queued changes whose bytes have that name in them somewhere."""
        rows = self._connection.execute(f"{_IN_ORDER} WHERE instr(body, ?) ORDER BY n", (name.encode(),))
        return list(map(Queued._make, rows))

    def count(self) -> int:
        """How many changes are only on this laptop."""
        self.flush()
        return int(self._connection.execute("SELECT count(*) FROM queue").fetchone()[0])

    def listed(self, limit: int) -> list[Queued]:
        """The newest queued changes, for the screen."""
        self.flush()
        return list(map(Queued._make, self._connection.execute(f"{_IN_ORDER} ORDER BY n DESC LIMIT ?", (limit,))))

    def get(self, change: str) -> Queued | None:
        """The queued change of that id."""
        self.flush()
        row = self._connection.execute(f"{_BY_CHANGE} WHERE change = ?", (change,)).fetchone()
        return Queued._make(row) if row else None

    def receipted(self, settled: list[tuple[Queued, Receipt]], told_at: str) -> None:
        """Keep the receipts of changes (accepted, merged, conflict), which leave the queue with that."""
        self._connection.executemany(
            "INSERT INTO receipted (n, stream, seq, outcome, receipt, told_at) VALUES (?,?,?,?,?,?)",
            [(q.n, r.stream, r.seq, r.outcome, msgspec.json.encode(r), told_at) for q, r in settled],
        )
        self._connection.executemany("DELETE FROM queue WHERE n = ?", [(queued.n,) for queued, _ in settled])

    def receipted_run(self, taken: Sequence[Queued], stream: str, seq: int, told_at: str) -> list[Queued] | None:
        """Keep that ``taken``, whose own numbers follow each other, were accepted as sent, numbered from ``seq`` on.

        Neither their bytes nor their records are touched. Returns those that are not the whole of their record: it is
        confirmed apart. None, and nothing is kept, where one of ``taken`` is not queued any more as it was read.
        """
        self.flush()
        first, last = taken[0].n, taken[-1].n
        there = self._connection.execute("SELECT count(*) FROM queue WHERE n BETWEEN ? AND ?", (first, last)).fetchone()
        in_part = self._connection.execute(
            "SELECT n, change FROM queue CROSS JOIN saved_change USING (n)"
            " WHERE n BETWEEN ? AND ? AND whole = 0 ORDER BY n",
            (first, last),
        ).fetchall()
        if there[0] != len(taken) or any(taken[n - first].change != change for n, change in in_part):
            return None  # what goes by another id now is never whole any more
        self._connection.execute(
            "INSERT INTO taken (first, last, stream, seq, told_at) VALUES (?,?,?,?,?)",
            (first, last, stream, seq, told_at),
        )
        self._connection.execute("DELETE FROM queue WHERE n BETWEEN ? AND ?", (first, last))
        return [taken[n - first] for n, _ in in_part]

    def refuse(self, queued: Queued, receipt: Receipt, told_at: str) -> None:
        """Move a change to ``refused`` with head office's reason."""
        self._connection.execute(
            "INSERT INTO refused (change, n, kind, record, code, text, field, body, told_at)"
            " VALUES (?,?,?,?,?,?,?,?,?)",
            (
                queued.change,
                queued.n,
                queued.kind,
                queued.record,
                receipt.code,
                receipt.text,
                receipt.field,
                queued.body,
                told_at,
            ),
        )
        self.remove([queued.n])

    def reissue(self, queued: Queued, change: str) -> None:
        """Queue the same work under a new id at the same place (SYNC 11, ``id_reuse``)."""
        self.rename(queued, msgspec.structs.replace(queued.decoded(), id=change))
        self.rename_needed({queued.change}, change)

    def mark_waiting(self, numbers: list[int]) -> None:
        """Note which changes wait for another one."""
        self._connection.executemany("UPDATE queue SET waits = 1 WHERE n = ?", [(n,) for n in numbers])

    def refused(self) -> list[Refused]:
        """What head office refused, newest first."""
        rows = self._connection.execute(
            "SELECT change, n, kind, record, code, text, field, body, told_at FROM refused"
            " ORDER BY told_at DESC, n DESC"
        )
        return [Refused(*row) for row in rows]

    def refused_change(self, change: str) -> Refused | None:
        """The refused change of that id."""
        row = self._connection.execute(
            "SELECT change, n, kind, record, code, text, field, body, told_at FROM refused WHERE change = ?", (change,)
        ).fetchone()
        return Refused(*row) if row else None

    def rename(self, queued: Queued, change: Change) -> None:
        """Queue ``change`` in place of ``queued``, which head office never took: the same work, said otherwise."""
        self.remove([queued.n])
        self.add(change, corrects=bool(queued.corrects))
        self.flush()

    def correct(self, behind: Sequence[Queued], correction: Change) -> None:
        """Queue ``correction`` in place of a refused change and of what is ``behind`` it on the record (SYNC 17).

        Where a correction is among these, head office may wait for its number too: it goes there without any value.
        """
        self.remove([queued.n for queued in behind])
        self.add(correction, corrects=True)
        for queued in behind:
            if queued.corrects:
                self.add(emptied(queued.decoded()), corrects=True)
        self.flush()

    def empty(self, queued: Queued) -> None:
        """Take out all that ``queued`` would set; head office waits for its number."""
        instead = emptied(queued.decoded())
        self.remove([queued.n])
        self.add(instead, corrects=True)
        self.rename_needed({queued.change}, instead.id)

    def remove(self, numbers: list[int]) -> None:
        """Take changes out of the queue that head office never took."""
        self.flush()
        for table in ("queue", "saved_change"):
            self._connection.executemany(f"DELETE FROM {table} WHERE n = ?", [(n,) for n in numbers])  # noqa: S608

    def of_family(self, root: str, member: str) -> list[str]:
        """The ids of the queued changes of a root, of what belongs to it, and of what belongs to ``member`` of it."""
        self.flush()
        rows = self._connection.execute(
            "WITH family AS (SELECT ?1 AS id UNION SELECT id FROM record WHERE parent IN (?1, ?2))"
            " SELECT change FROM family CROSS JOIN saved_change ON record = family.id CROSS JOIN queue USING (n)"
            " ORDER BY n",
            (root, member),
        )
        return [row[0] for row in rows]

    def waiting_under(self, parent: str) -> int:
        """How many changes wait that belong to a record below ``parent``."""
        self.flush()
        row = self._connection.execute(
            "SELECT count(*) FROM record AS child CROSS JOIN saved_change ON saved_change.record = child.id"
            " CROSS JOIN queue USING (n) WHERE child.parent = ?",
            (parent,),
        ).fetchone()
        return int(row[0])

    def withdraw_refused(self, change: str) -> None:
        """The officer has read the reason and lets the refused change go."""
        self._connection.execute("DELETE FROM refused WHERE change = ?", (change,))

    def newest_sent(self, limit: int) -> list[Sent]:
        """The newest receipts."""
        told = self._connection.execute(
            "SELECT first, last, 'accepted', told_at, stream, seq FROM taken WHERE told_at IS NOT NULL"
            " UNION ALL SELECT n, n, outcome, told_at, stream, seq FROM receipted"
            " ORDER BY told_at DESC, last DESC LIMIT ?",
            (limit,),
        ).fetchall()
        found: list[Sent] = []
        for first, last, outcome, told_at, stream, seq in told:
            rows = self._connection.execute(
                "SELECT change, n, kind, record FROM saved_change WHERE n BETWEEN ? AND ? ORDER BY n DESC LIMIT ?",
                (first, last, limit - len(found)),
            )
            found += [
                Sent(change, n, kind, record, outcome, told_at, stream, seq + n - first)
                for change, n, kind, record in rows
            ]
            if len(found) == limit:
                break
        return found

    def forget_durable(self, durable: dict[str, int]) -> int:
        """A tried backup of head office holds these streams up to these numbers: what was sent need not be kept.

        A run is kept until its last change is durable. That it was taken stays known: its records' numbers follow from
        it (``record.made``). Returns the highest of the laptop's own numbers that became durable, or 0.
        """
        highest = 0
        for stream, seq in durable.items():
            newest = self._connection.execute(
                "SELECT max(n) FROM receipted WHERE stream = ? AND seq <= ?", (stream, seq)
            ).fetchone()[0]
            self._connection.execute(
                "DELETE FROM saved_change WHERE n IN (SELECT n FROM receipted WHERE stream = ? AND seq <= ?)",
                (stream, seq),
            )
            self._connection.execute("DELETE FROM receipted WHERE stream = ? AND seq <= ?", (stream, seq))
            runs = self._connection.execute(
                "SELECT first, last FROM taken WHERE told_at IS NOT NULL AND stream = ?1 AND seq <= ?2"
                " AND seq + last - first <= ?2",
                (stream, seq),
            ).fetchall()
            self._connection.executemany("DELETE FROM saved_change WHERE n BETWEEN ? AND ?", runs)
            self._connection.executemany("UPDATE taken SET told_at = NULL WHERE first = ? AND last = ?", runs)
            highest = max(highest, newest or 0, *(last for _first, last in runs))
        return highest

    def send_again(self) -> None:
        """Everything that was sent and is kept is queued again, at its own number (SYNC 34)."""
        self.flush()
        self._connection.execute("INSERT INTO queue (n) SELECT n FROM saved_change EXCEPT SELECT n FROM queue")
        self._connection.execute("DELETE FROM taken")
        self._connection.execute("DELETE FROM receipted")

    def unsent_among(self, records: list[str]) -> set[str]:
        """Those of ``records`` that have a change only on this laptop."""
        self.flush()
        rows = self._connection.execute(
            "SELECT DISTINCT record FROM json_each(?) AS wanted CROSS JOIN saved_change ON record = wanted.value"
            " CROSS JOIN queue USING (n)",
            (json.dumps(records),),
        )
        return {row[0] for row in rows}

    def unsent_roots(self, roots: list[str]) -> set[str]:
        """Those of ``roots`` that have a change only on this laptop, on themselves or on a record below them."""
        self.flush()
        rows = self._connection.execute(
            "WITH family AS (SELECT root.value AS root, root.value AS id FROM json_each(?1) AS root"
            " UNION ALL SELECT root.value, child.id FROM json_each(?1) AS root"
            " CROSS JOIN record AS child ON child.parent = root.value)"
            " SELECT root FROM family WHERE EXISTS (SELECT 1 FROM saved_change CROSS JOIN queue USING (n)"
            " WHERE saved_change.record = family.id)",
            (json.dumps(roots),),
        )
        return {row[0] for row in rows}

    def flush(self) -> None:
        """Write the gathered changes."""
        if self._new:
            new, self._new = self._new, []
            self._connection.executemany(
                "INSERT INTO saved_change (n, change, kind, record, made_at, body, corrects) VALUES (?,?,?,?,?,?,?)",
                [row for row, _ in new],
            )
            marks = [(row[0], int(whole)) for row, whole in new]
            self._connection.executemany("INSERT INTO queue (n, whole) VALUES (?,?)", marks)


def emptied(change: Change) -> Change:
    """Another change at the same place, which sets nothing and belongs to nothing."""
    return msgspec.structs.replace(change, id=new_change_id(), fields={}, group=None)


_COLUMNS = "n, change, kind, record, made_at, body, waits, whole, corrects"
_IN_ORDER = f"SELECT {_COLUMNS} FROM queue CROSS JOIN saved_change USING (n)"  # noqa: S608 - constants only
_BY_CHANGE = f"SELECT {_COLUMNS} FROM saved_change CROSS JOIN queue USING (n)"  # noqa: S608
"""Which of the two is looked at first is said, not left to be found out: most saved changes may be sent already."""
_AS_BOUND = "? + 0"
"""Of a bare number of rows SQLite wants to know the value, and prepares the statement anew whenever it is bound."""
