"""Changing a setting: the value is of the default's kind, and who changed what from what is on record."""

from __future__ import annotations

import math
from typing import Any

from django.db import transaction

from renben.kernel import audit
from renben.kernel.models import Setting
from renben.kernel.settings_store import KNOWN


class BadValue(Exception):
    """The text is no value of this setting; the message says what is expected."""


def parse(key: str, text: str) -> Any:
    """A text as a value of the setting's kind. Raises BadValue."""
    default, text = KNOWN[key].default, text.strip()
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
