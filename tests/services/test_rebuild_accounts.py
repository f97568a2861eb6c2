"""Rebuilding accounts on a real laptop database: kept as typed, saved whole, taken over into the application."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from fieldapp.domain.accounts_sheet import AccountsSheet, BalanceRow, CheckCells, FlowRow
from fieldapp.domain.application_checklist import Step
from fieldapp.domain.cross_checks import Verdict
from fieldapp.domain.errors import Actionable, InvalidRecord
from fieldapp.domain.money import Money
from fieldapp.services.apply_for_loan import ApplyForLoan
from fieldapp.services.rebuild_accounts import OpenAccounts, RebuildAccounts, Unfinished, reckon
from fieldapp.services.submit_application import NotComplete
from fieldapp.store.database import Store
from tests.services.an_application import PRODUCT, TYPED, FixedClock, mirror, new_laptop, new_prospect
from tests.services.consents_given import sign_everything

MONTHS = {"sales": "45,000", "goods": "31500", "costs": "6000", "other_income": "3000", "family": "４０００"}
SHEET = AccountsSheet(
    template="trade",
    balance=(
        BalanceRow(side="asset", item="cash", amount="30.4万", evidence="document", note="本行活期"),
        BalanceRow(side="liability", item="bank_loans", amount="99,000"),
    ),
    flows=tuple(FlowRow(flow=flow, item=flow, months=(text,) * 12) for flow, text in MONTHS.items()),  # type: ignore[arg-type]
    seasons=("high",) * 2 + ("usual",) * 10,
    equity_claimed="205000",
    checks={
        "sales_by_week": CheckCells(inputs={"week_fen": "10,800"}),
        "equity": CheckCells(
            inputs={"opening_fen": "80000", "months": "24", "taken_out_fen": "6万"}, explanation="两年前分家所得"
        ),
    },
    facts={"character": "邻里评价良好", "water": "11 吨"},
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_laptop(tmp_path, FixedClock()) as laptop:
        yield laptop


@pytest.fixture
def rebuilding(store: Store) -> RebuildAccounts:
    return RebuildAccounts(store)


@pytest.fixture
def opened(store: Store, rebuilding: RebuildAccounts) -> OpenAccounts:
    applying = ApplyForLoan(store)
    return rebuilding.open(applying.start(new_prospect(store)))


def _kinds(store: Store, application: str) -> list[str]:
    with store.reading() as view:
        found = view.records.children(application, "statement", "cross_check", "three_looks", "look_photos")
    return sorted(stored.kind for stored in found)


def _application(store: Store, application: str) -> dict[str, Any]:
    with store.reading() as view:
        stored = view.records.get(application)
    assert stored is not None
    return stored.screen


def test_what_is_saved_is_what_was_typed(store: Store, rebuilding: RebuildAccounts, opened: OpenAccounts) -> None:
    saved = rebuilding.save(opened, SHEET)
    assert _kinds(store, opened.application) == ["cross_check", "cross_check", "statement", "three_looks"]
    assert saved.shown.statement is not None
    assert saved.shown.statement.staff
    figures = reckon(saved.sheet, saved.tolerance_bp)
    assert figures.accounts.average.disposable == Money.yuan(6_500)
    assert figures.accounts.imbalance == Money(0)
    assert figures.checks["equity"].verdict is Verdict.INVESTIGATE
    assert saved.sheet.checks["equity"].explanation == "两年前分家所得"
    assert saved.sheet.facts == {"character": "邻里评价良好", "water": "11 吨"}


def test_saving_again_changes_only_what_was_typed(
    store: Store, rebuilding: RebuildAccounts, opened: OpenAccounts
) -> None:
    saved = rebuilding.save(opened, SHEET)
    with store.reading() as view:
        before = view.outbox.count()
    again = rebuilding.save(saved, saved.sheet)
    with store.reading() as view:
        assert view.outbox.count() == before
    changed = msgspec.structs.replace(again.sheet, facts={"water": "12 吨"})
    assert rebuilding.save(again, changed).sheet.facts == {"water": "12 吨"}
    assert _kinds(store, opened.application).count("three_looks") == 1


def test_a_sheet_that_says_nothing_makes_no_record(
    store: Store, rebuilding: RebuildAccounts, opened: OpenAccounts
) -> None:
    rebuilding.save(opened, opened.sheet)
    assert _kinds(store, opened.application) == []


def test_a_cell_that_cannot_be_read_keeps_everything_as_a_draft(
    store: Store, rebuilding: RebuildAccounts, opened: OpenAccounts
) -> None:
    wrong = msgspec.structs.replace(SHEET, equity_claimed="二十万")
    with pytest.raises(InvalidRecord) as refused:
        rebuilding.save(opened, wrong)
    assert refused.value.field == "equity_claimed"
    assert _kinds(store, opened.application) == []
    found = rebuilding.open(opened.application).draft
    assert found is not None
    assert found.sheet == wrong


def test_what_was_typed_is_found_again_and_dropped_by_the_save(
    rebuilding: RebuildAccounts, opened: OpenAccounts
) -> None:
    hostile = msgspec.structs.replace(SHEET, facts={"tax": "字" * 100_000 + "\ud800"})
    rebuilding.autosave(opened.application, hostile)
    found = rebuilding.open(opened.application).draft
    assert found is not None
    assert found.sheet.facts["tax"].startswith("字字")
    saved = rebuilding.save(opened, SHEET)
    assert saved.draft is None


def test_names_of_rows_to_come_stay_kept_when_the_accounts_are_saved_and_go_with_their_row(
    rebuilding: RebuildAccounts, opened: OpenAccounts
) -> None:
    unfinished = Unfinished(balance="烤", flows="房租\ud800")
    rebuilding.autosave(opened.application, SHEET, unfinished)
    found = rebuilding.open(opened.application)
    assert found.draft is not None
    assert found.unfinished is not None
    assert found.unfinished.unfinished == Unfinished(balance="烤", flows="房租?")
    saved = rebuilding.save(opened, SHEET, unfinished)
    assert saved.draft is None
    assert saved.unfinished is not None
    wrong = msgspec.structs.replace(SHEET, equity_claimed="二十万")
    with pytest.raises(InvalidRecord):
        rebuilding.save(saved, wrong, unfinished)
    found = rebuilding.open(opened.application)
    assert found.draft is not None
    assert found.unfinished is not None
    assert rebuilding.save(saved, SHEET).unfinished is None


def test_an_average_month_is_taken_over(store: Store, rebuilding: RebuildAccounts, opened: OpenAccounts) -> None:
    with pytest.raises(Actionable, match="No month"):
        rebuilding.take_over(opened.application)
    rebuilding.save(opened, SHEET)
    assert rebuilding.take_over(opened.application).disposable == Money.yuan(6_500)
    screen = _application(store, opened.application)
    figures = ("sales_fen", "goods_fen", "costs_fen", "other_income_fen", "family_fen")
    assert [screen[name] for name in figures] == [4_500_000, 3_150_000, 600_000, 300_000, 400_000]
    applied = rebuilding.open(opened.application).applied
    assert applied is not None
    assert applied.disposable == Money.yuan(6_500)


def test_nothing_is_saved_once_the_application_is_withdrawn(
    store: Store, rebuilding: RebuildAccounts, opened: OpenAccounts
) -> None:
    ApplyForLoan(store).withdraw(opened.application)
    assert rebuilding.open(opened.application).sealed is not None
    with pytest.raises(Actionable) as refused:
        rebuilding.save(opened, SHEET)
    assert refused.value.code == "submitted"
    assert _kinds(store, opened.application) == []


def test_the_tolerance_is_the_products(store: Store, rebuilding: RebuildAccounts, opened: OpenAccounts) -> None:
    product = msgspec.structs.replace(PRODUCT, version=2, tolerance_bp=300)
    store.write(lambda unit: mirror(unit, "product", product))
    applying = ApplyForLoan(store)
    application = applying.open(opened.application)
    applying.save(opened.application, {"product": "MSED", "product_version": 2}, application.fields)
    assert rebuilding.open(opened.application).tolerance_bp == 300


def test_photos_are_kept_as_evidence_once(
    store: Store, rebuilding: RebuildAccounts, opened: OpenAccounts, tmp_path: Path
) -> None:
    picture = tmp_path / "电表.jpg"
    Image.new("RGB", (40, 30), (200, 10, 10)).save(picture)
    with_photo = msgspec.structs.replace(SHEET, photos={"electricity": (str(picture), str(picture))})
    saved = rebuilding.save(opened, with_photo)
    assert [photo.name for photo in saved.photos["electricity"]] == ["电表.jpg"]
    again = rebuilding.save(saved, with_photo)
    assert len(again.photos["electricity"]) == 1
    with store.reading() as view:
        assert view.attachments.content(again.photos["electricity"][0].digest) == picture.read_bytes()
    gone = msgspec.structs.replace(SHEET, photos={"tax": (str(tmp_path / "missing.jpg"),)})
    with pytest.raises(InvalidRecord) as refused:
        rebuilding.save(again, gone)
    assert refused.value.field == "findings.tax.photos"


def test_an_unexplained_check_stops_the_submission(
    store: Store, rebuilding: RebuildAccounts, opened: OpenAccounts
) -> None:
    applying = ApplyForLoan(store)
    applying.save(opened.application, TYPED, applying.open(opened.application).fields)
    equity = CheckCells(inputs=SHEET.checks["equity"].inputs)
    saved = rebuilding.save(opened, msgspec.structs.replace(SHEET, checks=SHEET.checks | {"equity": equity}))
    sign_everything(store, opened.application)
    with pytest.raises(NotComplete) as refused:
        applying.submit(opened.application)
    assert [(item.field, item.step) for item in refused.value.items] == [("accounts.equity", Step.BUSINESS)]
    assert applying.open(opened.application).quote({}).open_items == refused.value.items
    rebuilding.save(saved, SHEET)
    applying.submit(opened.application)
