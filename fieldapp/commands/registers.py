"""``fieldapp import|export``: household lists in, tables out."""

from __future__ import annotations

from pathlib import Path

import click

from fieldapp.commands.answering import Answer, answering
from fieldapp.commands.opening import on_a_profile, opened
from fieldapp.services.export_records import Exported, export_records
from fieldapp.services.household_list import DOUBTS, HouseholdListFile
from fieldapp.services.import_households import ImportResult, import_households, preview_list
from fieldapp.translation import say, tr, trn


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@on_a_profile
@click.option(
    "--refused", type=click.Path(path_type=Path), help="Where the refused rows go; beside the list otherwise."
)
@click.option("--sheet", help="Which sheet of a workbook is read; the one that looks most like a list otherwise.")
@click.option(
    "--hidden-rows/--no-hidden-rows",
    default=None,
    help="Whether rows that are hidden, by a filter or by hand, are read too; they are not unless all are hidden.",
)
@click.option("--preview", is_flag=True, help="Only say what would become of the first rows.")
@answering
def import_list(
    path: Path,
    folder: Path | None,
    passphrase_file: Path | None,
    refused: Path | None,
    sheet: str | None,
    hidden_rows: bool | None,
    preview: bool,
    answer: Answer,
) -> None:
    """Import the household list PATH (CSV or XLSX)."""
    with opened(folder, passphrase_file) as laptop:
        found = preview_list(laptop.store, path, sheet=sheet, hidden_rows=hidden_rows)
        columns = {field.value: found.file.headings[column] for field, column in found.file.columns.items()}
        unread = {
            "other_sheets": found.file.other_sheets,
            "other_lists": found.file.other_lists,
            "members_beside": [member.label for member in found.file.members()],
            "unread_columns": found.file.unread(found.file.columns),
            "hidden_columns": found.file.hidden_headings,
            "hidden_rows": found.file.hidden_rows,
            "hidden_rows_read": found.file.reads_hidden_rows,
        }
        if preview:
            outcomes = [outcome.code for outcome in found.outcomes]
            answer.give(
                {"columns": columns, **unread, "outcomes": outcomes},
                *_not_read(found.file),
                *(f"{field} ← {heading}" for field, heading in columns.items()),
                *(f"{outcome.number}: {outcome.code}" for outcome in found.outcomes),
            )
            return
        result = import_households(
            laptop.store,
            found.file,
            refused_to=refused,
            progress=lambda done, total: answer.progress(tr("{done} of {total} rows", done=done, total=total)),
        )
    answer.give(
        {"columns": columns, **unread, **facts_of(result)},
        *_not_read(found.file),
        *lines_of(result),
    )


@click.command("export")
@click.argument("path", type=click.Path(path_type=Path))
@on_a_profile
@click.option(
    "--what",
    type=click.Choice([kind.value for kind in Exported]),
    default=Exported.PROSPECTS.value,
    show_default=True,
)
@click.option("--in-clear", is_flag=True, help="With full identity and telephone numbers; this is noted.")
@answering
def export(
    path: Path, folder: Path | None, passphrase_file: Path | None, what: str, in_clear: bool, answer: Answer
) -> None:
    """Write records to PATH (.csv or .xlsx). The export itself is noted."""
    with opened(folder, passphrase_file) as laptop:
        count = export_records(laptop.store, Exported(what), path, in_clear=in_clear)
    answer.give(
        {"path": str(path), "what": what, "records": count},
        trn("{count} record written to {path}.", "{count} records written to {path}.", count, path=path),
    )


def _not_read(file: HouseholdListFile) -> list[str]:
    """What of a list is not read: other sheets, which are imported one at a time, hidden rows, columns without a field.

    And what is read though nobody sees it.
    """
    lines = []
    if file.lies_across:
        lines.append(
            tr(
                "The headings stand below each other: each household has a column, and the numbers of rows are those of"
                " columns."
            )
        )
    if file.sheet_is_hidden:
        lines.append(tr("The sheet {sheet} is read, which is hidden.", sheet=file.how_written))
    elif file.other_sheets:
        lines.append(tr("The sheet {sheet} is read.", sheet=file.how_written))
    if file.other_sheets:
        lines.append(tr("Not read: {sheets}", sheets=tr(", ").join(file.other_sheets)))
    if file.other_lists:
        lines.append(tr("Each is a list too; --sheet reads it: {sheets}", sheets=tr(", ").join(file.other_lists)))
    if file.hidden_rows and file.reads_hidden_rows:
        lines.append(
            trn(
                "{count} row that is hidden in this sheet is read too.",
                "{count} rows that are hidden in this sheet are read too.",
                file.hidden_rows,
            )
        )
    elif file.hidden_rows:
        lines.append(
            trn(
                "{count} row is hidden in this sheet and not read; --hidden-rows reads it.",
                "{count} rows are hidden in this sheet and not read; --hidden-rows reads them.",
                file.hidden_rows,
            )
        )
    if headings := file.hidden_headings:
        lines.append(tr("Hidden columns are read too: {columns}", columns=tr(", ").join(headings)))
    if members := file.members():
        said = tr(", ").join(member.label for member in members)
        lines.append(tr("Members read beside the head: {members}", members=said))
    if unread := file.unread(file.columns):
        lines.append(tr("Columns not read: {columns}", columns=tr(", ").join(unread)))
    return lines


def facts_of(result: ImportResult) -> dict[str, object]:
    """An import for scripts."""
    return {
        "rows": result.rows,
        "new": result.new,
        "members": result.members,
        "same_in_list": result.same_in_list,
        "same_as_known": result.same_as_known,
        "refused": dict(result.refused),
        "warnings": dict(result.warnings),
        "refused_file": str(result.refused_file) if result.refused_file else None,
        "stopped": result.stopped,
    }


def lines_of(result: ImportResult) -> list[str]:
    """An import for people."""
    lines = [
        tr(
            "{rows} rows read: {new} new, {same} already there, {refused} refused.",
            rows=result.rows,
            new=result.new,
            same=result.same_in_list + result.same_as_known,
            refused=result.refused_rows,
        )
    ]
    if result.members:
        lines.append(tr("Members of these households: {count}", count=f"{result.members:,}"))
    lines += [
        tr("Look at it: {doubt}: {count}", doubt=say(words), count=f"{result.warnings[code]:,}")
        for code, words in DOUBTS.items()
        if code in result.warnings
    ]
    if result.refused_file is not None:
        lines.append(tr("The refused rows with their reasons: {path}", path=result.refused_file))
    return lines
