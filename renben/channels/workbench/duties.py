"""职责日历: what the calendar asks of an office, month by month; what is overdue below; the same as an iCalendar feed."""

from __future__ import annotations

import calendar as months
import datetime as dt
from dataclasses import dataclass, field

from django.core import signing
from django.db.models import Count, F, Min, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from renben.channels import export
from renben.channels.paging import paginate
from renben.channels.workbench.cases import remaining
from renben.engines.procedures import duties, queries
from renben.engines.procedures.models import CaseStep
from renben.kernel import calendar_table, clock
from renben.kernel.models import Organization, User
from renben.kernel.policy import PUBLIC, Principal, page

FEED = "duties.feed"
ENDED_DAYS, ENDED_SHOWN = 31, 20
"""How long, and how many, of what was done late with its reason stand below the list of what is still open."""
TIERS = ("city", "district", "street", "community")


@dataclass
class Entry:
    """One line of a day: an opened duty with its signal, or one that has not begun."""

    title: str
    note: str
    signal: str = ""
    url: str = ""
    count: int = 1


@dataclass
class Day:
    on: dt.date
    is_work: bool
    is_here: bool
    name: str = ""
    entries: list[Entry] = field(default_factory=list)


def month_of(text: str) -> dt.date:
    """The first day of the month asked for as 2026-11; this month for anything else."""
    try:
        return dt.date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        return clock.today().replace(day=1)


def offices_of(principal: Principal) -> list[Organization]:
    """Offices where the reader holds a post, the highest first."""
    mine = {post.organization_id: post.organization for post in principal.posts}
    return sorted(mine.values(), key=lambda office: (TIERS.index(office.tier), office.path))


def chosen_office(request: HttpRequest) -> tuple[Organization | None, list[Organization]]:
    """The office looked at (one inside my territory), and those to choose from."""
    choices = list(request.principal.scoped("organization", "case.view").filter(is_active=True).order_by("path"))
    wanted = request.GET.get("office", "")
    found = next((office for office in choices if str(office.pk) == wanted), None)
    mine = offices_of(request.principal)
    return found or (mine[0] if mine else None), choices


def open_duties(office: Organization, roles: set[str] | None = None) -> QuerySet[CaseStep]:
    """Open steps of recurring duties at one office; `roles` narrows them to what one person does."""
    rows = CaseStep.objects.filter(organization=office, state__in=queries.OPEN).exclude(case__duty="")
    if roles is not None:
        rows = rows.filter(roles__overlap=sorted(roles))
    return rows.select_related("case__organization", "organization").order_by("due_on", "id")


def _days(office: Organization, first: dt.date, roles: set[str] | None) -> list[list[Day]]:
    last = first.replace(day=months.monthrange(first.year, first.month)[1])
    table = calendar_table.current()
    weeks = [
        [Day(on, table.is_workday(on), on.month == first.month, table.name(on)) for on in week]
        for week in months.Calendar().monthdatescalendar(first.year, first.month)
    ]
    by_day = {day.on: day for week in weeks for day in week if day.is_here}
    signal = queries.signal_reader()
    for step in open_duties(office, roles).filter(due_on__range=(first, last)):
        url = reverse("cases:case", kwargs={"pk": step.case_id})
        by_day[step.due_on].entries.append(Entry(step.title, step.case.title, signal(step), url))
    standing = duties.standing(office, first, last)
    for plan in duties.planned(office.tier, first, last):
        key = (plan.procedure.id, plan.duty.key, plan.period_on)
        shown_roles = set(plan.procedure.step(plan.duty.first_step).roles)
        if plan.due.on < clock.today() or key in standing or (roles is not None and not roles & shown_roles):
            continue
        by_day[plan.due.on].entries.append(Entry(plan.duty.title, f"{plan.text}（{plan.procedure.id}）"))
    return weeks


@page(action="case.view")
def month(request: HttpRequest) -> HttpResponse:
    """The month of an office as a calendar, and the same as a list below for small screens and printing."""
    office, choices = chosen_office(request)
    first = month_of(request.GET.get("month", ""))
    only_mine = request.GET.get("whose") == "mine"
    roles = set(request.principal.posts_at(office)) if only_mine and office is not None else None
    weeks = _days(office, first, roles) if office is not None else []
    days = [day for week in weeks for day in week if day.is_here and day.entries]
    return render(
        request,
        "duties/month.html",
        {
            "office": office,
            "offices": choices,
            "weeks": weeks,
            "days": days,
            "first": first,
            "only_mine": only_mine,
            "previous": (first - dt.timedelta(days=1)).replace(day=1),
            "next": (first + dt.timedelta(days=31)).replace(day=1),
            "today": clock.today(),
            "feed": feed_address(request),
        },
    )


