"""The page Accounts, driven as an officer drives it, on a real store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fieldapp.desktop.accounts_form.checks_section import CheckCard
from fieldapp.desktop.chosen_look import ChosenLook
from fieldapp.desktop.components.grid import Grid
from fieldapp.desktop.jobs import JobRunner
from fieldapp.desktop.look import Icon, Look, speak, wear
from fieldapp.desktop.page import Page, Shell
from fieldapp.desktop.pages.accounts import AccountsPage
from fieldapp.desktop.pages.application import ApplicationPage
from fieldapp.desktop.session import DesktopSession, read_unlocked
from fieldapp.desktop.window import PageEntry, Window
from fieldapp.domain.application_checklist import OpenItem, Step
from fieldapp.domain.money import Money
from fieldapp.domain.wording import Sentence
from fieldapp.services.apply_for_loan import ApplyForLoan
from fieldapp.services.rebuild_accounts import RebuildAccounts, Unfinished, reckon
from fieldapp.store.database import Store
from fieldapp.store.profile import Profile
from fieldapp.translation import Language
from tests.desktop.test_application_page import QuietLaptop
from tests.services.an_application import FixedClock, new_laptop, new_prospect
from tests.services.test_rebuild_accounts import SHEET

pytestmark = pytest.mark.usefixtures("short_pause")

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
    def page(self) -> AccountsPage:
        return next(iter(self.window.findChildren(AccountsPage)))

    def until(self, holds: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(holds()), timeout=WAIT_MS)

    def open(self, application: str) -> AccountsPage:
        self.window.go("accounts", application=application)
        self.until(lambda: self.page._opened is not None and self.page.isEnabled())
        self.settle()
        return self.page

    def settle(self) -> None:
        """Everything typed is on the disk."""
        self.until(
            lambda: (
                not self.page.keeping.pending() and not self.window.jobs.busy() and not self.page._reckoning.isActive()
            )
        )

    def press(self, key: Qt.Key, with_key: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.window, key, with_key)

    def write(self, text: str) -> None:
        for character in text:
            QTest.keyClick(QApplication.focusWidget() or self.window, character)

    def paste(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.press(Qt.Key.Key_V, CTRL)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_laptop(tmp_path, FixedClock()) as opened:
        yield opened


@pytest.fixture
def application(store: Store) -> str:
    return ApplyForLoan(store).start(new_prospect(store))


@pytest.fixture
def desks(qtbot: QtBot, tmp_path: Path, jobs: JobRunner) -> Iterator[Callable[[Store], Desk]]:
    """Opens windows on stores, one after the other."""
    sessions: list[DesktopSession] = []

    def opened(store: Store) -> Desk:
        session = DesktopSession(read_unlocked(QuietLaptop(Profile(tmp_path), store)), store.clock, jobs, ChosenLook())
        sessions.append(session)
        speak(Language.ENGLISH)
        window = Window(
            jobs,
            [
                PageEntry("applications", Elsewhere, "applications", Icon.FILE),
                PageEntry("application", lambda shell: ApplicationPage(shell, session), "application"),
                PageEntry("accounts", lambda shell: AccountsPage(shell, session), "accounts"),
            ],
        )
        qtbot.addWidget(window)
        window.resize(1280, 720)
        with qtbot.waitExposed(window):
            window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        window.go("applications")
        return Desk(qtbot, store, window)

    yield opened
    jobs.shut_down(wait_s=10)
    for session in sessions:
        session.close()


@pytest.fixture
def desk(desks: Callable[[Store], Desk], store: Store) -> Desk:
    return desks(store)


def test_the_accounts_are_filled_in_by_keyboard_alone_and_taken_over(
    desk: Desk, store: Store, application: str
) -> None:
    page = desk.open(application)
    desk.press(Qt.Key.Key_5, ALT)  # crops
    desk.press(Qt.Key.Key_7, ALT)  # trade
    desk.write("38500")
    desk.press(Qt.Key.Key_Tab)
    desk.press(Qt.Key.Key_Tab)
    desk.write("2")
    desk.press(Qt.Key.Key_Return)
    desk.press(Qt.Key.Key_2, ALT)  # twelve months
    desk.until(lambda: page.months.grid.hasFocus())
    desk.write("45000")
    desk.press(Qt.Key.Key_Return)
    desk.press(Qt.Key.Key_Up)
    desk.press(Qt.Key.Key_R, CTRL)
    desk.press(Qt.Key.Key_S, ALT)
    desk.press(Qt.Key.Key_3, ALT)  # cross-checks
    desk.write("1500")
    desk.press(Qt.Key.Key_Tab)
    desk.write("30")
    desk.press(Qt.Key.Key_4, ALT)  # looks and meters
    desk.write("good")
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.settle()
    saved = RebuildAccounts(store).open(application)
    assert saved.shown.statement is not None
    assert saved.shown.statement.balance[0].evidence == "document"
    assert saved.shown.statement.flows[0].months_fen == (4_500_000,) * 12
    assert saved.shown.statement.seasons == ("usual",) * 12
    assert saved.sheet.facts == {"character": "good"}
    assert str(reckon(saved.sheet, 500).checks["sales_by_day"].verdict) == "ok"
    assert saved.applied is not None
    assert saved.applied.sales == Money.yuan(45_000)
    assert saved.draft is None


def test_a_year_pasted_from_a_spreadsheet_adds_up_at_once(desk: Desk, application: str) -> None:
    page = desk.open(application)
    desk.press(Qt.Key.Key_2, ALT)
    desk.paste("\t".join(["4.5万"] * 12) + "\n" + "\t".join(["1,000"] * 12))
    desk.settle()
    assert page.months.grid.grid.cells("sales")[:2] == ["46,000", "46,000"]
    assert page.months.grid.grid.cells("net")[12] == "552,000"
    assert page.summary.month.figure.words() == "46,000.00"


@pytest.mark.parametrize("scale", [pytest.param(100, marks=pytest.mark.long), 150])
def test_the_seasons_stand_under_their_months(desk: Desk, application: str, scale: int) -> None:
    wear(Look(scale=scale))
    page = desk.open(application)
    desk.press(Qt.Key.Key_2, ALT)
    desk.until(lambda: page.months.grid.hasFocus())
    desk.paste("1,234,567.89\t45000")
    desk.settle()
    months, seasons = page.months.grid, page.months.seasons_grid

    def edges(grid: Grid) -> list[int]:
        return [grid.verticalHeader().width() + grid.columnViewportPosition(number) for number in range(12)]

    desk.until(lambda: edges(months) == edges(seasons))
    desk.until(lambda: months.viewport().width() == seasons.viewport().width())
    assert months.verticalScrollBar().isVisible(), "it takes room from the months alone"
    months.horizontalScrollBar().setValue(months.horizontalScrollBar().maximum())
    desk.until(lambda: edges(months) == edges(seasons))
    seasons.horizontalScrollBar().setValue(0)
    desk.until(lambda: edges(months) == edges(seasons))


def test_what_was_typed_is_found_again_after_the_program_died(
    desks: Callable[[Store], Desk], store: Store, application: str
) -> None:
    first = desks(store)
    first.open(application)
    first.paste("二十万")
    first.settle()
    page = desks(store).open(application)
    assert page.sheet().balance[0].amount == "二十万"


def test_the_name_of_a_new_row_is_found_again_after_the_program_died(
    desks: Callable[[Store], Desk], store: Store, application: str
) -> None:
    first = desks(store)
    page = first.open(application)
    first.press(Qt.Key.Key_N, ALT)
    first.write("Second ov")
    first.settle()
    kept = RebuildAccounts(store).open(application)
    assert kept.draft is None, "the accounts themselves are as they were saved"
    again = desks(store)
    page = again.open(application)
    assert page.balance.add.typed() == "Second ov"
    assert page.months.add.typed() == ""
    again.press(Qt.Key.Key_N, ALT)
    again.press(Qt.Key.Key_End)
    again.write("en")
    again.press(Qt.Key.Key_Return)
    again.settle()
    kept = RebuildAccounts(store).open(application)
    assert kept.unfinished is None, "the row and the end of its name are kept as one"
    assert kept.draft is not None
    assert [row.item for row in kept.draft.sheet.balance if row.item.startswith("Second")] == ["Second oven"]


def test_a_half_typed_name_outlives_the_save_of_what_stands_above_it(
    desks: Callable[[Store], Desk], store: Store, application: str
) -> None:
    first = desks(store)
    page = first.open(application)
    first.write("5000")
    first.press(Qt.Key.Key_Return)
    first.press(Qt.Key.Key_2, ALT)
    first.until(lambda: page.months.grid.hasFocus())
    first.press(Qt.Key.Key_N, ALT)
    first.write("Ren")
    first.settle()
    first.write("t")
    first.press(Qt.Key.Key_Left, ALT)  # within the pause: leaving keeps it too
    first.until(lambda: first.window.current_page() == "application")
    first.settle()
    statement = RebuildAccounts(store).open(application).shown.statement
    assert statement is not None
    assert statement.balance[0].amount_fen == 500_000
    page = desks(store).open(application)
    assert page.months.add.typed() == "Rent"
    assert page.sheet().balance[0].amount == "5,000"


def test_what_stands_in_an_open_cell_is_found_again_in_it_after_the_program_died(
    desks: Callable[[Store], Desk], store: Store, application: str
) -> None:
    """The cell is open again with it: half an amount never becomes a figure of the accounts by itself."""
    first = desks(store)
    page = first.open(application)
    first.press(Qt.Key.Key_2, ALT)
    first.until(lambda: page.months.grid.hasFocus())
    first.press(Qt.Key.Key_Right)
    first.write("450")
    first.settle()
    kept = RebuildAccounts(store).open(application)
    assert kept.draft is None, "the accounts themselves are as they were saved"
    again = desks(store)
    page = again.open(application)
    assert page.tabs.value() == "months"
    assert page.sheet() == page._saved_sheet
    assert page.months.grid.half_typed() == ((1, 1), "450")
    again.write("00")
    again.press(Qt.Key.Key_Return)
    again.settle()
    assert page.sheet().flows[0].months[1] == "45,000"
    kept = RebuildAccounts(store).open(application)
    assert kept.unfinished is None, "the cell and the end of what was half typed in it are kept as one"
    assert kept.draft is not None
    assert kept.draft.sheet.flows[0].months[1] == "45,000"


def test_an_open_cell_left_by_escape_leaves_nothing(desk: Desk, store: Store, application: str) -> None:
    desk.open(application)
    desk.write("9")
    desk.settle()
    assert RebuildAccounts(store).open(application).unfinished is not None
    desk.press(Qt.Key.Key_Escape)
    desk.settle()
    with store.reading() as view:
        assert view.drafts.count() == 0


def test_half_typed_in_a_row_that_is_another_one_now_it_is_typed_into_none(
    desks: Callable[[Store], Desk], store: Store, application: str
) -> None:
    first = desks(store)
    page = first.open(application)
    first.press(Qt.Key.Key_Down)
    first.write("77")
    first.settle()
    kept = RebuildAccounts(store).open(application).unfinished
    assert kept is not None
    assert kept.unfinished.cell is not None
    moved = msgspec.structs.replace(kept.unfinished.cell, row=kept.unfinished.cell.row + 1)
    RebuildAccounts(store).autosave(application, None, Unfinished(cell=moved))
    page = desks(store).open(application)
    assert page.balance.grid.half_typed() is None
    assert page.sheet() == page._saved_sheet


def test_what_comes_from_elsewhere_does_not_take_an_open_cell_away(desk: Desk, store: Store, application: str) -> None:
    page = desk.open(application)
    desk.write("38")
    desk.settle()
    applying = ApplyForLoan(store)
    with desk.qtbot.waitSignal(page._session.changed):
        applying.save(application, {"repayment_source": "two shops"}, applying.open(application).fields)
    desk.settle()
    assert page.balance.grid.half_typed() == ((1, 0), "38")
    desk.write("500")
    desk.press(Qt.Key.Key_Return)
    assert page.sheet().balance[0].amount == "38,500"


@pytest.mark.parametrize(
    "key",
    [
        (Qt.Key.Key_Left, ALT),
        pytest.param((Qt.Key.Key_Return, CTRL), marks=pytest.mark.long),
        pytest.param((Qt.Key.Key_2, ALT), marks=pytest.mark.long),
    ],
)
def test_a_key_of_the_page_takes_in_what_stands_in_an_open_cell(
    desk: Desk, store: Store, application: str, key: tuple[Qt.Key, Qt.KeyboardModifier]
) -> None:
    desk.open(application)
    desk.write("5000")
    desk.press(*key)
    desk.settle()
    statement = RebuildAccounts(store).open(application).shown.statement
    assert statement is not None
    assert statement.balance[0].amount_fen == 500_000


def test_another_template_takes_in_what_stands_in_an_open_cell(desk: Desk, application: str) -> None:
    page = desk.open(application)
    desk.write("5000")
    desk.press(Qt.Key.Key_5, ALT)
    desk.settle()
    assert page.sheet().template == "crops"
    assert "5,000" in [row.amount for row in page.sheet().balance]


def test_a_name_deleted_again_leaves_nothing(desk: Desk, store: Store, application: str) -> None:
    desk.open(application)
    desk.press(Qt.Key.Key_N, ALT)
    desk.write("x")
    desk.settle()
    desk.press(Qt.Key.Key_Backspace)
    desk.settle()
    with store.reading() as view:
        assert view.drafts.count() == 0


def test_leaving_saves_and_coming_back_shows_it(desk: Desk, store: Store, application: str) -> None:
    page = desk.open(application)
    desk.write("5000")
    desk.press(Qt.Key.Key_Return)
    desk.press(Qt.Key.Key_Left, ALT)
    desk.until(lambda: desk.window.current_page() == "application")
    desk.settle()
    statement = RebuildAccounts(store).open(application).shown.statement
    assert statement is not None
    assert statement.balance[0].amount_fen == 500_000
    desk.open(application)
    assert page.sheet().balance[0].amount == "5,000"


def test_a_cell_that_cannot_be_read_is_kept_and_nothing_is_taken_over(
    desk: Desk, store: Store, application: str
) -> None:
    desk.open(application)
    desk.write("abc")
    desk.press(Qt.Key.Key_Return)
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.settle()
    opened = RebuildAccounts(store).open(application)
    assert opened.shown.statement is None
    assert opened.draft is not None
    assert opened.applied is None


def test_the_application_leads_here_and_shows_what_was_taken_over(desk: Desk, store: Store, application: str) -> None:
    rebuilding = RebuildAccounts(store)
    rebuilding.save(rebuilding.open(application), SHEET)
    desk.window.go("application", application=application)
    form = next(iter(desk.window.findChildren(ApplicationPage)))
    desk.until(lambda: form.frame.isEnabled())
    form.go_to(Step.BUSINESS)
    desk.press(Qt.Key.Key_R, ALT)
    desk.until(lambda: desk.window.current_page() == "accounts" and desk.page.isEnabled())
    desk.settle()
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.settle()
    desk.press(Qt.Key.Key_Left, ALT)
    desk.until(lambda: not form.keeping.pending() and not desk.window.jobs.busy())
    assert form.step() is Step.BUSINESS
    assert form._typed().everything == {}
    sales = form.form.field("sales_fen")
    assert sales is not None
    desk.until(lambda: form.over.shown["sales_fen"] == 4_500_000)


def test_checks_are_coloured_and_worded(desk: Desk, store: Store, application: str) -> None:
    rebuilding = RebuildAccounts(store)
    rebuilding.save(rebuilding.open(application), SHEET)
    page = desk.open(application)
    equity = page.checks.cards["equity"]
    assert isinstance(equity, CheckCard)
    assert equity.chip.accessibleName() == "Find out"
    assert "16.48 %" in equity.meaning.words()
    assert page.summary.checks.figure.words() == "1 of 2"
    speak(Language.CHINESE)
    assert equity.chip.accessibleName() == "须查明"
    assert page.balance.grid.grid.headerData(1, Qt.Orientation.Vertical) == "现金及存款"


def test_another_template_keeps_what_was_typed(desk: Desk, application: str) -> None:
    page = desk.open(application)
    desk.write("5000")
    desk.press(Qt.Key.Key_Return)
    desk.press(Qt.Key.Key_8, ALT)  # wages
    desk.settle()
    assert page.sheet().template == "wages"
    assert page.sheet().balance[0].amount == "5,000"
    assert "stock" not in [row.item for row in page.sheet().balance]


def test_submitted_accounts_can_only_be_read(desk: Desk, store: Store, application: str) -> None:
    rebuilding = RebuildAccounts(store)
    rebuilding.save(rebuilding.open(application), SHEET)
    ApplyForLoan(store).withdraw(application)
    page = desk.open(application)
    assert not page.banner.isHidden()
    page.balance.grid.setFocus()
    desk.write("7")
    desk.press(Qt.Key.Key_Delete)
    desk.settle()
    assert rebuilding.open(application).draft is None
    assert page.sheet().balance[0].amount == "304,000"


def test_photographs_are_evidence_of_a_meter(desk: Desk, store: Store, application: str, tmp_path: Path) -> None:
    picture = tmp_path / "meter.jpg"
    Image.new("RGB", (60, 40), (30, 90, 60)).save(picture)
    page = desk.open(application)
    desk.press(Qt.Key.Key_4, ALT)
    page.looks.parts["water"].add_files([picture])
    page.tabs.choose("balance")
    page._turn("balance")
    desk.settle()
    assert [photo.name for photo in RebuildAccounts(store).open(application).photos["water"]] == ["meter.jpg"]
    assert page.looks.files() == {}


def test_what_is_unexplained_leads_to_its_check(desk: Desk, store: Store, application: str) -> None:
    rebuilding = RebuildAccounts(store)
    rebuilding.save(rebuilding.open(application), SHEET)
    desk.window.go("application", application=application)
    form = next(iter(desk.window.findChildren(ApplicationPage)))
    desk.until(lambda: form.frame.isEnabled())
    form.go_to_item(OpenItem(Step.BUSINESS, "accounts.equity", "unexplained", Sentence("It is off.")))
    desk.until(lambda: desk.window.current_page() == "accounts" and desk.page.isEnabled())
    desk.settle()
    assert desk.page.tabs.value() == "checks"
    assert desk.page.checks.isVisible()
