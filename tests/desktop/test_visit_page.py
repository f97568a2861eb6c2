"""A visit by keyboard alone with a photo; its draft survives a crash; it is amended, never overwritten."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from fieldapp.desktop.components.banner import Banner
from fieldapp.desktop.components.photo_strip import PhotoStrip
from fieldapp.desktop.pages.today import TodayPage
from fieldapp.desktop.pages.visit import VisitPage
from fieldapp.services.drafts import drafts_of
from fieldapp.services.photo_content import photo_content
from fieldapp.services.prospect_page import prospect_page
from fieldapp.services.timeline import VisitEntry
from tests.desktop.driving import Field, press, type_into


def visits_of(field: Field, name: str) -> list[VisitEntry]:
    found = prospect_page(field.store, field.ids[name])
    return [entry for entry in found.timeline if isinstance(entry, VisitEntry)]


def visit_page(field: Field) -> VisitPage:
    found = field.window.findChild(VisitPage)
    assert found is not None
    return found


def picture(folder: Path, name: str = "账本 1.png") -> Path:
    image = QImage(320, 240, QImage.Format.Format_RGB32)
    image.fill(QColor("#B7C7B0"))
    path = folder / name
    assert image.save(str(path))
    return path


def fill_by_keyboard(field: Field) -> None:
    """From the selected person on Today to a visit with everything but its photo, without the mouse."""
    press(field.window, "V")
    field.quiet()
    page = visit_page(field)
    assert QApplication.focusWidget() is page.form._facts
    type_into(QApplication.focusWidget(), "今早 4 锅，成品 62 板。")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    type_into(QApplication.focusWidget(), "账本与流水对得上。")
    press(field.window, "Alt+2")
    press(field.window, "Alt+O")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down)
    press(field.window, "Alt+D")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)


def test_a_visit_is_recorded_by_keyboard_alone_with_a_photo(field: Field) -> None:
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    photo = picture(field.folder)
    before = len(visits_of(field, "张三"))
    fill_by_keyboard(field)
    press(field.window, "Alt+P")
    field.settle(lambda: bool(field.window.findChildren(QFileDialog)))
    dialog = field.window.findChildren(QFileDialog)[0]
    named = dialog.findChild(QLineEdit, "fileNameEdit")
    assert named is not None
    named.setFocus()
    named.setText(str(photo))
    QTest.keyClick(named, Qt.Key.Key_Return)
    strip = visit_page(field).findChild(PhotoStrip)
    assert strip is not None
    field.settle(lambda: field.jobs.busy() is False and visit_page(field).form.collect()["photos"] == [str(photo)])
    field.clock.pass_by(minutes=26)
    field.window.activateWindow()  # what a window manager does when the dialog closes
    QTest.qWaitForWindowActive(field.window)
    visit_page(field).setFocus()
    press(field.window, "Ctrl+Return")
    field.settle(lambda: field.window.current_page() == "today")
    saved = visits_of(field, "张三")
    assert len(saved) == before + 1
    entry = saved[0]
    assert (entry.purpose, entry.outcome, entry.minutes) == ("investigation", "interested", 26)
    assert (entry.facts, entry.opinion) == ("今早 4 锅，成品 62 板。", "账本与流水对得上。")
    assert entry.next_date is not None
    assert [person.name for person in entry.people] == ["张三"]
    assert photo_content(field.store, entry.photos[0].photo.digest) == photo.read_bytes()
    assert drafts_of(field.store, "visit") == ()


def test_a_draft_survives_a_crash_and_today_goes_on_with_it(field: Field) -> None:
    fill_by_keyboard(field)
    field.settle(lambda: any("62 板" in draft.body["facts"] for draft in drafts_of(field.store, "visit")))
    field.another_window()
    field.go("today")
    today = field.window.findChild(TodayPage)
    assert today is not None
    (banner,) = (one for one in today.findChildren(Banner) if one.isVisible())
    assert "张三" in banner.accessibleName()
    banner._button.click()
    field.quiet()
    page = visit_page(field)
    assert page.form._facts.text() == "今早 4 锅，成品 62 板。"
    assert page.form._opinion.text() == "账本与流水对得上。"
    assert page.form._purpose.value() == "investigation"
    press(field.window, "Ctrl+Return")
    field.settle(lambda: field.window.current_page() == "today")
    assert visits_of(field, "张三")[0].facts == "今早 4 锅，成品 62 板。"
    assert drafts_of(field.store, "visit") == ()


def test_escape_puts_a_visit_aside_with_its_last_letter(field: Field) -> None:
    press(field.window, "V")
    field.quiet()
    type_into(QApplication.focusWidget(), "abc")
    press(field.window, "Escape")
    assert field.window.current_page() == "today"
    field.settle(lambda: [draft.body["facts"] for draft in drafts_of(field.store, "visit")] == ["abc"])


def test_what_is_missing_is_said_at_its_field_and_nothing_is_recorded(field: Field) -> None:
    before = len(visits_of(field, "张三"))
    press(field.window, "V")
    field.quiet()
    press(field.window, "Ctrl+Return")
    field.quiet()
    form = visit_page(field).form
    assert form._outcome.accessibleDescription() == "请选走访结果。"
    assert form._next.accessibleDescription() == "请选下次跟进的日子。"
    assert len(visits_of(field, "张三")) == before


def test_the_hours_may_be_typed_and_an_end_before_the_start_is_refused(field: Field) -> None:
    fill_by_keyboard(field)
    span = visit_page(field).form._span
    span.start_entry.setFocus()
    span.start_entry.selectAll()
    type_into(span.start_entry, "09:30")
    span.end_entry.setFocus()
    span.end_entry.selectAll()
    type_into(span.end_entry, "09:10")
    press(field.window, "Ctrl+Return")
    field.settle(lambda: span.accessibleDescription() != "")
    span.end_entry.setFocus()
    span.end_entry.selectAll()
    type_into(span.end_entry, "1002")
    press(field.window, "Ctrl+Return")
    field.settle(lambda: field.window.current_page() == "today")
    entry = visits_of(field, "张三")[0]
    assert (f"{entry.at:%H:%M}", f"{entry.ended_at:%H:%M}", entry.minutes) == ("09:30", "10:02", 32)


def test_a_visit_is_amended_by_a_new_entry_beside_the_old_one(field: Field) -> None:
    old = visits_of(field, "张三")[0]
    field.go("visit", prospect=field.ids["张三"], amends=old.record)
    form = visit_page(field).form
    assert form._facts.text() == old.facts
    form._facts.setFocus()
    form._facts.setText("每天做 5 锅。")
    press(field.window, "Ctrl+Return")
    field.settle(lambda: field.window.current_page() == "today")
    newest = next(entry for entry in visits_of(field, "张三") if entry.amends == old.record)
    assert newest.facts == "每天做 5 锅。"
    assert (newest.at, newest.minutes, newest.people) == (old.at, old.minutes, old.people)
    assert next(e for e in visits_of(field, "张三") if e.record == old.record).amended_by == newest.record


@pytest.mark.parametrize(
    "hostile",
    [
        "好" * 100_000,
        "\x00\x07\x1b[31m\u2028行",
        pytest.param("👩‍🌾" * 40, marks=pytest.mark.long),
        pytest.param("\u202eمرحبا", marks=pytest.mark.long),
    ],
)
def test_hostile_facts_give_a_sentence_or_are_kept(field: Field, hostile: str) -> None:
    before = len(visits_of(field, "张三"))
    fill_by_keyboard(field)
    form = visit_page(field).form
    form._facts.setFocus()
    form._facts.selectAll()
    QApplication.clipboard().setText(hostile)
    form._facts.paste()
    typed = form._facts.text()
    press(field.window, "Ctrl+Return")
    if len(hostile) > 20_000:
        field.settle(lambda: form._facts.accessibleDescription() != "")
        assert form._facts.text() == typed
        assert drafts_of(field.store, "visit")[0].body["facts"] == typed
        assert len(visits_of(field, "张三")) == before
    else:
        field.settle(lambda: field.window.current_page() == "today")
        assert len(visits_of(field, "张三")) == before + 1


def test_a_file_that_is_no_picture_is_named_and_nothing_is_lost(field: Field) -> None:
    fill_by_keyboard(field)
    text = field.folder / "不是照片.txt"
    text.write_text("hello", encoding="utf-8")
    form = visit_page(field).form
    form.add_photos([text])
    press(field.window, "Ctrl+Return")
    field.settle(lambda: "不是照片.txt" in form._photos.accessibleDescription())
    assert form._facts.text() == "今早 4 锅，成品 62 板。"
    assert field.window.current_page() == "visit"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with a name are of POSIX")
def test_a_pipe_among_the_photos_is_named_and_not_waited_for(field: Field) -> None:
    fill_by_keyboard(field)
    os.mkfifo(field.folder / "管道.jpg")
    form = visit_page(field).form
    form.add_photos([field.folder / "管道.jpg"])
    field.settle(lambda: not field.jobs.busy())
    press(field.window, "Ctrl+Return")
    field.settle(lambda: "管道.jpg" in form._photos.accessibleDescription())
