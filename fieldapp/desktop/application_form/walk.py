"""Going from step to step of the form, and straight to one of its fields."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.application_form.columns import ThreeColumns
from fieldapp.desktop.application_form.steps import Steps
from fieldapp.domain.application_checklist import Step, step_of

_STEPS = tuple(Step)


class Walk(QObject):
    """``left`` tells that another step is about to be shown, ``arrived`` that it is, ``ended`` that none follows."""

    left = Signal()
    arrived = Signal()
    ended = Signal()

    def __init__(self, steps: Steps, columns: ThreeColumns, parent: QObject) -> None:
        super().__init__(parent)
        self._steps, self._columns = steps, columns
        self._step = Step.APPLICANT
        self._seen: set[Step] = set()

    def begin(self) -> None:
        """No step of this application was seen yet."""
        self._seen = set()

    def step(self) -> Step:
        """The step shown."""
        return self._step

    def seen(self) -> set[Step]:
        """The steps that were shown before this one."""
        return self._seen

    def go_to(self, step: Step) -> None:
        """Show a step."""
        if step is not self._step:
            self.left.emit()
        self._seen.add(self._step)
        self._step = step
        self._steps.show_step(step)
        self._columns.to_top()
        self.arrived.emit()
        self._steps.first(step).setFocus(Qt.FocusReason.TabFocusReason)

    def go_back(self) -> None:
        """Show the step before, if there is one."""
        place = _STEPS.index(self._step)
        if place:
            self.go_to(_STEPS[place - 1])

    def go_on(self) -> None:
        """Show the next step."""
        place = _STEPS.index(self._step)
        if place + 1 < len(_STEPS):
            self.go_to(_STEPS[place + 1])
        else:
            self.ended.emit()

    def go_to_place(self, step: Step, name: str) -> None:
        """Show a field, a row (``parties/ID``) or a consent of a step."""
        self.go_to(step)
        rows, _, row = name.partition("/")
        if rows in self._steps.rows():
            panel = self._steps.rows()[rows]
            panel.go_to(row)
            self._reveal(panel)
            return
        field = self._steps.form.field(name) or self._steps.declarations.consents.place(name)
        if field is not None:
            field.setFocus(Qt.FocusReason.OtherFocusReason)
            self._reveal(field)

    def go_to_field(self, name: str) -> None:
        """Show a field of the flat form."""
        self.go_to(step_of(name))
        field = self._steps.form.field(name)
        if field is not None:
            field.setFocus(Qt.FocusReason.OtherFocusReason)
            self._reveal(field)

    def go_to_reason(self) -> None:
        """Show where it is said why more is lent than can be borne."""
        self.go_to(Step.LOAN)
        self._steps.loan.reason.setFocus()
        self._reveal(self._steps.loan.reason)

    def _reveal(self, widget: QWidget) -> None:
        """Scroll to it once the step has its size."""
        QTimer.singleShot(0, widget, lambda: self._columns.reveal(widget))
