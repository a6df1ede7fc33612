"""招聘洽谈会: the list, planning one, and the page that leads through it (Q-2.2.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.channels.workbench import fairs_chart
from renben.channels.workbench.attempts import attempt
from renben.channels.workbench.downloads import export
from renben.channels.workbench.fairs_forms import (
    AnnounceForm,
    EndForm,
    FairFilter,
    GuideForm,
    PlanForm,
    ScreenForm,
    WhyForm,
)
from renben.kernel import clock
from renben.kernel.models import Organization
from renben.kernel.models.organizations import Tier
from renben.kernel.policy import Principal, page
from renben.services.placement.fairs import limits, planning, reporting
from renben.services.placement.fairs.models import Fair, FairBooth

VIEW, PLAN, WORK = "fair.view", "fair.plan", "fair.work"
State = Fair.State


def _offices(principal: Principal) -> QuerySet[Organization]:
    """Centres and street offices in whose name this reader may hold a fair."""
    rows = Organization.objects.filter(principal.within("path", PLAN), tier__in=[Tier.DISTRICT, Tier.STREET])
    return rows.filter(is_active=True).order_by("path")


def selected(principal: Principal, form: FairFilter, *, by_state: bool = True) -> QuerySet[Fair]:
    """The fairs a filled-in filter asks for."""
    form.is_valid()
    asked = form.cleaned_data
    rows = principal.scoped("fair", VIEW)
    if text := asked.get("q", "").strip():
        by_employer = FairBooth.objects.filter(employer__name__contains=text).values("fair_id")
        rows = rows.filter(Q(title__contains=text) | Q(place__contains=text) | Q(pk__in=by_employer))
    if asked.get("kind"):
        rows = rows.filter(kind=asked["kind"])
    if by_state and asked.get("state"):
        rows = rows.filter(state=asked["state"])
    return rows


def counted(rows: QuerySet[Fair]) -> QuerySet[Fair]:
    """Newest day first, each with employers booked, visitors inside, intents."""
    taken = Q(stands__state__in=FairBooth.TAKEN)
    inside = Q(visitors__checked_in_at__isnull=False)
    return rows.annotate(
        employers=Count("stands", filter=taken, distinct=True),
        inside=Count("visitors", filter=inside, distinct=True),
        intents=Count("stands__intents", distinct=True),
    ).order_by("-on", "-id")


@page(action=VIEW)
@require_GET
def fair_list(request: HttpRequest) -> HttpResponse:
    """Fairs by state."""
    form = FairFilter(request.GET)
    rows = selected(request.principal, form)
    everywhere = selected(request.principal, form, by_state=False).order_by()
    found = dict(everywhere.values_list("state").annotate(n=Count("id")))
    current = form.cleaned_data.get("state", "")
    context = {
        "form": form,
        "rows": paginate(request, counted(rows)),
        "tabs": [
            {"code": code, "label": label, "count": found.get(code, 0), "here": code == current}
            for code, label in State.choices
        ],
        "all_count": sum(found.values()),
        "current": current,
        "is_filtered": any(form.cleaned_data.values()),
    }
    return render(request, "fairs/list.html", context)


@page(action=VIEW)
@require_POST
def fair_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook."""
    rows = counted(selected(request.principal, FairFilter(request.POST)))
    columns = [
        ("编号", 26), ("名称", 30), ("洽谈形式", 18), ("状态", 14), ("召开日期", 12), ("地点", 26), ("主办机构", 18), ("展位数", 8),
        ("参会单位", 10), ("到会人数", 10), ("意向人次", 10), ("会讯发布", 12), ("回执截止", 12),
    ]  # fmt: skip

    def line(row: Fair) -> list:
        return [
            row.number, row.title, row.get_kind_display(), row.get_state_display(), row.on, row.place,
            row.organization.short_name, row.booths, row.employers, row.inside, row.intents, row.announced_on,
            row.receipts_due,
        ]  # fmt: skip

    return export(request, "招聘洽谈会清单", columns, rows, line)


@page(action=PLAN)
def new_fair(request: HttpRequest) -> HttpResponse:
    """排一场洽谈会."""
    offices = _offices(request.principal)
    form = PlanForm(request.POST if request.method == "POST" else None, offices=offices)
    if request.method == "POST" and form.is_valid():
        made: list[Fair] = []

        def act() -> str:
            office = form.cleaned_data.get("organization") or offices[0]
            made.append(planning.plan_fair(organization=office, plan=form.plan(), by=request.user))
            return "洽谈会已排好，可以订展位了。"

        if attempt(request, act):
            return redirect("fairs:fair", made[0].pk)
    return _asked(request, form, title="排一场洽谈会", button="排好")


def _asked(
    request: HttpRequest, form: forms.Form, *, title: str, button: str, fair: Fair | None = None, **words: Any
) -> HttpResponse:
    context = {"form": form, "fair": fair, "title": title, "button": button, **words}
    return render(request, "fairs/act.html", context, status=422 if form.is_bound else 200)


