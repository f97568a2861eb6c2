"""The page Application, driven as an officer drives it, on a real store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from fieldapp.desktop.application_form.open_items import OpenItemsList
from fieldapp.desktop.chosen_look import ChosenLook
from fieldapp.desktop.components.choice_cards import ChoiceCards
from fieldapp.desktop.components.field import Field
from fieldapp.desktop.components.overlay import Overlay
from fieldapp.desktop.components.rows import Heading, Row
from fieldapp.desktop.components.segmented import Segmented
from fieldapp.desktop.components.words import said
from fieldapp.desktop.jobs import JobRunner
from fieldapp.desktop.look import Icon, Look, Theme, speak, wear
from fieldapp.desktop.page import Page, Shell
from fieldapp.desktop.pages.application import ApplicationPage
from fieldapp.desktop.pages.applications import ApplicationsPage
from fieldapp.desktop.pages.paper import PaperPage
from fieldapp.desktop.session import DesktopSession, read_unlocked
from fieldapp.desktop.window import PageEntry, Window
from fieldapp.domain.application_checklist import Step
from fieldapp.protocol.messages import Open, Receipt
from fieldapp.services.apply_for_loan import ApplyForLoan
from fieldapp.services.print_documents import DocumentKind
from fieldapp.services.record_visit import NewVisit, record_visit
from fieldapp.services.seal_documents import SealDocuments
from fieldapp.store.database import Store
from fieldapp.store.profile import Profile
from fieldapp.store.unit import Unit
from fieldapp.translation import Language
from tests.desktop.few_pages import QuietLaptop
from tests.services.an_application import PRODUCT, TYPED, FixedClock, mirror, new_laptop, new_prospect
from tests.services.consents_given import sign_everything

WAIT_MS = 10_000
NONE, ALT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
)


class Elsewhere(Page):
    """Another page of the program."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.title = "elsewhere"


@dataclass
class Desk:
    """A window on a laptop's store, and what an officer does with it."""

    qtbot: QtBot
    store: Store
    window: Window

    @property
    def page(self) -> ApplicationPage:
        return next(page for page in self.window.findChildren(ApplicationPage))

    def until(self, holds: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(holds()), timeout=WAIT_MS)

    def open(self, **where: object) -> ApplicationPage:
        self.window.go("application", **where)
        self.until(lambda: self.page._opened is not None and self.page.frame.isEnabled())
        self.settle()
        return self.page

    def settle(self) -> None:
        """Everything typed is on the disk."""
        self.until(lambda: not self.page.keeping.pending() and not self.window.jobs.busy())

    def press(self, key: Qt.Key, with_key: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.window, key, with_key)

    def write(self, text: str) -> None:
        QTest.keyClicks(QApplication.focusWidget() or self.window, text)

    def tab_to(self, name: str) -> None:
        """Go on with the tab key until the keyboard is in ``name``."""
        self.until(lambda: not self.page.reckoning.pending())
        for _ in range(30):
            if self.page.form.focused() == name:
                return
            self.press(Qt.Key.Key_Tab)
        raise AssertionError(f"the tab key does not reach {name}")

    def fill(self, **fields: str) -> None:
        """Type into the fields of the step shown, in the order of the form, with the keyboard alone."""
        for name, text in fields.items():
            self.tab_to(name.replace("__", "."))
            self.press(Qt.Key.Key_A, CTRL)
            self.write(text)

    def error(self, name: str) -> str:
        field = self.page.form.field(name)
        assert field is not None
        self.until(lambda: not self.page.reckoning.pending())
        return field.error.accessibleName() if not field.error.isHidden() else ""

    def overlay(self) -> Overlay:
        return next(one for one in self.window.findChildren(Overlay) if one.isVisible())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_laptop(tmp_path, FixedClock()) as opened:
        yield opened


