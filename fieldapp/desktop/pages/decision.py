"""One record on which two people disagree: both values side by side, and nothing chosen until a person chooses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import STRETCH, Column, Line, ScrollPage
from fieldapp.desktop.components.banner import Banner
from fieldapp.desktop.components.button import Button, Kind, icon_button
from fieldapp.desktop.components.card import Card, Rule
from fieldapp.desktop.components.chip import StateMark
from fieldapp.desktop.components.difference import Side, ValueChoice
from fieldapp.desktop.components.progress import Bar
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.formats import near_moment
from fieldapp.desktop.look import Icon, px
from fieldapp.desktop.pages.other_value import typeable
from fieldapp.desktop.pages.welcome import Face
from fieldapp.desktop.values import written
from fieldapp.services.labels import Form
from fieldapp.services.resolve_conflict import Choice, Disagreement, DisputedField, OtherValue, ShownValue
from fieldapp.translation import say, tr, trn

_OTHER = "other"


class DecisionPanel(Card):
    """``later``, ``other_wanted``, ``saved`` are its buttons; ``step_wanted`` tells 1 or −1 for the next or previous.

    Keys: a digit for each value in the order of the page, E for another value, Ctrl Enter to save, Esc for later.
    """

    later = Signal()
    other_wanted = Signal()
    save_wanted = Signal()
    step_wanted = Signal(int)

    def __init__(self, shown: Disagreement, today: date, *, alone: bool, parent: QWidget | None = None) -> None:
        self.shown = shown
        self._today = today
        self._others: dict[str, OtherValue] = {}
        self._choices: dict[str, ValueChoice] = {}
        self._fields = Column(gap=12)
        self._chosen = Text("", Role.LABEL)
        self._bar = Bar()
        self._later = Button(lambda: tr("Decide later"), key="Escape")
        self.save = Button(lambda: tr("Save the decision"), Kind.FILLED, icon=Icon.CHECK, key="Ctrl+Return")
        self._other = Button(lambda: tr("Type another value"), icon=Icon.PENCIL, key="E")
        body = Column(self._head(alone=alone), _nothing_waits(), self._fields, self._neither(), STRETCH, gap=12)
        foot = Line(self._chosen, self._bar, STRETCH, self._later, self.save, gap=10)
        super().__init__((ScrollPage(body), 1), Rule(), foot, margins=(20, 16), gap=12, parent=parent)
        self._later.clicked.connect(self.later)
        self._other.clicked.connect(self.other_wanted)
        self.save.clicked.connect(self.save_wanted)
        self._build()
        self.restyle()

    def choices(self) -> dict[str, Choice]:
        """What was chosen so far, by field."""
        found: dict[str, Choice] = {}
        for name, choice in self._choices.items():
            value = choice.value()
            if value == _OTHER:
                found[name] = self._others[name]
            elif isinstance(value, str):
                found[name] = value
        return found

    def take_others(self, others: Mapping[str, OtherValue]) -> None:
        """Show what was typed instead beside the two, chosen."""
        self._others.update(others)
        self._rebuild(dict.fromkeys(others, _OTHER))

    def retranslate(self) -> None:
        super().retranslate()
        self._rebuild({})

    def restyle(self) -> None:
        super().restyle()
        self._bar.setFixedWidth(px(90))

    def _head(self, *, alone: bool) -> Line:
        name = self.shown.name or say(self.shown.kind_label)
        title = Text(partial(_title, self.shown, name), Role.DIALOG, elide=True)
        second = Text(partial(_second, self.shown), Role.SECOND, elide=True)
        up = icon_button(lambda: tr("Previous"), Icon.UP)
        down = icon_button(lambda: tr("Next"), Icon.DOWN)
        up.clicked.connect(lambda: self.step_wanted.emit(-1))
        down.clicked.connect(lambda: self.step_wanted.emit(1))
        if alone:
            up.hide()
            down.hide()
        return Line(Face(name), (Column(title, second, gap=1), 1), up, down, gap=10)

    def _neither(self) -> Line:
        money = StateMark(_by_person_only, Icon.INFORMATION, Tone.AMBER)
        if not any(field.by_person_only for field in self.shown.fields):
            money.hide()
        question = Text(lambda: tr("Neither is right?"), Role.SECOND)
        if not any(map(typeable, self.shown.fields)):
            question.hide()
            self._other.hide()
        return Line(question, self._other, STRETCH, money, gap=10)

    def _rebuild(self, chosen: Mapping[str, str]) -> None:
        """Write the values anew; what was chosen stays, except where ``chosen`` says otherwise."""
        kept = {name: choice.value() for name, choice in self._choices.items()} | dict(chosen)
        self._build()
        for name, choice in self._choices.items():
            choice.choose(kept.get(name))
        self._count()

    def _build(self) -> None:
        self._fields.clear()
        self._choices.clear()
        digit = 1
        for number, field in enumerate(self.shown.fields, 1):
            sides = [self._side(field, value) for value in field.values]
            other = self._others.get(field.field)
            if other is not None:
                words = written(field.field, field.label, other.typed)
                sides.append(Side(_OTHER, Icon.PENCIL, lambda: tr("Typed now"), words, lambda: tr("You, just now")))
            choice = ValueChoice(number, partial(_label, field), sides, first_digit=digit)
            digit += len(sides)
            choice.chosen.connect(lambda _key: self._count())
            self._choices[field.field] = choice
            self._fields.put(choice)
        self._count()

    def _count(self) -> None:
        chosen, total = len(self.choices()), len(self._choices)
        self._chosen.say(lambda: tr("{chosen} of {total} chosen", chosen=chosen, total=total))
        self._bar.show_share(chosen / total if total else 0)
        self.save.setEnabled(chosen == total > 0)

    def _side(self, field: DisputedField, value: ShownValue) -> Side:
        if field.is_forgotten:
            return self._side_of_forgotten(field, value)
        if value.rescued:
            who = partial(self._brought_back, value)
            return Side(value.key, Icon.PEERS, _from_before_restore, _words(field, value), who)
        if value.at_head_office:
            icon, where = Icon.HEAD_OFFICE, _at_head_office
        elif value.mine:
            icon, where = Icon.LAPTOP, _at_this_laptop
        else:
            icon, where = Icon.PEERS, _at_colleagues
        why = _from_former if value.late else ""
        return Side(value.key, icon, where, _words(field, value), partial(self._who, value), why)

    def _side_of_forgotten(self, field: DisputedField, value: ShownValue) -> Side:
        """Nobody removed it: one side is the record that was brought back, the other head office's ignorance of it."""
        if not value.rescued:
            rescue = next(other for other in field.values if other.rescued)
            return Side(
                value.key, Icon.PEERS, _still_wanted, tr("Keep this record"), partial(self._brought_back, rescue)
            )
        return Side(value.key, Icon.TRASH, _not_wanted, tr("Remove it"), _forgotten)

    def _brought_back(self, value: ShownValue) -> str:
        who = value.by or tr("Somebody else")
        if value.at is None:
            return tr("Brought back by {who}", who=who)
        return tr("Brought back by {who}, {when}", who=who, when=near_moment(value.at, self._today))

    def _who(self, value: ShownValue) -> str:
        who = tr("You") if value.mine else value.by or tr("Somebody else")
        if value.at is None:
            return who
        return tr("{who}, {when}", who=who, when=near_moment(value.at, self._today))


