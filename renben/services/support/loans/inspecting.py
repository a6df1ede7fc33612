"""贷后检查: what was seen lands on the loan; a change or a problem becomes a task until it is reported (J-5.4.5, Q-1.3.3, C-7.1.2.1)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from renben.kernel import acts, clock, taskboard
from renben.kernel.models import Organization
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support.loans import limits
from renben.services.support.loans.codes import CheckOccasion, CheckWay
from renben.services.support.loans.due import Done, Owed, checks_owed
from renben.services.support.loans.keeping import demand_past, demand_state, keep, lock, tell
from renben.services.support.loans.models import Loan, LoanCheck, LoanEvent, LoanOpening

State, Event = Loan.State, LoanEvent.Kind
REPORTED = "LoanProblemReported"


@dataclass(frozen=True)
class Inspection:
    """One inspection. `seen`: code of `codes.SEEN` → words. `problem` needs the day it was found."""

    on: dt.date
    way: str = CheckWay.ON_SITE
    occasion: str = CheckOccasion.MONTHLY
    inspector: str = ""
    seen: dict[str, str] = field(default_factory=dict)
    note: str = ""
    has_changed: bool = False
    problem: str = ""
    found_on: dt.date | None = None
    reported_on: dt.date | None = None


def _task_key(check: LoanCheck) -> str:
    return f"loan.report:{check.pk}"


def report_due(check: LoanCheck) -> dt.date | None:
    """The last day to report what was found; None when there is nothing to report or it was reported."""
    if check.reported_on is not None or not (check.problem or check.has_changed):
        return None
    found_on = check.found_on or check.on
    return limits.report_by(found_on) if check.problem else limits.change_by(found_on)


def _open_task(check: LoanCheck) -> None:
    """What was found has to be reported in writing in time."""
    loan = check.loan
    taskboard.open_task(
        key=_task_key(check),
        title=f"书面报告 {loan.borrower_name} 贷款的{'问题' if check.problem else '重大变化'}",
        reason=(check.problem or check.note or "检查内容有重大变化")[:300],
        organization=loan.organization,
        cleared_by=REPORTED,
        due_on=report_due(check),
        person=loan.person,
        url=f"/loans/{loan.pk}/",
    )


@acts.whole
def record(*, loan: Loan, inspection: Inspection, by: Any, case: Any = None) -> LoanCheck:
    """Keep an inspection; the first one after the money came turns the loan to 还款中. NotPossible for a day that cannot be."""
    held = lock(loan)
    demand_state(held, *Loan.LENT)
    demand_past(inspection.on, "检查日期")
    if held.arrived_on is not None and inspection.on < held.arrived_on:
        text = f"检查日期在资金到位（{held.arrived_on:%Y-%m-%d}）以前。"
        raise NotPossible(Why("before_money", text, "请核对日期。"))
    check = LoanCheck.objects.create(
        loan=held,
        occasion=inspection.occasion,
        on=inspection.on,
        way=inspection.way,
        inspector=inspection.inspector[:100],
        seen=inspection.seen,
        note=inspection.note,
        has_changed=inspection.has_changed,
        problem=inspection.problem,
        found_on=inspection.found_on,
        reported_on=inspection.reported_on,
        case=case,
        recorded_at=clock.now(),
        recorded_by=by,
    )
    _tell_findings(held, check, by, case)
    if held.state == State.DISBURSED and inspection.occasion != CheckOccasion.COMMUNITY:
        held.state = State.REPAYING
    keep(held, "check", by, check=check.pk, occasion=check.occasion)
    return check


def _tell_findings(loan: Loan, check: LoanCheck, by: Any, case: Any) -> None:
    found_on = check.found_on or check.on
    if check.has_changed:
        tell(loan, Event.CHANGED, found_on, by, text=check.note, case=case)
    if check.problem:
        tell(loan, Event.PROBLEM, found_on, by, text=check.problem, case=case)
    if report_due(check) is not None:
        _open_task(check)


@acts.whole
def report(*, check: LoanCheck, on: dt.date, by: Any) -> LoanCheck:
    """书面报告 is sent: the task ends. NotPossible for a day to come or before it was found."""
    held = lock(check.loan)
    check.refresh_from_db()
    if report_due(check) is None:
        raise NotPossible(Why("reported", "这次检查没有要报告的，或者已经报告过。"))
    demand_past(on, "报告日期")
    if on < (check.found_on or check.on):
        raise NotPossible(Why("before_found", "报告日期在发现之前。", "请核对日期。"))
    check.reported_on = on
    check.save(update_fields=["reported_on"])
    taskboard.clear(key=_task_key(check), event=REPORTED, outcome="已书面报告")
    keep(held, "report", by, check=check.pk)
    return check


def running_at(organization: Organization, *kinds: str) -> QuerySet[Loan]:
    """Loans of these kinds that are lent and not settled in an office's territory, by name."""
    rows = Loan.objects.lent().filter(organization__path__startswith=organization.path, kind__in=kinds)
    return rows.select_related("person", "employer", "organization").order_by("person__pinyin", "id")


def named(organization: Organization, name: str, *kinds: str) -> Loan:
    """The running loan that a line of a duty means: by file number, borrower or business. NotPossible unless there is one."""
    rows = running_at(organization, *kinds).filter(
        Q(person__name=name.strip()) | Q(business_name=name.strip()) | Q(file_number=name.strip())
    )
    found = list(rows[:2])
    if len(found) == 1:
        return found[0]
    text = f"“{name}”在贷的不止一笔，分不清是哪一笔。" if found else f"没有找到“{name}”在贷的贷款。"
    raise NotPossible(Why("which_loan", text, "请写借款人姓名、字号或贷款档案号，与“小额担保贷款”里的一致。"))


def owed_of(loan: Loan, today: dt.date) -> list[Owed]:
    """The inspections a running loan owes now; nothing for any other. The first one of a loan that ran before the platform was
    made before it."""
    if not loan.is_lent or loan.arrived_on is None:
        return []
    done = [
        Done(check.on, check.is_on_site) for check in loan.checks.all() if check.occasion != CheckOccasion.COMMUNITY
    ]
    is_opening = LoanOpening.objects.filter(loan=loan).exists()
    first_by = None if is_opening else limits.first_check_by(loan.kind, loan.arrived_on)
    return checks_owed(loan.kind, loan.arrived_on, first_by, done, today)
