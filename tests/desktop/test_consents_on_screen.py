"""The step of the consents, driven as an officer and a customer drive it, on a real store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.application_form.consent_sheet import ConsentSheet
from fieldapp.desktop.application_form.consents_panel import ConsentsPanel
from fieldapp.desktop.components.button import Button
from fieldapp.desktop.components.entry import Note
from fieldapp.desktop.components.overlay import Overlay
from fieldapp.desktop.look import px
from fieldapp.domain.application_checklist import Step
from fieldapp.domain.application_records import ConsentKind
from fieldapp.services.apply_for_loan import ApplyForLoan
from fieldapp.services.half_typed import Place, found_text
from fieldapp.services.print_documents import DocumentKind
from fieldapp.services.record_consent import ConsentCase, Consents
from fieldapp.store.database import Store
from tests.desktop.test_application_page import Desk, desk, desks, filled_in, store
from tests.services.an_application import TYPED, new_prospect
from tests.services.consents_given import sign_everything

__all__ = ["desk", "desks", "store"]


def unsigned(store: Store) -> str:
    """An application that lacks nothing but what has to be signed and declared."""
    service = ApplyForLoan(store)
    application = service.start(new_prospect(store))
    service.save(application, TYPED, service.open(application).fields)
    return application


def at_consents(desk: Desk, application: str) -> ConsentsPanel:
    page = desk.open(application=application)
    page.go_to(Step.DECLARATIONS)
    panel = page.steps.declarations.consents
    desk.until(lambda: panel.rows)
    desk.settle()
    return panel


def case(store: Store, application: str) -> ConsentCase:
    return Consents(store).open(application)


def sheet_of(desk: Desk, panel: ConsentsPanel, kind: ConsentKind) -> ConsentSheet:
    next(row for (_, of_kind), row in panel.rows.items() if of_kind == kind).sign.click()
    desk.until(lambda: desk.page.consents.sheet is not None and desk.page.consents.sheet.overlay.isVisible())
    sheet = desk.page.consents.sheet
    assert sheet is not None
    return sheet


def answer(sheet: ConsentSheet, *, but: str = "") -> None:
    for name, strip in sheet.reading._choices.items():
        strip.choose(name != but)
    for name, box in sheet.reading.purposes.items():
        box.setChecked(name != "guarantor")
    sheet.reading.have_read.setChecked(True)


def read_to_the_end(desk: Desk, sheet: ConsentSheet) -> None:
    for _ in range(20):
        sheet.reading.turn(1)
        QTest.qWait(1)
    desk.until(sheet.reading.at_end)


def write(sheet: ConsentSheet) -> None:
    pad = sheet.pad
    across, down = pad.width(), pad.height()
    for left in (1, 4):
        QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(across * left // 8, down // 4))
        QTest.mouseMove(pad, QPoint(across * (left + 1) // 8, down // 2))
        QTest.mouseMove(pad, QPoint(across * (left + 2) // 8, down // 3))
        QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(across * (left + 2) // 8, down // 3))


def step_name(desk: Desk) -> str:
    return desk.page.frame._step_name(Step.DECLARATIONS)


def test_a_customer_reads_chooses_and_signs_on_the_screen(desk: Desk, store: Store) -> None:
    application = unsigned(store)
    panel = at_consents(desk, application)
    assert step_name(desk).endswith("0/2")
    sheet = sheet_of(desk, panel, "credit_inquiry")
    read_to_the_end(desk, sheet)
    answer(sheet, but="adverse")
    sheet.sign.click()
    for part in range(4):
        write(sheet)
        (sheet.next if part < 3 else sheet.finish).click()
    desk.until(lambda: case(store, application).given == 1)
    desk.until(lambda: step_name(desk).endswith("1/2"))
    (row, _) = case(store, application).rows
    (entry,) = Consents(store).history(application, row.who.person, "credit_inquiry")
    assert entry.choices == {"inquiry": True, "reporting": True, "adverse": False, "read": True}
    assert entry.purposes == ("application", "post_loan")
    assert [signature.under for signature in entry.signatures] == ["inquiry", "reporting", "adverse", "whole"]
    assert all(len(signature.strokes) == 2 for signature in entry.signatures)


def test_nothing_is_chosen_or_ticked_before_the_customer_does(desk: Desk, store: Store) -> None:
    panel = at_consents(desk, unsigned(store))
    for kind in ("credit_inquiry", "personal_information"):
        sheet = sheet_of(desk, panel, kind)  # type: ignore[arg-type] # the two kinds
        assert sheet.reading.choices() == {}
        assert sheet.reading.chosen_purposes() == ()
        sheet.overlay.close_panel()
    assert panel.declaration.choice.value() is None


def test_the_pad_comes_only_after_the_last_line_and_the_last_choice(desk: Desk, store: Store) -> None:
    panel = at_consents(desk, unsigned(store))
    sheet = sheet_of(desk, panel, "personal_information")
    answer(sheet)
    sheet.sign.click()
    assert sheet._stack.currentIndex() == 0
    assert sheet._trouble.isVisible()
    read_to_the_end(desk, sheet)
    sheet.reading._choices["image"].choose(None)
    sheet.sign.click()
    assert sheet._stack.currentIndex() == 0
    sheet.reading._choices["image"].choose(False)
    sheet.sign.click()
    assert sheet._stack.currentIndex() == 1
    assert not sheet.finish.isEnabled()
    write(sheet)
    assert sheet.finish.isEnabled()
    sheet.back.click()
    sheet.sign.click()
    assert sheet.pad.is_empty()  # what was signed was another choice


def test_the_sheet_is_as_high_as_the_text_needs_and_no_higher_than_the_pad(desk: Desk, store: Store) -> None:
    panel = at_consents(desk, unsigned(store))
    sheet = sheet_of(desk, panel, "credit_inquiry")
    whole = sheet._content.height()
    read_to_the_end(desk, sheet)
    answer(sheet)
    sheet.sign.click()
    desk.until(lambda: bottom(sheet._clear) + px(24) >= top(sheet.cancel))
    assert bottom(sheet.pad) < top(sheet._clear)
    assert sheet._content.height() < whole
    sheet.back.click()
    desk.until(lambda: sheet._content.height() == whole)


def top(widget: QWidget) -> int:
    return widget.mapTo(widget.window(), QPoint(0, 0)).y()


def bottom(widget: QWidget) -> int:
    return top(widget) + widget.height()


def test_closing_the_sheet_keeps_nothing(desk: Desk, store: Store) -> None:
    application = unsigned(store)
    panel = at_consents(desk, application)
    sheet = sheet_of(desk, panel, "credit_inquiry")
    answer(sheet)
    desk.press(Qt.Key.Key_Escape)
    desk.settle()
    assert case(store, application).rows[0].consent is None


def test_signed_on_paper_needs_no_pen_but_a_photo(desk: Desk, store: Store, tmp_path: Path) -> None:
    application = unsigned(store)
    panel = at_consents(desk, application)
    sheet = sheet_of(desk, panel, "credit_inquiry")
    answer(sheet)
    sheet.paper.click()
    assert not sheet.finish.isEnabled()
    picture = tmp_path / "page.png"
    Image.new("RGB", (60, 80), "white").save(picture)
    sheet.add_photos([picture])
    sheet.finish.click()
    desk.until(lambda: case(store, application).given == 1)
    assert case(store, application).rows[0].signing == "paper"


def test_the_declaration_is_asked_once_and_a_conflict_closes_the_form(desk: Desk, store: Store) -> None:
    application = unsigned(store)
    panel = at_consents(desk, application)
    panel.declaration.choice.choose(False)
    panel.declaration._dress()
    panel.declaration.record.click()
    desk.until(lambda: not panel.declaration._detail.error.isHidden())
    panel.declaration.detail.setText("借款人是我表弟")
    panel.declaration.record.click()
    desk.until(lambda: desk.page._opened is not None and desk.page._opened.sealed is not None)
    desk.until(lambda: not panel.declaration.asks())
    assert "借款人是我表弟" in panel.declaration._said.words()


def test_a_declaration_half_typed_is_found_again_after_a_crash(desks: Callable[[Store], Desk], store: Store) -> None:
    application, other = unsigned(store), unsigned(store)
    first = desks(store)
    declaration = at_consents(first, application).declaration
    declaration.choice.choose(False)
    declaration.choice.chosen.emit(False)
    declaration.detail.setFocus()
    QTest.keyClicks(declaration.detail, "my cousin's wi")
    place = Place(application, "declaration")
    typed = {"none": False, "detail": "my cousin's wi"}
    first.until(lambda: (found := found_text(store, place)) is not None and found.typed == typed)

    again = desks(store)  # the first was never told to end
    declaration = at_consents(again, application).declaration
    again.until(lambda: declaration.detail.text() == "my cousin's wi")
    assert (declaration.choice.value(), declaration.detail.isVisible()) == (False, True)
    declaration = at_consents(again, other).declaration
    assert (declaration.choice.value(), declaration.detail.text()) == (None, "")
    declaration = at_consents(again, application).declaration
    again.until(lambda: declaration.detail.text() == "my cousin's wi")
    declaration.record.click()
    again.until(lambda: not declaration.asks())
    assert "my cousin's wi" in declaration._said.words()
    assert found_text(store, place) is None


def test_a_declaration_pressed_twice_is_made_once(desk: Desk, store: Store) -> None:
    declaration = at_consents(desk, unsigned(store)).declaration
    declaration.choice.choose(True)
    declaration._dress()
    declaration.record.click()
    declaration.record.click()
    desk.until(lambda: not declaration.asks())
    desk.settle()
    with store.reading() as view:
        assert view.records.count("conflict_declaration") == 1


def test_a_missing_consent_in_the_checklist_leads_to_its_button(desk: Desk, store: Store) -> None:
    panel = at_consents(desk, unsigned(store))
    page = desk.page
    page.go_to(Step.LOAN)
    items = page.reckoning.items()
    assert [item.code for item in items] == ["conflict_undeclared", "consent_missing", "consent_missing"]
    page.go_to_item(items[1])
    assert page.step() is Step.DECLARATIONS
    assert panel.place(items[1].field) is not None
    assert panel.place(items[0].field) is not None


def test_a_withdrawal_is_asked_for_with_its_reason(desk: Desk, store: Store) -> None:
    application = filled_in(store)
    panel = at_consents(desk, application)
    row = next(iter(panel.rows.values()))
    assert row.withdraw.isVisible()
    row.withdraw.click()
    overlay = desk.overlay()
    note = overlay.findChild(Note)
    assert note is not None
    note.setText("本人到网点书面提出")
    next(button for button in overlay.findChildren(Button) if "withdrawal" in button.accessibleName()).click()
    desk.until(lambda: case(store, application).rows[0].state.value == "withdrawn")
    desk.until(lambda: step_name(desk).endswith("1/2"))


def test_after_submission_consents_are_still_looked_up(desk: Desk, store: Store) -> None:
    application = filled_in(store)
    ApplyForLoan(store).submit(application)
    panel = at_consents(desk, application)
    row = next(iter(panel.rows.values()))
    assert row.history.isEnabled()
    row.history.click()
    desk.until(lambda: [one for one in desk.window.findChildren(Overlay) if "张三" in one.accessibleName()])


def test_the_papers_of_a_person_stand_beside_the_form(desk: Desk, store: Store) -> None:
    application = unsigned(store)
    sign_everything(store, application)
    panel = at_consents(desk, application)
    next(iter(panel.rows.values())).paper.click()
    desk.until(lambda: desk.page.preview.tabs.value() is DocumentKind.CREDIT)
    document = desk.page.preview.paper.document
    desk.until(lambda: "个人征信查询及报送授权书" in document.getAllText(0).text())
