"""A figure approved for months that are paid: the differences are a task of the district, listed once somebody has looked at them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.engines.rules import changing
from renben.engines.rules.models import ParameterChange
from renben.engines.rules.uses import parameters_behind
from renben.kernel import acts, audit, clock, events, taskboard
from renben.kernel.models import Organization, Task
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support.months import first_of, shifted
from renben.services.support.posts import differences
from renben.services.support.posts.differences import Gap
from renben.services.support.posts.explaining import KIND
from renben.services.support.posts.models import PostPlacement

LISTED_EVENT = "PostDifferencesListed"
RECKONED_BY = "renben.services.support.posts.money:month_pay"


def months_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """Every month from one to the other, both included."""
    found, day = [], first_of(first)
    while day <= last:
        found.append(day)
        day = shifted(day, 1)
    return found


def placements_of(organization: Organization, first: dt.date) -> list[PostPlacement]:
    """Whoever has amounts on file from a month on in a territory."""
    wanted = PostPlacement.objects.filter(
        post__organization__path__startswith=organization.path, amounts__month__gte=first
    )
    rows = PostPlacement.objects.filter(pk__in=wanted.values("pk"))
    return list(rows.select_related("person", "post__employer", "post__organization").order_by("id"))


def gaps_of(organization: Organization, first: dt.date, last: dt.date) -> list[Gap]:
    """What the rules of today give besides or less for signed months of a territory. Nothing is written."""
    found = differences.gaps(placements_of(organization, first), months_between(first, last), lock=False)
    return [gap for gap in found if gap.fen]


@acts.whole
def list_differences(*, organization: Organization, first: dt.date, last: dt.date, by: Any) -> list[Gap]:
    """补发 goes on the next 审批表, which another person signs; what was paid too much is recovered. Again it adds nothing.

    NotPossible for a month to come or an end before the beginning.
    """
    if last > clock.today() or last < first:
        raise NotPossible(Why("months", "月份填反了或者还没有到，请核对。"))
    found = differences.bring_up(placements_of(organization, first), by=by, months=months_between(first, last))
    for task in Task.objects.filter(organization=organization, cleared_by=LISTED_EVENT, cleared_at=None).order_by("id"):
        taskboard.clear(key=task.key, event=LISTED_EVENT, outcome=f"已登记{len(found)}笔差额")
    audit.record(
        action="public_post.differences",
        subject=f"organization:{organization.pk}",
        detail={"from": first, "to": last, "count": len(found), "fen": sum(gap.fen for gap in found)},
        by=by,
        organization=organization,
    )
    return found


def on_figure(event: events.FigureApproved) -> None:
    """Listener: a figure of the wages, insurances, fund or welfare was set, perhaps for months that are paid."""
    change = ParameterChange.objects.select_related("organization").get(pk=event.change_id)
    first, today = first_of(change.valid_from), clock.today()
    if change.valid_from > today or event.parameter not in parameters_behind(RECKONED_BY):
        return
    found = gaps_of(change.organization, first, today)
    if not found:
        return
    more = sum(gap.fen for gap in found if gap.fen > 0) / 100
    back = -sum(gap.fen for gap in found if gap.fen < 0) / 100
    people = len({gap.placement.person_id for gap in found})
    taskboard.open_task(
        key=f"public_post.differences:{change.pk}",
        title="核对公益性岗位待遇的补发差额",
        reason=f"{change.document}批准后，{first:%Y年%m月}以来已签批的月份有{people}人要调整：补发{more:,.2f}元，追回{back:,.2f}元。"[
            :300
        ],
        organization=change.organization,
        cleared_by=LISTED_EVENT,
        url=f"/posts/differences/?first={first:%Y-%m}",
    )


def listen() -> None:
    """Connect the listener; safe to call again."""
    changing.register_followed(KIND)
    events.listen(events.FigureApproved, on_figure)
