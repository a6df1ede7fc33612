"""A superior's table to try 照表填报 on: title, two rows of heading, lined rows, 合计, signatures; and rows to fill it with."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
from openpyxl.styles import Border, Font, Side

from renben.engines.ledgers import template_fill, templates
from renben.engines.ledgers.definitions import Ledger

LINE = Side(style="thin")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
NUMBER = "110113197503020015"
FACTS = {
    "office": "胜利街道社会保障事务所",
    "as_of": "2026年11月23日",
    "month": "2026年11月",
    "by": "张晓明",
    "made_on": "2026年11月23日",
}
LEDGER = Ledger(
    slug="sample",
    name="样本台账",
    title=["样本台账"],
    summary="测试用。",
    procedures=["J-4.2.1"],
    citation="测试",
    source="x:y",
    columns=[
        {"key": "name", "title": "姓名", "total": "count"},
        {"key": "id_number", "title": "证件号码", "type": "id"},
        {"key": "phone", "title": "联系电话"},
        {"key": "received_on", "title": "接收日期", "type": "date"},
        {"key": "fen", "title": "金额（元）", "type": "fen", "total": "sum"},
        {"key": "state", "title": "状态"},
    ],
)


def rows(count: int) -> list[dict]:
    return [
        {
            "name": f"李建国{n}",
            "id_number": NUMBER,
            "phone": "13800000000",
            "received_on": dt.date(2026, 11, n % 28 + 1),
            "fen": 10_050,
            "state": "在管",
        }
        for n in range(count)
    ]


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def monthly(body: int = 2) -> bytes:
    """Title, unit and date above; a heading of two rows; a few lined rows; 合计 with a formula; signatures."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "月报"
    sheet["A1"] = "失业人员档案接收情况月报表"
    sheet.merge_cells("A1:G1")
    sheet["A2"], sheet["E2"] = "填报单位：          填表人：", "    年   月   日"
    for area, text in (("A3:A4", "序号"), ("B3:D3", "人员信息"), ("E3:F3", "档案"), ("G3:G4", "备注事项")):
        sheet.merge_cells(area)
        sheet[area.split(":")[0]] = text
    for place, text in zip("BCDEF", ("人员姓名", "公民身份号码", "手机", "接收时间", "金额(元)"), strict=True):
        sheet[f"{place}4"] = text
    for row in range(5, 5 + body):
        sheet.row_dimensions[row].height = 27
        for place in "ABCDEFG":
            sheet[f"{place}{row}"].border = BOX
            sheet[f"{place}{row}"].font = Font(name="仿宋", size=11)
    sheet["B5"] = "例：张三"
    end = 5 + body
    sheet[f"A{end}"], sheet[f"F{end}"] = "合 计", f"=SUM(F5:F{end - 1})"
    sheet[f"F{end}"].font = Font(bold=True)
    sheet.merge_cells(f"A{end}:B{end}")
    sheet.row_dimensions[end].height = 33
    sheet[f"A{end + 1}"] = "单位负责人：            审核："
    sheet.merge_cells(f"A{end + 1}:G{end + 1}")
    return saved(book)


def filled(data: bytes, lines: list[dict], mapping: templates.Mapping | None = None):
    sheet = templates.sheet_named(templates.sheets_of(data), "")
    mapping = mapping or templates.first_mapping(sheet, LEDGER)
    out = io.BytesIO()
    template_fill.fill(data, ledger=LEDGER, mapping=mapping, rows=lines, facts=FACTS, out=out)
    return openpyxl.load_workbook(io.BytesIO(out.getvalue())), out.getvalue()
