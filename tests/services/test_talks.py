"""Contacts and visits: recorded with what they mean for the prospect, amended, never altered."""

from __future__ import annotations

import hashlib
import struct
import zlib
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from fieldapp.domain.errors import Actionable, InvalidRecord
from fieldapp.domain.money import Money
from fieldapp.domain.records import PersonMet
from fieldapp.services.add_prospect import NewProspect, add_prospect
from fieldapp.services.drafts import all_drafts, drop_draft, newest_draft, save_draft
from fieldapp.services.prospect_page import prospect_page
from fieldapp.services.prospects import line
from fieldapp.services.record_contact import NewContact, record_contact
from fieldapp.services.record_visit import MOST_PHOTOS, NewVisit, record_visit
from fieldapp.services.timeline import ContactEntry, CreationEntry, Entry, VisitEntry
from fieldapp.store.database import Store
from tests.made_laptop import COLLEAGUE, ME, NOON, TODAY, FixedClock, screen_of

IN_THREE_DAYS = TODAY + timedelta(days=3)


@pytest.fixture
def prospect(store: Store) -> str:
    return add_prospect(store, NewProspect(name="孙七", mobile="13800138007", next_date=TODAY)).prospect


def contact(who: str | NewProspect, **more: Any) -> NewContact:
    return NewContact(**{"who": who, "channel": "phone", "result": "call_again", "next_date": IN_THREE_DAYS, **more})


def visit(prospect: str, **more: Any) -> NewVisit:
    return NewVisit(
        **{
            "prospect": prospect,
            "purpose": "investigation",
            "started_at": NOON - timedelta(minutes=26),
            "ended_at": NOON,
            "outcome": "needs_follow_up",
            "next_date": IN_THREE_DAYS,
            **more,
        }
    )


def picture(path: Path, form: str = "JPEG", shade: int = 90) -> Path:
    Image.effect_noise((64, 48), shade).convert("RGB").save(path, form)
    return path


def test_a_contact_moves_the_follow_up_and_the_stage_in_one_transaction(store: Store, prospect: str) -> None:
    saved = record_contact(store, contact(prospect, result="interested", note="想添一台磨浆机"))
    shown = line(store, prospect)
    assert shown is not None
    assert (shown.next_date, shown.stage) == (IN_THREE_DAYS, "interested")
    entry = screen_of(store, saved.contact)
    assert (entry["staff"], entry["business_date"], entry["at"]) == (ME, "2026-11-23", "2026-11-23T06:31:08Z")


def test_a_contact_with_somebody_new_records_both(store: Store) -> None:
    saved = record_contact(store, contact(NewProspect(name="吴十", mobile="13800138010")))
    shown = line(store, saved.prospect)
    assert shown is not None
    assert (shown.name, shown.next_date) == ("吴十", IN_THREE_DAYS)


@pytest.mark.parametrize(("days", "first"), [(0, ContactEntry), (-2, CreationEntry)])
def test_the_record_of_a_prospect_stands_among_the_talks_by_its_day(
    store: Store, days: int, first: type[Entry]
) -> None:
    """Somebody imported today may have been talked to before; of one day, being recorded came first."""
    evening = f"{int((NOON + timedelta(hours=6)).timestamp() * 1000):012x}7" + "0" * 3 + "8" + "0" * 15
    imported = add_prospect(store, NewProspect(name="郑一", draft=evening)).prospect
    at = NOON + timedelta(days=days)
    record_contact(store, contact(imported, at=at, next_date=at.date() + timedelta(days=9)))
    assert isinstance(prospect_page(store, imported).timeline[0], first)


def test_a_contact_that_is_refused_leaves_no_new_prospect_behind(store: Store) -> None:
    with pytest.raises(InvalidRecord) as refused:
        record_contact(store, contact(NewProspect(name="吴十"), next_date=TODAY - timedelta(days=1)))
    assert refused.value.field == "next_date"
    with pytest.raises(InvalidRecord):
        record_contact(store, contact(NewProspect(name="  ")))
    with store.reading() as view:
        assert view.outbox.count() == 0


