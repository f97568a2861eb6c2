"""Parties, debts and security on the application's steps, driven by keyboard alone on a real store."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from fieldapp.desktop.application_form.person_field import PersonField
from fieldapp.desktop.components.field import ErrorLine
from fieldapp.desktop.components.overlay import Overlay
from fieldapp.domain.application_checklist import Step
from fieldapp.domain.case_file import CaseFile
from fieldapp.services.apply_for_loan import ApplyForLoan
from fieldapp.store.database import Store
from tests.desktop.desks import button
from tests.desktop.driving import is_closed
from tests.desktop.test_application_page import ALT, CTRL, Desk, desk, desks, filled_in, store  # noqa: F401 - fixtures
from tests.services.an_application import PRODUCT, mirror, new_prospect
from tests.services.consents_given import sign_everything

WANG_NUMBER = "11010119800307005X"


def _file(store: Store, application: str) -> CaseFile:  # noqa: F811 - a fixture's name
    return ApplyForLoan(store).open(application).file


def _to_step(desk: Desk, step: Step) -> None:  # noqa: F811 - likewise
    if desk.page.step() is Step.APPLICANT:
        desk.tab_to("person.mobile")
    for _ in Step:
        if desk.page.step() is step:
            break
        desk.press(Qt.Key.Key_Return, CTRL)
    assert desk.page.step() is step
    desk.settle()


def _answer(desk: Desk, *texts: str) -> Overlay:  # noqa: F811 - likewise
    """Type into the fields of the dialog in their order; an empty text leaves one, Alt digits choose."""
    overlay = desk.overlay()
    for place, text in enumerate(texts):
        if place:
            desk.press(Qt.Key.Key_Tab)
        if text.startswith("Alt"):
            QTest.keyClick(overlay, getattr(Qt.Key, f"Key_{text[-1]}"), ALT)
        elif text:
            desk.press(Qt.Key.Key_A, CTRL)
            desk.write(text)
    return overlay


def _save(desk: Desk, overlay: Overlay) -> None:  # noqa: F811 - likewise
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.until(lambda: is_closed(overlay))
    desk.settle()


def test_an_application_gets_everybody_behind_it_by_keyboard_alone(desk: Desk, store: Store) -> None:  # noqa: F811
    new_prospect(store, name="王五", village="上河村")
    application = filled_in(store, guarantee_mode="joint")
    page = desk.open(application=application)

    desk.tab_to("person.mobile")
    desk.press(Qt.Key.Key_A, ALT)
    overlay = _answer(desk, "Zhao Liu", "brother", "110101199002030026", "13800000007")
    _save(desk, overlay)
    desk.until(lambda: page.steps.applicant.parties.list.isVisible())

    _to_step(desk, Step.BUSINESS)
    desk.press(Qt.Key.Key_A, ALT)
    assert button(desk.overlay(), "Do not add")
    _save(desk, _answer(desk, "Credit coop", "9000", "800"))
    desk.until(lambda: page.steps.business.debts.list.isVisible())
    assert page.steps.business._owed.value() is not None
    assert page.steps.business._owed.entry.isReadOnly()

    _to_step(desk, Step.GUARANTEE)
    desk.press(Qt.Key.Key_A, ALT)
    overlay = desk.overlay()
    desk.write("ww")
    desk.until(lambda: _who(overlay).list.isVisible())
    desk.press(Qt.Key.Key_Down)
    desk.press(Qt.Key.Key_Return)
    _answer(desk, "", "neighbour", "Alt1", "100000", WANG_NUMBER, "13800000005")
    _save(desk, overlay)

    backing = _file(store, application).backing
    assert sorted(party.role for party in backing.parties.values()) == ["co_borrower", "guarantor"]
    assert [(held.mode, held.amount_fen) for held in backing.guarantees.values()] == [("joint", 10_000_000)]
    assert [(debt.balance_fen, debt.instalment_fen) for debt in backing.debts.values()] == [(900_000, 80_000)]
    sign_everything(store, application)
    desk.until(lambda: page.reckoning.quote is not None and page.reckoning.quote.complete)


def test_the_keyboard_begins_at_the_chosen_security(desk: Desk, store: Store) -> None:  # noqa: F811
    page = desk.open(application=filled_in(store, guarantee_mode="joint"))
    _to_step(desk, Step.GUARANTEE)
    focused = QApplication.focusWidget()
    assert focused is page.steps.guarantee.first()
    assert focused is not None
    assert focused.isChecked()  # type: ignore[attr-defined] # a card of the choice
    desk.press(Qt.Key.Key_Left)
    desk.until(lambda: page._typed().good.get("guarantee_mode") == "unsecured")


def test_a_guarantor_without_a_mode_is_asked_for_it_in_place(desk: Desk, store: Store) -> None:  # noqa: F811
    desk.open(application=filled_in(store, guarantee_mode="joint"))
    _to_step(desk, Step.GUARANTEE)
    desk.press(Qt.Key.Key_A, ALT)
    overlay = _answer(desk, "Wang Wu", "neighbour", "", "100000", WANG_NUMBER, "13800000005")
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.until(lambda: any("general guarantee by law" in line.accessibleName() for line in _errors(overlay)))
    assert overlay.isVisible()
    QTest.keyClick(overlay, Qt.Key.Key_2, ALT)
    _save(desk, overlay)


def test_a_row_is_changed_removed_and_brought_back_by_keyboard(desk: Desk, store: Store) -> None:  # noqa: F811
    application = filled_in(store)
    page = desk.open(application=application)
    _to_step(desk, Step.BUSINESS)
    desk.press(Qt.Key.Key_A, ALT)
    _save(desk, _answer(desk, "Credit coop", "9000", "800"))
    debts = page.steps.business.debts
    desk.until(lambda: debts.list.isVisible())
    debts.go_to(next(iter(_file(store, application).backing.debts)))
    desk.press(Qt.Key.Key_Return)
    desk.until(lambda: any(one.isVisible() for one in desk.window.findChildren(Overlay)))
    assert button(desk.overlay(), "Leave it")
    _save(desk, _answer(desk, "", "9500"))
    assert _owed(store, application) == [950_000]
    debts.list.setFocus()
    desk.press(Qt.Key.Key_Delete)
    desk.until(lambda: _owed(store, application) == [])
    desk.settle()
    QTest.keyClick(desk.window, Qt.Key.Key_Z, CTRL)
    desk.until(lambda: _owed(store, application) == [950_000])
    desk.settle()


def test_what_a_row_lacks_leads_to_the_row(desk: Desk, store: Store) -> None:  # noqa: F811
    page = desk.open(application=filled_in(store))
    desk.tab_to("person.mobile")
    desk.press(Qt.Key.Key_A, ALT)
    _save(desk, _answer(desk, "Zhao Liu", "brother"))
    desk.until(lambda: bool(page.reckoning.items()))
    item = page.reckoning.items()[0]
    page.go_to(Step.LOAN)
    page.go_to_item(item)
    assert page.step() is Step.APPLICANT
    assert page.steps.applicant.parties.list.hasFocus()


@pytest.mark.parametrize(
    "text",
    ["\u202e王\u0000五" * 40, *(pytest.param(text, marks=pytest.mark.long) for text in ("x" * 100_000, "😀" * 300))],
)
def test_hostile_texts_in_a_dialog_are_answered_in_words(desk: Desk, store: Store, text: str) -> None:  # noqa: F811
    application = filled_in(store)
    desk.open(application=application)
    _to_step(desk, Step.BUSINESS)
    desk.press(Qt.Key.Key_A, ALT)
    overlay = desk.overlay()
    entry: Any = QApplication.focusWidget()
    entry.setText(text)
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.until(lambda: is_closed(overlay) or any(line.isVisible() for line in _errors(overlay)))
    desk.settle()


def _owed(store: Store, application: str) -> list[int | None]:  # noqa: F811
    return [debt.balance_fen for debt in _file(store, application).backing.debts.values()]


def _errors(overlay: Overlay) -> list[ErrorLine]:
    return overlay.findChildren(ErrorLine)


def _who(overlay: Overlay) -> PersonField:
    return overlay.findChildren(PersonField)[0]


def test_a_revolving_loan_is_planned_by_keyboard(desk: Desk, store: Store) -> None:  # noqa: F811
    revolving = msgspec.structs.replace(PRODUCT, version=2, methods=("revolving",), day_count="act/360")
    store.write(lambda unit: mirror(unit, "product", revolving))
    application = filled_in(store, method="revolving", product_version=2, months=12, over_limit_reason="旺季收入未计入")
    page = desk.open(application=application)
    _to_step(desk, Step.LOAN)
    desk.fill(movements="1201")
    desk.press(Qt.Key.Key_Tab)
    _tab_until(desk, page.steps.loan.movements._lines[0].amount.entry)
    desk.write("50000")
    desk.press(Qt.Key.Key_W, ALT)
    desk.until(lambda: page.steps.loan.movements._lines[1].isVisible())
    desk.write("2027-03-01")
    _tab_until(desk, page.steps.loan.movements._lines[1].way)
    desk.press(Qt.Key.Key_Right)
    _tab_until(desk, page.steps.loan.movements._lines[1].amount.entry)
    desk.write("50000")
    desk.until(lambda: page.cost.planned.figure.words() == "750.00")
    _to_step(desk, Step.GUARANTEE)
    saved = _file(store, application).application
    assert [(one.draw_fen, one.repay_fen) for one in saved.movements] == [(5_000_000, 0), (0, 5_000_000)]


def test_a_first_due_date_is_chosen_and_a_wrong_one_said_at_its_field(desk: Desk, store: Store) -> None:  # noqa: F811
    page = desk.open(application=filled_in(store))
    _to_step(desk, Step.LOAN)
    desk.fill(first_due="2027-01-15")
    desk.until(
        lambda: (
            page.reckoning.quote is not None
            and page.reckoning.quote.first is not None
            and page.reckoning.quote.first.due.day == 15
        )
    )
    desk.fill(first_due="2026-11-25")
    desk.press(Qt.Key.Key_Tab)
    desk.until(lambda: "first due date must be after" in desk.error("first_due"))
    assert page.reckoning.quote is not None
    assert page.reckoning.quote.schedule is None


def test_the_papers_seen_are_ticked_by_keyboard(desk: Desk, store: Store) -> None:  # noqa: F811
    application = filled_in(store)
    page = desk.open(application=application)
    _to_step(desk, Step.DECLARATIONS)
    desk.tab_to("materials")
    desk.press(Qt.Key.Key_Space)
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.settle()
    assert page.step() is Step.SIGNING
    assert _file(store, application).application.materials == ("identity",)


def _tab_until(desk: Desk, wanted: QWidget) -> None:  # noqa: F811
    for _ in range(12):
        held = QApplication.focusWidget()
        if held is wanted or (held is not None and wanted.isAncestorOf(held)):
            return
        desk.press(Qt.Key.Key_Tab)
    raise AssertionError("the tab key does not reach it")
