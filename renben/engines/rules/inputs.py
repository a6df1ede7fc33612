"""Inputs of a domain: declared once, checked for one person and for columns alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np

from .errors import InputError
from .parameters import to_fen

REQUIRED: Any = object()
_MAXIMUM = 2**31 - 1
FIRST_MONTH, LAST_MONTH = 12, 9990 * 12  # months 0001-01 … 9990-01, so that a schedule never leaves the calendar

_KIND_WORDS = {
    "int": "整数",
    "bool": "是或否（true/false）",
    "yuan": "金额（元）",
    "code": "代码（文字）",
    "date": "日期（YYYY-MM-DD）",
    "month": "月份（YYYY-MM）",
    "text": "文字",
}


@dataclass(frozen=True)
class Input:
    """One input key. ``kind``: int, bool, yuan, code, date, month (``YYYY-MM``) or text.

    ``default=None`` marks an optional input whose absence the rule handles itself; REQUIRED has no default.
    The rule's argument has the same name, except yuan, which arrives as whole fen in ``<name>_fen``.
    A month arrives as year × 12 + (month − 1).
    """

    name: str
    kind: str
    label: str
    default: Any = REQUIRED
    minimum: int = 0
    codes: frozenset[str] = frozenset()

    @property
    def argument(self) -> str:
        """The argument name of the rule function that receives this input."""
        return f"{self.name}_fen" if self.kind == "yuan" else self.name

    def _wrong_type(self, value: Any) -> InputError:
        return InputError(
            "wrong_type", self.name, f"{self.label}（{self.name}）应为{_KIND_WORDS[self.kind]}，现为 {value!r}。"
        )

    @property
    def _limits(self) -> tuple[int, int]:
        return (FIRST_MONTH, LAST_MONTH) if self.kind == "month" else (self.minimum, _MAXIMUM)

    def _in_range(self, value: int) -> int:
        low, high = self._limits
        if not low <= value <= high:
            raise InputError(
                "out_of_range", self.name, f"{self.label}（{self.name}）应在 {low} 到 {high} 之间，现为 {value}。"
            )
        return value

    def one(self, value: Any) -> Any:
        """Check one person's value and bring it to the form the rule takes; InputError names the key."""
        return getattr(self, f"_one_{self.kind}")(value)

    def _one_int(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
            raise self._wrong_type(value)
        return self._in_range(int(value))

    def _one_bool(self, value: Any) -> bool:
        if not isinstance(value, (bool, np.bool_)):
            raise self._wrong_type(value)
        return bool(value)

    def _one_yuan(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
            raise self._wrong_type(value)
        try:
            return self._in_range(to_fen(value))
        except (InvalidOperation, ValueError, OverflowError):
            raise self._wrong_type(value) from None

    def _one_code(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self._wrong_type(value)
        if value not in self.codes:
            raise InputError("unknown_code", self.name, f"{self.label}（{self.name}）没有代码 {value!r}。")
        return value

    def _one_date(self, value: Any) -> date:
        if isinstance(value, datetime):
            raise self._wrong_type(value)
        if isinstance(value, date):
            return value
        if not isinstance(value, str):
            raise self._wrong_type(value)
        try:
            return iso_day(value)
        except ValueError:
            raise self._wrong_type(value) from None

    def _one_month(self, value: Any) -> int:
        try:
            number = month_number(value)
        except ValueError:
            raise self._wrong_type(value) from None
        return self._in_range(number)

    def _one_text(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self._wrong_type(value)
        return value

    def column(self, values: Any) -> np.ndarray:
        """Check a whole column; the same limits as ``one``, one error for the first bad row."""
        column = np.asarray(values)
        if column.ndim != 1:
            raise self._wrong_type(f"{column.ndim} 维数据")
        wanted = {"int": "iu", "month": "iu", "yuan": "iu", "bool": "b", "code": "U", "text": "U"}
        if column.dtype.kind not in wanted.get(self.kind, ""):
            raise self._wrong_type(f"{column.dtype} 列")
        if self.kind in {"int", "yuan", "month"}:
            low, high = self._limits
            bad = np.flatnonzero((column < low) | (column > high))
            if bad.size:
                self._in_range(int(column[bad[0]]))
            return column.astype(np.int64)
        if self.kind == "code":
            bad = np.flatnonzero(~np.isin(column, sorted(self.codes)))
            if bad.size:
                self._one_code(str(column[bad[0]]))
        return column


def iso_day(text: str) -> date:
    """``YYYY-MM-DD`` and no other spelling of ISO 8601; ValueError otherwise."""
    day = date.fromisoformat(text)
    if day.isoformat() != text:
        raise ValueError(text)
    return day


def month_number(text: Any) -> int:
    """``'2011-11'`` → 2011 × 12 + 10; ValueError for anything else."""
    if not isinstance(text, str):
        raise ValueError(text)
    first = iso_day(f"{text}-01")
    return first.year * 12 + first.month - 1


def month_text(number: int) -> str:
    """Inverse of ``month_number``."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def month_start(number: int) -> date:
    """First day of a numbered month."""
    return date(number // 12, number % 12 + 1, 1)


def check_keys(inputs: tuple[Input, ...], given: Mapping[str, Any], *, columns: bool = False) -> None:
    """Refuse unknown and missing keys by name."""
    known = {(item.argument if columns else item.name): item for item in inputs}
    for key in given:
        if key not in known:
            raise InputError("unknown_key", str(key), f"不认识的输入项 {key}。")
    for key, item in known.items():
        if key not in given and item.default is REQUIRED:
            raise InputError("missing_key", key, f"缺少输入项{item.label}（{key}）。")