def test_without_interest_and_without_a_date_a_reason_is_needed_and_the_prospect_is_lost(
    store: Store, prospect: str
) -> None:
    with pytest.raises(InvalidRecord) as refused:
        record_contact(store, contact(prospect, result="not_interested", next_date=None))
    assert refused.value.field == "lost_reason"
    record_contact(store, contact(prospect, result="not_interested", next_date=None, lost_reason="已在别处贷款"))
    lost = screen_of(store, prospect)
    assert (lost["stage"], lost["lost_reason"], lost["next_date"]) == ("lost", "已在别处贷款", None)
    record_contact(store, contact(prospect, result="interested"))
    won = screen_of(store, prospect)
    assert (won["stage"], won["lost_reason"]) == ("interested", None)


def test_a_talk_never_moves_a_stage_that_an_application_decides(store: Store, prospect: str) -> None:
    store.write(lambda unit: unit.edit(prospect, {"stage": ("contact", "applied")}))
    record_contact(store, contact(prospect, result="not_interested", next_date=None))
    assert screen_of(store, prospect)["stage"] == "applied"


def test_a_mistake_is_amended_by_a_new_entry_that_names_the_old_one(
    store: Store, prospect: str, clock: FixedClock
) -> None:
    first = record_contact(store, contact(prospect, note="三千", promised=Money.yuan(3_000)))
    clock.move(minutes=5)
    second = record_contact(
        store, contact(prospect, note="两千", next_date=TODAY + timedelta(days=5), amends=first.contact)
    )
    entries = [e for e in prospect_page(store, prospect).timeline if isinstance(e, ContactEntry)]
    assert [(e.record, e.amends, e.amended_by) for e in entries] == [
        (second.contact, first.contact, None),
        (first.contact, None, second.contact),
    ]
    assert screen_of(store, second.contact)["at"] == screen_of(store, first.contact)["at"]
    assert screen_of(store, prospect)["next_date"] == "2026-11-28"
    with store.reading() as view:
        assert view.promises.until("2027-01-01") == []


def test_amending_an_older_entry_leaves_the_newer_follow_up_alone(
    store: Store, prospect: str, clock: FixedClock
) -> None:
    old = record_contact(store, contact(prospect))
    clock.move(hours=1)
    record_contact(store, contact(prospect, next_date=TODAY + timedelta(days=9)))
    record_contact(store, contact(prospect, next_date=TODAY + timedelta(days=1), amends=old.contact))
    assert screen_of(store, prospect)["next_date"] == "2026-12-02"


def test_only_an_entry_of_the_same_prospect_is_amended(store: Store, prospect: str) -> None:
    other = record_contact(store, contact(NewProspect(name="郑一")))
    for amends in (other.contact, prospect, "0" * 32):
        with pytest.raises(Actionable, match="amend"):
            record_contact(store, contact(prospect, amends=amends))


def test_a_saved_entry_cannot_be_altered_even_by_the_program(store: Store, prospect: str) -> None:
    saved = record_contact(store, contact(prospect, note="原话"))
    with pytest.raises(Exception, match="amended by a new entry"):
        store.write(lambda unit: unit.edit(saved.contact, {"note": ("原话", "改了")}))
    assert screen_of(store, saved.contact)["note"] == "原话"


def test_a_promise_needs_an_amount_and_a_day(store: Store, prospect: str) -> None:
    for more in ({"promised": Money(0)}, {"promised": Money.yuan(100), "next_date": None}):
        with pytest.raises(InvalidRecord):
            record_contact(store, contact(prospect, **more))


def test_the_business_date_is_the_local_day_of_the_act(store: Store, prospect: str, clock: FixedClock) -> None:
    clock.at = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    saved = record_contact(store, contact(prospect))
    assert screen_of(store, saved.contact)["business_date"] == "2026-11-24"


def test_a_contact_saved_twice_is_one_entry(store: Store, prospect: str) -> None:
    draft = save_draft(store, "contact", {"note": "x"}, about=prospect)
    first, second = (record_contact(store, contact(prospect, draft=draft)) for _ in range(2))
    assert first.contact == second.contact == draft
    assert newest_draft(store, "contact") is None
    assert len(prospect_page(store, prospect).timeline) == 2


