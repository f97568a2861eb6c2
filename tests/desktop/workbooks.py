"""Workbooks as villages send them: lists on several sheets, parts of them hidden; families in a row; turned ones."""

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


def families(path: Path) -> Path:
    """Families in one row each, with a number that is wrong and what has no field."""
    book = openpyxl.Workbook()
    book.active.append([
        "户主姓名", "电话", "所在村", "配偶姓名", "配偶身份证号", "成员1姓名", "成员1关系", "成员1年龄", "年收入"
    ])  # fmt: skip
    book.active.append(["张三", "13800000001", "和平村", "李梅", "421224198003050028", "张小", "长子", 12, 5])
    book.active.append(["李四", "13800000002", "和平村", "王梅", "421224198003050029", "李小", "长女", 9, 6])
    book.active.append(["王五", "13800000003", "和平村", "丧偶", "", "", "", "", 7])
    for row in range(2, 5):
        book.active.cell(row, 9).number_format = '0.0"万元"'
    book.save(path)
    return path


def across(path: Path) -> Path:
    """A household in each column."""
    book = openpyxl.Workbook()
    for row in (
        ["姓名", "张三", "李四"], ["电话", "13800000001", "13800000002"], ["所在村", "和平村", "石门村"],
        ["民族", "汉", "汉"],
    ):  # fmt: skip
        book.active.append(row)
    book.save(path)
    return path
