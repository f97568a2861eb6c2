"""The consents of an application: the officer's declaration of conflicts, and a row for each person and text."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QRadioButton, QWidget

from fieldapp.desktop.components.arrange import STRETCH, Column, Line
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.chip import Chip, Ground
from fieldapp.desktop.components.entry import Note
from fieldapp.desktop.components.field import Field
from fieldapp.desktop.components.segmented import Segmented
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.formats import full_day, listing
from fieldapp.domain.application_records import ConflictDeclaration, ConsentKind
from fieldapp.domain.consents import CREDIT_INQUIRY, ConsentState, ParticipantRole
from fieldapp.services.record_consent import ConsentCase, ConsentRow
from fieldapp.translation import tr, trc

KIND_NAMES: dict[ConsentKind, Callable[[], str]] = {
    "credit_inquiry": lambda: tr("Credit authorisation"),
    "personal_information": lambda: tr("Personal-information notice"),
}
ROLE_NAMES: dict[ParticipantRole, Callable[[], str]] = {
    "borrower": lambda: trc("party", "borrower"),
    "spouse": lambda: trc("party", "spouse"),
    "co_borrower": lambda: trc("party", "co-borrower"),
    "guarantor": lambda: trc("party", "guarantor"),
    "pledgor": lambda: trc("party", "pledgor"),
}
_STATES: dict[ConsentState, tuple[Callable[[], str], Ground]] = {
    ConsentState.MISSING: (lambda: trc("consent", "not signed"), Ground.AMBER),
    ConsentState.VALID: (lambda: trc("consent", "signed"), Ground.PINE),
    ConsentState.DECLINED: (lambda: trc("consent", "not agreed"), Ground.SEAL),
    ConsentState.EXPIRED: (lambda: trc("consent", "expired"), Ground.SEAL),
    ConsentState.WITHDRAWN: (lambda: trc("consent", "withdrawn"), Ground.SEAL),
    ConsentState.UNKNOWN_WORDING: (lambda: trc("consent", "old wording"), Ground.SEAL),
}


class ConsentsPanel(Column):
    """``sign_wanted``, ``paper_wanted``, ``withdraw_wanted`` and ``history_wanted`` tell a ConsentRow.

    ``declared`` tells (none, detail): what the officer declares of kin and interest.
    """

    sign_wanted = Signal(object)
    paper_wanted = Signal(object)
    withdraw_wanted = Signal(object)
    history_wanted = Signal(object)
    declared = Signal(bool, str)

    def __init__(self) -> None:
        self.declaration = _Declaration()
        self._rows = Column(gap=10)
        self._empty = Text(lambda: tr("Fill in the applicant first: nobody can sign yet."), Role.SECOND, wrap=True)
        self.rows: dict[tuple[str, ConsentKind], _Row] = {}
        note = Text(
            lambda: tr("Before the credit authorisation is signed, nobody may look into the credit bureau."),
            Role.HINT,
            wrap=True,
        )
        super().__init__(
            Text(lambda: tr("Kin and interest"), Role.HEADING), self.declaration,
            Text(lambda: tr("Consents"), Role.HEADING), note, self._empty, self._rows, gap=10,
        )  # fmt: skip
        self.declaration.declared.connect(self.declared)

    def show_case(self, case: ConsentCase) -> None:
        """Show who signed what."""
        self.declaration.show_declared(case.declared, case.hand_to, open_=case.closed is None)
        self._rows.clear()
        self.rows = {}
        for row in case.rows:
            shown = _Row(row, may_sign=case.closed is None)
            shown.sign.clicked.connect(partial(self._tell, self.sign_wanted, row))
            shown.paper.clicked.connect(partial(self._tell, self.paper_wanted, row))
            shown.withdraw.clicked.connect(partial(self._tell, self.withdraw_wanted, row))
            shown.history.clicked.connect(partial(self._tell, self.history_wanted, row))
            self.rows[row.who.person, row.kind] = shown
            self._rows.put(shown)
        self._empty.setVisible(not case.rows)

    def first(self) -> QWidget | None:
        """Where the keyboard begins: at what is still to be declared or signed, if anything is."""
        if self.declaration.asks():
            return self.declaration.first()
        return next((row.sign for row in self.rows.values() if not row.valid and not row.sign.isHidden()), None)

    def place(self, field: str) -> QWidget | None:
        """Where the thing to settle called ``field`` in the checklist is settled."""
        if field == "conflict_declaration":
            return self.declaration.first()
        _, _, rest = field.partition("consents.")
        kind, _, person = rest.partition(".")
        for (whose, of_kind), row in self.rows.items():
            if (whose, of_kind) == (person, kind):
                return row.sign
        return None

    def _tell(self, signal: _Told, row: ConsentRow) -> None:
        signal.emit(row)


class _Told(Protocol):
    def emit(self, row: ConsentRow) -> None: ...


class _Row(Column):
    """One person and one text."""

    def __init__(self, row: ConsentRow, *, may_sign: bool) -> None:
        words, ground = _STATES[row.state]
        role = ROLE_NAMES[row.who.role]
        self.valid = valid = row.state is ConsentState.VALID
        standing = row.consent is not None and row.state not in (ConsentState.WITHDRAWN, ConsentState.MISSING)
        title = Text(KIND_NAMES[row.kind], Role.STRONG, elide=True)
        who = Text(lambda: f"{row.who.name or tr('without a name')} · {role()}", Role.SECOND, elide=True)
        again = row.state is not ConsentState.MISSING
        self.sign = Button(
            (lambda: tr("Sign anew…")) if again else (lambda: tr("Read and sign…")),
            Kind.LINK if valid else Kind.SOFT,
            small=True,
        )
        self.paper = Button(lambda: tr("Paper"), Kind.LINK, small=True)
        self.withdraw = Button(lambda: tr("Withdraw…"), Kind.LINK, small=True)
        self.history = Button(lambda: tr("History"), Kind.LINK, small=True)
        self.sign.setAccessibleDescription(row.who.name)
        second = Text(partial(_second_line, row), Role.HINT, elide=True)
        super().__init__(
            Line((Column(title, who, gap=1), 1), Chip(words, ground)),
            second,
            Line(self.sign, self.paper, self.history, self.withdraw, STRETCH, gap=6),
            gap=4,
        )
        self.sign.setVisible(may_sign)
        self.withdraw.setVisible(may_sign and standing)
        self.history.setVisible(row.consent is not None)
        second.setVisible(row.consent is not None)


def _second_line(row: ConsentRow) -> str:
    if row.signed_on is None:
        return ""
    day = full_day(row.signed_on)
    on_paper = row.signing == "paper"
    signed = tr("signed on paper {day}", day=day) if on_paper else tr("signed on the screen {day}", day=day)
    if row.expires is None or row.kind != CREDIT_INQUIRY:
        return signed
    return f"{signed} · " + tr("valid until {day}", day=full_day(row.expires))


class _Declaration(Column):
    """Whether the officer has kin or an interest in the case; nothing is chosen beforehand."""

    declared = Signal(bool, str)

    def __init__(self) -> None:
        self.choice = Segmented([(True, lambda: tr("I have none")), (False, lambda: tr("I have"))], first_digit=0)
        self.detail = Note(lines=2)
        self._detail = Field(lambda: tr("Who, and how related"), self.detail)
        self.record = Button(lambda: tr("Declare"), Kind.SOFT, small=True)
        self._asked = Text(
            lambda: tr(
                "Officer: are you, your spouse or close kin a party to this case, or have you an interest in it? Then "
                "you cannot take it further; a colleague does."
            ),
            Role.SECOND,
            wrap=True,
        )
        self._said = Text("", Role.SECOND, wrap=True)
        super().__init__(self._asked, self.choice, self._detail, Line(self.record, STRETCH), self._said, gap=8)
        self.choice.chosen.connect(lambda _key: self._dress())
        self.record.clicked.connect(self._tell)
        self._dress()

    def show_declared(self, declared: ConflictDeclaration | None, hand_to: tuple[str, ...], *, open_: bool) -> None:
        """Show what was declared, or ask."""
        for widget in (self._asked, self.choice, self.record):
            widget.setVisible(declared is None and open_)
        self._said.setVisible(declared is not None)
        if declared is not None:
            self._said.say(partial(_said, declared, hand_to), Tone.SECOND if declared.none else Tone.SEAL)
        self._dress()

    def controls(self) -> dict[str, QWidget]:
        """Where is typed what is to be declared."""
        return {"none": self.choice, "detail": self.detail}

    def begin(self) -> None:
        """Ask anew: nothing is chosen, nothing typed."""
        self.choice.choose(None)
        self.detail.setText("")
        self._dress()

    def asks(self) -> bool:
        """Whether the declaration is still to be made."""
        return not self.choice.isHidden()

    def first(self) -> QWidget:
        """Where the keyboard begins."""
        return self.choice.findChild(QRadioButton) or self.choice

    def show_error(self, words: Words | None) -> None:
        """Say what is wrong with the declaration."""
        self._detail.show_error(words)

    def _dress(self) -> None:
        has_some = self.choice.value() is False and self.choice.isVisibleTo(self)
        self._detail.setVisible(has_some)
        self.record.setEnabled(self.choice.value() is not None)

    def _tell(self) -> None:
        self.declared.emit(bool(self.choice.value()), self.detail.text())


def _said(declared: ConflictDeclaration, hand_to: tuple[str, ...]) -> str:
    day = full_day(declared.business_date)
    if declared.none:
        return tr("You declared on {day} that you have neither kin nor interest in this case.", day=day)
    who = listing(hand_to) or tr("your branch head")
    return tr(
        "You declared on {day}: {detail}. {who} gives the case to a colleague.",
        day=day,
        detail=declared.detail,
        who=who,
    )
