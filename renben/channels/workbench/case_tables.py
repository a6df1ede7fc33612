"""The table of a step read from a workbook: headings wherever they stand, every fault named, all rows or none."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from renben.channels.workbench.case_acts import keep_uploads
from renben.channels.workbench.case_form import StepForm
from renben.channels.workbench.cases import back_to, case_context
from renben.channels.workbench.downloads import export
from renben.channels.workbench.step_controls import MAX_ROWS
from renben.engines.procedures import queries
from renben.engines.procedures.models import Case, CaseStep
from renben.engines.procedures.schema import CaseField, FieldColumn
from renben.kernel import files
from renben.kernel.policy import page
from renben.kernel.textnorm import halfwidth, parse_date
from renben.services.exchange.layout import label_forms
from renben.services.exchange.workbook import RefusedFile, open_grids

LOOKED_AT = 20
"""Rows in which the headings are looked for."""
SHOWN = 8
TOTALS = ("合计", "总计", "小计", "制表", "填表")
ALSO = {"证件号码": ("身份证号", "身份证号码", "公民身份号码"), "单位名称": ("用人单位", "单位")}
"""Other words for a heading."""
EXACT = 10**15
"""A whole number from here on has lost its last digits in a spreadsheet's number format."""


class WrongTable(Exception):
    """The file is not taken; `faults` are sentences for whoever sent it."""

    def __init__(self, *faults: str) -> None:
        super().__init__("".join(faults))
        self.faults = faults


def _words(column: FieldColumn) -> set[str]:
    return {form for text in (column.label, *ALSO.get(column.label, ())) for form in label_forms(text)}


def _headings(row: Sequence[object], columns: Sequence[FieldColumn]) -> dict[int, FieldColumn]:
    """`{place: column}` when this is the row of headings: every required column stands in it."""
    found: dict[int, FieldColumn] = {}
    for column in columns:
        words = _words(column)
        for place, cell in enumerate(row):
            if place not in found and cell not in (None, "") and words & set(label_forms(cell)):
                found[place] = column
                break
    return found if {c.name for c in columns if c.required} <= {c.name for c in found.values()} else {}


