"""An application that the laptop's own checklist lets go is taken in by head office's, and only a whole one is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from fieldapp.domain.application_checklist import Step
from fieldapp.domain.application_records import Consent, ExternalDebt, LookPhotos
from fieldapp.domain.records import Person, Photo
from fieldapp.headoffice.uploads import Uploads
from fieldapp.services.application_collateral import add_collateral
from fieldapp.services.application_debts import add_debt
from fieldapp.services.application_parties import PartyDraft, add_party, say_spouse_signs
from fieldapp.services.apply_for_loan import ApplyForLoan
from fieldapp.services.outbox_status import refused_changes
from fieldapp.services.refused_work import correct, give_up
from fieldapp.store.unit import Unit
from fieldapp.translation import say
from tests.services.an_application import PRODUCT, TYPED
from tests.services.consents_given import sign_everything
from tests.sync.office import LI, START, Laptop, Office, visit_of
from tests.sync.test_restored_head_office import backed_up, restored

LaptopOf = Callable[..., Laptop]

_BODIES = ("11010119800307{:03}", "11010119790512{:03}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def identity(number: int) -> str:
    """A valid number of an invented person (GB 11643)."""
    body = _BODIES[number % 2].format(number)
    return body + "10X98765432"[sum(w * int(d) for w, d in zip(_WEIGHTS, body, strict=True)) % 11]


@pytest.fixture
def li(office: Office, laptop_of: LaptopOf) -> Laptop:
    office.administration.put_product(PRODUCT)
    laptop = laptop_of(LI)
    laptop.sync_with(office)
    return laptop


def begun(laptop: Laptop, **changed: Any) -> str:
    """A married trader's application with a co-borrower known from the register, a guarantor, debts and a house."""
    prospect, _person = laptop.prospect("张三", mobile="13800000001")
    laptop.edit(prospect, customer_type="sole_trader")
    _other, brother = laptop.prospect("张四", mobile="13800000004")
    applying = ApplyForLoan(laptop.store)
    application = applying.start(prospect)
    typed = {
        **TYPED,
        "start": "2026-07-01",
        "person.marital": "married",
        "spouse.name": "李梅",
        "spouse.id_number": identity(2),
        "guarantee_mode": "joint",
        **changed,
    }
    applying.save(application, typed, applying.open(application).fields)
    say_spouse_signs(laptop.store, application, signs=False, reason="长期在外务工，无法到场")
    known = PartyDraft(role="co_borrower", person=brother, relation="弟弟", id_number=identity(4))
    add_party(laptop.store, application, known)
    vouching = {"name": "王五", "id_number": identity(5), "mobile": "13800000005", "relation": "邻居"}
    add_party(laptop.store, application, PartyDraft(role="guarantor", mode="joint", amount_fen=10_000_000, **vouching))
    add_debt(laptop.store, application, {"lender": "示例银行", "balance_fen": 1_440_000, "instalment_fen": 120_000})
    add_debt(laptop.store, application, {"lender": "李四", "guarantee": True, "balance_fen": 500_000})
    house = {"kind": "house", "mode": "mortgage", "description": "示例街 28 号", "value_fen": 30_000_000}
    add_collateral(laptop.store, application, {**house, "owner": brother})
    sign_everything(laptop.store, application)
    return application


def status(office: Office, application: str) -> str:
    kept = office.record(application)
    assert kept is not None
    return str(kept.values["status"])


def test_what_the_laptop_lets_go_is_taken_in(office: Office, li: Laptop) -> None:
    application = begun(li)
    ApplyForLoan(li.store).submit(application)
    summary = li.sync_with(office)
    assert (summary.refused, summary.unsent, summary.conflicts) == (0, 0, 0)
    assert status(office, application) == "submitted"


def test_a_submission_behind_a_refused_entry_still_waits_for_what_it_needs(office: Office, li: Laptop) -> None:
    application = begun(li)
    li.sync_with(office)
    refused = li.edit(application, replaces="nothing")
    li.edit(application, months=24)
    add_debt(li.store, application, {"lender": "王六", "balance_fen": 100_000, "instalment_fen": 0})
    ApplyForLoan(li.store).submit(application)
    assert li.sync_with(office).refused == 1
    assert status(office, application) == "draft"
    correct(li.store, str(refused), {"replaces": None})
    folded, submission = (queued.decoded() for queued in li.queued() if queued.record == application)
    assert "status" not in folded.fields
    assert folded.id in submission.needs
    assert li.sync_with(office).unsent == 0
    kept = office.record(application)
    assert kept is not None
    assert (kept.values["status"], kept.values["months"]) == ("submitted", 24)


