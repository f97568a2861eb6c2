"""The form of a new prospect: who it may be already is shown while one types, and every keystroke is kept."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, cast

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import STRETCH, Column, Grid, Line, ScrollPage
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.chip import StateMark
from fieldapp.desktop.components.entry import Choice, Entry
from fieldapp.desktop.components.field import Field, FieldLine, Form
from fieldapp.desktop.components.money_field import MoneyField
from fieldapp.desktop.components.row_list import RowList
from fieldapp.desktop.components.rows import Avatar, Row, RowModel
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.components.words import said
from fieldapp.desktop.kept_draft import KeptDraft
from fieldapp.desktop.look import Icon
from fieldapp.desktop.page import Shell
from fieldapp.desktop.people.village_field import VillageField
from fieldapp.desktop.record_words import CUSTOMER_TYPES, SAME_REASONS, SOURCES, stage_chip, word_for
from fieldapp.desktop.session import DesktopSession
from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import Money
from fieldapp.services.add_prospect import LikelySame, NewProspect, SavedProspect, add_prospect, likely_same
from fieldapp.services.drafts import FoundDraft, newest_draft
from fieldapp.translation import say, tr

PAUSE_MS = 80


class NewProspectForm(Column):
    """``begin`` shows what was put aside, or an empty form. ``left`` when it is done with, with the id if saved."""

    left = Signal(object)
    same_chosen = Signal(str)

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        self._shell, self._session = shell, session
        self._turn = 0
        self._make_fields()
        self._state = StateMark("", Icon.CHECK, Tone.PINE, fill=False)
        self._state.hide()
        self._save = Button(lambda: tr("Save the prospect"), Kind.FILLED, icon=Icon.CHECK, key="Ctrl+Return")
        self._aside = Button(lambda: tr("Put aside"), key="Escape")
        self._anew = Button(lambda: tr("Start anew"), Kind.LINK)
        self._anew.hide()
        self._same_words = Text(lambda: tr("Already on this laptop?"), Role.STRONG, tone=Tone.AMBER)
        self._same = RowModel()
        self._same_list = RowList(self._same, row_height=54, whole=True)
        self._alike = Column(self._same_words, self._same_list, gap=2)
        self._alike.hide()
        form = Column(
            FieldLine(self._fields["name"], self._fields["mobile"]),
            self._alike,
            Grid(*(self._fields[name] for name in _GRID)),
            STRETCH,
            gap=12,
            margins=(2, 0, 8, 0),
        )
        super().__init__(
            Line(
                Text(lambda: tr("New prospect"), Role.NAME), self._anew, STRETCH, self._state, self._aside, self._save
            ),
            (ScrollPage(form), 1),
            gap=14,
        )
        self._kept = KeptDraft(shell, session, "prospect", self._collect, self)
        self._blank = self._collect()
        self._look = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._connect()

    def begin(self) -> None:
        """Show what was put aside, read off the UI thread; the name takes the keyboard."""
        self._name.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._kept.draft is None and not self._kept.dirty:
            work = partial(newest_draft, self._session.store, "prospect")
            self._shell.jobs.run(work, owner=self, done=self._found, failed=self._shell.explain)

    def put_aside(self) -> None:
        """Keep what is typed, if anything is: the page is being left."""
        if self._collect() == self._blank:
            self._kept.discard()
        else:
            self._kept.flush()

    def _make_fields(self) -> None:
        self._name, self._mobile, self._identity = Entry(), Entry(), Entry()
        self._village = VillageField(self._shell)
        self._address, self._trade = Entry(), Entry()
        self._type = Choice(CUSTOMER_TYPES)
        self._source = Choice(SOURCES[:3])
        self._wished = MoneyField(big=False)
        self._type.choose("farm_household")
        self._source.choose("outbound")
        fields = {
            "name": Field(lambda: tr("Name"), self._name),
            "mobile": Field(lambda: tr("Mobile"), self._mobile),
            "id_number": Field(lambda: tr("Identity no."), self._identity, hint=lambda: tr("if known")),
            "village_code": Field(lambda: tr("Village"), self._village),
            "actual_address": Field(lambda: tr("Address"), self._address),
            "customer_type": Field(lambda: tr("Customer type"), self._type),
            "trade": Field(lambda: tr("Trade"), self._trade),
            "wished_fen": Field(lambda: tr("Wished amount"), self._wished),
            "source": Field(lambda: tr("How found"), self._source),
        }
        self._fields = fields
        self._form = Form(**fields)
        self._form.add("village", fields["village_code"])
        self._form.add("amount", fields["wished_fen"])

    def _connect(self) -> None:
        for entry in (self._name, self._mobile, self._identity):
            entry.textEdited.connect(self._typed_who)
        for entry in (self._address, self._trade):
            entry.textEdited.connect(self._touch)
        self._village.changed.connect(self._touch)
        self._type.chosen.connect(self._touch)
        self._source.chosen.connect(self._touch)
        self._wished.changed.connect(self._touch)
        self._look.timeout.connect(self._look_for_same)
        self._kept.saved.connect(self._show_saved)
        self._save.clicked.connect(self._check)
        self._aside.clicked.connect(self._leave)
        self._anew.clicked.connect(self._start_anew)
        self._same_list.opened.connect(lambda key: self.same_chosen.emit(str(key)))
        self._same_list.clicked.connect(self._open_same)

    def _collect(self) -> dict[str, Any]:
        code, village = self._village.value()
        return {
            "name": self._name.text(),
            "mobile": self._mobile.text(),
            "id_number": self._identity.text(),
            "village_code": code,
            "village": village,
            "address": self._address.text(),
            "customer_type": self._type.value(),
            "source": self._source.value(),
            "trade": self._trade.text(),
            "wished_fen": _fen(self._wished),
        }

    def _fill(self, body: dict[str, Any]) -> None:
        self._name.setText(str(body.get("name") or ""))
        self._mobile.setText(str(body.get("mobile") or ""))
        self._identity.setText(str(body.get("id_number") or ""))
        self._village.set_value(body.get("village_code"), str(body.get("village") or ""))
        self._address.setText(str(body.get("address") or ""))
        self._trade.setText(str(body.get("trade") or ""))
        self._type.choose(body.get("customer_type") or "farm_household")
        self._source.choose(body.get("source") or "outbound")
        wished = body.get("wished_fen")
        self._wished.set_value(Money(wished) if wished is not None else None)

    def _found(self, found: FoundDraft | None) -> None:
        if found is None or self._kept.dirty:
            return
        self._fill(found.body)
        self._kept.begin(found.draft)
        self._anew.show()
        self._show_saved(found.saved_at)
        self._look.start()

    def _typed_who(self) -> None:
        self._touch()
        self._turn += 1
        self._look.start()

    def _touch(self, *_: object) -> None:
        self._kept.touch()

    def _look_for_same(self) -> None:
        turn = self._turn
        work = partial(likely_same, self._session.store, self._name.text(), self._mobile.text(), self._identity.text())
        self._shell.jobs.run(
            work, owner=self, done=lambda found: self._show_same(turn, found), failed=self._shell.explain
        )

    def _show_same(self, turn: int, found: Sequence[LikelySame]) -> None:
        if turn != self._turn:
            return
        self._same.show([_alike(same) for same in found])
        self._alike.setVisible(bool(found))

    def _open_same(self) -> None:
        row = self._same_list.current()
        if row is not None:
            self.same_chosen.emit(str(row.key))

    def _show_saved(self, at: Any) -> None:
        self._state.show_state(
            lambda: tr("Draft saved {time}", time=f"{at:%H:%M:%S}"), Icon.CHECK, Tone.PINE, fill=False
        )
        self._state.show()

    def _check(self) -> None:
        self._form.clear()
        try:
            self._wished.value()
        except Invalid as problem:
            self._form.show(Invalid(problem.code, problem.sentence, field="wished_fen", advice=problem.advice))
            return
        self._save.setEnabled(False)
        self._kept.settle(self._record)

    def _record(self, draft: str) -> None:
        code, village = self._village.value()
        trade = self._trade.text()
        new = NewProspect(
            name=self._name.text(),
            mobile=self._mobile.text(),
            id_number=self._identity.text(),
            address=self._address.text(),
            village_code=code,
            village=village,
            customer_type=cast(Any, self._type.value() or "farm_household"),
            source=cast(Any, self._source.value() or "outbound"),
            wished=self._wished.value(),
            business={"trade": trade} if trade.strip() else None,
            draft=draft,
        )
        self._shell.jobs.run(
            partial(add_prospect, self._session.store, new), owner=self, done=self._recorded, failed=self._refused
        )

    def _recorded(self, saved: SavedProspect) -> None:
        name = self._name.text()
        self._kept.recorded()
        self._empty()
        told = saved.warnings[0].sentence if saved.warnings else None
        self._shell.toast(
            lambda: tr("{name} recorded", name=name[:40]),
            (lambda: say(told)) if told is not None else (lambda: tr("Only on this laptop")),
        )
        self.left.emit(saved.prospect)

    def _refused(self, error: Exception) -> None:
        self._save.setEnabled(True)
        if not self._form.show(error):
            self._shell.explain(error)

    def _leave(self) -> None:
        self.put_aside()
        self.left.emit(None)

    def _start_anew(self) -> None:
        self._kept.discard()
        self._empty()
        self._name.setFocus(Qt.FocusReason.OtherFocusReason)

    def _empty(self) -> None:
        self._turn += 1
        self._form.clear()
        self._fill({})
        self._same.show([])
        for widget in cast(tuple[QWidget, ...], (self._alike, self._state, self._anew)):
            widget.hide()
        self._save.setEnabled(True)


_GRID = ("id_number", "village_code", "actual_address", "customer_type", "trade", "wished_fen", "source")


def _alike(same: LikelySame) -> Row:
    def second() -> str:
        reason = said(word_for(SAME_REASONS, same.reason))
        return " • ".join(part for part in (reason, same.village, same.trade, same.mobile) if part)

    return Row(same.prospect, same.name, second, lead=Avatar(same.name), chip=stage_chip(same.stage))


def _fen(field: MoneyField) -> int | None:
    try:
        money = field.value()
    except Invalid:
        return None
    return money.fen if money is not None else None
