"""Photos on the laptop: which records hold them, when they may leave, and bytes that are found where they stand."""

from __future__ import annotations

import hashlib
import json
import random
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlite_utils import Database

from fieldapp.store.attachments import CHUNK_BYTES, NamedPhoto
from fieldapp.store.connection import connect
from fieldapp.store.database import Store
from fieldapp.store.migrations.steps import laptop as steps
from fieldapp.store.records import StoredRecord
from fieldapp.store.unit import Unit
from tests.made_laptop import KEY, FixedClock, enrolled_store

START = FixedClock().now()

PHOTO = random.Random(5).randbytes(2 * CHUNK_BYTES + 77)
DIGEST = hashlib.sha256(PHOTO).hexdigest()
NAMED = {"digest": DIGEST, "size": len(PHOTO), "media_type": "image/jpeg", "name": "a.jpg"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    with enrolled_store(tmp_path) as opened:
        yield opened  # type: ignore[misc]


def told(unit: Unit, record: str, *photos: dict[str, object]) -> None:
    """Head office tells of a visit."""
    values = {"photos": list(photos)}
    unit.put_new(StoredRecord(record, "visit", None, "QS01", None, 0, 1, values, values))


def forget(unit: Unit, record: str) -> None:
    stored = unit.records.get(record)
    assert stored is not None
    unit.forget(stored)


def fetched(unit: Unit) -> None:
    for start in range(0, len(PHOTO), CHUNK_BYTES):
        assert unit.attachments.append(DIGEST, start, PHOTO[start : start + CHUNK_BYTES])
    unit.attachments.complete(DIGEST, len(PHOTO))


def state(store: Store) -> str | None:
    with store.reading() as view:
        found = view.attachments.get(DIGEST)
        chunks = list(view.attachments.chunks(DIGEST))
    if found is None:
        assert chunks == []
    return found.state if found else None


def test_photo_that_two_records_name_stays_until_the_last_leaves(store: Store) -> None:
    store.write(lambda unit: [told(unit, "v1", NAMED), told(unit, "v2", NAMED)])
    assert state(store) == "to_fetch"
    store.write(fetched)
    store.write(lambda unit: forget(unit, "v1"))
    assert state(store) == "complete"
    store.write(lambda unit: forget(unit, "v2"))
    assert state(store) is None


def test_photo_on_its_way_here_is_not_wanted_any_more_when_its_record_leaves(store: Store) -> None:
    store.write(lambda unit: told(unit, "v1", NAMED))
    store.write(lambda unit: unit.attachments.append(DIGEST, 0, PHOTO[:100]))
    store.write(lambda unit: forget(unit, "v1"))
    assert state(store) is None
    assert not store.write(lambda unit: unit.attachments.append(DIGEST, 100, PHOTO[100:200]))


def test_photo_taken_here_outlives_its_record_until_head_office_has_it_for_good(store: Store) -> None:
    store.write(lambda unit: unit.state.set("n", 7))
    store.write(lambda unit: [told(unit, "v1"), unit.attachments.add(PHOTO, "image/jpeg", "v1")])
    store.write(lambda unit: forget(unit, "v1"))
    assert state(store) == "to_send"
    store.write(lambda unit: unit.attachments.confirm(DIGEST, 10, complete=False))
    assert state(store) == "to_send"
    store.write(lambda unit: unit.attachments.confirm(DIGEST, len(PHOTO), complete=True))
    assert state(store) == "complete"
    store.write(lambda unit: unit.attachments.forget_durable(7))
    assert state(store) == "complete", "change 7 was made before: a backup may hold it without the photo"
    store.write(lambda unit: unit.attachments.forget_durable(8))
    assert state(store) is None


def test_record_that_is_replaced_whole_keeps_its_photos(store: Store) -> None:
    store.write(lambda unit: told(unit, "v1", NAMED))
    store.write(fetched)
    store.write(lambda unit: [forget(unit, "v1"), told(unit, "v1", NAMED)])
    assert state(store) == "complete"


def test_photo_that_a_record_names_no_longer_leaves(store: Store) -> None:
    store.write(lambda unit: told(unit, "v1", NAMED))
    store.write(fetched)
    store.write(lambda unit: unit.attachments.named_by("v1", ()))
    assert state(store) is None


def test_photo_of_head_office_s_goes_with_its_record(store: Store) -> None:
    store.write(lambda unit: told(unit, "v1", NAMED))
    store.write(fetched)
    store.write(lambda unit: forget(unit, "v1"))
    assert state(store) is None


def test_photo_that_is_durable_stays_while_a_record_names_it(store: Store) -> None:
    store.write(lambda unit: [told(unit, "v1"), unit.attachments.add(PHOTO, "image/jpeg", "v1")])
    store.write(lambda unit: unit.attachments.confirm(DIGEST, len(PHOTO), complete=True))
    store.write(lambda unit: unit.attachments.forget_durable(1))
    assert state(store) == "complete"
    store.write(lambda unit: forget(unit, "v1"))
    assert state(store) is None


def test_photos_of_before_stay_until_something_later_is_durable(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    connection = connect(path, KEY)
    steps.apply(Database(connection), stop_before="photos_kept_until_durable")
    connection.execute("INSERT INTO state (name, value) VALUES ('n', '41')")
    connection.execute(
        "INSERT INTO attachment (digest, size, media_type, held, confirmed, state) VALUES (?, 1, '', 1, 1, 'complete')",
        (DIGEST,),
    )
    connection.close()
    with Store(path, KEY, FixedClock()) as store:
        store.write(lambda unit: unit.attachments.forget_durable(41))
        with store.reading() as view:
            assert view.attachments.get(DIGEST) is not None
        store.write(lambda unit: unit.attachments.forget_durable(42))
        with store.reading() as view:
            assert view.attachments.get(DIGEST) is None


def test_photo_that_head_office_lost_is_sent_again(store: Store) -> None:
    store.write(lambda unit: [told(unit, "v1", NAMED), told(unit, "v2", NAMED | {"digest": "e" * 64})])
    store.write(fetched)
    store.write(lambda unit: unit.attachments.lacking([DIGEST, "e" * 64, "f" * 64]))
    assert state(store) == "to_send"
    with store.reading() as view:
        assert [photo.digest for photo in view.attachments.waiting("to_fetch")] == ["e" * 64]


def test_own_photo_takes_the_place_of_one_still_to_come(store: Store) -> None:
    store.write(lambda unit: told(unit, "v1", NAMED))
    store.write(lambda unit: unit.attachments.append(DIGEST, 0, PHOTO[:100]))
    store.write(lambda unit: unit.attachments.add(PHOTO, "image/jpeg", "v2"))
    with store.reading() as view:
        assert view.attachments.content(DIGEST) == PHOTO
        assert view.attachments.named("v1") == view.attachments.named("v2") == view.attachments.waiting("to_send")


def test_bytes_come_only_where_the_last_ended(store: Store) -> None:
    store.write(lambda unit: unit.attachments.named_by("v1", [NamedPhoto(DIGEST, len(PHOTO), "image/jpeg")]))

    def append(start: int, end: int) -> bool:
        return store.write(lambda unit: unit.attachments.append(DIGEST, start, PHOTO[start:end]))

    assert append(0, 10)
    assert not append(0, 10)
    assert not append(11, 20)
    assert append(10, 21)
    store.write(lambda unit: unit.attachments.complete(DIGEST, len(PHOTO)))
    assert state(store) == "to_fetch", "complete only with all its bytes"
    store.write(lambda unit: unit.attachments.begin_anew(DIGEST))
    assert append(0, len(PHOTO))


@pytest.mark.parametrize("told", [0, 10, len(PHOTO) + 1])
def test_photo_of_another_size_than_told_is_there_once_its_digest_was_found(told: int, store: Store) -> None:
    store.write(lambda unit: unit.attachments.named_by("v1", [NamedPhoto(DIGEST, told, "image/jpeg")]))
    store.write(lambda unit: unit.attachments.append(DIGEST, 0, PHOTO[:20]))
    with store.reading() as view:
        assert view.attachments.content(DIGEST) is None
    store.write(lambda unit: unit.attachments.append(DIGEST, 20, PHOTO[20:]))
    store.write(lambda unit: unit.attachments.complete(DIGEST, len(PHOTO)))
    with store.reading() as view:
        assert view.attachments.content(DIGEST) == PHOTO
        assert view.attachments.get(DIGEST).size == len(PHOTO)  # type: ignore[union-attr]


def test_any_bytes_are_found_without_reading_those_before(store: Store) -> None:
    store.write(lambda unit: told(unit, "v1", NAMED))
    cuts = [0, 1, 10, CHUNK_BYTES, CHUNK_BYTES + 5, len(PHOTO)]
    for start, end in pairwise(cuts):
        store.write(lambda unit, s=start, e=end: unit.attachments.append(DIGEST, s, PHOTO[s:e]))  # type: ignore[misc]
    with store.reading() as view:
        for offset in (0, 1, 9, 10, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 4, len(PHOTO) - 1, len(PHOTO)):
            for length in (1, 11, CHUNK_BYTES, len(PHOTO)):
                assert view.attachments.chunk_at(DIGEST, offset, length) == PHOTO[offset : offset + length]


def test_photos_of_the_first_release_are_all_there_after_the_step(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    connection = connect(path, KEY)
    database = Database(connection)
    names = [step.name for step in steps._migrations]
    steps.apply(database, stop_before="photos_of_records")
    gone = "d" * 64
    for digest, held in ((DIGEST, len(PHOTO)), (gone, 3)):
        connection.execute(
            "INSERT INTO attachment (digest, size, media_type, record, held, state) VALUES (?, ?, '', ?, ?, ?)",
            (digest, len(PHOTO), "v1", held, "to_send" if digest == DIGEST else "to_fetch"),
        )
    for position, start in enumerate((0, 7, CHUNK_BYTES)):
        end = (7, CHUNK_BYTES, len(PHOTO))[position]
        connection.execute("INSERT INTO attachment_chunk VALUES (?, ?, ?)", (DIGEST, position, PHOTO[start:end]))
    connection.execute("INSERT INTO attachment_chunk VALUES (?, 0, ?)", (gone, b"abc"))
    for record, photos in (("v1", [NAMED]), ("v2", [NAMED, {"digest": gone}]), ("v3", "strange"), ("v4", ["odd", 3])):
        values = json.dumps({"photos": photos})
        connection.execute(
            "INSERT INTO record (id, kind, stream, screen) VALUES (?, 'visit', 'QS01', ?)", (record, values)
        )
    connection.close()
    with Store(path, KEY, FixedClock()) as store, store.reading() as view:
        assert view.state.steps() == len(names)
        assert view.attachments.content(DIGEST) == PHOTO
        assert view.attachments.chunk_at(DIGEST, 5, 10) == PHOTO[5:15]
        assert view.attachments.chunk_at(gone, 1, 10) == b"bc"
        assert [p.digest for p in view.attachments.named("v1")] == sorted([DIGEST, gone])
        assert [p.digest for p in view.attachments.named("v2")] == sorted([DIGEST, gone])
        assert view.attachments.named("v3") == view.attachments.named("v4") == []
        assert [p.digest for p in view.attachments.waiting("to_send")] == [DIGEST]


def test_of_many_photos_asked_for_in_vain_each_is_noted_by_itself(store: Store) -> None:
    """A list of all of them, written anew for each, is work that grows with the square of their number."""
    named = [NamedPhoto(f"{number:064x}", 9, "image/jpeg") for number in range(100)]
    store.write(lambda unit: unit.attachments.named_by("v1", named))

    def in_common() -> int:
        with store.reading() as view:
            return sum(len(value) for value in view.state._values.values())

    before = in_common()
    for photo in named:
        store.write(lambda unit, digest=photo.digest: unit.attachments.asked_in_vain(digest, START))
    assert in_common() == before


@pytest.mark.parametrize(
    ("asked_s", "now_s", "rests"),
    [
        ((0,), 1, False),
        ((0, 60), 90, True),
        ((0, 60), 120, False),
        ((0, 60), 30, False),
        ((100, 50), 51, False),
        ((0, 10**6), 10**6 + 86_399, True),
        ((0, 10**6), 10**6 + 86_400, False),
    ],
    ids=["new", "soon", "as long again", "clock back", "asked before it began", "within a day", "after a day"],
)
def test_a_photo_rests_as_long_as_it_was_waited_for_and_no_longer_than_a_day(
    store: Store, asked_s: tuple[int, ...], now_s: int, *, rests: bool
) -> None:
    photo = NamedPhoto(DIGEST, 9, "image/jpeg")
    store.write(lambda unit: unit.attachments.named_by("v1", [photo]))
    for at in asked_s:
        store.write(lambda unit, at=at: unit.attachments.asked_in_vain(DIGEST, START + timedelta(seconds=at)))
    with store.reading() as view:
        waiting = view.attachments.waiting("to_fetch", START + timedelta(seconds=now_s))
        assert [one.digest for one in waiting] == ([] if rests else [DIGEST])
        assert len(view.attachments.waiting("to_fetch")) == 1
