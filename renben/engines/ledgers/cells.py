"""How values of a ledger read on screen and paper. Money is yuan with two decimals only here."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from renben.engines.ledgers.definitions import Column

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Text without the characters no file of this world may hold (control characters, halves of a pair)."""
    return _UNPRINTABLE.sub("", text)


def yuan(fen: int) -> str:
    """Integer fen as yuan: 123456 → `1,234.56`."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100:,}.{fen % 100:02d}"


def text_of(column: Column, value: Any) -> str:
    """A value as it is read; empty when there is none."""
    if value is None or value == "":
        return ""
    if column.type == "fen":
        return yuan(value)
    if column.type == "int":
        return f"{value:,}"
    if column.type == "date":
        return value.isoformat() if isinstance(value, dt.date) else str(value)
    if column.type == "month":
        return f"{value:%Y-%m}" if isinstance(value, dt.date) else str(value)[:7]
    return clean(str(value))


def total_texts(columns: list[Column], totals: dict[str, int]) -> list[str]:
    """What stands below each column: a sum, a number of rows, or nothing."""
    shown = []
    for column in columns:
        if column.key not in totals:
            shown.append("")
        elif column.total == "count":
            shown.append(f"共{totals[column.key]:,}条")
        else:
            shown.append(text_of(column, totals[column.key]))
    return shown


def to_plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row as JSON holds it: dates as ISO text."""
    return {key: value.isoformat() if isinstance(value, dt.date) else value for key, value in row.items()}
