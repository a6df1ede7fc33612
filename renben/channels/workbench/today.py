"""今天: what is due for me or in my territory, by signal; tasks of the office; the contacts of the month."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from renben.channels import export
from renben.channels.paging import Page, paginate
from renben.channels.workbench.referrals_contacts import CALL, due_count
from renben.engines.procedures import deadlines, duties, queries
from renben.engines.procedures.models import CaseStep
from renben.kernel import calendar_table, clock, masking
from renben.kernel.models import Task
from renben.kernel.policy import PUBLIC, Principal, page
from renben.kernel.workcalendar import WorkCalendar
from renben.services.registration.models import MonthlyContact

CAP = 3000
"""So many open steps, the earliest due first, are looked at for the numbers; beyond it the page says “以上”."""

WORDS = {"on_time": "正常", "near": "临近", "yellow": "黄牌", "red": "红牌", "paused": "暂停", "none": "不设期限"}
LIGHT = ("id", "state", "due_on", "raw_due_on", "due_at", "opened_at", "is_provisional", "limits", "done_at")


@dataclass
class Due:
    """The open steps of a reader: ids by filter, in the order they are due, and how each one stands."""

    signals: dict[int, str] = field(default_factory=dict)
    due_today: list[int] = field(default_factory=list)
    is_capped: bool = False

    @property
    def counts(self) -> Counter:
        return Counter(self.signals.values())

    def ids(self, wanted: str) -> list[int]:
        """`wanted`: all, today or the name of a signal."""
        if wanted == "today":
            return self.due_today
        return [key for key, found in self.signals.items() if wanted in ("all", found)]


def greeting(hour: int) -> str:
    for until, words in ((9, "早上好"), (12, "上午好"), (14, "中午好"), (18, "下午好")):
        if hour < until:
            return words
    return "晚上好"


def working_days(table: WorkCalendar, after: dt.date, until: dt.date) -> int:
    """Working days after one day, up to and including another (D-01: the first day is not counted)."""
    one = dt.timedelta(days=1)
    return table.count_working_days(after + one, until + one)


def day_note(table: WorkCalendar, on: dt.date) -> str:
    """工作日, 调休工作日 or 休息日, and how many working days the month still has after today."""
    is_work = table.is_workday(on)
    if is_work:
        note = "调休工作日" if on.weekday() >= 5 else "工作日"
    else:
        note = "休息日"
    last = on.replace(day=calendar.monthrange(on.year, on.month)[1])
    left = working_days(table, on, last)
    return f"{note}　·　本月收官还剩 {left} 个工作日" if left else f"{note}　·　本月最后一个工作日"


def open_rows(principal: Principal, whose: str) -> QuerySet[CaseStep]:
    if whose == "office":
        return queries.open_steps(principal.paths("case.view"))
    return queries.my_open_steps(principal.user, principal=principal)


def due_steps(rows: QuerySet[CaseStep], table: WorkCalendar) -> Due:
    """Judge up to CAP steps from a few columns; equal dates are judged once."""
    now, limits = clock.now(), deadlines.thresholds()
    due, seen, today = Due(), {}, clock.today()
    light = rows.select_related(None).only(*LIGHT)[: CAP + 1]
    for number, step in enumerate(light):
        if number == CAP:
            due.is_capped = True
            break
        starts = tuple(entry.get("start_on") for entry in step.limits)
        key = (step.state, step.due_on, starts or step.opened_at.date())
        if key not in seen:
            seen[key] = deadlines.signal_of(step, now, table, limits)
        due.signals[step.pk] = seen[key]
        if step.due_on == today:
            due.due_today.append(step.pk)
    return due


def note_of(step: CaseStep, table: WorkCalendar) -> str:
    """What stands under the signal: how much time is left."""
    if step.state == CaseStep.State.PAUSED:
        return "计时暂停"
    if step.due_on is None:
        return "不设期限"
    today = clock.today()
    provisional = "（待国务院公布）" if step.is_provisional else ""
    if step.due_on == today:
        return f"今天 17:00 截止{provisional}"
    if step.due_on < today:
        return f"已超 {max(1, working_days(table, step.due_on, today))} 个工作日"
    return f"剩 {working_days(table, today, step.due_on)} 个工作日{provisional}"


def matter_of(step: CaseStep) -> str:
    """The title of the case without the full name that stands in it: a list shows names masked."""
    person = step.case.person
    return step.case.title.replace(f"（{person.name}）", "") if person else step.case.title


def shown(request: HttpRequest, due: Due, wanted: str, table: WorkCalendar, whose: str) -> Page:
    """One page of steps with what the table shows of them; `is_mine` tells a step the reader can do from one to look at."""
    ids = paginate(request, due.ids(wanted), cap=CAP)
    rows = {
        step.pk: step
        for step in CaseStep.objects.filter(pk__in=ids.rows)
        .select_related("case__person", "case__employer", "case__first_contact", "organization")
        .order_by("id")
    }
    steps = [rows[key] for key in ids.rows if key in rows]
    mine = set(rows)
    if whose == "office":
        own = queries.my_open_steps(request.user, principal=request.principal).filter(pk__in=ids.rows)
        mine = set(own.order_by().values_list("pk", flat=True))
    for step in steps:
        step.is_mine = step.pk in mine
        step.signal, step.note, step.matter = due.signals[step.pk], note_of(step, table), matter_of(step)
        step.period = duties.period_of(step.case)
    return Page(steps, ids.number, ids.total, due.is_capped, ids.has_next)


def open_tasks(principal: Principal) -> QuerySet[Task]:
    return (
        Task.objects.filter(principal.within("organization__path"), cleared_at=None)
        .select_related("organization", "person")
        .order_by("due_on", "id")
    )


def month_contacts(principal: Principal) -> dict[str, int]:
    """How many of this month's contacts in the territory are done."""
    month = clock.today().replace(day=1)
    return MonthlyContact.objects.filter(principal.within("organization__path", "case.view"), month=month).aggregate(
        total=Count("id"), done=Count("id", filter=Q(reported_on__isnull=False) | Q(contacted_on__isnull=False))
    )


