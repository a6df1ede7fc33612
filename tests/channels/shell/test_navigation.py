"""The navigation of the workbench: grouped, folded without a script, and nobody sees a group that holds nothing for them."""

from __future__ import annotations

import re

import pytest

from renben.channels import navigation
from renben.channels.context import NAVIGATION
from tests import build

pytestmark = pytest.mark.django_db


def groups_of(page: str) -> dict[str, tuple[bool, list[str]]]:
    """Group → (open, labels) of the navigation at the side."""
    side = re.search(r'<nav class="side".*?</nav>', page, re.S)[0]
    found = re.findall(r'<details class="nav-group"( open)?><summary>(.*?)</summary>(.*?)</details>', side, re.S)
    return {name: (bool(is_open), re.findall(r">([^<>]+)</a>", body)) for is_open, name, body in found}


def test_a_clerk_finds_the_group_of_the_page_open(sign_in):
    place = build.district()
    clerk = sign_in(build.staff("counter", place.streets[0]))
    page = clerk.get("/vacancies/").content.decode()
    groups = groups_of(page)
    assert list(groups) == [name for name in navigation.ORDER if name in groups]
    assert [name for name, (is_open, _) in groups.items() if is_open] == ["求职招聘"]
    assert '<a href="/vacancies/" aria-current="page">招聘岗位</a>' in page
    assert page.count('<a href="/vacancies/" aria-current="page">') == 2, "at the side and in the menu of a telephone"
    today = groups_of(clerk.get("/").content.decode())
    assert [name for name, (is_open, _) in today.items() if is_open] == ["办事"]
    assert "管理" not in groups or groups["管理"][1]


def test_whoever_has_few_entries_sees_them_all(sign_in):
    place = build.district()
    page = sign_in(build.staff("audit_admin", place.centre)).get("/admin/audit/").content.decode()
    groups = groups_of(page)
    assert groups and all(is_open and labels for is_open, labels in groups.values())


def test_an_entry_nobody_placed_stands_with_the_one_above():
    items = [
        {"name": name, "label": name, "url": "/", "here": False} for name in ("cases:list", "new:list", "ledgers:list")
    ]
    assert [item["group"] for item in navigation.in_groups(items)] == ["办事", "办事", "数据台账"]


def test_every_place_has_its_entry():
    assert set(navigation.GROUPS) <= {item.url_name for item in NAVIGATION}, "take out of navigation.py what is gone"
