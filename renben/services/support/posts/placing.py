"""Posts and who is on them: opened, filled, changed, left (Q-1.3.5 核定待遇)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from renben.engines.payments.models import PaymentBatch
from renben.kernel import acts, audit, clock, labour
from renben.kernel.models import Employer, Person
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support import claiming
from renben.services.support.months import first_of
from renben.services.support.posts import differences
from renben.services.support.posts.amounts import drop, tell_what_is_owed
from renben.services.support.posts.codes import BASIS, STATUS_AFTER, LeaveEvent
from renben.services.support.posts.models import PostAmount, PostPlacement, PublicPost

State = PostAmount.State
SOURCE = "registration"


def lock(placement: PostPlacement) -> PostPlacement:
    """The placement as it stands now, locked until the transaction ends."""
    return (
        PostPlacement.objects.select_for_update(of=("self",))
        .select_related("person", "post__employer", "post__organization")
        .get(pk=placement.pk)
    )


def quarter_of(day: dt.date) -> dt.date:
    """The first day of the quarter a day lies in."""
    return dt.date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


@acts.whole
def open_post(
    *, employer: Employer, name: str, headcount: int, approved_from: dt.date, approval: str, by: Any
) -> PublicPost:
    """Register a kind of post at a unit. NotPossible for the same name again or no places."""
    name = name.strip()[:60]
    if headcount < 1:
        raise NotPossible(Why("headcount", "核定人数至少1人。"))
    if PublicPost.objects.filter(employer=employer, name=name, closed_on=None).exists():
        raise NotPossible(Why("twice", f"{employer.name}已经登记了岗位“{name}”，请改它的人数。"))
    post = PublicPost.objects.create(
        employer=employer,
        organization=employer.organization,
        name=name,
        headcount=headcount,
        approved_from=quarter_of(approved_from),
        approval=approval.strip()[:100],
        recorded_at=clock.now(),
        recorded_by=by,
    )
    _trail("open_post", f"employer:{employer.pk}", {"post": post.pk, "headcount": headcount}, by, post)
    return post


@acts.whole
def change_post(*, post: PublicPost, headcount: int, approval: str, by: Any) -> PublicPost:
    """Another number of places. NotPossible when more people are on the post than that."""
    held = PublicPost.objects.select_for_update(of=("self",)).get(pk=post.pk)
    taken = running(held).count()
    if headcount < max(1, taken):
        raise NotPossible(Why("headcount", f"现有{taken}人在岗，核定人数不能少于{max(1, taken)}人。"))
    before, held.headcount, held.approval = held.headcount, headcount, approval.strip()[:100]
    held.save(update_fields=["headcount", "approval"])
    _trail("change_post", f"employer:{held.employer_id}", {"post": held.pk, "headcount": [before, headcount]}, by, held)
    return held


@acts.whole
def close_post(*, post: PublicPost, on: dt.date, by: Any) -> PublicPost:
    """撤销岗位. NotPossible while somebody is on it."""
    held = PublicPost.objects.select_for_update(of=("self",)).get(pk=post.pk)
    if taken := running(held).count():
        raise NotPossible(Why("taken", f"还有{taken}人在岗，不能撤销。", "请先登记他们离岗。"))
    held.closed_on = held.closed_on or on
    held.save(update_fields=["closed_on"])
    _trail("close_post", f"employer:{held.employer_id}", {"post": held.pk, "on": held.closed_on}, by, held)
    return held


def running(post: PublicPost) -> Any:
    """Who is on a post and not registered as having left."""
    return PostPlacement.objects.filter(post=post, left_on=None)


@dataclass(frozen=True)
class Agreement:
    """What the agreement and the person's papers say. `first_month`: from which month the platform pays."""

    started_on: dt.date
    ends_on: dt.date
    base_fen: int
    number: str = ""
    child_birth_on: dt.date | None = None
    retire_on: dt.date | None = None
    first_month: dt.date | None = None


