"""``fieldapp headoffice reassign|export|backup|audit``: what head office does with the records themselves."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from fieldapp.commands.answering import Answer, answering
from fieldapp.commands.configured import on_head_office, opened
from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.configuration import Settings
from fieldapp.headoffice.export import ExportFormat
from fieldapp.headoffice.reassignment import HandedOn
from fieldapp.headoffice.separated import separated
from fieldapp.translation import say, tr, trn

EXIT_BROKEN, EXIT_LEFT = 1, 3


@click.command("reassign")
@click.argument("prospect", required=False)
@click.option("--all-of", "all_of", metavar="STAFF", help="Every prospect of this member of staff.")
@click.option("--to", "to", metavar="STAFF", required=True, help="Who gets them, of whatever sub-branch.")
@answering
@on_head_office()
def reassign(settings: Settings, prospect: str | None, all_of: str | None, to: str, answer: Answer) -> None:
    """Hand PROSPECT to another officer.

    Everything recorded about it goes along, to whatever sub-branch.
    """
    if (prospect is None) == (all_of is None):
        raise Actionable("reassign_what", Sentence("Name one prospect, or whose prospects with --all-of."))
    office = opened(settings)
    if all_of is not None:
        handed_on = office.reassign_all(all_of, to, lambda done: answer.progress(str(done)))
    else:
        handed_on = HandedOn([office.reassign(prospect or "", to)], [])
    moved, left = handed_on.moved, handed_on.left
    parted = separated(office.store, moved)
    name = next(one.name for one in office.staff() if one.staff == to)
    records = sum(one.records for one in moved)
    answer.give(
        {
            "prospects": len(moved),
            "records": records,
            "moved": [asdict(one) for one in moved],
            "left": [{"prospect": one.prospect, "code": one.why.code, "text": str(one.why.sentence)} for one in left],
            "separated": [asdict(one) for one in parted],
        },
        trn(
            "{count} prospect now belongs to {name}.", "{count} prospects now belong to {name}.", len(moved), name=name
        ),
        trn("{count} record went with it.", "{count} records went with them.", records - len(moved)),
        tr("The laptops learn of it when they synchronise. What a former officer hands in later counts as late."),
        *(tr("{number} stayed: {why}", number=one.prospect, why=say(one.why.sentence)) for one in left),
        *(
            tr(
                "{name} stands in application {application} of {officer} and belongs to customer {prospect} of {staff}:"
                " {officer} does not see them. Hand that customer over too, or have {name} entered with the loan's.",
                name=one.name,
                application=one.number or one.application,
                officer=one.officer,
                prospect=one.prospect,
                staff=one.staff,
            )
            for one in parted
        ),
    )
    if left:
        sys.exit(EXIT_LEFT)


@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--branch", "branch_code", help="Only this sub-branch's.")
@click.option("--format", "shape", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
@click.option("--attachments", is_flag=True, help="The photographs too.")
@answering
@on_head_office()
def export(
    settings: Settings, folder: Path, branch_code: str | None, shape: ExportFormat, attachments: bool, answer: Answer
) -> None:
    """Write everything as tables into FOLDER.

    Every record, journal entry and laptop, as of one moment, with a manifest of the files. What is written is
    personal data in clear text: keep it as safe as the database.
    """
    written = opened(settings).export(
        folder,
        branch=branch_code,
        shape=shape,
        attachments=attachments,
        progress=lambda rows: answer.progress(trn("{count} row", "{count} rows", rows)),
    )
    answer.give(
        {"folder": str(written.folder), "rows": written.counts, "attachments": written.attachments},
        *(f"{name}\t{trn('{count} row', '{count} rows', count)}" for name, count in written.counts.items()),
        *([trn("{count} attachment", "{count} attachments", written.attachments)] if attachments else []),
        tr("Written to {folder}: personal data in clear text.", folder=written.folder),
    )


@click.command("backup")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--tried", metavar="PLACE", help="A backup that was restored on trial: a file, or a PostgreSQL database.")
@answering
@on_head_office()
def backup(settings: Settings, file: Path | None, tried: str | None, answer: Answer) -> None:
    """Copy the database to FILE while it is at work, and try the copy.

    A PostgreSQL database is backed up with its own tools; restore the backup on trial and name that with --tried.
    Laptops keep what they sent until the second newest backup that was tried holds it.
    """
    if (file is None) == (tried is None):
        raise Actionable("backup_what", Sentence("Name the file to copy to, or a tried backup with --tried."))
    office = opened(settings)
    done = office.back_up(settings.database, file) if file is not None else office.note_tried(tried or "")
    answer.give(
        {"file": str(file) if file else tried, "reaches": done.backup.reaches, "durable": done.durable},
        *(tr("{stream}: up to number {seq}", stream=stream, seq=seq) for stream, seq in done.backup.reaches.items()),
        tr("The backup was read through and holds."),
        tr("Laptops are told that everything before the backup before this one is safe.")
        if done.durable
        else tr("Laptops keep everything until there is a second backup."),
    )


@click.command("purge")
@click.option(
    "--days",
    type=click.IntRange(1, 36_500),
    default=400,
    show_default=True,
    help="What left longer ago is forgotten, and photos from before that are removed if no record names them.",
)
@answering
@on_head_office()
def purge(settings: Settings, days: int, answer: Answer) -> None:
    """Forget which records left which laptops long ago, and remove photos that no record names.

    Only that they left is forgotten: records, journals and receipts stay. A laptop that has not synchronised since then
    reads everything anew the next time, and loses nothing. Photos that came so long ago, whole or in part, and that
    neither a record names nor a hand-in are removed.
    """
    office = opened(settings)
    done = office.purge(days)
    removed = office.remove_unnamed_photos(days)
    departures = sum(one.departures for one in done)
    answer.give(
        {"departures": departures, "streams": [asdict(one) for one in done], **asdict(removed)},
        *(tr("{stream}: up to number {seq}", stream=one.stream, seq=one.floor) for one in done if one.departures),
        trn("{count} departure is forgotten.", "{count} departures are forgotten.", departures),
        trn(
            "{count} photo that no record names is removed.",
            "{count} photos that no record names are removed.",
            removed.photos,
        ),
    )


@click.group("audit")
def audit() -> None:
    """The journals of everything that was accepted."""


@audit.command("verify")
@answering
@on_head_office()
def verify(settings: Settings, answer: Answer) -> None:
    """Verify every stream's journal, entry by entry.

    Says which entry is the first that does not hold; the exit code is then 1.
    """
    streams: dict[str, dict[str, object]] = {}
    lines: list[str] = []
    for one in opened(settings).audit():
        streams[one.stream] = {"entries": one.entries, "hash": one.hash, "broken_at": one.broken_at}
        answer.progress(one.stream)
        if one.broken_at is None:
            lines.append(tr("{stream}: {number} entries, unbroken", stream=one.stream, number=one.entries))
        else:
            lines.append(
                tr(
                    "The journal of {stream} was altered: entry {seq} does not follow from those before.",
                    stream=one.stream,
                    seq=one.broken_at,
                )
            )
    sound = all(facts["broken_at"] is None for facts in streams.values())
    answer.give({"sound": sound, "streams": streams}, *lines)
    if not sound:
        sys.exit(EXIT_BROKEN)


def register(group: click.Group) -> None:
    """Add these commands to ``fieldapp headoffice``."""
    for command in (reassign, export, backup, purge, audit):
        group.add_command(command)
