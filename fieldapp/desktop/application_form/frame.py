"""What stands around the steps: title, status, saved mark, the way back and on, and why nothing can be typed."""

from __future__ import annotations

from collections.abc import Callable, Set
from datetime import datetime
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldapp.desktop.application_form.application_chip import status_chip
from fieldapp.desktop.application_form.open_items import STEP_NAMES
from fieldapp.desktop.components import stepper
from fieldapp.desktop.components.arrange import CONTENT_WIDTH, Column
from fieldapp.desktop.components.banner import Banner
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.chip import Chip, StateMark
from fieldapp.desktop.components.header import Header
from fieldapp.desktop.components.stepper import Stepper, StepState
from fieldapp.desktop.components.text import Tone
from fieldapp.desktop.look import Icon, px
from fieldapp.domain.application_checklist import OpenItem, Step
from fieldapp.services.apply_for_loan import OpenApplication
from fieldapp.services.submit_application import RefusedSubmission
from fieldapp.translation import in_a_row, say, tr, trn

_STEPS = tuple(Step)


class Frame(Column):
    """``back``, ``next`` and ``stepper`` are what a person goes on with; ``notes`` stand over the content.

    ``amend_wanted`` asks for a new version of what is approved or signed, ``refused_wanted`` for the list of what head
    office found open.
    """

    amend_wanted = Signal()
    refused_wanted = Signal(object)

    def __init__(self, heading: Callable[[], str], content: QWidget, *notes: QWidget) -> None:
        self.chip = Chip("")
        self.saved = StateMark("", Icon.CHECK, Tone.SECOND, fill=False)
        self.saved.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.saved.hide()
        self.back = Button(lambda: tr("Back"), key="Alt+Left")
        self.next = Button("", Kind.FILLED, key="Ctrl+Return")
        self.header = Header(heading, "", self.saved, self.back, self.next, after=(self.chip,))
        self._consents = (0, 0)
        self._submitting = False
        self.stepper = Stepper([stepper.Step(step, partial(self._step_name, step)) for step in _STEPS])
        self.sealed = Banner()
        self.sealed.hide()
        super().__init__(self.header, self.stepper, self.sealed, *notes, (content, 1), gap=12)

    def restyle(self) -> None:
        super().restyle()
        self.setMaximumWidth(px(CONTENT_WIDTH))

    def show_application(self, opened: OpenApplication) -> None:
        """Show whose application it is, how it stands, and why nothing can be typed any more."""
        application, sealed = opened.file.application, opened.sealed
        look = status_chip(application.status)
        self.chip.say(look.words, look.ground)
        self.header.title.retranslate()
        refused = opened.refused
        self.sealed.setVisible(sealed is not None or refused is not None or application.status == "returned")
        if sealed is not None:
            self.saved.hide()
            number = application.number
            self.sealed.show_message(
                lambda: say(sealed),
                lambda: tr("Number {number}. Print it for signature on this page.", number=number),
                Tone.SKY,
                action=(lambda: tr("Amend")) if opened.amendable else None,
                act=self.amend_wanted.emit,
            )
        elif refused is not None:
            self._show_refused(refused)
        elif application.status == "returned":
            self.sealed.show_message(
                lambda: tr("Head office returned this application"), application.decision_note, Tone.AMBER
            )

    def _show_refused(self, refused: RefusedSubmission) -> None:
        """Everything that head office found open, in a list where it is more than one thing."""
        count = len(refused.items)
        if count < 2:
            self.sealed.show_message(
                lambda: tr("Head office did not take it: {reason}", reason=say(refused.reason)),
                lambda: say(refused.advice),
                Tone.SEAL,
            )
            return
        self.sealed.show_message(
            lambda: trn("Head office did not take it: {count} thing is open", "Head office did not take it: {count} "
                        "things are open", count),
            lambda: in_a_row(say(refused.reason), say(refused.advice)),
            Tone.SEAL,
            action=lambda: tr("Show all"),
            act=lambda: self.refused_wanted.emit(refused.items),
        )  # fmt: skip

    def show_consents(self, given: int, needed: int) -> None:
        """Say with the next ``show_steps`` how many of the consents that are needed are valid."""
        self._consents = (given, needed)

    def _step_name(self, step: Step) -> str:
        given, needed = self._consents
        name = STEP_NAMES[step]()
        return f"{name} {given}/{needed}" if step is Step.DECLARATIONS and needed else name

    def show_submitting(self, busy: bool) -> None:
        """Say that the papers are being frozen, which takes a second or two; nothing is handed over twice meanwhile."""
        if busy == self._submitting:
            return
        self._submitting = busy
        self.next.setEnabled(not busy)
        self.saved.show_state(lambda: tr("Freezing the papers"), Icon.ENCRYPTED, Tone.SECOND, fill=False)
        self.saved.setVisible(busy)

    def show_saved(self, local: datetime) -> None:
        """Show when what is typed reached the disk."""
        self.saved.show_state(lambda: tr("Saved {time}", time=f"{local:%H:%M:%S}"), Icon.CHECK, Tone.SECOND, fill=False)
        self.saved.show()

    def show_steps(self, current: Step, looked_at: Set[Step], items: tuple[OpenItem, ...], *, sealed: bool) -> None:
        """Show how each step stands; what lacks on one is said once it was ``looked_at``."""
        states: dict[object, StepState] = {}
        for step in _STEPS:
            lacks = any(item.step is step for item in items)
            if sealed or (not lacks and step is not Step.SIGNING):
                states[step] = StepState.DONE
            else:
                states[step] = StepState.MISSING if lacks and step in looked_at else StepState.OPEN
        self.stepper.show_state(current, states, 0 if sealed else len(items))
        place = _STEPS.index(current)
        last = place == len(_STEPS) - 1
        self.back.setEnabled(place > 0)
        self.next.setVisible(not (last and sealed))
        if last:
            self.next.say(lambda: tr("Submit to head office"))
        else:
            following = STEP_NAMES[_STEPS[place + 1]]
            self.next.say(lambda: tr("Next: {step}", step=following()))
