"""What turns out wrong later about somebody on a post: a leave that never was, a wage that was another (Q-1.3.5 核定待遇).

Months on no signed list are reckoned anew, draft lists at once; months that are signed or paid get their difference.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from renben.kernel import acts, audit, clock, labour, taskboard
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support.months import first_of
from renben.services.support.posts import differences, paying, placing, wages
from renben.services.support.posts.amounts import tell_what_is_owed
from renben.services.support.posts.codes import LeaveEvent
from renben.services.support.posts.differences import Gap
from renben.services.support.posts.models import PlacementChange, PostAmount, PostPayroll, PostPlacement, PostWage

State = PostAmount.State


@dataclass(frozen=True)
class Corrected:
    """What a correction did: differences of signed months, and months that stand on no signed list and follow by themselves."""

    gaps: Sequence[Gap]
    waiting: Sequence[dt.date] = ()

    @property
    def more_fen(self) -> int:
        return sum(gap.fen for gap in self.gaps if gap.fen > 0)

    @property
    def back_fen(self) -> int:
        return -sum(gap.fen for gap in self.gaps if gap.fen < 0)


def _keep(placement: PostPlacement, kind: str, reason: str, by: Any, **fields: Any) -> PlacementChange:
    made = PlacementChange.objects.create(
        placement=placement, kind=kind, reason=reason.strip()[:300], recorded_at=clock.now(), recorded_by=by, **fields
    )
    audit.record(
        action=f"public_post.{kind}",
        subject=f"person:{placement.person_id}",
        detail={"placement": placement.pk, "before": made.before, "after": made.after, "reason": made.reason},
        by=by,
        organization=placement.post.organization,
    )
    return made


def _reckon_anew(placement: PostPlacement, by: Any) -> list[Gap]:
    """Draft lists follow at once, signed months get their difference."""
    placement.reckoned_to = None
    placement.version += 1
    placement.save()
    drafts = PostPayroll.objects.filter(state=PostPayroll.State.DRAFT).select_related("organization")
    path = placement.post.organization.path
    for payroll in drafts.order_by("month", "id"):
        if path.startswith(payroll.organization.path):
            paying.make_payroll(organization=payroll.organization, month=payroll.month, by=payroll.made_by)
    return differences.bring_up([placement], by=by)


@acts.whole
def take_back_leave(*, placement: PostPlacement, reason: str, by: Any) -> Corrected:
    """撤销离岗: the leave was registered by mistake. What was to be recovered for it is paid money again; months without a list are
    due with the next one, for which the office gets a task when the month's 审批表 is signed already.

    NotPossible unless left, without a reason, when the person is on another post by now, or the post is full or closed.
    """
    held = placing.lock(placement)
    _demand_leave(held, reason)
    left, event, note = held.left_on, held.leave_event, held.leave_note
    held.left_on, held.leave_event, held.leave_note = None, "", ""
    held.save()
    rows = PostAmount.objects.filter(placement=held, state=State.RECOVER).exclude(kind=PostAmount.Kind.RECOVERY)
    rows.update(state=State.PAID, reason="")
    tell_what_is_owed(held)
    _status_back(held, event, left)
    waiting = _missed(held, left)
    change = _keep(
        held,
        PlacementChange.Kind.LEAVE_TAKEN_BACK,
        reason,
        by,
        before={"left_on": left.isoformat(), "event": event, "note": note},
        after={"missed": [month.isoformat() for month in waiting]},
    )
    if waiting:
        _tell_missed(change, waiting)
    return Corrected(_reckon_anew(held, by), waiting)


def _demand_leave(held: PostPlacement, reason: str) -> None:
    if held.left_on is None:
        raise NotPossible(Why("not_left", "没有登记离岗，不用撤销。"))
    if not reason.strip():
        raise NotPossible(Why("no_reason", "没有写撤销离岗的原因。", "例如：同名同姓，登记错了人。"))
    other = PostPlacement.objects.filter(person=held.person, left_on=None).select_related("post__employer").first()
    if other is not None:
        raise NotPossible(
            Why("running", f"本人现在{other.post}在岗，不能撤销这一次离岗。", "请先核对哪一个岗位是对的。")
        )
    if held.post.closed_on is not None:
        raise NotPossible(Why("closed", f"岗位“{held.post.name}”已经撤销，不能恢复在岗。"))
    if placing.running(held.post).count() >= held.post.headcount:
        text = f"岗位“{held.post.name}”核定{held.post.headcount}人，已经满员。"
        raise NotPossible(Why("full", text, "请先调整核定人数。"))


def _status_back(placement: PostPlacement, event: str, left: dt.date) -> None:
    """The labour status runs on as if nobody had left; recorded otherwise since, somebody has to look."""
    back = labour.take_back_spell(
        person=placement.person,
        start_on=left + dt.timedelta(days=1),
        source=placing.SOURCE,
        evidence=placing.evidence_of(event),
    )
    current = labour.last_spell(placement.person)
    if back is None and (current is None or current.end_on is not None or current.status != "public_post"):
        taskboard.open_task(
            key=f"public_post.status:{placement.pk}:{placement.version}",
            title=f"核对{placement.person.name}的就业状态",
            reason=f"已撤销{LeaveEvent(event).label}的离岗登记，但就业状态后来又有变动，请核实后更正。",
            organization=placement.person.organization,
            person=placement.person,
            cleared_by="LabourStatusConfirmed",
            url=f"/people/{placement.person_id}/",
        )


def _missed(placement: PostPlacement, left: dt.date) -> list[dt.date]:
    """Months since the leave whose 审批表 is signed already and names the person no more."""
    today = first_of(clock.today())
    signed = PostPayroll.objects.filter(month__gt=left, month__lte=today).exclude(state=PostPayroll.State.DRAFT)
    path = placement.post.organization.path
    months = {one.month for one in signed.select_related("organization") if path.startswith(one.organization.path)}
    counted = PostAmount.objects.filter(placement=placement, month__in=months, heading="post_wage")
    counted = counted.filter(state__in=[State.LISTED, State.PAID])
    return sorted(months - set(counted.order_by("month").values_list("month", flat=True)))


def _tell_missed(change: PlacementChange, months: list[dt.date]) -> None:
    placement = change.placement
    said = "、".join(f"{month:%Y年%m月}" for month in months)
    taskboard.open_task(
        key=f"public_post.missed:{change.pk}",
        title=f"补拨{placement.person.name}的公益性岗位待遇",
        reason=f"离岗登记已撤销，{said}的审批表已经签批，没有列入本人。请补报这些月份的工资表，随下一张审批表补拨。"[
            :300
        ],
        organization=placement.post.organization,
        person=placement.person,
        cleared_by=paying.LISTED_EVENT,
        url=f"/posts/people/{placement.pk}/",
    )


@dataclass(frozen=True)
class NewWage:
    """What the corrected agreement says from a month on; without `floating_fen` the floating wage stays as each sheet has it."""

    from_month: dt.date
    base_fen: int
    floating_fen: int | None = None
    number: str = ""
    reason: str = ""


@acts.whole
def correct_wage(*, placement: PostPlacement, wage: NewWage, by: Any) -> Corrected:
    """更正工资 from a month on, also of months already signed or paid: a new line of the agreement, the sheets follow it.

    More becomes 补发 with the next 审批表, less is recovered. NotPossible for a month to come or before the post, for a wage
    against the rule of any month, without a reason, or when nothing would change.
    """
    held = placing.lock(placement)
    first = first_of(wage.from_month)
    _demand_wage(held, wage, first)
    sheets = list(PostWage.objects.select_for_update().filter(placement=held, month__gte=first).order_by("month"))
    before = {f"{row.month:%Y-%m}": [row.base_fen, row.floating_fen] for row in sheets}
    changed = []
    for row in sheets:
        floating = row.floating_fen if wage.floating_fen is None else wage.floating_fen
        if (row.base_fen, row.floating_fen) != (wage.base_fen, floating):
            row.base_fen, row.floating_fen = wage.base_fen, floating
            row.recorded_at, row.recorded_by = clock.now(), by
            changed.append(row)
    wrong = [
        why for row in changed for why in wages.faults(wages.Wage(held, row.base_fen, row.floating_fen), row.month)
    ]
    if wrong:
        raise NotPossible(*wrong[:20])
    if not changed and held.base_fen == wage.base_fen:
        text = f"{first:%Y年%m月}以来的工资与更正的一样，没有变动。"
        raise NotPossible(Why("same", text, "还没有报工资表的月份，请直接在“工资表”里填。"))
    for row in changed:
        row.save()
    before["agreement"] = held.base_fen
    held.base_fen = wage.base_fen
    after = {f"{row.month:%Y-%m}": [row.base_fen, row.floating_fen] for row in changed}
    _keep(
        held,
        PlacementChange.Kind.WAGE,
        wage.reason,
        by,
        from_month=first,
        number=wage.number.strip()[:60],
        before=before,
        after=after | {"agreement": wage.base_fen},
    )
    return Corrected(_reckon_anew(held, by))


def _demand_wage(held: PostPlacement, wage: NewWage, first: dt.date) -> None:
    found = []
    if not wage.reason.strip():
        found.append(Why("no_reason", "没有写更正的原因。", "例如：补充协议，自当月起调整基本工资。"))
    if first > clock.today():
        found.append(Why("future", f"{first:%Y年%m月}还没有到。", "请在当月的工资表里填。"))
    if first < first_of(held.started_on):
        found.append(Why("before", f"{held.started_on:%Y-%m-%d}才上岗，更正不能从更早的月份起。"))
    if first > held.last_on:
        found.append(Why("after", f"{held.last_on:%Y-%m-%d}以后不在岗，没有工资可以更正。"))
    if wage.base_fen <= 0:
        found.append(Why("base", "基本工资必须大于零。"))
    if found:
        raise NotPossible(*found)
