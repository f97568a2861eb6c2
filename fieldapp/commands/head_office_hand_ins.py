"""``fieldapp headoffice hand-in``: the sealed work of laptops that were shut out, looked at and let in by a person."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from fieldapp.commands.answering import Answer, answering
from fieldapp.commands.configured import on_head_office, opened
from fieldapp.headoffice.configuration import Settings
from fieldapp.translation import tr, trn


@click.group("hand-in")
def hand_in() -> None:
    """The unsent work of laptops whose access was withdrawn."""


@hand_in.command("list")
@answering
@on_head_office()
def list_hand_ins(settings: Settings, answer: Answer) -> None:
    """List what was handed in, the oldest first."""
    found = opened(settings).hand_ins()
    answer.give(
        {"hand_ins": [asdict(one) for one in found]},
        *("\t".join((one.hand_in, one.stream, one.device, one.received_at, _state(one.whole, one.admitted_at)))
          for one in found),
    )  # fmt: skip


@hand_in.command("show")
@click.argument("name", metavar="HAND_IN")
@answering
@on_head_office()
def show(settings: Settings, name: str, answer: Answer) -> None:
    """Open HAND_IN and count what is in it; nothing of it is printed."""
    found = opened(settings).look_into(name)
    answer.give(
        asdict(found),
        tr("Work of {staff}", staff=found.staff),
        *(tr("Unsent: {kind}, {count}", kind=kind, count=count) for kind, count in sorted(found.changes.items())),
        *(
            tr("Refused before: {kind}, {count}", kind=kind, count=count)
            for kind, count in sorted(found.refused.items())
        ),
        *(tr("Not finished: {form}, {count}", form=form, count=count) for form, count in sorted(found.drafts.items())),
        trn("{count} photo", "{count} photos", found.photos),
    )


@hand_in.command("export")
@click.argument("name", metavar="HAND_IN")
@click.argument("file", type=click.Path(path_type=Path))
@answering
@on_head_office()
def export(settings: Settings, name: str, file: Path, answer: Answer) -> None:
    """Write what is in HAND_IN to FILE: also what was refused or is not finished, for people to read.

    One JSON object a line, without photos. They are customers' data: keep FILE where only you can read it.
    """
    lines = opened(settings).write_out(name, file)
    answer.give({"file": str(file), "lines": lines}, tr("{count} entries are in {path}.", count=lines, path=file))


@hand_in.command("admit")
@click.argument("name", metavar="HAND_IN")
@click.option("--by", metavar="STAFF", required=True, help="Who decides it; never the officer whose work it is.")
@answering
@on_head_office()
def admit(settings: Settings, name: str, by: str, answer: Answer) -> None:
    """Let HAND_IN in as late work.

    New entries stand, values that differ from what stands wait for a person to decide, nothing is overwritten.
    """
    done = opened(settings).admit(name, by)
    damaged = done.photos_not_whole
    answer.give(
        {"outcomes": dict(done.outcomes), "photos": done.photos, "photos_not_whole": damaged},
        *(tr("{outcome}: {count}", outcome=outcome, count=count) for outcome, count in sorted(done.outcomes.items())),
        trn("{count} photo", "{count} photos", done.photos),
        *([trn("{count} photo is not whole", "{count} photos are not whole", damaged)] if damaged else []),
    )


def _state(whole: bool, admitted_at: str | None) -> str:
    if admitted_at is not None:
        return tr("let in {at}", at=admitted_at)
    return tr("waits for a person") if whole else tr("not whole yet")


def register(group: click.Group) -> None:
    """Add these commands to ``fieldapp headoffice``."""
    group.add_command(hand_in)
