"""What head office refused, through the real Sync page: corrected, sent and accepted, or given up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fieldapp.desktop.components.banner import Banner
from fieldapp.desktop.components.button import Button
from fieldapp.desktop.components.entry import Choice, Entry
from fieldapp.desktop.components.money_field import MoneyField
from fieldapp.desktop.components.overlay import Overlay
from fieldapp.desktop.desk import Desk
from fieldapp.desktop.pages.sync import SyncPage
from fieldapp.desktop.pages.sync_details import RefusalPanel
from fieldapp.domain.records import Contact, Prospect, Visit
from fieldapp.protocol.identifiers import SystemClock
from fieldapp.services.business_day import whole_second
from fieldapp.services.laptop import Laptop, Preferences
from fieldapp.services.outbox_status import refused_changes, unsent_changes
from fieldapp.services.refused_work import refused_work
from fieldapp.services.synchronise import synchronise_laptop
from fieldapp.store import unit as laptop_unit
from fieldapp.store.unit import Unit
from tests.desktop.desks import WAIT_MS, button, desk_on, field_called, press, shows, the, unlock
from tests.desktop.head_office import PASSPHRASE, Office, add_customer, head_office

Mine = tuple[Laptop, str, str]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with head_office(tmp_path, SystemClock()) as running:
        yield running


@pytest.fixture
def mine(office: Office) -> Mine:
    """A laptop with 冯二 on it, known at head office: the prospect and the person."""
    laptop = office.laptop_of("李四", "mine")
    prospect, person, _ = add_customer(laptop, "冯二", "13800000000", 1_000_000)
    synchronise_laptop(laptop)
    return laptop, prospect, person


def edit_unchecked(laptop: Laptop, monkeypatch: pytest.MonkeyPatch, record: str, field: str, value: object) -> None:
    """An edit by a program that does not know head office's rule yet."""

    def work(unit: Unit) -> None:
        stored = unit.records.get(record)
        assert stored is not None
        unit.edit(record, {field: (stored.screen.get(field), value)})

    with monkeypatch.context() as patched:
        patched.setattr(laptop_unit, "_require_valid", lambda *_: None)
        laptop.store.write(work)


@pytest.fixture
def refused_amount(mine: Mine, monkeypatch: pytest.MonkeyPatch) -> Mine:
    """An amount that head office refused, with a remark typed behind it that waits."""
    laptop, prospect, _ = mine
    edit_unchecked(laptop, monkeypatch, prospect, "wished_fen", -500)
    edit_unchecked(laptop, monkeypatch, prospect, "remark", "typed behind it")
    synchronise_laptop(laptop)
    return mine


def at_head_office(office: Office, record: str) -> dict[str, object]:
    with office.administration.store.reading() as unit:
        return unit.records.find([record], unit.records.streams())[record].values


@contextmanager
def sync_page(qtbot: QtBot, office: Office, folder: Path) -> Iterator[Desk]:
    with desk_on(qtbot, folder, office.clock, first="sync") as desk:
        unlock(qtbot, desk, PASSPHRASE)
        yield desk


def card(qtbot: QtBot, desk: Desk) -> RefusalPanel:
    page = the(desk.window, SyncPage)
    qtbot.waitUntil(lambda: page.findChild(RefusalPanel) is not None, timeout=WAIT_MS)
    return the(page, RefusalPanel)


@pytest.mark.parametrize(
    ("language", "scale", "size"),
    [pytest.param("zh", 150, (1280, 720), marks=pytest.mark.long), ("en", 200, (1920, 1080))],
)
def test_a_refusal_is_read_whole_and_its_verbs_are_words_at_every_scale(
    qtbot: QtBot, office: Office, refused_amount: Mine, language: str, scale: int, size: tuple[int, int]
) -> None:
    laptop, _, _ = refused_amount
    laptop.prefer(Preferences(language=language, scale_percent=scale))
    laptop.lock()
    with sync_page(qtbot, office, laptop.profile.folder) as desk:
        desk.window.resize(*size)
        panel = card(qtbot, desk)
        banner = the(panel, Banner)
        qtbot.waitUntil(lambda: banner.height() >= banner.heightForWidth(banner.width()) > 0)
        told = [one for one in panel.findChildren(Button) if one.isVisible()]
        assert len(told) == 3
        for one in told:
            assert one.width() >= one.room_for_words(), one.accessibleName()


def form(qtbot: QtBot, desk: Desk) -> Overlay:
    """The correction, opened from the card by its key."""
    card(qtbot, desk)
    qtbot.keyClick(desk.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(overlays(desk)), timeout=WAIT_MS)
    return overlays(desk)[0]


def overlays(desk: Desk) -> list[Overlay]:
    return [one for one in desk.window.findChildren(Overlay) if one.isVisible()]


def write_over(qtbot: QtBot, written: str) -> None:
    typed = QApplication.focusWidget()
    assert isinstance(typed, Entry)
    typed.selectAll()
    if written.isascii():
        qtbot.keyClicks(typed, written)
    else:
        typed.insert(written)  # QTest types only what is on its keyboard