@page(action="case.view")
def late(request: HttpRequest) -> HttpResponse:
    """下级逾期: overdue work of the offices below mine, for whoever supervises them; the longest overdue first."""
    rows = late_below(request.principal)
    totals = {
        row["organization_id"]: row
        for row in rows.order_by().values("organization_id").annotate(count=Count("id"), oldest=Min("due_on"))
    }
    offices = Organization.objects.filter(pk__in=totals).order_by("path")
    wanted = request.GET.get("office", "")
    if wanted.isdigit():
        rows = rows.filter(organization_id=int(wanted))
    shown = paginate(request, rows)
    for step in shown:
        step.note, step.period = remaining(step), duties.period_of(step.case)
    summary = [{"office": office, **totals[office.pk]} for office in offices]
    context = {"rows": shown, "summary": summary, "office": wanted}
    return render(request, "duties/late.html", context | {"ended": late_ended(request.principal, wanted)})


@page(action="case.view")
def late_export(request: HttpRequest) -> HttpResponse:
    """The overdue list as .xlsx."""
    rows = late_below(request.principal)[: export.CAP]
    return export.xlsx(
        request,
        name="下级逾期清单",
        headings=["机构", "事项", "环节", "所属期间", "截止日期", "办件编号"],
        rows=(
            [
                step.organization.short_name,
                step.case.title,
                step.title,
                duties.period_of(step.case),
                step.due_on.isoformat(),
                step.case.number,
            ]
            for step in rows
        ),
        action="duties.late",
    )


def late_below(principal: Principal) -> QuerySet[CaseStep]:
    """Open steps past their day at offices below those where the reader holds a post."""
    rows = CaseStep.objects.filter(organization_id__in=_below(principal), state__in=queries.OPEN)
    rows = rows.filter(due_at__lt=clock.now(), due_on__lte=clock.today())
    return rows.select_related("case__person", "case__employer", "organization").order_by("due_on", "id")


def late_ended(principal: Principal, office: str = "") -> list[CaseStep]:
    """The latest steps of the offices below (or of one) that were done after their day, with the reason that was given."""
    since = clock.now() - dt.timedelta(days=ENDED_DAYS)
    rows = CaseStep.objects.filter(organization_id__in=_below(principal), state=CaseStep.State.DONE, done_at__gt=since)
    rows = rows.filter(due_at__lt=F("done_at")).exclude(reason="")
    if office.isdigit():
        rows = rows.filter(organization_id=int(office))
    rows = rows.select_related("case", "organization", "done_by").order_by("-done_at", "-id")[:ENDED_SHOWN]
    for step in rows:
        step.period = duties.period_of(step.case)
    return list(rows)


def _below(principal: Principal) -> list[int]:
    """Offices of the reader's territory where the reader holds no post."""
    own = {post.organization_id for post in principal.posts}
    return [key for key in queries.offices_within(principal.paths("case.view")) if key not in own]


# iCalendar


def feed_address(request: HttpRequest) -> str:
    """A private address for a calendar program; it ends when the password changes."""
    user = request.user
    token = signing.dumps([user.pk, user.password[-12:]], salt=FEED, compress=True)
    return request.build_absolute_uri(reverse("duties:feed", kwargs={"token": token}))


@page(PUBLIC)
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Duties of my offices for two months as iCalendar. Titles and days only, nothing about people."""
    try:
        user_id, tail = signing.loads(token, salt=FEED)
    except (signing.BadSignature, ValueError) as error:
        raise Http404("日历") from error
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or user.password[-12:] != tail:
        raise Http404("日历")
    first = clock.today() - dt.timedelta(days=7)
    last = first + dt.timedelta(days=62)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Renben//duties//ZH", "X-WR-CALNAME:人本 职责日历"]
    stamp = f"{clock.now():%Y%m%dT%H%M%SZ}"
    for office in offices_of(Principal(user)):
        for plan in duties.planned(office.tier, first, last):
            uid = f"{plan.procedure.id}-{plan.duty.key}-{plan.period_on}-{plan.due.on}-{office.pk}@renben"
            lines += _event(uid, stamp, plan.due.on, f"{office.short_name} {plan.duty.title}", plan.text)
    lines.append("END:VCALENDAR")
    body = "\r\n".join(folded for line in lines for folded in _folded(line)) + "\r\n"
    return HttpResponse(body, content_type="text/calendar; charset=utf-8")


def _event(uid: str, stamp: str, on: dt.date, title: str, text: str) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:{on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{on + dt.timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(title)}",
        f"DESCRIPTION:{_escaped(text)}",
        "END:VEVENT",
    ]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> list[str]:
    """RFC 5545: at most 75 octets a line; continuations begin with a space and never split a character."""
    parts, current = [], ""
    for character in line:
        if len((current + character).encode()) > 74:
            parts.append(current)
            current = " "
        current += character
    return [*parts, current]
