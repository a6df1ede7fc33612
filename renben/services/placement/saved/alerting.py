"""What is new since the last time for the questions somebody saved: one message a person and day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from django.db import transaction

from renben.engines.messaging import sending
from renben.engines.messaging.models import Message
from renben.kernel import clock
from renben.kernel.models import User
from renben.services.placement import finding_vacancies
from renben.services.placement.finding_vacancies import Wanted
from renben.services.placement.models import Vacancy
from renben.services.placement.saved.models import SavedSearch

LOOKED_AT = 100
"""The newest answers of one question that are looked at: more new ones in a day are told as so many."""
AS_ASKED = {"code"}
"""Notes of a search that widened nothing: jobs of the same trade are what was asked for."""


def new_since(wanted: Wanted, since: dt.datetime) -> list[Vacancy]:
    """Jobs published since that meet the whole question; none when the search had to widen it."""
    found = finding_vacancies.find(replace(wanted, sort="new", page=1), size=LOOKED_AT, facets=False)
    if any(note.kind not in AS_ASKED for note in found.notes):
        return []
    return [row for row in found.rows if row.published_at is not None and row.published_at > since]


def run(wanted_of: Callable[[str], Wanted], *, on: dt.date | None = None) -> int:
    """每晚: tell every labourer what is new. A second run on a day tells nothing; how many were told."""
    day = on or clock.today()
    rows = SavedSearch.objects.filter(
        kind=SavedSearch.Kind.JOBS, user__is_active=True, user__person__isnull=False, user__person__merged_into=None
    )
    told = 0
    for user_id in rows.order_by("user_id").values_list("user_id", flat=True).distinct():
        told += _tell(user_id, wanted_of, day)
    return told


@transaction.atomic
def _tell(user_id: int, wanted_of: Callable[[str], Wanted], day: dt.date) -> bool:
    """One message with every question that has something new; what was told is not told again."""
    user = User.objects.select_for_update(of=("self",), no_key=True).select_related("person").get(pk=user_id)
    key = f"jobs.saved:{user.person_id}:{day}"
    if Message.objects.filter(key=key).exists():
        return False
    saved = list(SavedSearch.objects.filter(user=user, kind=SavedSearch.Kind.JOBS).order_by("name", "id"))
    now, lines, seen = clock.now(), [], set()
    for one in saved:
        fresh = new_since(wanted_of(one.query), one.seen_until)
        if fresh:
            lines.append(f"{one.name}：{len(fresh)}个")
            seen |= {vacancy.pk for vacancy in fresh}
    SavedSearch.objects.filter(pk__in=[one.pk for one in saved]).update(seen_until=now)
    if not lines:
        return False
    params = {"count": len(seen), "lines": "；".join(lines)}
    sending.enqueue("jobs.saved", key=key, person=user.person, params=params)
    return True
