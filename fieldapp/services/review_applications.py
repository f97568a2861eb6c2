"""What a reviewer or approver does: read what was submitted, ask, and decide in contact with head office (E3, E13)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import msgspec

from fieldapp.domain.application_records import Alert, Decision, DecisionLevel, DecisionOutcome, Question
from fieldapp.domain.application_status import LEVELS
from fieldapp.domain.case_file import CaseFile
from fieldapp.domain.controls.separation import investigators, refusal_of_decision, refusal_of_level
from fieldapp.domain.errors import Actionable, Invalid, InvalidRecord
from fieldapp.domain.kinds import record_of, values_of
from fieldapp.domain.money import Money
from fieldapp.domain.record_rules import problems_of
from fieldapp.domain.records import Application, Record, Role, Visit
from fieldapp.domain.wording import Sentence
from fieldapp.protocol.changes import Change
from fieldapp.protocol.identifiers import Clock, new_change_id, new_record_id
from fieldapp.protocol.messages import Receipt
from fieldapp.services.business_day import day_of, whole_second
from fieldapp.services.case_records import read_case
from fieldapp.services.laptop import Laptop
from fieldapp.services.questions import Asked, questions_in, written
from fieldapp.services.refusals import reason_of
from fieldapp.services.staff_names import staff_names
from fieldapp.services.synchronise import synchronise_laptop
from fieldapp.store.database import Store
from fieldapp.store.state import Enrolment
from fieldapp.store.view import View
from fieldapp.sync.at_once import send_at_once
from fieldapp.sync.transport import HeadOffice
from fieldapp.sync.troubles import SyncTrouble

log = logging.getLogger(__name__)

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Review:
    """One application in the list of those who decide.

    ``not_mine`` says why it does not wait for this person, None when it does. ``alerts`` and ``open_questions`` count.
    """

    id: str
    prospect: str
    number: str
    name: str
    status: str
    amount: Money | None
    months: int | None
    officer: str
    submitted_at: datetime | None
    not_mine: Invalid | None
    alerts: int
    open_questions: int


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as it stands, with the name of who took it; ``standing`` when it is on the present submission."""

    decision: Decision
    name: str
    standing: bool


@dataclass(frozen=True, slots=True)
class CaseToDecide:
    """An application as those who decide read it."""

    review: Review
    file: CaseFile
    level: DecisionLevel | None
    decisions: tuple[Decided, ...]
    questions: tuple[Asked, ...]
    alerts: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """What is decided: ``amount_fen`` and ``months`` are granted, ``questions`` (field, text) go with a return."""

    outcome: DecisionOutcome
    reason: str = ""
    conditions: str = ""
    amount_fen: int | None = None
    months: int | None = None
    questions: tuple[tuple[str, str], ...] = ()


class ReviewApplications:
    """The work of those who decide, on one laptop. Every method may be called from any thread but the one that draws.

    ``head_office`` gives a connection of one's own; ``catch_up`` fetches what head office made of the decision.
    """

    def __init__(
        self, store: Store, head_office: Callable[[], HeadOffice], catch_up: Callable[[], object] = lambda: None
    ) -> None:
        self._store = store
        self._head_office = head_office
        self._catch_up = catch_up

    @classmethod
    def of(cls, laptop: Laptop) -> ReviewApplications:
        """On an unlocked laptop, over a connection beside the one that synchronises."""

        def line() -> HeadOffice:
            return laptop.line.to(laptop.enrolment()).another()

        return cls(laptop.store, line, lambda: synchronise_laptop(laptop, photos=False))

    def listed(self) -> tuple[Review, ...]:
        """Every application ever submitted: those that wait for this person first, the longest waiting on top."""
        with self._store.reading() as view:
            names = staff_names(view)
            found = [_listed(view, stored.id, names) for stored in view.records.of_kind("application")]
        reviews = [review for review in found if review is not None]
        waiting = [review for review in reviews if review.not_mine is None]
        others = [review for review in reviews if review.not_mine is not None]
        waiting.sort(key=_submitted)
        others.sort(key=_submitted, reverse=True)
        return (*waiting, *others)

    def open(self, application: str) -> CaseToDecide:
        """One application with all that was said about it. Raises Actionable (``gone``, ``newer``)."""
        with self._store.reading() as view:
            case = read_case(view.records, application)
            names = staff_names(view)
            review = _listed(view, application, names)
            if review is None:
                raise Actionable("not_submitted", Sentence("This application was not submitted yet."))
            submission = case.file.application.submitted_at
            decisions = tuple(
                Decided(one, names.get(one.staff, one.staff), one.submission == submission)
                for one in _beside(view, application, "decision", Decision)
            )
            alerts = tuple(
                Sentence(one.text, **one.values)
                for one in _beside(view, application, "alert", Alert)
                if one.submission == submission
            )
            level = LEVELS.get(_role(view.state.enrolment()))
            asked = questions_in(view, application)
        return CaseToDecide(review, case.file, level, decisions, asked, alerts)

    def ask(self, application: str, text: str, field: str = "") -> None:
        """Ask the officer something; the application stays where it is.

        Raises Invalid (``required``, ``too_long``); SyncTrouble, Uncertain or Actionable when head office did not
        record it: it was not asked then.
        """
        clock = self._store.clock
        with self._store.reading() as view:
            question = Question(
                staff=view.state.enrolment().staff, at=whole_second(clock.now()), text=written(text), field=field
            )
            change = _change(view, "question", application, question, clock)
        self._record([change])

    def decide(self, application: str, terms: Terms) -> None:
        """Record a decision at head office, now; the questions of a return go with it.

        Raises Invalid, InvalidRecord or Actionable with what this laptop knows to forbid it (``separation``,
        ``already_decided``, ``terms`` …); SyncTrouble, Uncertain or Actionable when head office did not record it.
        Nothing is kept on this laptop then.
        """
        clock = self._store.clock
        at = whole_second(clock.now())
        with self._store.reading() as view:
            role = _role(view.state.enrolment())
            file = read_case(view.records, application).file
            decision = Decision(
                level=LEVELS.get(role, "review"),
                outcome=terms.outcome,
                staff=view.state.enrolment().staff,
                at=at,
                business_date=day_of(at, clock.zone),
                submission=file.application.submitted_at,
                reason=_words(terms.reason, "reason"),
                conditions=_words(terms.conditions, "conditions"),
                amount_fen=terms.amount_fen if terms.outcome == "approve" else None,
                months=terms.months if terms.outcome == "approve" else None,
            )
            problems = problems_of("decision", values_of(decision))
            if problems:
                raise InvalidRecord(problems)
            earlier = _beside(view, application, "decision", Decision)
            refusal = refusal_of_decision(decision, role, file.application, earlier, _looked_into(view, application))
            if refusal is not None:
                raise refusal
            changes = [_change(view, "decision", application, decision, clock)]
            for field, text in terms.questions if terms.outcome == "return" else ():
                question = Question(staff=decision.staff, at=at, text=written(text), field=field)
                changes.append(_change(view, "question", application, question, clock))
        self._record(changes)
        log.info("decided", extra={"application": application, "outcome": terms.outcome})

    def _record(self, changes: Sequence[Change]) -> None:
        with self._head_office() as head_office:
            receipts = send_at_once(self._store, head_office, changes)
        _require_recorded(receipts)
        try:
            self._catch_up()
        except SyncTrouble as trouble:  # it stands at head office; the next synchronisation brings it
            log.info("decision_not_fetched", extra={"code": trouble.code})


