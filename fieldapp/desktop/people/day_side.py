"""Beside the day's list: the way through the villages, what was promised for today, and the month so far."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import STRETCH, Column
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.figures import FigureLine, TotalLine
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.formats import amount, day, lateness, listing
from fieldapp.desktop.people.route_list import RouteList
from fieldapp.services.today import Day
from fieldapp.translation import tr, trn

MOST_PROMISES = 6
MOST_LATE = 3


class DaySide(Column):
    """Three cards, of which that of the promises is hidden where there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.route, self.promises, self.month = RouteCard(), PromisesCard(), MonthCard()
        super().__init__(self.route, self.promises, self.month, STRETCH, gap=12, parent=parent)

    def show_day(self, today: Day) -> None:
        """Show another day, or the same one anew."""
        self.route.show_day(today)
        self.promises.show_day(today)
        self.month.show_day(today)


class RouteCard(Card):
    """The villages in the order of the appointments."""

    def __init__(self) -> None:
        self._stops = Text("", Role.HINT, right=True)
        self._route = RouteList()
        self._no_route = Text(lambda: tr("No village is due today."), Role.SECOND, wrap=True)
        super().__init__(self._route, self._no_route, heading=lambda: tr("Plan of the day"), beside=self._stops, gap=6)

    def show_day(self, today: Day) -> None:
        """Show where ``today`` leads."""
        stops, households = len(today.route), today.households
        self._stops.say(
            lambda: (
                f"{trn('{count} stop', '{count} stops', stops)} • "
                f"{trn('{count} household', '{count} households', households)}"
            )
        )
        self._route.show_stops(today.route)
        self._route.setVisible(bool(today.route))
        self._no_route.setVisible(not today.route)


class PromisesCard(Card):
    """Who promised to pay today and how much in all, and who did not keep a promise."""

    def __init__(self) -> None:
        self._count = Text("", Role.HINT, right=True)
        self._lines = Column(gap=4)
        self.total = TotalLine(lambda: tr("Total (yuan)"))
        self._late = Text("", Role.SECOND, tone=Tone.SEAL, wrap=True)
        super().__init__(
            self._lines, self.total, self._late, heading=lambda: tr("Promised for today"), beside=self._count, gap=6
        )

    def show_day(self, today: Day) -> None:
        """Show what was promised for ``today``, and before it in vain."""
        promises, late = today.promises, today.late_promises
        self.setVisible(bool(promises or late))
        self._count.say(lambda: trn("{count} promise", "{count} promises", len(promises)))
        self._lines.clear()
        for promise in promises[:MOST_PROMISES]:
            self._lines.put(FigureLine(promise.name, amount(promise.amount)))
        if len(promises) > MOST_PROMISES:
            rest = len(promises) - MOST_PROMISES
            self._lines.put(Text(lambda: trn("and {count} more", "and {count} more", rest), Role.HINT))
        self.total.show_figure(amount(today.promises_total))
        self._late.setVisible(bool(late))
        if late:
            self._late.say(
                lambda: tr("Not kept: {names}", names=listing(_late(p.name, p.day, today) for p in late[:MOST_LATE]))
            )


class MonthCard(Card):
    """The officer's own month up to today."""

    def __init__(self) -> None:
        self._until = Text("", Role.HINT, right=True)
        self._visits = FigureLine(lambda: tr("Visits"), strong=True)
        self._contacts = FigureLine(lambda: tr("Contacts"), strong=True)
        self._borrowers = FigureLine(lambda: tr("New borrowers"), strong=True)
        self._outbound = FigureLine(lambda: tr("Contacts sought out"), strong=True)
        figures = (self._visits, self._contacts, self._borrowers, self._outbound)
        super().__init__(*figures, heading=lambda: tr("This month"), beside=self._until, gap=4)

    def show_day(self, today: Day) -> None:
        """Show the month that ``today`` is in."""
        month = today.month
        self._until.say(lambda: tr("to {day}", day=day(today.day)))
        self._visits.show_figure(f"{month.visits:,}")
        self._contacts.show_figure(f"{month.contacts:,}")
        self._borrowers.show_figure(f"{month.newly_disbursed:,}")
        self._outbound.show_figure("–" if month.outbound_percent is None else f"{month.outbound_percent} %")


def _late(name: str, promised: date, today: Day) -> str:
    return f"{name} {lateness(promised, today.day)}"