def _demand(person: Person, given: Agreement, on: dt.date) -> None:
    """NotPossible for facts that cannot be true."""
    found = []
    if given.started_on > on:
        found.append(Why("future", f"上岗日期{given.started_on:%Y-%m-%d}还没到，到那天再登记。"))
    if given.ends_on <= given.started_on:
        found.append(Why("ends", "合同到期日要在上岗日期以后。"))
    if given.base_fen <= 0:
        found.append(Why("base", "基本工资必须大于零。"))
    if given.child_birth_on and not person.birth_on < given.child_birth_on <= on:
        found.append(Why("child", "独生子女出生日期要在本人出生以后、今天以前。"))
    if given.retire_on and given.retire_on <= given.started_on:
        found.append(Why("retired", f"{given.retire_on:%Y-%m-%d}已达到法定退休年龄，不能安置。", article=BASIS))
    if given.first_month and first_of(given.first_month) < first_of(given.started_on):
        found.append(Why("first_month", "开始拨付的月份早于上岗的月份，请核对。"))
    if found:
        raise NotPossible(*found)


@acts.whole
def place(*, post: PublicPost, person: Person, agreement: Agreement, by: Any) -> PostPlacement:
    """Put somebody on a post. NotPossible when it is full or closed, or the person is on a post already.

    The labour status becomes 公益性岗位 from the first day on.
    """
    held = PublicPost.objects.select_for_update(of=("self",)).select_related("employer", "organization").get(pk=post.pk)
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if held.closed_on is not None:
        raise NotPossible(Why("closed", f"岗位“{held.name}”已经撤销。"))
    other = PostPlacement.objects.filter(person=person, left_on=None).select_related("post__employer").first()
    if other is not None:
        raise NotPossible(Why("running", f"本人已在{other.post}上岗，请先登记离岗。"))
    if running(held).count() >= held.headcount:
        raise NotPossible(Why("full", f"岗位“{held.name}”核定{held.headcount}人，已经满员。", "请先调整核定人数。"))
    given = agreement
    if given.retire_on is None:
        retire_on = claiming.retires_on(person, given.started_on)
        given = Agreement(**{**vars(agreement), "retire_on": retire_on})
    _demand(person, given, clock.today())
    placement = PostPlacement.objects.create(
        post=held,
        person=person,
        agreement_number=given.number.strip()[:60],
        started_on=given.started_on,
        ends_on=given.ends_on,
        retire_on=given.retire_on,
        base_fen=given.base_fen,
        child_birth_on=given.child_birth_on,
        first_month=first_of(given.first_month or given.started_on),
        recorded_at=clock.now(),
        recorded_by=by,
    )
    labour.set_status(
        person=person,
        status="public_post",
        start_on=given.started_on,
        source=SOURCE,
        by=by,
        evidence="公益性岗位劳动合同",
        employer=held.employer,
        employer_name=held.employer.name,
        occupation=held.name,
    )
    _trail("place", f"person:{person.pk}", {"placement": placement.pk, "from": given.started_on}, by, held)
    return placement


@acts.whole
def change(*, placement: PostPlacement, ends_on: dt.date, child_birth_on: dt.date | None, by: Any) -> PostPlacement:
    """续签 or a fact that was missing: months not settled yet are reckoned anew with it."""
    held = lock(placement)
    if held.left_on is not None:
        raise NotPossible(Why("left", "已经离岗，不能再改合同。"))
    given = Agreement(held.started_on, ends_on, held.base_fen, child_birth_on=child_birth_on, retire_on=held.retire_on)
    _demand(held.person, given, clock.today())
    held.ends_on, held.child_birth_on, held.reckoned_to = ends_on, child_birth_on, None
    held.version += 1
    held.save()
    detail = {"placement": held.pk, "ends": ends_on, "child": child_birth_on}
    _trail("change", f"person:{held.person_id}", detail, by, held.post)
    return held


@acts.whole
def leave(
    *, placement: PostPlacement, event: str, last_on: dt.date, note: str, by: Any
) -> tuple[PostPlacement, list[PostAmount]]:
    """Register that somebody left after `last_on`. What is not settled is reckoned anew; returned is what was paid for months
    after that day, money to recover, for which the district gets a task.

    NotPossible for a day to come or before the first day; the same again changes nothing.
    """
    held = lock(placement)
    if last_on > clock.today():
        raise NotPossible(Why("future", "在岗最后一天还没到，请到那天以后再登记。"))
    if last_on < held.started_on:
        raise NotPossible(Why("before", f"在岗最后一天早于上岗日期{held.started_on:%Y-%m-%d}，请核对。"))
    if (held.left_on, held.leave_event) == (last_on, event):
        return held, []
    if held.left_on is not None:
        raise NotPossible(
            Why("left", f"已经登记{held.left_on:%Y-%m-%d}离岗。", "登记错了的，请先撤销离岗，再重新登记。")
        )
    held.left_on, held.leave_event, held.leave_note = last_on, event, note.strip()[:300]
    held.reckoned_to = None
    held.version += 1
    held.save()
    for amount in _unsettled(held):
        drop(amount, f"离岗：{LeaveEvent(event).label}", by)
    over = claim_back(held, by)
    _after(held, event, last_on, by)
    detail = {"placement": held.pk, "event": event, "last": last_on, "recover": [one.pk for one in over]}
    _trail("leave", f"person:{held.person_id}", detail, by, held.post)
    return held, over


