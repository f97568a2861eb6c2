"""The workload: prospects and visits of about 20 fields and 600 bytes of JSON, the same ones in every run."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from fieldapp.domain.records import Person, PersonMet, Prospect, Visit

FAMILY_NAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN_NAMES = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰三四五六七"
WORDS = tuple("货 账 锅 板 柜 码 豆 水 电 摊 库 存 学 费 收 成 茶 果 鸭 店 现 金 结 款".replace(" ", ""))
VILLAGES = ("新城社区", "马槽桥社区", "凤池社区", "古塔社区", "高桥村", "楠林村", "宋家湖村", "官田村")


def person_and_prospect(rng: random.Random, owner: str, person: str) -> tuple[Person, Prospect]:
    """A household an officer follows."""
    village = rng.randrange(len(VILLAGES))
    return (
        Person(
            name=rng.choice(FAMILY_NAMES) + "".join(rng.sample(GIVEN_NAMES, rng.choice((1, 2)))),
            mobile=f"1{rng.choice('356789')}{rng.randrange(10**9):09d}",
        ),
        Prospect(
            person=person,
            owner=owner,
            village=VILLAGES[village],
            village_code=f"4212241000{village:02d}",
            next_date=date(2026, 11, 1) + timedelta(days=rng.randrange(90)) if rng.random() < 0.3 else None,
        ),
    )


def visits(rng: random.Random, staff: str, number: int) -> Iterator[Visit]:
    """Visits with facts and opinion as officers write them."""
    for _ in range(number):
        start = datetime(2026, 1, 1, 8, tzinfo=UTC) + timedelta(minutes=rng.randrange(400_000))
        yield Visit(
            staff=staff,
            purpose=rng.choice(("marketing", "investigation", "post_loan", "collection")),
            started_at=start,
            ended_at=start + timedelta(minutes=rng.randrange(5, 90)),
            business_date=start.date(),
            zone="Asia/Shanghai",
            people=(PersonMet("张三", "self"), PersonMet("李梅", "spouse")),
            facts="".join(rng.choice(WORDS) for _ in range(48)),
            opinion="".join(rng.choice(WORDS) for _ in range(20)),
            outcome=rng.choice(("interested", "needs_follow_up", "not_home")),
            next_date=start.date() + timedelta(days=rng.randrange(1, 30)),
            place="上河村 3 组",
        )
