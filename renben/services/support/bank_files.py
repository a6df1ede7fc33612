"""The bank's answer as a file (回盘): found by its headings, read whole, understood line by line or refused with each fault."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from renben.engines.payments.actions import PaymentRefused
from renben.engines.payments.returns import Result
from renben.kernel.textnorm import halfwidth
from renben.services.exchange.layout import plain_label
from renben.services.exchange.workbook import RefusedFile, open_grids

LINE, AMOUNT, STATE, REASON = "流水号", "金额", "结果", "原因"
COLUMNS = {
    LINE: {"流水号", "行号", "我方流水号", "明细序号", "业务流水号"},
    AMOUNT: {"金额", "金额元", "发放金额", "发放金额元", "交易金额"},
    STATE: {"结果", "处理结果", "发放结果", "交易结果", "状态", "交易状态", "成功标志"},
    REASON: {"原因", "失败原因", "退回原因", "备注", "说明", "错误信息"},
}
PAID = {"成功", "已发放", "入账成功", "交易成功", "已到账", "是", "y", "s", "1"}
BACK = {"失败", "退回", "退票", "未入账", "交易失败", "入账失败", "否", "n", "f", "0"}
_TOTALS = ("合计", "总计", "小计", "共计", "制表")
LOOKED_AT = 20
"""Rows from the top in which the headings are looked for."""


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return halfwidth(str(cell if cell is not None else "")).strip()


def _headings(row: Sequence[object]) -> dict[str, int]:
    """Where each column stands, when this row is the row of headings."""
    found: dict[str, int] = {}
    for place, cell in enumerate(row):
        label = plain_label(_text(cell))
        for name, written in COLUMNS.items():
            if label in written:
                found.setdefault(name, place)
    return found if {LINE, AMOUNT, STATE} <= found.keys() else {}


def _fen(text: str) -> int:
    """An amount in yuan as whole fen; ValueError for anything with more than two decimals."""
    try:
        fen = Decimal(re.sub(r"[,，\s元¥￥]", "", text)) * 100
    except InvalidOperation:
        raise ValueError(text) from None
    if not fen.is_finite() or fen != fen.to_integral_value() or fen <= 0:
        raise ValueError(text)
    return int(fen)


def _result(number: int, row: Sequence[object], places: dict[str, int]) -> Result:
    """One line; ValueError with a sentence."""

    def cell(name: str) -> str:
        place = places.get(name)
        return _text(row[place]) if place is not None and place < len(row) else ""

    if not cell(LINE).isdigit():
        raise ValueError(f"第{number}行流水号“{cell(LINE)[:20]}”不是数字。")
    try:
        fen = _fen(cell(AMOUNT))
    except ValueError:
        raise ValueError(f"第{number}行金额“{cell(AMOUNT)[:20]}”看不懂，应写成 312.84 这样。") from None
    state = cell(STATE).lower()
    if state not in PAID | BACK:
        raise ValueError(f"第{number}行结果“{cell(STATE)[:20]}”看不懂，应写“成功”或“失败”。")
    return Result(int(cell(LINE)), fen, state in PAID, cell(REASON)[:200] if state in BACK else "")


def _lines(data: bytes, name: str) -> Iterator[tuple[int, Sequence[object], dict[str, int]]]:
    for grid in open_grids(data, name):
        places: dict[str, int] = {}
        for number, row in enumerate(grid.rows(), start=1):
            if not places:
                if number > LOOKED_AT:
                    break
                places = _headings(row)
                continue
            texts = [_text(cell) for cell in row if _text(cell)]
            said = [_text(row[places[name]]) for name in (AMOUNT, STATE) if places[name] < len(row)]
            if any(said) and not texts[0].startswith(_TOTALS):  # a line of words below the table is none of ours
                yield number, row, places


def read_answer(data: bytes, name: str = "") -> list[Result]:
    """The lines of a bank's file (.xlsx, .xls, .csv). PaymentRefused names everything that cannot be understood."""
    found, faults = [], []
    try:
        for number, row, places in _lines(data, name):
            try:
                found.append(_result(number, row, places))
            except ValueError as error:
                faults.append(str(error))
    except RefusedFile as refused:
        raise PaymentRefused(str(refused)) from refused
    if faults:
        more = f"……共{len(faults)}处" if len(faults) > 8 else ""
        raise PaymentRefused("回盘文件没有读入：" + "".join(faults[:8]) + more)
    if not found:
        raise PaymentRefused("文件里没有找到“流水号、金额、结果”三列，请用本批导出的表填上结果，或请银行按这三列回盘。")
    return found