def cards(due: Due, whose: str, show: str, contacts: dict[str, int]) -> list[dict]:
    """The four numbers on top; the first three filter the list below them."""
    base = "?whose=office&" if whose == "office" else "?"
    share = f"已完成 {100 * contacts['done'] // contacts['total']}%" if contacts["total"] else "本月没有应联系的人"

    def card(label: str, value: object, note: str, tone: str, to: str) -> dict:
        url = f"{base}show={to}" if to else ""
        return {"label": label, "value": value, "note": note, "tone": tone, "url": url, "current": show == to}

    total = f"{CAP}+" if due.is_capped else len(due.signals)
    return [
        card(
            "我的待办" if whose == "mine" else "辖区待办", total, f"其中今天到期 {len(due.due_today)}", "brand", "all"
        ),
        card("黄牌预警", due.counts["yellow"], "剩余时限不多", "yellow", "yellow"),
        card("红牌超时", due.counts["red"], "已过期限，请先办", "red", "red"),
        card("本月联系", f"{contacts['done']}/{contacts['total']}", share, "green", ""),
    ]


def chosen(request: HttpRequest) -> tuple[str, str]:
    """`whose` (mine, office) and `show` (a filter) of the address, brought to known values."""
    whose = "office" if request.GET.get("whose") == "office" else "mine"
    show = request.GET.get("show", "all")
    return whose, show if show in ("all", "today", "tasks", *WORDS) else "all"


@page(PUBLIC)
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """Staff see their day, a firm's contact its space; everyone else the portal."""
    principal = request.principal
    if not principal.posts and principal.firms:
        return redirect("employer:home")
    if not principal.posts:
        return redirect("mine" if getattr(request.user, "person_id", None) else "portal")
    now, table = clock.now(), calendar_table.current()
    context = {
        "greeting": greeting(now.hour),
        "day": now,
        "day_note": day_note(table, now.date()),
        "has_cases": principal.may("case.view"),
    }
    if not context["has_cases"]:
        return render(request, "today/today.html", context)
    whose, show = chosen(request)
    due = due_steps(open_rows(principal, whose), table)
    tasks = open_tasks(principal)
    rows = paginate(request, tasks) if show == "tasks" else shown(request, due, show, table, whose)
    counts = due.counts
    context |= {
        "whose": whose,
        "show": show,
        "rows": rows,
        "cards": cards(due, whose, show, month_contacts(principal)),
        "silent_firms": tasks.order_by().filter(key__startswith="employer.contact:").count(),
        "calls_due": due_count(principal) if principal.may(CALL) else 0,
        "tabs": [
            ("all", "全部", len(due.signals)),
            ("today", "今天到期", len(due.due_today)),
            ("near", "临近", counts["near"]),
            ("yellow", "黄牌", counts["yellow"]),
            ("red", "红牌", counts["red"]),
            ("paused", "暂停", counts["paused"]),
            ("tasks", "机构待办", rows.total if show == "tasks" else tasks.order_by()[: CAP + 1].count()),
        ],
    }
    return render(request, "today/today.html", context)


@page(action="case.view")
@require_GET
def today_export(request: HttpRequest) -> HttpResponse:
    """The list of steps as a workbook, masked as on the screen."""
    whose, show = chosen(request)
    due = due_steps(open_rows(request.principal, whose), calendar_table.current())
    ids = due.ids("all" if show == "tasks" else show)
    steps = (
        CaseStep.objects.filter(pk__in=ids)
        .select_related("case__person", "case__employer", "organization")
        .order_by("due_on", "id")
    )
    rows = (
        [
            step.case.number,
            matter_of(step),
            masking.mask_name(step.case.person.name, "list") if step.case.person else step.case.employer or "",
            step.case.person.id_masked if step.case.person else "",
            step.organization.name,
            step.title,
            step.due_on or "",
            WORDS[due.signals[step.pk]],
        ]
        for step in steps
    )
    headings = ["办件编号", "事项", "申请人", "证件号码", "机构", "当前环节", "截止日期", "时限"]
    return export.xlsx(request, name="待办环节", headings=headings, rows=rows, action="steps")
