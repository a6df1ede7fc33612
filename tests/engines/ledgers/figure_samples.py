"""Superiors' tables of figures to try 照表填报 on: a grid with merged heads and 合计, a grid of ages, a form of single cells."""

from __future__ import annotations

import openpyxl
from openpyxl.styles import Border, Side

from tests.engines.ledgers.template_samples import saved

LINE = Side(style="thin")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)


def boxed(sheet, area: str) -> None:
    for row in sheet[area]:
        for cell in row:
            cell.border = BOX


def by_street(*labels: str, extra: tuple[str, ...] = (), title: str = "失业人员管理台账按街镇统计表") -> bytes:
    """Two rows of heading over merged cells; one row per label; 合计 with a formula in one column; a column that adds up.

    The columns: A 街道, B 登记失业人数, C 性别/男, D 性别/女, E 合计（男＋女）as a formula, then `extra`.
    """
    labels = labels or ("胜 利 街道", "光明街道", "外省")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "街镇"
    sheet["A1"] = title
    sheet.merge_cells("A1:E1")
    sheet["A2"] = "填报单位：          填表人："
    for area, text in (("A3:A4", "街道"), ("B3:B4", "登记失业人数"), ("C3:D3", "性别"), ("E3:E4", "男女相加")):
        sheet.merge_cells(area)
        sheet[area.split(":")[0]] = text
    sheet["C4"], sheet["D4"] = "男", "女"
    for place, text in enumerate(extra, start=6):
        sheet.cell(row=3, column=place, value=text)
        sheet.merge_cells(start_row=3, end_row=4, start_column=place, end_column=place)
    for number, label in enumerate(labels, start=5):
        sheet[f"A{number}"], sheet[f"E{number}"] = label, f"=C{number}+D{number}"
    end = 5 + len(labels)
    sheet[f"A{end}"], sheet[f"B{end}"] = "合　计", f"=SUM(B5:B{end - 1})"
    sheet[f"A{end + 1}"] = "单位负责人：            审核："
    boxed(sheet, f"A3:{'ABCDEFGH'[4 + len(extra)]}{end}")
    return saved(book)


def by_label(head: str, *labels: str, heading: str = "人数", title: str = "失业人员管理台账") -> bytes:
    """A grid of one column of figures."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = title
    sheet["A2"], sheet["B2"], sheet["C2"] = head, heading, "备注"
    for number, label in enumerate(labels, start=3):
        sheet[f"A{number}"] = label
    boxed(sheet, f"A2:C{2 + len(labels)}")
    return saved(book)


def single_cells(title: str = "失业人员管理台账") -> bytes:
    """A form: a label, an empty cell beside it; no heading, no column of labels."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = title
    sheet.merge_cells("A1:D1")
    pairs = (
        ("A2", "填报单位"),
        ("C2", "填报日期"),
        ("A3", "登记失业人数"),
        ("C3", "其中：女"),
        ("A4", "说明文字"),
        ("C4", "填表人："),
    )
    for at, text in pairs:
        sheet[at] = text
    sheet["B5"], sheet["A5"] = "=B3-D3", "男"
    boxed(sheet, "A2:D5")
    return saved(book)
