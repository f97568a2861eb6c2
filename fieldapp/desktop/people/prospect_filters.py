"""What narrows the list of prospects beside its search: order, village and next date, and how many are found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import STRETCH, Line
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.people.menu_link import MenuLink
from fieldapp.services.prospects import Order, VillageCount, Wanted
from fieldapp.translation import tr, trn

VILLAGES_OFFERED = 30
WEEK_DAYS = 7


class ProspectFilters(Line):
    """``order_changed`` tells of another order, ``changed`` that others are wanted.

    ``villages_wanted`` asks to ``offer_villages``.
    """

    order_changed = Signal()
    changed = Signal()
    villages_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        self.by = MenuLink([("due", lambda: tr("By date")), ("name", lambda: tr("By name"))])
        self.village = MenuLink([(None, lambda: tr("Villages"))])
        self.when = MenuLink(
            [
                (None, lambda: tr("Dates")),
                ("late", lambda: tr("Overdue")),
                ("today", lambda: tr("Due today")),
                ("week", lambda: tr("Due in 7 days")),
                ("none", lambda: tr("No next date")),
            ]
        )
        self.found = Text("", Role.HINT, right=True)
        super().__init__(self.by, self.village, self.when, STRETCH, self.found, gap=4, parent=parent)
        self.by.chosen.connect(lambda _key: self.order_changed.emit())
        self.village.chosen.connect(lambda _code: self.changed.emit())
        self.when.chosen.connect(lambda _key: self.changed.emit())
        self.village.wanted.connect(self.villages_wanted)

    def order(self) -> Order:
        """The order chosen."""
        return "name" if self.by.value() == "name" else "due"

    def narrowed(self, wanted: Wanted, today: date) -> Wanted:
        """``wanted`` with the village and the dates chosen, counted from ``today``."""
        key, code = self.when.value(), self.village.value()
        since, until = {
            "late": (None, today - timedelta(days=1)),
            "today": (today, today),
            "week": (today, today + timedelta(days=WEEK_DAYS)),
        }.get(str(key), (None, None))
        village = None if code is None else str(code)
        return replace(wanted, village_code=village, due_from=since, due_until=until, without_date=key == "none")

    def clear(self) -> None:
        """Want all villages and dates again; the order stays."""
        self.village.choose(None)
        self.when.choose(None)

    def offer_villages(self, known: Sequence[VillageCount]) -> None:
        """Offer the villages with most prospects, and open the choice."""
        offered: list[tuple[object, Words]] = [(None, lambda: tr("Villages"))]
        offered += [(each.code, f"{each.name}  {each.prospects:,}") for each in known[:VILLAGES_OFFERED]]
        self.village.offer(offered)
        self.village.open()

    def say_found(self, number: int) -> None:
        """Say how many there are."""
        self.found.say(lambda: trn("{number} found", "{number} found", number, number=f"{number:,}"))