def test_a_refused_save_keeps_the_draft(store: Store, prospect: str) -> None:
    draft = save_draft(store, "contact", {"note": "还没写完"}, about=prospect)
    with pytest.raises(InvalidRecord):
        record_contact(store, contact(prospect, next_date=date(2020, 1, 1), draft=draft))
    kept = newest_draft(store, "contact", prospect)
    assert kept is not None
    assert (kept.body, kept.name) == ({"note": "还没写完"}, "孙七")


def test_drafts_are_found_newest_first_whatever_was_pasted(store: Store, clock: FixedClock) -> None:
    first = save_draft(store, "visit", {"facts": "长" * 100_000})
    clock.move(seconds=1)
    second = save_draft(store, "application", {"uses": [{"purpose": "\ud800\x00🙂"}]})
    assert [found.draft for found in all_drafts(store)] == [second, first]
    clock.move(seconds=1)
    assert save_draft(store, "visit", {"facts": "短"}, draft=first) == first
    assert [found.draft for found in all_drafts(store)] == [first, second]
    drop_draft(store, first)
    drop_draft(store, first)
    assert [found.draft for found in all_drafts(store)] == [second]


def test_a_visit_keeps_facts_apart_from_opinion_and_its_photos(store: Store, prospect: str, tmp_path: Path) -> None:
    files = tuple(
        picture(tmp_path / f"照片 {form}.{form}", form, shade) for shade, form in enumerate(("JPEG", "PNG", "WEBP"), 50)
    )
    saved = record_visit(
        store,
        visit(
            prospect,
            people=(PersonMet("张三", "本人"), PersonMet(" ", "")),
            facts="今早 4 锅\n成品 62 板",
            opinion="生意稳",
            second_officer=COLLEAGUE,
            outcome="interested",
            photos=(*files, files[0]),
        ),
    )
    entry = next(e for e in prospect_page(store, prospect).timeline if isinstance(e, VisitEntry))
    assert (entry.facts, entry.opinion, entry.minutes, entry.second_officer) == (
        "今早 4 锅\n成品 62 板", "生意稳", 26, "周到"
    )  # fmt: skip
    assert entry.people == (PersonMet("张三", "本人"),)
    assert [photo.photo.media_type for photo in entry.photos] == ["image/jpeg", "image/png", "image/webp"]
    assert entry.photos_complete
    assert entry.unsent
    digest = entry.photos[0].photo.digest
    with store.reading() as view:
        content = view.attachments.content(digest)
        named = view.attachments.named(saved.visit)
        assert sorted(named, key=lambda photo: (photo.size, photo.digest)) == view.attachments.waiting("to_send")
    assert content is not None
    assert hashlib.sha256(content).hexdigest() == digest
    assert screen_of(store, prospect)["stage"] == "interested"


