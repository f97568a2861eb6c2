"""Records as head office tells them: kept many at once as one by one, whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlcipher3 import dbapi2 as sqlite

from fieldapp.protocol.messages import RecordState, SyncReply
from fieldapp.store.database import Store
from fieldapp.store.told import Told
from fieldapp.store.unit import Unit
from fieldapp.sync.apply import apply_reply
from tests.made_laptop import ME, disputed, enrolled_store

ROOT = "d4" * 16
TABLES = {
    "record": "id, kind, parent, stream, at, moves, seq, base, screen, conflicts, deleted, stale, ghost, made",
    "promise": "record, prospect, day, amount_fen, made_at",
    "prospect_row": "id, name, owner, in_conflict",
    "attachment_of": "record, digest",
    "attachment": "digest, size, media_type, state",
}


def state(
    number: int, kind: str = "visit", *, parent: str | None = ROOT, values: object = None, **rest: Any
) -> RecordState:
    encoded = json.dumps({"staff": ME} if values is None else values, ensure_ascii=False).encode()
    return RecordState(
        kind=kind, record=f"{number:032x}", rev=(0, "QS", number), encoded=msgspec.Raw(encoded), parent=parent, **rest
    )


def kept_in(store: Store) -> dict[str, list[Any]]:
    def read(unit: Unit) -> dict[str, list[Any]]:
        return {
            table: unit.connection.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2").fetchall()
            for table, columns in TABLES.items()
        }

    return store.write(read)


@pytest.mark.parametrize("kind", ["visit", "contact", "person", "of another version"])
@pytest.mark.parametrize("encoded", [b"[1,2]", b'"x"', b"7", b"null"])
def test_values_that_are_none_are_not_kept(kind: str, encoded: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        Told([msgspec.structs.replace(state(2, kind), encoded=msgspec.Raw(encoded))])


ODD = [
    RecordState(
        kind="prospect", record=ROOT, rev=(2, "QS", 1), encoded=msgspec.Raw(json.dumps({"owner": ME}).encode())
    ),
    state(2, "person", values={"name": "张三"}),
    state(3, values={"started_at": "2026-11-01T01:00:00Z", "facts": "𠮷 “有” \\u0000 ", "photos": []}),
    state(4, "contact", values={"at": "2026-11-02T01:00:00Z", "promised_fen": 5_00, "next_date": "2026-12-01"}),
    state(5, "contact", values={"at": "2026-11-02T02:00:00Z", "promised_fen": 7_00, "next_date": "2026-12-02"}),
    state(6, "contact", values={"at": "2026-11-03T01:00:00Z", "amends": f"{5:032x}"}),
    state(7, values={"photos": [{"digest": "ab" * 32, "size": 3, "media_type": "image/jpeg"}]}),
    state(8, values={"photos": "none of ours", "deleted": "of another kind"}),
    state(9, values={"deleted": True, "started_at": "2026-11-01T01:00:00Z"}),
    state(10, "person", values={"name": "李四"}, conflicts=(disputed("name", "李四", "李思"),)),
    state(11, "kind of a later version", parent=None, values={"at": 5, "started_at": [], "anything": {"a": None}}),
    state(12, values={}),
]


@pytest.mark.parametrize("plain", [0, 1, 24, 25, 26, 500, 537])
def test_many_told_at_once_are_kept_as_one_by_one(tmp_path: Path, plain: int) -> None:
    states = [
        *ODD,
        *(state(100 + n, values={"facts": f"第{n}次", "started_at": f"2026-11-01T{n:06}Z"}) for n in range(plain)),
    ]

    def one_by_one(unit: Unit) -> None:
        for one in states:
            unit.put_told(one)

    for folder in ("once", "each"):
        (tmp_path / folder).mkdir()
    with enrolled_store(tmp_path / "once") as at_once, enrolled_store(tmp_path / "each") as each:
        at_once.write(lambda unit: unit.put_all_told(Told(states)))
        each.write(one_by_one)
        kept = kept_in(at_once)
        assert kept == kept_in(each)
        screens = {row[0]: row[8] for row in kept["record"]}
        assert [screens[one.record] for one in states] == [str(one.encoded, "utf-8") for one in states]
        assert [row[0] for row in kept["promise"]] == [f"{4:032x}"]
        assert len(kept["attachment_of"]) == 1


@pytest.mark.parametrize("number", [2, 30, 700])
def test_one_that_cannot_be_kept_takes_all_of_them_back(store: Store, number: int) -> None:
    before = kept_in(store)
    states = [state(n) for n in range(number)]
    with pytest.raises(sqlite.IntegrityError):
        store.write(lambda unit: unit.put_all_told(Told([*states, states[number // 2]])))
    assert kept_in(store) == before


def test_what_is_no_text_is_refused_before_anything_is_written(store: Store) -> None:
    spoiled = RecordState(kind="visit", record="aa" * 16, rev=(0, "QS", 1), encoded=msgspec.Raw(b'{"facts":"\xff"}'))
    with pytest.raises(UnicodeDecodeError):
        Told([spoiled])


@pytest.mark.parametrize("made_ready", [True, False])
def test_a_page_of_which_some_is_known_is_taken_whole(store: Store, made_ready: bool) -> None:
    first = [state(n, "person", values={"name": f"旧{n}"}) for n in range(0, 60, 3)]
    store.write(lambda unit: unit.put_all_told(Told(first)))
    page = [
        RecordState(kind="person", record=f"{n:032x}", rev=(0, "QS", 100 + n), encoded=msgspec.Raw(b'{"name":"x"}'))
        for n in range(60)
    ]
    reply = SyncReply(protocol=2, server_time="2026-11-23T06:31:08.250Z", records=page, cursor="kpa")
    ready = Told(page) if made_ready else None
    applied = store.write(lambda unit: apply_reply(unit, None, reply, ready=ready))
    assert (applied.received, applied.page_counted) == (60, True)
    kept = [row for row in kept_in(store)["record"] if row[0] < f"{60:032x}"]
    assert [(row[6], row[8]) for row in kept] == [(100 + n, '{"name":"x"}') for n in range(60)]
