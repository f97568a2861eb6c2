"""What reviewers ask, at the application itself: a banner, a word at each field, and the list in which one answers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime
from functools import partial

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import STRETCH, Column, Line, ScrollPage
from fieldapp.desktop.components.banner import Banner
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.overlay import Overlay, Panel
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.look import Icon, px
from fieldapp.desktop.review.talk import QuestionBox
from fieldapp.services.questions import Asked
from fieldapp.translation import tr, trn

Local = Callable[[datetime], datetime]


class AskedBanner(Banner):
    """Says how many questions wait; its button calls ``wanted``."""

    def __init__(self, wanted: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._wanted = wanted
        self.hide()

    def show_questions(self, questions: tuple[Asked, ...]) -> None:
        """Show how they stand; nothing where nothing was asked."""
        self.setVisible(bool(questions))
        if not questions:
            return
        waiting = [asked for asked in questions if asked.open]
        first = (waiting or list(questions))[0].question.text[:160]
        if waiting:
            count = len(waiting)
            title = lambda: trn("{count} question to answer", "{count} questions to answer", count)  # noqa: E731
        else:
            count = len(questions)
            title = lambda: trn("{count} question, answered", "{count} questions, all answered", count)  # noqa: E731
        tone = Tone.AMBER if waiting else Tone.PINE
        act = self._wanted
        self.show_message(title, first, tone, icon=Icon.CHAT, action=lambda: tr("Questions"), act=act)


def at_the_fields(questions: Iterable[Asked]) -> dict[str, Callable[[], str]]:
    """What stands below each field that an unanswered question is about."""
    return {asked.field: partial(_asked, asked) for asked in questions if asked.open and asked.field}


def show_questions(
    host: QWidget,
    questions: tuple[Asked, ...],
    local: Local,
    today: date,
    *,
    answer: Callable[[Asked], object],
    go: Callable[[str], object],
    half_typed: Collection[str] = (),
) -> Overlay:
    """List the questions over the page; ``answer`` asks for the words, ``go`` shows a question's place in the form.

    ``half_typed`` are the questions whose answer is begun and kept.
    """
    panel = _QuestionsPanel(questions, local, today, answer, go, half_typed)
    overlay = Overlay(host, panel, wide=560)
    overlay.setAccessibleName(tr("Questions"))
    panel.stand_in(overlay)
    overlay.open()
    return overlay


def _asked(asked: Asked) -> str:
    return tr("Asked: {question}", question=asked.question.text[:200])


class _Scrolled(ScrollPage):
    def sizeHint(self) -> QSize:
        inner = self.widget()
        return QSize(px(500), min(inner.sizeHint().height(), px(420)) if inner is not None else px(420))


class _QuestionsPanel(Panel):
    def __init__(
        self,
        questions: tuple[Asked, ...],
        local: Local,
        today: date,
        answer: Callable[[Asked], object],
        go: Callable[[str], object],
        half_typed: Collection[str],
    ) -> None:
        self._answer, self._go = answer, go
        self._overlay: Overlay | None = None
        boxes: list[QWidget] = []
        for asked in questions:
            boxes.append(
                QuestionBox(asked, local, today, self._wants_to_answer, half_typed=asked.question.id in half_typed)
            )
            if asked.field:
                place = Button(lambda: tr("Show the place"), Kind.LINK, icon=Icon.RIGHT)
                place.clicked.connect(partial(self._wants_to_go, asked.field))
                boxes.append(Line(place, STRETCH))
        self._close = Button(lambda: tr("Close"), key="Escape")
        title = Text(lambda: tr("Questions about this application"), Role.DIALOG)
        super().__init__(
            Column(title, (_Scrolled(Column(*boxes, gap=12)), 1), 2, Line(STRETCH, self._close, gap=8), gap=10)
        )

    def stand_in(self, overlay: Overlay) -> None:
        """Learn what closes this panel."""
        self._overlay = overlay
        self._close.clicked.connect(overlay.close_panel)
        overlay.closed.connect(overlay.deleteLater)

    def _wants_to_answer(self, asked: Asked) -> None:
        self._leave()
        self._answer(asked)

    def _wants_to_go(self, field: str) -> None:
        self._leave()
        self._go(field)

    def _leave(self) -> None:
        if self._overlay is not None:
            self._overlay.close_panel()
