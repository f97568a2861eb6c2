"""Beside a visit: who it is, what was found and agreed the last time, and what is still to be cleared up."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import STRETCH, Column, Line
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.chip import Chip, StateMark
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.formats import day
from fieldapp.desktop.look import Icon, px
from fieldapp.desktop.people.avatar import AvatarMark
from fieldapp.desktop.record_words import place_and_trade, stage_chip
from fieldapp.services.prospect_page import ProspectPage
from fieldapp.services.timeline import VisitEntry
from fieldapp.translation import tr

LONGEST_FACTS = 160


class VisitSide(Column):
    """``change_wanted`` asks for another person."""

    change_wanted = Signal()

    def __init__(self) -> None:
        self._avatar = AvatarMark(36)
        self._name = Text("", Role.HEADING, elide=True)
        self._stage = Chip("")
        self._place = Text("", Role.SECOND, elide=True)
        self._change = Button(lambda: tr("Change"), Kind.LINK, key="F2")
        who = Card(
            Line(
                self._avatar,
                (Column(Line(self._name, self._stage, STRETCH, gap=8), self._place, gap=1), 1),
                self._change,
                gap=10,
            ),
            margins=(12, 10),
        )
        self._when = Text("", Role.HINT, right=True)
        self._last_facts = Text("", Role.SECOND, wrap=True)
        self._agreed = StateMark("", Icon.ARROW_TO, Tone.INK, fill=False)
        self._last = Card(self._last_facts, self._agreed, heading=lambda: tr("Last time"), beside=self._when, gap=6)
        self._open = Column(gap=2)
        self._todo = Card(self._open, heading=lambda: tr("To find out this time"), gap=6)
        super().__init__(who, self._last, self._todo, STRETCH, gap=12)
        self._change.clicked.connect(self.change_wanted)

    def show_page(self, page: ProspectPage, today: date) -> None:
        """Show another person."""
        line = page.line
        self._avatar.show_name(line.name)
        self._name.say(line.name)
        chip = stage_chip(line.stage)
        self._stage.say(chip.words, chip.ground)
        self._place.say(place_and_trade(line))
        visits = [entry for entry in page.timeline if isinstance(entry, VisitEntry) and entry.amended_by is None]
        self._last.setVisible(bool(visits))
        if visits:
            last = visits[0]
            self._when.say(lambda: day(last.day) if last.day.year == today.year else last.day.isoformat())
            facts = last.facts or last.opinion
            self._last_facts.say(facts if len(facts) <= LONGEST_FACTS else facts[:LONGEST_FACTS] + "…")
            agreed = last.next_purpose
            self._agreed.setVisible(bool(agreed))
            self._agreed.show_state(
                lambda: tr("Agreed: {purpose}", purpose=agreed), Icon.ARROW_TO, Tone.INK, fill=False
            )
        self._show_open(page)

    def _show_open(self, page: ProspectPage) -> None:
        self._open.clear()
        if page.line.next_purpose:
            self._open.put(_mark(page.line.next_purpose, known=False))
        for words, known in _questions(page):
            self._open.put(_mark(words, known=known))


def _questions(page: ProspectPage) -> list[tuple[Words, bool]]:
    person = page.person
    household = page.household[1] if page.household is not None else None
    business = page.business[1] if page.business is not None else None
    return [
        (lambda: tr("Telephone"), bool(person is not None and person.mobile)),
        (lambda: tr("Identity number"), bool(person is not None and person.id_number)),
        (lambda: tr("People in the household"), household is not None and household.size is not None),
        (lambda: tr("Trade and since when"), bool(business is not None and business.trade and business.since)),
        (lambda: tr("Sales of a month"), business is not None and business.monthly_sales_fen is not None),
    ]


def _mark(words: Words, *, known: bool) -> QWidget:
    icon, tone = (Icon.CONFIRMED, Tone.PINE) if known else (Icon.OPEN, Tone.SECOND)
    return _Question(words, icon, tone, fill=known)


class _Question(StateMark):
    def minimumSizeHint(self) -> QSize:
        return QSize(px(48), px(24))
