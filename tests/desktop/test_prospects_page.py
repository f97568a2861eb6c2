"""The list finds people as one types and holds only what one has scrolled to; the detail edits, reveals, amends."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldapp.desktop.components.overlay import Overlay
from fieldapp.desktop.components.rows import Row
from fieldapp.desktop.look import speak
from fieldapp.desktop.pages.prospect import ProspectPage
from fieldapp.desktop.pages.prospects import ProspectsPage
from fieldapp.services.add_prospect import NewProspect, add_prospect
from fieldapp.services.drafts import newest_draft
from fieldapp.services.prospect_page import prospect_page
from fieldapp.services.prospects import Wanted, page
from fieldapp.services.timeline import ContactEntry
from fieldapp.translation import Language
from tests.desktop.driving import Field, press, shown_overlay, type_into


def list_page(field: Field) -> ProspectsPage:
    field.go("prospects")
    found = field.window.findChild(ProspectsPage)
    assert found is not None
    return found


def names(shown: ProspectsPage) -> list[str]:
    model = shown.people.model
    rows = [model.row_at(model.index(place)) for place in range(model.rowCount())]
    return [row.title for row in rows if isinstance(row, Row)]


@pytest.mark.parametrize(
    "typed",
    [
        "zs",
        "7190001",
        *(pytest.param(one, marks=pytest.mark.long) for one in ("张三", "zhangsan", "豆腐", "138 2719 0001")),
    ],
)
def test_two_characters_pinyin_or_part_of_a_number_find_a_person_as_one_types(field: Field, typed: str) -> None:
    shown = list_page(field)
    press(field.window, "/")
    assert QApplication.focusWidget() is shown.people.search
    type_into(shown.people.search, typed)
    field.settle(lambda: names(shown) == ["张三"])
    QTest.keyClick(shown.people.search, Qt.Key.Key_Return)
    field.settle(lambda: (found := shown.detail.page()) is not None and found.line.name == "张三")


def test_whom_a_search_finds_is_shown_so_that_no_key_records_for_somebody_else(field: Field) -> None:
    shown = list_page(field)
    field.settle(lambda: (page := shown.detail.page()) is not None and page.line.name != "吴十")
    press(field.window, "/")
    type_into(shown.people.search, "吴十")
    field.settle(lambda: (page := shown.detail.page()) is not None and page.line.name == "吴十")
    assert QApplication.focusWidget() is shown.people.search


def test_what_is_typed_is_looked_for_though_something_else_is_saved_meanwhile(field: Field) -> None:
    shown = list_page(field)
    field.quiet()
    press(field.window, "/")
    type_into(shown.people.search, "吴十")
    assert shown.people._typing.isActive()
    shown.reload()
    field.settle(lambda: names(shown) == ["吴十"])


def test_a_list_of_hundreds_is_fetched_page_by_page(field: Field) -> None:
    for number in range(230):
        add_prospect(field.store, NewProspect(name=f"某{number:03}"))
    shown = list_page(field)
    assert shown.people.model.rowCount() == 100
    assert "239" in shown.people.filters.found.words()
    shown.people.rows.scrollToBottom()
    field.settle(lambda: shown.people.model.rowCount() == 200)
    shown.people.rows.scrollToBottom()
    field.settle(lambda: shown.people.model.rowCount() == 239)
    assert len(set(names(shown))) == 239


def test_who_was_just_recorded_stays_shown_though_the_list_has_not_come_to_them(field: Field) -> None:
    for number in range(120):
        add_prospect(field.store, NewProspect(name=f"某{number:03}"))
    shown = list_page(field)
    press(field.window, "N")
    type_into(shown.form._name, "后来")
    press(field.window, "Ctrl+Return")
    field.settle(lambda: (page := shown.detail.page()) is not None and page.line.name == "后来")
    assert "后来" not in names(shown)
    field.quiet()
    shown.reload()
    field.quiet()
    page = shown.detail.page()
    assert page is not None
    assert page.line.name == "后来", "a key would record for somebody else"


def test_who_was_just_recorded_is_shown_where_there_is_no_room_beside_the_list(field: Field) -> None:
    field.window.resize(960, 540)
    shown = list_page(field)
    press(field.window, "N")
    type_into(shown.form._name, "后来")
    press(field.window, "Ctrl+Return")
    field.settle(lambda: field.window.current_page() == "prospect")
    field.quiet()
    page = field.window.findChild(ProspectPage)
    assert page is not None
    found = page.detail.page()
    assert found is not None
    assert found.line.name == "后来"


def test_whom_another_page_asks_for_is_shown_though_the_list_is_filtered(field: Field) -> None:
    shown = list_page(field)
    press(field.window, "/")
    type_into(shown.people.search, "zs")
    field.settle(lambda: (page := shown.detail.page()) is not None and page.line.name == "张三")
    field.go("today")
    field.go("prospects", prospect=field.ids["吴十"])
    field.settle(lambda: (page := shown.detail.page()) is not None and page.line.name == "吴十")


def test_an_older_answer_never_replaces_a_newer_one(field: Field) -> None:
    shown = list_page(field)
    for typed in ("王", "王五", "赵", "赵六"):
        shown.people.search.setText(typed)
        shown.people.look_now()
    field.settle(lambda: names(shown) == ["赵六"])
    field.quiet()
    assert names(shown) == ["赵六"]


def test_escape_empties_the_search_or_puts_the_form_aside_that_stands_beside_it(field: Field) -> None:
    shown = list_page(field)
    press(field.window, "/")
    type_into(shown.people.search, "zs")
    field.settle(lambda: names(shown) == ["张三"])
    press(field.window, "Escape")
    field.settle(lambda: len(names(shown)) > 1)
    press(field.window, "N")
    type_into(shown.form._name, "新人")
    press(field.window, "Escape")
    field.settle(lambda: not shown.form.isVisible())
    field.quiet()
    assert newest_draft(field.store, "prospect") is not None


def test_whom_the_list_marked_is_shown_once_the_form_that_was_asked_for_is_put_aside(field: Field) -> None:
    field.go("prospects", new=True)
    shown = field.window.findChild(ProspectsPage)
    assert shown is not None
    field.settle(lambda: bool(names(shown)))
    field.quiet()
    assert shown.form.isVisible()
    press(field.window, "Escape")
    field.settle(lambda: not shown.form.isVisible())
    field.settle(lambda: shown.detail.page() is not None)
    page = shown.detail.page()
    assert page is not None
    assert page.line.prospect == shown.people.current()


def test_a_form_that_was_emptied_again_or_never_filled_leaves_no_draft(field: Field) -> None:
    shown = list_page(field)
    press(field.window, "N")
    press(field.window, "Ctrl+Return")
    field.settle(lambda: shown.form._name.accessibleDescription() != "")
    assert newest_draft(field.store, "prospect") is not None
    press(field.window, "Escape")
    field.settle(lambda: newest_draft(field.store, "prospect") is None)
    press(field.window, "N")
    type_into(shown.form._name, "新人")
    field.settle(lambda: newest_draft(field.store, "prospect") is not None)
    shown.form._name.selectAll()
    QTest.keyClick(shown.form._name, Qt.Key.Key_Delete)
    press(field.window, "Escape")
    field.settle(lambda: newest_draft(field.store, "prospect") is None)


def test_escape_closes_the_offered_villages_and_leaves_the_form(field: Field) -> None:
    shown = list_page(field)
    press(field.window, "N")
    shown.form._village.setFocus()
    type_into(shown.form._village.entry, "xcsq")
    offers = shown.form._village.completer.popup()
    assert offers is not None
    field.settle(offers.isVisible)
    QTest.keyClick(offers, Qt.Key.Key_Escape)
    field.settle(lambda: not offers.isVisible())
    field.quiet()
    assert shown.form.isVisible()
    assert shown.form._village.value() == (None, "xcsq")
    press(field.window, "Escape")
    field.settle(lambda: not shown.form.isVisible())


def test_stage_village_and_date_filter_the_list(field: Field) -> None:
    shown = list_page(field)
    shown._stages._parts[2].click()
    field.settle(lambda: sorted(names(shown)) == sorted(["王五", "赵六", "张三", "吴十"]))
    shown.people.filters.when._take("late")
    field.settle(lambda: names(shown) == ["王五", "赵六"])
    shown.people.filters.when._take("none")
    field.settle(lambda: shown.people.states.currentIndex() == 1)
    shown.people.show_all.click()
    field.settle(lambda: len(names(shown)) == 9)


def test_likely_duplicates_are_shown_with_their_reason_while_typing(field: Field) -> None:
    shown = list_page(field)
    press(field.window, "N")
    form = shown.form
    field.quiet()
    assert QApplication.focusWidget() is form._name
    type_into(form._name, "王小五")
    type_into_next = form._mobile
    type_into_next.setFocus()
    type_into(type_into_next, "13800000005")
    field.settle(lambda: form._alike.isVisible())
    spoken = form._same.data(form._same.index(0))
    assert "电话相同" in str(spoken)
    assert "王五" in str(spoken)


def test_who_calls_back_from_a_telephone_in_the_remark_is_found_and_not_typed_a_second_time(field: Field) -> None:
    add_prospect(field.store, NewProspect(name="后来", mobile="13811110000", remark="备用电话：139 0000 0088"))
    shown = list_page(field)
    press(field.window, "/")
    type_into(shown.people.search, "+86 139 0000 0088")
    field.settle(lambda: names(shown) == ["后来"])
    QTest.keyClick(shown.people.search, Qt.Key.Key_Escape)
    press(field.window, "N")
    form = shown.form
    field.quiet()
    form._mobile.setFocus()
    type_into(form._mobile, "13900000088")
    field.settle(lambda: form._alike.isVisible())
    spoken = str(form._same.data(form._same.index(0)))
    assert "后来" in spoken
    assert "与家人电话或备注中的电话相同" in spoken


def test_a_new_prospect_is_saved_once_and_its_draft_goes(field: Field) -> None:
    shown = list_page(field)
    press(field.window, "N")
    field.quiet()
    type_into(QApplication.focusWidget(), "钱多多")
    form = shown.form
    form._village.setFocus()
    type_into(form._village.entry, "xcsq")
    field.settle(lambda: form._village.completer.popup() is not None and form._village.completer.popup().isVisible())
    QTest.keyClick(form._village.completer.popup(), Qt.Key.Key_Return)
    assert form._village.value()[0] is not None
    press(field.window, "Ctrl+Return")
    field.settle(lambda: (found := shown.detail.page()) is not None and found.line.name == "钱多多")
    saved = page(field.store, Wanted(typed="钱多多")).lines
    assert len(saved) == 1
    assert saved[0].village == form_village(saved[0].village)
    assert newest_draft(field.store, "prospect") is None


def form_village(name: str) -> str:
    assert "社区" in name or "村" in name
    return name


def test_a_wrong_identity_number_is_refused_at_its_field_and_the_draft_stays(field: Field) -> None:
    shown = list_page(field)
    press(field.window, "N")
    field.quiet()
    type_into(QApplication.focusWidget(), "钱多多")
    shown.form._identity.setFocus()
    type_into(shown.form._identity, "110101199003070012")
    press(field.window, "Ctrl+Return")
    field.settle(lambda: shown.form._identity.accessibleDescription() != "")
    assert page(field.store, Wanted(typed="钱多多")).lines == ()
    draft = newest_draft(field.store, "prospect")
    assert draft is not None
    assert draft.body["name"] == "钱多多"


def test_revealing_a_masked_fact_leaves_an_event(field: Field) -> None:
    shown = list_page(field)
    shown.people.rows.choose(field.ids["张三"])
    field.settle(lambda: (found := shown.detail.page()) is not None and found.line.name == "张三")
    line = shown.detail.tabs.timeline.facts.mobile
    assert "****" in line.value.words()
    line.eye.click()
    field.settle(lambda: line.value.words() == "13827190001")
    with field.store.reading() as view:
        newest = view.privacy.newest(1)[0]
    assert (newest.act, newest.field, newest.staff) == ("reveal", "mobile", "s-li")
    assert newest.record == prospect_page(field.store, field.ids["张三"]).person.record  # type: ignore[union-attr]
    line.eye.click()
    assert "****" in line.value.words()


def test_a_line_becomes_a_contact_and_keeps_the_follow_up(field: Field) -> None:
    shown = list_page(field)
    shown.people.rows.choose(field.ids["张三"])
    field.settle(lambda: (found := shown.detail.page()) is not None and found.line.name == "张三")
    before = prospect_page(field.store, field.ids["张三"]).line
    press(field.window, "C")
    note = shown.detail.tabs.timeline.note.entry
    assert QApplication.focusWidget() is note
    type_into(note, "微信说黄豆涨价了")
    press(field.window, "Alt+3")
    note.setFocus()
    QTest.keyClick(note, Qt.Key.Key_Return)
    field.settle(lambda: note.text() == "")
    after = prospect_page(field.store, field.ids["张三"])
    newest = next(entry for entry in after.timeline if isinstance(entry, ContactEntry))
    assert (newest.channel, newest.note) == ("wechat", "微信说黄豆涨价了")
    assert (after.line.next_date, after.line.next_time, after.line.stage) == (
        before.next_date,
        before.next_time,
        before.stage,
    )


def test_a_fact_is_changed_in_place_and_its_change_waits_to_be_sent(field: Field) -> None:
    shown = list_page(field)
    shown.people.rows.choose(field.ids["王五"])
    field.settle(lambda: (found := shown.detail.page()) is not None and found.line.name == "王五")
    shown.detail.tabs.choose("household")
    sheet = shown.detail.tabs.facts["household"]._facts
    size, labour = (sheet._typing[name].control for name in ("size", "labour"))
    for control, typed in ((size, "5"), (labour, "2")):
        control.setFocus()
        QTest.keyClicks(control, typed)
        QTest.keyClick(control, Qt.Key.Key_Return)

    def saved() -> bool:
        household = prospect_page(field.store, field.ids["王五"]).household
        return household is not None and (household[1].size, household[1].labour) == (5, 2)

    field.settle(saved)
    with field.store.reading() as view:
        assert len(view.records.children(field.ids["王五"], "household")) == 1
    size.setFocus()
    size.selectAll()  # type: ignore[attr-defined]
    QTest.keyClicks(size, "five")
    QTest.keyClick(size, Qt.Key.Key_Return)
    field.settle(lambda: size.accessibleDescription() != "")
    assert saved()


def test_a_contact_is_amended_from_the_timeline(field: Field) -> None:
    shown = list_page(field)
    shown.people.rows.choose(field.ids["张三"])
    field.settle(lambda: (found := shown.detail.page()) is not None and found.line.name == "张三")
    found = shown.detail.page()
    assert found is not None
    entry = next(each for each in found.timeline if isinstance(each, ContactEntry) and each.note)
    shown.detail.tabs.timeline.amend(entry)
    overlay: Overlay = shown_overlay(field)
    press(field.window, "Alt+1")
    press(field.window, "Ctrl+Return")
    field.settle(lambda: not overlay.isVisible())
    entries = [e for e in prospect_page(field.store, field.ids["张三"]).timeline if isinstance(e, ContactEntry)]
    newest = next(each for each in entries if each.amends == entry.record)
    assert (newest.channel, newest.note, newest.at) == ("in_person", entry.note, entry.at)


def test_the_language_changes_under_a_form_without_losing_a_letter(field: Field) -> None:
    shown = list_page(field)
    press(field.window, "N")
    field.quiet()
    type_into(QApplication.focusWidget(), "钱多多")
    speak(Language.ENGLISH)
    assert shown.form._name.text() == "钱多多"
    assert shown._new.accessibleName() == "New prospect"
    assert shown._header.title.words() == "Prospects"
    speak(Language.CHINESE)
    assert shown._new.accessibleName() == "新客户"


def test_the_line_below_the_name_has_room_in_english_at_1280_pixels(field: Field) -> None:
    shown = list_page(field)
    field.settle(lambda: shown.detail.page() is not None)
    speak(Language.ENGLISH)
    field.quiet()
    second = shown.detail.head._second
    assert second.fontMetrics().horizontalAdvance("上河村 • 豆腐 • Small-business owner") <= second.width()
    speak(Language.CHINESE)


@pytest.mark.parametrize(
    "hostile",
    [
        "好" * 100_000,
        "\x00\x07\x1b[31m",
        pytest.param("👩‍🌾" * 150, marks=pytest.mark.long),
        pytest.param("\u202eمرحبا", marks=pytest.mark.long),
    ],
)
def test_hostile_names_give_a_sentence_or_are_kept(field: Field, hostile: str) -> None:
    shown = list_page(field)
    press(field.window, "N")
    field.quiet()
    QApplication.clipboard().setText(hostile)
    shown.form._name.paste()
    typed = shown.form._name.text()
    press(field.window, "Ctrl+Return")
    field.settle(lambda: shown.form._name.accessibleDescription() != "" or shown._right.currentIndex() == 0)
    if shown.form._name.accessibleDescription():
        assert shown.form._name.text() == typed


def test_hostile_searches_find_nothing_and_break_nothing(field: Field) -> None:
    shown = list_page(field)
    for typed in ('"', "'; DROP TABLE", "*" * 500, "\u202e\u0000", "NEAR(", "👩‍🌾"):
        shown.people.search.setText(typed)
        shown.people.look_now()
        field.quiet()
    assert not field.window.banner.isVisible()
