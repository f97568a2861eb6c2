"""What an administrator types, right and wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.conftest import Office
from tests.commands.typed_commands import require_refusal, typed

LONG = "长" * 100_000
NO_NAMES = ["", "   ", LONG, "李\n四", "李\x1b[2J四", "李\u202e四", "李\x00四"]


def ho(office: Office, *words: str | Path) -> tuple[str | Path, ...]:
    command = 2 if words[0] in ("branch", "staff", "product", "audit") else 1
    return ("headoffice", *words[:command], "--database", office.database, *words[command:])


def test_a_head_office_is_made_once_and_kept(tmp_path: Path) -> None:
    database = tmp_path / "总行 一.db"
    made = typed("headoffice", "create", "--database", database, "--json").facts()
    assert made["products"]
    before = typed("headoffice", "audit", "verify", "--database", database, "--json").facts()
    require_refusal("exists", "headoffice", "create", "--database", database)
    assert typed("headoffice", "audit", "verify", "--database", database, "--json").facts() == before
    bare = typed("headoffice", "create", "--database", tmp_path / "bare.db", "--without-products", "--json").facts()
    assert bare["products"] == []


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("no folder/h.db", "no_folder"),
        ("file/h.db", "no_folder"),
        ("file", "exists"),
        (".", "exists"),
        ("长" * 100, "path"),
        ("/proc/h.db", "no_permission"),
    ],
)
def test_a_place_where_none_can_be_made_is_named(place: str, code: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    require_refusal(code, "headoffice", "create", "--database", tmp_path / place)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    "words", [("audit", "verify"), ("devices",), ("product", "list"), ("staff", "list"), ("serve",)]
)
def test_a_database_that_is_none_is_not_touched(words: tuple[str, ...], tmp_path: Path) -> None:
    wrong = tmp_path / "不是 总行.db"
    require_refusal("no_file", "headoffice", *words, "--database", wrong)
    for content in (b"", b"PK\x03\x04 not a database", bytes(5_000)):
        wrong.write_bytes(content)
        require_refusal("not_head_office", "headoffice", *words, "--database", wrong)
        assert wrong.read_bytes() == content
    require_refusal("not_head_office", "headoffice", *words, "--database", tmp_path)


def test_a_huge_file_is_not_read_as_a_database(tmp_path: Path) -> None:
    with (tmp_path / "huge.db").open("wb") as file:
        file.truncate(1_000_000_000)
    require_refusal("not_head_office", "headoffice", "audit", "verify", "--database", tmp_path / "huge.db")


@pytest.mark.parametrize("url", ["postgresql://127.0.0.1:1/x", "postgresql://[", "postgresql://127.0.0.1:abc/x"])
def test_a_postgresql_that_does_not_answer_is_explained(url: str) -> None:
    assert typed("headoffice", "audit", "verify", "--database", url).code == 2
    assert typed("headoffice", "create", "--database", url, "--json").refusal()["code"] in (
        "no_connection", "database_url"
    )  # fmt: skip


def test_branches_and_staff_are_added_and_listed(office: Office) -> None:
    assert typed(*ho(office, "branch", "add", "B-1", "三江 支行😀", "--json")).facts()["branch"] == "B-1"
    listed = typed(*ho(office, "branch", "list", "--json")).facts()["branches"]
    assert {"QS", "B-1"} <= {one["code"] for one in listed}
    number = typed(*ho(office, "staff", "add", "𠮷田", "--branch", "B-1", "--role", "teller", "--json")).facts()[
        "staff"
    ]
    assert number in {one["staff"] for one in typed(*ho(office, "staff", "list", "--json")).facts()["staff"]}
    assert "三江 支行😀" in typed(*ho(office, "branch", "list")).out


@pytest.mark.parametrize("name", NO_NAMES)
def test_a_name_that_is_none_is_refused(name: str, office: Office) -> None:
    before = typed(*ho(office, "staff", "list")).out, typed(*ho(office, "branch", "list")).out
    require_refusal("name", *ho(office, "branch", "add", "B9", name))
    require_refusal("name", *ho(office, "staff", "add", name, "--branch", "QS"))
    assert before == (typed(*ho(office, "staff", "list")).out, typed(*ho(office, "branch", "list")).out)


@pytest.mark.parametrize("code", ["", "Q S", "青石", "a" * 33, "bank", "../x", "Ｑ１"])
def test_a_branch_code_that_is_none_is_refused(code: str, office: Office) -> None:
    require_refusal("branch_code", *ho(office, "branch", "add", code, "支行"))


def test_what_is_there_twice_or_not_at_all_is_named(office: Office) -> None:
    require_refusal("branch_exists", *ho(office, "branch", "add", "QS", "又一个"))
    require_refusal("branch_unknown", *ho(office, "staff", "add", "王五", "--branch", "NIX"))
    require_refusal("staff_unknown", *ho(office, "enrol-code", "nobody"))
    require_refusal("staff_unknown", *ho(office, "enrol-code", LONG[:500]))
    require_refusal("device_unknown", *ho(office, "revoke", "nobody"))
    require_refusal("usage", *ho(office, "staff", "add", "王五", "--branch", "QS", "--role", "king"))


@pytest.mark.parametrize("field", ["--bank", "--complaints", "--name-en"])
def test_a_text_of_100_000_characters_is_refused(field: str, office: Office) -> None:
    answered = typed(*ho(office, "branch", "add", "B8", "支行", field, LONG, "--json")).refusal()
    assert len(answered["text"]) < 500


@pytest.mark.parametrize("days", ["0", "-1", "91", "99999999999999"])
def test_a_code_is_not_for_ever(days: str, office: Office) -> None:
    require_refusal("code_days", *ho(office, "enrol-code", office.staff, "--days", days))


def test_products_and_an_unbroken_chain_are_shown(office: Office) -> None:
    assert typed(*ho(office, "product", "list", "--json")).facts()["products"]
    assert typed(*ho(office, "audit", "verify", "--json")).facts()["streams"]["bank"]["entries"] > 0


def test_a_revoked_laptop_is_not_let_in_and_keeps_its_records(office: Office, laptop: Path) -> None:
    device = typed("doctor", "--profile", laptop, "--json").facts()["device"]
    assert device in typed(*ho(office, "devices")).out
    assert typed(*ho(office, "revoke", device, "--json")).facts()["revoked"]
    assert typed("sync", "--profile", laptop).code == 2
    assert typed("doctor", "--profile", laptop, "--json").facts()["database"] == "sound"
    line = next(one for one in typed(*ho(office, "devices", "--json")).facts()["devices"] if one["device"] == device)
    assert line["revoked_at"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--host", "0.0.0.0"), "tls_needed"),
        (("--host", "[[["), "tls_needed"),
        (("--port", "99999"), "setting"),
        (("--port", "-1"), "setting"),
        (("--certificate", "here.pem"), "certificate"),
        (("--certificate", "no.pem", "--key", "no.pem"), "certificate"),
    ],
)
def test_where_head_office_cannot_listen_is_said(words: tuple[str, ...], code: str, office: Office) -> None:
    require_refusal(code, *ho(office, "serve", *words))


def test_a_busy_port_is_named(office: Office) -> None:
    port = office.url.rpartition(":")[2]
    assert port in require_refusal("port_busy", *ho(office, "serve", "--port", port))