def test_refused_amount_is_corrected_by_keyboard_and_accepted_with_what_waited_behind_it(
    qtbot: QtBot, office: Office, refused_amount: Mine, tmp_path: Path
) -> None:
    laptop, prospect, _ = refused_amount
    laptop.lock()
    with sync_page(qtbot, office, tmp_path / "mine") as desk:
        assert card(qtbot, desk).refused.behind == 1
        assert shows(desk.window, "有 1 项后续修改在等它")()
        asked = form(qtbot, desk)
        meant = the(asked, MoneyField)
        assert meant.entry.hasFocus(), "the refused field comes first"
        assert meant.entry.text() == "−5.00"
        assert "负" in meant.accessibleDescription()
        assert shows(asked, "备注")(), "what was typed behind it is there as well"
        write_over(qtbot, "30000")
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
        store = desk.session().store
        qtbot.waitUntil(lambda: not refused_changes(store) and not unsent_changes(store), timeout=WAIT_MS)
        qtbot.waitUntil(lambda: the(desk.window, SyncPage).findChild(RefusalPanel) is None, timeout=WAIT_MS)
    arrived = at_head_office(office, prospect)
    assert (arrived["wished_fen"], arrived["remark"]) == (3_000_000, "typed behind it")


def test_value_that_is_not_fit_is_told_at_its_field_and_nothing_typed_is_lost(
    qtbot: QtBot, office: Office, refused_amount: Mine, tmp_path: Path
) -> None:
    laptop, _, _ = refused_amount
    laptop.lock()
    with sync_page(qtbot, office, tmp_path / "mine") as desk:
        asked = form(qtbot, desk)
        meant = the(asked, MoneyField)
        for hostile in ("很多", "-5", "9" * 30):
            write_over(qtbot, hostile)
            meant.setAccessibleDescription("")
            qtbot.keyClick(desk.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
            qtbot.waitUntil(lambda: meant.accessibleDescription() != "", timeout=WAIT_MS)
            assert meant.entry.hasFocus()
            assert overlays(desk) == [asked]
        assert "9" * 30 in meant.entry.text().replace(",", "")
        qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: not overlays(desk), timeout=WAIT_MS)
        assert card(qtbot, desk).isVisible()
        assert len(refused_changes(desk.session().store)) == 1


