"""The cross-checks: what is asked for, what it comes to, and what that means, in a colour and in words."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.accounts_form.item_words import CHECK_NAMES, INPUT_NAMES, said_by, unit_of
from fieldapp.desktop.components.arrange import STRETCH, Column, Grid
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.chip import Chip, Ground
from fieldapp.desktop.components.entry import Entry
from fieldapp.desktop.components.field import Field
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.formats import amount
from fieldapp.domain.accounts_sheet import CHECKS, CheckCells
from fieldapp.domain.application_records import CheckItem
from fieldapp.domain.cross_checks import INPUTS, CheckResult, Verdict
from fieldapp.domain.errors import Invalid
from fieldapp.translation import explain, say, tr, trc

_GROUNDS = {Verdict.OK: Ground.PINE, Verdict.EXPLAIN: Ground.AMBER, Verdict.INVESTIGATE: Ground.SEAL}
_TONES = {Verdict.OK: Tone.PINE, Verdict.EXPLAIN: Tone.AMBER, Verdict.INVESTIGATE: Tone.SEAL}


class ChecksSection(Column):
    """``edited`` after each change."""

    edited = Signal()

    def __init__(self) -> None:
        self.cards = {item: CheckCard(item) for item in CHECKS}
        sales = Grid(*(self.cards[item] for item in CHECKS if item != "equity"), columns=2, narrow=700)
        super().__init__(sales, self.cards["equity"], STRETCH, gap=14)
        for card in self.cards.values():
            card.edited.connect(self.edited)

    def show_cells(self, checks: Mapping[CheckItem, CheckCells]) -> None:
        """Show what is typed."""
        for item, card in self.cards.items():
            card.show_cells(checks.get(item, CheckCells()))

    def cells(self) -> dict[CheckItem, CheckCells]:
        """What is typed, of each check that anything is typed for."""
        typed = {item: card.cells() for item, card in self.cards.items()}
        return {item: cells for item, cells in typed.items() if cells.explanation or any(cells.inputs.values())}

    def show_results(self, results: Mapping[CheckItem, CheckResult], refused: Mapping[str, Invalid]) -> None:
        """Show what each comes to, and beside its field what cannot be read."""
        for item, card in self.cards.items():
            card.show_result(results.get(item), refused)

    def first(self) -> QWidget:
        """Where the keyboard begins."""
        return self.cards["sales_by_day"].entries["day_fen"]


class CheckCard(Card):
    """One check."""

    edited = Signal()

    def __init__(self, item: CheckItem) -> None:
        self._item = item
        self.entries = {name: Entry(unit=unit_of(name), right=True) for name in INPUTS[item]}
        self.fields = {name: Field(said_by(INPUT_NAMES[name]), entry) for name, entry in self.entries.items()}
        self.chip = Chip(lambda: trc("check", "Open"), Ground.NEUTRAL)
        self.working = Text("", Role.STRONG, wrap=True)
        self.meaning = Text("", Role.SECOND, wrap=True)
        self.explanation = Entry(lambda: tr("what explains the difference, what proves it"))
        self._why = Field(lambda: trc("check", "Explanation"), self.explanation)
        inputs = Grid(*self.fields.values(), columns=len(self.fields), narrow=300)
        super().__init__(
            inputs, self.working, self.meaning, self._why, heading=said_by(CHECK_NAMES[item]), beside=self.chip, gap=10
        )
        for entry in (*self.entries.values(), self.explanation):
            entry.textEdited.connect(lambda: self.edited.emit())
        self.show_result(None, {})

    def show_cells(self, cells: CheckCells) -> None:
        """Show what is typed."""
        for name, entry in self.entries.items():
            entry.setText(cells.inputs.get(name, ""))
        self.explanation.setText(cells.explanation)

    def cells(self) -> CheckCells:
        """What is typed."""
        inputs = {name: entry.text() for name, entry in self.entries.items() if entry.text()}
        return CheckCells(inputs=inputs, explanation=self.explanation.text())

    def show_result(self, result: CheckResult | None, refused: Mapping[str, Invalid]) -> None:
        """Show what it comes to; ``refused`` are the places that cannot be read."""
        for name, field in self.fields.items():
            problem = refused.get(f"checks.{self._item}.{name}")
            field.show_error((lambda problem=problem: explain(problem)) if problem is not None else None)
        if result is None:
            self.chip.say(lambda: trc("check", "Open"), Ground.NEUTRAL)
            self.working.say("–", Tone.HINT)
            self.meaning.say(lambda: tr("Reckoned once all of it is known."), Tone.HINT)
            return
        self.chip.say(_verdict_words(result.verdict), _GROUNDS[result.verdict])
        self.working.say(
            lambda: tr(
                "{working} = {estimate}; stated {stated}",
                working=result.working,
                estimate=amount(result.estimate),
                stated=amount(result.stated),
            ),
            Tone.INK,
        )
        self.meaning.say(lambda: say(result.sentence), _TONES[result.verdict])


def _verdict_words(verdict: Verdict) -> Words:
    match verdict:
        case Verdict.OK:
            return lambda: trc("check", "Agrees")
        case Verdict.EXPLAIN:
            return lambda: trc("check", "Explain")
        case Verdict.INVESTIGATE:
            return lambda: trc("check", "Find out")
