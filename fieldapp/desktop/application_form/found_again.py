"""What is said when an application is opened in which something typed was never saved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fieldapp.desktop.page import Shell
from fieldapp.services.apply_for_loan import OpenApplication
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
