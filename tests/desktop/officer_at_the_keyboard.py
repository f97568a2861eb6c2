"""An officer who fills in a whole application by keyboard alone in the real window, to be killed at any key.

Whatever stands there already is left as it is, as somebody does who starts the program again after a flat battery. The
officer says each thing once it is on the disk: ``kept NAME VALUE`` for a field, ``half DRAFT FIELDS`` for what stands
in a dialog that is not answered yet, ``row NAME`` for somebody or something behind the loan, ``months ITEM`` for a line
of the accounts. ``again DRAFT FIELDS`` tells what a dialog shows of what was half typed before the start, ``anew
DRAFT`` that some of it is typed over.

``python -m tests.desktop.officer_at_the_keyboard`` loads the program once and forks for each process asked for.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QDeadlineTimer, QKeyCombination
from PySide6.QtGui import QInputMethodEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from fieldapp.desktop.application_form.person_field import PersonField
from fieldapp.desktop.application_form.rows_panel import RowsPanel
from fieldapp.desktop.chosen_look import ChosenLook
from fieldapp.desktop.components.field import ErrorLine, Field
from fieldapp.desktop.components.overlay import Overlay
from fieldapp.desktop.desk import Desk
from fieldapp.desktop.jobs import JobRunner
from fieldapp.desktop.pages.accounts import AccountsPage
from fieldapp.desktop.pages.application import ApplicationPage
from fieldapp.desktop.pages.prospect import ProspectPage
from fieldapp.desktop.people.dialog_draft import DialogDraft
from fieldapp.desktop.people.standing import standing
from fieldapp.documents.forms import form
from fieldapp.documents.typefaces import Weight, first_font, width_of
from fieldapp.domain.application_checklist import Step
from fieldapp.services.laptop import Preferences
from fieldapp.services.synchronise import Pace
from fieldapp.store.database import Store
from fieldapp.store.profile import Profile
from tests.desktop.driving import KEEPERS, is_closed, let_work
from tests.desktop.few_pages import QuietLaptop
from tests.desktop.the_whole_application import (
    ACCOUNTS,
    COLLATERAL,
    DEBTS,
    FIELDS,
    PARTIES,
    SPOUSE_REASON,
    Months,
    Typed,
    months_of,
    plain,
)
from tests.offline.processes import Forked, main, say
from tests.services.an_application import FixedClock
from tests.services.consents_given import sign_everything

WAIT_MS = 30_000


class OfficerProcess(Forked):
    """The officer's program, killed and started again."""

    module = "tests.desktop.officer_at_the_keyboard"


class Keyboard:
    """Every key goes through here. After ``most`` of them the process dies within ``delay_s``; 0 never."""

    def __init__(self, window: QWidget, most: int, delay_s: float) -> None:
        self._window = window
        self._left, self._delay_s = most, delay_s

    def press(self, keys: str) -> None:
        """A key or a shortcut, where the focus is."""
        combination: QKeyCombination = QKeySequence(keys)[0]
        self._one_less()
        QTest.keyClick(self._focused(), combination.key(), combination.keyboardModifiers())

    def write(self, text: str) -> None:
        """Letters by key; other characters as an input method commits them."""
        for character in text:
            self._one_less()
            if character.isascii():
                QTest.keyClick(self._focused(), character)
            else:
                committed = QInputMethodEvent()
                committed.setCommitString(character)
                QApplication.sendEvent(self._focused(), committed)

    def _focused(self) -> QWidget:
        return QApplication.focusWidget() or self._window

    def _one_less(self) -> None:
        self._left -= 1
        if self._left == 0:
            killing = threading.Timer(self._delay_s, os.kill, (os.getpid(), signal.SIGKILL))
            killing.daemon = True
            killing.start()