def test_a_submission_behind_an_entry_given_up_goes_on_by_itself(office: Office, li: Laptop) -> None:
    application = begun(li)
    li.sync_with(office)
    refused = li.edit(application, replaces="nothing")
    ApplyForLoan(li.store).submit(application)
    li.sync_with(office)
    give_up(li.store, str(refused))
    assert li.sync_with(office).unsent == 0
    assert status(office, application) == "submitted"


def test_a_submission_waits_for_nothing_that_was_given_up_with_a_refused_record(office: Office, li: Laptop) -> None:
    application = begun(li)
    li.sync_with(office)
    li.clock.move(days=-30)  # before anybody had consented
    told = ExternalDebt(lender="银行", source="bureau", balance_fen=5, instalment_fen=0)
    debt = li.create("external_debt", told, application)
    li.clock.move(days=30)
    li.edit(debt, security="house")
    ApplyForLoan(li.store).submit(application)
    assert li.sync_with(office).refused == 1
    give_up(li.store, li.refused()[0].change)
    assert li.sync_with(office).unsent == 0
    assert status(office, application) == "submitted"


def test_a_submission_waits_for_nothing_that_was_given_up_with_a_group(office: Office, li: Laptop) -> None:
    application = begun(li)
    li.sync_with(office)
    prospect = str(office.record(application).root)

    def visited(unit: Unit) -> None:
        with unit.together():
            unit.edit(prospect, {"next_purpose": (None, "签字")})
            unit.create("visit", visit_of("zhao", "another's word"), parent=prospect)

    li.write(visited)
    ApplyForLoan(li.store).submit(application)
    assert li.sync_with(office).refused == 1
    give_up(li.store, li.refused()[0].change)
    assert li.sync_with(office).unsent == 0
    assert status(office, application) == "submitted"


def photo_of(unit: Unit, content: bytes) -> Photo:
    digest = unit.attachments.add(content, "image/jpeg", None)
    return Photo(digest=digest, name="磨浆机.jpg", size=len(content), media_type="image/jpeg")


def looked_at(laptop: Laptop, application: str, photo: bytes) -> None:
    """Evidence of a look, with a photo that is yet to be sent."""

    def record(unit: Unit) -> None:
        shape = LookPhotos(
            subject="product", staff=LI, at=START, business_date=START.date(), photos=(photo_of(unit, photo),)
        )
        unit.create("look_photos", shape, parent=application)

    laptop.write(record)


def on_paper_of_another_wording(laptop: Laptop, application: str, photo: bytes) -> None:
    """A consent that head office refuses, with the photo of its page."""

    def record(unit: Unit) -> None:
        shape = Consent(
            kind="personal_information",
            signer="a-neighbour",
            staff=LI,
            text_version="1.0",
            digest="0" * 64,
            signed_at=START,
            business_date=START.date(),
            zone="Asia/Shanghai",
            signing="paper",
            photos=(photo_of(unit, photo),),
        )
        unit.create("consent", shape, parent=application)

    laptop.write(record)


