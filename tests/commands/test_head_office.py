"""What an administrator types, right and wrong."""

from __future__ import annotations

import json
import os
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlcipher3 import dbapi2

from fieldapp.app import fieldapp
from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.reassignment import HandedOn, NotMoved
from tests.commands.conftest import Office
from tests.commands.typed_commands import require_refusal, typed
from tests.headoffice.first_release import take_back_to_the_first_release
from tests.offline.test_certificates import Authority

LONG = "长" * 100_000
NO_NAMES = ["", "   ", LONG, "李\n四", "李\x1b[2J四", "李\u202e四", "李\x00四"]


def ho(office: Office, *words: str | Path) -> tuple[str | Path, ...]:
    command = 2 if words[0] in ("branch", "staff", "product", "audit", "hand-in") else 1
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


def test_a_revoked_laptop_hands_in_its_work_and_a_person_lets_it_in(office: Office, laptop: Path) -> None:
    device = typed("doctor", "--profile", laptop, "--json").facts()["device"]
    assert device in typed(*ho(office, "devices")).out
    assert typed(*ho(office, "revoke", device, "--json")).facts()["revoked"]
    assert typed("sync", "--profile", laptop, "--json").refusal()["code"] == "handed_in"
    assert typed("doctor", "--profile", laptop, "--json").refusal()["code"] == "handed_in"
    (one,) = [
        row for row in typed(*ho(office, "hand-in", "list", "--json")).facts()["hand_ins"] if row["device"] == device
    ]
    assert one["whole"]
    assert one["hand_in"] in typed(*ho(office, "hand-in", "list")).out
    assert typed(*ho(office, "hand-in", "show", one["hand_in"], "--json")).facts()["staff"] == office.staff
    assert typed(*ho(office, "hand-in", "show", "nothing", "--json")).refusal()["code"] == "hand_in_unknown"
    read = laptop.with_name("read.jsonl")
    assert typed(*ho(office, "hand-in", "export", one["hand_in"], read, "--json")).facts()["file"] == str(read)
    assert read.exists()
    require_refusal("exists", *ho(office, "hand-in", "export", one["hand_in"], read))
    own = typed(*ho(office, "hand-in", "admit", one["hand_in"], "--by", office.staff, "--json"))
    assert own.refusal()["code"] == "own_hand_in"
    branch = typed(*ho(office, "branch", "list", "--json")).facts()["branches"][0]["code"]
    head = typed(*ho(office, "staff", "add", "王行长", "--role", "branch_head", "--branch", branch, "--json")).facts()[
        "staff"
    ]
    assert typed(*ho(office, "hand-in", "admit", one["hand_in"], "--by", head, "--json")).facts()["photos"] == 0


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


def test_products_change_by_file_and_only_where_they_differ(office: Office, tmp_path: Path) -> None:
    usual = Path(__file__).parents[2] / "resources" / "reference" / "products.toml"
    unchanged = typed(*ho(office, "product", "put", usual, "--json")).facts()
    assert (unchanged["put"], len(unchanged["unchanged"])) == ({}, 3)
    file = tmp_path / "产品.toml"
    file.write_text(usual.read_text(encoding="utf-8").replace("max_months = 36", "max_months = 30", 1), "utf-8")
    changed = typed(*ho(office, "product", "put", file, "--json")).facts()
    assert changed["put"] == {"MSED": 2}
    shown = typed(*ho(office, "product", "show", "MSED", "--json")).facts()["product"]
    assert shown["version"] == 2
    assert shown["guarantee_modes"] == ["unsecured", "joint"]
    assert "takings" in shown["materials"]
    assert "guarantee_modes\tunsecured, joint" in typed(*ho(office, "product", "show", "MSED")).out
    require_refusal("product_unknown", *ho(office, "product", "show", LONG[:500]))
    listed = typed(*ho(office, "product", "list", "--json")).facts()["products"]
    versions = {one["version"]: one["on_sale"] for one in listed if one["code"] == "MSED"}
    assert versions == {1: False, 2: True}
    assert typed(*ho(office, "product", "withdraw", "MSED", "--json")).facts()["version"] == 2
    require_refusal("product_unknown", *ho(office, "product", "withdraw", "MSED"))
    require_refusal("product_unknown", *ho(office, "product", "withdraw", LONG[:500]))
    for content in ("[[product]]\ncode = 1", "x", "product = 3", "[[product]]"):
        file.write_text(content, "utf-8")
        require_refusal("products_file", *ho(office, "product", "put", file))
    require_refusal("products_file", *ho(office, "product", "put", tmp_path / "none"))
    require_refusal("products_file", *ho(office, "product", "put", tmp_path))


