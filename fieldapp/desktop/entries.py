"""The pages of the program, in the rail's order. A page's module is imported when the page is first shown."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from fieldapp.desktop.look import Icon
from fieldapp.desktop.page import Page, Shell
from fieldapp.desktop.session import DesktopSession
from fieldapp.desktop.window import PageEntry
from fieldapp.translation import tr

FIRST = "today"
"""The page that stands after unlocking."""

REVIEW = "review"
"""The page of those who decide; nobody else is offered it."""


def page_entries(session: Callable[[], DesktopSession]) -> list[PageEntry]:
    """Every page; those without an icon are reached from others. ``session`` gives the one now open."""

    def page(name: str, kind: str) -> Callable[[Shell], Page]:
        def make(shell: Shell) -> Page:
            made: Page = getattr(import_module(f"fieldapp.desktop.pages.{name}"), kind)(shell, session())
            return made

        return make

    return [
        PageEntry("today", page("today", "TodayPage"), lambda: tr("Today"), Icon.TODAY),
        PageEntry("prospects", page("prospects", "ProspectsPage"), lambda: tr("Prospects"), Icon.PROSPECTS),
        PageEntry(
            "applications", page("applications", "ApplicationsPage"), lambda: tr("Applications"), Icon.APPLICATION
        ),
        PageEntry("sync", page("sync", "SyncPage"), lambda: tr("Sync"), Icon.SYNC, low=True),
        PageEntry("settings", page("settings", "SettingsPage"), lambda: tr("Settings"), Icon.SETTINGS, low=True),
        PageEntry(REVIEW, page("review", "ReviewPage"), lambda: tr("Review"), Icon.LIST),
        PageEntry("prospect", page("prospect", "ProspectPage"), lambda: tr("Prospect"), under="prospects"),
        PageEntry("visit", page("visit", "VisitPage"), lambda: tr("Visit")),
        PageEntry(
            "application", page("application", "ApplicationPage"), lambda: tr("Application"), under="applications"
        ),
        PageEntry("accounts", page("accounts", "AccountsPage"), lambda: tr("Accounts"), under="applications"),
        PageEntry("pack", page("pack", "PackPage"), lambda: tr("Papers"), under="applications"),
        PageEntry("paper", page("paper", "PaperPage"), lambda: tr("Paper")),
        PageEntry(
            "import_list",
            page("import_list", "ImportListPage"),
            lambda: tr("Import a household list"),
            under="prospects",
        ),
    ]