class Officer:
    """Goes through the form from its first step to its last."""

    def __init__(self, desk: Desk, store: Store, keys: Keyboard, draw: random.Random) -> None:
        self._desk, self._store, self._draw = desk, store, draw
        self._press, self._write = keys.press, keys.write
        self._pages: dict[type[QWidget], QWidget] = {}

    def fill_in(self) -> None:
        """Everything, and hand it in."""
        self._find()
        for step in Step:
            self._go_to(step)
            for name, typed in FIELDS.get(step, {}).items():
                self._fill(name, typed)
            self._enter_rows(step)
            if step is Step.BUSINESS:
                self._rebuild_accounts()
            if step is Step.DECLARATIONS:
                self._settle()
                sign_everything(self._store, self._application())  # the customers' hands
        self._until(lambda: self.page.reckoning.quote is not None and self.page.reckoning.items() == ())
        self._press("Ctrl+Return")
        self._until(lambda: self._overlay() is not None)
        self._press("Return")
        self._until(lambda: self.page._opened is not None and self.page._opened.sealed is not None)
        say("submitted")

    @property
    def page(self) -> ApplicationPage:
        """The form."""
        return self._the(ApplicationPage)

    @property
    def accounts(self) -> AccountsPage:
        """The accounts."""
        return self._the(AccountsPage)

    def _the(self, kind: type[Any]) -> Any:
        if kind not in self._pages:  # to look through a whole window takes long, and is asked between any two keys
            (self._pages[kind],) = self._desk.window.findChildren(kind)
        return self._pages[kind]

    def _application(self) -> str:
        assert self.page._opened is not None
        return str(self.page._opened.id)

    def _find(self) -> None:
        """Search the customer, and go on with their application or begin one."""
        self._press("Ctrl+K")
        self._write("zhangsan")
        self._until(lambda: self._desk.window._palette._leaf.model.rowCount() > 0 and not self._desk.window.jobs.busy())
        self._press("Return")
        self._until(lambda: self._desk.window.current_page() == "prospect" and not self._desk.window.jobs.busy())
        self._press("A")
        self._until(
            lambda: (
                self._desk.window.current_page() == "application"
                and self.page._opened is not None
                and self.page.frame.isEnabled()
            )
        )
        self._settle()

    def _go_to(self, step: Step) -> None:
        while self.page.step() is not step:
            self._press("Ctrl+Return")
        self._settle()

    # Fields

    def _fill(self, name: str, typed: Typed) -> None:
        if self._stands(name) == typed.kept:
            return
        self._tab_to(name)
        if typed.keys:
            for key in typed.keys:
                self._press(key)
        else:
            self._press("Ctrl+A")
            self._write(typed.text)
        if self._draw.random() < 0.3:
            self._settle()
            self._say_kept()

    def _stands(self, name: str) -> object:
        typed = self.page._typed().everything
        return plain(typed.get(name, self.page.over.shown.get(name)))

    def _tab_to(self, name: str) -> None:
        self._until(lambda: not self.page.reckoning.pending())
        for _ in range(90):
            if self.page.form.focused() == name:
                return
            self._press("Tab")
        raise AssertionError(f"the tab key does not reach {name}")

    def _say_kept(self) -> None:
        for name, typed in FIELDS.get(self.page.step(), {}).items():
            if self._stands(name) == typed.kept:
                say("kept", name, json.dumps(typed.kept, ensure_ascii=False))

    # Rows behind the loan

    def _enter_rows(self, step: Step) -> None:
        self._settle()
        file = self.page._opened.file  # type: ignore[union-attr]
        steps = self.page.steps
        here = {name: row for name, row in PARTIES.items() if row.step is step}
        known = {file.backing.name_of(party.person) for party in file.backing.parties.values()}
        for name, row in here.items():
            if name not in known:
                self._enter("Alt+A", row.answers, name)
            else:
                say("row", name)
        if step is Step.APPLICANT:
            self._excuse_spouse()
        if step is Step.BUSINESS:
            lenders = {debt.lender for debt in file.backing.debts.values()}
            for name, row in DEBTS.items():
                if name in lenders:
                    say("row", name)
                elif row.other:
                    self._focus(steps.business.debts.other)
                    self._enter("Space", row.answers, name)
                else:
                    self._enter("Alt+A", row.answers, name)
        if step is Step.GUARANTEE:
            things = {thing.description for thing in file.backing.collateral.values()}
            for name, row in COLLATERAL.items():
                if name in things:
                    say("row", name)
                else:
                    self._enter("Alt+K", row.answers, name)

    def _excuse_spouse(self) -> None:
        """The spouse works far away: the reason is written once."""
        backing = self.page._opened.file.backing  # type: ignore[union-attr]
        if any(not party.signs for _, party in backing.of_role("spouse")):
            return
        panel: RowsPanel = self.page.steps.applicant.parties
        self._focus(panel.list)
        self._press("Home")
        self._press("Return")
        overlay = self._opened_overlay()
        self._say_found_again()
        say("anew", self._half_typed().place.draft)
        self._press("Alt+2")
        self._press("Tab")
        self._press("Ctrl+A")
        self._write(SPOUSE_REASON)
        self._say_half_typed()
        self._save(overlay)
        say("row", SPOUSE_REASON)

    def _enter(self, key: str, answers: tuple[str, ...], name: str) -> None:
        self._press(key)
        overlay = self._opened_overlay()
        self._say_found_again()
        for place, answer in enumerate(answers):
            if place:
                self._press("Tab")
            self._answer(overlay, answer)
            if self._draw.random() < 0.4:
                self._say_half_typed()
        self._save(overlay)
        say("row", name)

    def _answer(self, overlay: Overlay, answer: str) -> None:
        """Into the field that has the keyboard; what was chosen there before the battery was flat stays chosen."""
        held = self._stands_in_dialog()
        if answer in (held, held.get("text") if isinstance(held, dict) else None):
            return
        if held is not None and held != "":
            say("anew", self._half_typed().place.draft)
        if answer.startswith("Find "):
            person = overlay.findChild(PersonField)
            if person.person():
                return
            self._press("Ctrl+A")
            self._write(answer.removeprefix("Find "))
            self._until(person.list.isVisible)
            self._press("Down")
            self._press("Return")
        elif answer.startswith("Press "):
            if held is None:
                self._press(answer.removeprefix("Press "))
        else:
            self._press("Ctrl+A")
            self._write(answer)

    def _stands_in_dialog(self) -> object:
        widget = QApplication.focusWidget()
        while widget is not None and not isinstance(widget, Field):
            widget = widget.parentWidget()
        assert isinstance(widget, Field)
        return standing(widget.control)

    def _half_typed(self) -> DialogDraft:
        drafts = self._desk.window.jobs.findChildren(DialogDraft)
        return next(draft for draft in drafts if not draft.over() and draft.place.asks != "declaration")

    def _say_half_typed(self) -> None:
        draft = self._half_typed()
        self._until(lambda: not draft.pending())
        say("half", draft.place.draft, json.dumps(draft.beyond_first(), ensure_ascii=False))

    def _say_found_again(self) -> None:
        draft = self._half_typed()
        self._until(lambda: not draft.pending() and not self._desk.window.jobs.busy())
        if draft.beyond_first():
            say("again", draft.place.draft, json.dumps(draft.beyond_first(), ensure_ascii=False))

    def _save(self, overlay: Overlay) -> None:
        self._press("Ctrl+Return")
        self._until(lambda: is_closed(overlay))
        self._settle()

    def _overlay(self) -> Overlay | None:
        return next((one for one in self._desk.window.findChildren(Overlay) if one.isVisible()), None)

    def _opened_overlay(self) -> Overlay:
        self._until(lambda: self._overlay() is not None and not self._desk.window.jobs.busy())
        overlay = self._overlay()
        assert overlay is not None
        return overlay

    def _focus(self, widget: QWidget) -> None:
        for _ in range(90):
            if widget.hasFocus():
                return
            self._press("Tab")
        raise AssertionError("the tab key does not reach it")

    # The accounts

    def _rebuild_accounts(self) -> None:
        if self._stands("sales_fen") == ACCOUNTS.sales_fen:
            return
        self._press("Alt+R")
        self._until(
            lambda: (
                self._desk.window.current_page() == "accounts"
                and self.accounts._opened is not None
                and self.accounts.isEnabled()
            )
        )
        self._settle_accounts()
        self._press("Alt+2")
        self._until(lambda: self.accounts.months.grid.hasFocus())
        for item, yuan in ACCOUNTS.flows.items():
            self._write_months(item, yuan)
        self._press("Alt+3")
        self._fill_checks()
        self._press("Alt+4")
        self._settle_accounts()
        if self.accounts.sheet().facts.get("character") != ACCOUNTS.character:
            self._press("Ctrl+A")
            self._write(ACCOUNTS.character)
        self._settle_accounts()
        self._press("Ctrl+Return")
        self._settle_accounts()
        self._press("Alt+Left")
        self._until(lambda: self._desk.window.current_page() == "application" and self.page.frame.isEnabled())
        self._settle()

    def _write_months(self, item: str, yuan: Months) -> None:
        if months_of(self.accounts.sheet(), item) != yuan:
            self._go_to_line(item)
            for amount in yuan:
                self._write(str(amount))
                self._press("Tab")
        self._settle_accounts()
        say("months", item)

    def _go_to_line(self, item: str) -> None:
        months = self.accounts.months
        rows = months.grid.grid.rows
        wanted = next(place for place, row in enumerate(rows) if months._items.get(row.key, ("", ""))[1] == item)
        while (row := months.grid.currentIndex().row()) != wanted:
            self._press("Down" if row < wanted else "Up")
        self._press("Home")

    def _fill_checks(self) -> None:
        self._settle_accounts()
        standing = self.accounts.sheet().checks.get("sales_by_day")
        if standing is None or standing.inputs.get("days") != ACCOUNTS.days:
            self._press("Ctrl+A")
            self._write(ACCOUNTS.takings)
            self._press("Tab")
            self._press("Ctrl+A")
            self._write(ACCOUNTS.days)

    # Waiting

    def _until(self, holds: Callable[[], bool]) -> None:
        try:
            wait_until(holds)
        except AssertionError as nothing:
            said = [one.accessibleName() for one in self._desk.window.findChildren(ErrorLine) if one.isVisible()]
            raise AssertionError(f"nothing came of it: {said}") from nothing
        if not self._desk.window.banner.isHidden():
            raise AssertionError(self._desk.window.banner.accessibleName())

    def _settle(self) -> None:
        """Everything typed in the form is on the disk."""
        self._until(lambda: not self.page.keeping.pending() and not self._desk.window.jobs.busy())
        self._until(lambda: not self.page.reckoning.pending())

    def _settle_accounts(self) -> None:
        page = self.accounts
        self._until(
            lambda: not page.keeping.pending() and not self._desk.window.jobs.busy() and not page._reckoning.isActive()
        )


