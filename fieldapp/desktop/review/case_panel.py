"""One application as those who decide read it: what warns, the figures, what was asked, what was decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.application_form.application_chip import status_chip
from fieldapp.desktop.application_form.term_choice import months_in_words
from fieldapp.desktop.components.arrange import STRETCH, Column, Flow, Line, ScrollPage
from fieldapp.desktop.components.banner import Banner
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.card import Card, Rule
from fieldapp.desktop.components.chip import Chip
from fieldapp.desktop.components.figures import FigureLine
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.formats import amount, near_moment, percent
from fieldapp.desktop.look import Icon
from fieldapp.desktop.review.talk import QuestionBox
from fieldapp.domain.application_records import Decision
from fieldapp.domain.loan_quote import DebtState, Quote
from fieldapp.domain.money import Money
from fieldapp.services.labels import choice_label, field_label
from fieldapp.services.review_applications import CaseToDecide, Decided
from fieldapp.translation import say, tr

Local = Callable[[datetime], datetime]
_TONES = {DebtState.OK: Tone.PINE, DebtState.TIGHT: Tone.AMBER, DebtState.OVER: Tone.SEAL}


class CasePanel(Card):
    """``wanted`` tells what a button asks for: ask, return, decline, approve, form, papers or customer."""

    wanted = Signal(str)

    def __init__(
        self, case: CaseToDecide, quote: Quote, local: Local, today: date, parent: QWidget | None = None
    ) -> None:
        self.case = case
        body = Column(
            *_warnings(case),
            Text(lambda: tr("Figures"), Role.HEADING),
            *_figures(case, quote),
            Rule(),
            Text(lambda: tr("Questions"), Role.HEADING),
            *_questions(case, local, today),
            Rule(),
            Text(lambda: tr("Decisions"), Role.HEADING),
            *_decisions(case, local, today),
            STRETCH,
            gap=10,
            margins=(0, 0, 8, 0),
        )
        super().__init__(
            self._head(), (ScrollPage(body), 1), Rule(), self._foot(), margins=(20, 16), gap=12, parent=parent
        )

    def _head(self) -> Column:
        review = self.case.review
        look = status_chip(review.status)
        name = Text(lambda: review.name or tr("customer without a name"), Role.DIALOG, elide=True)
        second = Text(
            lambda: tr("No. {number} • taken by {officer}", number=review.number, officer=review.officer),
            Role.SECOND,
            elide=True,
        )
        form = self._button(lambda: tr("Whole application"), "form", icon=Icon.APPLICATION)
        papers = self._button(lambda: tr("Papers"), "papers", icon=Icon.ENCRYPTED)
        customer = self._button(lambda: tr("Customer"), "customer", icon=Icon.PERSON)
        title = Line(name, Chip(look.words, look.ground), STRETCH, gap=8)
        return Column(Line((title, 1), customer, papers, form, gap=8), second, gap=1)

    def _foot(self) -> Line:
        ask = self._button(lambda: tr("Ask a question"), "ask", icon=Icon.CHAT)
        if self.case.review.not_mine is not None:
            return Line(STRETCH, ask, gap=8)
        verb = (lambda: tr("Approve")) if self.case.level == "approval" else (lambda: tr("Recommend"))
        return Line(
            ask,
            STRETCH,
            self._button(lambda: tr("Decline"), "decline"),
            self._button(lambda: tr("Return"), "return", icon=Icon.UNDO),
            self._button(verb, "approve", kind=Kind.FILLED, icon=Icon.CHECK),
            gap=8,
        )

    def _button(
        self, words: Callable[[], str], act: str, *, kind: Kind = Kind.PLAIN, icon: Icon | None = None
    ) -> Button:
        button = Button(words, kind, icon=icon)
        button.clicked.connect(lambda: self.wanted.emit(act))  # the signal is there once the card is
        return button


def _warnings(case: CaseToDecide) -> list[QWidget]:
    found: list[QWidget] = []
    not_mine = case.review.not_mine
    if not_mine is not None and case.review.status == "submitted":
        found.append(Banner(not_mine.sentence, tone=Tone.SKY))
    found += [Banner(lambda: tr("Head office noticed"), partial(say, alert), Tone.AMBER) for alert in case.alerts]
    return found


def _figures(case: CaseToDecide, quote: Quote) -> Sequence[QWidget]:
    held = case.file.application
    lines = [FigureLine(lambda: tr("Amount applied for"), _money(held.amount_fen), strong=True)]
    lines.append(FigureLine(lambda: tr("Term"), lambda: months_in_words(held.months) if held.months else "–"))
    lines.append(FigureLine(lambda: tr("Repayment method"), lambda: _choice("method", held.method)))
    lines.append(FigureLine(lambda: tr("Security"), lambda: _choice("guarantee_mode", held.guarantee_mode)))
    first = quote.first
    if first is not None:
        lines.append(FigureLine(lambda: tr("First instalment"), amount(first.payment)))
    if quote.affordability is not None:
        disposable = quote.affordability.disposable
        lines.append(FigureLine(lambda: tr("Left in a month before debts"), amount(disposable)))
        burden = quote.affordability.chosen
        if burden is not None and burden.ratio is not None:
            share = burden.ratio * 100
            line = FigureLine(lambda: tr("Debt service"))
            line.show_figure(lambda: percent(share), _TONES[burden.state])
            lines.append(line)
    lines += [FigureLine(_cut(use.purpose), _money(use.amount_fen)) for use in held.uses]
    said = (("repayment_source", held.repayment_source), ("over_limit_reason", held.over_limit_reason))
    return [*lines, *(_told(name, words) for name, words in said if words.strip())]


def _told(name: str, words: str) -> QWidget:
    """What the officer wrote, under the name of its field: a reason must not read like a fact."""
    return Column(
        Text(lambda: say(field_label("application", name).label), Role.HINT), Text(words, Role.BODY, wrap=True), gap=2
    )


def _questions(case: CaseToDecide, local: Local, today: date) -> Sequence[QWidget]:
    if not case.questions:
        return [Text(lambda: tr("Nothing was asked."), Role.SECOND)]
    return [QuestionBox(asked, local, today) for asked in case.questions]


def _decisions(case: CaseToDecide, local: Local, today: date) -> Sequence[QWidget]:
    if not case.decisions:
        return [Text(lambda: tr("Nothing was decided yet."), Role.SECOND)]
    return [_decided(one, local, today) for one in reversed(case.decisions)]


def _decided(one: Decided, local: Local, today: date) -> QWidget:
    decision = one.decision
    title = Text(lambda: outcome_words(decision), Role.STRONG, tone=Tone.INK if one.standing else Tone.HINT)
    who = Text(lambda: f"{one.name} • {near_moment(local(decision.at), today)}", Role.HINT)
    earlier = [] if one.standing else [Chip(lambda: tr("earlier submission"))]
    said = (_granted(decision), decision.conditions, decision.reason)
    lines = [Text(words, Role.SECOND, wrap=True) for words in said if words]
    return Column(Flow(title, *earlier, gap=8), who, *lines, gap=2)


def outcome_words(decision: Decision) -> str:
    """What was decided, in a word or two."""
    match decision.level, decision.outcome:
        case _, "return":
            return tr("Returned with questions")
        case _, "decline":
            return tr("Declined")
        case "review", _:
            return tr("Reviewed: recommended")
        case _:
            return tr("Approved")


def _granted(decision: Decision) -> Callable[[], str] | str:
    if decision.amount_fen is None or decision.months is None:
        return ""
    money, months = Money(decision.amount_fen), decision.months
    return lambda: tr("{amount} yuan over {term}", amount=amount(money), term=months_in_words(months))


def _money(fen: int | None) -> str:
    return amount(Money(fen)) if fen is not None else "–"


def _choice(field: str, value: str | None) -> str:
    return say(choice_label(field, value)) if value else "–"


def _cut(words: str) -> str:
    return words[:80] or "–"
