"""What is unsent, refused, confirmed, in words."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from PIL import Image

from fieldapp.domain.application_records import ExternalDebt
from fieldapp.domain.records import Application, Person
from fieldapp.protocol.messages import Receipt
from fieldapp.services.add_prospect import NewProspect, add_prospect
from fieldapp.services.drafts import save_draft
from fieldapp.services.edit_prospect import edit_fields
from fieldapp.services.outbox_status import (
    confirmed_changes,
    outbox_status,
    refused_changes,
    unsent_changes,
)
from fieldapp.services.record_contact import NewContact, record_contact
from fieldapp.services.record_visit import NewVisit, record_visit
from fieldapp.services.refused_work import give_up
from fieldapp.store.database import Store
from fieldapp.store.state import LastExchange
from fieldapp.translation import Language, say, use_language
from tests.made_laptop import NOON, TODAY, disputed, told


def test_unsent_work_is_described_with_whom_what_and_how_large(store: Store, tmp_path: Path) -> None:
    saved = add_prospect(store, NewProspect(name="张三"))
    photo = tmp_path / "a.png"
    Image.effect_noise((300, 300), 90).save(photo)
    record_visit(
        store,
        NewVisit(
            prospect=saved.prospect,
            purpose="investigation",
            started_at=NOON - timedelta(minutes=9),
            ended_at=NOON,
            outcome="needs_follow_up",
            next_date=TODAY,
            photos=(photo,),
        ),
    )
    edit_fields(store, saved.person, {}, {"mobile": "13800138000", "actual_address": "上河村"})
    newest, _, visit, *_ = unsent_changes(store)
    assert (str(newest.what), newest.name) == ("Person: Mobile number and 1 more", "张三")
    assert (str(visit.what), visit.name, visit.files) == ("Visit (Investigation)", "张三", 1)
    assert visit.size > photo.stat().st_size
    assert visit.prospect == saved.prospect
    status = outbox_status(store)
    assert (status.unsent, status.photos, status.photo_bytes) == (5, 1, photo.stat().st_size)


def test_each_sentence_is_said_in_chinese(store: Store) -> None:
    saved = add_prospect(store, NewProspect(name="张三"))
    record_contact(store, NewContact(who=saved.prospect, channel="phone", result="call_again", next_date=TODAY))
    use_language(Language.CHINESE)
    assert [say(change.what) for change in unsent_changes(store)][1:] == ["接触（电话）", "新建人员", "新建客户"]


def test_a_refusal_says_why_and_what_to_do_by_its_code(store: Store) -> None:
    saved = add_prospect(store, NewProspect(name="张三"))

    def refuse(unit: Any) -> None:
        for queued, code in zip(unit.outbox.listed(2), ("scope", "brand_new"), strict=True):
            receipt = Receipt(change=queued.change, outcome="refused", code=code, text="In own words.", field="mobile")
            unit.outbox.refuse(queued, receipt, NOON.isoformat())

    store.write(refuse)
    found = refused_changes(store)
    assert {each.code: str(each.reason) for each in found} == {
        "scope": "This record belongs to an officer or a branch you do not work for.",
        "brand_new": "Head office says: In own words.",
    }
    assert all(each.label and str(each.label.label) == "Mobile number" for each in found)
    assert {each.prospect for each in found} == {saved.prospect}
    assert outbox_status(store).refused == 2
    give_up(store, next(each.change for each in found if each.code == "scope"))
    assert len(refused_changes(store)) == 1


def test_counts_for_the_bars_agree_with_the_lists(store: Store) -> None:
    saved = add_prospect(store, NewProspect(name="张三", mobile="13800000001"))
    told(store, saved.person, {"mobile": "2"}, (disputed("mobile", "13800000001", "2"),))
    save_draft(store, "visit", {})
    store.write(lambda unit: unit.state.set("last_exchange", LastExchange(at=NOON.isoformat(), accepted=41)))
    status = outbox_status(store)
    assert (status.unsent, status.needs_decision, status.refused, status.drafts, status.badge) == (1, 1, 0, 1, 1)
    assert status.last is not None
    assert status.last.accepted == 41
    assert status.last_at is not None
    assert f"{status.last_at:%H:%M}" == "14:31"


def test_confirmed_changes_carry_a_receipt_to_quote(store: Store) -> None:
    add_prospect(store, NewProspect(name="张三"))

    def receipt(unit: Any) -> None:
        settled = [
            (q, Receipt(change=q.change, outcome="accepted", stream="QS01", seq=q.n, hash="7f3a02c9" * 8))
            for q in unit.outbox.listed(5)
        ]
        unit.outbox.receipted(settled, NOON.isoformat())

    store.write(receipt)
    found = confirmed_changes(store)
    assert [(each.name, each.outcome, each.receipt) for each in found] == [
        ("张三", "accepted", "QS01-2"),
        ("张三", "accepted", "QS01-1"),
    ]
    assert outbox_status(store).unsent == 0


def test_a_receipt_names_the_customer_of_what_belongs_to_their_application(store: Store) -> None:
    prospect = add_prospect(store, NewProspect(name="张三")).prospect

    def lay(unit: Any) -> None:
        application = unit.create("application", Application(number="QS01-1", officer="a" * 32), parent=prospect)
        unit.create("external_debt", ExternalDebt(lender="叔叔"), parent=application)

    store.write(lay)

    def receipt(unit: Any) -> None:
        unit.outbox.receipted(
            [
                (q, Receipt(change=q.change, outcome="accepted", stream="QS01", seq=q.n, hash="7f3a02c9" * 8))
                for q in unit.outbox.listed(9)
            ],
            NOON.isoformat(),
        )

    store.write(receipt)
    assert {each.name for each in confirmed_changes(store)} == {"张三"}


def test_records_that_belong_to_each_other_are_told_all_the_same(store: Store) -> None:
    def lay(unit: Any) -> None:
        grid = unit.create("person", Person(name="甲"), parent="b" * 32, record_id="a" * 32)
        unit.create("person", Person(name="乙"), parent=grid, record_id="b" * 32)

    store.write(lay)
    assert len(unsent_changes(store)) == 2
