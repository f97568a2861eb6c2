"""Every test: no screen is needed, and Qt finds none unless a test of a real window asks for one.

``--long`` also runs the fault matrix and the deep searches, which take minutes rather than seconds.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.postgresql import postgresql_server

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
"""Programs are started by the dozen; each would compile itself anew."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="also run the tests marked long")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
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