@pytest.fixture
def no_photo_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over a line that bears the records and no photo."""
    monkeypatch.setattr("fieldapp.sync.exchange.exchange_photos", lambda *_parts, **_rest: None)


def photo_arrives(office: Office, laptop: Laptop, photo: bytes) -> None:
    caller = office.caller(laptop.enrolment.device)
    digest = hashlib.sha256(photo).hexdigest()
    assert Uploads(office.store, office.clock).append(caller, digest, 0, photo, len(photo)).complete


@pytest.mark.usefixtures("no_photo_passes")
def test_a_submission_that_waits_for_a_photo_does_so_behind_a_correction_too(office: Office, li: Laptop) -> None:
    application = begun(li)
    looked_at(li, application, b"a photo")
    li.sync_with(office)
    refused = li.edit(application, replaces="nothing")
    li.sync_with(office)
    ApplyForLoan(li.store).submit(application)
    li.sync_with(office)
    correct(li.store, str(refused), {"replaces": None})
    assert li.sync_with(office).waiting == 1
    assert status(office, application) == "draft"
    photo_arrives(office, li, b"a photo")
    assert li.sync_with(office).unsent == 0
    assert status(office, application) == "submitted"


@pytest.mark.usefixtures("no_photo_passes")
def test_a_submission_does_not_wait_for_a_photo_that_was_given_up(office: Office, li: Laptop) -> None:
    application = begun(li)
    li.sync_with(office)
    looked_at(li, application, b"kept")
    on_paper_of_another_wording(li, application, b"dropped")
    ApplyForLoan(li.store).submit(application)
    assert li.sync_with(office).refused == 1
    give_up(li.store, li.refused()[0].change)
    with li.store.reading() as view:
        assert [photo.size for photo in view.attachments.waiting("to_send")] == [len(b"kept")]
    photo_arrives(office, li, b"kept")
    assert li.sync_with(office).unsent == 0
    assert status(office, application) == "submitted"


@pytest.mark.usefixtures("no_photo_passes")
def test_a_submission_does_not_wait_for_a_photo_of_what_was_refused_before(office: Office, li: Laptop) -> None:
    application = begun(li)
    on_paper_of_another_wording(li, application, b"not sent")
    assert li.sync_with(office).refused == 1
    ApplyForLoan(li.store).submit(application)
    assert li.sync_with(office).unsent == 0
    assert status(office, application) == "submitted"


@pytest.mark.usefixtures("no_photo_passes")
@pytest.mark.parametrize("durable", [False, True])
def test_a_submission_waits_for_nothing_that_head_office_forgot_for_good(
    office: Office, li: Laptop, *, durable: bool
) -> None:
    """It was restored from a copy that is older than what it had told to be safe in one."""
    application = begun(li)
    li.sync_with(office)
    copy = backed_up(office, li)
    looked_at(li, application, b"a photo")
    add_debt(li.store, application, {"lender": "王六", "balance_fen": 100_000, "instalment_fen": 0})
    ApplyForLoan(li.store).submit(application)
    assert li.sync_with(office).waiting == 1
    if durable:
        everything = {"TS01": len(office.journal())}
        li.write(lambda unit: (unit.proofs.forget_durable(everything), unit.outbox.forget_durable(everything)))
    with restored(office, copy) as back:
        assert li.sync_with(back).waiting == 1, "for the photo"
        photo_arrives(back, li, b"a photo")
        assert li.sync_with(back).unsent == 0
        assert status(back, application) == "submitted"
        assert len(back.of_kind("external_debt")) == 3, "judged with all that was named"


def test_a_laptop_that_skips_its_checklist_is_told_why_and_goes_on_from_there(office: Office, li: Laptop) -> None:
    application = begun(li)
    with li.store.reading() as view:
        (guarantee,) = view.records.children(application, "guarantee")
    applying = ApplyForLoan(li.store)
    li.write(lambda unit: unit.delete(guarantee.id))
    li.edit(application, months=120, status="submitted", submitted_at="2026-06-01T01:00:00Z")
    assert li.sync_with(office).refused == 1
    (refused,) = refused_changes(li.store)
    assert refused.reason.text == "The product does not run for this term."
    opened = applying.open(application)
    assert opened.refused is not None
    assert (opened.refused.change, opened.refused.reason) == (refused.change, refused.reason)
    first, *others = opened.refused.items
    assert (first.field, first.step) == ("months", Step.LOAN)
    assert ("guarantees", Step.GUARANTEE) in [(item.field, item.step) for item in others]
    assert [say(sentence) for sentence in refused.also] == [say(item.sentence) for item in others]
    assert (opened.sealed, opened.file.application.status) == (None, "draft")
    applying.save(application, {"months": 24}, opened.fields)
    assert li.sync_with(office).accepted == 0, "what is typed behind a refused submission waits for the next"
    li.write(lambda unit: unit.edit(guarantee.id, {"deleted": (True, False)}))
    applying.submit(application)
    assert applying.open(application).refused is None
    assert li.sync_with(office).unsent == 0
    kept = office.record(application)
    assert kept is not None
    assert (kept.values["status"], kept.values["months"]) == ("submitted", 24)


def test_a_second_spouse_entered_by_mistake_is_the_same_for_both(office: Office, li: Laptop) -> None:
    application = begun(li)
    with li.store.reading() as view:
        prospect = view.records.get(application).parent
    later = Person(name="李小梅", relation="spouse", id_number=identity(6))
    li.create("person", later, prospect)
    sign_everything(li.store, application)
    say_spouse_signs(li.store, application, signs=True)
    opened = ApplyForLoan(li.store).open(application)
    assert [item.code for item in opened.quote({}).open_items] == []
    ApplyForLoan(li.store).submit(application)
    assert li.sync_with(office).unsent == 0
    assert status(office, application) == "submitted"
