"""What head office does with applications itself: look at them, contract, disburse, note that they were withdrawn."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from fieldapp.domain.application_records import Alert, Answer, Decision, Question
from fieldapp.domain.application_status import UNDER_WAY, Act, refusal_of_move
from fieldapp.domain.controls.limits import Limits
from fieldapp.domain.errors import Actionable, Invalid
from fieldapp.domain.identifiers import BANK_STREAM
from fieldapp.domain.record_rules import TEXT_LIMIT
from fieldapp.domain.records import Application, ApplicationStatus, Person
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.case import Case, case_of
from fieldapp.headoffice.case_effects import CaseEffects
from fieldapp.headoffice.instants import iso
from fieldapp.headoffice.known_staff import active_staff
from fieldapp.headoffice.ledger import Ledger
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.screening import Screener
from fieldapp.headoffice.storage.store import Store, Unit
from fieldapp.protocol.identifiers import Clock

log = logging.getLogger(__name__)

_BECOMES: dict[Act, ApplicationStatus] = {"contract": "contracted", "disburse": "disbursed", "withdraw": "withdrawn"}


@dataclass(frozen=True, slots=True)
class ApplicationLine:
    """One application in head office's list."""

    application: str
    number: str
    branch: str
    officer: str
    name: str
    status: str
    amount_fen: int | None
    months: int | None
    submitted_at: str | None
    alerts: int


@dataclass(frozen=True, slots=True)
class ApplicationFile:
    """One application with what was said and decided about it, oldest first.

    ``given_back`` are decisions that laptops gave back after a restore, and that do not count.
    """

    line: ApplicationLine
    application: Application
    decisions: Sequence[Decision]
    alerts: Sequence[Alert]
    questions: Sequence[tuple[Question, Sequence[Answer]]]
    given_back: Sequence[Decision] = ()


