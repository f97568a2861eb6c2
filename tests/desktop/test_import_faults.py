"""What happens to a list or the disk while it is imported through the real page: a sentence, no half, and again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fieldapp.desktop.components.empty import Empty
from fieldapp.desktop.desk import Desk
from fieldapp.desktop.pages.import_list import ImportListPage
from fieldapp.desktop.pages.import_result import ResultPanel
from fieldapp.services import import_households
from fieldapp.services.prospects import Wanted, counts
from fieldapp.store.unit import Unit
from tests.desktop.desks import WAIT_MS, button, press, shows, the

BATCH = 150
ROWS = BATCH * 3 + 20


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A list of four batches, the last one short; an officer's batches are larger."""
    monkeypatch.setattr(import_households, "BATCH", BATCH)
    path = tmp_path / "农户 名单.csv"
    path.write_text(table(ROWS), "utf-8")
    return path


def table(rows: int, headings: str = "姓名,手机,备注") -> str:
    return "\n".join([headings, *(f"户{number},{13_800_000_000 + number},好" for number in range(rows))])


def looked_at(qtbot: QtBot, desk: Desk, path: Path) -> ImportListPage:
    """The page with the preview of the list, ready to import."""
    desk.window.go("import_list", path=path)
    page = the(desk.window, ImportListPage)
    qtbot.waitUntil(lambda: page.columns is not None and page.start.isEnabled(), timeout=WAIT_MS)
    return page


def told(qtbot: QtBot, page: ImportListPage, *sentences: str) -> None:
    """The banner says it, and the page can be used again."""
    for sentence in sentences:
        qtbot.waitUntil(shows(page._banner, sentence), timeout=WAIT_MS)
    assert not shows(page, "事件号")()
    assert button(page, "换一份名单").isEnabled()


def found(desk: Desk) -> int:
    return counts(desk.session().store, Wanted()).found


def imports(qtbot: QtBot, desk: Desk, page: ImportListPage) -> None:
    """Pressing the button again brings everything in, once."""
    press(qtbot, page, "导入名单")
    qtbot.waitUntil(lambda: page.findChild(ResultPanel) is not None, timeout=WAIT_MS)
    assert found(desk) == ROWS


def test_a_full_disk_keeps_whole_batches_says_how_many_and_goes_on(qtbot: QtBot, desk: Desk, listed: Path) -> None:
    store = desk.session().store

    def room(pages: int) -> Callable[[Unit], object]:
        return lambda unit: unit.connection.execute(f"PRAGMA max_page_count = {pages}").fetchone()

    page = looked_at(qtbot, desk, listed)
    used = store.write(lambda unit: unit.connection.execute("PRAGMA page_count").fetchone()[0])
    store.write(room(used + 2))
    press(qtbot, page, "导入名单")
    told(qtbot, page, "空间", "一行也没有导入")
    assert found(desk) == 0
    enough, stayed = used, 0
    while not stayed:
        enough += 40
        store.write(room(enough))
        press(qtbot, page, "导入名单")
        qtbot.waitUntil(lambda: page.start.isEnabled() and page._job is None, timeout=WAIT_MS)
        stayed = found(desk)
    assert stayed % BATCH == 0
    assert stayed < ROWS
    told(qtbot, page, "空间", f"前 {stayed:,} 行已经导入")
    store.write(room(1_000_000))
    imports(qtbot, desk, page)


def test_a_list_that_vanishes_after_it_was_looked_at_imports_nothing(
    qtbot: QtBot, desk: Desk, listed: Path, tmp_path: Path
) -> None:
    page = looked_at(qtbot, desk, listed)
    listed.rename(tmp_path / "away.csv")
    press(qtbot, page, "导入名单")
    told(qtbot, page, "农户 名单.csv", "一行也没有导入")
    assert found(desk) == 0
    (tmp_path / "away.csv").rename(listed)
    imports(qtbot, desk, page)


@pytest.mark.long
def test_a_list_that_vanishes_in_the_middle_keeps_what_was_said(
    qtbot: QtBot, desk: Desk, listed: Path, tmp_path: Path
) -> None:
    page = looked_at(qtbot, desk, listed)
    away = tmp_path / "away.csv"
    unsubscribe = desk.session().store.notices.subscribe(lambda _changed: listed.exists() and listed.rename(away))
    press(qtbot, page, "导入名单")
    told(qtbot, page, "行已经导入")
    unsubscribe()
    stayed = found(desk)
    assert 0 < stayed < ROWS
    assert stayed % BATCH == 0
    assert shows(page, f"前 {stayed:,} 行已经导入")()
    away.rename(listed)
    imports(qtbot, desk, page)


@pytest.mark.parametrize("when", [pytest.param("before", marks=pytest.mark.long), "in the middle"])
def test_a_list_that_becomes_another_is_never_read_by_the_columns_of_the_first(
    qtbot: QtBot, desk: Desk, listed: Path, tmp_path: Path, when: str
) -> None:
    page = looked_at(qtbot, desk, listed)
    other = tmp_path / "other.csv"
    other.write_text(table(ROWS + 5, "备注,手机,姓名"), "utf-8")

    def become_another(_changed: object = None) -> None:
        if other.exists():
            other.replace(listed)

    unsubscribe = desk.session().store.notices.subscribe(become_another)
    if when == "before":
        become_another()
    press(qtbot, page, "导入名单")
    told(qtbot, page, "又变了", "一行也没有导入" if when == "before" else "行已经导入")
    unsubscribe()
    assert found(desk) % BATCH == 0
    assert (found(desk) == 0) is (when == "before")
    page.open_list(listed)
    qtbot.waitUntil(lambda: page._job is None and page.start.isEnabled(), timeout=WAIT_MS)
    assert not page._banner.isVisible()


def test_a_folder_in_its_place_is_a_sentence(qtbot: QtBot, desk: Desk, listed: Path) -> None:
    page = looked_at(qtbot, desk, listed)
    listed.unlink()
    listed.mkdir()
    press(qtbot, page, "导入名单")
    told(qtbot, page, "一行也没有导入")
    assert found(desk) == 0


def test_a_folder_chosen_instead_of_a_list_is_a_sentence(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "名单.csv"
    folder.mkdir()
    desk.window.go("import_list", path=folder)
    page = the(desk.window, ImportListPage)
    qtbot.waitUntil(shows(page, "文件夹"), timeout=WAIT_MS)
    assert the(page, Empty).isVisible()
    assert button(page, "选择名单").isEnabled()


@pytest.mark.long
def test_a_list_that_may_no_longer_be_read_imports_nothing(
    qtbot: QtBot, desk: Desk, listed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever runs the tests: the system refuses to open it."""
    page = looked_at(qtbot, desk, listed)
    opened = Path.open

    def refuse(self: Path, *how: object, **more: object) -> object:
        if self == listed:
            raise PermissionError(13, "Permission denied", str(self))
        return opened(self, *how, **more)  # type: ignore[arg-type, call-overload] # passed through

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        press(qtbot, page, "导入名单")
        told(qtbot, page, "没有读取", "一行也没有导入")
        page.open_list(listed)
        qtbot.waitUntil(lambda: page._job is None, timeout=WAIT_MS)
        told(qtbot, page, "没有读取")
    assert found(desk) == 0
    imports(qtbot, desk, page)