UNREAD = [
    "中文".encode("gbk"),
    "port = 1".encode("utf-16"),
    b"\x00" * 5_000_000,
    b"x = " + b"[" * 50_000,
]


@pytest.mark.parametrize("content", UNREAD)
@pytest.mark.parametrize("words", [("product", "put"), ("config", "--config")])
def test_a_file_that_is_no_text_is_refused_in_a_sentence(
    words: tuple[str, ...], content: bytes, office: Office, tmp_path: Path
) -> None:
    (tmp_path / "文件.toml").write_bytes(content)
    code = "products_file" if words[0] == "product" else "config_file"
    told = require_refusal(code, "headoffice", *words, tmp_path / "文件.toml", "--database", office.database)
    assert "codec" not in told


def test_products_of_a_file_with_a_mark_at_its_beginning_are_read(office: Office, tmp_path: Path) -> None:
    usual = Path(__file__).parents[2] / "resources" / "reference" / "products.toml"
    (tmp_path / "marked.toml").write_bytes(b"\xef\xbb\xbf" + usual.read_bytes())
    assert "unchanged" in typed(*ho(office, "product", "put", tmp_path / "marked.toml", "--json")).facts()


@pytest.mark.parametrize("words", [("product", "put"), ("config", "--config")])
def test_a_file_without_end_is_refused(words: tuple[str, ...], office: Office, tmp_path: Path) -> None:
    with (tmp_path / "huge.toml").open("wb") as file:
        file.truncate(1 << 40)
    code = "products_file" if words[0] == "product" else "config_file"
    require_refusal(code, "headoffice", *words, tmp_path / "huge.toml", "--database", office.database)


