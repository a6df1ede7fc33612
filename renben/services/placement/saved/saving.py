"""Keep, rename and delete saved questions; they are nobody's but the owner's."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from renben.kernel import acts, clock, settings_store
from renben.kernel.models import User
from renben.services.placement.saved.models import SavedSearch
from renben.services.registration.reasons import NotPossible, Why

MOST = "search.saved_most"
settings_store.define(MOST, 20, "每个账号最多保存几个查找条件")
LONGEST = SavedSearch._meta.get_field("query").max_length or 0
NAME = SavedSearch._meta.get_field("name").max_length or 0


def of(user: Any, kind: str) -> QuerySet[SavedSearch]:
    """The questions of a user, by name."""
    return SavedSearch.objects.filter(user=user, kind=kind).order_by("name", "id")


@acts.whole
def save(*, user: Any, kind: str, name: str, query: str) -> SavedSearch:
    """The same question again is the one that stands. NotPossible without a condition, or when there are too many."""
    if not query:
        raise NotPossible(Why("empty", "还没有条件。", "先填要找什么，再保存。"))
    if len(query) > LONGEST:
        raise NotPossible(Why("long", "条件太多了，存不下。", "去掉一些再保存。"))
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    rows = SavedSearch.objects.filter(user=user, kind=kind)
    if (earlier := rows.filter(query=query).first()) is not None:
        return earlier
    most = int(settings_store.get(MOST))
    if rows.count() >= most:
        raise NotPossible(Why("many", f"最多保存{most}个条件。", "请先删掉不用的。"))
    now = clock.now()
    return SavedSearch.objects.create(
        user=user, kind=kind, name=name.strip()[:NAME] or "没有名称", query=query, saved_at=now, seen_until=now
    )


@acts.whole
def rename(*, saved: SavedSearch, name: str) -> None:
    """NotPossible without a name."""
    if not name.strip():
        raise NotPossible(Why("name", "请写一个名称。"))
    SavedSearch.objects.filter(pk=saved.pk).update(name=name.strip()[:NAME])
