"""What needs a decision, what head office refused, what waits to be sent, what it confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from fieldapp.desktop.automatic_sync import SyncState
from fieldapp.desktop.components.arrange import NARROW, logical_width
from fieldapp.desktop.components.banner import Banner
from fieldapp.desktop.components.button import Button
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.dialog import ask
from fieldapp.desktop.components.header import Header
from fieldapp.desktop.components.row_list import RowList
from fieldapp.desktop.components.rows import Row, RowModel
from fieldapp.desktop.components.text import Tone
from fieldapp.desktop.formats import listing, near_moment
from fieldapp.desktop.look import Icon, px
from fieldapp.desktop.page import Page, Shell
from fieldapp.desktop.pages.correction import ask_correction, can_be_corrected, correction_place
from fieldapp.desktop.pages.decision import DecisionPanel
from fieldapp.desktop.pages.other_value import ask_other_values, other_values_place
from fieldapp.desktop.pages.sync_details import AllWellPanel, ReceiptsPanel, RefusalPanel, UnsentPanel
from fieldapp.desktop.pages.sync_rows import RECEIPTS, Key, rows_of
from fieldapp.desktop.pages.sync_strip import SyncStrip
from fieldapp.desktop.session import DesktopSession
from fieldapp.services.half_typed import recording
from fieldapp.services.laptop import Changed, Store
from fieldapp.services.outbox_status import (
    ConfirmedChange,
    OutboxStatus,
    RefusedChange,
    UnsentChange,
    confirmed_changes,
    outbox_status,
    refused_changes,
    unsent_changes,
)
from fieldapp.services.refused_work import RefusedWork, give_up, refused_work, reveal_refused_work
from fieldapp.services.resolve_conflict import Disagreement, OtherValue, decide, disagreement, disagreements
from fieldapp.services.synchronise import Cancelled, SyncTrouble, TryLater
from fieldapp.translation import explain, tr, trn

GATHER_MS = 60
SKEW_TOLD_S = 600
"""A clock further than this from head office's is told of (DOMAIN E9)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything the page shows, as one look at the records found it."""

    decisions: tuple[Disagreement, ...]
    refused: tuple[RefusedChange, ...]
    unsent: tuple[UnsentChange, ...]
    confirmed: tuple[ConfirmedChange, ...]
    status: OutboxStatus


def standing(store: Store) -> Standing:
    """How things stand now."""
    return Standing(
        disagreements(store),
        refused_changes(store),
        unsent_changes(store),
        confirmed_changes(store),
        outbox_status(store),
    )


