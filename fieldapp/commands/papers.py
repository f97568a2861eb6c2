"""``fieldapp pdf``: the papers of an application or a visit without the screen."""

from __future__ import annotations

from pathlib import Path

import click

from fieldapp.commands.answering import Answer, answering
from fieldapp.commands.opening import on_a_profile, opened
from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.services.find_papers import find_application, find_visit
from fieldapp.services.print_documents import PrintDocuments
from fieldapp.translation import say, tr


@click.command("pdf")
@click.argument("target", type=click.Path(path_type=Path))
@on_a_profile
@click.option("--application", help="An application's number or record; the newest one otherwise.")
@click.option("--visit", help="A visit's record: only its own paper.")
@answering
def pdf(
    target: Path,
    folder: Path | None,
    passphrase_file: Path | None,
    application: str | None,
    visit: str | None,
    answer: Answer,
) -> None:
    """Write the papers of an application (or of one visit) as PDF into the folder TARGET."""
    _require_folder(target)
    written: list[dict[str, str]] = []
    lacking: list[str] = []
    with opened(folder, passphrase_file) as laptop:
        printing = PrintDocuments(laptop.store)
        if visit is not None:
            documents = [printing.visit_record(find_visit(laptop.store, visit))]
        else:
            lines = printing.pack(find_application(laptop.store, application))
            lacking = [f"{line.kind.value}: {say(line.lacking)}" for line in lines if line.lacking is not None]
            documents = [printing.of(line) for line in lines if line.lacking is None]
        for document in documents:
            path = printing.save(document, target)
            written.append({"path": str(path), "number": document.number, "digest": document.digest})
    answer.give(
        {"papers": written, "lacking": lacking},
        *(tr("{number}: {path}", number=paper["number"], path=paper["path"]) for paper in written),
        *lacking,
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