def test_refused_choice_is_corrected_from_its_list(
    qtbot: QtBot, office: Office, mine: Mine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop, prospect, _ = mine
    edit_unchecked(laptop, monkeypatch, prospect, "owner", "e" * 32)
    synchronise_laptop(laptop)
    laptop.lock()
    with sync_page(qtbot, office, tmp_path / "mine") as desk:
        choice = the(form(qtbot, desk), Choice)
        assert {choice.itemText(place) for place in range(choice.count())} >= {"李四", "周到"}
        assert choice.value() is None
        choice.choose(office.staff["李四"])
        qtbot.keyClick(desk.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        store = desk.session().store
        qtbot.waitUntil(lambda: not refused_changes(store) and not unsent_changes(store), timeout=WAIT_MS)
    assert at_head_office(office, prospect)["owner"] == office.staff["李四"]


def test_given_up_the_refused_value_goes_and_the_rest_arrives(
    qtbot: QtBot, office: Office, refused_amount: Mine, tmp_path: Path
) -> None:
    laptop, prospect, _ = refused_amount
    laptop.lock()
    with sync_page(qtbot, office, tmp_path / "mine") as desk:
        panel = card(qtbot, desk)
        press(qtbot, panel, "放弃")
        assert shows(desk.window, "被退回的内容作废；此后填写的其他字段照常发送。")()
        press(qtbot, overlays(desk)[0], "放弃")
        store = desk.session().store
        qtbot.waitUntil(lambda: not refused_changes(store) and not unsent_changes(store), timeout=WAIT_MS)
        with store.reading() as view:
            stored = view.records.get(prospect)
        assert stored is not None
        assert stored.screen.get("wished_fen") is None
    arrived = at_head_office(office, prospect)
    assert (arrived.get("wished_fen"), arrived["remark"]) == (None, "typed behind it")


def new_prospect_refused(laptop: Laptop) -> str:
    prospect = laptop.store.write(lambda unit: unit.create("prospect", Prospect(owner="e" * 32)))
    return str(prospect)


def test_record_that_was_never_taken_leaves_the_laptop_when_given_up(
    qtbot: QtBot, office: Office, mine: Mine, tmp_path: Path
) -> None:
    laptop, _, _ = mine
    prospect = new_prospect_refused(laptop)
    synchronise_laptop(laptop)
    laptop.lock()
    with sync_page(qtbot, office, tmp_path / "mine") as desk:
        press(qtbot, card(qtbot, desk), "放弃")
        assert shows(desk.window, "它将从本机删除")()
        press(qtbot, overlays(desk)[0], "放弃")
        store = desk.session().store
        qtbot.waitUntil(lambda: not refused_changes(store), timeout=WAIT_MS)
        with store.reading() as view:
            assert view.records.get(prospect) is None


def test_record_to_which_other_entries_belong_is_not_given_up_and_that_is_told(
    qtbot: QtBot, office: Office, mine: Mine, tmp_path: Path
) -> None:
    laptop, _, _ = mine
    prospect = new_prospect_refused(laptop)

    def talk(unit: Unit) -> None:
        now = unit.clock.now()
        contact = Contact(
            staff=unit.enrolment.staff,
            at=now,
            business_date=now.date(),
            zone=unit.clock.zone,
            channel="phone",
            source="outbound",
            result="interested",
        )
        unit.create("contact", contact, parent=prospect)

    laptop.store.write(talk)
    synchronise_laptop(laptop)
    laptop.lock()
    with sync_page(qtbot, office, tmp_path / "mine") as desk:
        press(qtbot, card(qtbot, desk), "放弃")
        press(qtbot, overlays(desk)[0], "放弃")
        qtbot.waitUntil(shows(desk.window, "下面还有其他记录"), timeout=WAIT_MS)
        assert len(refused_changes(desk.session().store)) == 1


def test_change_whose_record_is_gone_can_only_be_given_up(
    qtbot: QtBot, office: Office, refused_amount: Mine, tmp_path: Path
) -> None:
    laptop, prospect, _ = refused_amount

    def lose(unit: Unit) -> None:
        stored = unit.records.get(prospect)
        assert stored is not None
        unit.outbox.remove([one.n for one in unit.outbox.of_record(prospect)])
        unit.forget(stored)

    laptop.store.write(lose)
    change = refused_changes(laptop.store)[0].change
    assert refused_work(laptop.store, change) is None
    laptop.lock()
    with sync_page(qtbot, office, tmp_path / "mine") as desk:
        panel = card(qtbot, desk)
        assert not shows(panel, "更正后重新发送")()
        press(qtbot, panel, "放弃")
        press(qtbot, overlays(desk)[0], "放弃")
        qtbot.waitUntil(lambda: not refused_changes(desk.session().store), timeout=WAIT_MS)


def test_visit_with_many_fields_is_corrected_in_a_form_that_scrolls(
    qtbot: QtBot, office: Office, mine: Mine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop, prospect, _ = mine

    def visit(unit: Unit) -> str:
        now = whole_second(unit.clock.now())
        made = Visit(
            staff=unit.enrolment.staff,
            purpose="marketing",
            started_at=now,
            ended_at=now - timedelta(minutes=5),
            business_date=now.date(),
            zone=unit.clock.zone,
            facts="facts",
            opinion="opinion",
            promised_fen=1_000,
            next_purpose="contract",
        )
        return str(unit.create("visit", made, parent=prospect))

    with monkeypatch.context() as patched:
        patched.setattr(laptop_unit, "_require_valid", lambda *_: None)
        record = laptop.store.write(visit)
    synchronise_laptop(laptop)
    laptop.lock()
    with sync_page(qtbot, office, tmp_path / "mine") as desk:
        asked = form(qtbot, desk)
        ended = field_called(asked, "结束时间")
        assert ended.hasFocus()
        write_over(qtbot, "not a time")
        qtbot.keyClick(ended, Qt.Key.Key_Return)
        qtbot.waitUntil(shows(asked, "这不是日期和时间"), timeout=WAIT_MS)
        write_over(qtbot, (datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(minutes=30)).strftime("%Y-%m-%d %H:%M"))
        assert button(asked, "重新发送").visibleRegion().boundingRect().height() > 20
        qtbot.keyClick(ended, Qt.Key.Key_Return)
        store = desk.session().store
        qtbot.waitUntil(lambda: not refused_changes(store) and not unsent_changes(store), timeout=WAIT_MS)
    arrived = at_head_office(office, record)
    assert str(arrived["ended_at"]) > str(arrived["started_at"])
    assert arrived["facts"] == "facts"


def test_number_shown_in_clear_for_correction_leaves_an_event(
    qtbot: QtBot, office: Office, mine: Mine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop, _, person = mine
    edit_unchecked(laptop, monkeypatch, person, "name", "长" * 201)
    edit_unchecked(laptop, monkeypatch, person, "mobile", "13800000001")
    synchronise_laptop(laptop)
    laptop.lock()
    with sync_page(qtbot, office, tmp_path / "mine") as desk:
        store = desk.session().store
        card(qtbot, desk)
        with store.reading() as view:
            before = len(view.privacy.newest(100))
        asked = form(qtbot, desk)
        assert field_called(asked, "手机号码").text() == "13800000001"
        with store.reading() as view:
            assert len(view.privacy.newest(100)) == before + 1
        write_over(qtbot, "冯贰")
        qtbot.keyClick(desk.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: not refused_changes(store) and not unsent_changes(store), timeout=WAIT_MS)
    arrived = at_head_office(office, person)
    assert (arrived["name"], arrived["mobile"]) == ("冯贰", "13800000001")
