"""A contact in four fields by keyboard alone; nothing typed is lost, and a mistake is amended, never overwritten."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldapp.desktop.components.entry import Note
from fieldapp.desktop.components.overlay import Overlay
from fieldapp.desktop.components.toast import Toast
from fieldapp.desktop.people.who_field import WhoField
from fieldapp.services.drafts import newest_draft
from fieldapp.services.prospect_page import prospect_page
from fieldapp.services.prospects import Wanted, page
from fieldapp.services.timeline import ContactEntry
from tests.desktop.driving import Field, is_closed, press, shown_overlay, type_into


def contacts_of(field: Field, name: str) -> list[ContactEntry]:
    found = prospect_page(field.store, field.ids[name])
    return [entry for entry in found.timeline if isinstance(entry, ContactEntry)]


def who(overlay: Overlay) -> WhoField:
    found = overlay.findChild(WhoField)
    assert found is not None
    return found


def test_a_contact_takes_four_fields_by_keyboard_alone(field: Field) -> None:
    before = len(contacts_of(field, "孙七"))
    press(field.window, "Ctrl+N")
    overlay = shown_overlay(field)
    assert QApplication.focusWidget() is who(overlay).entry
    type_into(QApplication.focusWidget(), "sq")
    field.settle(lambda: who(overlay).list.isVisible())
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    press(field.window, "Alt+2")
    press(field.window, "Alt+5")
    press(field.window, "Alt+D")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    press(field.window, "Ctrl+Return")
    field.settle(lambda: is_closed(overlay))
    saved = contacts_of(field, "孙七")
    assert len(saved) == before + 1
    assert (saved[0].channel, saved[0].result, saved[0].next_date) == ("phone", "interested", date(2026, 11, 30))
    toast = field.window.findChild(Toast)
    assert toast is not None
    assert "只在本机" in toast.accessibleName()
    assert newest_draft(field.store, "contact") is None


def test_a_new_name_becomes_a_prospect(field: Field) -> None:
    press(field.window, "Ctrl+N")
    overlay = shown_overlay(field)
    type_into(QApplication.focusWidget(), "钱多多")
    press(field.window, "Ctrl+Return")
    field.settle(lambda: is_closed(overlay))
    found = page(field.store, Wanted(typed="钱多多")).lines
    assert [line.name for line in found] == ["钱多多"]
    assert found[0].next_date == date(2026, 11, 26)


def test_a_name_that_is_here_already_is_asked_about_before_it_is_recorded_twice(field: Field) -> None:
    press(field.window, "Ctrl+N")
    overlay = shown_overlay(field)
    type_into(QApplication.focusWidget(), "王五")
    press(field.window, "Ctrl+Return")
    field.settle(lambda: who(overlay).list.isVisible())
    field.quiet()
    assert overlay.isVisible()
    assert len(page(field.store, Wanted(typed="王五")).lines) == 1
    QTest.keyClick(who(overlay).entry, Qt.Key.Key_Return)
    press(field.window, "Ctrl+Return")
    field.settle(lambda: is_closed(overlay))
    assert len(page(field.store, Wanted(typed="王五")).lines) == 1


def test_escape_puts_aside_and_the_next_form_goes_on(field: Field) -> None:
    press(field.window, "Ctrl+N")
    overlay = shown_overlay(field)
    type_into(QApplication.focusWidget(), "没写完")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert is_closed(overlay)
    field.settle(lambda: newest_draft(field.store, "contact") is not None)
    press(field.window, "Ctrl+N")
    again = shown_overlay(field)
    field.settle(lambda: who(again).entry.text() == "没写完")


def test_undo_offers_an_entry_that_amends(field: Field) -> None:
    press(field.window, "Ctrl+N")
    overlay = shown_overlay(field)
    type_into(QApplication.focusWidget(), "sq")
    field.settle(lambda: who(overlay).list.isVisible())
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    press(field.window, "Ctrl+Return")
    field.settle(lambda: is_closed(overlay))
    press(field.window, "Ctrl+Z")
    amending = shown_overlay(field)
    field.settle(lambda: who(amending).taken() is not None)
    press(field.window, "Alt+3")
    press(field.window, "Ctrl+Return")
    field.settle(lambda: not amending.isVisible())
    newest, older = contacts_of(field, "孙七")[:2]
    assert newest.amends == older.record
    assert older.amended_by == newest.record
    assert newest.channel == "wechat"


@pytest.mark.parametrize(
    "hostile",
    [
        "好" * 100_000,
        "\x00\x07\x1b[31m\u2028行",
        pytest.param("👩‍🌾🚜" * 50, marks=pytest.mark.long),
        pytest.param("\u202eمرحبا\u202c עם RTL", marks=pytest.mark.long),
        pytest.param("<b>粗</b>&amp;", marks=pytest.mark.long),
    ],
)
def test_hostile_text_gives_a_sentence_or_is_kept_and_loses_nothing(field: Field, hostile: str) -> None:
    press(field.window, "Ctrl+N")
    overlay = shown_overlay(field)
    type_into(QApplication.focusWidget(), "sq")
    field.settle(lambda: who(overlay).list.isVisible())
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    press(field.window, "Ctrl+.")
    note = overlay.findChild(Note)
    assert note is not None
    QApplication.clipboard().setText(hostile)
    note.paste()
    typed = note.text()
    before = len(contacts_of(field, "孙七"))
    press(field.window, "Ctrl+Return")
    if len(hostile) > 20_000:
        field.settle(lambda: "20,000" in note.accessibleDescription() or "20000" in note.accessibleDescription())
        assert overlay.isVisible()
        assert note.text() == typed
        assert len(contacts_of(field, "孙七")) == before
        draft = newest_draft(field.store, "contact")
        assert draft is not None
        assert draft.body["note"] == typed
    else:
        field.settle(lambda: is_closed(overlay))
        assert len(contacts_of(field, "孙七")) == before + 1
