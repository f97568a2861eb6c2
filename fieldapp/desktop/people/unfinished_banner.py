"""The newest form that a crash or another task interrupted, over the page Today."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.banner import Banner
from fieldapp.desktop.components.text import Tone
from fieldapp.desktop.formats import clock, day
from fieldapp.desktop.page import Shell
from fieldapp.desktop.session import DesktopSession
from fieldapp.services.drafts import FoundDraft, all_drafts
from fieldapp.translation import tr, trn

LONGEST_NAME = 40


class UnfinishedBanner(Banner):
    """Hidden while nothing is unfinished; ``go_on_wanted`` tells the draft to go on with. Applications have a page."""

    go_on_wanted = Signal(object)

    def __init__(self, shell: Shell, session: DesktopSession, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._shell, self._session = shell, session
        self.hide()

    def refresh(self) -> None:
        """Ask what is unfinished."""
        work = partial(all_drafts, self._session.store)
        self._shell.jobs.run(work, owner=self, done=self._show, failed=self._shell.explain)

    def _show(self, drafts: tuple[FoundDraft, ...]) -> None:
        mine = [draft for draft in drafts if draft.form != "application"]
        self.setVisible(bool(mine))
        if mine:
            newest = mine[0]
            self.show_message(
                lambda: _title(newest),
                partial(_second, newest, len(mine) - 1),
                Tone.AMBER,
                action=lambda: tr("Go on"),
                act=lambda: self.go_on_wanted.emit(newest),
            )


def _title(draft: FoundDraft) -> str:
    name = (draft.name or str(draft.body.get("name") or "")).strip()[:LONGEST_NAME]
    if draft.form == "visit":
        return tr("Unfinished visit: {name}", name=name) if name else tr("Unfinished visit")
    if draft.form == "prospect":
        return tr("Unfinished new prospect: {name}", name=name) if name else tr("Unfinished new prospect")
    return tr("Unfinished contact: {name}", name=name) if name else tr("Unfinished contact")


def _second(draft: FoundDraft, others: int) -> str:
    kept = tr("Saved {time} on this laptop.", time=f"{day(draft.saved_at)} {clock(draft.saved_at)}")
    rest = trn("One more is unfinished.", "{count} more are unfinished.", others) if others else ""
    return f"{kept} {rest}".strip()
