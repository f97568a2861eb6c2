"""``fieldapp pdf``: the papers of an application or a visit without the screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import click

from fieldapp.commands.answering import Answer, answering
from fieldapp.commands.opening import on_a_profile, opened
from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
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
    for_signature: bool,
    seal: bool,
    answer: Answer,
) -> None:
    """Write the papers of an application (or of one visit, or all packs of a day) as PDF into the folder TARGET."""
    if sum((application is not None, visit is not None, day is not None)) > 1 or (
        sum((for_signature, seal, day is not None)) > 1
    ):
        raise Actionable("what", Sentence("Choose one: an application, a visit or a day; to freeze or to seal."))
    _require_folder(target)
    with opened(folder, passphrase_file) as laptop:
        if day is not None:
            _print_day(laptop.store, day.date(), target, answer)
            return
        _print_pack(laptop.store, target, application, visit, _making(laptop.store, for_signature, seal), answer)


_Paper = tuple[DocumentKind, str, str]
"""Its kind, the application or visit it is made of, and the person it is only of."""


def _making(store: Store, for_signature: bool, seal: bool) -> Callable[[_Paper], Document]:
    sealing, printing = SealDocuments(store), PrintDocuments(store)
    if for_signature:
        return lambda paper: sealing.freeze(paper[0], paper[1], about=paper[2])
    if seal:
        return lambda paper: sealing.seal(paper[0], paper[1], about=paper[2])
    return lambda paper: printing.make(paper[0], paper[1], about=paper[2])


def _print_pack(
    store: Store,
    target: Path,
    application: str | None,
    visit: str | None,
    make: Callable[[_Paper], Document],
    answer: Answer,
) -> None:
    printing = PrintDocuments(store)
    wanted: list[_Paper] = []
    lacking: list[str] = []
    if visit is not None:
        wanted.append((DocumentKind.VISIT, find_visit(store, visit), ""))
    else:
        lines = printing.pack(find_application(store, application))
        lacking += [f"{line.kind.value}: {say(line.lacking)}" for line in lines if line.lacking is not None]
        wanted += [(line.kind, line.record, line.about) for line in lines if line.lacking is None]
    written: list[dict[str, str]] = []
    for paper in wanted:
        document = make(paper)
        path = printing.save(document, target)
        written.append(
            {"path": str(path), "number": document.number, "digest": document.digest, "state": document.state.value}
        )
    answer.give(
        {"papers": written, "lacking": lacking},
        *(tr("{number}: {path}", number=one["number"], path=one["path"]) for one in written),
        *lacking,
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
