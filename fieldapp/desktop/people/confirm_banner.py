"""The visits that wait for this officer's word as the second one, one after the other, over the page Today."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.banner import Banner
from fieldapp.desktop.components.dialog import ask
from fieldapp.desktop.components.text import Tone
from fieldapp.desktop.formats import near_moment
from fieldapp.desktop.look import Icon
from fieldapp.desktop.page import Shell
from fieldapp.desktop.session import DesktopSession
from fieldapp.services.confirm_visits import ToConfirm, confirm_visit, visits_to_confirm
from fieldapp.translation import tr, trn

_KINDS = frozenset(("visit_to_confirm", "visit_confirmation"))


class ConfirmBanner(Banner):
    """Hidden while nothing waits; its button asks about the newest visit."""

    def __init__(self, shell: Shell, session: DesktopSession, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._shell, self._session = shell, session
        self._waiting: tuple[ToConfirm, ...] = ()
        self.hide()
        session.changed.connect(self._heed)

    def refresh(self) -> None:
        """Ask what waits."""
        work = partial(visits_to_confirm, self._session.store)
        self._shell.jobs.run(work, owner=self, done=self._show, failed=self._shell.explain)

    def _show(self, waiting: tuple[ToConfirm, ...]) -> None:
        self._waiting = waiting
        self.setVisible(bool(waiting))
        if not waiting:
            return
        count = len(waiting)
        self.show_message(
            lambda: trn("{count} visit to confirm as second officer", "{count} visits to confirm as second officer",
                        count),
            partial(self._line_of, waiting[0]),
            Tone.SKY,
            icon=Icon.PEERS,
            action=lambda: tr("Confirm"),
            act=self._ask,
        )  # fmt: skip

    def _line_of(self, visit: ToConfirm) -> str:
        when = near_moment(self._session.local(visit.started_at), self._session.today())
        return " • ".join(part[:60] for part in (visit.officer, visit.customer, when) if part)

    def _ask(self) -> None:
        visit = self._waiting[0]
        ask(
            self._shell.host(),
            lambda: tr("Were you there, with {officer}?", officer=visit.officer[:40]),
            lambda: "\n".join(part for part in (self._line_of(visit), visit.facts[:600]) if part),
            verb=lambda: tr("I was there"),
            stay=lambda: tr("Not now"),
            do=partial(self._confirm, visit),
        )

    def _confirm(self, visit: ToConfirm) -> None:
        work = partial(confirm_visit, self._session.store, visit.id)
        self._shell.jobs.run(work, owner=self, done=lambda _id: self.refresh(), failed=self._shell.explain)

    def _heed(self, changed: Any) -> None:
        if changed.kinds & _KINDS:
            self.refresh()
