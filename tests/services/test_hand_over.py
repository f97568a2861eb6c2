"""Handing over with the papers: head office gets what the customer signs; nothing half is frozen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldapp.documents.papers import PaperState
from fieldapp.services.apply_for_loan import ApplyForLoan
from fieldapp.services.hand_over import hand_over
from fieldapp.services.paper_kinds import DocumentKind
from fieldapp.services.print_documents import PrintDocuments
from fieldapp.services.seal_documents import SealDocuments
from fieldapp.services.submit_application import NotComplete
from fieldapp.store.database import Store
from tests.services.an_application import TYPED, FixedClock, new_laptop, new_prospect
from tests.services.consents_given import sign_everything


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_laptop(tmp_path, FixedClock()) as laptop:
        yield laptop


@pytest.fixture
def application(store: Store) -> str:
    made = ApplyForLoan(store).start(new_prospect(store))
    _type(store, made, **TYPED)
    sign_everything(store, made)
    return made


def _type(store: Store, application: str, **typed: object) -> None:
    applying = ApplyForLoan(store)
    applying.save(application, typed, applying.open(application).fields)


def _held(store: Store, application: str) -> list[tuple[str, int]]:
    with store.reading() as view:
        found = view.records.children(application, "document")
    return sorted((str(stored.screen["number"]), int(stored.screen["version"])) for stored in found)


def test_what_is_not_complete_is_neither_submitted_nor_frozen(store: Store, application: str) -> None:
    typed = {"amount_fen": None, "repayment_source": "改过的来源"}
    shown = ApplyForLoan(store).open(application).fields
    with pytest.raises(NotComplete):
        hand_over(store, application, typed, shown)
    assert _held(store, application) == []
    draft = ApplyForLoan(store).open(application).draft
    assert draft is not None
    assert draft.typed["repayment_source"] == "改过的来源"


def test_every_paper_is_frozen_with_what_was_typed_last(store: Store, application: str) -> None:
    shown = ApplyForLoan(store).open(application).fields
    handed = hand_over(store, application, {"repayment_source": "学校食堂按月结款"}, shown)
    lines = PrintDocuments(store).pack(application)
    assert {line.state for line in lines} == {PaperState.FOR_SIGNATURE}
    assert len(handed.papers) == len(lines)
    assert not handed.left_out
    assert not handed.to_sign_again
    document = PrintDocuments(store).application_form(application)
    assert (document.changed, document.version) == (False, 1)
    assert ApplyForLoan(store).open(application).file.application.repayment_source == "学校食堂按月结款"


def test_head_office_waits_for_the_papers_as_for_photographs(store: Store, application: str) -> None:
    hand_over(store, application)
    with store.reading() as view:
        unsent = view.attachments.unsent_with(application)
        papers = {str(stored.screen["pdf_digest"]) for stored in view.records.children(application, "document")}
    assert papers
    assert papers <= set(unsent)


def test_what_was_signed_and_changed_since_is_signed_again_beside_the_old(store: Store, application: str) -> None:
    first = SealDocuments(store).freeze(DocumentKind.APPLICATION, application)
    schedule = SealDocuments(store).freeze(DocumentKind.SCHEDULE, application)
    _type(store, application, repayment_source="豆腐坊与两家食堂")
    handed = hand_over(store, application)
    assert [document.kind for document in handed.to_sign_again] == [DocumentKind.APPLICATION]
    versions = _held(store, application)
    assert (first.number, 1) in versions
    assert (first.number, 2) in versions
    assert [number for number, _ in versions].count(schedule.number) == 1


def test_a_paper_that_cannot_be_made_holds_nothing_up_and_is_named(store: Store, application: str) -> None:
    _type(store, application, **{"person.actual_address": "示例街 🙂 号"})
    handed = hand_over(store, application)
    number = PrintDocuments(store).pack(application)[1].number
    assert number in [one.number for one in handed.left_out]
    assert ApplyForLoan(store).open(application).file.application.status == "submitted"
