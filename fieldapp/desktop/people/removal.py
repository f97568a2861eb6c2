"""Removing a prospect: what it would mean is looked up first, said in the question, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.dialog import ask
from fieldapp.desktop.page import Shell
from fieldapp.desktop.session import DesktopSession
from fieldapp.services.prospects import ProspectLine
from fieldapp.services.remove_prospect import Removal, bring_back, look_at_removal, remove_prospect
from fieldapp.translation import in_a_row, tr, trn


def ask_to_remove(
    shell: Shell,
    session: DesktopSession,
    line: ProspectLine,
    owner: QWidget,
    *,
    doing: Callable[[], object],
    done: Callable[[], object],
    failed: Callable[[Exception], object],
) -> None:
    """Ask, and remove. A prospect that may not be removed is explained instead of asked about.

    ``doing`` is called once the officer said yes, then ``done`` or ``failed``; none of them when they said no.
    """

    def remove() -> None:
        doing()
        work = partial(remove_prospect, session.store, line.prospect)
        shell.jobs.run(work, owner=owner, done=lambda _none: removed(), failed=failed)

    def removed() -> None:
        done()
        shell.toast(
            lambda: tr("{name} was removed", name=line.name[:40]),
            lambda: tr("only on this laptop so far"),
            lambda: shell.jobs.run(partial(bring_back, session.store, line.prospect), failed=shell.explain),
        )

    def question(removal: Removal) -> None:
        ask(
            shell.host(),
            lambda: tr("Remove {name} from the lists?", name=line.name[:40]),
            lambda: _meaning(line, removal),
            verb=lambda: tr("Remove"),
            stay=lambda: tr("Do not remove"),
            do=remove,
            danger=True,
        )

    shell.jobs.run(
        partial(look_at_removal, session.store, line.prospect), owner=owner, done=question, failed=shell.explain
    )


def _meaning(line: ProspectLine, removal: Removal) -> str:
    leaves = tr(
        "{name} leaves the lists of this laptop at once, and those of other laptops when they have synchronised.",
        name=line.name[:40],
    )
    stays = trn(
        "The one contact or visit recorded stays at head office.",
        "The {count} contacts and visits recorded stay at head office.",
        removal.talks,
    )
    if not removal.talks:
        stays = tr("What was recorded stays at head office.")
    return in_a_row(leaves, stays, *([tr("What is not sent yet is still sent.")] if removal.unsent else []))
