"""Pictures of every page in a real window: ``uv run python -m tests.desktop.screens --out DIR`` under a display.

A page is added once, to ``SCREENS``: its name and a function that brings the desk to it and returns when it stands.
Each is taken in Chinese and English, light and dark, at 1280×720; in Chinese also at 150 %, and as a 1920×1080 screen
shows it at 200 %. ``--only NAME`` takes one.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldapp.desktop.automatic_sync import SyncState
from fieldapp.desktop.chosen_look import ChosenLook
from fieldapp.desktop.components.overlay import Overlay
from fieldapp.desktop.components.toast import Toast
from fieldapp.desktop.desk import Desk
from fieldapp.desktop.jobs import JobRunner
from fieldapp.desktop.pages.enrol import EnrolPage
from fieldapp.desktop.pages.import_list import ImportListPage
from fieldapp.desktop.pages.prospect import ProspectPage
from fieldapp.desktop.pages.sync import Standing, SyncPage
from fieldapp.desktop.pages.sync_strip import SyncStrip
from fieldapp.desktop.pages.unlock import UnlockPage
from fieldapp.protocol.identifiers import Clock, SystemClock
from fieldapp.services.apply_for_loan import ApplyForLoan, choice_of
from fieldapp.services.half_typed import Place, keep_text
from fieldapp.services.laptop import Laptop, Preferences
from fieldapp.services.outbox_status import OutboxStatus, outbox_status, refused_changes, unsent_changes
from fieldapp.services.seal_documents import SealDocuments
from fieldapp.services.synchronise import Stage as SyncStage
from fieldapp.services.synchronise import synchronise_laptop
from fieldapp.store.profile import Card
from fieldapp.store.unit import Unit
from fieldapp.translation import tr
from tests.desktop.application_screens import APPLICATION_SCREENS
from tests.desktop.application_screens import fill as fill_in_application
from tests.desktop.desks import button
from tests.desktop.driving import let_work
from tests.desktop.head_office import PASSPHRASE, add_customer, disagree, head_office
from tests.desktop.workbooks import across, families, two_villages
from tests.services.an_application import TYPED

SAMPLES = Path(__file__).parents[1] / "samples"


@dataclass
class Stage:
    """An unlocked desk with something on every page."""

    desk: Desk
    clock: Clock
    chosen: ChosenLook
    jobs: JobRunner

    def settle(self) -> None:
        """Wait until what was asked has been shown."""
        let_work(60)
        for _ in range(200):
            if not self.jobs.busy():
                break
            let_work(20)
        let_work(120)

    def tell_sync(self, state: SyncState) -> None:
        """Let page, rail and status bar show one and the same state of the synchronisation."""
        self.desk.session().sync.state_changed.emit(state)

    def clear(self) -> None:
        """Leave nothing of this picture for the next one."""
        for over in self.desk.window.findChildren(Overlay):
            over.close_panel()
        for toast in self.desk.window.findChildren(Toast):
            toast.dismiss()
        self.tell_sync(self.desk.session().sync.state())


def _page(name: str) -> Callable[[Stage], None]:
    def show(stage: Stage) -> None:
        stage.desk.window.go(name)

    return show


def _decision_half_made(stage: Stage) -> None:
    stage.desk.window.go("sync")
    stage.settle()
    QTest.keyClicks(stage.desk.window, "1")


def _refusal(stage: Stage) -> None:
    stage.desk.window.go("sync")
    stage.settle()
    page = stage.desk.window.findChild(SyncPage)
    assert page is not None
    page.rows.choose(("refused", refused_changes(stage.desk.session().store)[0].change))


def _too_large(stage: Stage) -> None:
    """What cannot be sent, while a first synchronisation is under way."""
    session = stage.desk.session()
    change = unsent_changes(session.store)[0].change
    session.store.write(lambda unit: unit.state.set_too_large([change]))
    stage.desk.window.go("sync")
    stage.settle()
    page = stage.desk.window.findChild(SyncPage)
    assert page is not None
    page.rows.choose(("unsent", change))
    stage.tell_sync(SyncState(running=True, online=True, status=outbox_status(session.store), metered=True))
    strip = stage.desk.window.findChild(SyncStrip)
    assert strip is not None
    strip.begin()
    strip.show()
    strip.step(SyncStage.RECORDS, 12_000, 250_000, 8_200_000)


def _metered(stage: Stage) -> None:
    stage.desk.window.go("sync")
    stage.settle()
    strip = stage.desk.window.findChild(SyncStrip)
    assert strip is not None
    strip.end()
    status = replace(outbox_status(stage.desk.session().store), photos=3, restored_at=None)
    stage.tell_sync(SyncState(online=True, status=status, metered=True))


def _nothing_waits(stage: Stage) -> None:
    """As on a laptop in contact with head office that has sent nothing yet."""
    stage.desk.window.go("sync")
    stage.settle()
    page = stage.desk.window.findChild(SyncPage)
    assert page is not None
    status = OutboxStatus(0, 0, 0, 0, 0, 0, last=None, last_at=None)
    page._show(Standing((), (), (), (), status))
    stage.tell_sync(SyncState(online=True, status=status))


def _correction(stage: Stage) -> None:
    _refusal(stage)
    stage.settle()
    QTest.keyClick(stage.desk.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def _pack(stage: Stage) -> None:
    store = stage.desk.session().store
    with store.reading() as view:
        application = next(iter(view.records.of_kind("application"))).id
    stage.desk.window.go("pack", application=application)


def _of_the_last_customer(page: str) -> Callable[[Stage], None]:
    def show(stage: Stage) -> None:
        with stage.desk.session().store.reading() as view:
            application = next(iter(view.records.of_kind("application")))
        if page == "paper":
            stage.desk.window.go("paper", kind="application", record=application.id)
        else:
            stage.desk.window.go(page, prospect=application.parent)

    return show


def _facts_found_again(stage: Stage) -> None:
    """A prospect of whom something was half typed when the program last ended."""
    store = stage.desk.session().store
    with store.reading() as view:
        prospect = next(iter(view.records.of_kind("application"))).parent
    assert prospect is not None
    keep_text(store, Place(prospect, "facts business"), {"trade": "豆腐坊，兼送学", "staff": "两人"}, {})
    keep_text(store, Place(prospect, "facts person"), {"actual_address": "青石县通山镇上河村三组"}, {})
    stage.desk.window.go("prospect", prospect=prospect)
    stage.settle()
    page = stage.desk.window.findChild(ProspectPage)
    assert page is not None
    page.detail.tabs.choose("business")


def _list_looked_at(stage: Stage) -> None:
    stage.desk.window.go("import_list", path=SAMPLES / "tongshan-households.csv")


def _workbook_looked_at(stage: Stage) -> None:
    path = two_villages(Path(tempfile.mkdtemp()) / "大畈镇农户名单.xlsx")
    stage.desk.window.go("import_list", path=path)


def _families_looked_at(stage: Stage) -> None:
    stage.desk.window.go("import_list", path=families(Path(tempfile.mkdtemp()) / "大畈镇农户家庭.xlsx"))


def _turned_list_looked_at(stage: Stage) -> None:
    stage.desk.window.go("import_list", path=across(Path(tempfile.mkdtemp()) / "大畈镇农户表.xlsx"))


def _workbook_imported(stage: Stage) -> None:
    """Its first sheet imported, the second offered."""
    _workbook_looked_at(stage)
    stage.settle()
    page = stage.desk.window.findChild(ImportListPage)
    assert page is not None
    page.start.click()


def _unlock(stage: Stage) -> UnlockPage:
    card = Card(staff_name="李四", role="officer", branch_name="青石支行", bank="示例农村商业银行", unsent=3, drafts=1)
    cover = UnlockPage(Path("nowhere"), card, stage.clock, stage.jobs, stage.chosen)
    stage.desk.window.cover_with(cover)
    QTest.keyClicks(cover.focusProxy(), "PASSPHRASE")
    return cover


def _forgotten(times: int) -> Callable[[Stage], None]:
    """The way to a new enrolment, ``times`` steps into it."""

    def show(stage: Stage) -> None:
        cover = _unlock(stage)
        for name in (tr("Forgotten?"), tr("Enrol this laptop anew"))[:times]:
            button(cover, name).click()

    return show


def _enrol(stage: Stage, set_aside: Path | None = None) -> None:
    stage.desk.window.cover_with(EnrolPage(Path("nowhere"), stage.clock, stage.jobs, stage.chosen, set_aside))


def _of_the_application(show: Callable[[Desk], object]) -> Callable[[Stage], object]:
    return lambda stage: show(stage.desk)


SCREENS: dict[str, Callable[[Stage], object]] = {
    "today": _page("today"),
    "prospects": _page("prospects"),
    "applications": _page("applications"),
    "pack": _pack,
    "paper": _of_the_last_customer("paper"),
    "visit": _of_the_last_customer("visit"),
    "sync": _decision_half_made,
    "refusal": _refusal,
    "correction": _correction,
    "too_large": _too_large,
    "metered": _metered,
    "nothing_waits": _nothing_waits,
    "facts_found_again": _facts_found_again,
    "settings": _page("settings"),
    "import": _list_looked_at,
    "workbook": _workbook_looked_at,
    "families": _families_looked_at,
    "turned_list": _turned_list_looked_at,
    "workbook_imported": _workbook_imported,
    "unlock": _unlock,
    "forgotten": _forgotten(1),
    "set_aside": _forgotten(2),
    "enrol": _enrol,
    "enrol_anew": partial(_enrol, set_aside=Path("/home/li/.local/share/fieldapp/profile-set-aside-1")),
    **{name: _of_the_application(show) for name, show in APPLICATION_SCREENS.items()},
}
LOOKS = {
    "zh-light": (Preferences(), (1280, 720)),
    "zh-dark": (Preferences(theme="dark"), (1280, 720)),
    "en-light": (Preferences(language="en"), (1280, 720)),
    "en-dark": (Preferences(language="en", theme="dark"), (1280, 720)),
    "zh-sunlight": (Preferences(theme="sunlight"), (1280, 720)),
    "zh-150": (Preferences(scale_percent=150), (1280, 720)),
    "en-200": (Preferences(language="en", scale_percent=200), (1920, 1080)),
}


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", choices=sorted(SCREENS), action="append")
    parser.add_argument("--look", choices=sorted(LOOKS), action="append")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    application = QApplication([])
    clock = SystemClock()
    with tempfile.TemporaryDirectory() as folder, head_office(Path(folder), clock) as office:
        mine, theirs = office.laptop_of("李四", "mine"), office.laptop_of("李四", "theirs")
        _fill(mine, theirs)
        profile = mine.profile.folder
        mine.lock()
        _take(application, profile, clock, asked.out, asked.only or list(SCREENS), asked.look or list(LOOKS))


def _fill(mine: Laptop, theirs: Laptop) -> None:
    disagree(mine, theirs)
    names = ("李小明", "王五", "赵六", "孙七")
    prospects = [add_customer(mine, name, f"1390000000{number}", 3_000_000)[0] for number, name in enumerate(names)]
    _have_planned(mine, prospects)
    prospect = prospects[-1]
    _have_refused(mine, prospect)
    fill_in_application(mine)
    _have_papers(mine, prospect)


def _have_planned(mine: Laptop, prospects: list[str]) -> None:
    """One who waits since long, one for a time of today, one for any of it, one for tomorrow."""
    clock = SystemClock()
    today = clock.now().astimezone(ZoneInfo(clock.zone)).date()
    plans = (
        (-12, None, "第二次走访后未回话"),
        (0, "09:30", "看进货单、收款码流水"),
        (0, None, ""),
        (1, "16:00", "配偶在家"),
    )

    def plan(unit: Unit) -> None:
        for prospect, (days, time, purpose) in zip(prospects, plans, strict=True):
            planned = {
                "next_date": (today + timedelta(days=days)).isoformat(),
                "next_time": time,
                "next_purpose": purpose,
            }
            unit.edit(prospect, {name: (None, value) for name, value in planned.items() if value})

    mine.store.write(plan)


def _have_papers(mine: Laptop, prospect: str) -> None:
    """An application whose papers were frozen, and which says something else since."""
    applying = ApplyForLoan(mine.store)
    application = applying.start(prospect)
    sold = next(one for one in applying.products() if one.code == "MSED")
    applying.save(application, {**TYPED, **choice_of(sold)}, applying.open(application).fields)
    SealDocuments(mine.store).freeze_pack(application)
    applying.save(application, {"repayment_source": "豆腐坊与两家食堂"}, applying.open(application).fields)


def _have_refused(mine: Laptop, prospect: str) -> None:
    """An officer whom head office does not know, and a remark typed behind it."""
    synchronise_laptop(mine)

    def edit(unit: Unit) -> None:
        unit.edit(prospect, {"owner": (unit.enrolment.staff, "e" * 32)})
        unit.edit(prospect, {"remark": (None, "下周带合同过去"), "wished_fen": (None, 5_000_000)})

    mine.store.write(edit)
    synchronise_laptop(mine)


def _take(
    application: QApplication, profile: Path, clock: Clock, out: Path, names: list[str], looks: list[str]
) -> None:
    chosen, jobs = ChosenLook(), JobRunner()
    chosen.choose(Preferences())
    desk = Desk(profile, clock, jobs, chosen)
    stage = Stage(desk, clock, chosen, jobs)
    opened: list[object] = []
    desk.opened.connect(opened.append)
    desk.window.resize(1280, 720)
    desk.open()
    desk.window.activateWindow()
    QTest.qWaitForWindowActive(desk.window)
    cover = desk.window.findChild(UnlockPage)
    assert cover is not None
    QTest.keyClicks(cover.focusProxy(), PASSPHRASE + "\r")
    while not opened:
        let_work(20)
    desk.session().sync.stop()
    stage.settle()
    for look in looks:
        preferences, (width, height) = LOOKS[look]
        chosen.choose(preferences)
        desk.window.resize(width, height)
        for name in names:
            desk.window.uncover()
            SCREENS[name](stage)
            stage.settle()
            desk.window.grab().save(str(out / f"{name}-{look}.png"))
            stage.clear()
    desk.window.close()
    desk.finish()
    del application


if __name__ == "__main__":
    main()
