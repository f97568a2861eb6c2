"""Removing a prospect: refused where a bank must keep the record, sent as a change, taken back as another."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.domain.records import Application, ApplicationStatus
from fieldapp.services.add_prospect import NewProspect, add_prospect
from fieldapp.services.edit_prospect import edit_fields
from fieldapp.services.prospect_page import prospect_page
from fieldapp.services.prospects import Wanted, page
from fieldapp.services.record_contact import NewContact, record_contact
from fieldapp.services.remove_prospect import Removal, bring_back, look_at_removal, remove_prospect
from fieldapp.services.today import todays_work
from fieldapp.store.database import Store
from tests.made_laptop import ME, TODAY, disputed, told


@pytest.fixture
def prospect(store: Store) -> str:
    return add_prospect(store, NewProspect(name="张三丰", mobile="138 0013 8000", next_date=TODAY)).prospect


def test_a_removed_prospect_leaves_the_lists_and_its_removal_is_sent(store: Store, prospect: str) -> None:
    remove_prospect(store, prospect)
    assert page(store, Wanted()).lines == ()
    assert todays_work(store).today.count == 0
    with pytest.raises(Actionable, match="no longer"):
        edit_fields(store, prospect, {}, {"remark": "x"})
    with pytest.raises(Actionable, match="no longer"):
        prospect_page(store, prospect)
    with pytest.raises(Actionable, match="no longer"):
        remove_prospect(store, prospect)
    with store.reading() as view:
        assert view.outbox.of_record(prospect)[-1].decoded().guard["owner"] == ME


def test_the_question_counts_what_was_recorded_and_what_is_unsent(store: Store, prospect: str) -> None:
    record_contact(
        store,
        NewContact(who=prospect, channel="phone", result="call_again", next_date=TODAY + timedelta(days=1)),
    )
    assert look_at_removal(store, prospect) == Removal(talks=1, unsent=3)


def test_a_removal_is_taken_back_before_and_after_it_was_sent(store: Store, prospect: str) -> None:
    remove_prospect(store, prospect)
    bring_back(store, prospect)
    assert [line.name for line in page(store, Wanted()).lines] == ["张三丰"]
    told(store, prospect, {})
    remove_prospect(store, prospect)
    told(store, prospect, {})
    bring_back(store, prospect)
    assert [line.name for line in page(store, Wanted(typed="zsf")).lines] == ["张三丰"]
    with pytest.raises(Actionable, match="no longer"):
        bring_back(store, "0" * 32)


@pytest.mark.parametrize("status", get_args(ApplicationStatus))
def test_somebody_with_an_application_or_a_loan_is_not_removed(
    store: Store, prospect: str, status: ApplicationStatus
) -> None:
    made = store.write(lambda unit: unit.create("application", Application(), parent=prospect))
    told(store, made, {"status": status})
    if status in ("declined", "withdrawn"):
        remove_prospect(store, prospect)
        assert page(store, Wanted()).lines == ()
        return
    with pytest.raises(Actionable) as refused:
        remove_prospect(store, prospect)
    assert refused.value.code == ("borrower" if status == "disbursed" else "application")
    with pytest.raises(Actionable):
        look_at_removal(store, prospect)
    assert len(page(store, Wanted()).lines) == 1


def test_a_borrower_whose_application_is_not_here_is_not_removed(store: Store, prospect: str) -> None:
    told(store, prospect, {"stage": "disbursed"})
    with pytest.raises(Actionable, match="never removed"):
        remove_prospect(store, prospect)


def test_what_is_disputed_is_decided_before_anybody_is_removed(store: Store, prospect: str) -> None:
    person = prospect_page(store, prospect).person
    assert person is not None
    told(store, person.record, {}, (disputed("mobile", "13800138000", "13800000009"),))
    with pytest.raises(Actionable) as refused:
        remove_prospect(store, prospect)
    assert refused.value.code == "undecided"