@pytest.mark.parametrize("words", [("audit", "verify"), ("export", "into"), ("backup", "copy.db")])
def test_a_damaged_database_is_told_as_damage_and_nothing_is_left(
    words: tuple[str, ...], laptop: Path, office: Office, tmp_path: Path
) -> None:
    whole = tmp_path / "whole.db"
    assert typed(*ho(office, "backup", whole)).code == 0
    with closing(dbapi2.connect(whole)) as database:
        (root,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'journal'").fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    content = bytearray(whole.read_bytes())
    content[(root - 1) * size : root * size] = bytes(size)
    (tmp_path / "damaged.db").write_bytes(content)
    place = (tmp_path / words[1],) if words[0] != "audit" else (words[1],)
    code = "backup" if words[0] == "backup" else "damaged"
    require_refusal(code, "headoffice", words[0], *place, "--database", tmp_path / "damaged.db")
    assert not (tmp_path / words[1]).exists()


def test_staff_change_and_leave(office: Office) -> None:
    number = typed(*ho(office, "staff", "add", "赵六", "--branch", "QS", "--json")).facts()["staff"]
    assert typed(*ho(office, "staff", "change", number, "--name", "赵柳", "--role", "branch_head")).code == 0
    require_refusal("nothing_to_change", *ho(office, "staff", "change", number))
    require_refusal("name", *ho(office, "staff", "change", number, "--name", "\n"))
    require_refusal("staff_unknown", *ho(office, "staff", "change", "nobody", "--name", "甲"))
    assert typed(*ho(office, "staff", "retire", number, "--json")).facts()["active"] is False
    require_refusal("staff_unknown", *ho(office, "staff", "retire", "nobody"))
    require_refusal("staff_inactive", *ho(office, "enrol-code", number))
    (line,) = [one for one in typed(*ho(office, "staff", "list")).out.splitlines() if number in one]
    assert line.split("\t")[1:] == ["赵柳", "branch_head", "QS", "has left"]


def test_prospects_are_handed_on(office: Office, laptop: Path, tmp_path: Path) -> None:
    sample = Path(__file__).parents[1] / "samples" / "tongshan-households.csv"
    few = tmp_path / "few.csv"
    few.write_bytes(b"".join(sample.read_bytes().splitlines(keepends=True)[:6]))
    assert typed("import", few, "--profile", laptop, "--json").code == 0
    typed("sync", "--profile", laptop)
    heir = typed(*ho(office, "staff", "add", "钱七", "--branch", "QS", "--json")).facts()["staff"]
    for words, code in (
        (("--to", heir), "reassign_what"),
        (("x", "--all-of", office.staff, "--to", heir), "reassign_what"),
        (("x", "--to", heir), "prospect_unknown"),
        (("--all-of", "nobody", "--to", heir), "staff_unknown"),
        (("--all-of", heir, "--to", heir), "already_theirs"),
        (("x",), "usage"),
    ):
        require_refusal(code, *ho(office, "reassign", *words))
    moved = typed(*ho(office, "reassign", "--all-of", office.staff, "--to", heir, "--json")).facts()
    assert moved["prospects"] >= 1
    assert moved["records"] >= 2 * moved["prospects"]
    back = typed(*ho(office, "reassign", moved["moved"][0]["prospect"], "--to", office.staff, "--json")).facts()
    assert back["prospects"] == 1
    typed("sync", "--profile", laptop)
    assert typed("doctor", "--profile", laptop, "--json").facts()["prospects"] == 1


def test_prospects_that_stay_are_named_with_the_reason(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    why = Actionable("occupied", Sentence("This customer was not moved."))
    left = HandedOn([], [NotMoved("p1", why)])
    monkeypatch.setattr("fieldapp.headoffice.administration.reassign_all", lambda *_: left)
    words = ho(office, "reassign", "--all-of", office.staff, "--to", office.staff)
    told = typed(*words)
    assert (told.code, "p1 stayed: This customer was not moved." in told.out) == (3, True)
    assert json.loads(typed(*words, "--json").out)["left"] == [
        {"prospect": "p1", "code": "occupied", "text": "This customer was not moved."}
    ]


def test_a_purge_tells_how_much_it_forgets_and_takes_no_day_that_is_none(office: Office) -> None:
    told = typed(*ho(office, "purge", "--days", "1")).out
    assert "0 departures are forgotten." in told
    assert "0 photos that no record names are removed." in told
    facts = {"departures": 0, "streams": [], "photos": 0, "photo_bytes": 0}
    assert typed(*ho(office, "purge", "--json")).facts() == facts
    for days in ("0", "-1", "36501", "x"):
        require_refusal("usage", *ho(office, "purge", "--days", days))


def test_an_export_tells_what_it_wrote_and_where_it_cannot(office: Office, tmp_path: Path) -> None:
    written = typed(*ho(office, "export", tmp_path / "导出 1", "--json")).facts()
    assert written["rows"]["branch.csv"] >= 1
    assert "personal data" in typed(*ho(office, "export", tmp_path / "2", "--format", "jsonl", "--attachments")).out
    require_refusal("export_exists", *ho(office, "export", tmp_path / "2"))
    require_refusal("export_folder", *ho(office, "export", tmp_path / "no" / "x"))
    (tmp_path / "4.partial").mkdir()
    require_refusal("export_under_way", *ho(office, "export", tmp_path / "4"))
    require_refusal("branch_unknown", *ho(office, "export", tmp_path / "3", "--branch", "NIX"))
    require_refusal("usage", *ho(office, "export", tmp_path / "3", "--format", "xml"))


def test_a_journal_that_was_touched_is_named_and_the_exit_code_says_so(tmp_path: Path) -> None:
    file = tmp_path / "h.db"
    typed("headoffice", "create", "--database", file)
    with closing(dbapi2.connect(str(file))) as connection:
        connection.execute("DROP TRIGGER journal_no_update")
        connection.execute("UPDATE journal SET actor = 'x' WHERE seq = 2")
        connection.commit()
    words = ["headoffice", "audit", "verify", "--database", str(file)]
    said = CliRunner().invoke(fieldapp, words, env={"FIELDAPP_LANGUAGE": "en"})
    assert (said.exit_code, said.stderr) == (1, "")
    assert "The journal of bank was altered: entry 2" in said.stdout
    facts = json.loads(CliRunner().invoke(fieldapp, [*words, "--json"]).stdout)
    assert (facts["sound"], facts["streams"]["bank"]["broken_at"]) == (False, 2)


def test_an_older_database_is_brought_to_this_version_by_migrate_alone(tmp_path: Path) -> None:
    file = tmp_path / "总行.db"
    typed("headoffice", "create", "--database", file)
    assert "already" in typed("headoffice", "migrate", "--database", file).out
    take_back_to_the_first_release(str(file))
    for words in (("serve",), ("devices",), ("audit", "verify")):
        require_refusal("older", "headoffice", *words, "--database", file)
    seen = typed("headoffice", "migrate", "--check", "--database", file, "--json").facts()
    assert (seen["done"], seen["version"], seen["backup"]) == (False, "0001", None)
    done = typed("headoffice", "migrate", "--database", file, "--json").facts()
    assert Path(done["backup"]).exists()
    assert typed("headoffice", "devices", "--database", file).code == 0
    require_refusal("no_file", "headoffice", "migrate", "--database", tmp_path / "none.db")
    (tmp_path / "x.db").write_bytes(b"x" * 500)
    require_refusal("not_head_office", "headoffice", "migrate", "--database", tmp_path / "x.db")


def test_settings_in_force_are_shown_without_passwords(tmp_path: Path) -> None:
    file = tmp_path / "配置.toml"
    file.write_text('database = "postgresql://bank:s3cret@h/x"\nlog_format = "json"', "utf-8")
    shown = typed("headoffice", "config", "--config", file, "--port", "7", "--json")
    assert "s3cret" not in shown.out
    settings = shown.facts()["settings"]
    assert settings["port"] == {"value": 7, "from": "flag"}
    assert settings["log_format"] == {"value": "json", "from": "file"}
    assert settings["database"] == {"value": "postgresql://bank:***@h/x", "from": "file"}
    assert "s3cret" not in typed("headoffice", "config", "--config", file).out
    file.write_text("prot = 1", "utf-8")
    for words in (("config",), ("serve",), ("devices",), ("branch", "list")):
        require_refusal("setting_unknown", "headoffice", *words, "--config", file)
    file.write_text('port = "x"', "utf-8")
    assert "port" in require_refusal("setting", "headoffice", "config", "--config", file)
    require_refusal("config_file", "headoffice", "config", "--config", tmp_path / "none.toml")
    require_refusal("setting", "headoffice", "config", "--trusted-proxy", "nowhere")


def test_one_file_is_not_served_by_several_processes(office: Office) -> None:
    require_refusal("workers", *ho(office, "serve", "--workers", "2"))
    require_refusal("setting", *ho(office, "serve", "--workers", "0"))


def test_certificates_that_laptops_would_refuse_are_named(office: Office, tmp_path: Path) -> None:
    authority = Authority()
    ended = authority.for_server(folder(tmp_path / "1"), "127.0.0.1", datetime.now(UTC) - timedelta(days=1))
    good = authority.for_server(folder(tmp_path / "2"), "127.0.0.1")
    for certificate, key, code in (
        (ended.chain, ended.key, "certificate_expired"),
        (good.chain, ended.key, "certificate"),
        (good.key, good.chain, "certificate"),
        (tmp_path, tmp_path, "certificate"),
        (Path("/dev/zero"), good.key, "certificate"),
        (good.chain, Path("/dev/zero"), "certificate"),
    ):
        require_refusal(code, *ho(office, "serve", "--certificate", certificate, "--key", key))


@pytest.mark.parametrize(
    "words",
    [
        ("staff", "retire", "{}"),
        ("staff", "change", "{}", "--name", "甲"),
        ("staff", "add", "{}", "--branch", "QS", "--role", "officer"),
        ("enrol-code", "{}"),
        ("revoke", "{}"),
        ("reassign", "--all-of", "{}", "--to", "{}"),
        ("application", "show", "{}"),
        ("export", "folder", "--branch", "{}"),
    ],
)
def test_a_word_in_another_encoding_is_told(office: Office, words: tuple[str, ...]) -> None:
    in_gb18030 = os.fsdecode("李四".encode("gb18030"))
    command = 2 if words[0] in ("staff", "application") else 1
    given = [word.format(in_gb18030) for word in words]
    require_refusal("not_text", "headoffice", *given[:command], "--database", office.database, *given[command:])


def test_a_socket_that_cannot_be_is_said(office: Office, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    require_refusal("port_busy", *ho(office, "serve", "--socket", tmp_path / "file"))
    require_refusal("socket", *ho(office, "serve", "--socket", tmp_path / "no" / "x"))
    require_refusal("socket", *ho(office, "serve", "--socket", tmp_path / ("x" * 200)))
    assert (tmp_path / "file").read_text() == "mine"


def folder(path: Path) -> Path:
    path.mkdir()
    return path
