"""每月20日的审批表: what is due goes on the month's lists once, is signed by another person, paid to the units, and comes back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet

from renben.engines.payments import accounts, returns
from renben.engines.payments import actions as payments
from renben.engines.payments.models import PaymentBatch, PaymentLine
from renben.kernel import acts, audit, clock, taskboard
from renben.kernel.models import Employer, Organization, Task
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support.months import first_of
from renben.services.support.posts import money, placing
from renben.services.support.posts.codes import Heading
from renben.services.support.posts.models import PlacementChange, PostAmount, PostPayroll, PostPlacement
from renben.services.support.posts.reckoning import reckon

LISTED_EVENT = "PostMonthsListed"
State, Payroll = PostAmount.State, PostPayroll.State


def amounts_of(payroll: PostPayroll) -> QuerySet[PostAmount]:
    """Everything on an 审批表 that has not come back."""
    return PostAmount.objects.filter(payment_line__batch__post_payrolls=payroll)


@acts.whole
def make_payroll(*, organization: Organization, month: dt.date, by: Any) -> PostPayroll | None:
    """The month's 审批表 of the district: everybody's wage, insurance and welfare that is due and stands on no list, of earlier
    months too. Repeating it adds nothing; a draft follows the facts of today. None when nothing is due.

    The housing fund waits for the month in which it is deposited.
    """
    month = first_of(month)
    if month > clock.today():
        raise NotPossible(Why("future", f"{month:%Y年%m月}还没有到，不能提前填制审批表。"))
    Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
    reckon(organization=organization, month=month, by=by)
    payrolls = PostPayroll.objects.filter(organization=organization, month=month).order_by("-sequence")
    latest = payrolls.first()
    payroll = latest if latest is not None and latest.state == Payroll.DRAFT else None
    batches = [batch for heading in Heading if (batch := _list(organization, month, heading, by)) is not None]
    if batches and payroll is None:
        payroll = PostPayroll.objects.create(
            organization=organization,
            month=month,
            sequence=latest.sequence + 1 if latest is not None else 1,
            made_at=clock.now(),
            made_by=by,
        )
    if payroll is not None:
        payroll.batches.add(*batches)
    return payroll or latest


def _list(organization: Organization, month: dt.date, heading: str, by: Any) -> PaymentBatch | None:
    """Put what is due under a heading on its list; the list when anything new came onto it."""
    if heading == Heading.FUND and not money.deposits_fund(month):
        return None
    rows = list(
        PostAmount.objects.select_for_update(of=("self",))
        .filter(
            placement__post__organization__path__startswith=organization.path,
            heading=heading,
            state=State.DUE,
            month__lte=month,
        )
        .order_by("id")
    )
    dues = [payments.Due(row.person_id, row.month, row.fen, row.determination_id, part=row.part) for row in rows]
    batch, lines = payments.make_batch(heading=heading, month=month, organization=organization, dues=dues, by=by)
    by_key = {line.key: line for line in lines}
    for row in rows:
        line = by_key.get(payments.payment_key(heading, row.person_id, row.month, row.part))
        if line is None:
            row.state, row.reason = State.WAITING, "这个月的这一项已在别的名录中发放"
        else:
            row.state, row.payment_line = State.LISTED, line
            row.reason = row.reason if row.kind == PostAmount.Kind.DIFFERENCE else ""
        row.save()
    return batch if lines else None


def _locked(payroll: PostPayroll, wanted: str, text: str) -> PostPayroll:
    held = PostPayroll.objects.select_for_update(of=("self",)).select_related("organization").get(pk=payroll.pk)
    if held.state != wanted:
        raise NotPossible(Why("payroll_state", text.format(state=held.get_state_display())))
    return held


@acts.whole
def confirm_payroll(*, payroll: PostPayroll, approved_on: dt.date, signed_on: dt.date, by: Any) -> PostPayroll:
    """区级审批 and the leader's signature fix the lists. NotPossible for who made it, for an empty one, or days to come."""
    held = _locked(payroll, Payroll.DRAFT, "审批表现在是“{state}”，不用再签批。")
    if held.made_by_id is not None and held.made_by_id == by.pk:
        raise NotPossible(Why("same_person", "审批表由谁生成，就不能由谁签批。", "请换一位复核人员办理。"))
    if max(approved_on, signed_on) > clock.today():
        raise NotPossible(Why("future", "审批、签字的日期还没到，请核对。"))
    if signed_on < approved_on:
        raise NotPossible(Why("order", "主管领导签字日期早于区级审批通过日期，请核对。"))
    batches = list(held.batches.order_by("id"))
    for batch in [one for one in batches if not one.count]:
        held.batches.remove(batch)
    full = [batch for batch in batches if batch.count]
    if not full:
        raise NotPossible(Why("empty", "审批表里没有要拨付的人，不能签批。"))
    _address(held)
    for batch in full:
        payments.confirm(batch=batch, by=by)
    _clear_missed(held)
    held.state, held.approved_on, held.signed_on = Payroll.CONFIRMED, approved_on, signed_on
    held.save()
    _trail("confirm", held, by, total=sum(batch.total_fen for batch in full))
    return held


def _clear_missed(payroll: PostPayroll) -> None:
    """Whose months missed over a wrong leave all stand on lists now needs no looking after any more."""
    listed = amounts_of(payroll).filter(heading=Heading.WAGE, month__lt=payroll.month).order_by()
    changes = PlacementChange.objects.filter(
        placement__in=listed.values("placement"), kind=PlacementChange.Kind.LEAVE_TAKEN_BACK
    )
    for change in changes.order_by("id"):
        missed = {dt.date.fromisoformat(month) for month in change.after["missed"]}
        rows = PostAmount.objects.filter(placement=change.placement_id, heading=Heading.WAGE, month__in=missed)
        on_lists = rows.filter(state__in=[State.LISTED, State.PAID]).order_by("month")
        if missed <= set(on_lists.values_list("month", flat=True)):
            taskboard.clear(key=f"public_post.missed:{change.pk}", event=LISTED_EVENT, outcome="已列入签批的审批表")


