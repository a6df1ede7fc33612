"""公益性岗位: who is on a post, and one person's months with the reasons of every amount (Q-1.3.5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Max, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.channels.workbench.attempts import of_people, offices_under
from renben.channels.workbench.downloads import export
from renben.kernel import clock
from renben.kernel.models import Organization
from renben.kernel.policy import Principal, page
from renben.services.support.posts.codes import Heading, LeaveEvent
from renben.services.support.posts.models import PlacementChange, PostAmount, PostPlacement

VIEW, WORK = "public_post.view", "public_post.work"
State = PostAmount.State
STATES = {"on": "在岗", "over": "合同到期或到龄", "left": "已离岗"}


class PlacementFilter(forms.Form):
    q = forms.CharField(label="姓名、拼音首字母、证件号", max_length=40, required=False)
    unit = forms.CharField(label="公益性就业组织、岗位", max_length=40, required=False)
    state = forms.ChoiceField(required=False, choices=[("", "全部"), *STATES.items()])
    street = forms.ModelChoiceField(
        label="所在街镇", required=False, queryset=Organization.objects.none(), empty_label="全部"
    )

    def __init__(self, principal: Principal, data: Any) -> None:
        super().__init__(data)
        self.fields["street"].queryset = offices_under(principal, VIEW)
        self.fields["street"].label_from_instance = lambda office: office.short_name
        self.fields["street"].widget.attrs["class"] = "form-select"


def in_state(state: str) -> Q:
    """Who is on a post today, whose agreement or working age is over without having left, and who left."""
    today = clock.today()
    over = Q(ends_on__lt=today) | Q(retire_on__lt=today)
    return {"on": Q(left_on=None) & ~over, "over": Q(left_on=None) & over, "left": Q(left_on__isnull=False)}[state]


def selected(principal: Principal, form: PlacementFilter, *, by_state: bool = True) -> QuerySet[PostPlacement]:
    """The people a filled-in filter asks for."""
    form.is_valid()
    asked = form.cleaned_data
    rows = of_people(principal.scoped("post_placement", VIEW), asked.get("q", ""))
    if asked.get("unit"):
        rows = rows.filter(Q(post__employer__name__contains=asked["unit"]) | Q(post__name__contains=asked["unit"]))
    if asked.get("street"):
        rows = rows.filter(post__organization__path__startswith=asked["street"].path)
    if by_state and asked.get("state"):
        rows = rows.filter(in_state(asked["state"]))
    return rows


def with_paid(rows: QuerySet[PostPlacement]) -> QuerySet[PostPlacement]:
    """Newest first, each with the last month paid and all that was paid."""
    paid = Q(amounts__state=State.PAID)
    rows = rows.annotate(
        paid_to=Max("amounts__month", filter=paid & Q(amounts__heading=Heading.WAGE)),
        paid_fen=Sum("amounts__fen", filter=paid),
    )
    return rows.order_by("-started_on", "-id")


@page(action=VIEW)
@require_GET
def people_list(request: HttpRequest) -> HttpResponse:
    """Everybody on a post; the numbers are the filter."""
    form = PlacementFilter(request.principal, request.GET)
    rows = selected(request.principal, form)
    everywhere = selected(request.principal, form, by_state=False)
    counts = {code: everywhere.filter(in_state(code)).count() for code in STATES}
    current = form.cleaned_data.get("state", "")
    context = {
        "form": form,
        "rows": paginate(request, with_paid(rows)),
        "tabs": [
            {"code": code, "label": label, "count": counts[code], "here": code == current}
            for code, label in STATES.items()
        ],
        "all_count": sum(counts.values()),
        "current": current,
        "is_filtered": any(form.cleaned_data.values()),
        "today": clock.today(),
    }
    return render(request, "posts/list.html", context)


@page(action=VIEW)
@require_POST
def people_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook, numbers masked."""
    rows = with_paid(selected(request.principal, PlacementFilter(request.principal, request.POST)))
    columns = [
        ("姓名", 10), ("证件号码", 22), ("公益性就业组织", 30), ("岗位", 18), ("劳动合同编号", 16), ("上岗日期", 12),
        ("合同到期日", 12), ("基本工资", 12), ("离岗日期", 12), ("离岗情形", 20), ("工资拨付到", 12), ("累计拨付", 14),
    ]  # fmt: skip

    def line(row: PostPlacement) -> list:
        return [
            row.person.name, row.person.id_masked, row.post.employer.name, row.post.name, row.agreement_number,
            row.started_on, row.ends_on, row.base_fen / 100, row.left_on,
            row.get_leave_event_display() if row.leave_event else "", f"{row.paid_to:%Y-%m}" if row.paid_to else "",
            (row.paid_fen or 0) / 100,
        ]  # fmt: skip

    return export(request, "公益性岗位在岗人员", columns, rows, line)