def wait_until(holds: Callable[[], bool]) -> None:
    """Let the program work until ``holds``. Raises AssertionError when nothing comes of it."""
    deadline = QDeadlineTimer(WAIT_MS)
    while not holds():
        if deadline.hasExpired():
            raise AssertionError("nothing came of it")
        let_work(2)


def fill_in(folder: str, key: str, most: str, delay_s: str, seed: str) -> None:
    """Fill in the application, saying what is on the disk, until ``submitted`` or until struck after ``most`` keys."""
    _at_the_desk(
        folder,
        key,
        lambda desk, store: Officer(
            desk, store, Keyboard(desk.window, int(most), float(delay_s)), random.Random(seed)
        ).fill_in(),
    )


def type_a_fact(folder: str, key: str, prospect: str, text: str) -> None:
    """Say what stands as the address of ``prospect``, and type ``text`` after it, never leaving the field.

    ``stands TEXT`` first, then ``half TEXT`` after each key once it is on the disk.
    """

    def work(desk: Desk, _store: Store) -> None:
        desk.window.go("prospect", prospect=prospect)
        page = desk.window.findChild(ProspectPage)
        assert page is not None
        wait_until(lambda: page.detail.page() is not None and not desk.window.jobs.busy())
        page.detail.tabs.choose("person")
        sheet = page.detail.tabs.facts["person"].sheets[0]
        entry = sheet._typing["actual_address"].control
        _type_on(desk, entry, text, sheet.kept.pending)

    _at_the_desk(folder, key, work)


