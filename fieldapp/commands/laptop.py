"""``fieldapp enrol|sync|doctor|backup|restore``: a laptop without its screen."""

from __future__ import annotations

from pathlib import Path

import click

from fieldapp.commands.answering import Answer, answering
from fieldapp.commands.opening import on_a_profile, opened, passphrase_from
from fieldapp.protocol.identifiers import SystemClock
from fieldapp.services.laptop import check_laptop, default_profile_folder, enrol_laptop, restore_laptop
from fieldapp.services.synchronise import Stage, Summary, synchronise_laptop
from fieldapp.translation import tr, trn


@click.command("enrol")
@on_a_profile
@click.option("--address", required=True, help="Head office's address.")
@click.option("--code", required=True, help="The one-time code from the administrator.")
@click.option(
    "--certificate", type=click.Path(path_type=Path), help="Head office's certificate, if it is the bank's own."
)
@answering
def enrol(
    folder: Path | None,
    passphrase_file: Path | None,
    address: str,
    code: str,
    certificate: Path | None,
    answer: Answer,
) -> None:
    """Make this laptop an officer's."""
    place = folder or default_profile_folder()
    laptop = enrol_laptop(
        place,
        address=address,
        code=code,
        passphrase=passphrase_from(passphrase_file, confirm=True),
        clock=SystemClock(),
        certificate_file=certificate,
    )
    enrolment = laptop.enrolment()
    laptop.lock()
    answer.give(
        {"profile": str(place), "device": enrolment.device, "staff": enrolment.staff, "branch": enrolment.branch},
        tr("This laptop belongs to {name}, {branch}.", name=enrolment.staff_name, branch=enrolment.branch_name),
        tr("Profile: {place}", place=place),
    )


@click.command("sync")
@on_a_profile
@answering
def sync(folder: Path | None, passphrase_file: Path | None, answer: Answer) -> None:
    """Synchronise with head office."""

    def progress(stage: Stage, done: int, total: int | None, _received: int = 0) -> None:
        answer.progress(f"{stage} {done}" + (f" / {total}" if total is not None else ""))

    with opened(folder, passphrase_file) as laptop:
        summary = synchronise_laptop(laptop, progress=progress)
    answer.give(facts_of(summary), *lines_of(summary))


@click.command("doctor")
@on_a_profile
@answering
def doctor(folder: Path | None, passphrase_file: Path | None, answer: Answer) -> None:
    """Check the database and say what is waiting; no personal data."""
    with opened(folder, passphrase_file) as laptop:
        facts = check_laptop(laptop)
    answer.give(facts, *(f"{name}: {value}" for name, value in facts.items()))


@click.command("backup")
@on_a_profile
@answering
def backup(folder: Path | None, passphrase_file: Path | None, answer: Answer) -> None:
    """Make a verified, encrypted backup beside the database."""
    with opened(folder, passphrase_file) as laptop:
        place = laptop.back_up()
    answer.give({"backup": str(place)}, tr("Backup made and verified: {place}", place=place))


@click.command("restore")
@on_a_profile
@answering
def restore(folder: Path | None, passphrase_file: Path | None, answer: Answer) -> None:
    """Put the newest sound backup in the place of a damaged database; the damaged one is kept."""
    place = folder or default_profile_folder()
    used = restore_laptop(place, passphrase_from(passphrase_file), SystemClock())
    answer.give(
        {"profile": str(place), "backup": str(used)},
        tr("Restored from {backup}. The old database lies beside it.", backup=used),
        tr("Synchronise now, so that head office can add what it already has."),
    )


def facts_of(summary: Summary) -> dict[str, object]:
    """A synchronisation for scripts."""
    return {
        "accepted": summary.accepted,
        "conflicts": summary.conflicts,
        "refused": summary.refused,
        "waiting": summary.waiting,
        "received": summary.received,
        "gone": summary.gone,
        "photos_sent": summary.photos_sent,
        "photos_received": summary.photos_received,
        "unsent": summary.unsent,
        "restored": summary.restored,
        "rescued": summary.rescued,
        "clock_skew_s": summary.skew_s,
    }


def lines_of(summary: Summary) -> list[str]:
    """A synchronisation for people."""
    lines = [
        tr(
            "Head office confirmed {accepted}, received from it {received}.",
            accepted=trn("{count} change", "{count} changes", summary.accepted),
            received=trn("{count} record", "{count} records", summary.received),
        )
    ]
    if summary.restored:
        lines.append(tr("Head office was set back to an older copy. What it had confirmed has been sent again."))
    if summary.rescued:
        lines.append(
            trn(
                "{count} record that it had forgotten was offered to it.",
                "{count} records that it had forgotten were offered to it.",
                summary.rescued,
            )
        )
    if summary.photos_sent or summary.photos_received:
        lines.append(
            tr("Photos sent {sent}, received {received}.", sent=summary.photos_sent, received=summary.photos_received)
        )
    if summary.conflicts:
        lines.append(
            trn("{count} change needs your decision.", "{count} changes need your decision.", summary.conflicts)
        )
    if summary.refused:
        lines.append(trn("{count} change was refused.", "{count} changes were refused.", summary.refused))
    lines.append(
        trn("{count} change is only on this laptop.", "{count} changes are only on this laptop.", summary.unsent)
        if summary.unsent
        else tr("Nothing is left to send.")
    )
    return lines
