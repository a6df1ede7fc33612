"""Settings an agency may change without a programmer: the default, its meaning and who changed it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from renben.kernel import rows


@dataclass(frozen=True)
class Known:
    key: str
    default: Any
    label: str
    basis: str = ""


KNOWN: dict[str, Known] = {}


def define(key: str, default: Any, label: str, basis: str = "") -> None:
    KNOWN[key] = Known(key, default, label, basis)


def get(key: str) -> Any:
    return get_many(key)[0]


def get_many(*keys: str) -> list[Any]:
    """Values of several settings, in one query."""
    found = dict(rows.all_of("SELECT key, value::text FROM kernel_setting WHERE key = ANY(%s)", [list(keys)]))
    stored = {key: json.loads(text) for key, text in found.items()}
    return [KNOWN[key].default if stored.get(key) is None else stored[key] for key in keys]


define("signal.near_working_days", 3, "剩余几个工作日起显示“临近”")
define("signal.yellow_working_days", 1, "剩余几个工作日起亮黄牌")
define("signal.yellow_share", 0.2, "剩余时限占比不高于多少时亮黄牌")
define("signal.share_days", 5, "按占比亮黄牌，最多提前几个工作日（临近为两倍）")
define("office.name", "北京市顺义区公共就业服务中心", "文书落款机构")
define("office.appeal", "北京市顺义区人民政府或北京市人力资源和社会保障局", "复议机关")
define("site.announcement", "", "登录页公告")
