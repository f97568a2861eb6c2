"""A consent to be read: every part in both languages, the choices beside them, nothing chosen beforehand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import STRETCH, Column, Line, ScrollPage, fill_with
from fieldapp.desktop.components.card import Rule
from fieldapp.desktop.components.checks import Tick
from fieldapp.desktop.components.segmented import Segmented
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.look import px
from fieldapp.services.consent_texts import ConsentText, Pair, TextLine, TextPart
from fieldapp.translation import tr

_SLACK = 4


class ConsentReading(QWidget):
    """``read_to_end`` is told once the last line was in sight, ``answered`` after every choice."""

    read_to_end = Signal()
    answered = Signal()

    def __init__(self, text: ConsentText) -> None:
        super().__init__()
        self._text = text
        self._choices: dict[str, Segmented] = {}
        self._asked: dict[str, QWidget] = {}
        self.purposes: dict[str, Tick] = {}
        self.have_read = Tick(lambda: text.have_read.zh)
        self.have_read.toggled.connect(lambda _on: self.answered.emit())
        self._was_at_end = False
        items: list[QWidget] = []
        number = 1
        for part in text.parts:
            items.append(Text(_both(part.heading), Role.HEADING))
            for line in part.lines:
                items.append(self._line(number, line))
                number += 1
            if part.choice is not None:
                items.append(self._choice_of_part(part))
            items.append(Rule())
        items += [self.have_read, Text(lambda: text.have_read.en, Role.HINT, wrap=True)]
        self.view = ScrollPage(Column(*items, 8, gap=10, margins=(4, 0, 16, 0)))
        self.view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.view.verticalScrollBar().valueChanged.connect(lambda _value: self._look())
        self.view.verticalScrollBar().rangeChanged.connect(lambda _least, _most: self._look())
        fill_with(self, self.view)

    def choices(self) -> dict[str, bool]:
        """What was chosen so far, by name; ``read`` only when its box is ticked."""
        found = {name: bool(strip.value()) for name, strip in self._choices.items() if strip.value() is not None}
        return {**found, "read": True} if self.have_read.isChecked() else found

    def chosen_purposes(self) -> tuple[str, ...]:
        """The purposes that are ticked."""
        return tuple(name for name, box in self.purposes.items() if box.isChecked())

    def at_end(self) -> bool:
        """Whether the last line was ever in sight."""
        return self._was_at_end

    def missing(self) -> str | None:
        """The first choice that was not made, in the order of the text."""
        made = self.choices()
        return next((name for name in self._text.choices if name not in made), None)

    def show_missing(self) -> None:
        """Bring the first choice that was not made into sight and mark it."""
        missing = self.missing()
        if missing is None:
            return
        control = self._choices.get(missing, self.have_read)
        if isinstance(control, Segmented):
            control.show_error(True)
            control.setFocus(Qt.FocusReason.OtherFocusReason)
        self.view.ensureWidgetVisible(control, px(8), px(60))
        (control.focusProxy() or control).setFocus(Qt.FocusReason.OtherFocusReason)

    def turn(self, pages: float) -> None:
        """Go on by so many pages."""
        bar = self.view.verticalScrollBar()
        bar.setValue(bar.value() + round(pages * bar.pageStep() * 0.9))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        turns = {Qt.Key.Key_PageDown: 1.0, Qt.Key.Key_PageUp: -1.0, Qt.Key.Key_Space: 1.0}
        if event.key() in turns:
            self.turn(turns[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_End:
            self.turn(10_000)
        else:
            super().keyPressEvent(event)

    def _look(self) -> None:
        bar = self.view.verticalScrollBar()
        if not self._was_at_end and self.isVisible() and bar.value() >= bar.maximum() - px(_SLACK):
            self._was_at_end = True
            self.read_to_end.emit()

    def _line(self, number: int, line: TextLine) -> QWidget:
        role = Role.STRONG if line.bold else Role.BODY
        words = Column(
            Text(f"{number}. {line.said.zh}", role, wrap=True, tone=Tone.INK),
            Text(line.said.en, Role.HINT, wrap=True),
            gap=2,
        )
        below: list[QWidget] = [words]
        if line.purposes:
            for name, said in self._text.purposes:
                self.purposes[name] = Tick(_one_language(said))
                below.append(Line(16, self.purposes[name], STRETCH))
        if line.choice is not None:
            below.append(self._choice(line.choice, None))
        return Column(*below, gap=6)

    def _choice_of_part(self, part: TextPart) -> QWidget:
        return self._choice(part.choice or "", part.choice_text)

    def _choice(self, name: str, said: Pair | None) -> QWidget:
        strip = Segmented(
            [(True, _one_language(self._text.agree)), (False, _one_language(self._text.decline))],
            first_digit=0,
            fitted=True,
        )
        strip.chosen.connect(partial(self._chosen, strip))
        self._choices[name] = strip
        words = Text(_both(said) if said is not None else lambda: tr("My choice"), Role.LABEL, wrap=said is not None)
        return Line(16, (words, 1) if said is not None else words, strip, STRETCH, gap=10, grows=True)

    def _chosen(self, strip: Segmented, _key: object) -> None:
        strip.show_error(False)
        self.answered.emit()


def _both(pair: Pair) -> str:
    return f"{pair.zh}  {pair.en}".strip()


def _one_language(pair: Pair) -> Callable[[], str]:
    return lambda: _both(pair)
