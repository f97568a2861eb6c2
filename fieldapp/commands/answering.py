"""How commands answer: words or JSON on standard output; for what went wrong one sentence and exit code 2."""

from __future__ import annotations

import functools
import json
import logging
import secrets
import sys
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import click

from fieldapp.domain.errors import Actionable, InvalidRecord
from fieldapp.translation import explain, say, tr

log = logging.getLogger(__name__)

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
            click.echo(text)

    def progress(self, text: str) -> None:
        """A line that replaces itself where a person is watching."""
        if not self.as_json and sys.stderr.isatty():
            click.echo(f"\r\x1b[K{text}", nl=False, err=True)

    def give(self, facts: dict[str, Any], *lines: str) -> None:
        """The result: ``lines`` for people, ``facts`` for scripts."""
        if not self.as_json and sys.stderr.isatty():
            click.echo("\r\x1b[K", nl=False, err=True)
        if self.as_json:
            click.echo(json.dumps(facts, ensure_ascii=False, default=str))
        else:
            for line in lines:
                click.echo(line)


def answering(command: Callable[P, T]) -> Callable[P, T]:
    """Give the command an ``answer`` and turn its errors into sentences and exit codes."""

    @click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for scripts.")
    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        answer = Answer(as_json=bool(kwargs.pop("as_json")))
        kwargs["answer"] = answer
        try:
            return command(*args, **kwargs)
        except Actionable as error:
            _report(answer, error)
            sys.exit(EXIT_ACTIONABLE)
        except (click.exceptions.Exit, click.ClickException):
            raise
        except (KeyboardInterrupt, click.Abort):
            click.echo(tr("Stopped. What was saved until now is safe."), err=True)
            sys.exit(EXIT_STOPPED)
        except BrokenPipeError:
            sys.exit(EXIT_STOPPED)
        except Exception:
            incident = f"E-{secrets.token_hex(3).upper()}"
            log.exception("command_failed", extra={"incident": incident})
            text = tr(
                "Something went wrong in the program itself ({incident}). Your records are safe.",
                incident=incident,
            )
            _say_error(answer, {"code": "internal", "incident": incident, "text": text})
            sys.exit(EXIT_OURS)

    return wrapped


def _report(answer: Answer, error: Actionable) -> None:
    facts: dict[str, Any] = {"code": error.code, "text": explain(error)}
    if error.field is not None:
        facts["field"] = error.field
    if isinstance(error, InvalidRecord):
        facts["text"] = " ".join(say(problem.sentence) for problem in error.problems)
        facts["problems"] = [{"field": problem.field, "code": problem.code} for problem in error.problems]
    _say_error(answer, facts)


def _say_error(answer: Answer, facts: dict[str, Any]) -> None:
    if not answer.as_json and sys.stderr.isatty():
        click.echo("\r\x1b[K", nl=False, err=True)
    click.echo(json.dumps({"error": facts}, ensure_ascii=False) if answer.as_json else facts["text"], err=True)