def _address(payroll: PostPayroll) -> None:
    """Every unit's money goes to its own account, fixed with the signature. NotPossible names the units without one.

    The housing fund goes to its centre by the deposit's own papers.
    """
    rows = amounts_of(payroll).exclude(heading=Heading.FUND).select_related("placement__post__employer")
    by_unit: dict[Employer, list[int]] = {}
    for row in rows.order_by("placement__post__employer__name", "id"):
        by_unit.setdefault(row.placement.post.employer, []).append(row.payment_line_id)
    held = accounts.current_of(by_unit)
    missing = [unit.name for unit in by_unit if unit.pk not in held]
    if missing:
        raise NotPossible(
            Why("no_account", f"{'、'.join(missing[:5])}没有登记收款账户。", "请在“岗位”里点开岗位，登记组织的账户。")
        )
    for unit, lines in by_unit.items():
        PaymentLine.objects.filter(pk__in=lines).update(account=held[unit.pk])


@acts.whole
def pay_payroll(*, payroll: PostPayroll, on: dt.date, by: Any) -> PostPayroll:
    """The money went out. Whoever had left by then although the list was signed already owes the later months back."""
    held = _locked(payroll, Payroll.CONFIRMED, "审批表现在是“{state}”，签批后才能登记拨付。")
    if on > clock.today():
        raise NotPossible(Why("future", "拨付日期还没到，请核对。"))
    if held.signed_on is not None and on < held.signed_on:
        raise NotPossible(Why("order", "拨付日期早于主管领导签字日期，请核对。"))
    for batch in held.batches.order_by("id"):
        payments.mark_paid(batch=batch, on=on, by=by)
    rows = amounts_of(held).filter(state=State.LISTED)
    gone = sorted(
        set(rows.filter(placement__left_on__isnull=False).order_by("id").values_list("placement_id", flat=True))
    )
    PostAmount.objects.filter(pk__in=list(rows.order_by("id").values_list("pk", flat=True))).update(state=State.PAID)
    for placement in (
        PostPlacement.objects.filter(pk__in=gone).select_related("person", "post__organization").order_by("id")
    ):
        placing.claim_back(placement, by)
    _clear_returns(held)
    held.state, held.paid_on = Payroll.PAID, on
    held.save()
    _trail("pay", held, by, on=on)
    return held


def _clear_returns(payroll: PostPayroll) -> None:
    """Units that are paid again have nothing to look into any more."""
    units = amounts_of(payroll).order_by().values_list("placement__post__employer", flat=True).distinct()
    for unit in units:
        open_now = Task.objects.filter(key__startswith=f"public_post.returned:{unit}:", cleared_at=None).order_by("id")
        for key in list(open_now.values_list("key", flat=True)):
            taskboard.clear(key=key, event="PostUnitPaidAgain", outcome="已重新拨付")


@acts.whole
def take_back_unit(*, payroll: PostPayroll, employer: Employer, reason: str, on: dt.date, by: Any) -> list[PaymentLine]:
    """A unit's transfer came back: its people's months are due again and go on the next 审批表. The fund is not the unit's."""
    held = _locked(payroll, Payroll.PAID, "审批表现在是“{state}”，拨付以后才会有退回。")
    if not reason.strip():
        raise NotPossible(Why("no_reason", "没有写退回的原因。", "例如：账号已销户。"))
    if on > clock.today():
        raise NotPossible(Why("future", "退回日期还没到，请核对。"))
    rows = amounts_of(held).filter(state=State.PAID, placement__post__employer=employer).exclude(heading=Heading.FUND)
    amounts = {row.payment_line_id: row for row in rows.select_related("payment_line").order_by("id")}
    if not amounts:
        raise NotPossible(Why("nothing", f"这张审批表里没有拨给{employer.name}、还没有退回的钱。"))
    back: list[PaymentLine] = []
    for batch in held.batches.order_by("id"):
        mine = [row.payment_line for row in amounts.values() if row.payment_line.batch_id == batch.pk]
        results = [returns.Result(line.pk, line.fen, False, reason.strip()[:200]) for line in mine]
        back += returns.take_return(batch=batch, results=results, on=on, by=by).returned if results else []
    for line in back:
        row = amounts[line.pk]
        row.state, row.payment_line, row.reason = State.DUE, None, f"退回：{reason.strip()}"[:300]
        row.save()
    taskboard.open_task(
        key=f"public_post.returned:{employer.pk}:{held.pk}:{on}",
        title=f"核对{employer.name}的收款账户",
        reason=f"{held.month:%Y年%m月}公益性岗位专项补贴被退回：{reason.strip()}。核对后随下一张审批表再拨。"[:300],
        organization=held.organization,
        cleared_by="PostUnitPaidAgain",
        url=f"/posts/payrolls/{held.pk}/",
    )
    _trail("return", held, by, employer=employer.pk, lines=len(back))
    return back


def _trail(action: str, payroll: PostPayroll, by: Any, **detail: Any) -> None:
    audit.record(
        action=f"public_post.{action}",
        subject=f"post_payroll:{payroll.pk}",
        detail={"month": payroll.month, "sequence": payroll.sequence, **detail},
        by=by,
        organization=payroll.organization,
    )
