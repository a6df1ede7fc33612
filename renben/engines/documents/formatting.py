"""From values to what stands on paper: dates, months, money, tick boxes, and what is missing."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from renben.engines.documents.forms import PLACEHOLDER, Column, FormError, FormField, FormTemplate

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_DIGITS = "零壹贰叁肆伍陆柒捌玖"


def yuan(fen: int) -> str:
    """Integer fen as yuan with two decimals and thousands separators: 121234 → `1,212.34`."""
    sign = "-" if fen < 0 else ""
    whole, rest = divmod(abs(fen), 100)
    return f"{sign}{whole:,}.{rest:02d}"


def yuan_in_words(fen: int) -> str:
    """Integer fen in the capital numerals of Chinese bills: 121234 → `壹仟贰佰壹拾贰元叁角肆分`; 100 → `壹元整`."""
    if fen < 0:
        return "负" + yuan_in_words(-fen)
    whole, rest = divmod(fen, 100)
    jiao, cents = divmod(rest, 10)
    text = _integer_in_words(whole) + "元" if whole else ""
    if not rest:
        return (text or "零元") + "整"
    if jiao:
        text += _DIGITS[jiao] + "角"
    elif whole:
        text += "零"
    return text + (_DIGITS[cents] + "分" if cents else "整")


def _integer_in_words(number: int) -> str:
    groups: list[int] = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    text, skipped = "", False
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if not group:
            skipped = bool(text)
            continue
        if text and (skipped or group < 1000):
            text += "零"
        text += _group_in_words(group) + ["", "万", "亿", "万亿"][index]
        skipped = False
    return text


def _group_in_words(group: int) -> str:
    text, zero = "", False
    for power, unit in ((1000, "仟"), (100, "佰"), (10, "拾"), (1, "")):
        digit = group // power % 10
        if digit:
            text += ("零" if zero and text else "") + _DIGITS[digit] + unit
            zero = False
        else:
            zero = True
    return text


def as_date(value: Any) -> dt.date:
    """A date from a date, an instant or ISO text (issued data comes back from JSON as text)."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    return dt.date.fromisoformat(str(value))


def chinese_date(value: Any) -> str:
    """`2012年3月5日`."""
    day = as_date(value)
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_month(value: Any) -> str:
    """`2012年3月`, from a date or from `2012-03`."""
    text = f"{value}-01" if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}", value) else value
    day = as_date(text)
    return f"{day.year}年{day.month}月"


def is_missing(value: Any) -> bool:
    return value is None or value == "" or value == [] or (isinstance(value, str) and not value.strip())


def plain(value: Any) -> str:
    """Text fit for print: control characters out, surrounding blanks gone."""
    return _CONTROL.sub("", str(value)).strip()


def printed(field: FormField | Column, value: Any) -> str:
    """One value as text by the type of its field. Raises `FormError` naming the field when it does not fit."""
    try:
        if field.type == "date":
            return chinese_date(value)
        if field.type == "month":
            return chinese_month(value)
        if field.type == "fen":
            if isinstance(value, bool) or not isinstance(value, int):
                raise ValueError("金额应为整数分")
            return yuan(value)
        if field.type == "int":
            return f"{int(value)}"
        if field.type == "number":
            return f"{float(value):,.10g}"
        if field.type == "long_text":
            return "\n".join(line for line in map(plain, str(value).splitlines()) if line)
    except ValueError as error:
        raise FormError(f"“{field.label}”的值 {value!r} 不合要求：{error}") from error
    return plain(value)


def prepare(form: FormTemplate, data: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """What the layout prints (`name → text, choice or rows; None where a required blank has no value`) and the gaps.

    Gaps are labels in the order of the form; inside rows `明细第2行：金额`. A name the form does not know is an error:
    it means catalogue and code have drifted apart.
    """
    unknown = set(data) - {field.name for field in form.filled_fields}
    if unknown:
        raise FormError(f"表单“{form.name}”没有这些字段：{'、'.join(sorted(unknown))}")
    values: dict[str, Any] = {}
    gaps: list[str] = []
    for field in form.filled_fields:
        value = data.get(field.name)
        if is_missing(value):
            values[field.name] = None if field.required else ([] if field.type == "rows" else "")
            if field.type == "choice":
                values[field.name] = {"options": field.options, "chosen": [], "gap": field.required}
            if field.required:
                gaps.append(field.label)
        elif field.type == "choice":
            values[field.name] = _choice(field, value)
        elif field.type == "rows":
            values[field.name] = [_row(field, number, row, gaps) for number, row in enumerate(value, 1)]
        else:
            values[field.name] = printed(field, value)
    return values, gaps


def totals(form: FormTemplate, data: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The last rows of tables that add up: `field → column → figure as text`. A table without lines has none."""
    found = {}
    for field in form.filled_fields:
        rows, columns = data.get(field.name) or [], [column for column in field.columns if column.total]
        if rows and columns:
            found[field.name] = {c.name: printed(c, sum(row.get(c.name) or 0 for row in rows)) for c in columns}
    return found


def copies(form: FormTemplate, data: dict[str, Any]) -> list[dict[str, Any]]:
    """The data of each paper the form makes: one, or with `each` one for every line of that table (at least one)."""
    lines = data.get(form.each) if form.each else None
    return [data | {form.each: [line]} for line in lines] if lines else [data]


def of_line(form: FormTemplate, values: dict[str, Any]) -> dict[str, Any]:
    """The blanks that are read from the only line of the `each` table, out of prepared values."""
    line = (values.get(form.each) or [{}])[0]
    return {field.name: line.get(field.of_line) for field in form.fields if field.of_line}


def titled(form: FormTemplate, values: dict[str, Any]) -> str:
    """The title on paper; a value it holds that is not known yet leaves a gap to write in."""
    title = form.title or form.name
    return PLACEHOLDER.sub(lambda m: values.get(m.group(1)) or "＿＿", title)


def _choice(field: FormField, value: Any) -> dict[str, Any]:
    chosen = [value] if isinstance(value, str) else list(value)
    strange = [item for item in chosen if item not in field.options]
    if strange or (len(chosen) > 1 and not field.multiple):
        raise FormError(
            f"“{field.label}”只能从 {'、'.join(field.options)} 中选择，给出的是 {'、'.join(map(str, chosen))}"
        )
    return {"options": field.options, "chosen": chosen, "gap": False}


def _row(field: FormField, number: int, row: dict[str, Any], gaps: list[str]) -> dict[str, Any]:
    unknown = set(row) - {column.name for column in field.columns}
    if unknown:
        raise FormError(f"“{field.label}”的明细没有这些列：{'、'.join(sorted(unknown))}")
    cells: dict[str, Any] = {}
    for column in field.columns:
        value = row.get(column.name)
        if not is_missing(value):
            cells[column.name] = printed(column, value)
        elif column.required:
            cells[column.name] = None
            gaps.append(f"{field.label}第{number}行：{column.label}")
        else:
            cells[column.name] = ""
    return cells
