"""公示 and 异议 (D-12): how long the notice lasts follows from the catalogue's limit; an open objection stops the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from renben.kernel import acts, audit, calendar_table, clock, taskboard
from renben.kernel.duedates import AtLeast, Due, Pause, due
from renben.kernel.workcalendar import WorkCalendar
from renben.services.registration import limits
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support.grants.codes import PROCEDURE
from renben.services.support.grants.models import Grant, GrantLine, GrantNotice, GrantObjection

STEP, LIMIT = "publicise", "notice_week"


def length() -> AtLeast:
    """How long a notice lasts, as the procedure in force says (Q-1.3.6 信息公示). A day without work ends it as well: nobody has
    to come in for it, only the next act waits for a working day."""
    found = next(d for d in limits.procedure(PROCEDURE).step(STEP).deadlines if d.key == LIMIT)
    if found.n is None or not found.unit:
        raise ValueError(f"{PROCEDURE}/{STEP}/{LIMIT} has no number")
    return AtLeast(found.n, found.unit)


def ends(
    from_on: dt.date, rule: AtLeast, pauses: Sequence[Pause], calendar: WorkCalendar, *, today: dt.date | None = None
) -> Due:
    """When a notice that began on `from_on` has lasted its time: `raw_on` is its last day, `on` the working day on which one may
    go on, `paused` whether an objection stops it now. Pure."""
    return due(from_on, rule, calendar, list(pauses), today=today)


def due_of(notice: GrantNotice, objections: Sequence[GrantObjection] | None = None) -> Due:
    """The same for a notice on file. Give its objections when they are at hand."""
    rows = notice.objections.order_by("raised_on", "id") if objections is None else objections
    pauses = [row.pause for row in rows]
    return ends(notice.from_on, length(), pauses, calendar_table.current(), today=clock.today())


def current(grant: Grant) -> GrantNotice | None:
    """The notice of this round, when one was put up."""
    return grant.notices.filter(round=grant.round).first()


def put_up(grant: Grant, *, on: dt.date, amount_fen: int, people: int) -> GrantNotice:
    """Begin the notice of this round."""
    return GrantNotice.objects.create(grant=grant, round=grant.round, from_on=on, amount_fen=amount_fen, people=people)


def withdraw(grant: Grant) -> None:
    """Take down what still hangs."""
    grant.notices.filter(ended_on=None).update(ended_on=clock.today())


def hanging(rows: Any = None) -> list[GrantNotice]:
    """The notices the public may read today, newest first, within `rows` (default all)."""
    rows = GrantNotice.objects.all() if rows is None else rows
    found = rows.filter(ended_on=None).select_related("grant__employer", "grant__organization")
    people = Prefetch("grant__lines", GrantLine.objects.select_related("person").order_by("id"))
    objections = Prefetch("objections", GrantObjection.objects.order_by("raised_on", "id"))
    return list(found.prefetch_related(people, objections).order_by("-from_on", "-id"))


def _lock(grant: Grant) -> Grant:
    return Grant.objects.select_for_update(of=("self",)).select_related("organization", "employer").get(pk=grant.pk)


@dataclass(frozen=True)
class Raised:
    """An objection as it came in."""

    on: dt.date
    through: str
    text: str
    who: str = ""


@acts.whole
def object_to(*, grant: Grant, raised: Raised, by: Any) -> GrantObjection:
    """Record an objection: the clock stands until it is answered. NotPossible outside the notice or for an impossible day."""
    held = _lock(grant)
    notice = current(held)
    if held.state != Grant.State.NOTICE or notice is None:
        text = f"这一件现在是“{held.get_state_display()}”，不在公示期；收到的意见请按举报投诉登记。"
        raise NotPossible(Why("no_notice", text))
    if not notice.from_on <= raised.on <= clock.today():
        text = f"收到日期应在公示开始的{notice.from_on:%Y年%m月%d日}到今天之间。"
        raise NotPossible(Why("objection_day", text, "请核对日期。"))
    made = GrantObjection.objects.create(
        notice=notice,
        raised_on=raised.on,
        who=raised.who[:50],
        through=raised.through,
        text=raised.text,
        recorded_by=by,
    )
    taskboard.open_task(
        key=f"grant.objection:{made.pk}",
        title=f"查清、答复对“{title_of(held)}”的异议",
        reason=f"{raised.on:%Y年%m月%d日}收到异议，公示停止计时，答复以前不能往下办、不能发放。",
        organization=held.organization,
        cleared_by="GrantObjectionAnswered",
        url=f"/grants/{held.pk}/",
    )
    _audit(held, "object", by, objection=made.pk)
    return made


@acts.whole
def answer(*, objection: GrantObjection, text: str, is_upheld: bool, by: Any) -> GrantObjection:
    """Answer an objection: the clock runs on; one that is upheld takes the notice down and sends the grant back."""
    row = GrantObjection.objects.select_for_update(of=("self",)).select_related("notice").get(pk=objection.pk)
    if row.answered_on is not None:
        raise NotPossible(Why("answered", f"这条异议已在{row.answered_on:%Y年%m月%d日}答复过。"))
    held = _lock(Grant(pk=row.notice.grant_id))
    row.answered_on, row.answer, row.is_upheld, row.answered_by = clock.today(), text, is_upheld, by
    row.save()
    if is_upheld and held.state == Grant.State.NOTICE:
        withdraw(held)
        held.state = Grant.State.BACK
        held.version += 1
        held.save(update_fields=["state", "version"])
    taskboard.clear(key=f"grant.objection:{row.pk}", event="GrantObjectionAnswered", outcome="已答复")
    _audit(held, "answer", by, objection=row.pk, upheld=is_upheld)
    return row


def title_of(grant: Grant) -> str:
    """How a grant is named in a sentence: applicant and item."""
    return f"{grant.employer.name if grant.employer else '个人'} {grant.get_item_display()}"


def _audit(grant: Grant, what: str, by: Any, **detail: Any) -> None:
    audit.record(
        action=f"grant.{what}",
        subject=f"grant:{grant.pk}",
        detail={"state": grant.state, **detail},
        by=by,
        organization=grant.organization,
    )


def open_objections(grant: Grant) -> list[GrantObjection]:
    """What nobody has answered yet, over all rounds."""
    return list(GrantObjection.objects.filter(notice__grant=grant, answered_on=None).order_by("raised_on", "id"))


def demand_over(grant: Grant) -> GrantNotice:
    """The notice, when it has lasted its time and nothing speaks against going on. NotPossible names what does."""
    notice = current(grant)
    if notice is None or grant.state not in (Grant.State.NOTICE, Grant.State.BACK):
        raise NotPossible(Why("no_notice", "这一次还没有公示。", "请先办“终审”。"))
    rows = list(notice.objections.order_by("raised_on", "id"))
    waiting = [row for row in rows if row.answered_on is None]
    if waiting:
        text = f"还有{len(waiting)}条异议没有答复，公示停着不计时。"
        raise NotPossible(Why("open_objection", text, "请在这一件的页面上查清、答复。"))
    if any(row.is_upheld for row in rows):
        raise NotPossible(Why("upheld", "有异议成立，不能往下报。", "请选“异议成立，退回重审”或“不予发放”。"))
    over = due_of(notice, rows)
    if clock.today() <= over.raw_on:
        text = f"公示要到{over.raw_on:%Y年%m月%d日}满期。"
        raise NotPossible(Why("notice_running", text, f"{over.on:%Y年%m月%d日}起才能往下办。"))
    return notice
