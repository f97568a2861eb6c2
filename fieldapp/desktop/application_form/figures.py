"""The live figures beside the form: what the loan costs, what is paid each month, what the customer can bear."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy

from fieldapp.desktop.application_form.term_choice import months_in_words
from fieldapp.desktop.components.arrange import STRETCH, Column, Line
from fieldapp.desktop.components.banner import Banner
from fieldapp.desktop.components.card import Card, Rule
from fieldapp.desktop.components.debt_bar import DebtBar
from fieldapp.desktop.components.figures import FigureLine, TotalLine
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.formats import amount, full_day, percent
from fieldapp.desktop.look import Icon
from fieldapp.domain.loan_quote import Affordability, DebtState, Quote, TermBurden
from fieldapp.domain.money import Money
from fieldapp.domain.revolving_plan import RevolvingPlan
from fieldapp.domain.schedules import RepaymentMethod, Schedule
from fieldapp.translation import explain, tr

_NOTHING = "–"
_SCHEDULE_FIELDS = ("product", "amount_fen", "months", "method", "yearly_rate", "start", "first_due")
MOST_TERMS = 4


class CostCard(Card):
    """Yearly cost, the payments, the total (DOMAIN C1–C5). The yearly figure is the most prominent."""

    def __init__(self) -> None:
        self._method: RepaymentMethod | None = None
        self.yearly = Text(_NOTHING, Role.NAME, right=True, selectable=True)
        self._simple = Text("", Role.HINT, right=True, elide=True)
        self.monthly = FigureLine(lambda: self._monthly_words(), strong=True)
        self.interest = FigureLine(lambda: tr("First interest"))
        self.last = FigureLine(lambda: tr("Last payment, with the residue"))
        self.all_interest = FigureLine(lambda: tr("All interest"))
        self.fees = FigureLine(lambda: tr("Fees"))
        self.planned = FigureLine("")
        self.planned.hide()
        self.total = TotalLine(lambda: tr("Principal and interest (yuan)"), big=False)
        self._lacks = Text("", Role.SECOND, wrap=True)
        super().__init__(
            Line((Text(lambda: tr("Yearly cost, compound"), Role.SECOND, elide=True), 1), self.yearly, gap=8),
            self._simple,
            self._lacks,
            Rule(),
            self.monthly, self.interest, self.last, self.all_interest, self.fees, self.planned,
            self.total,
            heading=lambda: tr("What is paid"),
            beside=lambda: tr("as you type"),
            gap=3,
            margins=(16, 10),
        )  # fmt: skip

    def show_quote(self, quote: Quote) -> None:
        """Show the figures; without a schedule, what it lacks."""
        schedule, cost = quote.schedule, quote.cost
        self.yearly.say(percent(cost.compound * 100, 4) if cost is not None else _NOTHING)
        fees = schedule.total_fees if schedule is not None else Money(0)
        if cost is not None:
            simple = percent(cost.simple * 100, 4)
            self._simple.say(
                (lambda: tr("simple {rate} · all fees counted", rate=simple))
                if fees
                else (lambda: tr("simple {rate} · no other fees", rate=simple))
            )
        self._simple.setVisible(cost is not None)
        self._method = schedule.terms.method if schedule is not None else None
        self.monthly.retranslate()
        self.monthly.name.retranslate()
        self._show_schedule(schedule)
        self.fees.setVisible(bool(fees))
        self.fees.show_figure(amount(fees))
        self._show_plan(quote.revolving)
        lacks = self._lacking(quote)
        self._lacks.setVisible(lacks is not None)
        self._lacks.say(lacks or "")

    def _show_schedule(self, schedule: Schedule | None) -> None:
        rows = schedule.instalments if schedule is not None else ()
        self.monthly.show_figure(amount(rows[0].payment) if rows else _NOTHING)
        self.interest.show_figure(amount(rows[0].interest) if rows else _NOTHING)
        self.last.show_figure(amount(rows[-1].payment) if rows else _NOTHING)
        self.all_interest.show_figure(amount(schedule.total_interest) if schedule is not None else _NOTHING)
        self.total.show_figure(amount(schedule.total_payment) if schedule is not None else _NOTHING)

    def _show_plan(self, plan: RevolvingPlan | None) -> None:
        """The interest of what is planned; the other figures are those of a loan drawn in full."""
        self.planned.setVisible(plan is not None)
        if plan is not None:
            until = plan.until
            self.planned.name.say(lambda: tr("Interest as planned, until {day}", day=full_day(until)))
            self.planned.show_figure(amount(plan.interest))

    def _monthly_words(self) -> str:
        if self._method is RepaymentMethod.EQUAL_INSTALMENTS or self._method is None:
            return tr("Each month")
        return tr("First payment")

    def _lacking(self, quote: Quote) -> Callable[[], str] | None:
        if quote.schedule is not None:
            return None
        problem = next((one for one in quote.problems if one.field in _SCHEDULE_FIELDS), None)
        if problem is not None:
            return lambda: explain(problem)
        return lambda: tr("The schedule stands here as soon as product, amount, term and repayment are chosen.")


class AffordabilityCard(Card):
    """Debt service by term against the two thresholds of head office (DOMAIN C6). ``reason_wanted``: write it now."""

    reason_wanted = Signal()

    def __init__(self) -> None:
        self._beside = Text("", Role.HINT, right=True, elide=True)
        self._bars: list[DebtBar] = []
        self._held = Column(gap=4)
        self._ticks = Text("", Role.HINT, elide=True)
        self.largest_tight = FigureLine("", strong=False)
        self.largest_limit = FigureLine("", strong=False)
        self.needed = FigureLine("", strong=False)
        self._better = Text("", Role.SECOND, wrap=True)
        self._largest = Column(Rule(), self.largest_tight, self.largest_limit, self.needed, self._better, gap=3)
        self._lacks = Text("", Role.SECOND, wrap=True)
        self._warning = Banner(
            "",
            "",
            Tone.AMBER,
            action=lambda: tr("Write it"),
            act=lambda: self.reason_wanted.emit(),
        )
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self._warning.setSizePolicy(policy)
        self._warning.hide()
        self._thresholds: tuple[Decimal, Decimal] | None = None
        super().__init__(
            self._held, self._ticks, self._lacks, self._largest, self._warning, STRETCH,
            heading=lambda: tr("Can they afford it"), beside=self._beside, gap=4, margins=(16, 10),
        )  # fmt: skip

    def show_quote(self, quote: Quote, *, reason_given: bool) -> None:
        """Show the terms, the thresholds and the largest loans; without figures of the month, what they need."""
        found = quote.affordability
        terms = found.terms if found is not None else ()
        if found is not None:
            self._beside.say(lambda: tr("of {amount} a month", amount=amount(found.disposable)))
            self._bars_for(found, len(terms))
            for bar, term in zip(self._bars, reversed(terms), strict=False):
                _show_term(bar, term, found)
            tight, limit = _per_cent(found.tight), _per_cent(found.limit)
            self._ticks.say(lambda: tr("The marks: {tight} and {limit}, set by head office", tight=tight, limit=limit))
            _show_largest(self.largest_tight, tight, found.largest_within_tight)
            _show_largest(self.largest_limit, limit, found.largest_within_limit)
            self._show_changes(found, tight, limit)
        else:
            self._beside.say("")
            self._bars_for(None, 0)
        self._ticks.setVisible(bool(terms))
        self._largest.setVisible(found is not None and found.largest_within_tight is not None)
        self._lacks.setVisible(not terms)
        self._lacks.say(
            (lambda: tr("The bars stand here as soon as the loan can be reckoned."))
            if found is not None
            else (lambda: tr("Fill in the month on the step 'Business and income', and choose a product."))
        )
        self._warn(found, reason_given=reason_given)

    def _show_changes(self, found: Affordability, tight: str, limit: str) -> None:
        """What would have to change for a loan that is too heavy: the income, or the term."""
        chosen = found.chosen
        heavy = chosen is not None and chosen.state is not DebtState.OK
        over = chosen is not None and chosen.state is DebtState.OVER
        self.needed.setVisible(heavy)
        if over:
            _show_needed(self.needed, limit, found.needed_within_limit)
        else:
            _show_needed(self.needed, tight, found.needed_within_tight)
        lighter = found.better[0] if found.better else None
        self._better.setVisible(lighter is not None and lighter.ratio is not None)
        if lighter is not None and lighter.ratio is not None:
            share, term = percent(lighter.ratio * 100), lighter.months
            self._better.say(lambda: tr("Over {term} it would be {share}.", term=months_in_words(term), share=share))

    def shares(self) -> list[str]:
        """What each bar says, for a screen reader and for tests."""
        return [bar.accessibleName() for bar in self._bars if not bar.isHidden()]

    def _warn(self, found: Affordability | None, *, reason_given: bool) -> None:
        chosen = found.chosen if found is not None else None
        asked = chosen is not None and chosen.state is not DebtState.OK
        self._warning.setVisible(asked and not reason_given)
        if asked and found is not None:
            over = _per_cent(found.tight if chosen is not None and chosen.state is DebtState.TIGHT else found.limit)
            self._warning.show_message(
                lambda: tr("Beyond {share}: write one sentence why", share=over),
                "",
                Tone.AMBER,
                action=lambda: tr("Write it"),
                icon=Icon.WARNING,
                act=self.reason_wanted.emit,
            )

    def _bars_for(self, found: Affordability | None, count: int) -> None:
        if found is not None:
            thresholds = (found.tight * 100, found.limit * 100)
            if thresholds != self._thresholds:
                self._thresholds = thresholds
                self._held.clear()
                self._bars = [DebtBar(thresholds) for _ in range(MOST_TERMS)]
                for bar in self._bars:
                    self._held.put(bar)
        for place, bar in enumerate(self._bars):
            bar.setVisible(place < count)


def _show_term(bar: DebtBar, term: TermBurden, found: Affordability) -> None:
    tight, limit = _per_cent(found.tight), _per_cent(found.limit)

    def judgement() -> str:
        if term.ratio is None:
            return tr("nothing is left to pay it from")
        if term.state is DebtState.OVER:
            return tr("beyond {share}", share=limit)
        if term.state is DebtState.TIGHT:
            return tr("tight, needs a reason")
        return tr("within {share}", share=tight)

    tone = {DebtState.OK: Tone.PINE, DebtState.TIGHT: Tone.AMBER, DebtState.OVER: Tone.SEAL}[term.state]
    share = term.ratio * 100 if term.ratio is not None else None
    bar.show_share(lambda: months_in_words(term.months), share, judgement, tone, strong=term.chosen)


def _show_largest(line: FigureLine, share: str, money: Money | None) -> None:
    line.name.say(lambda: tr("At most within {share}", share=share))
    line.show_figure(amount(money) if money is not None else _NOTHING)


def _show_needed(line: FigureLine, share: str, money: Money | None) -> None:
    line.name.say(lambda: tr("Within {share} if left each month", share=share))
    line.show_figure(amount(money) if money is not None else _NOTHING)


def _per_cent(share: Decimal) -> str:
    whole = share * 100
    return f"{whole:.0f} %" if whole == whole.to_integral_value() else percent(whole)
