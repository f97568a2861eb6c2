"""Head office's settings: from the command line, else the environment, else a file, else as they come.

Every setting has one name: ``log_format`` in the file, ``FIELDAPP_HEADOFFICE_LOG_FORMAT`` in the environment and
``--log-format`` on the command line.
"""

from __future__ import annotations

import ipaddress
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from fieldapp.domain.controls.limits import Limits
from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.addresses import Address
from fieldapp.headoffice.certificates import Certificate
from fieldapp.headoffice.logs import LogFormat
from fieldapp.headoffice.storage.engines import is_postgresql
from fieldapp.headoffice.text_files import read_text_file
from fieldapp.headoffice.watching import Watching
from fieldapp.headoffice.workers import MOST_WORKERS

PREFIX = "FIELDAPP_HEADOFFICE_"
FILE_VARIABLE = "FIELDAPP_HEADOFFICE_CONFIG"
SHORT_VARIABLE = "FIELDAPP_HEADOFFICE"
"""Names the database and nothing else."""

HIDDEN = "***"
MOST_BYTES = 64 * 1024
"""Of a configuration file, and of one that holds a secret."""

Source = Literal["flag", "environment", "file", "default"]


@dataclass(frozen=True, slots=True)
class Given:
    """A setting's value, where it came from, and what that place is called in a sentence."""

    value: Any
    source: Source
    place: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force; ``given`` holds each by its name."""

    given: Mapping[str, Given] = field(repr=False)

    @property
    def database(self) -> str:
        """The database's location, out of the file that holds it where one does."""
        return self._named_or_in_file("database", "database_file")

    @property
    def address(self) -> Address:
        """Where to listen. Raises Actionable (``certificate``)."""
        chain, key = self._value("certificate"), self._value("key")
        if (chain is None) != (key is None):
            raise Actionable("certificate", Sentence("Give the certificate and its key together."))
        return Address(
            host=self._value("host"),
            port=self._value("port"),
            certificate=Certificate(chain, key) if chain is not None else None,
            unix_socket=self._value("socket"),
            trusted_proxies=self._value("trusted_proxies"),
        )

    @property
    def workers(self) -> int:
        """How many processes serve."""
        return cast(int, self._value("workers"))

    @property
    def log_format(self) -> LogFormat:
        """How events are written."""
        return cast(LogFormat, self._value("log_format"))

    @property
    def log_level(self) -> str:
        """The least event that is written."""
        return cast(str, self._value("log_level"))

    @property
    def watching(self) -> Watching:
        """Who may read the figures."""
        file = self._value("metrics_token_file")
        return Watching(_secret(file, self.given["metrics_token_file"].place) if file is not None else None)

    @property
    def limits(self) -> Limits:
        """The limits of the controls on what is submitted."""
        capital = self._value("capital_yuan")
        return Limits(
            capital_fen=capital * 100 if capital else None,
            borrower_bp=self._value("borrower_percent") * 100,
            industry_bp=self._value("industry_percent") * 100,
            village_bp=self._value("village_percent") * 100,
            officer_bp=self._value("officer_percent") * 100,
            introducer_bp=self._value("introducer_percent") * 100,
            split_days=self._value("split_days"),
            split_fen=self._value("split_yuan") * 100,
        )

    def shown(self) -> dict[str, tuple[Any, Source]]:
        """Every setting as it may be shown to anybody, with its source: no password is among them."""
        told: dict[str, tuple[Any, Source]] = {}
        for setting in SETTINGS:
            given = self.given[setting.name]
            value = without_password(given.value) if setting.name == "database" else given.value
            told[setting.name] = (str(value) if isinstance(value, Path) else value, given.source)
        return told

    def _value(self, name: str) -> Any:
        return self.given[name].value

    def _named_or_in_file(self, name: str, file_name: str) -> str:
        named, file = self.given[name], self.given[file_name]
        if file.value is not None and _RANKS.index(file.source) <= _RANKS.index(named.source):
            return _secret(file.value, file.place)
        return cast(str, named.value)


def settle(flags: Mapping[str, Any], environment: Mapping[str, str], file: Path | None) -> Settings:
    """The settings in force. ``flags`` are the command line's by their names in Python, None for those not given.

    Raises Actionable: ``config_file``, ``setting_unknown``, ``setting``, ``setting_both``, each naming its place.
    """
    named = file or (Path(environment[FILE_VARIABLE]) if environment.get(FILE_VARIABLE) else None)
    read = _file(named) if named is not None else {}
    for variable in environment:
        if variable.startswith(PREFIX) and variable != FILE_VARIABLE and _name_of(variable) not in _NAMES:
            raise _unknown(variable, Sentence("the environment"))
    given = {setting.name: _given(setting, flags, environment, read, named) for setting in SETTINGS}
    if given["database"].source == given["database_file"].source != "default":
        raise Actionable(
            "setting_both",
            Sentence(
                "Both {one} and {other} are given. Only one can hold.",
                one=given["database"].place,
                other=given["database_file"].place,
            ),
        )
    return Settings(given)


