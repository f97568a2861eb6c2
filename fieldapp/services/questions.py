"""What reviewers ask about an application and what the officer answers; neither is ever changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import msgspec

from fieldapp.domain.application_records import Answer, Question
from fieldapp.domain.errors import Actionable, Invalid
from fieldapp.domain.identifiers import RecordId
from fieldapp.domain.kinds import Values, record_of
from fieldapp.domain.record_rules import TEXT_LIMIT
from fieldapp.domain.wording import Sentence
from fieldapp.domain.writing import paragraphs
from fieldapp.services.business_day import whole_second
from fieldapp.services.staff_names import staff_names
from fieldapp.store.database import Store
from fieldapp.store.unit import Unit
from fieldapp.store.view import View

R = TypeVar("R", Question, Answer)


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody's words: whose (their name, or their number where it is not known here), when (UTC), what."""

    id: str
    staff: str
    name: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its answers, oldest first; ``field`` is its place in the form, empty for the whole."""

    question: Said
    field: str
    answers: tuple[Said, ...]

    @property
    def open(self) -> bool:
        """Whether it waits for an answer."""
        return not self.answers


def questions(store: Store, application: str) -> tuple[Asked, ...]:
    """Everything asked about the application, oldest first."""
    with store.reading() as view:
        return questions_in(view, application)


def questions_in(view: View, application: str) -> tuple[Asked, ...]:
    """The same within a look at the store."""
    names = staff_names(view)
    answers: dict[str, list[Said]] = {}
    for stored in view.records.children(application, "answer"):
        answer = _readable(stored.screen, Answer)
        if answer is not None:
            said = _said(stored.id, answer.staff, answer.at, answer.text, names)
            answers.setdefault(answer.question, []).append(said)
    found = []
    for stored in view.records.children(application, "question"):
        asked = _readable(stored.screen, Question)
        if asked is not None:
            said = _said(stored.id, asked.staff, asked.at, asked.text, names)
            found.append(Asked(said, asked.field, tuple(sorted(answers.get(stored.id, []), key=_when))))
    return tuple(sorted(found, key=lambda one: _when(one.question)))


def answer(store: Store, question: str, text: str) -> RecordId:
    """Answer a question; offline too. Raises Invalid (``required``, ``too_long``), Actionable (``gone``)."""
    words = written(text)

    def work(unit: Unit) -> RecordId:
        asked = unit.records.get(question)
        if asked is None or asked.kind != "question" or asked.parent is None:
            raise Actionable("gone", Sentence("This question is not on this laptop any more."))
        made = Answer(question=question, staff=unit.enrolment.staff, at=whole_second(unit.clock.now()), text=words)
        return unit.create("answer", made, parent=asked.parent)

    return store.write(work)


def written(text: str, field: str = "text") -> str:
    """What somebody wrote, cleaned. Raises Invalid (``required``, ``too_long``) naming ``field``."""
    words = paragraphs(text, field=field, limit=TEXT_LIMIT)
    if not words.strip():
        raise Invalid("required", Sentence("Write something."), field=field)
    return words


def _readable(screen: Values, shape: type[R]) -> R | None:
    try:
        return record_of(shape, screen)
    except msgspec.ValidationError:
        return None  # a newer head office's


def _said(record: str, staff: str, at: datetime, text: str, names: dict[str, str]) -> Said:
    return Said(record, staff, names.get(staff, staff), at, text)


def _when(said: Said) -> tuple[datetime, str]:
    return said.at, said.id
