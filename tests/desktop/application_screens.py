"""The screens of one application for the pictures: its six steps, the dialogs over them, the accounts, the consents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.application_form.backing_dialogs import BackingDialogs
from fieldapp.desktop.application_form.consent_sheet import ConsentSheet
from fieldapp.desktop.desk import Desk
from fieldapp.desktop.pages.accounts import AccountsPage
from fieldapp.desktop.pages.application import ApplicationPage
from fieldapp.domain.accounts_sheet import AccountsSheet, BalanceRow, CheckCells, FlowRow
from fieldapp.domain.application_checklist import Step
from fieldapp.domain.parties import SPOUSE
from fieldapp.protocol.messages import Open, Receipt
from fieldapp.services import prospects
from fieldapp.services.application_collateral import add_collateral
from fieldapp.services.application_debts import add_debt
from fieldapp.services.application_parties import PartyDraft, add_party, say_spouse_signs
from fieldapp.services.apply_for_loan import ApplyForLoan, choice_of
from fieldapp.services.business_day import business_date
from fieldapp.services.half_typed import Place, keep_text
from fieldapp.services.laptop import Laptop
from fieldapp.services.rebuild_accounts import RebuildAccounts
from fieldapp.store.unit import Unit
from tests.desktop.driving import let_work
from tests.desktop.head_office import add_customer
from tests.services.an_application import TYPED

W = TypeVar("W", bound=QWidget)


def fill(laptop: Laptop) -> None:
    """An application with everybody behind it and the accounts of a year, not signed yet."""
    prospect, _, _ = add_customer(laptop, "欧阳建国", "13900000021", 4_500_000)
    laptop.store.write(lambda unit: unit.edit(prospect, {"customer_type": ("farm_household", "sole_trader")}))
    applying = ApplyForLoan(laptop.store)
    application = applying.start(prospect)
    sold = next(one for one in applying.products() if one.code == "MSED")
    start = (business_date(laptop.store.clock) + timedelta(days=14)).isoformat()
    typed = {
        **TYPED,
        **choice_of(sold),
        "start": start,
        "person.marital": "married",
        "spouse.name": "李梅",
        "spouse.id_number": "110101199002030026",
        "guarantee_mode": "joint",
    }
    applying.save(application, typed, applying.open(application).fields)
    say_spouse_signs(laptop.store, application, signs=False, reason="长期在外务工，无法到场签字")
    people = (
        ("co_borrower", "张四", "弟弟", "11010119800307005X", None),
        ("guarantor", "王五", "邻居，同村经营五金铺二十余年", "110101198003070113", "joint"),
        ("guarantor", "孙七", "中学同学", "110101198003070148", "general"),
    )
    for role, name, relation, number, mode in people:
        draft = PartyDraft(
            role=role, name=name, relation=relation, id_number=number, mobile="13800000005", mode=mode,
            amount_fen=10_000_000 if mode else None,
        )  # fmt: skip
        add_party(laptop.store, application, draft)
    add_debt(laptop.store, application, {"lender": "示例农商银行", "balance_fen": 1_440_000, "instalment_fen": 120_000})
    add_debt(laptop.store, application, {"lender": "李四", "guarantee": True, "balance_fen": 500_000})
    owner = applying.open(application).file.application.person
    house = {"kind": "house", "mode": "mortgage", "description": "示例街 28 号门面一间", "value_fen": 30_000_000}
    add_collateral(laptop.store, application, {**house, "owner": owner, "register_no": "鄂（2020）不动产权第 01 号"})
    _rebuild(laptop, application)


def _rebuild(laptop: Laptop, application: str) -> None:
    months = {"sales": "45,000", "goods": "31,500", "costs": "6,000", "other_income": "3,000", "family": "4,000"}
    items = {"sales": "shop_sales", "goods": "goods", "costs": "rent", "other_income": "other", "family": "living"}
    sheet = AccountsSheet(
        template="trade",
        balance=(
            BalanceRow(side="asset", item="cash", amount="38,500", evidence="document", note="本行活期"),
            BalanceRow(side="asset", item="equipment", amount="120,000", quantity="3 台", evidence="seen"),
            BalanceRow(side="liability", item="bank_loans", amount="14,400", instalment="1,200"),
        ),
        flows=tuple(FlowRow(flow=flow, item=items[flow], months=(text,) * 12) for flow, text in months.items()),  # type: ignore[arg-type]
        seasons=("high",) * 2 + ("usual",) * 8 + ("low",) * 2,
        equity_claimed="205000",
        checks={
            "sales_by_day": CheckCells(inputs={"day_fen": "1500", "days": "30"}),
            "sales_by_week": CheckCells(inputs={"week_fen": "10,800"}),
            "qr_takings": CheckCells(inputs={"takings_fen": "26000", "qr_share_bp": "65"}),
        },
        facts={"character": "邻里评价良好，无赌博等不良嗜好", "water": "11 吨", "electricity": "420 度"},
    )
    rebuilding = RebuildAccounts(laptop.store)
    rebuilding.save(rebuilding.open(application), sheet)
    rebuilding.take_over(application)


def _the(desk: Desk, kind: type[W]) -> W:
    found = desk.window.findChild(kind)
    assert found is not None
    return found


def _application(desk: Desk) -> str:
    store = desk.session().store
    (customer,) = prospects.page(store, prospects.Wanted(typed="欧阳建国"), order="name", limit=1).lines
    return ApplyForLoan(store).of_prospect(customer.prospect)[0].id


def _settle(desk: Desk) -> None:
    for _ in range(300):
        let_work(20)
        if not desk.window.jobs.busy():
            break
    let_work(300)


def at_step(step: Step, desk: Desk) -> ApplicationPage:
    """The form at one of its steps."""
    desk.window.go("application", application=_application(desk))
    _settle(desk)
    page = _the(desk, ApplicationPage)
    page.go_to(step)
    _settle(desk)
    return page


def _dialog(step: Step, act: Callable[[ApplicationPage], object], desk: Desk) -> None:
    act(at_step(step, desk))
    _settle(desk)


def _asking(page: ApplicationPage) -> BackingDialogs:
    return BackingDialogs(page.shell, page._session, page._saved_case)


def _half_typed_rows(desk: Desk) -> ApplicationPage:
    """A guarantor and a new one, both put aside half typed."""
    page = at_step(Step.GUARANTEE, desk)
    _settle(desk)
    assert page._opened is not None
    store = desk.session().store
    row = next(record for record, _ in page._opened.file.backing.of_role("guarantor"))
    keep_text(store, Place(page._opened.id, "party", row), {"relation": "表"}, {})
    typed = {"person": {"text": "周小"}, "relation": "同村", "mode": "general", "amount_fen": "3万"}
    keep_text(store, Place(page._opened.id, "guarantor"), typed, {})
    desk.window.go("application", application=page._opened.id)
    _settle(desk)
    return page


def _refused(desk: Desk) -> ApplicationPage:
    """A submission that head office refused, with more than one thing open."""
    store = desk.session().store
    (customer,) = prospects.page(store, prospects.Wanted(typed="孙七"), order="name", limit=1).lines
    application = ApplyForLoan(store).of_prospect(customer.prospect)[0].id

    def refuse(unit: Unit) -> None:
        unit.edit(application, {"status": ("draft", "submitted"), "submitted_at": (None, unit.clock.now())})
        queued = unit.outbox.of_record(application)[-1]
        also = (Open(code="guarantor_needed", text="", field="guarantees"), Open(code="consent_missing", field="x"))
        receipt = Receipt(change=queued.change, outcome="refused", code="nominee", field="person.mobile", also=also)
        unit.outbox.refuse(queued, receipt, unit.clock.now().isoformat())
        unit.open_items.keep(queued.change, also)
        stored = unit.records.get(application)
        assert stored is not None
        unit.put(replace(stored, screen=unit.screen_of({}, application)))

    store.write(refuse)
    desk.window.go("application", application=application)
    _settle(desk)
    return _the(desk, ApplicationPage)


def _found_again(desk: Desk) -> None:
    _asking(_half_typed_rows(desk)).enter_party("guarantor")
    _settle(desk)


def _accounts(digit: str, desk: Desk) -> None:
    desk.window.go("accounts", application=_application(desk))
    _settle(desk)
    QTest.keyClick(_the(desk, AccountsPage), getattr(Qt.Key, f"Key_{digit}"), Qt.KeyboardModifier.AltModifier)
    _settle(desk)


def _sheet(desk: Desk) -> ConsentSheet:
    page = at_step(Step.DECLARATIONS, desk)
    panel = page.steps.declarations.consents
    next(iter(panel.rows.values())).sign.click()
    _settle(desk)
    assert page.consents.sheet is not None
    return page.consents.sheet


def _signature(desk: Desk) -> None:
    sheet = _sheet(desk)
    for _ in range(20):
        sheet.reading.turn(1)
        let_work(1)
    for strip in sheet.reading._choices.values():
        strip.choose(key=True)
    sheet.reading.have_read.setChecked(True)
    sheet.sign.click()
    _settle(desk)
    pad = sheet.pad
    across, down = pad.width(), pad.height()
    for left in (1, 4):
        QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(across * left // 8, down // 4))
        QTest.mouseMove(pad, QPoint(across * (left + 1) // 8, down // 2))
        QTest.mouseMove(pad, QPoint(across * (left + 2) // 8, down // 3))
        QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(across * (left + 2) // 8, down // 3))
    _settle(desk)


APPLICATION_SCREENS: dict[str, Callable[[Desk], object]] = {
    **{f"application-{step.value}": partial(at_step, step) for step in Step},
    "dialog-guarantor": partial(_dialog, Step.GUARANTEE, lambda page: _asking(page).enter_party("guarantor")),
    "dialog-collateral": partial(_dialog, Step.GUARANTEE, lambda page: _asking(page).enter_collateral()),
    "dialog-debt": partial(_dialog, Step.BUSINESS, lambda page: _asking(page).enter_debt(guarantee=False)),
    "application-refused": _refused,
    "dialog-found-again": _found_again,
    "half-typed-rows": _half_typed_rows,
    "dialog-spouse": partial(_dialog, Step.APPLICANT, lambda page: _asking(page).change_party(SPOUSE)),
    "dialog-missing": partial(_dialog, Step.LOAN, lambda page: page.show_missing()),
    "accounts-balance": partial(_accounts, "1"),
    "accounts-months": partial(_accounts, "2"),
    "accounts-checks": partial(_accounts, "3"),
    "accounts-looks": partial(_accounts, "4"),
    "consent-text": _sheet,
    "consent-signature": _signature,
}
"""By name: what brings the desk to each."""
