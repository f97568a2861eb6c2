"""The program's entrance: wires the command line and the desktop together and decides nothing."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import click

from fieldapp.commands.answering import Answer, answering
from fieldapp.commands.usage import LANGUAGE_VARIABLE, CommandLine
from fieldapp.translation import Language, tr, use_language

LANGUAGES = click.Choice([language.value for language in Language])


@click.group(cls=CommandLine, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--language", type=LANGUAGES, envvar=LANGUAGE_VARIABLE, help="zh or en; the system's by default.")
@click.option("--profile", "folder", type=click.Path(path_type=Path), help="The profile's folder.")
@click.option("--verbose", is_flag=True, help="Tell on standard error what happens; ids only, no personal data.")
@click.version_option(package_name="fieldapp")
@click.pass_context
def fieldapp(context: click.Context, language: str | None, folder: Path | None, verbose: bool) -> None:
    """The field program of a bank's micro-credit officers. Without a command it opens the desktop program."""
    if language is not None:
        use_language(Language(language))
    logging.basicConfig(level=logging.INFO if verbose else logging.ERROR, format="%(levelname)s %(name)s %(message)s")
    if context.invoked_subcommand is None:
        context.invoke(_desktop, folder=folder, language=Language(language) if language is not None else None)


@click.command()
@answering
def _desktop(folder: Path | None, language: Language | None, answer: Answer) -> None:
    from fieldapp.desktop.start import run_desktop  # Qt is loaded only where a window is wanted
    from fieldapp.protocol.identifiers import SystemClock
    from fieldapp.services.laptop import default_profile_folder

    place = folder or default_profile_folder()
    answer.note(tr("Opening {place} …", place=place))
    sys.exit(run_desktop(place, SystemClock(), language=language))


def main() -> None:
    """Run ``fieldapp`` with the process's arguments."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    fieldapp()


fieldapp.rooms = {  # named, not imported: head office's server would carry the whole laptop in its memory
    "headoffice": "head_office:head_office",
    "demo": "demo:demo",
    "enrol": "laptop:enrol",
    "sync": "laptop:sync",
    "doctor": "laptop:doctor",
    "backup": "laptop:backup",
    "restore": "laptop:restore",
    "pdf": "papers:pdf",
    "verify": "verify:verify",
    "import": "registers:import_list",
    "export": "registers:export",
}
