"""``fieldapp headoffice verify``: whether a paper is what head office holds."""

from __future__ import annotations

from pathlib import Path

import click

from fieldapp.commands.answering import Answer, answering
from fieldapp.commands.configured import on_head_office, opened
from fieldapp.headoffice.configuration import Settings


@click.command("verify")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--code", help="What the QR code of a page says, instead of a file.")
@answering
@on_head_office()
def verify(settings: Settings, file: Path | None, code: str | None, answer: Answer) -> None:
    """Tell whether FILE (a PDF, or a photograph or scan of a page) is what head office holds.

    The exit codes are those of 'fieldapp verify'. Head office prints nothing itself: drafts are unknown to it.
    """
    from fieldapp.commands.office_papers import check_at_head_office
    from fieldapp.commands.verify import require_one

    require_one(file, code)
    check_at_head_office(opened(settings), file, code, answer)


def register(group: click.Group) -> None:
    """Add the command to ``headoffice``."""
    group.add_command(verify)
