"""Every test: no screen is needed, and Qt finds none unless a test of a real window asks for one.

``--long`` also runs the fault matrix and the deep searches, which take minutes rather than seconds.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import hypothesis
import pytest

from fieldapp.store import keys
from tests import depth
from tests.in_memory import room_in_memory
from tests.postgresql import postgresql_server

gc.disable()  # till everything is imported: nothing of it is garbage

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

if (memory := room_in_memory()) is not None:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", memory)
"""Thousands of small databases are written through to the disk; no test pulls the plug on it."""

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
"""Programs are started by the dozen; each would compile itself anew."""


hypothesis.settings.register_profile("untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("untimed")
"""No test fails for the machine being busy."""


keys.USUAL_COST = keys.Argon2Cost(time=1, memory_kib=8, lanes=1)
"""A passphrase is stretched hundreds of times here. What the program itself does is tested in a process of its own."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="also run the tests marked long")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--long"):
        depth.search_long()


LONGEST = (
    "test_whole_day.py",
    "test_killed_at_the_keyboard.py",
    "test_application_page.py",
    "test_workers.py",
    "test_half_typed_dialogs.py",
    "test_consents_on_screen.py",
    "test_review_page.py",
    "test_behind_the_loan.py",
    "test_sync_page.py",
    "test_convergence.py",
    "test_prospects_page.py",
    "test_accounts_page.py",
    "test_list_files.py",
    "test_import_households.py",
    "test_cover_of_pack.py",
    "test_pack_page.py",
    "test_soak.py",
    "test_open_transactions.py",
    "test_power_cut.py",
    "test_unlocking.py",
    "test_starting_over.py",
    "test_papers_command.py",
    "test_frozen_program.py",
)
"""The files that take longest begin first, so that no worker is left alone with one at the end."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(places)))
    if config.getoption("--long"):
        return
    for item in items:
        if item.get_closest_marker("long") is not None:
            item.add_marker(pytest.mark.skip(reason="runs with --long"))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server that lives as long as the tests."""
    with postgresql_server() as url:
        yield url


def pytest_collection_finish() -> None:
    """What the tests import stays till the end: the collector need not go through it again each time."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 20, 50)  # a test makes much that lives as long as it does; as rarely as head office