def test_a_photo_that_cannot_be_kept_is_named_and_nothing_is_recorded(
    store: Store, prospect: str, tmp_path: Path
) -> None:
    heic, text, empty = tmp_path / "IMG.HEIC", tmp_path / "账本.jpg", tmp_path / "空.png"
    heic.write_bytes(b"\0\0\0\x18ftypheic" + b"\0" * 40)
    text.write_text("不是照片")
    empty.write_bytes(b"")
    whole = BytesIO()
    Image.effect_noise((400, 300), 90).convert("RGB").save(whole, "JPEG")
    cut = tmp_path / "断了.jpg"
    cut.write_bytes(whole.getvalue()[: len(whole.getvalue()) // 2])
    large = tmp_path / "大.jpg"
    with large.open("wb") as file:
        file.truncate(21 * 1024 * 1024)
    wanted = {
        heic: "photo_format",
        text: "photo_format",
        empty: "photo_format",
        cut: "photo_damaged",
        large: "photo_too_large",
        tmp_path / "没了.jpg": "photo_gone",
        tmp_path: "photo_unreadable",
        Path("\0"): "photo_unreadable",
    }
    with pytest.raises(InvalidRecord) as refused:
        record_visit(store, visit(prospect, photos=tuple(wanted)))
    assert [problem.code for problem in refused.value.problems] == list(wanted.values())
    assert {problem.field for problem in refused.value.problems} == {"photos"}
    with store.reading() as view:
        assert view.attachments.waiting("to_send") == []
        assert view.records.children(prospect, "visit") == []


def test_a_picture_that_no_memory_holds_is_told_as_too_large(store: Store, prospect: str, tmp_path: Path) -> None:
    line, wall = tmp_path / "line.png", tmp_path / "wall.png"
    for path, (width, height) in {line: (100_000_000, 1), wall: (2**31 - 1, 2**31 - 1)}.items():
        head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b""))
    with pytest.raises(InvalidRecord) as refused:
        record_visit(store, visit(prospect, photos=(line, wall)))
    assert [problem.code for problem in refused.value.problems] == ["photo_too_large"] * 2


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def test_more_photos_than_a_visit_may_have_are_refused(store: Store, prospect: str, tmp_path: Path) -> None:
    one = picture(tmp_path / "a.jpg")
    with pytest.raises(InvalidRecord):
        record_visit(store, visit(prospect, photos=(one,) * (MOST_PHOTOS + 1)))


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"ended_at": NOON - timedelta(hours=1)}, "ended_at"),
        ({"ended_at": NOON + timedelta(days=2)}, "ended_at"),
        ({"second_officer": ME}, "second_officer"),
        ({"next_date": TODAY - timedelta(days=1)}, "next_date"),
        ({"outcome": "promise_to_pay"}, "promised_fen"),
        ({"facts": "长" * 100_000}, "facts"),
        ({"people": (PersonMet("长" * 100_000),)}, "people"),
        ({"outcome": "not_interested", "next_date": None}, "lost_reason"),
    ],
)
def test_what_a_visit_cannot_be_is_refused_at_its_field(
    store: Store, prospect: str, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidRecord) as refused:
        record_visit(store, visit(prospect, **more))
    assert field in [problem.field for problem in refused.value.problems]


def test_an_amended_visit_keeps_the_photos_of_the_first(store: Store, prospect: str, tmp_path: Path) -> None:
    first = record_visit(store, visit(prospect, photos=(picture(tmp_path / "a.jpg"),), facts="六锅"))
    old = next(e for e in prospect_page(store, prospect).timeline if isinstance(e, VisitEntry))
    kept = tuple(shown.photo for shown in old.photos)
    record_visit(store, visit(prospect, facts="四锅", kept_photos=kept, amends=first.visit))
    new, amended = (e for e in prospect_page(store, prospect).timeline if isinstance(e, VisitEntry))
    assert (new.facts, new.photos, new.amends, new.number) == ("四锅", old.photos, first.visit, amended.number)
    assert amended.amended_by == new.record


def test_a_visit_saved_twice_is_one_even_when_its_photo_has_gone(store: Store, prospect: str, tmp_path: Path) -> None:
    draft = save_draft(store, "visit", {}, about=prospect)
    photo = picture(tmp_path / "a.jpg")
    first = record_visit(store, visit(prospect, photos=(photo,), draft=draft))
    photo.unlink()
    assert record_visit(store, visit(prospect, photos=(photo,), draft=draft)).visit == first.visit


@pytest.mark.parametrize("more", [{"channel": "pigeon"}, {"result": "😀"}, {"source": None}, {"note": "长" * 100_000}])
def test_what_no_screen_would_send_is_a_sentence_all_the_same(
    store: Store, prospect: str, more: dict[str, Any]
) -> None:
    with pytest.raises(InvalidRecord):
        record_contact(store, contact(prospect, **more))


def test_a_talk_with_nobody_known_is_a_sentence(store: Store) -> None:
    for who in ("", "0" * 32, "长" * 100_000):
        with pytest.raises(Actionable, match="no longer"):
            record_contact(store, contact(who))
