"""Settings an agency may change without a programmer: the default, its meaning and who changed it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


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
    from renben.kernel.models import Setting

    stored = Setting.objects.filter(key=key).values_list("value", flat=True).first()
    return KNOWN[key].default if stored is None else stored


def get_many(*keys: str) -> list[Any]:
    """Values of several settings, in one query."""
    from renben.kernel.models import Setting

    stored = dict(Setting.objects.filter(key__in=keys).order_by("key").values_list("key", "value"))
    return [KNOWN[key].default if stored.get(key) is None else stored[key] for key in keys]


define("signal.near_working_days", 3, "剩余几个工作日起显示“临近”")
define("signal.yellow_working_days", 1, "剩余几个工作日起亮黄牌")
define("signal.yellow_share", 0.2, "剩余时限占比不高于多少时亮黄牌")
define("office.name", "北京市顺义区公共就业服务中心", "文书落款机构")
define("office.appeal", "北京市顺义区人民政府或北京市人力资源和社会保障局", "复议机关")
define("site.announcement", "", "登录页公告")