def _figure(text: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", "").replace("，", "").removesuffix("元"))
    except InvalidOperation:
        raise ValueError("应写数字，例如 1200.50") from None
    if not number.is_finite():
        raise ValueError("应写数字，例如 1200.50")
    return number


def value_of(cell: object, column: FieldColumn) -> str:
    """A cell as one would type it; ValueError with what it should be."""
    if column.type == "date":
        if cell in (None, "") or not str(cell).strip():
            return ""
        day = parse_date(cell)
        if day is None:
            raise ValueError("日期应写成 2026-10-01 这样")
        return day.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        if abs(cell) >= EXACT:
            raise ValueError("号码存成了数字，后几位已经丢失，请把这一列设成“文本”重新填写")
        cell = int(cell)
    text = halfwidth(str(cell if cell is not None else "")).strip()
    if not text:
        return ""
    if column.type == "int" and _figure(text) != _figure(text).to_integral_value():
        raise ValueError("应写整数")
    if column.type in ("number", "money_fen"):
        number = _figure(text)
        if column.type == "money_fen" and number != round(number, 2):
            raise ValueError("金额最多两位小数")
    if column.type == "bool" or column.choices:
        choices = [("true", "是"), ("false", "否")] if column.type == "bool" else []
        choices += [(str(choice.value), choice.label) for choice in column.choices]
        found = next((value for value, label in choices if text in (value, label)), None)
        if found is None:
            raise ValueError(f"只能写：{'、'.join(label for _, label in choices)}")
        return found
    return text[:300]


def _line(number: int, row: Sequence[object], places: dict[int, FieldColumn]) -> tuple[dict[str, str], list[str]]:
    """The values of a row and what is wrong with it."""
    values, wrong = {}, []
    for place, column in places.items():
        cell = row[place] if place < len(row) else None
        try:
            values[column.name] = value_of(cell, column)
        except ValueError as error:
            wrong.append(f"第{number}行“{column.label}”写的是“{str(cell)[:20]}”：{error}。")
            continue
        if column.required and not values[column.name]:
            wrong.append(f"第{number}行没有填“{column.label}”。")
    return values, wrong


def read_rows(columns: Sequence[FieldColumn], data: bytes, name: str) -> list[dict[str, str]]:
    """The rows of the first sheet that has the headings. WrongTable names every fault; then nothing is taken."""
    try:
        grids = open_grids(data, name)
    except RefusedFile as refused:
        raise WrongTable(str(refused)) from refused
    found: list[dict[str, str]] = []
    wrong: list[str] = []
    for grid in grids:
        places: dict[int, FieldColumn] = {}
        for number, row in enumerate(grid.rows(), start=1):
            if not places:
                if number > LOOKED_AT:
                    break
                places = _headings(row, columns)
                continue
            texts = [str(cell).strip() for cell in row if str(cell if cell is not None else "").strip()]
            if not texts or texts[0].startswith(TOTALS):
                continue
            values, faults = _line(number, row, places)
            found.append(values)
            wrong += faults
        if places:
            break
    if wrong:
        more = [f"……共{len(wrong)}处，请改好整张表再读入。"] if len(wrong) > SHOWN else []
        raise WrongTable(*wrong[:SHOWN], *more)
    if not found:
        labels = "、".join(column.label for column in columns)
        raise WrongTable(f"表里没有找到“{labels}”这几列或一行数据，请下载模板填写。")
    if len(found) > MAX_ROWS:
        raise WrongTable(f"表里有{len(found)}行，一次最多{MAX_ROWS}行，请分成几件办理。")
    return found


def _asked(request: HttpRequest, step_id: int) -> tuple[Case, CaseStep, Any, CaseField | None]:
    """Case, step, its definition, and the table named in the form; None for a table the step does not have."""
    case: Case = request.subject
    step = get_object_or_404(case.steps.select_related("organization"), pk=step_id)
    step.case = case
    spec = queries.procedure_of(case).step(step.key).as_of(step.nth)
    table = next((one for one in spec.fields if one.type == "rows" and one.name == request.POST.get("table")), None)
    return case, step, spec, table


def _no_table(request: HttpRequest, case: Case) -> HttpResponse:
    messages.error(request, "这一步没有这张表，请刷新页面再试。")
    return back_to(case)


@require_POST
@page(action="case.work", subject="case")
def read_table(request: HttpRequest, pk: int, step_id: int) -> HttpResponse:
    """从 Excel 读入: the rows stand in the form to be checked, whatever was typed stays; nothing is done yet."""
    case, step, spec, table = _asked(request, step_id)
    if table is None:
        return _no_table(request, case)
    posted, status = request.POST.copy(), 200
    try:
        keep_uploads(request, posted, step, spec)
    except files.Refused as refused:
        messages.error(request, str(refused))
    blank = StepForm(step=step, spec=spec, files_of=request.user)
    typed = {name: one.widget.value_from_datadict(posted, request.FILES, name) for name, one in blank.fields.items()}
    uploaded = request.FILES.get(f"{table.name}__table")
    try:
        if uploaded is None:
            raise WrongTable("请先选择要读入的 Excel 文件。")
        typed[table.name] = read_rows(table.columns, uploaded.read(), uploaded.name)
        messages.success(request, f"“{table.label}”读入{len(typed[table.name])}行，核对以后再往下办。")
    except WrongTable as refused:
        status = 422
        for fault in refused.faults:
            messages.error(request, fault)
    form = StepForm(step=step, spec=spec, files_of=request.user, initial=typed)
    return render(request, "cases/case.html", case_context(request, case, form=form, step_key=step.key), status=status)


@require_POST
@page(action="case.work", subject="case")
def table_template(request: HttpRequest, pk: int, step_id: int) -> HttpResponse:
    """The empty table to fill in, headings as they are read."""
    case, _, _, table = _asked(request, step_id)
    if table is None:
        return _no_table(request, case)
    columns = [
        (f"{column.label}（元）" if column.type == "money_fen" else column.label, 20) for column in table.columns
    ]
    return export(request, f"{table.label}（模板）", columns, [], lambda row: [])
