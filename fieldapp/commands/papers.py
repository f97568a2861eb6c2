"""``fieldapp pdf``: the papers of an application or a visit without the screen."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from fieldapp.commands.answering import Answer, answering
from fieldapp.commands.opening import on_a_profile, opened
from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.services.blank_forms import save_blank_forms
from fieldapp.services.find_papers import find_application, find_visit
from fieldapp.services.laptop import Store
from fieldapp.services.paper_kinds import DocumentKind
from fieldapp.services.print_day import print_day
from fieldapp.services.print_documents import Document, PrintDocuments
from fieldapp.services.seal_documents import SealDocuments
from fieldapp.translation import say, tr, trn


@click.command("pdf")
@click.argument("target", type=click.Path(path_type=Path))
@on_a_profile
@click.option("--application", help="An application's number or record; the newest one otherwise.")
@click.option("--visit", help="A visit's record: only its own paper.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="All packs of a day, e.g. 2026-11-24.")
@click.option("--blank", is_flag=True, help="Blank forms for the pen.")
@click.option("--for-signature", is_flag=True, help="Freeze the papers for the customer's signature.")
@click.option("--seal", is_flag=True, help="Seal the papers, which have been signed.")
@answering
def pdf(
    target: Path,
    folder: Path | None,
    passphrase_file: Path | None,
    application: str | None,
    visit: str | None,
    day: datetime | None,
    blank: bool,
    for_signature: bool,
    seal: bool,
    answer: Answer,
) -> None:
    """Write the papers of an application (or of one visit, all packs of a day, blank forms) as PDF into TARGET."""
    if sum((application is not None, visit is not None, day is not None, blank)) > 1 or (
        sum((for_signature, seal, day is not None, blank)) > 1
    ):
        raise Actionable(
            "what", Sentence("Choose one: an application, a visit, a day or blank forms; to freeze or to seal.")
        )
    _require_folder(target)
    with opened(folder, passphrase_file) as laptop:
        if blank:
            paths = [str(path) for path in save_blank_forms(laptop.store, target)]
            answer.give({"papers": paths}, *paths)
            return
        if day is not None:
            _print_day(laptop.store, day.date(), target, answer)
            return
        made, left_out = (
            ([_visit_paper(laptop.store, visit, for_signature, seal)], [])
            if visit is not None
            else _pack(laptop.store, find_application(laptop.store, application), for_signature, seal)
        )
        _write(PrintDocuments(laptop.store), target, made, left_out, answer)


def _visit_paper(store: Store, visit: str, for_signature: bool, seal: bool) -> Document:
    record = find_visit(store, visit)
    if for_signature:
        return SealDocuments(store).freeze(DocumentKind.VISIT, record)
    return SealDocuments(store).seal(DocumentKind.VISIT, record) if seal else PrintDocuments(store).visit_record(record)


def _pack(store: Store, application: str, for_signature: bool, seal: bool) -> tuple[list[Document], list[str]]:
    """The papers of an application, and for each that is not made its number and why."""
    if for_signature or seal:
        sealing = SealDocuments(store)
        kept = sealing.freeze_pack(application) if for_signature else sealing.seal_pack(application)
        return list(kept.documents), [f"{one.number}: {say(one.sentence)}" for one in kept.left_out]
    printing = PrintDocuments(store)
    lines = printing.pack(application)
    lacking = [f"{line.kind.value}: {say(line.lacking)}" for line in lines if line.lacking is not None]
    return [printing.of(line) for line in lines if line.lacking is None], lacking


def _write(
    printing: PrintDocuments, target: Path, documents: list[Document], left_out: list[str], answer: Answer
) -> None:
    written = [
        {
            "path": str(printing.save(document, target)),
            "number": document.number,
            "digest": document.digest,
            "state": document.state.value,
        }
        for document in documents
    ]
    answer.give(
        {"papers": written, "lacking": left_out},
        *(tr("{number}: {path}", number=one["number"], path=one["path"]) for one in written),
        *left_out,
    )


def _print_day(store: Store, day: date, target: Path, answer: Answer) -> None:
    def tell(done: int, total: int) -> None:
        answer.progress(tr("Packs written: {done} of {total}", done=done, total=total))

    printed = print_day(store, day, target, progress=tell)
    answer.give(
        {
            "packs": printed.packs,
            "papers": [str(path) for path in printed.paths],
            "lacking": [f"{one.number}: {say(one.sentence)}" for one in printed.unprinted],
        },
        *(str(path) for path in printed.paths),
        *(tr("{number}: {reason}", number=one.number, reason=say(one.sentence)) for one in printed.unprinted),
        trn("{count} pack written.", "{count} packs written.", printed.packs),
    )


def _require_folder(target: Path) -> None:
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Actionable(
            "no_folder",
            Sentence("The folder {path} cannot be used: {reason}.", path=str(target), reason=error.strerror or "?"),
            advice=Sentence("Choose another folder for the papers."),
        ) from error
