"""A command that was typed wrongly: said in one sentence, in the officer's language, or as JSON; exit code 2."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from importlib import import_module
from types import MappingProxyType
from typing import Any

import click

from fieldapp.commands.answering import EXIT_STOPPED, Answer, report
from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.system_language import system_language
from fieldapp.translation import Language, tr, use_language

LANGUAGE_VARIABLE = "FIELDAPP_LANGUAGE"


class CommandLine(click.Group):
    """The commands of the program; what click refuses is explained like every other error.

    ``rooms`` names where each command is, ``module:attribute`` in this package; it is imported when it is asked for.
    """

    rooms: Mapping[str, str] = MappingProxyType({})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, by name."""
        return sorted({*super().list_commands(ctx), *self.rooms})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, if there is one."""
        if cmd_name not in self.rooms:
            return super().get_command(ctx, cmd_name)
        module, _colon, attribute = self.rooms[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"fieldapp.commands.{module}"), attribute)
        return command

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the command that ``args`` name, the process's own arguments for None."""
        use_language(_usual_language())  # an option may name another; a wrong option is refused before it is read
        as_json = "--json" in (sys.argv[1:] if args is None else args)
        run = partial(super().main, args, prog_name, complete_var, False, **extra)
        if not standalone_mode:
            return run()
        try:
            sys.exit(run())
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            sys.exit(error.exit_code)
        except click.UsageError as error:
            report(Answer(as_json=as_json), _explained(error))
            sys.exit(error.exit_code)
        except click.Abort:
            click.echo(tr("Stopped. What was saved until now is safe."), err=True)
            sys.exit(EXIT_STOPPED)


def _usual_language() -> Language:
    """The one that is asked for; else English, which every terminal can show."""
    asked = os.environ.get(LANGUAGE_VARIABLE)
    if asked in list(Language):
        return Language(asked)
    return system_language(os.environ) or Language.ENGLISH


def _explained(error: click.UsageError) -> Actionable:
    command = error.ctx.command_path if error.ctx is not None else "fieldapp"
    return Actionable(
        "usage", _sentence(error), advice=Sentence("'{command} --help' says what it takes.", command=command)
    )


def _sentence(error: click.UsageError) -> Sentence:
    match error:
        case click.exceptions.NoSuchCommand():
            return Sentence("There is no command {name}.", name=error.command_name)
        case click.NoSuchOption():
            return Sentence("There is no option {name}.", name=error.option_name)
        case click.MissingParameter():
            return Sentence("{name} is missing.", name=_name(error))
        case click.BadParameter() if isinstance(error.param, click.Parameter):
            if isinstance(error.param.type, click.Choice):
                choices = ", ".join(str(choice) for choice in error.param.type.choices)
                return Sentence("{name} is one of {choices}.", name=_name(error), choices=choices)
            return Sentence("{name} cannot be what was given.", name=_name(error))
        case click.BadOptionUsage():
            return Sentence("The option {name} is not used like this.", name=error.option_name)
        case _:
            return Sentence("This command takes fewer words, or others.")


def _name(error: click.BadParameter) -> str:
    parameter = error.param
    if isinstance(parameter, click.Option):
        return parameter.opts[-1]
    return parameter.make_metavar(error.ctx) if parameter is not None and error.ctx is not None else "?"
