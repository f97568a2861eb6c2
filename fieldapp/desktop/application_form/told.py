"""What is told in passing: what was found again, that it is submitted, and what that made of its papers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fieldapp.desktop.application_form.open_items import STEP_NAMES
from fieldapp.desktop.page import Shell
from fieldapp.domain.application_checklist import Step
from fieldapp.services.apply_for_loan import OpenApplication
from fieldapp.services.hand_over import HandedOver
from fieldapp.translation import tr, trn


def tell_found_again(shell: Shell, opened: OpenApplication, local: Callable[[datetime], datetime]) -> None:
    """Say what of the form is found again, and that dialogs behind it are half typed, if anything is."""
    draft, half = opened.draft, len(opened.half_typed)

    def half_typed() -> str:
        return trn("{count} question is half typed: its button says so", "{count} questions are half typed: their "
                   "buttons say so", half)  # fmt: skip

    if draft is not None and draft.typed.keys() & opened.fields.keys():
        at = local(draft.saved_at)
        shell.toast(
            lambda: tr("Found again: what you typed until {time}", time=f"{at:%H:%M:%S}"),
            half_typed if half else (lambda: tr("Nothing was lost")),
        )
    elif half:
        shell.toast(half_typed, lambda: tr("Nothing was lost"))


def tell_submitted(shell: Shell, name: Callable[[], str]) -> None:
    """Say that the customer's application is handed in, and that head office does not have it yet."""
    shell.toast(
        lambda: tr("{name}'s application is submitted", name=name()),
        lambda: tr("Only on this laptop until head office confirms it"),
    )


def tell_handed_over(shell: Shell, handed: HandedOver) -> None:
    """Say what the customer must sign again, and what could not be made: both on the page of all papers."""
    again, lacking = len(handed.to_sign_again), len(handed.left_out)
    if again:
        shell.toast(
            lambda: trn("{count} paper is a new version", "{count} papers are new versions", again),
            lambda: tr("Have the customer sign again: see all papers on the step '{step}'.", step=_signing()),
        )
    elif lacking:
        shell.toast(
            lambda: trn("{count} paper was left out", "{count} papers were left out", lacking),
            lambda: tr("See why among all papers on the step '{step}'.", step=_signing()),
        )


def _signing() -> str:
    return STEP_NAMES[Step.SIGNING]()
