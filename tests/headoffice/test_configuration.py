"""Settings from flag, environment, file and default, in that order; what is wrong is named with its place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.headoffice.configuration import FILE_VARIABLE, PREFIX, SETTINGS, Settings, settle, without_password


def settled(
    content: str | None = None,
    flags: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Settings:
    file = None
    if content is not None:
        assert folder is not None
        file = folder / "head office 配置.toml"
        file.write_text(content, encoding="utf-8")
    return settle(flags or {}, environment or {}, file)


def refusal(*args: Any, **rest: Any) -> Actionable:
    with pytest.raises(Actionable) as refused:
        settled(*args, **rest)
    return refused.value


def test_flag_goes_before_environment_before_file_before_default(tmp_path: Path) -> None:
    content = 'host = "127.0.0.2"\nport = 2\nworkers = 2\nlog_format = "json"'
    environment = {PREFIX + "PORT": "3", PREFIX + "WORKERS": "3", "OTHER": "x"}
    settings = settled(content, {"workers": 4, "host": None}, environment, tmp_path)
    shown = settings.shown()
    assert {name: shown[name] for name in ("workers", "port", "host", "log_level")} == {
        "workers": (4, "flag"),
        "port": (3, "environment"),
        "host": ("127.0.0.2", "file"),
        "log_level": ("warning", "default"),
    }
    assert (settings.workers, settings.address.port, settings.address.host) == (4, 3, "127.0.0.2")
    assert settings.log_format == "json"
    assert list(shown) == [setting.name for setting in SETTINGS]


def test_file_may_be_named_by_the_environment(tmp_path: Path) -> None:
    (tmp_path / "h.toml").write_text('database = "a.db"', encoding="utf-8-sig")
    assert settled(environment={FILE_VARIABLE: str(tmp_path / "h.toml")}).database == "a.db"


def test_short_variable_still_names_the_database() -> None:
    assert settled(environment={"FIELDAPP_HEADOFFICE": "b.db"}).database == "b.db"
    both = {"FIELDAPP_HEADOFFICE": "b.db", PREFIX + "DATABASE": "c.db"}
    assert settled(environment=both).database == "c.db"
    assert settled(environment={PREFIX + "DATABASE": ""}).database == "headoffice.db"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ('port = "many"', "port"),
        ("port = 65536", "port"),
        ("port = -1", "port"),
        ("port = true", "port"),
        ("port = 1.5", "port"),
        ("workers = 0", "workers"),
        ("workers = 65", "workers"),
        ("host = 1", "host"),
        ('host = ""', "host"),
        ('database = "a\\nb"', "database"),
        ('log_format = "xml"', "log_format"),
        ("log_format = {}", "log_format"),
        ('trusted_proxies = "nowhere"', "trusted_proxies"),
        ("trusted_proxies = [1]", "trusted_proxies"),
        ("trusted_proxies = 7", "trusted_proxies"),
        ('trusted_proxies = ["10.0.0.1/8"]', "trusted_proxies"),
        ("certificate = []", "certificate"),
    ],
)
def test_wrong_value_is_named_with_its_file_and_key(content: str, word: str, tmp_path: Path) -> None:
    error = refusal(content, folder=tmp_path)
    assert error.code == "setting"
    assert f"配置.toml: {word} should be" in str(error.sentence)


def test_wrong_value_of_a_variable_or_flag_is_named_as_such() -> None:
    error = refusal(environment={PREFIX + "PORT": "9" * 100_000})
    assert str(error.sentence) == "FIELDAPP_HEADOFFICE_PORT should be a whole number from 0 to 65535."
    for value in ("", "１２", "+5", " 5", "0x10", "1e3", "😀"):
        if value:
            assert refusal(environment={PREFIX + "PORT": value}).code == "setting"
    assert "--trusted-proxy" in str(refusal(flags={"trusted_proxies": ("x",)}).sentence)


def test_unknown_settings_are_not_passed_over(tmp_path: Path) -> None:
    error = refusal("prot = 1", folder=tmp_path)
    assert error.code == "setting_unknown"
    assert "prot" in str(error.sentence)
    assert "配置.toml" in str(error.sentence)
    assert "port" in str(error.advice)
    assert refusal("[server]\nport = 1", folder=tmp_path).code == "setting_unknown"
    error = refusal(environment={PREFIX + "PROT" + "长" * 100_000: "1"})
    assert error.code == "setting_unknown"
    assert len(str(error.sentence)) < 300


@pytest.mark.parametrize("content", [b"port =", b"port = 1\nport = 2", b"\xff\xfe\x00", b"\x00", b"#" * 100_000])
def test_file_that_is_none_is_said(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "h.toml"
    file.write_bytes(content)
    with pytest.raises(Actionable) as refused:
        settle({}, {}, file)
    assert refused.value.code == "config_file"


def test_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path, Path("x" * 5000)):
        with pytest.raises(Actionable) as refused:
            settle({}, {}, path)
        assert refused.value.code == "config_file"


def test_secrets_may_come_from_a_file_and_are_never_shown(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://bank:p%40ss@db/fieldapp?sslpassword=again\n", encoding="utf-8")
    (tmp_path / "token").write_text("s3cret\n", encoding="utf-8")
    environment = {
        PREFIX + "DATABASE_FILE": str(tmp_path / "url"),
        PREFIX + "METRICS_TOKEN_FILE": str(tmp_path / "token"),
    }
    settings = settled(environment=environment)
    assert settings.database == "postgresql://bank:p%40ss@db/fieldapp?sslpassword=again"
    assert settings.watching.token == "s3cret"
    direct = settled(environment={PREFIX + "DATABASE": settings.database})
    for told in (str(settings.shown()), repr(settings), str(direct.shown()), repr(direct)):
        for secret in ("p%40ss", "p@ss", "again", "s3cret"):
            assert secret not in told
    assert "bank" in str(direct.shown()["database"][0])
    for nonsense in ("postgresql://[", "postgresql://u:secret@h:port/x"):
        assert "secret" not in without_password(nonsense)


@pytest.mark.parametrize("content", [b"", b"\n", b"   \nsecond", b"\xff", b"x" * 100_000, b"a\x00b"])
def test_secret_file_without_a_secret_is_said(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(content)
    settings = settled(flags={"metrics_token_file": tmp_path / "s"})
    with pytest.raises(Actionable) as refused:
        _ = settings.watching
    assert refused.value.code == "secret_file"
    assert "--metrics-token-file" in str(refused.value.sentence)


def test_nearer_place_decides_between_the_database_and_its_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("from-file.db", encoding="utf-8")
    named = {PREFIX + "DATABASE_FILE": str(tmp_path / "url")}
    assert settled('database = "x.db"', environment=named, folder=tmp_path).database == "from-file.db"
    assert settled(flags={"database": "y.db"}, environment=named).database == "y.db"
    assert refusal(environment=named | {PREFIX + "DATABASE": "z.db"}).code == "setting_both"
    assert refusal('database = "x"\ndatabase_file = "y"', folder=tmp_path).code == "setting_both"


def test_certificate_goes_with_its_key() -> None:
    settings = settled(environment={PREFIX + "CERTIFICATE": "c.pem"})
    with pytest.raises(Actionable) as refused:
        _ = settings.address
    assert refused.value.code == "certificate"
