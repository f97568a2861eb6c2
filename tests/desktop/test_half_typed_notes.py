"""A line being typed over a prospect's timeline: kept as one types, found again, and gone with its contact."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldapp.desktop.components.entry import Note
from fieldapp.desktop.components.toast import Toast
from fieldapp.desktop.pages.prospect import ProspectPage
from fieldapp.desktop.pages.prospects import ProspectsPage
from fieldapp.desktop.people.detail import ProspectDetail
from fieldapp.desktop.people.note_line import NoteLine
from fieldapp.domain.kinds import Values
from fieldapp.services.drafts import newest_draft
from fieldapp.services.half_typed import Place, found_text
from fieldapp.services.prospect_page import prospect_page
from fieldapp.services.timeline import ContactEntry
from fieldapp.store.drafts import Drafts
from tests.desktop.driving import Field, press, shown_overlay, type_into

pytestmark = pytest.mark.usefixtures("short_pause")


def shown(field: Field, detail: ProspectDetail, prospect: str) -> NoteLine:
    field.settle(lambda: (page := detail.page()) is not None and page.record == prospect and not field.jobs.busy())
    return detail.tabs.timeline.note


def note_of(field: Field, prospect: str) -> NoteLine:
    """The line of a prospect on their own page."""
    field.go("prospect", prospect=prospect)
    page = field.window.findChild(ProspectPage)
    assert page is not None
    return shown(field, page.detail, prospect)


def note_beside_list(field: Field, prospect: str) -> NoteLine:
    """The line of a prospect beside the list."""
    field.go("prospects", prospect=prospect)
    page = field.window.findChild(ProspectsPage)
    assert page is not None
    return shown(field, page.detail, prospect)


def write(field: Field, note: NoteLine, text: str) -> None:
    press(field.window, "C")
    assert QApplication.focusWidget() is note.entry
    type_into(note.entry, text)


def kept(field: Field, note: NoteLine) -> None:
    field.settle(lambda: not note.kept.pending() and not field.jobs.busy())


def text_of(field: Field, prospect: str) -> Values:
    found = found_text(field.store, Place(prospect, "note"))
    return {} if found is None else dict(found.typed)


def noted(field: Field, prospect: str) -> list[str]:
    return [entry.note for entry in prospect_page(field.store, prospect).timeline if isinstance(entry, ContactEntry)]


def test_a_line_half_typed_is_found_again_after_a_crash(field: Field, again: Callable[[], Field]) -> None:
    prospect = field.ids["张三"]
    note = note_of(field, prospect)
    write(field, note, "微信说黄豆涨")
    press(field.window, "Alt+3")
    kept(field, note)
    assert text_of(field, prospect) == {"note": "微信说黄豆涨", "channel": "wechat"}
    before = len(noted(field, prospect))
    next_start = again()
    found = note_of(next_start, prospect)
    assert (found.entry.text(), found._channel.value()) == ("微信说黄豆涨", "wechat")
    assert "尚未记录" in found._found.text()
    assert found._found.isVisible()
    assert "时间线" in told(next_start)
    found.entry.setFocus()
    type_into(found.entry, "价了")
    assert not found._found.isVisible()
    QTest.keyClick(found.entry, Qt.Key.Key_Return)
    next_start.settle(lambda: found.entry.text() == "")
    kept(next_start, found)
    assert noted(field, prospect)[0] == "微信说黄豆涨价了"
    assert len(noted(field, prospect)) == before + 1
    assert text_of(field, prospect) == {}


def told(field: Field) -> str:
    toast = field.window.findChild(Toast)
    return toast.accessibleName() if toast is not None else ""


def test_a_recorded_line_and_the_end_of_its_text_are_one_transaction(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    prospect = field.ids["张三"]
    note = note_of(field, prospect)
    write(field, note, "one line")
    kept(field, note)
    before = noted(field, prospect)

    def breaks(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as fault:  # between the contact and the end of the text
        fault.setattr(Drafts, "drop", breaks)
        QTest.keyClick(note.entry, Qt.Key.Key_Return)
        field.settle(lambda: not field.window.banner.isHidden())
    kept(field, note)
    assert noted(field, prospect) == before
    assert text_of(field, prospect)["note"] == note.entry.text() == "one line"
    QTest.keyClick(note.entry, Qt.Key.Key_Return)
    field.settle(lambda: note.entry.text() == "")
    kept(field, note)
    assert noted(field, prospect) == ["one line", *before]
    assert text_of(field, prospect) == {}


def test_enter_twice_records_once_and_what_is_typed_on_is_the_next_line(field: Field) -> None:
    prospect = field.ids["张三"]
    note = note_of(field, prospect)
    write(field, note, "first")
    before = noted(field, prospect)
    QTest.keyClick(note.entry, Qt.Key.Key_Return)
    QTest.keyClick(note.entry, Qt.Key.Key_Return)
    QTest.keyClicks(note.entry, "second")
    field.settle(lambda: note.entry.text() == "second")
    kept(field, note)
    assert noted(field, prospect) == ["first", *before]
    assert text_of(field, prospect)["note"] == "second"


def test_escape_takes_back_what_is_kept_of_the_line(field: Field) -> None:
    prospect = field.ids["张三"]
    note = note_of(field, prospect)
    write(field, note, "not so")
    kept(field, note)
    QTest.keyClick(note.entry, Qt.Key.Key_Escape)
    kept(field, note)
    assert text_of(field, prospect) == {}


def test_another_prospect_shows_none_of_the_line_and_it_stands_again_with_the_first(field: Field) -> None:
    first, second = field.ids["张三"], field.ids["王五"]
    note = note_of(field, first)
    write(field, note, "of the first")
    note = note_of(field, second)
    assert note.entry.text() == ""
    write(field, note, "of the second")
    kept(field, note)
    assert note_of(field, first).entry.text() == "of the first"
    assert (text_of(field, first)["note"], text_of(field, second)["note"]) == ("of the first", "of the second")


def test_a_line_recorded_on_the_other_page_does_not_stand_beside_the_list_any_more(field: Field) -> None:
    prospect = field.ids["张三"]
    beside = note_beside_list(field, prospect)
    write(field, beside, "once only")
    kept(field, beside)
    note = note_of(field, prospect)
    assert note.entry.text() == "once only"
    note.entry.setFocus()
    QTest.keyClick(note.entry, Qt.Key.Key_Return)
    field.settle(lambda: note.entry.text() == "")
    kept(field, note)
    assert note_beside_list(field, prospect).entry.text() == ""
    assert noted(field, prospect).count("once only") == 1


def test_a_line_that_needs_a_next_date_goes_on_in_the_form_and_is_never_lost(field: Field) -> None:
    """The line is kept in the form from the moment Enter was pressed."""
    prospect = next(one for one in field.ids.values() if needs_a_date(field, one))
    note = note_of(field, prospect)
    write(field, note, "called, nobody in")
    kept(field, note)
    QTest.keyClick(note.entry, Qt.Key.Key_Return)
    overlay = shown_overlay(field)
    assert text_of(field, prospect) == {}
    draft = newest_draft(field.store, "contact", prospect)
    assert draft is not None
    assert draft.body["note"] == "called, nobody in"
    (typed,) = [one for one in overlay.findChildren(Note) if one.text()]
    assert typed.text() == "called, nobody in"
    press(field.window, "Ctrl+Return")
    field.settle(lambda: not overlay.isVisible())
    field.quiet()
    assert noted(field, prospect)[0] == "called, nobody in"
    assert newest_draft(field.store, "contact", prospect) is None


def needs_a_date(field: Field, prospect: str) -> bool:
    line = prospect_page(field.store, prospect).line
    return line.next_date is None or bool(line.late_days)
