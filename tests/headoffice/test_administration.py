"""What an administrator does, and what they are told when it cannot be done."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from fieldapp.domain.errors import Actionable
from fieldapp.headoffice.administration import (
    Administration,
    create_head_office,
    open_head_office,
)
from fieldapp.headoffice.enrolment import enrol, recognise
from fieldapp.headoffice.product_files import default_products, read_products
from fieldapp.headoffice.storage.engines import refuse_old_sqlite
from fieldapp.headoffice.storage.tables import metadata
from fieldapp.headoffice.tokens import ALPHABET, cleaned_code, new_code
from fieldapp.protocol.messages import EnrolRequest
from tests.headoffice import changes_to_send as send
from tests.headoffice.changes_to_send import BRANCH, FixedClock, branch
from tests.headoffice.laptops import Laptop


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(Actionable) as refused:
        work()
    assert str(refused.value.sentence)
    return refused.value.code


def presented(code: str) -> EnrolRequest:
    return EnrolRequest(protocol=1, code=code, device_name="Zhang's\nlaptop\x00" + "x" * 500)


def test_migrations_make_the_tables_that_the_queries_use(office: Administration) -> None:
    with office.store.reading() as unit:
        assert compare_metadata(MigrationContext.configure(unit.connection), metadata) == []
        if unit.connection.dialect.name == "sqlite":
            tables = unit.connection.execute(text("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'"))
            strict = {row.name: row.strict for row in tables}
            assert all(strict[name] for name in metadata.tables)
            assert unit.connection.scalar(text("PRAGMA journal_mode")) == "wal"
            assert unit.connection.scalar(text("PRAGMA synchronous")) == 2


def test_head_office_is_found_again_as_it_was(location: str, clock: FixedClock) -> None:
    made = create_head_office(location, clock)
    made.add_branch(branch())
    staff = made.add_staff("张三", "officer", BRANCH)
    made.store.close()
    found = open_head_office(location, clock)
    assert [b.code for b in found.branches()] == [BRANCH]
    assert [(s.staff, s.name) for s in found.staff()] == [(staff, "张三")]
    assert [p.code for p in found.products()] == [p.code for p in default_products()]
    assert refusal(lambda: create_head_office(location, clock)) == "exists"
    found.store.close()


def test_new_version_of_a_product_takes_the_old_one_off_sale(office: Administration) -> None:
    product = default_products()[0]
    assert [office.put_product(product), office.put_product(product)] == [1, 2]
    assert [(p.version, p.on_sale) for p in office.products()] == [(1, False), (2, True)]
    assert office.verify_chain("bank") == 5


def test_code_enrols_one_laptop_once(office: Administration, clock: FixedClock) -> None:
    issued = office.issue_code("zhang")
    typed = f" {issued.code.lower().replace('-', ' ')} "
    reply = enrol(office.store, clock, presented(typed))
    assert (reply.staff, reply.role, reply.branch, reply.streams) == ("zhang", "officer", BRANCH, ["bank", BRANCH])
    assert recognise(office.store, reply.token).device == reply.device
    assert refusal(lambda: enrol(office.store, clock, presented(issued.code))) == "code_used"
    (device,) = office.devices()
    assert (device.device, device.staff_name, device.revoked_at) == (reply.device, "Zhang", None)
    assert device.name.isprintable()
    office.revoke(reply.device)
    assert refusal(lambda: recognise(office.store, reply.token)) == "revoked"


def test_neither_code_nor_token_can_be_read_from_the_database(
    office: Administration, clock: FixedClock, location: str
) -> None:
    issued = office.issue_code("zhang")
    reply = enrol(office.store, clock, presented(issued.code))
    with office.store.reading() as unit:
        rows = [
            str(row)
            for name in ("device", "enrol_code")
            for row in unit.connection.execute(text(f"SELECT * FROM {name}"))
        ]
    assert not any(secret in row for row in rows for secret in (reply.token, issued.code, issued.code.replace("-", "")))


def test_code_expires_after_seven_days(office: Administration, clock: FixedClock) -> None:
    issued = office.issue_code("zhang")
    clock.move(days=7)
    assert refusal(lambda: enrol(office.store, clock, presented(issued.code))) == "code_expired"


def test_code_of_somebody_who_left_and_their_laptop_are_not_let_in(office: Administration, clock: FixedClock) -> None:
    issued = office.issue_code("zhang")
    token = enrol(office.store, clock, presented(office.issue_code("zhang").code)).token
    office.retire_staff("zhang")
    assert refusal(lambda: enrol(office.store, clock, presented(issued.code))) == "staff_inactive"
    assert refusal(lambda: recognise(office.store, token)) == "revoked"
    assert refusal(lambda: office.issue_code("zhang")) == "staff_inactive"


def test_every_single_slip_in_a_code_is_noticed() -> None:
    code = new_code()
    plain = cleaned_code(code)
    assert plain is not None
    for place, right in enumerate(plain):
        for wrong in ALPHABET:
            if wrong != right:
                assert cleaned_code(plain[:place] + wrong + plain[place + 1 :]) is None
    for nonsense in ("", "K7QM", "😀" * 12, "x" * 100_000, plain + "2", "０" * 12):
        assert cleaned_code(nonsense) is None


def test_what_cannot_be_done_is_said_in_a_sentence(office: Administration, clock: FixedClock) -> None:
    product = default_products()[0]
    assert refusal(lambda: office.add_branch(branch())) == "branch_exists"
    assert refusal(lambda: office.add_branch(branch("bank"))) == "branch_code"
    assert refusal(lambda: office.add_branch(branch("a b"))) == "branch_code"
    assert refusal(lambda: office.add_staff("张", "officer", "XX")) == "branch_unknown"
    assert refusal(lambda: office.add_staff("张", "king", BRANCH)) == "role"
    assert refusal(lambda: office.add_staff("a\nb", "officer", BRANCH)) == "name"
    assert refusal(lambda: office.add_staff("长" * 100_000, "officer", BRANCH)) == "name"
    assert refusal(lambda: office.issue_code("nobody")) == "staff_unknown"
    assert refusal(lambda: office.issue_code("zhang", days=0)) == "code_days"
    assert refusal(lambda: office.revoke("nothing")) == "device_unknown"
    assert refusal(lambda: office.verify_chain("XX")) == "stream_unknown"
    assert refusal(lambda: office.retire_staff("nobody")) == "staff_unknown"
    assert refusal(lambda: enrol(office.store, clock, presented(new_code()))) == "code_unknown"
    assert refusal(lambda: enrol(office.store, clock, presented("hello"))) == "code_mistyped"
    bad = type(product)(**{f: getattr(product, f) for f in product.__struct_fields__} | {"min_months": 0})
    assert refusal(lambda: office.put_product(bad)) == "product_months"


def test_file_that_is_no_head_office_is_left_alone(tmp_path: Path, clock: FixedClock) -> None:
    for name, content in {"text.db": b"hello", "empty.db": b"", "half.db": b"SQLite format 3\x00" + b"x" * 200}.items():
        (tmp_path / name).write_bytes(content)
        assert refusal(lambda name=name: open_head_office(tmp_path / name, clock)) == "not_head_office"
        assert (tmp_path / name).read_bytes() == content
    assert refusal(lambda: open_head_office(tmp_path, clock)) == "not_head_office"
    assert refusal(lambda: open_head_office(tmp_path / "none.db", clock)) == "no_file"
    assert refusal(lambda: create_head_office(tmp_path / "no" / "h.db", clock)) == "no_folder"
    assert refusal(lambda: open_head_office("postgresql://nobody@127.0.0.1:1/x", clock)) == "no_connection"
    assert refusal(lambda: open_head_office("postgresql://h:port/x", clock)) == "database_url"


def test_second_process_opens_a_head_office_whose_maker_still_runs(tmp_path: Path, clock: FixedClock) -> None:
    path = tmp_path / "office.db"
    making = create_head_office(path, clock, products=False)
    making.add_branch(branch())

    opened = open_head_office(path, clock)

    assert [known.code for known in opened.branches()] == [BRANCH]


def test_newer_database_is_refused_and_not_changed(location: str, clock: FixedClock) -> None:
    made = create_head_office(location, clock, products=False)
    with made.store.writing() as unit:
        unit.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    made.store.close()
    assert refusal(lambda: open_head_office(location, clock)) == "newer"


def test_file_is_for_the_administrators_eyes_alone(tmp_path: Path, clock: FixedClock) -> None:
    made = create_head_office(tmp_path / "h.db", clock)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    made.store.close()


def test_products_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text("[[product]]\ncode = 1", encoding="utf-8")
    assert refusal(lambda: read_products(tmp_path / "p.toml")) == "products_file"
    assert refusal(lambda: read_products(tmp_path / "none.toml")) == "products_file"


def test_sqlite_that_can_lose_writes_is_refused() -> None:
    assert refusal(lambda: refuse_old_sqlite((3, 51, 2))) == "sqlite_too_old"
    refuse_old_sqlite((3, 51, 3))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root, and Windows by mode, may write everywhere")
def test_folder_without_permission_is_said(tmp_path: Path, clock: FixedClock) -> None:
    tmp_path.chmod(0o500)
    assert refusal(lambda: create_head_office(tmp_path / "h.db", clock)) == "no_permission"


def test_branch_and_staff_reach_every_laptop(office: Administration, laptop_of: Callable[[str], Laptop]) -> None:
    laptop = laptop_of("zhang")
    laptop.sync()
    staff = office.add_staff("李四", "teller", BRANCH)
    reply = laptop.sync()
    assert [(state.kind, state.record) for state in reply.records] == [("staff", staff)]


def test_nobody_who_has_customers_decides_on_applications(
    office: Administration, laptop_of: Callable[[str], Laptop]
) -> None:
    laptop_of("zhang").sync(send.prospect("p1"), send.prospect("p2"))
    for role in ("reviewer", "approver"):
        with pytest.raises(Actionable) as refused:
            office.change_staff("zhang", role=role, name="Zhang")
        assert (refused.value.code, refused.value.sentence.values["count"]) == ("has_customers", 2)
    assert {one.staff: one.role for one in office.staff()}["zhang"] == "officer"
    office.change_staff("zhang", role="teller")
    office.reassign_all("zhang", "li")
    office.change_staff("zhang", role="reviewer")
    office.change_staff("zhang", role="approver", name="Zhang")
    assert {one.staff: one.role for one in office.staff()}["zhang"] == "approver"
