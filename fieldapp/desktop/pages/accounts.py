"""The page Accounts: a customer's balance sheet, twelve months, cross-checks, looks and meters, rebuilt on site."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from fieldapp.desktop.accounts_form.balance_sheet import BalanceSheet
from fieldapp.desktop.accounts_form.checks_section import ChecksSection
from fieldapp.desktop.accounts_form.item_words import in_language
from fieldapp.desktop.accounts_form.keeping import Keeping, Kept, Typed
from fieldapp.desktop.accounts_form.looks_section import LooksSection
from fieldapp.desktop.accounts_form.open_cells import NamedGrid, OpenCells
from fieldapp.desktop.accounts_form.summary import Summary
from fieldapp.desktop.accounts_form.twelve_months import TwelveMonths
from fieldapp.desktop.components.arrange import Column, Flow, ScrollPage, fill_with
from fieldapp.desktop.components.banner import Banner
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.chip import StateMark
from fieldapp.desktop.components.header import Header
from fieldapp.desktop.components.segmented import Segmented
from fieldapp.desktop.components.text import Tone
from fieldapp.desktop.look import Icon, worn
from fieldapp.desktop.page import Page, Shell
from fieldapp.desktop.session import DesktopSession
from fieldapp.domain.accounts import seasons_of
from fieldapp.domain.accounts_sheet import AccountsSheet, with_template
from fieldapp.domain.affordability import MonthlyAccounts
from fieldapp.domain.cross_checks import short_amount
from fieldapp.domain.errors import Actionable, InvalidRecord
from fieldapp.domain.money import Money, total
from fieldapp.reference import account_items
from fieldapp.services.rebuild_accounts import (
    NOTHING_UNFINISHED,
    OpenAccounts,
    OpenCell,
    RebuildAccounts,
    Reckoned,
    Unfinished,
    reckon,
)
from fieldapp.translation import say, tr, trc, trn

_SHOWN_KINDS = frozenset(("application", "statement", "cross_check", "three_looks", "look_photos", "product"))
_ROOM_FOR_SUMMARY = 560
_BALANCE, _MONTHS, _CHECKS, _LOOKS = "balance", "months", "checks", "looks"


class AccountsPage(Page):
    """``shown(application=id)`` opens the accounts of an application, ``section="checks"`` at its cross-checks.

    Alt+Left goes back to the application.
    """

    narrow_rail = True

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        super().__init__(shell)
        self._session = session
        self._items = account_items()
        self._opened: OpenAccounts | None = None
        self._saved_sheet = AccountsSheet()
        self._figures: Reckoned | None = None
        self.title = self._heading
        self._arrange(shell, session)
        self.keeping = Keeping(shell.jobs, RebuildAccounts(session.store), session.clock.now, self._collected, self)
        self._connect()
        self.dress()

    def shown(self, **where: object) -> None:
        """Open what ``where`` names; without a name, what was open before."""
        application, section = where.get("application"), where.get("section")
        if section in self._sections:
            self._show_section(section)
        if isinstance(application, str):
            self._read(application)
        elif self._opened is not None:
            self._read(self._opened.application)
        else:
            self.shell.go("applications")

    def leaving(self) -> None:
        """Save what was typed; what cannot be read stays as a draft."""
        self._cells.take_in()
        if self._dirty():
            self.keeping.keep_now()
        elif self.keeping.pending():
            self.keeping.draft_now()

    def first_focus(self) -> QWidget | None:
        return self._first() if self._opened is not None else None

    def sheet(self) -> AccountsSheet:
        """Everything as it is typed now."""
        return AccountsSheet(
            template=self._saved_sheet.template,
            balance=self.balance.rows(),
            flows=self.months.rows(),
            seasons=self.months.seasons(),
            equity_claimed=self.balance.claimed(),
            checks=self.checks.cells(),
            facts=self.looks.facts(),
            photos=self.looks.files(),
        )

    def retranslate(self) -> None:
        if self._opened is not None:
            self._dress_header()
            self._reckon()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window the rows need the room; the sums stand among them too."""
        self.summary.setVisible(self.height() * 100 / worn().scale >= _ROOM_FOR_SUMMARY)
        super().resizeEvent(event)

    def _arrange(self, shell: Shell, session: DesktopSession) -> None:
        self.saved = StateMark("", Icon.CHECK, Tone.SECOND, fill=False)
        self.saved.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.saved.hide()
        self.back = Button(lambda: trc("accounts", "Back to the application"), key="Alt+Left")
        self.take_over = Button(lambda: tr("Take over the month"), Kind.FILLED, key="Ctrl+Return")
        self.header = Header(self._heading, "", self.saved, self.back, self.take_over)
        self.tabs = Segmented(
            [
                (_BALANCE, lambda: tr("Balance sheet")),
                (_MONTHS, lambda: tr("Twelve months")),
                (_CHECKS, lambda: tr("Cross-checks")),
                (_LOOKS, lambda: tr("Looks and meters")),
            ],
            fitted=True,
        )
        self.tabs.choose(_BALANCE)
        livelihoods = [
            (code, lambda name=template.name: in_language(name)) for code, template in self._items.templates.items()
        ]
        self.templates = Segmented(livelihoods, first_digit=5, fitted=True)
        self.banner = Banner()
        self.banner.hide()
        self.summary = Summary()
        self.balance, self.months = BalanceSheet(), TwelveMonths()
        self.checks, self.looks = ChecksSection(), LooksSection(shell, session)
        self._sections: dict[object, QWidget] = {
            _BALANCE: self.balance, _MONTHS: self.months, _CHECKS: self.checks, _LOOKS: self.looks
        }  # fmt: skip
        self._cells = OpenCells(
            {
                "balance": NamedGrid(self.balance.grid, self.balance.name_of),
                "flows": NamedGrid(self.months.grid, self.months.name_of),
                "seasons": NamedGrid(self.months.seasons_grid, self.months.name_of),
            }
        )
        self._stack = QStackedWidget()
        for section in self._sections.values():
            self._stack.addWidget(ScrollPage(section))
        strip = Flow(self.tabs, self.templates, gap=24)
        fill_with(self, Column(self.header, self.banner, strip, self.summary, (self._stack, 1), gap=12))
        self.setEnabled(False)

    def _connect(self) -> None:
        self._reckoning = QTimer(self, singleShot=True, interval=0)
        self._reckoning.timeout.connect(self._reckon)
        self.tabs.chosen.connect(self._turn)
        self.templates.chosen.connect(self._choose_template)
        self.back.clicked.connect(self._go_back)
        self.take_over.clicked.connect(self._take_over)
        self.months.suggestion_wanted.connect(self._suggest_seasons)
        for section in (self.balance.grid, self.months.grid, self.months.seasons_grid, self.checks, self.looks):
            section.edited.connect(self._heard)
        for adding in (self.balance.add, self.months.add):
            adding.edited.connect(self._touch)
        for one in (self.balance.grid, self.months.grid, self.months.seasons_grid):
            one.told.connect(lambda words: self.shell.toast(words))
            one.typing.connect(self._touch)
        self.keeping.drafted.connect(self._show_saved)
        self.keeping.kept.connect(self._kept)
        self.keeping.taken_over.connect(self._taken_over)
        self.keeping.failed.connect(self._failed)
        self._session.changed.connect(self._heed)

    # What is opened

    def _read(self, application: str) -> None:
        if self._opened is None or self._opened.application != application:
            self._opened = None
            self.setEnabled(False)
        self.keeping.read(application, self._show)

    def _show(self, opened: OpenAccounts) -> None:
        same = self._opened is not None and self._opened.application == opened.application
        if same and (self._dirty() or self._cells.half_typed() is not None):
            return  # typed meanwhile: it stands, and saving compares it with what was shown
        self._opened = opened
        found, unfinished = opened.draft, opened.unfinished
        self._put(found.sheet if found is not None else opened.sheet, opened)
        self._saved_sheet = msgspec.structs.replace(
            self.sheet() if found is None else opened.sheet, template=self._saved_sheet.template
        )
        self.setEnabled(True)
        self._lock(opened.sealed is not None)
        self._dress_header()
        self._reckon()
        if not same:
            self._let_names_stand(unfinished.unfinished if unfinished is not None else NOTHING_UNFINISHED)
        again = found or unfinished
        if again is not None:
            self._show_saved(again.saved_at)
            at = self._session.local(again.saved_at)
            if not same:
                self.shell.toast(
                    lambda: tr("Found again: what you typed until {time}", time=f"{at:%H:%M:%S}"),
                    lambda: tr("Nothing was lost"),
                )
        if not same:
            self.saved.setVisible(again is not None)
            self._go_on(unfinished.unfinished.cell if unfinished is not None else None)

    def _put(self, sheet: AccountsSheet, opened: OpenAccounts) -> None:
        """Show a sheet; nothing is typed by it."""
        template = sheet.template
        sheet = with_template(sheet, template, opened.items)
        self._saved_sheet = msgspec.structs.replace(self._saved_sheet, template=template)
        self.templates.choose(template)
        self.balance.show_sheet(sheet, opened.items)
        self.months.show_sheet(sheet, opened.items)
        self.checks.show_cells(sheet.checks)
        self.looks.show_findings(sheet.facts, sheet.photos, opened.photos)

    def _let_names_stand(self, unfinished: Unfinished) -> None:
        self.balance.add.let_stand(unfinished.balance)
        self.months.add.let_stand(unfinished.flows)

    def _go_on(self, cell: OpenCell | None) -> None:
        """The cursor to where one begins, or into the cell in which one stopped."""
        if cell is not None:
            self._show_section(_BALANCE if cell.grid == "balance" else _MONTHS)
        self._first().setFocus()
        if cell is not None:
            self._cells.let_stand(cell)

    def _lock(self, locked: bool) -> None:
        for one in (self.balance.grid, self.months.grid, self.months.seasons_grid):
            one.lock(locked)
        for part in (self.balance.add, self.months.add, self.checks, self.looks, self.templates, self.take_over):
            part.setEnabled(not locked)

    def _heading(self) -> str:
        if self._opened is None:
            return tr("Accounts")
        return tr("{name}'s accounts", name=self._opened.customer or tr("customer without a name"))

    def _dress_header(self) -> None:
        opened = self._opened
        if opened is None:
            return
        self.header.title.retranslate()
        self.header.beside.say(opened.number)
        sealed = opened.sealed
        self.banner.setVisible(sealed is not None)
        if sealed is not None:
            self.banner.show_message(lambda: say(sealed), lambda: tr("The accounts can only be read."), Tone.SKY)

    # What is typed

    def _collected(self) -> Typed | None:
        opened = self._opened
        if opened is None or opened.sealed is not None:
            return None
        unfinished = Unfinished(
            balance=self.balance.add.typed(), flows=self.months.add.typed(), cell=self._cells.half_typed()
        )
        return Typed(opened, self.sheet(), unfinished, unsaved=self._dirty())

    def _dirty(self) -> bool:
        opened = self._opened
        if opened is None or opened.sealed is not None:
            return False
        return self.sheet() != self._saved_sheet

    def _heard(self) -> None:
        self._reckoning.start()
        self._touch()

    def _touch(self) -> None:
        if self._opened is not None and self._opened.sealed is None:
            self.keeping.touch()

    def _reckon(self) -> None:
        """The sums and every check for what is typed now."""
        opened = self._opened
        if opened is None:
            return
        self._figures = figures = reckon(self.sheet(), opened.tolerance_bp)
        refused = {problem.field: problem for problem in figures.refused}
        self.balance.show_accounts(figures.accounts, _instalments(figures))
        self.months.show_accounts(figures.accounts)
        self.checks.show_results(figures.checks, refused)
        self.looks.show_refused(refused)
        self.summary.show_figures(figures, opened.applied)

    # What is asked for

    def _show_section(self, key: object) -> None:
        self.tabs.choose(key)
        self._stack.setCurrentIndex(list(self._sections).index(key))

    def _turn(self, key: object) -> None:
        self._cells.take_in()
        self._stack.setCurrentIndex(list(self._sections).index(key))
        self._reckon()
        if self._dirty() and self._figures is not None and not self._figures.refused:
            self.keeping.keep_now()
        self._first().setFocus()

    def _first(self) -> QWidget:
        match self.tabs.value():
            case "months":
                return self.months.grid
            case "checks":
                return self.checks.first()
            case "looks":
                return self.looks.first()
            case _:
                return self.balance.grid

    def _choose_template(self, code: object) -> None:
        if self._opened is None:
            return
        self._cells.take_in()
        typed = with_template(self.sheet(), str(code), self._items)
        self._put(typed, self._opened)
        self._heard()
        self._first().setFocus()

    def _suggest_seasons(self) -> None:
        self._cells.take_in()
        self._reckon()
        if self._figures is not None:
            self.months.suggest(seasons_of(self._figures.accounts))

    def _go_back(self) -> None:
        if self._opened is not None:
            self.shell.go("application", application=self._opened.application)
        else:
            self.shell.go_back()

    def _take_over(self) -> None:
        opened = self._opened
        if opened is None or opened.sealed is not None:
            return
        self._cells.take_in()
        self._reckon()
        if self._figures is not None and self._figures.refused:
            self._explain_refused(len(self._figures.refused))
            return
        self.keeping.take_over(opened.application)

    # What came of it

    def _show_saved(self, at: datetime) -> None:
        local = self._session.local(at)
        self.saved.show_state(lambda: tr("Saved {time}", time=f"{local:%H:%M:%S}"), Icon.CHECK, Tone.SECOND, fill=False)
        self.saved.show()

    def _kept(self, kept: Kept) -> None:
        opened = self._opened
        if opened is None or kept.opened.application != opened.application:
            return
        unmoved = self.sheet() == kept.sheet
        self._opened = kept.opened
        self._saved_sheet = kept.sheet
        self._show_saved(kept.at)
        if unmoved and kept.sheet.photos:
            self.looks.show_findings(kept.sheet.facts, {}, kept.opened.photos)
            self._saved_sheet = self.sheet()
        self._reckon()

    def _taken_over(self, month: MonthlyAccounts) -> None:
        opened = self._opened
        if opened is None:
            return
        self._opened = replace(opened, applied=month)
        self._reckon()
        self.shell.toast(
            lambda: tr("The application states this month now: {net} left", net=short_amount(month.disposable)),
            lambda: tr("Only on this laptop until head office confirms it"),
        )

    def _failed(self, error: Exception) -> None:
        if isinstance(error, InvalidRecord):
            self._reckon()
            self._explain_refused(len(error.problems))
        elif isinstance(error, Actionable) and error.code in ("submitted", "gone", "newer"):
            self.shell.explain(error)
            if error.code == "submitted" and self._opened is not None:
                application, self._opened = self._opened.application, None
                self._read(application)
        else:
            self.shell.explain(error)

    def _explain_refused(self, count: int) -> None:
        self.shell.toast(
            lambda: trn(
                "{count} entry cannot be read; correct what is marked",
                "{count} entries cannot be read; correct what is marked",
                count,
            ),
            lambda: tr("Everything you typed is kept as a draft"),
        )

    def _heed(self, changed: Any) -> None:
        opened = self._opened
        if opened is None or not self.isVisible() or not changed.kinds & _SHOWN_KINDS or self.keeping.pending():
            return
        if not changed.roots or opened.application in changed.roots or "application" in changed.kinds:
            self.keeping.read(opened.application, self._show)


def _instalments(figures: Reckoned) -> str:
    paid = total([Money(line.instalment_fen) for line in figures.read.statement.balance if line.instalment_fen])
    return short_amount(paid) if paid else ""