def without_password(location: str) -> str:
    """A database's location as it may be shown."""
    if not is_postgresql(location):
        return location
    try:
        url = make_url(location)
        query = {name: HIDDEN if "pass" in name.lower() else value for name, value in url.query.items()}
        return url.set(query=query).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        return f"postgresql://{HIDDEN}"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. ``read`` takes what the file or a text gave and raises ValueError when it cannot be this."""

    name: str
    read: Callable[[Any], Any]
    should: Sentence
    default: Any = None

    @property
    def variable(self) -> str:
        return PREFIX + self.name.upper()

    @property
    def flag(self) -> str:
        return "--" + {"trusted_proxies": "trusted-proxy"}.get(self.name, self.name.replace("_", "-"))


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value or len(value) > 4096 or not value.isprintable():
        raise ValueError("no text on one line")
    return value


def _path(value: Any) -> Path:
    return value if isinstance(value, Path) else Path(_text(value))


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 16:
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError("no such number")
        return value

    return read


def _one_of(*choices: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in choices:
            raise ValueError("none of them")
        return str(value)

    return read


def _networks(value: Any) -> tuple[str, ...]:
    named = [one.strip() for one in value.split(",")] if isinstance(value, str) else value
    if not isinstance(named, list | tuple) or not all(isinstance(one, str) for one in named):
        raise ValueError("no list")
    for one in named:
        ipaddress.ip_network(one)
    return tuple(named)


def _limit(name: str, least: int, most: int, default: int) -> Setting:
    return Setting(
        name,
        _whole(least, most),
        Sentence("a whole number from {least} to {most}", least=least, most=most),
        default,
    )


_TEXT = Sentence("a text on one line")
_FILE = Sentence("a file's path")

SETTINGS = (
    Setting("database", _text, _TEXT, "headoffice.db"),
    Setting("database_file", _path, _FILE),
    Setting("host", _text, _TEXT, "127.0.0.1"),
    Setting("port", _whole(0, 65535), Sentence("a whole number from {least} to {most}", least=0, most=65535), 8460),
    Setting("socket", _path, _FILE),
    Setting("certificate", _path, _FILE),
    Setting("key", _path, _FILE),
    Setting(
        "trusted_proxies", _networks, Sentence("a list of addresses or networks such as 10.0.0.1 or 10.0.0.0/8"), ()
    ),
    Setting(
        "workers",
        _whole(1, MOST_WORKERS),
        Sentence("a whole number from {least} to {most}", least=1, most=MOST_WORKERS),
        1,
    ),
    Setting("log_format", _one_of("plain", "json"), Sentence("plain or json"), "plain"),
    Setting(
        "log_level",
        _one_of("debug", "info", "warning", "error"),
        Sentence("debug, info, warning or error"),
        "warning",
    ),
    Setting("metrics_token_file", _path, _FILE),
    _limit("capital_yuan", 0, 10**13, 0),
    _limit("borrower_percent", 1, 100, 10),
    _limit("industry_percent", 1, 100, 25),
    _limit("village_percent", 1, 100, 5),
    _limit("officer_percent", 1, 100, 10),
    _limit("introducer_percent", 1, 100, 10),
    _limit("split_days", 1, 3650, 90),
    _limit("split_yuan", 1, 10**11, 500_000),
)
_NAMES = frozenset(setting.name for setting in SETTINGS)
_RANKS: tuple[Source, ...] = ("flag", "environment", "file", "default")


def _name_of(variable: str) -> str:
    return variable[len(PREFIX) :].lower()


def _given(
    setting: Setting, flags: Mapping[str, Any], environment: Mapping[str, str], read: dict[str, Any], file: Path | None
) -> Given:
    variable = setting.variable
    if setting.name == "database" and variable not in environment:
        variable = SHORT_VARIABLE
    sources: tuple[tuple[Any, Source, str], ...] = (
        (flags.get(setting.name), "flag", setting.flag),
        (environment.get(variable) or None, "environment", variable),  # set to nothing means not set
        (read.get(setting.name), "file", f"{file}: {setting.name}"),
    )
    for value, source, place in sources:
        if value is not None and value != ():  # an option that may be given often and was not
            try:
                return Given(setting.read(value), source, place)
            except ValueError as error:
                raise Actionable(
                    "setting", Sentence("{place} should be {what}.", place=place, what=setting.should)
                ) from error
    return Given(setting.default, "default", setting.name)


def _file(path: Path) -> dict[str, Any]:
    text = read_text_file(path, "config_file", MOST_BYTES)
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Actionable(
            "config_file",
            Sentence("{path} is not a configuration file: {reason}.", path=str(path), reason=str(error)[:200]),
        ) from error
    for key in content:
        if key not in _NAMES:
            raise _unknown(key, str(path))
    return content


def _unknown(key: str, place: str | Sentence) -> Actionable:
    return Actionable(
        "setting_unknown",
        Sentence("There is no setting {key}, which stands in {place}.", key=key[:100], place=place),
        advice=Sentence("Settings are: {names}.", names=", ".join(setting.name for setting in SETTINGS)),
    )


def _secret(path: Path, place: str) -> str:
    try:
        return _text(_read(path).partition("\n")[0].strip())
    except (OSError, ValueError) as error:
        raise Actionable(
            "secret_file",
            Sentence("The file {path} that {place} names cannot be read, or is empty.", path=str(path), place=place),
        ) from error


def _read(path: Path) -> str:
    """A small file's text. Raises OSError, ValueError."""
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ValueError("too large")
    return content.decode("utf-8-sig")
