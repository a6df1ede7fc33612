"""月度联系 and 就业动态管理: who reported, whom the office called, what changed (J-4.2.1 step 7)."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any

from renben.engines.procedures import actions as procedures
from renben.engines.rules.parameters import Reader, load_parameters
from renben.kernel import acts, audit, calendar_table, clock, rows, taskboard
from renben.kernel.models import Organization, Person
from renben.services.registration.codes import Channel
from renben.services.registration.models import DynamicRecord, MonthlyContact, UnemploymentRegistration
from renben.services.registration.reasons import NotPossible, Why

ACTIVE = UnemploymentRegistration.State.ACTIVE
MONTH_TASK = "contacts.month:{}:{:%Y-%m}"
DONE_EVENT = "MonthContactsDone"
NO_CONTACT_TASK = "contacts.none:{}"
CLOSED_RESULT = "登记已注销，不再联系"


def first_of(day: dt.date) -> dt.date:
    return day.replace(day=1)


def last_working_day(month: dt.date) -> dt.date:
    """月末: the last working day of the month (D-04: a duty of the office moves earlier)."""
    last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    return calendar_table.current().previous_workday(last)


def months_between(earlier: dt.date, later: dt.date) -> int:
    """Full months from one day to another; 0 when later is not after earlier."""
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return max(0, months - (later.day < earlier.day))


def last_contact_on(registration: UnemploymentRegistration, on: dt.date) -> dt.date:
    """The last day on which the person was in touch: registration, own report, reached contact, or a recorded service."""
    days = [registration.registered_on]
    for reported, contacted, reached in registration.contacts.values_list("reported_on", "contacted_on", "reached"):
        if reported:
            days.append(reported)
        if contacted and reached:
            days.append(contacted)
    days += registration.dynamic_records.values_list("on", flat=True)
    return max(day for day in days if day <= on)


def months_without_contact(registration: UnemploymentRegistration, on: dt.date) -> int:
    """Full months since the last contact, as `unemp_reg.deregister` takes them."""
    return months_between(last_contact_on(registration, on), on)


def _row(registration: UnemploymentRegistration, month: dt.date) -> MonthlyContact:
    MonthlyContact.objects.get_or_create(
        registration=registration,
        month=month,
        defaults={
            "organization_id": registration.organization_id,
            "due_on": last_working_day(month),
            "recorded_at": clock.now(),
        },
    )
    return (
        MonthlyContact.objects.select_for_update(of=("self",))
        .select_related("registration__person", "organization")
        .get(registration=registration, month=month)
    )


@acts.whole
def open_month_contacts(*, organization: Organization, month: dt.date, by: Any = None) -> list[MonthlyContact]:
    """For every registered person of the office (and below) who has not reported in `month`: a contact to make by the last
    working day. Repeating it adds nothing. Returns what is still to be done."""
    month = first_of(month)
    following = (month + dt.timedelta(days=31)).replace(day=1)
    due_on = last_working_day(month)
    registrations = UnemploymentRegistration.objects.filter(
        organization__path__startswith=organization.path, state=ACTIVE, registered_on__lt=following
    ).exclude(contacts__month=month)
    fresh = [
        MonthlyContact(
            registration=registration,
            organization_id=registration.organization_id,
            month=month,
            due_on=due_on,
            recorded_at=clock.now(),
        )
        for registration in registrations.order_by("id")
    ]
    MonthlyContact.objects.bulk_create(fresh, ignore_conflicts=True)
    open_rows = list(
        MonthlyContact.objects.filter(
            organization__path__startswith=organization.path, month=month, reported_on=None, contacted_on=None
        )
        .select_related("registration__person", "organization")
        .order_by("id")
    )
    for office in {row.organization for row in open_rows}:
        count = sum(row.organization_id == office.pk for row in open_rows)
        taskboard.open_task(
            key=MONTH_TASK.format(office.pk, month),
            title=f"{month:%Y年%m月}联系未报告的登记失业人员",
            reason=f"{count}人本月没有报告，请在{due_on:%m月%d日}前主动联系（J-4.2.1）。",
            organization=office,
            cleared_by=DONE_EVENT,
            due_on=due_on,
            url=f"/contacts/?month={month:%Y-%m}",
        )
    audit.record(
        action="contacts.open_month",
        subject=f"organization:{organization.pk}",
        detail={"month": month, "added": len(fresh), "open": len(open_rows)},
        by=by,
        organization=organization,
    )
    return open_rows


def _finish_month(row: MonthlyContact) -> None:
    left = MonthlyContact.objects.filter(
        organization=row.organization, month=row.month, reported_on=None, contacted_on=None
    ).exists()
    if not left:
        taskboard.clear(
            key=MONTH_TASK.format(row.organization_id, row.month), event=DONE_EVENT, outcome="本月已全部联系"
        )


@acts.whole
def record_report(
    *,
    registration: UnemploymentRegistration,
    by: Any,
    on: dt.date | None = None,
    channel: str = Channel.IN_PERSON,
    text: str = "",
) -> MonthlyContact:
    """The person reported of their own accord; the first report of a month counts, each one is in the dynamic record."""
    on = on or clock.today()
    row = _row(registration, first_of(on))
    if row.reported_on is None:
        row.reported_on, row.channel, row.by = on, channel, by
        row.result = row.result or text[:300]
        row.save()
    _finish_month(row)
    procedures.clear_follow_up(person=row.registration.person, event="PersonReported", by=by, on=on)
    add_dynamic_record(
        person=row.registration.person,
        registration=registration,
        kind=DynamicRecord.Kind.JOB_SEARCH,
        text=text or "本人按月报告求职情况。",
        on=on,
        by=by,
        organization=row.organization,
    )
    return row


@acts.whole
def record_contact(
    *,
    registration: UnemploymentRegistration,
    month: dt.date,
    reached: bool,
    result: str,
    by: Any,
    channel: str = Channel.PHONE,
    on: dt.date | None = None,
) -> MonthlyContact:
    """The office called. When nobody was reached for as long as the regulation allows, a task asks to check the registration."""
    if not result.strip():
        raise NotPossible(Why("result", "请写明联系结果。"))
    on = on or clock.today()
    row = _row(registration, first_of(month))
    row.contacted_on, row.channel, row.reached, row.result, row.by = on, channel, reached, result[:300], by
    row.save()
    _finish_month(row)
    person = row.registration.person
    if reached:
        procedures.clear_follow_up(person=person, event="PersonContacted", by=by, on=on)
        add_dynamic_record(
            person=person,
            registration=registration,
            kind=DynamicRecord.Kind.JOB_SEARCH,
            text=result,
            on=on,
            by=by,
            organization=row.organization,
        )
        taskboard.clear(key=NO_CONTACT_TASK.format(registration.pk), event="PersonContacted", outcome="已联系上")
    else:
        limit = Reader(load_parameters(), on).version("unemp_reg.no_contact_months")
        silent = months_without_contact(row.registration, on)
        if silent >= limit.value:
            taskboard.open_task(
                key=NO_CONTACT_TASK.format(registration.pk),
                title=f"核实 {person.name} 的失业登记",
                reason=f"已连续{silent}个月联系不上，满{limit.value}个月应当注销（{limit.document}{limit.article}）。"[
                    :300
                ],
                organization=row.organization,
                person=person,
                cleared_by="PersonContacted",
                url=f"/people/{person.pk}/",
            )
    audit.record(
        action="contacts.record",
        subject=f"person:{person.pk}",
        detail={"month": row.month, "reached": reached, "channel": channel},
        by=by,
        organization=row.organization,
    )
    return row


@acts.whole
def add_dynamic_record(
    *,
    person: Person,
    kind: str,
    text: str,
    by: Any,
    organization: Organization,
    on: dt.date | None = None,
    registration: UnemploymentRegistration | None = None,
    case: Any = None,
) -> DynamicRecord:
    """One line of 就业动态管理记录单. NotPossible without a text."""
    if not text.strip():
        raise NotPossible(Why("text", "请写明记录内容。"))
    record = DynamicRecord(
        person=person,
        registration=registration,
        case=case,
        organization=organization,
        on=on or clock.today(),
        kind=kind,
        text=text,
        by=by,
        recorded_at=clock.now(),
    )
    rows.insert([record])
    audit.record(
        action="dynamic_record.add",
        subject=f"person:{person.pk}",
        detail={"kind": kind, "record": record.pk},
        by=by,
        organization=organization,
    )
    return record


def close_contacts(*, registration: UnemploymentRegistration, by: Any) -> None:
    """Open contacts of a closed registration are settled and nobody is to be contacted every month any more; the month's task
    goes away with the last one."""
    procedures.clear_follow_up(person=registration.person, event="PersonDeregistered", by=by, on=registration.closed_on)
    open_ones = list(
        registration.contacts.select_for_update(of=("self",))
        .select_related("organization")
        .filter(reported_on=None, contacted_on=None)
        .order_by("id")
    )
    for row in open_ones:
        row.contacted_on, row.result, row.by = registration.closed_on, CLOSED_RESULT, by
        row.save()
        _finish_month(row)
    taskboard.clear(key=NO_CONTACT_TASK.format(registration.pk), event="PersonContacted", outcome="登记已注销")
