"""Household lists become prospects: in batches, stoppable, and again without adding anything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.services.add_prospect import NewProspect, add_prospect
from fieldapp.services.edit_prospect import edit_fields
from fieldapp.services.household_list import Field, HouseholdListFile, open_list
from fieldapp.services.import_households import BATCH, ImportResult, import_households, preview_list
from fieldapp.services.prospect_page import prospect_page
from fieldapp.services.prospects import Wanted, counts, page
from fieldapp.services.remove_prospect import remove_prospect
from fieldapp.store.database import Store

SAMPLES = Path(__file__).parents[1] / "samples"


def made(path: Path, rows: list[str], headings: str = "姓名,手机,身份证,住址,意向金额") -> Path:
    path.write_text("\n".join([headings, *rows]), "utf-8")
    return path


@pytest.mark.parametrize("kind", ["csv", pytest.param("xlsx", marks=pytest.mark.long)])
def test_the_sample_is_imported_as_expected_and_again_adds_nothing(store: Store, tmp_path: Path, kind: str) -> None:
    tally = json.loads((SAMPLES / "tongshan-households.expected.json").read_text("utf-8"))["tally"]
    file = open_list(SAMPLES / f"tongshan-households.{kind}")
    seen: list[tuple[int, int]] = []
    refused = tmp_path / "未导入.csv"
    first = import_households(store, file, refused_to=refused, progress=lambda d, t: seen.append((d, t)))
    assert (first.new, first.same_in_list, first.refused_rows) == tuple(tally.values())
    assert (first.rows, first.same_as_known, first.stopped) == (1200, 0, False)
    assert seen == [(0, 1200), (500, 1200), (1000, 1200), (1200, 1200)]
    assert first.refused_file == refused
    assert open_list(refused).count_rows() == 114
    assert counts(store, Wanted()).found == tally["new"]
    again = import_households(store, file, refused_to=refused)
    assert (again.new, again.same_as_known) == (0, tally["new"])
    assert counts(store, Wanted()).found == tally["new"]


def test_a_row_keeps_all_that_the_list_says(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "农户 名单.csv"
    path.write_text(
        "姓名,手机,村,人口,经营项目,年收入（万元）,意向金额,备注\n张三,13800138000,,4,豆腐坊,6,5万元,=1+1\n", "utf-8"
    )
    file = open_list(path)
    columns = {name: column for name, column in file.columns.items() if name is not Field.VILLAGE}
    import_households(store, file, columns=columns)
    shown = prospect_page(store, page(store, Wanted()).lines[0].prospect)
    assert shown.household is not None
    assert shown.business is not None
    assert (shown.household[1].size, shown.household[1].income_fen, shown.business[1].trade) == (4, 6_000_000, "豆腐坊")
    assert (shown.prospect.source, shown.prospect.list_name, shown.prospect.wished_fen, shown.prospect.remark) == (
        "list", "农户 名单.csv", 5_000_000, "=1+1"
    )  # fmt: skip


def test_households_without_telephone_and_number_are_the_same_only_when_everything_is(
    store: Store, tmp_path: Path
) -> None:
    file = open_list(made(tmp_path / "a.csv", ["张伟,,,上河村一组,", "张伟,,,上河村二组,", "张伟,,,上河村二组,"]))
    first = import_households(store, file)
    assert (first.new, first.same_in_list) == (2, 1)
    assert import_households(store, file).new == 0


@pytest.mark.parametrize("written", ["不详", "没有手机", "1.38E+10", "00000000000", "138"])
def test_what_is_no_number_makes_no_two_people_of_one_name_the_same(written: str, store: Store, tmp_path: Path) -> None:
    people = [f"张伟,{written},421224197803050013,,", f"张伟,{written},421224198003050028,,"]
    first = import_households(store, open_list(made(tmp_path / "a.csv", people)))
    assert (first.new, first.same_in_list, first.same_as_known) == (2, 0, 0)
    nameless = [f"张伟,{written},,上河村一组,", f"张伟,{written},,下河村九组,", f"张伟,{written},,下河村九组,"]
    other = open_list(made(tmp_path / "b.csv", nameless))
    second = import_households(store, other)
    assert (second.new, second.same_in_list, second.same_as_known) == (2, 1, 0)
    assert import_households(store, other).new == 0


def test_who_is_known_from_elsewhere_is_not_added(store: Store, tmp_path: Path) -> None:
    add_prospect(store, NewProspect(name="张三", mobile="138 0013 8000"))
    add_prospect(store, NewProspect(name="旧名", id_number="421224197803050013"))
    rows = ["张三,13800138000,,,", "新名,13900000001,421224197803050013,,", "李四,13800138000,,,"]
    rows.append("旧名,13900000002,421224197803050013,,")
    result = import_households(store, open_list(made(tmp_path / "a.csv", rows)))
    assert (result.new, result.same_as_known) == (2, 2)
    assert result.warnings == {"identity_shared": 1}


def test_who_is_known_by_another_of_their_telephones_is_not_added(store: Store, tmp_path: Path) -> None:
    headings = "姓名,手机,备用电话,身份证"
    add_prospect(store, NewProspect(name="张三", mobile="13900000002"))
    first = import_households(store, open_list(made(tmp_path / "a.csv", ["张三,13800000001,13900000002,"], headings)))
    assert (first.new, first.same_as_known) == (0, 1)
    rows = ["李四,13800000003,13900000004/13700000005,", "王五,13800000006,13700000007,421224197803050013"]
    assert import_households(store, open_list(made(tmp_path / "b.csv", rows, headings))).new == 2
    again = [
        "李四,13700000005,,",
        "李四,13900000004,,",
        "李四,13800000003,,",
        "王五,13700000007,,",
        "赵六,13900000004,,",
    ]
    last = import_households(store, open_list(made(tmp_path / "c.csv", again, headings)))
    assert (last.new, last.same_as_known) == (1, 4)


MEMBERS = "户号,姓名,与户主关系,身份证,手机"


def test_the_members_of_a_household_are_the_prospects_people(store: Store, tmp_path: Path) -> None:
    rows = ["1,李梅,配偶,421224198003050028,13900000002", "1,张三,户主,421224197803050013,13800000001", "1,张小,长子,,"]
    file = open_list(made(tmp_path / "a.csv", [*rows, "2,王五,户主,,13700000003"], MEMBERS))
    first = import_households(store, file)
    assert (first.rows, first.new, first.members, first.same_as_known) == (4, 2, 2, 0)
    assert sorted(line.name for line in page(store, Wanted()).lines) == ["张三", "王五"]
    (line,) = page(store, Wanted(typed="13800000001")).lines
    shown = prospect_page(store, line.prospect)
    assert shown.person is not None
    assert shown.person.person.name == "张三"
    assert {(each.person.name, each.person.relation, each.person.sex) for each in shown.family} == {
        ("李梅", "spouse", "F"), ("张小", "长子", None)
    }  # fmt: skip
    again = import_households(store, file)
    assert (again.new, again.members, again.same_as_known) == (0, 0, 4)


def test_no_batch_parts_a_household(store: Store, tmp_path: Path) -> None:
    rows = [f"{n},户{n},户主,,{13_800_000_000 + n}" for n in range(BATCH - 1)]
    rows += ["x,张小,子,,", "x,张三,户主,,13700000003", "x,李梅,妻,,", "y,王五,户主,,13600000004"]
    seen: list[int] = []
    file = open_list(made(tmp_path / "a.csv", rows, MEMBERS))
    first = import_households(store, file, progress=lambda done, _total: seen.append(done))
    assert (first.new, first.members, seen) == (BATCH + 1, 2, [0, BATCH + 2, BATCH + 3])
    second = import_households(store, file)
    assert (second.new, second.members, second.same_as_known) == (0, 0, BATCH + 3)


WRONG, RIGHT = "421224198003050027", "421224198003050028"


def family(store: Store, typed: str) -> list[str]:
    (line,) = page(store, Wanted(typed=typed)).lines
    return sorted(each.person.name for each in prospect_page(store, line.prospect).family)


def mended(result: ImportResult, wrong: str = WRONG, right: str = RIGHT) -> HouseholdListFile:
    assert result.refused_file is not None
    text = result.refused_file.read_text("utf-8-sig")
    result.refused_file.write_text(text.replace(wrong, right), "utf-8")
    return open_list(result.refused_file)


@pytest.mark.parametrize("head", ["张三,户主,421224197803050013,13800000001", "张三,户主,,", "张三,户主,,不详"])
def test_a_mended_member_joins_the_household_that_came_in(store: Store, tmp_path: Path, head: str) -> None:
    headings = f"{MEMBERS},备注"
    rows = [f"1,李梅,配偶,{WRONG},,在外", f"1,{head},", "1,张小,长子,,13900000002,在读", "2,王五,户主,,13700000003,"]
    first = import_households(store, open_list(made(tmp_path / "a.csv", rows, headings)))
    assert (first.new, first.members, first.refused) == (2, 1, {"identity_check_digit": 1})
    file = mended(first)
    assert [cells[1] for _, cells in file.rows()] == ["张三", "李梅"]
    second = import_households(store, file)
    assert (second.new, second.members, second.same_as_known, second.refused_rows) == (0, 1, 1, 0)
    assert family(store, "张三") == ["张小", "李梅"]
    (line,) = page(store, Wanted(typed="张三")).lines
    remark = prospect_page(store, line.prospect).prospect.remark
    assert (remark or "").count("张小（长子）：在读") == (remark or "").count("李梅（配偶）：在外") == 1
    for again in (file, open_list(tmp_path / "a.csv")):
        repeated = import_households(store, again)
        assert (repeated.new, repeated.members) == (0, 0)
    assert family(store, "张三") == ["张小", "李梅"]


def test_whom_the_officer_renamed_comes_not_a_second_time_with_a_mended_member(store: Store, tmp_path: Path) -> None:
    rows = ["1,张三,户主,,13800000001", f"1,李梅,配偶,{WRONG},", "1,张小,长子,,"]
    first = import_households(store, open_list(made(tmp_path / "a.csv", rows, MEMBERS)))
    (line,) = page(store, Wanted()).lines
    (son,) = prospect_page(store, line.prospect).family
    edit_fields(store, son.record, {"name": "张小"}, {"name": "张晓"})
    import_households(store, open_list(made(tmp_path / "b.csv", [row.replace(WRONG, RIGHT) for row in rows], MEMBERS)))
    assert family(store, "张三") == ["张晓", "李梅"]
    import_households(store, mended(first))
    assert family(store, "张三") == ["张晓", "李梅"]


def test_a_list_adds_nobody_to_a_household_that_came_in_complete(store: Store, tmp_path: Path) -> None:
    rows = ["1,张三,户主,,13800000001", "1,张小,长子,,"]
    import_households(store, open_list(made(tmp_path / "a.csv", rows, MEMBERS)))
    later = import_households(store, open_list(made(tmp_path / "b.csv", [*rows, "1,李梅,配偶,,"], MEMBERS)))
    assert (later.members, later.same_as_known) == (0, 3)
    assert family(store, "张三") == ["张小"]


def test_a_household_that_was_removed_stays_removed(store: Store, tmp_path: Path) -> None:
    rows = ["1,张三,户主,,13800000001", f"1,李梅,配偶,{WRONG},"]
    first = import_households(store, open_list(made(tmp_path / "a.csv", rows, MEMBERS)))
    (line,) = page(store, Wanted()).lines
    remove_prospect(store, line.prospect)
    second = import_households(store, mended(first))
    assert (second.new, second.members, second.same_as_known) == (0, 0, 2)


def test_no_batch_parts_a_household_from_its_refused_member(store: Store, tmp_path: Path) -> None:
    rows = [f"{n},户{n},户主,,{13_800_000_000 + n}" for n in range(BATCH - 1)]
    rows += ["x,张三,户主,,13700000003", f"x,李梅,妻,{WRONG},", "x,张小,子,,"]
    first = import_households(store, open_list(made(tmp_path / "a.csv", rows, MEMBERS)))
    assert (first.new, first.members, first.refused_rows) == (BATCH, 1, 1)
    assert import_households(store, mended(first)).members == 1


BESIDE = "户主姓名,手机,成员1姓名,成员1关系,成员1身份证号,成员2姓名,成员2关系,成员2身份证号"


@pytest.mark.parametrize("phone", ["13800000001", ""])
def test_people_in_columns_beside_the_head_come_in_and_a_mended_one_follows(
    phone: str, store: Store, tmp_path: Path
) -> None:
    rows = [f"张三,{phone},李梅,妻,{WRONG},张小,长子,", "王五,13700000003,赵一,妻,,,,", "孙六,13700000004,,,,,,"]
    first = import_households(store, open_list(made(tmp_path / "a.csv", rows, BESIDE)))
    assert (first.rows, first.new, first.members, first.refused) == (3, 3, 2, {"identity_check_digit": 1})
    assert family(store, "张三") == ["张小"]
    file = mended(first)
    assert file.count_rows() == 1
    second = import_households(store, file)
    assert (second.rows, second.new, second.members, second.refused_rows) == (1, 0, 1, 0)
    assert family(store, "张三") == ["张小", "李梅"]
    for again in (file, open_list(tmp_path / "a.csv")):
        repeated = import_households(store, again)
        assert (repeated.new, repeated.members) == (0, 0)
    assert family(store, "张三") == ["张小", "李梅"]


def test_no_batch_parts_a_row_from_the_people_refused_in_it(store: Store, tmp_path: Path) -> None:
    rows = [f"户{n},{13_800_000_000 + n},,,,,," for n in range(BATCH - 1)]
    rows += [f"张三,13700000003,李梅,妻,{WRONG},张小,长子,", "王五,13600000004,,,,,,"]
    first = import_households(store, open_list(made(tmp_path / "a.csv", rows, BESIDE)))
    assert (first.rows, first.new, first.members, first.refused_rows) == (BATCH + 1, BATCH + 1, 1, 1)
    assert import_households(store, mended(first)).members == 1


def test_a_member_with_the_number_of_another_head_is_a_doubt(store: Store, tmp_path: Path) -> None:
    rows = [f"李梅,{RIGHT},13700000003,,", f"张三,,13700000004,赵一,{RIGHT}", f"王五,,13700000005,李梅,{RIGHT}"]
    headings = "姓名,身份证号,手机,配偶姓名,配偶身份证号"
    result = import_households(store, open_list(made(tmp_path / "a.csv", rows, headings)))
    assert (result.new, result.members, result.warnings) == (3, 2, {"identity_shared": 1})


def test_the_other_telephone_of_a_row_stands_in_the_remark(store: Store, tmp_path: Path) -> None:
    rows = ["张三,0715-2362345,13900000002,老户"]
    import_households(store, open_list(made(tmp_path / "a.csv", rows, "姓名,电话,电话2,备注")))
    shown = prospect_page(store, page(store, Wanted()).lines[0].prospect)
    assert shown.prospect.remark == "老户\n电话：0715-2362345"
    assert page(store, Wanted(typed="13900000002")).lines


def test_one_name_and_identity_number_is_one_person_within_a_list(store: Store, tmp_path: Path) -> None:
    rows = [f"张三,1380013800{number},421224197803050013,," for number in range(3)]
    file = open_list(made(tmp_path / "a.csv", rows))
    assert import_households(store, file).new == 1
    assert import_households(store, file).new == 0


def test_a_corrected_telephone_does_not_bring_the_row_back(store: Store, tmp_path: Path) -> None:
    file = open_list(made(tmp_path / "a.csv", ["张三,13800138000,,,"]))
    import_households(store, file)
    shown = prospect_page(store, page(store, Wanted()).lines[0].prospect)
    assert shown.person is not None
    edit_fields(store, shown.person.record, {}, {"mobile": "13800138999", "name": "张叁"})
    assert import_households(store, file).new == 0


def test_who_is_known_by_a_telephone_of_the_remark_comes_not_twice(store: Store, tmp_path: Path) -> None:
    add_prospect(store, NewProspect(name="张三", mobile="13800138000", remark="儿子电话13900139000"))
    again = import_households(
        store, open_list(made(tmp_path / "a.csv", ["张三,13900139000,,,", "李四,13900139000,,,"]))
    )
    assert (again.new, again.same_as_known) == (1, 1)


def test_a_stopped_import_keeps_its_batches_and_goes_on_later(store: Store, tmp_path: Path) -> None:
    rows = [f"户{number},{13_800_000_000 + number},,," for number in range(BATCH * 2 + 3)]
    file = open_list(made(tmp_path / "a.csv", rows))
    asked: list[int] = []
    stopped = import_households(store, file, stop=lambda: bool(asked.append(1)) or len(asked) > 1)
    assert (stopped.stopped, stopped.new, counts(store, Wanted()).found) == (True, BATCH, BATCH)
    rest = import_households(store, file)
    assert (rest.stopped, rest.new, counts(store, Wanted()).found) == (False, BATCH + 3, BATCH * 2 + 3)


def test_refused_rows_lie_beside_the_list_and_overwrite_nothing(store: Store, tmp_path: Path) -> None:
    file = open_list(made(tmp_path / "a.csv", ["张三,13800138000,123,,", "李四,13800138001,,,-1"]))
    first, second = import_households(store, file), import_households(store, file)
    assert first.refused == {"identity_length": 1, "amount": 1}
    assert (first.refused_file, second.refused_file) == (tmp_path / "a-refused.csv", tmp_path / "a-refused-2.csv")


def test_the_preview_tells_what_the_first_rows_become_and_records_nothing(store: Store) -> None:
    shown = preview_list(store, SAMPLES / "tongshan-households.csv", count=30)
    assert (len(shown.outcomes), len(shown.preview.rows)) == (30, 30)
    assert Field.NAME in shown.preview.guesses
    assert counts(store, Wanted()).found == 0


def test_a_list_that_vanishes_is_a_sentence_and_keeps_what_was_imported(store: Store, tmp_path: Path) -> None:
    path = made(tmp_path / "a.csv", ["张三,13800138000,,,"])
    file = open_list(path)
    path.unlink()
    with pytest.raises(Actionable):
        import_households(store, file)
    assert counts(store, Wanted()).found == 0
