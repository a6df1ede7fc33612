"""The entries of the workbench in a handful of groups that fold without a script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WORK, MARKET, MONEY, DATA, OFFICE = "办事", "求职招聘", "政策资金", "数据台账", "管理"
GROUPS: Mapping[str, str] = {
    "today": "",
    "cases:list": WORK, "duties:month": WORK, "people:list": WORK, "archives:list": WORK, "contacts:list": WORK,
    "procedures:list": WORK, "delegation:list": WORK, "telling:list": WORK,
    "seekers:list": MARKET, "referrals:list": MARKET, "interviews:list": MARKET, "employers:list": MARKET,
    "agreements:list": MARKET, "credit:ranking": MARKET, "members:list": MARKET, "vacancies:list": MARKET,
    "fairs:list": MARKET, "vacancy_reports:list": MARKET,
    "benefits:list": MONEY, "support:list": MONEY, "loans:list": MONEY, "posts:list": MONEY, "hiring:list": MONEY,
    "grants:list": MONEY, "findings:list": MONEY, "policies:list": MONEY,
    "ledgers:list": DATA, "imports:list": DATA,
    "offices:list": OFFICE, "calendar:year": OFFICE, "admin_settings": OFFICE, "audit:list": OFFICE,
}  # fmt: skip
"""Where an entry stands. One that is not named here stands with the entry above it."""
ORDER = ("", WORK, MARKET, MONEY, DATA, OFFICE)
FEW = 9
"""With so many entries or fewer nothing is folded away."""
HERE = SafeString(' aria-current="page"')


def in_groups(items: Iterable[Mapping]) -> list[dict]:
    """Entries with their group, in the order of the groups and within one as they were given.

    `items` hold `name` (of the URL), `label`, `url`, `here`.
    """
    placed, group = [], ""
    for item in items:
        group = GROUPS.get(item["name"], group)
        placed.append({**item, "group": group})
    return sorted(placed, key=lambda item: ORDER.index(item["group"]))


def _entries(items: Iterable[Mapping]) -> SafeString:
    entry = '<li><a href="{}"{}>{}</a></li>'
    lines = format_html_join("\n", entry, ((i["url"], HERE if i["here"] else "", i["label"]) for i in items))
    return format_html('<ul class="nav-list">{}</ul>', lines)


def as_html(items: list[dict]) -> SafeString:
    """The navigation, which stands on every page twice, for the wide and for the narrow screen.

    The group of the page is open; on a page of none it is the first one.
    """
    parts: list[SafeString] = []
    is_short = len(items) <= FEW
    unfolded = next((i["group"] for i in items if i["here"] and i["group"]), "") or next(
        (i["group"] for i in items if i["group"]), ""
    )
    for group, members in groupby(items, key=lambda item: item["group"]):
        if not group:
            parts.append(_entries(members))
            continue
        is_open = is_short or group == unfolded
        fold = '<details class="nav-group"{}><summary>{}</summary>{}</details>'
        parts.append(format_html(fold, SafeString(" open") if is_open else "", group, _entries(members)))
    return format_html_join("\n", "{}", ((part,) for part in parts))
