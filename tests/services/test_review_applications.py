"""Reviewing and approving on real laptops: only in contact with head office, by three people (E3, E13)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fieldapp.domain.application_records import ThreeLooks
from fieldapp.domain.errors import Actionable
from fieldapp.headoffice.application_desk import ApplicationDesk
from fieldapp.headoffice.storage.accounts import StaffAccount
from fieldapp.protocol.messages import SyncReply, SyncRequest
from fieldapp.services.apply_for_loan import ApplyForLoan
from fieldapp.services.questions import answer, questions
from fieldapp.services.review_applications import ReviewApplications, Terms
from fieldapp.sync.at_once import Uncertain
from fieldapp.sync.troubles import TryLater
from tests.services.an_application import PRODUCT, TYPED
from tests.services.consents_given import sign_everything
from tests.sync.office import BRANCH, LI, WANG, ZHAO, Direct, Laptop, Office

CHEN, DENG = "chen", "deng"
APPROVE = Terms("approve", conditions="insure the stock", amount_fen=8_000_000, months=24)


class Line(Direct):
    """Head office without a network, that can be cut before a question or after it was answered."""

    def __init__(self, office: Office, device: str) -> None:
        super().__init__(office, device)
        self.cut_before: list[str] = []
        self.lost = 0

    def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
        if self.cut_before:
            raise TryLater(self.cut_before.pop(), Actionable("x", _ANY).sentence)
        reply = super().exchange(request, *_how)
        if self.lost:
            self.lost -= 1
            raise TryLater("cut", Actionable("x", _ANY).sentence)
        return reply


_ANY = Uncertain().sentence


class Branch:
    """A head office with officer Li, reviewer Chen and approver Deng, each with a laptop."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.office = office
        with office.store.writing() as unit:
            for name, role in ((CHEN, "reviewer"), (DENG, "approver")):
                unit.accounts.put_staff(StaffAccount(name, name.title(), role, BRANCH, active=True))  # type: ignore[arg-type]
        office.administration.put_product(PRODUCT)
        self.laptops = {name: office.laptop(name, folder / name) for name in (LI, ZHAO, CHEN, DENG)}
        self.lines = {name: Line(office, laptop.enrolment.device) for name, laptop in self.laptops.items()}

    def sync(self, *names: str) -> None:
        for name in names:
            self.laptops[name].sync_with(self.office)

    def review(self, name: str) -> ReviewApplications:
        laptop = self.laptops[name]
        line: Any = nullcontext(self.lines[name])
        return ReviewApplications(laptop.store, lambda: line, lambda: laptop.sync_with(self.office))

    def submitted(self, **typed: Any) -> str:
        """An application that Li filled in and submitted, here and at head office."""
        li = self.laptops[LI]
        self.sync(LI)
        prospect, _person = li.prospect("张三")
        li.edit(prospect, customer_type="sole_trader")
        applications = ApplyForLoan(li.store)
        application = applications.start(prospect)
        li.create("three_looks", ThreeLooks(), application)
        shown = applications.open(application).fields
        sign_everything(li.store, application)
        applications.submit(application, {**TYPED, "start": "2026-07-01", **typed}, shown)
        self.sync(LI, CHEN, DENG)
        return application


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[Branch]:
    office = Office.new(tmp_path / "office.db")
    made = Branch(office, tmp_path)
    yield made
    for laptop in made.laptops.values():
        laptop.store.close()
    office.close()


def status(laptop: Laptop, application: str) -> str:
    return str(laptop.screen(application)["status"])


def test_an_application_goes_from_the_officer_through_review_to_approval(branch: Branch) -> None:
    application = branch.submitted()
    chen, deng = branch.review(CHEN), branch.review(DENG)
    (waiting,) = chen.listed()
    assert (waiting.name, waiting.amount.fen, waiting.not_mine) == ("张三", 10_000_000, None)
    assert deng.listed()[0].not_mine.code == "not_reviewed"
    chen.decide(application, Terms("approve", reason="figures hold"))
    branch.sync(DENG)
    deng.decide(application, APPROVE)
    branch.sync(LI)
    assert status(branch.laptops[LI], application) == "approved"
    assert status(branch.laptops[DENG], application) == "approved"
    opened = deng.open(application)
    assert [(d.decision.level, d.name, d.standing) for d in opened.decisions] == [
        ("review", CHEN, True),
        ("approval", "Deng", True),
    ]
    assert branch.laptops[CHEN].queued() == branch.laptops[DENG].queued() == []


def test_a_returned_application_shows_its_questions_and_is_answered_and_submitted_again(branch: Branch) -> None:
    application = branch.submitted()
    chen = branch.review(CHEN)
    back = Terms("return", reason="one thing", questions=(("sales_fen", "From which books?"),))
    chen.decide(application, back)
    branch.sync(LI)
    li = branch.laptops[LI]
    assert status(li, application) == "returned"
    (asked,) = questions(li.store, application)
    assert (asked.field, asked.question.text, asked.open) == ("sales_fen", "From which books?", True)
    answer(li.store, asked.question.id, "From the QR statements.")
    branch.office.clock.move(minutes=5)
    applications = ApplyForLoan(li.store)
    applications.submit(application, {}, applications.open(application).fields)
    branch.sync(LI, CHEN)
    (review,) = chen.listed()
    assert (review.not_mine, review.open_questions) == (None, 0)
    opened = chen.open(application)
    assert [said.text for said in opened.questions[0].answers] == ["From the QR statements."]
    assert [d.standing for d in opened.decisions] == [False]


