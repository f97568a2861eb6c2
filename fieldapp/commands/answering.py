"""How commands answer: words or JSON on standard output; for what went wrong one sentence and exit code 2."""

from __future__ import annotations

import functools
import json
import os
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, ParamSpec, TypeVar

import click

from fieldapp.domain.errors import Actionable, InvalidRecord
from fieldapp.domain.wording import Sentence
from fieldapp.translation import explain, say, tr

P = ParamSpec("P")
T = TypeVar("T")

EXIT_ACTIONABLE = 2
EXIT_OURS = 1
EXIT_STOPPED = 130


class Answer:
    """What a command has to say; with ``--json`` only the facts, as one object on one line."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def note(self, text: str) -> None:
        """Something on the way, for people only."""
        if not self.as_json:
            _print(_shown(text))

    def progress(self, text: str) -> None:
        """A line that replaces itself where a person is watching."""
        if not self.as_json and sys.stderr.isatty():
            click.echo(f"\r\x1b[K{text}", nl=False, err=True)

    def give(self, facts: dict[str, Any], *lines: str) -> None:
        """The result: ``lines`` for people, ``facts`` for scripts."""
        if not self.as_json and sys.stderr.isatty():
            click.echo("\r\x1b[K", nl=False, err=True)
        if self.as_json:
            _print(json.dumps(facts, ensure_ascii=False, default=str))
        else:
            for line in lines:
                _print(_shown(line))


def answering(command: Callable[P, T]) -> Callable[P, T]:
    """Give the command an ``answer`` and turn its errors into sentences and exit codes."""

    @click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for scripts.")
    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        answer = Answer(as_json=bool(kwargs.pop("as_json")))
        kwargs["answer"] = answer
        try:
            _require_text(kwargs)
            return command(*args, **kwargs)
        except Actionable as error:
            report(answer, error)
            sys.exit(EXIT_ACTIONABLE)
        except (click.exceptions.Exit, click.ClickException):
            raise
        except (KeyboardInterrupt, click.Abort):
            click.echo(tr("Stopped. What was saved until now is safe."), err=True)
            sys.exit(EXIT_STOPPED)
        except BrokenPipeError:
            _drop_output()
            sys.exit(EXIT_STOPPED)
        except OSError as error:
            if error.filename is None:
                _report_ours(answer, error)
                sys.exit(EXIT_OURS)
            report(answer, _unusable(error))
            sys.exit(EXIT_ACTIONABLE)
        except Exception as error:  # noqa: BLE001 - the edge of the process
            _report_ours(answer, error)
            sys.exit(EXIT_OURS)

    return wrapped


_MAY_BE_PATHS = ("database",)


def _require_text(given: Mapping[str, object]) -> None:
    """Raises Actionable (``not_text``) where what was typed is in another encoding than the system's, as GB 18030 is.

    Only files may have such names.
    """
    for name, value in given.items():
        if isinstance(value, str) and name not in _MAY_BE_PATHS and not _is_text(value):
            raise Actionable(
                "not_text",
                Sentence("What was given for {name} is not readable text.", name=name),
                field=name,
                advice=Sentence("The terminal sends another encoding than this system's; set both to UTF-8."),
            )


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def report(answer: Answer, error: Actionable) -> None:
    """Say on standard error what happened and what to do now."""
    facts: dict[str, Any] = {"code": error.code, "text": explain(error)}
    if error.field is not None:
        facts["field"] = error.field
    if isinstance(error, InvalidRecord):
        facts["text"] = " ".join(say(problem.sentence) for problem in error.problems)
        facts["problems"] = [{"field": problem.field, "code": problem.code} for problem in error.problems]
    _say_error(answer, facts)


def _unusable(error: OSError) -> Actionable:
    """A path that the command line named and no room could use: too long, taken away, on a full disk."""
    return Actionable(
        "path",
        Sentence("{path} cannot be used: {reason}.", path=str(error.filename)[:300], reason=error.strerror or "?"),
        advice=Sentence("Your records are safe. Name another place, or free some space."),
    )


def _report_ours(answer: Answer, error: Exception) -> None:
    from fieldapp.desktop.incidents import incident, trail  # the desktop's room is entered only where needed

    number, passed = incident(error), trail(error)
    text = tr("Something went wrong in the program itself ({incident}). Your records are safe.", incident=number)
    _say_error(answer, {"code": "internal", "incident": number, "text": text, "trail": passed})
    if not answer.as_json:
        click.echo(passed, err=True)


def _say_error(answer: Answer, facts: dict[str, Any]) -> None:
    if not answer.as_json and sys.stderr.isatty():
        click.echo("\r\x1b[K", nl=False, err=True)
    click.echo(json.dumps({"error": facts}, ensure_ascii=False) if answer.as_json else _shown(facts["text"]), err=True)


_UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def _shown(text: str) -> str:
    """The text without what would steer a terminal or turn its reading direction: file names may hold it."""
    return _UNSHOWN.sub("\ufffd", text)


def _print(text: str) -> None:
    try:
        click.echo(text)
    except BrokenPipeError:
        raise
    except OSError as error:
        _drop_output()
        raise Actionable(
            "output",
            Sentence("The answer could not be written: {reason}.", reason=error.strerror or "?"),
            advice=Sentence("The work itself is done."),
        ) from error


def _drop_output() -> None:
    """Nobody takes what is still to be printed: the interpreter would complain about it at its end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
