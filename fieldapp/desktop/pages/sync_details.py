"""What stands beside the list of the Sync page: a refusal, a change on its way, the receipts, or that all is well."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import STRETCH, Column, Item, Line, ScrollPage
from fieldapp.desktop.components.banner import Banner
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.card import Card, Rule
from fieldapp.desktop.components.chip import Sending, StateMark
from fieldapp.desktop.components.empty import Empty
from fieldapp.desktop.components.table import ColumnLook, LedgerTable
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.formats import near_moment, size
from fieldapp.desktop.look import Icon
from fieldapp.desktop.pages.sync_rows import files_with, titled
from fieldapp.services.outbox_status import ConfirmedChange, RefusedChange, UnsentChange
from fieldapp.translation import say, tr, trc, trn


class RefusalPanel(Card):
    """Why head office refused a change, and what to do now: correct it, or give it up after a question.

    Without ``correctable`` there is nothing on this laptop to be typed otherwise.
    """

    customer_wanted = Signal()
    correct_wanted = Signal()
    give_up_wanted = Signal()

    def __init__(
        self, refused: RefusedChange, today: date, *, correctable: bool, parent: QWidget | None = None
    ) -> None:
        self.refused = refused
        customer = Button(lambda: tr("Open the customer"), Kind.LINK, icon=Icon.PERSON)
        correct = Button(
            lambda: tr("Correct and send again"),
            Kind.FILLED,
            icon=Icon.PENCIL,
            key="Ctrl+Return" if correctable else "",
        )
        give_up = Button(lambda: tr("Give it up"), Kind.DANGER, icon=Icon.TRASH)
        if not correctable:
            correct.hide()
        facts: list[QWidget] = []
        label = refused.label
        if label is not None:
            facts.append(_fact(lambda: tr("Field"), lambda: say(label.label)))
        facts.append(_fact(lambda: tr("Refused"), lambda: near_moment(refused.told_at, today)))
        if refused.behind:
            facts.append(_fact(lambda: tr("Waiting behind it"), partial(_behind, refused.behind)))
        told = Column(
            Text(lambda: titled(say(refused.what), refused.name), Role.DIALOG, elide=True),
            Line(StateMark.of(Sending.REFUSED), STRETCH, customer, gap=10),
            Banner(refused.reason, refused.advice if correctable else _nothing_to_correct, Tone.SEAL),
            *_further(refused),
            *facts,
            STRETCH,
        )
        super().__init__(
            (ScrollPage(told), 1),
            Rule(),
            Line(STRETCH, give_up, correct, gap=10),
            margins=(20, 16),
            gap=12,
            parent=parent,
        )
        customer.clicked.connect(self.customer_wanted)
        correct.clicked.connect(self.correct_wanted)
        give_up.clicked.connect(self.give_up_wanted)


def _further(refused: RefusedChange) -> list[Item]:
    """What else is open, under the reason."""
    if not refused.also:
        return []
    count = len(refused.also)
    heading = Text(lambda: trn("{count} more thing is open", "{count} more things are open", count), Role.STRONG)
    lines = [Text(partial(say, sentence), Role.BODY, wrap=True) for sentence in refused.also]
    return [heading, Column(*lines, gap=4)]


class UnsentPanel(Card):
    """A change that is only on this laptop."""

    customer_wanted = Signal()

    def __init__(self, unsent: UnsentChange, today: date, parent: QWidget | None = None) -> None:
        customer = Button(lambda: tr("Open the customer"), icon=Icon.PERSON)
        facts = [
            _fact(lambda: tr("Saved"), lambda: near_moment(unsent.made_at, today)),
            _fact(lambda: tr("To be sent"), partial(_measured, unsent)),
        ]
        goes = Text(
            lambda: tr("It is saved and encrypted on this laptop, and goes to head office with the next exchange."),
            Role.SECOND,
            wrap=True,
        )
        if unsent.too_large or unsent.photo_too_large:
            goes.hide()
        super().__init__(
            Text(lambda: titled(say(unsent.what), unsent.name), Role.DIALOG, elide=True),
            StateMark.of(Sending.ONLY_HERE),
            goes,
            Line(*facts, STRETCH, gap=40),
            _why_it_stays(unsent),
            STRETCH,
            Rule(),
            Line(STRETCH, customer, gap=10),
            margins=(20, 16),
            gap=12,
            parent=parent,
        )
        customer.clicked.connect(self.customer_wanted)


def _why_it_stays(unsent: UnsentChange) -> Banner:
    if unsent.too_large:
        return Banner(
            lambda: tr("This is larger than head office takes at once, so it stays on this laptop."),
            lambda: tr("Everything else is sent. Tell head office; it goes by itself when they take more."),
            Tone.SEAL,
        )
    if unsent.photo_too_large:
        return Banner(
            lambda: tr(
                "A photo that has to be there first is larger than head office takes, so this waits on this laptop."
            ),
            lambda: tr("Everything else is sent. Tell head office; it goes by itself when they take more."),
            Tone.SEAL,
        )
    banner = Banner(
        lambda: tr("It waits for something that has to be sent before it."),
        lambda: tr("Nothing is to be done; it follows by itself."),
        Tone.AMBER,
    )
    if not unsent.waits:
        banner.hide()
    return banner


class ReceiptsPanel(Card):
    """The newest receipts, to be quoted."""

    def __init__(self, confirmed: Sequence[ConfirmedChange], today: date, parent: QWidget | None = None) -> None:
        table = LedgerTable(
            [
                ColumnLook(lambda: tr("When")),
                ColumnLook(lambda: tr("What")),
                ColumnLook(lambda: tr("Whose"), share=2),
                ColumnLook(lambda: tr("Outcome")),
                ColumnLook(lambda: tr("Receipt")),
            ]
        )
        table.setAccessibleName(tr("Receipts"))
        table.show_rows([_receipt(one, today) for one in confirmed])
        super().__init__(
            Text(lambda: tr("Confirmed by head office"), Role.DIALOG),
            Text(
                lambda: tr("A receipt is head office's own number for a change; quote it when you ask about one."),
                Role.SECOND,
                wrap=True,
            ),
            (table, 1),
            margins=(20, 16),
            parent=parent,
        )


def _receipt(one: ConfirmedChange, today: date) -> list[Words]:
    return [
        lambda: near_moment(one.told_at, today),
        one.what,
        one.name,
        lambda: outcome_name(one.outcome),
        one.receipt,
    ]


class AllWellPanel(Card):
    """Nothing waits, and nothing was ever confirmed: what will stand here, and when."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            Empty(
                Icon.CONFIRMED,
                lambda: tr("Nothing waits to be sent, and nothing needs your decision"),
                lambda: tr(
                    "What you save is sent by itself as soon as there is a connection."
                    " What head office confirms stands here, with its receipt."
                ),
            ),
            parent=parent,
        )


def outcome_name(outcome: str) -> str:
    """What head office made of a change."""
    match outcome:
        case "accepted":
            return trc("outcome", "taken over")
        case "merged":
            return trc("outcome", "merged")
        case "conflict":
            return trc("outcome", "decision needed")
        case _:
            return outcome


def _nothing_to_correct() -> str:
    return tr("There is nothing in it that can be typed otherwise on this laptop.")


def _behind(count: int) -> str:
    return trn(
        "{count} later entry in the same record waits for it; everything else is sent.",
        "{count} later entries in the same record wait for it; everything else is sent.",
        count,
    )


def _fact(name: Words, words: Words) -> Column:
    return Column(Text(name, Role.LABEL), Text(words, Role.BODY, wrap=True), gap=2)


def _measured(unsent: UnsentChange) -> str:
    return " • ".join(part for part in (size(unsent.size), files_with(unsent)) if part)
