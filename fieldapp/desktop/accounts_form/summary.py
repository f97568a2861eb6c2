"""The four figures over the sections: what is left of the assets, whether it balances, the month, the checks."""

from __future__ import annotations

from fieldapp.desktop.components.arrange import Grid
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.figures import KeyFigure
from fieldapp.desktop.components.text import Tone
from fieldapp.desktop.formats import amount
from fieldapp.domain.affordability import MonthlyAccounts
from fieldapp.domain.cross_checks import Verdict
from fieldapp.services.rebuild_accounts import Reckoned
from fieldapp.translation import tr, trn


class Summary(Card):
    """Shown over every section, live."""

    def __init__(self) -> None:
        self.equity = KeyFigure(lambda: tr("Equity"), "–", lambda: tr("yuan"))
        self.month = KeyFigure(lambda: tr("Left in an average month"), "–", lambda: tr("yuan"))
        self.checks = KeyFigure(lambda: tr("Cross-checks that agree"), "–")
        super().__init__(Grid(self.equity, self.month, self.checks, columns=3, narrow=480), margins=(16, 10))

    def show_figures(self, figures: Reckoned, applied: MonthlyAccounts | None) -> None:
        """Show what is typed adds up to, beside what the application states."""
        accounts = figures.accounts
        self.equity.figure.say(amount(accounts.equity))
        imbalance = accounts.imbalance
        if imbalance is None:
            self.equity.second.say(
                lambda: tr(
                    "{assets} owned − {liabilities} owed",
                    assets=amount(accounts.assets),
                    liabilities=amount(accounts.liabilities),
                ),
                Tone.HINT,
            )
        elif not imbalance:
            self.equity.second.say(lambda: tr("assets = liabilities + equity"), Tone.PINE)
        else:
            self.equity.second.say(lambda: tr("{gap} off what the customer names", gap=amount(imbalance)), Tone.SEAL)
        month = accounts.average.disposable
        self.month.figure.say(amount(month))
        if applied is None:
            self.month.second.say(lambda: tr("the application states no month yet"), Tone.HINT)
        elif applied == accounts.average:
            self.month.second.say(lambda: tr("as the application states"), Tone.PINE)
        else:
            stated = amount(applied.disposable)
            self.month.second.say(lambda: tr("the application states {stated}", stated=stated), Tone.AMBER)
        self._show_checks(figures)

    def _show_checks(self, figures: Reckoned) -> None:
        known = list(figures.checks.values())
        agreeing = sum(result.verdict is Verdict.OK for result in known)
        self.checks.figure.say(lambda: tr("{count} of {all}", count=agreeing, all=len(known)))
        wrong = len(figures.refused)
        if wrong:
            self.checks.second.say(
                lambda: trn("{count} entry cannot be read", "{count} entries cannot be read", wrong), Tone.SEAL
            )
        elif any(result.verdict is Verdict.INVESTIGATE for result in known):
            self.checks.second.say(lambda: tr("find out why before submitting"), Tone.SEAL)
        elif agreeing < len(known):
            self.checks.second.say(lambda: tr("say what explains the rest"), Tone.AMBER)
        else:
            self.checks.second.say(lambda: tr("within the product's tolerance") if known else "", Tone.HINT)
