"""Today says what is late, what is due and what was promised, and lets one act on the selected row by a key."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fieldapp.desktop.components.rows import Heading, Row
from fieldapp.desktop.components.text import Text
from fieldapp.desktop.jobs import JobRunner
from fieldapp.desktop.pages.today import TodayPage
from fieldapp.services.drafts import save_draft
from fieldapp.services.prospect_page import prospect_page
from tests.desktop.driving import Field, is_closed, press, shown_overlay, type_into
from tests.desktop.field_day import TODAY, DayClock, new_session, new_store, new_window


def today_page(field: Field) -> TodayPage:
    found = field.window.findChild(TodayPage)
    assert found is not None
    field.settle(lambda: found._model.rowCount() > 0)
    return found


def test_the_late_stand_first_then_today_by_the_hour_then_tomorrow(field: Field) -> None:
    model = today_page(field)._model
    rows = [model.row_at(model.index(place)) for place in range(model.rowCount())]
    people = [row.title for row in rows if isinstance(row, Row)]
    assert people == ["王五", "赵六", "张三", "孙七", "陈八", "周九", "吴十", "郑一", "冯二"]
    assert [row.count for row in rows if isinstance(row, Heading)] == [2, 4, 3]


def test_the_promises_of_the_day_close_with_their_total(field: Field) -> None:
    assert today_page(field)._side.promises.total.figure.words() == "6,190.00"


def test_v_records_a_visit_to_the_selected_person(field: Field) -> None:
    page = today_page(field)
    assert QApplication.focusWidget() is page._rows
    QTest.keyClick(page._rows, Qt.Key.Key_Down)
    press(field.window, "V")
    field.quiet()
    assert field.window.current_page() == "visit"
    assert "孙七" in field.window.findChild(TodayPage)._lines[field.ids["孙七"]].name  # type: ignore[union-attr]


def test_r_moves_the_follow_up_and_refuses_a_day_in_the_past(field: Field) -> None:
    today_page(field)
    press(field.window, "R")
    overlay = shown_overlay(field)
    entry = QApplication.focusWidget()
    assert entry is not None
    entry.selectAll()  # type: ignore[attr-defined]
    type_into(entry, "-3")
    press(field.window, "Ctrl+Return")
    field.quiet()
    assert overlay.isVisible()
    entry.setFocus()
    entry.selectAll()  # type: ignore[attr-defined]
    type_into(entry, "+2")
    press(field.window, "Ctrl+Return")
    field.settle(lambda: is_closed(overlay))
    assert prospect_page(field.store, field.ids["张三"]).line.next_date == TODAY + timedelta(days=2)


def test_the_telephone_is_copied_and_that_is_noted(field: Field) -> None:
    page = today_page(field)
    page._call.click()
    field.settle(lambda: QGuiApplication.clipboard().text() == "13827190001")
    with field.store.reading() as view:
        assert view.privacy.newest(1)[0].field == "mobile"


def test_a_form_without_a_name_yet_is_announced_without_a_place_for_one(field: Field) -> None:
    page = today_page(field)
    save_draft(field.store, "prospect", {"name": " "})
    page.reload()
    field.settle(page._unfinished.isVisible)
    assert any(text.text() == "有一位没填完的新客户" for text in page._unfinished.findChildren(Text))


def test_a_day_with_nothing_due_offers_the_one_thing_to_do(qtbot: QtBot, tmp_path: Path) -> None:
    clock = DayClock()
    store = new_store(tmp_path / "p", clock)
    jobs = JobRunner(threads=2)
    session = new_session(store, clock, jobs, tmp_path / "p")
    window = new_window(session, jobs)
    qtbot.addWidget(window)
    window.show()
    window.go("today")
    page = window.findChild(TodayPage)
    assert page is not None
    qtbot.waitUntil(lambda: page._pick.isVisible() and not jobs.busy())
    page._pick.click()
    assert window.current_page() == "prospects"
    qtbot.waitUntil(lambda: not jobs.busy())
    window.close()
    assert jobs.shut_down(wait_s=10)
    session.close()
    store.close()
