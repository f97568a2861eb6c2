"""Facts of a prospect that stand half typed in place: kept as one types, found again, gone with the save."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from fieldapp.desktop.pages.prospect import ProspectPage
from fieldapp.desktop.people.fact_sheet import FactSheet
from fieldapp.desktop.people.standing import standing
from fieldapp.domain.kinds import Values
from fieldapp.services.edit_prospect import edit_fields
from fieldapp.services.half_typed import Place, found_text
from fieldapp.services.prospect_page import prospect_page
from fieldapp.store.drafts import Drafts
from tests.desktop.driving import Field

pytestmark = pytest.mark.usefixtures("short_pause")

SHEETS = ("person", "prospect", "household", "business")


def facts(field: Field, prospect: str, kind: str, tab: str = "") -> FactSheet:
    """The sheet of a prospect on their own page."""
    field.go("prospect", prospect=prospect)
    page = field.window.findChild(ProspectPage)
    assert page is not None
    field.settle(lambda: (shown := page.detail.page()) is not None and shown.record == prospect)
    page.detail.tabs.choose(tab or kind)
    (sheet,) = [one for one in page.findChildren(FactSheet) if one._kind == kind]
    return sheet


def control(sheet: FactSheet, name: str) -> QWidget:
    return sheet._typing[name].control


def write(sheet: FactSheet, name: str, text: str) -> None:
    """Type into a field without leaving it."""
    typed_in = control(sheet, name)
    typed_in.setFocus()
    inner = typed_in if isinstance(typed_in, QLineEdit) else (typed_in.focusProxy() or typed_in)
    inner.selectAll()  # type: ignore[attr-defined]  # every field that is typed in can
    QTest.keyClicks(inner, text)


def kept(field: Field, sheet: FactSheet) -> None:
    field.settle(lambda: not sheet.kept.pending() and not field.jobs.busy())


def text_of(field: Field, prospect: str, kind: str) -> Values:
    found = found_text(field.store, Place(prospect, f"facts {kind}"))
    return {} if found is None else dict(found.typed)


@pytest.mark.parametrize(
    ("kind", "tab", "name", "typed", "stands"),
    [
        ("person", "", "birth", "1990-0", "1990-0"),
        ("prospect", "person", "wished_fen", "45000", "45,000"),
        ("household", "", "labour", "two", "two"),
        pytest.param("person", "", "actual_address", "Shangh", "Shangh", marks=pytest.mark.long),
        pytest.param("prospect", "person", "remark", "half a rem", "half a rem", marks=pytest.mark.long),
        pytest.param("household", "", "size", "5", "5", marks=pytest.mark.long),
        pytest.param("business", "", "address", "No. 3", "No. 3", marks=pytest.mark.long),
    ],
)
def test_what_stands_half_typed_in_place_is_found_again_after_a_crash(
    field: Field, again: Callable[[], Field], kind: str, tab: str, name: str, typed: str, stands: str
) -> None:
    prospect = field.ids["王五" if kind == "household" else "张三"]
    sheet = facts(field, prospect, kind, tab)
    write(sheet, name, typed)
    kept(field, sheet)
    assert text_of(field, prospect, kind) == {name: stands}
    found = facts(again(), prospect, kind, tab)
    assert standing(control(found, name)) == stands
    hint = found._fields[name]._hint
    assert hint.isVisible()
    assert "尚未保存" in hint.text()


def test_a_saved_fact_and_the_end_of_its_text_are_one_transaction(
    field: Field, monkeypatch: pytest.MonkeyPatch, again: Callable[[], Field]
) -> None:
    prospect = field.ids["张三"]
    sheet = facts(field, prospect, "household")
    write(sheet, "labour", "two")  # cannot be read: stays half typed beside what is saved
    write(sheet, "size", "6")
    kept(field, sheet)
    assert text_of(field, prospect, "household") == {"labour": "two", "size": "6"}

    def breaks(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as fault:  # between the fact and the end of its text
        fault.setattr(Drafts, "save", breaks)
        QTest.keyClick(control(sheet, "size"), Qt.Key.Key_Return)
        field.settle(lambda: not field.window.banner.isHidden())
    kept(field, sheet)
    assert size_of(field, prospect) == 4
    assert text_of(field, prospect, "household")["size"] == "6"

    QTest.keyClick(control(sheet, "size"), Qt.Key.Key_Return)
    field.settle(lambda: size_of(field, prospect) == 6)
    kept(field, sheet)
    assert text_of(field, prospect, "household") == {"labour": "two"}
    found = facts(again(), prospect, "household")
    assert standing(control(found, "size")) == "6"
    assert standing(control(found, "labour")) == "two"
    assert not found._fields["size"]._hint.text()


def size_of(field: Field, prospect: str) -> object:
    household = prospect_page(field.store, prospect).household
    return household[1].size if household is not None else None


def test_the_first_fact_of_a_household_is_recorded_once_and_its_text_goes(field: Field) -> None:
    prospect = field.ids["王五"]
    sheet = facts(field, prospect, "household")
    write(sheet, "size", "3")
    kept(field, sheet)
    QTest.keyClick(control(sheet, "size"), Qt.Key.Key_Tab)
    field.settle(lambda: size_of(field, prospect) == 3)
    kept(field, sheet)
    assert text_of(field, prospect, "household") == {}


def test_typed_back_to_what_is_recorded_nothing_is_kept(field: Field) -> None:
    prospect = field.ids["张三"]
    sheet = facts(field, prospect, "household")
    write(sheet, "size", "44")
    kept(field, sheet)
    QTest.keyClick(control(sheet, "size"), Qt.Key.Key_Backspace)
    kept(field, sheet)
    with field.store.reading() as view:
        assert view.drafts.count() == 0


def test_what_was_found_again_is_saved_when_the_field_is_left(field: Field, again: Callable[[], Field]) -> None:
    prospect = field.ids["张三"]
    sheet = facts(field, prospect, "household")
    write(sheet, "size", "7")
    kept(field, sheet)
    next_start = again()
    found = facts(next_start, prospect, "household")
    control(found, "size").setFocus()
    QTest.keyClick(control(found, "size"), Qt.Key.Key_Tab)
    next_start.settle(lambda: size_of(field, prospect) == 7)
    kept(next_start, found)
    assert text_of(field, prospect, "household") == {}
    assert not found._fields["size"]._hint.text()


def test_what_a_colleague_changed_meanwhile_is_not_overwritten_unseen(field: Field, again: Callable[[], Field]) -> None:
    """The change goes out with the value that was shown when it was typed: head office then asks (SYNC 13)."""
    prospect = field.ids["张三"]
    sheet = facts(field, prospect, "household")
    write(sheet, "size", "7")
    kept(field, sheet)
    household = prospect_page(field.store, prospect).household
    assert household is not None
    edit_fields(field.store, household[0], {"size": 4}, {"size": 5})  # as if it came from there
    field.settle(lambda: not field.jobs.busy())
    next_start = again()
    found = facts(next_start, prospect, "household")
    assert standing(control(found, "size")) == "7"
    control(found, "size").setFocus()
    QTest.keyClick(control(found, "size"), Qt.Key.Key_Return)
    next_start.settle(lambda: size_of(field, prospect) == 7)
    with field.store.reading() as view:
        last = view.outbox.of_record(household[0])[-1].decoded()
    assert last.fields["size"] == (4, 7)


def test_typed_on_while_it_is_saved_the_rest_is_saved_over_the_first(field: Field) -> None:
    prospect = field.ids["张三"]
    sheet = facts(field, prospect, "household")
    write(sheet, "size", "1")
    QTest.keyClick(control(sheet, "size"), Qt.Key.Key_Return)
    QTest.keyClicks(control(sheet, "size"), "2")
    field.settle(lambda: size_of(field, prospect) == 1)
    kept(field, sheet)
    field.settle(lambda: standing(control(sheet, "size")) == "12")
    assert text_of(field, prospect, "household") == {"size": "12"}
    QTest.keyClick(control(sheet, "size"), Qt.Key.Key_Return)
    field.settle(lambda: size_of(field, prospect) == 12)
    kept(field, sheet)
    household = prospect_page(field.store, prospect).household
    assert household is not None
    with field.store.reading() as view:
        assert view.outbox.of_record(household[0])[-1].decoded().fields["size"][1] == 12
        assert view.drafts.count() == 0


def test_another_prospect_shows_none_of_it_and_it_stands_again_with_the_first(field: Field) -> None:
    first, second = field.ids["张三"], field.ids["王五"]
    sheet = facts(field, first, "household")
    write(sheet, "labour", "two")
    sheet = facts(field, second, "household")
    assert standing(control(sheet, "labour")) == ""
    kept(field, sheet)
    assert text_of(field, second, "household") == {}
    sheet = facts(field, first, "household")
    field.settle(lambda: standing(control(sheet, "labour")) == "two")


def test_closing_the_window_keeps_what_stands_half_typed(field: Field, tmp_path: Path) -> None:
    prospect = field.ids["张三"]
    sheet = facts(field, prospect, "person")
    write(sheet, "registered_address", "at the last mo")
    field.window.close()
    field.quiet()
    person = prospect_page(field.store, prospect).person
    assert person is not None
    kept_or_saved = {**person.values, **text_of(field, prospect, "person")}
    assert kept_or_saved["registered_address"] == "at the last mo"
