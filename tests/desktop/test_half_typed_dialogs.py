"""What is typed in a dialog and not answered yet is kept as one types, found again, and gone with its record."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from fieldapp.desktop.application_form.person_field import PersonField
from fieldapp.desktop.application_form.rows_panel import RowsPanel
from fieldapp.desktop.components.button import Button
from fieldapp.desktop.components.entry import Entry, Note
from fieldapp.desktop.components.field import Field as FormField
from fieldapp.desktop.components.overlay import Overlay
from fieldapp.desktop.components.rows import Row
from fieldapp.desktop.components.words import said
from fieldapp.desktop.people.deeds import open_correction, open_lost
from fieldapp.desktop.people.dialog_draft import DialogDraft
from fieldapp.desktop.people.standing import standing
from fieldapp.domain.application_checklist import Step
from fieldapp.services.application_debts import add_debt, edit_debt
from fieldapp.services.application_list import listed_applications
from fieldapp.services.apply_for_loan import ApplyForLoan
from fieldapp.services.case_rows import remove_row
from fieldapp.services.half_typed import Place, found_text, keep_text
from fieldapp.services.prospects import line
from fieldapp.store.database import Store
from fieldapp.store.drafts import Drafts
from fieldapp.store.unit import Unit
from tests.desktop.driving import Field, is_closed, shown_overlay, type_into
from tests.desktop.hostile import HARDEST, HOSTILE
from tests.desktop.test_application_page import ALT, CTRL, Desk, desk, desks, filled_in, store  # noqa: F401 - fixtures
from tests.desktop.test_behind_the_loan import _to_step
from tests.services.an_application import FixedClock, new_laptop, new_prospect

pytestmark = pytest.mark.usefixtures("short_pause")

DIALOGS: list[tuple[Step, str, tuple[str, ...], Place]] = [
    (Step.APPLICANT, "A", ("Zhao Liu", "brother", "11010119"), Place("", "co_borrower")),
    (Step.BUSINESS, "A", ("Credit coop", "90x", "", "soon"), Place("", "debt")),
    (Step.GUARANTEE, "A", ("Wang Wu", "neighbour", "Alt2", "12 or so"), Place("", "guarantor")),
    (Step.GUARANTEE, "K", ("a shop", "", "Alt1"), Place("", "collateral")),
]
"""The step, the key that asks, what is typed in the fields in their order, and where it is kept."""


def drafts(desk: Desk) -> list[DialogDraft]:  # noqa: F811 - a fixture's name
    return desk.window.jobs.findChildren(DialogDraft)


def kept(desk: Desk) -> None:  # noqa: F811 - likewise
    """Everything typed in a dialog is on the disk."""
    desk.until(lambda: not any(draft.pending() for draft in drafts(desk)) and not desk.window.jobs.busy())


def ask(desk: Desk, key: str) -> Overlay:  # noqa: F811 - likewise
    desk.press(getattr(Qt.Key, f"Key_{key}"), ALT)
    desk.until(lambda: any(one.isVisible() for one in desk.window.findChildren(Overlay)))
    kept(desk)
    return desk.overlay()


def answer(desk: Desk, overlay: Overlay, texts: tuple[str, ...]) -> None:  # noqa: F811 - likewise
    for place, text in enumerate(texts):
        if place:
            desk.press(Qt.Key.Key_Tab)
        if text.startswith("Alt"):
            QTest.keyClick(overlay, getattr(Qt.Key, f"Key_{text[-1]}"), ALT)
        else:
            desk.write(text)


def stands(overlay: Overlay) -> list[object]:
    return [standing(field.control) for field in overlay.findChildren(FormField)]


def says(overlay: Overlay) -> str:
    return " ".join(text.text() for text in overlay.findChildren(QLabel) if text.isVisible())


def button(overlay: Overlay, name: str) -> Button:
    (found,) = [one for one in overlay.findChildren(Button) if one.accessibleName() == name and one.isVisible()]
    return found


def panel_of(desk: Desk, place: Place) -> RowsPanel:  # noqa: F811 - likewise
    steps = desk.page.steps
    return {
        "co_borrower": steps.applicant.parties,
        "debt": steps.business.debts,
        "guarantor": steps.guarantee.guarantors,
        "collateral": steps.guarantee.collateral,
    }[place.asks]


@pytest.mark.parametrize(
    ("step", "key", "texts", "where"),
    [
        pytest.param(*one, id=one[3].asks, marks=() if one[3].asks in ("guarantor", "collateral") else pytest.mark.long)
        for one in DIALOGS
    ],
)
def test_what_was_half_typed_is_found_again_after_a_crash(
    desks: Callable[[Store], Desk],  # noqa: F811 - a fixture's name
    store: Store,  # noqa: F811 - likewise
    step: Step,
    key: str,
    texts: tuple[str, ...],
    where: Place,
) -> None:
    desk = desks(store)  # noqa: F811 - likewise
    application = filled_in(store, guarantee_mode="joint")
    place = Place(application, where.asks)
    desk.open(application=application)
    _to_step(desk, step)
    overlay = ask(desk, key)
    first = stands(overlay)
    answer(desk, overlay, texts)
    typed = stands(overlay)
    kept(desk)
    found = found_text(store, place)
    assert found is not None
    assert found.typed
    assert next(one for one in listed_applications(store) if one.id == application).half_typed

    again = desks(store)  # what the next start shows: nothing was closed or saved
    again.open(application=application)
    assert "half typed" in panel_of(again, where).add.accessibleName()
    _to_step(again, step)
    overlay = ask(again, key)
    again.until(lambda: stands(overlay) == typed)
    assert "Found again" in says(overlay)

    button(overlay, "Start anew").click()
    again.until(lambda: stands(overlay) == first)
    kept(again)
    assert found_text(store, place) is None
    assert not [one for one in overlay.findChildren(Button) if one.isVisible() and one.text() == "Start anew"]


def half_typed_debt(desk: Desk, application: str, lender: str = "Credit coop") -> Overlay:  # noqa: F811 - likewise
    desk.open(application=application)
    _to_step(desk, Step.BUSINESS)
    overlay = ask(desk, "A")
    answer(desk, overlay, (lender, "9000"))
    kept(desk)
    return overlay


def test_the_row_and_the_end_of_its_text_are_one_transaction(
    desk: Desk,  # noqa: F811 - likewise
    store: Store,  # noqa: F811 - likewise
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    application = filled_in(store)
    place = Place(application, "debt")
    overlay = half_typed_debt(desk, application)

    class Broken(Exception):
        pass

    def breaks(*_: object) -> None:
        raise Broken

    with monkeypatch.context() as fault:  # between the row and the end of what was typed
        fault.setattr(Drafts, "drop", breaks)
        desk.press(Qt.Key.Key_Return, CTRL)
        desk.until(lambda: not desk.window.banner.isHidden())
    assert overlay.isVisible()
    assert ApplyForLoan(store).open(application).file.backing.debts == {}
    assert found_text(store, place) is not None

    with monkeypatch.context() as fault:  # before the row
        fault.setattr(Unit, "create", breaks)
        kept(desk)
        desk.press(Qt.Key.Key_Return, CTRL)
        kept(desk)
    assert found_text(store, place) is not None

    desk.press(Qt.Key.Key_Return, CTRL)
    desk.until(lambda: is_closed(overlay))
    kept(desk)
    assert len(ApplyForLoan(store).open(application).file.backing.debts) == 1
    assert found_text(store, place) is None
    assert "half typed" not in desk.page.steps.business.debts.add.accessibleName()


def test_a_dialog_closed_without_an_answer_is_put_aside(desk: Desk, store: Store) -> None:  # noqa: F811 - likewise
    application = filled_in(store)
    overlay = half_typed_debt(desk, application)
    assert button(overlay, "Put aside")
    desk.write("1")  # within the pause: closing keeps it too
    desk.press(Qt.Key.Key_Escape)
    desk.until(lambda: is_closed(overlay))
    kept(desk)
    panel = desk.page.steps.business.debts
    desk.until(lambda: "half typed" in panel.add.accessibleName())
    assert "half typed" not in panel.other.accessibleName()
    assert "Put aside" in desk.window._toast.accessibleName()

    overlay = ask(desk, "A")
    desk.until(lambda: stands(overlay)[:2] == ["Credit coop", "90,001.00"])
    desk.press(Qt.Key.Key_Escape)
    desk.until(lambda: is_closed(overlay))


def test_a_dialog_in_which_nothing_was_typed_leaves_nothing(desk: Desk, store: Store) -> None:  # noqa: F811 - likewise
    application = filled_in(store)
    desk.open(application=application)
    _to_step(desk, Step.BUSINESS)
    overlay = ask(desk, "A")
    assert button(overlay, "Do not add")
    answer(desk, overlay, ("x",))
    desk.press(Qt.Key.Key_Backspace)
    desk.press(Qt.Key.Key_Escape)
    desk.until(lambda: is_closed(overlay))
    kept(desk)
    assert found_text(store, Place(application, "debt")) is None
    with store.reading() as view:
        assert view.drafts.count() == 0


def changed_debt(desk: Desk, store: Store) -> tuple[str, str, Overlay]:  # noqa: F811 - likewise
    application = filled_in(store)
    row = add_debt(store, application, {"lender": "Coop", "balance_fen": 900_000})
    desk.open(application=application)
    _to_step(desk, Step.BUSINESS)
    panel = desk.page.steps.business.debts
    panel.go_to(row)
    desk.press(Qt.Key.Key_Return)
    desk.until(lambda: any(one.isVisible() for one in desk.window.findChildren(Overlay)))
    kept(desk)
    overlay = desk.overlay()
    desk.press(Qt.Key.Key_A, CTRL)
    desk.write("Coop of Tongshan")
    kept(desk)
    return application, row, overlay


def test_the_row_says_that_a_change_of_it_is_half_typed(desk: Desk, store: Store) -> None:  # noqa: F811 - likewise
    application, row, overlay = changed_debt(desk, store)
    found = found_text(store, Place(application, "debt", row))
    assert found is not None
    assert found.typed == {"lender": "Coop of Tongshan"}
    desk.press(Qt.Key.Key_Escape)
    desk.until(lambda: is_closed(overlay))
    panel = desk.page.steps.business.debts

    def marked() -> bool:
        current = panel.list.current()
        return isinstance(current, Row) and current.key == row and "half typed" in said(current.second)

    desk.until(marked)


def test_what_a_colleague_changed_meanwhile_is_not_overwritten_unseen(
    desk: Desk,  # noqa: F811 - likewise
    store: Store,  # noqa: F811 - likewise
    desks: Callable[[Store], Desk],  # noqa: F811 - likewise
) -> None:
    """The change goes out with the value that was shown when it was typed: head office then asks (SYNC 13)."""
    application, row, _overlay = changed_debt(desk, store)
    edit_debt(store, row, {"lender": "Coop"}, {"lender": "Bank", "balance_fen": 900_000})  # as if it came from there
    again = desks(store)
    again.open(application=application)
    _to_step(again, Step.BUSINESS)
    again.page.steps.business.debts.go_to(row)
    again.press(Qt.Key.Key_Return)
    again.until(lambda: any(one.isVisible() for one in again.window.findChildren(Overlay)))
    kept(again)
    overlay = again.overlay()
    assert stands(overlay)[0] == "Coop of Tongshan"
    again.press(Qt.Key.Key_Return, CTRL)
    again.until(lambda: is_closed(overlay))
    with store.reading() as view:
        last = view.outbox.of_record(row)[-1].decoded()
    assert last.fields["lender"] == ("Coop", "Coop of Tongshan")


def test_what_is_half_typed_about_a_removed_row_goes_with_it(desk: Desk, store: Store) -> None:  # noqa: F811 - likewise
    application, row, overlay = changed_debt(desk, store)
    desk.press(Qt.Key.Key_Escape)
    desk.until(lambda: is_closed(overlay))
    kept(desk)
    remove_row(store, row)
    assert found_text(store, Place(application, "debt", row)) is None


def test_what_is_half_typed_about_a_row_removed_elsewhere_is_forgotten(store: Store) -> None:  # noqa: F811 - likewise
    application = filled_in(store)
    row = add_debt(store, application, {"lender": "Coop"})
    keep_text(store, Place(application, "debt", row), {"lender": "x"}, {})
    keep_text(store, Place(application, "guarantor"), {"relation": "y"}, {})
    store.write(lambda unit: unit.delete(row))  # what head office's word does to a row
    assert ApplyForLoan(store).open(application).half_typed == {Place(application, "guarantor")}
    assert found_text(store, Place(application, "debt", row)) is None


def test_nothing_is_kept_for_an_application_that_was_withdrawn(store: Store) -> None:  # noqa: F811 - likewise
    application = filled_in(store)
    keep_text(store, Place(application, "guarantor"), {"relation": "y"}, {})
    ApplyForLoan(store).withdraw(application)
    with store.reading() as view:
        assert view.drafts.count() == 0


def test_two_officers_on_one_laptop_never_see_each_others_text(
    desks: Callable[[Store], Desk],  # noqa: F811 - likewise
    store: Store,  # noqa: F811 - likewise
    tmp_path: Path,
) -> None:
    """Each has a folder with a key of its own; what one typed is not in the other's, nor readable beside it."""
    application = filled_in(store)
    first = desks(store)
    half_typed_debt(first, application, "Secret lender")
    folder = tmp_path / "colleague"
    folder.mkdir()
    with new_laptop(folder, FixedClock()) as others:
        with others.reading() as view:
            assert view.drafts.count() == 0
        theirs = filled_in(others)
        second = desks(others)
        second.open(application=theirs)
        _to_step(second, Step.BUSINESS)
        assert "half typed" not in second.page.steps.business.debts.add.accessibleName()
        overlay = ask(second, "A")
        assert stands(overlay)[0] == ""
        second.press(Qt.Key.Key_Escape)
        kept(second)
    assert all(b"Secret lender" not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


@pytest.mark.parametrize("hostile", [HARDEST, pytest.param(HOSTILE, marks=pytest.mark.long)], ids=["few", "all"])
def test_hostile_text_is_kept_and_found_like_any_other(
    desk: Desk,  # noqa: F811
    store: Store,  # noqa: F811
    hostile: dict[str, str],
) -> None:
    application = filled_in(store)
    desk.open(application=application)
    _to_step(desk, Step.BUSINESS)
    overlay = ask(desk, "A")
    for text in hostile.values():
        entry = overlay.findChildren(Entry)[0]
        entry.setText(text)
        entry.textEdited.emit(entry.text())
        written = entry.text().encode("utf-8", "replace").decode()
        kept(desk)
        desk.press(Qt.Key.Key_Escape)
        desk.until(lambda overlay=overlay: is_closed(overlay))
        kept(desk)
        overlay = ask(desk, "A")
        again = overlay.findChildren(Entry)[0]
        desk.until(lambda again=again, written=written: again.text() == written)


def test_a_chosen_person_is_still_chosen(desks: Callable[[Store], Desk], store: Store) -> None:  # noqa: F811
    new_prospect(store, name="王五", village="上河村")
    application = filled_in(store, guarantee_mode="joint")
    desk = desks(store)  # noqa: F811 - likewise
    desk.open(application=application)
    _to_step(desk, Step.GUARANTEE)
    overlay = ask(desk, "A")
    desk.write("ww")
    who = overlay.findChild(PersonField)
    desk.until(who.list.isVisible)
    desk.press(Qt.Key.Key_Down)
    desk.press(Qt.Key.Key_Return)
    person = who.person()
    assert person
    kept(desk)
    again = desks(store)
    again.open(application=application)
    _to_step(again, Step.GUARANTEE)
    overlay = ask(again, "A")
    again.until(lambda: overlay.findChild(PersonField).person() == person)
    assert overlay.findChild(PersonField).entry.text() == "王五"


def test_answers_about_a_prospect_are_kept_as_well(field: Field) -> None:
    prospect = next(iter(field.ids.values()))
    found = line(field.store, prospect)
    assert found is not None

    def reasons() -> list[str]:
        return [note.text() for note in field.window.findChildren(Note) if note.isVisible()]

    overlay = open_lost(field.window, field.session, found)
    field.quiet()
    type_into(overlay.findChild(Note), "went to another bank")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    field.settle(lambda: is_closed(overlay))
    field.quiet()
    open_lost(field.window, field.session, found)
    overlay = shown_overlay(field)
    assert "went to another bank" in reasons()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return, CTRL)
    field.settle(lambda: is_closed(overlay))
    field.quiet()
    with field.store.reading() as view:
        assert view.drafts.get(Place(prospect, "lost").draft) is None
        stored = view.records.get(prospect)
    assert stored is not None
    assert stored.screen["lost_reason"] == "went to another bank"


def test_closing_the_window_keeps_what_stands_in_a_dialog(field: Field) -> None:
    prospect = next(iter(field.ids.values()))
    found = line(field.store, prospect)
    assert found is not None
    overlay = open_lost(field.window, field.session, found)
    field.quiet()
    type_into(overlay.findChild(Note), "at the last moment")
    field.window.close()
    field.quiet()
    place = Place(prospect, "lost")
    kept_text: Any = found_text(field.store, place)
    assert kept_text.typed == {"lost_reason": "at the last moment"}


def test_a_masked_number_that_nobody_typed_over_is_not_copied(field: Field) -> None:
    with field.store.reading() as view:
        person = next(one for one in view.records.of_kind("person"))
    overlay = open_correction(field.window, field.session, person.id, "mobile", "Mobile")
    field.quiet()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    field.settle(lambda: is_closed(overlay))
    field.quiet()
    with field.store.reading() as view:
        assert view.drafts.count() == 0
