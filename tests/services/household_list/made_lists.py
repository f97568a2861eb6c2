"""Lists made for the tests: small workbooks and CSV files with known rows."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

from fieldapp.reference import places
from fieldapp.services.household_list import RowOutcome, clean_rows, open_list

TODAY = date(2026, 11, 23)


def csv_file(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def outcomes(path: Path) -> list[RowOutcome]:
    file = open_list(path)
    return list(clean_rows(file, file.columns, TODAY, places()))


def codes(path: Path) -> list[str]:
    return [outcome.code for outcome in outcomes(path)]


Cell = str | int | tuple[str, str]
"""A text, a whole number, or the attributes and the inside of a cell as Excel writes them."""


def raw_workbook(
    path: Path,
    sheets: Mapping[str, Sequence[Sequence[Cell]]],
    *,
    merges: Sequence[str] = (),
    before: str = "",
    date1904: bool = False,
    states: Mapping[str, str] | None = None,
    rows_as: Mapping[int, str] | None = None,
    head: str = "",
    formats: Sequence[str] = (),
) -> Path:
    """A workbook written by hand, so that a test decides each byte that matters.

    ``formats`` are number formats, of the styles from 3 on.

    ``states`` are those of sheets (hidden, veryHidden), ``rows_as`` attributes of rows by their number, ``head`` stands
    before the cells.
    """
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        listed = "".join(
            f'<sheet name="{escape(name)}" sheetId="{n}" r:id="r{n}" state="{(states or {}).get(name, "visible")}"/>'
            for n, name in enumerate(sheets, start=1)
        )
        properties = f'<workbookPr date1904="{int(date1904)}"/>'
        archive.writestr(
            "xl/workbook.xml", f'<workbook {main} xmlns:r="{rel}">{properties}<sheets>{listed}</sheets></workbook>'
        )
        targets = "".join(
            f'<Relationship Id="r{n}" Type="{rel}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in range(1, len(sheets) + 1)
        )
        archive.writestr("xl/_rels/workbook.xml.rels", f"<Relationships>{targets}</Relationships>")
        archive.writestr(
            "xl/styles.xml",
            f"<styleSheet {main}><numFmts>"
            '<numFmt numFmtId="180" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/>'
            + "".join(
                f'<numFmt numFmtId="{number}" formatCode="{escape(code, {chr(34): "&quot;"})}"/>'
                for number, code in enumerate(formats, start=181)
            )
            + '</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="180"/>'
            + "".join(f'<xf numFmtId="{number}"/>' for number in range(181, 181 + len(formats)))
            + "</cellXfs></styleSheet>",
        )
        for n, rows in enumerate(sheets.values(), start=1):
            body = "".join(
                f'<row r="{r}" {(rows_as or {}).get(r, "")}>'
                + "".join(_cell(c, r, value) for c, value in enumerate(row))
                + "</row>"
                for r, row in enumerate(rows, start=1)
            )
            merged = "".join(f'<mergeCell ref="{ref}"/>' for ref in merges)
            archive.writestr(
                f"xl/worksheets/sheet{n}.xml",
                f"{before}<worksheet {main}>{head}<sheetData>{body}</sheetData>"
                f"<mergeCells>{merged}</mergeCells></worksheet>",
            )
    return path


def _cell(column: int, row: int, value: Cell) -> str:
    reference = f'r="{chr(65 + column)}{row}"'
    if isinstance(value, tuple):
        return f"<c {reference} {value[0]}>{value[1]}</c>"
    if isinstance(value, int):
        return f"<c {reference}><v>{value}</v></c>"
    return f'<c {reference} t="inlineStr"><is><t>{escape(value)}</t></is></c>' if value else ""
