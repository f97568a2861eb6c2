"""Every kind of bad input through every field of the Settings and Sync pages: told at the field, nothing half kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from fieldapp.desktop.components.overlay import Overlay
from fieldapp.desktop.desk import Desk
from fieldapp.desktop.look import speak
from fieldapp.desktop.pages.decision import DecisionPanel
from fieldapp.desktop.pages.settings import SettingsPage
from fieldapp.domain.records import Business, Household, Person, Prospect
from fieldapp.protocol.identifiers import SystemClock, new_record_id
from fieldapp.services.laptop import Laptop, unlock_laptop
from fieldapp.services.resolve_conflict import OtherValue, disagreements
from fieldapp.services.synchronise import synchronise_laptop
from fieldapp.store.unit import Unit
from fieldapp.translation import Language
from tests.desktop.desks import button, desk_on, field_called, press, shows, the, unlock
from tests.desktop.driving import is_closed
from tests.desktop.head_office import PASSPHRASE, Office, head_office
from tests.desktop.hostile import HARDEST, HOSTILE

GOOD = "a-good-passphrase"


@pytest.fixture(scope="module")
def enrolled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Path]]:
    """One laptop for every value: what one of them broke would show in the next."""
    folder = tmp_path_factory.mktemp("office")
    with head_office(folder, SystemClock()) as office:
        office.laptop_of("李四", "laptop").lock()
        yield office, folder / "laptop"


@pytest.fixture
def settings(qtbot: QtBot, enrolled: tuple[Office, Path]) -> Iterator[tuple[Desk, SettingsPage]]:
    office, folder = enrolled
    with desk_on(qtbot, folder, office.clock) as desk:
        unlock(qtbot, desk, PASSPHRASE)
        yield desk, the(desk.window, SettingsPage)


def test_an_address_is_refused_at_its_field_and_the_old_one_stays(
    qtbot: QtBot, enrolled: tuple[Office, Path], settings: tuple[Desk, SettingsPage]
) -> None:
    desk, page = settings
    for hostile in HOSTILE.values():
        try_address(qtbot, enrolled[0], desk, page, hostile)


def try_address(qtbot: QtBot, office: Office, desk: Desk, page: SettingsPage, hostile: str) -> None:
    address = page.laptop.address
    replace(address, hostile)
    typed = address.text()
    press(qtbot, page, "保存地址")
    if typed in ("1e999", "ab"):  # a machine may be called so; the clipboard drops half a surrogate
        qtbot.waitUntil(lambda: address.text() == f"https://{typed}", timeout=5_000)
        desk.session().laptop.move_head_office(office.address)
        qtbot.waitUntil(lambda: address.text() == office.address, timeout=5_000)
    else:
        qtbot.waitUntil(lambda: "不是网址" in address.accessibleDescription(), timeout=5_000)
        assert address.text() == typed
    assert desk.session().laptop.enrolment().address == office.address
    still_usable(qtbot, desk)


@pytest.mark.long
def test_a_present_passphrase_that_is_none_changes_nothing(
    qtbot: QtBot, enrolled: tuple[Office, Path], settings: tuple[Desk, SettingsPage]
) -> None:
    desk, page = settings
    for hostile in HOSTILE.values():
        try_present_passphrase(qtbot, desk, page, hostile)
    opens(enrolled[1], PASSPHRASE)


def try_present_passphrase(qtbot: QtBot, desk: Desk, page: SettingsPage, hostile: str) -> None:
    for label, typed in (("现在的口令", hostile), ("新口令", GOOD), ("再输入一次口令", GOOD)):
        replace(field_called(page, label), typed)
    press(qtbot, page, "更改口令")
    old = field_called(page, "现在的口令")
    qtbot.waitUntil(lambda: bool(old.accessibleDescription()), timeout=5_000)
    assert field_called(page, "新口令").text() == GOOD  # type: ignore[attr-defined] # a line of typing
    still_usable(qtbot, desk)


@pytest.mark.long
def test_a_new_passphrase_is_refused_at_its_field_or_opens_the_records_as_typed(
    qtbot: QtBot, enrolled: tuple[Office, Path], settings: tuple[Desk, SettingsPage]
) -> None:
    desk, page = settings
    for hostile in HOSTILE.values():
        try_new_passphrase(qtbot, enrolled[1], desk, page, hostile)
    opens(enrolled[1], PASSPHRASE)


def try_new_passphrase(qtbot: QtBot, folder: Path, desk: Desk, page: SettingsPage, hostile: str) -> None:
    old, new, again = (field_called(page, label) for label in ("现在的口令", "新口令", "再输入一次口令"))
    replace(old, PASSPHRASE)
    replace(new, hostile)
    replace(again, hostile)
    typed = new.text()  # type: ignore[attr-defined] # a line of typing
    press(qtbot, page, "更改口令")
    if 8 <= len(typed) <= 1_000:
        qtbot.waitUntil(lambda: new.text() == "", timeout=5_000)  # type: ignore[attr-defined]
        opens(folder, typed)
        desk.session().laptop.change_passphrase(typed, PASSPHRASE)
    else:
        wanted = "至少" if len(typed) < 8 else "最多"
        qtbot.waitUntil(lambda: wanted in new.accessibleDescription(), timeout=5_000)
        assert new.text() == typed  # type: ignore[attr-defined]
    still_usable(qtbot, desk)


def test_two_passphrases_that_differ_in_something_unseen_are_told_apart(
    qtbot: QtBot, enrolled: tuple[Office, Path], settings: tuple[Desk, SettingsPage]
) -> None:
    _, page = settings
    for label, typed in (("现在的口令", PASSPHRASE), ("新口令", GOOD), ("再输入一次口令", f"{GOOD}\u200b")):
        replace(field_called(page, label), typed)
    press(qtbot, page, "更改口令")
    assert field_called(page, "再输入一次口令").accessibleDescription()
    opens(enrolled[1], PASSPHRASE)


@pytest.fixture(scope="module")
def disputed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Path]]:
    """A laptop with a disagreement on a field of every form that can be typed anew."""
    folder = tmp_path_factory.mktemp("dispute")
    with head_office(folder, SystemClock()) as office:
        mine, theirs = office.laptop_of("李四", "mine"), office.laptop_of("李四", "theirs")
        disagree_on_everything(mine, theirs)
        mine.lock()
        yield office, folder / "mine"


FORMS = {
    "手机号码": ("13800000005", "１３８-0000 0005"),
    "身份证号": ("110101199003070011", "１１０１０１199003070011"),
    "月销售额": (5_000_000, "5万元"),
    "开业时间": ("2019-03-01", "2019-03-01"),
    "家庭人口": (6, "６"),
    "备注": ("两人都写了", " 两人\u202e都写了\x00 "),
}
"""Label, the value kept, and how a tired person types it."""


@pytest.mark.parametrize(
    ("label", "hostile"),
    [("身份证号", HARDEST), *(pytest.param(label, HOSTILE, marks=pytest.mark.long) for label in FORMS)],
)
def test_another_value_is_refused_at_its_field_or_taken_clean(
    qtbot: QtBot, disputed: tuple[Office, Path], label: str, hostile: dict[str, str]
) -> None:
    office, folder = disputed
    with desk_on(qtbot, folder, office.clock, first="sync") as desk:
        unlock(qtbot, desk, PASSPHRASE)
        desk.session().sync.stop()
        for text in hostile.values():
            try_another_value(qtbot, desk, label, text)


def try_another_value(qtbot: QtBot, desk: Desk, label: str, hostile: str) -> None:
    panel = panel_with(qtbot, desk, label)
    press(qtbot, panel, "另填一个值")
    overlay = newest_overlay(desk.window)
    control = field_called(overlay, label)
    line = control if isinstance(control, QLineEdit) else the(control, QLineEdit)
    replace(line, hostile)
    typed = line.text()
    press(qtbot, overlay, "采用")
    qtbot.waitUntil(lambda: is_closed(overlay) or bool(described(overlay, label)), timeout=5_000)
    if not is_closed(overlay):
        assert line.text() == typed
        assert "{" not in described(overlay, label)
        speak(Language.ENGLISH)
        speak(Language.CHINESE)
        qtbot.keyClick(overlay, Qt.Key.Key_Escape)
    for choice in panel.choices().values():
        assert isinstance(choice, OtherValue)
        assert not any(character in str(choice.typed) for character in "\x00\x1b\u202e\ud800")
    assert panel.isVisible()
    assert not desk.window.banner.isVisible()
    assert len(disagreements(desk.session().store)) == 4
    still_usable(qtbot, desk)


@pytest.mark.parametrize(
    "label",
    [pytest.param(label, marks=() if label in ("手机号码", "月销售额") else pytest.mark.long) for label in FORMS],
)
def test_another_value_typed_by_tired_hands_is_kept_as_it_is_meant(qtbot: QtBot, tmp_path: Path, label: str) -> None:
    kept, typed = FORMS[label]
    with head_office(tmp_path, SystemClock()) as office:
        mine, theirs = office.laptop_of("李四", "mine"), office.laptop_of("李四", "theirs")
        disagree_on_everything(mine, theirs)
        mine.lock()
        with desk_on(qtbot, tmp_path / "mine", office.clock, first="sync") as desk:
            session = unlock(qtbot, desk, PASSPHRASE)
            panel = panel_with(qtbot, desk, label)
            record = panel.shown.record
            press(qtbot, panel, "另填一个值")
            overlay = newest_overlay(desk.window)
            control = field_called(overlay, label)
            replace(control if isinstance(control, QLineEdit) else the(control, QLineEdit), typed)
            press(qtbot, overlay, "采用")
            qtbot.waitUntil(lambda: is_closed(overlay), timeout=5_000)
            qtbot.waitUntil(shows(panel, "刚填写的"), timeout=5_000)
            digit = 1
            for disputed in panel.shown.fields:
                if disputed.field not in panel.choices():
                    qtbot.keyClick(desk.window, str(digit))
                digit += len(disputed.values) + isinstance(panel.choices()[disputed.field], OtherValue)
            press(qtbot, panel, "保存决定")

            def stands() -> bool:
                with session.store.reading() as view:
                    stored = view.records.get(record)
                return stored is not None and kept in stored.screen.values()

            qtbot.waitUntil(stands, timeout=5_000)


def disagree_on_everything(mine: Laptop, theirs: Laptop) -> None:
    """Both laptops change a field of every form, each otherwise; ``mine`` is told of it."""
    ids = {kind: new_record_id() for kind in ("prospect", "person", "household", "business")}

    def add(unit: Unit) -> None:
        shown = Prospect(person=ids["person"], owner=unit.enrolment.staff, remark="原来的")
        unit.create("prospect", shown, record_id=ids["prospect"])
        person = Person(name="张三", mobile="13800000000")
        unit.create("person", person, parent=ids["prospect"], record_id=ids["person"])
        unit.create("household", Household(size=3), parent=ids["prospect"], record_id=ids["household"])
        unit.create("business", Business(trade="豆腐"), parent=ids["prospect"], record_id=ids["business"])

    def change(mobile: str, size: int, sales: int, since: str, remark: str, identity: str) -> None:
        def work(unit: Unit) -> None:
            unit.edit(ids["person"], {"mobile": ("13800000000", mobile), "id_number": (None, identity)})
            unit.edit(ids["household"], {"size": (3, size)})
            unit.edit(ids["business"], {"monthly_sales_fen": (None, sales), "since": (None, since)})
            unit.edit(ids["prospect"], {"remark": ("原来的", remark)})

        laptop.store.write(work)
        synchronise_laptop(laptop)

    mine.store.write(add)
    synchronise_laptop(mine)
    synchronise_laptop(theirs)
    laptop = theirs
    change("13800000009", 4, 4_000_000, "2018-01-01", "他写的", "110101199003070038")
    laptop = mine
    change("13800000001", 5, 4_500_000, "2017-01-01", "我写的", "110101199003070046")


def panel_with(qtbot: QtBot, desk: Desk, label: str) -> DecisionPanel:
    """The decision about the field called ``label``, brought to the front as one walks through them."""

    def stands() -> DecisionPanel | None:
        panels = [one for one in desk.window.findChildren(DecisionPanel) if one.isVisible()]
        return panels[-1] if panels else None

    for _ in range(8):
        qtbot.waitUntil(lambda: stands() is not None, timeout=5_000)
        panel = stands()
        assert panel is not None
        if shows(panel, label)():
            return panel
        button(panel, "下一条").click()
        qtbot.waitUntil(lambda before=panel: stands() not in (None, before), timeout=5_000)
    raise AssertionError(label)


def newest_overlay(window: QWidget) -> Overlay:
    return [one for one in window.findChildren(Overlay) if one.isVisible()][-1]


def described(overlay: Overlay, label: str) -> str:
    """What stands below the field."""
    return "" if is_closed(overlay) else field_called(overlay, label).accessibleDescription()


def replace(line: QWidget, typed: str) -> None:
    """Put ``typed`` in place of what stands in a line, from the clipboard as hands do."""
    line = line if isinstance(line, QLineEdit) else the(line, QLineEdit)
    line.setFocus()
    line.selectAll()
    if not typed:
        line.del_()
    else:
        content = QMimeData()
        content.setText(typed)
        QApplication.clipboard().setMimeData(content)
        line.paste()
    line.textEdited.emit(line.text())


def still_usable(qtbot: QtBot, desk: Desk) -> None:
    """Other pages open, and no incident is shown."""
    assert not shows(desk.window, "事件号")()
    here = desk.window.current_page()
    qtbot.keyClick(desk.window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: desk.window.current_page() == "today", timeout=5_000)
    assert here is not None
    desk.window.go(here)


def opens(folder: Path, passphrase: str) -> None:
    """The passphrase opens the records of ``folder``."""
    unlock_laptop(folder, passphrase, SystemClock()).store.close()
