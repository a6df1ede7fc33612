"""Inputs of a domain: declared once, checked for one person and for columns alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np

from .coded import Coded
from .errors import InputError

REQUIRED: Any = object()
_MAXIMUM = 2**31 - 1
_MAXIMUM_FEN = 10**14  # 10¹² yuan; times the numerators of any percentage it still fits 64 bits
_BILLION = 10**9
FIRST_DAY, LAST_DAY = date(1850, 1, 1), date(2999, 12, 31)
FIRST_MONTH, LAST_MONTH = 12, 9990 * 12  # months 0001-01 … 9990-01, so that a schedule never leaves the calendar
_FEN_OF = {"yuan": 100, "wan": 1_000_000}

_KIND_WORDS = {
    "int": "整数",
    "bool": "是或否（true/false）",
    "yuan": "金额（元，最多两位小数）",
    "wan": "金额（万元，最多六位小数）",
    "share": "0到1之间的比例",
    "code": "代码（文字）",
    "codes": "代码的列表",
    "date": "日期（YYYY-MM-DD）",
    "month": "月份（YYYY-MM）",
    "text": "文字",
    "rows": "列表，每项为一组键值",
}
NO_DAY = np.iinfo(np.int64).min
"""The whole number that numpy keeps for a missing day."""
_COLUMN_KINDS = {
    "int": "iu",
    "month": "iu",
    "yuan": "iu",
    "wan": "iu",
    "share": "iu",
    "bool": "b",
    "code": "U",
    "text": "U",
    "date": "M",
}


@dataclass(frozen=True)
class Input:
    """One input key. ``kind``: int, bool, yuan, wan (万元, key ends in ``_10k``), share, code, codes, date, month (``YYYY-MM``),
    text, or rows (a list of records whose keys are ``fields``). Codes without a list of ``codes`` are any words.

    ``default=None`` marks an optional input whose absence the rule handles itself; REQUIRED has no default.
    The rule's argument has the same name, except money, which arrives as whole fen in ``<name>_fen``, and a share, which arrives
    in billionths (cut off) in ``<name>_e9``. A month arrives as year × 12 + (month − 1). In columns, dates are datetime64[D]; an
    absent optional date is NaT and an absent optional code is an empty text.
    """

    name: str
    kind: str
    label: str
    default: Any = REQUIRED
    minimum: int = 0
    codes: frozenset[str] = frozenset()
    maximum: int = _MAXIMUM
    fields: tuple[Input, ...] = ()

    @property
    def argument(self) -> str:
        """The argument name of the rule function that receives this input."""
        if self.kind in _FEN_OF:
            return f"{self.name.removesuffix('_10k')}_fen"
        return f"{self.name}_e9" if self.kind == "share" else self.name

    def _wrong_type(self, value: Any) -> InputError:
        return InputError(
            "wrong_type", self.name, f"{self.label}（{self.name}）应为{_KIND_WORDS[self.kind]}，现为 {value!r}。"
        )

    @property
    def _limits(self) -> tuple[int, int]:
        if self.kind == "month":
            return FIRST_MONTH, LAST_MONTH
        if self.kind == "share":
            return 0, _BILLION
        return self.minimum, _MAXIMUM_FEN if self.kind in _FEN_OF else self.maximum

    def _in_range(self, value: int, shown: Any = None) -> int:
        low, high = self._limits
        if not low <= value <= high:
            unit = _FEN_OF.get(self.kind, _BILLION if self.kind == "share" else 1)
            text = f"应在 {low // unit} 到 {high // unit} 之间，现为 {value if shown is None else shown}。"
            raise InputError("out_of_range", self.name, f"{self.label}（{self.name}）{text}")
        return value

    def one(self, value: Any) -> Any:
        """Check one person's value and bring it to the form the rule takes; InputError names the key."""
        if value is None and self.default is None:
            return None
        return getattr(self, f"_one_{self.kind}")(value)

    def _one_int(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
            raise self._wrong_type(value)
        return self._in_range(int(value))

    def _one_bool(self, value: Any) -> bool:
        if not isinstance(value, (bool, np.bool_)):
            raise self._wrong_type(value)
        return bool(value)

    def _decimal(self, value: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
            raise self._wrong_type(value)
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            raise self._wrong_type(value) from None
        if not number.is_finite():
            raise self._wrong_type(value)
        return number

    def _one_yuan(self, value: Any) -> int:
        number = self._decimal(value) * _FEN_OF[self.kind]
        if number != int(number):  # a fraction of a fen is a slip of the pen, not something to cut off
            raise self._wrong_type(value)
        return self._in_range(int(number), value)

    _one_wan = _one_yuan

    def _one_share(self, value: Any) -> int:
        return self._in_range(int(self._decimal(value) * _BILLION), value)

    def _one_code(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self._wrong_type(value)
        if value not in self.codes:
            raise InputError("unknown_code", self.name, f"{self.label}（{self.name}）没有代码 {value!r}。")
        return value

    def _one_codes(self, value: Any) -> tuple[str, ...]:
        if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
            raise self._wrong_type(value)
        return tuple(dict.fromkeys(self._one_code(item) if self.codes else item for item in value))

    def _one_date(self, value: Any) -> date:
        if isinstance(value, datetime):
            raise self._wrong_type(value)
        if isinstance(value, date):
            return known_day(value, self.name, self.label)
        if not isinstance(value, str):
            raise self._wrong_type(value)
        try:
            day = iso_day(value)
        except ValueError:
            raise self._wrong_type(value) from None
        return known_day(day, self.name, self.label)

    def _one_month(self, value: Any) -> int:
        try:
            number = month_number(value)
        except ValueError:
            raise self._wrong_type(value) from None
        return self._in_range(number)

    def _one_text(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self._wrong_type(value)
        if len(value.strip()) < self.minimum:
            raise InputError("out_of_range", self.name, f"请填写{self.label}（{self.name}）。")
        return value

    def _one_rows(self, value: Any) -> tuple[dict[str, Any], ...]:
        """Records of checked values by argument name; a fault is named ``members[2].age`` (counted from 1)."""
        if not isinstance(value, (list, tuple)) or not all(isinstance(row, Mapping) for row in value):
            raise self._wrong_type(value)
        if len(value) < self.minimum:
            raise InputError("out_of_range", self.name, f"{self.label}（{self.name}）至少填写 {self.minimum} 项。")
        return tuple(self._row(number, row) for number, row in enumerate(value, start=1))

    def _row(self, number: int, row: Mapping[str, Any]) -> dict[str, Any]:
        try:
            check_keys(self.fields, row)
            return {item.argument: given_or_default(item, row) for item in self.fields}
        except InputError as error:
            text = f"{self.label}第{number}项：{error}"
            raise InputError(error.code, f"{self.name}[{number}].{error.key}", text) from None

    def array(self, value: Any) -> np.ndarray:
        """A checked value of one person as a column of one."""
        return np.asarray([value], dtype="datetime64[D]") if self.kind == "date" else np.asarray([value])

    def column(self, values: Any) -> np.ndarray:
        """Check a whole column; the same limits as ``one``, one error for the first bad row. Codes may come ``Coded``."""
        if isinstance(values, Coded):
            return self._coded(values)
        column = np.asarray(values)
        if column.ndim != 1:
            raise self._wrong_type(f"{column.ndim} 维数据")
        if column.dtype.kind not in _COLUMN_KINDS.get(self.kind, ""):
            raise self._wrong_type(f"{column.dtype} 列")
        if _COLUMN_KINDS[self.kind] == "iu":
            low, high = self._limits
            if column.size and not (low <= column.min() and column.max() <= high):
                self._in_range(int(column[(column < low) | (column > high)][0]))
            return column.astype(np.int64, copy=False)
        if self.kind == "date":
            column = column.astype("datetime64[D]", copy=False)
            if self.default is not None and (column.view(np.int64) == NO_DAY).any():
                raise self._wrong_type("空")
            return column
        if self.kind == "code":
            known = sorted(self.codes | ({""} if self.default is None else set()))
            bad = np.flatnonzero(~np.isin(column, known))
            if bad.size:
                self._one_code(str(column[bad[0]]))
        return column

    def _coded(self, column: Coded) -> Coded:
        """Check a coded column: a word that is no code of this input must not be held by any row."""
        if self.kind != "code" or column.ndim != 1:
            raise self._wrong_type("代码列")
        known = self.codes | ({""} if self.default is None else set())
        for word in sorted(set(column.words) - known):
            if (column == word).any():
                self._one_code(word)
        return column


def given_or_default(item: Input, given: Mapping[str, Any]) -> Any:
    """The checked value of one input, or its default."""
    value = given.get(item.name, item.default)
    return None if value is None and item.name not in given else item.one(value)


def iso_day(text: str) -> date:
    """``YYYY-MM-DD`` and no other spelling of ISO 8601; ValueError otherwise."""
    day = date.fromisoformat(text)
    if day.isoformat() != text:
        raise ValueError(text)
    return day


def known_day(day: date, key: str, label: str) -> date:
    """The day itself; InputError for a year that no file of a person or a policy holds, so that no count runs off the calendar."""
    if not FIRST_DAY <= day <= LAST_DAY:
        text = f"{label}（{key}）应在 {FIRST_DAY} 到 {LAST_DAY} 之间，现为 {day}，请核对年份。"
        raise InputError("out_of_range", key, text)
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