@pytest.fixture
def desks(qtbot: QtBot, tmp_path: Path, jobs: JobRunner) -> Iterator[Callable[[Store], Desk]]:
    """Opens windows on stores, one after the other."""
    sessions: list[DesktopSession] = []

    def opened(store: Store) -> Desk:
        laptop = QuietLaptop(Profile(tmp_path), store)
        session = DesktopSession(read_unlocked(laptop), store.clock, jobs, ChosenLook())
        sessions.append(session)
        speak(Language.ENGLISH)
        window = Window(
            jobs,
            [
                PageEntry("today", Elsewhere, "today", Icon.TODAY),
                PageEntry("applications", lambda shell: ApplicationsPage(shell, session), "applications", Icon.FILE),
                PageEntry("application", lambda shell: ApplicationPage(shell, session), "application"),
                PageEntry("paper", lambda shell: PaperPage(shell, session), "paper"),
                PageEntry("sync", Elsewhere, "sync"),
            ],
        )
        qtbot.addWidget(window)
        window.resize(1280, 720)
        with qtbot.waitExposed(window):
            window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        window.go("today")
        return Desk(qtbot, store, window)

    yield opened
    jobs.shut_down(wait_s=10)
    for session in sessions:
        session.close()


@pytest.fixture
def desk(desks: Callable[[Store], Desk], store: Store) -> Desk:
    return desks(store)


def filled_in(store: Store, **changed: Any) -> str:
    """An application that lacks nothing, saved."""
    service = ApplyForLoan(store)
    application = service.start(new_prospect(store))
    service.save(application, TYPED | changed, service.open(application).fields)
    sign_everything(store, application)
    return application


def screen(store: Store, record: str) -> dict[str, Any]:
    with store.reading() as view:
        stored = view.records.get(record)
    assert stored is not None
    return stored.screen


def words(widget: QWidget) -> str:
    text = getattr(widget, "words", None)
    return str(text()) if text is not None else widget.accessibleName()


def test_an_application_is_filled_in_by_keyboard_alone_and_submitted(desk: Desk, store: Store) -> None:
    page = desk.open(prospect=new_prospect(store))
    desk.fill(person__id_number="11010119000101001 4", person__mobile="138 0000 0001")
    desk.press(Qt.Key.Key_1, ALT)
    desk.fill(person__actual_address="28 Example Street")
    desk.press(Qt.Key.Key_Return, CTRL)
    assert page.step() is Step.BUSINESS
    desk.fill(business__trade="beancurd")
    desk.tab_to("business.industry")
    desk.press(Qt.Key.Key_C)
    desk.press(Qt.Key.Key_2, ALT)
    desk.fill(sales_fen="45000", goods_fen="31500", costs_fen="6000", other_income_fen="3000", family_fen="4000")
    desk.fill(existing_debt_fen="14400", existing_instalments_fen="1200")
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.tab_to("product")
    desk.press(Qt.Key.Key_Q)
    desk.fill(amount_fen="100000")
    desk.press(Qt.Key.Key_1, ALT)
    desk.press(Qt.Key.Key_5, ALT)
    desk.fill(start="1201", uses="a grinder")
    desk.press(Qt.Key.Key_Tab)
    desk.write("a shop")
    desk.tab_to("payee_mode")
    desk.press(Qt.Key.Key_Space)
    desk.fill(repayment_source="what the shop takes each month", over_limit_reason="the school pays monthly")
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.press(Qt.Key.Key_Space)
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.press(Qt.Key.Key_1, ALT)
    desk.press(Qt.Key.Key_Return, CTRL)
    assert page.step() is Step.SIGNING
    desk.settle()
    assert page._opened is not None
    sign_everything(store, page._opened.id)  # the customer's hand; test_consents_on_screen drives it
    desk.until(lambda: page.reckoning.items() == ())
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.press(Qt.Key.Key_Return)
    desk.until(lambda: page._opened is not None and page._opened.sealed is not None)
    assert page._opened is not None
    kept = screen(store, page._opened.id)
    assert (kept["status"], kept["amount_fen"], kept["months"], kept["start"]) == (
        "submitted",
        10_000_000,
        12,
        "2026-12-01",
    )


def test_the_figures_of_a_year_and_of_three_follow_the_typing(desk: Desk, store: Store) -> None:
    page = desk.open(application=filled_in(store, amount_fen=None, months=12, uses=[]))
    page.go_to(Step.LOAN)
    desk.fill(amount_fen="100000")
    desk.until(lambda: words(page.cost.monthly.figure) == "8,606.64")
    assert words(page.cost.interest.figure) == "500.00"
    assert words(page.cost.last.figure) == "8,606.69"
    assert words(page.cost.all_interest.figure) == "3,279.73"
    assert words(page.cost.total.figure) == "103,279.73"
    assert words(page.cost.yearly) == "6.1678 %"
    desk.press(Qt.Key.Key_3, ALT)
    desk.until(lambda: words(page.cost.monthly.figure) == "3,042.19")
    shares = page.affordability.shares()
    assert [share.split()[-2] for share in shares] == ["65.26", "86.65", "150.87"]
    assert words(page.affordability.largest_tight.figure) == "67,385.58"
    assert words(page.affordability.largest_limit.figure) == "110,117.90"