class ApplicationDesk:
    """Head office's own hands on applications. Every method raises Actionable when it cannot do its work."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def listed(self, *, branch: str | None = None, status: str | None = None) -> list[ApplicationLine]:
        """Every application that was ever submitted, of one sub-branch or in one status if asked, oldest first.

        Raises Actionable: ``branch_unknown``.
        """
        with self._store.reading() as unit:
            streams = [one for one in unit.records.streams() if one != BANK_STREAM]
            if branch is not None and branch not in streams:
                raise Actionable("branch_unknown", Sentence("There is no sub-branch {code}.", code=branch))
            found = [
                _line(kept, unit.records.of_root(stream, kept.root, entries=False))
                for stream in ([branch] if branch is not None else streams)
                for kept in unit.records.of_kind(stream, "application")
                if kept.values.get("submitted_at") is not None and not kept.deleted
            ]
        return [line for line in found if status in (None, line.status)]

    def show(self, application: str) -> ApplicationFile:
        """One application, by its number or its id.

        Raises Actionable: ``application_unknown``, ``application_ambiguous`` (several have the number).
        """
        with self._store.reading() as unit:
            kept = _known(unit, application)
            case = Case(kept, unit.records.of_root(kept.stream, kept.root, entries=False))
        answers = [answer for _, answer in case.beside("answer", Answer)]
        return ApplicationFile(
            _line(kept, case.family),
            case.application,
            case.decisions,
            [alert for _, alert in case.beside("alert", Alert)],
            [
                (question, [answer for answer in answers if answer.question == stored.record])
                for stored, question in case.beside("question", Question)
            ],
            case.given_back_decisions,
        )

    def move(self, application: str, act: Act, *, by: str, note: str = "") -> ApplicationLine:
        """Contract, disburse or withdraw an application, in the name of the member of staff ``by``.

        Nobody contracts or disburses what they investigated, reviewed or approved (E3), what is their own kin's (E2),
        or what a successor replaces.
        Raises Actionable: ``application_unknown``, ``application_ambiguous``, ``staff_unknown``, ``staff_inactive``,
        ``separation``, ``deciding_on_kin``, ``replaced``, ``status_move``, ``too_long`` (``note``).
        """
        if len(note) > TEXT_LIMIT:
            raise Invalid("too_long", Sentence("This text is too long."), field="note")
        with self._store.writing() as unit:
            stream = _known(unit, application).stream
            heads = unit.records.heads([stream], lock=True)
            kept = _known(unit, application)
            if kept.stream != stream:
                raise Actionable(
                    "busy", Sentence("The database is busy, full or may not be written. Nothing was changed.")
                )
            at = iso(self._clock.now())
            ledger = Ledger(unit, heads, {kept.record: kept}, device="", at=at)
            case = case_of(ledger, kept)
            self._require(unit, case, act, by)
            effects = CaseEffects(unit, ledger, at, Limits())
            fields = {"status": _BECOMES[act], **({"decision_note": note} if note else {})}
            moved = effects.move_application(kept, fields)
            replaced = case.application.replaces
            predecessor = ledger.fetch(replaced) if act == "contract" and replaced is not None else None
            if predecessor is not None and refusal_of_move(_status(predecessor), "withdrawn", "head_office") is None:
                effects.move_application(predecessor, {"status": "withdrawn"})
            ledger.keep()
            ledger.flush()
            line = _line(moved, case.family)
        log.info("application_moved", extra={"application": kept.record, "act": act, "by": by})
        return line

    def _require(self, unit: Unit, case: Case, act: Act, by: str) -> None:
        active_staff(unit, by)
        refusal = refusal_of_move(_status(case.stored), _BECOMES[act], "head_office")
        if refusal is not None:
            raise refusal
        if act == "withdraw":
            return
        if by in case.looked_into_by or any(one.staff == by for one in (*case.decisions, *case.given_back_decisions)):
            raise Actionable(
                "separation", Sentence("They took part in the investigation or the decision; somebody else does this.")
            )
        interest = Screener(unit, Limits()).refusal_of_interest(case, by)
        if interest is not None:
            raise interest
        if any(_replaces(one, case.stored) for one in case.family):
            raise Actionable("replaced", Sentence("A newer version of this application is under way or stands."))


def _replaces(successor: StoredRecord, application: StoredRecord) -> bool:
    """Whether a later version of the application was handed in and not given up."""
    named = successor.kind == "application" and successor.values.get("replaces") == application.record
    return named and _status(successor) in UNDER_WAY


_MOST_IDS = 10


def _known(unit: Unit, application: str) -> StoredRecord:
    if "\x00" not in application:
        streams = [one for one in unit.records.streams() if one != BANK_STREAM]
        found = unit.records.find([application], streams).get(application)
        if found is not None and found.kind == "application":
            return found
        numbered = [
            kept
            for stream in streams
            for kept in unit.records.of_kind(stream, "application")
            if kept.values.get("number") == application and application and not kept.deleted
        ]
        if len(numbered) > 1:  # laptops give the numbers, and whoever acts by one means one
            raise Actionable(
                "application_ambiguous",
                Sentence("{count} applications have the number {number}.", count=len(numbered), number=application),
                advice=Sentence(
                    "Name one by its id: {ids}.", ids=", ".join(one.record for one in numbered[:_MOST_IDS])
                ),
            )
        if numbered:
            return numbered[0]
    raise Actionable(
        "application_unknown", Sentence("No application has the number {number}.", number=application[:100])
    )


def _line(kept: StoredRecord, family: Sequence[StoredRecord]) -> ApplicationLine:
    case = Case(kept, family)
    people = {stored.record: person for stored, person in case.of_customer("person", Person)}
    applicant = people.get(str(kept.values.get("person")))
    return ApplicationLine(
        application=kept.record,
        number=str(kept.values.get("number") or ""),
        branch=kept.stream,
        officer=str(kept.values.get("officer") or ""),
        name=applicant.name if applicant is not None else "",
        status=_status(kept),
        amount_fen=kept.values.get("amount_fen"),
        months=kept.values.get("months"),
        submitted_at=kept.values.get("submitted_at"),
        alerts=len(case.beside("alert", Alert)),
    )


def _status(application: StoredRecord) -> str:
    return str(application.values.get("status", "draft"))
