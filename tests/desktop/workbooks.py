"""A workbook as villages send it: a list on each sheet, parts of it hidden."""

from __future__ import annotations

from pathlib import Path

import openpyxl


def two_villages(path: Path) -> Path:
    """Two villages on a sheet each and a hidden list of last year.

    Two of the first's five rows are filtered out, and the identity numbers hidden.
    """
    book = openpyxl.Workbook()
    sheets = [book.active, book.create_sheet("石门村"), book.create_sheet("去年")]
    book.active.title = "和平村"
    for sheet, name, number_of_rows in zip(sheets, "何石贾", (5, 2, 9), strict=True):
        sheet.append(["姓名", "身份证号", "电话", "所在村", "意向金额（万元）"])
        for number in range(number_of_rows):
            phone = f"138{ord(name):05}{number:03}"
            sheet.append([f"{name}大{'甲乙丙丁戊己庚辛壬'[number]}", "", phone, sheet.title, number + 1])
    for row in sheets[2].iter_rows(min_row=2):
        row[3].value = "和平村"
    sheets[0].column_dimensions["B"].hidden = True
    for number in (3, 5):
        sheets[0].row_dimensions[number].hidden = True
    sheets[2].sheet_state = "hidden"
    book.save(path)
    return path