def test_without_head_office_nothing_is_decided_and_nothing_waits(branch: Branch) -> None:
    application = branch.submitted()
    branch.lines[CHEN].cut_before = ["unreachable"]
    with pytest.raises(TryLater):
        branch.review(CHEN).decide(application, Terms("decline", reason="no"))
    branch.lines[CHEN].cut_before = ["unreachable"]
    with pytest.raises(TryLater):
        branch.review(CHEN).ask(application, "Why?")
    assert branch.laptops[CHEN].queued() == []
    branch.sync(CHEN, LI)
    assert status(branch.laptops[LI], application) == "submitted"
    assert branch.review(CHEN).open(application).decisions == ()


def test_a_lost_answer_is_asked_for_again_and_decides_once(branch: Branch) -> None:
    application = branch.submitted()
    branch.lines[CHEN].lost = 1
    branch.review(CHEN).decide(application, Terms("approve"))
    assert len(branch.review(CHEN).open(application).decisions) == 1


def test_an_answer_that_never_comes_is_said_to_be_uncertain(branch: Branch) -> None:
    application = branch.submitted()
    branch.lines[CHEN].lost = 3
    with pytest.raises(Uncertain):
        branch.review(CHEN).decide(application, Terms("approve"))
    branch.sync(CHEN)
    assert len(branch.review(CHEN).open(application).decisions) == 1
    with pytest.raises(Actionable) as again:
        branch.review(CHEN).decide(application, Terms("approve"))
    assert again.value.code == "already_decided"


def test_who_took_the_application_does_not_review_it_in_a_new_position(branch: Branch) -> None:
    application = branch.submitted()
    branch.office.administration.reassign_all(LI, ZHAO)
    branch.office.administration.change_staff(LI, role="reviewer")
    enrolment = branch.laptops[LI].enrolment
    branch.laptops[LI].write(lambda unit: unit.state.set("enrolment", _as(enrolment, "reviewer")))
    with pytest.raises(Actionable) as refused:
        branch.review(LI).decide(application, Terms("approve"))
    assert refused.value.code == "separation"


def _as(enrolment: Any, role: str) -> Any:
    return msgspec.structs.replace(enrolment, role=role)


def test_head_offices_refusal_is_told_when_the_laptop_did_not_know(branch: Branch) -> None:
    application = branch.submitted()
    branch.review(CHEN).decide(application, Terms("decline", reason="no"))
    with pytest.raises(Actionable) as refused:  # this laptop was not told yet
        branch.review(DENG).decide(application, Terms("decline", reason="no"))
    assert refused.value.code in ("not_reviewed", "not_submitted")
    assert branch.laptops[DENG].queued() == []


@pytest.mark.parametrize("outcome", ["return", "decline"])
def test_no_without_a_reason(branch: Branch, outcome: Any) -> None:
    application = branch.submitted()
    with pytest.raises(Actionable) as refused:
        branch.review(CHEN).decide(application, Terms(outcome))
    assert refused.value.code == "required"


def test_who_decides_changes_no_record_of_a_customer(branch: Branch) -> None:
    branch.submitted()
    chen = branch.laptops[CHEN]
    person = next(name for name, one in chen.all_records().items() if one.kind == "person")
    for work in (lambda: chen.edit(person, name="李四"), lambda: chen.prospect("李四")):
        with pytest.raises(Actionable) as refused:
            work()
        assert refused.value.code == "role"


def test_hostile_words_are_kept_or_refused_in_a_sentence(branch: Branch) -> None:
    application = branch.submitted()
    chen = branch.review(CHEN)
    with pytest.raises(Actionable) as refused:
        chen.ask(application, "字" * 100_000)
    assert refused.value.code == "too_long"
    chen.ask(application, "\u202e谁的店？🙂\x00")
    assert len(chen.open(application).questions) == 1


def approved(branch: Branch) -> str:
    application = branch.submitted()
    branch.review(CHEN).decide(application, Terms("approve"))
    branch.sync(DENG)
    branch.review(DENG).decide(application, APPROVE)
    branch.sync(LI)
    return application


def test_an_approved_application_is_amended_by_a_version_beside_it(branch: Branch) -> None:
    application = approved(branch)
    desk = ApplicationDesk(branch.office.store, branch.office.clock)
    li = branch.laptops[LI]
    applications = ApplyForLoan(li.store)
    assert applications.open(application).amendable
    successor = applications.amend(application)
    assert applications.amend(application) == successor
    with li.store.reading() as view:
        assert len(view.records.children(successor, "three_looks")) == 1
    branch.office.clock.move(minutes=5)
    opened = applications.open(successor)
    sign_everything(li.store, successor)
    applications.submit(successor, {"months": 24}, opened.fields)
    branch.sync(LI, CHEN)
    assert (status(li, application), status(li, successor)) == ("approved", "submitted")
    with pytest.raises(Actionable) as refused:
        desk.move(application, "contract", by=WANG)
    assert refused.value.code == "replaced"
    branch.review(CHEN).decide(successor, Terms("approve"))
    branch.sync(DENG)
    branch.review(DENG).decide(successor, APPROVE)
    desk.move(successor, "contract", by=WANG)
    branch.sync(LI)
    assert (status(li, application), status(li, successor)) == ("withdrawn", "contracted")


def test_a_submitted_or_paid_out_application_is_not_amended(branch: Branch) -> None:
    application = branch.submitted()
    applications = ApplyForLoan(branch.laptops[LI].store)
    with pytest.raises(Actionable) as refused:
        applications.amend(application)
    assert refused.value.code == "not_amendable"
    with pytest.raises(Actionable) as gone:
        applications.amend("nothing")
    assert gone.value.code == "gone"