def type_a_note(folder: str, key: str, prospect: str, text: str) -> None:
    """The same of the line over the timeline of ``prospect``."""

    def work(desk: Desk, _store: Store) -> None:
        desk.window.go("prospect", prospect=prospect)
        page = desk.window.findChild(ProspectPage)
        assert page is not None
        wait_until(lambda: page.detail.page() is not None and not desk.window.jobs.busy())
        note = page.detail.tabs.timeline.note
        _type_on(desk, note.entry, text, note.kept.pending)

    _at_the_desk(folder, key, work)


def _accounts(desk: Desk, application: str) -> AccountsPage:
    """The accounts of ``application``, open and waiting for what is typed."""
    desk.window.go("accounts", application=application)
    page = desk.window.findChild(AccountsPage)
    assert page is not None
    wait_until(lambda: page._opened is not None and page.isEnabled() and not desk.window.jobs.busy())
    return page


def type_into_a_cell(folder: str, key: str, application: str, text: str) -> None:
    """The same of a cell in the accounts of ``application``."""

    def work(desk: Desk, _store: Store) -> None:
        page = _accounts(desk, application)
        if page.balance.grid.half_typed() is None:
            page.balance.grid.edit(page.balance.grid.currentIndex())
        entry = QApplication.focusWidget()
        assert isinstance(entry, QLineEdit)
        _type_on(desk, entry, text, page.keeping.pending)

    _at_the_desk(folder, key, work)


