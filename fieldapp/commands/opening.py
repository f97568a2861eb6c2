"""Which profile a command works on, and how its passphrase reaches it without standing in the shell's history."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.protocol.identifiers import SystemClock
from fieldapp.services.laptop import Laptop, default_profile_folder, unlock_laptop, unlock_remembered
from fieldapp.translation import tr

P = ParamSpec("P")
T = TypeVar("T")

LONGEST_LINE = 4096
"""Of a passphrase, in characters."""


def on_a_profile(command: Callable[P, T]) -> Callable[P, T]:
    """Options that name the profile and its passphrase."""
    command = click.option(
        "--passphrase-file",
        type=click.Path(path_type=Path),
        envvar="FIELDAPP_PASSPHRASE_FILE",
        help="A file whose first line is the passphrase; otherwise it is asked for.",
    )(command)
    return click.option(
        "--profile",
        "folder",
        type=click.Path(path_type=Path),
        default=_named_before,
        help="The profile's folder; FIELDAPP_PROFILE names another default.",
    )(command)


@contextmanager
def opened(folder: Path | None, passphrase_file: Path | None) -> Iterator[Laptop]:
    """The unlocked profile; locked again at the end whatever happens."""
    place = folder or default_profile_folder()
    clock = SystemClock()
    laptop = unlock_remembered(place, clock) if passphrase_file is None else None
    if laptop is None:
        laptop = unlock_laptop(place, passphrase_from(passphrase_file), clock)
    try:
        yield laptop
    finally:
        laptop.lock()


def passphrase_from(file: Path | None, *, confirm: bool = False) -> str:
    """The passphrase from a file, from FIELDAPP_PASSPHRASE, or asked for without showing it.

    Raises Actionable when the file cannot be read or nobody can be asked.
    """
    if file is not None:
        try:
            with file.open(encoding="utf-8-sig") as lines:  # some editors begin every file with a mark
                return lines.readline(LONGEST_LINE).rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise Actionable(
                "passphrase_file", Sentence("The passphrase file {path} cannot be read.", path=str(file))
            ) from error
    given = os.environ.get("FIELDAPP_PASSPHRASE")
    if given:
        return given
    answer = _asked(confirm=confirm)
    if not answer:
        raise Actionable(
            "passphrase_needed",
            Sentence("The passphrase is needed and nobody could be asked for it."),
            advice=Sentence("Name a file that holds it with --passphrase-file."),
        )
    return answer


def _asked(*, confirm: bool) -> str:
    """What a person types, or the line that a script sends; empty when there is neither."""
    if sys.stdin is None:
        return ""
    try:
        if not sys.stdin.isatty():
            return sys.stdin.readline(LONGEST_LINE).rstrip("\r\n")
        answer: str = click.prompt(tr("Passphrase"), hide_input=True, confirmation_prompt=confirm, err=True)
    except (click.Abort, UnicodeDecodeError, OSError):
        return ""
    return answer


def _named_before() -> Path | None:
    """The folder named before the command: ``fieldapp --profile FOLDER sync``."""
    named: Path | None = click.get_current_context().find_root().params.get("folder")
    return named
