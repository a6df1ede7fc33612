"""Reading a parameter file: strict YAML, and values that fit their unit. Every fault names its line or its place."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import yaml

from .errors import CatalogueError

_WHOLE = frozenset({"month", "year", "day", "working_day", "day_of_month", "person"})
_MONEY_PLACES = 2


class _StrictLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """YAML in which a key stands once and a date exists."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"“{key.value}”写了两次", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)

    def construct_day(self, node):
        try:
            return self.construct_yaml_timestamp(node)
        except ValueError:
            text = f"没有 {node.value} 这一天"
            raise yaml.constructor.ConstructorError(None, None, text, node.start_mark) from None


_StrictLoader.add_constructor("tag:yaml.org,2002:timestamp", _StrictLoader.construct_day)


def read_strictly(name: str, content: bytes) -> Any:
    """The document of one file; CatalogueError with the line for bad YAML, a key written twice or a day that does not exist."""
    try:
        return yaml.load(content, Loader=_StrictLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"第{mark.line + 1}行第{mark.column + 1}列" if mark else "文件"
        raise CatalogueError(f"{name}：{where}：{error.problem}。") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{name}：文件不是有效的 YAML：{error}") from error


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and Decimal(str(value)).is_finite()


def value_fault(unit: str, value: Any) -> str:
    """What is wrong with a value of this unit, in words; empty when nothing is."""
    if unit == "bool":
        return "" if isinstance(value, bool) else f"应为 true 或 false，现为 {value!r}"
    if unit == "code":
        codes = value if isinstance(value, list) else [value]
        if not codes or not all(isinstance(code, str) and code for code in codes):
            return f"应为文字或文字的列表，现为 {value!r}"
        return "列表里有重复的项" if len(set(codes)) < len(codes) else ""
    if not _is_number(value) or value < 0:
        return f"应为不小于0的数，现为 {value!r}"
    if unit in _WHOLE and value != int(value):
        return f"应为整数，现为 {value!r}"
    if unit == "CNY" and Decimal(str(value)) != round(Decimal(str(value)), _MONEY_PLACES):
        return f"金额最多两位小数，现为 {value!r}"
    return ""
