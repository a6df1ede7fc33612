"""The fair itself: planned, announced, held, closed or called off (Q-2.2.4). One transaction and one audit entry each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from renben.kernel import acts, audit, clock, events, numbering, taskboard
from renben.kernel.models import Organization
from renben.services.placement.fairs import limits
from renben.services.placement.fairs.models import Fair, FairBooth
from renben.services.registration.reasons import NotPossible, Why

State = Fair.State
ANNOUNCED, COLLECTED = "FairAnnounced", "FairReceiptsCollected"
"""What clears the tasks of publishing a fair and of collecting its receipts."""


class StaleFair(Exception):
    """Somebody changed the fair since the page was opened."""


@dataclass(frozen=True)
class Plan:
    """What is decided before anybody books. Numbers of booths are places in the hall, counted from 1."""

    kind: str
    title: str
    on: dt.date
    starts_at: dt.time
    ends_at: dt.time
    place: str
    booths: int
    booths_each: int
    booking_until: dt.date
    notes: str = ""


def lock(fair_id: int, version: int | None = None) -> Fair:
    """The fair as it stands now, locked. StaleFair when it is no longer at `version`."""
    held = Fair.objects.select_for_update(of=("self",), no_key=True).select_related("organization").get(pk=fair_id)
    if version is not None and held.version != version:
        raise StaleFair
    return held


def note(fair: Fair, event: str, by: Any, **detail: Any) -> None:
    """One entry of the audit trail."""
    audit.record(
        action=f"fair.{event}", subject=f"fair:{fair.pk}", detail=detail, by=by, organization=fair.organization_id
    )


def _faults(plan: Plan, taken: int) -> list[Why]:
    found = []
    if plan.on < clock.today():
        found.append(Why("past", f"召开日期{plan.on:%Y-%m-%d}已经过了。", "请改成今天或以后的日期。"))
    if plan.ends_at <= plan.starts_at:
        found.append(Why("hours", "结束时间要晚于开始时间。", "请核对上午、下午。"))
    if plan.booking_until > plan.on:
        found.append(Why("booking", "订展位的截止日期不能晚于召开日期。", "请改早一些。"))
    if plan.booths < 1 or plan.booths_each < 1:
        found.append(Why("booths", "展位数至少是1个。"))
    if plan.booths_each > plan.booths:
        found.append(Why("each", f"一家最多{plan.booths_each}个展位，比总数{plan.booths}个还多。"))
    if plan.booths < taken:
        found.append(Why("taken", f"已经订出到{taken}号展位，展位数不能少于{taken}个。", "请先退订或换位。"))
    return found


@acts.whole
def plan_fair(*, organization: Organization, plan: Plan, by: Any) -> Fair:
    """排一场洽谈会. NotPossible names every fault of the plan."""
    if faults := _faults(plan, 0):
        raise NotPossible(*faults)
    number = numbering.next("fair", organization, clock.today(), "ZPH")
    fair = Fair.objects.create(
        organization=organization, number=number, recorded_by=by, recorded_at=clock.now(), **vars(plan)
    )
    note(fair, "plan", by, on=str(plan.on), booths=plan.booths)
    return fair


@acts.whole
def change(*, fair: Fair, plan: Plan, version: int, by: Any) -> Fair:
    """Change a fair that has not been held. Booths keep their numbers."""
    held = _coming(lock(fair.pk, version))
    last = max((place for stand in standing(held) for place in stand.places), default=0)
    if faults := _faults(plan, last):
        raise NotPossible(*faults)
    moved = (held.on, held.starts_at, held.ends_at) != (plan.on, plan.starts_at, plan.ends_at)
    for name, value in vars(plan).items():
        setattr(held, name, value)
    held.version += 1
    held.save()
    if moved:
        events.emit(events.FairMoved(held.pk))
    note(held, "change", by, on=str(plan.on), moved=moved)
    return held


def standing(fair: Fair) -> list[FairBooth]:
    """Booths that were not given back, by their first place."""
    rows = FairBooth.objects.filter(fair=fair).exclude(state=FairBooth.State.CANCELLED)
    return list(rows.select_related("employer").prefetch_related("vacancies").order_by("places"))


def _coming(fair: Fair) -> Fair:
    if not fair.is_coming:
        raise NotPossible(Why("over", f"这场会{fair.get_state_display()}，不能再改。"))
    return fair


@acts.whole
def announce(*, fair: Fair, where: str, by: Any) -> Fair:
    """发布会讯: from now on it stands on the public page. Publishing again keeps the first day."""
    held = _coming(lock(fair.pk))
    if not where.strip():
        raise NotPossible(Why("where", "请写会讯发布在哪里（网站、宣传栏、电子屏……）。"))
    held.state, held.announced_on = State.ANNOUNCED, held.announced_on or clock.today()
    held.announced_where = where.strip()[:200]
    held.save()
    taskboard.clear(key=f"fair:{held.pk}:announce", event=ANNOUNCED, outcome="会讯已发布")
    note(held, "announce", by, where=held.announced_where)
    return held


@acts.whole
def load_screen(*, fair: Fair, on: dt.date, by: Any) -> Fair:
    """导入电子屏, due on the working day before."""
    held = _coming(lock(fair.pk))
    if on > min(clock.today(), held.on):
        raise NotPossible(Why("day", "导入电子屏的日期要在今天以前、召开日期以前，请核对。"))
    held.screen_loaded_on = on
    held.save()
    note(held, "load_screen", by, on=str(on))
    return held


@acts.whole
def guide(*, fair: Fair, at: dt.time, what: str, by: Any) -> Fair:
    """专场会前1小时的指导: when it began and what was said."""
    held = lock(fair.pk)
    if held.kind != Fair.Kind.SPECIAL:
        raise NotPossible(Why("kind", "例行洽谈会不要求会前指导。"))
    if at >= held.starts_at:
        raise NotPossible(Why("late", f"会前指导要在{held.starts_at:%H:%M}开会以前开始，请核对时间。"))
    if not what.strip():
        raise NotPossible(Why("what", "请写讲了什么：参会单位的文化、应试技巧、注意事项。"))
    held.guided_at, held.guided_what = at, what.strip()
    held.save()
    note(held, "guide", by, at=at.isoformat())
    return held


@acts.whole
def end(*, fair: Fair, on: dt.date, steward: str, consulted: int, course: str, by: Any) -> Fair:
    """会后: booths nobody stood at are 没到, receipts fall due, the office gets a task for them."""
    held = _coming(lock(fair.pk))
    if not held.on <= on <= clock.today():
        raise NotPossible(Why("day", f"结束日期要在{held.on:%Y-%m-%d}以后、今天以前，请核对。"))
    if not steward.strip():
        raise NotPossible(Why("steward", "请写现场专人是谁。"))
    FairBooth.objects.filter(fair=held, state=FairBooth.State.BOOKED).update(state=FairBooth.State.NO_SHOW)
    held.state, held.ended_on, held.receipts_due = State.HELD, on, limits.receipts_by(on)
    held.steward, held.consulted, held.course = steward.strip()[:50], consulted, course.strip()
    held.save()
    came = FairBooth.objects.filter(fair=held, state=FairBooth.State.ATTENDED).count()
    if came:
        taskboard.open_task(
            key=f"fair:{held.pk}:receipts",
            title=f"收“{held.title}”的回执",
            reason=f"{came}家单位到会，《用人单位反馈回执单》要在{held.receipts_due:%Y-%m-%d}前收齐。",
            organization=held.organization,
            cleared_by=COLLECTED,
            due_on=held.receipts_due,
            url=f"/fairs/{held.pk}/",
        )
    note(held, "end", by, came=came, on=str(on))
    return held


@acts.whole
def close(*, fair: Fair, by: Any) -> Fair:
    """总结: only when every employer that came has answered or was asked."""
    held = lock(fair.pk)
    if held.state != State.HELD:
        raise NotPossible(Why("state", f"这场会{held.get_state_display()}，现在不能总结。"))
    if open_ones := [booth.employer.name for booth in standing(held) if is_open(booth)]:
        said = "、".join(open_ones[:5]) + ("等" if len(open_ones) > 5 else "")
        raise NotPossible(
            Why("receipts", f"还有{len(open_ones)}家没有回执、也没有跟踪记录：{said}。", "请先逐家登记。")
        )
    held.state = State.CLOSED
    held.save()
    taskboard.clear(key=f"fair:{held.pk}:receipts", event=COLLECTED, outcome="回执已收齐")
    note(held, "close", by)
    return held


def is_open(booth: FairBooth) -> bool:
    """An employer that came and has neither answered nor been asked."""
    return booth.state == FairBooth.State.ATTENDED and booth.receipt_on is None and booth.tracked_on is None


@acts.whole
def cancel(*, fair: Fair, why: str, by: Any) -> Fair:
    """取消: the reason is shown on the public page; whoever booked or signed up has to be told, so the office gets a task."""
    held = _coming(lock(fair.pk))
    if not why.strip():
        raise NotPossible(Why("why", "请写为什么取消，公众看得到。"))
    told = len(standing(held)) + held.visitors.count()
    held.state, held.cancelled_why = State.CANCELLED, why.strip()[:200]
    held.save()
    taskboard.clear(key=f"fair:{held.pk}:announce", event=ANNOUNCED, outcome="已取消")
    if told:
        taskboard.open_task(
            key=f"fair:{held.pk}:cancelled",
            title=f"通知“{held.title}”取消",
            reason=f"已有{told}家单位、求职者报名，请逐个通知：{held.cancelled_why}",
            organization=held.organization,
            cleared_by="FairCancellationTold",
            due_on=held.on,
            url=f"/fairs/{held.pk}/",
        )
    note(held, "cancel", by, why=held.cancelled_why)
    return held


@acts.whole
def told_cancelled(*, fair: Fair, by: Any) -> None:
    """Everybody was told that the fair does not take place."""
    if fair.state != State.CANCELLED:
        raise NotPossible(Why("state", "这场会没有取消。"))
    taskboard.clear(key=f"fair:{fair.pk}:cancelled", event="FairCancellationTold", outcome="都已通知")
    note(fair, "told_cancelled", by)
