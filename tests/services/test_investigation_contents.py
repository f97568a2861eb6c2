"""Document 2 made of the records of a real laptop: the household, the accounts, the visit and its opinion."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from fieldapp.domain.records import PersonMet, Visit
from fieldapp.services.application_parties import PartyDraft, add_party
from fieldapp.services.apply_for_loan import ApplyForLoan
from fieldapp.services.hand_over import hand_over
from fieldapp.services.print_documents import Document, DocumentKind, PrintDocuments
from fieldapp.services.prospect_page import prospect_page
from fieldapp.services.rebuild_accounts import RebuildAccounts
from fieldapp.store.database import Store
from tests.documents.reading import pages_of, text_of
from tests.services.an_application import BOSS, ME, TYPED, FixedClock, new_laptop, new_prospect
from tests.services.consents_given import sign_everything
from tests.services.test_rebuild_accounts import SHEET

VISIT = Visit(
    staff=ME,
    second_officer=BOSS,
    purpose="investigation",
    started_at=datetime(2026, 11, 20, 1, 30, tzinfo=UTC),
    ended_at=datetime(2026, 11, 20, 3, 5, tzinfo=UTC),
    business_date=date(2026, 11, 20),
    zone="Asia/Shanghai",
    people=(PersonMet("张三", "本人"),),
    opinion="经营稳定，宜看 36 个月。",
    place="示例街 28 号",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_laptop(tmp_path, FixedClock()) as laptop:
        yield laptop


def _application(store: Store, prospect: str) -> str:
    applying = ApplyForLoan(store)
    made = applying.start(prospect)
    applying.save(made, TYPED, applying.open(made).fields)
    return made


def _text(document: Document) -> str:
    return text_of(document.pdf)


def test_the_investigation_says_what_the_records_say(store: Store) -> None:
    prospect = new_prospect(store)
    application = _application(store, prospect)
    rebuilding = RebuildAccounts(store)
    rebuilding.save(rebuilding.open(application), SHEET)
    store.write(lambda unit: unit.create("visit", VISIT, parent=prospect))
    document = PrintDocuments(store).make(DocumentKind.INVESTIGATION, application)
    text = _text(document)
    for said in (
        "现金及存款", "本行活期", "304,000.00", "银行贷款", "99,000.00", "205,000.00元", "176,000.00元", "16.48%",
        "80,000+24×6,500−60,000=176,000", "两年前分家所得", "10,800×52÷12", "46,800.00", "4.00%", "通过", "查明",
        "人品：邻里评价良好", "水：11吨", "2026-11-2009:30至11:05，示例街28号", "经营稳定，宜看36个月。",
        "6,500.00", "1,200.00", "3,350.00", "李娟/孙八", "张三（本人）", "豆腐坊",
    ):  # fmt: skip
        assert said in text, said
    assert document.kind is DocumentKind.INVESTIGATION
    assert document.number.endswith("/2")
    assert document.name.endswith(".pdf")


def test_who_only_stands_in_for_the_debt_is_no_member_of_the_household(store: Store) -> None:
    prospect = new_prospect(store)
    application = _application(store, prospect)
    for role, name, relation in (
        ("co_borrower", "张小", "儿子"),
        ("guarantor", "王五", "邻居，同村"),
        ("pledgor", "孙七", "中学同学"),
    ):
        mode = "joint" if role == "guarantor" else None
        add_party(store, application, PartyDraft(role=role, name=name, relation=relation, mode=mode, amount_fen=1))
    text = _text(PrintDocuments(store).make(DocumentKind.INVESTIGATION, application))
    assert "张小" in text
    assert "王五" not in text
    assert "孙七" not in text
    page = prospect_page(store, prospect)
    assert [one.person.name for one in page.family] == ["张小"]


def test_an_application_without_accounts_prints_a_form_for_the_pen(store: Store) -> None:
    application = ApplyForLoan(store).start(new_prospect(store))
    document = PrintDocuments(store).make(DocumentKind.INVESTIGATION, application)
    assert "按印" in _text(document)
    assert len(pages_of(document.pdf)) == 2


def test_submission_keeps_the_digest_of_the_investigation(store: Store) -> None:
    application = _application(store, new_prospect(store))
    printing = PrintDocuments(store)
    draft = printing.make(DocumentKind.INVESTIGATION, application)
    sign_everything(store, application)
    hand_over(store, application)
    frozen = printing.make(DocumentKind.INVESTIGATION, application)
    assert draft.digest == frozen.digest
    assert draft.pdf != frozen.pdf