class SyncPage(Page):
    """The list at the left, what is chosen in it at the right. F5 synchronises."""

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        super().__init__(shell)
        self.title = lambda: tr("Sync")
        self._session = session
        self._standing: Standing | None = None
        self._chosen: Key | None = None
        self._shown_for: object = None
        self._receipts = Button(lambda: tr("Receipts"), icon=Icon.RECEIPT)
        self._now = Button(lambda: tr("Sync now"), icon=Icon.SYNC, key="F5")
        self._header = Header(self.title, self._beside, self._receipts, self._now)
        self._strip = SyncStrip()
        self._banner = Banner()
        self._banner.hide()
        self._model = RowModel()
        self.rows = RowList(self._model, row_height=54)
        self._list_card = Card((self.rows, 1), margins=(0, 6), gap=0)
        self.panels = QStackedWidget()
        self.panels.addWidget(AllWellPanel())
        self.panels.hide()  # until it is known that all is well
        self._gather = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._arrange()
        self._connect()
        self.dress()

    def shown(self, **_where: object) -> None:
        self._read()

    def first_focus(self) -> QWidget | None:
        return None if self._list_card.isHidden() else self.rows

    def restyle(self) -> None:
        narrow = logical_width(self) < NARROW
        self._list_card.setFixedWidth(px(270 if narrow else 330))
        self._across.setSpacing(px(14))
        self._down.setSpacing(px(12))

    def retranslate(self) -> None:
        self.rows.setAccessibleName(tr("What was sent and what waits"))
        if self._standing is not None:
            self._show_rows(self._standing)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]  # Qt's own event passes through
        self.restyle()

    def _arrange(self) -> None:
        self._down = QVBoxLayout(self)
        self._down.setContentsMargins(0, 0, 0, 0)
        for part in (self._header, self._strip, self._banner):
            self._down.addWidget(part)
        self._across = QHBoxLayout()
        self._across.addWidget(self._list_card)
        self._across.addWidget(self.panels, 1)
        self._down.addLayout(self._across, 1)

    def _connect(self) -> None:
        sync = self._session.sync
        self._now.clicked.connect(sync.sync_now)
        self._receipts.clicked.connect(lambda: self.rows.choose(RECEIPTS))
        self._strip.stop_wanted.connect(sync.cancel)
        self.rows.chosen.connect(self._choose)
        self._gather.timeout.connect(self._read)
        self._session.changed.connect(self._heed)
        sync.began.connect(self._strip.begin)
        sync.progressed.connect(self._strip.step)
        sync.finished.connect(self._ended)
        sync.state_changed.connect(self._show_state)
        if sync.state().running:
            self._strip.begin()
        self._show_state(sync.state())

    def _heed(self, changed: Changed) -> None:
        if self.isVisible() and (changed.kinds or changed.topics) and not self._gather.isActive():
            self._gather.start()

    def _read(self) -> None:
        self.shell.jobs.run(
            partial(standing, self._session.store), owner=self, done=self._show, failed=self.shell.explain
        )

    def _show(self, found: Standing) -> None:
        self._standing = found
        self._header.beside.retranslate()
        self._show_trouble(self._session.sync.state())
        self._show_rows(found)
        self.panels.show()

    def _show_rows(self, found: Standing) -> None:
        rows = rows_of(
            found.decisions, found.refused, found.unsent, found.confirmed, found.status, self._session.today()
        )
        keys = [row.key for row in rows if isinstance(row, Row)]
        wanted = self._chosen if self._chosen in keys else next(iter(keys), None)
        self._model.show(rows)
        self._show_list(bool(rows))
        self._receipts.setEnabled(RECEIPTS in keys)
        if not self.rows.choose(wanted):
            self._choose(None)

    def _show_list(self, filled: bool) -> None:
        """An empty list gives its room to the panel that says so, and the keyboard to the page; back once it fills."""
        if filled == self._list_card.isHidden():
            left, taken = (self, self.rows) if filled else (self.rows, self)
            goes_along = left.hasFocus()
            self._list_card.setVisible(filled)
            if goes_along:
                taken.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose(self, key: Key | None) -> None:
        if self._standing is None or (key is None and self._model.rowCount()):
            return  # the list is just being filled anew
        self._chosen = key
        found = self._found(key)
        if key is not None and found == self._shown_for and self.panels.currentIndex() > 0:
            return  # what a person may just be deciding stays as it is
        self._shown_for = found
        today = self._session.today()
        match found:
            case Disagreement():
                self._open_disagreement(found)
            case RefusedChange():
                self._open_refusal(found)
            case UnsentChange():
                unsent = UnsentPanel(found, today)
                unsent.customer_wanted.connect(lambda: self.shell.go("prospect", prospect=found.prospect))
                self._put(unsent)
            case tuple():
                self._put(ReceiptsPanel(found, today))
            case _:
                self._put(None)

    def _found(self, key: Key | None) -> object:
        now = self._standing
        if now is None or key is None:
            return None
        group, identity = key
        if group == "receipts":
            return now.confirmed
        everything: dict[str, Mapping[str, object]] = {
            "decision": {one.record: one for one in now.decisions},
            "refused": {one.change: one for one in now.refused},
            "unsent": {one.change: one for one in now.unsent},
        }
        return everything[group].get(identity)

    def _put(self, panel: QWidget | None) -> None:
        old = self.panels.widget(1)
        if old is not None:
            self.panels.removeWidget(old)
            old.hide()
            old.deleteLater()
        if panel is not None:
            self.panels.addWidget(panel)
        self.panels.setCurrentIndex(1 if panel is not None else 0)

    def _open_disagreement(self, listed: Disagreement) -> None:
        """With its values in clear; that they were shown is itself recorded, so it happens for the one chosen."""
        self.shell.jobs.run(
            partial(disagreement, self._session.store, listed.record),
            owner=self,
            done=partial(self._show_disagreement, listed),
            failed=self.shell.explain,
        )

    def _show_disagreement(self, listed: Disagreement, found: Disagreement | None) -> None:
        if found is None or self._shown_for != listed or self._standing is None:
            return
        panel = DecisionPanel(found, self._session.today(), alone=len(self._standing.decisions) < 2)
        panel.later.connect(partial(self._step, 1, put_off=True))
        panel.step_wanted.connect(self._step)
        panel.other_wanted.connect(partial(self._ask_other, panel))
        panel.save_wanted.connect(partial(self._save, panel))
        self._put(panel)

    def _step(self, by: int, *, put_off: bool = False) -> None:
        """On to the next decision; putting off the last one goes on to whatever else the list has."""
        decisions = [("decision", one.record) for one in self._standing.decisions] if self._standing else []
        if self._chosen in decisions and len(decisions) > 1:
            self.rows.choose(decisions[(decisions.index(self._chosen) + by) % len(decisions)])
        elif put_off:
            self._shown_for = None
            self.rows.choose(RECEIPTS)
            self.rows.setFocus()

    def _ask_other(self, panel: DecisionPanel) -> None:
        def take(others: Mapping[str, OtherValue]) -> None:
            if others:
                panel.take_others(others)

        ask_other_values(self.shell, self._session, panel.shown, take)

    def _save(self, panel: DecisionPanel) -> None:
        panel.save.setEnabled(False)
        store, choices = self._session.store, panel.choices()

        def failed(error: Exception) -> None:
            panel.save.setEnabled(True)
            self.shell.explain(error)

        self.shell.jobs.run(
            partial(recording, store, other_values_place(panel.shown), partial(decide, store, panel.shown, choices)),
            owner=panel,
            done=lambda _none: self._decided(),
            failed=failed,
        )

    def _decided(self) -> None:
        self._chosen = None
        self.shell.toast(lambda: tr("Your decision is saved"), lambda: tr("only on this laptop so far"))
        self._read()

    def _open_refusal(self, listed: RefusedChange) -> None:
        self.shell.jobs.run(
            partial(refused_work, self._session.store, listed.change),
            owner=self,
            done=partial(self._show_refusal, listed),
            failed=self.shell.explain,
        )

    def _show_refusal(self, listed: RefusedChange, work: RefusedWork | None) -> None:
        if self._shown_for != listed:
            return
        panel = RefusalPanel(listed, self._session.today(), correctable=can_be_corrected(work))
        panel.customer_wanted.connect(lambda: self.shell.go("prospect", prospect=listed.prospect))
        panel.correct_wanted.connect(partial(self._lay_open, listed))
        panel.give_up_wanted.connect(partial(self._ask_to_give_up, listed))
        self._put(panel)

    def _lay_open(self, refused: RefusedChange) -> None:
        """In clear, and as it stands now: it may have been typed on since the card was shown."""
        self.shell.jobs.run(
            partial(reveal_refused_work, self._session.store, refused.change),
            owner=self,
            done=partial(self._ask_correction, refused),
            failed=self.shell.explain,
        )

    def _ask_correction(self, refused: RefusedChange, work: RefusedWork | None) -> None:
        if work is None:
            self._shown_for = None
            self._read()
            return
        ask_correction(self.shell, self._session, refused, work, self._corrected)

    def _corrected(self) -> None:
        self._chosen = None
        self.shell.toast(lambda: tr("Corrected"), lambda: tr("it is sent again"))
        self._settle_refusal()

    def _ask_to_give_up(self, refused: RefusedChange) -> None:
        store = self._session.store
        ask(
            self.shell.host(),
            lambda: tr("Give this up?"),
            partial(_what_giving_up_does, refused),
            verb=lambda: tr("Give it up"),
            stay=lambda: tr("Leave it on the list"),
            danger=True,
            do=lambda: self.shell.jobs.run(
                partial(recording, store, correction_place(refused), partial(give_up, store, refused.change)),
                owner=self,
                done=lambda _none: self._settle_refusal(),
                failed=self.shell.explain,
            ),
        )

    def _settle_refusal(self) -> None:
        self._read()
        self._session.sync.sync_again()

    def _ended(self, how: object) -> None:
        self._strip.end()
        if isinstance(how, Cancelled):
            self.shell.toast(lambda: tr("Stopped"), lambda: tr("what was confirmed stays confirmed"))
        elif isinstance(how, Exception) and not isinstance(how, SyncTrouble) and self.isVisible():
            self.shell.explain(how)
        if self.isVisible():
            self._read()

    def _show_state(self, state: SyncState) -> None:
        self._now.setEnabled(not state.running)
        self._show_trouble(state)

    def _show_trouble(self, state: SyncState) -> None:
        """What a person has to know or do: a refusal of this laptop first, then its clock, then the missing network."""
        trouble = state.trouble
        last = state.status.last if state.status is not None else None
        if trouble is not None and not isinstance(trouble, TryLater):
            self._banner.show_message(lambda: explain(trouble), "", Tone.SEAL)
        elif last is not None and abs(last.skew_s) > SKEW_TOLD_S:
            minutes = abs(last.skew_s) // 60
            self._banner.show_message(
                lambda: trn(
                    "This laptop's clock is {count} minute off head office's",
                    "This laptop's clock is {count} minutes off head office's",
                    minutes,
                ),
                lambda: tr("Nothing is lost by it. Set the clock before the next visit."),
                Tone.AMBER,
            )
        elif trouble is not None:
            self._banner.show_message(lambda: explain(trouble), "", Tone.AMBER, icon=Icon.OFFLINE)
        elif self._restored_today(state):
            self._banner.show_message(
                lambda: tr("Head office was set back to an older copy."),
                lambda: tr("What it had confirmed has been sent again. Nothing is to be done."),
                Tone.SKY,
            )
        elif state.metered and not state.running and state.status is not None and state.status.photos:
            self._banner.show_message(
                lambda: tr("This connection is metered: photos wait, records are sent."),
                lambda: tr("They go by themselves on another connection. Sync now sends them at once."),
                Tone.SKY,
            )
        else:
            self._banner.hide()
            return
        self._banner.show()

    def _restored_today(self, state: SyncState) -> bool:
        restored_at = state.status.restored_at if state.status is not None else None
        return restored_at is not None and restored_at.date() == self._session.today()

    def _beside(self) -> str:
        status = self._standing.status if self._standing is not None else None
        if status is None or status.last is None or status.last_at is None:
            return ""
        when, accepted = near_moment(status.last_at, self._session.today()), status.last.accepted
        parts = [
            trn("{number} accepted", "{number} accepted", accepted, number=f"{accepted:,}"),
            trn("{count} conflict", "{count} conflicts", status.last.conflicts),
            trn("{count} refused", "{count} refused", status.last.refused),
        ]
        return tr("Last exchange {when}: {what}", when=when, what=listing(parts))


def _what_giving_up_does(refused: RefusedChange) -> str:
    if refused.new:
        return tr("Head office never took this record: it leaves this laptop, with everything you typed in it.")
    if refused.behind:
        return tr("What was refused goes. What you typed after it into other fields is sent all the same.")
    return tr("What was refused goes; the record shows again what head office has.")
