"""What the day page says."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from fieldapp.domain.money import Money
from fieldapp.domain.records import Application
from fieldapp.services.add_prospect import NewProspect, add_prospect
from fieldapp.services.record_contact import NewContact, record_contact
from fieldapp.services.record_visit import NewVisit, record_visit
from fieldapp.services.today import todays_work
from fieldapp.store.database import Store
from tests.made_laptop import ME, NOON, TODAY, FixedClock, told

UPPER, LOWER = "421224100201", "421224100202"


def prospect(store: Store, name: str, **more: Any) -> str:
    return add_prospect(store, NewProspect(name=name, **more)).prospect


def talk(store: Store, who: str, **more: Any) -> str:
    values: dict[str, Any] = {"who": who, "channel": "phone", "result": "call_again", "next_date": None, **more}
    return record_contact(store, NewContact(**values)).contact


def test_the_day_lists_who_is_late_who_is_due_and_who_comes_tomorrow(store: Store, clock: FixedClock) -> None:
    clock.at = NOON - timedelta(days=5)
    prospect(store, "王五", next_date=TODAY - timedelta(days=3))
    prospect(store, "赵六", next_date=TODAY - timedelta(days=1), next_time="09:00")
    prospect(store, "陈八", next_date=TODAY, next_time="14:00")
    prospect(store, "无时", next_date=TODAY)
    prospect(store, "张三", next_date=TODAY, next_time="9:30")
    prospect(store, "吴十", next_date=TODAY + timedelta(days=1))
    prospect(store, "后天", next_date=TODAY + timedelta(days=2))
    prospect(store, "没约")
    clock.at = NOON
    day = todays_work(store)
    assert [(each.name, each.late_days) for each in day.overdue.lines] == [("王五", 3), ("赵六", 1)]
    assert [each.name for each in day.today.lines] == ["张三", "陈八", "无时"]
    assert [each.name for each in day.tomorrow.lines] == ["吴十"]
    assert (day.overdue.count, day.today.count, day.tomorrow.count) == (2, 3, 1)
    assert day.households == 5


def test_colleagues_prospects_are_not_in_this_officers_day(store: Store) -> None:
    theirs = prospect(store, "别人", next_date=TODAY)
    store.write(lambda unit: unit.edit(theirs, {"owner": (ME, "f0" * 16)}))
    assert todays_work(store).today.count == 0


def test_the_route_follows_the_first_time_in_each_village(store: Store, clock: FixedClock) -> None:
    clock.at = NOON - timedelta(days=5)
    prospect(store, "晚", village_code=LOWER, next_date=TODAY - timedelta(days=1), next_time="07:00")
    clock.at = NOON
    prospect(store, "下一", village_code=LOWER, next_date=TODAY, next_time="15:30")
    prospect(store, "上二", village_code=UPPER, next_date=TODAY, next_time="10:40")
    prospect(store, "上一", village_code=UPPER, next_date=TODAY, next_time="09:30")
    prospect(store, "无村", next_date=TODAY)
    route = todays_work(store).route
    assert [(stop.village_code, stop.starts, stop.ends) for stop in route] == [
        (UPPER, "09:30", "10:40"),
        (LOWER, "15:30", "15:30"),
        (None, None, None),
    ]
    assert [each.name for each in route[1].people] == ["下一", "晚"]


def test_promises_of_the_day_are_summed_exactly_and_the_newest_counts(store: Store, clock: FixedClock) -> None:
    chen, zhou, feng = (prospect(store, name) for name in ("陈八", "周九", "冯二"))
    clock.at = NOON - timedelta(days=2)
    talk(store, chen, next_date=TODAY, promised=Money.yuan(9_999))
    talk(store, feng, next_date=TODAY - timedelta(days=1), promised=Money.yuan("0.01"))
    clock.move(hours=1)
    talk(store, chen, next_date=TODAY, promised=Money.yuan("2150.00"))
    record_visit(
        store,
        NewVisit(
            prospect=zhou,
            purpose="collection",
            started_at=clock.at,
            ended_at=clock.at + timedelta(minutes=5),
            outcome="promise_to_pay",
            next_date=TODAY,
            promised=Money.yuan("4040.00"),
        ),
    )
    clock.at = NOON
    day = todays_work(store)
    assert day.promises_total == Money.yuan("6190.00")
    assert {promise.name: promise.amount.fen for promise in day.promises} == {"陈八": 215_000, "周九": 404_000}
    assert [(promise.name, promise.late_days) for promise in day.late_promises] == [("冯二", 1)]


def test_the_month_counts_each_entry_once_by_its_business_date(store: Store, clock: FixedClock) -> None:
    who = prospect(store, "孙七", next_date=TODAY)
    clock.at = datetime(2026, 10, 31, 15, 59, tzinfo=UTC)  # still October at the bank
    talk(store, who)
    clock.at = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)  # the first minute of November
    talk(store, who)
    clock.at = NOON
    first = talk(store, who, source="walk_in")
    talk(store, who, source="outbound", amends=first)
    talk(store, who, source="walk_in")
    month = todays_work(store).month
    assert (month.first_day, month.contacts, month.outbound_contacts) == (date(2026, 11, 1), 3, 2)
    assert month.outbound_percent == 67
    assert todays_work(store).done_today == 1
    assert todays_work(store, TODAY - timedelta(days=1)).done_today == 0
    assert todays_work(store, date(2026, 10, 31)).month.contacts == 1


def test_newly_disbursed_are_borrowers_of_this_month(store: Store) -> None:
    def lend(unit: Any) -> None:
        for name, start, status in (
            ("甲", TODAY, "disbursed"),
            ("甲", TODAY, "disbursed"),
            ("乙", date(2026, 10, 30), "disbursed"),
            ("丙", TODAY, "draft"),
        ):
            application = Application(officer=ME, start=start)
            made[unit.create("application", application, parent=people[name])] = status

    people, made = {name: prospect(store, name) for name in "甲乙丙"}, dict[str, str]()
    store.write(lend)
    for record, status in made.items():
        told(store, record, {"status": status})
    assert todays_work(store).month.newly_disbursed == 1


def test_an_empty_laptop_has_an_empty_day(store: Store) -> None:
    day = todays_work(store)
    assert (day.today.count, day.promises_total, day.route, day.month.outbound_percent) == (0, Money(0), (), None)
