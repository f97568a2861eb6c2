"""The pictures of the documentation: ``uv run python -m tests.desktop.pictures --out docs/pictures`` under a display.

They show the real program on the laptop of ``field_day``: invented people, no network, some changes only there.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import time
from pathlib import Path
from typing import cast
from unittest.mock import patch

import msgspec
import uuid_utils
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldapp.desktop.entries import page_entries
from fieldapp.desktop.jobs import JobRunner
from fieldapp.desktop.pages.application import ApplicationPage
from fieldapp.desktop.role_words import role_name
from fieldapp.desktop.window import Window
from fieldapp.domain.application_checklist import Step
from fieldapp.domain.records import Branch
from fieldapp.services.apply_for_loan import ApplyForLoan
from fieldapp.services.laptop import Preferences
from fieldapp.store.database import Store
from fieldapp.store.unit import Unit
from tests.desktop.driving import let_work
from tests.desktop.field_day import DayClock, new_session, new_store, populate
from tests.services.an_application import PRODUCT, TYPED, mirror

LIGHT, ENGLISH_DARK = Preferences(), Preferences(language="en", theme="dark")


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--out", type=Path, required=True)
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    application = QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        clock, jobs = DayClock(at=time(8, 42)), JobRunner()
        store = new_store(Path(folder) / "profile", clock)
        _move_to_branch(store)
        with _ids_of_the_day(clock):
            people = populate(store, clock)
        clock.set(clock.now().date(), 8, 42)
        _take(store, clock, jobs, Path(folder), people["张三"], out)
        jobs.shut_down(wait_s=10)
        store.close()
    del application


@contextmanager
def _ids_of_the_day(clock: DayClock) -> Iterator[None]:
    """A record's id says when it was made; here that is the day of the pictures, not the day they are taken."""

    def uuid7() -> uuid.UUID:
        milliseconds = int(clock.now().timestamp() * 1000)
        return uuid.UUID(f"{milliseconds:012x}7{next(counted):03x}{uuid.uuid4().hex[16:]}")

    counted = itertools.count()
    with patch.object(uuid_utils, "uuid7", uuid7):
        yield


def _move_to_branch(store: Store) -> None:
    def work(unit: Unit) -> None:
        unit.state.set("enrolment", msgspec.structs.replace(unit.enrolment, branch="QS01", stream="QS01"))

    store.write(work)


def _fill_in(store: Store, prospect: str) -> str:
    branch = Branch(
        code="QS01",
        name="青石支行",
        name_en="Qingshi sub-branch",
        bank="青石农村商业银行",
        bank_en="Qingshi Rural Commercial Bank",
        complaint_phone="400-000-0000",
        area_code="421224",
    )

    def receive(unit: Unit) -> None:
        mirror(unit, "product", PRODUCT)
        mirror(unit, "branch", branch, "b1")

    store.write(receive)
    service = ApplyForLoan(store)
    application = service.start(prospect)
    typed = {name: value for name, value in TYPED.items() if not name.startswith("person.")}
    service.save(application, typed | {"person.marital": "married"}, service.open(application).fields)
    return application


def _take(store: Store, clock: DayClock, jobs: JobRunner, folder: Path, prospect: str, out: Path) -> None:
    session = new_session(store, clock, jobs, folder)
    window = Window(jobs, page_entries(lambda: session))
    window.rail.show_place("青石支行")
    window.rail.show_officer("李四", lambda: role_name("officer"))
    window.status.show_state(online=False, only_here=3, confirmed="")
    window.resize(1280, 720)
    window.show()
    window.activateWindow()
    QTest.qWaitForWindowActive(window)

    def application_page() -> None:
        window.go("application", application=_fill_in(store, prospect))
        _settle(jobs)
        cast(ApplicationPage, window.findChild(ApplicationPage)).go_to(Step.LOAN)

    shots: dict[str, tuple[Preferences, Callable[[], None]]] = {
        "today-zh-light": (LIGHT, lambda: window.go("today")),
        "prospects-en-dark": (ENGLISH_DARK, lambda: window.go("prospects", prospect=prospect)),
        "application-zh-light": (LIGHT, application_page),
    }
    for name, (look, show) in shots.items():
        session.chosen.choose(look)
        show()
        _settle(jobs)
        window.grab().save(str(out / f"{name}.png"))
    window.close()
    _settle(jobs)
    session.close()


def _settle(jobs: JobRunner) -> None:
    """Wait until what was asked has been shown, the pages of the paper included."""
    let_work(600)
    while jobs.busy():
        let_work(20)
    let_work(600)


if __name__ == "__main__":
    main()