@pytest.mark.long
def test_the_form_keeps_the_scale_when_its_columns_are_stacked(desk: Desk, store: Store) -> None:
    page = desk.open(application=filled_in(store))
    label = page.findChild(Field)
    assert label is not None
    for scale, size in ((150, 20), (100, 13)):
        wear(Look(Theme.LIGHT, scale))
        QApplication.processEvents()
        assert {one.font().pixelSize() for one in label.findChildren(QLabel) if one.text()} == {size}


def test_what_is_typed_is_found_again_after_a_crash(desks: Callable[[Store], Desk], store: Store) -> None:
    first = desks(store)
    page = first.open(application=filled_in(store))
    assert page._opened is not None
    application = page._opened.id
    page.go_to(Step.LOAN)
    with first.qtbot.waitSignal(page.keeping.drafted, timeout=WAIT_MS):
        first.fill(amount_fen="8765", second_source="a brother")
    first.settle()
    assert screen(store, application)["amount_fen"] == 10_000_000, "a draft is not a saved value"
    again = desks(store).open(application=application)
    assert again.steps.loan.amount.entry.text() == "8,765.00"
    assert again._typed().good == {"amount_fen": 876_500, "second_source": "a brother"}


@pytest.mark.long
def test_a_value_that_cannot_be_read_survives_the_crash_as_it_stands(
    desks: Callable[[Store], Desk], store: Store
) -> None:
    first = desks(store)
    page = first.open(application=filled_in(store))
    assert page._opened is not None
    application = page._opened.id
    page.go_to(Step.LOAN)
    first.fill(amount_fen="ten thousand")
    page.go_to(Step.GUARANTEE)
    first.settle()
    again = desks(store).open(application=application)
    assert again.steps.loan.amount.entry.text() == "ten thousand"
    assert screen(store, application)["amount_fen"] == 10_000_000


def test_leaving_a_step_saves_only_the_fields_that_changed(desk: Desk, store: Store) -> None:
    application = filled_in(store)
    page = desk.open(application=application)
    with store.reading() as view:
        before = view.outbox.count()
    page.go_to(Step.LOAN)
    desk.fill(second_source="a brother")
    desk.press(Qt.Key.Key_Left, ALT)
    desk.settle()
    with store.reading() as view:
        assert view.outbox.count() == before + 1
        newest = view.outbox.of_record(application)[-1].decoded()
    assert newest.fields == {"second_source": ("", "a brother")}


def test_submitting_asks_once_then_nothing_can_be_typed(desk: Desk, store: Store) -> None:
    application = filled_in(store)
    page = desk.open(application=application)
    page.go_to(Step.SIGNING)
    desk.press(Qt.Key.Key_Return, CTRL)
    assert "Submit 张三's application?" in desk.overlay().accessibleName()
    assert screen(store, application)["status"] == "draft"
    desk.press(Qt.Key.Key_Return)
    desk.until(lambda: page._opened is not None and page._opened.sealed is not None)
    desk.settle()
    assert not page.steps.loan.amount.isEnabled()
    assert not page.frame.sealed.isHidden()
    assert "belongs to head office" in page.frame.sealed.accessibleName()
    assert page.frame.chip.accessibleName() == "Submitted"
    with store.reading() as view:
        sent = [queued.decoded().fields for queued in view.outbox.of_record(application)]
    assert any(fields.get("status") == ("draft", "submitted") for fields in sent)