def _unsettled(placement: PostPlacement) -> list[PostAmount]:
    """Amounts that no confirmed list holds: they are reckoned anew with the next list."""
    rows = PostAmount.objects.select_for_update(of=("self",)).filter(placement=placement)
    rows = rows.filter(state__in=[State.WAITING, State.DUE, State.LISTED]).select_related("payment_line__batch")
    draft = PaymentBatch.State.DRAFT
    return [one for one in rows.order_by("id") if one.payment_line is None or one.payment_line.batch.state == draft]


def claim_back(placement: PostPlacement, by: Any) -> list[PostAmount]:
    """Paid months after the last one on the post become money to recover, with a task for the office of the post.

    A month of which a part came back already owes the rest as a further part.
    """
    later = PostAmount.objects.filter(placement=placement, month__gt=placement.left_on)
    later = later.exclude(heading__in=("post_heating", "post_cooling"))
    came_back = later.filter(kind=PostAmount.Kind.RECOVERY, state=State.RECOVERED)
    parted = set(came_back.order_by("id").values_list("month", "heading"))
    paid = later.exclude(kind=PostAmount.Kind.RECOVERY).filter(state=State.PAID)
    whole = [one for one in paid.order_by("month", "heading", "id") if (one.month, one.heading) not in parted]
    for one in whole:
        one.state, one.reason = State.RECOVER, f"{placement.left_on:%Y-%m-%d}已经离岗，这个月不应拨付"
        one.save(update_fields=["state", "reason"])
    months = set(later.order_by("month").values_list("month", flat=True))
    differences.bring_up([placement], by=by, months=months)
    tell_what_is_owed(placement)
    return list(later.filter(state=State.RECOVER).order_by("month", "heading", "id"))


def evidence_of(event: str) -> str:
    """What the labour status after a leave rests on."""
    return f"公益性岗位离岗：{LeaveEvent(event).label}"


def _after(placement: PostPlacement, event: str, last_on: dt.date, by: Any) -> None:
    """The labour status from the next day on, unless somebody has recorded something else since."""
    current = labour.last_spell(placement.person)
    if current is None or current.end_on is not None or current.status != "public_post":
        return
    labour.set_status(
        person=placement.person,
        status=STATUS_AFTER[LeaveEvent(event)],
        start_on=last_on + dt.timedelta(days=1),
        source=SOURCE,
        by=by,
        evidence=evidence_of(event),
    )


@acts.whole
def record_recovery(*, amount: PostAmount, on: dt.date, note: str, by: Any) -> PostAmount:
    """Money of one month and heading that came back in full, with what proves it."""
    held = (
        PostAmount.objects.select_for_update(of=("self",))
        .select_related("person", "placement__person", "placement__post__organization")
        .get(pk=amount.pk)
    )
    if held.state != State.RECOVER:
        raise NotPossible(Why("not_open", f"这一笔现在是“{held.get_state_display()}”，不用登记追回。"))
    if on > clock.today():
        raise NotPossible(Why("future", "追回日期还没到，请核对。"))
    if not note.strip():
        raise NotPossible(Why("no_note", "没有写追回的凭据。", "例如：收据号、银行回单号。"))
    held.state, held.recovered_on, held.recovered_note = State.RECOVERED, on, note.strip()[:200]
    held.save(update_fields=["state", "recovered_on", "recovered_note"])
    if not PostAmount.objects.filter(placement=held.placement, state=State.RECOVER).exists():
        tell_what_is_owed(held.placement)
    detail = {"amount": held.pk, "month": held.month, "heading": held.heading, "fen": held.fen}
    _trail("recover", f"person:{held.person_id}", detail, by, held.placement.post)
    return held


def _trail(action: str, subject: str, detail: dict[str, Any], by: Any, post: PublicPost) -> None:
    audit.record(action=f"public_post.{action}", subject=subject, detail=detail, by=by, organization=post.organization)