def _require_recorded(receipts: Sequence[Receipt]) -> None:
    """Raises Actionable unless head office recorded all of it."""
    for receipt in receipts:
        if receipt.outcome == "refused":
            sentence, advice = reason_of(receipt.code, receipt.text)
            raise Actionable(receipt.code, sentence, advice=advice)
        if receipt.outcome not in ("accepted", "merged"):
            raise Actionable(
                "not_recorded",
                Sentence("Head office could not record this just now; nothing was decided."),
                advice=Sentence("Synchronise, then do it again."),
            )


def _listed(view: View, application: str, names: dict[str, str]) -> Review | None:
    try:
        case = read_case(view.records, application)
    except Actionable:
        return None  # its customer is not here yet, or a newer program wrote it
    held = case.file.application
    if held.submitted_at is None or held.status == "draft":
        return None
    enrolment = view.state.enrolment()
    decisions = _beside(view, application, "decision", Decision)
    looked_into = _looked_into(view, application)
    return Review(
        id=application,
        prospect=case.prospect.id,
        number=held.number,
        name=case.file.person.name if case.file.person is not None else "",
        status=held.status,
        amount=Money(held.amount_fen) if held.amount_fen is not None else None,
        months=held.months,
        officer=names.get(held.officer, held.officer),
        submitted_at=held.submitted_at,
        not_mine=refusal_of_level(enrolment.staff, _role(enrolment), held, decisions, looked_into),
        alerts=sum(one.submission == held.submitted_at for one in _beside(view, application, "alert", Alert)),
        open_questions=sum(one.open for one in questions_in(view, application)),
    )


def _looked_into(view: View, application: str) -> frozenset[str]:
    stored = view.records.get(application)
    if stored is None or stored.parent is None:
        return frozenset()
    return investigators(record_of(Application, stored.screen), _beside(view, stored.parent, "visit", Visit))


def _beside(view: View, parent: str, kind: str, shape: type[R]) -> list[R]:
    """The readable records of a kind under ``parent``, in the order they were made."""
    found = []
    for stored in sorted(view.records.children(parent, kind), key=lambda one: one.id):
        try:
            found.append(record_of(shape, stored.screen))
        except msgspec.ValidationError:
            continue
    return found


def _change(view: View, kind: str, application: str, record: Record, clock: Clock) -> Change:
    stored = view.records.get(application)
    if stored is None:
        raise Actionable("gone", Sentence("This application is not on this laptop any more."))
    return Change(
        id=new_change_id(),
        n=(view.state.get("n", int) or 0) + 1,
        stream=stored.stream,
        kind=kind,
        record=new_record_id(),
        parent=application,
        fields={name: (None, value) for name, value in values_of(record).items() if value is not None},
        new=True,
        actor=view.state.enrolment().staff,
        made_at=clock.now().isoformat(timespec="milliseconds"),
    )


def _role(enrolment: Enrolment) -> Role:
    role: Role = msgspec.convert(enrolment.role, Role)
    return role


def _words(text: str, field: str) -> str:
    return written(text, field) if text.strip() else ""


def _submitted(review: Review) -> tuple[str, str]:
    return (review.submitted_at.isoformat() if review.submitted_at is not None else "", review.id)
