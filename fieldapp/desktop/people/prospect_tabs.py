"""The tabs of a prospect: what happened with them, and the sheets of facts that are changed in place."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget

from fieldapp.desktop.components.arrange import STRETCH, Column, ScrollPage
from fieldapp.desktop.components.card import Rule
from fieldapp.desktop.components.tabs import Tabs
from fieldapp.desktop.page import Shell
from fieldapp.desktop.people.sheets import BusinessSheet, HouseholdSheet, PersonSheet
from fieldapp.desktop.people.timeline_sheet import TimelineSheet
from fieldapp.desktop.session import DesktopSession
from fieldapp.services.prospect_page import ProspectPage
from fieldapp.translation import tr

_TABS: dict[str, Callable[[], str]] = {
    "timeline": lambda: tr("Timeline"),
    "person": lambda: tr("Personal"),
    "household": lambda: tr("Household"),
    "business": lambda: tr("Business"),
}


class ProspectTabs(Column):
    """``saved`` is told after a fact reached the disk: ask for the page again then."""

    saved = Signal()

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        self.timeline = TimelineSheet(shell, session)
        self.facts: dict[str, PersonSheet | HouseholdSheet | BusinessSheet] = {
            "person": PersonSheet(shell, session),
            "household": HouseholdSheet(shell, session),
            "business": BusinessSheet(shell, session),
        }
        self._tabs = Tabs(list(_TABS.items()))
        self._stack = QStackedWidget()
        for sheet in (self.timeline, *self.facts.values()):
            self._stack.addWidget(ScrollPage(Column(sheet, STRETCH, margins=(0, 2, 6, 2))))
        super().__init__(Column(self._tabs, Rule(), gap=0), (self._stack, 1), gap=12)
        self._tabs.chosen.connect(lambda key: self._stack.setCurrentIndex(list(_TABS).index(key)))
        for one in self.facts.values():
            one.saved.connect(self.saved)

    def choose(self, key: str) -> None:
        """Show the tab ``timeline``, ``person``, ``household`` or ``business``."""
        self._tabs.choose(key)

    def show_page(self, page: ProspectPage) -> None:
        """Show another prospect, or the same one anew."""
        for sheet in (self.timeline, *self.facts.values()):
            sheet.show_page(page)

    def forget(self) -> None:
        """Another prospect is being looked up: begin with their timeline."""
        self.timeline.forget()
        self.choose("timeline")

    def keep_now(self) -> None:
        """Keep what stands half typed: another page comes."""
        self.timeline.note.go_away()
        for one in self.facts.values():
            for sheet in one.sheets:
                sheet.kept.keep_now()

    def half_typed(self) -> list[Callable[[], str]]:
        """The names of the tabs where something stands half typed."""
        tabs = {key: any(sheet.half_typed() for sheet in one.sheets) for key, one in self.facts.items()}
        return [_TABS[key] for key, half in {"timeline": self.timeline.note.half_typed(), **tabs}.items() if half]
