"""``fieldapp headoffice …``: what an administrator does with the server and its database."""

from __future__ import annotations

import click

from fieldapp.commands import (
    head_office_accounts,
    head_office_controls,
    head_office_hand_ins,
    head_office_papers,
    head_office_records,
    head_office_server,
)


@click.group("headoffice")
def head_office() -> None:
    """Run and administer a head office.

    Settings come from the command line, else the environment (FIELDAPP_HEADOFFICE_DATABASE and so on), else the file
    that --config names; 'config' shows them.
    """


for room in (
    head_office_server,
    head_office_accounts,
    head_office_records,
    head_office_hand_ins,
    head_office_papers,
    head_office_controls,
):
    room.register(head_office)
