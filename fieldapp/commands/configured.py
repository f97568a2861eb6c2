"""Commands that work on a head office: its settings from the command line, the environment and a file."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from fieldapp.headoffice.administration import Administration, open_head_office
from fieldapp.headoffice.configuration import Settings, settle
from fieldapp.headoffice.database import damage_in_words
from fieldapp.protocol.identifiers import SystemClock

T = TypeVar("T")


def on_head_office(*flags: str) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """Give the command its ``settings``; ``flags`` are those of its options that are settings too."""

    def with_settings(command: Callable[..., T]) -> Callable[..., T]:
        @click.option(
            "--config",
            "config_file",
            type=click.Path(path_type=Path),
            help="A configuration file (TOML); FIELDAPP_HEADOFFICE_CONFIG names it too.",
        )
        @click.option("--database", help="The head office's file, or a postgresql:// URL.  [default: headoffice.db]")
        @functools.wraps(command)
        def settled(*, config_file: Path | None, database: str | None, **rest: Any) -> T:
            given = {"database": database, **{name: rest.pop(name) for name in flags}}
            with damage_in_words():
                return command(settings=settle(given, os.environ, config_file), **rest)

        return settled

    return with_settings


def opened(settings: Settings) -> Administration:
    """The head office that the settings name. Raises Actionable."""
    return open_head_office(settings.database, SystemClock())
