"""What docs/deploy shows is what the program takes."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

from fieldapp.commands.head_office import head_office
from fieldapp.headoffice.configuration import SETTINGS, settle
from fieldapp.headoffice.serve import STOP_S

DEPLOY = Path(__file__).parents[2] / "docs" / "deploy"
GUIDE = (DEPLOY.parent / "administrator.md").read_text(encoding="utf-8")


def unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string((DEPLOY / "fieldapp-headoffice.service").read_text(encoding="utf-8"))
    return parser


def test_settings_file_is_taken_as_it_stands_and_names_every_setting() -> None:
    settings = settle({}, {}, DEPLOY / "headoffice.toml")
    assert settings.workers == 4
    text = (DEPLOY / "headoffice.toml").read_text(encoding="utf-8")
    assert {setting.name for setting in SETTINGS} == set(re.findall(r"^(?:# )?([a-z_]+) = ", text, re.MULTILINE))


def test_commented_settings_are_taken_too(tmp_path: Path) -> None:
    text = (DEPLOY / "headoffice.toml").read_text(encoding="utf-8")
    both = re.sub(r"^# ([a-z_]+ = )", r"\1", text, flags=re.MULTILINE).replace("database_file =", "# database_file =")
    (tmp_path / "all.toml").write_text(both, encoding="utf-8")
    assert settle({}, {}, tmp_path / "all.toml").address.trusted_proxies == ("127.0.0.1",)


def test_unit_waits_longer_than_the_server_takes_to_stop() -> None:
    service = unit()["Service"]
    assert int(service["TimeoutStopSec"]) > STOP_S + 5
    assert service["KillMode"] == "mixed"
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["Restart"] == "on-failure"


def test_container_does_not_run_as_root_and_says_how_it_is() -> None:
    lines = (DEPLOY / "Containerfile").read_text(encoding="utf-8").splitlines()
    assert "USER 10001" in lines
    assert any(line.startswith("HEALTHCHECK") for line in lines)
    assert lines.index("USER 10001") < next(n for n, line in enumerate(lines) if line.startswith("ENTRYPOINT"))


def test_proxies_hide_the_figures_and_set_who_the_caller_is() -> None:
    nginx = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    assert "location = /metrics" in nginx
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in nginx
    assert "respond /metrics 404" in (DEPLOY / "Caddyfile").read_text(encoding="utf-8")


def test_guide_names_every_command() -> None:
    for name, command in head_office.commands.items():
        for word in getattr(command, "commands", {"": None}):
            assert f"`{' '.join((name, word)).strip()}" in GUIDE, (name, word)


def test_guide_names_only_files_that_are_there() -> None:
    for name in re.findall(r"\]\((deploy/[^)]+)\)", GUIDE):
        assert (DEPLOY.parent / name).is_file(), name
