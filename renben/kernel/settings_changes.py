"""Changing a setting: the value is of the default's kind, and who changed what from what is on record."""

from __future__ import annotations

import json
import math
from typing import Any

from django.db import transaction

from renben.kernel import audit
from renben.kernel.models import Setting
from renben.kernel.settings_store import KNOWN, Known


class BadValue(Exception):
    """The text is no value of this setting; the message says what is expected."""


def is_editable(known: Known) -> bool:
    """Lists are written by the program itself; everything else a person may change."""
    return isinstance(known.default, bool | int | float | str | dict)


def as_text(value: Any) -> str:
    """A value as a person reads and types it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)


def _table(default: dict, text: str) -> dict:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise BadValue("写法不对：请照原来的样子，只改冒号后面的内容。") from error
    if not isinstance(value, dict) or set(value) != set(default):
        raise BadValue("不能增减项目，只改冒号后面的内容。")
    if any(type(value[name]) is not type(default[name]) for name in default):
        raise BadValue("有一项的内容种类变了：数字仍填数字，文字仍填文字。")
    return value


def parse(key: str, text: str) -> Any:
    """A text as a value of the setting's kind. Raises BadValue."""
    default, text = KNOWN[key].default, text.strip()
    if isinstance(default, dict):
        return _table(default, text)
    try:
        if isinstance(default, bool):
            return {"是": True, "否": False}[text]
        if isinstance(default, int):
            value: Any = int(text)
        elif isinstance(default, float):
            value = float(text)
        else:
            return text
    except (ValueError, KeyError) as error:
        raise BadValue("请填“是”或“否”。" if isinstance(default, bool) else "请填一个数字。") from error
    if not math.isfinite(value) or value < 0:
        raise BadValue("请填不小于零的数字。")
    return value


@transaction.atomic
def change(*, key: str, value: Any, by: Any) -> None:
    """Store a value of a known setting."""
    row = Setting.objects.select_for_update().filter(key=key).first()
    before = KNOWN[key].default if row is None else row.value
    if before == value:
        return
    Setting.objects.update_or_create(key=key, defaults={"value": value, "changed_by": by})
    audit.record(action="setting.change", subject=f"setting:{key}"[:64], detail={"from": before, "to": value}, by=by)
