"""Searching and paging the list of prospects."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest
from sqlite_utils import Database

from fieldapp.domain.records import Person
from fieldapp.services.add_prospect import NewProspect, add_prospect
from fieldapp.services.edit_prospect import edit_fields
from fieldapp.store import migrations
from fieldapp.store.connection import connect
from fieldapp.store.database import Store
from fieldapp.store.prospect_list import Filter
from tests.made_laptop import KEY, TODAY, FixedClock

PEOPLE = {
    "张三丰": "13800138000",
    "曾小贤": "13911112222",
    "欧阳娜娜": "15012345678",
    "张伟": "18600000000",
    "阿依古丽·买买提": "13700000007",
    "John Smith": "",
}


@pytest.fixture
def known(store: Store) -> Store:
    for name, mobile in PEOPLE.items():
        add_prospect(store, NewProspect(name=name, mobile=mobile, business={"trade": "豆腐坊"} if mobile else None))
    return store


def found(store: Store, typed: str) -> set[str]:
    with store.reading() as view:
        rows = view.prospects.page(Filter(typed=typed), 100)
        assert view.prospects.count(Filter(typed=typed)) == len(rows)
    return {row.name for row in rows}


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("张伟", {"张伟"}),
        ("张", {"张三丰", "张伟"}),
        ("三丰", {"张三丰"}),
        ("丰", {"张三丰"}),
        ("zsf", {"张三丰"}),
        ("ZSF", {"张三丰"}),
        ("zhangsan", {"张三丰"}),
        ("zw", {"张伟"}),
        ("zengxiaoxian", {"曾小贤"}),
        ("cengxiao", {"曾小贤"}),
        ("zxx", {"曾小贤"}),
        ("oyn", {"欧阳娜娜"}),
        ("1380013", {"张三丰"}),
        ("138 0013 8000", {"张三丰"}),
        ("0138", {"张三丰"}),
        ("2222", {"曾小贤"}),
        ("张 138", {"张三丰"}),
        ("买买提", {"阿依古丽·买买提"}),
        ("smith", {"John Smith"}),
        ("豆腐 zsf", {"张三丰"}),
        ("没有这个人", set()),
        ('"*() OR NOT', set()),
        ("***", set()),
    ],
)
def test_search_finds_by_any_part_of_name_telephone_and_pinyin(known: Store, typed: str, names: set[str]) -> None:
    assert found(known, typed) == names


def test_nothing_typed_lists_everybody(known: Store) -> None:
    assert found(known, "  ") == set(PEOPLE)


def test_search_follows_a_changed_name_and_forgets_the_old(known: Store) -> None:
    with known.reading() as view:
        row = view.prospects.page(Filter(typed="zsf"), 1)[0]
        (person,) = view.records.children(row.id, "person")
    edit_fields(known, person.id, {}, {"name": "李梅", "mobile": "17700001111"})
    assert found(known, "lm") == found(known, "1111") - {"曾小贤"} == {"李梅"}
    assert "张三丰" not in found(known, "张") | found(known, "138")


@pytest.mark.parametrize("order", ["due", "name"])
def test_pages_joined_are_the_full_order_whatever_their_size(store: Store, order: Literal["due", "name"]) -> None:
    chance = random.Random(7)
    for number in range(83):
        due = TODAY.replace(day=chance.randint(23, 26)) if chance.random() < 0.7 else None
        time = f"{chance.randint(8, 9):02}:00" if due and chance.random() < 0.5 else None
        name = "张王李赵"[number % 4] + "伟芳"[number % 2]
        add_prospect(store, NewProspect(name=name, mobile=str(13800000000 + number), next_date=due, next_time=time))
    with store.reading() as view:
        full = view.prospects.page(Filter(), 1_000, order=order)
        keys = [(row.due if order == "due" else row.sort_name, row.row) for row in full]
        assert keys == sorted(keys)
        assert len(full) == 83
        for size in (1, 7, 82, 83, 84):
            joined, last = [], None
            while rows := view.prospects.page(Filter(), size, last, order):
                joined += rows
                last = rows[-1]
            assert joined == full


def test_lists_use_their_indexes(store: Store) -> None:
    def plan(unit: object, query: str, *values: object) -> str:
        rows = unit.connection.execute(f"EXPLAIN QUERY PLAN {query}", values)  # type: ignore[attr-defined]
        return " ".join(row[3] for row in rows)

    def check(unit: object) -> None:
        for query in (
            "SELECT * FROM prospect_row WHERE (due, row) > ('2026', 5) ORDER BY due, row LIMIT 50",
            "SELECT * FROM prospect_row WHERE stage = 'contact' ORDER BY due, row LIMIT 50",
            "SELECT * FROM prospect_row WHERE village_code = 'x' ORDER BY due, row LIMIT 50",
            "SELECT * FROM prospect_row ORDER BY sort_name, row LIMIT 50",
        ):
            found_plan = plan(unit, query)
            assert "USING INDEX" in found_plan
            assert "TEMP B-TREE" not in found_plan

    store.write(check)


@pytest.fixture
def remembered(store: Store) -> Store:
    """A household whose second telephones stand in the remark, as an imported list leaves them."""
    remark = "备用电话：139 0000 0002 / ０７１５-2361234\n座机：2361235；配偶13700000003（李梅）1360000000413600000005"
    add_prospect(store, NewProspect(name="王五", mobile="13800000001", remark=remark))
    return store


@pytest.mark.parametrize(
    "typed",
    [
        "13900000002", "139 0000 0002", "0002", "0715-2361234", "（0715）2361234", "2361234", "2361235",
        "13700000003", "13600000004", "13600000005", "+86 139 0000 0002", "0086-13900000002", "８６13900000002",
        "王五 13900000002",
    ],
)  # fmt: skip
def test_a_telephone_in_the_remark_finds_the_family(remembered: Store, typed: str) -> None:
    assert found(remembered, typed) == {"王五"}


@pytest.mark.parametrize("remark", ["身份证421224197803050013", "2026-11-20走访", "20261120", "年收入30000.5元，12345"])
def test_other_figures_in_a_remark_are_no_telephones(store: Store, remark: str) -> None:
    add_prospect(store, NewProspect(name="王五", mobile="13800000001", remark=remark))
    with store.reading() as view:
        assert view.prospects.page(Filter(typed="王五"), 10)
    connection = store.write(lambda unit: unit.connection.execute("SELECT other_phones FROM prospect_row").fetchall())
    assert connection == [("",)]


def test_a_telephone_of_the_family_finds_it_and_is_forgotten_with_the_remark(store: Store) -> None:
    saved = add_prospect(store, NewProspect(name="王五", mobile="13800000001", remark="儿子13900000002"))
    wife = Person(name="李梅", relation="spouse", mobile="13700000003")
    store.write(lambda unit: unit.create("person", wife, parent=saved.prospect))
    assert found(store, "13700000003") == found(store, "13900000002") == {"王五"}
    edit_fields(store, saved.prospect, {"remark": "儿子13900000002"}, {"remark": "儿子13900000009"})
    assert found(store, "13900000002") == set()
    assert found(store, "13900000009") == found(store, "13800000001") == {"王五"}


def test_a_file_of_before_learns_the_telephones_that_stand_in_it(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    old = connect(path, KEY)
    migrations.laptop.apply(Database(old), stop_before="telephones_beside_the_first")
    old.execute(
        "INSERT INTO record (id, kind, stream, seq, screen) VALUES"
        """ ('a', 'prospect', 'QS', 1, '{"remark": "备用电话：13900000002"}')"""
    )
    old.execute(
        "INSERT INTO record (id, kind, parent, stream, seq, screen) VALUES"
        """ ('b', 'person', 'a', 'QS', 2, '{"name": "王五", "mobile": "13800000001"}'),"""
        """ ('c', 'person', 'a', 'QS', 3, '{"name": "李梅", "mobile": "13700000003"}')"""
    )
    old.execute(
        "INSERT INTO prospect_row (row, id, name, sort_name, mobile, customer_type, stage, owner, in_conflict)"
        " VALUES (1, 'a', '王五', 'wang wu', '13800000001', 'farm_household', 'contact', '', 0)"
    )
    old.commit()
    old.close()
    with Store(path, KEY, FixedClock()) as store:
        assert found(store, "13900000002") == found(store, "13700000003") == found(store, "王五 0001") == {"王五"}


def test_how_characters_sound_in_phrases_is_not_loaded() -> None:
    """They are read one by one; the phrases would take 45 MB of every program."""
    asked = "import sys, fieldapp.store.search; print([name for name in sys.modules if 'phrases_dict' in name])"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout.strip() == "[]"
