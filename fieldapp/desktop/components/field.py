"""A field with its label above and its error below; and the form that knows which field a rule meant."""

from __future__ import annotations

from typing import Protocol, cast

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from fieldapp.desktop.components import painting
from fieldapp.desktop.components.arrange import STRETCH, Column, Line
from fieldapp.desktop.components.key_cap import KeyCap
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.components.words import Words, said
from fieldapp.desktop.look import Icon, Living, paint_icon, px, tokens
from fieldapp.desktop.look.fonts import font, width
from fieldapp.domain.errors import Actionable, InvalidRecord
from fieldapp.translation import explain


class Control(Protocol):
    """What a Field needs of the widget in it, beside being a widget."""

    def show_error(self, wrong: bool) -> None:
        """Draw the control as wrong, or as right again."""


class Field(Column):
    """A label (13/500), the control, and under it a hint or an error: an icon and what to do.

    ``hint`` stands behind the label and may be said anew, ``key`` as a cap at its right (binding it is the control's
    business), ``below`` is a widget kept under the control, such as a limit.
    """

    def __init__(
        self,
        label: Words,
        control: QWidget,
        *,
        hint: Words = "",
        key: str = "",
        below: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self.control = control
        self._label = Text(label, Role.LABEL)
        self._words = label
        cast(QLabel, self._label).setBuddy(control)
        self._hint = Text(hint, Role.HINT, elide=True)
        self._top = Line(self._label, self._hint, STRETCH, *([KeyCap(key)] if key else []), gap=8)
        self.error = ErrorLine()
        self.error.hide()
        super().__init__(self._top, control, *([below] if below is not None else []), self.error, gap=5, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, control.sizePolicy().verticalPolicy())
        self.setFocusProxy(control)

    def restyle(self) -> None:
        super().restyle()
        self._top.setMinimumHeight(px(painting.CAP_HEIGHT) + 1)  # with or without a key: fields side by side line up

    def retranslate(self) -> None:
        super().retranslate()
        self.control.setAccessibleName(said(self._words))

    def say_hint(self, words: Words) -> None:
        """Say something else behind the label."""
        self._hint.say(words)

    def show_error(self, words: Words | None) -> None:
        """Say below the field what to do, or take it back with None."""
        wrong = words is not None
        mark = getattr(self.control, "show_error", None)
        if mark is not None:
            cast(Control, self.control).show_error(wrong)
        self.error.say(words or "")
        self.error.setVisible(wrong)
        self.control.setAccessibleDescription(said(words) if words is not None else "")


class FieldLine(Line):
    """Fields beside one another: an error below one leaves the others where they are. ``gap`` in logical pixels."""

    def __init__(self, *fields: Field | tuple[QWidget, int], gap: int = 16) -> None:
        super().__init__(*fields, gap=gap, grows=True)
        self.align(Qt.AlignmentFlag.AlignTop)


class ErrorLine(Living, QWidget):
    """The line below a wrong field: a shape and what to do, in seal red; it wraps."""

    def __init__(self, words: Words = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def say(self, words: Words) -> None:
        """Show other words."""
        self._words = words
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(said(self._words))
        self.updateGeometry()
        self.update()

    def heightForWidth(self, across: int) -> int:
        lines = max(1, -(-int(width(said(self._words)[:400], font(12))) // max(across - px(22), 1)))
        return px(18) * lines

    def hasHeightForWidth(self) -> bool:
        return True

    def sizeHint(self) -> QSize:
        return QSize(px(120), px(18))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_icon(painter, Icon.ERROR, 0, px(1), 15, tokens().seal, fill=True)
        painter.setFont(font(12))
        painter.setPen(tokens().seal)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(QRectF(px(20), 0, self.width() - px(20), self.height()), int(flags), said(self._words)[:400])
        painter.end()


class Form:
    """The fields of a page by the names the rules use, so that a refusal lands beside the field it means."""

    def __init__(self, **fields: Field) -> None:
        self._fields = dict(fields)

    def add(self, name: str, field: Field) -> None:
        """Let ``field`` answer for ``name``."""
        self._fields[name] = field

    def fields(self) -> list[Field]:
        """The fields, in the order given."""
        return list(self._fields.values())

    def clear(self) -> None:
        """Take all errors back."""
        for field in self._fields.values():
            field.show_error(None)

    def show(self, error: Exception) -> bool:
        """Show a refusal beside its fields and go to the first; False when it names no field of this form."""
        self.clear()
        problems: list[Actionable] = []
        if isinstance(error, InvalidRecord):
            problems = list(error.problems)
        elif isinstance(error, Actionable):
            problems = [error]
        known = [problem for problem in problems if problem.field in self._fields]
        for problem in known:
            self._fields[cast(str, problem.field)].show_error(lambda problem=problem: explain(problem))
        if known:
            self._fields[cast(str, known[0].field)].setFocus(Qt.FocusReason.OtherFocusReason)
        return bool(known) and len(known) == len(problems)
