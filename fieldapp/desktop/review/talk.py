"""A question with its answers, and the way to answer it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import STRETCH, Column, Line
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.entry import Note
from fieldapp.desktop.components.field import Field
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.formats import near_moment
from fieldapp.desktop.look import Icon
from fieldapp.desktop.page import Shell
from fieldapp.desktop.people.dialog_draft import Keep
from fieldapp.desktop.people.small_form import going_on, open_small_form
from fieldapp.services.half_typed import Place
from fieldapp.services.labels import field_label
from fieldapp.services.laptop import Store
from fieldapp.services.questions import Asked, Said, answer
from fieldapp.translation import say, tr

Local = Callable[[datetime], datetime]


class QuestionBox(Column):
    """A question, the place in the form that it is about, and what was answered; ``answer`` adds the button for it.

    ``half_typed`` tells that an answer is begun and kept.
    """

    def __init__(
        self,
        asked: Asked,
        local: Local,
        today: date,
        answer: Callable[[Asked], object] | None = None,
        *,
        half_typed: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        parts: list[QWidget] = [
            Text(asked.question.text, Role.STRONG, wrap=True),
            Text(lambda: _who(asked.question, local, today, place_words(asked.field)), Role.HINT, wrap=True),
        ]
        for said in asked.answers:
            parts.append(Text(said.text, Role.BODY, wrap=True))
            parts.append(Text(partial(_who, said, local, today, ""), Role.HINT))
        if asked.open and answer is None:
            parts.append(Text(lambda: tr("not answered yet"), Role.HINT, tone=Tone.AMBER))
        if answer is not None:
            words: Words = (lambda: tr("Answer")) if asked.open else (lambda: tr("Add to the answer"))
            verb = Button(
                (lambda: going_on(words)) if half_typed else words,
                Kind.SOFT if asked.open else Kind.LINK,
                icon=Icon.CHAT,
            )
            verb.clicked.connect(partial(answer, asked))
            parts.append(Line(verb, STRETCH))
        super().__init__(*parts, gap=3, parent=parent)


def place_words(field: str) -> str:
    """What the field of a question is called on screens; empty for the whole application."""
    if not field:
        return ""
    kind, _, name = field.rpartition(".")
    return say(field_label("person" if kind == "spouse" else kind or "application", name).label)


def open_answer(shell: Shell, store: Store, application: str, asked: Asked, done: Callable[[], object]) -> None:
    """Ask for the answer over the page; it is saved on this laptop and sent with everything else.

    ``done`` is also called once a half typed answer was put aside.
    """
    words = Field(lambda: tr("Answer"), Note(lines=4))

    def work() -> Callable[[], object]:
        note = words.control
        assert isinstance(note, Note)  # noqa: S101 - made three lines above
        return partial(answer, store, asked.question.id, note.text())

    def saved(_answer: object) -> None:
        shell.toast(lambda: tr("The answer is saved"), lambda: tr("Only on this laptop until head office confirms it"))
        done()

    open_small_form(
        shell,
        lambda: tr("Answer the reviewer"),
        asked.question.text[:500],
        {"text": words},
        verb=lambda: tr("Save"),
        stay=lambda: tr("Not now"),
        work=work,
        done=saved,
        keep=Keep(store, Place(application, "answer", asked.question.id), aside=done),
    )


def _who(said: Said, local: Local, today: date, place: str) -> str:
    parts = (said.name, near_moment(local(said.at), today), place)
    return " • ".join(part for part in parts if part)