def months_of(placement: PostPlacement) -> list[dict[str, Any]]:
    """Month by month, latest first: the amounts under each heading in the order of the headings."""
    rows = placement.amounts.select_related("payment_line__batch").order_by("-month", "id")
    found: dict[dt.date, list[PostAmount]] = {}
    for row in rows:
        found.setdefault(row.month, []).append(row)
    order = list(Heading)
    return [
        {
            "month": month,
            "amounts": sorted(cells, key=lambda row: (order.index(Heading(row.heading)), row.part, row.pk)),
            "total": sum(map(_counted, cells)),
        }
        for month, cells in found.items()
    ]


def _counted(row: PostAmount) -> int:
    """What an amount adds to its month: nothing while it waits, less what was paid too much."""
    if row.kind == PostAmount.Kind.RECOVERY:
        return -row.fen
    return 0 if row.fen is None or row.state in (State.WAITING, State.RECOVERED) else row.fen


@page(action=VIEW, subject="post_placement")
@require_GET
def placement_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Where somebody works, what each month brought and why, what is owed back."""
    placement: PostPlacement = request.subject
    latest = placement.amounts.exclude(determination=None).select_related("determination")
    latest = latest.order_by("-month", "-determination_id").first()
    determination = latest.determination if latest is not None else None
    context = {
        "placement": placement,
        "person": placement.person,
        "months": months_of(placement),
        "wages": placement.wages.order_by("-month"),
        "determination": determination,
        "parts": determination.parts if determination else [],
        "parameters": determination.parameter_versions if determination else [],
        "reasoned_month": latest.month if latest is not None else None,
        "own_insurance": determination.result.get("own_insurance") if determination else None,
        "own_fund": determination.result.get("own_fund") if determination else None,
        "lines": [(LINES[name], fen) for name, fen in determination.result["lines"].items()] if determination else [],
        "changes": told(placement.changes.select_related("recorded_by").order_by("-recorded_at", "-id")),
        "to_recover": placement.amounts.filter(state=State.RECOVER).order_by("month", "heading"),
        "is_over": placement.left_on is None and placement.last_on < clock.today(),
    }
    return render(request, "posts/placement.html", context)


def told(changes: Iterable[PlacementChange]) -> list[dict[str, Any]]:
    """Each correction with what stood there before and what stands there now, in words."""
    return [{"row": row, "before": _before(row), "after": _after(row)} for row in changes]


def _before(row: PlacementChange) -> str:
    if row.kind == PlacementChange.Kind.LEAVE_TAKEN_BACK:
        left = dt.date.fromisoformat(row.before["left_on"])
        return f"{left:%Y年%m月%d日}离岗，{LeaveEvent(row.before['event']).label}"
    return _wages(row.before, row.after)


def _after(row: PlacementChange) -> str:
    return "在岗" if row.kind == PlacementChange.Kind.LEAVE_TAKEN_BACK else _wages(row.after, row.after)


def _wages(found: dict[str, Any], named: dict[str, Any]) -> str:
    """The months a correction touched with base and floating wage."""
    months = [
        f"{month}：{found[month][0] / 100:.2f}+{found[month][1] / 100:.2f}" for month in named if month[:1] == "2"
    ]
    return "；".join([f"合同{found['agreement'] / 100:.2f}元", *months])


LINES = {
    "pension_employer": "养老保险（单位）",
    "pension_employee": "养老保险（个人）",
    "medical_employer": "医疗保险（单位）",
    "medical_employee": "医疗保险（个人）",
    "unemployment_employer": "失业保险（单位）",
    "unemployment_employee": "失业保险（个人）",
    "maternity_employer": "生育保险（单位）",
}
