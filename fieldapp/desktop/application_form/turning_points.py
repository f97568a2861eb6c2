"""The questions before an application turns: handed in, given up, begun anew beside itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.dialog import ask
from fieldapp.domain.records import Product
from fieldapp.services.apply_for_loan import OpenApplication
from fieldapp.translation import say, tr

Name = Callable[[], str]
Deed = Callable[[], object]


def ask_to_submit(host: QWidget, name: Name, opened: OpenApplication, chosen: Product | None, submit: Deed) -> None:
    """Ask whether to hand it in; ``chosen`` is the version of the product that it is handed in with."""
    ask(
        host,
        lambda: tr("Submit {name}'s application?", name=name()),
        partial(_what_submitting_means, opened, chosen),
        verb=lambda: tr("Submit"),
        stay=lambda: tr("Not yet"),
        do=submit,
    )


def ask_to_withdraw(host: QWidget, name: Name, withdraw: Deed) -> None:
    """Ask whether the customer does not want the loan."""
    ask(
        host,
        lambda: tr("Withdraw {name}'s application?", name=name()),
        lambda: tr("It stays on record as withdrawn and cannot be continued. A new one can be started."),
        verb=lambda: tr("Withdraw"),
        stay=lambda: tr("Keep it"),
        do=withdraw,
        danger=True,
    )


def ask_to_amend(host: QWidget, name: Name, amend: Deed) -> None:
    """Ask whether to begin a new version beside what is approved or signed."""
    ask(
        host,
        lambda: tr("Amend {name}'s application?", name=name()),
        lambda: tr("A new version is started beside this one, with everything that stands in it. "
                   "This one stays as it is until the new one is signed."),
        verb=lambda: tr("Amend"),
        stay=lambda: tr("Keep it"),
        do=amend,
    )  # fmt: skip


def _what_submitting_means(opened: OpenApplication, chosen: Product | None) -> str:
    means = tr("It belongs to head office then and cannot be changed here; its papers are frozen for "
               "signature. It is sent as soon as there is a connection.")  # fmt: skip
    if opened.newer is None or chosen is None or chosen != opened.product:
        return means
    kept = tr("It keeps version {kept} of the product; version {newer} is sold now: {changes}",
              kept=chosen.version, newer=opened.newer.version,
              changes=" ".join(say(one.sentence) for one in opened.changed))  # fmt: skip
    return f"{kept}\n{means}"