def type_a_name(folder: str, key: str, application: str, text: str) -> None:
    """The same of the name of a new row in the accounts of ``application``."""

    def work(desk: Desk, _store: Store) -> None:
        page = _accounts(desk, application)
        _type_on(desk, page.balance.add.entry, text, page.keeping.pending)

    _at_the_desk(folder, key, work)


def _type_on(desk: Desk, entry: Any, text: str, pending: Callable[[], bool]) -> None:
    say("stands", entry.text())
    entry.setFocus()
    keys = Keyboard(desk.window, 0, 0)
    keys.press("End")
    for character in text:
        keys.write(character)
        wait_until(lambda: not pending() and not desk.window.jobs.busy())
        say("half", entry.text())


def _at_the_desk(folder: str, key: str, work: Callable[[Desk, Store], None]) -> None:
    """Do ``work`` in the officer's window, and stay there until this process is killed."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    for keeping in KEEPERS:
        keeping.PAUSE_MS = 10  # type: ignore[attr-defined] # an officer pauses longer; a test has less time
    application = QApplication([])
    store = Store(Path(folder) / "records.db", bytes.fromhex(key), FixedClock())
    jobs, chosen = JobRunner(threads=3), ChosenLook()
    chosen.choose(Preferences())
    desk = Desk(Path(folder), store.clock, jobs, chosen, pace=Never())
    desk.window.resize(1280, 720)
    desk.open(QuietLaptop(Profile(Path(folder)), store))
    desk.window.activateWindow()
    QTest.qWaitForWindowActive(desk.window)
    sys.excepthook = _say_fault
    try:
        wait_until(lambda: desk.window.current_page() == "today" and not jobs.busy())
        work(desk, store)
        signal.pause()  # until it is killed
    except BaseException as error:  # noqa: BLE001 - the edge of a process: its test is told
        _say_fault(type(error), error, error.__traceback__)
    del application


class Never(Pace):
    """There is no head office today."""

    def after_change(self) -> float:
        return 86_400.0


def _say_fault(kind: Any, error: Any, trace: Any) -> None:
    where = []
    while trace is not None:
        where.append(f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}")
        trace = trace.tb_next
    say("fault", kind.__name__, str(error).replace("\n", " "), *where)
    os._exit(1)


def _read_what_papers_need() -> None:
    """The fonts and the texts of the form, once for all the processes."""
    for weight in Weight:
        first_font(weight)
        width_of("字", 9, weight)
    form("application-A01")


if __name__ == "__main__":
    _read_what_papers_need()
    main(globals())