def _nothing_waits() -> Banner:
    return Banner(
        lambda: tr("Nothing else is waiting for this."),
        lambda: tr("Both values are kept in the history, whichever you choose. You can change it later."),
        Tone.PINE,
    )


def _title(shown: Disagreement, name: str) -> str:
    if shown.is_forgotten:
        return tr("{name}: is it still wanted?", name=name)
    return tr("{name}: you and head office disagree", name=name)


def _second(shown: Disagreement) -> str:
    if shown.is_forgotten:
        return tr("It was forgotten by head office when it was restored; a laptop brought it back.")
    if shown.is_deletion:
        return tr("One of you removed it, the other went on writing in it.")
    return trn("You both changed the same field.", "You both changed the same {count} fields.", len(shown.fields))


def _label(field: DisputedField) -> str:
    if field.is_forgotten:
        return tr("Is it still wanted?")
    label = say(field.label.label)
    return tr("{label} (yuan)", label=label) if field.label.form is Form.MONEY else label


def _words(field: DisputedField, value: ShownValue) -> str:
    if field.is_deletion:
        return tr("Remove it") if value.value else tr("Keep it, with what was written")
    return written(field.field, field.label, value.value)


def _at_head_office() -> str:
    return tr("Head office")


def _at_this_laptop() -> str:
    return tr("This laptop")


def _at_colleagues() -> str:
    return tr("A colleague's laptop")


def _from_former() -> str:
    return tr("From the officer who had this customer before")


def _from_before_restore() -> str:
    return tr("From before head office was restored")


def _still_wanted() -> str:
    return tr("Still wanted")


def _not_wanted() -> str:
    return tr("Not wanted any more")


def _forgotten() -> str:
    return tr("Nobody removed it; head office had forgotten it")


def _by_person_only() -> str:
    return tr("Money, identity and status: a person decides")
