"""A laptop without its screen: enrol, sync, doctor, backup, restore, papers, tables; and what can be wrong."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import openpyxl
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from fieldapp.headoffice.administration import open_head_office
from fieldapp.headoffice.serve import Address, Certificate, RunningHeadOffice
from fieldapp.protocol.identifiers import SystemClock
from fieldapp.store.connection import connect
from fieldapp.store.keys import open_key
from fieldapp.store.profile import Profile
from tests.commands.conftest import Office
from tests.commands.typed_commands import PASSPHRASE, require_refusal, typed, typed_in_a_process

LONG = "长" * 100_000


class ClockOfLastMonth:
    zone = "Asia/Shanghai"

    def now(self) -> datetime:
        return datetime.now(UTC) - timedelta(days=30)


class Portal(BaseHTTPRequestHandler):
    """What a hotel's network answers to everything."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        page = "<html>请先登录 Wi-Fi</html>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None: ...


@contextmanager
def portal() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Portal) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def answering_raw(content: bytes) -> Iterator[str]:
    """A server that takes a request and answers ``content``, whatever that is."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            while True:
                connection, _ = listening.accept()
                with connection:
                    if not connection.recv(65_536):
                        return
                    connection.sendall(content)

        thread = threading.Thread(target=answer)
        thread.start()
        address = listening.getsockname()
        try:
            yield f"http://127.0.0.1:{address[1]}"
        finally:
            with socket.create_connection(address) as last:
                last.shutdown(socket.SHUT_WR)
            thread.join()


def certificate_for(name: str, folder: Path) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, private = folder / f"{name}.pem", folder / f"{name}.key"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return Certificate(chain, private)


def test_a_day_of_commands_works(laptop: Path, tmp_path: Path) -> None:
    received = typed("sync", "--profile", laptop, "--json").facts()
    assert (received["accepted"], received["unsent"]) == (0, 0)
    assert received["received"] > 0
    assert "Nothing is left to send." in typed("sync", "--profile", laptop).out
    checked = typed("doctor", "--profile", laptop, "--json").facts()
    assert (checked["database"], checked["prospects"]) == ("sound", 0)
    assert Path(typed("backup", "--profile", laptop, "--json").facts()["backup"]).is_file()
    written = typed("export", tmp_path / "客户 名单.csv", "--profile", laptop, "--json").facts()
    assert written["records"] == 0


def test_the_profile_may_be_named_before_the_command(laptop: Path, tmp_path: Path) -> None:
    assert typed("--profile", laptop, "doctor", "--json").facts()["database"] == "sound"
    require_refusal("no_profile", "--profile", tmp_path / "nix", "doctor")


def test_the_passphrase_file_may_begin_with_a_mark_and_end_as_windows_does(laptop: Path, tmp_path: Path) -> None:
    (tmp_path / "口令 file").write_bytes(b"\xef\xbb\xbf" + PASSPHRASE.encode() + b"\r\nmore\r\n")
    words = ("doctor", "--profile", laptop, "--passphrase-file", tmp_path / "口令 file", "--json")
    assert typed(*words, passphrase="").facts()["database"] == "sound"


def test_a_wrong_empty_or_missing_passphrase_is_told(laptop: Path, tmp_path: Path) -> None:
    assert typed("doctor", "--profile", laptop, "--json", passphrase="x" * 9).refusal()["code"] == "wrong_passphrase"
    assert typed("doctor", "--profile", laptop, "--json", passphrase=LONG).refusal()["code"] == "wrong_passphrase"
    assert typed("doctor", "--profile", laptop, "--json", passphrase="").refusal()["code"] == "passphrase_needed"
    (tmp_path / "empty").touch()
    require_refusal("wrong_passphrase", "doctor", "--profile", laptop, "--passphrase-file", tmp_path / "empty")
    (tmp_path / "binary").write_bytes(bytes(range(256)))
    for name in ("nix", "binary", "."):
        require_refusal("passphrase_file", "doctor", "--profile", laptop, "--passphrase-file", tmp_path / name)


@pytest.mark.parametrize("words", [("sync",), ("doctor",), ("backup",), ("restore",), ("export", "x.csv")])
def test_a_folder_without_a_profile_is_named(words: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for name in ("没有 nix", "file", "."):
        require_refusal("no_profile", *words, "--profile", tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    "address",
    ["", "ftp://x", "http://[::1", "http://127.0.0.1:abc", "😀", "https://\u202emoc", "https://a\x1bb",
     f"https://{LONG}"],
)  # fmt: skip
def test_an_address_that_is_none_leaves_nothing_behind(address: str, tmp_path: Path) -> None:
    require_refusal("address", "enrol", "--profile", tmp_path / "新", "--address", address, "--code", "X")
    assert list(tmp_path.iterdir()) == []


def test_plain_http_goes_to_this_computer_only(tmp_path: Path) -> None:
    words = ("enrol", "--profile", tmp_path / "p", "--address", "http://office.example.com", "--code", "X")
    require_refusal("address_unencrypted", *words)


@pytest.mark.parametrize("code", ["", "X", LONG[:9_000], "K7QM-4XWD-9RTH", "😀", "\u202eabc", "a\x1b[2Jb"])
def test_a_code_that_head_office_did_not_issue_is_refused(code: str, office: Office, tmp_path: Path) -> None:
    words = ("enrol", "--profile", tmp_path / "p", "--address", office.url, "--code", code)
    require_refusal("code", *words)
    assert not (tmp_path / "p" / "key.json").exists()


def test_a_code_works_once_and_not_after_its_time(office: Office, tmp_path: Path) -> None:
    code = office.code()
    first = ("enrol", "--profile", tmp_path / "one", "--address", office.url, "--code", code)
    assert typed(*first).code == 0
    require_refusal("code", "enrol", "--profile", tmp_path / "two", "--address", office.url, "--code", code)
    require_refusal("profile_exists", *first)
    administration = open_head_office(office.database, ClockOfLastMonth())
    old = administration.issue_code(office.staff, days=7).code
    administration.store.close()
    require_refusal("code", "enrol", "--profile", tmp_path / "three", "--address", office.url, "--code", old)
    assert typed("doctor", "--profile", tmp_path / "one", "--json").facts()["database"] == "sound"


def test_a_short_passphrase_costs_no_code(office: Office, tmp_path: Path) -> None:
    code = office.code()
    words = ("enrol", "--profile", tmp_path / "p", "--address", office.url, "--code", code, "--json")
    assert typed(*words, passphrase="short").refusal()["code"] == "passphrase_short"
    assert typed(*words).code == 0


def test_a_place_that_cannot_hold_a_profile_costs_no_code(office: Office, tmp_path: Path) -> None:
    code = office.code()
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "p", Path("/proc/profile")):
        require_refusal("no_permission", "enrol", "--profile", place, "--address", office.url, "--code", code)
    require_refusal("path", "enrol", "--profile", tmp_path / ("长" * 90), "--address", office.url, "--code", code)
    assert typed("enrol", "--profile", tmp_path / "p", "--address", office.url, "--code", code).code == 0


def test_a_file_that_is_no_certificate_is_named(tmp_path: Path) -> None:
    start = "-----BEGIN CERTIFICATE-----\n"
    contents = (b"", b"text", start.encode(), f"{start}xx\n-----END CERTIFICATE-----\n".encode(), "证书".encode())
    for content in contents:
        (tmp_path / "c.pem").write_bytes(content)
        words = ("enrol", "--profile", tmp_path / "p", "--address", "https://127.0.0.1:1", "--code", "X")
        require_refusal("certificate", *words, "--certificate", tmp_path / "c.pem")
    require_refusal("certificate", *words, "--certificate", tmp_path / "nix.pem")
    require_refusal("certificate", *words, "--certificate", "/dev/zero")
    assert not (tmp_path / "p").exists()


def test_a_certificate_of_somebody_else_is_sent_nothing(office: Office, tmp_path: Path) -> None:
    other, ours = certificate_for("other.example.com", tmp_path), certificate_for("localhost", tmp_path)
    administration = open_head_office(office.database, SystemClock())
    code = office.code()
    with RunningHeadOffice(administration.store, SystemClock(), Address("127.0.0.1", 0, other)) as running:
        words = ("enrol", "--profile", tmp_path / "p", "--address", running.url, "--code", code)
        for trusted in ((), ("--certificate", other.chain), ("--certificate", ours.chain)):
            require_refusal("certificate", *words, *trusted)
    with RunningHeadOffice(administration.store, SystemClock(), Address("127.0.0.1", 0, ours)) as running:
        url = running.url.replace("127.0.0.1", "localhost")
        words = ("enrol", "--profile", tmp_path / "p", "--address", url, "--code", code, "--certificate", ours.chain)
        assert typed(*words).code == 0
        assert typed("sync", "--profile", tmp_path / "p").code == 0
    administration.store.close()


def test_a_portal_or_another_server_is_not_head_office(laptop: Path, tmp_path: Path) -> None:
    with portal() as url:
        require_refusal("not_head_office", "enrol", "--profile", tmp_path / "p", "--address", url, "--code", "X")
    assert not (tmp_path / "p" / "key.json").exists()
    with answering_raw(b"220 mail.example.com ESMTP\r\n") as url:
        require_refusal("cut", "enrol", "--profile", tmp_path / "p", "--address", url, "--code", "X")
    with answering_raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") as url:
        require_refusal("not_head_office", "enrol", "--profile", tmp_path / "p", "--address", url, "--code", "X")
    with answering_raw(b"") as url:
        require_refusal("cut", "enrol", "--profile", tmp_path / "p", "--address", url, "--code", "X")
    require_refusal("unreachable", "enrol", "--profile", tmp_path / "p", "--address", "http://127.0.0.1:1",
                    "--code", "X")  # fmt: skip


def test_a_damaged_database_is_restored_from_its_backup(laptop: Path) -> None:
    typed("backup", "--profile", laptop)
    (laptop / "records.db").write_bytes(bytes(range(256)) * 40)
    for words in (("doctor",), ("sync",), ("backup",), ("export", "x.csv")):
        assert "restore" in require_refusal("damaged", *words, "--profile", laptop)
    assert typed("restore", "--profile", laptop, "--json").facts()["backup"].endswith(".db")
    assert typed("doctor", "--profile", laptop, "--json").facts()["database"] == "sound"
    assert (laptop / "records-set-aside-1.db").read_bytes() == bytes(range(256)) * 40


@pytest.mark.parametrize("content", [b"", b"x", b"x" * 5_000])
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with a name are of POSIX")
def test_a_backup_that_holds_nothing_is_passed_over_and_left_as_it_is(content: bytes, laptop: Path) -> None:
    typed("backup", "--profile", laptop)
    (sound,) = (laptop / "backups").iterdir()
    cut_off, folder, pipe = (laptop / "backups" / f"00000{number}-asked.db" for number in (2, 3, 4))
    cut_off.write_bytes(content)
    folder.mkdir()
    os.mkfifo(pipe)
    (laptop / "records.db").write_bytes(b"x" * 5_000)
    assert typed("restore", "--profile", laptop, "--json").facts()["backup"] == str(sound)
    assert typed("doctor", "--profile", laptop, "--json").facts()["database"] == "sound"
    assert cut_off.read_bytes() == content


def test_a_database_without_a_record_is_no_backup(laptop: Path) -> None:
    typed("backup", "--profile", laptop)
    (sound,) = (laptop / "backups").iterdir()
    key = open_key(laptop / "key.json", PASSPHRASE)
    connect(laptop / "backups" / "000002-asked.db", key).close()
    (laptop / "records.db").unlink()
    assert typed("restore", "--profile", laptop, "--json").facts()["backup"] == str(sound)


def test_records_cut_off_to_a_byte_do_not_become_a_new_database(laptop: Path) -> None:
    (laptop / "records.db").write_bytes(b"S")
    require_refusal("damaged", "doctor", "--profile", laptop)
    assert (laptop / "records.db").read_bytes() == b"S"


def test_sound_records_are_not_replaced_by_a_backup_that_lacks_the_newest(laptop: Path, tmp_path: Path) -> None:
    typed("backup", "--profile", laptop)
    (tmp_path / "l.csv").write_text("姓名,电话\n张三,13800000001\n", encoding="utf-8")
    typed("import", tmp_path / "l.csv", "--profile", laptop)
    require_refusal("not_damaged", "restore", "--profile", laptop)
    assert typed("doctor", "--profile", laptop, "--json").facts()["prospects"] == 1
    assert list(laptop.glob("records-set-aside-*")) == []


def test_a_restore_that_cannot_be_changes_nothing(laptop: Path) -> None:
    (laptop / "records.db").write_bytes(b"x" * 5_000)
    before = sorted(path.name for path in laptop.iterdir())
    require_refusal("no_backup", "restore", "--profile", laptop)
    assert typed("restore", "--profile", laptop, "--json", passphrase="wrong one").refusal()["code"] == (
        "wrong_passphrase"
    )
    assert sorted(path.name for path in laptop.iterdir()) == before
    for content in (b"", b"{}", b"\xff\x00", json.dumps({"cost": 1}).encode()):
        (laptop / "key.json").write_bytes(content)
        require_refusal("key_damaged", "restore", "--profile", laptop)
        require_refusal("key_damaged", "doctor", "--profile", laptop)
    (laptop / "key.json").unlink()
    require_refusal("key_missing", "restore", "--profile", laptop)


@pytest.mark.parametrize("command", ["restore", "doctor", "sync"])
def test_a_lost_key_names_the_two_ways_that_lead_on_and_both_do(command: str, laptop: Path) -> None:
    key = laptop / "key.json"
    whole = key.read_bytes()
    spoilings: dict[str, Callable[[], object]] = {
        "key_damaged": lambda: key.write_bytes(whole[:40]),
        "key_missing": key.unlink,
    }
    for code, spoil in spoilings.items():
        spoil()
        told = require_refusal(code, command, "--profile", laptop)
        assert "fieldapp restore" not in told
        assert "copy" in told
        assert "enrol" in told
        key.write_bytes(whole)
        assert typed("doctor", "--profile", laptop, "--json").facts()["database"] == "sound"
    key.unlink()
    laptop.rename(laptop.with_name("set aside"))
    require_refusal("no_profile", "doctor", "--profile", laptop)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with a name are of POSIX")
def test_no_file_of_the_profile_is_waited_for(laptop: Path, tmp_path: Path) -> None:
    for name in ("card.json", "key.json"):
        (laptop / name).rename(tmp_path / name)
        os.mkfifo(laptop / name)
        answered = typed_in_a_process("sync", "--profile", laptop, "--json")
        if name == "key.json":
            assert answered.refusal()["code"] == "key_damaged"
        else:
            assert answered.code == 0
        (laptop / name).unlink(missing_ok=True)
        (tmp_path / name).replace(laptop / name)


def test_a_card_and_a_key_without_end_are_not_read_into_memory(laptop: Path) -> None:
    for name in ("card.json", "key.json"):
        with (laptop / name).open("ab") as file:
            file.truncate(1 << 30)
    assert Profile(laptop).card() is None
    require_refusal("key_damaged", "doctor", "--profile", laptop)


@pytest.mark.skipif(os.name != "posix", reason="who may read a file is told otherwise elsewhere")
def test_nobody_else_reads_what_a_laptop_writes(enrolled: Callable[[], Path], tmp_path: Path) -> None:
    usual = os.umask(0)
    try:
        laptop = enrolled()
        (tmp_path / "papers").mkdir()
        typed("backup", "--profile", laptop)
        (laptop / "records.db").write_bytes(b"x" * 5_000)
        for words in (
            ("restore",),
            ("backup",),
            ("sync",),
            ("pdf", tmp_path / "papers", "--blank"),
            ("export", tmp_path / "t.csv"),
        ):
            assert typed(*words, "--profile", laptop).code == 0
    finally:
        os.umask(usual)
    written = [*laptop.rglob("*"), *(tmp_path / "papers").glob("*.pdf"), tmp_path / "t.csv", laptop]
    assert len(written) > 8
    assert {path.name: oct(path.stat().st_mode) for path in written if path.stat().st_mode & 0o077} == {}


def test_a_backup_that_has_no_place_is_told(laptop: Path) -> None:
    (laptop / "backups").write_text("in the way")
    require_refusal("no_backup", "backup", "--profile", laptop)


@pytest.mark.parametrize("name", ["a.txt", "a", "a.pdf", "a.csv.exe", "😀"])
def test_an_export_has_a_known_kind(name: str, laptop: Path, tmp_path: Path) -> None:
    require_refusal("file_type", "export", tmp_path / "to" / name, "--profile", laptop)


def test_an_export_that_cannot_be_written_keeps_the_older_file(laptop: Path, tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    for place in ("/proc/x.csv", tmp_path / "nix" / "x.xlsx", tmp_path / "folder.csv", tmp_path / f"{'长' * 90}.csv"):
        require_refusal("not_written", "export", place, "--profile", laptop)
    assert sorted(path.name for path in tmp_path.iterdir() if path != laptop) == ["folder.csv"]
    require_refusal("usage", "export", tmp_path / "x.csv", "--what", "everything", "--profile", laptop)


@pytest.mark.parametrize("what", ["prospects", "contacts", "visits", "applications"])
def test_each_kind_is_exported_as_a_table(what: str, laptop: Path, tmp_path: Path) -> None:
    for name in ("表 格.xlsx", "表 格.csv"):
        assert typed("export", tmp_path / name, "--what", what, "--profile", laptop, "--json").facts()["records"] == 0
    sheet = openpyxl.load_workbook(tmp_path / "表 格.xlsx").active
    assert sheet is not None
    assert sheet.max_row == 1


@pytest.mark.long
def test_papers_of_what_is_not_there_are_refused(laptop: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    require_refusal("no_application", "pdf", tmp_path / "纸 papers", "--profile", laptop)
    for named in ("QS-1", "😀", "\u202ex", "x\x1b[2J"):
        require_refusal("no_application", "pdf", tmp_path / "p", "--profile", laptop, "--application", named)
        require_refusal("no_visit", "pdf", tmp_path / "p", "--profile", laptop, "--visit", named)
    require_refusal("no_folder", "pdf", tmp_path / "file", "--profile", laptop)
    require_refusal("no_folder", "pdf", "/proc/papers", "--profile", laptop)


def test_an_answer_steers_no_terminal(laptop: Path, tmp_path: Path) -> None:
    place = tmp_path / "a\x1b[2J\u202eb"
    said = typed("export", place / "x.csv", "--profile", laptop)
    assert said.code == 2
    told = typed("doctor", "--profile", place).err
    assert "\x1b" not in told
    assert "\u202e" not in told


def test_a_copied_profile_still_opens_where_it_was_put(laptop: Path, tmp_path: Path) -> None:
    copied = tmp_path / "拷贝 的"
    shutil.copytree(laptop, copied)
    assert typed("doctor", "--profile", copied, "--json").facts()["database"] == "sound"