def acting(
    request: HttpRequest, form: forms.Form, fair: Fair, act: Callable[[dict[str, Any]], str], **words: Any
) -> HttpResponse:
    """One form, one act on a fair: done leads back to its page, refused shows why with everything still filled in."""
    if request.method == "POST" and form.is_valid() and attempt(request, lambda: act(form.cleaned_data)):
        return redirect("fairs:fair", fair.pk)
    return _asked(request, form, fair=fair, **words)


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@page(action=VIEW, subject="fair")
@require_GET
def fair_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What is done, what comes next by when, booths, visitors, and what came of it."""
    fair: Fair = request.subject
    report = reporting.report(fair)
    first = min((row.booth.booked_on for row in report.rows), default=None)
    context = {
        "fair": fair,
        "report": report,
        "chart": fairs_chart.chart_of(report) if fair.state in Fair.PAST else None,
        "visitors": paginate(request, fair.visitors.select_related("person").order_by("name", "id")),
        "announce_by": limits.announce_by(first) if first and fair.announced_on is None and fair.is_coming else None,
        "screen_on": limits.screen_on(fair.on) if fair.is_coming and fair.screen_loaded_on is None else None,
        "is_today_or_past": clock.today() >= fair.on,
        "free": max(fair.booths - sum(len(row.booth.places) for row in report.rows), 0),
        "open_receipts": [row for row in report.rows if planning.is_open(row.booth)],
    }
    return render(request, "fairs/fair.html", context)


@page(action=PLAN, subject="fair")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """改安排."""
    fair: Fair = request.subject
    form = PlanForm(_sent(request), offices=Organization.objects.none(), fair=fair)

    def act(asked: dict[str, Any]) -> str:
        planning.change(fair=fair, plan=form.plan(), version=int(request.POST.get("version") or 0), by=request.user)
        return "安排已改好。日期、时间改了的，请告诉已报名的单位和求职者。"

    try:
        return acting(request, form, fair, act, title="改安排", button="保存", version=fair.version)
    except planning.StaleFair:
        messages.error(request, "您打开这一页以后，别人改过这场会。请核对现在的安排再改。")
        return redirect("fairs:edit", pk)


@page(action=PLAN, subject="fair")
def announce(request: HttpRequest, pk: int) -> HttpResponse:
    """发会讯."""
    fair: Fair = request.subject
    form = AnnounceForm(_sent(request), initial={"where": fair.announced_where or "网站“招聘会”、大厅宣传栏、电子屏"})

    def act(asked: dict[str, Any]) -> str:
        planning.announce(fair=fair, where=asked["where"], by=request.user)
        return "会讯已发布，公众在“招聘会”页面能看到、能报名。"

    return acting(request, form, fair, act, title="发布会讯", button="发布")


@page(action=PLAN, subject="fair")
def load_screen(request: HttpRequest, pk: int) -> HttpResponse:
    """导入电子屏."""
    fair: Fair = request.subject
    form = ScreenForm(_sent(request), initial={"on": clock.today()})

    def act(asked: dict[str, Any]) -> str:
        planning.load_screen(fair=fair, on=asked["on"], by=request.user)
        return "已记下电子屏导入日期。"

    return acting(request, form, fair, act, title="登记电子屏导入", button="记下")


@page(action=WORK, subject="fair")
def guide(request: HttpRequest, pk: int) -> HttpResponse:
    """专场会前指导."""
    fair: Fair = request.subject
    form = GuideForm(_sent(request), initial={"at": fair.guided_at, "what": fair.guided_what})

    def act(asked: dict[str, Any]) -> str:
        planning.guide(fair=fair, at=asked["at"], what=asked["what"], by=request.user)
        return "会前指导已记下。"

    return acting(request, form, fair, act, title="登记会前指导", button="记下")


@page(action=WORK, subject="fair")
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """会后登记."""
    fair: Fair = request.subject
    form = EndForm(_sent(request), initial={"on": fair.on, "steward": request.user.display_name})

    def act(asked: dict[str, Any]) -> str:
        held = planning.end(fair=fair, by=request.user, **asked)
        return f"洽谈会已结束，没签到的单位记为没到。回执{held.receipts_due:%Y年%m月%d日}前收齐。"

    notes = [
        "到会单位先在展位表里签到，再登记结束；没签到的会记为“没到”。",
        "到会人数、意向人数由签到和现场意向数出来，不用填。",
    ]
    return acting(request, form, fair, act, title="登记洽谈会结束", button="结束，开始收回执", notes=notes)


@page(action=PLAN, subject="fair")
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """取消."""
    fair: Fair = request.subject

    def act(asked: dict[str, Any]) -> str:
        planning.cancel(fair=fair, why=asked["why"], by=request.user)
        return "洽谈会已取消，公众页面写明了原因。有人报名的，今天的待办里会提醒逐个通知。"

    return acting(
        request, WhyForm(_sent(request)), fair, act, title="取消洽谈会", button="取消这场会", danger=True,
        notes=["取消以后不能恢复；要改日期请用“改安排”。"],
    )  # fmt: skip


@page(action=PLAN, subject="fair")
@require_POST
def told(request: HttpRequest, pk: int) -> HttpResponse:
    """报名的都通知到了."""

    def act() -> str:
        planning.told_cancelled(fair=request.subject, by=request.user)
        return "已记下：报名的都通知到了。"

    attempt(request, act)
    return redirect("fairs:fair", pk)


@page(action=WORK, subject="fair")
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """总结归档."""

    def act() -> str:
        planning.close(fair=request.subject, by=request.user)
        return "回执已收齐，这场会已总结归档。"

    attempt(request, act)
    return redirect("fairs:fair", pk)