def test_freezing_the_papers_is_said_and_nothing_is_handed_over_twice(
    desk: Desk, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = filled_in(store)
    page = desk.open(application=application)
    go_on, freeze = Event(), SealDocuments.freeze_pack

    def slowly(sealing: SealDocuments, *args: Any) -> Any:
        go_on.wait(WAIT_MS / 1000)
        return freeze(sealing, *args)

    monkeypatch.setattr(SealDocuments, "freeze_pack", slowly)
    page.keeping.submit()
    assert not page.frame.next.isEnabled()
    assert page.frame.saved.isVisible()
    assert page.frame.saved.accessibleName() == "Freezing the papers"
    go_on.set()
    desk.until(lambda: page._opened is not None and page._opened.sealed is not None)
    desk.settle()
    assert page.frame.next.isEnabled()
    assert not page.frame.saved.isVisible()
    with store.reading() as view:
        versions = [stored.screen["version"] for stored in view.records.children(application, "document")]
    assert set(versions) == {1}


def test_an_incomplete_application_is_not_submitted_and_each_item_leads_to_its_field(desk: Desk, store: Store) -> None:
    application = filled_in(store, repayment_source="cash", guarantee_mode=None)
    page = desk.open(application=application)
    page.go_to(Step.SIGNING)
    desk.press(Qt.Key.Key_Return, CTRL)
    overlay = desk.overlay()
    items = overlay.findChild(OpenItemsList)
    assert items is not None
    assert [item.field for item in items._items] == ["repayment_source", "guarantee_mode"]
    desk.press(Qt.Key.Key_Return)
    assert page.step() is Step.LOAN
    assert page.form.focused() == "repayment_source"
    desk.until(lambda: "at least 6" in desk.error("repayment_source"))
    assert screen(store, application)["status"] == "draft"


def test_the_preview_shows_the_real_pages_and_follows_the_typing(desk: Desk, store: Store) -> None:
    page = desk.open(application=filled_in(store))
    document: QPdfDocument = page.preview.paper.document
    desk.until(lambda: document.pageCount() == 3)
    assert "张三" in document.getAllText(0).text()
    assert "草稿" in document.getAllText(0).text()
    page.preview.choose(DocumentKind.SCHEDULE)
    desk.until(lambda: "3,042.19" in document.getAllText(0).text())
    page.go_to(Step.LOAN)
    desk.fill(amount_fen="50000")
    desk.until(lambda: "1,521.10" in document.getAllText(0).text())
    assert page.preview.paper.where.words() == f"Page 1 of {document.pageCount()}"


def test_no_page_of_one_paper_stands_under_the_name_of_another(desk: Desk, store: Store) -> None:
    page = desk.open(application=filled_in(store))
    document: QPdfDocument = page.preview.paper.document
    desk.until(lambda: document.pageCount() == 3)
    asked: list[int] = []
    page.preview.out._ask_printer = lambda _window, pages: asked.append(pages)
    page.preview.choose(DocumentKind.COVER)
    assert document.pageCount() == 0
    page.preview.print()
    desk.until(lambda: document.pageCount() == 1)
    desk.settle()
    assert asked == [1], "the printer is asked for the pages of the paper that is printed"


def test_an_older_page_never_replaces_a_newer_one(desk: Desk, store: Store) -> None:
    page = desk.open(application=filled_in(store))
    page.preview.choose(DocumentKind.SCHEDULE)
    page.go_to(Step.LOAN)
    for amount in ("61000", "72000", "83000"):
        desk.fill(amount_fen=amount)
        page.preview._begin()  # as if the pause had passed while the page before was still being made
    desk.until(lambda: "83,000.00" in page.preview.paper.document.getAllText(0).text())
    desk.settle()
    assert "83,000.00" in page.preview.paper.document.getAllText(0).text()


def test_the_page_of_another_tab_never_stands_under_the_one_chosen(
    desk: Desk, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = desk.open(application=filled_in(store))
    document: QPdfDocument = page.preview.paper.document
    desk.until(lambda: document.pageCount() == 3)
    busy, make = Event(), page.preview._documents.make

    def slowly(kind: DocumentKind, *args: Any, **options: Any) -> Any:
        if kind is DocumentKind.SCHEDULE:
            busy.wait(10)
        return make(kind, *args, **options)

    monkeypatch.setattr(page.preview._documents, "make", slowly)
    page.preview.choose(DocumentKind.SCHEDULE)
    assert document.pageCount() == 0
    page.preview.choose(DocumentKind.APPLICATION)
    assert document.pageCount() == 3, "set before, and nothing was typed since"
    busy.set()
    desk.settle()
    assert "贷款申请表" in document.getAllText(0).text()
    page.preview.choose(DocumentKind.SCHEDULE)
    desk.until(lambda: "3,042.19" in document.getAllText(0).text())


def test_a_character_the_paper_cannot_print_is_named_beside_the_pages(desk: Desk, store: Store) -> None:
    page = desk.open(application=filled_in(store))
    page.steps.applicant.name.setText("张😀")
    page.steps.applicant.name.textEdited.emit("张😀")
    desk.until(lambda: not page.preview.paper.notice.isHidden())
    assert "😀" in page.preview.paper.notice.accessibleName()
    assert "姓名" in page.preview.paper.notice.accessibleName()


AMOUNTS_THAT_CANNOT_STAND = {
    "0": "more than 0",
    "-1": "cannot be negative",
    "10,000,000.00": "at most 300,000.00",
    "99999999999999": "too large",
    "ten": "not an amount",
}


@pytest.mark.parametrize(
    "amounts", [("-1", "10,000,000.00", "ten"), pytest.param(tuple(AMOUNTS_THAT_CANNOT_STAND), marks=pytest.mark.long)]
)
def test_an_amount_that_cannot_stand_says_so_below_its_field(
    desk: Desk, store: Store, amounts: tuple[str, ...]
) -> None:
    application = filled_in(store)
    page = desk.open(application=application)
    for typed in amounts:
        says = AMOUNTS_THAT_CANNOT_STAND[typed]
        page.go_to(Step.LOAN)
        page.steps.loan.amount.entry.setText(typed)
        page.steps.loan.amount.entry.textEdited.emit(typed)
        desk.until(lambda says=says: says in desk.error("amount_fen"))
        page.go_to(Step.SIGNING)
        desk.settle()
        page.submit()
        assert "amount_fen" in {item.field for item in page.reckoning.items()}, typed
        assert screen(store, application)["status"] == "draft", typed


@pytest.mark.parametrize(
    "hostile",
    [
        "x" * 100_000,
        *(
            pytest.param(text, marks=pytest.mark.long)
            for text in ("\u202eoffice\u0000\u0007", "👨‍👩‍👧‍👦" * 40, "مرحبا " * 50)
        ),
    ],
)
def test_hostile_texts_leave_the_page_standing(desk: Desk, store: Store, hostile: str) -> None:
    page = desk.open(application=filled_in(store))
    for entry in (page.steps.applicant.name, page.steps.business.trade):
        entry.setText(hostile)
        entry.textEdited.emit(hostile)
    page.steps.loan.reason.setText(hostile)
    for step in Step:
        page.go_to(step)
    desk.settle()
    assert page.isVisible()
    page.show_missing()
    assert desk.overlay().isVisible()


def test_a_masked_number_is_shown_on_demand_and_that_is_noted(desk: Desk, store: Store) -> None:
    page = desk.open(application=filled_in(store))
    name, control = page.steps.applicant.masked[0]
    assert (name, control.entry.text()) == ("person.id_number", "110101********0014")
    before = _acts(store).count(("reveal", "id_number"))
    control.reveal_wanted.emit()
    desk.until(lambda: control.entry.text() == "110101190001010014")
    assert _acts(store).count(("reveal", "id_number")) == before + 1


def test_looking_at_the_form_is_noted_once(desk: Desk, store: Store) -> None:
    page = desk.open(application=filled_in(store))
    page.go_to(Step.LOAN)
    desk.fill(amount_fen="50000")
    desk.settle()
    assert _acts(store) == [("reveal", "application")]


def _acts(store: Store) -> list[tuple[str, str | None]]:
    return [(event.act, event.field) for event in store.write(lambda unit: unit.privacy.newest(100))]


def test_without_products_everything_else_can_be_filled_in(desks: Callable[[Store], Desk], tmp_path: Path) -> None:
    folder = tmp_path / "bare"
    folder.mkdir()
    with new_laptop(folder, FixedClock(), products=()) as store:
        desk = desks(store)
        page = desk.open(prospect=new_prospect(store))
        page.go_to(Step.LOAN)
        desk.until(lambda: "No loan products have arrived" in desk.error("product"))
        desk.fill(amount_fen="5000")
        page.go_to(Step.GUARANTEE)
        desk.settle()
        assert page._opened is not None
        assert screen(store, page._opened.id)["amount_fen"] == 500_000
        desk.window.jobs.shut_down(wait_s=10)


def test_coming_back_does_not_start_another_application(desk: Desk, store: Store) -> None:
    prospect = new_prospect(store)
    desk.open(prospect=prospect)
    desk.window.go("today")
    desk.settle()
    desk.window.go_back()
    desk.open(prospect=prospect)
    assert len(ApplyForLoan(store).of_prospect(prospect)) == 1


def test_the_list_shows_what_is_to_finish_first(desk: Desk, store: Store) -> None:
    done = filled_in(store)
    sign_everything(store, done)
    ApplyForLoan(store).submit(done)
    begun = ApplyForLoan(store).start(new_prospect(store, name="王五"))
    desk.window.go("applications")
    page = desk.window.findChild(ApplicationsPage)
    assert page is not None
    desk.until(lambda: page.model.rowCount() == 4)
    rows = [page.model.row_at(page.model.index(place)) for place in range(4)]
    assert [row.key for row in rows if isinstance(row, Row)] == [begun, done]
    assert [row.count for row in rows if isinstance(row, Heading)] == [1, 1]
    assert ["QR-merchant loan" in said(row.second) for row in rows if isinstance(row, Row)] == [False, True]
    desk.press(Qt.Key.Key_Return)
    desk.until(lambda: desk.window.current_page() == "application")
    desk.until(lambda: desk.page._opened is not None and desk.page._opened.id == begun)


def test_a_paper_is_printed_and_saved_from_its_page(desk: Desk, store: Store, tmp_path: Path) -> None:
    application = filled_in(store)
    desk.window.go("paper", kind="application", record=application)
    page = desk.window.findChild(PaperPage)
    assert page is not None
    desk.until(lambda: page.paper.page_count() == 3)
    printed, saved = tmp_path / "printed.pdf", tmp_path / "申请 表.pdf"

    def printer(_window: QWidget, pages: int) -> QPrinter:
        assert pages == 3
        chosen = QPrinter(QPrinter.PrinterMode.ScreenResolution)
        chosen.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        chosen.setOutputFileName(str(printed))
        return chosen

    page.out._ask_printer = printer
    page.out._ask_path = lambda _window, _name: saved
    page._print.click()
    desk.until(lambda: not desk.window.jobs.busy())
    page._save.click()
    desk.until(lambda: saved.exists() and not desk.window.jobs.busy())
    for path in (printed, saved):
        document = QPdfDocument()
        document.load(str(path))
        assert document.pageCount() == 3
        document.close()
    assert {act for act, _ in _acts(store)} == {"reveal", "print", "export"}


def test_a_newer_product_is_taken_only_on_purpose(desk: Desk, store: Store) -> None:

    page = desk.open(application=filled_in(store))
    newer = msgspec.structs.replace(PRODUCT, version=2, margin_bp=250)

    store.write(lambda unit: mirror(unit, "product", newer))
    desk.open(application=page._opened.id if page._opened is not None else "")
    page.go_to(Step.LOAN)
    desk.until(lambda: not page.steps.loan.product._moved.isHidden())
    assert page.steps.loan.product.held()["product_version"] == 1
    page.steps.loan.product._take_newer()
    desk.until(lambda: words(page.cost.yearly).startswith("5.64"))
    assert page._typed().good == {"product": "MSED", "product_version": 2, "yearly_rate": "0.055"}


def test_submitting_says_that_a_newer_version_of_the_product_is_sold_and_what_it_changes(
    desk: Desk, store: Store
) -> None:
    application = filled_in(store)
    newer = msgspec.structs.replace(PRODUCT, version=2, margin_bp=250)
    store.write(lambda unit: mirror(unit, "product", newer))
    page = desk.open(application=application)
    page.submit()
    said = " ".join(label.accessibleName() or label.text() for label in desk.overlay().findChildren(QLabel))
    assert "It keeps version 1 of the product; version 2 is sold now" in said
    assert "The yearly rate: 6 % before, now 5.5 %." in said


def refused_submission(store: Store, *also: Open) -> str:
    """An application whose submission head office refused, with what else is open in it."""
    application = filled_in(store)
    ApplyForLoan(store).submit(application)

    def refuse(unit: Unit) -> None:
        submission = unit.outbox.of_record(application)[-1]
        receipt = Receipt(change=submission.change, outcome="refused", code="nominee", text="-", field="person.mobile")
        unit.outbox.refuse(submission, receipt, told_at="2026-11-23T06:00:00Z")
        unit.open_items.keep(submission.change, also)
        stored = unit.records.get(application)
        assert stored is not None
        unit.put(replace(stored, screen=unit.screen_of({}, application)))

    store.write(refuse)
    return application


def test_everything_open_in_a_refused_submission_is_listed_and_leads_to_its_field(desk: Desk, store: Store) -> None:
    hostile = Open(code="of tomorrow", text="<b>x</b> {name} " * 100)
    application = refused_submission(store, Open(code="amount", field="own_funds_fen"), hostile)
    page = desk.open(application=application)
    banner = page.frame.sealed
    assert "3 things are open" in banner.accessibleName()
    banner._button.click()
    overlay = desk.overlay()
    assert "3 things to settle" in overlay.accessibleName()
    (listed,) = overlay.findChildren(OpenItemsList)
    assert len(listed._items) == 3
    desk.press(Qt.Key.Key_Down)
    desk.press(Qt.Key.Key_Return)
    desk.until(lambda: page.step() is not Step.APPLICANT or page.form.focused() is not None)


def test_a_submission_that_head_office_refused_is_told_on_the_form_and_submitted_again(
    desk: Desk, store: Store
) -> None:
    application = refused_submission(store)
    page = desk.open(application=application)
    assert page.frame.sealed.isVisible()
    assert "A telephone or an account of the bank's own staff" in page.frame.sealed.accessibleName()
    page.go_to(Step.SIGNING)
    page.submit()
    desk.press(Qt.Key.Key_Return)
    desk.until(lambda: page._opened is not None and page._opened.sealed is not None)
    assert page._opened is not None
    assert page._opened.refused is None


def test_the_record_of_a_visit_is_shown_large(desk: Desk, store: Store) -> None:
    start = store.clock.now() - timedelta(hours=2)
    visit = record_visit(
        store,
        NewVisit(
            prospect=new_prospect(store),
            purpose="marketing",
            started_at=start,
            ended_at=start + timedelta(minutes=40),
            outcome="interested",
            next_date=None,
            facts="每天做四锅豆腐",
        ),
    )
    desk.window.go("paper", kind="visit", record=visit.visit)
    page = desk.window.findChild(PaperPage)
    assert page is not None
    desk.until(lambda: page.paper.page_count() == 1)
    assert "每天做四锅豆腐" in page.paper.document.getAllText(0).text()


def test_a_short_step_does_not_scroll_through_the_room_of_a_long_one(desk: Desk, store: Store) -> None:
    page = desk.open(application=filled_in(store))
    page.go_to(Step.DECLARATIONS)
    desk.settle()
    page.go_to(Step.GUARANTEE)
    desk.settle()
    width = page.steps.width()
    assert page.steps.guarantee.heightForWidth(width) < page.steps.declarations.heightForWidth(width)
    assert page.steps.heightForWidth(width) == page.steps.guarantee.heightForWidth(width)


def test_every_choice_begins_like_the_others(desk: Desk, store: Store) -> None:
    page = desk.open(application=filled_in(store))
    called = [
        button.accessibleName()
        for choices in (*page.findChildren(Segmented), *page.findChildren(ChoiceCards))
        for button in choices.findChildren(QAbstractButton)
    ]
    assert {"Single", "Level", "Paid to the seller", "Yes", "Other"} <= set(called)
    assert [name for name in called if name[:1].islower()] == []


def test_form_and_paper_stand_side_by_side_where_there_is_room(desk: Desk, store: Store) -> None:
    page = desk.open(application=filled_in(store))

    def begins(part: QWidget) -> QPoint:
        return part.mapTo(page, QPoint())

    def side_by_side() -> bool:
        return begins(page.preview).x() >= begins(page.steps).x() + page.steps.width()

    def one_under_the_other() -> bool:
        return begins(page.preview).y() >= begins(page.steps).y() + page.steps.height()

    desk.until(side_by_side)
    desk.window.resize(1000, 720)
    desk.until(one_under_the_other)
    desk.window.resize(1280, 720)
    desk.until(side_by_side)
