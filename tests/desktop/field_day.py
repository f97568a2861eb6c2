"""A laptop of 李四 at 青石支行 with the people of the pictures on it, and a window around its pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from fieldapp.desktop.chosen_look import ChosenLook
from fieldapp.desktop.jobs import JobRunner
from fieldapp.desktop.look import Icon
from fieldapp.desktop.page import Page, Shell
from fieldapp.desktop.pages.contact import open_contact
from fieldapp.desktop.pages.prospect import ProspectPage
from fieldapp.desktop.pages.prospects import ProspectsPage
from fieldapp.desktop.pages.today import TodayPage
from fieldapp.desktop.pages.visit import VisitPage
from fieldapp.desktop.session import DesktopSession, read_unlocked
from fieldapp.desktop.window import PageEntry, Window
from fieldapp.domain.money import Money
from fieldapp.domain.records import PersonMet, Staff
from fieldapp.domain.wording import Sentence
from fieldapp.services.add_prospect import NewProspect, add_prospect
from fieldapp.services.laptop import Laptop
from fieldapp.services.record_contact import NewContact, record_contact
from fieldapp.services.record_visit import NewVisit, record_visit
from fieldapp.store.database import Store
from fieldapp.store.keys import create_key
from fieldapp.store.profile import Profile
from fieldapp.store.state import Enrolment
from fieldapp.store.unit import Unit
from tests.copied_records import copy_filled

ZONE = "Asia/Shanghai"
TODAY = date(2026, 11, 23)


class DayClock:
    """A clock that a test sets; it stands still until told."""

    zone = ZONE

    def __init__(self, day: date = TODAY, at: time = time(14, 5)) -> None:
        self._now = datetime.combine(day, at, ZoneInfo(ZONE)).astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def set(self, day: date, hour: int, minute: int = 0) -> None:
        self._now = datetime.combine(day, time(hour, minute), ZoneInfo(ZONE)).astimezone(UTC)

    def pass_by(self, **span: float) -> None:
        self._now += timedelta(**span)


class ScreenLaptop(Laptop):
    """The laptop without its card: nothing here unlocks again."""

    def write_card(self) -> None:
        """Nothing to write."""


def new_store(folder: Path, clock: DayClock) -> Store:
    """A fresh store enrolled for 李四."""
    folder.mkdir(parents=True, exist_ok=True)
    key = create_key(folder / "key.json", "correct horse")
    copy_filled("enrolled for a day", _enrol, folder / "records.db", key, clock)
    return Store(folder / "records.db", key, clock)


def peopled_store(folder: Path, clock: DayClock) -> tuple[Store, dict[str, str]]:
    """The same with the people of the pictures on it; their ids by name."""

    def fill(store: Store) -> dict[str, str]:
        _enrol(store)
        return populate(store, clock)

    folder.mkdir(parents=True, exist_ok=True)
    key = create_key(folder / "key.json", "correct horse")
    ids = copy_filled("people of a day", fill, folder / "records.db", key, clock)
    return Store(folder / "records.db", key, clock), dict(ids)


def _enrol(store: Store) -> None:
    def enrol(unit: Unit) -> None:
        unit.state.set(
            "enrolment",
            Enrolment(
                device="d1", token="t", staff="s-li", staff_name="李四", role="officer", branch="b1",
                branch_name="青石支行", bank="青石农村商业银行", stream="b1", head_office="h1",
                address="https://office.example",
            ),
        )  # fmt: skip

    store.write(enrol)


def hire(store: Store) -> None:
    """The colleagues head office told of."""

    def work(unit: Unit) -> None:
        for staff, name in (("s-li", "李四"), ("s-zhou", "周到"), ("s-qian", "钱二")):
            unit.create("staff", Staff(name=name, role="officer", branch="b1"), record_id=staff)  # type: ignore[arg-type]

    store.write(work)


PEOPLE: tuple[tuple[str, str, str, str, str, int | None, str | None, str], ...] = (
    ("王五", "13800000005", "青石街", "五金铺", "sole_trader", -3, None, "第二次走访后未回话：额度够不够进货"),
    ("赵六", "13800000006", "下河村", "养鸭", "farm_household", -1, None, "补交近三个月电费单"),
    ("张三", "13827190001", "上河村", "豆腐坊", "sole_trader", 0, "09:30", "调查走访：看进货单、收款码流水"),
    ("孙七", "13800000007", "上河村", "茶农", "farm_household", 0, "10:40", "首次贷后检查：核对用款凭证"),
    ("陈八", "13800000008", "青石街", "早餐店", "sole_trader", 0, "14:00", "逾期第 6 天，承诺今天还清本期"),
    ("周九", "13800000009", "下河村", "果园", "farm_household", 0, "15:30", "承诺补足上月差额"),
    ("吴十", "13800000010", "上河村", "小卖部", "sole_trader", 1, "09:00", "配偶在家，签征信授权书"),
    ("郑一", "13800000011", "青石街", "理发店", "sole_trader", 1, "10:30", "第一次走访，由柜员钱二转介"),
    ("冯二", "13800000012", "下河村", "水果摊", "sole_trader", 1, "16:00", "续用码商e贷：看三个月流水"),
)
INTERESTED = ("王五", "赵六", "张三", "吴十")


def populate(store: Store, clock: DayClock) -> dict[str, str]:
    """The people of the pictures with their talks and visits; their ids by name."""
    hire(store)
    ids = {}
    clock.set(date(2026, 10, 30), 9)
    for name, mobile, village, trade, kind, _due, _at, _why in PEOPLE:
        new = NewProspect(
            name=name, mobile=mobile, village=village, customer_type=kind, business={"trade": trade},  # type: ignore[arg-type]
            id_number="110101199003070011" if name == "张三" else "",
            address="上河村 3 组 21 号" if name == "张三" else "",
            household={"size": 4, "labour": 2} if name == "张三" else None,
        )  # fmt: skip
        ids[name] = add_prospect(store, new).prospect
        clock.pass_by(seconds=40)
    clock.set(date(2026, 11, 9), 15)
    for name, promised in (("陈八", Money.yuan("2150")), ("周九", Money.yuan("4040"))):
        record_contact(
            store, NewContact(who=ids[name], channel="phone", result="call_again", next_date=TODAY, promised=promised)
        )
    clock.set(date(2026, 11, 12), 14, 2)
    start = clock.now()
    record_visit(
        store,
        NewVisit(
            prospect=ids["张三"], purpose="marketing", started_at=start, ended_at=start + timedelta(minutes=38),
            outcome="interested", next_date=TODAY, people=(PersonMet("张三", "本人"), PersonMet("李梅", "配偶")),
            facts="每天做 4 锅，两锅送镇上学校食堂；想添一台磨浆机。", opinion="手艺稳，家里支持。",
            next_purpose="看进货单与收款码流水",
        ),
    )  # fmt: skip
    clock.set(date(2026, 11, 18), 10)
    for name, _mobile, _village, _trade, _kind, due, at, why in PEOPLE:
        _plan(
            store, clock, ids[name], None if due is None else TODAY + timedelta(days=due), at, why, name in INTERESTED
        )
    clock.set(date(2026, 11, 22), 18, 5)
    record_contact(
        store,
        NewContact(
            who=ids["张三"], channel="phone", result="interested", next_date=TODAY, next_time="09:30",
            next_purpose="调查走访：看进货单、收款码流水", note="老张说早上九点半做完第一锅豆腐，方便。",
        ),
    )  # fmt: skip
    clock.set(TODAY, 14, 5)
    return ids


def _plan(
    store: Store, clock: DayClock, prospect: str, day: date | None, at: str | None, why: str, interested: bool
) -> None:
    record_contact(
        store,
        NewContact(
            who=prospect,
            channel="in_person",
            result="interested" if interested else "call_again",
            next_date=day,
            next_time=at,
            next_purpose=why,
        ),
    )
    clock.pass_by(minutes=7)


class Elsewhere(Page):
    """A page of a colleague: it notes how it was asked for."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.asked: dict[str, object] = {}

    def shown(self, **where: object) -> None:
        self.asked = where


def new_session(store: Store, clock: DayClock, jobs: JobRunner, folder: Path) -> DesktopSession:
    """The session of the store; it does not synchronise."""
    laptop = ScreenLaptop(Profile(folder), store)
    return DesktopSession(read_unlocked(laptop), clock, jobs, ChosenLook())


def new_window(session: DesktopSession, jobs: JobRunner) -> Window:
    """The window with the pages of the day."""
    window = Window(
        jobs,
        [
            PageEntry("today", lambda shell: TodayPage(shell, session), Sentence("Today"), Icon.TODAY),
            PageEntry("prospects", lambda shell: ProspectsPage(shell, session), Sentence("Prospects"), Icon.PROSPECTS),
            PageEntry("prospect", lambda shell: ProspectPage(shell, session), Sentence("Prospect")),
            PageEntry("visit", lambda shell: VisitPage(shell, session), Sentence("Visits"), Icon.VISIT),
            PageEntry("application", Elsewhere, Sentence("Application")),
        ],
    )
    window.contact_wanted.connect(lambda: open_contact(window, session))
    window.rail.show_place("青石支行")
    window.rail.show_officer("李四", "客户经理")
    window.status.show_state(online=False, only_here=3, confirmed="")
    return window
